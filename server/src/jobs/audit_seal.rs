//! Seals the audit log each minute, so that no request waits for another to know its place in the chain; and forgets what is kept long
//! enough. Every node does it, one at a time: the database sees to that.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio_util::sync::CancellationToken;

/// How often what was added is sealed.
const EVERY: Duration = Duration::from_secs(60);
/// How often what is old enough goes, in turns of sealing.
const FORGET: u32 = 60;

/// What a seal came to.
#[derive(Debug, sqlx::FromRow)]
pub struct Sealed {
    pub number: i64,
    pub events: i32,
    pub hash: Vec<u8>,
}

/// Seals until `stop`, as `terrein_jobs`; events are kept for `years`. A database that is away is tried again at the next turn.
pub async fn run(jobs: PgConnectOptions, years: u8, stop: CancellationToken) {
    let options = jobs.application_name("terrein seals").options([("statement_timeout", "60s")]);
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    let mut turns = 0u32;
    while stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = seal(&pool).await {
            tracing::warn!(%error, "the audit log could not be sealed");
        }
        turns = turns.wrapping_add(1);
        if turns % FORGET == 1 {
            match sqlx::query_scalar::<_, i64>("select app.forget_audit($1)").bind(i32::from(years)).fetch_one(&pool).await {
                Ok(0) => {}
                Ok(rows) => tracing::info!(rows, "audit events that were kept long enough are forgotten"),
                Err(error) => tracing::warn!(%error, "the audit log could not be looked through"),
            }
        }
    }
}

/// Seals all that can be sealed now. The hash in the log of the server is what `terrein audit verify --known` compares with later: it is
/// out of reach of who changes the database.
///
/// # Errors
/// When the database does not answer.
pub async fn seal(queue: &PgPool) -> sqlx::Result<Vec<Sealed>> {
    let mut seals = Vec::new();
    while let Some(sealed) = sqlx::query_as::<_, Sealed>("select number, events, hash from app.seal_audit()").fetch_optional(queue).await? {
        tracing::info!(audit.seal = sealed.number, audit.events = sealed.events, audit.hash = %terrein_shared::text::hex(&sealed.hash), "sealed");
        seals.push(sealed);
    }
    Ok(seals)
}
