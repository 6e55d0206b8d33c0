//! What people see on the park: the open issues of the four common interests and some loose ones, and a few that are done.

use super::frame::{At, line, point, polygon};
use geo::Geometry;

/// Where an issue is, in the frame of the plan.
#[derive(Clone, Copy)]
pub enum Spot {
    At(f64, f64),
    Along(&'static [At]),
    Around(&'static [At]),
}
use Spot::{Along, Around, At as Point};

impl Spot {
    pub fn shape(&self) -> Geometry {
        match self {
            Spot::At(u, v) => point((*u, *v)),
            Spot::Along(course) => line(course),
            Spot::Around(corners) => {
                let ring: Vec<At> = corners.iter().chain(corners.first()).copied().collect();
                Geometry::Polygon(polygon(&ring))
            }
        }
    }

    /// One place of it: where its supporters are counted from.
    pub fn middle(&self) -> At {
        match self {
            Spot::At(u, v) => (*u, *v),
            Spot::Along(all) | Spot::Around(all) => {
                let count = all.len() as f64;
                (all.iter().map(|p| p.0).sum::<f64>() / count, all.iter().map(|p| p.1).sum::<f64>() / count)
            }
        }
    }
}

pub struct Issue {
    pub kind: &'static str,
    pub theme: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub spot: Spot,
    /// Where it is, in words.
    pub place: &'static str,
    pub audience: &'static str,
    /// First part of the author's address.
    pub author: &'static str,
    /// Dutch local time.
    pub reported: &'static str,
    /// How many companies say it plays with them too.
    pub support: usize,
    /// Names of companies it is about; the first is the issue's own.
    pub parties: &'static [&'static str],
    /// The path, lamp or station it is about.
    pub beside: Option<&'static str>,
    pub state: &'static str,
    pub reason: Option<&'static str>,
}

impl Issue {
    const fn text(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }
    const fn by(mut self, author: &'static str, audience: &'static str) -> Self {
        self.author = author;
        self.audience = audience;
        self
    }
    const fn support(mut self, support: usize) -> Self {
        self.support = support;
        self
    }
    const fn with(mut self, parties: &'static [&'static str]) -> Self {
        self.parties = parties;
        self
    }
    const fn beside(mut self, work: &'static str) -> Self {
        self.beside = Some(work);
        self
    }
    const fn state(mut self, state: &'static str, reason: &'static str) -> Self {
        self.state = state;
        self.reason = Some(reason);
        self
    }
}

const fn issue(
    kind: &'static str,
    theme: &'static str,
    title: &'static str,
    spot: Spot,
    place: &'static str,
    reported: &'static str,
) -> Issue {
    Issue {
        kind,
        theme,
        title,
        description: "",
        spot,
        place,
        audience: "terrain",
        author: "aanjager",
        reported,
        support: 0,
        parties: &[],
        beside: None,
        state: "open",
        reason: None,
    }
}
const fn problem(theme: &'static str, title: &'static str, spot: Spot, place: &'static str, reported: &'static str) -> Issue {
    issue("problem", theme, title, spot, place, reported)
}
const fn chance(theme: &'static str, title: &'static str, spot: Spot, place: &'static str, reported: &'static str) -> Issue {
    issue("opportunity", theme, title, spot, place, reported)
}
const fn challenge(theme: &'static str, title: &'static str, spot: Spot, place: &'static str, reported: &'static str) -> Issue {
    issue("challenge", theme, title, spot, place, reported)
}

