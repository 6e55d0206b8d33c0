//! Company: an establishment, and who uses, rents or owns which plot or building (occupancy). Names and addresses are for those on the
//! terrain; a sole trader's record is personal data and narrower still.

mod graphql;
mod service;

pub use graphql::{
    COLUMNS, Company, CompanyConnection, CompanyMutation, OCCUPANCY_COLUMNS, Occupancy, OccupancyConnection, OccupancyKind, OccupantOf,
    occupancies_of,
};
pub use service::list_companies;

use terrein_shared::layer::Layer;

pub const LAYER: Layer = Layer {
    name: "company",
    description: "Companies, for those on the terrain",
    table: "company",
    columns: "'company:' || id as id, name",
    fields: &[("id", "String"), ("name", "String")],
    condition: "deleted_at is null and not address_shielded",
    min_zoom: 14,
    max_zoom: 16,
    min_pixels: 0.0,
    attribution: "",
    public: false,
};
