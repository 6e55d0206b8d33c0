//! Sign-in at a person's own organisation (OpenID Connect, authorization code with PKCE). A request is bound to the browser that made it
//! and works once; somebody is known by issuer and subject, and the first time by an address that the provider verified.

mod provider;
mod settings;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use url::Url;

pub use self::provider::Provider;
use self::provider::Sent;
use super::Caller;
use super::account_mail::{AccountMail, Change};
use super::caller::SessionHash;
use super::sign_in::{secret, token_hash};
use crate::error::Error;
use crate::jobs::queue;
use terrein_shared::clock::Clock;

/// All providers of this installation, in the order of the file.
#[derive(Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Reads them; none without a file.
    ///
    /// # Errors
    /// One line that names what is wrong.
    pub fn load(file: Option<&Path>, public_url: &str, development: bool, clock: Clock) -> anyhow::Result<Self> {
        let Some(file) = file else { return Ok(Self::default()) };
        let all = settings::load(file, development)?;
        all.into_iter().map(|settings| Provider::new(settings, public_url, development, clock)).collect::<anyhow::Result<_>>().map(Self)
    }

    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.settings.id == id)
    }

    /// Id and name of each.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|provider| (provider.settings.id.as_str(), provider.settings.name.as_str()))
    }
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// For the log; the reader learns only that it did not work.
    #[error("{0}")]
    Refused(String),
    /// The provider vouches for nobody we know.
    #[error("nobody here")]
    Unknown,
    /// The provider does not answer.
    #[error("the provider does not answer")]
    Unavailable(#[source] anyhow::Error),
    /// Ours.
    #[error(transparent)]
    Ours(#[from] Error),
}

/// What came back from the provider.
pub struct Returned {
    pub state: String,
    pub code: String,
    /// RFC 9207.
    pub issuer: Option<String>,
}

/// The browser in which it happens.
pub struct Browser<'a> {
    pub secret: &'a str,
    /// What it says it is.
    pub device: &'a str,
    /// The session it has already, which ends.
    pub session: Option<&'a SessionHash>,
}

#[derive(FromQueryResult)]
struct Answer {
    yes: bool,
}

/// What goes along with a request follows from the browser's secret and the state: nothing to keep here that could be read.
fn sent(browser: &str, state: &str) -> Sent {
    let of = |what: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(format!("oidc {what}\u{1f}{browser}\u{1f}{state}").as_bytes()));
    Sent { nonce: of("nonce"), verifier: of("verifier") }
}

/// Begins: the address at the provider. `browser` is the secret of the asking browser.
///
/// # Errors
/// [`Failure::Unavailable`], [`Failure::Ours`].
pub async fn begin(caller: &Caller, provider: &Provider, browser: &str) -> Result<Url, Failure> {
    let state = secret();
    let address = provider.address(state.clone(), sent(browser, &state), caller.language).await?;
    caller
        .run(
            "select app.begin_oidc($1, $2, $3)",
            [token_hash(&state).into(), token_hash(browser).into(), provider.settings.id.clone().into()],
        )
        .await?;
    Ok(address)
}

/// Takes the request that a state belongs to: once, in the browser that made it, within ten minutes. To be kept whatever follows.
///
/// # Errors
/// [`Failure::Refused`] when there is none, [`Failure::Ours`].
pub async fn take(caller: &Caller, provider: &Provider, state: &str, browser: &str) -> Result<(), Failure> {
    let taken: Option<Answer> = caller
        .one(
            "select app.take_oidc($1, $2, $3) as yes",
            [token_hash(state).into(), token_hash(browser).into(), provider.settings.id.clone().into()],
        )
        .await?;
    taken.filter(|taken| taken.yes).map(drop).ok_or_else(|| Failure::Refused("no such request of this browser, or no longer".into()))
}

/// Turns a taken request's answer into a session; its secret, for the cookie.
///
/// # Errors
/// As [`Failure`] says.
pub async fn sign_in(caller: &Caller, provider: &Provider, returned: Returned, browser: Browser<'_>) -> Result<String, Failure> {
    let sent = sent(browser.secret, &returned.state);
    let identity = provider.identify(returned.code, returned.issuer.as_deref(), sent).await?;
    if let Some(session) = open(caller, provider, &identity.subject, None, &browser).await? {
        return Ok(session);
    }
    // No connection is held while the provider is asked.
    caller.finish(true).await?;
    let email = provider.email(&identity).await?.ok_or(Failure::Unknown)?;
    let session = open(caller, provider, &identity.subject, Some(email), &browser).await?.ok_or(Failure::Unknown)?;
    tell_linked(caller, &session).await?;
    Ok(session)
}

#[derive(FromQueryResult)]
struct Linked {
    email: String,
    name: String,
    language: String,
}

/// Tells whose account it is that another signs in as them from now on, in the transaction that linked the two.
async fn tell_linked(caller: &Caller, session: &str) -> Result<(), Failure> {
    // Nobody asked until here; from here on it is the session that was just opened.
    caller.run("select set_config('app.session', $1, true)", [SessionHash::of(session).hex().into()]).await?;
    let linked: Option<Linked> = caller.one("select email, name, language from person where id = (select app.person())", []).await?;
    if let Some(Linked { email, name, language }) = linked {
        let mail = AccountMail { to: email, name, language, change: Change::OrganisationLinked };
        queue::enqueue(caller, "account_mail", &mail, None).await?;
    }
    Ok(())
}

/// A session for whoever this subject is, or (the first time) whose address this is.
async fn open(
    caller: &Caller,
    provider: &Provider,
    subject: &str,
    email: Option<String>,
    browser: &Browser<'_>,
) -> Result<Option<String>, Failure> {
    let session = secret();
    let opened: Option<Answer> = caller
        .one(
            "select app.sign_in_oidc($1, $2, $3, $4, $5, $6, $7) as yes",
            [
                provider.settings.issuer.to_string().into(),
                subject.into(),
                email.into(),
                terrein_shared::id::new_id().into(),
                SessionHash::of(&session).bytes().into(),
                browser.device.into(),
                browser.session.map(SessionHash::bytes).into(),
            ],
        )
        .await?;
    Ok(opened.filter(|opened| opened.yes).map(|_| session))
}
