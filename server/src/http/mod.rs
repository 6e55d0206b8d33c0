//! The doors: routes and what every answer carries. No rule lives here.

pub mod audited;
pub mod buckets;
mod export;
pub mod extract;
mod files;
mod graphql;
mod health;
mod invitation;
pub mod listen;
pub mod metrics;
mod oidc;
mod passkey;
pub mod peer;
pub mod problem;
mod pwa;
mod reading;
mod refusals;
pub mod security_txt;
pub mod session;
mod sign_in;
mod socket;
pub(crate) mod speaker;
pub mod tls;
pub mod turns;
mod uploads;
pub mod watch;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{any, get, head, post};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use self::metrics::Metrics;
use self::problem::Problem;
use crate::app::App;
use crate::{packs, tiles};

/// Most bytes of any body here; files have a road of their own.
const BODY: usize = 256 * 1024;
/// What a page of ours may load and do.
const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; \
                   media-src 'self' blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Longest a request may take.
const TIME: Duration = Duration::from_secs(10);

/// What the doors have of their own, beside the app: for those who run it, and those who test its locks.
#[derive(Clone, Default)]
pub struct Edge {
    pub metrics: Arc<Metrics>,
    /// Opens `/metrics`; without one it is not there.
    pub metrics_token: Option<String>,
    /// Where to report a hole in the security.
    pub security_contacts: Vec<String>,
}

/// All routes.
pub fn router_at(app: App, edge: Edge) -> Router {
    let counts = {
        let edge = edge.clone();
        move |State(app): State<App>, request: Request| metrics::show(edge, app, request)
    };
    let contacts = edge.security_contacts;
    let security_txt = move |State(app): State<App>, headers: HeaderMap| async move {
        if contacts.is_empty() {
            return Problem::not_found(session::language_of(&headers)).into_response();
        }
        security_txt::file(&contacts, &app.public_url, app.clock.now())
    };
    let timed = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/schema.graphql", get(graphql::sdl))
        .route("/tiles/{layers}/{z}/{x}/{y}", get(tiles::tile))
        .route("/tiles/{file}", get(tiles::tilejson))
        .route("/packs/{terrain}", get(packs::manifest))
        .route("/packs/{terrain}/{part}", get(packs::part))
        .route("/sign-in/request", post(sign_in::request))
        .route("/sign-in/code", post(sign_in::code))
        .route("/sign-in/link/{token}", get(sign_in::link_page))
        .route("/sign-in/link", post(sign_in::link))
        .route("/sign-in/out", post(sign_in::out))
        .route("/sign-in/passkey/options", post(passkey::ask))
        .route("/sign-in/passkey", post(passkey::sign_in))
        .route("/passkeys/options", post(passkey::ask_new))
        .route("/passkeys", post(passkey::add))
        .route("/sign-in/oidc/{provider}", get(oidc::begin))
        .route("/sign-in/oidc/{provider}/callback", get(oidc::callback))
        .route("/sign-in.css", get(sign_in::style))
        .route("/invitation", post(invitation::show))
        .route("/invitation/accept", post(invitation::accept))
        .route("/account/export", get(export::account))
        .route("/photos/{id}", get(files::photo))
        .route("/voice-notes/{id}", get(files::voice_note))
        .route("/config.json", get(pwa::config))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(counts))
        .route("/.well-known/security.txt", get(security_txt))
        .fallback(pwa::file)
        .layer(from_fn_with_state(app.clone(), audited::doors))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME));
    // Parts come as slowly as a field's reception lets them, and have limits of their own.
    let uploads = Router::new()
        .route("/uploads", post(uploads::create).options(uploads::options))
        .route("/uploads/{id}", head(uploads::look).patch(uploads::part).delete(uploads::end).options(uploads::options))
        .layer(DefaultBodyLimit::disable());
    let routes =
        timed.route("/graphql/ws", any(socket::upgrade).layer(from_fn(metrics::sockets))).layer(DefaultBodyLimit::max(BODY)).merge(uploads);
    dressed(routes, app.background_tiles.as_deref(), &edge.metrics).with_state(app)
}

/// Routes with what every answer carries, whatever became of it: words for what was refused without any and for what broke, headers, its
/// place in the counts. `background_tiles` is the one outside host that pages may reach.
pub fn dressed<S: Clone + Send + Sync + 'static>(routes: Router<S>, background_tiles: Option<&str>, metrics: &Arc<Metrics>) -> Router<S> {
    let origin = background_tiles
        .and_then(|tiles| url::Url::parse(&tiles.replace(['{', '}'], "")).ok())
        .map(|url| url.origin().ascii_serialization());
    let wider = origin.and_then(|origin| {
        let csp = CSP
            .replace("connect-src 'self'", &format!("connect-src 'self' {origin}"))
            .replace("img-src 'self'", &format!("img-src 'self' {origin}"));
        HeaderValue::from_str(&csp).ok()
    });
    let always = SetResponseHeaderLayer::<HeaderValue>::if_not_present;
    let fixed = |name: HeaderName, value: &'static str| always(name, HeaderValue::from_static(value));
    let headers = ServiceBuilder::new()
        // An address that makes no policy is not let through; the rest stays as strict as it is.
        .layer(always(header::CONTENT_SECURITY_POLICY, wider.unwrap_or(HeaderValue::from_static(CSP))))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "strict-origin-when-cross-origin"))
        .layer(fixed(
            HeaderName::from_static("permissions-policy"),
            "geolocation=(self), camera=(self), microphone=(self), payment=(), usb=()",
        ))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"));
    let metrics = metrics.clone();
    routes
        .layer(from_fn(refusals::caught))
        .layer(from_fn(refusals::worded))
        .layer(headers)
        // Sound is packed already, and is asked in parts.
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new("audio/"))))
        .layer(from_fn(move |request, next| metrics::count(metrics.clone(), request, next)))
}
