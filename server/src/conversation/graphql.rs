//! The conversation in the graph, and who has been spoken to.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::FromQueryResult;
use terrein_shared::id::{CompanyId, ConversationId, OrganisationId, PersonId, TerrainId};
use terrein_shared::page::{Key, Rows};

use super::promise::PromiseConnection;
use super::queries::{IssuesOf, MOST, PrivateNoteOf, list_promises_of};
use super::rules::{ConversationSharing, ConversationWillingness};
use crate::access::Role;
use crate::access::graphql::{Organisation, Permission, is_own};
use crate::access::policy::{Action, On};
use crate::company::Company;
use crate::error::Result;
use crate::issue::{IssueConnection, Theme, Willingness};
use crate::listing::{PageLimit, page};
use crate::loader::{caller, load, load_some};

pub const COLUMNS: &str = "id, terrain_id, company_id, other_party, held_on, situation, needs, vision, themes, willingness, willingness_forms, \
    sharing, attendees, author_id, organisation_id, author_role, created_at, version";

/// A talk with a company, an owner, the municipality or a group. It is the team's.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Conversation {
    /// `conversation:…`
    pub id: ConversationId,
    /// Of which business park.
    pub terrain_id: TerrainId,
    /// With whom, when that is no company of the terrain.
    other_party: Option<String>,
    /// On which day.
    held_on: NaiveDate,
    /// How things are now.
    situation: Option<String>,
    /// What is needed.
    needs: Option<String>,
    /// How the party sees the years to come.
    vision: Option<String>,
    /// Whether the party would join in.
    willingness: ConversationWillingness,
    /// What the party agreed to about its words.
    sharing: ConversationSharing,
    /// When the server took it in.
    created_at: DateTime<Utc>,
    /// Version a change is based on.
    pub version: i32,
    #[graphql(skip)]
    themes: Vec<String>,
    #[graphql(skip)]
    willingness_forms: Vec<String>,
    #[graphql(skip)]
    attendees: Vec<String>,
    #[graphql(skip)]
    pub company_id: Option<CompanyId>,
    #[graphql(skip)]
    author_id: PersonId,
    #[graphql(skip)]
    organisation_id: OrganisationId,
    #[graphql(skip)]
    author_role: String,
}

terrein_shared::plain!(Conversation {
    "id" => id,
    "terrainId" => terrain_id,
    "otherParty" => other_party,
    "heldOn" => held_on,
    "situation" => situation,
    "needs" => needs,
    "vision" => vision,
    "willingness" => willingness,
    "sharing" => sharing,
    "createdAt" => created_at,
    "version" => version,
});
terrein_shared::connection!(ConversationConnection, ConversationEdge, Conversation, "conversations");
crate::by_id!(ConversationId, Conversation, "conversation", COLUMNS);

impl Conversation {
    /// What a rule needs to know of it.
    #[must_use]
    pub fn facts(&self) -> On {
        On::Team { terrain: self.terrain_id, author: self.author_id, organisation: self.organisation_id }
    }
}

/// What you may do with a conversation, and if not, why not.
#[derive(SimpleObject)]
pub struct ConversationViewerCan {
    /// Change what was written down.
    edit: Permission,
    /// Write down what was promised in it.
    make_promise: Permission,
    /// Take it back.
    withdraw: Permission,
}

#[ComplexObject]
impl Conversation {
    /// With which company.
    async fn company(&self, context: &Context<'_>) -> Result<Option<Company>> {
        load_some(context, self.company_id).await
    }

    /// What it was about.
    async fn themes(&self) -> Vec<Theme> {
        self.themes.iter().filter_map(|word| Theme::from_word(word)).collect()
    }

    /// What the party would put in.
    async fn willingness_forms(&self) -> Vec<Willingness> {
        self.willingness_forms.iter().filter_map(|word| Willingness::from_word(word)).collect()
    }

    /// Who were there.
    async fn attendees(&self) -> &[String] {
        &self.attendees
    }

    /// Your own note on it; nobody else's, and nobody else reads yours.
    async fn private_note(&self, context: &Context<'_>) -> Result<Option<String>> {
        load(context, PrivateNoteOf(self.id)).await
    }

    /// Issues that came up in it, as far as you may see them.
    async fn issues(&self, context: &Context<'_>, first: i32) -> Result<IssueConnection> {
        let page = page(PageLimit(MOST), first, None)?;
        let rows = load(context, IssuesOf(self.id)).await?.unwrap_or_default();
        Ok(Rows::of(rows, &page, |row| Key { sort: String::new(), id: row.id.0 }).into())
    }

    /// What was promised in it, by the day it is due.
    async fn promises(&self, context: &Context<'_>, first: i32, after: Option<String>) -> Result<PromiseConnection> {
        let page = page(PageLimit::AD_HOC, first, after.as_deref())?;
        Ok(list_promises_of(context, self.id, &page).await?.into())
    }

    /// As what it was held; parties, not persons.
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
    async fn viewer_can(&self, context: &Context<'_>) -> Result<ConversationViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = |action| Permission::of(actor, action, self.facts());
        Ok(ConversationViewerCan {
            edit: may(Action::EditConversation),
            make_promise: may(Action::MakePromise),
            withdraw: may(Action::WithdrawConversation),
        })
    }
}

/// A company, and when your team last spoke with it.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
pub struct Coverage {
    /// Which.
    #[sea_orm(nested)]
    company: Company,
    /// The day of the last talk; nothing when there was none.
    last_spoken_on: Option<NaiveDate>,
    /// How many talks.
    conversations: i32,
}

terrein_shared::plain!(Coverage { "lastSpokenOn" => last_spoken_on, "conversations" => conversations });
terrein_shared::connection!(CoverageConnection, CoverageEdge, Coverage, "companies, and when they were spoken with");
