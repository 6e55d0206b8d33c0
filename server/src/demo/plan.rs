//! The compact plan of De Hooge Waard: where the streets lie and how each block is cut into plots. Everything else follows from it.
//! Lengths in metres, in the frame of `frame.rs`.

use super::frame::{At, Winding};

/// The dike road on the east side.
pub const OUDE_DIJK: Winding = Winding(&[
    (1150.0, -900.0),
    (1112.0, -560.0),
    (1078.0, -300.0),
    (1046.0, -110.0),
    (1022.0, 40.0),
    (1004.0, 150.0),
    (1002.0, 260.0),
    (1014.0, 350.0),
    (1016.0, 430.0),
    (1004.0, 520.0),
    (982.0, 610.0),
    (955.0, 690.0),
    (930.0, 760.0),
    (908.0, 840.0),
    (898.0, 930.0),
    (905.0, 1050.0),
    (925.0, 1250.0),
    (930.0, 1700.0),
]);

/// The provincial road on the west side.
pub const N873: Winding = Winding(&[
    (-262.0, -1300.0),
    (-240.0, -640.0),
    (-206.0, -350.0),
    (-182.0, -105.0),
    (-160.0, 120.0),
    (-152.0, 230.0),
    (-155.0, 352.0),
    (-157.0, 495.0),
    (-174.0, 680.0),
    (-196.0, 810.0),
    (-236.0, 1060.0),
    (-290.0, 1340.0),
    (-350.0, 1900.0),
]);

/// The park runs from the canal to the railway, and from its west edge to the foot of the dike.
pub const WEST: f64 = 0.0;
pub const NORTH: f64 = 0.0;
pub const SOUTH: f64 = 748.0;
pub const DIKE_FOOT: f64 = 8.5;
/// Plots keep this far from the middle of the dike road.
const DIKE_PLOTS: f64 = 21.0;

pub const HAVENWEG: f64 = 167.0;
pub const WAARDWEG: f64 = 352.0;
pub const ENERGIEWEG: f64 = 532.0;
pub const SPOORLAAN: f64 = 697.0;
pub const AMBACHTSWEG: f64 = 15.0;
pub const NIJVERHEIDSWEG: f64 = 350.0;
pub const TURBINESTRAAT: f64 = 685.0;
pub const RAILWAY: f64 = 766.0;
pub const ROUNDABOUT: At = (-155.0, WAARDWEG);
pub const CANAL: (f64, f64) = (-54.0, -5.0);
/// The basin that comes in from the canal: from-to in u, and its south quay in v.
pub const HARBOUR: ((f64, f64), f64) = ((489.0, 549.0), 147.0);

/// The side of a plot that meets its street.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    North,
    East,
    South,
    West,
}
use Side::{East as E, North as N, South as S, West as W};

/// What stands on a plot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// One hall.
    Hall,
    /// A hall with a corner left open as a yard.
    Ell,
    /// An office at the street, a hall behind it.
    Duo,
    /// Two halls side by side.
    Pair,
    /// A row of small units under one roof.
    Units,
    /// A yard with goods and a small office.
    Yard,
    /// Grass, waiting for somebody.
    Empty,
    /// Under construction.
    Site,
}
use Form::{Duo, Ell, Empty, Hall, Pair, Site, Units, Yard};

/// A plot in a column: its share of the depth, the side of its street, what stands there.
#[derive(Clone, Copy)]
pub struct Lot {
    pub share: f64,
    pub front: Side,
    pub form: Form,
    /// Panels on the roof.
    pub sun: bool,
    /// Its house number where the row jumps; 0: the next.
    pub house: u16,
    /// Its parcel number where that is known; 0: the next free one.
    pub parcel: u16,
}

impl Lot {
    const fn sun(mut self) -> Self {
        self.sun = true;
        self
    }
    const fn house(mut self, house: u16) -> Self {
        self.house = house;
        self
    }
    const fn parcel(mut self, parcel: u16) -> Self {
        self.parcel = parcel;
        self
    }
}

const fn lot(share: f64, front: Side, form: Form) -> Lot {
    Lot { share, front, form, sun: false, house: 0, parcel: 0 }
}

