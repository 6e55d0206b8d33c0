//! Whether an area is one (OGC): rings that do not cross themselves, holes inside, parts beside one another. The rules of `geo`, which holds
//! every segment against every other and every part against every other: seconds for a shape within the limits. Here only what lies near.

use geo::coordinate_position::CoordPos;
use geo::dimensions::Dimensions;
use geo::{
    BoundingRect, Geometry, Intersects, Line, LineString, MultiPolygon, Polygon, PreparedGeometry, Relate, RemoveRepeatedPoints, Validation,
};

/// Most rings, and most parts, of a person's shape: each is held against those it overlaps.
pub const MAX_PARTS: usize = 100;

/// How many rings and parts a shape has, whichever is more.
#[must_use]
pub fn parts(geometry: &Geometry<f64>) -> usize {
    match geometry {
        Geometry::Polygon(polygon) => polygon.interiors().len() + 1,
        Geometry::MultiPolygon(polygons) => polygons.iter().map(|polygon| polygon.interiors().len() + 1).sum(),
        _ => 1,
    }
}

/// Whether the shape is what it says; its coordinates are finite.
#[must_use]
pub fn is_valid(geometry: &Geometry<f64>) -> bool {
    match geometry {
        Geometry::Polygon(polygon) => polygon_is_valid(polygon),
        Geometry::MultiPolygon(polygons) => polygons.iter().all(polygon_is_valid) && are_apart(polygons),
        // Points and lines: once along all points.
        other => other.is_valid(),
    }
}

fn polygon_is_valid(polygon: &Polygon<f64>) -> bool {
    let mut rings = std::iter::once(polygon.exterior()).chain(polygon.interiors()).filter(|ring| !ring.0.is_empty());
    if !rings.all(|ring| ring.remove_repeated_points().0.len() >= 4 && !crosses_itself(ring)) {
        return false;
    }
    let holes: Vec<Polygon<f64>> =
        polygon.interiors().iter().filter(|ring| !ring.0.is_empty()).map(|ring| Polygon::new(ring.clone(), Vec::new())).collect();
    if holes.is_empty() {
        return true;
    }
    let exterior = Polygon::new(polygon.exterior().clone(), Vec::new());
    let exterior = PreparedGeometry::from(&exterior);
    let inside = |hole: &Polygon<f64>| {
        let lies = exterior.relate(hole);
        lies.is_contains() && lies.get(CoordPos::OnBoundary, CoordPos::OnBoundary) != Dimensions::OneDimensional
    };
    holes.iter().all(inside) && areas_are_apart(&holes)
}

fn are_apart(polygons: &MultiPolygon<f64>) -> bool {
    areas_are_apart(&polygons.0)
}

/// Whether areas share nothing but points.
fn areas_are_apart(areas: &[Polygon<f64>]) -> bool {
    areas.iter().enumerate().all(|(n, one)| {
        let Some(bounds) = one.bounding_rect() else { return true };
        let near = areas.iter().skip(n + 1).filter(|other| other.bounding_rect().is_some_and(|box_| box_.intersects(&bounds)));
        let mut near = near.peekable();
        if near.peek().is_none() {
            return true;
        }
        let one = PreparedGeometry::from(one);
        near.all(|other| {
            let lies = one.relate(other);
            lies.get(CoordPos::Inside, CoordPos::Inside) != Dimensions::TwoDimensional
                && lies.get(CoordPos::OnBoundary, CoordPos::OnBoundary) != Dimensions::OneDimensional
        })
    })
}

