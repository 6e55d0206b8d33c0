//! Claims jobs, runs them, tries again with growing pauses when they fail.

use std::time::Duration;

use graphile_worker::{LocalQueueConfig, Schema, Worker, WorkerOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio_util::sync::CancellationToken;

use super::sign_in_mail;
use crate::mail::Mailer;

/// Runs jobs as `terrein_jobs` until `stop`; what is under way is finished first.
///
/// # Errors
/// When the queue cannot be reached at the start; later losses of the database heal by themselves.
pub async fn run(jobs: PgConnectOptions, mailer: Mailer, stop: CancellationToken) -> anyhow::Result<()> {
    let pool = PgPoolOptions::new().max_connections(3).connect_with(jobs.application_name("terrein jobs")).await?;
    let worker: Worker = WorkerOptions::default()
        .schema(Schema::from("graphile_worker".to_owned()))
        .pg_pool(pool)
        .concurrency(2)
        .poll_interval(Duration::from_secs(2))
        .local_queue(LocalQueueConfig::default())
        .listen_os_shutdown_signals(false)
        .add_extension(mailer)
        .define_job::<sign_in_mail::Job>()
        .shutdown_signal(async move { stop.cancelled().await })
        .init()
        .await?;
    worker.run().await?;
    Ok(())
}
