//! The terrain in the graph: the page from which everything on it can be read.

use async_graphql::{ComplexObject, Context, InputObject, MaybeUndefined, Object, SimpleObject, Union};
use sea_orm::FromQueryResult;
use terrein_shared::geometry::GeoJsonText;
use terrein_shared::id::TerrainId;
use uuid::Uuid;

use super::service;
use crate::access::graphql::Permission;
use crate::access::policy::{Action, On};
use crate::building::{BuildingConnection, list_buildings};
use crate::company::{CompanyConnection, list_companies};
use crate::conversation::{
    ConversationConnection, ConversationFilter, CoverageConnection, PromiseConnection, PromiseFilter, list_conversations, list_coverage,
    list_promises,
};
use crate::error::Result;
use crate::infrastructure::{InfrastructureConnection, list_infrastructure};
use crate::issue::{IssueConnection, IssueFilter, list_issues};
use crate::listing::{PageLimit, SpatialFilter, page};
use crate::loader::{caller, load};
use crate::observation::{ObservationConnection, list_observations};
use crate::plot::{PlotConnection, list_plots};
use crate::provenance::{self, Provenance};

pub const COLUMNS: &str = "id, name, locality, ibis_number, ST_Area(geom_rd) as area_m2, gross_m2, net_m2, start_year, audience, version, \
    geom as geometry, source, source_id, source_on, licence, edited_fields";

crate::vocabulary! {
    /// Who sees a terrain: that it is there, its outline, and that something lies on it. What is in a public register (plots, buildings, addresses,
    /// infrastructure) stays public as such, and issues have an audience of their own.
    TerrainAudience {
        /// Those with a role on it.
        Terrain = "terrain",
        /// Everybody.
        Public = "public",
    }
}

/// A business park.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Terrain {
    /// `terrain:…`
    pub id: TerrainId,
    /// Its name.
    pub name: String,
    /// Town or village.
    locality: Option<String>,
    /// Number in IBIS; text, not unique for each polygon there.
    ibis_number: Option<String>,
    /// Square metres as measured in RD.
    area_m2: f64,
    /// Square metres gross, as registered.
    gross_m2: Option<f64>,
    /// Square metres net, as registered.
    net_m2: Option<f64>,
    /// Year it was begun.
    start_year: Option<i32>,
    /// Who sees it.
    audience: TerrainAudience,
    /// Version a change is based on.
    pub version: i32,
    /// Its outline: a planning line, not the union of parcels.
    geometry: GeoJsonText,
    #[graphql(skip)]
    #[sea_orm(nested)]
    provenance: provenance::FromRow,
}

terrein_shared::plain!(Terrain {
    "id" => id,
    "name" => name,
    "locality" => locality,
    "ibisNumber" => ibis_number,
    "areaM2" => area_m2,
    "grossM2" => gross_m2,
    "netM2" => net_m2,
    "startYear" => start_year,
    "audience" => audience,
    "version" => version,
    "geometry" => geometry,
});
terrein_shared::connection!(TerrainConnection, TerrainEdge, Terrain, "terrains");
crate::by_id!(TerrainId, Terrain, "terrain", COLUMNS);

/// A municipality.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
pub struct Municipality {
    /// CBS code: `GM0363`.
    code: String,
    /// Its name, when the municipalities were imported.
    name: Option<String>,
}

/// How much there is, as far as you may see it.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
pub struct TerrainCounts {
    /// Plots.
    plots: i32,
    /// Buildings.
    buildings: i32,
    /// Companies.
    companies: i32,
    /// Issues that nobody has taken up yet.
    open_issues: i32,
    /// Problems among them.
    open_problems: i32,
    /// Opportunities among them.
    open_opportunities: i32,
    /// Challenges among them.
    open_challenges: i32,
}

/// What you may do on a terrain, and if not, why not.
#[derive(SimpleObject)]
pub struct TerrainViewerCan {
    /// Pin an issue.
    report_issue: Permission,
    /// Correct its data.
    edit: Permission,
    /// Link companies to plots and buildings.
    link_company: Permission,
    /// Say what you saw on the spot.
    observe: Permission,
    /// Write down a talk.
    record_conversation: Permission,
    /// Write down a promise.
    make_promise: Permission,
}

#[ComplexObject]
impl Terrain {
    /// Where this comes from.
    async fn provenance(&self) -> Option<&Provenance> {
        self.provenance.0.as_ref()
    }

    /// Municipalities it lies in; there may be several.
    async fn municipalities(&self, context: &Context<'_>) -> Result<Vec<Municipality>> {
        Ok(load(context, service::MunicipalitiesOf(self.id)).await?.unwrap_or_default())
    }

