//! Rate buckets: what one session (or, for visitors, one address) may spend.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::access::caller::SessionHash;

/// Questions of one session under way at once.
const AT_ONCE: usize = 8;
/// Longest a tile waits for a place.
const TILE_WAIT: Duration = Duration::from_secs(5);
/// How long a token need not be met again: a little over the minute between two notes that it was used.
const TOKEN: Duration = Duration::from_secs(61);

/// What may be spent a second; 0 takes a bucket away (benches).
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Cost of questions of one's own making.
    pub ad_hoc: u32,
    /// Cost of the app's own questions.
    pub persisted: u32,
    /// Tiles.
    pub tiles: u32,
}

/// Who spends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Spender {
    Session(SessionHash),
    Address(Option<IpAddr>),
}

/// All buckets.
pub struct Buckets {
    ad_hoc: Option<DefaultKeyedRateLimiter<Spender>>,
    /// What fits in that of one spender at most.
    most: usize,
    persisted: Option<DefaultKeyedRateLimiter<Spender>>,
    persisted_visitor: Option<DefaultKeyedRateLimiter<Spender>>,
    tiles: Option<DefaultKeyedRateLimiter<Spender>>,
    sign_in: DefaultKeyedRateLimiter<Spender>,
    /// Half the connections at most, so that a storm of tiles leaves the rest to questions and commands.
    tile_places: Arc<Semaphore>,
    /// Of those, half at most for one spender.
    tile_places_each: usize,
    tiles_of: moka::sync::Cache<Spender, Arc<Semaphore>>,
    at_once: moka::sync::Cache<Spender, Arc<Semaphore>>,
    /// Sessions that proved to be somebody's a moment ago.
    known: moka::sync::Cache<SessionHash, ()>,
    /// Tokens that the database knew a minute ago, and whether they write.
    tokens: moka::sync::Cache<SessionHash, bool>,
}

fn bucket(per_second: u32, burst: u32) -> Option<DefaultKeyedRateLimiter<Spender>> {
    Some(RateLimiter::keyed(Quota::per_second(NonZeroU32::new(per_second)?).allow_burst(NonZeroU32::new(burst)?)))
}

