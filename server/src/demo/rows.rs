//! The register rows of the two terrains, as JSON for one statement a table: parcels, buildings, addresses, companies, infrastructure
//! and the ground of the map. Shapes are well-known text in RD.

use super::buildings::{self, Building};
use super::companies::{COMPANIES, Company, HAVENKANT, Tenure, WAARDSTEE};
use super::country;
use super::frame::{At, Frame, hooge_waard, lines, point, polygons};
use super::ground::{self, Ground};
use super::ids::id;
use super::parties::MUNICIPALITY_NAME;
use super::plan::Form;
use super::plots::{self, Plot};
use super::works::{Work, works};
use geo::{Area, Geometry};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Rows by table, ready for `jsonb_to_recordset`.
#[derive(Default)]
pub struct Rows {
    pub terrains: Vec<Value>,
    pub plots: Vec<Value>,
    pub buildings: Vec<Value>,
    pub addresses: Vec<Value>,
    pub companies: Vec<Value>,
    pub occupancies: Vec<Value>,
    pub infrastructure: Vec<Value>,
    pub backdrop: Vec<Value>,
}

pub const HOOGE_WAARD: &str = "De Hooge Waard";

pub fn terrain_id(name: &str) -> Uuid {
    id("terrain", name)
}

pub fn company_id(name: &str) -> Uuid {
    id("company", name)
}

pub fn plot_id(plot: &Plot) -> Uuid {
    id("plot", &plot.key())
}

/// The first building on a plot of De Hooge Waard.
pub fn building_id(plot: &Plot) -> Uuid {
    id("building", &bag_id(10, u64::from(plot.parcel) * 10))
}

/// One terrain while its rows are written.
pub struct Writer<'a> {
    pub rows: &'a mut Rows,
    pub frame: Frame,
    pub terrain: &'static str,
    pub audience: &'static str,
    /// Set apart in the numbers of buildings and companies.
    pub series: u64,
}

/// Everything the registers hold on both terrains.
pub fn all() -> Rows {
    let mut rows = Rows::default();
    Writer { rows: &mut rows, frame: hooge_waard(), terrain: HOOGE_WAARD, audience: "public", series: 0 }.hooge_waard();
    super::island::write(&mut rows);
    rows
}

