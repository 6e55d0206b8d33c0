//! What may be done, by whom, and if not, why not: one pure table. The database's policies refuse the same things without a reason;
//! the test matrix holds the two against each other.

use async_graphql::Enum;
use terrein_shared::id::{OrganisationId, PersonId, TerrainId};

use super::caller::{Actor, Role, Viewer};
use super::roles::{RoleAt, on_role};

/// What somebody wants to do to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Action {
    ReportIssue,
    EditTerrain,
    LinkCompany,
    EditIssue,
    ShareIssue,
    ChangeIssueState,
    SupportIssue,
    SupportForCompany,
    CommentOnIssue,
    WithdrawIssue,
    Observe,
    WithdrawObservation,
    RecordConversation,
    EditConversation,
    WithdrawConversation,
    MakePromise,
    KeepPromise,
    WithdrawPromise,
    /// A photo or a voice note to an issue.
    AddFile,
    /// Describe, check or remove a photo; write out or remove a voice note.
    TendFile,
    InviteToRole,
    GiveRole,
    HandOverRole,
    WithdrawRole,
}

/// Why not. The app has the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Denial {
    /// Nobody is signed in.
    SignInFirst,
    /// The caller has no role on this terrain.
    NotYourTerrain,
    /// The caller's role on this terrain does not do this.
    NotYourRole,
    /// Somebody else made it.
    NotTheAuthor,
    /// It is not the caller's to change.
    NotYours,
    /// It is solved or dropped.
    AlreadyClosed,
    /// Nobody else is aanjager of the terrain: hand over.
    LastAanjager,
    /// The token may read and no more.
    TokenReadsOnly,
    /// A person does this, signed in; no token does.
    NotForTokens,
    /// The caller's session is no strong one.
    SignInStrongly,
    /// The caller signed in more than a quarter of an hour ago.
    SignInAgain,
}

impl Denial {
    /// The code in the graph.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SignInFirst => "SIGN_IN_FIRST",
            Self::NotYourTerrain => "NOT_YOUR_TERRAIN",
            Self::NotYourRole => "NOT_YOUR_ROLE",
            Self::NotTheAuthor => "NOT_THE_AUTHOR",
            Self::NotYours => "NOT_YOURS",
            Self::AlreadyClosed => "ALREADY_CLOSED",
            Self::LastAanjager => "LAST_AANJAGER",
            Self::TokenReadsOnly => "TOKEN_READS_ONLY",
            Self::NotForTokens => "NOT_FOR_TOKENS",
            Self::SignInStrongly => "SIGN_IN_STRONGLY",
            Self::SignInAgain => "SIGN_IN_AGAIN",
        }
    }
}

/// What an action is done to; only things the caller can see get here.
#[derive(Debug, Clone, Copy)]
pub enum On {
    Terrain(TerrainId),
    Issue {
        terrain: TerrainId,
        author: PersonId,
        organisation: OrganisationId,
        as_role: Option<Role>,
        private: bool,
        team_only: bool,
        closed: bool,
    },
    /// What somebody of the caller's team saw.
    Observation {
        author: PersonId,
        as_role: Option<Role>,
    },
    /// What is the team's: a conversation, a promise.
    Team {
        terrain: TerrainId,
        author: PersonId,
        organisation: OrganisationId,
    },
    /// A photo or a voice note.
    File {
        terrain: TerrainId,
        author: PersonId,
        organisation: OrganisationId,
        as_role: Option<Role>,
    },
    Role(RoleAt),
}

