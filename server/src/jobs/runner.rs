//! Claims jobs, runs them, tries again with growing pauses when they fail.

use std::time::Duration;

use graphile_worker::{LocalQueueConfig, RefetchDelayConfig, Schema, Worker, WorkerOptions};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio_util::sync::CancellationToken;

use super::delivery::{self, Delivery, Letter};
use crate::access::account_mail::AccountMail;
use crate::access::invitation::InvitationMail;
use crate::access::sign_in::SignInMail;
use crate::mail::Mailer;

/// How often an empty queue is looked at when no word comes of a new job.
const POLL: Duration = Duration::from_secs(2);

/// How often what is of no use any more is forgotten.
const FORGET: Duration = Duration::from_secs(300);
/// Time for a job that is under way when the server stops: one that is cut off is logged with what is in it.
const GRACE: Duration = delivery::SENDING.saturating_add(Duration::from_secs(5));

/// Runs jobs as `terrein_jobs` until `stop`; what is under way is finished first.
///
/// # Errors
/// When the queue cannot be reached at the start; later losses of the database heal by themselves.
pub async fn run(jobs: PgConnectOptions, mailer: Mailer, stop: CancellationToken) -> anyhow::Result<()> {
    let pool = PgPoolOptions::new().max_connections(3).connect_with(jobs.application_name("terrein jobs")).await?;
    // Without a delay the local queue wakes itself after every look and asks again at once: a whole core for an empty queue. A new job's
    // word (one pulse) ends the delay.
    let quiet = RefetchDelayConfig::default().with_duration(POLL).with_max_abort_threshold(1);
    let worker: Worker = WorkerOptions::default()
        .schema(Schema::from("graphile_worker".to_owned()))
        .pg_pool(pool.clone())
        .concurrency(2)
        .poll_interval(POLL)
        .local_queue(LocalQueueConfig::builder().refetch_delay(quiet).build())
        .listen_os_shutdown_signals(false)
        .shutdown_grace_period(GRACE)
        .add_extension(mailer)
        .define_job::<Delivery<SignInMail>>()
        .define_job::<Delivery<InvitationMail>>()
        .define_job::<Delivery<AccountMail>>()
        .shutdown_signal(async move { stop.cancelled().await })
        .init()
        .await?;
    tokio::select! {
        ended = worker.run() => ended?,
        () = forget(&pool) => {}
    }
    Ok(())
}

/// Keeps the queue free of what is of no use any more; never ends.
async fn forget(queue: &PgPool) {
    let mut turn = tokio::time::interval(FORGET);
    loop {
        turn.tick().await;
        forget_late::<SignInMail>(queue).await;
        forget_late::<InvitationMail>(queue).await;
        forget_late::<AccountMail>(queue).await;
        match sqlx::query_scalar::<_, i64>("select app.forget_ended()").fetch_one(queue).await {
            Ok(0) => {}
            Ok(forgotten) => tracing::info!(rows = forgotten, "what had ended long enough ago is forgotten"),
            Err(error) => tracing::warn!(%error, "what has ended could not be forgotten"),
        }
    }
}

async fn forget_late<L: Letter>(queue: &PgPool) {
    match delivery::forget::<L>(queue).await {
        Ok(0) => {}
        Ok(forgotten) => tracing::info!(mail.kind = L::IDENTIFIER, mail.count = forgotten, "mails that come too late are forgotten"),
        Err(error) => tracing::warn!(%error, "the queue could not be looked through"),
    }
}
