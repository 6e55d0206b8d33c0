//! Rate buckets and places: what one session (or, for visitors, one address) may spend, and how much of it at once.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::turns::{Rule, Turn, Turns};
use crate::access::caller::SessionHash;

/// Questions of one session under way at once.
const AT_ONCE: usize = 8;
/// Longest a question or a tile waits for its turn at the database.
const WAIT: Duration = Duration::from_secs(5);
/// Longest a text waits to be read: a turn takes milliseconds.
const READING_WAIT: Duration = Duration::from_secs(2);
/// Questions at work at once of those who used much lately, for each processor.
const LANE: usize = 2;
/// Questions that wait, for each that is at work.
const WAITING: usize = 8;
/// A question that costs no more is small.
const SMALL: usize = 20;
/// What a text that is refused costs.
pub const REFUSED: usize = 10;
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

impl Spender {
    /// Whoever comes from there. One line has all of an IPv6 network of 64 bits, and would have as many buckets.
    #[must_use]
    pub fn at(address: Option<IpAddr>) -> Self {
        Self::Address(address.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(six) => match six.to_ipv4_mapped() {
                Some(four) => four.into(),
                None => Ipv6Addr::from(u128::from(six) >> 64 << 64).into(),
            },
        }))
    }
}

/// All buckets.
pub struct Buckets {
    ad_hoc: Option<DefaultKeyedRateLimiter<Spender>>,
    /// What fits in that of one spender at most.
    most: usize,
    persisted: Option<DefaultKeyedRateLimiter<Spender>>,
    persisted_visitor: Option<DefaultKeyedRateLimiter<Spender>>,
    tiles: Option<DefaultKeyedRateLimiter<Spender>>,
    packs: Option<DefaultKeyedRateLimiter<Spender>>,
    sign_in: DefaultKeyedRateLimiter<Spender>,
    /// Half the connections at most, so that a storm of tiles leaves the rest to questions and commands; of those, half for one spender.
    tile_turns: Turns,
    /// Three quarters of the connections: the rest is for signing in, for listening and for tiles.
    question_turns: Turns,
    /// Processors but one: what reads texts leaves one to whatever else goes on.
    reading_turns: Turns,
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
        let connections = connections as usize;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let (readers, lane) = ((processors - 1).max(1), processors * LANE);
        let turns = |places: usize, each: usize, patience| {
            let places = places.max(1);
            Turns::new(Rule { places, each: each.clamp(1, places), lane, waiting: places.max(lane) * WAITING, patience })
        };
        Self {
            most: if ad_hoc == 0 { usize::MAX } else { ad_hoc.saturating_mul(20) as usize },
            ad_hoc: bucket(ad_hoc, ad_hoc.saturating_mul(20)),
            persisted: bucket(persisted, persisted.saturating_mul(20)),
            persisted_visitor: bucket(persisted / 5, (persisted / 5).saturating_mul(25)),
            // A screen is some forty tiles, and a zoom across the country ten screens.
            tiles: bucket(tiles, tiles.saturating_mul(20)),
            tile_turns: turns(connections / 2, (connections / 2).div_ceil(2), WAIT),
            question_turns: turns(connections * 3 / 4, AT_ONCE, WAIT),
            reading_turns: turns(readers, readers.div_ceil(2), READING_WAIT),
            // A pack is a few parts, and somebody takes a few along.
            packs: (persisted > 0).then(|| RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN.saturating_add(59)))),
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
        for bucket in
            [&self.ad_hoc, &self.persisted, &self.persisted_visitor, &self.tiles, &self.packs].into_iter().flatten().chain([&self.sign_in])
        {
            bucket.retain_recent();
        }
        for turns in [&self.tile_turns, &self.question_turns, &self.reading_turns] {
            turns.sweep();
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

    /// Who asks, as far as that is known without looking: a session that proved to be somebody's lately, or else the address.
    #[must_use]
    pub fn claimant(&self, session: Option<&SessionHash>, address: Option<IpAddr>) -> Spender {
        session.map(SessionHash::own).filter(|session| self.knows(session)).map_or(Spender::at(address), Spender::Session)
    }

    /// One tile.
    ///
    /// # Errors
    /// Seconds to wait.
    pub fn tile(&self, spender: &Spender) -> Result<(), u64> {
        self.tiles.as_ref().map_or(Ok(()), |bucket| take(bucket, spender, 1))
    }

    /// One part of a pack, or its list.
    ///
    /// # Errors
    /// Seconds to wait.
    pub fn pack(&self, spender: &Spender) -> Result<(), u64> {
        self.packs.as_ref().map_or(Ok(()), |bucket| take(bucket, spender, 1))
    }

    /// A turn to make a tile; `None` when there was none in time.
    pub async fn tile_turn(&self, spender: &Spender) -> Option<Turn> {
        self.tile_turns.take(spender, false).await
    }

    /// A turn at the database for a question of this cost; `None` when there was none in time, or too many wait already.
    pub async fn question(&self, spender: &Spender, cost: usize) -> Option<Turn> {
        self.question_turns.take(spender, cost <= SMALL).await
    }

    /// A turn to have a text read; `None` when there was none in time, or too many wait already.
    pub async fn reading(&self, spender: &Spender) -> Option<Turn> {
        self.reading_turns.take(spender, false).await
    }

    /// Places for tiles that nobody has.
    #[must_use]
    pub fn tile_places_free(&self) -> usize {
        self.tile_turns.free()
    }

    /// Questions that wait: for the database, to be read.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        (self.question_turns.waiting(), self.reading_turns.waiting())
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
    fn a_line_is_one_spender_whichever_of_its_addresses_it_uses() {
        let at = |text: &str| Spender::at(text.parse().ok());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:203.0.113.9"), at("203.0.113.9"));
        assert_ne!(at("203.0.113.9"), at("203.0.113.10"));
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
