//! Sessions: the devices on which somebody is signed in; ending one of them, or all but this one.
//!
//! A session is renewed when a role of its person is granted, handed over or withdrawn, by whomever: its next question answers with a new secret
//! in the cookie. The old one goes on being answered, with the same new secret each time, until the new one is shown for the first time, 12 hours
//! at most; then for one minute more, without it. So parallel requests all go well, and a lost answer signs nobody out. A family of sessions, one
//! after the other, is one device here and ends as one.

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
            "select coalesce(family, id) as id, max(device) as device, max(method) as method, min(created_at) as created_at,
               max(last_seen_at) as last_seen_at, coalesce(bool_or(token_hash = $1), false) as current from session
             where person_id = (select app.person()) and revoked_at is null and expires_at > app.now()
               and last_seen_at > app.now() - case when passkey_id is null then interval '12 hours' else interval '30 days' end
             group by coalesce(family, id) order by max(last_seen_at) desc limit 100",
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

#[derive(FromQueryResult)]
struct Ended {
    count: i64,
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
        let sql = "update session set revoked_at = coalesce(revoked_at, app.now()) where coalesce(family, id) = $1 and person_id = (select app.person())";
        match caller.run(sql, [id.into()]).await? {
            0 => Err(Error::NotFound(Subject::Session)),
            _ => Ok(RevokeSessionPayload::Revoked(SessionRevoked { id })),
        }
    }

    /// Signs all your devices out but this one, at once.
    async fn revoke_other_sessions(&self, context: &Context<'_>) -> Result<RevokeOtherSessionsPayload> {
        let caller = caller(context)?;
        let viewer = caller.account().await?;
        let sql = "with ended as (
                     update session set revoked_at = app.now()
                     where person_id = (select app.person()) and revoked_at is null and expires_at > app.now()
                       and coalesce(family, id) is distinct from (select coalesce(s.family, s.id) from session s where s.token_hash = $1)
                     returning coalesce(family, id) as family)
                   select count(distinct family) as count from ended";
        let ended: Option<Ended> = caller.one(sql, [caller.session().map(SessionHash::bytes).into()]).await?;
        let count = ended.map_or(0, |ended| ended.count.unsigned_abs());
        if count > 0 {
            tell(caller, viewer, Change::OthersSignedOut).await?;
        }
        Ok(RevokeOtherSessionsPayload::Revoked(OtherSessionsRevoked { count }))
    }
}
