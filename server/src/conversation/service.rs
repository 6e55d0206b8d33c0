//! Commands on a conversation: check, change, in the request's transaction.

use async_graphql::InputType;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::id::{CompanyId, ConversationId, IssueId, TerrainId};
use terrein_shared::{Reason, text};
use uuid::Uuid;

use super::input::{
    ConversationChangedMeanwhile, ConversationEdited, ConversationRecorded, ConversationWithdrawn, EditConversationInput,
    EditConversationPayload, RecordConversationInput, RecordConversationPayload, WithdrawConversationInput, WithdrawConversationPayload,
};
use super::queries::{get_conversation, shown};
use super::rules::{ConversationSharing, ConversationWillingness, NAME, WORDS, attendees, day};
use crate::access::Caller;
use crate::access::once::{once, once_showing};
use crate::access::policy::{Action, Denial, On, may};
use crate::error::{Error, InField, Result, Subject, invalid};
use crate::issue::{Theme, Willingness};
use crate::listing::{uuids, words};
use crate::schema::IdTaken;
use crate::terrain::get_terrain;

/// Most issues named at once.
const ISSUES: usize = 100;

/// What recording came to.
#[derive(Serialize, Deserialize)]
enum Recorded {
    Done,
    Taken,
}

/// What a change came to.
#[derive(Serialize, Deserialize)]
enum Outcome {
    Done,
    Changed,
}

pub(super) async fn record(caller: &Caller, input: RecordConversationInput) -> Result<RecordConversationPayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let conversation = input.conversation_id;
    let change = async {
        let terrain = get_terrain(caller, input.terrain_id).await?.id;
        may(caller.actor().await?, Action::RecordConversation, On::Terrain(terrain)).map_err(Error::Forbidden)?;
        let (role, organisation) = viewer.talks_on(terrain).ok_or(Error::Forbidden(Denial::NotYourRole))?;
        let other = text::optional(input.other_party, NAME).in_field("otherParty")?;
        match (input.company_id, &other) {
            (Some(company), None) => company_here(caller, terrain, company).await?,
            (None, Some(_)) => {}
            _ => return Err(invalid("companyId", Reason::ExactlyOne)),
        }
        let issues = input.issue_ids.unwrap_or_default();
        few(&issues, "issueIds")?;
        let note = text::optional(input.private_note, WORDS).in_field("privateNote")?;
        let made = caller
            .run(
                "insert into conversation (id, terrain_id, company_id, other_party, held_on, situation, needs, vision, themes, willingness,
                   willingness_forms, sharing, attendees, author_id, organisation_id, author_role, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, ($9::text)::text[], $10, ($11::text)::text[], $12,
                   array(select jsonb_array_elements_text($13)), $14, $15, $16, $17)
                 on conflict (id) do nothing",
                [
                    conversation.into(),
                    terrain.into(),
                    input.company_id.map(|id| id.0).into(),
                    other.into(),
                    day(input.held_on, "heldOn")?.into(),
                    text::optional(input.situation, WORDS).in_field("situation")?.into(),
                    text::optional(input.needs, WORDS).in_field("needs")?.into(),
                    text::optional(input.vision, WORDS).in_field("vision")?.into(),
                    words(input.themes.unwrap_or_default().into_iter().map(Theme::word)).into(),
                    input.willingness.unwrap_or(ConversationWillingness::NotAsked).into(),
                    words(input.willingness_forms.unwrap_or_default().into_iter().map(Willingness::word)).into(),
                    input.sharing.unwrap_or(ConversationSharing::TeamOnly).into(),
                    attendees(input.attendees.unwrap_or_default())?.into(),
                    viewer.id.into(),
                    organisation.into(),
                    role.word().into(),
                    caller.clock.now().into(),
                ],
            )
            .await?;
        if made == 0 {
            return Ok(Recorded::Taken);
        }
        link_issues(caller, terrain, conversation, &issues).await?;
        if note.is_some() {
            note_down(caller, conversation, note).await?;
        }
        Ok(Recorded::Done)
    };
    let rows = |outcome: &Recorded| if matches!(outcome, Recorded::Done) { vec![shown(conversation)] } else { Vec::new() };
    let answered = once_showing(caller, input.command_id, &content, change, rows).await?;
    Ok(match answered.outcome {
        Recorded::Done => {
            RecordConversationPayload::Done(ConversationRecorded { conversation: answered.row(caller, &shown(conversation)).await? })
        }
        Recorded::Taken => RecordConversationPayload::Taken(IdTaken::of(conversation)),
    })
}

