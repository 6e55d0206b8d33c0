//! Sessions: the devices on which somebody is signed in; ending one of them, or all but this one.

use async_graphql::{Context, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::id::SessionId;

use super::Caller;
use super::account_mail::{Change, tell};
use super::caller::SessionHash;
use crate::error::{Error, Result, Subject};
use crate::loader::caller;

crate::vocabulary! {
    /// How somebody signed in.
    SignInMethod {
        /// With the link from a mail.
        Mail = "mail",
        /// With the code from a mail.
        Code = "code",
        /// With a link that the operator gave.
        Operator = "operator",
        /// With a passkey.
        Passkey = "passkey",
        /// Through their own organisation.
        Oidc = "oidc",
    }
}

/// A device on which you are signed in.
#[derive(FromQueryResult, SimpleObject)]
pub struct Session {
    /// `session:…`
    id: SessionId,
    /// Browser and system, as it said.
    device: String,
    /// How you signed in.
    method: SignInMethod,
    /// Since when.
    created_at: DateTime<Utc>,
    /// Used last.
    last_seen_at: DateTime<Utc>,
    /// This one.
    current: bool,
}

/// The caller's sessions that stand, used last first; at most 100.
///
/// # Errors
/// As the database answers.
pub async fn sessions(caller: &Caller) -> Result<Vec<Session>> {
    caller
        .all(
            "select id, device, method, created_at, last_seen_at, token_hash = $1 as current from session
             where person_id = (select app.person()) and revoked_at is null and expires_at > app.now()
               and last_seen_at > app.now() - case when passkey_id is null then interval '12 hours' else interval '30 days' end
             order by last_seen_at desc limit 100",
            [caller.session().map(SessionHash::bytes).into()],
        )
        .await
}

#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// Devices on which you are signed in, used last first; at most 100.
    async fn sessions(&self, context: &Context<'_>) -> Result<Vec<Session>> {
        let caller = caller(context)?;
        caller.account().await?;
        sessions(caller).await
    }
}

/// What became of `revokeSession`.
#[derive(Union)]
pub enum RevokeSessionPayload {
    Revoked(SessionRevoked),
}

/// The device is signed out.
#[derive(SimpleObject)]
pub struct SessionRevoked {
    /// Which.
    id: SessionId,
}

/// What became of `revokeOtherSessions`.
#[derive(Union)]
pub enum RevokeOtherSessionsPayload {
    Revoked(OtherSessionsRevoked),
}

/// All your other devices are signed out.
#[derive(SimpleObject)]
pub struct OtherSessionsRevoked {
    /// How many were signed in.
    count: u64,
}

#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs one of your devices out, at once.
    async fn revoke_session(&self, context: &Context<'_>, id: SessionId) -> Result<RevokeSessionPayload> {
        let caller = caller(context)?;
        caller.account().await?;
        // A device that is signed out already is: the same answer again.
        let sql = "update session set revoked_at = coalesce(revoked_at, app.now()) where id = $1 and person_id = (select app.person())";
        match caller.run(sql, [id.into()]).await? {
            0 => Err(Error::NotFound(Subject::Session)),
            _ => Ok(RevokeSessionPayload::Revoked(SessionRevoked { id })),
        }
    }

    /// Signs all your devices out but this one, at once.
    async fn revoke_other_sessions(&self, context: &Context<'_>) -> Result<RevokeOtherSessionsPayload> {
        let caller = caller(context)?;
        let viewer = caller.account().await?;
        let sql = "update session set revoked_at = app.now()
                   where person_id = (select app.person()) and token_hash is distinct from $1 and revoked_at is null and expires_at > app.now()";
        let count = caller.run(sql, [caller.session().map(SessionHash::bytes).into()]).await?;
        if count > 0 {
            tell(caller, viewer, Change::OthersSignedOut).await?;
        }
        Ok(RevokeOtherSessionsPayload::Revoked(OtherSessionsRevoked { count }))
    }
}
