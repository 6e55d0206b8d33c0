//! Turns: so many at work at once, and a fair order for those who wait. What is small goes first, then whoever has least at work, and of those
//! whoever used least lately; so a crowd that asks for all it can get waits for itself, and somebody who asks a small thing does not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::buckets::Spender;

/// In this time what somebody used counts for half.
const HALF: Duration = Duration::from_secs(10);
/// Seconds of work that are much to have used lately: a page a second is less.
const MUCH: f64 = 0.5;
/// The share of the places that is kept free for what is small, of those who have nothing at work: one in so many.
const KEPT: usize = 4;
/// Whoever waited this long goes with what is small: a stream of small things does not hold up a large one for good.
const LONG: Duration = Duration::from_secs(1);

/// How many, and how long they wait.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// At work at once.
    pub places: usize,
    /// Of those, for one spender.
    pub each: usize,
    /// Of those, for what is large, of all together who used much lately: so few that their work leaves the processors to others between
    /// two steps.
    pub lane: usize,
    /// Waiting at most; beyond it whoever used most is shown out.
    pub waiting: usize,
    /// Longest anybody waits.
    pub patience: Duration,
}

/// Turns of one kind of work.
#[derive(Clone)]
pub struct Turns(Arc<Shared>);

struct Shared {
    rule: Rule,
    queue: Mutex<Queue>,
}

struct Queue {
    free: usize,
    spenders: HashMap<Spender, Used>,
    /// In order of arrival.
    waiting: Vec<Waiting>,
    next: u64,
}

struct Waiting {
    number: u64,
    since: Instant,
    small: bool,
    spender: Spender,
    tell: oneshot::Sender<Turn>,
}

/// What somebody has at work, and used.
struct Used {
    /// When each that is at work began.
    working: Vec<Instant>,
    /// By what has ended, as of `at`.
    seconds: f64,
    at: Instant,
}

impl Used {
    fn lately(&self, now: Instant) -> f64 {
        let since = |then: Instant| now.saturating_duration_since(then).as_secs_f64();
        let under_way: f64 = self.working.iter().map(|began| since(*began)).sum();
        self.seconds * 0.5_f64.powf(since(self.at) / HALF.as_secs_f64()) + under_way
    }
}

impl Queue {
    /// (at work, seconds used lately): the lower, the sooner.
    fn standing(&self, spender: &Spender, now: Instant) -> (usize, f64) {
        self.spenders.get(spender).map_or((0, 0.0), |used| (used.working.len(), used.lately(now)))
    }

    fn may_begin(&self, spender: &Spender, small: bool, rule: &Rule, now: Instant) -> bool {
        let (working, seconds) = self.standing(spender, now);
        let kept = match (small, working) {
            (true, 0) => 0,
            (false, _) if seconds >= MUCH => rule.places.saturating_sub(rule.lane),
            _ => rule.places / KEPT,
        };
        self.free > kept && working < rule.each
    }

    fn begin(&mut self, spender: &Spender, now: Instant) {
        self.free -= 1;
        self.spenders.entry(spender.clone()).or_insert(Used { working: Vec::new(), seconds: 0.0, at: now }).working.push(now);
    }

    fn end(&mut self, spender: &Spender, began: Instant, now: Instant) {
        self.free += 1;
        let Some(used) = self.spenders.get_mut(spender) else { return };
        let lately = used.lately(now);
        if let Some(place) = used.working.iter().position(|other| *other == began) {
            used.working.swap_remove(place);
        }
        // What is still under way counts by itself.
        let under_way: f64 = used.working.iter().map(|began| now.saturating_duration_since(*began).as_secs_f64()).sum();
        (used.seconds, used.at) = (lately - under_way, now);
    }

    /// Who of those waiting goes next.
    fn next(&self, rule: &Rule, now: Instant) -> Option<usize> {
        let mut best: Option<(usize, bool, (usize, f64))> = None;
        for (place, waiting) in self.waiting.iter().enumerate() {
            if !self.may_begin(&waiting.spender, waiting.small, rule, now) {
                continue;
            }
            let first = waiting.small || now.saturating_duration_since(waiting.since) >= LONG;
            let standing = self.standing(&waiting.spender, now);
            if best.is_none_or(|(_, best_first, least)| (first && !best_first) || (first == best_first && before(standing, least))) {
                best = Some((place, first, standing));
            }
        }
        best.map(|(place, ..)| place)
    }

