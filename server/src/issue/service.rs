//! Commands on an issue: check, change, record, in the request's transaction.

use async_graphql::InputType;
use serde::{Deserialize, Serialize};
use serde_json::json;
use terrein_shared::geometry::Geom;
use terrein_shared::id::{CompanyId, IssueEventId, IssueId, TerrainId};
use terrein_shared::{Reason, text};

use super::graphql::Issue;
use super::input::{
    ChangeIssueStateInput, ChangeIssueStatePayload, ChangedMeanwhile, EditIssueInput, EditIssuePayload, IssueEdited, IssueReported,
    IssueShared, IssueStateChanged, IssueWithdrawn, ReportIssueInput, ReportIssuePayload, ShareIssueInput, ShareIssuePayload,
    StateNotReachable, WithdrawIssueInput, WithdrawIssuePayload,
};
use super::merge::{Between, TRIES, lies_at};
use super::queries::{get_issue, shown};
use super::rules::{Audience, IssueState, Theme};
use crate::access::once::{once, once_showing};
use crate::access::policy::{Action, On, may};
use crate::access::{Caller, Viewer};
use crate::error::{Error, InField, Result, Subject, invalid};
use crate::listing::uuids;
use crate::schema::IdTaken;
use crate::terrain::get_terrain;

const TITLE: usize = 120;
const DESCRIPTION: usize = 4000;
const PLACE: usize = 200;
/// Most companies named at once.
const PARTIES: usize = 250;

/// What a command that may be overtaken came to.
#[derive(Serialize, Deserialize)]
enum Outcome {
    Done,
    /// As it was kept when the fields were not yet told.
    Changed,
    /// Fields that somebody else gave another value.
    Contested(Vec<String>),
}

impl Outcome {
    /// What was contested, if anything was.
    fn contested(self) -> Option<Vec<String>> {
        match self {
            Self::Done => None,
            Self::Changed => Some(Vec::new()),
            Self::Contested(fields) => Some(fields),
        }
    }
}

/// What reporting came to.
#[derive(Serialize, Deserialize)]
enum Reported {
    Done,
    Taken,
}

pub(super) async fn report(caller: &Caller, input: ReportIssueInput) -> Result<ReportIssuePayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let issue = input.issue_id;
    let change = async {
        let terrain = get_terrain(caller, input.terrain_id).await?.id;
        may(caller.actor().await?, Action::ReportIssue, On::Terrain(terrain)).map_err(Error::Forbidden)?;
        let (role, organisation) = viewer.role_on(terrain).ok_or(Error::NotFound(Subject::Terrain))?;
        let title = text::optional(input.title, TITLE).in_field("title")?;
        let description = text::optional(input.description, DESCRIPTION).in_field("description")?;
        let place = text::optional(input.place_label, PLACE).in_field("placeLabel")?;
        let geom = input.geometry.shape.in_field("geometry")?;
        let device = input.device.map(trusted).unwrap_or_default();
        let now = caller.clock.now();
        let made = caller
            .run(
                "insert into issue (id, terrain_id, kind, theme, title, description, geom, audience, author_id, organisation_id, reporter_role,
                   plot_id, company_id, infrastructure_id, place_label, device_geom, device_accuracy_m, device_heading_deg, device_at,
                   reported_at, outside_terrain)
                 select $1, $2, $3, $4, $5, $6, $7::bytea::geometry, $8, $9, $10, $11,
                   (select id from plot where id = $12), (select id from company where id = $13), (select id from infrastructure where id = $14),
                   $15, $16::bytea::geometry, $17, $18, $19, $20, not exists (select from terrain t where t.id = $2 and ST_Intersects(t.geom, $7::bytea::geometry))
                 on conflict (id) do nothing",
                [
                    issue.into(),
                    terrain.into(),
                    input.kind.into(),
                    input.theme.unwrap_or(Theme::Other).into(),
                    title.into(),
                    description.into(),
                    geom.into(),
                    input.audience.unwrap_or(Audience::Team).into(),
                    viewer.id.into(),
                    organisation.into(),
                    role.word().into(),
                    input.plot_id.map(|id| id.0).into(),
                    input.company_id.map(|id| id.0).into(),
                    input.infrastructure_id.map(|id| id.0).into(),
                    place.into(),
                    device.place.map(|place| place.to_ewkb()).into(),
                    device.accuracy_m.into(),
                    device.heading_deg.into(),
                    device.at.into(),
                    now.into(),
                ],
            )
            .await?;
        if made == 0 {
            return Ok(Reported::Taken);
        }
        name_parties(caller, terrain, issue, "partyIds", input.party_ids.unwrap_or_default()).await?;
        record(caller, viewer, terrain, issue, "reported", json!({})).await?;
        Ok(Reported::Done)
    };
    let rows = |outcome: &Reported| if matches!(outcome, Reported::Done) { vec![shown(issue)] } else { Vec::new() };
    let answered = once_showing(caller, input.command_id, &content, change, rows).await?;
    Ok(match answered.outcome {
        Reported::Done => ReportIssuePayload::Done(IssueReported { issue: answered.row(caller, &shown(issue)).await? }),
        Reported::Taken => ReportIssuePayload::Taken(IdTaken::of(issue)),
    })
}

