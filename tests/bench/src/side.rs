//! Two sides of a comparison in one process: the server on a runtime of its own, the limit on another, the load on a third, so that the
//! kernel tells their time apart by the names of their threads.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use terrein::config::Roles;
use terrein::http::listen;
use terrein_tests::{TestApp, TestDatabase};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::cpu::Meter;
use crate::http::{CONNECTIONS, Question, load};
use crate::outcome::{Must, Outcome, median, percentile};
use crate::workload::How;

/// Application name of the limit's connections.
const LIMIT: &str = "limit";
/// That of the server's own.
const SERVER: &str = "terrein";
/// Its role, and that of the one past the policies.
const APP: &str = "terrein_app";
const PAST_POLICIES: &str = "bench_past_policies";
/// Rounds a side; the two take turns.
const ROUNDS: usize = 5;
/// Asked before anything is counted: statements prepared, caches filled, connections open.
const WARM: Duration = Duration::from_secs(2);

/// The stage of a workload.
pub struct Stage {
    /// Kept, because the server ends with it.
    #[expect(dead_code, reason = "owned for its lifetime")]
    server: Runtime,
    limit: Runtime,
    pub load: Runtime,
    pub app: TestApp,
    pub superuser: PgPool,
}

fn runtime(name: &'static str) -> Result<Runtime> {
    Ok(Builder::new_multi_thread().worker_threads(2).thread_name(name).enable_all().build()?)
}

impl Stage {
    /// A migrated database that `prepare` fills, and the real server over it.
    ///
    /// # Errors
    /// When the database does not take the rows.
    pub fn new(prepare: &'static str) -> Result<Self> {
        let (server, limit, load) = (runtime("server")?, runtime("limit")?, runtime("load")?);
        let database = load.block_on(TestDatabase::new());
        let superuser = load.block_on(async {
            let pool = database.superuser().await;
            sqlx::raw_sql(prepare).execute(&pool).await.context("filling the database")?;
            sqlx::raw_sql("vacuum analyze").execute(&pool).await?;
            Ok::<_, anyhow::Error>(pool)
        })?;
        let app = server.block_on(TestApp::over(database, &[]));
        Ok(Self { server, limit, load, app, superuser })
    }

    /// `127.0.0.1:port` of the server.
    #[must_use]
    pub fn address(&self) -> String {
        self.app.url.trim_start_matches("http://").to_owned()
    }

    /// Somebody signed in as people do; the session's cookie.
    ///
    /// # Errors
    /// When nobody has the address.
    pub fn sign_in(&self, email: &str) -> Result<String> {
        self.load.block_on(async {
            let token = terrein::access::operator::sign_in_link(&self.app.database.options("terrein_worker"), email).await?;
            let token = token.with_context(|| format!("nobody has the address {email}"))?;
            self.app.anonymous().open_link(&token).await.map_err(|answer| anyhow::anyhow!("the link does not sign in: {}", answer.status))
        })
    }

