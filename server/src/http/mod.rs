//! The doors: routes and what every answer carries. No rule lives here.

pub mod buckets;
mod graphql;
mod health;
mod peer;
pub mod problem;
mod pwa;
pub mod session;
mod sign_in;
mod socket;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::{any, get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::tiles;

/// Most bytes of any body here; files have a road of their own.
const BODY: usize = 256 * 1024;
/// Longest a request may take.
const TIME: Duration = Duration::from_secs(10);

/// All routes.
pub fn router(app: App) -> Router {
    let timed = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/schema.graphql", get(graphql::sdl))
        .route("/tiles/{layers}/{z}/{x}/{y}", get(tiles::tile))
        .route("/tiles/{file}", get(tiles::tilejson))
        .route("/sign-in/request", post(sign_in::request))
        .route("/sign-in/code", post(sign_in::code))
        .route("/sign-in/link/{token}", get(sign_in::link_page))
        .route("/sign-in/link", post(sign_in::link))
        .route("/sign-in/out", post(sign_in::out))
        .route("/sign-in.css", get(sign_in::style))
        .route("/config.json", get(pwa::config))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .fallback(pwa::file)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME));
    let csp = "default-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; \
               font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    let csp = match &app.background_tiles {
        // The one outside host an operator allowed.
        Some(tiles) => match url::Url::parse(&tiles.replace(['{', '}'], "")).map(|url| url.origin().ascii_serialization()) {
            Ok(origin) => csp
                .replace("connect-src 'self'", &format!("connect-src 'self' {origin}"))
                .replace("img-src 'self'", &format!("img-src 'self' {origin}")),
            Err(_) => csp.to_owned(),
        },
        None => csp.to_owned(),
    };
    let always = |name: HeaderName, value: &str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static("")))
    };
    let headers = ServiceBuilder::new()
        .layer(always(header::CONTENT_SECURITY_POLICY, &csp))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "strict-origin-when-cross-origin"))
        .layer(always(
            HeaderName::from_static("permissions-policy"),
            "geolocation=(self), camera=(self), microphone=(self), payment=(), usb=()",
        ))
        .layer(always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(always(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"));
    timed
        .route("/graphql/ws", any(socket::upgrade))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(headers)
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .with_state(app)
}
