//! Tile addresses.

/// Deepest zoom anything is asked for at.
const MAX_ZOOM: u8 = 20;

/// A tile of the world in Web Mercator (EPSG:3857), y from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coord {
    pub z: u8,
    pub x: u32,
    pub y: u32,
}

impl Coord {
    /// `None` for numbers that are none or lie outside the world.
    #[must_use]
    pub fn parse(z: &str, x: &str, y: &str) -> Option<Self> {
        let (z, x, y): (u8, u32, u32) = (z.parse().ok()?, x.parse().ok()?, y.parse().ok()?);
        let inside = z <= MAX_ZOOM && x < 1 << z && y < 1 << z;
        inside.then_some(Self { z, x, y })
    }

    /// Metres of the projection per pixel of a 256-pixel tile.
    #[must_use]
    pub fn metres_per_pixel(self) -> f64 {
        2.0 * 20_037_508.342_789_244 / f64::from(1_u32 << self.z) / 256.0
    }

    /// West, south, east and north in degrees (EPSG:4326), with a margin in tiles around it: a tile's sides are meridians and parallels.
    #[must_use]
    pub fn degrees(self, margin: f64) -> [f64; 4] {
        let tiles = f64::from(1_u32 << self.z);
        let longitude = |x: f64| (x / tiles * 360.0 - 180.0).clamp(-180.0, 180.0);
        let latitude = |y: f64| (std::f64::consts::PI * (1.0 - 2.0 * y.clamp(0.0, tiles) / tiles)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        [longitude(x - margin), latitude(y + 1.0 + margin), longitude(x + 1.0 + margin), latitude(y - margin)]
    }

    /// The z12 cells (`x * 4096 + y`) that hold the middle of whatever reaches into this tile: its own and those around. For tiles of z12
    /// and deeper, where features are smaller than a cell.
    #[must_use]
    pub fn cells(self) -> Option<Vec<i32>> {
        let shift = self.z.checked_sub(12)?;
        let (x, y) = (i64::from(self.x >> shift), i64::from(self.y >> shift));
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        Some(around.filter_map(|(x, y)| i32::try_from(x * 4096 + y).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_lies_in_the_world() {
        assert_eq!(Coord::parse("1", "1", "0"), Some(Coord { z: 1, x: 1, y: 0 }));
        for (z, x, y) in [("1", "2", "0"), ("21", "0", "0"), ("-1", "0", "0"), ("a", "0", "0"), ("3", "0", "8")] {
            assert_eq!(Coord::parse(z, x, y), None, "{z}/{x}/{y}");
        }
    }

    #[test]
    fn a_tile_is_a_box_in_degrees() {
        let world = Coord { z: 0, x: 0, y: 0 }.degrees(0.015_625);
        assert!(world.iter().zip([-180.0, -85.051_128_78, 180.0, 85.051_128_78]).all(|(a, b)| (a - b).abs() < 1e-8), "{world:?}");
        let [west, south, east, north] = Coord { z: 14, x: 8400, y: 5400 }.degrees(0.0);
        assert!((west - 4.570_312_5).abs() < 1e-9 && (east - west - 360.0 / 16384.0).abs() < 1e-9);
        assert!(52.0 < south && south < north && north < 53.0, "{south} {north}");
    }

    #[test]
    fn cells_surround_the_tile() {
        let cells = Coord { z: 14, x: 8400, y: 5400 }.cells().expect("deep enough");
        assert_eq!(cells.len(), 9);
        assert!(cells.contains(&(2100 * 4096 + 1350)));
        assert_eq!(Coord { z: 11, x: 0, y: 0 }.cells(), None);
    }
}
