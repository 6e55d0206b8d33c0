//! Companies and occupancy in the graph.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, Union};
use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use terrein_shared::geometry::GeoJsonText;
use terrein_shared::id::{BuildingId, CompanyId, OccupancyId, OrganisationId, PlotId, TerrainId};
use terrein_shared::page::{Key, Rows};
use uuid::Uuid;

use super::service;
use crate::building::Building;
use crate::error::{Error, Result, Subject};
use crate::listing::{PageLimit, page, uuids};
use crate::loader::{Reader, Shared, caller, load, load_some};
use crate::observation::{Observation, newest_of};
use crate::plot::Plot;
use crate::provenance::{self, Provenance};
use crate::schema::IdTaken;

pub const COLUMNS: &str = "id, terrain_id, organisation_id, name, kvk_number, establishment_number, sbi_code, sbi_version, employees, \
    case when not address_shielded then street || coalesce(' ' || house_number, '') || coalesce(house_letter, '') || coalesce('-' || addition, '') end as address_label, \
    case when not address_shielded then postcode end as postcode, case when not address_shielded then city end as city, version, \
    case when not address_shielded then geom end as geometry, source, source_id, source_on, licence, edited_fields";
pub const OCCUPANCY_COLUMNS: &str = "id, terrain_id, company_id, plot_id, building_id, kind, from_on, until_on, linked_by, version";

/// Most occupancies of one thing in one answer.
const MOST: u32 = 100;

crate::vocabulary! {
    /// How a party has a plot or building.
    OccupancyKind {
        /// Owns it.
        Owns = "owns",
        /// Rents it.
        Rents = "rents",
        /// Uses it; how is not known.
        Uses = "uses",
    }
}

/// An establishment of a company.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Company {
    /// `company:…`
    pub id: CompanyId,
    /// Trade name.
    name: String,
    /// Number in the trade register, 8 digits.
    kvk_number: Option<String>,
    /// Number of the establishment, 12 digits.
    establishment_number: Option<String>,
    /// Activity.
    sbi_code: Option<String>,
    /// 2008 or 2025: the letters mean something else in each.
    sbi_version: Option<String>,
    /// People at work here.
    employees: Option<i32>,
    /// Street and number, unless shielded.
    address_label: Option<String>,
    /// `1234AB`
    postcode: Option<String>,
    /// Town.
    city: Option<String>,
    /// Version a change is based on.
    version: i32,
    /// Where it is, once linked to an address.
    geometry: Option<GeoJsonText>,
    #[graphql(skip)]
    pub terrain_id: Option<TerrainId>,
    #[graphql(skip)]
    organisation_id: Option<OrganisationId>,
    #[graphql(skip)]
    #[sea_orm(nested)]
    provenance: provenance::FromRow,
}

/// Who has what, how and since when.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Occupancy {
    /// `occupancy:…`
    pub id: OccupancyId,
    /// How.
    kind: OccupancyKind,
    /// First day.
    from_on: Option<NaiveDate>,
    /// Last day.
    until_on: Option<NaiveDate>,
    /// `import` or `person`: an import never overrules a person.
    linked_by: String,
    /// Version a change is based on.
    pub version: i32,
    #[graphql(skip)]
    pub terrain_id: Option<TerrainId>,
    #[graphql(skip)]
    company_id: CompanyId,
    #[graphql(skip)]
    plot_id: Option<PlotId>,
    #[graphql(skip)]
    building_id: Option<BuildingId>,
}

terrein_shared::plain!(Company {
    "id" => id,
    "name" => name,
    "kvkNumber" => kvk_number,
    "establishmentNumber" => establishment_number,
    "sbiCode" => sbi_code,
    "sbiVersion" => sbi_version,
    "employees" => employees,
    "addressLabel" => address_label,
    "postcode" => postcode,
    "city" => city,
    "version" => version,
    "geometry" => geometry,
});
terrein_shared::plain!(Occupancy {
    "id" => id,
    "kind" => kind,
    "fromOn" => from_on,
    "untilOn" => until_on,
    "linkedBy" => linked_by,
    "version" => version,
});
terrein_shared::connection!(CompanyConnection, CompanyEdge, Company, "companies");
terrein_shared::connection!(OccupancyConnection, OccupancyEdge, Occupancy, "occupancies");
crate::by_id!(CompanyId, Company, "company", COLUMNS);
crate::by_id!(OccupancyId, Occupancy, "occupancy", OCCUPANCY_COLUMNS);

#[ComplexObject]
impl Company {
    /// Where this comes from.
    async fn provenance(&self) -> Option<&Provenance> {
        self.provenance.0.as_ref()
    }

    /// Whether you act for it.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        Ok(match (caller(context)?.actor().await?.viewer(), self.organisation_id) {
            (Some(viewer), Some(organisation)) => viewer.is_of(organisation),
            _ => false,
        })
    }

    /// What it owns, rents or uses.
    async fn occupancies(&self, context: &Context<'_>, first: i32) -> Result<OccupancyConnection> {
        occupancies_of(context, OccupantOf::Company(self.id), first).await
    }

    /// What your team saw here on the spot: the newest answer to each question.
    async fn observations(&self, context: &Context<'_>) -> Result<Vec<Observation>> {
        newest_of(context, self.id.0).await
    }
}

