//! Roles in the graph: who holds them on a terrain or in an organisation, and giving, handing over and withdrawing them.

use async_graphql::{ComplexObject, Context, InputObject, InputType, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use sea_orm::{FromQueryResult, TryGetError, TryGetable};
use serde::{Deserialize, Serialize};
use terrein_shared::Reason;
use terrein_shared::id::{MembershipId, OrganisationId, PersonId, TerrainId};
use uuid::Uuid;

use super::caller::{Role, Viewer};
use super::graphql::{Organisation, Permission};
use super::once::once;
use super::policy::{Action, Denial, On, may};
use super::roles::{self, RoleAt};
use super::{Actor, Caller};
use crate::error::{Error, Result, Subject, invalid};
use crate::listing::{Conditions, Order, PageLimit, list, page, uuids};
use crate::loader::{caller, load, load_some};
use crate::terrain::Terrain;

impl TryGetable for Role {
    fn try_get_by<I: sea_orm::ColIdx>(row: &sea_orm::QueryResult, index: I) -> std::result::Result<Self, TryGetError> {
        let word = String::try_get_by(row, index)?;
        Self::from_word(&word).map_err(|error| TryGetError::DbErr(sea_orm::DbErr::Type(error.to_string())))
    }
}

/// Somebody, by their name alone.
#[derive(Debug, Clone, SimpleObject)]
pub struct Person {
    /// `person:…`
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

impl FromQueryResult for Person {
    fn from_query_result(row: &sea_orm::QueryResult, pre: &str) -> std::result::Result<Self, sea_orm::DbErr> {
        Ok(Self { id: row.try_get(pre, "person_id")?, name: row.try_get(pre, "person_name")? })
    }
}

/// A role somebody holds.
#[derive(Debug, Clone, FromQueryResult, SimpleObject)]
#[graphql(complex)]
pub struct Membership {
    /// `membership:…`
    id: MembershipId,
    /// Who.
    #[sea_orm(nested)]
    person: Person,
    /// What as.
    role: Role,
    /// Since when.
    valid_from: Option<DateTime<Utc>>,
    /// Until when, when that is known.
    valid_until: Option<DateTime<Utc>>,
    #[graphql(skip)]
    organisation_id: OrganisationId,
    #[graphql(skip)]
    terrain_id: Option<TerrainId>,
    /// Whether nobody else is aanjager of the terrain.
    #[graphql(skip)]
    last: bool,
}

terrein_shared::plain!(Membership { "id" => id });
terrein_shared::connection!(MembershipConnection, MembershipEdge, Membership, "roles");

/// What you may do with a role.
#[derive(SimpleObject)]
pub struct MembershipViewerCan {
    /// End it.
    withdraw: Permission,
    /// Give it to a colleague instead.
    hand_over: Permission,
}

impl Membership {
    /// The viewer's own, in their order.
    ///
    /// # Errors
    /// As the database answers.
    pub(super) async fn own(caller: &Caller, viewer: &Viewer) -> Result<Vec<Self>> {
        let ids: Vec<Uuid> = viewer.memberships().map(|(id, _)| id.0).collect();
        let sql =
            format!("select {COLUMNS} from {HELD} where id = any (($1::text)::uuid[]) order by array_position(($1::text)::uuid[], id)");
        caller.all(&sql, [uuids(ids)]).await
    }

    fn place(&self) -> RoleAt {
        RoleAt {
            role: self.role,
            organisation: self.organisation_id,
            terrain: self.terrain_id,
            holder: Some(self.person.id),
            last: self.last,
        }
    }
}

#[ComplexObject]
impl Membership {
    /// For whom.
    async fn organisation(&self, context: &Context<'_>) -> Result<Organisation> {
        load(context, self.organisation_id).await?.ok_or(Error::NotFound(Subject::Thing))
    }

    /// On which terrain; nothing for a role wherever the organisation has one.
    async fn terrain(&self, context: &Context<'_>) -> Result<Option<Terrain>> {
        load_some(context, self.terrain_id).await
    }

    /// What you may do with it.
    async fn viewer_can(&self, context: &Context<'_>) -> Result<MembershipViewerCan> {
        let actor = caller(context)?.actor().await?;
        let may = |action| Permission::of(actor, action, On::Role(self.place()));
        Ok(MembershipViewerCan { withdraw: may(Action::WithdrawRole), hand_over: may(Action::HandOverRole) })
    }
}

/// Roles that hold now, as far as the caller sees them, with the name of whoever holds them.
const HELD: &str = "(select m.id, m.person_id, coalesce(p.name, '') as person_name, m.organisation_id, m.terrain_id, m.role, m.valid_from, m.valid_until,
    m.role = 'aanjager' and m.terrain_id is not null and not exists (select from membership o
      where o.terrain_id = m.terrain_id and o.role = 'aanjager' and o.id <> m.id and o.valid_from <= app.now() and o.valid_until is null) as last
  from membership m left join person p on p.id = m.person_id
  where m.valid_from <= app.now() and (m.valid_until is null or m.valid_until > app.now())) held";
const COLUMNS: &str = "id, person_id, person_name, organisation_id, terrain_id, role, valid_from, valid_until, last";

/// A role by id; nothing when it has ended or is not the caller's to see.
async fn held(caller: &Caller, id: MembershipId) -> Result<Option<Membership>> {
    caller.one(&format!("select {COLUMNS} from {HELD} where id = $1"), [id.into()]).await
}

/// Where roles are looked for: on a terrain, in an organisation, or both.
///
/// # Errors
/// `Invalid` when neither is given.
pub(super) fn somewhere(conditions: &mut Conditions, terrain: Option<TerrainId>, organisation: Option<OrganisationId>) -> Result<()> {
    if terrain.is_none() && organisation.is_none() {
        return Err(invalid("terrainId", Reason::Required));
    }
    if let Some(terrain) = terrain {
        conditions.and("terrain_id = ?", [terrain.into()]);
    }
    if let Some(organisation) = organisation {
        conditions.and("organisation_id = ?", [organisation.into()]);
    }
    Ok(())
}

/// A role, and whether you may invite somebody to it.
#[derive(SimpleObject)]
pub struct RoleChoice {
    /// Which.
    role: Role,
    /// Whether you may, and if not, why not.
    invite: Permission,
}

#[derive(Default)]
pub struct MembershipQuery;

#[Object]
impl MembershipQuery {
    /// Roles on a terrain or in an organisation, by the name of whoever holds them: your own, those of your organisations, and, for its
    /// aanjager, all of a terrain.
    async fn people(
        &self,
        context: &Context<'_>,
        terrain_id: Option<TerrainId>,
        organisation_id: Option<OrganisationId>,
        first: i32,
        after: Option<String>,
    ) -> Result<MembershipConnection> {
        let page = page(PageLimit::of(context), first, after.as_deref())?;
        let mut conditions = Conditions::new("true");
        somewhere(&mut conditions, terrain_id, organisation_id)?;
        let order = Order { column: "person_name", kind: "text", newest_first: false };
        Ok(list::<Membership>(caller(context)?, HELD, COLUMNS, order, conditions, &page).await?.into())
    }

    /// Roles that fit an organisation, on a terrain or (without one) wherever it has one, and whether you may invite somebody to each.
    async fn role_choices(
        &self,
        context: &Context<'_>,
        organisation_id: OrganisationId,
        terrain_id: Option<TerrainId>,
    ) -> Result<Vec<RoleChoice>> {
        let Some(organisation) = load(context, organisation_id).await? else { return Ok(Vec::new()) };
        let actor = caller(context)?.actor().await?;
        let fitting = roles::ALL.into_iter().filter(|role| roles::fits(*role, &organisation.kind, terrain_id.is_some()));
        Ok(fitting
            .map(|role| {
                let at = RoleAt { role, organisation: organisation_id, terrain: terrain_id, holder: None, last: false };
                RoleChoice { role, invite: Permission::of(actor, Action::InviteToRole, On::Role(at)) }
            })
            .collect())
    }
}

/// A role for a colleague who is here already.
#[derive(Debug, Clone, InputObject)]
pub struct GrantRoleInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// To whom: somebody of the organisation.
    pub person_id: PersonId,
    /// For which organisation.
    pub organisation_id: OrganisationId,
    /// What as.
    pub role: Role,
    /// On which terrain; nothing for a role wherever the organisation has one.
    pub terrain_id: Option<TerrainId>,
}

