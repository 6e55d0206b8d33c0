//! What was said that would be done: the promise in the graph, and its commands.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::geometry::{GeoJsonInput, GeoJsonText};
use terrein_shared::id::{CompanyId, ConversationId, IssueId, OrganisationId, PersonId, PromiseId, TerrainId};
use uuid::Uuid;

use super::graphql::Conversation;
use super::promise_service;
use super::rules::PromiseOwner;
use crate::access::Role;
use crate::access::graphql::{Organisation, Permission, is_own};
use crate::access::policy::{Action, On};
use crate::company::Company;
use crate::error::Result;
use crate::issue::Issue;
use crate::loader::{caller, load, load_some};
use crate::schema::IdTaken;

/// Where it is due: as was said, else where the company is, else where the issue lies, as far as the caller sees them. A shielded address
/// stays shielded.
pub const PROMISE_COLUMNS: &str = "id, terrain_id, conversation_id, issue_id, company_id, text, owned_by, due_on, done_at, author_id, organisation_id, \
    author_role, created_at, version, coalesce(geom, \
      (select c.geom from company c where c.id = company_id and c.deleted_at is null and not c.address_shielded), \
      (select i.geom from issue i where i.id = issue_id and i.deleted_at is null)) as geometry";

/// What was said that would be done, by us or by the party. It is the team's.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Promise {
    /// `promise:…`
    pub id: PromiseId,
    /// On which business park.
    pub terrain_id: TerrainId,
    /// What.
    text: String,
    /// Whose to keep.
    owned_by: PromiseOwner,
    /// By which day.
    due_on: Option<NaiveDate>,
    /// Since when it is kept.
    done_at: Option<DateTime<Utc>>,
    /// When the server took it in.
    created_at: DateTime<Utc>,
    /// Raised by every change.
    pub version: i32,
    /// Where it is due: as was said, else where the company is, else where the issue lies.
    geometry: Option<GeoJsonText>,
    #[graphql(skip)]
    conversation_id: Option<ConversationId>,
    #[graphql(skip)]
    issue_id: Option<IssueId>,
    #[graphql(skip)]
    company_id: Option<CompanyId>,
    #[graphql(skip)]
    author_id: PersonId,
    #[graphql(skip)]
    organisation_id: OrganisationId,
    #[graphql(skip)]
    author_role: String,
}

terrein_shared::plain!(Promise {
    "id" => id,
    "terrainId" => terrain_id,
    "text" => text,
    "ownedBy" => owned_by,
    "dueOn" => due_on,
    "doneAt" => done_at,
    "createdAt" => created_at,
    "version" => version,
    "geometry" => geometry,
});
terrein_shared::connection!(PromiseConnection, PromiseEdge, Promise, "promises");
crate::by_id!(PromiseId, Promise, "promise", PROMISE_COLUMNS);

impl Promise {
    /// What a rule needs to know of it.
    #[must_use]
    pub fn facts(&self) -> On {
        On::Team { terrain: self.terrain_id, author: self.author_id, organisation: self.organisation_id }
    }
}

/// What you may do with a promise, and if not, why not.
#[derive(SimpleObject)]
pub struct PromiseViewerCan {
    /// Say that it is kept, or not yet.
    keep: Permission,
    /// Take it back.
    withdraw: Permission,
}

#[ComplexObject]
impl Promise {
    /// The talk in which it was made.
    async fn conversation(&self, context: &Context<'_>) -> Result<Option<Conversation>> {
        load_some(context, self.conversation_id).await
    }

    /// The id of that talk.
    async fn conversation_id(&self, context: &Context<'_>) -> Result<Option<ConversationId>> {
        Ok(load_some(context, self.conversation_id).await?.map(|conversation| conversation.id))
    }

    /// The issue it is about, when you may see it.
    async fn issue(&self, context: &Context<'_>) -> Result<Option<Issue>> {
        load_some(context, self.issue_id).await
    }

