//! Commands on a promise: check, change, in the request's transaction.

use async_graphql::InputType;
use serde::{Deserialize, Serialize};
use terrein_shared::text;

use super::promise::{
    KeepPromiseInput, KeepPromisePayload, MakePromiseInput, MakePromisePayload, PromiseKept, PromiseMade, PromiseWithdrawn,
    WithdrawPromiseInput, WithdrawPromisePayload,
};
use super::queries::{get_conversation, get_promise, shown_promise};
use super::rules::{PROMISE, PromiseOwner, day};
use super::service::{company_here, issues_here};
use crate::access::Caller;
use crate::access::once::{once, once_showing};
use crate::access::policy::{Action, Denial, On, may};
use crate::error::{Error, InField, Result, Subject};
use crate::schema::IdTaken;
use crate::terrain::get_terrain;

/// What making came to.
#[derive(Serialize, Deserialize)]
enum Made {
    Done,
    Taken,
}

pub(super) async fn make(caller: &Caller, input: MakePromiseInput) -> Result<MakePromisePayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let promise = input.promise_id;
    let change = async {
        let terrain = get_terrain(caller, input.terrain_id).await?.id;
        may(caller.actor().await?, Action::MakePromise, On::Terrain(terrain)).map_err(Error::Forbidden)?;
        let (role, organisation) = viewer.talks_on(terrain).ok_or(Error::Forbidden(Denial::NotYourRole))?;
        let words = text::required(input.text, PROMISE).in_field("text")?;
        let due = input.due_on.map(|due| day(due, "dueOn")).transpose()?;
        let place = input.geometry.map(|place| place.shape.in_field("geometry")).transpose()?;
        let mut company = input.company_id;
        if let Some(conversation) = input.conversation_id {
            let conversation = get_conversation(caller, conversation).await?;
            if conversation.terrain_id != terrain {
                return Err(Error::NotFound(Subject::Conversation));
            }
            company = company.or(conversation.company_id);
        }
        if let Some(company) = input.company_id {
            company_here(caller, terrain, company).await?;
        }
        issues_here(caller, terrain, input.issue_id.as_slice()).await?;
        let made = caller
            .run(
                "insert into promise (id, terrain_id, conversation_id, issue_id, company_id, text, owned_by, due_on, geom, author_id, organisation_id,
                   author_role, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9::bytea::geometry, $10, $11, $12, $13) on conflict (id) do nothing",
                [
                    promise.into(),
                    terrain.into(),
                    input.conversation_id.map(|id| id.0).into(),
                    input.issue_id.map(|id| id.0).into(),
                    company.map(|id| id.0).into(),
                    words.into(),
                    input.owned_by.unwrap_or(PromiseOwner::Us).into(),
                    due.into(),
                    place.map(|place| place.to_ewkb()).into(),
                    viewer.id.into(),
                    organisation.into(),
                    role.word().into(),
                    caller.clock.now().into(),
                ],
            )
            .await?;
        Ok(if made == 1 { Made::Done } else { Made::Taken })
    };
    let rows = |outcome: &Made| if matches!(outcome, Made::Done) { vec![shown_promise(promise)] } else { Vec::new() };
    let answered = once_showing(caller, input.command_id, &content, change, rows).await?;
    Ok(match answered.outcome {
        Made::Done => MakePromisePayload::Made(PromiseMade { promise: answered.row(caller, &shown_promise(promise)).await? }),
        Made::Taken => MakePromisePayload::Taken(IdTaken::of(promise)),
    })
}

/// Said twice, it stays kept since the first time.
pub(super) async fn keep(caller: &Caller, input: KeepPromiseInput) -> Result<KeepPromisePayload> {
    let change = async {
        let before = get_promise(caller, input.promise_id).await?;
        may(caller.actor().await?, Action::KeepPromise, before.facts()).map_err(Error::Forbidden)?;
        let sql = "update promise set done_at = case when $2 then $3 end, version = version + 1
                   where id = $1 and deleted_at is null and (done_at is not null) <> $2";
        caller.run(sql, [input.promise_id.into(), input.done.into(), caller.clock.now().into()]).await.map(drop)
    };
    let content = InputType::to_value(&input);
    let answered = once_showing(caller, input.command_id, &content, change, |()| vec![shown_promise(input.promise_id)]).await?;
    Ok(KeepPromisePayload::Kept(PromiseKept { promise: answered.row(caller, &shown_promise(input.promise_id)).await? }))
}

pub(super) async fn withdraw(caller: &Caller, input: WithdrawPromiseInput) -> Result<WithdrawPromisePayload> {
    once(caller, input.command_id, &InputType::to_value(&input), async {
        let before = get_promise(caller, input.promise_id).await?;
        may(caller.actor().await?, Action::WithdrawPromise, before.facts()).map_err(Error::Forbidden)?;
        let sql = "update promise set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        caller.run(sql, [input.promise_id.into()]).await.map(drop)
    })
    .await?;
    Ok(WithdrawPromisePayload::Withdrawn(PromiseWithdrawn { id: input.promise_id }))
}
