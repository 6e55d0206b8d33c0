//! What teams heard in talks and what was promised: most of the park's companies were not spoken to yet. Days count back from the day
//! the demo is laid down, so that there is always something due this week and one thing too late.

use super::ids::id;
use super::load::People;
use super::parties::person_named;
use super::rows::{HOOGE_WAARD, company_id, terrain_id};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// With whom.
#[derive(Clone, Copy)]
pub enum With {
    Company(&'static str),
    Other(&'static str),
}
use With::{Company, Other};

/// What, whose (`us`, `party`), due in so many days, whether it is kept.
type Promised = (&'static str, &'static str, i32, bool);

pub struct Talk {
    /// First part of the address of who held it.
    by: &'static str,
    with: With,
    days_ago: i32,
    situation: &'static str,
    needs: &'static str,
    vision: Option<&'static str>,
    themes: &'static [&'static str],
    willingness: &'static str,
    forms: &'static [&'static str],
    sharing: &'static str,
    attendees: &'static [&'static str],
    issues: &'static [&'static str],
    promises: &'static [Promised],
    note: Option<&'static str>,
}

const fn talk(by: &'static str, with: With, days_ago: i32, situation: &'static str, needs: &'static str) -> Talk {
    Talk {
        by,
        with,
        days_ago,
        situation,
        needs,
        vision: None,
        themes: &[],
        willingness: "not_asked",
        forms: &[],
        sharing: "team_only",
        attendees: &[],
        issues: &[],
        promises: &[],
        note: None,
    }
}

impl Talk {
    const fn sees(mut self, vision: &'static str) -> Self {
        self.vision = Some(vision);
        self
    }
    const fn about(mut self, themes: &'static [&'static str]) -> Self {
        self.themes = themes;
        self
    }
    const fn would(mut self, willingness: &'static str, forms: &'static [&'static str]) -> Self {
        self.willingness = willingness;
        self.forms = forms;
        self
    }
    const fn shared(mut self, sharing: &'static str) -> Self {
        self.sharing = sharing;
        self
    }
    const fn there(mut self, attendees: &'static [&'static str]) -> Self {
        self.attendees = attendees;
        self
    }
    const fn on(mut self, issues: &'static [&'static str]) -> Self {
        self.issues = issues;
        self
    }
    const fn promised(mut self, promises: &'static [Promised]) -> Self {
        self.promises = promises;
        self
    }
    const fn noted(mut self, note: &'static str) -> Self {
        self.note = Some(note);
        self
    }

    /// The name its ids are made of.
    fn name(&self) -> String {
        let (Company(with) | Other(with)) = self.with;
        format!("{} {with} {}", self.by, self.days_ago)
    }
}

