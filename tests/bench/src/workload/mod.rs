//! The workloads. A new one: a file here with `run`, and a line in [`ALL`].

mod import;
mod page;
mod pin;
mod policies;
mod start;
mod tile;

use anyhow::Result;

use crate::outcome::Outcome;

/// How it is measured.
pub struct How {
    /// Seconds of load per round.
    pub seconds: f64,
    /// The server alone, without end.
    pub ours_only: bool,
}

/// Runs one workload.
pub type Run = fn(&How) -> Result<Outcome>;

/// Every workload, by name.
pub const ALL: &[(&str, Run)] = &[
    ("terrain-page", page::run),
    ("tile", tile::run),
    ("terrain-page-policies", policies::page),
    ("tile-policies", policies::tile),
    ("pin", pin::run),
    ("start", start::run),
    ("import", import::run),
];
