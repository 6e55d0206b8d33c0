//! Strong sign-in: whether roles that see or decide a great deal count for somebody whose mailbox is all the proof there is. The rule is in
//! the database (`migrations/sql/passkey.sql`: `app.strong`, `app.role_counts`); this tells it what the installation asks.

use clap::ValueEnum;
use sqlx::postgres::PgConnectOptions;

/// What an installation asks of municipality, province, grid operator, admin, aanjager and park manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StrongSignIn {
    /// Their role counts after a passkey, their own organisation's sign-in, or a link the operator gave in person.
    Required,
    /// Their role counts however they came in.
    Offered,
}

impl StrongSignIn {
    /// As it stands in settings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Offered => "offered",
        }
    }

    /// Connections that know it. It goes with the connection, so that no request pays for it; a connection without it requires.
    #[must_use]
    pub fn said_to(self, options: PgConnectOptions) -> PgConnectOptions {
        options.options([("app.strong_sign_in", self.word())])
    }
}
