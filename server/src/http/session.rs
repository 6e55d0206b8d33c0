//! Who a request says it is from: the session cookie or an access token, and the language; and the two cookies we set.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::buckets::Spender;
use super::problem::Problem;
use crate::access::caller::SessionHash;
use crate::access::policy::Denial;
use crate::access::preview::{self, Eyes};
use crate::access::token;
use crate::app::App;
use crate::error::Error;
use crate::texts::Language;

/// Cookie of a signed-in device.
pub const SESSION: &str = "__Host-terrein";
/// Cookie of a browser that asked for a link.
pub const BROWSER: &str = "__Host-terrein-browser";

/// The session a request carries in its cookie, valid or not: the database decides. Whatever touches an account takes this, and never a token.
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

/// Who asks for what is open to tokens too: a session by its cookie, or an access token (`Authorization: Bearer`), which then stands alone.
pub struct Asker {
    pub hash: Option<SessionHash>,
    pub language: Language,
}

impl Asker {
    /// Whether a token is shown. A page elsewhere cannot make a browser send one, as it does cookies.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.hash.as_ref().is_some_and(SessionHash::is_token)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let language = language_of(&parts.headers);
        if let Some(shown) = bearer(&parts.headers) {
            // What does not even look like a token gets no visitor's answer: who sent it would take that for their own.
            let hash = token::hash_of(shown).ok_or_else(|| Problem::token(language))?;
            if parts.headers.contains_key(preview::HEADER) {
                return Err(Problem::of(&Error::Forbidden(Denial::NotForTokens), language));
            }
            return Ok(Self { hash: Some(hash), language });
        }
        let Ok(Session { hash, language }) = Session::from_request_parts(parts, state).await;
        let Some(said) = parts.headers.get(preview::HEADER) else { return Ok(Self { hash, language }) };
        let eyes = said.to_str().ok().and_then(Eyes::read);
        let eyes = eyes.ok_or_else(|| Problem::field(StatusCode::BAD_REQUEST, language, preview::HEADER.to_owned(), "unreadable"))?;
        let hash = hash.ok_or_else(|| Problem::of(&Error::Unauthenticated, language))?;
        Ok(Self { hash: Some(hash.seeing(eyes)), language })
    }
}

/// Whether the token that is shown writes; nothing when none is shown. Asks the database once a minute, which notes that the token was used;
/// in between the transaction itself refuses one that was revoked. Finding out is paid for by the address.
///
/// # Errors
/// The problem to answer with: for what is no token, an address that tried too many, a database that is away.
pub async fn meet(app: &App, asker: &Asker, address: Option<IpAddr>) -> Result<Option<bool>, Problem> {
    let Some(shown) = asker.hash.as_ref().filter(|hash| hash.is_token()) else { return Ok(None) };
    if let Some(writes) = app.buckets.token(shown) {
        return Ok(Some(writes));
    }
    app.buckets.spend(&Spender::at(address), 1, true).map_err(|seconds| Problem::too_many(asker.language, seconds))?;
    let _turn = app.buckets.question(&Spender::at(address), 1).await.ok_or_else(|| Problem::busy(asker.language))?;
    let met = token::meet(&app.database, shown).await.map_err(|error| Problem::of(&error, asker.language))?;
    let writes = met.ok_or_else(|| Problem::token(asker.language))?;
    app.buckets.learn_token(shown, writes);
    Ok(Some(writes))
}

/// What is shown as a bearer token; other schemes are for whoever stands before us.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION)?;
    let Ok(said) = said.to_str() else { return Some("") };
    let (scheme, shown) = said.trim().split_once(' ').unwrap_or((said.trim(), ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| shown.trim())
}

/// What a device calls itself.
pub(super) fn device_of(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
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
