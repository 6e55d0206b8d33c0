//! Shapes on their way to the database: EWKB, written by our readers or by GDAL, walked once to know what it is and whether it is sound.

use crate::crs::Crs;
use crate::reason::Reason;

/// What a part of a source must come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    None,
    Point,
    Polygon,
    /// Points, lines or areas.
    Any,
    /// As [`Wanted::Any`], and a row without one is fine.
    Optional,
}

/// What the walk found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    pub kind: Kind,
    /// Holds arcs, to be made straight.
    pub curved: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Point,
    Line,
    Area,
    Mixed,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Line => "line",
            Self::Area => "area",
            Self::Mixed => "collection",
        }
    }
}

/// Builds EWKB, little endian, two dimensions.
#[derive(Default)]
pub struct Ewkb(pub Vec<u8>);

pub const POINT: u32 = 1;
pub const LINE: u32 = 2;
pub const POLYGON: u32 = 3;
pub const MULTI_POINT: u32 = 4;
pub const MULTI_LINE: u32 = 5;
pub const MULTI_POLYGON: u32 = 6;
pub const COLLECTION: u32 = 7;
pub const CIRCULAR: u32 = 8;
pub const COMPOUND: u32 = 9;
pub const CURVE_POLYGON: u32 = 10;
pub const MULTI_CURVE: u32 = 11;
pub const MULTI_SURFACE: u32 = 12;
const SRID_FLAG: u32 = 0x2000_0000;
/// Deeper nesting than any honest shape has.
const DEPTH: u8 = 8;

impl Ewkb {
    pub fn header(&mut self, kind: u32) {
        self.0.push(1);
        self.count(kind);
    }
    pub fn count(&mut self, n: u32) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    pub fn coordinate(&mut self, x: f64, y: f64) {
        self.0.extend_from_slice(&x.to_le_bytes());
        self.0.extend_from_slice(&y.to_le_bytes());
    }
    pub fn ring(&mut self, points: &[(f64, f64)]) {
        self.count(points.len() as u32);
        for (x, y) in points {
            self.coordinate(*x, *y);
        }
    }
}

/// Walks EWKB and checks it against what is wanted and where the Netherlands lies; writes the hexadecimal form PostgreSQL reads,
/// with the SRID of `crs`, into `hex`.
///
/// # Errors
/// [`Reason::BrokenShape`] for what PostGIS would refuse as input or what holds no coordinates, [`Reason::WrongShape`],
/// [`Reason::OutsideNetherlands`].
pub fn check(wkb: &[u8], crs: &Crs, wanted: Wanted, hex: &mut Vec<u8>) -> Result<Found, Reason> {
    let mut walk = Walk { bytes: wkb, at: 0, crs, curved: false, ends: ((0.0, 0.0), (0.0, 0.0)) };
    let kind = walk.geometry(0)?;
    if walk.at != wkb.len() {
        return Err(broken("bytes left over"));
    }
    let fits = match wanted {
        Wanted::Point => kind == Kind::Point,
        Wanted::Polygon => kind == Kind::Area,
        _ => true,
    };
    if !fits {
        return Err(Reason::WrongShape { found: kind.name() });
    }
    let kind_word = u32::from_le_bytes([wkb[1], wkb[2], wkb[3], wkb[4]]);
    let rest = if kind_word & SRID_FLAG != 0 { 9 } else { 5 };
    push_hex(hex, &[1]);
    push_hex(hex, &((kind_word & 0xff) | SRID_FLAG).to_le_bytes());
    push_hex(hex, &crs.srid.to_le_bytes());
    push_hex(hex, &wkb[rest..]);
    Ok(Found { kind, curved: walk.curved })
}

fn broken(why: &str) -> Reason {
    Reason::BrokenShape { why: why.to_owned() }
}

fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.reserve(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

/// Decodes the hexadecimal EWKB of GDAL into `out`.
///
/// # Errors
/// [`Reason::BrokenShape`] for anything but pairs of hexadecimal digits.
pub fn from_hex(text: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    out.clear();
    let digit = |byte: u8| (byte as char).to_digit(16).map(|d| d as u8);
    for pair in text.chunks(2) {
        match pair {
            [high, low] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => out.push(high << 4 | low),
                _ => return Err(broken("not hexadecimal")),
            },
            _ => return Err(broken("cut off")),
        }
    }
    Ok(())
}

/// First and last point of a line.
type Ends = ((f64, f64), (f64, f64));

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    crs: &'a Crs,
    curved: bool,
    /// First and last point of the last line walked, to see that rings of arcs close.
    ends: Ends,
}

