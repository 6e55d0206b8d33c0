//! Once: the same command id gives the same answer, however often it arrives (`sync.md` S2).

use sea_orm::FromQueryResult;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::Caller;
use crate::error::{Result, invalid};
use terrein_shared::Reason;

#[derive(FromQueryResult)]
struct Logged {
    content_hash: Vec<u8>,
    outcome: serde_json::Value,
}

/// Does `change` once per (person, `command`). A repeat answers what the first one did, without doing it; the same id with other
/// content is refused. All in the request's transaction: log and change are kept together or not at all.
///
/// # Errors
/// [`crate::error::Error::Unauthenticated`] for a visitor; `Invalid { field: "commandId" }` for an id used for something else; and what `change` says.
pub async fn once<O, F>(caller: &Caller, command: Uuid, content: &impl Serialize, change: F) -> Result<O>
where
    O: Serialize + DeserializeOwned,
    F: Future<Output = Result<O>>,
{
    let person = caller.viewer().await?.id;
    let content = serde_json::to_vec(content).map_err(|error| crate::error::Error::Internal(error.into()))?;
    let hash = blake3::hash(&content).as_bytes().to_vec();
    // Claimed first: a second sender of the same command waits here until the first is through, then finds its answer.
    let claimed = caller
        .run(
            "insert into command_log (person_id, command_id, content_hash, outcome) values ($1, $2, $3, 'null') on conflict do nothing",
            [person.into(), command.into(), hash.clone().into()],
        )
        .await?;
    if claimed == 0 {
        let logged: Option<Logged> = caller
            .one("select content_hash, outcome from command_log where person_id = $1 and command_id = $2", [person.into(), command.into()])
            .await?;
        return match logged {
            Some(logged) if logged.content_hash == hash => {
                serde_json::from_value(logged.outcome).map_err(|error| crate::error::Error::Internal(error.into()))
            }
            _ => Err(invalid("commandId", Reason::CommandReused)),
        };
    }
    let outcome = change.await?;
    let value = serde_json::to_value(&outcome).map_err(|error| crate::error::Error::Internal(error.into()))?;
    caller
        .run("update command_log set outcome = $3 where person_id = $1 and command_id = $2", [person.into(), command.into(), value.into()])
        .await?;
    Ok(outcome)
}
