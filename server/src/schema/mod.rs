//! The graph: slices merged, any node by id, search; what a question may cost (`limits`), the app's own questions (`persisted`).

pub mod limits;
pub mod persisted;
mod search;

use std::sync::LazyLock;

use async_graphql::{Context, ID, Interface, MergedObject, Object, Schema, SchemaBuilder, SimpleObject};
use terrein_shared::id::{
    AddressId, BuildingId, CompanyId, ConversationId, InfrastructureId, IssueCommentId, IssueId, ObservationId, OccupancyId,
    OrganisationId, PhotoId, PlotId, PromiseId, SupportId, TerrainId, VoiceNoteId, parse,
};

use crate::access::graphql::{AccessMutation, AccessQuery, Organisation};
use crate::access::invitation::{InvitationMutation, InvitationQuery};
use crate::access::membership::{MembershipMutation, MembershipQuery};
use crate::access::passkey::{PasskeyMutation, PasskeyQuery};
use crate::access::personal_data::PersonalDataMutation;
use crate::access::session::{SessionMutation, SessionQuery};
use crate::access::token::graphql::{AccessTokenMutation, AccessTokenQuery};
use crate::audit::graphql::AuditQuery;
use crate::building::{Address, Building};
use crate::company::{Company, CompanyMutation, Occupancy};
use crate::conversation::{Conversation, ConversationMutation, Promise, PromiseMutation};
use crate::error::Result;
use crate::feed::{FeedQuery, FeedSubscription};
use crate::infrastructure::Infrastructure;
use crate::issue::{Issue, IssueComment, IssueMutation, Support};
use crate::loader::load;
use crate::observation::{Observation, ObservationMutation};
use crate::photo::{Photo, PhotoMutation};
use crate::plot::Plot;
use crate::terrain::{Terrain, TerrainMutation, TerrainQuery};
use crate::voice_note::{VoiceNote, VoiceNoteMutation};

/// All reads.
#[derive(MergedObject, Default)]
pub struct Query(
    AccessQuery,
    PasskeyQuery,
    SessionQuery,
    AccessTokenQuery,
    TerrainQuery,
    NodeQuery,
    search::SearchQuery,
    FeedQuery,
    AuditQuery,
    MembershipQuery,
    InvitationQuery,
);

/// All commands. Each that makes or changes something takes a `commandId` minted by the client and is applied once. Those that only end or name
/// something of one's own account (sessions, passkeys) take none: done twice is done once.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccessMutation,
    PasskeyMutation,
    SessionMutation,
    PersonalDataMutation,
    AccessTokenMutation,
    TerrainMutation,
    CompanyMutation,
    IssueMutation,
    ObservationMutation,
    ConversationMutation,
    PromiseMutation,
    PhotoMutation,
    VoiceNoteMutation,
    MembershipMutation,
    InvitationMutation,
);

pub type Graph = Schema<Query, Mutation, FeedSubscription>;

/// Anything with an id.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", method = "global_id", desc = "Kind and UUID: `plot:0190…`"))]
pub enum Node {
    Terrain(Terrain),
    Plot(Plot),
    Building(Building),
    Address(Address),
    Company(Company),
    Occupancy(Occupancy),
    Infrastructure(Infrastructure),
    Issue(Issue),
    Support(Support),
    IssueComment(IssueComment),
    Observation(Observation),
    Conversation(Conversation),
    Promise(Promise),
    Photo(Photo),
    VoiceNote(VoiceNote),
    Organisation(Organisation),
}

/// The id as the interface has it.
macro_rules! global_id {
    ($($type:ty),+) => { $(impl $type {
        pub(crate) async fn global_id(&self, _: &Context<'_>) -> async_graphql::Result<ID> {
            Ok(ID(self.id.to_string()))
        }
    })+ };
}
global_id!(
    Terrain,
    Plot,
    Building,
    Address,
    Company,
    Occupancy,
    Infrastructure,
    Issue,
    Support,
    IssueComment,
    Observation,
    Conversation,
    Promise,
    Photo,
    VoiceNote,
    Organisation
);

/// The id you minted is taken; whose it is, is not told.
#[derive(SimpleObject)]
pub struct IdTaken {
    /// The id you sent.
    id: ID,
}

impl IdTaken {
    #[must_use]
    pub fn of(id: impl ToString) -> Self {
        Self { id: ID(id.to_string()) }
    }
}

/// A node by kind and id, through the request's loaders; nothing for a hidden one, a missing one and a kind there is not.
///
/// # Errors
/// As the database answers.
pub async fn node(context: &Context<'_>, kind: &str, id: uuid::Uuid) -> Result<Option<Node>> {
    Ok(match kind {
        TerrainId::KIND => load(context, TerrainId(id)).await?.map(Node::Terrain),
        PlotId::KIND => load(context, PlotId(id)).await?.map(Node::Plot),
        BuildingId::KIND => load(context, BuildingId(id)).await?.map(Node::Building),
        AddressId::KIND => load(context, AddressId(id)).await?.map(Node::Address),
        CompanyId::KIND => load(context, CompanyId(id)).await?.map(Node::Company),
        OccupancyId::KIND => load(context, OccupancyId(id)).await?.map(Node::Occupancy),
        InfrastructureId::KIND => load(context, InfrastructureId(id)).await?.map(Node::Infrastructure),
        IssueId::KIND => load(context, IssueId(id)).await?.map(Node::Issue),
        SupportId::KIND => load(context, SupportId(id)).await?.map(Node::Support),
        IssueCommentId::KIND => load(context, IssueCommentId(id)).await?.map(Node::IssueComment),
        ObservationId::KIND => load(context, ObservationId(id)).await?.map(Node::Observation),
        ConversationId::KIND => load(context, ConversationId(id)).await?.map(Node::Conversation),
        PromiseId::KIND => load(context, PromiseId(id)).await?.map(Node::Promise),
        PhotoId::KIND => load(context, PhotoId(id)).await?.map(Node::Photo),
        VoiceNoteId::KIND => load(context, VoiceNoteId(id)).await?.map(Node::VoiceNote),
        OrganisationId::KIND => load(context, OrganisationId(id)).await?.map(Node::Organisation),
        _ => None,
    })
}

#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its id; nothing when it does not exist or is not shared with you.
    async fn node(&self, context: &Context<'_>, id: ID) -> Result<Option<Node>> {
        match parse(&id) {
            Some((kind, id)) => node(context, kind, id).await,
            None => Ok(None),
        }
    }
}

fn builder() -> SchemaBuilder<Query, Mutation, FeedSubscription> {
    Schema::build(Query::default(), Mutation::default(), FeedSubscription)
        // Second line behind `limits`, which runs before the library sees the document.
        .limit_depth(limits::DEPTH + 4)
        .limit_recursive_depth(32)
        .limit_directives(limits::DIRECTIVES)
}

/// The graph; introspection only where the schema is open.
#[must_use]
pub fn graph(introspection: bool) -> Graph {
    let builder = builder();
    if introspection { builder.finish() } else { builder.disable_introspection().disable_suggestions().finish() }
}

/// The contract as text: `server/schema.graphql`.
#[must_use]
pub fn sdl() -> &'static str {
    // Written once: it is the same for everybody, and work.
    static SDL: LazyLock<String> = LazyLock::new(|| {
        let options =
            async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().prefer_single_line_descriptions();
        builder().finish().sdl_with_options(options)
    });
    &SDL
}
