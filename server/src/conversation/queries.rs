//! Reads of conversations, of promises, and of who has been spoken to.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject};
use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use terrein_shared::id::{CompanyId, ConversationId, PromiseId, TerrainId};
use terrein_shared::page::{Key, Page, Rows};

use super::graphql::{COLUMNS, Conversation, Coverage};
use super::promise::{PROMISE_COLUMNS, Promise};
use super::rules::{PromiseOwner, day};
use crate::access::Caller;
use crate::access::once::Shown;
use crate::error::{Error, Result, Subject};
use crate::issue::Issue;
use crate::listing::{Conditions, Order, list, uuids};
use crate::loader::{Reader, Shared, caller, first_page, firsts, load};

/// Most issues of one conversation in one answer.
pub const MOST: u32 = 100;

/// Which conversations.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ConversationFilter {
    /// With this company.
    pub company_id: Option<CompanyId>,
}

/// Which promises.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PromiseFilter {
    /// Those that are kept, or those that are not yet.
    pub done: Option<bool>,
    /// Due on this day or before.
    pub due_until: Option<NaiveDate>,
    /// Whose to keep.
    pub owned_by: Option<PromiseOwner>,
}

const LAST_FIRST: Order = Order { column: "held_on", kind: "date", newest_first: true };
const DUE: Order = Order { column: "due_order", kind: "date", newest_first: false };
const NEXT_TO_VISIT: Order = Order { column: "coalesce(last_spoken_on, '-infinity'::date)", kind: "date", newest_first: false };

/// Conversations of a terrain that the caller may see, the last first.
///
/// # Errors
/// As the database answers.
pub async fn list_conversations(
    caller: &Caller,
    terrain: TerrainId,
    filter: Option<ConversationFilter>,
    page: &Page,
) -> Result<Rows<Conversation>> {
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]);
    if let Some(company) = filter.unwrap_or_default().company_id {
        conditions.and("company_id = ?", [company.into()]);
    }
    list(caller, "conversation", COLUMNS, LAST_FIRST, conditions, page).await
}

/// Promises of a terrain that the caller may see, by the day they are due.
///
/// # Errors
/// `Invalid` for a day that is none.
pub async fn list_promises(caller: &Caller, terrain: TerrainId, filter: Option<PromiseFilter>, page: &Page) -> Result<Rows<Promise>> {
    let filter = filter.unwrap_or_default();
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]);
    match filter.done {
        Some(true) => drop(conditions.and("done_at is not null", [])),
        Some(false) => drop(conditions.and("done_at is null", [])),
        None => {}
    }
    if let Some(until) = filter.due_until {
        conditions.and("due_order <= ?", [day(until, "filter.dueUntil")?.into()]);
    }
    if let Some(owner) = filter.owned_by {
        conditions.and("owned_by = ?", [owner.into()]);
    }
    list(caller, "promise", PROMISE_COLUMNS, DUE, conditions, page).await
}

/// Companies of a terrain where the caller talks with parties, with when their team last spoke with each: never spoken first, then the
/// longest ago.
///
/// # Errors
/// As the database answers.
pub async fn list_coverage(caller: &Caller, terrain: TerrainId, page: &Page) -> Result<Rows<Coverage>> {
    let columns = format!("{}, last_spoken_on, conversations", crate::company::COLUMNS);
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]);
    // What nobody may know of, nobody is sent to either: for others this is empty, as the conversations are.
    conditions.and("terrain_id = any ((select app.my_terrains_as('{aanjager,park_manager,project_lead,municipality}'))::uuid[])", []);
    let spoken = "company cross join lateral (select max(t.held_on) as last_spoken_on, count(*)::integer as conversations
        from conversation t where t.company_id = company.id and t.deleted_at is null) spoken";
    list(caller, spoken, &columns, NEXT_TO_VISIT, conditions, page).await
}

/// A conversation the caller may see.
///
/// # Errors
/// `NotFound` for a hidden one and a missing one alike.
pub async fn get_conversation(caller: &Caller, id: ConversationId) -> Result<Conversation> {
    let sql = format!("select {COLUMNS} from conversation where id = $1 and deleted_at is null");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Conversation))
}

