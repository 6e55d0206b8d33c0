//! Sign-in by mail: a link for the browser that asked, a six-digit code for any other. Asking never tells whether an address is known;
//! GET changes nothing, POST consumes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Caller;
use super::caller::SessionHash;
use crate::error::Result;
use crate::jobs::queue;

/// A mail to be sent: the payload of the job `sign_in_mail`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SignInMail {
    pub to: String,
    pub name: String,
    pub language: String,
    pub token: String,
    pub code: String,
}

/// 256 random bits as text.
#[must_use]
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// A code is short: hashed with the address it was mailed to.
fn code_hash(email: &str, code: &str) -> Vec<u8> {
    hash(&format!("{}\u{1f}{code}", email.to_lowercase()))
}

#[derive(FromQueryResult)]
struct Addressee {
    name: String,
    language: String,
}

#[derive(FromQueryResult)]
struct Answer {
    yes: bool,
}

/// Lays down a link and a code and has them mailed, if the address is somebody's. `browser` is the secret of the asking browser.
///
/// # Errors
/// [`crate::error::Error::Unavailable`] when the database does not answer; never whether the address is known.
pub async fn request(caller: &Caller, email: &str, browser: &str) -> Result<()> {
    let (token, code) = (secret(), format!("{:06}", rand::random_range(0..1_000_000)));
    let addressee: Option<Addressee> = caller
        .one(
            "select name, language from app.request_sign_in($1, $2, $3, $4, $5)",
            [terrein_shared::id::new_id().into(), email.into(), hash(&token).into(), code_hash(email, &code).into(), hash(browser).into()],
        )
        .await?;
    if let Some(Addressee { name, language }) = addressee {
        let mail = SignInMail { to: email.to_lowercase(), name, language, token, code };
        queue::enqueue(caller, "sign_in_mail", &mail, None).await?;
    }
    Ok(())
}

/// What somebody shows to be let in.
pub enum Proof<'a> {
    /// The token of a link, and the secret of the browser that opens it.
    Link { token: &'a str, browser: Option<&'a str> },
    /// The code from the mail.
    Code { email: &'a str, code: &'a str },
}

/// Turns a valid proof into a session; its secret, for the cookie. `before` is the session this browser has already: it ends.
///
/// # Errors
/// [`crate::error::Error::Unavailable`]; `Ok(None)` for a proof that is not, or no longer, valid.
pub async fn sign_in(caller: &Caller, proof: Proof<'_>, device: &str, before: Option<&SessionHash>) -> Result<Option<String>> {
    let session = secret();
    let (token, email, code, browser) = match proof {
        Proof::Link { token, browser } => (Some(hash(token)), None, None, browser.map(hash)),
        Proof::Code { email, code } => (None, Some(email.to_owned()), Some(code_hash(email, code)), None),
    };
    let answer: Option<Answer> = caller
        .one(
            "select app.sign_in($1, $2, $3, $4, $5, $6, $7, $8) as yes",
            [
                token.into(),
                email.into(),
                code.into(),
                browser.into(),
                terrein_shared::id::new_id().into(),
                SessionHash::of(&session).bytes().into(),
                device.into(),
                before.map(SessionHash::bytes).into(),
            ],
        )
        .await?;
    Ok(answer.filter(|answer| answer.yes).map(|_| session))
}

/// Ends the caller's session.
///
/// # Errors
/// [`crate::error::Error::Unavailable`].
pub async fn sign_out(caller: &Caller) -> Result<()> {
    if let Some(session) = caller.session() {
        caller
            .run("update session set revoked_at = app.now() where token_hash = $1 and revoked_at is null", [session.bytes().into()])
            .await?;
    }
    Ok(())
}

/// A link an operator made at the command line: hashes for [`super::operator`].
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    hash(token)
}
