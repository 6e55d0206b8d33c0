//! What the aanjager saw on a first walk of De Hooge Waard: the west of Havenweg is done; the rest is left to ask.

use super::load::People;
use super::parties::person_named;
use super::plots::{Plot, plots};
use super::rows::{HOOGE_WAARD, building_id, company_id, plot_id, terrain_id, work_id};
use super::{ids::id, voices::AANJAGER};
use serde_json::{Value, json};
use uuid::Uuid;

/// Of a company: Dutch local time, the question, the answer.
const COMPANIES: [(&str, &str, &str, &str); 7] = [
    ("Hoogkade Distributie", "2026-09-15 09:10", "company_present", "YES"),
    ("Waterlijn Scheepstechniek", "2026-09-15 09:22", "company_present", "YES"),
    ("Waterlijn Scheepstechniek", "2026-09-15 09:23", "company_activity", "Onderhoud van binnenvaartschepen, vooral schroeven en roeren"),
    ("Kanaalzicht Zeilmakerij", "2026-09-15 09:31", "company_present", "YES"),
    ("Insteek Scheepsservice", "2026-09-15 09:48", "company_present", "MOVED"),
    ("Kadebeton", "2026-09-15 10:05", "company_present", "YES"),
    ("Poortzicht Uitzendwerk", "2026-09-15 10:40", "company_present", "NO"),
];

/// Of what is built on a plot, or of the plot itself, by address.
const PLACES: [(&str, &str, &str, &str); 4] = [
    ("Havenweg 12", "2026-09-15 09:50", "building_use", "VACANT"),
    ("Havenweg 14", "2026-09-15 09:58", "building_use", "IN_USE"),
    ("Havenweg 1", "2026-09-15 10:41", "building_use", "PARTLY"),
    ("Havenweg 24", "2026-09-15 10:20", "plot_use", "FALLOW"),
];

const WORKS: [(&str, &str, &str, &str); 2] = [
    ("Camera Havenweg hoek Turbinestraat", "2026-09-15 11:02", "infrastructure_condition", "BROKEN"),
    ("Camera Insteekhaven", "2026-09-15 10:15", "infrastructure_condition", "GOOD"),
];

pub fn all(people: &People) -> Vec<Value> {
    let author = person_named(AANJAGER);
    let row = |column: &str, subject: Uuid, (name, seen_at, question, answer): (&str, &str, &str, &str)| {
        let mut row = json!({
            "id": id("observation", &format!("{name} {question}")), "terrain_id": terrain_id(HOOGE_WAARD), "question": question,
            "answer": answer, "author_id": people[AANJAGER], "organisation_id": id("organisation", author.organisation),
            "author_role": author.role, "seen_at": seen_at,
        });
        row[column] = json!(subject);
        row
    };
    let plots = plots();
    let plot_at = |address: &str| plots.iter().find(|plot| plot.label() == address);
    let place = |plot: &Plot, said: (&'static str, &'static str, &'static str, &'static str)| match said.2 {
        "plot_use" => row("plot_id", plot_id(plot), said),
        _ => row("building_id", building_id(plot), said),
    };
    let mut rows: Vec<Value> = COMPANIES.iter().map(|said| row("company_id", company_id(said.0), *said)).collect();
    rows.extend(PLACES.iter().filter_map(|said| Some(place(plot_at(said.0)?, *said))));
    rows.extend(WORKS.iter().map(|said| row("infrastructure_id", work_id("camera", said.0), *said)));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::parties::PERSONS;

    #[test]
    fn every_place_is_there_and_most_companies_are_left_to_ask() {
        let people = PERSONS.iter().filter_map(|p| Some((p.email.split('@').next()?, id("person", p.email)))).collect();
        let rows = all(&people);
        assert_eq!(rows.len(), COMPANIES.len() + PLACES.len() + WORKS.len());
        for (name, ..) in COMPANIES {
            assert!(crate::demo::companies::COMPANIES.iter().any(|company| company.name == name), "{name}");
        }
        assert!(COMPANIES.len() * 10 < crate::demo::companies::COMPANIES.len());
    }
}
