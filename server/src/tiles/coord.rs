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
    fn cells_surround_the_tile() {
        let cells = Coord { z: 14, x: 8400, y: 5400 }.cells().expect("deep enough");
        assert_eq!(cells.len(), 9);
        assert!(cells.contains(&(2100 * 4096 + 1350)));
        assert_eq!(Coord { z: 11, x: 0, y: 0 }.cells(), None);
    }
}