    /// Makes room for one more of `spender`'s among those waiting, at the cost of whoever has and used most; whether there is.
    fn make_room(&mut self, spender: &Spender, rule: &Rule, now: Instant) -> bool {
        if self.waiting.len() < rule.waiting {
            return true;
        }
        let mut having: HashMap<&Spender, usize> = HashMap::new();
        for waiting in &self.waiting {
            *having.entry(&waiting.spender).or_default() += 1;
        }
        let weight = |spender: &Spender| {
            let (working, seconds) = self.standing(spender, now);
            (working + having.get(spender).copied().unwrap_or_default(), seconds)
        };
        let own = weight(spender);
        // The last of theirs: what waited longest keeps its place.
        let most = self.waiting.iter().enumerate().rev().map(|(place, waiting)| (place, weight(&waiting.spender)));
        let most = most.reduce(|most, one| if before(most.1, one.1) { one } else { most });
        match most {
            Some((place, weight)) if before(own, weight) => {
                // Its sender goes with it, which tells whoever waits.
                self.waiting.remove(place);
                true
            }
            _ => false,
        }
    }
}

fn before(one: (usize, f64), other: (usize, f64)) -> bool {
    one.0 < other.0 || (one.0 == other.0 && one.1 < other.1)
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those who wait.
    fn hand_out(self: &Arc<Self>, queue: &mut Queue, now: Instant) {
        while let Some(place) = queue.next(&self.rule, now) {
            let Waiting { spender, tell, .. } = queue.waiting.remove(place);
            queue.begin(&spender, now);
            let turn = Turn { shared: self.clone(), spender, since: now, void: false };
            if let Err(mut unwanted) = tell.send(turn) {
                // Gone meanwhile. Given back here: its own end would wait for the queue that is held.
                unwanted.void = true;
                queue.end(&unwanted.spender, unwanted.since, now);
            }
        }
    }
}

impl Turns {
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        let queue = Queue { free: rule.places, spenders: HashMap::new(), waiting: Vec::new(), next: 0 };
        Self(Arc::new(Shared { rule, queue: Mutex::new(queue) }))
    }

    /// A turn for something small or large; `None` when none came in time, or too many wait already.
    pub async fn take(&self, spender: &Spender, small: bool) -> Option<Turn> {
        let (ticket, told) = {
            let now = Instant::now();
            let mut queue = self.0.queue();
            // Whoever waits now may not have the place that this one finds free.
            if queue.may_begin(spender, small, &self.0.rule, now) {
                queue.begin(spender, now);
                return Some(Turn { shared: self.0.clone(), spender: spender.clone(), since: now, void: false });
            }
            if !queue.make_room(spender, &self.0.rule, now) {
                return None;
            }
            let (tell, told) = oneshot::channel();
            let number = queue.next;
            queue.next += 1;
            queue.waiting.push(Waiting { number, since: now, small, spender: spender.clone(), tell });
            (Ticket { shared: self.0.clone(), number }, told)
        };
        let turn = tokio::time::timeout(self.0.rule.patience, told).await.ok().and_then(Result::ok);
        drop(ticket);
        turn
    }

    /// Places nobody has.
    #[must_use]
    pub fn free(&self) -> usize {
        self.0.queue().free
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.queue().waiting.len()
    }

    /// Forgets who used nothing lately.
    pub fn sweep(&self) {
        let now = Instant::now();
        self.0.queue().spenders.retain(|_, used| !used.working.is_empty() || used.lately(now) > 0.001);
    }
}

/// A place in the queue, given up when whoever waits is gone.
struct Ticket {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.shared.queue().waiting.retain(|waiting| waiting.number != self.number);
    }
}

