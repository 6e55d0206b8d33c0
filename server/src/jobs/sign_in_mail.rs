//! Mails a sign-in link and code.

use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

use crate::access::sign_in::SignInMail;
use crate::mail::Mailer;
use crate::texts::{Language, text, text_with};

/// The job `sign_in_mail`. A link is worth 15 minutes: sending it twice does no harm, sending it late does no good.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Job(SignInMail);

impl TaskHandler for Job {
    const IDENTIFIER: &'static str = "sign_in_mail";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let mailer = context.get_ext::<Mailer>().ok_or("no mailer")?;
        let (subject, body) = words(&self.0, mailer.public_url());
        mailer.send(&self.0.to, &subject, body).await.map_err(|error| error.to_string())
    }
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