impl Walk<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Reason> {
        let end = self.at + N;
        let slice = self.bytes.get(self.at..end).ok_or_else(|| broken("cut off"))?;
        self.at = end;
        let mut out = [0; N];
        out.copy_from_slice(slice);
        Ok(out)
    }

    fn number(&mut self) -> Result<u32, Reason> {
        Ok(u32::from_le_bytes(self.take::<4>()?))
    }

    fn coordinate(&mut self) -> Result<(f64, f64), Reason> {
        let x = f64::from_le_bytes(self.take::<8>()?);
        let y = f64::from_le_bytes(self.take::<8>()?);
        if !x.is_finite() || !y.is_finite() {
            return Err(broken("a coordinate is not a number"));
        }
        if !self.crs.holds(x, y) {
            return Err(Reason::OutsideNetherlands { x, y });
        }
        Ok((x, y))
    }

    /// First, last and number of the points of a sequence.
    fn points(&mut self, least: u32) -> Result<Ends, Reason> {
        let count = self.number()?;
        if count < least {
            return Err(broken(if least >= 4 { "a ring of fewer than four points" } else { "a line of fewer than two points" }));
        }
        let first = self.coordinate()?;
        let mut last = first;
        for _ in 1..count {
            last = self.coordinate()?;
        }
        self.ends = (first, last);
        Ok(self.ends)
    }

    fn geometry(&mut self, depth: u8) -> Result<Kind, Reason> {
        if depth > DEPTH {
            return Err(broken("nested too deeply"));
        }
        if self.take::<1>()?[0] != 1 {
            return Err(broken("unexpected byte order"));
        }
        let word = self.number()?;
        if word & SRID_FLAG != 0 {
            self.number()?;
        }
        if word & !(SRID_FLAG | 0xff) != 0 {
            return Err(broken("more than two dimensions"));
        }
        match word & 0xff {
            POINT => self.coordinate().map(|_| Kind::Point),
            LINE => self.points(2).map(|_| Kind::Line),
            CIRCULAR => {
                self.curved = true;
                let count_at = self.at;
                self.points(3)?;
                let count = u32::from_le_bytes([
                    self.bytes[count_at],
                    self.bytes[count_at + 1],
                    self.bytes[count_at + 2],
                    self.bytes[count_at + 3],
                ]);
                if count.is_multiple_of(2) { Err(broken("an arc without its end")) } else { Ok(Kind::Line) }
            }
            POLYGON => {
                for _ in 0..self.some()? {
                    let (first, last) = self.points(4)?;
                    if first != last {
                        return Err(broken("an open ring"));
                    }
                }
                Ok(Kind::Area)
            }
            CURVE_POLYGON => {
                self.curved = true;
                for _ in 0..self.some()? {
                    self.geometry(depth + 1)?;
                    if self.ends.0 != self.ends.1 {
                        return Err(broken("an open ring"));
                    }
                }
                Ok(Kind::Area)
            }
            COMPOUND => {
                let mut whole = None;
                for _ in 0..self.some()? {
                    self.geometry(depth + 1)?;
                    let (start, end) = self.ends;
                    whole = match whole {
                        None => Some((start, end)),
                        Some((first, last)) if last == start => Some((first, end)),
                        Some(_) => return Err(broken("pieces of a curve that do not meet")),
                    };
                }
                self.ends = whole.unwrap_or(self.ends);
                self.curved = true;
                Ok(Kind::Line)
            }
            kind @ (MULTI_POINT | MULTI_LINE | MULTI_POLYGON | COLLECTION | MULTI_CURVE | MULTI_SURFACE) => {
                self.curved |= matches!(kind, MULTI_CURVE | MULTI_SURFACE);
                let mut all = None;
                for _ in 0..self.some()? {
                    let one = self.geometry(depth + 1)?;
                    all = match all {
                        None => Some(one),
                        Some(same) if same == one => Some(same),
                        Some(_) => Some(Kind::Mixed),
                    };
                }
                all.ok_or_else(|| broken("empty"))
            }
            _ => Err(broken("a kind of shape that is not kept")),
        }
    }

    fn some(&mut self) -> Result<u32, Reason> {
        match self.number()? {
            0 => Err(broken("empty")),
            n => Ok(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::RD;

    fn polygon(ring: &[(f64, f64)]) -> Vec<u8> {
        let mut wkb = Ewkb::default();
        wkb.header(POLYGON);
        wkb.count(1);
        wkb.ring(ring);
        wkb.0
    }

    #[test]
    fn a_sound_area_passes_and_carries_its_srid() {
        let wkb = polygon(&[(150_000.0, 450_000.0), (150_010.0, 450_000.0), (150_010.0, 450_010.0), (150_000.0, 450_000.0)]);
        let mut hex = Vec::new();
        let found = check(&wkb, &RD, Wanted::Polygon, &mut hex).expect("sound");
        assert_eq!(found, Found { kind: Kind::Area, curved: false });
        assert!(hex.starts_with(b"010300002040710000"), "{}", String::from_utf8_lossy(&hex));
        let mut back = Vec::new();
        from_hex(&hex, &mut back).expect("hex");
        assert!(check(&back, &RD, Wanted::Any, &mut Vec::new()).is_ok());
    }

    #[test]
    fn open_two_point_foreign_and_cut_off_shapes_are_refused() {
        let open = polygon(&[(150_000.0, 450_000.0), (150_010.0, 450_000.0), (150_010.0, 450_010.0), (150_000.0, 450_001.0)]);
        let two = polygon(&[(150_000.0, 450_000.0), (150_000.0, 450_000.0)]);
        let abroad = polygon(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]);
        let none = |wkb: &[u8]| check(wkb, &RD, Wanted::Polygon, &mut Vec::new()).expect_err("refused").code();
        assert_eq!(none(&open), "broken_shape");
        assert_eq!(none(&two), "broken_shape");
        assert_eq!(none(&abroad), "outside_netherlands");
        assert_eq!(none(&open[..40]), "broken_shape");
        let mut point = Ewkb::default();
        point.header(POINT);
        point.coordinate(150_000.0, 450_000.0);
        assert_eq!(none(&point.0), "wrong_shape");
        point.0.clear();
        point.header(POINT);
        point.coordinate(f64::NAN, 450_000.0);
        assert_eq!(none(&point.0), "broken_shape");
    }
}
