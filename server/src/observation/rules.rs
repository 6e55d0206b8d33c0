//! Questions and what may be answered to them: pure. The table's check says the same.

use terrein_shared::id::{BuildingId, CompanyId, InfrastructureId, PlotId};
use terrein_shared::{Reason, text};

use crate::error::Subject;

crate::vocabulary! {
    /// A question that only a look on the spot answers.
    ObservationQuestion {
        /// Is the company still there? `YES`, `NO` or `MOVED`.
        CompanyPresent = "company_present",
        /// What does the company do? In words, at most 300 characters.
        CompanyActivity = "company_activity",
        /// Is the building used? `IN_USE`, `PARTLY` or `VACANT`.
        BuildingUse = "building_use",
        /// Is the plot used? `IN_USE`, `FALLOW` or `FOR_SALE`.
        PlotUse = "plot_use",
        /// How does it look? `GOOD`, `FAIR`, `BAD` or `BROKEN`.
        InfrastructureCondition = "infrastructure_condition",
    }
}

/// Most characters of an answer in words.
const WORDS: usize = 300;

impl ObservationQuestion {
    /// The kind of thing it is asked of.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::CompanyPresent | Self::CompanyActivity => CompanyId::KIND,
            Self::BuildingUse => BuildingId::KIND,
            Self::PlotUse => PlotId::KIND,
            Self::InfrastructureCondition => InfrastructureId::KIND,
        }
    }

    /// That kind, where there is none.
    pub(super) fn subject(self) -> Subject {
        match self {
            Self::CompanyPresent | Self::CompanyActivity => Subject::Company,
            Self::BuildingUse => Subject::Building,
            Self::PlotUse => Subject::Plot,
            Self::InfrastructureCondition => Subject::Infrastructure,
        }
    }

    /// Answers to choose from; none where one answers in words.
    fn choices(self) -> &'static [&'static str] {
        match self {
            Self::CompanyPresent => &["YES", "NO", "MOVED"],
            Self::CompanyActivity => &[],
            Self::BuildingUse => &["IN_USE", "PARTLY", "VACANT"],
            Self::PlotUse => &["IN_USE", "FALLOW", "FOR_SALE"],
            Self::InfrastructureCondition => &["GOOD", "FAIR", "BAD", "BROKEN"],
        }
    }

    /// An answer as it is kept.
    ///
    /// # Errors
    /// [`Reason::DoesNotFit`] for one that is not among its choices; for words as [`text::required`].
    pub fn answer(self, said: String) -> Result<String, Reason> {
        match self.choices() {
            [] => text::required(said, WORDS),
            choices if choices.contains(&said.as_str()) => Ok(said),
            _ => Err(Reason::DoesNotFit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ObservationQuestion::{BuildingUse, CompanyActivity, CompanyPresent, InfrastructureCondition, PlotUse};
    use super::*;

    #[test]
    fn an_answer_fits_its_question() {
        for (question, said, kept) in [
            (CompanyPresent, "MOVED", Ok("MOVED")),
            (CompanyPresent, "moved", Err(Reason::DoesNotFit)),
            (CompanyPresent, "VACANT", Err(Reason::DoesNotFit)),
            (CompanyActivity, " Bouwt jachten\u{0} ", Ok("Bouwt jachten")),
            (CompanyActivity, "  ", Err(Reason::Required)),
            (BuildingUse, "PARTLY", Ok("PARTLY")),
            (PlotUse, "FOR_SALE", Ok("FOR_SALE")),
            (PlotUse, "", Err(Reason::DoesNotFit)),
            (InfrastructureCondition, "BROKEN", Ok("BROKEN")),
        ] {
            assert_eq!(question.answer(said.to_owned()), kept.map(str::to_owned), "{question:?}: {said}");
        }
        assert_eq!(CompanyActivity.answer("x".repeat(WORDS + 1)), Err(Reason::TooLong { max: WORDS }));
    }
}
