//! The words of a conversation and of a promise, and what their texts and days may be: pure.

use chrono::{Datelike, NaiveDate};
use terrein_shared::{Reason, text};

use crate::error::{InField, Result, invalid};

crate::vocabulary! {
    /// Whether a party would join in.
    ConversationWillingness {
        /// It would.
        Yes = "yes",
        /// It may.
        Maybe = "maybe",
        /// It would not.
        No = "no",
        /// Nobody asked.
        NotAsked = "not_asked",
    }
}

crate::vocabulary! {
    /// What the party agreed to about its words. Until it is asked, they stay with the team.
    ConversationSharing {
        /// Theme, kind of need and willingness may count, without its name.
        WithoutName = "without_name",
        /// The party may be named.
        WithName = "with_name",
        /// Nothing leaves the team.
        TeamOnly = "team_only",
    }
}

crate::vocabulary! {
    /// Who is to keep a promise.
    PromiseOwner {
        /// The team.
        Us = "us",
        /// The party that was spoken with.
        Party = "party",
    }
}

/// Longest text of a conversation, in characters.
pub const WORDS: usize = 4000;
/// Longest name of another party, or of somebody who was there.
pub const NAME: usize = 200;
/// Longest promise.
pub const PROMISE: usize = 1000;
/// Most people who were there.
const ATTENDEES: usize = 30;

/// A day as it is written down: of this century, whatever the phone's clock says.
///
/// # Errors
/// `Invalid` names the field.
pub fn day(day: NaiveDate, field: &'static str) -> Result<NaiveDate> {
    if (2000..=2099).contains(&day.year()) { Ok(day) } else { Err(invalid(field, Reason::OutOfRange { min: 2000, max: 2099 })) }
}

/// Who was there: each once, as JSON for the statement.
///
/// # Errors
/// `Invalid` for too many, and for a name that is too long.
pub fn attendees(said: Vec<String>) -> Result<serde_json::Value> {
    if said.len() > ATTENDEES {
        return Err(invalid("attendees", Reason::TooMany { max: ATTENDEES }));
    }
    let mut names: Vec<String> = Vec::new();
    for name in said {
        if let Some(name) = text::optional(Some(name), NAME).in_field("attendees")?
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    Ok(names.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_this_century() {
        let of = |year| day(NaiveDate::from_ymd_opt(year, 1, 1).expect("a day"), "heldOn");
        assert!(of(2026).is_ok() && of(2099).is_ok());
        assert!(of(1999).is_err() && of(2100).is_err());
    }

    #[test]
    fn who_was_there_is_named_once() {
        let names = |names: &[&str]| attendees(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(names(&[" Bedrijfsleider ", "", "Bedrijfsleider"]).expect("names"), serde_json::json!(["Bedrijfsleider"]));
        assert!(names(&["x"; 31]).is_err());
        assert!(names(&["x".repeat(201).as_str()]).is_err());
    }
}
