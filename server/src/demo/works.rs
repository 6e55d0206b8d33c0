//! What keeps the park going: medium-voltage stations and their cables, lamps, cameras, chargers, paths, the gas main, kept trees.

use super::frame::{At, along, line, point};
use super::ground::{KANAALPAD, WAARDWEG_PATH, street_trees, streets};
use super::plan::*;
use geo::Geometry;
use serde_json::{Value, json};

pub const GRID_OPERATOR: &str = "Netbeheer Waardstreek";
const MUNICIPALITY: &str = "Gemeente Hoogewaard";
const PARK: &str = "Parkmanagement De Hooge Waard";

pub struct Work {
    pub kind: &'static str,
    pub name: String,
    pub owner: &'static str,
    pub condition: &'static str,
    pub details: Value,
    pub shape: Geometry,
}

fn work(kind: &'static str, name: String, owner: &'static str, condition: &'static str, details: Value, shape: Geometry) -> Work {
    Work { kind, name, owner, condition, details, shape }
}

/// Stations with their rated power in kVA.
pub const STATIONS: [(&str, At, u32); 9] = [
    ("Ambachtsweg Noord", (21.0, 262.0), 630),
    ("Nijverheidsweg Noord", (341.6, 204.0), 1000),
    ("Insteekhaven", (463.0, 160.2), 1000),
    ("Turbinestraat Noord", (677.2, 418.0), 630),
    ("Nijverheidsweg Zuid", (341.6, 501.0), 1000),
    ("Turbinestraat Midden", (692.6, 516.0), 1000),
    ("Energieweg Oost", (865.0, 524.2), 1250),
    ("Spoorlaan West", (145.0, 690.0), 630),
    ("Spoorlaan Oost", (565.0, 690.0), 630),
];

/// Cables run in the verges from station to station: which two, and the corners between.
const CABLES: [(usize, usize, &[At]); 9] = [
    (2, 1, &[(463.0, 160.2), (341.6, 160.2), (341.6, 204.0)]),
    (1, 0, &[(341.6, 204.0), (341.6, 174.2), (21.0, 174.2), (21.0, 262.0)]),
    (1, 4, &[(341.6, 204.0), (341.6, 501.0)]),
    (2, 3, &[(463.0, 160.2), (677.2, 160.2), (677.2, 418.0)]),
    (3, 5, &[(677.2, 418.0), (677.2, 524.2), (692.6, 524.2), (692.6, 516.0)]),
    (5, 6, &[(692.6, 516.0), (692.6, 524.2), (865.0, 524.2)]),
    (4, 7, &[(341.6, 501.0), (341.6, 690.0), (145.0, 690.0)]),
    (4, 8, &[(341.6, 501.0), (341.6, 690.0), (565.0, 690.0)]),
    (8, 5, &[(565.0, 690.0), (692.6, 690.0), (692.6, 516.0)]),
];

const CAMERAS: [(&str, At, &str); 8] = [
    ("Ingang Waardweg", (8.0, 344.0), "good"),
    ("Havenweg hoek Ambachtsweg", (22.5, 174.0), "good"),
    ("Havenweg hoek Nijverheidsweg", (357.5, 174.0), "fair"),
    ("Insteekhaven", (484.0, 150.0), "good"),
    ("Havenweg hoek Turbinestraat", (692.0, 174.0), "poor"),
    ("Ingang Oude Dijk", (984.0, 345.0), "good"),
    ("Energieweg hoek Turbinestraat", (692.0, 539.0), "good"),
    ("Spoorlaan hoek Nijverheidsweg", (357.5, 690.5), "fair"),
];

const CHARGERS: [(At, u32, u32); 10] = [
    ((60.0, 160.0), 2, 22),
    ((410.0, 160.0), 4, 50),
    ((740.0, 160.0), 2, 22),
    ((845.0, 160.0), 2, 22),
    ((130.0, 331.0), 2, 22),
    ((640.0, 331.0), 2, 22),
    ((545.0, 375.0), 6, 150),
    ((790.0, 375.0), 2, 22),
    ((480.0, 546.0), 2, 22),
    ((-46.0, 751.0), 4, 22),
];