impl Writer<'_> {
    pub fn terrain(&mut self, outline: geo::Polygon, net_m2: f64, ibis: &str, start_year: i32) {
        self.rows.terrains.push(json!({
            "id": terrain_id(self.terrain), "name": self.terrain, "ibis_number": ibis, "locality": MUNICIPALITY_NAME,
            "gross_m2": outline.unsigned_area().round(), "net_m2": net_m2.round(), "start_year": start_year, "audience": self.audience,
            "source_id": self.terrain, "wkt": self.frame.wkt(&polygons(vec![outline])),
        }));
    }

    pub fn plot(&mut self, id: Uuid, section: &str, number: u16, ring: &geo::Polygon) {
        self.rows.plots.push(json!({
            "id": id, "terrain_id": terrain_id(self.terrain), "cadastral_municipality": plots::CADASTRAL_MUNICIPALITY, "section": section,
            "number": number.to_string(), "registered_m2": (ring.unsigned_area() / 5.0).round() * 5.0, "audience": self.audience,
            "source_id": format!("{}-{section}-{number}", plots::CADASTRAL_MUNICIPALITY), "wkt": self.frame.wkt(&polygons(vec![ring.clone()])),
        }));
    }

    /// A building with number `number` of its series; answers its id. A home belongs to no terrain and no plot.
    pub fn building(&mut self, plot: Option<Uuid>, number: u64, building: &Building) -> Uuid {
        let bag = bag_id(10, self.series + number);
        let id = id("building", &bag);
        self.rows.buildings.push(json!({
            "id": id, "terrain_id": plot.map(|_| terrain_id(self.terrain)), "plot_id": plot, "bag_id": bag, "year": building.year,
            "status": building.status, "uses": [building.purpose], "details": { "height_m": (building.height_m * 10.0).round() / 10.0 },
            "audience": if plot.is_some() { self.audience } else { "public" }, "source_id": bag,
            "wkt": self.frame.wkt(&polygons(vec![building.ring.clone()])),
        }));
        id
    }

    /// An address at a door; answers its id.
    pub fn address(&mut self, building: (Uuid, u64), street: &str, house: u16, letter: Option<char>, purpose: &str, door: At) -> Uuid {
        let unit = letter.map_or(0, |l| u64::from(u32::from(l) - 64));
        let number = self.series + building.1 * 10 + unit;
        let bag = bag_id(20, number);
        let id = id("address", &bag);
        self.rows.addresses.push(json!({
            "id": id, "terrain_id": terrain_id(self.terrain), "building_id": building.0, "bag_id": bag, "bag_object_id": bag_id(1, number),
            "bag_building_id": bag_id(10, self.series + building.1), "street": street, "house_number": house, "house_letter": letter,
            "postcode": postcode(street), "city": MUNICIPALITY_NAME, "uses": [purpose], "audience": self.audience, "source_id": bag,
            "wkt": self.frame.wkt(&point(door)),
        }));
        id
    }

    /// A company at an address; its register number is `number` in a range that is not given out.
    pub fn company(&mut self, number: u32, company: &Company, address: (Uuid, &str, u16), door: At) {
        self.rows.companies.push(json!({
            "id": company_id(company.name), "terrain_id": terrain_id(self.terrain), "address_id": address.0, "name": company.name,
            "kvk_number": format!("00{number:06}"), "establishment_number": format!("990000{number:06}"), "sbi_code": company.sbi,
            "street": address.1, "house_number": address.2, "house_letter": company.unit, "postcode": postcode(address.1),
            "city": MUNICIPALITY_NAME, "employees": company.employees, "sole_trader": company.sole_trader,
            "source_id": company.name, "wkt": self.frame.wkt(&point(door)),
        }));
    }

    pub fn occupancy(&mut self, company: &str, kind: &str, plot: Option<Uuid>, building: Option<Uuid>) {
        let place = plot.or(building).unwrap_or_default();
        self.rows.occupancies.push(json!({
            "id": id("occupancy", &format!("{company} {kind} {place}")), "terrain_id": terrain_id(self.terrain),
            "company_id": company_id(company), "plot_id": plot, "building_id": building, "kind": kind,
        }));
    }

    pub fn work(&mut self, work: &Work) {
        let name = format!("{} {} {}", self.terrain, work.kind, work.name);
        self.rows.infrastructure.push(json!({
            "id": id("infrastructure", &name), "terrain_id": terrain_id(self.terrain), "kind": work.kind, "name": work.name,
            "owner": work.owner, "condition": work.condition, "details": work.details, "audience": self.audience, "source_id": name,
            "wkt": self.frame.wkt(&work.shape),
        }));
    }

    pub fn ground(&mut self, ground: &Ground) {
        let name = format!("{} {} {}", self.terrain, ground.kind, self.rows.backdrop.len());
        self.rows.backdrop.push(json!({
            "id": id("backdrop", &name), "kind": ground.kind, "name": ground.name, "level": ground.level, "width_m": ground.width_m,
            "rank": ground.rank, "source_id": name, "wkt": self.frame.wkt(&ground.shape),
        }));
    }

    fn hooge_waard(&mut self) {
        let plots = plots::plots();
        let net = plots.iter().map(|p| p.ring.unsigned_area()).sum();
        self.terrain(ground::outline(), net, "9901001", 1969);
        for ground in ground::backdrop() {
            self.ground(&ground);
        }
        for work in works() {
            self.work(&work);
        }
        let mut owned = BTreeSet::new();
        for plot in &plots {
            self.plot(plot_id(plot), plots::SECTION, plot.parcel, &plot.ring);
            self.built(plot, &mut owned);
        }
        for (i, ring) in country::homes().into_iter().enumerate() {
            let year = 1952 + (i as u16 * 7) % 60;
            let home =
                Building { ring, height_m: 8.0, purpose: "woonfunctie", year, status: "Pand in gebruik", ridges: vec![], panels: vec![] };
            self.building(None, 500_000 + i as u64, &home);
        }
    }

    /// What stands on a plot, who is in it and whose it is.
    fn built(&mut self, plot: &Plot, owned: &mut BTreeSet<(Uuid, &'static str)>) {
        let built = buildings::build(plot);
        let mut stand = Vec::new();
        for (i, building) in built.buildings.iter().enumerate() {
            let number = u64::from(plot.parcel) * 10 + i as u64;
            stand.push((self.building(Some(plot_id(plot)), number, building), number));
            for (kind, all) in [("ridge", &building.ridges), ("solar", &building.panels)] {
                if !all.is_empty() {
                    let width = if kind == "solar" { 4.0 } else { 0.4 };
                    self.ground(&ground::ground(kind, lines(all.clone())).width(width));
                }
            }
        }
        for (kind, level, all) in [("parking", 0, built.bays), ("paved", 2, built.goods)] {
            if !all.is_empty() {
                self.ground(&ground::ground(kind, polygons(all)).level(level));
            }
        }
        let (Some(main), Some(hall)) = (stand.first().copied(), built.buildings.first()) else { return };
        let here: Vec<(usize, &Company)> = COMPANIES.iter().enumerate().filter(|(_, c)| c.address == plot.label()).collect();
        let letters: Vec<Option<char>> = match plot.form {
            Form::Units => ('A'..).take(buildings::UNITS as usize).map(Some).collect(),
            Form::Site => Vec::new(),
            _ => vec![None],
        };
        for letter in letters {
            let door = buildings::door(plot, hall, letter.map(|l| u32::from(l) - 65));
            let address = self.address(main, plot.street, plot.house, letter, hall.purpose, door);
            for (i, company) in here.iter().filter(|(_, c)| c.unit == letter) {
                self.company(100_001 + 37 * *i as u32, company, (address, plot.street, plot.house), door);
            }
        }
        let also = COMPANIES.iter().filter(|c| c.also.is_some_and(|a| a == plot.label()));
        let users: Vec<&Company> = here.iter().map(|(_, c)| *c).chain(also).collect();
        for company in &users {
            self.occupancy(company.name, "uses", None, Some(main.0));
            let kind = if company.tenure == Tenure::Own { "owns" } else { "rents" };
            self.occupancy(company.name, kind, Some(plot_id(plot)), None);
        }
        let landlord = match users.first().map(|c| c.tenure) {
            Some(Tenure::Own) => return,
            Some(Tenure::Havenkant) => HAVENKANT,
            Some(Tenure::Waardstee) | None => WAARDSTEE,
        };
        if plot.form != Form::Site && owned.insert((plot_id(plot), landlord)) {
            self.occupancy(landlord, "owns", Some(plot_id(plot)), None);
        }
    }
}

