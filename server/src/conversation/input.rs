//! What people do with conversations: inputs, payloads, mutations.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject, Union};
use chrono::NaiveDate;
use terrein_shared::id::{CompanyId, ConversationId, IssueId, TerrainId};
use uuid::Uuid;

use super::graphql::Conversation;
use super::rules::{ConversationSharing, ConversationWillingness};
use super::service;
use crate::error::Result;
use crate::issue::{Theme, Willingness};
use crate::loader::caller;
use crate::schema::IdTaken;

/// A talk. With whom and on which day is all that is required.
#[derive(Debug, Clone, InputObject)]
pub struct RecordConversationInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new conversation, minted by the client.
    pub conversation_id: ConversationId,
    /// Of which business park.
    pub terrain_id: TerrainId,
    /// With which company of the terrain; this or `otherParty`.
    pub company_id: Option<CompanyId>,
    /// With whom else, at most 200 characters; this or `companyId`.
    pub other_party: Option<String>,
    /// On which day, as the device said; of the years 2000 to 2099.
    pub held_on: NaiveDate,
    /// How things are now, at most 4000 characters.
    pub situation: Option<String>,
    /// What is needed, at most 4000 characters.
    pub needs: Option<String>,
    /// How the party sees the years to come, at most 4000 characters.
    pub vision: Option<String>,
    /// What it was about.
    pub themes: Option<Vec<Theme>>,
    /// Whether the party would join in; `NOT_ASKED` when left out.
    pub willingness: Option<ConversationWillingness>,
    /// What the party would put in.
    pub willingness_forms: Option<Vec<Willingness>>,
    /// What the party agreed to about its words; `TEAM_ONLY` when left out.
    pub sharing: Option<ConversationSharing>,
    /// Who were there, at most 30 of 200 characters.
    pub attendees: Option<Vec<String>>,
    /// Issues that came up, at most 100.
    pub issue_ids: Option<Vec<IssueId>>,
    /// Your own note, at most 4000 characters: nobody else reads it.
    pub private_note: Option<String>,
}

/// A change of a conversation; what is left out stays, `null` clears.
#[derive(Debug, Clone, InputObject)]
pub struct EditConversationInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub conversation_id: ConversationId,
    /// The version you saw.
    pub version: i32,
    /// On which day.
    pub held_on: Option<NaiveDate>,
    /// How things are now.
    pub situation: MaybeUndefined<String>,
    /// What is needed.
    pub needs: MaybeUndefined<String>,
    /// How the party sees the years to come.
    pub vision: MaybeUndefined<String>,
    /// What it was about, all of it.
    pub themes: Option<Vec<Theme>>,
    /// Whether the party would join in.
    pub willingness: Option<ConversationWillingness>,
    /// What the party would put in, all of it.
    pub willingness_forms: Option<Vec<Willingness>>,
    /// What the party agreed to about its words.
    pub sharing: Option<ConversationSharing>,
    /// Who were there, all of them.
    pub attendees: Option<Vec<String>>,
    /// Issues that came up too, at most 100.
    pub add_issue_ids: Option<Vec<IssueId>>,
    /// Your own note.
    pub private_note: MaybeUndefined<String>,
}

/// A conversation taken back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawConversationInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub conversation_id: ConversationId,
}

/// What became of `recordConversation`.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one a command, on its way out")]
pub enum RecordConversationPayload {
    Done(ConversationRecorded),
    Taken(IdTaken),
}

/// The talk is written down.
#[derive(SimpleObject)]
pub struct ConversationRecorded {
    /// As it is now; as it was then, when a repeat of the command finds it gone or no longer yours to see.
    pub conversation: Conversation,
}

/// What became of `editConversation`.
#[derive(Union)]
pub enum EditConversationPayload {
    Done(ConversationEdited),
    Changed(ConversationChangedMeanwhile),
}

/// What was written down is changed.
#[derive(SimpleObject)]
pub struct ConversationEdited {
    /// As it is now; as it was then, when a repeat of the command finds it gone or no longer yours to see.
    pub conversation: Conversation,
}

/// Somebody else changed it since the version you saw.
#[derive(SimpleObject)]
pub struct ConversationChangedMeanwhile {
    /// The version you saw.
    pub seen: i32,
    /// As it is now.
    pub conversation: Conversation,
}

/// What became of `withdrawConversation`.
#[derive(Union)]
pub enum WithdrawConversationPayload {
    Withdrawn(ConversationWithdrawn),
}

/// The conversation is taken back.
#[derive(SimpleObject)]
pub struct ConversationWithdrawn {
    /// Which.
    pub id: ConversationId,
}

#[derive(Default)]
pub struct ConversationMutation;

#[Object]
impl ConversationMutation {
    /// Writes down a talk with a company or somebody else.
    async fn record_conversation(&self, context: &Context<'_>, input: RecordConversationInput) -> Result<RecordConversationPayload> {
        service::record(caller(context)?, input).await
    }

    /// Changes what was written down of a talk.
    async fn edit_conversation(&self, context: &Context<'_>, input: EditConversationInput) -> Result<EditConversationPayload> {
        service::edit(caller(context)?, input).await
    }

    /// Takes back a conversation you wrote down. What was promised in it stays.
    async fn withdraw_conversation(&self, context: &Context<'_>, input: WithdrawConversationInput) -> Result<WithdrawConversationPayload> {
        service::withdraw(caller(context)?, input).await
    }
}
