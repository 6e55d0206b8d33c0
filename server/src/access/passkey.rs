//! Passkeys: sign-in with a key that never leaves somebody's device. Each step asks the database for a challenge of its own, good for one
//! answer within five minutes; who may add one is decided there (`app.passkey_door`).

use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context as _;
use async_graphql::{Context, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::de::DeserializeOwned;
use terrein_shared::id::{PasskeyId, PersonId};
use terrein_shared::text;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey as Key, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Webauthn,
    WebauthnBuilder, WebauthnError,
};

use super::Caller;
use super::account_mail::{Change, tell};
use super::caller::SessionHash;
use super::policy::Denial;
use super::sign_in::secret;
use crate::error::{Error, InField, Result, Subject};
use crate::loader::caller;

/// How long an authenticator may take; a challenge in the database lives as long.
const TIME: Duration = Duration::from_secs(300);
/// Longest name of a passkey.
const NAME: usize = 80;

/// What this installation is to an authenticator.
pub struct Passkeys {
    webauthn: Webauthn,
}

/// A challenge: what a browser hands to its authenticator, and the id to answer under.
pub struct Challenge {
    pub id: Uuid,
    pub public_key: serde_json::Value,
}

/// A passkey that was added, and the session's new secret when it became a strong one by it.
pub struct Added {
    pub id: PasskeyId,
    pub name: String,
    pub session: Option<String>,
}

#[derive(FromQueryResult)]
struct Taken {
    state: Option<serde_json::Value>,
}

#[derive(FromQueryResult)]
struct Shown {
    id: Uuid,
    person_id: PersonId,
    credential: serde_json::Value,
}

#[derive(FromQueryResult)]
struct Door {
    door: Option<String>,
    strong: bool,
}

#[derive(FromQueryResult)]
struct Row {
    credential: serde_json::Value,
}

#[derive(FromQueryResult)]
struct Answer {
    yes: bool,
}

