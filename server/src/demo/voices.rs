//! Who says what: the issues, the support for them, the remarks and the history, as rows by the person who writes them.

use super::companies::{COMPANIES, Company};
use super::frame::{At, point};
use super::ground::outline;
use super::ids::{chance, id};
use super::issues::{ISSUES, Issue, Spot};
use super::load::People;
use super::parties::{ORGANISATIONS, Person, person_named};
use super::plots::{Plot, plots};
use super::rows::{HOOGE_WAARD, company_id, plot_id, terrain_id, wkt, work_id};
use super::{island, observations, talk};
use geo::Intersects;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What one person reports.
#[derive(Default)]
pub struct Reports {
    pub issues: Vec<Value>,
    pub parties: Vec<Value>,
    pub events: Vec<Value>,
}

/// What one person adds to what is reported.
#[derive(Default)]
pub struct Answers {
    pub supports: Vec<Value>,
    pub comments: Vec<Value>,
    pub events: Vec<Value>,
    pub observations: Vec<Value>,
}

/// By the first part of the writer's address.
#[derive(Default)]
pub struct Said {
    pub reports: BTreeMap<&'static str, Reports>,
    pub answers: BTreeMap<&'static str, Answers>,
}

/// The aanjager speaks for companies that have nobody here.
pub const AANJAGER: &str = "aanjager";

pub fn all(people: &People) -> Said {
    let plots = plots();
    let mut said = Said::default();
    for issue in &ISSUES {
        report(&mut said, people, &plots, issue);
        support(&mut said, people, &plots, issue);
    }
    change(&mut said, people);
    for (title, writer, written_at, text) in talk::REMARKS {
        let person = person_named(writer);
        said.answers.entry(*writer).or_default().comments.push(json!({
            "id": id("comment", &format!("{title} {writer} {written_at}")), "issue_id": issue_id(title), "terrain_id": terrain_id(HOOGE_WAARD),
            "author_id": people[writer], "organisation_id": organisation(person), "author_role": person.role, "text": text,
            "written_at": written_at,
        }));
    }
    said.answers.entry(AANJAGER).or_default().observations = observations::all(people);
    on_the_island(&mut said, people);
    said
}

fn issue_id(title: &str) -> Uuid {
    id("issue", title)
}

fn organisation(person: &Person) -> Uuid {
    id("organisation", person.organisation)
}

/// The organisation a company is a member with, if somebody of it is here.
fn organisation_of(company: &str) -> Option<&'static str> {
    ORGANISATIONS.iter().find(|o| o.name == company).map(|o| o.key)
}

fn event(title: &str, terrain: &str, kind: &str, actor: (Uuid, &Person), details: Value, happened_at: &str, days: i32) -> Value {
    json!({
        "id": id("event", &format!("{title} {kind} {days}")), "issue_id": issue_id(title), "terrain_id": terrain_id(terrain), "kind": kind,
        "actor_id": actor.0, "actor_role": actor.1.role, "details": details, "happened_at": happened_at, "days": days,
    })
}

fn report(said: &mut Said, people: &People, plots: &[Plot], issue: &Issue) {
    let author = person_named(issue.author);
    let reports = said.reports.entry(issue.author).or_default();
    let own = issue.parties.first().copied();
    let plot = plots.iter().find(|p| p.holds(issue.spot.middle())).or_else(|| own.and_then(|name| plot_of(plots, name)));
    // A phone is a few metres from the thing; who reports from behind a desk has none.
    let device = match issue.spot {
        Spot::At(u, v) if issue.author != "gemeente" => Some(wkt(&point((u + 4.0, v + 5.5)))),
        _ => None,
    };
    reports.issues.push(json!({
        "id": issue_id(issue.title), "terrain_id": terrain_id(HOOGE_WAARD), "kind": issue.kind, "theme": issue.theme, "title": issue.title,
        "description": issue.description, "audience": issue.audience, "state": issue.state, "state_reason": issue.reason,
        "author_id": people[issue.author], "organisation_id": organisation(author), "plot_id": plot.map(plot_id),
        "company_id": own.map(company_id), "infrastructure_id": issue.beside.map(|work| work_id("cycle_path", work)),
        "place_label": issue.place, "reporter_role": author.role,
        "outside_terrain": !outline().intersects(&issue.spot.shape()), "reported_at": issue.reported, "device_wkt": device, "wkt": wkt(&issue.spot.shape()),
    }));
    for party in issue.parties {
        reports
            .parties
            .push(json!({ "issue_id": issue_id(issue.title), "company_id": company_id(party), "terrain_id": terrain_id(HOOGE_WAARD) }));
    }
    let actor = (people[issue.author], author);
    reports.events.push(event(issue.title, HOOGE_WAARD, "reported", actor, json!({}), issue.reported, 0));
}

fn plot_of<'a>(plots: &'a [Plot], company: &str) -> Option<&'a Plot> {
    let address = COMPANIES.iter().find(|c| c.name == company)?.address;
    plots.iter().find(|p| p.label() == address)
}

