//! Slices enqueue here, in their transaction.

use serde::Serialize;

use crate::access::Caller;
use crate::error::{Error, Result};

/// Queues `task` with `payload`; a `key` replaces an earlier job of the same key that has not begun.
///
/// # Errors
/// As the database answers.
pub async fn enqueue(caller: &Caller, task: &str, payload: &impl Serialize, key: Option<&str>) -> Result<()> {
    let payload = serde_json::to_value(payload).map_err(|error| Error::Internal(error.into()))?;
    caller.run("select app.enqueue($1, $2::json, $3)", [task.into(), payload.into(), key.into()]).await?;
    Ok(())
}
