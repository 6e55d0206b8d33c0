//! Cuts the blocks of the plan into plots, with parcel and house numbers.

use super::frame::{At, polygon};
use super::plan::{self, BLOCKS, Form, Side};
use geo::Polygon;
use std::collections::{BTreeMap, BTreeSet};

/// The cadastral municipality and section of the park; the number is the plot's own.
pub const CADASTRAL_MUNICIPALITY: &str = "HGW00";
pub const SECTION: &str = "C";
/// The first parcel number that is given out.
const FIRST_PARCEL: u16 = 1151;

/// A plot with its numbers and the upright box inside it on which is built.
pub struct Plot {
    pub parcel: u16,
    pub street: &'static str,
    pub house: u16,
    pub front: Side,
    pub form: Form,
    pub sun: bool,
    pub ring: Polygon,
    /// From-to in u and v: the whole plot, or what of it lies west of the dike's bend.
    pub u: (f64, f64),
    pub v: (f64, f64),
}

impl Plot {
    /// As the land register writes it.
    pub fn key(&self) -> String {
        format!("{CADASTRAL_MUNICIPALITY}-{SECTION}-{}", self.parcel)
    }

    /// The address, e.g. `Havenweg 14`.
    pub fn label(&self) -> String {
        format!("{} {}", self.street, self.house)
    }

    pub fn middle(&self) -> At {
        ((self.u.0 + self.u.1) / 2.0, (self.v.0 + self.v.1) / 2.0)
    }

    pub fn holds(&self, at: At) -> bool {
        (self.u.0..=self.u.1).contains(&at.0) && (self.v.0..=self.v.1).contains(&at.1)
    }
}

/// All plots of the park, in the order of the plan.
pub fn plots() -> Vec<Plot> {
    let fixed: BTreeSet<u16> = BLOCKS.iter().flat_map(|b| b.columns).flat_map(|c| c.1).map(|l| l.parcel).collect();
    let mut free = (FIRST_PARCEL..).filter(|n| !fixed.contains(n));
    let mut all = Vec::new();
    let mut jumps = Vec::new();
    for block in BLOCKS {
        let mut west = block.u;
        for column in block.columns {
            let (mut top, depth) = (block.v.0, block.v.1 - block.v.0);
            for lot in column.1 {
                // The last one ends on the street exactly, whatever its shares add up to.
                let bottom = if std::ptr::eq(lot, &column.1[column.1.len() - 1]) { block.v.1 } else { top + lot.share * depth };
                let (ring, east) = outline(west, column.0, (top, bottom));
                let (u, v) = ((west, east), (top, bottom));
                let street = plan::street((u.0 + u.1) / 2.0, if lot.front == Side::North { top } else { bottom }, lot.front);
                let parcel = if lot.parcel > 0 { lot.parcel } else { free.next().unwrap_or_default() };
                all.push(Plot { parcel, street, house: 0, front: lot.front, form: lot.form, sun: lot.sun, ring, u, v });
                jumps.push(lot.house);
                top = bottom;
            }
            west += column.0;
        }
    }
    give_house_numbers(&mut all, &jumps);
    all
}

/// The ring of a plot and the east side of the box inside it.
fn outline(west: f64, width: f64, v: (f64, f64)) -> (Polygon, f64) {
    if width > 0.0 {
        return (super::frame::rect((west, west + width), v), west + width);
    }
    let parts = 6_u32;
    let mut ring: Vec<At> = vec![(west, v.0)];
    let mut narrow = f64::MAX;
    for i in 0..=parts {
        let at = v.0 + (v.1 - v.0) * f64::from(i) / f64::from(parts);
        let side = plan::dike_side(at);
        narrow = narrow.min(side);
        ring.push((side, at));
    }
    ring.push((west, v.1));
    ring.push((west, v.0));
    (polygon(&ring), narrow)
}

/// Up each side of each street by twos, from the place where the plan names a number.
fn give_house_numbers(plots: &mut [Plot], jumps: &[u16]) {
    let mut sides: BTreeMap<(&str, bool), Vec<usize>> = BTreeMap::new();
    for (i, plot) in plots.iter().enumerate() {
        sides.entry((plot.street, plan::even(plot.street, plot.front))).or_default().push(i);
    }
    for ((_, even), mut side) in sides {
        side.sort_by(|a, b| {
            let way = |i: usize| match plots[i].front {
                Side::North | Side::South => plots[i].middle().0,
                Side::East | Side::West => plots[i].middle().1,
            };
            way(*a).total_cmp(&way(*b))
        });
        let mut next = if even { 2 } else { 1 };
        for i in side {
            if jumps[i] > 0 {
                next = jumps[i];
            }
            plots[i].house = next;
            next += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Area;

    #[test]
    fn parcels_and_addresses_are_named_once() {
        let plots = plots();
        let parcels: BTreeSet<u16> = plots.iter().map(|p| p.parcel).collect();
        let labels: BTreeSet<String> = plots.iter().map(Plot::label).collect();
        assert_eq!((parcels.len(), labels.len()), (plots.len(), plots.len()));
        assert!((100..=115).contains(&plots.len()), "{}", plots.len());
    }

    #[test]
    fn parcel_1204_is_havenweg_14() {
        let plots = plots();
        let plot = plots.iter().find(|p| p.parcel == 1204).expect("the plan names it");
        assert_eq!(plot.label(), "Havenweg 14");
        assert!((plot.ring.unsigned_area() - 9_860.0).abs() < 5.0);
    }

    #[test]
    fn plots_do_not_overlap() {
        // Every plot is its upright box, or that box and a sliver towards the dike, where nobody else is.
        let plots = plots();
        for (i, a) in plots.iter().enumerate() {
            for b in &plots[i + 1..] {
                let shared = (a.u.1.min(b.u.1) - a.u.0.max(b.u.0)).min(a.v.1.min(b.v.1) - a.v.0.max(b.v.0));
                assert!(shared < 1e-6, "{} and {}", a.label(), b.label());
            }
        }
    }
}
