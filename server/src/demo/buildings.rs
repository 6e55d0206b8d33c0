//! What stands on a plot: halls, offices and sheds with their roof lines, the parking at the street and the yard beside.

use super::frame::{At, polygon};
use super::ids::chance;
use super::plan::{Form, Side};
use super::plots::Plot;
use geo::Polygon;

/// A building, with what is drawn on its roof.
pub struct Building {
    pub ring: Polygon,
    pub height_m: f64,
    /// A use as the register of buildings names it.
    pub purpose: &'static str,
    pub year: u16,
    pub status: &'static str,
    pub ridges: Vec<Vec<At>>,
    pub panels: Vec<Vec<At>>,
}

/// Everything that stands and lies on one plot.
#[derive(Default)]
pub struct Built {
    /// The first is the main one.
    pub buildings: Vec<Building>,
    pub bays: Vec<Polygon>,
    pub goods: Vec<Polygon>,
}

const INDUSTRY: &str = "industriefunctie";
const OFFICE: &str = "kantoorfunctie";

/// A box in the plot's own sight: `x` along the street, `y` away from it.
#[derive(Clone, Copy)]
struct Part {
    x: (f64, f64),
    y: (f64, f64),
}

/// The plot as somebody at its gate sees it.
struct Sight<'a> {
    plot: &'a Plot,
    width: f64,
    name: String,
    mirrored: bool,
}

impl Sight<'_> {
    fn place(&self, (x, y): At) -> At {
        let x = if self.mirrored { self.width - x } else { x };
        let (u, v) = (self.plot.u, self.plot.v);
        match self.plot.front {
            Side::North => (u.1 - x, v.0 + y),
            Side::South => (u.0 + x, v.1 - y),
            Side::West => (u.0 + y, v.0 + x),
            Side::East => (u.1 - y, v.1 - x),
        }
    }

    fn ring(&self, corners: &[At]) -> Polygon {
        let mut ring: Vec<At> = corners.iter().map(|c| self.place(*c)).collect();
        ring.push(ring[0]);
        polygon(&ring)
    }

    fn part(&self, part: Part) -> Polygon {
        let (x, y) = (part.x, part.y);
        self.ring(&[(x.0, y.0), (x.1, y.0), (x.1, y.1), (x.0, y.1)])
    }

    fn chance(&self, what: &str) -> f64 {
        chance(what, &self.name)
    }

    fn building(&self, ring: Polygon, part: Part, height_m: f64, purpose: &'static str, sun: bool) -> Building {
        let (width, depth) = (part.x.1 - part.x.0, part.y.1 - part.y.0);
        let along_x = width >= depth;
        let (long, short) = if along_x { (part.x, part.y) } else { (part.y, part.x) };
        let stretch = |at: f64, from: f64, to: f64| {
            let ends = if along_x { [(from, at), (to, at)] } else { [(at, from), (at, to)] };
            ends.map(|p| self.place(p)).to_vec()
        };
        // A ridge over every bay of some 26 m; a roof of panels hides them.
        let bays = (((short.1 - short.0) / 26.0).round() as u32).max(1);
        let ridge_at = |i: u32| short.0 + (short.1 - short.0) * f64::from(2 * i + 1) / f64::from(2 * bays);
        let ridges =
            if sun || short.1 - short.0 < 12.0 { Vec::new() } else { (0..bays).map(|i| stretch(ridge_at(i), long.0, long.1)).collect() };
        let panels = if sun {
            let rows = ((short.1 - short.0 - 10.0) / 7.0).floor().max(0.0) as u32;
            let first = (short.0 + short.1 - f64::from(rows.saturating_sub(1)) * 7.0) / 2.0;
            (0..rows).map(|i| stretch(first + f64::from(i) * 7.0, long.0 + 5.0, long.1 - 5.0)).collect()
        } else {
            Vec::new()
        };
        let year = 1968 + (self.chance("year") * 53.0) as u16;
        Building { ring, height_m, purpose, year, status: "Pand in gebruik", ridges, panels }
    }

    /// Parking bays in a row at the street, between these places.
    fn bays(&self, from: f64, to: f64) -> Vec<Polygon> {
        let count = ((to - from) / 2.6).floor().max(0.0) as u32;
        (0..count)
            .map(|i| {
                let x = from + f64::from(i) * 2.6;
                self.part(Part { x: (x, x + 1.9), y: (2.4, 7.4) })
            })
            .collect()
    }

    /// Stacks of goods in the open, in this box.
    fn goods(&self, part: Part) -> Vec<Polygon> {
        let mut all = Vec::new();
        let mut y = part.y.0;
        while y + 6.0 <= part.y.1 {
            let mut x = part.x.0;
            while x + 9.0 <= part.x.1 {
                if chance("goods", &format!("{} {x:.0} {y:.0}", self.name)) < 0.72 {
                    all.push(self.part(Part { x: (x, x + 9.0), y: (y, y + 6.0) }));
                }
                x += 12.5;
            }
            y += 12.0;
        }
        all
    }
}

