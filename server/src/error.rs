//! What can go wrong, by who has to act. Transports only translate it.

use sea_orm::{DbErr, RuntimeErr};
use terrein_shared::Reason;

/// A thing that was asked for, for the words "… bestaat niet of is niet met jou gedeeld".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Terrain,
    Plot,
    Building,
    Company,
    Occupancy,
    Infrastructure,
    Issue,
    Support,
    Observation,
    Conversation,
    Promise,
    Photo,
    VoiceNote,
    Session,
    Passkey,
    Thing,
}

impl Subject {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Terrain => "terrain",
            Self::Plot => "plot",
            Self::Building => "building",
            Self::Company => "company",
            Self::Occupancy => "occupancy",
            Self::Infrastructure => "infrastructure",
            Self::Issue => "issue",
            Self::Support => "support",
            Self::Observation => "observation",
            Self::Conversation => "conversation",
            Self::Promise => "promise",
            Self::Photo => "photo",
            Self::VoiceNote => "voice note",
            Self::Session => "session",
            Self::Passkey => "passkey",
            Self::Thing => "thing",
        }
    }
}

/// What went wrong, by who has to act.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("sign in first")]
    Unauthenticated,
    #[error("not allowed: {0:?}")]
    Forbidden(crate::access::policy::Denial),
    /// Also for what the caller may not know exists.
    #[error("{0:?} not found")]
    NotFound(Subject),
    #[error("{field}: {reason}")]
    Invalid { field: &'static str, reason: Reason },
    /// A limit of the graph: code and the figures.
    #[error("over the limit {limit}: {found} > {most}")]
    Limit { limit: &'static str, found: usize, most: usize },
    #[error("try again later")]
    Unavailable(#[source] anyhow::Error),
    /// Ours. Logged once, in full, where it is handled; the client sees a code.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The code in `extensions.code` and problem+json.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::NotFound(_) => "NOT_FOUND",
            Self::Invalid { .. } => "INVALID",
            Self::Limit { .. } => "TOO_COMPLEX",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }
}

/// A refused field: `invalid("title", Reason::Required)`.
#[must_use]
pub fn invalid(field: &'static str, reason: Reason) -> Error {
    Error::Invalid { field, reason }
}

/// Names the field a shared rule refused.
pub trait InField<T> {
    /// # Errors
    /// [`Error::Invalid`] with the field.
    fn in_field(self, field: &'static str) -> Result<T>;
}

impl<T> InField<T> for std::result::Result<T, Reason> {
    fn in_field(self, field: &'static str) -> Result<T> {
        self.map_err(|reason| invalid(field, reason))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let DbErr::Exec(RuntimeErr::SqlxError(sqlx)) | DbErr::Query(RuntimeErr::SqlxError(sqlx)) = &error {
            return from_sqlx(sqlx, error.to_string());
        }
        match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => Self::Unavailable(error.into()),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        from_sqlx(&error, error.to_string())
    }
}

fn from_sqlx(error: &sqlx::Error, text: String) -> Error {
    match error {
        sqlx::Error::Database(database) => match database.code().as_deref() {
            // Row-level security refused the row: the rule beside it in policy.rs should have said so first.
            Some("42501") => Error::Forbidden(crate::access::policy::Denial::NotYours),
            Some("57014" | "40001" | "40P01" | "53300" | "57P01" | "57P03" | "55P03") => Error::Unavailable(anyhow::anyhow!(text)),
            // A reference to something that is not there looks like one to something hidden.
            Some("23503") => Error::NotFound(Subject::Thing),
            // An id somebody minted before; whose it is, is not told.
            Some("23505") => invalid("id", Reason::Taken),
            _ => Error::Internal(anyhow::anyhow!(text)),
        },
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => Error::Unavailable(anyhow::anyhow!(text)),
        _ => Error::Internal(anyhow::anyhow!(text)),
    }
}