    /// The id of that issue.
    async fn issue_id(&self, context: &Context<'_>) -> Result<Option<IssueId>> {
        Ok(load_some(context, self.issue_id).await?.map(|issue| issue.id))
    }

    /// The company it was made to or by.
    async fn company(&self, context: &Context<'_>) -> Result<Option<Company>> {
        load_some(context, self.company_id).await
    }

    /// The id of that company.
    async fn company_id(&self, context: &Context<'_>) -> Result<Option<CompanyId>> {
        Ok(load_some(context, self.company_id).await?.map(|company| company.id))
    }

    /// As what it was written down; parties, not persons.
    async fn by(&self) -> Result<Role> {
        Role::from_word(&self.author_role)
    }

    /// Whose team it is of.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load(context, self.organisation_id).await
    }

    /// Whether you wrote it down.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        is_own(context, self.author_id).await
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<PromiseViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = |action| Permission::of(actor, action, self.facts());
        Ok(PromiseViewerCan { keep: may(Action::KeepPromise), withdraw: may(Action::WithdrawPromise) })
    }
}

/// A promise.
#[derive(Debug, Clone, InputObject)]
pub struct MakePromiseInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new promise, minted by the client.
    pub promise_id: PromiseId,
    /// On which business park.
    pub terrain_id: TerrainId,
    /// The talk in which it was made; its company is the promise's when none is named.
    pub conversation_id: Option<ConversationId>,
    /// The issue it is about.
    pub issue_id: Option<IssueId>,
    /// The company it was made to or by.
    pub company_id: Option<CompanyId>,
    /// What, at most 1000 characters.
    pub text: String,
    /// Whose to keep; `US` when left out.
    pub owned_by: Option<PromiseOwner>,
    /// By which day.
    pub due_on: Option<NaiveDate>,
    /// Where, when that is not at the company or the issue.
    pub geometry: Option<GeoJsonInput>,
}

/// That a promise is kept, or not yet.
#[derive(Debug, Clone, InputObject)]
pub struct KeepPromiseInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub promise_id: PromiseId,
    /// Whether it is.
    pub done: bool,
}

/// A promise taken back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawPromiseInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub promise_id: PromiseId,
}

/// What became of `makePromise`.
#[derive(Union)]
pub enum MakePromisePayload {
    Made(PromiseMade),
    Taken(IdTaken),
}

/// It is written down.
#[derive(SimpleObject)]
pub struct PromiseMade {
    /// As it is now; as it was then, when a repeat of the command finds it gone or no longer yours to see.
    pub promise: Promise,
}

/// What became of `keepPromise`.
#[derive(Union)]
pub enum KeepPromisePayload {
    Kept(PromiseKept),
}

/// It is said whether it is kept.
#[derive(SimpleObject)]
pub struct PromiseKept {
    /// As it is now; as it was then, when a repeat of the command finds it gone or no longer yours to see.
    pub promise: Promise,
}

/// What became of `withdrawPromise`.
#[derive(Union)]
pub enum WithdrawPromisePayload {
    Withdrawn(PromiseWithdrawn),
}

/// It is taken back.
#[derive(SimpleObject)]
pub struct PromiseWithdrawn {
    /// Which.
    pub id: PromiseId,
}

#[derive(Default)]
pub struct PromiseMutation;

#[Object]
impl PromiseMutation {
    /// Writes down what was said that would be done.
    async fn make_promise(&self, context: &Context<'_>, input: MakePromiseInput) -> Result<MakePromisePayload> {
        promise_service::make(caller(context)?, input).await
    }

    /// Says that a promise is kept, or not yet after all.
    async fn keep_promise(&self, context: &Context<'_>, input: KeepPromiseInput) -> Result<KeepPromisePayload> {
        promise_service::keep(caller(context)?, input).await
    }

    /// Takes back a promise you wrote down.
    async fn withdraw_promise(&self, context: &Context<'_>, input: WithdrawPromiseInput) -> Result<WithdrawPromisePayload> {
        promise_service::withdraw(caller(context)?, input).await
    }
}
