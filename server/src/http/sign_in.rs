//! Sign-in over HTTP: ask for a mail, open the link (a page, then a POST) or type the code.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use std::net::IpAddr;

use super::audited::Tried;
use super::buckets::Spender;
use super::extract::{Form, Json, Path};
use super::peer::Peer;
use super::problem::Problem;
use super::session::{BROWSER, SESSION, Session, cookie, device_of, is_own_origin};
use crate::access::sign_in::{Proof, secret, sign_in, sign_out};
use crate::access::{Caller, sign_in};
use crate::app::App;
use crate::error::Error;
use crate::texts::{Language, text};

/// A session's cookie lives 30 days; the session itself may end before.
pub(super) const SESSION_SECONDS: i64 = 30 * 24 * 3600;
const BROWSER_SECONDS: i64 = 3600;

#[derive(Deserialize)]
pub struct Ask {
    email: String,
}

#[derive(Deserialize)]
pub struct Code {
    email: String,
    code: String,
}

#[derive(Deserialize)]
pub struct Link {
    token: String,
}

fn caller(app: &App, session: Session) -> Caller {
    Caller::new(app.database.clone(), session.hash, session.language, app.clock)
}

pub(super) fn guard(app: &App, headers: &HeaderMap, address: Option<IpAddr>, language: Language) -> Result<(), Problem> {
    if !is_own_origin(headers, app) {
        return Err(Problem::of(&Error::Forbidden(crate::access::policy::Denial::NotYours), language));
    }
    app.buckets.sign_in(&Spender::at(address)).map_err(|seconds| Problem::too_many(language, seconds))
}

/// `POST /sign-in/request`: 204 whether or not the address is known.
pub async fn request(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    jar: CookieJar,
    Json(Ask { email }): Json<Ask>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let browser = jar.get(BROWSER).map_or_else(secret, |cookie| cookie.value().to_owned());
    let email = email.trim();
    if is_address(email) {
        let caller = caller(&app, session);
        sign_in::request(&caller, email, &browser).await.map_err(|error| Problem::of(&error, language))?;
        caller.finish(true).await.map_err(|error| Problem::of(&error, language))?;
    }
    // For the log: the address becomes a pseudonym, or nothing when it is nobody's.
    let tried = Extension(Tried(email.to_owned()));
    Ok((StatusCode::NO_CONTENT, tried, jar.add(cookie(BROWSER, browser, BROWSER_SECONDS))).into_response())
}

/// What may be a mail address; whose, if anybody's, is not told.
fn is_address(email: &str) -> bool {
    email.len() <= 254 && email.contains('@') && !email.chars().any(char::is_control)
}

async fn enter(app: &App, session: Session, proof: Proof<'_>, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let language = session.language;
    let device = device_of(headers).to_owned();
    // As nobody: a session one has already is no help here, and ends when this one begins.
    let caller = Caller::new(app.database.clone(), None, language, app.clock);
    let entered = sign_in(&caller, proof, &device, session.hash.as_ref()).await.map_err(|error| Problem::of(&error, language))?;
    // Kept either way: a wrong code counts.
    caller.finish(true).await.map_err(|error| Problem::of(&error, language))?;
    Ok(entered)
}

/// `POST /sign-in/code`: the six digits from the mail, on any device.
pub async fn code(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    jar: CookieJar,
    Json(Code { email, code }): Json<Code>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let proof = Proof::Code { email: email.trim(), code: code.trim() };
    if !is_address(email.trim()) {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "SIGN_IN_INVALID", text(language, "sign-in-code-invalid")));
    }
    match enter(&app, session, proof, &headers).await? {
        Some(secret) => Ok((StatusCode::NO_CONTENT, jar.add(cookie(SESSION, secret, SESSION_SECONDS))).into_response()),
        None => {
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "SIGN_IN_INVALID", text(language, "sign-in-code-invalid"));
            Ok((Extension(Tried(email.trim().to_owned())), problem).into_response())
        }
    }
}

/// `GET /sign-in/link/{token}`: a page with one button. Changes nothing: mail scanners open links.
pub async fn link_page(session: Session, Path(token): Path<String>) -> Response {
    let token: String = token.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(64).collect();
    page(
        session.language,
        &format!(
            "<p>{}</p><form method=\"post\" action=\"/sign-in/link\"><input type=\"hidden\" name=\"token\" value=\"{token}\"><button>{}</button></form>",
            text(session.language, "sign-in-page-text"),
            text(session.language, "sign-in-page-button"),
        ),
    )
}

/// `POST /sign-in/link`: signs in and goes home; never anywhere else.
pub async fn link(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    jar: CookieJar,
    Form(Link { token }): Form<Link>,
) -> Result<Response, Problem> {
    let language = session.language;
    guard(&app, &headers, address, language)?;
    let browser = jar.get(BROWSER).map(|cookie| cookie.value().to_owned());
    let proof = Proof::Link { token: &token, browser: browser.as_deref() };
    match enter(&app, session, proof, &headers).await? {
        Some(secret) => Ok((jar.add(cookie(SESSION, secret, SESSION_SECONDS)), Redirect::to("/")).into_response()),
        None => {
            let body = format!(
                "<p>{}</p><p><a href=\"/inloggen\">{}</a></p>",
                text(language, "sign-in-page-failed"),
                text(language, "sign-in-page-again")
            );
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(language, &body)).into_response())
        }
    }
}

/// `POST /sign-in/out`.
pub async fn out(State(app): State<App>, session: Session, headers: HeaderMap, jar: CookieJar) -> Result<Response, Problem> {
    let language = session.language;
    if !is_own_origin(&headers, &app) {
        return Err(Problem::of(&Error::Forbidden(crate::access::policy::Denial::NotYours), language));
    }
    let caller = caller(&app, session);
    sign_out(&caller).await.map_err(|error| Problem::of(&error, language))?;
    caller.finish(true).await.map_err(|error| Problem::of(&error, language))?;
    Ok((StatusCode::NO_CONTENT, jar.add(cookie(SESSION, String::new(), 0))).into_response())
}

/// A small page of the server's own: it works without scripts.
pub(super) fn page(language: Language, body: &str) -> Response {
    let title = text(language, "sign-in-page-title");
    let html = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/sign-in.css\"><main><h1>{title}</h1>{body}</main></html>",
        language.code()
    );
    ([(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "same-origin")], Html(html)).into_response()
}

/// `GET /sign-in.css`
pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css"), (header::CACHE_CONTROL, "public, max-age=3600")], include_str!("sign_in.css")).into_response()
}
