//! Terrain: a business park. The place everything else belongs to; from IBIS (where one park may be several polygons), corrected by people.

mod graphql;
mod service;

pub use graphql::{COLUMNS, EditTerrainInput, Terrain, TerrainAudience, TerrainConnection, TerrainFilter, TerrainMutation, TerrainQuery};
pub use service::get_terrain;

use terrein_shared::layer::Layer;

pub const LAYER: Layer = Layer {
    name: "terrain",
    description: "Business parks",
    table: "terrain",
    columns: "'terrain:' || id as id, name, round(ST_Area(geom_rd))::integer as area_m2",
    fields: &[("id", "String"), ("name", "String"), ("area_m2", "Number")],
    condition: "deleted_at is null",
    min_zoom: 5,
    max_zoom: 16,
    min_pixels: 0.5,
    attribution: "IBIS",
    public: false,
};
