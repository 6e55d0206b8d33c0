//! Commands around an issue: support and comments.

use async_graphql::InputType;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::id::{CompanyId, IssueCommentId, IssueId, SupportId};
use terrein_shared::text;
use uuid::Uuid;

use super::graphql::{Issue, IssueComment, Support};
use super::input::{
    CommentOnIssueInput, CommentOnIssuePayload, IssueCommented, IssueSupported, SupportIssueInput, SupportIssuePayload, SupportWithdrawn,
    WithdrawSupportInput, WithdrawSupportPayload,
};
use super::queries::{COMMENT_COLUMNS, SUPPORT_COLUMNS, get_issue};
use super::rules::Willingness;
use crate::access::Caller;
use crate::access::once::once;
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
    let issue = get_issue(caller, input.issue_id).await?;
    let outcome = once(caller, input.command_id, &InputType::to_value(&input), async {
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
        // Saying it again changes the willingness; a party stands behind an issue once.
        let standing: Option<Standing> = caller
            .one(
                "insert into support (id, issue_id, terrain_id, company_id, organisation_id, person_id, willingness, given_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)
                 on conflict (issue_id, coalesce(organisation_id, company_id)) where deleted_at is null
                   do update set willingness = excluded.willingness, person_id = excluded.person_id, version = support.version + 1
                 returning id",
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
        Ok(standing.map_or(Given::Taken, |standing| Given::Done(standing.id)))
    })
    .await?;
    match outcome {
        Given::Done(id) => Ok(SupportIssuePayload::Supported(IssueSupported {
            support: get_support(caller, SupportId(id)).await?,
            issue: get_issue(caller, input.issue_id).await?,
        })),
        Given::Taken => Ok(SupportIssuePayload::Taken(IdTaken::of(input.support_id))),
    }
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

async fn get_support(caller: &Caller, id: SupportId) -> Result<Support> {
    let sql = format!("select {SUPPORT_COLUMNS} from support where id = $1");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Support))
}

#[derive(FromQueryResult)]
struct Of {
    issue_id: IssueId,
    gone: bool,
}

pub(super) async fn withdraw(caller: &Caller, input: WithdrawSupportInput) -> Result<WithdrawSupportPayload> {
    let sql = "select issue_id, deleted_at is not null as gone from support where id = $1";
    let Of { issue_id, gone } = caller.one(sql, [input.support_id.into()]).await?.ok_or(Error::NotFound(Subject::Support))?;
    once(caller, input.command_id, &InputType::to_value(&input), async {
        let sql = "update support set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        match caller.run(sql, [input.support_id.into()]).await? {
            // The aanjager sees it, but it is another party's word.
            0 if !gone => Err(Error::Forbidden(Denial::NotYours)),
            _ => Ok(()),
        }
    })
    .await?;
    Ok(WithdrawSupportPayload::Done(SupportWithdrawn { issue: get_issue(caller, issue_id).await? }))
}

/// What commenting came to.
#[derive(Serialize, Deserialize)]
enum Said {
    Done,
    Taken,
}

pub(super) async fn comment(caller: &Caller, input: CommentOnIssueInput) -> Result<CommentOnIssuePayload> {
    let viewer = caller.viewer().await?;
    let issue = get_issue(caller, input.issue_id).await?;
    let outcome = once(caller, input.command_id, &InputType::to_value(&input), async {
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
    })
    .await?;
    Ok(match outcome {
        Said::Done => CommentOnIssuePayload::Commented(IssueCommented {
            comment: get_comment(caller, input.comment_id).await?,
            issue: get_issue(caller, input.issue_id).await?,
        }),
        Said::Taken => CommentOnIssuePayload::Taken(IdTaken::of(input.comment_id)),
    })
}

async fn get_comment(caller: &Caller, id: IssueCommentId) -> Result<IssueComment> {
    let sql = format!("select {COMMENT_COLUMNS} from issue_comment where id = $1");
    caller.one(&sql, [id.into()]).await?.ok_or(Error::NotFound(Subject::Thing))
}
