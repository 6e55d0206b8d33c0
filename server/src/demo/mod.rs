//! The demo: the business park "De Hooge Waard", which does not exist, as the place where newcomers, tests and screenshots look around,
//! and "Klein Eiland", a closed neighbour that shows what stays hidden.
//!
//! Everything is made by code from a compact plan and is the same on every machine, ids too. The plan (`plan.rs`) holds streets and
//! blocks; `plots.rs` and `buildings.rs` cut and build; `ground.rs`, `country.rs` and `works.rs` lay what is around and between; `companies.rs`,
//! `parties.rs`, `issues.rs`, `talk.rs`, `heard.rs` and `observations.rs` fill it with people; `rows.rs` and `voices.rs` make rows of it and
//! `load.rs` brings them in.
//! For development only: whoever calls [`load`] sees to that.

mod buildings;
mod companies;
mod country;
mod frame;
mod ground;
mod heard;
mod ids;
mod island;
mod issues;
mod load;
mod observations;
mod parties;
mod plan;
mod plots;
mod rows;
mod talk;
mod voices;
mod works;

pub use ids::id;
pub use island::KLEIN_EILAND;
pub use load::load;
pub use parties::PEOPLE;
pub use rows::HOOGE_WAARD;

/// How many rows a run of [`load`] added; all 0 when the demo was there already.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    pub terrains: u64,
    pub plots: u64,
    pub buildings: u64,
    pub addresses: u64,
    pub companies: u64,
    pub occupancies: u64,
    pub infrastructure: u64,
    pub backdrop: u64,
    pub organisations: u64,
    pub people: u64,
    pub issues: u64,
    pub supports: u64,
    pub comments: u64,
    pub observations: u64,
    pub conversations: u64,
    pub promises: u64,
}
