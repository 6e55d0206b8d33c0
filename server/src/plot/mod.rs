//! Plot: a cadastral parcel with its registered and its measured area. From the cadastral map (BRK); numbers end when a parcel is split
//! or merged, so a plot carries the days it is valid.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use terrein_shared::geometry::GeoJsonText;
use terrein_shared::id::{PlotId, TerrainId};
use terrein_shared::layer::Layer;
use terrein_shared::page::{Page, Rows};

use crate::access::Caller;
use crate::company::OccupancyConnection;
use crate::error::Result;
use crate::listing::{Conditions, Order, SpatialFilter, list};
use crate::observation::{Observation, newest_of};
use crate::provenance::{self, Provenance};

pub const COLUMNS: &str = "id, terrain_id, key, cadastral_municipality, section, number, registered_m2, ST_Area(geom_rd) as area_m2, valid_from, valid_until, \
    version, geom as geometry, source, source_id, source_on, licence, edited_fields";

/// A cadastral parcel.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Plot {
    /// `plot:…`
    pub id: PlotId,
    /// Municipality code, section and number: `HGW00-C-1204`.
    key: String,
    /// The cadastral municipality's code; not that of the civil municipality.
    cadastral_municipality: String,
    /// One or two letters.
    section: String,
    /// Within the section.
    number: String,
    /// Square metres as registered.
    registered_m2: Option<f64>,
    /// Square metres as measured in RD.
    area_m2: f64,
    /// First day.
    valid_from: Option<NaiveDate>,
    /// Last day, for a number that ended.
    valid_until: Option<NaiveDate>,
    /// Version a change is based on.
    version: i32,
    /// The parcel's area.
    geometry: GeoJsonText,
    #[graphql(skip)]
    pub terrain_id: Option<TerrainId>,
    #[graphql(skip)]
    #[sea_orm(nested)]
    provenance: provenance::FromRow,
}

terrein_shared::plain!(Plot {
    "id" => id,
    "key" => key,
    "cadastralMunicipality" => cadastral_municipality,
    "section" => section,
    "number" => number,
    "registeredM2" => registered_m2,
    "areaM2" => area_m2,
    "validFrom" => valid_from,
    "validUntil" => valid_until,
    "version" => version,
    "geometry" => geometry,
});
terrein_shared::connection!(PlotConnection, PlotEdge, Plot, "plots");
crate::by_id!(PlotId, Plot, "plot", COLUMNS);

#[ComplexObject]
impl Plot {
    /// Where this comes from.
    async fn provenance(&self) -> Option<&Provenance> {
        self.provenance.0.as_ref()
    }

    /// Companies and owners on it, as far as you may see them.
    async fn occupants(&self, context: &Context<'_>, first: i32) -> Result<OccupancyConnection> {
        crate::company::occupancies_of(context, crate::company::OccupantOf::Plot(self.id), first).await
    }

    /// What your team saw here on the spot: the newest answer to each question.
    async fn observations(&self, context: &Context<'_>) -> Result<Vec<Observation>> {
        newest_of(context, self.id.0).await
    }
}

/// Plots of a terrain, by their key.
///
/// # Errors
/// `Invalid` for a filter that is none.
pub async fn list_plots(caller: &Caller, terrain: TerrainId, filter: Option<SpatialFilter>, page: &Page) -> Result<Rows<Plot>> {
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]).lying(filter)?;
    list(caller, "plot", COLUMNS, Order { column: "key", kind: "text", newest_first: false }, conditions, page).await
}

pub const LAYER: Layer = Layer {
    name: "plot",
    description: "Cadastral parcels",
    table: "plot",
    columns: "'plot:' || id as id, key, round(ST_Area(geom_rd))::integer as area_m2",
    fields: &[("id", "String"), ("key", "String"), ("area_m2", "Number")],
    condition: "deleted_at is null",
    min_zoom: 13,
    max_zoom: 16,
    min_pixels: 0.0,
    attribution: "Kadaster, BRK",
    public: false,
};
