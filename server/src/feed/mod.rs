//! Feed: what changed on a terrain since a cursor, missing nothing (`sync.md`); and the word that something did.
//!
//! A row's place is the transaction that wrote it, then a sequence; read below the oldest transaction still under way, so that the row
//! of a slow writer is never passed over.

pub mod cursor;
pub mod hub;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ComplexObject, Context, Object, SimpleObject, Subscription};
use futures_util::Stream;
use sea_orm::FromQueryResult;
use terrein_shared::Reason;
use terrein_shared::id::TerrainId;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use self::cursor::Cursor;
use self::hub::Subscriber;
use crate::error::{Error, Result, invalid};
use crate::listing::{PageLimit, page, uuids};
use crate::loader::{caller, data};
use crate::schema::{Node, node};

/// Most terrains in one question.
const TERRAINS: usize = 50;
/// Most changes in one page: more than other lists, for the app's own questions.
const MOST: u32 = 1_000;
/// Every row that a reader is given, from a place on: its first comment says what it takes.
pub(crate) const CHANGES: &str = include_str!("changes.sql");

crate::vocabulary! {
    /// What kind of thing changed.
    ChangeKind {
        /// A business park.
        Terrain = "terrain",
        /// A plot.
        Plot = "plot",
        /// A building.
        Building = "building",
        /// An address.
        Address = "address",
        /// A company.
        Company = "company",
        /// Who has what.
        Occupancy = "occupancy",
        /// A station, cable, lamp …
        Infrastructure = "infrastructure",
        /// An issue.
        Issue = "issue",
        /// A party's stake in an issue.
        Support = "support",
        /// A comment on an issue.
        IssueComment = "comment",
        /// What was seen on the spot.
        Observation = "observation",
        /// A talk with a company or somebody else.
        Conversation = "conversation",
        /// What was said that would be done.
        Promise = "promise",
        /// A photo.
        Photo = "photo",
        /// A voice note.
        VoiceNote = "voice-note",
    }
}

/// Something that changed.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Change {
    /// What kind of thing.
    kind: ChangeKind,
    #[graphql(skip)]
    id: Uuid,
    #[graphql(skip)]
    gone: bool,
    #[graphql(skip)]
    xid: String,
    #[graphql(skip)]
    seq: i64,
    #[graphql(skip)]
    #[sea_orm(skip)]
    at: Cursor,
}

#[ComplexObject]
impl Change {
    /// Which: `issue:…`
    async fn id(&self) -> async_graphql::ID {
        async_graphql::ID(format!("{}:{}", self.kind.word(), self.id))
    }

    /// Its place in the feed.
    async fn cursor(&self) -> String {
        self.at.encode()
    }

    /// As it is now; nothing when it is gone, or no longer yours to see: drop your copy.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>> {
        if self.gone { Ok(None) } else { node(context, self.kind.word(), self.id).await }
    }
}

/// A page of the feed.
#[derive(Debug, Clone, SimpleObject)]
pub struct ChangePage {
    /// Oldest first; a thing may come more than once, the last counts.
    items: Vec<Change>,
    /// Ask on from here.
    cursor: String,
    /// Whether more is there already.
    more: bool,
    /// Your cursor was of another history, or your rights changed since: this page starts at the beginning; when the last page is read
    /// (`more: false`), drop every row you did not meet.
    resync: bool,
}

#[derive(FromQueryResult)]
struct Here {
    epoch: String,
    scope: i32,
}

#[derive(Default)]
pub struct FeedQuery;

