//! The ground of the map: water, roads, rail, green, trees, the village and the polders around, all drawn from the plan.

use super::country;
use super::frame::{At, along, circle, line, point, polygon, rect};
use super::plan::*;
use geo::{Geometry, Polygon};

/// One row of the backdrop, in the frame of the plan.
pub struct Ground {
    pub kind: &'static str,
    pub name: Option<&'static str>,
    /// Drawing order within its kind: -1 lies under everything (fields and ditches of the polder, quays), 1 and 2 on top (platforms, the
    /// roundabout, goods in a yard).
    pub level: i32,
    pub width_m: Option<f64>,
    /// Of a road: 3 provincial, 6 street, 7 dike, 8 village lane, 9 the rest.
    pub rank: i32,
    pub shape: Geometry,
}

pub fn ground(kind: &'static str, shape: Geometry) -> Ground {
    Ground { kind, name: None, level: 0, width_m: None, rank: 9, shape }
}

impl Ground {
    pub fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }
    pub fn level(mut self, level: i32) -> Self {
        self.level = level;
        self
    }
    pub fn width(mut self, width_m: f64) -> Self {
        self.width_m = Some(width_m);
        self
    }
    pub fn rank(mut self, rank: i32) -> Self {
        self.rank = rank;
        self
    }
}

/// How far canal, railway and polders run on beyond the park.
pub const FAR_WEST: f64 = -1_300.0;
pub const FAR_EAST: f64 = 2_200.0;

/// The path along the canal: around the harbour and on.
pub const KANAALPAD: &[At] = &[(FAR_WEST, 9.0), (481.0, 9.0), (481.0, 156.5), (557.0, 156.5), (557.0, 9.0), (1_030.0, 9.0), (1_060.0, 2.0)];
/// The path beside Waardweg.
pub const WAARDWEG_PATH: &[At] = &[(-124.0, 339.5), (TURBINESTRAAT, 339.5), (1_006.0, 339.5)];

/// The streets of the park: name, course, width in metres.
pub fn streets() -> Vec<(&'static str, Vec<At>, f64)> {
    let dike = |v: f64| (OUDE_DIJK.u(v), v);
    vec![
        ("Havenweg", vec![(AMBACHTSWEG - 5.0, HAVENWEG), (NIJVERHEIDSWEG, HAVENWEG), (TURBINESTRAAT, HAVENWEG), dike(HAVENWEG)], 11.0),
        (
            "Energieweg",
            vec![(AMBACHTSWEG - 5.0, ENERGIEWEG), (NIJVERHEIDSWEG, ENERGIEWEG), (TURBINESTRAAT, ENERGIEWEG), dike(ENERGIEWEG)],
            11.0,
        ),
        ("Spoorlaan", vec![(AMBACHTSWEG - 5.0, SPOORLAAN), (NIJVERHEIDSWEG, SPOORLAAN), (TURBINESTRAAT, SPOORLAAN), dike(SPOORLAAN)], 10.0),
        (
            "Ambachtsweg",
            vec![(AMBACHTSWEG, HAVENWEG - 5.5), (AMBACHTSWEG, WAARDWEG), (AMBACHTSWEG, ENERGIEWEG), (AMBACHTSWEG, SPOORLAAN + 5.0)],
            10.0,
        ),
        (
            "Nijverheidsweg",
            vec![(NIJVERHEIDSWEG, HAVENWEG), (NIJVERHEIDSWEG, WAARDWEG), (NIJVERHEIDSWEG, ENERGIEWEG), (NIJVERHEIDSWEG, SPOORLAAN)],
            11.0,
        ),
        (
            "Turbinestraat",
            vec![(TURBINESTRAAT, HAVENWEG), (TURBINESTRAAT, WAARDWEG), (TURBINESTRAAT, ENERGIEWEG), (TURBINESTRAAT, SPOORLAAN)],
            10.0,
        ),
        (
            "Waardweg",
            vec![ROUNDABOUT, (AMBACHTSWEG, WAARDWEG), (NIJVERHEIDSWEG, WAARDWEG), (TURBINESTRAAT, WAARDWEG), dike(WAARDWEG)],
            13.0,
        ),
    ]
}

