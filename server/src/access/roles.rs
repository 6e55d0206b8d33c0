//! Who invites to, gives, hands over and withdraws which role: pure. The database holds to the same (`migrations/sql/roles.sql`), and a
//! test holds the two against each other.
//!
//! | who | invites to, gives a colleague, hands over, withdraws |
//! |---|---|
//! | the aanjager of a terrain | every role on it but admin, for organisations that have to do with the terrain, and their own |
//! | who holds it: entrepreneur, owner, municipality, grid operator, province, partner, admin | the same role, at the same place, for their own organisation |
//! | who holds it: park manager, project lead | no invitation; gives it to a colleague, hands it over |
//! | everybody | lays their own role down |
//!
//! Nobody gives themselves a role, and the last aanjager of a terrain hands over.

use terrein_shared::id::{OrganisationId, PersonId, TerrainId};

use super::caller::{Role, Viewer};
use super::policy::{Action, Denial};

/// A role somewhere, and who holds or gets it.
#[derive(Debug, Clone, Copy)]
pub struct RoleAt {
    pub role: Role,
    pub organisation: OrganisationId,
    /// `None`: wherever the organisation has one.
    pub terrain: Option<TerrainId>,
    pub holder: Option<PersonId>,
    /// Whether it is that of the only aanjager of its terrain.
    pub last: bool,
}

/// Roles that speak for an organisation: whoever holds one looks after who else does.
const SPEAKS: [Role; 7] =
    [Role::Entrepreneur, Role::Owner, Role::Municipality, Role::GridOperator, Role::Province, Role::Partner, Role::Admin];

/// All roles, in the order in which people are asked for one.
pub const ALL: [Role; 10] = [
    Role::Entrepreneur,
    Role::Owner,
    Role::ParkManager,
    Role::ProjectLead,
    Role::Aanjager,
    Role::Municipality,
    Role::Province,
    Role::GridOperator,
    Role::Partner,
    Role::Admin,
];

/// Whether a role fits a kind of organisation, held on a terrain or wherever the organisation has one.
#[must_use]
pub fn fits(role: Role, kind: &str, on_terrain: bool) -> bool {
    match role {
        Role::Aanjager => on_terrain && !matches!(kind, "grid_operator" | "operator"),
        Role::Entrepreneur => on_terrain && kind == "company",
        Role::Owner => on_terrain && matches!(kind, "company" | "owner"),
        Role::ParkManager => on_terrain && matches!(kind, "park_management" | "company" | "partner"),
        Role::ProjectLead => on_terrain && matches!(kind, "programme" | "municipality" | "park_management" | "company" | "partner"),
        Role::Municipality => kind == "municipality",
        Role::GridOperator => kind == "grid_operator",
        Role::Province => kind == "province",
        Role::Partner => matches!(kind, "programme" | "partner"),
        Role::Admin => !on_terrain && kind == "operator",
    }
}

fn holds(viewer: &Viewer, at: RoleAt) -> bool {
    viewer.held.iter().any(|held| {
        held.role == at.role && held.organisation_id == at.organisation.0 && held.terrain_id == at.terrain.map(|terrain| terrain.0)
    })
}

fn is_aanjager(viewer: &Viewer, terrain: TerrainId) -> bool {
    viewer.held.iter().any(|held| held.role == Role::Aanjager && held.terrain_id == Some(terrain.0))
}

/// Whether `viewer` may do `action` to a role; another action than the four is nobody's.
///
/// # Errors
/// [`Denial`] is the reason.
pub fn on_role(viewer: &Viewer, action: Action, at: RoleAt) -> Result<(), Denial> {
    let aanjager = at.role != Role::Admin && at.terrain.is_some_and(|terrain| is_aanjager(viewer, terrain));
    let manages = aanjager || (SPEAKS.contains(&at.role) && holds(viewer, at));
    let own = at.holder == Some(viewer.id);
    let allowed = match action {
        Action::InviteToRole => manages,
        Action::GiveRole => !own && (manages || holds(viewer, at)),
        Action::HandOverRole | Action::WithdrawRole => manages || own,
        _ => false,
    };
    match (allowed, at.terrain) {
        (true, _) if action == Action::WithdrawRole && at.last => Err(Denial::LastAanjager),
        (true, _) => Ok(()),
        (false, Some(terrain)) if !viewer.held.iter().any(|held| held.terrain_id == Some(terrain.0)) => Err(Denial::NotYourTerrain),
        (false, _) => Err(Denial::NotYourRole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::caller::Held;
    use crate::texts::Language;
    use terrein_shared::id::new_id;

    fn viewer(role: Role, at: RoleAt) -> Viewer {
        Viewer {
            id: PersonId::new(),
            name: "Iemand".into(),
            email: "iemand@demo.example".into(),
            language: Language::Nl,
            held: vec![Held { id: new_id(), role, organisation_id: at.organisation.0, terrain_id: at.terrain.map(|terrain| terrain.0) }],
            territory: Vec::new(),
            strong: true,
            needs_strong_sign_in: false,
        }
    }

    fn at(role: Role) -> RoleAt {
        RoleAt { role, organisation: OrganisationId::new(), terrain: Some(TerrainId::new()), holder: None, last: false }
    }

    #[test]
    fn an_aanjager_invites_to_every_role_on_the_terrain_but_admin() {
        for role in ALL {
            let here = at(role);
            let other = RoleAt { organisation: OrganisationId::new(), ..here };
            let wanted = if role == Role::Admin { Err(Denial::NotYourRole) } else { Ok(()) };
            assert_eq!(on_role(&viewer(Role::Aanjager, here), Action::InviteToRole, other), wanted, "{role:?}");
            let elsewhere = RoleAt { terrain: Some(TerrainId::new()), ..other };
            assert_eq!(on_role(&viewer(Role::Aanjager, here), Action::InviteToRole, elsewhere), Err(Denial::NotYourTerrain), "{role:?}");
        }
    }

    #[test]
    fn nobody_else_invites_to_a_role_they_do_not_hold() {
        for held in ALL.into_iter().filter(|held| *held != Role::Aanjager) {
            for role in ALL {
                let place = at(role);
                let invites = on_role(&viewer(held, place), Action::InviteToRole, place).is_ok();
                assert_eq!(invites, held == role && SPEAKS.contains(&role), "{held:?} invites to {role:?}");
                let gives = on_role(&viewer(held, place), Action::GiveRole, place).is_ok();
                assert_eq!(gives, held == role, "{held:?} gives {role:?}");
            }
        }
    }

    #[test]
    fn everybody_lays_their_own_role_down_but_the_last_aanjager() {
        for role in ALL {
            let place = at(role);
            let me = viewer(role, place);
            let mine = RoleAt { holder: Some(me.id), ..place };
            assert_eq!(on_role(&me, Action::WithdrawRole, mine), Ok(()), "{role:?}");
            assert_eq!(on_role(&me, Action::GiveRole, mine), Err(Denial::NotYourRole), "{role:?}");
            let last = RoleAt { last: role == Role::Aanjager, ..mine };
            assert_eq!(on_role(&me, Action::WithdrawRole, last), if last.last { Err(Denial::LastAanjager) } else { Ok(()) }, "{role:?}");
            assert_eq!(on_role(&me, Action::HandOverRole, last), Ok(()), "{role:?}");
        }
    }
}
