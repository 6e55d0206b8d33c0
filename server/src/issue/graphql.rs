//! The issue in the graph.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::geometry::GeoJsonText;
use terrein_shared::id::{
    CompanyId, InfrastructureId, IssueCommentId, IssueEventId, IssueId, OrganisationId, PersonId, PlotId, SupportId, TerrainId,
};
use terrein_shared::page::{Key, Rows};

use super::queries::{COMMENT_COLUMNS, MOST, PartiesOf, SUPPORT_COLUMNS, SupportsOf, list_comments, list_history};
use super::rules::{Audience, IssueKind, IssueState, Theme, Willingness};
use crate::access::Role;
use crate::access::graphql::{Organisation, Permission, is_own};
use crate::access::policy::{Action, On};
use crate::company::{Company, CompanyConnection};
use crate::error::{Error, Result, Subject};
use crate::infrastructure::Infrastructure;
use crate::listing::{PageLimit, page};
use crate::loader::{caller, load, load_some};
use crate::photo::{Photo, PhotosOf};
use crate::plot::Plot;
use crate::terrain::Terrain;
use crate::voice_note::{VoiceNote, VoiceNotesOf};

pub const COLUMNS: &str = "id, terrain_id, kind, theme, title, description, audience, state, state_reason, author_id, organisation_id, \
    plot_id, company_id, infrastructure_id, place_label, support_count, comment_count, reported_at, version, outside_terrain, reporter_role, \
    geom as geometry";

/// A problem, opportunity or challenge on the map.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Issue {
    /// `issue:…`
    pub id: IssueId,
    /// What kind of thing.
    pub(super) kind: IssueKind,
    /// What it is about.
    pub(super) theme: Theme,
    /// In a few words.
    pub(super) title: Option<String>,
    /// In more words.
    pub(super) description: Option<String>,
    /// Who sees it.
    pub audience: Audience,
    /// Where it stands.
    pub state: IssueState,
    /// Why it was solved, dropped or reopened.
    state_reason: Option<String>,
    /// Where it is, in words.
    pub(super) place_label: Option<String>,
    /// How many parties say "speelt ook bij ons".
    support_count: i32,
    /// How many comments.
    comment_count: i32,
    /// When the server took it in.
    reported_at: DateTime<Utc>,
    /// Version a change is based on.
    pub version: i32,
    /// Whether it lies outside the terrain's outline.
    outside_terrain: bool,
    /// Point, line or area.
    geometry: GeoJsonText,
    #[graphql(skip)]
    reporter_role: String,
    #[graphql(skip)]
    pub terrain_id: TerrainId,
    #[graphql(skip)]
    pub author_id: PersonId,
    #[graphql(skip)]
    pub organisation_id: OrganisationId,
    #[graphql(skip)]
    plot_id: Option<PlotId>,
    #[graphql(skip)]
    company_id: Option<CompanyId>,
    #[graphql(skip)]
    infrastructure_id: Option<InfrastructureId>,
}

terrein_shared::plain!(Issue {
    "id" => id,
    "kind" => kind,
    "theme" => theme,
    "title" => title,
    "description" => description,
    "audience" => audience,
    "state" => state,
    "stateReason" => state_reason,
    "placeLabel" => place_label,
    "supportCount" => support_count,
    "commentCount" => comment_count,
    "reportedAt" => reported_at,
    "version" => version,
    "outsideTerrain" => outside_terrain,
    "geometry" => geometry,
});
terrein_shared::plain!(Support { "id" => id, "willingness" => willingness, "givenAt" => given_at });
terrein_shared::plain!(IssueComment { "id" => id, "issueId" => issue_id, "text" => text, "writtenAt" => written_at, "version" => version });
terrein_shared::plain!(IssueEvent { "id" => id, "kind" => kind, "happenedAt" => happened_at });
terrein_shared::connection!(IssueConnection, IssueEdge, Issue, "issues");
crate::by_id!(IssueId, Issue, "issue", COLUMNS);

impl Issue {
    /// What a rule needs to know of it.
    #[must_use]
    pub fn facts(&self) -> On {
        On::Issue {
            terrain: self.terrain_id,
            author: self.author_id,
            organisation: self.organisation_id,
            as_role: Role::from_word(&self.reporter_role).ok(),
            private: self.audience == Audience::Me,
            team_only: self.audience == Audience::Team,
            closed: self.state.is_closed(),
        }
    }
}