#[derive(Default)]
struct Device {
    place: Option<Geom>,
    accuracy_m: Option<f64>,
    heading_deg: Option<f64>,
    at: Option<chrono::DateTime<chrono::Utc>>,
}

fn trusted(said: super::input::DeviceInput) -> Device {
    // A phone abroad, or one that is lost, is no reason to lose a pin: its place is left out.
    let place = said.geometry.and_then(|place| place.shape.ok()).filter(|place| matches!(place.geometry(), geo::Geometry::Point(_)));
    let within = |value: Option<f64>, max: f64| value.filter(|value| (0.0..max).contains(value));
    Device { place, accuracy_m: within(said.accuracy_m, 1.0e6), heading_deg: within(said.heading_deg, 360.0), at: said.at }
}

pub(super) async fn edit(caller: &Caller, input: EditIssueInput) -> Result<EditIssuePayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let (issue, seen) = (input.issue_id, input.version);
    let change = async {
        let (title, set_title) = text::change(input.title, TITLE).in_field("title")?;
        let (description, set_description) = text::change(input.description, DESCRIPTION).in_field("description")?;
        let (place, set_place) = text::change(input.place_label, PLACE).in_field("placeLabel")?;
        let geom = input.geometry.map(|geometry| geometry.shape.in_field("geometry")).transpose()?;
        let parties = input.add_party_ids.unwrap_or_default();
        for _ in 0..TRIES {
            let between = Between::read(caller, issue, seen).await?;
            let before = &between.now;
            may(caller.actor().await?, Action::EditIssue, before.facts()).map_err(Error::Forbidden)?;
            let same_place = match &geom {
                Some(geom) if between.overtaken() => lies_at(caller, issue, geom).await?,
                _ => false,
            };
            let mine: Vec<(&'static str, bool)> = [
                (input.kind.is_some(), "kind", input.kind == Some(before.kind)),
                (input.theme.is_some(), "theme", input.theme == Some(before.theme)),
                (set_title, "title", title == before.title),
                (set_description, "description", description == before.description),
                (set_place, "placeLabel", place == before.place_label),
                (geom.is_some(), "geometry", same_place),
            ]
            .into_iter()
            .filter_map(|(is, name, same)| is.then_some((name, same)))
            .collect();
            let contested = between.contested(mine.iter().copied());
            if !contested.is_empty() {
                return Ok(Outcome::Contested(contested));
            }
            let updated = caller
                .run(
                    "update issue set kind = coalesce($3, kind), theme = coalesce($4, theme),
                       title = case when $6 then $5 else title end, description = case when $8 then $7 else description end,
                       place_label = case when $10 then $9 else place_label end, geom = coalesce($11::bytea::geometry, geom),
                       outside_terrain = case when $11::bytea is null then outside_terrain
                         else not exists (select from terrain t where t.id = terrain_id and ST_Intersects(t.geom, $11::bytea::geometry)) end,
                       version = version + 1
                     where id = $1 and version = $2 and deleted_at is null",
                    [
                        issue.into(),
                        before.version.into(),
                        input.kind.map(super::IssueKind::word).into(),
                        input.theme.map(Theme::word).into(),
                        title.clone().into(),
                        set_title.into(),
                        description.clone().into(),
                        set_description.into(),
                        place.clone().into(),
                        set_place.into(),
                        geom.as_ref().map(Geom::to_ewkb).into(),
                    ],
                )
                .await?;
            if updated == 0 {
                continue;
            }
            name_parties(caller, before.terrain_id, issue, "addPartyIds", parties).await?;
            let changed: Vec<&str> = mine.into_iter().map(|(name, _)| name).collect();
            let kind = if changed == ["geometry"] { "moved" } else { "edited" };
            let details = json!({ "fields": changed, "version": before.version + 1 });
            record(caller, viewer, before.terrain_id, issue, kind, details).await?;
            return Ok(Outcome::Done);
        }
        Err(overtaken())
    };
    let answered = once_showing(caller, input.command_id, &content, change, |_| vec![shown(issue)]).await?;
    let now = answered.row(caller, &shown(issue)).await?;
    Ok(match answered.outcome.contested() {
        None => EditIssuePayload::Done(IssueEdited { issue: now }),
        Some(fields) => EditIssuePayload::Changed(ChangedMeanwhile { seen, fields, issue: now }),
    })
}

