//! Looks into the database for what is counted and only it knows: its connections, the queue, how far the feed is held back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio_util::sync::CancellationToken;

use super::metrics::{Known, Metrics};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(5);
/// Longest it waits for an answer.
const WAIT: Duration = Duration::from_secs(4);

/// Looks until `stop`, on connections of its own, so that it sees a pool that is used up. `app` past any pooler.
pub async fn run(app: PgConnectOptions, jobs: PgConnectOptions, metrics: Arc<Metrics>, stop: CancellationToken) {
    let pool = |options: PgConnectOptions| {
        PgPoolOptions::new().max_connections(1).acquire_timeout(WAIT).connect_lazy_with(options.application_name("terrein metrics"))
    };
    let (app, jobs) = (pool(app), pool(jobs));
    let mut feed = Feed::default();
    let mut known_before = true;
    loop {
        let known = match tokio::time::timeout(WAIT, look(&app, &jobs, &mut feed)).await {
            Ok(Ok(known)) => Some(known),
            Ok(Err(error)) => {
                // Once: the database that is away is told of by everything else too.
                if known_before {
                    tracing::warn!(%error, "the database could not be looked into for /metrics");
                }
                None
            }
            Err(_) => None,
        };
        known_before = known.is_some();
        metrics.know(known);
        if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
            return;
        }
    }
}

async fn look(app: &PgPool, jobs: &PgPool, feed: &mut Feed) -> sqlx::Result<Known> {
    let (active, idle, in_transaction): (i64, i64, i64) = sqlx::query_as(
        "select count(*) filter (where state = 'active'), count(*) filter (where state = 'idle'),
                count(*) filter (where state like 'idle in transaction%')
         from pg_stat_activity where datname = current_database() and usename = current_user and application_name = 'terrein'",
    )
    .fetch_one(app)
    .await?;
    let (oldest, newest): (i64, i64) = sqlx::query_as(
        "select pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint from (select pg_current_snapshot() as s) seen",
    )
    .fetch_one(app)
    .await?;
    let feed_lag = feed.lag(Instant::now(), oldest, newest).as_secs_f64();
    let (jobs_waiting, jobs_running, jobs_failed, job_waits): (i64, i64, i64, f64) = sqlx::query_as(
        "select count(*) filter (where due), count(*) filter (where locked_at is not null), count(*) filter (where attempts >= max_attempts),
                coalesce(extract(epoch from clock_timestamp() - min(run_at) filter (where due)), 0)::float8
         from (select *, locked_at is null and attempts < max_attempts and run_at <= clock_timestamp() as due from graphile_worker.jobs) job",
    )
    .fetch_one(jobs)
    .await?;
    Ok(Known { active, idle, in_transaction, jobs_waiting, jobs_running, jobs_failed, job_waits, feed_lag })
}

/// When which transactions had begun: the feed shows what was written before the oldest that is still under way.
#[derive(Default)]
struct Feed(VecDeque<(Instant, i64)>);

impl Feed {
    /// Time since the last look before which every transaction has ended. `oldest`: the oldest transaction under way; `newest`: the one that begins next.
    fn lag(&mut self, now: Instant, oldest: i64, newest: i64) -> Duration {
        self.0.push_back((now, newest));
        // What began before the second of these has ended, so the first tells nothing any more.
        while self.0.get(1).is_some_and(|(_, next)| *next <= oldest) {
            self.0.pop_front();
        }
        self.0.front().map_or(Duration::ZERO, |(then, _)| now.saturating_duration_since(*then))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_lags_as_long_as_a_transaction_stays_open() {
        let (mut feed, start) = (Feed::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(feed.lag(at(0), 100, 100), Duration::ZERO);
        assert_eq!(feed.lag(at(5), 110, 110), Duration::ZERO);
        // Transaction 111 stays open from some time after the look at five seconds.
        assert_eq!(feed.lag(at(10), 111, 120), Duration::from_secs(5));
        assert_eq!(feed.lag(at(60), 111, 300), Duration::from_secs(55));
        assert_eq!(feed.lag(at(65), 310, 310), Duration::ZERO);
    }
}