/// Ids as the register of addresses and buildings has them: municipality 9901, which does not exist, the kind of thing, a number.
fn bag_id(kind: u8, number: u64) -> String {
    format!("9901{kind:02}{number:010}")
}

/// Of a street; invented like the rest.
fn postcode(street: &str) -> String {
    let letters = match street {
        "Havenweg" => "HA",
        "Waardweg" => "HB",
        "Energieweg" => "HC",
        "Spoorlaan" => "HD",
        "Nijverheidsweg" => "HE",
        "Turbinestraat" => "HG",
        "Ambachtsweg" => "HH",
        _ => "HK",
    };
    format!("4299{letters}")
}

/// For tests and the issues: a work's id by name.
pub fn work_id(kind: &str, name: &str) -> Uuid {
    id("infrastructure", &format!("{HOOGE_WAARD} {kind} {name}"))
}

/// A shape of De Hooge Waard as text in RD.
pub fn wkt(shape: &Geometry) -> String {
    hooge_waard().wkt(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unique(rows: &[Value], field: &str) -> bool {
        rows.iter().map(|r| r[field].to_string()).collect::<BTreeSet<_>>().len() == rows.len()
    }

    #[test]
    fn the_rows_are_the_same_every_time() {
        let (a, b) = (all(), all());
        assert_eq!((a.plots, a.buildings, a.addresses, a.companies), (b.plots, b.buildings, b.addresses, b.companies));
        assert_eq!((a.occupancies, a.infrastructure, a.backdrop), (b.occupancies, b.infrastructure, b.backdrop));
    }

    #[test]
    fn every_id_is_given_once() {
        let rows = all();
        for table in [
            &rows.terrains,
            &rows.plots,
            &rows.buildings,
            &rows.addresses,
            &rows.companies,
            &rows.occupancies,
            &rows.infrastructure,
            &rows.backdrop,
        ] {
            assert!(unique(table, "id"));
        }
        assert!(unique(&rows.buildings, "bag_id") && unique(&rows.addresses, "bag_id"));
        assert!(unique(&rows.companies, "kvk_number") && unique(&rows.companies, "establishment_number"));
    }

    #[test]
    fn ninety_six_companies_work_on_the_park() {
        let rows = all();
        let park = json!(terrain_id(HOOGE_WAARD));
        assert_eq!(rows.companies.iter().filter(|c| c["terrain_id"] == park).count(), 96);
        assert!(rows.companies.iter().all(|c| c["kvk_number"].as_str().is_some_and(|k| k.starts_with("00") && k.len() == 8)));
    }
}
