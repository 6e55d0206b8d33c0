//! For whom a device speaks.

use crate::access::{Actor, Caller};
use crate::app::App;
use crate::error::Result;

/// The header that says so: `person:…`, or `nobody`.
pub const SPEAKER: &str = "x-terrein-person";

/// Whether the session is that of the person for whom the device speaks: so that nobody's queue is sent, and nobody's copy filled, as
/// somebody else who signed in on the same device meanwhile (`sync.md` S12).
///
/// # Errors
/// As the database answers.
pub async fn speaks_for(app: &App, caller: &Caller, said: &str) -> Result<bool> {
    if let Some(session) = caller.session().filter(|session| session.eyes().is_some()) {
        let own = Caller::new(app.database.clone(), Some(session.own()), caller.language, app.clock);
        let speaks = Box::pin(speaks_for(app, &own, said)).await;
        own.finish(true).await?;
        return speaks;
    }
    Ok(match caller.actor().await? {
        Actor::Person(viewer) | Actor::Token { viewer, .. } => viewer.id.to_string() == said,
        Actor::Anonymous => said == "nobody",
    })
}