/// The outline of the park.
pub fn outline() -> Polygon {
    let mut ring: Vec<At> = vec![(WEST, NORTH)];
    ring.extend(OUDE_DIJK.between(NORTH, SOUTH, -DIKE_FOOT, 18.0));
    ring.push((WEST, SOUTH));
    ring.push((WEST, NORTH));
    polygon(&ring)
}

/// Trees beside the streets, which the municipality keeps.
pub fn street_trees() -> Vec<At> {
    let mut all = Vec::new();
    for (from, to) in [(40.0, 336.0), (364.0, 672.0), (699.0, 996.0)] {
        all.extend(along(&[(from, 336.6), (to, 336.6)], 0.0, 13.0));
        all.extend(along(&[(from, 365.0), (to, 365.0)], 6.5, 13.0));
    }
    all.extend(along(&[(-128.0, 365.0), (0.0, 365.0)], 0.0, 13.0));
    all
}

/// Everything on the ground; the parking and roofs of the plots come from `buildings.rs`.
pub fn backdrop() -> Vec<Ground> {
    let mut all = Vec::new();
    country::polders(&mut all);
    country::village(&mut all);
    water(&mut all);
    green(&mut all);
    roads(&mut all);
    railway(&mut all);
    trees(&mut all);
    labels(&mut all);
    all
}

/// Ponds between Spoorlaan and the railway, and in the green west of the park.
fn pond(centre: At, length: f64, width: f64) -> Geometry {
    let ring: Vec<At> = circle((0.0, 0.0), 1.0, 36)
        .into_iter()
        .map(|(x, y)| (centre.0 + x * length / 2.0, centre.1 + y * width / 2.0 * (1.0 + 0.22 * (x * 3.4 + 0.6).sin())))
        .collect();
    Geometry::Polygon(polygon(&ring))
}

fn water(all: &mut Vec<Ground>) {
    let (basin, quay) = HARBOUR;
    all.push(ground("water", Geometry::Polygon(rect((FAR_WEST, FAR_EAST), CANAL))).name("Waardkanaal"));
    all.push(ground("water", Geometry::Polygon(rect(basin, (CANAL.1 - 0.5, quay)))).name("Insteekhaven"));
    let shore = CANAL.1;
    for course in [
        vec![(FAR_WEST, shore), (basin.0, shore), (basin.0, quay), (basin.1, quay), (basin.1, shore), (FAR_EAST, shore)],
        vec![(FAR_WEST, CANAL.0), (FAR_EAST, CANAL.0)],
    ] {
        all.push(ground("quay", line(&course)).width(2.4));
    }
    all.push(ground("water", pond((196.0, 729.0), 232.0, 13.0)));
    all.push(ground("water", pond((560.0, 729.0), 120.0, 12.0)));
    all.push(ground("water", pond((-72.0, 214.0), 44.0, 86.0)));
    for (course, width) in [
        (vec![(4.0, 30.0), (4.0, 340.0)], 3.0),
        (vec![(4.0, 364.0), (4.0, 704.0)], 3.0),
        (vec![(4.0, 710.0), (330.0, 710.0)], 3.0),
        (vec![(372.0, 710.0), (664.0, 710.0)], 3.0),
        (vec![(706.0, 710.0), (920.0, 710.0)], 3.0),
        (vec![(FAR_WEST, 778.0), (FAR_EAST, 778.0)], 3.0),
        (vec![(FAR_WEST, -64.0), (FAR_EAST, -64.0)], 3.0),
        (OUDE_DIJK.between(10.0, 756.0, 9.0, 30.0), 3.0),
    ] {
        all.push(ground("water", line(&course)).width(width));
    }
}