/// Plots from north to south in a strip of this width; width 0 runs on to the dike.
pub struct Column(pub f64, pub &'static [Lot]);

/// A stretch of ground between streets, from-to in u and v, cut into columns from west to east.
pub struct Block {
    pub u: f64,
    pub v: (f64, f64),
    pub columns: &'static [Column],
}

/// Where the last column of a block ends at this v.
pub fn dike_side(v: f64) -> f64 {
    OUDE_DIJK.u(v) - DIKE_PLOTS
}

/// The street a plot in a block meets on this side.
pub fn street(u: f64, v: f64, front: Side) -> &'static str {
    match front {
        N | S => {
            let edge = if front == N { v - 20.0 } else { v + 20.0 };
            match edge {
                e if e < 260.0 => "Havenweg",
                e if e < 440.0 => "Waardweg",
                e if e < 610.0 => "Energieweg",
                _ => "Spoorlaan",
            }
        }
        W | E => match u {
            u if u < 182.0 => "Ambachtsweg",
            u if u < 520.0 => "Nijverheidsweg",
            _ => "Turbinestraat",
        },
    }
}

/// Even numbers on the north of Havenweg and Spoorlaan and on the south of Waardweg and Energieweg; on the west of the cross streets.
pub fn even(street: &str, front: Side) -> bool {
    match street {
        "Havenweg" | "Spoorlaan" => front == S,
        "Waardweg" | "Energieweg" => front == N,
        _ => front == E,
    }
}

const ROW_1: (f64, f64) = (28.0, 157.0);
const ROW_2: (f64, f64) = (177.0, 334.0);
const ROW_3: (f64, f64) = (371.0, 522.0);
const ROW_4: (f64, f64) = (542.0, 687.0);