/// Each time somebody else was first: the sender tries again.
fn overtaken() -> Error {
    Error::Unavailable(anyhow::anyhow!("the issue is being changed by others"))
}

pub(super) async fn share(caller: &Caller, input: ShareIssueInput) -> Result<ShareIssuePayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let change = async {
        for _ in 0..TRIES {
            let between = Between::read(caller, input.issue_id, input.version).await?;
            let before = &between.now;
            may(caller.actor().await?, Action::ShareIssue, before.facts()).map_err(Error::Forbidden)?;
            // Only its maker can keep a thing to one person: anybody else would lose it.
            if input.audience == Audience::Me && before.author_id != viewer.id {
                return Err(Error::Forbidden(crate::access::policy::Denial::NotTheAuthor));
            }
            let same = before.audience == input.audience;
            let contested = between.contested([("audience", same)]);
            if !contested.is_empty() {
                return Ok(Outcome::Contested(contested));
            }
            if same && between.overtaken() {
                return Ok(Outcome::Done);
            }
            let sql = "update issue set audience = $3, version = version + 1 where id = $1 and version = $2 and deleted_at is null";
            if caller.run(sql, [input.issue_id.into(), before.version.into(), input.audience.into()]).await? == 0 {
                continue;
            }
            let details = json!({ "from": before.audience.word(), "to": input.audience.word(), "version": before.version + 1 });
            record(caller, viewer, before.terrain_id, input.issue_id, "audience_changed", details).await?;
            return Ok(Outcome::Done);
        }
        Err(overtaken())
    };
    let answered = once_showing(caller, input.command_id, &content, change, |_| vec![shown(input.issue_id)]).await?;
    let issue = answered.row(caller, &shown(input.issue_id)).await?;
    Ok(match answered.outcome.contested() {
        None => ShareIssuePayload::Done(IssueShared { issue }),
        Some(fields) => ShareIssuePayload::Changed(ChangedMeanwhile { seen: input.version, fields, issue }),
    })
}

/// What a change of state came to.
#[derive(Serialize, Deserialize)]
enum Moved {
    Done,
    Changed,
    Contested(Vec<String>),
    NotReachable(String),
}

