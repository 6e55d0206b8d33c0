//! The words of the database (NOTIFY) to everybody who listens on this node. One connection listens for all.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use sea_orm::FromQueryResult;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use terrein_shared::clock::Clock;
use terrein_shared::id::{PersonId, TerrainId};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::access::caller::SessionHash;
use crate::access::{Caller, Database};
use crate::error::{Error, Result};
use crate::listing::uuids;
use crate::texts::Language;

/// A terrain that changed; `None` when words may have been missed.
type Word = Option<TerrainId>;

/// The database's channels: a terrain that changed, a person who may see or do something else than before.
const CHANGED: &str = "terrein_changed";
const PERSON: &str = "terrein_person";

/// Sockets of one person, or of one address when nobody is signed in, at once: a few devices with a few tabs each.
pub const SOCKETS: usize = 20;

/// Longest a listener waits for a turn at the database.
const WAIT: Duration = Duration::from_secs(8);

/// Whose sockets are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Listener {
    Person(PersonId),
    Address(Option<IpAddr>),
}

/// Hands the database's words on.
#[derive(Clone)]
pub struct Hub {
    words: broadcast::Sender<Word>,
    /// People for whom something else holds: a session that ended, a role given or taken.
    people: broadcast::Sender<PersonId>,
    seats: Arc<Mutex<HashMap<Listener, usize>>>,
    /// Looks at the database under way: a word is for all who listen at once, and they leave the others their connections.
    looks: Arc<Semaphore>,
}

/// A place for one socket, given back when it closes.
pub struct Seat {
    listener: Listener,
    seats: Arc<Mutex<HashMap<Listener, usize>>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = seats.get_mut(&self.listener) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.listener);
            }
        }
    }
}

impl Hub {
    /// With a quarter of the `connections` to the database for those who listen.
    #[must_use]
    pub fn new(connections: u32) -> Self {
        let looks = Arc::new(Semaphore::new((connections as usize / 4).max(1)));
        Self { words: broadcast::Sender::new(4096), people: broadcast::Sender::new(1024), seats: Arc::default(), looks }
    }

    /// A place among the listener's sockets; `None` when all are taken.
    #[must_use]
    pub fn seat(&self, listener: Listener) -> Option<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = seats.entry(listener.clone()).or_default();
        if *taken >= SOCKETS {
            return None;
        }
        *taken += 1;
        drop(seats);
        Some(Seat { listener, seats: self.seats.clone() })
    }

    /// Listens until `stop`; a lost connection is made again, and everybody is told to read on.
    pub async fn run(self, options: PgConnectOptions, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                ended = self.listen_once(&options) => if let Err(error) = ended {
                    tracing::warn!(%error, "listening for changes was cut off");
                },
            }
            let _ = self.words.send(None);
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    }

    async fn listen_once(&self, options: &PgConnectOptions) -> sqlx::Result<()> {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone().application_name("terrein feed")).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen_all([CHANGED, PERSON]).await?;
        // Nobody listening is no fault.
        let _ = self.words.send(None);
        while let Some(notification) = listener.try_recv().await? {
            match (notification.channel(), Uuid::try_parse(notification.payload())) {
                (PERSON, Ok(id)) => {
                    let _ = self.people.send(PersonId(id));
                }
                (_, Ok(id)) => {
                    let _ = self.words.send(Some(TerrainId(id)));
                }
                (_, Err(_)) => {}
            }
        }
        Ok(())
    }
}

/// Somebody who listens over a socket: each look at the database is a transaction of its own, as that person.
pub struct Subscriber {
    database: Database,
    /// What it was opened with, or what took its place since.
    session: Mutex<Option<SessionHash>>,
    /// Who opened it, once that was asked.
    opener: OnceLock<PersonId>,
    hub: Hub,
}

/// Words that are for one person.
pub struct Calls {
    people: broadcast::Receiver<PersonId>,
    whom: Option<PersonId>,
}

impl Calls {
    /// Waits for the next: something else holds for this person. Words that may have been missed count as one.
    pub async fn next(&mut self) {
        loop {
            match (self.whom, self.people.recv().await) {
                (Some(whom), Ok(person)) if whom != person => {}
                (Some(_), Ok(_) | Err(RecvError::Lagged(_))) => return,
                // Nobody is called; and a hub that is gone calls nobody.
                (None, _) | (_, Err(RecvError::Closed)) => std::future::pending().await,
            }
        }
    }
}

#[derive(FromQueryResult)]
struct Somebody {
    id: Option<PersonId>,
}

#[derive(FromQueryResult)]
struct Next {
    hash: Option<Vec<u8>>,
}