pub const ISSUES: [Issue; 38] = [
    // Trucks, bicycles and sight on Havenweg.
    problem("mobility", "Vrachtwagens wachten op het fietspad", Point(517.0, 158.0), "Kanaalpad bij Havenweg 14", "2026-09-09 08:12")
        .text("Tot de poort opengaat staan er vrachtwagens op het fietspad, vooral tussen zeven en negen. Fietsers moeten de rijbaan op.")
        .with(&["Waardkoel Transport", "Kadebeton"])
        .beside("Kanaalpad")
        .support(7),
    problem("safety", "Donkere hoek achter de betonhal", Point(621.0, 104.0), "Havenweg 16", "2026-08-27 17:40")
        .text("Achter de hal is het na zessen helemaal donker. Er is twee keer diesel gestolen.")
        .by("kadebeton", "terrain")
        .with(&["Kadebeton"])
        .support(5),
    problem("safety", "Hek langs de kade is kapot", Point(465.0, 72.0), "Insteekhaven, westkade", "2026-08-31 10:05")
        .text("Het hek ligt over twintig meter plat. Je loopt zo het water in.")
        .by("parkmanager", "terrain")
        .support(4),
    problem("safety", "Poort blijft 's nachts open", Point(427.0, 122.0), "Havenweg 14", "2026-09-10 21:30")
        .text("De tweede poort sluit niet vanzelf. Wie als laatste weggaat, moet hem met de hand dichtdoen.")
        .by("aanjager", "parties")
        .with(&["Waardkoel Transport", "Insteek Scheepsservice"]),
    problem("mobility", "Vrachtwagen blokkeert inrit", Point(595.0, 182.0), "Havenweg 15", "2026-09-16 13:48")
        .text("Een wachtende wagen staat voor de inrit. Bestelbussen kunnen er niet langs.")
        .with(&["Lage Kade Groothandel"]),
    problem("safety", "Lamp stuk bij achterpoort", Point(447.0, 251.0), "Havenweg 9", "2026-09-16 14:02")
        .text("De lamp doet het al drie weken niet.")
        .by("polderstaal", "public")
        .with(&["Achterkade Coatings"])
        .support(2),
    chance("mobility", "Plek voor deelauto's", Point(557.0, 174.5), "Havenweg 13", "2026-09-16 13:55")
        .text("Hier is ruimte voor drie deelauto's. Vijf bedrijven hebben overdag af en toe een auto nodig."),
    challenge(
        "mobility",
        "Laden en lossen zonder file in de ochtend",
        Point(385.0, 180.0),
        "Havenweg hoek Nijverheidsweg",
        "2026-09-02 09:15",
    )
    .text("Iedereen laadt tussen zeven en negen. Kunnen we de tijden verdelen?")
    .support(3),
    challenge(
        "safety",
        "Fietsers en vrachtwagens op één rijbaan",
        Along(&[(362.0, 167.0), (520.0, 167.0), (680.0, 167.0)]),
        "Havenweg, Nijverheidsweg tot Turbinestraat",
        "2026-08-25 16:20",
    )
    .text("Tussen de twee zijstraten is geen fietspad. Wie er werkt en fietst, rijdt tussen de vrachtwagens.")
    .by("aanjager", "public")
    .support(6),
    // Power on Waardweg and Energieweg.
    problem("energy", "Geen zwaardere aansluiting tot 2030", Point(775.0, 412.0), "Waardweg 24", "2026-08-20 11:00")
        .text("De aanvraag staat op de wachtlijst. De nieuwe oven kan daardoor niet aan.")
        .with(&["Waardglas Gevels"])
        .support(6),
    problem("energy", "Uitbreiden lukt niet: het net is vol", Point(495.0, 442.0), "Waardweg 18", "2026-08-18 14:30")
        .text("Een tweede lijn past in de hal, maar er komt geen stroom bij.")
        .with(&["Lichtboog Constructies"])
        .support(9),
    problem("energy", "Stroom valt uit als iedereen tegelijk start", Point(635.0, 582.0), "Energieweg 16", "2026-09-01 07:50")
        .text("Twee keer deze maand viel de zaag stil, om half acht, als ook de buren beginnen.")
        .by("parkmanager", "terrain")
        .with(&["Scherpe Snede Houtzagerij"])
        .support(5),
    chance("energy", "Dak van 11.000 m² zonder panelen", Point(595.0, 402.0), "Waardweg 22", "2026-09-15 10:40")
        .text("Het dak is sterk genoeg. De eigenaar wil het verhuren als de buren de stroom afnemen.")
        .with(&["Groot Dak Warehousing", "Waardstee Vastgoed"])
        .support(3),
    chance("energy", "Warmte over van de werkplaats", Point(805.0, 602.0), "Energieweg 18", "2026-09-03 15:10")
        .text("De droogkamer blaast warme lucht naar buiten. De buurman stookt op gas.")
        .by("aanjager", "team")
        .with(&["Kringloopkade Circulair Bouwen", "Warmwaard Isolatie"]),
    challenge("energy", "Samen laden na zes uur", Point(745.0, 482.0), "Turbinestraat 11", "2026-08-26 13:25")
        .text("Zes bedrijven willen elektrische bussen. Overdag kan het net dat niet aan, 's avonds wel.")
        .support(4),
    challenge(
        "energy",
        "Plek voor een gezamenlijke batterij",
        Around(&[(606.0, 404.0), (668.0, 404.0), (668.0, 478.0), (606.0, 478.0)]),
        "Leeg perceel Energieweg 11",
        "2026-09-08 09:30",
    )
    .text("Dit perceel ligt naast een station en is nog niet verkocht. Past hier een batterij, en wie beheert die?")
    .by("aanjager", "public")
    .support(3),
    challenge("energy", "Zon op het dak, maar terugleveren mag niet", Point(897.0, 470.0), "Waardweg 28", "2026-09-04 11:45")
        .text("Op zonnige dagen staan de panelen uit. Kan de stroom naar de overkant?")
        .with(&["Dijkzon Retail Logistiek"])
        .support(2),
    // To work without a car.
    chance("mobility", "Fietsen delen met de buren", Point(195.0, 492.0), "Energieweg 5", "2026-08-24 12:15")
        .text("Er staan hier tien leenfietsen, meestal ongebruikt. De buren mogen meedoen.")
        .with(&["Waardvoer Mengvoeders"])
        .support(4),
    problem("mobility", "Bus rijdt niet als de vroege ploeg begint", Point(115.0, 582.0), "Energieweg 2", "2026-08-28 06:20")
        .text("De eerste bus komt om kwart voor zeven. De ploeg begint om zes uur."),
    problem("mobility", "Te weinig plek om te parkeren", Point(245.0, 622.0), "Energieweg 8", "2026-09-07 08:55")
        .text("Auto's staan in de berm en op de stoep. Met de fiets of de trein komen vraagt nu te veel moeite.")
        .by("aanjager", "municipality"),
    chance("mobility", "Pendelbus vanaf de halte", Point(55.0, 672.0), "Spoorlaan, bij de halte", "2026-08-19 15:00")
        .text("Een kleine bus, vier keer in de ochtend en vier keer in de middag. Genoeg mensen komen met de trein.")
        .by("aanjager", "public")
        .support(12),
    chance(
        "mobility",
        "Doorsteek van de halte naar Spoorlaan",
        Along(&[(-40.0, 751.0), (-14.0, 737.0), (3.0, 715.0), (13.0, 703.0)]),
        "Groen tussen de halte en Spoorlaan",
        "2026-08-21 10:30",
    )
    .text("Nu loop je om via de rotonde. Een pad van honderd meter scheelt tien minuten.")
    .by("gemeente", "public")
    .support(5),
    chance("mobility", "Stalling met sloten bij de halte", Point(-64.0, 749.0), "Halte Hoogewaard Zuid", "2026-09-11 12:00")
        .text("Met een veilige stalling laten mensen een tweede fiets bij de halte staan.")
        .by("gemeente", "public")
        .support(1),
    // Water and cool places.
    problem("climate", "Wadi loopt over bij een flinke bui", Point(75.0, 232.0), "Ambachtsweg 1", "2026-08-17 16:45")
        .text("Het water komt tot aan de weg. De buren pompten vorige week hun hal leeg.")
        .support(3),
    problem(
        "climate",
        "Terrein staat blank na regen",
        Around(&[(188.0, 306.0), (230.0, 298.0), (240.0, 333.0), (196.0, 336.0)]),
        "Waardweg 5",
        "2026-08-17 17:10",
    )
    .text("Alles is hier verhard. Het water kan nergens heen en blijft een dag staan.")
    .with(&["Zonzij Daken"]),
    chance("biodiversity", "Gevel die groen kan worden", Point(105.0, 82.0), "Havenweg 2", "2026-09-05 11:20")
        .text("Een blinde muur van negentig meter aan het Kanaalpad. Met klimplanten blijft de hal ook koeler.")
        .by("parkmanager", "public")
        .with(&["Hoogkade Distributie"]),
    challenge("climate", "Koele plek voor de pauze", Point(145.0, 282.0), "Waardweg 1 en 3", "2026-08-14 13:05")
        .text("Op warme dagen is er nergens schaduw om buiten te zitten. Samen kunnen we hier bomen planten.")
        .support(4),
    challenge("climate", "Water blijft staan bij de laadkuil", Point(395.0, 244.0), "Nijverheidsweg 5", "2026-09-14 09:50")
        .text("De pomp kan een zware bui niet aan. Wie weet een oplossing zonder nog een pomp?")
        .with(&["Laadkuil Expeditie"])
        .support(4),
    // Without an interest yet.
    chance("circular", "Hout en folie samen inzamelen", Point(875.0, 82.0), "Havenweg 22", "2026-08-22 14:00")
        .text("Waardcirkel haalt nu bij ieder apart op. Samen is het één rit per week.")
        .with(&["Waardcirkel Grondstoffen"])
        .support(6),
    challenge("space", "Ruimte nodig voor een derde laaddok", Point(885.0, 272.0), "Waardweg 17", "2026-09-08 15:35")
        .text("De kavel is vol. De buurman heeft achter een strook over die hij niet gebruikt.")
        .with(&["Oostwaard Logistiek"])
        .support(2),
    problem("safety", "Te hard rijden bij de uitgang", Point(935.0, 432.0), "Waardweg bij de Oude Dijk", "2026-08-13 08:30")
        .text("Auto's komen met vaart van de dijk. Oversteken is gevaarlijk.")
        .by("aanjager", "public")
        .support(8),
    // Taken up, solved, dropped.
    chance("safety", "Camera's bij de drie ingangen", Point(8.0, 346.0), "Ingang Waardweg", "2026-05-12 10:00")
        .text("Met camera's bij de ingangen zien we wie er 's nachts komt.")
        .support(8)
        .state("taken_up", "Wordt onderzocht met parkmanagement."),
    chance("climate", "Wadi's langs Spoorlaan", Point(300.0, 720.0), "Groenstrook Spoorlaan", "2026-06-03 11:30")
        .text("In de groenstrook is plaats om regenwater op te vangen.")
        .by("aanjager", "public")
        .support(4)
        .state("taken_up", "De gemeente werkt een ontwerp uit."),
    problem("mobility", "Gat in de weg", Point(160.0, 697.0), "Spoorlaan 4", "2026-07-02 08:05")
        .by("parkmanager", "public")
        .support(3)
        .state("solved", "De gemeente heeft het wegdek hersteld."),
    problem("circular", "Zwerfafval rond de haven", Point(478.0, 140.0), "Insteekhaven", "2026-06-18 16:00")
        .by("polderstaal", "terrain")
        .support(2)
        .state("solved", "Er staan nu twee afvalbakken, die elke week leeg gaan."),
    problem("other", "Bord bij de ingang wijst verkeerd", Point(-30.0, 346.0), "Waardweg", "2026-06-25 09:10")
        .by("ondernemer", "public")
        .state("solved", "Het bord is omgedraaid."),
    chance("other", "Glasvezel in de hele straat", Point(320.0, 536.0), "Energieweg", "2026-05-20 14:45")
        .by("polderstaal", "terrain")
        .support(1)
        .state("dropped", "Ligt er al. Bedrijven kunnen zich zelf laten aansluiten."),
    challenge("mobility", "Rotonde bij de Oude Dijk", Point(1_004.0, 352.0), "Waardweg hoek Oude Dijk", "2026-05-28 10:50")
        .by("gemeente", "public")
        .state("dropped", "Er is geen ruimte naast de dijk. We zoeken het in langzamer rijden."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::companies::COMPANIES;
    use std::collections::BTreeSet;

    fn open(kind: &str) -> usize {
        ISSUES.iter().filter(|i| i.state == "open" && i.kind == kind).count()
    }

    #[test]
    fn thirty_one_are_open() {
        assert_eq!((open("problem"), open("opportunity"), open("challenge")), (14, 9, 8));
    }

    #[test]
    fn two_are_lines_and_two_are_areas() {
        let count = |f: fn(&Spot) -> bool| ISSUES.iter().filter(|i| i.state == "open" && f(&i.spot)).count();
        assert_eq!((count(|s| matches!(s, Along(_))), count(|s| matches!(s, Around(_)))), (2, 2));
    }

    #[test]
    fn titles_are_unique_and_parties_exist() {
        let titles: BTreeSet<_> = ISSUES.iter().map(|i| i.title).collect();
        assert_eq!(titles.len(), ISSUES.len());
        for party in ISSUES.iter().flat_map(|i| i.parties) {
            assert!(COMPANIES.iter().any(|c| c.name == *party), "{party}");
        }
    }

    #[test]
    fn everything_closed_has_a_reason() {
        assert!(ISSUES.iter().all(|i| i.state == "open" || i.reason.is_some()));
    }
}