/// Whether two segments of a ring meet that do not follow one another. From west to east, so that only those above one another are met.
fn crosses_itself(ring: &LineString<f64>) -> bool {
    let mut lines: Vec<(Line<f64>, [f64; 4])> = ring
        .lines()
        .map(|line| {
            let ([x1, y1], [x2, y2]) = ([line.start.x, line.start.y], [line.end.x, line.end.y]);
            (line, [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)])
        })
        .collect();
    lines.sort_by(|(_, one), (_, other)| one[0].total_cmp(&other[0]));
    lines.iter().enumerate().any(|(n, (line, [_, south, east, north]))| {
        lines[n + 1..].iter().take_while(|(_, [west, ..])| west <= east).any(|(other, [_, from, _, to])| {
            from <= north
                && to >= south
                && line.start != other.end
                && line.end != other.start
                && !is_beside(line, other)
                && !is_beside(other, line)
                && line.intersects(other)
        })
    })
}

/// Whether a segment surely lies to one side of the line through another: told by plain arithmetic, where rounding cannot matter.
fn is_beside(line: &Line<f64>, other: &Line<f64>) -> bool {
    let side = |point: geo::Coord<f64>| {
        let left = (line.end.x - line.start.x) * (point.y - line.start.y);
        let right = (line.end.y - line.start.y) * (point.x - line.start.x);
        let (difference, doubt) = (left - right, (left.abs() + right.abs()) * 1e-14);
        if difference.abs() > doubt { difference.signum() } else { 0.0 }
    };
    side(other.start) * side(other.end) > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    /// Numbers that look like chance, the same each time.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }

        /// A ring on a coarse grid, so that points and sides often coincide.
        fn ring(&mut self, grid: u64) -> LineString<f64> {
            let mut points: Vec<(f64, f64)> = (0..3 + self.below(6)).map(|_| (self.below(grid) as f64, self.below(grid) as f64)).collect();
            points.push(points[0]);
            points.into()
        }

        fn square(&mut self, grid: u64) -> LineString<f64> {
            let (x, y, side) = (self.below(grid) as f64, self.below(grid) as f64, 1.0 + self.below(4) as f64);
            vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)].into()
        }
    }

    #[test]
    fn it_says_what_geo_says() {
        let mut chance = Chance(42);
        let mut valid = [0, 0, 0];
        for _ in 0..4_000 {
            let ring = Geometry::Polygon(Polygon::new(chance.ring(7), Vec::new()));
            let holed = Geometry::Polygon(Polygon::new(
                vec![(0.0, 0.0), (12.0, 0.0), (12.0, 12.0), (0.0, 12.0), (0.0, 0.0)].into(),
                (0..chance.below(4)).map(|_| chance.square(10)).collect(),
            ));
            let several = Geometry::MultiPolygon((0..chance.below(5)).map(|_| Polygon::new(chance.square(14), Vec::new())).collect());
            for (n, shape) in [ring, holed, several].iter().enumerate() {
                assert_eq!(is_valid(shape), shape.is_valid(), "{shape:?}");
                valid[n] += usize::from(is_valid(shape));
            }
        }
        assert!(valid.iter().all(|count| (200..3_800).contains(count)), "some are and some are not: {valid:?}");
    }

    #[test]
    fn the_largest_shapes_take_no_seconds() {
        // Round; and slanted strokes close beside one another, whose boxes all overlap.
        let round: Vec<(f64, f64)> =
            (0..10_000).map(|n| f64::from(n) / 10_000.0 * std::f64::consts::TAU).map(|a| (a.cos(), a.sin())).collect();
        let mut strokes: Vec<(f64, f64)> = (0..4_999)
            .flat_map(|n| {
                let x = f64::from(n) * 1e-4;
                if n % 2 == 0 { [(x, 0.0), (x + 1.0, 1.0)] } else { [(x + 1.0, 1.0), (x, 0.0)] }
            })
            .collect();
        strokes.push((0.0, -1.0));
        for mut points in [round, strokes] {
            points.push(points[0]);
            let started = Instant::now();
            assert!(is_valid(&Geometry::Polygon(Polygon::new(points.into(), Vec::new()))));
            // As built for tests; some twenty times as fast as built for people.
            assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
            println!("{:?}", started.elapsed());
        }
    }
}
