//! Mails an invitation.

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, JobSpec, TaskHandler, WorkerContext, WorkerContextExt};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use terrein_shared::clock::Clock;

use super::sign_in_mail::{Refused, SENDING};
use crate::access::invitation::InvitationMail;
use crate::mail::Mailer;
use crate::texts::{Language, text, text_with};

/// How long the mail is tried; the link in it works for 14 days.
const TRYING: TimeDelta = TimeDelta::days(2);
/// Seconds to the next try, the last one for all further tries.
const PAUSES: [i64; 5] = [10, 60, 300, 1_800, 7_200];

/// The job `invitation_mail`. As with a sign-in mail it never fails, since a failed job is logged with what is in it; a mail that is not
/// taken is tried again as a job of its own, for two days.
#[derive(Serialize, Deserialize)]
pub struct Job {
    #[serde(flatten)]
    mail: InvitationMail,
    /// When trying ends.
    #[serde(default)]
    until: Option<DateTime<Utc>>,
    /// How often it was tried.
    #[serde(default)]
    tries: u32,
}

impl TaskHandler for Job {
    const IDENTIFIER: &'static str = "invitation_mail";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let until = self.until.unwrap_or_else(|| *context.job().created_at() + TRYING);
        let Some(mailer) = context.get_ext::<Mailer>() else {
            tracing::error!("an invitation cannot be sent: the worker has no mailer");
            return;
        };
        let (subject, body) = words(&self.mail, mailer.public_url());
        let refused = match tokio::time::timeout(SENDING, mailer.send(&self.mail.to, &subject, body)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Refused::of(&error),
            Err(_) => Refused { for_good: false, why: format!("no answer within {} s", SENDING.as_secs()) },
        };
        let pause = PAUSES.get(self.tries as usize).or(PAUSES.last()).copied().unwrap_or_default();
        let next = Clock::System.now() + TimeDelta::seconds(pause);
        if refused.for_good || next >= until {
            tracing::warn!(mail.tries = self.tries + 1, "an invitation could not be sent: {}", refused.why);
            return;
        }
        tracing::warn!(mail.tries = self.tries + 1, mail.next_try_s = pause, "an invitation was not taken: {}", refused.why);
        let again = Self { until: Some(until), tries: self.tries + 1, ..self };
        let spec = JobSpec { run_at: Some(next), ..JobSpec::default() };
        if let Err(error) = context.add_job(again, spec).await {
            tracing::warn!("an invitation could not be queued for another try: {error}");
        }
    }
}

/// Forgets mails that are not tried any more and that no worker holds, and invitations that were answered or ended a month ago.
///
/// # Errors
/// When the queue does not answer.
pub async fn forget(queue: &PgPool) -> sqlx::Result<u64> {
    let mails = sqlx::query(
        "delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
         where t.id = j.task_id and t.identifier = 'invitation_mail'
           and coalesce((j.payload ->> 'until')::timestamptz, j.created_at + interval '2 days') < now()
           and (j.locked_at is null or j.locked_at < now() - interval '1 minute')",
    )
    .execute(queue)
    .await?;
    let ended: i64 = sqlx::query_scalar("select app.forget_invitations()").fetch_one(queue).await?;
    Ok(mails.rows_affected() + u64::try_from(ended).unwrap_or_default())
}

/// Subject and text of the mail. The subject names nobody: it is read on locked screens and in logs.
#[must_use]
pub fn words(mail: &InvitationMail, public_url: &str) -> (String, String) {
    let language = Language::from_code(&mail.language);
    let role = text(language, &format!("role-{}", mail.role.replace('_', "-")));
    let greeting = match &mail.name {
        Some(name) => text_with(language, "invitation-mail-greeting", &[("name", name.clone().into())]),
        None => text(language, "invitation-mail-greeting-nobody"),
    };
    let who = [("inviter", mail.inviter.clone().into()), ("organisation", mail.organisation.clone().into()), ("role", role.into())];
    let what = match &mail.terrain {
        Some(terrain) => {
            let [inviter, organisation, role] = who;
            text_with(language, "invitation-mail-what-terrain", &[inviter, organisation, role, ("terrain", terrain.clone().into())])
        }
        None => text_with(language, "invitation-mail-what", &who),
    };
    let message = mail.message.as_ref().map(|message| message.lines().map(|line| format!("> {line}\n")).collect::<String>());
    let link = format!("{public_url}/invitation/{}", mail.token);
    let how = text_with(language, "invitation-mail-how", &[("link", link.into())]);
    let parts = [Some(greeting), Some(what), message.map(|message| message.trim_end().to_owned()), Some(how)];
    (text(language, "invitation-mail-subject"), parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(language: &str) -> InvitationMail {
        InvitationMail {
            to: "iemand@elders.example".into(),
            name: Some("Iemand".into()),
            language: language.into(),
            inviter: "Aanjager".into(),
            organisation: "Waardkoel Transport".into(),
            terrain: Some("De Hooge Waard".into()),
            role: "park_manager".into(),
            message: Some("Doe je mee?\nFijn!".into()),
            token: "geheim".into(),
        }
    }

    #[test]
    fn the_subject_names_nobody_and_the_text_says_what_it_is_about() {
        for language in ["nl", "en"] {
            let (subject, body) = words(&mail(language), "https://terrein.example");
            for name in ["Waardkoel", "Hooge", "Iemand", "Aanjager"] {
                assert!(!subject.contains(name), "{subject}");
            }
            for part in [
                "Iemand",
                "Aanjager",
                "Waardkoel Transport",
                "De Hooge Waard",
                "> Doe je mee?\n> Fijn!",
                "https://terrein.example/invitation/geheim",
            ] {
                assert!(body.contains(part), "{part} in {body}");
            }
            assert!(!body.contains("role-") && !body.contains('{'), "{body}");
        }
    }

    #[test]
    fn every_role_has_words() {
        for role in crate::access::roles::ALL {
            assert!(crate::texts::is_complete(&format!("role-{}", role.word().replace('_', "-"))), "{role:?}");
        }
    }
}
