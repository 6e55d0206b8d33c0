//! Shapes on their way out: EWKB as the database stores it, to GeoJSON text. Written here because PostgreSQL spends more on
//! `ST_AsGeoJSON` than on the rest of a page's rows.

use crate::Reason;

const POINT: u32 = 1;
const LINE: u32 = 2;
const POLYGON: u32 = 3;
const MANY_POINTS: u32 = 4;
const MANY_LINES: u32 = 5;
const MANY_POLYGONS: u32 = 6;
const COLLECTION: u32 = 7;

/// What EWKB's type carries beside the type.
const HAS_Z: u32 = 0x8000_0000;
const HAS_M: u32 = 0x4000_0000;
const HAS_SRID: u32 = 0x2000_0000;

/// A GeoJSON geometry (RFC 7946) with at most 7 decimals; heights and measures are left out.
///
/// # Errors
/// [`Reason::BrokenShape`] for bytes that are no shape.
pub fn geojson(ewkb: &[u8]) -> Result<String, Reason> {
    let mut text = Text { out: String::with_capacity(48 + ewkb.len() * 3 / 2) };
    let mut bytes = Bytes(ewkb);
    text.geometry(&mut bytes).ok_or(Reason::BrokenShape)?;
    Ok(text.out)
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn number(&mut self, little: bool) -> Option<u32> {
        self.take().map(|bytes| if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn double(&mut self, little: bool) -> Option<f64> {
        self.take().map(|bytes| if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }
}

/// Head of a shape.
#[derive(Clone, Copy)]
struct Head {
    kind: u32,
    little: bool,
    /// Ordinates of a point beyond x and y.
    more: usize,
}

struct Text {
    out: String,
}

impl Text {
    fn head(bytes: &mut Bytes<'_>) -> Option<Head> {
        let little = bytes.take::<1>()?[0] == 1;
        let kind = bytes.number(little)?;
        if kind & HAS_SRID != 0 {
            bytes.number(little)?;
        }
        let more = usize::from(kind & HAS_Z != 0) + usize::from(kind & HAS_M != 0);
        Some(Head { kind: kind & 0xff, little, more })
    }

    fn geometry(&mut self, bytes: &mut Bytes<'_>) -> Option<()> {
        let head = Self::head(bytes)?;
        let name = match head.kind {
            POINT => "Point",
            LINE => "LineString",
            POLYGON => "Polygon",
            MANY_POINTS => "MultiPoint",
            MANY_LINES => "MultiLineString",
            MANY_POLYGONS => "MultiPolygon",
            COLLECTION => "GeometryCollection",
            _ => return None,
        };
        self.out.push_str("{\"type\":\"");
        self.out.push_str(name);
        if head.kind == COLLECTION {
            self.out.push_str("\",\"geometries\":");
            self.list(bytes.number(head.little)?, bytes, |text, bytes| text.geometry(bytes))?;
        } else {
            self.out.push_str("\",\"coordinates\":");
            self.coordinates(head, bytes)?;
        }
        self.out.push('}');
        Some(())
    }

    fn coordinates(&mut self, head: Head, bytes: &mut Bytes<'_>) -> Option<()> {
        match head.kind {
            POINT => self.point(head, bytes, true),
            LINE => self.points(head, bytes),
            POLYGON => self.list(bytes.number(head.little)?, bytes, |text, bytes| text.points(head, bytes)),
            _ => self.list(bytes.number(head.little)?, bytes, |text, bytes| {
                let part = Self::head(bytes)?;
                text.coordinates(part, bytes)
            }),
        }
    }

    fn points(&mut self, head: Head, bytes: &mut Bytes<'_>) -> Option<()> {
        self.list(bytes.number(head.little)?, bytes, |text, bytes| text.point(head, bytes, false))
    }

    fn list(&mut self, count: u32, bytes: &mut Bytes<'_>, mut one: impl FnMut(&mut Self, &mut Bytes<'_>) -> Option<()>) -> Option<()> {
        self.out.push('[');
        for n in 0..count {
            if n > 0 {
                self.out.push(',');
            }
            one(self, bytes)?;
        }
        self.out.push(']');
        Some(())
    }

    fn point(&mut self, head: Head, bytes: &mut Bytes<'_>, may_be_empty: bool) -> Option<()> {
        let (x, y) = (bytes.double(head.little)?, bytes.double(head.little)?);
        for _ in 0..head.more {
            bytes.double(head.little)?;
        }
        self.out.push('[');
        // An empty point is written as not-a-number.
        if !(may_be_empty && x.is_nan() && y.is_nan()) {
            self.degrees(x)?;
            self.out.push(',');
            self.degrees(y)?;
        }
        self.out.push(']');
        Some(())
    }

    /// At most 7 decimals, none that are zero at the end.
    fn degrees(&mut self, value: f64) -> Option<()> {
        if !value.is_finite() || value.abs() > 1e9 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "bounded just above: far inside i64")]
        let scaled = (value * 1e7).round() as i64;
        let mut digits = [0_u8; 24];
        let mut at = digits.len();
        let (mut rest, mut decimals, mut started) = (scaled.unsigned_abs(), 7, false);
        while decimals > 0 {
            let digit = (rest % 10) as u8;
            rest /= 10;
            decimals -= 1;
            started |= digit != 0;
            if started {
                at -= 1;
                digits[at] = b'0' + digit;
            }
        }
        if started {
            at -= 1;
            digits[at] = b'.';
        }
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if scaled < 0 {
            at -= 1;
            digits[at] = b'-';
        }
        self.out.push_str(std::str::from_utf8(&digits[at..]).ok()?);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geozero::{CoordDimensions, ToWkb};

    fn round(shape: &geo::Geometry<f64>) -> serde_json::Value {
        let ewkb = shape.to_ewkb(CoordDimensions::xy(), Some(4326)).expect("ewkb");
        serde_json::from_str(&geojson(&ewkb).expect("a shape")).expect("JSON")
    }

    #[test]
    fn numbers_have_seven_decimals_at_most() {
        let point = geo::Geometry::Point(geo::Point::new(-5.123_456_78, 52.1));
        assert_eq!(round(&point), serde_json::json!({ "type": "Point", "coordinates": [-5.123_456_8, 52.1] }));
        let whole = geo::Geometry::Point(geo::Point::new(0.0, -0.000_000_1));
        assert_eq!(round(&whole), serde_json::json!({ "type": "Point", "coordinates": [0, -0.000_000_1] }));
    }

    #[test]
    fn areas_keep_their_holes() {
        let outer = [[5.01, 52.01], [5.11, 52.01], [5.11, 52.11], [5.01, 52.01]];
        let hole = [[5.02, 52.02], [5.03, 52.02], [5.03, 52.03], [5.02, 52.02]];
        let area = geo::Polygon::new(geo::LineString::from(outer.to_vec()), vec![geo::LineString::from(hole.to_vec())]);
        let many = geo::Geometry::MultiPolygon(geo::MultiPolygon(vec![area]));
        assert_eq!(round(&many), serde_json::json!({ "type": "MultiPolygon", "coordinates": [[outer, hole]] }));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let ewkb = geo::Geometry::Point(geo::Point::new(5.0, 52.0)).to_ewkb(CoordDimensions::xy(), Some(4326)).expect("ewkb");
        assert_eq!(geojson(&ewkb[..ewkb.len() - 1]), Err(Reason::BrokenShape));
        assert_eq!(geojson(&[]), Err(Reason::BrokenShape));
    }
}
