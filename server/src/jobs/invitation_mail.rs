//! Mails an invitation.

use chrono::TimeDelta;

use super::delivery::Letter;
use crate::access::invitation::InvitationMail;
use crate::texts::{Language, text, text_with};

impl Letter for InvitationMail {
    const IDENTIFIER: &'static str = "invitation_mail";
    const WHAT: &'static str = "an invitation";
    /// The link in it works for 14 days.
    const TRYING: TimeDelta = TimeDelta::days(2);
    const PAUSES: [i64; 5] = [10, 60, 300, 1_800, 7_200];

    fn to(&self) -> &str {
        &self.to
    }

    /// The subject names nobody: it is read on locked screens and in logs.
    fn words(&self, public_url: &str) -> (String, String) {
        let language = Language::from_code(&self.language);
        let role = text(language, &format!("role-{}", self.role.replace('_', "-")));
        let greeting = match &self.name {
            Some(name) => text_with(language, "invitation-mail-greeting", &[("name", name.clone().into())]),
            None => text(language, "invitation-mail-greeting-nobody"),
        };
        let who = [("inviter", self.inviter.clone().into()), ("organisation", self.organisation.clone().into()), ("role", role.into())];
        let what = match &self.terrain {
            Some(terrain) => {
                let [inviter, organisation, role] = who;
                text_with(language, "invitation-mail-what-terrain", &[inviter, organisation, role, ("terrain", terrain.clone().into())])
            }
            None => text_with(language, "invitation-mail-what", &who),
        };
        let message = self.message.as_ref().map(|message| message.lines().map(|line| format!("> {line}\n")).collect::<String>());
        let link = format!("{public_url}/invitation/{}", self.token);
        let how = text_with(language, "invitation-mail-how", &[("link", link.into())]);
        let parts = [Some(greeting), Some(what), message.map(|message| message.trim_end().to_owned()), Some(how)];
        (text(language, "invitation-mail-subject"), parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
    }
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
            let (subject, body) = mail(language).words("https://terrein.example");
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
