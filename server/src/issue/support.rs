//! Commands around an issue: support and comments.

use async_graphql::InputType;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::id::{CompanyId, IssueCommentId, IssueId};
use terrein_shared::text;
use uuid::Uuid;

use super::graphql::Issue;
use super::input::{
    CommentOnIssueInput, CommentOnIssuePayload, IssueCommented, IssueSupported, SupportIssueInput, SupportIssuePayload, SupportWithdrawn,
    WithdrawSupportInput, WithdrawSupportPayload,
};
use super::queries::{COMMENT_COLUMNS, SUPPORT_COLUMNS, get_issue, shown};
use super::rules::Willingness;
use crate::access::Caller;
use crate::access::once::{Shown, once_showing};
use crate::access::policy::{Action, Denial, may};
use crate::error::{Error, InField, Result, Subject};
use crate::schema::IdTaken;

/// What giving support came to: the support that stands.
#[derive(Serialize, Deserialize)]
enum Given {
    Done(Uuid),
    Taken,
}

#[derive(FromQueryResult)]
struct Standing {
    id: Uuid,
}

pub(super) async fn give(caller: &Caller, input: SupportIssueInput) -> Result<SupportIssuePayload> {
    let viewer = caller.viewer().await?;
    let change = async {
        let issue = get_issue(caller, input.issue_id).await?;
        let action = if input.company_id.is_some() { Action::SupportForCompany } else { Action::SupportIssue };
        may(caller.actor().await?, action, issue.facts()).map_err(Error::Forbidden)?;
        let party = party(caller, &issue, input.company_id).await?;
        // The aanjager does not overrule what a party said itself.
        if input.company_id.is_some() {
            let sql = "select id from support where issue_id = $1 and coalesce(organisation_id, company_id) = $2 and person_id <> $3 and deleted_at is null";
            let said = caller.one::<Standing>(sql, [input.issue_id.into(), party.key().into(), viewer.id.into()]).await?;
            if let Some(Standing { id }) = said {
                return Ok(Given::Done(id));
            }
        }
        // Saying it again changes the willingness; a party stands behind an issue once. Nothing stood and nothing was laid down: either a
        // colleague was a moment earlier, whose word the second look finds, or the id is taken.
        for _ in 0..2 {
            let standing: Option<Standing> = caller
                .one(
                    "with standing as (
                       update support set willingness = $7, person_id = $6, version = version + 1
                       where issue_id = $2 and coalesce(organisation_id, company_id) = coalesce($5, $4) and deleted_at is null
                       returning id),
                     given as (
                       insert into support (id, issue_id, terrain_id, company_id, organisation_id, person_id, willingness, given_at)
                       select $1, $2, $3, $4, $5, $6, $7, $8 where not exists (select from standing)
                       on conflict do nothing returning id)
                     select id from standing union all select id from given",
                    [
                        input.support_id.into(),
                        input.issue_id.into(),
                        issue.terrain_id.into(),
                        party.company.into(),
                        party.organisation.into(),
                        viewer.id.into(),
                        input.willingness.unwrap_or(Willingness::Moral).into(),
                        caller.clock.now().into(),
                    ],
                )
                .await?;
            if let Some(Standing { id }) = standing {
                return Ok(Given::Done(id));
            }
        }
        Ok(Given::Taken)
    };
    let rows = |outcome: &Given| match outcome {
        Given::Done(id) => vec![shown_support(*id), shown(input.issue_id)],
        Given::Taken => Vec::new(),
    };
    let answered = once_showing(caller, input.command_id, &InputType::to_value(&input), change, rows).await?;
    match answered.outcome {
        Given::Done(id) => Ok(SupportIssuePayload::Supported(IssueSupported {
            support: answered.row(caller, &shown_support(id)).await?,
            issue: answered.row(caller, &shown(input.issue_id)).await?,
        })),
        Given::Taken => Ok(SupportIssuePayload::Taken(IdTaken::of(input.support_id))),
    }
}

fn shown_support(id: Uuid) -> Shown {
    Shown { table: "support", columns: SUPPORT_COLUMNS, id, subject: Subject::Support }
}

/// Who stands behind an issue: an organisation, with its company there if it has one; or a company that has nobody here.
#[derive(FromQueryResult)]
struct Party {
    company: Option<Uuid>,
    organisation: Option<Uuid>,
}

