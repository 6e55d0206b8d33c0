//! The app's files, from the binary.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::json;

use super::problem::Problem;
use super::session::Session;
use crate::app::App;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../pwa/dist"]
#[allow_missing = true]
struct Files;

/// What the app needs to know of this installation.
pub async fn config(State(app): State<App>) -> Response {
    let providers: Vec<_> = app.oidc.names().map(|(id, name)| json!({ "id": id, "name": name })).collect();
    let body = json!({
        "backgroundTiles": app.background_tiles,
        "development": app.development,
        "oidcProviders": providers,
        "pages": app.pages,
        "strongSignIn": app.strong_sign_in.word(),
    });
    ([(header::CACHE_CONTROL, "no-cache")], Json(body)).into_response()
}

/// A file of the app; the root, and every other address a browser opens, is the app itself.
pub async fn file(session: Session, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Problem::not_found(session.language).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Files::get(path) {
        return serve(path, file, &headers);
    }
    let browser = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    match Files::get("index.html").filter(|_| browser || path.is_empty()) {
        Some(index) => serve("index.html", index, &headers),
        None => Problem::not_found(session.language).into_response(),
    }
}

/// The file as it is or, for who takes that, as it was compressed when the app was built.
fn serve(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let smaller = Files::get(&format!("{path}.br"));
    let varies = smaller.is_some();
    let (file, brotli) = match smaller.filter(|_| takes_brotli(headers)) {
        Some(smaller) => (smaller, true),
        None => (file, false),
    };
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    let kind = match path.rsplit('.').next() {
        Some("webmanifest") => "application/manifest+json".to_owned(),
        _ => mime_guess::from_path(path).first_or_octet_stream().to_string(),
    };
    // Names under assets/ carry a hash of what is in them.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = match headers.get(header::IF_NONE_MATCH) {
        Some(seen) if seen.as_bytes() == etag.as_bytes() => StatusCode::NOT_MODIFIED.into_response(),
        _ => Response::new(Body::from(file.data)),
    };
    let set = response.headers_mut();
    for (name, value) in [(header::CONTENT_TYPE, kind.as_str()), (header::CACHE_CONTROL, cache), (header::ETAG, etag.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            set.insert(name, value);
        }
    }
    if brotli {
        set.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    if varies {
        set.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

/// Whether `br` is named in `Accept-Encoding`, and not with a weight of nothing.
fn takes_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|accept| accept.to_str().ok()).flat_map(|accept| accept.split(',')).any(
        |one| {
            let mut parts = one.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
            named && weight.is_ok_and(|weight| weight > 0.0)
        },
    )
}