pub fn works() -> Vec<Work> {
    let mut all = Vec::new();
    for (name, at, kva) in STATIONS {
        let details = json!({ "voltage_kv": 10, "rated_kva": kva });
        all.push(work("station", format!("Station {name}"), GRID_OPERATOR, "good", details, point(at)));
    }
    for (from, to, course) in CABLES {
        let name = format!("{} - {}", STATIONS[from].0, STATIONS[to].0);
        let details = json!({ "voltage_kv": 10, "course": "globaal, geen KLIC-melding" });
        all.push(work("cable", name, GRID_OPERATOR, "unknown", details, line(course)));
    }
    for (name, at, condition) in CAMERAS {
        all.push(work("camera", format!("Camera {name}"), PARK, condition, json!({}), point(at)));
    }
    for (i, (at, sockets, kw)) in CHARGERS.into_iter().enumerate() {
        let details = json!({ "sockets": sockets, "power_kw": kw });
        all.push(work("charger", format!("Laadpunt {}", i + 1), PARK, "good", details, point(at)));
    }
    for (i, (at, condition)) in lamps().into_iter().enumerate() {
        all.push(work("lamp", format!("Lichtmast {}", i + 1), MUNICIPALITY, condition, json!({ "led": i % 3 != 0 }), point(at)));
    }
    for (i, at) in street_trees().into_iter().enumerate() {
        let species = ["veldesdoorn", "zomereik", "linde"][i % 3];
        all.push(work("tree", format!("Straatboom {}", i + 1), MUNICIPALITY, "good", json!({ "species": species }), point(at)));
    }
    for (name, course, width) in streets() {
        let condition = if matches!(name, "Havenweg" | "Ambachtsweg") { "fair" } else { "good" };
        all.push(work("road", name.to_owned(), MUNICIPALITY, condition, json!({ "width_m": width }), line(&course)));
    }
    // Of the path along the canal, the part on the park is the municipality's.
    let on_park: Vec<At> = std::iter::once((WEST, KANAALPAD[0].1)).chain(KANAALPAD[1..].iter().copied()).collect();
    all.push(work("cycle_path", "Kanaalpad".to_owned(), MUNICIPALITY, "fair", json!({ "width_m": 3.0 }), line(&on_park)));
    all.push(work("cycle_path", "Fietspad Waardweg".to_owned(), MUNICIPALITY, "good", json!({ "width_m": 3.0 }), line(WAARDWEG_PATH)));
    let gas = line(&[(-300.0, 719.0), (930.0, 719.0), (1_300.0, 735.0)]);
    all.push(work(
        "pipe",
        "Gasleiding langs het spoor".to_owned(),
        GRID_OPERATOR,
        "unknown",
        json!({ "medium": "aardgas", "pressure_bar": 40 }),
        gas,
    ));
    all
}

/// A lamp about every 62 m, on the verge; one in nine needs care.
fn lamps() -> Vec<(At, &'static str)> {
    let mut all = Vec::new();
    for (_, course, width) in streets() {
        let aside = width / 2.0 + 1.6;
        let (from, to) = (course[0], course[course.len() - 1]);
        let shifted = if from.1 == to.1 {
            [(from.0 + 14.0, from.1 + aside), (to.0 - 12.0, to.1 + aside)]
        } else {
            [(from.0 + aside, from.1 + 14.0), (to.0 + aside, to.1 - 12.0)]
        };
        all.extend(along(&shifted, 18.0, 94.0));
    }
    all.into_iter().enumerate().map(|(i, at)| (at, if i % 9 == 4 { "poor" } else { "good" })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{buildings::build, plots::plots};
    use geo::Contains;

    fn count(kind: &str) -> usize {
        works().iter().filter(|w| w.kind == kind).count()
    }

    #[test]
    fn the_park_has_its_stations_lamps_and_cameras() {
        assert_eq!((count("station"), count("cable"), count("camera")), (9, 9, 8));
        assert!((55..=65).contains(&count("lamp")), "{}", count("lamp"));
    }

    #[test]
    fn nothing_stands_inside_a_building() {
        let built: Vec<_> = plots().iter().flat_map(|p| build(p).buildings).collect();
        for work in works() {
            if let Geometry::Point(at) = work.shape {
                assert!(!built.iter().any(|b| b.ring.contains(&at)), "{}", work.name);
            }
        }
    }

    #[test]
    fn cables_end_at_their_stations() {
        for (from, to, course) in CABLES {
            assert_eq!((course[0], course[course.len() - 1]), (STATIONS[from].1, STATIONS[to].1));
        }
    }
}
