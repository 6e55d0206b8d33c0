//! Who a request says it is from: the session cookie and the language; and the two cookies we set.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::access::caller::SessionHash;
use crate::app::App;
use crate::texts::Language;

/// Cookie of a signed-in device.
pub const SESSION: &str = "__Host-terrein";
/// Cookie of a browser that asked for a link.
pub const BROWSER: &str = "__Host-terrein-browser";

/// The session a request carries, valid or not: the database decides.
pub struct Session {
    pub hash: Option<SessionHash>,
    pub language: Language,
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        Ok(Self { hash: jar.get(SESSION).map(|cookie| SessionHash::of(cookie.value())), language: language_of(&parts.headers) })
    }
}

/// The language a reader asks for.
#[must_use]
pub fn language_of(headers: &HeaderMap) -> Language {
    Language::from_header(headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// A cookie for this origin alone, out of reach of scripts.
#[must_use]
pub fn cookie(name: &'static str, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(seconds))
        .build()
}

/// Whether a request that changes something comes from our own pages, or from no page at all.
#[must_use]
pub fn is_own_origin(headers: &HeaderMap, app: &App) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site") {
        return false;
    }
    let Some(origin) = text("origin") else { return true };
    // In development the same server is reached as localhost and as 127.0.0.1.
    origin == app.public_url || (app.development && text("host").is_some_and(|host| origin == format!("http://{host}")))
}
