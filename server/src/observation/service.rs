//! Reads and commands of observations.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputType};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::Reason;
use terrein_shared::id::{ObservationId, TerrainId, parse};
use terrein_shared::page::{Page, Rows};
use uuid::Uuid;

use super::graphql::{
    COLUMNS, Observation, ObservationMade, ObservationWithdrawn, ObserveInput, ObservePayload, WithdrawObservationInput,
    WithdrawObservationPayload,
};
use super::rules::ObservationQuestion;
use crate::access::Caller;
use crate::access::once::{Shown, once, once_showing};
use crate::access::policy::{Action, On, may};
use crate::error::{Error, InField, Result, Subject, invalid};
use crate::listing::{Conditions, Order, list, uuids};
use crate::loader::{Reader, Shared, load};
use crate::schema::IdTaken;
use crate::terrain::get_terrain;

/// What the caller's team saw on a terrain, newest first.
///
/// # Errors
/// As the database answers.
pub async fn list_observations(caller: &Caller, terrain: TerrainId, page: &Page) -> Result<Rows<Observation>> {
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]);
    list(caller, "observation", COLUMNS, Order { column: "seen_at", kind: "timestamptz", newest_first: true }, conditions, page).await
}

/// The newest answer to each question about a thing, as far as the caller may see it; for a list of things one statement.
///
/// # Errors
/// As the database answers.
pub async fn newest_of(context: &Context<'_>, subject: Uuid) -> Result<Vec<Observation>> {
    Ok(load(context, ObservationsOf(subject)).await?.unwrap_or_default())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ObservationsOf(Uuid);

impl Loader<ObservationsOf> for Reader {
    type Value = Vec<Observation>;
    type Error = Shared;

    async fn load(&self, keys: &[ObservationsOf]) -> Result<HashMap<ObservationsOf, Vec<Observation>>, Shared> {
        let sql = format!(
            "select distinct on (subject_id, question) {COLUMNS} from observation
             where subject_id = any (($1::text)::uuid[]) and deleted_at is null
             order by subject_id, question, seen_at desc, created_at desc, id desc"
        );
        let rows: Vec<Observation> = self.0.all(&sql, [uuids(keys.iter().map(|key| key.0))]).await.map_err(Arc::new)?;
        let mut found: HashMap<ObservationsOf, Vec<Observation>> = HashMap::new();
        for row in rows {
            found.entry(ObservationsOf(row.subject_id)).or_default().push(row);
        }
        Ok(found)
    }
}

fn shown(id: ObservationId) -> Shown {
    Shown { table: "observation", columns: COLUMNS, id: id.0, subject: Subject::Observation }
}

/// What observing came to.
#[derive(Serialize, Deserialize)]
enum Noted {
    Done,
    Taken,
}

pub(super) async fn observe(caller: &Caller, input: ObserveInput) -> Result<ObservePayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let (id, question) = (input.observation_id, input.question);
    let change = async {
        let terrain = get_terrain(caller, input.terrain_id).await?.id;
        may(caller.actor().await?, Action::Observe, On::Terrain(terrain)).map_err(Error::Forbidden)?;
        let (role, organisation) = viewer.role_on(terrain).ok_or(Error::NotFound(Subject::Terrain))?;
        let subject = match parse(&input.subject_id) {
            Some((kind, subject)) if kind == question.kind() => subject,
            _ => return Err(invalid("subjectId", Reason::DoesNotFit)),
        };
        let answer = question.answer(input.answer.clone()).in_field("answer")?;
        let table = question.kind();
        stands_on(caller, terrain, question, subject).await?;
        let now = caller.clock.now();
        let sql = format!(
            "insert into observation (id, terrain_id, {table}_id, question, answer, seen_at, author_id, organisation_id, author_role, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing"
        );
        let values = [
            id.into(),
            terrain.into(),
            subject.into(),
            question.into(),
            answer.into(),
            believed(input.seen_at, now).into(),
            viewer.id.into(),
            organisation.into(),
            role.word().into(),
            now.into(),
        ];
        Ok(if caller.run(&sql, values).await? == 1 { Noted::Done } else { Noted::Taken })
    };
    let rows = |noted: &Noted| if matches!(noted, Noted::Done) { vec![shown(id)] } else { Vec::new() };
    let answered = once_showing(caller, input.command_id, &content, change, rows).await?;
    Ok(match answered.outcome {
        Noted::Done => ObservePayload::Observed(ObservationMade { observation: answered.row(caller, &shown(id)).await? }),
        Noted::Taken => ObservePayload::Taken(IdTaken::of(id)),
    })
}

/// A phone's word on when: not after it came in, so that a clock that runs ahead does not win for good; and no year that is none.
fn believed(said: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    said.clamp(DateTime::UNIX_EPOCH.min(now), now)
}

#[derive(FromQueryResult)]
struct Found {}

/// Refuses a subject that is hidden, missing or elsewhere, without saying which.
async fn stands_on(caller: &Caller, terrain: TerrainId, question: ObservationQuestion, subject: Uuid) -> Result<()> {
    let sql = format!("select from {} where id = $1 and terrain_id = $2 and deleted_at is null", question.kind());
    let found: Option<Found> = caller.one(&sql, [subject.into(), terrain.into()]).await?;
    found.map(|Found {}| ()).ok_or(Error::NotFound(question.subject()))
}

pub(super) async fn withdraw(caller: &Caller, input: WithdrawObservationInput) -> Result<WithdrawObservationPayload> {
    let id = input.observation_id;
    once(caller, input.command_id, &InputType::to_value(&input), async {
        let sql = format!("select {COLUMNS} from observation where id = $1 and deleted_at is null");
        let before: Observation = caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Observation))?;
        may(caller.actor().await?, Action::WithdrawObservation, before.facts()).map_err(Error::Forbidden)?;
        let sql = "update observation set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        caller.run(sql, [id.into()]).await.map(drop)
    })
    .await?;
    Ok(WithdrawObservationPayload::Withdrawn(ObservationWithdrawn { id }))
}
