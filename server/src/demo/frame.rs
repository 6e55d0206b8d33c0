//! The frame the plan is drawn in: metres along the streets (`u`, eastward) and across them (`v`, southward), from the north-west
//! corner of the park. The frame lies turned 14 degrees in the Dutch grid (RD New, EPSG:28992), as polders do.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon, Rect};
use std::fmt::Write;

/// A place in the frame: `(u, v)` in metres.
pub type At = (f64, f64);

/// Where the frame starts and how it is turned in RD.
#[derive(Clone, Copy)]
pub struct Frame {
    origin: At,
    cos: f64,
    sin: f64,
}

/// The frame of De Hooge Waard; its middle lies near RD 134000, 424000.
pub fn hooge_waard() -> Frame {
    Frame::new((133_430.0, 424_245.0), 14.0)
}

impl Frame {
    pub fn new(origin: At, turned_deg: f64) -> Self {
        let angle = turned_deg.to_radians();
        Self { origin, cos: angle.cos(), sin: angle.sin() }
    }

    /// RD coordinates (x, y) in metres.
    pub fn rd(&self, at: Coord) -> At {
        (self.origin.0 + at.x * self.cos + at.y * self.sin, self.origin.1 + at.x * self.sin - at.y * self.cos)
    }

    /// A shape of the frame as well-known text in RD, fine enough that neighbours share their edge.
    pub fn wkt(&self, shape: &Geometry) -> String {
        let mut text = String::new();
        match shape {
            Geometry::Point(p) => {
                text.push_str("POINT");
                self.push_line(&mut text, [p.0]);
            }
            Geometry::LineString(line) => {
                text.push_str("LINESTRING");
                self.push_line(&mut text, line.coords().copied());
            }
            Geometry::MultiLineString(lines) => {
                text.push_str("MULTILINESTRING");
                push_list(&mut text, &lines.0, |text, line| self.push_line(text, line.coords().copied()));
            }
            Geometry::Polygon(polygon) => {
                text.push_str("POLYGON");
                self.push_polygon(&mut text, polygon);
            }
            Geometry::MultiPolygon(polygons) => {
                text.push_str("MULTIPOLYGON");
                push_list(&mut text, &polygons.0, |text, polygon| self.push_polygon(text, polygon));
            }
            other => unreachable!("the plan draws points, lines and polygons, not {other:?}"),
        }
        text
    }

    fn push_polygon(&self, text: &mut String, polygon: &Polygon) {
        let rings: Vec<&LineString> = std::iter::once(polygon.exterior()).chain(polygon.interiors()).collect();
        push_list(text, &rings, |text, ring| self.push_line(text, ring.coords().copied()));
    }

    fn push_line(&self, text: &mut String, line: impl IntoIterator<Item = Coord>) {
        let points: Vec<Coord> = line.into_iter().collect();
        push_list(text, &points, |text, at| {
            let (x, y) = self.rd(*at);
            // Writing to a String cannot fail.
            let _ = write!(text, "{x:.5} {y:.5}");
        });
    }
}

fn push_list<T>(text: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    text.push('(');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        push(text, item);
    }
    text.push(')');
}

pub fn point(at: At) -> Geometry {
    Geometry::Point(Point::new(at.0, at.1))
}

pub fn line(points: &[At]) -> Geometry {
    Geometry::LineString(points.iter().copied().collect())
}

pub fn lines(all: Vec<Vec<At>>) -> Geometry {
    Geometry::MultiLineString(MultiLineString::new(all.into_iter().map(|l| l.into_iter().collect()).collect()))
}

pub fn polygon(ring: &[At]) -> Polygon {
    Polygon::new(ring.iter().copied().collect(), Vec::new())
}

pub fn polygons(all: Vec<Polygon>) -> Geometry {
    Geometry::MultiPolygon(MultiPolygon::new(all))
}

/// A box along the streets.
pub fn rect(u: (f64, f64), v: (f64, f64)) -> Polygon {
    Rect::new(Coord { x: u.0, y: v.0 }, Coord { x: u.1, y: v.1 }).to_polygon()
}

/// A circle as a ring of `steps` corners.
pub fn circle(centre: At, radius: f64, steps: u32) -> Vec<At> {
    (0..=steps)
        .map(|i| {
            let angle = std::f64::consts::TAU * f64::from(i % steps) / f64::from(steps);
            (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin())
        })
        .collect()
}

/// A road that winds from north to south: `u` as a smooth function of `v` through the given places.
pub struct Winding(pub &'static [At]);

impl Winding {
    /// Where the road is at this `v`; straight on beyond its ends.
    pub fn u(&self, v: f64) -> f64 {
        let knots = self.0;
        let last = knots.len() - 1;
        let i = knots.iter().skip(1).position(|k| v < k.1).unwrap_or(last - 1);
        let (a, b) = (knots[i], knots[i + 1]);
        let slope = |k: usize| {
            let (from, to) = (knots[k.saturating_sub(1)], knots[(k + 1).min(last)]);
            (to.0 - from.0) / (to.1 - from.1)
        };
        if v <= knots[0].1 || v >= knots[last].1 {
            let end = if v <= knots[0].1 { 0 } else { last };
            return knots[end].0 + slope(end) * (v - knots[end].1);
        }
        let (h, t) = (b.1 - a.1, (v - a.1) / (b.1 - a.1));
        let (t2, t3) = (t * t, t * t * t);
        (2.0 * t3 - 3.0 * t2 + 1.0) * a.0 + (t3 - 2.0 * t2 + t) * h * slope(i) + (3.0 * t2 - 2.0 * t3) * b.0 + (t3 - t2) * h * slope(i + 1)
    }

    /// The road from `from` to `to`, moved `aside` metres east, a corner about every `step` metres.
    pub fn between(&self, from: f64, to: f64, aside: f64, step: f64) -> Vec<At> {
        let parts = ((to - from).abs() / step).ceil().max(1.0);
        (0..=parts as u32)
            .map(|i| {
                let v = from + (to - from) * f64::from(i) / parts;
                (self.u(v) + aside, v)
            })
            .collect()
    }
}

/// Places every `step` metres along a line, the first at `start`.
pub fn along(points: &[At], start: f64, step: f64) -> Vec<At> {
    let (mut places, mut next, mut done) = (Vec::new(), start, 0.0);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        while next <= done + length {
            let t = (next - done) / length;
            places.push((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t));
            next += step;
        }
        done += length;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_in_the_dutch_grid_and_turned() {
        let frame = Frame::new((1000.0, 2000.0), 90.0);
        assert_eq!(frame.wkt(&line(&[(0.0, 0.0), (10.0, 0.0)])), "LINESTRING(1000.00000 2000.00000,1000.00000 2010.00000)");
    }

    #[test]
    fn a_winding_road_passes_its_places() {
        let road = Winding(&[(0.0, 0.0), (10.0, 50.0), (5.0, 100.0)]);
        for (u, v) in road.0 {
            assert!((road.u(*v) - u).abs() < 1e-9);
        }
    }

    #[test]
    fn places_along_a_line_keep_their_distance() {
        assert_eq!(along(&[(0.0, 0.0), (10.0, 0.0)], 2.0, 4.0), vec![(2.0, 0.0), (6.0, 0.0), (10.0, 0.0)]);
    }
}