fn green(all: &mut Vec<Ground>) {
    let dike = |v: f64| OUDE_DIJK.u(v) - DIKE_FOOT;
    let mut west: Vec<At> = N873.between(2.0, 336.0, 14.0, 40.0);
    west.extend([(-1.0, 336.0), (-1.0, 2.0)]);
    west.push(west[0]);
    let mut south_west: Vec<At> = N873.between(368.0, 756.0, 14.0, 40.0);
    south_west.extend([(-1.0, 756.0), (-1.0, 368.0)]);
    south_west.push(south_west[0]);
    let strip = |u: (f64, f64), v: (f64, f64)| Geometry::Polygon(rect(u, v));
    let mut dike_verge: Vec<At> = OUDE_DIJK.between(30.0, 700.0, -DIKE_FOOT, 18.0);
    dike_verge.extend(OUDE_DIJK.between(700.0, 30.0, -19.5, 18.0));
    dike_verge.push(dike_verge[0]);
    for shape in [
        Geometry::Polygon(polygon(&west)),
        Geometry::Polygon(polygon(&south_west)),
        strip((0.0, HARBOUR.0.0 - 11.0), (CANAL.1 + 1.5, 27.0)),
        strip((HARBOUR.0.1 + 11.0, dike(14.0)), (CANAL.1 + 1.5, 27.0)),
        Geometry::Polygon(polygon(&[(0.0, 703.0), (dike(703.0), 703.0), (dike(757.0), 757.0), (0.0, 757.0), (0.0, 703.0)])),
        strip((1.0, 9.0), (28.0, 336.0)),
        strip((1.0, 9.0), (368.0, 703.0)),
        strip((25.0, 343.0), (334.4, 344.5)),
        strip((357.0, 678.0), (334.4, 344.5)),
        strip((692.0, dike(340.0)), (334.4, 344.5)),
        strip((22.0, 343.0), (359.5, 370.6)),
        strip((357.0, 678.0), (359.5, 370.6)),
        strip((692.0, dike(365.0)), (359.5, 370.6)),
        Geometry::Polygon(polygon(&dike_verge)),
        // Plots without a building, inside their edges.
        strip((27.0, 100.0), (179.0, 256.6)),
        strip((599.0, 673.0), (373.0, 520.0)),
        Geometry::Polygon(polygon(&circle(ROUNDABOUT, 11.0, 32))),
    ] {
        all.push(ground("green", shape));
    }
}

fn roads(all: &mut Vec<Ground>) {
    let step = 22.0;
    all.push(ground("road", line(&OUDE_DIJK.between(-900.0, 1_650.0, 0.0, step))).name("Oude Dijk").width(7.5).rank(7));
    for (name, course, width) in streets() {
        all.push(ground("road", line(&course)).name(name).width(width).rank(6));
    }
    all.push(ground("road", line(&N873.between(-1_200.0, 1_850.0, 0.0, step))).name("N873").width(16.0).rank(3));
    all.push(ground("road", line(&circle(ROUNDABOUT, 17.5, 40))).name("N873").width(12.0).rank(3).level(1));
    all.push(ground("cycle_path", line(KANAALPAD)).name("Kanaalpad").width(3.0));
    all.push(ground("cycle_path", line(WAARDWEG_PATH)).name("Waardweg").width(3.0));
    // The path beside the provincial road swings around the roundabout.
    let beside: Vec<At> = N873
        .between(-1_200.0, 1_850.0, 18.0, step / 2.0)
        .into_iter()
        .map(|(u, v)| (u + 13.0 * (-((v - ROUNDABOUT.1) / 24.0).powi(2)).exp(), v))
        .collect();
    all.push(ground("cycle_path", line(&beside)).width(2.5));
    // The quays and the forecourt of the halt are paved.
    let (basin, quay) = HARBOUR;
    for shape in [
        rect((basin.0 - 22.0, basin.0), (-4.0, quay)),
        rect((basin.1, basin.1 + 18.0), (-4.0, quay)),
        rect((basin.0 - 22.0, basin.1 + 18.0), (quay, 157.0)),
        rect((-112.0, -28.0), (748.0, 757.0)),
    ] {
        all.push(ground("paved", Geometry::Polygon(shape)).level(-1));
    }
}

