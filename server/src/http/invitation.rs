//! Invitations over HTTP: what one is, and saying yes. The mail's link is a page of the app; opening it changes nothing.

use axum::Json as Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use serde_json::json;

use super::extract::Json;
use super::peer::Peer;
use super::problem::Problem;
use super::session::{SESSION, Session, cookie, device_of};
use super::sign_in::{SESSION_SECONDS, guard};
use crate::access::Caller;
use crate::access::invitation::{Accepted, accept as take, show as look};
use crate::app::App;
use crate::texts::{Language, text};

#[derive(Deserialize)]
pub struct Asked {
    token: String,
}

#[derive(Deserialize)]
pub struct Yes {
    token: String,
    name: Option<String>,
    /// `nl` or `en`; that of the request when left out.
    language: Option<String>,
}

fn none(language: Language) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "INVITATION_INVALID", text(language, "invitation-invalid"))
}

/// `POST /invitation`: to what, by whom, and until when. Changes nothing.
pub async fn show(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    Json(Asked { token }): Json<Asked>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let caller = Caller::new(app.database.clone(), None, language, app.clock);
    let shown = look(&caller, &token).await.map_err(|error| Problem::of(&error, language))?;
    caller.finish(false).await.map_err(|error| Problem::of(&error, language))?;
    let shown = shown.ok_or_else(|| none(language))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Body(shown)).into_response())
}

/// `POST /invitation/accept`: 204, with a session for somebody new and a new secret for whoever is signed in; 200 with `signIn: true` for an account that has to sign in first.
pub async fn accept(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    jar: CookieJar,
    Json(Yes { token, name, language: reads }): Json<Yes>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let reads = reads.as_deref().map_or(language, Language::from_code);
    let device = device_of(&headers);
    let caller = Caller::new(app.database.clone(), session.hash, language, app.clock);
    let accepted = take(&caller, &token, name, reads, device).await.map_err(|error| Problem::of(&error, language))?;
    caller.finish(true).await.map_err(|error| Problem::of(&error, language))?;
    Ok(match accepted.ok_or_else(|| none(language))? {
        Accepted::Entered(secret) | Accepted::SignedIn(secret) => {
            (StatusCode::NO_CONTENT, jar.add(cookie(SESSION, secret, SESSION_SECONDS))).into_response()
        }
        Accepted::SignIn => Body(json!({ "signIn": true })).into_response(),
    })
}
