//! What people add to an issue: short remarks, by role.

/// A remark: the issue's title, first part of the writer's address, Dutch local time, the text.
pub type Remark = (&'static str, &'static str, &'static str, &'static str);

pub const REMARKS: &[Remark] = &[
    (
        "Vrachtwagens wachten op het fietspad",
        "ondernemer",
        "2026-09-09 11:20",
        "Onze poort gaat om zeven uur open. Chauffeurs van buiten komen vaak eerder.",
    ),
    (
        "Vrachtwagens wachten op het fietspad",
        "kadebeton",
        "2026-09-10 07:55",
        "Bij ons ook. Een wachtplek aan de kade zou al veel schelen.",
    ),
    ("Vrachtwagens wachten op het fietspad", "polderstaal", "2026-09-11 16:10", "Twee van mijn mensen fietsen hier niet meer."),
    (
        "Vrachtwagens wachten op het fietspad",
        "parkmanager",
        "2026-09-14 09:00",
        "Ik vraag de vervoerders om een telefoonnummer van de planner.",
    ),
    (
        "Donkere hoek achter de betonhal",
        "eigenaar",
        "2026-08-28 10:15",
        "Ik wil best een lamp betalen, als de stroom van de huurder mag komen.",
    ),
    ("Donkere hoek achter de betonhal", "kadebeton", "2026-08-28 12:40", "Dat is goed."),
    ("Donkere hoek achter de betonhal", "ondernemer", "2026-09-01 17:30", "Kan de camera van de haven deze kant op?"),
    ("Hek langs de kade is kapot", "kadebeton", "2026-09-01 08:20", "Wij hebben er nu pylonen gezet."),
    ("Hek langs de kade is kapot", "parkmanager", "2026-09-03 13:00", "Offerte is aangevraagd."),
    ("Poort blijft 's nachts open", "ondernemer", "2026-09-11 08:45", "De monteur komt volgende week."),
    ("Lamp stuk bij achterpoort", "gemeente", "2026-09-17 09:30", "Deze lamp is van ons. Een monteur komt langs."),
    ("Lamp stuk bij achterpoort", "polderstaal", "2026-09-17 12:05", "Dank. Het is daar nu echt te donker."),
    (
        "Laden en lossen zonder file in de ochtend",
        "ondernemer",
        "2026-09-03 10:00",
        "Wij kunnen naar half tien, als de klant dat goed vindt.",
    ),
    ("Laden en lossen zonder file in de ochtend", "parkmanager", "2026-09-04 11:10", "Ik maak een lijst van wie wanneer laadt."),
    ("Fietsers en vrachtwagens op één rijbaan", "gemeente", "2026-08-26 14:00", "We tellen in oktober hoeveel fietsers hier rijden."),
    ("Fietsers en vrachtwagens op één rijbaan", "polderstaal", "2026-08-27 07:40", "Tel ook om zes uur. Dan begint de eerste ploeg."),
    (
        "Fietsers en vrachtwagens op één rijbaan",
        "aanjager",
        "2026-09-02 15:30",
        "Hoort bij het fietspad op het Kanaalpad. Ik neem het samen.",
    ),
    ("Geen zwaardere aansluiting tot 2030", "aanjager", "2026-08-24 09:20", "Er zijn er meer die wachten. Ik zet jullie bij elkaar."),
    ("Uitbreiden lukt niet: het net is vol", "polderstaal", "2026-08-19 08:15", "Wij hebben in het weekend juist stroom over."),
    ("Uitbreiden lukt niet: het net is vol", "kadebeton", "2026-08-20 13:50", "Wij laden liever 's avonds. Misschien past dat."),
    ("Uitbreiden lukt niet: het net is vol", "eigenaar", "2026-08-25 16:45", "Voor mijn panden geldt hetzelfde. Ik praat graag mee."),
    (
        "Uitbreiden lukt niet: het net is vol",
        "aanjager",
        "2026-09-01 10:00",
        "Negen bedrijven noemen dit nu. Ik nodig iedereen uit in oktober.",
    ),
    ("Stroom valt uit als iedereen tegelijk start", "parkmanager", "2026-09-02 09:10", "De netbeheerder meet twee weken mee."),
    ("Dak van 11.000 m² zonder panelen", "polderstaal", "2026-09-15 15:25", "Wij nemen overdag graag stroom af."),
    (
        "Dak van 11.000 m² zonder panelen",
        "aanjager",
        "2026-09-16 09:00",
        "De eigenaar wil eerst weten of de vloer eronder vrij moet blijven.",
    ),
    ("Samen laden na zes uur", "ondernemer", "2026-08-27 18:20", "Wij krijgen in maart drie elektrische trekkers."),
    ("Samen laden na zes uur", "kadebeton", "2026-08-28 08:00", "Onze mixers staan na zes uur stil."),
    (
        "Plek voor een gezamenlijke batterij",
        "gemeente",
        "2026-09-09 16:00",
        "Het perceel is van de gemeente. Een batterij past in het omgevingsplan.",
    ),
    ("Plek voor een gezamenlijke batterij", "parkmanager", "2026-09-10 10:30", "Beheer kan bij ons, als er een contract is."),
    ("Fietsen delen met de buren", "parkmanager", "2026-08-25 09:45", "Er is een app voor. Ik zoek uit wat die kost."),
    ("Pendelbus vanaf de halte", "gemeente", "2026-08-20 11:30", "De provincie heeft geld voor een proef van een jaar."),
    ("Pendelbus vanaf de halte", "ondernemer", "2026-08-21 07:15", "Acht van mijn chauffeurs wonen aan het spoor."),
    ("Pendelbus vanaf de halte", "polderstaal", "2026-08-24 12:50", "Graag ook om half zes in de ochtend."),
    ("Pendelbus vanaf de halte", "eigenaar", "2026-08-31 14:05", "Een halte bij mijn panden vind ik goed."),
    ("Pendelbus vanaf de halte", "aanjager", "2026-09-07 09:40", "Twaalf bedrijven doen mee aan het gesprek."),
    ("Doorsteek van de halte naar Spoorlaan", "aanjager", "2026-08-24 10:10", "Hier ligt een gasleiding. Een pad mag, bomen niet."),
    ("Doorsteek van de halte naar Spoorlaan", "kadebeton", "2026-08-26 17:00", "Met een lamp erbij, anders loopt er 's winters niemand."),
    ("Wadi loopt over bij een flinke bui", "parkmanager", "2026-08-18 08:30", "De duiker onder Ambachtsweg zit half dicht."),
    ("Wadi loopt over bij een flinke bui", "aanjager", "2026-08-20 13:00", "Ik vraag het waterschap om mee te kijken."),
    ("Koele plek voor de pauze", "polderstaal", "2026-08-15 12:20", "Bij ons eten ze nu in de auto."),
    ("Koele plek voor de pauze", "parkmanager", "2026-08-18 10:00", "In de groenstrook mag een bank staan."),
    ("Water blijft staan bij de laadkuil", "ondernemer", "2026-09-14 15:00", "Wij hebben een put met grind gemaakt. Kom gerust kijken."),
    ("Hout en folie samen inzamelen", "kadebeton", "2026-08-24 16:30", "Folie hebben wij elke week. Hout bijna niet."),
    ("Hout en folie samen inzamelen", "parkmanager", "2026-08-27 11:15", "Ik vraag drie inzamelaars om een prijs."),
    ("Hout en folie samen inzamelen", "polderstaal", "2026-08-31 07:50", "Doen mee."),
    ("Te hard rijden bij de uitgang", "gemeente", "2026-08-14 13:20", "We zetten er twee weken een meter neer."),
    ("Te hard rijden bij de uitgang", "kadebeton", "2026-08-17 08:10", "Een drempel kan niet, met onze wagens. Een versmalling wel."),
    ("Te hard rijden bij de uitgang", "aanjager", "2026-09-04 14:40", "De meter stond er. De gemeente deelt de cijfers volgende week."),
    ("Camera's bij de drie ingangen", "parkmanager", "2026-05-18 09:30", "Twee leveranciers hebben gekeken."),
    ("Camera's bij de drie ingangen", "ondernemer", "2026-06-01 16:00", "Wij betalen mee, als de beelden goed zijn geregeld."),
    ("Wadi's langs Spoorlaan", "gemeente", "2026-07-08 11:00", "Het ontwerp komt na de zomer."),
    ("Gat in de weg", "gemeente", "2026-07-09 15:30", "Gerepareerd."),
    ("Rotonde bij de Oude Dijk", "aanjager", "2026-06-10 10:15", "Zie ook de melding over te hard rijden."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{issues::ISSUES, parties::person_named};

    /// Who may read an issue, as the database's policies have it: nobody of the demo writes where it cannot look.
    #[test]
    fn remarks_are_on_issues_their_writers_can_see() {
        for (title, writer, _, _) in REMARKS {
            let issue = ISSUES.iter().find(|i| i.title == *title).expect(title);
            let role = person_named(writer).role;
            let seen = match issue.audience {
                "public" => true,
                "terrain" => role != "municipality",
                "municipality" => role == "municipality" || *writer == issue.author,
                _ => *writer == issue.author || *writer == "ondernemer",
            };
            assert!(seen, "{writer} on {title}");
        }
    }

    #[test]
    fn remarks_come_after_the_issue() {
        for (title, _, written, _) in REMARKS {
            let issue = ISSUES.iter().find(|i| i.title == *title).expect(title);
            assert!(issue.reported < *written, "{title} {written}");
        }
    }
}