impl Passkeys {
    /// For the address that people use. An authenticator knows names only: `None` for a bare IP address, but for this machine's own, which
    /// developers reach as `localhost` too.
    ///
    /// # Errors
    /// For what is no address.
    pub fn at(public_url: &str) -> anyhow::Result<Option<Self>> {
        let mut origin = Url::parse(public_url).with_context(|| format!("{public_url} is not an address"))?;
        let loopback =
            origin.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok()).is_some_and(|ip| ip.is_loopback());
        if loopback {
            origin.set_host(Some("localhost")).context("localhost is no name")?;
        }
        let Some(name) = origin.domain().map(str::to_owned) else { return Ok(None) };
        let webauthn = WebauthnBuilder::new(&name, &origin)?.rp_name("Terrein").timeout(TIME).build()?;
        Ok(Some(Self { webauthn }))
    }

    /// A challenge for somebody who is nobody yet; the authenticator knows whose keys it has.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn ask(&self, caller: &Caller) -> Result<Challenge> {
        let (challenge, state) = self.webauthn.start_discoverable_authentication().map_err(ours)?;
        lay(caller, "sign_in", json(&challenge.public_key)?, json(&state)?).await
    }

    /// Turns an authenticator's answer into a session; its secret, for the cookie. `before` is the session this browser has already: it ends.
    ///
    /// # Errors
    /// As the database answers; `Ok(None)`, without a reason, for every answer that lets nobody in. What was done is to be kept even then: a
    /// challenge is spent by a wrong answer too.
    pub async fn sign_in(
        &self,
        caller: &Caller,
        id: Uuid,
        credential: &PublicKeyCredential,
        device: &str,
        before: Option<&SessionHash>,
    ) -> Result<Option<String>> {
        let Some(state) = take::<DiscoverableAuthentication>(caller, id, "sign_in").await? else { return Ok(None) };
        let Ok((person, credential_id)) = self.webauthn.identify_discoverable_authentication(credential) else { return Ok(None) };
        let shown: Option<Shown> =
            caller.one("select id, person_id, credential from app.shown_passkey($1)", [credential_id.to_vec().into()]).await?;
        let Some(shown) = shown.filter(|shown| shown.person_id.0 == person) else { return Ok(None) };
        let mut key: Key = read(shown.credential)?;
        // Origin, challenge, signature, that the person was verified on the device, and a counter that went on: a copy of a key tells itself
        // by one that did not.
        let result = match self.webauthn.finish_discoverable_authentication_v2(credential, state, &key) {
            Ok(result) if result.user_verified() => result,
            Ok(_) => return Ok(None),
            Err(error) => {
                tracing::info!(passkey.id = %shown.id, %error, "a passkey was refused");
                return Ok(None);
            }
        };
        key.update_credential(&result);
        let session = secret();
        caller
            .run(
                "select app.sign_in_with_passkey($1, $2, $3, $4, $5, $6)",
                [
                    shown.id.into(),
                    json(&key)?.into(),
                    terrein_shared::id::new_id().into(),
                    SessionHash::of(&session).bytes().into(),
                    device.into(),
                    before.map(SessionHash::bytes).into(),
                ],
            )
            .await?;
        Ok(Some(session))
    }

    /// A challenge for a new passkey of the caller's, on a device that has none of theirs yet.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a visitor, [`Error::Forbidden`] for a session that may not add one.
    pub async fn ask_new(&self, caller: &Caller) -> Result<Challenge> {
        let viewer = caller.account().await?;
        open(caller).await?;
        // Those that a new one takes the place of are no reason to send a device away.
        let replaces = viewer.needs_strong_sign_in || viewer.held.iter().any(|held| held.role.asks_strong_sign_in());
        let rows: Vec<Row> = caller
            .all("select credential from passkey where person_id = (select app.person()) and (proven or not $1)", [replaces.into()])
            .await?;
        let known = rows.into_iter().map(|row| read::<Key>(row.credential).map(|key| key.cred_id().clone())).collect::<Result<_>>()?;
        let (challenge, state) =
            self.webauthn.start_passkey_registration(viewer.id.0, &viewer.email, &viewer.name, Some(known)).map_err(ours)?;
        let mut public_key = json(&challenge.public_key)?;
        // Kept on the device with the account's name, so that signing in asks for no address.
        public_key["authenticatorSelection"]["residentKey"] = "required".into();
        public_key["authenticatorSelection"]["requireResidentKey"] = true.into();
        lay(caller, "add", public_key, json(&state)?).await
    }

    /// Adds the passkey that an authenticator made.
    ///
    /// # Errors
    /// As [`Self::ask_new`]; [`Error::Invalid`] for the name; `Ok(None)` for an answer that does not fit its challenge, and for a key that is
    /// somebody's already.
    pub async fn add(&self, caller: &Caller, id: Uuid, credential: &RegisterPublicKeyCredential, name: String) -> Result<Option<Added>> {
        let viewer = caller.account().await?;
        let name = text::required(name, NAME).in_field("name")?;
        let strong = open(caller).await?;
        let Some(state) = take::<PasskeyRegistration>(caller, id, "add").await? else { return Ok(None) };
        let key = match self.webauthn.finish_passkey_registration(credential, &state) {
            Ok(key) => key,
            Err(error) => {
                tracing::info!(%error, "a new passkey was refused");
                return Ok(None);
            }
        };
        let (passkey, session) = (PasskeyId::new(), secret());
        let answer: Option<Answer> = caller
            .one(
                "select app.add_passkey($1, $2, $3, $4, $5) as yes",
                [
                    passkey.into(),
                    key.cred_id().clone().into(),
                    json(&key)?.into(),
                    name.clone().into(),
                    SessionHash::of(&session).bytes().into(),
                ],
            )
            .await?;
        if !answer.is_some_and(|answer| answer.yes) {
            return Ok(None);
        }
        tell(caller, viewer, Change::PasskeyAdded).await?;
        Ok(Some(Added { id: passkey, name, session: (!strong).then_some(session) }))
    }
}

async fn lay(caller: &Caller, kind: &str, public_key: serde_json::Value, state: serde_json::Value) -> Result<Challenge> {
    let id = terrein_shared::id::new_id();
    caller.run("select app.lay_challenge($1, $2, $3)", [id.into(), kind.into(), state.into()]).await?;
    Ok(Challenge { id, public_key })
}

async fn take<T: DeserializeOwned>(caller: &Caller, id: Uuid, kind: &str) -> Result<Option<T>> {
    let taken: Option<Taken> = caller.one("select app.take_challenge($1, $2) as state", [id.into(), kind.into()]).await?;
    taken.and_then(|taken| taken.state).map(read).transpose()
}