impl Party {
    fn key(&self) -> Option<Uuid> {
        self.organisation.or(self.company)
    }
}

/// The party of the aanjager's picker, or the caller's own.
async fn party(caller: &Caller, issue: &Issue, picked: Option<CompanyId>) -> Result<Party> {
    let terrain = issue.terrain_id;
    if let Some(company) = picked {
        let sql = "select id as company, organisation_id as organisation from company where id = $1 and deleted_at is null";
        return caller.one(sql, [company.into()]).await?.ok_or(Error::NotFound(Subject::Company));
    }
    let (_, organisation) = caller.viewer().await?.role_on(terrain).ok_or(Error::NotFound(Subject::Issue))?;
    let sql = "select $1 as organisation,
                 (select id from company where organisation_id = $1 and terrain_id = $2 and deleted_at is null order by id limit 1) as company";
    caller.one(sql, [organisation.into(), terrain.into()]).await?.ok_or(Error::NotFound(Subject::Issue))
}

#[derive(FromQueryResult)]
struct Of {
    issue_id: IssueId,
    gone: bool,
}

/// The issue from which support was taken back.
#[derive(Serialize, Deserialize)]
struct TakenBack(Uuid);

pub(super) async fn withdraw(caller: &Caller, input: WithdrawSupportInput) -> Result<WithdrawSupportPayload> {
    let change = async {
        let sql = "select issue_id, deleted_at is not null as gone from support where id = $1";
        let Of { issue_id, gone } = caller.one(sql, [input.support_id.into()]).await?.ok_or(Error::NotFound(Subject::Support))?;
        let sql = "update support set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        match caller.run(sql, [input.support_id.into()]).await? {
            // The aanjager sees it, but it is another party's word.
            0 if !gone => Err(Error::Forbidden(Denial::NotYours)),
            _ => Ok(TakenBack(issue_id.0)),
        }
    };
    let rows = |TakenBack(issue): &TakenBack| vec![shown(IssueId(*issue))];
    let answered = once_showing(caller, input.command_id, &InputType::to_value(&input), change, rows).await?;
    let TakenBack(issue) = answered.outcome;
    Ok(WithdrawSupportPayload::Done(SupportWithdrawn { issue: answered.row(caller, &shown(IssueId(issue))).await? }))
}

/// What commenting came to.
#[derive(Serialize, Deserialize)]
enum Said {
    Done,
    Taken,
}

pub(super) async fn comment(caller: &Caller, input: CommentOnIssueInput) -> Result<CommentOnIssuePayload> {
    let viewer = caller.viewer().await?;
    let change = async {
        let issue = get_issue(caller, input.issue_id).await?;
        may(caller.actor().await?, Action::CommentOnIssue, issue.facts()).map_err(Error::Forbidden)?;
        let (role, organisation) = viewer.role_on(issue.terrain_id).ok_or(Error::NotFound(Subject::Issue))?;
        let words = text::required(input.text.clone(), 4000).in_field("text")?;
        let made = caller
            .run(
                "insert into issue_comment (id, issue_id, terrain_id, author_id, organisation_id, author_role, text, written_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing",
                [
                    input.comment_id.into(),
                    input.issue_id.into(),
                    issue.terrain_id.into(),
                    viewer.id.into(),
                    organisation.into(),
                    role.word().into(),
                    words.into(),
                    caller.clock.now().into(),
                ],
            )
            .await?;
        Ok(if made == 1 { Said::Done } else { Said::Taken })
    };
    let rows = |outcome: &Said| match outcome {
        Said::Done => vec![shown_comment(input.comment_id), shown(input.issue_id)],
        Said::Taken => Vec::new(),
    };
    let answered = once_showing(caller, input.command_id, &InputType::to_value(&input), change, rows).await?;
    Ok(match answered.outcome {
        Said::Done => CommentOnIssuePayload::Commented(IssueCommented {
            comment: answered.row(caller, &shown_comment(input.comment_id)).await?,
            issue: answered.row(caller, &shown(input.issue_id)).await?,
        }),
        Said::Taken => CommentOnIssuePayload::Taken(IdTaken::of(input.comment_id)),
    })
}

fn shown_comment(id: IssueCommentId) -> Shown {
    Shown { table: "issue_comment", columns: COMMENT_COLUMNS, id: id.0, subject: Subject::Thing }
}
