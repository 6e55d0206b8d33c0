//! Commands on a voice note.

use async_graphql::InputType;
use terrein_shared::id::VoiceNoteId;
use terrein_shared::text;

use super::TEXT;
use super::graphql::{
    COLUMNS, ConfirmTranscriptInput, ConfirmTranscriptPayload, RemoveVoiceNoteInput, RemoveVoiceNotePayload, TranscriptConfirmed,
    VoiceNote, VoiceNoteRemoved,
};
use crate::access::Caller;
use crate::access::once::{Shown, once, once_showing};
use crate::access::policy::{Action, may};
use crate::error::{Error, InField, Result, Subject};

/// A voice note the caller may tend.
async fn tended(caller: &Caller, id: VoiceNoteId) -> Result<VoiceNote> {
    let sql = format!("select {COLUMNS} from voice_note where id = $1 and deleted_at is null");
    let note: VoiceNote = caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::VoiceNote))?;
    may(caller.actor().await?, Action::TendFile, note.facts()).map_err(Error::Forbidden)?;
    Ok(note)
}

fn shown(id: VoiceNoteId) -> Shown {
    Shown { table: "voice_note", columns: COLUMNS, id: id.0, subject: Subject::VoiceNote }
}

pub(super) async fn confirm(caller: &Caller, input: ConfirmTranscriptInput) -> Result<ConfirmTranscriptPayload> {
    let content = InputType::to_value(&input);
    let change = async {
        tended(caller, input.voice_note_id).await?;
        let words = text::required(input.text, TEXT).in_field("text")?;
        let sql = "update voice_note set transcript = $2, transcript_state = 'confirmed', version = version + 1 where id = $1";
        caller.run(sql, [input.voice_note_id.into(), words.into()]).await.map(drop)
    };
    let answered = once_showing(caller, input.command_id, &content, change, |()| vec![shown(input.voice_note_id)]).await?;
    Ok(ConfirmTranscriptPayload::Confirmed(TranscriptConfirmed { voice_note: answered.row(caller, &shown(input.voice_note_id)).await? }))
}

pub(super) async fn remove(caller: &Caller, input: RemoveVoiceNoteInput) -> Result<RemoveVoiceNotePayload> {
    once(caller, input.command_id, &InputType::to_value(&input), async {
        tended(caller, input.voice_note_id).await?;
        let sql = "update voice_note set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        caller.run(sql, [input.voice_note_id.into()]).await.map(drop)
    })
    .await?;
    Ok(RemoveVoiceNotePayload::Removed(VoiceNoteRemoved { id: input.voice_note_id }))
}
