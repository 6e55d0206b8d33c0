//! What people do with issues: inputs, payloads, mutations.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use terrein_shared::geometry::GeoJsonInput;
use terrein_shared::id::{CompanyId, InfrastructureId, IssueCommentId, IssueId, PlotId, SupportId, TerrainId};
use uuid::Uuid;

use super::graphql::{Issue, IssueComment, Support};
use super::rules::{Audience, IssueKind, IssueState, Theme, Willingness};
use super::{service, support};
use crate::error::Result;
use crate::loader::caller;
use crate::schema::IdTaken;

/// A pin. None of its words is required.
#[derive(Debug, Clone, InputObject)]
pub struct ReportIssueInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new issue, minted by the client.
    pub issue_id: IssueId,
    /// Where it belongs; it may lie outside the outline.
    pub terrain_id: TerrainId,
    /// What kind of thing.
    pub kind: IssueKind,
    /// What it is about; `OTHER` when left out.
    pub theme: Option<Theme>,
    /// In a few words, at most 120 characters.
    pub title: Option<String>,
    /// In more words, at most 4000 characters.
    pub description: Option<String>,
    /// Point, line or area of the thing itself.
    pub geometry: GeoJsonInput,
    /// Who sees it; `TEAM` when left out.
    pub audience: Option<Audience>,
    /// Where it is, in words.
    pub place_label: Option<String>,
    /// The plot it is on.
    pub plot_id: Option<PlotId>,
    /// The company it is at.
    pub company_id: Option<CompanyId>,
    /// The thing it is about.
    pub infrastructure_id: Option<InfrastructureId>,
    /// Companies it touches, at most 250.
    pub party_ids: Option<Vec<CompanyId>>,
    /// Where the phone was, as it said.
    pub device: Option<DeviceInput>,
}

/// What the device said of itself.
#[derive(Debug, Clone, InputObject)]
pub struct DeviceInput {
    /// Its place, a point.
    pub geometry: Option<GeoJsonInput>,
    /// Accuracy in metres.
    pub accuracy_m: Option<f64>,
    /// Degrees clockwise from north.
    pub heading_deg: Option<f64>,
    /// Its clock.
    pub at: Option<DateTime<Utc>>,
}

/// A change of an issue; what is left out stays, `null` clears.
#[derive(Debug, Clone, InputObject)]
pub struct EditIssueInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub issue_id: IssueId,
    /// The version you saw.
    pub version: i32,
    /// What kind of thing.
    pub kind: Option<IssueKind>,
    /// What it is about.
    pub theme: Option<Theme>,
    /// In a few words.
    pub title: MaybeUndefined<String>,
    /// In more words.
    pub description: MaybeUndefined<String>,
    /// Its new place.
    pub geometry: Option<GeoJsonInput>,
    /// Where it is, in words.
    pub place_label: MaybeUndefined<String>,
    /// Companies it touches too, at most 250.
    pub add_party_ids: Option<Vec<CompanyId>>,
}

/// Another audience.
#[derive(Debug, Clone, InputObject)]
pub struct ShareIssueInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub issue_id: IssueId,
    /// The version you saw.
    pub version: i32,
    /// Who sees it from now on.
    pub audience: Audience,
}

/// Another state.
#[derive(Debug, Clone, InputObject)]
pub struct ChangeIssueStateInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub issue_id: IssueId,
    /// The version you saw.
    pub version: i32,
    /// Where it stands from now on.
    pub state: IssueState,
    /// Why; required to solve, drop or reopen.
    pub reason: Option<String>,
}

/// An issue taken back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawIssueInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub issue_id: IssueId,
}

/// "Speelt ook bij ons."
#[derive(Debug, Clone, InputObject)]
pub struct SupportIssueInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new support, minted by the client.
    pub support_id: SupportId,
    /// Which issue.
    pub issue_id: IssueId,
    /// For which company: the aanjager's picker. Left out: your own organisation.
    pub company_id: Option<CompanyId>,
    /// What it would put in; `MORAL` when left out. Saying it again changes it.
    pub willingness: Option<Willingness>,
}

/// Support taken back.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawSupportInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub support_id: SupportId,
}

/// A comment.
#[derive(Debug, Clone, InputObject)]
pub struct CommentOnIssueInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Id of the new comment, minted by the client.
    pub comment_id: IssueCommentId,
    /// On which issue.
    pub issue_id: IssueId,
    /// What to say, at most 4000 characters.
    pub text: String,
}

/// Declares the payload of a command that ends in an issue.
macro_rules! issue_payload {
    ($payload:ident, $done:ident, $said:literal, $($other:ident($type:ty)),*) => {
        #[doc = concat!("What became of the command: ", $said)]
        #[derive(Union)]
        #[allow(clippy::large_enum_variant, reason = "one a command, on its way out")]
        pub enum $payload {
            Done($done),
            $($other($type)),*
        }

        #[doc = $said]
        #[derive(SimpleObject)]
        pub struct $done {
            /// As it is now; as it was then, when a repeat of the command finds it gone or no longer yours to see.
            pub issue: Issue,
        }
    };
}

