//! Mails a sign-in link and code.

use std::time::Duration;

use chrono::{DateTime, Utc};
use graphile_worker::{IntoTaskHandlerResult, JobSpec, TaskHandler, WorkerContext, WorkerContextExt};
use lettre::transport::smtp::Error as SmtpError;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use terrein_shared::clock::Clock;

use crate::access::sign_in::SignInMail;
use crate::mail::Mailer;
use crate::texts::{Language, text, text_with};

/// How long a link and a code are valid, from the moment that they were laid down with their job.
const VALID: chrono::TimeDelta = chrono::TimeDelta::minutes(15);
/// Longest that a mail server may take over one mail.
pub const SENDING: Duration = Duration::from_secs(20);
/// Seconds to the next try, the last one for all further tries.
const PAUSES: [i64; 5] = [5, 20, 60, 180, 300];

/// The job `sign_in_mail`. Sending a link twice does no harm, sending it late does no good.
///
/// It never fails: a failed job stays in the table, and the worker logs what was in it, here a way in. A mail that is not taken is tried
/// again as a job of its own, as long as its link is valid; then it is forgotten.
#[derive(Serialize, Deserialize)]
pub struct Job {
    #[serde(flatten)]
    mail: SignInMail,
    /// When its link ends; a first try counts from the moment it was queued, which is when the link was laid down.
    #[serde(default)]
    until: Option<DateTime<Utc>>,
    /// How often it was tried.
    #[serde(default)]
    tries: u32,
}

impl TaskHandler for Job {
    const IDENTIFIER: &'static str = "sign_in_mail";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let until = self.until.unwrap_or_else(|| *context.job().created_at() + VALID);
        if Clock::System.now() >= until {
            tracing::warn!(mail.tries = self.tries, "a sign-in mail is not sent any more: its link has ended");
            return;
        }
        let Some(mailer) = context.get_ext::<Mailer>() else {
            tracing::error!("a sign-in mail cannot be sent: the worker has no mailer");
            return;
        };
        let (subject, body) = words(&self.mail, mailer.public_url());
        let refused = match tokio::time::timeout(SENDING, mailer.send(&self.mail.to, &subject, body)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Refused::of(&error),
            Err(_) => Refused { for_good: false, why: format!("no answer within {} s", SENDING.as_secs()) },
        };
        let pause = PAUSES.get(self.tries as usize).or(PAUSES.last()).copied().unwrap_or_default();
        let next = Clock::System.now() + chrono::TimeDelta::seconds(pause);
        if refused.for_good || next >= until {
            tracing::warn!(mail.tries = self.tries + 1, "a sign-in mail could not be sent: {}", refused.why);
            return;
        }
        tracing::warn!(mail.tries = self.tries + 1, mail.next_try_s = pause, "a sign-in mail was not taken: {}", refused.why);
        let again = Self { until: Some(until), tries: self.tries + 1, ..self };
        let spec = JobSpec { run_at: Some(next), ..JobSpec::default() };
        if let Err(error) = context.add_job(again, spec).await {
            tracing::warn!("a sign-in mail could not be queued for another try: {error}");
        }
    }
}

/// Why a mail was not taken.
pub(super) struct Refused {
    /// Whether another try would come to the same.
    pub(super) for_good: bool,
    /// Without what the other side said, which may name the address.
    pub(super) why: String,
}

impl Refused {
    pub(super) fn of(error: &anyhow::Error) -> Self {
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

/// Forgets mails whose link has ended and that no worker holds: of a worker that was killed, or that failed for good. What is in them
/// opens nothing any more, and nobody needs to find that out by trying.
///
/// # Errors
/// When the queue does not answer.
pub async fn forget(queue: &PgPool) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
         where t.id = j.task_id and t.identifier = 'sign_in_mail'
           and coalesce((j.payload ->> 'until')::timestamptz, j.created_at + interval '15 minutes') < now()
           and (j.locked_at is null or j.locked_at < now() - interval '1 minute')",
    )
    .execute(queue)
    .await?;
    Ok(done.rows_affected())
}

/// Subject and text of the mail.
#[must_use]
pub fn words(mail: &SignInMail, public_url: &str) -> (String, String) {
    let language = Language::from_code(&mail.language);
    let link = format!("{public_url}/sign-in/link/{}", mail.token);
    let body = text_with(
        language,
        "sign-in-mail-body",
        &[("name", mail.name.clone().into()), ("link", link.into()), ("code", mail.code.clone().into())],
    );
    (text(language, "sign-in-mail-subject"), body)
}
