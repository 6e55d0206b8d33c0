//! A mail to somebody when their account opens to something new, or was closed elsewhere: whoever did not do it themselves hears of it at an
//! address that the change does not reach. It holds no secret and no name of a thing.

use serde::{Deserialize, Serialize};

use super::{Caller, Viewer};
use crate::error::Result;
use crate::jobs::queue;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    PasskeyAdded,
    PasskeyRemoved,
    /// An account at an organisation signs in as them from now on.
    OrganisationLinked,
    TokenMade,
    OthersSignedOut,
}

impl Change {
    pub const ALL: [Self; 5] = [Self::PasskeyAdded, Self::PasskeyRemoved, Self::OrganisationLinked, Self::TokenMade, Self::OthersSignedOut];

    /// The last part of its words' key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::OrganisationLinked => "organisation-linked",
            Self::TokenMade => "token-made",
            Self::OthersSignedOut => "others-signed-out",
        }
    }
}

/// A mail to be sent: the payload of the job `account_mail`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountMail {
    pub to: String,
    pub name: String,
    pub language: String,
    pub change: Change,
}

/// Has somebody told, when and only when the change itself is kept.
///
/// # Errors
/// As the database answers.
pub async fn tell(caller: &Caller, whom: &Viewer, change: Change) -> Result<()> {
    let mail = AccountMail { to: whom.email.clone(), name: whom.name.clone(), language: whom.language.code().to_owned(), change };
    queue::enqueue(caller, "account_mail", &mail, None).await
}