    /// How much there is on it, as far as you may see it.
    async fn counts(&self, context: &Context<'_>) -> Result<TerrainCounts> {
        service::count(caller(context)?, self.id, &service::Counted::asked(context)).await
    }

    /// Its plots, by key.
    async fn plots(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<SpatialFilter>,
    ) -> Result<PlotConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_plots(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// Its buildings, by BAG id.
    async fn buildings(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<SpatialFilter>,
    ) -> Result<BuildingConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_buildings(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// Companies on it that you may see, by name.
    async fn companies(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<SpatialFilter>,
    ) -> Result<CompanyConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_companies(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// What stands and lies on it, by kind.
    async fn infrastructure(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<SpatialFilter>,
    ) -> Result<InfrastructureConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_infrastructure(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// Issues on it that you may see, newest first.
    async fn issues(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<IssueFilter>,
    ) -> Result<IssueConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_issues(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// What your team saw on the spot, newest first.
    async fn observations(&self, context: &Context<'_>, first: i32, after: Option<String>) -> Result<ObservationConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_observations(caller(context)?, self.id, &page).await?.into())
    }

    /// Conversations your team held here, the last first.
    async fn conversations(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<ConversationFilter>,
    ) -> Result<ConversationConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_conversations(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// Promises your team made or was made here, by the day they are due; those without a day last.
    async fn promises(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<PromiseFilter>,
    ) -> Result<PromiseConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_promises(caller(context)?, self.id, filter, &page).await?.into())
    }

    /// Companies here, the next to visit first: those your team never spoke with, then those it spoke with longest ago. Nothing for whoever
    /// does not talk with parties here.
    async fn coverage(&self, context: &Context<'_>, first: i32, after: Option<String>) -> Result<CoverageConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(list_coverage(caller(context)?, self.id, &page).await?.into())
    }

    /// What you may do here.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<TerrainViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = |action| Permission::of(actor, action, On::Terrain(self.id));
        Ok(TerrainViewerCan {
            report_issue: may(Action::ReportIssue),
            edit: may(Action::EditTerrain),
            link_company: may(Action::LinkCompany),
            observe: may(Action::Observe),
            record_conversation: may(Action::RecordConversation),
            make_promise: may(Action::MakePromise),
        })
    }
}

/// Which terrains.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TerrainFilter {
    /// Part of the name or town.
    pub text: Option<String>,
    /// West, south, east, north in degrees.
    pub bbox: Option<Vec<f64>>,
    /// CBS code: `GM0363`.
    pub municipality_code: Option<String>,
}

#[derive(Default)]
pub struct TerrainQuery;

#[Object]
impl TerrainQuery {
    /// One business park; nothing when it does not exist or is not shared with you.
    async fn terrain(&self, context: &Context<'_>, id: TerrainId) -> Result<Option<Terrain>> {
        load(context, id).await
    }

    /// Business parks you may see, by name.
    async fn terrains(
        &self,
        context: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<TerrainFilter>,
    ) -> Result<TerrainConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        Ok(service::list_terrains(caller(context)?, filter.unwrap_or_default(), &page).await?.into())
    }
}

/// Corrections to a terrain; what is left out stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct EditTerrainInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub terrain_id: TerrainId,
    /// The version you saw.
    pub version: i32,
    /// Its name.
    pub name: Option<String>,
    /// Town or village.
    pub locality: MaybeUndefined<String>,
    /// Who sees it.
    pub audience: Option<TerrainAudience>,
}

/// What became of `editTerrain`.
#[derive(Union)]
pub enum EditTerrainPayload {
    Edited(TerrainEdited),
    Changed(TerrainChangedMeanwhile),
}

/// It is corrected.
#[derive(SimpleObject)]
pub struct TerrainEdited {
    /// As it is now.
    pub terrain: Terrain,
}

/// Somebody else changed it since the version you saw.
#[derive(SimpleObject)]
pub struct TerrainChangedMeanwhile {
    /// The version you saw.
    pub seen: i32,
    /// As it is now.
    pub terrain: Terrain,
}

#[derive(Default)]
pub struct TerrainMutation;

#[Object]
impl TerrainMutation {
    /// Corrects a terrain's data; later imports leave corrected fields alone. Aanjager.
    async fn edit_terrain(&self, context: &Context<'_>, input: EditTerrainInput) -> Result<EditTerrainPayload> {
        service::edit(caller(context)?, input).await
    }
}
