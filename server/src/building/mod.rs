//! Building: a BAG building (pand) and the addresses in it. Ids are 16 digits of text; a building without an address is normal.

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::FromQueryResult;
use std::collections::HashMap;
use terrein_shared::geometry::GeoJsonText;
use terrein_shared::id::{AddressId, BuildingId, PlotId, TerrainId};
use terrein_shared::layer::Layer;
use terrein_shared::page::{Key, Page, Rows};

use crate::access::Caller;
use crate::error::Result;
use crate::listing::{Conditions, Order, SpatialFilter, list, uuids};
use crate::loader::{Reader, Shared, load, load_some};
use crate::observation::{Observation, newest_of};
use crate::plot::Plot;
use crate::provenance::{self, Provenance};

pub const COLUMNS: &str = "id, terrain_id, plot_id, bag_id, year, status, to_jsonb(uses) as uses, ST_Area(geom_rd) as area_m2, version, \
    geom as geometry, source, source_id, source_on, licence, edited_fields";
pub const ADDRESS_COLUMNS: &str = "id, building_id, label, street, house_number, house_letter, addition, postcode, city, \
    geom as geometry";

/// The register keeps what was pulled down, never built or entered by mistake; the map and lists show what stands or is being built.
const STANDS: &str = "deleted_at is null and status not in ('Pand gesloopt', 'Niet gerealiseerd pand', 'Pand ten onrechte opgevoerd')";
/// Most addresses of one building in one answer.
const MOST_ADDRESSES: u32 = 100;

/// A building of the register of addresses and buildings (BAG).
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Building {
    /// `building:…`
    pub id: BuildingId,
    /// 16 digits.
    bag_id: String,
    /// Year it was built.
    year: Option<i32>,
    /// Status in the register, Dutch.
    status: String,
    /// Square metres of ground as measured in RD.
    area_m2: f64,
    /// Version a change is based on.
    version: i32,
    /// The outline on the ground.
    geometry: GeoJsonText,
    #[graphql(skip)]
    uses: serde_json::Value,
    #[graphql(skip)]
    plot_id: Option<PlotId>,
    #[graphql(skip)]
    #[sea_orm(nested)]
    provenance: provenance::FromRow,
}

/// An address of the register (nummeraanduiding).
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Address {
    /// `address:…`
    pub id: AddressId,
    /// Street and number, as on the door: `Havenweg 14b`.
    label: String,
    /// Street.
    street: String,
    /// Number.
    house_number: i32,
    /// Letter after the number.
    house_letter: Option<String>,
    /// What follows.
    addition: Option<String>,
    /// `1234AB`
    postcode: Option<String>,
    /// Town.
    city: Option<String>,
    /// Where the door is.
    geometry: GeoJsonText,
    #[graphql(skip)]
    building_id: Option<BuildingId>,
}

terrein_shared::plain!(Building {
    "id" => id,
    "bagId" => bag_id,
    "year" => year,
    "status" => status,
    "areaM2" => area_m2,
    "version" => version,
    "geometry" => geometry,
});
terrein_shared::plain!(Address {
    "id" => id,
    "label" => label,
    "street" => street,
    "houseNumber" => house_number,
    "houseLetter" => house_letter,
    "addition" => addition,
    "postcode" => postcode,
    "city" => city,
    "geometry" => geometry,
});
terrein_shared::connection!(BuildingConnection, BuildingEdge, Building, "buildings");
terrein_shared::connection!(AddressConnection, AddressEdge, Address, "addresses");
crate::by_id!(BuildingId, Building, "building", COLUMNS);
crate::by_id!(AddressId, Address, "address", ADDRESS_COLUMNS);

#[ComplexObject]
impl Building {
    /// What it is used for, in the register's own words.
    async fn uses(&self) -> Vec<&str> {
        self.uses.as_array().into_iter().flatten().filter_map(|u| u.as_str()).collect()
    }

    /// Where this comes from.
    async fn provenance(&self) -> Option<&Provenance> {
        self.provenance.0.as_ref()
    }

    /// The plot it stands on, by the largest part.
    async fn plot(&self, context: &Context<'_>) -> Result<Option<Plot>> {
        load_some(context, self.plot_id).await
    }

    /// Addresses in it, by number.
    async fn addresses(&self, context: &Context<'_>, first: i32) -> Result<AddressConnection> {
        let page = crate::listing::page(crate::listing::PageLimit(MOST_ADDRESSES), first, None)?;
        let rows = load(context, AddressesIn(self.id)).await?.unwrap_or_default();
        Ok(Rows::of(rows, &page, |row| Key { sort: row.label.clone(), id: row.id.0 }).into())
    }

    /// What your team saw here on the spot: the newest answer to each question.
    async fn observations(&self, context: &Context<'_>) -> Result<Vec<Observation>> {
        newest_of(context, self.id.0).await
    }
}

#[ComplexObject]
impl Address {
    /// The building it is in.
    async fn building(&self, context: &Context<'_>) -> Result<Option<Building>> {
        load_some(context, self.building_id).await
    }
}

/// Addresses in a building.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AddressesIn(BuildingId);

impl Loader<AddressesIn> for Reader {
    type Value = Vec<Address>;
    type Error = Shared;

    async fn load(&self, keys: &[AddressesIn]) -> Result<HashMap<AddressesIn, Vec<Address>>, Shared> {
        let sql = format!(
            "select a.* from unnest(($1::text)::uuid[]) b cross join lateral (select {ADDRESS_COLUMNS} from address
               where building_id = b and deleted_at is null order by house_number, label limit $2) a"
        );
        let rows: Vec<Address> = self
            .0
            .all(&sql, [uuids(keys.iter().map(|key| key.0.0)), i64::from(MOST_ADDRESSES + 1).into()])
            .await
            .map_err(std::sync::Arc::new)?;
        let mut found: HashMap<AddressesIn, Vec<Address>> = HashMap::new();
        for row in rows {
            if let Some(building) = row.building_id {
                found.entry(AddressesIn(building)).or_default().push(row);
            }
        }
        Ok(found)
    }
}

/// Buildings of a terrain, by their BAG id.
///
/// # Errors
/// `Invalid` for a filter that is none.
pub async fn list_buildings(caller: &Caller, terrain: TerrainId, filter: Option<SpatialFilter>, page: &Page) -> Result<Rows<Building>> {
    let mut conditions = Conditions::new(STANDS);
    conditions.and("terrain_id = ?", [terrain.into()]).lying(filter)?;
    list(caller, "building", COLUMNS, Order { column: "bag_id", kind: "text", newest_first: false }, conditions, page).await
}

pub const LAYER: Layer = Layer {
    name: "building",
    description: "Buildings",
    table: "building",
    columns: "'building:' || id as id, bag_id, year",
    fields: &[("id", "String"), ("bag_id", "String"), ("year", "Number")],
    condition: STANDS,
    min_zoom: 13,
    max_zoom: 16,
    min_pixels: 0.0,
    attribution: "Kadaster, BAG",
    public: false,
};

pub const ADDRESS_LAYER: Layer = Layer {
    name: "address",
    description: "Addresses",
    table: "address",
    columns: "'address:' || id as id, label",
    fields: &[("id", "String"), ("label", "String")],
    condition: "deleted_at is null",
    min_zoom: 16,
    max_zoom: 16,
    min_pixels: 0.0,
    attribution: "Kadaster, BAG",
    public: false,
};