issue_payload!(ReportIssuePayload, IssueReported, "The issue is on the map.", Taken(IdTaken));
issue_payload!(EditIssuePayload, IssueEdited, "The issue is changed.", Changed(ChangedMeanwhile));
issue_payload!(ShareIssuePayload, IssueShared, "The issue has its new audience.", Changed(ChangedMeanwhile));
issue_payload!(
    ChangeIssueStatePayload,
    IssueStateChanged,
    "The issue has its new state.",
    Changed(ChangedMeanwhile),
    NotReachable(StateNotReachable)
);
issue_payload!(WithdrawSupportPayload, SupportWithdrawn, "The support is taken back.",);

/// Somebody else gave a field of your change another value since the version you saw; nothing of your change was done. What only one of you
/// changed is merged, and so is what you both changed alike.
#[derive(SimpleObject)]
pub struct ChangedMeanwhile {
    /// The version you saw.
    pub seen: i32,
    /// Fields that you both gave a value, as a change names them (`audience` and `state` too); empty in the repeat of an answer from before
    /// they were kept.
    pub fields: Vec<String>,
    /// As it is now.
    pub issue: Issue,
}

/// An issue does not go from one state to the other in one step.
#[derive(SimpleObject)]
pub struct StateNotReachable {
    /// Where it stands.
    pub from: IssueState,
    /// Where it was to go.
    pub to: IssueState,
}

/// What became of `withdrawIssue`.
#[derive(Union)]
pub enum WithdrawIssuePayload {
    Withdrawn(IssueWithdrawn),
}

/// The issue is taken back.
#[derive(SimpleObject)]
pub struct IssueWithdrawn {
    /// Which.
    pub id: IssueId,
}

/// What became of `supportIssue`.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one a command, on its way out")]
pub enum SupportIssuePayload {
    Supported(IssueSupported),
    Taken(IdTaken),
}

/// The party stands behind the issue.
#[derive(SimpleObject)]
pub struct IssueSupported {
    /// The support.
    pub support: Support,
    /// The issue, with its new count.
    pub issue: Issue,
}

/// What became of `commentOnIssue`.
#[derive(Union)]
#[expect(clippy::large_enum_variant, reason = "one a command, on its way out")]
pub enum CommentOnIssuePayload {
    Commented(IssueCommented),
    Taken(IdTaken),
}

/// It is said.
#[derive(SimpleObject)]
pub struct IssueCommented {
    /// The comment.
    pub comment: IssueComment,
    /// The issue, with its new count.
    pub issue: Issue,
}

#[derive(Default)]
pub struct IssueMutation;

#[Object]
impl IssueMutation {
    /// Pins an issue on the map.
    async fn report_issue(&self, context: &Context<'_>, input: ReportIssueInput) -> Result<ReportIssuePayload> {
        service::report(caller(context)?, input).await
    }

    /// Changes the words, kind, theme or place of an issue.
    async fn edit_issue(&self, context: &Context<'_>, input: EditIssueInput) -> Result<EditIssuePayload> {
        service::edit(caller(context)?, input).await
    }

    /// Changes who sees an issue; narrowed, it leaves the devices of those who no longer do.
    async fn share_issue(&self, context: &Context<'_>, input: ShareIssueInput) -> Result<ShareIssuePayload> {
        service::share(caller(context)?, input).await
    }

    /// Takes an issue up, solves, drops or reopens it.
    async fn change_issue_state(&self, context: &Context<'_>, input: ChangeIssueStateInput) -> Result<ChangeIssueStatePayload> {
        service::change_state(caller(context)?, input).await
    }

    /// Takes back an issue you made.
    async fn withdraw_issue(&self, context: &Context<'_>, input: WithdrawIssueInput) -> Result<WithdrawIssuePayload> {
        service::withdraw(caller(context)?, input).await
    }

    /// "Speelt ook bij ons": your party, or a company for which the aanjager says it, stands behind an issue.
    async fn support_issue(&self, context: &Context<'_>, input: SupportIssueInput) -> Result<SupportIssuePayload> {
        support::give(caller(context)?, input).await
    }

    /// Takes a support back.
    async fn withdraw_support(&self, context: &Context<'_>, input: WithdrawSupportInput) -> Result<WithdrawSupportPayload> {
        support::withdraw(caller(context)?, input).await
    }

    /// Comments on an issue.
    async fn comment_on_issue(&self, context: &Context<'_>, input: CommentOnIssueInput) -> Result<CommentOnIssuePayload> {
        support::comment(caller(context)?, input).await
    }
}
