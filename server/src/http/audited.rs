//! The doors beside the graph, recorded in one place: each way of signing in and out, and whatever else is sent there. A door that is added
//! is recorded without knowing of it.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::Cookie;

use super::peer::Peer;
use super::problem::Problem;
use super::session::{Asker, SESSION, Session};
use crate::access::Caller;
use crate::access::caller::SessionHash;
use crate::app::App;
use crate::audit::{Event, Source};
use crate::error::Error;

/// Somebody asked for a mail to sign in with.
const ASKED: &str = "askSignInMail";
/// The answer to that leaves after this, whether or not the address is known: what is written of somebody takes longer than what is written of
/// nobody, and would tell.
const ALIKE: Duration = Duration::from_millis(150);

/// What an answer says beside itself, for the log: whose account was tried.
#[derive(Debug, Clone)]
pub struct Tried(pub String);

/// Records what came of a request before its answer leaves; an answer that could not be recorded does not leave, and no cookie with it.
pub async fn doors(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else { return next.run(request).await };
    let Some(kind) = kind(request.method(), path.as_str()) else { return next.run(request).await };
    let began = tokio::time::Instant::now();
    let (mut parts, body) = request.into_parts();
    let Ok(Peer(address)) = Peer::from_request_parts(&mut parts, &app).await;
    let Ok(Session { hash, language, .. }) = Session::from_request_parts(&mut parts, &app).await;
    let answer = next.run(Request::from_parts(parts, body)).await;
    let entered = session_given(&answer);
    let Some(result) = result(answer.status(), kind, entered.is_some()) else { return answer };
    let mut event = Event::done(kind.action).ended(result);
    event.details.extend(kind.method.map(|method| ("method".to_owned(), method.into())));
    event.email = answer
        .extensions()
        .get::<Tried>()
        .map(|Tried(email)| email.clone())
        .filter(|_| kind.action == ASKED || !answer.status().is_success());
    let mut events = vec![event];
    app.audit.sift(hash.is_some(), address, &mut events);
    // Who was refused at the door is nobody, whatever session the browser still has.
    let session = if kind.entrance { entered } else { entered.or(hash) };
    let source = Source { session, address, request_id: terrein_shared::id::new_id() };
    match app.audit.record(&source, &events).await {
        Ok(()) => {
            if kind.action == ASKED {
                tokio::time::sleep_until(began + ALIKE).await;
            }
            answer
        }
        Err(error) => Problem::of(&error, language).into_response(),
    }
}

/// Looks with the eyes of a role, when it is asked: whether they count, and that somebody looked, recorded before anything is shown.
///
/// # Errors
/// The problem to answer with: for whoever is not aanjager there, and for what could not be recorded.
pub async fn look(app: &App, asker: &Asker, address: Option<IpAddr>) -> Result<(), Problem> {
    let Some((hash, eyes)) = asker.hash.as_ref().and_then(|hash| Some((hash, hash.eyes()?))) else { return Ok(()) };
    let problem = |error: &Error| Problem::of(error, asker.language);
    let caller = Caller::new(app.database.clone(), Some(hash.clone()), asker.language, app.clock);
    let counts = caller.actor().await.map(drop);
    caller.finish(false).await.map_err(|error| problem(&error))?;
    let mut events = vec![match &counts {
        Ok(()) => eyes.event(),
        Err(error) => eyes.event().ended(error.code()),
    }];
    app.audit.sift(counts.is_ok(), address, &mut events);
    let source = Source { session: Some(hash.clone()), address, request_id: terrein_shared::id::new_id() };
    app.audit.record(&source, &events).await.map_err(|error| problem(&error))?;
    counts.map_err(|error| problem(&error))
}

/// What a door is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind<'a> {
    action: &'a str,
    /// The way in, when it is one; the database knows it better of whoever got in.
    method: Option<&'a str>,
    entrance: bool,
}

/// `None` for what is not recorded: questions, the graph (which records itself), and the first half of what has two.
fn kind<'a>(method: &Method, path: &'a str) -> Option<Kind<'a>> {
    let entrance = |method| Some(Kind { action: "signIn", method: Some(method), entrance: true });
    let asks = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    match path {
        "/sign-in/oidc/{provider}/callback" => entrance("oidc"),
        _ if asks || path.starts_with("/graphql") || path.ends_with("/options") => None,
        "/sign-in/request" => Some(Kind { action: ASKED, method: None, entrance: false }),
        "/sign-in/link" => entrance("mail"),
        "/sign-in/code" => entrance("code"),
        "/sign-in/passkey" => entrance("passkey"),
        // Looks only.
        "/invitation" => None,
        "/invitation/accept" => Some(Kind { action: "acceptInvitation", method: None, entrance: true }),
        "/sign-in/out" => Some(Kind { action: "signOut", method: None, entrance: false }),
        "/passkeys" => Some(Kind { action: "addPasskey", method: None, entrance: false }),
        other => Some(Kind { action: other, method: None, entrance: false }),
    }
}

/// What is written of an answer; `None` for a door that was never reached.
fn result(status: StatusCode, kind: Kind<'_>, entered: bool) -> Option<&'static str> {
    Some(match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE | StatusCode::METHOD_NOT_ALLOWED => return None,
        StatusCode::UNAUTHORIZED => "UNAUTHENTICATED",
        StatusCode::FORBIDDEN => "FORBIDDEN",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        status if status.is_server_error() => "INTERNAL",
        status if status.is_client_error() => "INVALID",
        // An entrance that gives no session sent somebody away, with a page of its own.
        _ if kind.entrance && !entered => "INVALID",
        _ => crate::audit::DONE,
    })
}

/// The session that an answer gives the browser.
fn session_given(answer: &Response) -> Option<SessionHash> {
    answer
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| Cookie::parse(cookie.to_str().ok()?.to_owned()).ok())
        .find(|cookie| cookie.name() == SESSION && !cookie.value().is_empty())
        .map(|cookie| SessionHash::of(cookie.value()))
}
