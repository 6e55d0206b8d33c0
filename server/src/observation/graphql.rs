//! The observation in the graph.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::id::{ObservationId, OrganisationId, PersonId, TerrainId};
use uuid::Uuid;

use super::rules::ObservationQuestion;
use super::service;
use crate::access::Role;
use crate::access::graphql::{Organisation, Permission, is_own};
use crate::access::policy::{Action, On};
use crate::error::Result;
use crate::loader::{caller, load};
use crate::schema::IdTaken;

pub const COLUMNS: &str =
    "id, terrain_id, subject_id, question, answer, seen_at, author_id, organisation_id, author_role, created_at, version";

/// What somebody of your team saw on the spot. It stands beside what the registers say; no import touches it.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Observation {
    /// `observation:…`
    pub id: ObservationId,
    /// On which terrain.
    terrain_id: TerrainId,
    /// What was looked at.
    question: ObservationQuestion,
    /// What was seen: a word that the question gives to choose from, or, where it asks for words, words.
    answer: String,
    /// When, as the device said; never later than `createdAt`.
    pub seen_at: DateTime<Utc>,
    /// When the server took it in.
    created_at: DateTime<Utc>,
    /// Version.
    version: i32,
    #[graphql(skip)]
    pub subject_id: Uuid,
    #[graphql(skip)]
    author_role: String,
    #[graphql(skip)]
    author_id: PersonId,
    #[graphql(skip)]
    organisation_id: OrganisationId,
}

terrein_shared::plain!(Observation {
    "id" => id,
    "terrainId" => terrain_id,
    "question" => question,
    "answer" => answer,
    "seenAt" => seen_at,
    "createdAt" => created_at,
    "version" => version,
});
terrein_shared::connection!(ObservationConnection, ObservationEdge, Observation, "observations");
crate::by_id!(ObservationId, Observation, "observation", COLUMNS);

impl Observation {
    /// What a rule needs to know of it.
    #[must_use]
    pub fn facts(&self) -> On {
        On::Observation { author: self.author_id, as_role: Role::from_word(&self.author_role).ok() }
    }
}

/// What you may do with an observation, and if not, why not.
#[derive(SimpleObject)]
pub struct ObservationViewerCan {
    /// Take it back.
    withdraw: Permission,
}

#[ComplexObject]
impl Observation {
    /// What was looked at: `company:…`, `plot:…`, `building:…` or `infrastructure:…`
    async fn subject_id(&self) -> ID {
        ID(format!("{}:{}", self.question.kind(), self.subject_id))
    }

    /// As what somebody saw it; parties, not persons.
    async fn by(&self) -> Result<Role> {
        Role::from_word(&self.author_role)
    }

    /// The maker's organisation.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load(context, self.organisation_id).await
    }

    /// Whether you saw it.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        is_own(context, self.author_id).await
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<ObservationViewerCan> {
        let actor = caller(context)?.actor().await?;
        Ok(ObservationViewerCan { withdraw: Permission::of(actor, Action::WithdrawObservation, self.facts()) })
    }
}

/// What you saw on the spot.
#[derive(Debug, Clone, InputObject)]
pub struct ObserveInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new observation, minted by the client.
    pub observation_id: ObservationId,
    /// The terrain on which its subject is.
    pub terrain_id: TerrainId,
    /// What you looked at, of the kind that the question is about.
    pub subject_id: ID,
    /// What you looked for.
    pub question: ObservationQuestion,
    /// What you saw.
    pub answer: String,
    /// When you saw it, by the device's clock; one that runs ahead counts as now.
    pub seen_at: DateTime<Utc>,
}

/// An observation taken back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawObservationInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub observation_id: ObservationId,
}

/// What became of `observe`.
#[derive(Union)]
pub enum ObservePayload {
    Observed(ObservationMade),
    Taken(IdTaken),
}

/// It is noted.
#[derive(SimpleObject)]
pub struct ObservationMade {
    /// As it is now; as it was then, when a repeat of the command finds it gone or no longer yours to see.
    pub observation: Observation,
}

/// What became of `withdrawObservation`.
#[derive(Union)]
pub enum WithdrawObservationPayload {
    Withdrawn(ObservationWithdrawn),
}

/// The observation is taken back.
#[derive(SimpleObject)]
pub struct ObservationWithdrawn {
    /// Which.
    pub id: ObservationId,
}

#[derive(Default)]
pub struct ObservationMutation;

#[Object]
impl ObservationMutation {
    /// Notes what you saw on the spot, for your team. The newest per subject and question counts.
    async fn observe(&self, context: &Context<'_>, input: ObserveInput) -> Result<ObservePayload> {
        service::observe(caller(context)?, input).await
    }

    /// Takes back an observation you made.
    async fn withdraw_observation(&self, context: &Context<'_>, input: WithdrawObservationInput) -> Result<WithdrawObservationPayload> {
        service::withdraw(caller(context)?, input).await
    }
}