/// What became of `grantRole`.
#[derive(Union)]
pub enum GrantRolePayload {
    Granted(RoleGranted),
}

/// The role is theirs, from now on.
#[derive(SimpleObject)]
pub struct RoleGranted {
    /// `membership:…`
    id: MembershipId,
    /// As it is now; nothing when it has ended since.
    membership: Option<Membership>,
}

/// A role that ends.
#[derive(Debug, Clone, InputObject)]
pub struct WithdrawRoleInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub membership_id: MembershipId,
}

/// What became of `withdrawRole`.
#[derive(Union)]
pub enum WithdrawRolePayload {
    Withdrawn(RoleWithdrawn),
}

/// The role has ended, in sessions that are open too.
#[derive(SimpleObject)]
pub struct RoleWithdrawn {
    /// Which.
    id: MembershipId,
}

/// A role that goes to a colleague.
#[derive(Debug, Clone, InputObject)]
pub struct HandOverRoleInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Which.
    pub membership_id: MembershipId,
    /// To whom: somebody else of the same organisation.
    pub person_id: PersonId,
}

/// What became of `handOverRole`.
#[derive(Union)]
pub enum HandOverRolePayload {
    HandedOver(RoleHandedOver),
}

/// The role has ended for the one and begun for the other.
#[derive(SimpleObject)]
pub struct RoleHandedOver {
    /// What the other has now; nothing when it has ended since.
    membership: Option<Membership>,
}

