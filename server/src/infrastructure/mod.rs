//! Infrastructure: stations, cables, cycle paths, cameras, lamps, chargers, trees: what stands and lies on a terrain, whoever owns it.
//! The place of a cable is no permission to dig (KLIC).

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::FromQueryResult;
use terrein_shared::geometry::GeoJsonText;
use terrein_shared::id::{InfrastructureId, TerrainId};
use terrein_shared::layer::Layer;
use terrein_shared::page::{Page, Rows};

use crate::access::Caller;
use crate::error::Result;
use crate::listing::{Conditions, Order, SpatialFilter, list};
use crate::observation::{Observation, newest_of};
use crate::provenance::{self, Provenance};

pub const COLUMNS: &str = "id, terrain_id, kind, name, owner, condition, version, geom as geometry, \
    source, source_id, source_on, licence, edited_fields";

crate::vocabulary! {
    /// What kind of infrastructure.
    InfrastructureKind {
        /// A transformer or switching station.
        Station = "station",
        /// An electricity cable.
        Cable = "cable",
        /// A pipe.
        Pipe = "pipe",
        /// A road.
        Road = "road",
        /// A cycle path.
        CyclePath = "cycle_path",
        /// A camera.
        Camera = "camera",
        /// A street lamp.
        Lamp = "lamp",
        /// A charging point.
        Charger = "charger",
        /// A tree.
        Tree = "tree",
        /// Anything else.
        Other = "other",
    }
}

/// Something that stands or lies on a terrain.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Infrastructure {
    /// `infrastructure:…`
    pub id: InfrastructureId,
    /// What it is.
    kind: InfrastructureKind,
    /// Its name or number.
    name: Option<String>,
    /// Who owns it.
    owner: Option<String>,
    /// good, fair, poor or unknown.
    condition: Option<String>,
    /// Version a change is based on.
    version: i32,
    /// Point, line or area.
    geometry: GeoJsonText,
    #[graphql(skip)]
    #[sea_orm(nested)]
    provenance: provenance::FromRow,
}

terrein_shared::plain!(Infrastructure {
    "id" => id,
    "kind" => kind,
    "name" => name,
    "owner" => owner,
    "condition" => condition,
    "version" => version,
    "geometry" => geometry,
});
terrein_shared::connection!(InfrastructureConnection, InfrastructureEdge, Infrastructure, "infrastructure");
crate::by_id!(InfrastructureId, Infrastructure, "infrastructure", COLUMNS);

#[ComplexObject]
impl Infrastructure {
    /// Where this comes from.
    async fn provenance(&self) -> Option<&Provenance> {
        self.provenance.0.as_ref()
    }

    /// What your team saw here on the spot: the newest answer to each question.
    async fn observations(&self, context: &Context<'_>) -> Result<Vec<Observation>> {
        newest_of(context, self.id.0).await
    }
}

/// Infrastructure of a terrain, by kind.
///
/// # Errors
/// `Invalid` for a filter that is none.
pub async fn list_infrastructure(
    caller: &Caller,
    terrain: TerrainId,
    filter: Option<SpatialFilter>,
    page: &Page,
) -> Result<Rows<Infrastructure>> {
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]).lying(filter)?;
    list(caller, "infrastructure", COLUMNS, Order { column: "kind", kind: "text", newest_first: false }, conditions, page).await
}

pub const LAYER: Layer = Layer {
    name: "infrastructure",
    description: "Stations, cables, lamps, cameras, paths",
    table: "infrastructure",
    columns: "'infrastructure:' || id as id, kind, name",
    fields: &[("id", "String"), ("kind", "String"), ("name", "String")],
    condition: "deleted_at is null",
    min_zoom: 13,
    max_zoom: 16,
    min_pixels: 0.0,
    attribution: "",
    public: false,
};