#[derive(FromQueryResult)]
struct Seen {
    stands: bool,
    id: Option<TerrainId>,
}

impl Subscriber {
    #[must_use]
    pub fn new(database: Database, session: Option<SessionHash>, hub: Hub) -> Arc<Self> {
        Arc::new(Self { database, session: Mutex::new(session), opener: OnceLock::new(), hub })
    }

    pub(super) fn listen(&self) -> broadcast::Receiver<Word> {
        self.hub.words.subscribe()
    }

    /// Words for whoever opened this; none before [`Self::person`] told who that is.
    #[must_use]
    pub fn calls(&self) -> Calls {
        Calls { people: self.hub.people.subscribe(), whom: self.opener.get().copied() }
    }

    fn session(&self) -> Option<SessionHash> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn caller(&self) -> Caller {
        Caller::new(self.database.clone(), self.session(), Language::Nl, Clock::System).reading()
    }

    /// Goes on under the session that took the place of this one, when it was renewed and nobody ended it; whether there is one.
    async fn follows(&self) -> Result<bool> {
        // A token is not renewed; with the eyes of a role one opens it again.
        if self.session().is_none_or(|session| session.is_token() || session.eyes().is_some()) {
            return Ok(false);
        }
        let caller = self.caller();
        let next: Option<Next> = caller.one("select app.successor() as hash", []).await?;
        caller.finish(true).await?;
        let next = next.and_then(|next| next.hash).and_then(|hash| SessionHash::stored(&hash));
        let follows = next.is_some();
        if follows {
            *self.session.lock().unwrap_or_else(PoisonError::into_inner) = next;
        }
        Ok(follows)
    }

    /// A turn to look at the database.
    async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        match tokio::time::timeout(WAIT, self.hub.looks.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(Error::Unavailable(anyhow::anyhow!("no turn for a listener's look at the database"))),
        }
    }

    /// Who opened the socket; `None` for a visitor, and for a session that is nobody's.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn person(&self) -> Result<Option<PersonId>> {
        if self.session().is_none() {
            return Ok(None);
        }
        let _turn = self.turn().await?;
        loop {
            let caller = self.caller();
            let somebody: Option<Somebody> = match caller.one("select app.person() as id", []).await {
                Err(Error::Unauthenticated) => return Ok(None),
                somebody => somebody?,
            };
            caller.finish(true).await?;
            if let Some(person) = somebody.and_then(|somebody| somebody.id) {
                self.opener.get_or_init(|| person);
                return Ok(Some(person));
            }
            // Whoever opens a socket shows a secret that stands.
            if self.opener.get().is_none() || !self.follows().await? {
                return Ok(None);
            }
        }
    }

    /// Whether what this was opened with still stands; a visitor has nothing to lose.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn stands(&self) -> Result<bool> {
        Ok(self.session().is_none() || self.person().await?.is_some())
    }

    /// Those of the terrains that this person may see now; `None` when the session this was opened with stands no more. One statement:
    /// it is asked for every word and every subscriber. Listening is no use of a session: it does not keep one alive.
    ///
    /// # Errors
    /// As the database answers.
    pub(super) async fn look(&self, terrains: &[TerrainId]) -> Result<Option<Vec<TerrainId>>> {
        let _turn = self.turn().await?;
        let sql = "select s.stands, t.id from (select $2 or (select app.person()) is not null as stands) s
                   left join terrain t on s.stands and t.id = any (($1::text)::uuid[]) and t.deleted_at is null";
        loop {
            let caller = self.caller();
            let ids = uuids(terrains.iter().map(|terrain| terrain.0));
            let rows: Vec<Seen> = match caller.all(sql, [ids, self.session().is_none().into()]).await {
                Err(Error::Unauthenticated) => return Ok(None),
                rows => rows?,
            };
            caller.finish(true).await?;
            if rows.iter().all(|row| row.stands) {
                return Ok(Some(rows.into_iter().filter_map(|row| row.id).collect()));
            }
            if !self.follows().await? {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_has_twenty_seats_and_gets_one_back_when_a_socket_closes() {
        let hub = Hub::new(16);
        let (one, other) = (Listener::Person(PersonId::new()), Listener::Address(None));
        let mut seats: Vec<Seat> = (0..30).filter_map(|_| hub.seat(one.clone())).collect();
        assert_eq!(seats.len(), SOCKETS);
        assert!(hub.seat(other).is_some());
        seats.pop();
        assert!(hub.seat(one.clone()).is_some());
        drop(seats);
        assert!(hub.seats.lock().expect("seats").is_empty(), "nobody is remembered");
    }
}
