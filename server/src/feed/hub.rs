//! The words of the database (NOTIFY) to everybody who listens on this node. One connection listens for all.

use std::sync::Arc;

use sea_orm::FromQueryResult;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use terrein_shared::clock::Clock;
use terrein_shared::id::TerrainId;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::access::caller::SessionHash;
use crate::access::{Actor, Caller, Database};
use crate::error::Result;
use crate::listing::uuids;
use crate::texts::Language;

/// A terrain that changed; `None` when words may have been missed.
type Word = Option<TerrainId>;

/// Hands the database's words on.
#[derive(Clone)]
pub struct Hub(broadcast::Sender<Word>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::Sender::new(4096))
    }
}

impl Hub {
    /// Listens until `stop`; a lost connection is made again, and everybody is told to read on.
    pub async fn run(self, options: PgConnectOptions, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                ended = self.listen_once(&options) => if let Err(error) = ended {
                    tracing::warn!(%error, "listening for changes was cut off");
                },
            }
            let _ = self.0.send(None);
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }

    async fn listen_once(&self, options: &PgConnectOptions) -> sqlx::Result<()> {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone().application_name("terrein feed")).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen("terrein_changed").await?;
        // Nobody listening is no fault.
        let _ = self.0.send(None);
        while let Some(notification) = listener.try_recv().await? {
            if let Ok(id) = Uuid::try_parse(notification.payload()) {
                let _ = self.0.send(Some(TerrainId(id)));
            }
        }
        Ok(())
    }
}

/// Somebody who listens over a socket: each look at the database is a transaction of its own, as that person.
pub struct Subscriber {
    database: Database,
    session: Option<SessionHash>,
    hub: Hub,
}

#[derive(FromQueryResult)]
struct Visible {
    id: TerrainId,
}

impl Subscriber {
    #[must_use]
    pub fn new(database: Database, session: Option<SessionHash>, hub: Hub) -> Arc<Self> {
        Arc::new(Self { database, session, hub })
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Word> {
        self.hub.0.subscribe()
    }

    fn caller(&self) -> Caller {
        Caller::new(self.database.clone(), self.session.clone(), Language::Nl, Clock::System)
    }

    /// Those of the terrains that this person may see now.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn visible(&self, terrains: Vec<TerrainId>) -> Result<Vec<TerrainId>> {
        let caller = self.caller();
        let sql = "select id from terrain where id = any (($1::text)::uuid[]) and deleted_at is null";
        let rows: Vec<Visible> = caller.all(sql, [uuids(terrains.into_iter().map(|terrain| terrain.0))]).await?;
        caller.finish(true).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Whether the session this was opened with still stands; a visitor has none to lose.
    pub async fn stands(&self) -> bool {
        if self.session.is_none() {
            return true;
        }
        let caller = self.caller();
        let stands = matches!(caller.actor().await, Ok(Actor::Person(_)));
        caller.finish(true).await.is_ok() && stands
    }
}