/// Lays out one plot.
pub fn build(plot: &Plot) -> Built {
    let (du, dv) = (plot.u.1 - plot.u.0, plot.v.1 - plot.v.0);
    let (width, depth) = if matches!(plot.front, Side::North | Side::South) { (du, dv) } else { (dv, du) };
    let name = plot.key();
    let mirrored = chance("mirror", &name) < 0.5;
    let sight = Sight { plot, width, name, mirrored };
    let mut built = Built::default();
    let front = if depth < 60.0 { 9.0 } else { 10.0 + 3.0 * sight.chance("front") };
    let side = (width * 0.07 + 1.5 * sight.chance("side")).clamp(3.0, 7.5);
    let rear = (depth * 0.05 + 1.5 * sight.chance("rear")).clamp(3.5, 7.0);
    let whole = Part { x: (side, width - side), y: (front, depth - rear) };
    let height = 7.0 + 5.0 * sight.chance("height");
    match plot.form {
        Form::Hall => built.buildings.push(sight.building(sight.part(whole), whole, height, INDUSTRY, plot.sun)),
        Form::Ell => ell(&sight, whole, height, &mut built),
        Form::Duo => duo(&sight, whole, height, &mut built),
        Form::Pair => pair(&sight, whole, height, &mut built),
        Form::Units => units(&sight, whole, &mut built),
        Form::Yard => {
            let office = Part { x: (whole.x.0, whole.x.0 + 14.0_f64.min(width * 0.3)), y: (front, front + 9.0) };
            built.buildings.push(sight.building(sight.part(office), office, 4.0, OFFICE, false));
            built.goods = sight.goods(Part { x: (office.x.1 + 5.0, whole.x.1), y: (front, whole.y.1) });
        }
        Form::Empty => return built,
        Form::Site => {
            let mut hall = sight.building(sight.part(whole), whole, height, INDUSTRY, false);
            hall.status = "Bouw gestart";
            hall.year = 2026;
            hall.ridges.clear();
            built.buildings.push(hall);
        }
    }
    // Parking on one part of the front, the gate on the rest.
    let share = 0.45 + 0.25 * sight.chance("bays");
    built.bays = sight.bays(side, side + (width - 2.0 * side) * share);
    built
}

fn ell(sight: &Sight, whole: Part, height: f64, built: &mut Built) {
    let (x, y) = (whole.x, whole.y);
    // The open corner: at the back, a third to half of each side.
    let cut = (x.0 + (x.1 - x.0) * (0.5 + 0.12 * sight.chance("cut")), y.0 + (y.1 - y.0) * (0.5 + 0.15 * sight.chance("notch")));
    let ring = sight.ring(&[(x.0, y.0), (x.1, y.0), (x.1, cut.1), (cut.0, cut.1), (cut.0, y.1), (x.0, y.1)]);
    let main = Part { x: (x.0, cut.0), y };
    let mut hall = sight.building(ring, main, height, INDUSTRY, false);
    let valley = (y.0 + cut.1) / 2.0;
    hall.ridges.push([((x.0 + cut.0) / 2.0, valley), (x.1, valley)].map(|p| sight.place(p)).to_vec());
    built.buildings.push(hall);
    built.goods = sight.goods(Part { x: (cut.0 + 4.0, x.1), y: (cut.1 + 5.0, y.1) });
}