#[Object]
impl FeedQuery {
    /// What changed on terrains since a cursor, oldest first; from the beginning without one.
    async fn changes(&self, context: &Context<'_>, terrains: Vec<TerrainId>, since: Option<String>, first: i32) -> Result<ChangePage> {
        if terrains.len() > TERRAINS {
            return Err(invalid("terrains", Reason::TooMany { max: TERRAINS }));
        }
        let persisted = context.data_opt::<PageLimit>().is_some_and(|limit| limit.0 > PageLimit::AD_HOC.0);
        let page = page(if persisted { PageLimit(MOST) } else { PageLimit::AD_HOC }, first, None)?;
        let caller = caller(context)?;
        let Here { epoch, scope } = caller
            .one("select app.epoch() as epoch, app.scope() as scope", [])
            .await?
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("no epoch")))?;
        let since = since.as_deref().map(Cursor::decode).transpose()?;
        let start = Cursor { epoch, scope, xid: 0, seq: 0 };
        let (resync, from) = match since {
            None => (false, start),
            Some(since) if since.epoch == start.epoch && since.scope == start.scope => (false, since),
            Some(_) => (true, start),
        };
        let mut items: Vec<Change> = caller
            .all(
                CHANGES,
                [
                    uuids(terrains.into_iter().map(|terrain| terrain.0)),
                    from.xid.to_string().into(),
                    from.seq.into(),
                    i64::from(page.first + 1).into(),
                ],
            )
            .await?;
        let more = items.len() > page.first as usize;
        items.truncate(page.first as usize);
        for item in &mut items {
            let xid = item.xid.parse().map_err(|_| Error::Internal(anyhow::anyhow!("a transaction id that is no number")))?;
            item.at = Cursor { xid, seq: item.seq, ..from.clone() };
        }
        let cursor = items.last().map_or_else(|| from.clone(), |last| last.at.clone()).encode();
        Ok(ChangePage { items, cursor, more, resync })
    }
}

/// Something changed on a terrain: read `changes` on from your cursor.
#[derive(Debug, Clone, SimpleObject)]
pub struct TerrainChanged {
    /// Where.
    terrain_id: TerrainId,
    /// Words may have been missed: read on even if nothing was expected.
    refetch: bool,
}

pub struct FeedSubscription;

#[Subscription]
impl FeedSubscription {
    /// Says that something changed on one of these terrains, never what: rights are checked when you read it.
    async fn terrain_changed(&self, context: &Context<'_>, terrains: Vec<TerrainId>) -> Result<impl Stream<Item = TerrainChanged> + use<>> {
        if terrains.len() > TERRAINS {
            return Err(invalid("terrains", Reason::TooMany { max: TERRAINS }));
        }
        let subscriber = data::<Arc<Subscriber>>(context)?.clone();
        let terrains = subscriber.look(&terrains).await?.ok_or(Error::Unauthenticated)?;
        Ok(words(subscriber, terrains))
    }
}

/// How often a quiet subscription asks whether its session still stands.
const RECHECK: Duration = Duration::from_secs(30);
/// Changes this close together are one word.
const GATHER: Duration = Duration::from_millis(25);

fn words(subscriber: Arc<Subscriber>, terrains: Vec<TerrainId>) -> impl Stream<Item = TerrainChanged> {
    async_stream::stream! {
        let mut changes = subscriber.listen();
        let mut calls = subscriber.calls();
        let mut recheck = tokio::time::interval(RECHECK);
        recheck.tick().await;
        // A database that is away for a moment ends no subscription: what was to be told is told when it is back.
        let mut missed = false;
        loop {
            let mut touched: Vec<TerrainId> = Vec::new();
            let mut refetch = missed;
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(Some(terrain)) => touched.push(terrain),
                    Ok(None) | Err(RecvError::Lagged(_)) => refetch = true,
                    Err(RecvError::Closed) => break,
                },
                () = calls.next() => refetch = true,
                _ = recheck.tick() => {
                    if matches!(subscriber.look(&[]).await, Ok(None)) { break }
                    if !missed { continue }
                }
            }
            if !refetch && !terrains.contains(&touched[0]) { continue }
            tokio::time::sleep(GATHER).await;
            while let Ok(change) = changes.try_recv() {
                match change {
                    Some(terrain) => touched.push(terrain),
                    None => refetch = true,
                }
            }
            // Session and rights are looked at again for every word.
            let visible = match subscriber.look(&terrains).await {
                Ok(Some(visible)) => visible,
                Ok(None) => break,
                Err(_) => {
                    missed = true;
                    continue;
                }
            };
            missed = false;
            // Who may have missed something is told of every terrain, of one that is out of sight since above all.
            let told = if refetch { &terrains } else { &visible };
            for terrain in told {
                if refetch || touched.contains(terrain) {
                    yield TerrainChanged { terrain_id: *terrain, refetch };
                }
            }
        }
    }
}
