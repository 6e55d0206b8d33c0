//! The application's connections: nothing leaves this file but a transaction that says who asks. The bare pool never does.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, PgConnection, Postgres};

use super::shown::SessionHash;
use crate::error::{Error, Result};

/// The application's connections. Gives out nothing but a caller's transaction.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
}

impl Database {
    /// Connects as `terrein_app`; statements end after 5 s, idle transactions after 10 s.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database does not answer.
    pub async fn connect(options: PgConnectOptions, size: u32) -> Result<Self> {
        let options = options.application_name("terrein").options([
            ("statement_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("jit", "off"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(size)
            .acquire_timeout(Duration::from_secs(8))
            .test_before_acquire(false)
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    /// Connections of this node: (open, of those idle, at most).
    #[must_use]
    pub fn connections(&self) -> (usize, usize, usize) {
        (self.pool.size() as usize, self.pool.num_idle(), self.pool.options().get_max_connections() as usize)
    }

    /// Whether the database answers and is migrated.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ready(&self) -> Result<()> {
        sqlx::query("select app.now()").execute(&self.pool).await.map(drop).map_err(|error| Error::Unavailable(error.into()))
    }

    /// A transaction of whoever asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token that is none; [`Error::Unavailable`] for whatever else keeps a transaction from beginning: no
    /// rule of ours was asked yet.
    pub(super) async fn begin(&self, words: &str, session: Option<&SessionHash>) -> Result<Transaction> {
        Ok(self.open(begin(words, session)).await?.0)
    }

    /// The same with a first question, in one round trip; the rows of both.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub(super) async fn begin_with(&self, words: &str, session: Option<&SessionHash>, first: &str) -> Result<(Transaction, Vec<PgRow>)> {
        self.open(format!("{}; {first}", begin(words, session))).await
    }

    /// A raw read-only transaction for tiles.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a token that is none; [`Error::Unavailable`] when no connection is free.
    pub async fn read(&self, session: Option<&SessionHash>) -> Result<Transaction> {
        self.begin("begin read only", session).await
    }

    async fn open(&self, text: String) -> Result<(Transaction, Vec<PgRow>)> {
        let connection = self.pool.acquire().await.map_err(|error| Error::Unavailable(error.into()))?;
        // Held before it begins: a request that is dropped half-way closes the connection instead of giving it back inside a transaction.
        let mut transaction = Transaction { connection, open: true };
        match sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(transaction.connection()).await {
            Ok(rows) => Ok((transaction, rows)),
            Err(error) if error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(NO_TOKEN)) => {
                // It did not begin: whoever shows tokens that are none costs no connection.
                transaction.open = false;
                Err(Error::Unauthenticated)
            }
            Err(error) => Err(Error::Unavailable(error.into())),
        }
    }
}

/// Begins and says who asks, in one round trip. The session is always set, so that nothing is left of whoever used the connection before.
///
/// A token is looked at before it begins: one that is none ends the message there, with no transaction open.
fn begin(words: &str, session: Option<&SessionHash>) -> String {
    // The hash is hexadecimal of our own making: nothing to quote.
    let hash = session.map(SessionHash::hex).unwrap_or_default();
    let check = if session.is_some_and(SessionHash::is_token) { format!("select app.check_token('\\x{hash}'); ") } else { String::new() };
    if let Some(eyes) = session.and_then(|session| session.eyes()) {
        // With the eyes of a role nobody is the caller, and nothing changes.
        return format!(
            "{check}begin read only; select set_config('app.session', '', true), set_config('app.see_as', '{}:{hash}', true)",
            eyes.setting()
        );
    }
    format!("{check}{words}; select set_config('app.session', '{hash}', true)")
}

/// What `app.check_token` says of a token that is none.
const NO_TOKEN: &str = "TRN01";

/// A transaction of whoever asks.
pub struct Transaction {
    connection: PoolConnection<Postgres>,
    open: bool,
}

impl Transaction {
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Keeps what was done and gives the connection back.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the connection is gone.
    pub async fn commit(self) -> Result<()> {
        self.end("commit").await
    }

    /// Undoes what was done and gives the connection back.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the connection is gone.
    pub async fn rollback(self) -> Result<()> {
        self.end("rollback").await
    }

    async fn end(mut self, words: &'static str) -> Result<()> {
        sqlx::raw_sql(words).execute(&mut *self.connection).await?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open {
            // Cut short: the connection is closed rather than handed to somebody else with a session on it.
            self.connection.close_on_drop();
        }
    }
}
