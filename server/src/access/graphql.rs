//! People, organisations, roles and sessions in the graph, and what a viewer may do.

use async_graphql::{Context, InputObject, InputType, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::id::{OrganisationId, PersonId, SessionId};
use uuid::Uuid;

use super::caller::{Actor, Viewer as Person};
use super::membership::Membership;
use super::once::once;
use super::policy::{Action, On, may};
use crate::error::{Error, Result, Subject};
use crate::loader::caller;
use crate::texts::Language;

const ORGANISATION_COLUMNS: &str = "id, name, kind";

/// Whether you may do something; when not, why not.
#[derive(Debug, Clone, SimpleObject)]
pub struct Permission {
    /// You may.
    pub allowed: bool,
    /// Why not, as a code: `SIGN_IN_FIRST`, `NOT_YOUR_TERRAIN`, `NOT_YOUR_ROLE`, `NOT_THE_AUTHOR`, `NOT_YOURS`, `ALREADY_CLOSED`,
    /// `LAST_AANJAGER`.
    pub reason: Option<&'static str>,
}

impl Permission {
    #[must_use]
    pub fn of(actor: &Actor, action: Action, on: On) -> Self {
        let denial = may(actor, action, on).err();
        Self { allowed: denial.is_none(), reason: denial.map(super::policy::Denial::code) }
    }
}

/// A party: company, municipality, programme, park management …
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
pub struct Organisation {
    /// `organisation:…`
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What kind of party.
    pub kind: String,
}

crate::by_id!(OrganisationId, Organisation, "organisation", ORGANISATION_COLUMNS, "true");

/// You.
pub struct Viewer<'a>(&'a Person);

/// A device on which you are signed in.
#[derive(FromQueryResult, SimpleObject)]
pub struct Session {
    /// `session:…`
    id: SessionId,
    /// Browser and system, as it said.
    device: String,
    /// Since when.
    created_at: DateTime<Utc>,
    /// Used last.
    last_seen_at: DateTime<Utc>,
    /// This one.
    current: bool,
}

/// You.
#[Object]
impl Viewer<'_> {
    /// `person:…`
    async fn id(&self) -> PersonId {
        self.0.id
    }

    /// Your name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Your mail address.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// The language you read.
    async fn language(&self) -> Language {
        self.0.language
    }

    /// Your roles.
    async fn memberships(&self) -> Vec<Membership> {
        self.0
            .memberships()
            .map(|(id, held)| Membership::own(self.0, id, held))
            .collect()
    }

    /// Devices on which you are signed in, used last first; at most 100.
    async fn sessions(&self, context: &Context<'_>) -> Result<Vec<Session>> {
        let caller = caller(context)?;
        let current = caller.session().map(super::caller::SessionHash::bytes);
        caller
            .all(
                "select id, device, created_at, last_seen_at, token_hash = $1 as current from session
                 where person_id = (select app.person()) and revoked_at is null and expires_at > app.now() order by last_seen_at desc limit 100",
                [current.into()],
            )
            .await
    }
}

#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// You; nothing when nobody is signed in.
    async fn viewer<'a>(&self, context: &Context<'a>) -> Result<Option<Viewer<'a>>> {
        Ok(match caller(context)?.actor().await? {
            Actor::Person(viewer) => Some(Viewer(viewer)),
            Actor::Anonymous => None,
        })
    }
}

/// A device to sign out.
#[derive(Debug, Clone, InputObject)]
pub struct RevokeSessionInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub session_id: SessionId,
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

/// The language you read.
#[derive(Debug, Clone, InputObject)]
pub struct SetLanguageInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Dutch or English.
    pub language: Language,
}

/// What became of `setLanguage`.
#[derive(Union)]
pub enum SetLanguagePayload {
    Set(LanguageSet),
}

/// The language is kept, for mail too.
#[derive(SimpleObject)]
pub struct LanguageSet {
    /// The language.
    language: Language,
}

#[derive(Default)]
pub struct AccessMutation;

#[Object]
impl AccessMutation {
    /// Signs one of your devices out, at once.
    async fn revoke_session(&self, context: &Context<'_>, input: RevokeSessionInput) -> Result<RevokeSessionPayload> {
        let caller = caller(context)?;
        once(caller, input.command_id, &InputType::to_value(&input), async {
            let sql = "update session set revoked_at = app.now() where id = $1 and revoked_at is null";
            match caller.run(sql, [input.session_id.into()]).await? {
                0 => Err(Error::NotFound(Subject::Session)),
                _ => Ok(()),
            }
        })
        .await?;
        Ok(RevokeSessionPayload::Revoked(SessionRevoked { id: input.session_id }))
    }

    /// Keeps the language you read.
    async fn set_language(&self, context: &Context<'_>, input: SetLanguageInput) -> Result<SetLanguagePayload> {
        let caller = caller(context)?;
        once(caller, input.command_id, &InputType::to_value(&input), async {
            caller.run("update person set language = $1 where id = (select app.person())", [input.language.code().into()]).await.map(drop)
        })
        .await?;
        Ok(SetLanguagePayload::Set(LanguageSet { language: input.language }))
    }
}
