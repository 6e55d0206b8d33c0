//! A mail as a job, whatever it says: tried until it is taken, or of no use any more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, JobSpec, TaskHandler, WorkerContext, WorkerContextExt};
use lettre::transport::smtp::Error as SmtpError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use terrein_shared::clock::Clock;

use crate::mail::Mailer;

/// Longest that a mail server may take over one mail.
pub const SENDING: Duration = Duration::from_secs(20);

/// What is mailed.
pub trait Letter: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name of its job.
    const IDENTIFIER: &'static str;
    /// As the log calls one.
    const WHAT: &'static str;
    /// How long it is tried, from the moment it was queued.
    const TRYING: TimeDelta;
    /// Seconds to the next try, the last one for all further tries.
    const PAUSES: [i64; 5];

    fn to(&self) -> &str;

    /// Subject and text.
    fn words(&self, public_url: &str) -> (String, String);
}

/// The job. It never fails: a failed job stays in the table, and the worker logs what was in it, which may be a way in. A mail that is not
/// taken is tried again as a job of its own.
#[derive(Serialize, Deserialize)]
pub struct Delivery<L> {
    #[serde(flatten)]
    letter: L,
    /// When trying ends; a first try counts from the moment it was queued, which is when what it tells of was laid down.
    #[serde(default)]
    until: Option<DateTime<Utc>>,
    /// How often it was tried.
    #[serde(default)]
    tries: u32,
}

impl<L: Letter> TaskHandler for Delivery<L> {
    const IDENTIFIER: &'static str = L::IDENTIFIER;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let what = L::WHAT;
        let until = self.until.unwrap_or_else(|| *context.job().created_at() + L::TRYING);
        if Clock::System.now() >= until {
            tracing::warn!(mail.tries = self.tries, "{what} is not sent any more: it comes too late");
            return;
        }
        let Some(mailer) = context.get_ext::<Mailer>() else {
            tracing::error!("{what} cannot be sent: the worker has no mailer");
            return;
        };
        let (subject, body) = self.letter.words(mailer.public_url());
        let refused = match tokio::time::timeout(SENDING, mailer.send(self.letter.to(), &subject, body)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Refused::of(&error),
            Err(_) => Refused { for_good: false, why: format!("no answer within {} s", SENDING.as_secs()) },
        };
        let pause = L::PAUSES.get(self.tries as usize).or(L::PAUSES.last()).copied().unwrap_or_default();
        let next = Clock::System.now() + TimeDelta::seconds(pause);
        if refused.for_good || next >= until {
            tracing::warn!(mail.tries = self.tries + 1, "{what} could not be sent: {}", refused.why);
            return;
        }
        tracing::warn!(mail.tries = self.tries + 1, mail.next_try_s = pause, "{what} was not taken: {}", refused.why);
        let again = Self { until: Some(until), tries: self.tries + 1, ..self };
        let spec = JobSpec { run_at: Some(next), ..JobSpec::default() };
        if let Err(error) = context.add_job(again, spec).await {
            tracing::warn!("{what} could not be queued for another try: {error}");
        }
    }
}

/// Forgets mails that come too late and that no worker holds: of a worker that was killed, or that failed for good. What is in them is of
/// no use any more, and nobody needs to find that out by trying.
///
/// # Errors
/// When the queue does not answer.
pub async fn forget<L: Letter>(queue: &PgPool) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
         where t.id = j.task_id and t.identifier = $1
           and coalesce((j.payload ->> 'until')::timestamptz, j.created_at + make_interval(secs => $2)) < now()
           and (j.locked_at is null or j.locked_at < now() - interval '1 minute')",
    )
    .bind(L::IDENTIFIER)
    .bind(L::TRYING.as_seconds_f64())
    .execute(queue)
    .await?;
    Ok(done.rows_affected())
}

/// Why a mail was not taken.
struct Refused {
    /// Whether another try would come to the same.
    for_good: bool,
    /// Without what the other side said, which may name the address.
    why: String,
}

impl Refused {
    fn of(error: &anyhow::Error) -> Self {
        match error.downcast_ref::<SmtpError>() {
            Some(smtp) => {
                let why = smtp.status().map_or_else(|| smtp.to_string(), |code| format!("the mail server answered {code}"));
                Self { for_good: smtp.is_permanent(), why }
            }
            None if error.is::<lettre::address::AddressError>() => Self { for_good: true, why: "the address is none".to_owned() },
            None => Self { for_good: false, why: format!("{error:#}") },
        }
    }
}
