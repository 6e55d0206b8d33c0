//! A terrain with the eyes of a role: its aanjager sees what somebody of that role sees there, own things aside, and nothing that they
//! could not see with their own. The database answers so (`app.preview`, in `migrations/sql/roles.sql`); nothing can be changed meanwhile.

use sea_orm::FromQueryResult;
use terrein_shared::id::{PersonId, TerrainId, parse};
use uuid::Uuid;

use super::caller::{Actor, Caller, Held, Role, Viewer};
use super::policy::Denial;
use crate::error::{Error, Result};

/// The header: a role (or `anonymous`) and a terrain, `municipality terrain:0190…`.
pub const HEADER: &str = "x-terrein-see-as";

/// Whose eyes, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Eyes {
    /// `None`: somebody who is not signed in.
    role: Option<Role>,
    terrain: TerrainId,
}

impl Eyes {
    /// As the header says it; `None` for what is none.
    #[must_use]
    pub fn read(said: &str) -> Option<Self> {
        let (role, terrain) = said.trim().split_once(' ')?;
        let (kind, terrain) = parse(terrain.trim())?;
        let role = match role.to_lowercase().as_str() {
            "anonymous" => None,
            role => Some(Role::from_word(role).ok()?),
        };
        (kind == TerrainId::KIND).then_some(Self { role, terrain: TerrainId(terrain) })
    }

    /// As the database takes it, before the hash of the session: words and hexadecimal digits of our own making.
    #[must_use]
    pub fn setting(&self) -> String {
        format!("{}:{}", self.role.map_or("anonymous", Role::word), self.terrain.0)
    }

    /// For the audit log: that somebody looked with these eyes.
    #[must_use]
    pub fn event(&self) -> crate::audit::Event {
        crate::audit::Event::done("seeAs").on(TerrainId::KIND, self.terrain.0).with("role", self.role.map_or("anonymous", Role::word))
    }

    /// Who acts: somebody of the role, of no organisation.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for whoever is not aanjager of the terrain; as the database answers.
    pub(super) async fn actor(&self, caller: &Caller) -> Result<Actor> {
        let counts: Option<Counts> = caller.one("select role is not null as counts from app.preview()", []).await?;
        if !counts.is_some_and(|counts| counts.counts) {
            return Err(Error::Forbidden(Denial::NotYourRole));
        }
        let Some(role) = self.role else { return Ok(Actor::Anonymous) };
        Ok(Actor::Person(Viewer {
            id: PersonId(Uuid::nil()),
            name: String::new(),
            email: String::new(),
            language: caller.language,
            held: vec![Held { id: Uuid::nil(), role, organisation_id: Uuid::nil(), terrain_id: Some(self.terrain.0) }],
            territory: if role == Role::Municipality { vec![self.terrain.0] } else { Vec::new() },
            strong: true,
            needs_strong_sign_in: false,
        }))
    }
}

#[derive(FromQueryResult)]
struct Counts {
    counts: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_and_a_terrain_are_read_and_nothing_else() {
        let terrain = TerrainId::new();
        assert_eq!(Eyes::read(&format!("grid_operator {terrain}")), Some(Eyes { role: Some(Role::GridOperator), terrain }));
        assert_eq!(Eyes::read(&format!(" ANONYMOUS  {terrain} ")), Some(Eyes { role: None, terrain }));
        for odd in
            ["", "municipality", &terrain.to_string(), &format!("king {terrain}"), "owner plot:0190", &format!("owner {}", terrain.0)]
        {
            assert_eq!(Eyes::read(odd), None, "{odd}");
        }
        let setting = Eyes { role: None, terrain }.setting();
        assert_eq!(setting, format!("anonymous:{}", terrain.0));
    }
}