/// A promise the caller may see.
///
/// # Errors
/// `NotFound` for a hidden one and a missing one alike.
pub async fn get_promise(caller: &Caller, id: PromiseId) -> Result<Promise> {
    let sql = format!("select {PROMISE_COLUMNS} from promise where id = $1 and deleted_at is null");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Promise))
}

/// A conversation in the answer to a command.
pub(super) fn shown(id: ConversationId) -> Shown {
    Shown { table: "conversation", columns: COLUMNS, id: id.0, subject: Subject::Conversation }
}

/// A promise in the answer to a command.
pub(super) fn shown_promise(id: PromiseId) -> Shown {
    Shown { table: "promise", columns: PROMISE_COLUMNS, id: id.0, subject: Subject::Promise }
}

/// Promises of a conversation, by the day they are due.
///
/// # Errors
/// As the database answers.
pub async fn list_promises_of(context: &Context<'_>, conversation: ConversationId, page: &Page) -> Result<Rows<Promise>> {
    if page.after.is_none() {
        return Ok(first_page(load(context, PromisesOf(conversation, page.first)).await?, page));
    }
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("conversation_id = ?", [conversation.into()]);
    list(caller(context)?, "promise", PROMISE_COLUMNS, DUE, conditions, page).await
}

/// So many first promises of a conversation: for a list of conversations one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PromisesOf(pub ConversationId, pub u32);

impl Loader<PromisesOf> for Reader {
    type Value = Vec<(Key, Promise)>;
    type Error = Shared;

    async fn load(&self, keys: &[PromisesOf]) -> Result<HashMap<PromisesOf, Vec<(Key, Promise)>>, Shared> {
        let asked = keys.iter().map(|key| (key.0.0, key.1));
        let found = firsts(self, ("promise", "deleted_at is null"), PROMISE_COLUMNS, "conversation_id", DUE, asked).await?;
        Ok(found.into_iter().map(|((conversation, first), rows)| (PromisesOf(ConversationId(conversation), first), rows)).collect())
    }
}

/// The caller's own note on a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PrivateNoteOf(pub ConversationId);

#[derive(FromQueryResult)]
struct PrivateNote {
    conversation_id: ConversationId,
    text: String,
}

impl Loader<PrivateNoteOf> for Reader {
    type Value = String;
    type Error = Shared;

    async fn load(&self, keys: &[PrivateNoteOf]) -> Result<HashMap<PrivateNoteOf, String>, Shared> {
        let sql = "select conversation_id, text from private_note where conversation_id = any (($1::text)::uuid[]) and text is not null";
        let rows: Vec<PrivateNote> = self.0.all(sql, [uuids(keys.iter().map(|key| key.0.0))]).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (PrivateNoteOf(row.conversation_id), row.text)).collect())
    }
}

/// Issues that came up in a conversation, as far as the caller may see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IssuesOf(pub ConversationId);

#[derive(FromQueryResult)]
struct CameUp {
    conversation_id: ConversationId,
    #[sea_orm(nested)]
    issue: Issue,
}

impl Loader<IssuesOf> for Reader {
    type Value = Vec<Issue>;
    type Error = Shared;

    async fn load(&self, keys: &[IssuesOf]) -> Result<HashMap<IssuesOf, Vec<Issue>>, Shared> {
        let sql = format!(
            "select conversation_id, {} from conversation_issue join issue on issue.id = issue_id
             where conversation_id = any (($1::text)::uuid[]) and deleted_at is null order by reported_at, id",
            crate::issue::COLUMNS
        );
        let rows: Vec<CameUp> = self.0.all(&sql, [uuids(keys.iter().map(|key| key.0.0))]).await.map_err(Arc::new)?;
        let mut found: HashMap<IssuesOf, Vec<Issue>> = HashMap::new();
        for row in rows {
            let issues = found.entry(IssuesOf(row.conversation_id)).or_default();
            if issues.len() <= MOST as usize {
                issues.push(row.issue);
            }
        }
        Ok(found)
    }
}
