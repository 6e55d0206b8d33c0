//! Caller: who asks, and the only way to the database. Every statement of a request runs in one transaction that carries the
//! caller's session, so that the database itself knows who asks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::{FromQueryResult, QueryResult, Value};
use serde::Deserialize;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, PgConnection, Postgres, Row};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

use super::database::{Database, Transaction};
use super::policy::Denial;
pub use super::shown::SessionHash;
use crate::error::{Error, Result};
use crate::texts::Language;
use terrein_shared::clock::Clock;
use terrein_shared::id::{MembershipId, OrganisationId, PersonId, TerrainId};

/// A role in an organisation, on one terrain or (none) wherever the organisation has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, async_graphql::Enum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Starts and directs the collaboration on a terrain.
    Aanjager,
    /// Runs a company on the terrain.
    Entrepreneur,
    /// Owns property on the terrain.
    Owner,
    /// Works for the municipality.
    Municipality,
    /// Works for a grid operator.
    GridOperator,
    /// Manages the park.
    ParkManager,
    /// Leads a project.
    ProjectLead,
    /// Works for the province.
    Province,
    /// Is invited to single things: water board, environment service, adviser.
    Partner,
    /// Looks after the installation.
    Admin,
}

impl Role {
    /// As it stands in the database.
    ///
    /// # Errors
    /// [`Error::Internal`] for a word the database should have refused.
    pub fn from_word(word: &str) -> Result<Self> {
        serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|error| Error::Internal(error.into()))
    }

    /// Whether it counts after a strong sign-in only, where the installation asks that (`app.strong_roles` says the same).
    #[must_use]
    pub fn asks_strong_sign_in(self) -> bool {
        matches!(self, Self::Municipality | Self::Province | Self::GridOperator | Self::Admin | Self::Aanjager | Self::ParkManager)
    }

    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Aanjager => "aanjager",
            Self::Entrepreneur => "entrepreneur",
            Self::Owner => "owner",
            Self::Municipality => "municipality",
            Self::GridOperator => "grid_operator",
            Self::ParkManager => "park_manager",
            Self::ProjectLead => "project_lead",
            Self::Province => "province",
            Self::Partner => "partner",
            Self::Admin => "admin",
        }
    }
}

/// A role somebody holds now.
#[derive(Debug, Clone, Deserialize)]
pub struct Held {
    pub id: Uuid,
    pub role: Role,
    pub organisation_id: Uuid,
    pub terrain_id: Option<Uuid>,
}

/// Somebody signed in.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub language: Language,
    /// Roles that count in this session.
    pub held: Vec<Held>,
    /// Terrains in the territory of the caller's municipality.
    pub territory: Vec<Uuid>,
    /// Whether roles that ask a strong sign-in count in this session, whoever holds them.
    pub strong: bool,
    /// Whether a role waits for a strong sign-in.
    pub needs_strong_sign_in: bool,
}

/// Who acts.
#[derive(Debug, Clone)]
pub enum Actor {
    Anonymous,
    Person(Viewer),
    /// A program that shows a token of somebody's.
    Token {
        viewer: Viewer,
        /// Whether its token is for more than reading.
        writes: bool,
    },
}

impl Actor {
    /// Who it is, or on whose behalf.
    #[must_use]
    pub fn viewer(&self) -> Option<&Viewer> {
        match self {
            Self::Anonymous => None,
            Self::Person(viewer) | Self::Token { viewer, .. } => Some(viewer),
        }
    }
}

impl Viewer {
    /// The role that counts on `terrain`, the most enabling first, with the organisation it is held for.
    #[must_use]
    pub fn role_on(&self, terrain: TerrainId) -> Option<(Role, OrganisationId)> {
        const ORDER: [Role; 6] =
            [Role::Aanjager, Role::ParkManager, Role::ProjectLead, Role::Entrepreneur, Role::Owner, Role::Municipality];
        self.first_of(&ORDER, terrain)
    }

    /// The role under which the caller talks with the parties of `terrain`, with the organisation it is held for.
    #[must_use]
    pub fn talks_on(&self, terrain: TerrainId) -> Option<(Role, OrganisationId)> {
        self.first_of(&[Role::Aanjager, Role::ParkManager, Role::ProjectLead, Role::Municipality], terrain)
    }

    fn first_of(&self, order: &[Role], terrain: TerrainId) -> Option<(Role, OrganisationId)> {
        order.iter().find_map(|role| {
            self.held
                .iter()
                .find(|held| {
                    held.role == *role
                        && (held.terrain_id == Some(terrain.0)
                            || (*role == Role::Municipality && held.terrain_id.is_none() && self.territory.contains(&terrain.0)))
                })
                .map(|held| (held.role, OrganisationId(held.organisation_id)))
        })
    }

    /// Whether what was done under `role` is the caller's in this session.
    #[must_use]
    pub fn counts(&self, role: Role) -> bool {
        self.strong || !role.asks_strong_sign_in()
    }

