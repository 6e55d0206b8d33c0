//! The words of an issue and its states: pure.

crate::vocabulary! {
    /// What kind of thing was pinned.
    IssueKind {
        /// Something is wrong.
        Problem = "problem",
        /// Something could be gained.
        Opportunity = "opportunity",
        /// Something is hard.
        Challenge = "challenge",
    }
}

crate::vocabulary! {
    /// What it is about.
    Theme {
        /// Power, heat, grid.
        Energy = "energy",
        /// Heat, water, drought.
        Climate = "climate",
        /// Traffic, zero emission, commuting.
        Mobility = "mobility",
        /// Residual streams, materials.
        Circular = "circular",
        /// Plots, vacancy, building room.
        Space = "space",
        /// Nature on the terrain.
        Biodiversity = "biodiversity",
        /// Safety of people and property.
        Safety = "safety",
        /// Anything else.
        Other = "other",
    }
}

crate::vocabulary! {
    /// Who sees it. A grid operator reads what is public, nothing more.
    Audience {
        /// You alone.
        Me = "me",
        /// The maker's organisation on this terrain.
        Team = "team",
        /// The team, and the companies named on it.
        Parties = "parties",
        /// The team, and the companies, owners and managers of the terrain.
        Terrain = "terrain",
        /// The team and the municipality.
        Municipality = "municipality",
        /// Everybody.
        Public = "public",
    }
}

crate::vocabulary! {
    /// Where it stands.
    IssueState {
        /// Nobody works on it yet.
        Open = "open",
        /// Somebody works on it.
        TakenUp = "taken_up",
        /// It is over.
        Solved = "solved",
        /// It is let go, with a reason.
        Dropped = "dropped",
    }
}

crate::vocabulary! {
    /// What a supporter would put in.
    Willingness {
        /// Money.
        Money = "money",
        /// Hours.
        Hours = "hours",
        /// Land.
        Land = "land",
        /// Backing alone.
        Moral = "moral",
    }
}

impl IssueState {
    /// Whether work on it is over.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Solved | Self::Dropped)
    }

    /// Whether an issue may go from here to `to`. A closed one is reopened first.
    #[must_use]
    pub fn reaches(self, to: Self) -> bool {
        use IssueState::{Dropped, Open, Solved, TakenUp};
        matches!((self, to), (Open, TakenUp | Solved | Dropped) | (TakenUp, Open | Solved | Dropped) | (Solved | Dropped, Open))
    }

    /// Whether going there, or leaving a closed state, asks for a reason.
    #[must_use]
    pub fn asks_reason(self, to: Self) -> bool {
        to.is_closed() || self.is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::IssueState::{Dropped, Open, Solved, TakenUp};

    #[test]
    fn the_states_follow_one_another() {
        for (from, to, allowed) in [
            (Open, TakenUp, true),
            (Open, Solved, true),
            (TakenUp, Dropped, true),
            (TakenUp, Open, true),
            (Solved, Open, true),
            (Solved, TakenUp, false),
            (Dropped, Solved, false),
            (Open, Open, false),
        ] {
            assert_eq!(from.reaches(to), allowed, "{from:?} -> {to:?}");
        }
        assert!(Open.asks_reason(Dropped) && Solved.asks_reason(Open) && !Open.asks_reason(TakenUp));
    }
}
