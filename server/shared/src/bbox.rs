//! Checked boxes: west, south, east, north in degrees (EPSG:4326).

use crate::Reason;

/// A box inside the world, west of east and south of north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl TryFrom<&[f64]> for Bbox {
    type Error = Reason;

    fn try_from(values: &[f64]) -> Result<Self, Reason> {
        let [west, south, east, north] = *values else { return Err(Reason::ExactlyOne) };
        let inside = (-180.0..=180.0).contains(&west)
            && (-180.0..=180.0).contains(&east)
            && (-90.0..=90.0).contains(&south)
            && (-90.0..=90.0).contains(&north);
        if inside && west < east && south < north {
            Ok(Self { west, south, east, north })
        } else {
            Err(Reason::OutOfRange { min: -180, max: 180 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_checked() {
        assert!(Bbox::try_from(&[5.0, 51.0, 6.0, 52.0][..]).is_ok());
        for wrong in [&[6.0, 51.0, 5.0, 52.0][..], &[5.0, f64::NAN, 6.0, 52.0], &[5.0, 51.0], &[5.0, 51.0, 6.0, 91.0]] {
            assert!(Bbox::try_from(wrong).is_err(), "{wrong:?}");
        }
    }
}