pub(super) async fn edit(caller: &Caller, input: EditConversationInput) -> Result<EditConversationPayload> {
    let content = InputType::to_value(&input);
    let (conversation, seen) = (input.conversation_id, input.version);
    let change = async {
        let before = get_conversation(caller, conversation).await?;
        may(caller.actor().await?, Action::EditConversation, before.facts()).map_err(Error::Forbidden)?;
        let (situation, set_situation) = text::change(input.situation, WORDS).in_field("situation")?;
        let (needs, set_needs) = text::change(input.needs, WORDS).in_field("needs")?;
        let (vision, set_vision) = text::change(input.vision, WORDS).in_field("vision")?;
        let (note, set_note) = text::change(input.private_note, WORDS).in_field("privateNote")?;
        let issues = input.add_issue_ids.unwrap_or_default();
        few(&issues, "addIssueIds")?;
        let updated = caller
            .run(
                "update conversation set held_on = coalesce($3, held_on), situation = case when $5 then $4 else situation end,
                   needs = case when $7 then $6 else needs end, vision = case when $9 then $8 else vision end,
                   themes = coalesce(($10::text)::text[], themes), willingness = coalesce($11, willingness),
                   willingness_forms = coalesce(($12::text)::text[], willingness_forms), sharing = coalesce($13, sharing),
                   attendees = case when $14::jsonb is null then attendees else array(select jsonb_array_elements_text($14::jsonb)) end,
                   version = version + 1
                 where id = $1 and version = $2 and deleted_at is null",
                [
                    conversation.into(),
                    seen.into(),
                    input.held_on.map(|held| day(held, "heldOn")).transpose()?.into(),
                    situation.into(),
                    set_situation.into(),
                    needs.into(),
                    set_needs.into(),
                    vision.into(),
                    set_vision.into(),
                    input.themes.map(|themes| words(themes.into_iter().map(Theme::word))).into(),
                    input.willingness.map(ConversationWillingness::word).into(),
                    input.willingness_forms.map(|forms| words(forms.into_iter().map(Willingness::word))).into(),
                    input.sharing.map(ConversationSharing::word).into(),
                    input.attendees.map(attendees).transpose()?.into(),
                ],
            )
            .await?;
        if updated == 0 {
            return Ok(Outcome::Changed);
        }
        link_issues(caller, before.terrain_id, conversation, &issues).await?;
        if set_note {
            note_down(caller, conversation, note).await?;
        }
        Ok(Outcome::Done)
    };
    let answered = once_showing(caller, input.command_id, &content, change, |_| vec![shown(conversation)]).await?;
    let now = answered.row(caller, &shown(conversation)).await?;
    Ok(match answered.outcome {
        Outcome::Done => EditConversationPayload::Done(ConversationEdited { conversation: now }),
        Outcome::Changed => EditConversationPayload::Changed(ConversationChangedMeanwhile { seen, conversation: now }),
    })
}

pub(super) async fn withdraw(caller: &Caller, input: WithdrawConversationInput) -> Result<WithdrawConversationPayload> {
    once(caller, input.command_id, &InputType::to_value(&input), async {
        let before = get_conversation(caller, input.conversation_id).await?;
        may(caller.actor().await?, Action::WithdrawConversation, before.facts()).map_err(Error::Forbidden)?;
        let sql = "update conversation set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        caller.run(sql, [input.conversation_id.into()]).await.map(drop)
    })
    .await?;
    Ok(WithdrawConversationPayload::Withdrawn(ConversationWithdrawn { id: input.conversation_id }))
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// That a company is one of the terrain.
///
/// # Errors
/// `NotFound` for one that is hidden, missing or elsewhere.
pub(super) async fn company_here(caller: &Caller, terrain: TerrainId, company: CompanyId) -> Result<()> {
    let sql = "select id from company where id = $1 and terrain_id = $2 and deleted_at is null";
    let found: Option<Found> = caller.one(sql, [company.into(), terrain.into()]).await?;
    found.map(drop).ok_or(Error::NotFound(Subject::Company))
}

/// That issues are of the terrain. A pin that is still on its way from the phone is not there yet: the command waits for it rather than
/// lose the link.
///
/// # Errors
/// `NotFound` for one that is hidden, missing or elsewhere.
pub(super) async fn issues_here(caller: &Caller, terrain: TerrainId, issues: &[IssueId]) -> Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    let sql = "select id from issue where id = any (($1::text)::uuid[]) and terrain_id = $2 and deleted_at is null";
    let found: Vec<Found> = caller.all(sql, [uuids(issues.iter().map(|id| id.0)), terrain.into()]).await?;
    let all = issues.iter().all(|issue| found.iter().any(|found| found.id == issue.0));
    if all { Ok(()) } else { Err(Error::NotFound(Subject::Issue)) }
}

fn few(issues: &[IssueId], field: &'static str) -> Result<()> {
    if issues.len() > ISSUES { Err(invalid(field, Reason::TooMany { max: ISSUES })) } else { Ok(()) }
}

async fn link_issues(caller: &Caller, terrain: TerrainId, conversation: ConversationId, issues: &[IssueId]) -> Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    issues_here(caller, terrain, issues).await?;
    let sql =
        "insert into conversation_issue (conversation_id, issue_id) select $1, i from unnest(($2::text)::uuid[]) i on conflict do nothing";
    caller.run(sql, [conversation.into(), uuids(issues.iter().map(|id| id.0))]).await.map(drop)
}

/// The caller's own note on a conversation, or none any more.
async fn note_down(caller: &Caller, conversation: ConversationId, note: Option<String>) -> Result<()> {
    let sql = "insert into private_note (conversation_id, author_id, text, written_at) values ($1, $2, $3, $4)
               on conflict (conversation_id, author_id) do update set text = excluded.text, written_at = excluded.written_at";
    let author = caller.viewer().await?.id;
    caller.run(sql, [conversation.into(), author.into(), note.into(), caller.clock.now().into()]).await.map(drop)
}
