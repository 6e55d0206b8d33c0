//! Reads of issues and of what hangs on them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject};
use sea_orm::FromQueryResult;
use terrein_shared::geometry::GeoJsonInput;
use terrein_shared::id::{IssueId, TerrainId};
use terrein_shared::page::{Key, Page, Rows};
use terrein_shared::text::prefix_query;

use super::graphql::{COLUMNS, Issue, IssueComment, IssueEvent, Support};
use super::rules::{IssueKind, IssueState, Theme};
use crate::access::Caller;
use crate::access::once::Shown;
use crate::company::Company;
use crate::error::{Error, Result, Subject};
use crate::listing::{Conditions, DistanceInput, Order, SpatialFilter, list, uuids, words};
use crate::loader::{Reader, Shared, caller, first_page, firsts, load};

pub const SUPPORT_COLUMNS: &str = "id, issue_id, company_id, organisation_id, person_id, willingness, given_at";
pub const COMMENT_COLUMNS: &str = "id, issue_id, author_id, organisation_id, author_role, text, written_at, version";
const EVENT_COLUMNS: &str = "id, issue_id, kind, actor_role, details, happened_at";

/// Most supports or named companies of one issue in one answer.
pub const MOST: u32 = 100;

/// Which issues.
#[derive(Debug, Clone, Default, InputObject)]
pub struct IssueFilter {
    /// Of these kinds.
    pub kinds: Option<Vec<IssueKind>>,
    /// About these themes.
    pub themes: Option<Vec<Theme>>,
    /// In these states.
    pub states: Option<Vec<IssueState>>,
    /// With words that begin like these, in title, text or place.
    pub text: Option<String>,
    /// West, south, east, north in degrees.
    pub bbox: Option<Vec<f64>>,
    /// Wholly inside this area.
    pub within: Option<GeoJsonInput>,
    /// Sharing at least a point with this shape.
    pub intersects: Option<GeoJsonInput>,
    /// At most so many metres away.
    pub dwithin_m: Option<DistanceInput>,
}

/// An issue the caller may see.
///
/// # Errors
/// `NotFound` for a hidden one and a missing one alike.
pub async fn get_issue(caller: &Caller, id: IssueId) -> Result<Issue> {
    let sql = format!("select {COLUMNS} from issue where id = $1 and deleted_at is null");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Issue))
}

/// An issue in the answer to a command.
pub(super) fn shown(id: IssueId) -> Shown {
    Shown { table: "issue", columns: COLUMNS, id: id.0, subject: Subject::Issue }
}

/// Issues of a terrain that the caller may see, newest first.
///
/// # Errors
/// `Invalid` for a filter that is none.
pub async fn list_issues(caller: &Caller, terrain: TerrainId, filter: Option<IssueFilter>, page: &Page) -> Result<Rows<Issue>> {
    let filter = filter.unwrap_or_default();
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("terrain_id = ?", [terrain.into()]);
    if let Some(kinds) = filter.kinds {
        conditions.and("kind = any ((?::text)::text[])", [words(kinds.into_iter().map(IssueKind::word)).into()]);
    }
    if let Some(themes) = filter.themes {
        conditions.and("theme = any ((?::text)::text[])", [words(themes.into_iter().map(Theme::word)).into()]);
    }
    if let Some(states) = filter.states {
        conditions.and("state = any ((?::text)::text[])", [words(states.into_iter().map(IssueState::word)).into()]);
    }
    if let Some(query) = filter.text.as_deref().map(prefix_query).filter(|query| !query.is_empty()) {
        conditions.and("search @@ to_tsquery('simple', ?)", [query.into()]);
    }
    let IssueFilter { bbox, within, intersects, dwithin_m, .. } = filter;
    conditions.lying(Some(SpatialFilter { bbox, within, intersects, dwithin_m }))?;
    list(caller, "issue", COLUMNS, Order { column: "reported_at", kind: "timestamptz", newest_first: true }, conditions, page).await
}

const COMMENTS: Order = Order { column: "written_at", kind: "timestamptz", newest_first: false };
const HISTORY: Order = Order { column: "happened_at", kind: "timestamptz", newest_first: true };

/// Comments on an issue, oldest first.
///
/// # Errors
/// As the database answers.
pub async fn list_comments(context: &Context<'_>, issue: IssueId, page: &Page) -> Result<Rows<IssueComment>> {
    if page.after.is_none() {
        return Ok(first_page(load(context, CommentsOf(issue, page.first)).await?, page));
    }
    let mut conditions = Conditions::new("deleted_at is null");
    conditions.and("issue_id = ?", [issue.into()]);
    list(caller(context)?, "issue_comment", COMMENT_COLUMNS, COMMENTS, conditions, page).await
}