pub(super) async fn change_state(caller: &Caller, input: ChangeIssueStateInput) -> Result<ChangeIssueStatePayload> {
    let viewer = caller.viewer().await?;
    let content = InputType::to_value(&input);
    let change = async {
        let reason = text::optional(input.reason.clone(), 1000).in_field("reason")?;
        for _ in 0..TRIES {
            let between = Between::read(caller, input.issue_id, input.version).await?;
            let before = &between.now;
            may(caller.actor().await?, Action::ChangeIssueState, before.facts()).map_err(Error::Forbidden)?;
            let same = before.state == input.state;
            let contested = between.contested([("state", same)]);
            if !contested.is_empty() {
                return Ok(Moved::Contested(contested));
            }
            if same && between.overtaken() {
                return Ok(Moved::Done);
            }
            if !before.state.reaches(input.state) {
                return Ok(Moved::NotReachable(before.state.word().to_owned()));
            }
            if before.state.asks_reason(input.state) && reason.is_none() {
                return Err(invalid("reason", Reason::Required));
            }
            let sql = "update issue set state = $3, state_reason = $4, version = version + 1 where id = $1 and version = $2 and deleted_at is null";
            let values = [input.issue_id.into(), before.version.into(), input.state.into(), reason.clone().into()];
            if caller.run(sql, values).await? == 0 {
                continue;
            }
            let details = json!({ "from": before.state.word(), "to": input.state.word(), "reason": reason, "version": before.version + 1 });
            record(caller, viewer, before.terrain_id, input.issue_id, "state_changed", details).await?;
            return Ok(Moved::Done);
        }
        Err(overtaken())
    };
    let answered = once_showing(caller, input.command_id, &content, change, |_| vec![shown(input.issue_id)]).await?;
    let issue: Issue = answered.row(caller, &shown(input.issue_id)).await?;
    let changed = |fields, issue| ChangeIssueStatePayload::Changed(ChangedMeanwhile { seen: input.version, fields, issue });
    Ok(match answered.outcome {
        Moved::Done => ChangeIssueStatePayload::Done(IssueStateChanged { issue }),
        Moved::Changed => changed(Vec::new(), issue),
        Moved::Contested(fields) => changed(fields, issue),
        Moved::NotReachable(from) => ChangeIssueStatePayload::NotReachable(StateNotReachable {
            from: IssueState::from_word(&from).unwrap_or(issue.state),
            to: input.state,
        }),
    })
}

pub(super) async fn withdraw(caller: &Caller, input: WithdrawIssueInput) -> Result<WithdrawIssuePayload> {
    let viewer = caller.viewer().await?;
    once(caller, input.command_id, &InputType::to_value(&input), async {
        let before = get_issue(caller, input.issue_id).await?;
        may(caller.actor().await?, Action::WithdrawIssue, before.facts()).map_err(Error::Forbidden)?;
        record(caller, viewer, before.terrain_id, input.issue_id, "withdrawn", json!({})).await?;
        let sql = "update issue set deleted_at = app.now(), version = version + 1 where id = $1 and deleted_at is null";
        caller.run(sql, [input.issue_id.into()]).await.map(drop)
    })
    .await?;
    Ok(WithdrawIssuePayload::Withdrawn(IssueWithdrawn { id: input.issue_id }))
}

/// Names companies on an issue; those the caller may not see are as if they did not exist.
async fn name_parties(caller: &Caller, terrain: TerrainId, issue: IssueId, field: &'static str, parties: Vec<CompanyId>) -> Result<()> {
    if parties.is_empty() {
        return Ok(());
    }
    if parties.len() > PARTIES {
        return Err(invalid(field, Reason::TooMany { max: PARTIES }));
    }
    caller
        .run(
            "insert into issue_party (issue_id, company_id, terrain_id)
             select $1, id, $2 from company where id = any (($3::text)::uuid[]) and deleted_at is null on conflict do nothing",
            [issue.into(), terrain.into(), uuids(parties.into_iter().map(|party| party.0))],
        )
        .await
        .map(drop)
}

/// Adds a line to the history, under the role the caller holds on the terrain.
async fn record(
    caller: &Caller,
    viewer: &Viewer,
    terrain: TerrainId,
    issue: IssueId,
    kind: &str,
    details: serde_json::Value,
) -> Result<()> {
    let role = viewer.role_on(terrain).map_or("partner", |(role, _)| role.word());
    caller
        .run(
            "insert into issue_event (id, issue_id, terrain_id, kind, actor_id, actor_role, details, happened_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                IssueEventId::new().into(),
                issue.into(),
                terrain.into(),
                kind.into(),
                viewer.id.into(),
                role.into(),
                details.into(),
                caller.clock.now().into(),
            ],
        )
        .await
        .map(drop)
}