    /// Connections for the limit: the superuser's, so past every policy.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn limit_pool(&self) -> Result<PgPool> {
        let options = self.superuser.connect_options().as_ref().clone().application_name(LIMIT).options([("jit", "off")]);
        Ok(self
            .limit
            .block_on(PgPoolOptions::new().max_connections(CONNECTIONS as u32).test_before_acquire(false).connect_with(options))?)
    }

    /// Serves the limit; its address.
    ///
    /// # Errors
    /// When no port is free.
    pub fn serve_limit(&self, router: Router) -> Result<String> {
        self.limit.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?.to_string();
            tokio::spawn(listen::serve(listener, None, router, Arc::default(), CancellationToken::new()));
            Ok(address)
        })
    }

    /// Both sides in turn; the ratio of processor time per request, limit by server.
    ///
    /// # Errors
    /// At the first answer that is none.
    pub fn compare(&self, how: &How, ours: &Question, limit: &Question, must: f64, outcome: &mut Outcome) -> Result<()> {
        if how.ours_only {
            return self.load.block_on(forever(ours, how));
        }
        let superuser = self.superuser.connect_options();
        let whose = [("limit", LIMIT, superuser.get_username()), ("server", SERVER, APP)];
        let [mut theirs, mut mine] = self.turns(how, [limit, ours], whose)?;
        outcome
            .hold("CPU ratio limit / ours", ratio(&theirs, &mine), "", Must::AtLeast(must))
            .tell("CPU of the server", median(mine.server), "ms")
            .tell("CPU of its database", median(mine.database), "ms")
            .tell("CPU of the limit's server", median(theirs.server), "ms")
            .tell("CPU of the limit's database", median(theirs.database), "ms")
            .tell(
                "throughput ratio ours / limit",
                median(mine.speeds.iter().zip(&theirs.speeds).map(|(ours, limit)| ours / limit).collect()),
                "",
            )
            .tell("throughput", median(mine.speeds), "req/s")
            .tell("p50", percentile(&mut mine.times, 0.5), "ms")
            .tell("p99", percentile(&mut mine.times, 0.99), "ms")
            .tell("limit p50", percentile(&mut theirs.times, 0.5), "ms");
        Ok(())
    }

    /// The same server a second time over the same database, connected past every policy.
    ///
    /// # Errors
    /// When the database does not take the role.
    pub fn past_policies(&self) -> Result<PastPolicies> {
        self.load.block_on(sqlx::raw_sql(include_str!("workload/sql/past_policies.sql")).execute(&self.superuser))?;
        let runtime = runtime("free")?;
        let roles = Roles { app: self.app.database.options(PAST_POLICIES), ..self.app.database.roles() };
        let app = runtime.block_on(TestApp::with(self.app.database.clone(), roles, &[]));
        Ok(PastPolicies { app, runtime })
    }

    /// What it costs to know who asks and to hold every row against the policies: the server under policies for somebody signed in, against
    /// the same server past them for nobody. The ratio of what both get done must be `must` at least: that is what is promised.
    ///
    /// # Errors
    /// At the first answer that is none.
    pub fn cost_of_policies(&self, how: &How, ours: &Question, free: &Question, must: f64, outcome: &mut Outcome) -> Result<()> {
        if how.ours_only {
            return self.load.block_on(forever(ours, how));
        }
        let [theirs, mine] = self.turns(how, [free, ours], [("free", SERVER, PAST_POLICIES), ("server", SERVER, APP)])?;
        outcome
            .hold(
                "throughput ratio",
                median(mine.speeds.iter().zip(&theirs.speeds).map(|(ours, free)| ours / free).collect()),
                "",
                Must::AtLeast(must),
            )
            .tell("CPU ratio past policies / under them", ratio(&theirs, &mine), "")
            .tell("CPU of the server", median(mine.server), "ms")
            .tell("CPU of its database", median(mine.database), "ms")
            .tell("CPU of the server, past policies", median(theirs.server), "ms")
            .tell("CPU of its database, past policies", median(theirs.database), "ms");
        Ok(())
    }

    /// Two sides in turns, round by round. `whose`: threads, application name and role of each.
    fn turns(&self, how: &How, questions: [&Question; 2], whose: [(&'static str, &str, &str); 2]) -> Result<[Side; 2]> {
        self.load.block_on(async {
            let round = Duration::from_secs_f64(how.seconds);
            for question in questions {
                load(question, WARM).await?;
            }
            let mut meters = Vec::new();
            for (thread, application, role) in whose {
                meters.push(Meter::new(thread, &self.superuser, application, role).await?);
            }
            let mut sides = [Side::default(), Side::default()];
            for _ in 0..ROUNDS {
                for ((side, meter), question) in sides.iter_mut().zip(&meters).zip(questions) {
                    side.round(meter, question, round).await?;
                }
            }
            Ok(sides)
        })
    }
}

/// A server past every policy; ends with its stage.
pub struct PastPolicies {
    app: TestApp,
    #[expect(dead_code, reason = "owned for its lifetime")]
    runtime: Runtime,
}

impl PastPolicies {
    /// `127.0.0.1:port` of it.
    #[must_use]
    pub fn address(&self) -> String {
        self.app.url.trim_start_matches("http://").to_owned()
    }
}

/// Until it is stopped: for a profiler.
async fn forever(ours: &Question, how: &How) -> Result<()> {
    loop {
        load(ours, Duration::from_secs_f64(how.seconds)).await?;
    }
}

/// Processor time per request, theirs by ours: the middle of the rounds.
fn ratio(theirs: &Side, mine: &Side) -> f64 {
    median(theirs.totals().zip(mine.totals()).map(|(theirs, mine)| theirs / mine).collect())
}

/// What one side showed, round by round.
#[derive(Default)]
struct Side {
    server: Vec<f64>,
    database: Vec<f64>,
    speeds: Vec<f64>,
    times: Vec<f64>,
}

impl Side {
    async fn round(&mut self, meter: &Meter, question: &Question, length: Duration) -> Result<()> {
        let before = meter.read()?;
        let load = load(question, length).await?;
        let (server, database) = meter.read()?.since(before, load.times.len());
        self.server.push(server);
        self.database.push(database);
        self.speeds.push(load.times.len() as f64 / load.wall.as_secs_f64());
        self.times.extend(load.times);
        Ok(())
    }

    /// Processor time per request, round by round.
    fn totals(&self) -> impl Iterator<Item = f64> {
        self.server.iter().zip(&self.database).map(|(server, database)| server + database)
    }
}