    /// Whether the caller acts for this organisation.
    #[must_use]
    pub fn is_of(&self, organisation: OrganisationId) -> bool {
        self.held.iter().any(|held| held.organisation_id == organisation.0)
    }

    /// The memberships by id, for the graph.
    pub fn memberships(&self) -> impl Iterator<Item = (MembershipId, &Held)> {
        self.held.iter().filter(|held| !held.id.is_nil()).map(|held| (MembershipId(held.id), held))
    }
}

/// How a statement is sent: for all its rows, for one, for none.
type How<T> = for<'c> fn(sqlx::query::Query<'c, Postgres, PgArguments>, &'c mut PgConnection) -> BoxFuture<'c, sqlx::Result<T>>;

/// The request's transaction.
struct Open {
    transaction: Transaction,
    /// Who asks, as it was read when the transaction began, until somebody wants to know.
    viewer: Option<ViewerRow>,
}

/// Who asks, in one request: the first argument of all reads and commands.
pub struct Caller {
    database: Database,
    session: Option<SessionHash>,
    pub language: Language,
    pub clock: Clock,
    /// How a transaction begins.
    words: &'static str,
    /// Whether the token it shows, if it does, is for more than reading.
    writes: bool,
    open: Mutex<Option<Open>>,
    actor: OnceCell<Actor>,
    fresh: OnceLock<String>,
    statements: AtomicU32,
}

impl Caller {
    #[must_use]
    pub fn new(database: Database, session: Option<SessionHash>, language: Language, clock: Clock) -> Self {
        Self {
            database,
            session,
            language,
            clock,
            words: "begin",
            writes: false,
            open: Mutex::new(None),
            actor: OnceCell::new(),
            fresh: OnceLock::new(),
            statements: AtomicU32::new(0),
        }
    }

    /// The same, of whom it is known whether its token writes.
    #[must_use]
    pub fn writing(self, writes: bool) -> Self {
        Self { writes, ..self }
    }

    /// The same, which changes nothing: a token that only reads is nobody's elsewhere. With a session a question may change something: that
    /// the session was used.
    #[must_use]
    pub fn reading(self) -> Self {
        let token = self.session.as_ref().is_some_and(SessionHash::is_token);
        Self { words: if token { "begin read only" } else { self.words }, ..self }
    }

    /// The session or token the request came with, valid or not.
    #[must_use]
    pub fn session(&self) -> Option<&SessionHash> {
        self.session.as_ref()
    }