#[ComplexObject]
impl Occupancy {
    /// The party.
    async fn company(&self, context: &Context<'_>) -> Result<Company> {
        load(context, self.company_id).await?.ok_or(Error::NotFound(Subject::Company))
    }

    /// The plot, when it is one.
    async fn plot(&self, context: &Context<'_>) -> Result<Option<Plot>> {
        load_some(context, self.plot_id).await
    }

    /// The building, when it is one.
    async fn building(&self, context: &Context<'_>) -> Result<Option<Building>> {
        load_some(context, self.building_id).await
    }
}

/// Whose occupancies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OccupantOf {
    Plot(PlotId),
    Company(CompanyId),
}

/// Occupancies of a plot or a company, newest first.
///
/// # Errors
/// `Invalid` for `first` outside 1 to 100.
pub async fn occupancies_of(context: &Context<'_>, of: OccupantOf, first: i32) -> Result<OccupancyConnection> {
    let page = page(PageLimit(MOST), first, None)?;
    let rows = load(context, of).await?.unwrap_or_default();
    Ok(Rows::of(rows, &page, |row| Key { sort: String::new(), id: row.id.0 }).into())
}

impl Loader<OccupantOf> for Reader {
    type Value = Vec<Occupancy>;
    type Error = Shared;

    async fn load(&self, keys: &[OccupantOf]) -> Result<HashMap<OccupantOf, Vec<Occupancy>>, Shared> {
        let plots = keys.iter().filter_map(|key| if let OccupantOf::Plot(id) = key { Some(id.0) } else { None });
        let companies = keys.iter().filter_map(|key| if let OccupantOf::Company(id) = key { Some(id.0) } else { None });
        let sql = format!(
            "select {OCCUPANCY_COLUMNS} from occupancy where deleted_at is null
               and (plot_id = any (($1::text)::uuid[]) or company_id = any (($2::text)::uuid[])) order by id desc"
        );
        let rows: Vec<Occupancy> = self.0.all(&sql, [uuids(plots), uuids(companies)]).await.map_err(std::sync::Arc::new)?;
        let mut found: HashMap<OccupantOf, Vec<Occupancy>> = HashMap::new();
        for row in rows {
            let of = [row.plot_id.map(OccupantOf::Plot), Some(OccupantOf::Company(row.company_id))];
            for key in of.into_iter().flatten().filter(|key| keys.contains(key)) {
                found.entry(key).or_default().push(row.clone());
            }
        }
        Ok(found)
    }
}

/// A company linked to a plot or building by hand.
#[derive(Debug, Clone, InputObject)]
pub struct LinkCompanyInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new occupancy, minted by the client.
    pub occupancy_id: OccupancyId,
    /// The party.
    pub company_id: CompanyId,
    /// The plot, or the building.
    pub plot_id: Option<PlotId>,
    /// The building, or the plot.
    pub building_id: Option<BuildingId>,
    /// How.
    pub kind: OccupancyKind,
    /// First day.
    pub from_on: Option<NaiveDate>,
}

/// The end of an occupancy.
#[derive(Debug, Clone, InputObject)]
pub struct EndOccupancyInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub occupancy_id: OccupancyId,
    /// The version you saw.
    pub version: i32,
    /// Last day.
    pub until_on: NaiveDate,
}

/// What became of `linkCompany`.
#[derive(Union)]
pub enum LinkCompanyPayload {
    Linked(CompanyLinked),
    Taken(IdTaken),
}

/// The link is there.
#[derive(SimpleObject)]
pub struct CompanyLinked {
    /// The new link.
    pub occupancy: Occupancy,
}

/// What became of `endOccupancy`.
#[derive(Union)]
pub enum EndOccupancyPayload {
    Ended(OccupancyEnded),
    Changed(OccupancyChangedMeanwhile),
}

/// It has a last day.
#[derive(SimpleObject)]
pub struct OccupancyEnded {
    /// As it is now.
    pub occupancy: Occupancy,
}

/// Somebody else changed it since the version you saw.
#[derive(SimpleObject)]
pub struct OccupancyChangedMeanwhile {
    /// The version you saw.
    pub seen: i32,
    /// As it is now.
    pub occupancy: Occupancy,
}

#[derive(Default)]
pub struct CompanyMutation;

#[Object]
impl CompanyMutation {
    /// Links a company to a plot or building by hand: for what an import could not link. Aanjager and park manager.
    async fn link_company(&self, context: &Context<'_>, input: LinkCompanyInput) -> Result<LinkCompanyPayload> {
        service::link(context, input).await
    }

    /// Gives an occupancy its last day. Aanjager and park manager.
    async fn end_occupancy(&self, context: &Context<'_>, input: EndOccupancyInput) -> Result<EndOccupancyPayload> {
        service::end(context, input).await
    }
}