/// Whether `actor` may do `action`.
///
/// # Errors
/// [`Denial`] is the reason, for disabled buttons and refused commands alike.
pub fn may(actor: &Actor, action: Action, on: On) -> Result<(), Denial> {
    let viewer = match actor {
        Actor::Anonymous => return Err(Denial::SignInFirst),
        Actor::Token { writes: false, .. } => return Err(Denial::TokenReadsOnly),
        Actor::Person(viewer) | Actor::Token { viewer, .. } => viewer,
    };
    match on {
        On::Terrain(terrain) => on_terrain(viewer, action, terrain),
        On::Role(at) => on_role(viewer, action, at),
        On::Observation { author, .. } if author != viewer.id => Err(Denial::NotTheAuthor),
        On::Observation { as_role, .. } => match action {
            Action::WithdrawObservation if as_role.is_none_or(|role| viewer.counts(role)) => Ok(()),
            Action::WithdrawObservation => Err(Denial::SignInStrongly),
            _ => Err(Denial::NotYourRole),
        },
        On::Team { terrain, author, organisation } => {
            viewer.talks_on(terrain).ok_or(Denial::NotYourRole)?;
            match action {
                _ if !viewer.is_of(organisation) => Err(Denial::NotYours),
                Action::EditConversation | Action::MakePromise | Action::KeepPromise => Ok(()),
                Action::WithdrawConversation | Action::WithdrawPromise if author == viewer.id => Ok(()),
                Action::WithdrawConversation | Action::WithdrawPromise => Err(Denial::NotTheAuthor),
                _ => Err(Denial::NotYourRole),
            }
        }
        On::File { terrain, author, organisation, as_role } => {
            let theirs = author == viewer.id;
            match action {
                Action::TendFile if theirs && as_role.is_none_or(|role| viewer.counts(role)) => Ok(()),
                Action::TendFile if viewer.is_of(organisation) && viewer.role_on(terrain).is_some() => Ok(()),
                Action::TendFile if theirs => Err(Denial::SignInStrongly),
                Action::TendFile => Err(Denial::NotYours),
                _ => Err(Denial::NotYourRole),
            }
        }
        On::Issue { terrain, author, organisation, as_role, private, team_only, closed } => {
            let role = viewer.role_on(terrain).map(|(role, _)| role);
            let theirs = author == viewer.id;
            let own = theirs && as_role.is_none_or(|role| viewer.counts(role));
            let not_own = if theirs { Denial::SignInStrongly } else { Denial::NotTheAuthor };
            let team = !private && viewer.is_of(organisation) && role.is_some();
            let aanjager = role == Some(Role::Aanjager) && !private && !team_only;
            let open = |allowed: bool, denial| match (closed, allowed) {
                (true, _) => Err(Denial::AlreadyClosed),
                (false, true) => Ok(()),
                (false, false) => Err(denial),
            };
            match action {
                Action::EditIssue => open(own || team || aanjager, not_own),
                Action::ShareIssue => open(own || team, not_own),
                Action::ChangeIssueState if own || team || aanjager => Ok(()),
                Action::ChangeIssueState => Err(not_own),
                Action::WithdrawIssue if own => Ok(()),
                Action::WithdrawIssue => Err(not_own),
                // One that was solved meanwhile as well: what was taken on the spot is not lost.
                Action::AddFile if own || team || aanjager => Ok(()),
                Action::AddFile => Err(not_own),
                Action::SupportIssue => match role {
                    None => Err(Denial::NotYourTerrain),
                    Some(Role::Entrepreneur | Role::Owner) => open(true, Denial::NotYourRole),
                    Some(_) => Err(Denial::NotYourRole),
                },
                Action::SupportForCompany => open(role == Some(Role::Aanjager), Denial::NotYourRole),
                Action::CommentOnIssue if role.is_some() => Ok(()),
                Action::CommentOnIssue => Err(Denial::NotYourTerrain),
                Action::ReportIssue
                | Action::EditTerrain
                | Action::LinkCompany
                | Action::Observe
                | Action::RecordConversation
                | Action::MakePromise => on_terrain(viewer, action, terrain),
                Action::TendFile
                | Action::WithdrawObservation
                | Action::EditConversation
                | Action::WithdrawConversation
                | Action::KeepPromise
                | Action::WithdrawPromise
                | Action::InviteToRole
                | Action::GiveRole
                | Action::HandOverRole
                | Action::WithdrawRole => Err(Denial::NotYourRole),
            }
        }
    }
}

