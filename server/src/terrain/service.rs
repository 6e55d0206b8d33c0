//! Reads and commands of the terrain.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputType};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::id::TerrainId;
use terrein_shared::page::{Page, Rows};
use terrein_shared::text;

use super::graphql::{
    COLUMNS, EditTerrainInput, EditTerrainPayload, Municipality, Terrain, TerrainChangedMeanwhile, TerrainCounts, TerrainEdited,
    TerrainFilter,
};
use crate::access::Caller;
use crate::access::membership::signed_in;
use crate::access::once::{Shown, once_showing};
use crate::access::policy::{Action, On, may};
use crate::error::{Error, InField, Result, Subject};
use crate::listing::{Conditions, Order, SpatialFilter, list, uuids};
use crate::loader::{Reader, Shared};

/// A terrain the caller may see.
///
/// # Errors
/// `NotFound` for a hidden one and a missing one alike.
pub async fn get_terrain(caller: &Caller, id: TerrainId) -> Result<Terrain> {
    let sql = format!("select {COLUMNS} from terrain where id = $1 and deleted_at is null");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Terrain))
}

pub(super) async fn list_terrains(caller: &Caller, filter: TerrainFilter, page: &Page) -> Result<Rows<Terrain>> {
    let mut conditions = Conditions::new("deleted_at is null");
    if let Some(part) = text::optional(filter.text, 100).in_field("filter.text")? {
        // Few terrains, many names: a scan by name is cheaper than an index that policies would switch off.
        let part = format!("%{}%", part.replace(['%', '_', '\\'], " "));
        conditions.and("(name ilike ? or locality ilike ?)", [part.clone().into(), part.into()]);
    }
    if let Some(code) = text::optional(filter.municipality_code, 6).in_field("filter.municipalityCode")? {
        conditions.and("id in (select terrain_id from terrain_municipality where municipality_code = ?)", [code.into()]);
    }
    conditions.lying(Some(SpatialFilter { bbox: filter.bbox, ..SpatialFilter::default() }))?;
    list(caller, "terrain", COLUMNS, Order { column: "name", kind: "text", newest_first: false }, conditions, page).await
}

/// Which counts an answer needs: what nobody asks is not counted.
pub(super) struct Counted {
    plots: bool,
    buildings: bool,
    companies: bool,
    issues: bool,
}

impl Counted {
    pub(super) fn asked(context: &Context<'_>) -> Self {
        let asked = context.look_ahead();
        let has = |name: &str| asked.field(name).exists();
        Self {
            plots: has("plots"),
            buildings: has("buildings"),
            companies: has("companies"),
            issues: ["openIssues", "openProblems", "openOpportunities", "openChallenges"].into_iter().any(has),
        }
    }
}

pub(super) async fn count(caller: &Caller, terrain: TerrainId, counted: &Counted) -> Result<TerrainCounts> {
    // Only what is asked stands in the statement. With switches in it PostgreSQL finds it worth planning anew each time, for what they leave
    // out, with all their policies.
    let asked = |asked: bool, count: &'static str| if asked { count } else { "0" };
    let plots = asked(counted.plots, "(select count(*)::integer from plot where terrain_id = $1 and deleted_at is null)");
    let buildings = asked(counted.buildings, "(select count(*)::integer from building where terrain_id = $1 and deleted_at is null)");
    let companies = asked(
        counted.companies,
        "coalesce(nullif((select count(*)::integer from company where terrain_id = $1 and deleted_at is null), 0), app.company_count($1), 0)",
    );
    let issues = if counted.issues {
        "count(*)::integer as open_issues,
         (count(*) filter (where kind = 'problem'))::integer as open_problems,
         (count(*) filter (where kind = 'opportunity'))::integer as open_opportunities,
         (count(*) filter (where kind = 'challenge'))::integer as open_challenges
         from issue where terrain_id = $1 and deleted_at is null and state = 'open'"
    } else {
        "0 as open_issues, 0 as open_problems, 0 as open_opportunities, 0 as open_challenges where $1::uuid is not null"
    };
    let sql = format!("select {plots} as plots, {buildings} as buildings, {companies} as companies, {issues}");
    caller.one(&sql, [terrain.into()]).await?.ok_or(Error::NotFound(Subject::Terrain))
}

/// Municipalities of a terrain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MunicipalitiesOf(pub TerrainId);

#[derive(FromQueryResult)]
struct Lies {
    terrain_id: TerrainId,
    #[sea_orm(nested)]
    municipality: Municipality,
}

impl Loader<MunicipalitiesOf> for Reader {
    type Value = Vec<Municipality>;
    type Error = Shared;

    async fn load(&self, keys: &[MunicipalitiesOf]) -> Result<HashMap<MunicipalitiesOf, Vec<Municipality>>, Shared> {
        let rows: Vec<Lies> = self
            .0
            .all(
                "select t.terrain_id, t.municipality_code as code, m.name from terrain_municipality t
                 left join reference.municipality m on m.code = t.municipality_code
                 where t.terrain_id = any (($1::text)::uuid[]) order by t.municipality_code",
                [uuids(keys.iter().map(|key| key.0.0))],
            )
            .await
            .map_err(Arc::new)?;
        let mut found: HashMap<MunicipalitiesOf, Vec<Municipality>> = HashMap::new();
        for row in rows {
            found.entry(MunicipalitiesOf(row.terrain_id)).or_default().push(row.municipality);
        }
        Ok(found)
    }
}

#[derive(Serialize, Deserialize)]
enum Edited {
    Done,
    Changed,
}

pub(super) async fn edit(caller: &Caller, input: EditTerrainInput) -> Result<EditTerrainPayload> {
    signed_in(caller).await?;
    let content = InputType::to_value(&input);
    let change = async {
        let before = get_terrain(caller, input.terrain_id).await?;
        may(caller.actor().await?, Action::EditTerrain, On::Terrain(before.id)).map_err(Error::Forbidden)?;
        let name = input.name.clone().map(|name| text::required(name, 200)).transpose().in_field("name")?;
        let (locality, set_locality) = text::change(input.locality.clone(), 200).in_field("locality")?;
        let edited = caller
            .run(
                "update terrain set name = coalesce($3, name), locality = case when $5 then $4 else locality end, audience = coalesce($6, audience),
                   version = version + 1,
                   edited_fields = (select coalesce(array_agg(distinct f), '{}') from unnest(edited_fields
                     || case when $3::text is null then '{}' else '{name}'::text[] end || case when $5 then '{locality}'::text[] else '{}' end
                     || case when $6::text is null then '{}' else '{audience}'::text[] end) f)
                 where id = $1 and version = $2 and deleted_at is null",
                [
                    input.terrain_id.into(),
                    input.version.into(),
                    name.into(),
                    locality.into(),
                    set_locality.into(),
                    input.audience.map(super::TerrainAudience::word).into(),
                ],
            )
            .await?;
        Ok(if edited == 1 { Edited::Done } else { Edited::Changed })
    };
    let shown = || Shown { table: "terrain", columns: COLUMNS, id: input.terrain_id.0, subject: Subject::Terrain };
    let answered = once_showing(caller, input.command_id, &content, change, |_| vec![shown()]).await?;
    let terrain = answered.row(caller, &shown()).await?;
    Ok(match answered.outcome {
        Edited::Done => EditTerrainPayload::Edited(TerrainEdited { terrain }),
        Edited::Changed => EditTerrainPayload::Changed(TerrainChangedMeanwhile { seen: input.version, terrain }),
    })
}