impl Buckets {
    /// Buckets that fill at these rates, and places among `connections` of the database.
    #[must_use]
    pub fn new(rates: Rates, connections: u32) -> Self {
        let Rates { ad_hoc, persisted, tiles } = rates;
        let for_tiles = (connections as usize / 2).max(1);
        Self {
            most: if ad_hoc == 0 { usize::MAX } else { ad_hoc.saturating_mul(20) as usize },
            ad_hoc: bucket(ad_hoc, ad_hoc.saturating_mul(20)),
            persisted: bucket(persisted, persisted.saturating_mul(20)),
            persisted_visitor: bucket(persisted / 5, (persisted / 5).saturating_mul(25)),
            // A screen is some forty tiles, and a zoom across the country ten screens.
            tiles: bucket(tiles, tiles.saturating_mul(20)),
            tile_places: Arc::new(Semaphore::new(for_tiles)),
            tile_places_each: for_tiles.div_ceil(2),
            tiles_of: moka::sync::Cache::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(60)).build(),
            sign_in: RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(29))),
            tokens: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(TOKEN).build(),
            known: moka::sync::Cache::builder().max_capacity(100_000).time_to_live(Duration::from_secs(600)).build(),
            at_once: moka::sync::Cache::builder().max_capacity(20_000).time_to_idle(Duration::from_secs(60)).build(),
        }
    }

    /// Whether this session or token proved to be somebody's a moment ago.
    #[must_use]
    pub fn knows(&self, session: &SessionHash) -> bool {
        if session.is_token() { self.tokens.contains_key(session) } else { self.known.contains_key(session) }
    }

    /// Whether this token writes; `None` when the database has not been asked lately.
    #[must_use]
    pub fn token(&self, token: &SessionHash) -> Option<bool> {
        self.tokens.get(token)
    }

    /// The database knew this token.
    pub fn learn_token(&self, token: &SessionHash, writes: bool) {
        self.tokens.insert(token.clone(), writes);
    }

    /// A request with this session was somebody's.
    pub fn learn(&self, session: &SessionHash) {
        self.known.insert(session.clone(), ());
    }

    /// Forgets who has spent nothing lately.
    pub fn sweep(&self) {
        for bucket in [&self.ad_hoc, &self.persisted, &self.persisted_visitor, &self.tiles].into_iter().flatten().chain([&self.sign_in]) {
            bucket.retain_recent();
        }
    }

    /// Takes `cost` out of the spender's bucket.
    ///
    /// # Errors
    /// Seconds to wait.
    pub fn spend(&self, spender: &Spender, cost: usize, persisted: bool) -> Result<(), u64> {
        let bucket = match (persisted, spender) {
            (false, _) => &self.ad_hoc,
            (true, Spender::Session(_)) => &self.persisted,
            (true, Spender::Address(_)) => &self.persisted_visitor,
        };
        let Some(bucket) = bucket else { return Ok(()) };
        take(bucket, spender, u32::try_from(cost).unwrap_or(u32::MAX))
    }

    /// The most that one question of a spender's own may cost.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most
    }

    /// Who pays for a tile: a session that proved to be somebody's lately, or else the address.
    #[must_use]
    pub fn tile_spender(&self, session: Option<&SessionHash>, address: Option<IpAddr>) -> Spender {
        session.filter(|session| self.knows(session)).map_or(Spender::Address(address), |session| Spender::Session(session.clone()))
    }

    /// One tile.
    ///
    /// # Errors
    /// Seconds to wait.
    pub fn tile(&self, spender: &Spender) -> Result<(), u64> {
        self.tiles.as_ref().map_or(Ok(()), |bucket| take(bucket, spender, 1))
    }

    /// A place among the tiles being made: first one of the spender's, then one of all; `None` when none came free in time.
    pub async fn tile_place(&self, spender: &Spender) -> Option<TilePlace> {
        let own = self.tiles_of.get_with(spender.clone(), || Arc::new(Semaphore::new(self.tile_places_each)));
        let places = async { Some(TilePlace(own.acquire_owned().await.ok()?, self.tile_places.clone().acquire_owned().await.ok()?)) };
        tokio::time::timeout(TILE_WAIT, places).await.ok().flatten()
    }

    /// Places for tiles that nobody has.
    #[must_use]
    pub fn tile_places_free(&self) -> usize {
        self.tile_places.available_permits()
    }

    /// One sign-in attempt.
    ///
    /// # Errors
    /// Seconds to wait.
    pub fn sign_in(&self, spender: &Spender) -> Result<(), u64> {
        take(&self.sign_in, spender, 1)
    }

    /// A place among the spender's questions under way; `None` when all are taken.
    #[must_use]
    pub fn place(&self, spender: &Spender) -> Option<OwnedSemaphorePermit> {
        self.at_once.get_with(spender.clone(), || Arc::new(Semaphore::new(AT_ONCE))).try_acquire_owned().ok()
    }
}

/// Held while a tile is made.
pub struct TilePlace(
    #[expect(dead_code, reason = "held")] OwnedSemaphorePermit,
    #[expect(dead_code, reason = "held")] OwnedSemaphorePermit,
);

fn take(bucket: &DefaultKeyedRateLimiter<Spender>, spender: &Spender, cost: u32) -> Result<(), u64> {
    let Some(cost) = NonZeroU32::new(cost) else { return Ok(()) };
    match bucket.check_key_n(spender, cost) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(wait)) => Err(wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1),
        Err(_) => Err(60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(ad_hoc: u32, persisted: u32, tiles: u32) -> Buckets {
        Buckets::new(Rates { ad_hoc, persisted, tiles }, 16)
    }

    #[test]
    fn a_bucket_empties_and_belongs_to_one_spender() {
        let buckets = buckets(50, 1000, 100);
        let (one, other) = (Spender::Session(SessionHash::of("a")), Spender::Session(SessionHash::of("b")));
        assert!(buckets.spend(&one, 1000, false).is_ok());
        assert!(buckets.spend(&one, 500, false).is_err());
        assert!(buckets.spend(&other, 500, false).is_ok());
        assert!(super::tests::buckets(0, 0, 0).spend(&one, 1_000_000, false).is_ok());
    }

    #[test]
    fn a_session_asks_eight_things_at_once() {
        let buckets = buckets(50, 1000, 100);
        let one = Spender::Session(SessionHash::of("a"));
        let places: Vec<_> = (0..8).filter_map(|_| buckets.place(&one)).collect();
        assert_eq!(places.len(), 8);
        assert!(buckets.place(&one).is_none());
        drop(places);
        assert!(buckets.place(&one).is_some());
    }
}