/// The nearest companies with staff, as many as the issue counts; each through its own people, or through the aanjager.
fn support(said: &mut Said, people: &People, plots: &[Plot], issue: &Issue) {
    let from = issue.spot.middle();
    let away = |company: &Company| {
        let at: At = plot_of(plots, company.name).map_or((f64::MAX, 0.0), Plot::middle);
        (at.0 - from.0).hypot(at.1 - from.1)
    };
    let mut near: Vec<&Company> = COMPANIES.iter().filter(|c| !c.sole_trader && c.employees > 4).collect();
    near.sort_by(|a, b| away(a).total_cmp(&away(b)));
    for (i, company) in near.into_iter().take(issue.support).enumerate() {
        let key = organisation_of(company.name);
        let open = matches!(issue.audience, "public" | "terrain");
        let theirs = super::parties::PERSONS.iter().find(|p| open && Some(p.organisation) == key);
        let speaker = theirs.and_then(|p| p.email.split('@').next()).unwrap_or(AANJAGER);
        let name = format!("{} {}", issue.title, company.name);
        let willingness = match chance("willingness", &name) {
            c if c < 0.48 => "moral",
            c if c < 0.70 => "hours",
            c if c < 0.93 => "money",
            _ => "land",
        };
        said.answers.entry(speaker).or_default().supports.push(json!({
            "id": id("support", &name), "issue_id": issue_id(issue.title), "terrain_id": terrain_id(HOOGE_WAARD),
            "company_id": company_id(company.name), "organisation_id": key.map(|k| id("organisation", k)), "person_id": people[speaker],
            "willingness": willingness, "reported_at": issue.reported, "hours": 3 + 19 * i,
        }));
    }
}

/// What has happened to issues since they were reported.
fn change(said: &mut Said, people: &People) {
    let actor = (people[AANJAGER], person_named(AANJAGER));
    let events = &mut said.answers.entry(AANJAGER).or_default().events;
    for issue in &ISSUES {
        if issue.state != "open" {
            let details = json!({ "from": "open", "to": issue.state });
            events.push(event(issue.title, HOOGE_WAARD, "state_changed", actor, details, issue.reported, 24));
        }
        let later = match issue.title {
            "Pendelbus vanaf de halte" => Some(("audience_changed", json!({ "from": "terrain", "to": "public" }), 2)),
            "Vrachtwagens wachten op het fietspad" => Some(("moved", json!({}), 1)),
            "Uitbreiden lukt niet: het net is vol" => Some(("edited", json!({ "fields": ["description"] }), 3)),
            _ => None,
        };
        if let Some((kind, details, days)) = later {
            events.push(event(issue.title, HOOGE_WAARD, kind, actor, details, issue.reported, days));
        }
    }
}

fn on_the_island(said: &mut Said, people: &People) {
    let (name, reported) = ("buur", "2026-09-01 10:00");
    let person = person_named(name);
    let reports = said.reports.entry(name).or_default();
    for island::IslandIssue { title, kind, theme, audience, at } in island::ISSUES {
        reports.issues.push(json!({
            "id": issue_id(title), "terrain_id": terrain_id(island::KLEIN_EILAND), "kind": kind, "theme": theme, "title": title,
            "audience": audience, "state": "open", "author_id": people[name], "organisation_id": organisation(person),
            "company_id": company_id(island::EILANDWERF), "place_label": island::KLEIN_EILAND, "reporter_role": person.role, "outside_terrain": false, "reported_at": reported,
            "wkt": island::frame().wkt(&point(at)),
        }));
        reports.events.push(event(title, island::KLEIN_EILAND, "reported", (people[name], person), json!({}), reported, 0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::parties::PERSONS;

    fn said() -> Said {
        all(&PERSONS.iter().filter_map(|p| Some((p.email.split('@').next()?, id("person", p.email)))).collect())
    }

    #[test]
    fn the_cycle_path_is_at_parcel_1204_and_seven_companies_know_it() {
        let said = said();
        let title = "Vrachtwagens wachten op het fietspad";
        let issue = said.reports[AANJAGER].issues.iter().find(|i| i["title"] == title).expect("it is reported");
        assert_eq!(issue["plot_id"], json!(id("plot", "HGW00-C-1204")));
        let support = said.answers.values().flat_map(|a| &a.supports).filter(|s| s["issue_id"] == issue["id"]).count();
        assert_eq!(support, 7);
    }

    #[test]
    fn a_company_supports_an_issue_once() {
        let said = said();
        let mut pairs: Vec<String> =
            said.answers.values().flat_map(|a| &a.supports).map(|s| format!("{} {}", s["issue_id"], s["company_id"])).collect();
        let count = pairs.len();
        pairs.sort();
        pairs.dedup();
        assert_eq!(pairs.len(), count);
    }
}