#[derive(FromQueryResult)]
struct Answer {
    answer: String,
}

#[derive(FromQueryResult)]
struct Found {
    id: MembershipId,
}

#[derive(Serialize, Deserialize)]
struct Made(Uuid);

/// Ends a role in the database, which has the last word; `sql` answers as `app.withdraw_role` does.
async fn ended(caller: &Caller, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> Result<()> {
    let answer: Option<Answer> = caller.one(sql, values).await?;
    match answer.as_ref().map(|answer| answer.answer.as_str()) {
        Some("done") => Ok(()),
        Some("last") => Err(Error::Forbidden(Denial::LastAanjager)),
        Some("not yours") => Err(Error::Forbidden(Denial::NotYourRole)),
        Some("nobody") => Err(invalid("personId", Reason::DoesNotFit)),
        _ => Err(Error::NotFound(Subject::Thing)),
    }
}

/// A role must fit the kind of the organisation and its place.
///
/// # Errors
/// `NotFound` for an organisation the caller does not see, `Invalid` for a role that does not fit.
pub(super) async fn fitting(context: &Context<'_>, role: Role, organisation: OrganisationId, terrain: Option<TerrainId>) -> Result<()> {
    let found: Organisation = load(context, organisation).await?.ok_or(Error::NotFound(Subject::Thing))?;
    if roles::fits(role, &found.kind, terrain.is_some()) { Ok(()) } else { Err(invalid("role", Reason::DoesNotFit)) }
}

async fn grant(context: &Context<'_>, caller: &Caller, input: &GrantRoleInput) -> Result<Made> {
    let at = RoleAt {
        role: input.role,
        organisation: input.organisation_id,
        terrain: input.terrain_id,
        holder: Some(input.person_id),
        last: false,
    };
    may(caller.actor().await?, Action::GiveRole, On::Role(at)).map_err(Error::Forbidden)?;
    fitting(context, input.role, input.organisation_id, input.terrain_id).await?;
    let place = "person_id = $1 and organisation_id = $2 and terrain_id is not distinct from $3 and role = $4";
    let values =
        [input.person_id.into(), input.organisation_id.into(), input.terrain_id.map(|terrain| terrain.0).into(), input.role.word().into()];
    // Whoever is not in the organisation is invited, not given.
    let colleague: Option<Found> = caller
        .one(
            &format!("select id from {HELD} where person_id = $1 and organisation_id = $2 limit 1"),
            [input.person_id.into(), input.organisation_id.into()],
        )
        .await?;
    colleague.ok_or(invalid("personId", Reason::DoesNotFit))?;
    // Whoever holds it already keeps it.
    let there: Option<Found> = caller.one(&format!("select id from {HELD} where {place}"), values.clone()).await?;
    if let Some(there) = there {
        return Ok(Made(there.id.0));
    }
    let id = MembershipId::new();
    let [person, organisation, terrain, role] = values;
    caller
        .run(
            "insert into membership (id, person_id, organisation_id, terrain_id, role) values ($1, $2, $3, $4, $5)",
            [id.into(), person, organisation, terrain, role],
        )
        .await?;
    Ok(Made(id.0))
}

#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Gives a role to somebody of the organisation, at once. The aanjager of the terrain, and who holds the role themself.
    async fn grant_role(&self, context: &Context<'_>, input: GrantRoleInput) -> Result<GrantRolePayload> {
        let caller = caller(context)?;
        signed_in(caller).await?;
        let Made(id) = once(caller, input.command_id, &InputType::to_value(&input), grant(context, caller, &input)).await?;
        let id = MembershipId(id);
        Ok(GrantRolePayload::Granted(RoleGranted { id, membership: held(caller, id).await? }))
    }

    /// Ends a role, at once, in open sessions too. The last aanjager of a terrain hands over instead.
    async fn withdraw_role(&self, context: &Context<'_>, input: WithdrawRoleInput) -> Result<WithdrawRolePayload> {
        let caller = caller(context)?;
        signed_in(caller).await?;
        let id = input.membership_id;
        once(caller, input.command_id, &InputType::to_value(&input), async {
            let before = held(caller, id).await?.ok_or(Error::NotFound(Subject::Thing))?;
            may(caller.actor().await?, Action::WithdrawRole, On::Role(before.place())).map_err(Error::Forbidden)?;
            ended(caller, "select app.withdraw_role($1) as answer", [id.into()]).await
        })
        .await?;
        Ok(WithdrawRolePayload::Withdrawn(RoleWithdrawn { id }))
    }

    /// Ends a role and gives it to a colleague, who takes over the invitations that wait, at once.
    async fn hand_over_role(&self, context: &Context<'_>, input: HandOverRoleInput) -> Result<HandOverRolePayload> {
        let caller = caller(context)?;
        signed_in(caller).await?;
        let Made(id) = once(caller, input.command_id, &InputType::to_value(&input), async {
            let before = held(caller, input.membership_id).await?.ok_or(Error::NotFound(Subject::Thing))?;
            may(caller.actor().await?, Action::HandOverRole, On::Role(before.place())).map_err(Error::Forbidden)?;
            let new = MembershipId::new();
            let values = [input.membership_id.into(), input.person_id.into(), new.into()];
            ended(caller, "select app.hand_over_role($1, $2, $3) as answer", values).await?;
            Ok(Made(new.0))
        })
        .await?;
        Ok(HandOverRolePayload::HandedOver(RoleHandedOver { membership: held(caller, MembershipId(id)).await? }))
    }
}

/// A visitor has no commands that could be repeated.
pub(crate) async fn signed_in(caller: &Caller) -> Result<()> {
    match caller.actor().await? {
        Actor::Anonymous => Err(Error::Forbidden(Denial::SignInFirst)),
        _ => Ok(()),
    }
}
