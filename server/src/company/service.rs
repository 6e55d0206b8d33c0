//! Reads and commands of companies and occupancy.

use async_graphql::{Context, InputType};
use serde::{Deserialize, Serialize};
use terrein_shared::Reason;
use terrein_shared::id::{OccupancyId, TerrainId};
use terrein_shared::page::{Page, Rows};
use uuid::Uuid;

use super::graphql::{
    COLUMNS, Company, CompanyLinked, EndOccupancyInput, EndOccupancyPayload, LinkCompanyInput, LinkCompanyPayload, OCCUPANCY_COLUMNS,
    Occupancy, OccupancyChangedMeanwhile, OccupancyEnded,
};
use crate::access::Caller;
use crate::access::membership::signed_in;
use crate::access::once::{Shown, once_showing};
use crate::access::policy::{Action, On, may};
use crate::error::{Error, Result, Subject, invalid};
use crate::listing::{Conditions, Order, SpatialFilter, list};
use crate::loader::{caller, load};
use crate::schema::IdTaken;

/// Companies of a terrain that the caller may see, by name.
///
/// # Errors
/// `Invalid` for a filter that is none.
pub async fn list_companies(caller: &Caller, terrain: TerrainId, filter: Option<SpatialFilter>, page: &Page) -> Result<Rows<Company>> {
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]);
    if filter.is_some() {
        // A shielded address is not found by its place either.
        conditions.and("not address_shielded", []);
    }
    conditions.lying(filter)?;
    list(caller, "company", COLUMNS, Order { column: "name", kind: "text", newest_first: false }, conditions, page).await
}

/// What linking came to: the occupancy that stands. Kept as its id alone, as before an id could be taken.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Linked {
    Done(Uuid),
    Taken,
}

/// The link that is there becomes the person's, also one that had ended; else it is made. Nothing when the id is another's.
const LINK: &str = "with there as (
    update occupancy set linked_by = 'person', from_on = coalesce($7, from_on), until_on = null, deleted_at = null, version = version + 1
    where company_id = $3 and plot_id is not distinct from $4 and building_id is not distinct from $5 and kind = $6 returning id),
  made as (
    insert into occupancy (id, terrain_id, company_id, plot_id, building_id, kind, from_on, linked_by)
    select $1, $2, $3, $4, $5, $6, $7, 'person' where not exists (select from there) on conflict do nothing returning id)
  select id from there union all select id from made";

pub(super) async fn link(context: &Context<'_>, input: LinkCompanyInput) -> Result<LinkCompanyPayload> {
    let caller = caller(context)?;
    signed_in(caller).await?;
    let content = InputType::to_value(&input);
    let change = async {
        let company = load(context, input.company_id).await?.ok_or(Error::NotFound(Subject::Company))?;
        let terrain = company.terrain_id.ok_or(Error::NotFound(Subject::Company))?;
        may(caller.actor().await?, Action::LinkCompany, On::Terrain(terrain)).map_err(Error::Forbidden)?;
        match (input.plot_id, input.building_id) {
            (Some(plot), None) => load(context, plot).await?.map(drop).ok_or(Error::NotFound(Subject::Plot))?,
            (None, Some(building)) => load(context, building).await?.map(drop).ok_or(Error::NotFound(Subject::Building))?,
            _ => return Err(invalid("plotId", Reason::ExactlyOne)),
        }
        // A person's word stands above an import's: the same link made by an import becomes the person's.
        let values = || {
            [
                input.occupancy_id.into(),
                terrain.into(),
                input.company_id.into(),
                input.plot_id.map(|id| id.0).into(),
                input.building_id.map(|id| id.0).into(),
                input.kind.into(),
                input.from_on.into(),
            ]
        };
        let made = match caller.one::<Made>(LINK, values()).await? {
            // Somebody made this very link in between: it is there now.
            None => caller.one(LINK, values()).await?,
            made => made,
        };
        Ok(made.map_or(Linked::Taken, |made| Linked::Done(made.id)))
    };
    let rows = |linked: &Linked| match linked {
        Linked::Done(id) => vec![shown(OccupancyId(*id))],
        Linked::Taken => Vec::new(),
    };
    let answered = once_showing(caller, input.command_id, &content, change, rows).await?;
    Ok(match answered.outcome {
        Linked::Done(id) => LinkCompanyPayload::Linked(CompanyLinked { occupancy: answered.row(caller, &shown(OccupancyId(id))).await? }),
        Linked::Taken => LinkCompanyPayload::Taken(IdTaken::of(input.occupancy_id)),
    })
}

#[derive(sea_orm::FromQueryResult)]
struct Made {
    id: Uuid,
}

#[derive(Serialize, Deserialize)]
enum Ended {
    Done,
    Changed,
}

pub(super) async fn end(context: &Context<'_>, input: EndOccupancyInput) -> Result<EndOccupancyPayload> {
    let caller = caller(context)?;
    signed_in(caller).await?;
    let content = InputType::to_value(&input);
    let change = async {
        let occupancy = get(caller, input.occupancy_id).await?;
        let terrain = occupancy.terrain_id.ok_or(Error::NotFound(Subject::Occupancy))?;
        may(caller.actor().await?, Action::LinkCompany, On::Terrain(terrain)).map_err(Error::Forbidden)?;
        let ended = caller
            .run(
                "update occupancy set until_on = $2, linked_by = 'person', version = version + 1 where id = $1 and version = $3",
                [input.occupancy_id.into(), input.until_on.into(), input.version.into()],
            )
            .await?;
        Ok(if ended == 1 { Ended::Done } else { Ended::Changed })
    };
    let answered = once_showing(caller, input.command_id, &content, change, |_| vec![shown(input.occupancy_id)]).await?;
    let occupancy = answered.row(caller, &shown(input.occupancy_id)).await?;
    Ok(match answered.outcome {
        Ended::Done => EndOccupancyPayload::Ended(OccupancyEnded { occupancy }),
        Ended::Changed => EndOccupancyPayload::Changed(OccupancyChangedMeanwhile { seen: input.version, occupancy }),
    })
}

async fn get(caller: &Caller, id: OccupancyId) -> Result<Occupancy> {
    let sql = format!("select {OCCUPANCY_COLUMNS} from occupancy where id = $1 and deleted_at is null");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Occupancy))
}

fn shown(id: OccupancyId) -> Shown {
    Shown { table: "occupancy", columns: OCCUPANCY_COLUMNS, id: id.0, subject: Subject::Occupancy }
}
