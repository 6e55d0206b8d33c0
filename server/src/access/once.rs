//! Once: the same command id gives the same answer, however often it arrives (`sync.md` S2), also when the thing or the right has gone since.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::Caller;
use crate::error::{Error, Result, Subject, invalid};
use terrein_shared::Reason;

#[derive(FromQueryResult)]
struct Logged {
    content_hash: Vec<u8>,
    outcome: serde_json::Value,
}

/// A row that the answer to a command shows, in a table with tombstones.
pub struct Shown {
    pub table: &'static str,
    /// As the slice reads them.
    pub columns: &'static str,
    pub id: Uuid,
    /// What it is called when there is none.
    pub subject: Subject,
}

/// What no answer shows, and what is only there to find rows by.
const NOT_KEPT: &str = "{device_geom,device_accuracy_m,device_heading_deg,device_at,geom_web,cell,search}";

/// What a command came to, and the rows of its answer as they were when it was done.
#[derive(Deserialize)]
pub struct Answered<O> {
    pub outcome: O,
    /// By table; empty while the command is being done: then what is there now is what it shows.
    rows: HashMap<String, Option<serde_json::Value>>,
}

impl<O> Answered<O> {
    /// A row of the answer as it is now; when it is gone or no longer the caller's to see, as it was when the command was done.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is neither here nor kept.
    pub async fn row<T: FromQueryResult>(&self, caller: &Caller, shown: &Shown) -> Result<T> {
        let Shown { table, columns, id, subject } = shown;
        let now = format!("select {columns} from {table} where id = $1 and deleted_at is null");
        if let Some(row) = caller.one(&now, [(*id).into()]).await? {
            return Ok(row);
        }
        let Some(Some(kept)) = self.rows.get(*table) else { return Err(Error::NotFound(*subject)) };
        let then = format!("select {columns} from jsonb_populate_record(null::{table}, $1)");
        caller.one(&then, [kept.clone().into()]).await?.ok_or(Error::NotFound(*subject))
    }
}

/// What was kept of a first answer: with the rows it showed, or, of before those were kept, the outcome alone.
fn first_answer<O: DeserializeOwned>(kept: serde_json::Value) -> serde_json::Result<Answered<O>> {
    let with_rows = kept.as_object().is_some_and(|kept| kept.len() == 2 && kept.contains_key("outcome") && kept.contains_key("rows"));
    if with_rows {
        return serde_json::from_value(kept);
    }
    Ok(Answered { outcome: serde_json::from_value(kept)?, rows: HashMap::new() })
}

/// Does `change` once per (person, `command`). A repeat answers what the first one did, without doing it; the same id with other
/// content is refused. All in the request's transaction: log and change are kept together or not at all.
///
/// What `change` needs to know of the thing and of the caller's rights it reads itself: a repeat must not stumble over what went since.
///
/// # Errors
/// [`Error::Unauthenticated`] for a visitor; `Invalid { field: "commandId" }` for an id used for something else; and what `change` says.
pub async fn once<O, F>(caller: &Caller, command: Uuid, content: &impl Serialize, change: F) -> Result<O>
where
    O: Serialize + DeserializeOwned,
    F: Future<Output = Result<O>>,
{
    once_showing(caller, command, content, change, |_| Vec::new()).await.map(|answered| answered.outcome)
}

/// [`once`], with rows in its answer (at most one a table), which are kept with it.
///
/// # Errors
/// As [`once`].
pub async fn once_showing<O, F>(
    caller: &Caller,
    command: Uuid,
    content: &impl Serialize,
    change: F,
    shown: impl FnOnce(&O) -> Vec<Shown>,
) -> Result<Answered<O>>
where
    O: Serialize + DeserializeOwned,
    F: Future<Output = Result<O>>,
{
    let person = caller.viewer().await?.id;
    let content = serde_json::to_vec(content).map_err(|error| Error::Internal(error.into()))?;
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
            Some(logged) if logged.content_hash == hash => first_answer(logged.outcome).map_err(|error| Error::Internal(error.into())),
            _ => Err(invalid("commandId", Reason::CommandReused)),
        };
    }
    let outcome = change.await?;
    let value = serde_json::to_value(&outcome).map_err(|error| Error::Internal(error.into()))?;
    let mut values: Vec<Value> = vec![person.into(), command.into(), value.into()];
    let rows = shown(&outcome).into_iter().map(|Shown { table, id, .. }| {
        values.push(id.into());
        format!("'{table}', (select to_jsonb(kept) - '{NOT_KEPT}'::text[] from {table} kept where id = ${})", values.len())
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    let sql = format!(
        "update command_log set outcome = jsonb_build_object('outcome', $3::jsonb, 'rows', jsonb_build_object({rows}))
         where person_id = $1 and command_id = $2"
    );
    caller.run(&sql, values).await?;
    Ok(Answered { outcome, rows: HashMap::new() })
}
