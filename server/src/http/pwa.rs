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
        return serve(path, &file, &headers);
    }
    let browser = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    match Files::get("index.html").filter(|_| browser || path.is_empty()) {
        Some(index) => serve("index.html", &index, &headers),
        None => Problem::not_found(session.language).into_response(),
    }
}

fn serve(path: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{hash}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let kind = match path.rsplit('.').next() {
        Some("webmanifest") => "application/manifest+json".to_owned(),
        _ => mime_guess::from_path(path).first_or_octet_stream().to_string(),
    };
    // Names under assets/ carry a hash of what is in them.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::from(file.data.clone().into_owned()));
    let set = response.headers_mut();
    for (name, value) in [(header::CONTENT_TYPE, kind.as_str()), (header::CACHE_CONTROL, cache), (header::ETAG, etag.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            set.insert(name, value);
        }
    }
    response
}