    /// Sends a statement in the request's transaction, which is opened at first use as the caller. Boxed: the driver's futures borrow the
    /// connection in a way that the compiler finds `Send` only when it is told so.
    fn send<'a, T: Send + 'a>(&'a self, sql: &'a str, values: impl IntoIterator<Item = Value>, how: How<T>) -> BoxFuture<'a, Result<T>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let arguments = arguments(values);
        Box::pin(async move {
            let query = sqlx::query_with(AssertSqlSafe(sql), arguments?);
            let mut slot = self.open.lock().await;
            let open = self.opened(&mut slot).await?;
            Ok(how(query, open.transaction.connection()).await?)
        })
    }

    /// Rows of a statement, as the caller.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn all<T: FromQueryResult>(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<T>> {
        let rows = self.send(sql, values, |query, connection| query.fetch_all(connection).boxed()).await?;
        Ok(rows.into_iter().map(|row| T::from_query_result(&QueryResult::from(row), "")).collect::<std::result::Result<_, _>>()?)
    }

    /// The first row of a statement, as the caller.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn one<T: FromQueryResult>(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Option<T>> {
        let row = self.send(sql, values, |query, connection| query.fetch_optional(connection).boxed()).await?;
        Ok(row.map(|row| T::from_query_result(&QueryResult::from(row), "")).transpose()?)
    }

    /// Runs a statement and tells how many rows it touched.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64> {
        let done = self.send(sql, values, |query, connection| query.execute(connection).boxed()).await?;
        Ok(done.rows_affected())
    }

    /// Who asks: read once a request.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn actor(&self) -> Result<&Actor> {
        self.actor
            .get_or_try_init(|| async {
                let Some(session) = &self.session else { return Ok(Actor::Anonymous) };
                if let Some(eyes) = session.eyes() {
                    return eyes.actor(self).await;
                }
                let Some(row) = self.viewer_row().await? else { return Ok(Actor::Anonymous) };
                if row.untouched {
                    self.use_session(session).await?;
                }
                let viewer = row.try_into()?;
                Ok(if self.session.as_ref().is_some_and(SessionHash::is_token) {
                    Actor::Token { viewer, writes: self.writes }
                } else {
                    Actor::Person(viewer)
                })
            })
            .await
    }

    /// Notes that the session is used. When what its person may do has changed since its secret was made, it is renewed: see
    /// [`Self::fresh_secret`].
    async fn use_session(&self, session: &SessionHash) -> Result<()> {
        let number = rand::random::<[u8; 32]>().to_vec();
        let drawn: Option<Drawn> = self.one("select app.use_session($1) as number", [number.into()]).await?;
        let Some(secret) = drawn.and_then(|drawn| drawn.number).and_then(|number| session.next(&number)) else { return Ok(()) };
        let hash = SessionHash::of(&secret).bytes();
        self.run("select app.renew_session($1, $2)", [terrein_shared::id::new_id().into(), hash.into()]).await?;
        // Who asks is read once.
        let _ = self.fresh.set(secret);
        Ok(())
    }

    /// The new secret of a session that was renewed in this request, for the cookie; it counts once the request's transaction is kept.
    #[must_use]
    pub fn fresh_secret(&self) -> Option<&str> {
        self.fresh.get().map(String::as_str)
    }

    /// The transaction, which begins at first use. With a session nearly every request wants to know who asks, a hundred rows of it at once:
    /// that is read in the round trip that begins.
    async fn opened<'o>(&self, slot: &'o mut Option<Open>) -> Result<&'o mut Open> {
        Ok(match slot {
            Some(open) => open,
            None => {
                let session = self.session.as_ref();
                let begun = if self.actor.get().is_none() && session.is_some_and(|session| session.eyes().is_none()) {
                    self.statements.fetch_add(1, Ordering::Relaxed);
                    let (transaction, rows) = self.database.begin_with(self.words, session, include_str!("sql/viewer.sql")).await?;
                    // The words that begin have a row of their own.
                    let row = rows.into_iter().find(|row| row.columns().len() > 1);
                    let viewer = row.map(|row| ViewerRow::from_query_result(&QueryResult::from(row), "")).transpose()?;
                    Open { transaction, viewer }
                } else {
                    Open { transaction: self.database.begin(self.words, session).await?, viewer: None }
                };
                slot.insert(begun)
            }
        })
    }

    async fn viewer_row(&self) -> Result<Option<ViewerRow>> {
        let mut slot = self.open.lock().await;
        Ok(self.opened(&mut slot).await?.viewer.take())
    }

    /// Who asks, who must be somebody.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a visitor.
    pub async fn viewer(&self) -> Result<&Viewer> {
        self.actor().await?.viewer().ok_or(Error::Unauthenticated)
    }

    /// Who asks about an account, which must be their own: somebody with a session.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a visitor, [`Error::Forbidden`] for a token.
    pub async fn account(&self) -> Result<&Viewer> {
        match self.actor().await? {
            Actor::Person(viewer) => Ok(viewer),
            Actor::Token { .. } => Err(Error::Forbidden(Denial::NotForTokens)),
            Actor::Anonymous => Err(Error::Unauthenticated),
        }
    }

    /// Statements so far; begin, commit and setting the session are not counted.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Ends the request's transaction, if one was opened: kept or undone.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the commit did not come through.
    pub async fn finish(&self, keep: bool) -> Result<()> {
        let Some(Open { transaction, .. }) = self.open.lock().await.take() else { return Ok(()) };
        if keep {
            transaction.commit().await?
        } else {
            transaction.rollback().await?
        }
        Ok(())
    }
}

/// Values as the driver binds them.
///
/// # Errors
/// [`Error::Internal`] for a kind of value that no statement of ours binds.
fn arguments(values: impl IntoIterator<Item = Value>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Bool(value) => arguments.add(value),
            Value::SmallInt(value) => arguments.add(value),
            Value::Int(value) => arguments.add(value),
            Value::BigInt(value) => arguments.add(value),
            Value::Double(value) => arguments.add(value),
            Value::String(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Uuid(value) => arguments.add(value),
            Value::Json(value) => arguments.add(value),
            Value::ChronoDate(value) => arguments.add(value),
            Value::ChronoDateTimeUtc(value) => arguments.add(value),
            other => return Err(Error::Internal(anyhow::anyhow!("{other:?} is bound nowhere"))),
        };
        added.map_err(|error| Error::Internal(anyhow::anyhow!(error)))?;
    }
    Ok(arguments)
}

#[derive(FromQueryResult)]
struct Drawn {
    number: Option<Vec<u8>>,
}

#[derive(FromQueryResult)]
struct ViewerRow {
    id: PersonId,
    name: String,
    email: String,
    language: String,
    untouched: bool,
    held: serde_json::Value,
    territory: serde_json::Value,
    strong: bool,
    needs_strong_sign_in: bool,
}

impl TryFrom<ViewerRow> for Viewer {
    type Error = Error;

    fn try_from(row: ViewerRow) -> Result<Self> {
        let broken = |error: serde_json::Error| Error::Internal(error.into());
        Ok(Self {
            id: row.id,
            name: row.name,
            email: row.email,
            language: Language::from_code(&row.language),
            held: serde_json::from_value(row.held).map_err(broken)?,
            territory: serde_json::from_value(row.territory).map_err(broken)?,
            strong: row.strong,
            needs_strong_sign_in: row.needs_strong_sign_in,
        })
    }
}
