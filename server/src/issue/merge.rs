//! Two people who change one issue from the same version: fields that only one of them changed are merged; where both gave one field a value
//! of their own, it is for a person to say which one stands (`sync.md` S7).

use std::collections::BTreeSet;

use sea_orm::FromQueryResult;
use serde_json::Value;
use terrein_shared::geometry::Geom;
use terrein_shared::id::IssueId;

use super::graphql::Issue;
use super::queries::get_issue;
use crate::access::Caller;
use crate::error::Result;

/// How often a change is laid on a version that somebody else overtakes at that very moment.
pub(super) const TRIES: usize = 4;

#[derive(FromQueryResult)]
struct Step {
    kind: String,
    details: Value,
}

/// What a change says and what came between.
pub(super) struct Between {
    /// The issue as it is now, which the change is laid upon.
    pub now: Issue,
    /// Fields that changed since the version the sender saw; `None` when it is not known of each version, as of before that was noted.
    changed: Option<BTreeSet<String>>,
}

impl Between {
    /// # Errors
    /// `NotFound` for an issue that is hidden or missing.
    pub async fn read(caller: &Caller, issue: IssueId, seen: i32) -> Result<Self> {
        let now = get_issue(caller, issue).await?;
        let changed = changed(caller, &now, seen).await?;
        Ok(Self { now, changed })
    }

    /// Whether somebody was there between: then what is the same already is no change.
    pub fn overtaken(&self) -> bool {
        self.changed.as_ref().is_none_or(|changed| !changed.is_empty())
    }

    /// Of the fields of a change (with whether each has that value already) those that somebody else gave another value.
    pub fn contested(&self, mine: impl IntoIterator<Item = (&'static str, bool)>) -> Vec<String> {
        let theirs = |name: &str| self.changed.as_ref().is_none_or(|changed| changed.contains(name));
        mine.into_iter().filter(|(name, same)| !same && theirs(name)).map(|(name, _)| name.to_owned()).collect()
    }
}

async fn changed(caller: &Caller, issue: &Issue, seen: i32) -> Result<Option<BTreeSet<String>>> {
    if issue.version == seen {
        return Ok(Some(BTreeSet::new()));
    }
    let sql = "select kind, details from issue_event where issue_id = $1 and (details ->> 'version')::integer between $2 + 1 and $3";
    let steps: Vec<Step> = caller.all(sql, [issue.id.into(), seen.into(), issue.version.into()]).await?;
    let known = i32::try_from(steps.len()).is_ok_and(|known| known == issue.version.saturating_sub(seen));
    Ok(known.then(|| steps.iter().flat_map(fields).collect()))
}

fn fields(step: &Step) -> Vec<String> {
    match step.kind.as_str() {
        "audience_changed" => vec!["audience".to_owned()],
        "state_changed" => vec!["state".to_owned()],
        _ => step.details["fields"].as_array().into_iter().flatten().filter_map(|field| field.as_str().map(str::to_owned)).collect(),
    }
}

/// Whether an issue lies exactly there.
pub(super) async fn lies_at(caller: &Caller, issue: IssueId, place: &Geom) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Same {
        same: bool,
    }
    let sql = "select ST_OrderingEquals(geom, $2::bytea::geometry) as same from issue where id = $1";
    Ok(caller.one(sql, [issue.into(), place.to_ewkb().into()]).await?.is_some_and(|Same { same }| same))
}