const TALKS: &[Talk] = &[
    talk(
        "aanjager",
        Company("Kadebeton"),
        4,
        "De mixer start om zes uur. Vrachtwagens staan soms een half uur op straat.",
        "Een plek om te wachten, en licht achter de hal.",
    )
    .sees("Over vijf jaar rijden de mixers elektrisch, als er stroom is.")
    .about(&["mobility", "safety"])
    .would("maybe", &["hours"])
    .shared("without_name")
    .there(&["Bedrijfsleider"])
    .on(&["Vrachtwagens wachten op het fietspad"])
    .promised(&[
        ("Vragen of de haven een wachtplek aan de kade heeft", "us", 2, false),
        ("Aantal vrachtwagens per ochtend doorgeven", "party", 5, false),
    ])
    .noted("Wil pas meedoen als de buurman ook meedoet."),
    talk(
        "aanjager",
        Company("Lichtboog Constructies"),
        9,
        "De tweede lijn staat stil op papier: er komt geen stroom bij.",
        "Zekerheid voor het eind van het jaar, anders gaat de lijn naar elders.",
    )
    .sees("Groeien op deze plek, met twintig mensen erbij.")
    .about(&["energy"])
    .would("yes", &["money", "hours"])
    .shared("with_name")
    .there(&["Directeur", "Hoofd techniek"])
    .on(&["Uitbreiden lukt niet: het net is vol"])
    .promised(&[
        ("Uitzoeken wie in de straat in het weekend stroom over heeft", "us", -3, false),
        ("Afspraak met de netbeheerder maken", "us", 1, false),
    ]),
    talk(
        "aanjager",
        Company("Polderstaal"),
        16,
        "In het weekend staat de hal stil, dan is er stroom over.",
        "Weten of dat iets waard is voor een ander.",
    )
    .about(&["energy"])
    .would("yes", &["hours"])
    .shared("without_name")
    .on(&["Uitbreiden lukt niet: het net is vol"])
    .promised(&[("Verbruik per kwartier opvragen", "party", 4, false)]),
    talk(
        "aanjager",
        Company("Waardkoel Transport"),
        23,
        "Koelwagens laden aan de poort. De gemeente klaagt over het fietspad.",
        "Een rustig uur om te laden.",
    )
    .about(&["mobility"])
    .would("yes", &["hours"])
    .shared("with_name")
    .there(&["Planner"])
    .on(&["Vrachtwagens wachten op het fietspad", "Laden en lossen zonder file in de ochtend"])
    .promised(&[("Lijst met laadtijden van de buren sturen", "us", -12, true)]),
    talk(
        "aanjager",
        Company("Groot Dak Warehousing"),
        31,
        "Een leeg dak van een hectare. De eigenaar wil het verhuren.",
        "Buren die de stroom afnemen.",
    )
    .about(&["energy"])
    .would("maybe", &["land"])
    .there(&["Locatiemanager"]),
    talk("aanjager", Company("Waardglas Gevels"), 38, "Glas gaat met lange wagens. De bocht bij de rotonde is krap.", "Een ruimere bocht.")
        .about(&["mobility"])
        .would("no", &[])
        .noted("Vorig jaar iets betaald en niets teruggezien. Eerst vertrouwen winnen."),
    talk("aanjager", Company("Hoogewaard Gieterij"), 52, "De oven geeft warmte die de lucht in gaat.", "Iemand die warmte kan gebruiken.")
        .sees("De gieterij blijft. Gas wordt duurder, dus het moet anders.")
        .about(&["energy", "circular"])
        .would("maybe", &["land", "hours"])
        .shared("without_name")
        .promised(&[("Een keer samen kijken met de kwekerij achter het spoor", "us", 6, false)]),
    talk(
        "aanjager",
        Company("Goede Buren Kinderopvang"),
        64,
        "Ouders komen met de fiets over de Waardweg, tussen de vrachtwagens.",
        "Een veilige oversteek.",
    )
    .about(&["safety", "mobility"])
    .would("yes", &["moral"])
    .shared("with_name")
    .there(&["Locatiehoofd"]),
    talk("aanjager", Company("Kadebeton"), 120, "Eerste kennismaking. Veel plannen, weinig tijd.", "Rust op de weg.").about(&["mobility"]),
    talk(
        "aanjager",
        Other("Gemeente Hoogewaard, afdeling wegen"),
        12,
        "Groot onderhoud van de Havenweg staat over twee jaar op de lijst.",
        "Weten wat ondernemers willen voor het bestek wordt gemaakt.",
    )
    .about(&["mobility"])
    .there(&["Wegbeheerder", "Adviseur verkeer"])
    .promised(&[("Wensen van de ondernemers verzamelen", "us", 20, false), ("Tekening van de Havenweg sturen", "party", 3, false)]),
    talk(
        "aanjager",
        Other("Groep ondernemers van de Ambachtsweg"),
        27,
        "Kleine bedrijven zonder eigen parkeerplek.",
        "Afspraken over wie waar staat.",
    )
    .about(&["space"])
    .would("maybe", &["moral"]),
    talk("parkmanager", Company("Overslag Hoogewaard"), 8, "De poort sluit niet goed en iedereen kan erdoor.", "Een poort die het doet.")
        .about(&["safety"])
        .would("yes", &["money"])
        .promised(&[("Offerte voor de poort doorsturen", "us", 0, false)]),
    talk("gemeente", Other("Bewoners van de Oude Dijk"), 18, "Vrachtwagens nemen 's nachts de dijk.", "Handhaving of een bord.")
        .about(&["mobility", "safety"]),
];