pub const BLOCKS: &[Block] = &[
    // Along the canal.
    Block {
        u: 25.0,
        v: ROW_1,
        columns: &[
            Column(96.0, &[lot(1.0, S, Hall).sun()]),
            Column(48.0, &[lot(1.0, S, Duo)]),
            Column(52.0, &[lot(1.0, S, Hall)]),
            Column(70.0, &[lot(1.0, S, Hall).sun()]),
            Column(49.0, &[lot(1.0, S, Ell)]),
        ],
    },
    Block {
        u: 360.0,
        v: ROW_1,
        columns: &[Column(30.57, &[lot(1.0, S, Duo).house(12)]), Column(76.43, &[lot(1.0, S, Hall).sun().house(14).parcel(1204)])],
    },
    Block { u: 567.0, v: ROW_1, columns: &[Column(108.0, &[lot(1.0, S, Ell).house(16)])] },
    Block {
        u: 695.0,
        v: ROW_1,
        columns: &[
            Column(62.0, &[lot(1.0, S, Hall)]),
            Column(50.0, &[lot(1.0, S, Duo)]),
            Column(84.0, &[lot(1.0, S, Hall).sun()]),
            Column(44.0, &[lot(1.0, S, Pair)]),
            Column(0.0, &[lot(1.0, S, Ell)]),
        ],
    },
    // Between Havenweg and Waardweg.
    Block {
        u: 25.0,
        v: ROW_2,
        columns: &[
            Column(77.0, &[lot(0.52, W, Empty), lot(0.24, W, Pair), lot(0.24, W, Duo)]),
            Column(40.0, &[lot(0.5, N, Duo), lot(0.5, S, Ell)]),
            Column(40.0, &[lot(0.44, N, Hall), lot(0.56, S, Duo)]),
            Column(46.0, &[lot(0.55, N, Ell), lot(0.45, S, Hall).sun()]),
            Column(50.0, &[lot(0.42, N, Pair), lot(0.58, S, Units)]),
            Column(62.0, &[lot(0.33, E, Duo), lot(0.36, E, Hall).sun(), lot(0.31, E, Pair)]),
        ],
    },
    Block {
        u: 360.0,
        v: ROW_2,
        columns: &[
            Column(62.0, &[lot(0.3, W, Duo).house(3), lot(0.38, W, Ell), lot(0.32, W, Hall)]),
            Column(46.0, &[lot(0.5, N, Hall).house(9), lot(0.5, S, Duo)]),
            Column(66.0, &[lot(0.54, N, Hall).sun().house(11), lot(0.46, S, Ell)]),
            Column(66.0, &[lot(1.0, N, Hall).sun()]),
            Column(75.0, &[lot(0.5, N, Hall).sun(), lot(0.5, S, Hall)]),
        ],
    },
    Block {
        u: 695.0,
        v: ROW_2,
        columns: &[
            Column(72.0, &[lot(0.35, W, Ell), lot(0.33, W, Duo), lot(0.32, W, Pair)]),
            Column(62.0, &[lot(0.5, N, Hall).sun(), lot(0.5, S, Ell)]),
            Column(62.0, &[lot(0.46, N, Duo), lot(0.54, S, Hall)]),
            Column(52.0, &[lot(0.58, N, Hall), lot(0.42, S, Duo)]),
            Column(0.0, &[lot(0.5, N, Duo), lot(0.5, S, Pair)]),
        ],
    },
    // Between Waardweg and Energieweg.
    Block {
        u: 25.0,
        v: ROW_3,
        columns: &[
            Column(66.0, &[lot(0.36, W, Ell), lot(0.3, W, Duo), lot(0.34, W, Hall).sun()]),
            Column(44.0, &[lot(0.55, N, Hall), lot(0.45, S, Pair)]),
            Column(48.0, &[lot(0.6, N, Hall), lot(0.4, S, Duo)]),
            Column(46.0, &[lot(0.4, N, Duo), lot(0.6, S, Ell)]),
            Column(49.0, &[lot(0.48, N, Hall).sun(), lot(0.52, S, Units)]),
            Column(62.0, &[lot(0.4, E, Hall).house(8).parcel(1187), lot(0.28, E, Duo), lot(0.32, E, Pair)]),
        ],
    },
    Block {
        u: 360.0,
        v: ROW_3,
        columns: &[
            Column(52.0, &[lot(0.35, W, Duo), lot(0.33, W, Pair), lot(0.32, W, Ell)]),
            Column(48.0, &[lot(1.0, N, Hall).house(18)]),
            Column(40.0, &[lot(0.5, N, Duo), lot(0.5, S, Yard)]),
            Column(97.0, &[lot(1.0, N, Hall).house(22)]),
            Column(78.0, &[lot(1.0, S, Empty)]),
        ],
    },
    Block {
        u: 695.0,
        v: ROW_3,
        columns: &[
            Column(57.0, &[lot(0.34, W, Duo), lot(0.34, W, Hall), lot(0.32, W, Ell)]),
            Column(78.0, &[lot(1.0, N, Hall)]),
            Column(61.0, &[lot(0.52, N, Ell), lot(0.48, S, Duo)]),
            Column(0.0, &[lot(1.0, N, Hall).sun()]),
        ],
    },
    // Between Energieweg and Spoorlaan.
    Block {
        u: 25.0,
        v: ROW_4,
        columns: &[
            Column(58.0, &[lot(0.36, W, Duo), lot(0.32, W, Pair), lot(0.32, W, Ell)]),
            Column(44.0, &[lot(0.6, N, Hall), lot(0.4, S, Duo)]),
            Column(40.0, &[lot(0.45, N, Duo), lot(0.55, S, Hall)]),
            Column(62.0, &[lot(1.0, N, Hall).sun()]),
            Column(50.0, &[lot(0.55, N, Ell), lot(0.45, S, Duo)]),
            Column(61.0, &[lot(0.34, E, Hall), lot(0.34, E, Duo), lot(0.32, E, Hall).sun()]),
        ],
    },
    Block {
        u: 360.0,
        v: ROW_4,
        columns: &[
            Column(60.0, &[lot(0.34, W, Hall), lot(0.32, W, Duo), lot(0.34, W, Pair)]),
            Column(50.0, &[lot(0.58, N, Hall).sun(), lot(0.42, S, Duo)]),
            Column(50.0, &[lot(0.45, N, Duo), lot(0.55, S, Hall)]),
            Column(92.0, &[lot(1.0, N, Hall)]),
            Column(63.0, &[lot(0.6, N, Ell), lot(0.4, S, Yard).parcel(1231)]),
        ],
    },
    Block {
        u: 695.0,
        v: ROW_4,
        columns: &[
            Column(66.0, &[lot(0.34, W, Duo), lot(0.33, W, Pair), lot(0.33, W, Hall)]),
            Column(57.0, &[lot(0.55, N, Hall), lot(0.45, S, Duo)]),
            Column(88.0, &[lot(1.0, N, Hall).sun()]),
            Column(0.0, &[lot(1.0, N, Site)]),
        ],
    },
];
