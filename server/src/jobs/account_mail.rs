//! Mails what changed in somebody's account.

use chrono::TimeDelta;

use super::delivery::Letter;
use crate::access::account_mail::AccountMail;
use crate::texts::{Language, text, text_with};

impl Letter for AccountMail {
    const IDENTIFIER: &'static str = "account_mail";
    const WHAT: &'static str = "a mail about an account";
    const TRYING: TimeDelta = TimeDelta::days(2);
    const PAUSES: [i64; 5] = [5, 60, 300, 1_800, 7_200];

    fn to(&self) -> &str {
        &self.to
    }

    fn words(&self, public_url: &str) -> (String, String) {
        let language = Language::from_code(&self.language);
        let parts = [
            text_with(language, "account-mail-greeting", &[("name", self.name.clone().into())]),
            text(language, &format!("account-mail-{}", self.change.key())),
            text_with(language, "account-mail-how", &[("link", format!("{public_url}/account").into())]),
        ];
        (text(language, "account-mail-subject"), parts.join("\n\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::account_mail::Change;

    #[test]
    fn every_change_has_words_that_say_what_to_do_and_name_nothing() {
        for language in ["nl", "en"] {
            for change in Change::ALL {
                assert!(crate::texts::is_complete(&format!("account-mail-{}", change.key())), "{change:?}");
                let mail = AccountMail { to: "iemand@elders.example".into(), name: "Iemand".into(), language: language.into(), change };
                let (subject, body) = mail.words("https://terrein.example");
                assert!(!subject.contains("Iemand") && body.contains("https://terrein.example/account") && !body.contains('{'), "{body}");
            }
        }
    }
}