/// Whether the caller's session is a strong one; refused when it may not add or remove passkeys.
async fn open(caller: &Caller) -> Result<bool> {
    let door: Option<Door> = caller
        .one(
            "select app.passkey_door() as door, coalesce((select strong from session where token_hash = $1), false) as strong",
            [caller.session().map(SessionHash::bytes).into()],
        )
        .await?;
    let door = door.ok_or(Error::Unauthenticated)?;
    match door.door.as_deref() {
        Some("open") => Ok(door.strong),
        Some("strong") => Err(Error::Forbidden(Denial::SignInStrongly)),
        Some("again") => Err(Error::Forbidden(Denial::SignInAgain)),
        _ => Err(Error::Unauthenticated),
    }
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.into()))
}

fn read<T: DeserializeOwned>(value: serde_json::Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(error.into()))
}

/// Making a challenge goes wrong by no fault of the caller's.
fn ours(error: WebauthnError) -> Error {
    Error::Internal(error.into())
}

/// A key with which you sign in, on a device or in a keychain of yours.
#[derive(FromQueryResult, SimpleObject)]
pub struct Passkey {
    /// `passkey:…`
    id: PasskeyId,
    /// What you call it.
    name: String,
    /// Since when.
    created_at: DateTime<Utc>,
    /// Signed in with last; nothing when never yet.
    last_used_at: Option<DateTime<Utc>>,
}

#[derive(Default)]
pub struct PasskeyQuery;

#[Object]
impl PasskeyQuery {
    /// Your passkeys, oldest first.
    async fn passkeys(&self, context: &Context<'_>) -> Result<Vec<Passkey>> {
        let caller = caller(context)?;
        caller.account().await?;
        let sql = "select id, name, created_at, last_used_at from passkey where person_id = (select app.person()) order by created_at, id";
        caller.all(sql, []).await
    }
}

/// What became of `removePasskey`.
#[derive(Union)]
pub enum RemovePasskeyPayload {
    Removed(PasskeyRemoved),
}

/// The passkey signs in no more, and what came in with it elsewhere is signed out.
#[derive(SimpleObject)]
pub struct PasskeyRemoved {
    /// Which.
    id: PasskeyId,
}

/// What became of `renamePasskey`.
#[derive(Union)]
pub enum RenamePasskeyPayload {
    Renamed(PasskeyRenamed),
}

/// The passkey has its new name.
#[derive(SimpleObject)]
pub struct PasskeyRenamed {
    /// Which.
    passkey: Passkey,
}

#[derive(Default)]
pub struct PasskeyMutation;

#[Object]
impl PasskeyMutation {
    /// Removes one of your passkeys and signs out the other devices that came in with it. After the last one, roles that ask a strong
    /// sign-in count no more until you sign in strongly again. Refused with `SIGN_IN_STRONGLY` or `SIGN_IN_AGAIN` in a session that may not.
    async fn remove_passkey(&self, context: &Context<'_>, id: PasskeyId) -> Result<RemovePasskeyPayload> {
        let caller = caller(context)?;
        let viewer = caller.account().await?;
        open(caller).await?;
        let answer: Option<Answer> = caller.one("select app.remove_passkey($1) as yes", [id.into()]).await?;
        match answer {
            Some(Answer { yes: true }) => {
                tell(caller, viewer, Change::PasskeyRemoved).await?;
                Ok(RemovePasskeyPayload::Removed(PasskeyRemoved { id }))
            }
            _ => Err(Error::NotFound(Subject::Passkey)),
        }
    }

    /// Gives one of your passkeys another name.
    async fn rename_passkey(&self, context: &Context<'_>, id: PasskeyId, name: String) -> Result<RenamePasskeyPayload> {
        let caller = caller(context)?;
        caller.account().await?;
        let name = text::required(name, NAME).in_field("name")?;
        let sql =
            "update passkey set name = $2 where id = $1 and person_id = (select app.person()) returning id, name, created_at, last_used_at";
        let passkey = caller.one(sql, [id.into(), name.into()]).await?.ok_or(Error::NotFound(Subject::Passkey))?;
        Ok(RenamePasskeyPayload::Renamed(PasskeyRenamed { passkey }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authenticator_knows_names_and_this_machine() {
        for (address, known) in [
            ("https://terrein.example.nl", true),
            ("http://localhost:8080", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("https://192.0.2.7", false),
        ] {
            assert_eq!(Passkeys::at(address).expect("an address").is_some(), known, "{address}");
        }
    }
}
