//! What lies around the park: the polders with their ditches, and the edge of the village.

use super::frame::{At, line, polygon, rect};
use super::ground::{FAR_EAST, FAR_WEST, Ground, ground};
use super::ids::chance;
use super::plan::{N873, OUDE_DIJK};
use geo::{Geometry, Polygon};

const FAR_NORTH: f64 = -1_000.0;
const FAR_SOUTH: f64 = 1_650.0;
/// The lanes of the village: across at these v, along at these u.
const LANES: [f64; 5] = [404.0, 480.0, 556.0, 632.0, 708.0];
const CROSSINGS: [f64; 3] = [-560.0, -400.0, -270.0];

/// Long fields with a ditch between each two: across the canal and the railway they lie askew, behind the dike they lie along.
pub fn polders(all: &mut Vec<Ground>) {
    let mut strip = |corners: [At; 4], tinted: bool| {
        let [a, b, c, d] = corners;
        if tinted {
            all.push(ground("green", Geometry::Polygon(polygon(&[a, b, c, d, a]))).level(-1));
        }
        all.push(ground("water", line(&[a, d])).level(-1).width(2.0));
    };
    let mut u = FAR_WEST;
    let mut tinted = false;
    while u < FAR_EAST {
        tinted = !tinted;
        let lean = 130.0;
        strip([(u, -64.0), (u + 34.0, -64.0), (u + 34.0 - lean, FAR_NORTH), (u - lean, FAR_NORTH)], tinted);
        let lean = 96.0;
        strip([(u, 778.0), (u + 34.0, 778.0), (u + 34.0 + lean, FAR_SOUTH), (u + lean, FAR_SOUTH)], tinted);
        u += 34.0;
    }
    let mut v = 8.0;
    while v < 756.0 {
        tinted = !tinted;
        let foot = |at: f64| (OUDE_DIJK.u(at) + 9.0, at);
        let to = (v + 34.0_f64).min(757.0);
        strip([foot(v), foot(to), (FAR_EAST, to + 40.0), (FAR_EAST, v + 40.0)], tinted);
        v += 34.0;
    }
    let mut v = 8.0;
    while v < 300.0 {
        tinted = !tinted;
        let foot = |at: f64| (N873.u(at) - 14.0, at);
        let to = v + 34.0;
        strip([foot(v), foot(to), (FAR_WEST, to - 60.0), (FAR_WEST, v - 60.0)], tinted);
        v += 34.0;
    }
}

/// The south edge of the village of Hoogewaard, west of the provincial road.
pub fn village(all: &mut Vec<Ground>) {
    let mut ring: Vec<At> = N873.between(352.0, 750.0, -18.0, 40.0);
    ring.extend([(-640.0, 750.0), (-700.0, 640.0), (-690.0, 480.0), (-600.0, 352.0)]);
    ring.push(ring[0]);
    all.push(ground("settlement", Geometry::Polygon(polygon(&ring))));
    for v in LANES {
        all.push(ground("road", line(&[(-650.0, v), (N873.u(v) - 4.0, v)])).width(6.0).rank(8));
    }
    for u in CROSSINGS {
        all.push(ground("road", line(&[(u, 404.0), (u, 708.0)])).width(5.5).rank(8));
    }
}

/// Homes of the village: rows on both sides of its lanes.
pub fn homes() -> Vec<Polygon> {
    let mut all = Vec::new();
    for (row, lane) in LANES.into_iter().enumerate() {
        for (side, v) in [(0, lane - 19.0), (1, lane + 8.0)] {
            let mut u = -628.0;
            let mut i = 0;
            while u < N873.u(v) - 46.0 {
                let odd = chance("home", &format!("{row} {side} {i}"));
                let crossing = CROSSINGS.iter().any(|at| (u - 4.0..u + 20.0).contains(at));
                if !crossing && odd > 0.1 {
                    let width = if odd > 0.6 { 15.0 } else { 9.5 };
                    let back = 2.5 * odd;
                    all.push(rect((u, u + width), (v + back, v + back + 10.0)));
                }
                u += if odd > 0.6 { 21.0 } else { 16.0 };
                i += 1;
            }
        }
    }
    all
}