/// What one team writes down.
#[derive(Default)]
pub struct Heard {
    pub conversations: Vec<Value>,
    pub issues: Vec<Value>,
    pub notes: Vec<Value>,
    pub promises: Vec<Value>,
}

/// By the first part of the address of who held the talk.
pub fn all(people: &People) -> BTreeMap<&'static str, Heard> {
    let mut all: BTreeMap<&'static str, Heard> = BTreeMap::new();
    for talk in TALKS {
        let (name, person) = (talk.name(), person_named(talk.by));
        let conversation = id("conversation", &name);
        let (company, other) = match talk.with {
            Company(company) => (Some(company_id(company)), None),
            Other(party) => (None, Some(party)),
        };
        let (terrain, author, organisation) = (terrain_id(HOOGE_WAARD), people[talk.by], id("organisation", person.organisation));
        let heard = all.entry(talk.by).or_default();
        heard.conversations.push(json!({
            "id": conversation, "terrain_id": terrain, "company_id": company, "other_party": other, "days_ago": talk.days_ago,
            "situation": talk.situation, "needs": talk.needs, "vision": talk.vision, "themes": talk.themes, "willingness": talk.willingness,
            "willingness_forms": talk.forms, "sharing": talk.sharing, "attendees": talk.attendees, "author_id": author,
            "organisation_id": organisation, "author_role": person.role,
        }));
        for title in talk.issues {
            heard.issues.push(json!({ "conversation_id": conversation, "issue_id": id("issue", title) }));
        }
        if let Some(note) = talk.note {
            heard.notes.push(json!({ "conversation_id": conversation, "author_id": author, "text": note }));
        }
        for (text, owned_by, due_in_days, done) in talk.promises {
            heard.promises.push(json!({
                "id": id("promise", &format!("{name} {text}")), "terrain_id": terrain, "conversation_id": conversation, "company_id": company,
                "text": text, "owned_by": owned_by, "due_in_days": due_in_days, "done": done, "days_ago": talk.days_ago, "author_id": author,
                "organisation_id": organisation, "author_role": person.role,
            }));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::companies::COMPANIES;
    use super::super::issues::ISSUES;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn talks_are_with_companies_of_the_park_about_its_issues() {
        for talk in TALKS {
            if let Company(name) = talk.with {
                let company = COMPANIES.iter().find(|company| company.name == name);
                assert!(company.is_some_and(|company| !company.sole_trader), "{name}");
            }
            for title in talk.issues {
                assert!(ISSUES.iter().any(|issue| issue.title == *title), "{title}");
            }
        }
        let names: BTreeSet<String> = TALKS.iter().map(Talk::name).collect();
        assert_eq!(names.len(), TALKS.len(), "an id each");
    }

    #[test]
    fn most_were_never_spoken_to_and_something_is_due() {
        let spoken: BTreeSet<&str> =
            TALKS.iter().filter_map(|talk| if let Company(name) = talk.with { Some(name) } else { None }).collect();
        assert!(spoken.len() >= 8 && spoken.len() * 4 < COMPANIES.len());
        let open: Vec<i32> = TALKS.iter().flat_map(|talk| talk.promises).filter(|promise| !promise.3).map(|promise| promise.2).collect();
        assert_eq!(open.iter().filter(|days| **days < 0).count(), 1, "one is too late");
        assert!(open.iter().filter(|days| (0..=7).contains(*days)).count() >= 4);
    }
}