/// What happened to an issue, newest first.
///
/// # Errors
/// As the database answers.
pub async fn list_history(context: &Context<'_>, issue: IssueId, page: &Page) -> Result<Rows<IssueEvent>> {
    if page.after.is_none() {
        return Ok(first_page(load(context, HistoryOf(issue, page.first)).await?, page));
    }
    let mut conditions = Conditions::new("true");
    conditions.and("issue_id = ?", [issue.into()]);
    list(caller(context)?, "issue_event", EVENT_COLUMNS, HISTORY, conditions, page).await
}

/// So many first comments on an issue: for a list of issues one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommentsOf(pub IssueId, pub u32);

impl Loader<CommentsOf> for Reader {
    type Value = Vec<(Key, IssueComment)>;
    type Error = Shared;

    async fn load(&self, keys: &[CommentsOf]) -> Result<HashMap<CommentsOf, Vec<(Key, IssueComment)>>, Shared> {
        let asked = keys.iter().map(|key| (key.0.0, key.1));
        let found = firsts(self, ("issue_comment", "deleted_at is null"), COMMENT_COLUMNS, "issue_id", COMMENTS, asked).await?;
        Ok(found.into_iter().map(|((issue, first), rows)| (CommentsOf(IssueId(issue), first), rows)).collect())
    }
}

/// So many first lines of an issue's history: for a list of issues one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HistoryOf(pub IssueId, pub u32);

impl Loader<HistoryOf> for Reader {
    type Value = Vec<(Key, IssueEvent)>;
    type Error = Shared;

    async fn load(&self, keys: &[HistoryOf]) -> Result<HashMap<HistoryOf, Vec<(Key, IssueEvent)>>, Shared> {
        let asked = keys.iter().map(|key| (key.0.0, key.1));
        let found = firsts(self, ("issue_event", "true"), EVENT_COLUMNS, "issue_id", HISTORY, asked).await?;
        Ok(found.into_iter().map(|((issue, first), rows)| (HistoryOf(IssueId(issue), first), rows)).collect())
    }
}

/// Supports of an issue, as far as the caller may see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SupportsOf(pub IssueId);

impl Loader<SupportsOf> for Reader {
    type Value = Vec<Support>;
    type Error = Shared;

    async fn load(&self, keys: &[SupportsOf]) -> Result<HashMap<SupportsOf, Vec<Support>>, Shared> {
        let sql = format!(
            "select s.* from unnest(($1::text)::uuid[]) i cross join lateral (select {SUPPORT_COLUMNS} from support
               where issue_id = i and deleted_at is null order by given_at desc, id limit $2) s"
        );
        let ids = uuids(keys.iter().map(|key| key.0.0));
        let rows: Vec<Support> = self.0.all(&sql, [ids, i64::from(MOST + 1).into()]).await.map_err(Arc::new)?;
        let mut found: HashMap<SupportsOf, Vec<Support>> = HashMap::new();
        for row in rows {
            found.entry(SupportsOf(row.issue_id)).or_default().push(row);
        }
        Ok(found)
    }
}

/// Companies named on an issue, as far as the caller may see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartiesOf(pub IssueId);

#[derive(FromQueryResult)]
struct Named {
    issue_id: IssueId,
    #[sea_orm(nested)]
    company: Company,
}

impl Loader<PartiesOf> for Reader {
    type Value = Vec<Company>;
    type Error = Shared;

    async fn load(&self, keys: &[PartiesOf]) -> Result<HashMap<PartiesOf, Vec<Company>>, Shared> {
        let columns = crate::company::COLUMNS.replace("id, terrain_id, ", "id, company.terrain_id, ");
        let sql = format!(
            "select issue_id, {columns} from issue_party join company on company.id = company_id
             where issue_id = any (($1::text)::uuid[]) and deleted_at is null order by name, id"
        );
        let rows: Vec<Named> = self.0.all(&sql, [uuids(keys.iter().map(|key| key.0.0))]).await.map_err(Arc::new)?;
        let mut found: HashMap<PartiesOf, Vec<Company>> = HashMap::new();
        for row in rows {
            let named = found.entry(PartiesOf(row.issue_id)).or_default();
            if named.len() <= MOST as usize {
                named.push(row.company);
            }
        }
        Ok(found)
    }
}
