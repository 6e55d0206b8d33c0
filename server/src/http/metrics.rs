//! What the server counts about itself, as Prometheus reads it. Routes by their template, people not at all: no address, name, id or
//! place is in a label.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::Edge;
use super::problem::Problem;
use super::session::{bearer, language_of};
use crate::app::App;

/// Upper bounds of the latency buckets, in seconds: from a cached answer to the longest a request may take.
const SECONDS: [f64; 11] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    place: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

type Seconds = Gauge<f64, AtomicU64>;

/// All counts.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    took: Family<Route, Histogram, fn() -> Histogram>,
    under_way: Gauge,
    connections: Gauge,
    sockets: Gauge,
    tile_places_free: Gauge,
    waiting: Family<Place, Gauge>,
    pool: Family<State, Gauge>,
    database: Family<State, Gauge>,
    database_up: Gauge,
    jobs: Family<State, Gauge>,
    job_waits: Seconds,
    feed_lag: Seconds,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("terrein"),
            answered: Family::default(),
            took: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            under_way: Gauge::default(),
            connections: Gauge::default(),
            sockets: Gauge::default(),
            tile_places_free: Gauge::default(),
            waiting: Family::default(),
            pool: Family::default(),
            database: Family::default(),
            database_up: Gauge::default(),
            jobs: Family::default(),
            job_waits: Seconds::default(),
            feed_lag: Seconds::default(),
        };
        let build: Family<Build, Gauge<i64, AtomicI64>> = Family::default();
        build.get_or_create(&Build { version: env!("CARGO_PKG_VERSION") }).set(1);
        let registry = &mut metrics.registry;
        registry.register("build", "The version that runs", build);
        registry.register("http_requests", "Requests answered, by route, method and status", metrics.answered.clone());
        registry.register("http_request_seconds", "Seconds until the head of an answer, by route", metrics.took.clone());
        registry.register("http_requests_under_way", "Requests being answered", metrics.under_way.clone());
        registry.register("http_connections", "Open connections, sockets among them", metrics.connections.clone());
        registry.register("sockets", "Open sockets for subscriptions", metrics.sockets.clone());
        registry.register("tile_places_free", "Tiles that could be made beside those being made", metrics.tile_places_free.clone());
        registry.register("questions_waiting", "Questions that wait for a turn: at the database, to be read", metrics.waiting.clone());
        registry.register(
            "database_pool",
            "Connections of this node for questions and tiles: open, of those idle, and at most",
            metrics.pool.clone(),
        );
        registry.register("database_up", "Whether the database answered last time", metrics.database_up.clone());
        registry.register(
            "database_connections",
            "Connections of the application to the database, of all nodes, by state",
            metrics.database.clone(),
        );
        registry.register("jobs", "Jobs: waiting (due, not begun), running, failed (given up)", metrics.jobs.clone());
        registry.register("job_waits_seconds", "How long the oldest job that is due has waited", metrics.job_waits.clone());
        registry.register("feed_lag_seconds", "How far the feed is held back by a transaction that stays open", metrics.feed_lag.clone());
        metrics
    }
}

/// What only the database knows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Known {
    /// Connections at work, at rest, and at rest inside a transaction.
    pub active: i64,
    pub idle: i64,
    pub in_transaction: i64,
    pub jobs_waiting: i64,
    pub jobs_running: i64,
    pub jobs_failed: i64,
    /// In seconds.
    pub job_waits: f64,
    pub feed_lag: f64,
}

impl Metrics {
    /// What the database said last; `None` when it did not answer.
    pub fn know(&self, known: Option<Known>) {
        self.database_up.set(i64::from(known.is_some()));
        let Some(known) = known else { return };
        for (state, count) in [("active", known.active), ("idle", known.idle), ("idle_in_transaction", known.in_transaction)] {
            self.database.get_or_create(&State { state }).set(count);
        }
        for (state, count) in [("waiting", known.jobs_waiting), ("running", known.jobs_running), ("failed", known.jobs_failed)] {
            self.jobs.get_or_create(&State { state }).set(count);
        }
        self.job_waits.set(known.job_waits);
        self.feed_lag.set(known.feed_lag);
    }
}

/// A connection that is counted until it goes.
pub struct Counted {
    metrics: Arc<Metrics>,
    socket: AtomicBool,
}

impl Counted {
    #[must_use]
    pub fn new(metrics: &Arc<Metrics>) -> Arc<Self> {
        metrics.connections.inc();
        Arc::new(Self { metrics: metrics.clone(), socket: AtomicBool::new(false) })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.metrics.connections.dec();
        if *self.socket.get_mut() {
            self.metrics.sockets.dec();
        }
    }
}

/// Counts a connection that became a socket; on the socket's route.
pub async fn sockets(request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Arc<Counted>>().cloned();
    let response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS
        && let Some(connection) = connection
        && !connection.socket.swap(true, Ordering::Relaxed)
    {
        connection.metrics.sockets.inc();
    }
    response
}

/// One less when an answer is given, or nobody waits for it any more.
struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts and times requests.
pub async fn count(metrics: Arc<Metrics>, request: Request, next: Next) -> Response {
    // Without a template it is a file of the app, or a page of it.
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "app".to_owned(), |path| path.as_str().to_owned());
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    };
    metrics.under_way.inc();
    let under_way = UnderWay(metrics.under_way.clone());
    let started = Instant::now();
    let response = next.run(request).await;
    drop(under_way);
    metrics.took.get_or_create(&Route { route: route.clone() }).observe(started.elapsed().as_secs_f64());
    metrics.answered.get_or_create(&Answered { route, method, status: response.status().as_u16() }).inc();
    response
}

/// `GET /metrics`: for whoever has the operator's token; without one set it is not there.
pub async fn show(edge: Edge, app: App, request: Request) -> Response {
    let language = language_of(request.headers());
    let Some(token) = &edge.metrics_token else { return Problem::not_found(language).into_response() };
    let given = bearer(request.headers()).unwrap_or_default();
    // Hashes are compared in constant time.
    if blake3::hash(given.as_bytes()) != blake3::hash(token.as_bytes()) {
        return Problem::plain(StatusCode::UNAUTHORIZED, language).into_response();
    }
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    edge.metrics.tile_places_free.set(number(app.buckets.tile_places_free()));
    let (database, reading) = app.buckets.waiting();
    for (place, count) in [("database", database), ("reading", reading)] {
        edge.metrics.waiting.get_or_create(&Place { place }).set(number(count));
    }
    let (open, idle, most) = app.database.connections();
    for (state, count) in [("open", open), ("idle", idle), ("most", most)] {
        edge.metrics.pool.get_or_create(&State { state }).set(number(count));
    }
    let mut text = String::new();
    match prometheus_text::encode(&mut text, &edge.metrics.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text).into_response(),
        Err(error) => Problem::of(&crate::error::Error::Internal(error.into()), language).into_response(),
    }
}
