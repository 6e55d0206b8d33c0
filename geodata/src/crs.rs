//! Coordinate systems a source may come in, where the Netherlands lies in each, and RD New <-> WGS 84.
//!
//! Shapes are staged as they come and transformed by PostGIS in the merge. What is here guards that step: a coordinate that PROJ would
//! choke on, or that lies abroad, is refused with its feature's number before it reaches the database.
//!
//! # Accuracy
//! PostGIS without the correction grid is 4-12 cm off RDNAPTRANS; [`rd_to_wgs84`] is the well-known polynomial, good to about 25 cm,
//! and is used for checks alone, never for what is stored.

/// A coordinate system the importers know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crs {
    /// EPSG code of what is staged (7415 is RD with heights: staged as 28992, heights dropped).
    pub srid: i32,
    /// West, south, east, north of the Netherlands and its part of the North Sea, in this system's units, x first.
    pub bounds: [f64; 4],
    /// How far a chord may leave its arc, in this system's units: 1 cm.
    pub arc_tolerance: f64,
}

const DEGREES: [f64; 4] = [2.5, 50.6, 7.4, 55.8];

const KNOWN: &[(i32, Crs)] = &[
    (28992, RD),
    (7415, RD),
    (4326, Crs { srid: 4326, bounds: DEGREES, arc_tolerance: 1e-7 }),
    (4258, Crs { srid: 4258, bounds: DEGREES, arc_tolerance: 1e-7 }),
    (3857, Crs { srid: 3857, bounds: [278_000.0, 6_540_000.0, 824_000.0, 7_520_000.0], arc_tolerance: 0.01 }),
    (25831, Crs { srid: 25831, bounds: [460_000.0, 5_600_000.0, 800_000.0, 6_200_000.0], arc_tolerance: 0.01 }),
    (25832, Crs { srid: 25832, bounds: [20_000.0, 5_600_000.0, 400_000.0, 6_220_000.0], arc_tolerance: 0.01 }),
    (3035, Crs { srid: 3035, bounds: [3_780_000.0, 3_050_000.0, 4_150_000.0, 3_650_000.0], arc_tolerance: 0.01 }),
];

/// RD New, EPSG:28992, metres.
pub const RD: Crs = Crs { srid: 28992, bounds: [-90_000.0, 280_000.0, 310_000.0, 880_000.0], arc_tolerance: 0.01 };

/// The system of an EPSG code, when it is one we read.
pub fn by_code(code: i32) -> Option<Crs> {
    KNOWN.iter().find(|(known, _)| *known == code).map(|(_, crs)| *crs)
}

/// Reads `EPSG:28992`, `28992`, `urn:ogc:def:crs:EPSG::28992`, `http://www.opengis.net/def/crs/EPSG/0/28992` and CRS84.
pub fn parse(name: &str) -> Option<Crs> {
    let upper = name.trim().to_ascii_uppercase();
    if upper.ends_with("CRS84") || upper.ends_with("CRS:84") {
        return by_code(4326);
    }
    let digits: String = upper.chars().rev().take_while(char::is_ascii_digit).collect();
    if digits.len() != upper.len() && !upper.contains("EPSG") {
        return None;
    }
    by_code(digits.chars().rev().collect::<String>().parse().ok()?)
}

impl Crs {
    /// Whether (x, y) lies in or near the Netherlands. False for NaN and infinities.
    pub fn holds(&self, x: f64, y: f64) -> bool {
        let [west, south, east, north] = self.bounds;
        x >= west && x <= east && y >= south && y <= north
    }
}

/// RD New (metres) to WGS 84 (longitude, latitude in degrees), within about 25 cm.
///
/// # Source
/// Schreutelkamp and Strang van Hees, "Benaderingsformules voor de transformatie tussen RD- en WGS84-kaartcoördinaten" (2001).
pub fn rd_to_wgs84(x: f64, y: f64) -> (f64, f64) {
    const LAT: [(i32, i32, f64); 11] = [
        (0, 1, 3235.65389),
        (2, 0, -32.58297),
        (0, 2, -0.24750),
        (2, 1, -0.84978),
        (0, 3, -0.06550),
        (2, 2, -0.01709),
        (1, 0, -0.00738),
        (4, 0, 0.00530),
        (2, 3, -0.00039),
        (4, 1, 0.00033),
        (1, 1, -0.00012),
    ];
    const LON: [(i32, i32, f64); 12] = [
        (1, 0, 5260.52916),
        (1, 1, 105.94684),
        (1, 2, 2.45656),
        (3, 0, -0.81885),
        (1, 3, 0.05594),
        (3, 1, -0.05607),
        (0, 1, 0.01199),
        (3, 2, -0.00256),
        (1, 4, 0.00128),
        (0, 2, 0.00022),
        (2, 0, -0.00022),
        (5, 0, 0.00026),
    ];
    let (dx, dy) = ((x - 155_000.0) * 1e-5, (y - 463_000.0) * 1e-5);
    let sum = |terms: &[(i32, i32, f64)]| terms.iter().map(|(p, q, k)| k * dx.powi(*p) * dy.powi(*q)).sum::<f64>() / 3600.0;
    (5.387_206_21 + sum(&LON), 52.155_174_40 + sum(&LAT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_system_is_read() {
        for name in ["EPSG:28992", "28992", "urn:ogc:def:crs:EPSG::28992", "http://www.opengis.net/def/crs/EPSG/0/28992", "epsg:7415"] {
            assert_eq!(parse(name), Some(RD), "{name}");
        }
        assert_eq!(parse("urn:ogc:def:crs:OGC:1.3:CRS84").map(|c| c.srid), Some(4326));
        for name in ["EPSG:31370", "nonsense", "", "http://x/28992", "EPSG:"] {
            assert_eq!(parse(name), None, "{name}");
        }
    }

    #[test]
    fn the_published_point_lies_where_it_should() {
        let (lon, lat) = rd_to_wgs84(155_000.0, 463_000.0);
        assert!((lat - 52.155_172_89).abs() < 5e-6, "{lat}");
        assert!((lon - 5.387_203_65).abs() < 5e-6, "{lon}");
    }

    #[test]
    fn swapped_and_foreign_coordinates_are_outside() {
        assert!(RD.holds(181_182.0, 456_712.0));
        assert!(!RD.holds(456_712.0, 181_182.0));
        assert!(!RD.holds(f64::NAN, 456_712.0));
        let degrees = by_code(4326).expect("known");
        assert!(degrees.holds(6.39, 52.27));
        assert!(!degrees.holds(52.27, 6.39));
        assert!(!degrees.holds(13.4, 52.5));
    }
}