fn railway(all: &mut Vec<Ground>) {
    all.push(ground("rail", line(&[(FAR_WEST, RAILWAY), (FAR_EAST, RAILWAY)])).width(5.0));
    for v in [(RAILWAY - 8.5, RAILWAY - 4.0), (RAILWAY + 4.0, RAILWAY + 8.5)] {
        all.push(ground("paved", Geometry::Polygon(rect((-118.0, -24.0), v))).name("Halte Hoogewaard Zuid").level(1));
    }
}

fn trees(all: &mut Vec<Ground>) {
    let mut places = street_trees();
    let mut row = |points: &[At], step: f64| places.extend(along(points, step / 2.0, step));
    row(&[(8.0, 19.0), (468.0, 19.0)], 13.0);
    row(&[(570.0, 19.0), (1_010.0, 19.0)], 13.0);
    row(&[(8.0, 744.0), (920.0, 744.0)], 14.0);
    row(&[(-700.0, -60.0), (1_700.0, -60.0)], 15.0);
    row(&N873.between(-620.0, -74.0, -15.0, 30.0), 15.0);
    row(&N873.between(18.0, 318.0, -15.0, 30.0), 15.0);
    row(&N873.between(388.0, 1_350.0, -15.0, 30.0), 15.0);
    row(&N873.between(-620.0, -74.0, 28.0, 30.0), 15.0);
    row(&N873.between(22.0, 300.0, 28.0, 30.0), 15.0);
    row(&[(-28.0, 40.0), (-28.0, 322.0)], 14.0);
    row(&[(-24.0, 388.0), (-24.0, 728.0)], 14.0);
    row(&[(-62.0, 388.0), (-62.0, 728.0)], 14.0);
    row(&[(-100.0, 388.0), (-100.0, 728.0)], 14.0);
    row(&OUDE_DIJK.between(800.0, 1_400.0, -9.0, 30.0), 17.0);
    // A copse in each empty plot, loosely.
    for (u, v) in
        [(604.0, 390.0), (616.0, 396.0), (607.0, 405.0), (660.0, 500.0), (651.0, 509.0), (38.0, 190.0), (46.0, 198.0), (37.0, 204.0)]
    {
        places.push((u, v));
    }
    all.extend(places.into_iter().map(|at| ground("tree", point(at))));
}

fn labels(all: &mut Vec<Ground>) {
    let middle = (CANAL.0 + CANAL.1) / 2.0;
    for (name, course) in [
        ("Waardkanaal", [(120.0, middle), (330.0, middle)]),
        ("Waardkanaal", [(740.0, middle), (950.0, middle)]),
        ("Insteekhaven", [(519.0, 20.0), (519.0, 132.0)]),
        ("Halte Hoogewaard Zuid", [(-150.0, 790.0), (10.0, 790.0)]),
    ] {
        all.push(ground("label", line(&course)).name(name).rank(5));
    }
    all.push(ground("label", point((-440.0, 560.0))).name("Hoogewaard").rank(2));
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Contains};

    #[test]
    fn the_park_measures_about_74_hectares() {
        let hectares = outline().unsigned_area() / 10_000.0;
        assert!((73.0..75.0).contains(&hectares), "{hectares}");
    }

    #[test]
    fn every_plot_lies_inside_the_park() {
        let outline = outline();
        for plot in crate::demo::plots::plots() {
            assert!(outline.contains(&plot.ring), "{}", plot.label());
        }
    }

    #[test]
    fn trees_stand_clear_of_the_streets() {
        for tree in street_trees() {
            for (name, course, width) in streets() {
                for pair in course.windows(2) {
                    let (a, b) = (pair[0], pair[1]);
                    let beside = if a.1 == b.1 && tree.0 >= a.0 && tree.0 <= b.0 {
                        (tree.1 - a.1).abs()
                    } else if a.0 == b.0 && tree.1 >= a.1 && tree.1 <= b.1 {
                        (tree.0 - a.0).abs()
                    } else {
                        f64::MAX
                    };
                    assert!(beside > width / 2.0 + 1.0, "{name} {tree:?}");
                }
            }
        }
    }
}