/// Held while at work.
pub struct Turn {
    shared: Arc<Shared>,
    spender: Spender,
    since: Instant,
    /// Given back already.
    void: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.void {
            return;
        }
        let now = Instant::now();
        let mut queue = self.shared.queue();
        queue.end(&self.spender, self.since, now);
        self.shared.hand_out(&mut queue, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::caller::SessionHash;

    fn somebody(name: &str) -> Spender {
        Spender::Session(SessionHash::of(name))
    }

    fn turns(places: usize, each: usize, waiting: usize) -> Turns {
        Turns::new(Rule { places, each, lane: places.div_ceil(4), waiting, patience: Duration::from_secs(5) })
    }

    /// Asks for a turn in a task of its own, and lets it come as far as the queue.
    async fn ask(turns: &Turns, name: &'static str) -> tokio::task::JoinHandle<Option<Turn>> {
        let (asking, before) = (turns.clone(), turns.waiting());
        let asked = tokio::spawn(async move { asking.take(&somebody(name), false).await });
        for _ in 0..100 {
            if asked.is_finished() || turns.waiting() != before {
                break;
            }
            tokio::task::yield_now().await;
        }
        asked
    }

    #[tokio::test]
    async fn whoever_has_least_at_work_goes_first_whenever_they_came() {
        let turns = turns(2, 2, 10);
        let held = [turns.take(&somebody("greedy"), false).await, turns.take(&somebody("greedy"), false).await];
        assert!(held.iter().all(Option::is_some));
        let more = [ask(&turns, "greedy").await, ask(&turns, "greedy").await];
        let modest = ask(&turns, "modest").await;
        assert_eq!(turns.waiting(), 3);
        let [one, _other] = held;
        drop(one);
        assert!(modest.await.expect("asked").is_some(), "served before those who came earlier");
        assert!(!more.iter().any(tokio::task::JoinHandle::is_finished));
    }

    #[tokio::test]
    async fn a_full_queue_shows_out_whoever_has_most_in_it() {
        let turns = turns(1, 1, 2);
        let held = turns.take(&somebody("greedy"), false).await.expect("the only place");
        let first = ask(&turns, "greedy").await;
        let second = ask(&turns, "greedy").await;
        assert!(turns.take(&somebody("greedy"), false).await.is_none(), "no more of one's own than the queue holds");
        let modest = ask(&turns, "modest").await;
        assert!(second.await.expect("asked").is_none(), "shown out for somebody with less");
        drop(held);
        assert!(modest.await.expect("asked").is_some());
        assert!(first.await.expect("asked").is_some());
        assert_eq!((turns.free(), turns.waiting()), (1, 0));
    }

    #[tokio::test]
    async fn a_quarter_is_kept_for_those_who_used_little() {
        let turns = turns(8, 8, 10);
        let greedy = somebody("greedy");
        let held = futures_util::future::join_all((0..6).map(|_| turns.take(&greedy, false))).await;
        let held: Vec<Turn> = held.into_iter().flatten().collect();
        assert_eq!((held.len(), turns.free()), (6, 2));
        let more = ask(&turns, "greedy").await;
        assert!(!more.is_finished());
        assert!(turns.take(&somebody("modest"), true).await.is_some());
    }

    #[tokio::test]
    async fn those_who_used_much_share_a_lane() {
        let turns = turns(8, 8, 10);
        let (greedy, glutton) = (somebody("greedy"), somebody("glutton"));
        for spender in [&greedy, &glutton] {
            let held = turns.take(spender, false).await.expect("a place");
            tokio::time::sleep(Duration::from_millis(600)).await;
            drop(held);
        }
        let held = [turns.take(&greedy, false).await, turns.take(&glutton, false).await];
        assert!(held.iter().all(Option::is_some), "a lane of two");
        let more = [ask(&turns, "greedy").await, ask(&turns, "glutton").await];
        assert_eq!((turns.free(), turns.waiting()), (6, 2));
        assert!(turns.take(&somebody("modest"), true).await.is_some());
        drop(held);
        for more in more {
            assert!(more.await.expect("asked").is_some());
        }
    }

    #[tokio::test]
    async fn what_is_small_goes_before_what_came_earlier() {
        let turns = turns(1, 1, 10);
        let held = turns.take(&somebody("one"), false).await.expect("the only place");
        let large = ask(&turns, "other").await;
        let asking = turns.clone();
        let small = tokio::spawn(async move { asking.take(&somebody("one"), true).await });
        while turns.waiting() < 2 {
            tokio::task::yield_now().await;
        }
        drop(held);
        drop(small.await.expect("asked").expect("first, whoever asks it"));
        assert!(large.await.expect("asked").is_some());
    }

    #[tokio::test]
    async fn whoever_goes_away_leaves_no_trace() {
        let turns = turns(1, 1, 10);
        let held = turns.take(&somebody("one"), false).await.expect("the only place");
        let gone = ask(&turns, "other").await;
        gone.abort();
        assert!(gone.await.is_err());
        assert_eq!(turns.waiting(), 0);
        drop(held);
        assert_eq!(turns.free(), 1);
    }
}
