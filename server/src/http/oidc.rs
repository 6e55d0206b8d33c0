//! Sign-in at one's own organisation over HTTP: there, and back. Whatever does not fit is answered with one page that says no more than
//! what to do; why is in the log.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::buckets::Spender;
use super::extract::Path;
use super::peer::Peer;
use super::problem::Problem;
use super::session::{SESSION, Session, cookie, device_of};
use super::sign_in::{SESSION_SECONDS, page};
use crate::access::Caller;
use crate::access::oidc::{self, Browser, Failure, Provider, Returned};
use crate::access::sign_in::secret;
use crate::app::App;
use crate::texts::{Language, text};

/// Cookie of a browser that went to a provider: as long as its request lives.
const COOKIE: &str = "__Host-terrein-oidc";
const COOKIE_SECONDS: i64 = 600;
/// Longest that all questions to a provider for one answer of ours take: within what a request may.
const PROVIDER: Duration = Duration::from_secs(9);
/// Most bytes of any word that comes back.
const WORD: usize = 4096;

/// `GET /sign-in/oidc/{provider}`: on to the provider.
pub async fn begin(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    Path(provider): Path<String>,
    jar: CookieJar,
) -> Result<Response, Problem> {
    let language = session.language;
    let spender = Spender::at(address);
    app.buckets.sign_in(&spender).map_err(|seconds| Problem::too_many(language, seconds))?;
    let Some(provider) = app.oidc.get(&provider) else { return Ok(told(language, StatusCode::NOT_FOUND, "sign-in-oidc-failed")) };
    // The same for all tabs of a browser; one of another make than ours is no secret.
    let browser = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).filter(|value| value.len() == 43).unwrap_or_else(secret);
    let caller = Caller::new(app.database.clone(), None, language, app.clock);
    let began = within(oidc::begin(&caller, provider, &browser)).await;
    match began {
        Ok(address) => {
            caller.finish(true).await.map_err(|error| Problem::of(&error, language))?;
            let jar = jar.add(cookie(COOKIE, browser, COOKIE_SECONDS));
            Ok(([(header::CACHE_CONTROL, "no-store")], jar, Redirect::to(address.as_str())).into_response())
        }
        Err(failure) => Ok(failed(failure, provider, language)),
    }
}

/// `GET /sign-in/oidc/{provider}/callback`: back, with a code; signs in and goes home, never anywhere else.
pub async fn callback(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    jar: CookieJar,
) -> Result<Response, Problem> {
    let language = session.language;
    let spender = Spender::at(address);
    app.buckets.sign_in(&spender).map_err(|seconds| Problem::too_many(language, seconds))?;
    let Some(provider) = app.oidc.get(&provider) else { return Ok(told(language, StatusCode::NOT_FOUND, "sign-in-oidc-failed")) };
    // As nobody: a session one has already is no help here.
    let caller = Caller::new(app.database.clone(), None, language, app.clock);
    let entered = within(enter(&caller, provider, query.as_deref().unwrap_or_default(), &headers, &jar, &session)).await;
    match entered {
        Ok(secret) => {
            caller.finish(true).await.map_err(|error| Problem::of(&error, language))?;
            let jar = jar.add(cookie(SESSION, secret, SESSION_SECONDS));
            Ok(([(header::CACHE_CONTROL, "no-store")], jar, Redirect::to("/")).into_response())
        }
        Err(failure) => Ok(failed(failure, provider, language)),
    }
}

async fn enter(
    caller: &Caller,
    provider: &Provider,
    query: &str,
    headers: &HeaderMap,
    jar: &CookieJar,
    session: &Session,
) -> Result<String, Failure> {
    let words = Words::of(query).ok_or_else(|| Failure::Refused("what came back cannot be read".into()))?;
    let browser = jar.get(COOKIE).ok_or_else(|| Failure::Refused("this browser did not ask".into()))?;
    let state = words.state.ok_or_else(|| Failure::Refused("no state came back".into()))?;
    oidc::take(caller, provider, &state, browser.value()).await?;
    // Spent, whatever follows.
    caller.finish(true).await?;
    let code = match (words.code, words.error) {
        (Some(code), None) => code,
        (_, Some(_)) => return Err(Failure::Refused("the provider let nobody through".into())),
        (None, None) => return Err(Failure::Refused("no code came back".into())),
    };
    let device = device_of(headers);
    let browser = Browser { secret: browser.value(), device, session: session.hash.as_ref() };
    oidc::sign_in(caller, provider, Returned { state, code, issuer: words.issuer }, browser).await
}

/// What comes back in the address.
#[derive(Default)]
struct Words {
    state: Option<String>,
    code: Option<String>,
    issuer: Option<String>,
    error: Option<String>,
}

impl Words {
    /// `None` for a word that is there twice, or too long.
    fn of(query: &str) -> Option<Self> {
        let mut words = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let word = match &*name {
                "state" => &mut words.state,
                "code" => &mut words.code,
                "iss" => &mut words.issuer,
                "error" => &mut words.error,
                // Providers add words of their own.
                _ => continue,
            };
            if value.len() > WORD || word.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        Some(words)
    }
}

async fn within<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(PROVIDER, work).await.unwrap_or_else(|_| Err(Failure::Unavailable(anyhow::anyhow!("no answer in time"))))
}

/// The page for whoever is not let in.
fn failed(failure: Failure, provider: &Provider, language: Language) -> Response {
    let id = provider.settings.id.as_str();
    match failure {
        Failure::Refused(why) => {
            tracing::warn!(provider = id, "sign-in at an organisation refused: {why}");
            told(language, StatusCode::UNPROCESSABLE_ENTITY, "sign-in-oidc-failed")
        }
        Failure::Unknown => {
            tracing::info!(provider = id, "sign-in at an organisation by somebody who has no place here");
            told(language, StatusCode::FORBIDDEN, "sign-in-oidc-unknown")
        }
        Failure::Unavailable(error) => {
            tracing::warn!(provider = id, "an organisation's sign-in is out of reach: {error:#}");
            told(language, StatusCode::SERVICE_UNAVAILABLE, "sign-in-oidc-unavailable")
        }
        Failure::Ours(error) => Problem::of(&error, language).into_response(),
    }
}

fn told(language: Language, status: StatusCode, words: &str) -> Response {
    let body = format!("<p>{}</p><p><a href=\"/inloggen\">{}</a></p>", text(language, words), text(language, "sign-in-oidc-again"));
    let mut response = page(language, &body);
    *response.status_mut() = status;
    // The address may hold a code.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_comes_back_twice_is_none() {
        let words = Words::of("state=a%20b&code=c&session_state=x&iss=https%3A%2F%2Flogin.example").expect("read");
        assert_eq!(
            (words.state.as_deref(), words.code.as_deref(), words.issuer.as_deref()),
            (Some("a b"), Some("c"), Some("https://login.example"))
        );
        assert!(Words::of("state=a&state=b").is_none());
        assert!(Words::of(&format!("code={}", "x".repeat(WORD + 1))).is_none());
    }

    #[test]
    fn every_page_has_its_words_in_both_languages() {
        for key in ["sign-in-oidc-failed", "sign-in-oidc-unknown", "sign-in-oidc-unavailable", "sign-in-oidc-again"] {
            assert!(crate::texts::is_complete(key), "{key}");
        }
    }
}
