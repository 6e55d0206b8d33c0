//! Passkeys over HTTP: a challenge, and an authenticator's answer to it, for signing in and for adding one. What goes to and comes from a
//! browser is in the JSON form of WebAuthn (`PublicKeyCredential.parseCreationOptionsFromJSON`, `credential.toJSON()`).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

use super::extract::Json;
use super::peer::Peer;
use super::problem::Problem;
use super::session::{SESSION, Session, cookie, device_of};
use super::sign_in::{SESSION_SECONDS, guard};
use crate::access::Caller;
use crate::access::passkey::{Challenge, Passkeys};
use crate::access::policy::Denial;
use crate::app::App;
use crate::error::{Error, Result};
use crate::texts::{Language, text};

#[derive(Deserialize)]
pub struct SignIn {
    id: Uuid,
    credential: PublicKeyCredential,
}

#[derive(Deserialize)]
pub struct Add {
    id: Uuid,
    credential: RegisterPublicKeyCredential,
    name: String,
}

fn passkeys(app: &App, language: Language) -> Result<&Passkeys, Problem> {
    app.passkeys.as_ref().ok_or_else(|| Problem::not_found(language))
}

/// Ends the caller's transaction, kept when all went well, and hands on what came of it.
async fn ended<T>(caller: &Caller, came: Result<T>) -> Result<T, Problem> {
    let language = caller.language;
    let problem = |error: Error| match error {
        Error::Forbidden(denial @ Denial::SignInStrongly) => {
            Problem::new(StatusCode::FORBIDDEN, denial.code(), text(language, "sign-in-strongly"))
        }
        Error::Forbidden(denial @ Denial::SignInAgain) => {
            Problem::new(StatusCode::FORBIDDEN, denial.code(), text(language, "sign-in-again"))
        }
        error => Problem::of(&error, language),
    };
    caller.finish(came.is_ok()).await.map_err(problem)?;
    came.map_err(problem)
}

fn challenge(Challenge { id, public_key }: Challenge) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(json!({ "id": id, "publicKey": public_key }))).into_response()
}

fn refused(language: Language, code: &'static str, words: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, text(language, words))
}

/// `POST /sign-in/passkey/options`: a challenge for anybody; no address is asked.
pub async fn ask(State(app): State<App>, Peer(address): Peer, session: Session, headers: HeaderMap) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let passkeys = passkeys(&app, language)?;
    let caller = Caller::new(app.database.clone(), None, language, app.clock);
    let laid = passkeys.ask(&caller).await;
    ended(&caller, laid).await.map(challenge)
}

/// `POST /sign-in/passkey`: 204 and a session; one answer for whatever is wrong.
pub async fn sign_in(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    jar: CookieJar,
    Json(SignIn { id, credential }): Json<SignIn>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let passkeys = passkeys(&app, language)?;
    let device = device_of(&headers);
    let caller = Caller::new(app.database.clone(), None, language, app.clock);
    let entered = passkeys.sign_in(&caller, id, &credential, device, session.hash.as_ref()).await;
    match ended(&caller, entered).await? {
        Some(secret) => Ok((StatusCode::NO_CONTENT, jar.add(cookie(SESSION, secret, SESSION_SECONDS))).into_response()),
        None => Err(refused(language, "SIGN_IN_INVALID", "sign-in-passkey-invalid")),
    }
}

/// `POST /passkeys/options`: a challenge for a new passkey of whoever is signed in.
pub async fn ask_new(State(app): State<App>, Peer(address): Peer, session: Session, headers: HeaderMap) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let passkeys = passkeys(&app, language)?;
    let caller = Caller::new(app.database.clone(), session.hash, language, app.clock);
    let laid = passkeys.ask_new(&caller).await;
    ended(&caller, laid).await.map(challenge)
}

/// `POST /passkeys`: 201 and the passkey. A session that becomes a strong one by it gets another secret.
pub async fn add(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    jar: CookieJar,
    Json(Add { id, credential, name }): Json<Add>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let passkeys = passkeys(&app, language)?;
    let caller = Caller::new(app.database.clone(), session.hash, language, app.clock);
    let added = passkeys.add(&caller, id, &credential, name).await;
    let added = ended(&caller, added).await?.ok_or_else(|| refused(language, "PASSKEY_INVALID", "passkey-invalid"))?;
    let body = axum::Json(json!({ "id": added.id.to_string(), "name": added.name }));
    let jar = match added.session {
        Some(secret) => jar.add(cookie(SESSION, secret, SESSION_SECONDS)),
        None => jar,
    };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], jar, body).into_response())
}
