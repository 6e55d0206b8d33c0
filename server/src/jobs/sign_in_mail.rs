//! Mails a sign-in link and code.

use chrono::TimeDelta;

use super::delivery::Letter;
use crate::access::sign_in::SignInMail;
use crate::texts::{Language, text, text_with};

/// Sending a link twice does no harm, sending it late does no good.
impl Letter for SignInMail {
    const IDENTIFIER: &'static str = "sign_in_mail";
    const WHAT: &'static str = "a sign-in mail";
    /// As long as the link and the code are valid.
    const TRYING: TimeDelta = TimeDelta::minutes(15);
    const PAUSES: [i64; 5] = [5, 20, 60, 180, 300];

    fn to(&self) -> &str {
        &self.to
    }

    fn words(&self, public_url: &str) -> (String, String) {
        let language = Language::from_code(&self.language);
        let link = format!("{public_url}/sign-in/link/{}", self.token);
        let body = text_with(
            language,
            "sign-in-mail-body",
            &[("name", self.name.clone().into()), ("link", link.into()), ("code", self.code.clone().into())],
        );
        (text(language, "sign-in-mail-subject"), body)
    }
}