/// What you may do with an issue, and if not, why not.
#[derive(SimpleObject)]
pub struct IssueViewerCan {
    /// Change its words, kind, theme or place.
    edit: Permission,
    /// Change who sees it.
    share: Permission,
    /// Take it up, solve, drop or reopen it.
    change_state: Permission,
    /// Say "speelt ook bij ons".
    support: Permission,
    /// Say so for a company, with a picker.
    support_for_company: Permission,
    /// Comment on it.
    comment: Permission,
    /// Add a photo or a voice note.
    add_file: Permission,
    /// Take it back.
    withdraw: Permission,
}

#[ComplexObject]
impl Issue {
    /// Where it was pinned.
    async fn terrain(&self, context: &Context<'_>) -> Result<Terrain> {
        load(context, self.terrain_id).await?.ok_or(Error::NotFound(Subject::Terrain))
    }

    /// As what it was reported; parties, not persons.
    async fn reporter_role(&self) -> Option<Role> {
        Role::from_word(&self.reporter_role).ok()
    }

    /// The maker's organisation, when you may know it.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load(context, self.organisation_id).await
    }

    /// Whether you made it.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        is_own(context, self.author_id).await
    }

    /// The plot it is on.
    async fn plot(&self, context: &Context<'_>) -> Result<Option<Plot>> {
        load_some(context, self.plot_id).await
    }

    /// The company it is at.
    async fn company(&self, context: &Context<'_>) -> Result<Option<Company>> {
        load_some(context, self.company_id).await
    }

    /// The thing it is about.
    async fn infrastructure(&self, context: &Context<'_>) -> Result<Option<Infrastructure>> {
        load_some(context, self.infrastructure_id).await
    }

    /// Your own party's support.
    async fn viewer_support(&self, context: &Context<'_>) -> Result<Option<Support>> {
        let Some(viewer) = caller(context)?.actor().await?.viewer() else { return Ok(None) };
        let supports = load(context, SupportsOf(self.id)).await?.unwrap_or_default();
        Ok(supports.into_iter().find(|support| support.organisation_id.is_some_and(|id| viewer.is_of(id))))
    }

    /// Supports you may see: your own, or all for the aanjager.
    async fn supports(&self, context: &Context<'_>, first: i32) -> Result<SupportConnection> {
        let page = page(PageLimit(MOST), first, None)?;
        let rows = load(context, SupportsOf(self.id)).await?.unwrap_or_default();
        Ok(Rows::of(rows, &page, |row| Key { sort: row.given_at.to_rfc3339(), id: row.id.0 }).into())
    }

    /// Companies named on it that you may see.
    async fn parties(&self, context: &Context<'_>, first: i32) -> Result<CompanyConnection> {
        let page = page(PageLimit(MOST), first, None)?;
        let rows = load(context, PartiesOf(self.id)).await?.unwrap_or_default();
        Ok(Rows::of(rows, &page, |row| Key { sort: String::new(), id: row.id.0 }).into())
    }

    /// Comments, oldest first.
    async fn comments(&self, context: &Context<'_>, first: i32, after: Option<String>) -> Result<IssueCommentConnection> {
        let page = page(PageLimit::AD_HOC, first, after.as_deref())?;
        Ok(list_comments(context, self.id, &page).await?.into())
    }

    /// Its photos, oldest first: for the team all, for others those that were checked.
    async fn photos(&self, context: &Context<'_>) -> Result<Vec<Photo>> {
        Ok(load(context, PhotosOf(self.id)).await?.unwrap_or_default())
    }

    /// Its voice notes, oldest first: the team's, whoever the issue is for.
    async fn voice_notes(&self, context: &Context<'_>) -> Result<Vec<VoiceNote>> {
        Ok(load(context, VoiceNotesOf(self.id)).await?.unwrap_or_default())
    }

    /// What happened to it, newest first.
    async fn history(&self, context: &Context<'_>, first: i32, after: Option<String>) -> Result<IssueEventConnection> {
        let page = page(PageLimit::AD_HOC, first, after.as_deref())?;
        Ok(list_history(context, self.id, &page).await?.into())
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<IssueViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = |action| Permission::of(actor, action, self.facts());
        Ok(IssueViewerCan {
            edit: may(Action::EditIssue),
            share: may(Action::ShareIssue),
            change_state: may(Action::ChangeIssueState),
            support: may(Action::SupportIssue),
            support_for_company: may(Action::SupportForCompany),
            comment: may(Action::CommentOnIssue),
            add_file: may(Action::AddFile),
            withdraw: may(Action::WithdrawIssue),
        })
    }
}

