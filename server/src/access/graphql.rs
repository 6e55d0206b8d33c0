//! People, organisations, roles and sessions in the graph, and what a viewer may do.

use async_graphql::{Context, InputObject, InputType, Object, SimpleObject, Union};
use sea_orm::FromQueryResult;
use terrein_shared::id::{OrganisationId, PersonId};
use uuid::Uuid;

use super::caller::{Actor, Viewer as Person};
use super::membership::Membership;
use super::once::once;
use super::policy::{Action, Denial, On, may};
use super::session::{Session, sessions};
use crate::error::Result;
use crate::loader::caller;
use crate::texts::Language;

const ORGANISATION_COLUMNS: &str = "id, name, kind";

/// Whether you may do something; when not, why not.
#[derive(Debug, Clone, SimpleObject)]
pub struct Permission {
    /// You may.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<Denial>,
}

impl Permission {
    #[must_use]
    pub fn of(actor: &Actor, action: Action, on: On) -> Self {
        let denial = may(actor, action, on).err();
        Self { allowed: denial.is_none(), reason: denial }
    }
}

/// Whether what `author` made is the caller's own.
///
/// # Errors
/// As the database answers.
pub async fn is_own(context: &Context<'_>, author: PersonId) -> Result<bool> {
    Ok(caller(context)?.actor().await?.viewer().is_some_and(|viewer| viewer.id == author))
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
    async fn memberships(&self, context: &Context<'_>) -> Result<Vec<Membership>> {
        Membership::own(caller(context)?, self.0).await
    }

    /// Devices on which you are signed in, used last first; at most 100.
    async fn sessions(&self, context: &Context<'_>) -> Result<Vec<Session>> {
        sessions(caller(context)?).await
    }

    /// Whether a role of yours counts only after you sign in with a passkey or through your organisation, and you did not.
    async fn needs_strong_sign_in(&self) -> bool {
        self.0.needs_strong_sign_in
    }
}

#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// You; nothing when nobody is signed in.
    async fn viewer<'a>(&self, context: &Context<'a>) -> Result<Option<Viewer<'a>>> {
        Ok(caller(context)?.actor().await?.viewer().map(Viewer))
    }
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
