//! Klein Eiland: a small closed terrain nearby, which nobody of De Hooge Waard can see. Tests prove on it what is hidden.

use super::buildings::Building;
use super::companies::{Company, Tenure};
use super::frame::{At, Frame, line, point, rect};
use super::ground::ground;
use super::ids::id;
use super::rows::{Rows, Writer};
use super::works::Work;
use geo::{Geometry, Polygon};
use serde_json::json;

pub const KLEIN_EILAND: &str = "Klein Eiland";
/// The company whose entrepreneur is the neighbour of the demo.
pub const EILANDWERF: &str = "Eilandwerf";
/// Of another municipality, so that the one of De Hooge Waard sees nothing either.
pub const MUNICIPALITY_CODE: &str = "GM9902";
const STREET: &str = "Eilandkade";

/// What the neighbour reports, in the frame of the island.
pub struct IslandIssue {
    pub title: &'static str,
    pub kind: &'static str,
    pub theme: &'static str,
    pub audience: &'static str,
    pub at: At,
}

pub const ISSUES: [IslandIssue; 2] = [
    IslandIssue { title: "Steiger is verrot", kind: "problem", theme: "safety", audience: "terrain", at: (40.0, 8.0) },
    IslandIssue { title: "Walstroom voor schepen in reparatie", kind: "opportunity", theme: "energy", audience: "team", at: (120.0, 8.0) },
];

pub fn frame() -> Frame {
    Frame::new((136_950.0, 424_320.0), -9.0)
}

pub fn write(rows: &mut Rows) {
    let mut writer = Writer { rows, frame: frame(), terrain: KLEIN_EILAND, audience: "terrain", series: 9_000_000 };
    let outline = rect((0.0, 210.0), (0.0, 140.0));
    let lots = [(12.0, 78.0), (78.0, 132.0), (132.0, 198.0)];
    writer.terrain(outline.clone(), lots.iter().map(|u| (u.1 - u.0) * 82.0).sum(), "9901002", 1987);
    // Water all around, with the island as a hole in it.
    let moat = rect((-36.0, 246.0), (-36.0, 176.0));
    let moat = Polygon::new(moat.exterior().clone(), vec![outline.exterior().clone()]);
    writer.ground(&ground("water", Geometry::Polygon(moat)));
    writer.ground(&ground("quay", Geometry::LineString(outline.exterior().clone())).width(2.4));
    writer.ground(&ground("road", line(&[(12.0, 118.0), (290.0, 118.0)])).width(7.0));
    let companies: [(&str, &str, i32); 2] = [(EILANDWERF, "3315", 12), ("Eilandzeil", "1392", 4)];
    for (i, u) in lots.into_iter().enumerate() {
        let (number, house) = (11 + i as u16, 1 + 2 * i as u16);
        let ring = rect(u, (12.0, 94.0));
        let plot = id("plot", &format!("HGW00-D-{number}"));
        writer.plot(plot, "D", number, &ring);
        let hall = Building {
            ring: rect((u.0 + 6.0, u.1 - 6.0), (24.0, 82.0)),
            height_m: 8.0,
            purpose: "industriefunctie",
            year: 1988,
            status: "Pand in gebruik",
            ridges: vec![],
            panels: vec![],
        };
        let building = writer.building(Some(plot), i as u64, &hall);
        let door = ((u.0 + u.1) / 2.0, 53.0);
        let address = writer.address((building, i as u64), STREET, house, None, hall.purpose, door);
        if let Some((name, sbi, employees)) = companies.get(i) {
            let company = Company {
                address: STREET,
                unit: None,
                name,
                sbi,
                employees: *employees,
                tenure: Tenure::Own,
                sole_trader: false,
                also: None,
            };
            writer.company(900_001 + i as u32, &company, (address, STREET, house), door);
            writer.occupancy(name, "uses", None, Some(building));
            writer.occupancy(name, "owns", Some(plot), None);
        }
    }
    writer.work(&Work {
        kind: "camera",
        name: "Camera brug".to_owned(),
        owner: EILANDWERF,
        condition: "good",
        details: json!({}),
        shape: point((206.0, 112.0)),
    });
}