/// A party's stake in an issue.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Support {
    /// `support:…`
    pub id: SupportId,
    /// What it would put in.
    willingness: Willingness,
    /// Since when.
    given_at: DateTime<Utc>,
    #[graphql(skip)]
    pub issue_id: IssueId,
    #[graphql(skip)]
    company_id: Option<CompanyId>,
    #[graphql(skip)]
    pub organisation_id: Option<OrganisationId>,
}

#[ComplexObject]
impl Support {
    /// For which company.
    async fn company(&self, context: &Context<'_>) -> Result<Option<Company>> {
        load_some(context, self.company_id).await
    }

    /// For which organisation.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load_some(context, self.organisation_id).await
    }
}

/// A comment on an issue.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct IssueComment {
    /// `comment:…`
    pub id: IssueCommentId,
    /// On which issue.
    issue_id: IssueId,
    /// What was said.
    text: String,
    /// When.
    written_at: DateTime<Utc>,
    /// Version.
    version: i32,
    #[graphql(skip)]
    author_role: String,
    #[graphql(skip)]
    author_id: PersonId,
    #[graphql(skip)]
    organisation_id: OrganisationId,
}

#[ComplexObject]
impl IssueComment {
    /// As what it was said; parties, not persons.
    async fn author_role(&self) -> Result<Role> {
        Role::from_word(&self.author_role)
    }

    /// Whose party said it, when you may know it.
    async fn organisation(&self, context: &Context<'_>) -> Result<Option<Organisation>> {
        load(context, self.organisation_id).await
    }

    /// Whether you said it.
    async fn mine(&self, context: &Context<'_>) -> Result<bool> {
        is_own(context, self.author_id).await
    }
}

/// One line of an issue's history: only added to.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct IssueEvent {
    /// `event:…`
    pub id: IssueEventId,
    /// reported, edited, moved, audience_changed, state_changed or withdrawn.
    kind: String,
    /// When.
    happened_at: DateTime<Utc>,
    #[graphql(skip)]
    actor_role: String,
    #[graphql(skip)]
    details: serde_json::Value,
}

impl IssueEvent {
    fn detail(&self, name: &str) -> Option<&str> {
        self.details.get(name)?.as_str()
    }
}

#[ComplexObject]
impl IssueEvent {
    /// As what somebody did it.
    async fn actor_role(&self) -> Result<Role> {
        Role::from_word(&self.actor_role)
    }

    /// The state before.
    async fn from_state(&self) -> Option<IssueState> {
        self.detail("from").and_then(IssueState::from_word)
    }

    /// The state after.
    async fn to_state(&self) -> Option<IssueState> {
        self.detail("to").and_then(IssueState::from_word)
    }

    /// The audience before.
    async fn from_audience(&self) -> Option<Audience> {
        self.detail("from").filter(|_| self.kind == "audience_changed").and_then(Audience::from_word)
    }

    /// The audience after.
    async fn to_audience(&self) -> Option<Audience> {
        self.detail("to").filter(|_| self.kind == "audience_changed").and_then(Audience::from_word)
    }

    /// Why.
    async fn reason(&self) -> Option<&str> {
        self.detail("reason")
    }

    /// Fields that were changed.
    async fn fields(&self) -> Vec<&str> {
        self.details.get("fields").and_then(|fields| fields.as_array()).into_iter().flatten().filter_map(|field| field.as_str()).collect()
    }
}

terrein_shared::connection!(SupportConnection, SupportEdge, Support, "supports");
terrein_shared::connection!(IssueCommentConnection, IssueCommentEdge, IssueComment, "comments");
terrein_shared::connection!(IssueEventConnection, IssueEventEdge, IssueEvent, "what happened");
crate::by_id!(SupportId, Support, "support", SUPPORT_COLUMNS);
crate::by_id!(IssueCommentId, IssueComment, "issue_comment", COMMENT_COLUMNS);
