//! The voice note in the graph.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::id::{IssueId, OrganisationId, PersonId, TerrainId, VoiceNoteId};
use uuid::Uuid;

use super::service;
use crate::access::Role;
use crate::access::graphql::{Organisation, Permission, is_own};
use crate::access::policy::{Action, On};
use crate::error::Result;
use crate::listing::uuids;
use crate::loader::{Reader, Shared, caller, load};

pub const COLUMNS: &str = "id, issue_id, terrain_id, author_id, organisation_id, author_role, state, refusal, object, duration_ms, transcript, \
    transcript_state, taken_at, created_at, sound_until, version";
/// Rows of one issue in an answer: those that were refused come on top of those that count.
const ROWS: i64 = 24;

crate::vocabulary! {
    /// How far a voice note is.
    VoiceNoteState {
        /// It is here, and being made ready.
        Received = "received",
        /// It can be listened to, until its sound is deleted.
        Ready = "ready",
        /// It is none of use; the reason says why.
        Refused = "refused",
    }
}

crate::vocabulary! {
    /// Why a voice note was refused.
    VoiceNoteRefusal {
        /// It is no sound in WebM, Ogg, MP4 or AAC.
        NotASound = "not_a_sound",
        /// The scanner found something harmful in it.
        Malware = "malware",
    }
}

crate::vocabulary! {
    /// What the text beside a voice note is.
    TranscriptState {
        /// There is none.
        None = "none",
        /// A program wrote it out; nobody looked at it.
        Draft = "draft",
        /// Somebody of the team wrote it, or said that it is right.
        Confirmed = "confirmed",
    }
}

/// A voice note on an issue.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct VoiceNote {
    /// `voice-note:…`
    pub id: VoiceNoteId,
    /// On which issue.
    issue_id: IssueId,
    /// How far it is.
    state: VoiceNoteState,
    /// Milliseconds, as the phone says.
    duration_ms: Option<i32>,
    /// What is said, in writing.
    transcript: Option<String>,
    /// What that text is.
    transcript_state: TranscriptState,
    /// When it was spoken, as the phone says.
    taken_at: Option<DateTime<Utc>>,
    /// When the server took it in.
    created_at: DateTime<Utc>,
    /// When its sound is deleted; the text stays.
    sound_until: DateTime<Utc>,
    /// Version.
    version: i32,
    #[graphql(skip)]
    refusal: Option<String>,
    #[graphql(skip)]
    object: Option<String>,
    #[graphql(skip)]
    terrain_id: TerrainId,
    #[graphql(skip)]
    author_id: PersonId,
    #[graphql(skip)]
    organisation_id: OrganisationId,
    #[graphql(skip)]
    author_role: String,
}

crate::by_id!(VoiceNoteId, VoiceNote, "voice_note", COLUMNS);

impl VoiceNote {
    /// What a rule needs to know of it.
    #[must_use]
    pub fn facts(&self) -> On {
        On::File {
            terrain: self.terrain_id,
            author: self.author_id,
            organisation: self.organisation_id,
            as_role: Role::from_word(&self.author_role).ok(),
        }
    }
}

/// What you may do with a voice note, and if not, why not.
#[derive(SimpleObject)]
pub struct VoiceNoteViewerCan {
    /// Write down what is said.
    confirm_transcript: Permission,
    /// Take it away.
    remove: Permission,
}

#[ComplexObject]
impl VoiceNote {
    /// Why it was refused.
    async fn refusal(&self) -> Option<VoiceNoteRefusal> {
        self.refusal.as_deref().and_then(VoiceNoteRefusal::from_word)
    }

    /// Where its sound is fetched; nothing before it is ready and after it was deleted.
    async fn address(&self) -> Option<String> {
        self.object.as_ref().map(|_| format!("/voice-notes/{}", self.id.0))
    }

    /// As what it was spoken; parties, not persons.
    async fn author_role(&self) -> Result<Role> {
        Role::from_word(&self.author_role)
    }

    /// Whose party spoke it, when you may know it.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load(context, self.organisation_id).await
    }

    /// Whether you spoke it.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        is_own(context, self.author_id).await
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<VoiceNoteViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = || Permission::of(actor, Action::TendFile, self.facts());
        Ok(VoiceNoteViewerCan { confirm_transcript: may(), remove: may() })
    }
}

/// Voice notes on an issue, as far as the caller may see them: for a list of issues one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VoiceNotesOf(pub IssueId);

impl Loader<VoiceNotesOf> for Reader {
    type Value = Vec<VoiceNote>;
    type Error = Shared;

    async fn load(&self, keys: &[VoiceNotesOf]) -> Result<HashMap<VoiceNotesOf, Vec<VoiceNote>>, Shared> {
        let sql = format!(
            "select v.* from unnest(($1::text)::uuid[]) i cross join lateral (select {COLUMNS} from voice_note
               where issue_id = i and deleted_at is null order by created_at, id limit $2) v"
        );
        let rows: Vec<VoiceNote> = self.0.all(&sql, [uuids(keys.iter().map(|key| key.0.0)), ROWS.into()]).await.map_err(Arc::new)?;
        let mut found: HashMap<VoiceNotesOf, Vec<VoiceNote>> = HashMap::new();
        for row in rows {
            found.entry(VoiceNotesOf(row.issue_id)).or_default().push(row);
        }
        Ok(found)
    }
}

/// What is said in a voice note.
#[derive(Debug, Clone, InputObject)]
pub struct ConfirmTranscriptInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Of which.
    pub voice_note_id: VoiceNoteId,
    /// The text, at most 8000 characters.
    pub text: String,
}

/// A voice note taken away.
#[derive(Debug, Clone, InputObject)]
pub struct RemoveVoiceNoteInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub voice_note_id: VoiceNoteId,
}

/// What became of `confirmTranscript`.
#[derive(Union)]
pub enum ConfirmTranscriptPayload {
    Confirmed(TranscriptConfirmed),
}

/// The text stands.
#[derive(SimpleObject)]
pub struct TranscriptConfirmed {
    /// As it is now.
    pub voice_note: VoiceNote,
}

/// What became of `removeVoiceNote`.
#[derive(Union)]
pub enum RemoveVoiceNotePayload {
    Removed(VoiceNoteRemoved),
}

/// The voice note is gone, and its sound with it.
#[derive(SimpleObject)]
pub struct VoiceNoteRemoved {
    /// Which.
    pub id: VoiceNoteId,
}

#[derive(Default)]
pub struct VoiceNoteMutation;

#[Object]
impl VoiceNoteMutation {
    /// Writes down what is said in a voice note, or says that the draft is right.
    async fn confirm_transcript(&self, context: &Context<'_>, input: ConfirmTranscriptInput) -> Result<ConfirmTranscriptPayload> {
        service::confirm(caller(context)?, input).await
    }

    /// Takes a voice note away for good, its text too.
    async fn remove_voice_note(&self, context: &Context<'_>, input: RemoveVoiceNoteInput) -> Result<RemoveVoiceNotePayload> {
        service::remove(caller(context)?, input).await
    }
}