fn on_terrain(viewer: &Viewer, action: Action, terrain: TerrainId) -> Result<(), Denial> {
    let (role, _) = viewer.role_on(terrain).ok_or(Denial::NotYourTerrain)?;
    if matches!(action, Action::RecordConversation | Action::MakePromise) {
        return viewer.talks_on(terrain).map(drop).ok_or(Denial::NotYourRole);
    }
    match (action, role) {
        (Action::ReportIssue | Action::Observe, _)
        | (Action::EditTerrain, Role::Aanjager)
        | (Action::LinkCompany, Role::Aanjager | Role::ParkManager) => Ok(()),
        _ => Err(Denial::NotYourRole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::caller::Held;
    use crate::texts::Language;

    fn viewer(role: Role, terrain: TerrainId) -> Viewer {
        let organisation = terrein_shared::id::new_id();
        Viewer {
            id: PersonId::new(),
            name: "Aanjager".into(),
            email: "aanjager@demo.example".into(),
            language: Language::Nl,
            held: vec![Held { id: terrein_shared::id::new_id(), role, organisation_id: organisation, terrain_id: Some(terrain.0) }],
            territory: Vec::new(),
            strong: true,
            needs_strong_sign_in: false,
        }
    }

    fn issue_of(author: &Viewer, terrain: TerrainId, private: bool, closed: bool) -> On {
        let Held { role, organisation_id, .. } = author.held[0];
        let organisation = OrganisationId(organisation_id);
        On::Issue { terrain, author: author.id, organisation, as_role: Some(role), private, team_only: false, closed }
    }

    #[test]
    fn a_visitor_signs_in_first() {
        assert_eq!(may(&Actor::Anonymous, Action::ReportIssue, On::Terrain(TerrainId::new())), Err(Denial::SignInFirst));
    }

    #[test]
    fn a_neighbour_of_another_terrain_does_nothing_here() {
        let actor = Actor::Person(viewer(Role::Aanjager, TerrainId::new()));
        let here = TerrainId::new();
        for action in [Action::ReportIssue, Action::EditTerrain, Action::LinkCompany] {
            assert_eq!(may(&actor, action, On::Terrain(here)), Err(Denial::NotYourTerrain), "{action:?}");
        }
    }

    #[test]
    fn only_the_maker_widens_who_sees_an_issue() {
        let terrain = TerrainId::new();
        let author = viewer(Role::Entrepreneur, terrain);
        let on = issue_of(&author, terrain, false, false);
        assert_eq!(may(&Actor::Person(author), Action::ShareIssue, on), Ok(()));
        let aanjager = Actor::Person(viewer(Role::Aanjager, terrain));
        assert_eq!(may(&aanjager, Action::ShareIssue, on), Err(Denial::NotTheAuthor));
        assert_eq!(may(&aanjager, Action::EditIssue, on), Ok(()));
    }

    #[test]
    fn what_was_written_under_a_role_that_waits_is_not_the_authors_yet() {
        let terrain = TerrainId::new();
        let author = viewer(Role::Aanjager, terrain);
        let on = issue_of(&author, terrain, false, false);
        let weak = Actor::Person(Viewer { held: Vec::new(), strong: false, needs_strong_sign_in: true, ..author });
        for action in [Action::EditIssue, Action::ShareIssue, Action::ChangeIssueState, Action::WithdrawIssue] {
            assert_eq!(may(&weak, action, on), Err(Denial::SignInStrongly), "{action:?}");
        }
        let author = viewer(Role::Entrepreneur, terrain);
        let on = issue_of(&author, terrain, false, false);
        assert_eq!(may(&Actor::Person(Viewer { strong: false, ..author }), Action::EditIssue, on), Ok(()));
    }

    #[test]
    fn what_somebody_saw_is_theirs_to_take_back() {
        let terrain = TerrainId::new();
        let author = viewer(Role::Aanjager, terrain);
        let on = On::Observation { author: author.id, as_role: Some(Role::Aanjager) };
        let weak = Viewer { strong: false, ..author.clone() };
        assert_eq!(may(&Actor::Person(author), Action::WithdrawObservation, on), Ok(()));
        assert_eq!(may(&Actor::Person(weak), Action::WithdrawObservation, on), Err(Denial::SignInStrongly));
        let colleague = Actor::Person(viewer(Role::Aanjager, terrain));
        assert_eq!(may(&colleague, Action::WithdrawObservation, on), Err(Denial::NotTheAuthor));
        assert_eq!(may(&colleague, Action::Observe, On::Terrain(terrain)), Ok(()));
        assert_eq!(may(&colleague, Action::Observe, On::Terrain(TerrainId::new())), Err(Denial::NotYourTerrain));
    }

    #[test]
    fn a_closed_issue_takes_no_support_but_can_be_reopened() {
        let terrain = TerrainId::new();
        let author = viewer(Role::Entrepreneur, terrain);
        let on = issue_of(&author, terrain, false, true);
        let actor = Actor::Person(author);
        assert_eq!(may(&actor, Action::SupportIssue, on), Err(Denial::AlreadyClosed));
        assert_eq!(may(&actor, Action::ChangeIssueState, on), Ok(()));
    }

    #[test]
    fn a_token_does_what_its_person_may_when_it_writes() {
        let terrain = TerrainId::new();
        let token = |writes| Actor::Token { viewer: viewer(Role::Aanjager, terrain), writes };
        assert_eq!(may(&token(true), Action::EditTerrain, On::Terrain(terrain)), Ok(()));
        assert_eq!(may(&token(true), Action::EditTerrain, On::Terrain(TerrainId::new())), Err(Denial::NotYourTerrain));
        assert_eq!(may(&token(false), Action::EditTerrain, On::Terrain(terrain)), Err(Denial::TokenReadsOnly));
    }

    #[test]
    fn what_was_said_is_the_teams_and_its_makers_to_take_back() {
        let terrain = TerrainId::new();
        let maker = viewer(Role::Aanjager, terrain);
        let on = On::Team { terrain, author: maker.id, organisation: OrganisationId(maker.held[0].organisation_id) };
        let colleague = Viewer { id: PersonId::new(), ..maker.clone() };
        assert_eq!(may(&Actor::Person(maker), Action::WithdrawConversation, on), Ok(()));
        assert_eq!(may(&Actor::Person(colleague.clone()), Action::EditConversation, on), Ok(()));
        assert_eq!(may(&Actor::Person(colleague.clone()), Action::WithdrawConversation, on), Err(Denial::NotTheAuthor));
        let elsewhere = On::Team { terrain: TerrainId::new(), author: colleague.id, organisation: OrganisationId::new() };
        assert_eq!(may(&Actor::Person(colleague), Action::KeepPromise, elsewhere), Err(Denial::NotYourRole));
        let other = Actor::Person(viewer(Role::ParkManager, terrain));
        assert_eq!(may(&other, Action::KeepPromise, on), Err(Denial::NotYours));
        let talked_with = Actor::Person(viewer(Role::Entrepreneur, terrain));
        assert_eq!(may(&talked_with, Action::RecordConversation, On::Terrain(terrain)), Err(Denial::NotYourRole));
        assert_eq!(may(&other, Action::RecordConversation, On::Terrain(terrain)), Ok(()));
    }

    #[test]
    fn a_grid_operator_reads_and_does_nothing() {
        let terrain = TerrainId::new();
        let actor = Actor::Person(viewer(Role::GridOperator, terrain));
        assert_eq!(may(&actor, Action::ReportIssue, On::Terrain(terrain)), Err(Denial::NotYourTerrain));
    }
}