fn duo(sight: &Sight, whole: Part, height: f64, built: &mut Built) {
    let (x, y) = (whole.x, whole.y);
    let deep = ((y.1 - y.0) * 0.26).clamp(9.0, 22.0);
    let office = Part { x: (x.0, x.0 + (x.1 - x.0) * (0.7 + 0.3 * sight.chance("office"))), y: (y.0, y.0 + deep) };
    let hall = Part { x: (x.0, x.1 - 3.0 * sight.chance("lane")), y: (y.0 + deep + 7.0, y.1) };
    built.buildings.push(sight.building(sight.part(hall), hall, height, INDUSTRY, false));
    let mut front = sight.building(sight.part(office), office, 6.5, OFFICE, false);
    front.ridges.clear();
    built.buildings.push(front);
}

fn pair(sight: &Sight, whole: Part, height: f64, built: &mut Built) {
    let (x, y) = (whole.x, whole.y);
    let cut = x.0 + (x.1 - x.0) * (0.52 + 0.14 * sight.chance("pair"));
    let main = Part { x: (x.0, cut), y };
    let low = y.1 - (y.1 - y.0) * (0.1 + 0.35 * sight.chance("low"));
    let shed = Part { x: (cut + 6.0, x.1), y: (y.0 + 2.0, low) };
    built.buildings.push(sight.building(sight.part(main), main, height, INDUSTRY, false));
    if shed.x.1 - shed.x.0 > 6.0 {
        built.buildings.push(sight.building(sight.part(shed), shed, height - 2.0, INDUSTRY, false));
    }
}

/// How many units a row of units has.
pub const UNITS: u32 = 6;

fn units(sight: &Sight, whole: Part, built: &mut Built) {
    let mut row = sight.building(sight.part(whole), whole, 5.5, INDUSTRY, false);
    let walls = (1..UNITS).map(|i| {
        let y = whole.y.0 + (whole.y.1 - whole.y.0) * f64::from(i) / f64::from(UNITS);
        [(whole.x.0, y), (whole.x.1, y)].map(|p| sight.place(p)).to_vec()
    });
    row.ridges = walls.collect();
    built.buildings.push(row);
}

/// Where the door of a building's part is: its middle, or the middle of one unit of the row.
pub fn door(plot: &Plot, building: &Building, unit: Option<u32>) -> At {
    use geo::{BoundingRect, Centroid};
    let middle = building.ring.centroid().map_or(plot.middle(), |c| (c.x(), c.y()));
    match (unit, building.ring.bounding_rect()) {
        (Some(unit), Some(bounds)) => {
            let step = (f64::from(unit) + 0.5) / f64::from(UNITS);
            (middle.0, bounds.min().y + (bounds.max().y - bounds.min().y) * step)
        }
        _ => middle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::plots::plots;
    use geo::{Area, Contains, Intersects};

    #[test]
    fn buildings_stand_inside_their_plots_and_apart() {
        for plot in plots() {
            let built = build(&plot);
            for (i, building) in built.buildings.iter().enumerate() {
                assert!(plot.ring.contains(&building.ring), "{} {i}", plot.label());
                assert!(building.ring.unsigned_area() > 40.0, "{} {i}", plot.label());
                for other in &built.buildings[i + 1..] {
                    assert!(!building.ring.intersects(&other.ring), "{}", plot.label());
                }
            }
            assert_eq!(built.buildings.is_empty(), plot.form == Form::Empty);
        }
    }

    #[test]
    fn the_roof_of_waardweg_22_is_eleven_thousand_square_metres() {
        let plots = plots();
        let plot = plots.iter().find(|p| p.label() == "Waardweg 22").expect("the plan names it");
        let area = build(plot).buildings[0].ring.unsigned_area();
        assert!((10_500.0..11_500.0).contains(&area), "{area}");
    }
}
