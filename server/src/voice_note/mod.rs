//! Voice note: what somebody said into the phone on the spot, hung on an issue. It and what is written out of it stay with the team, whoever
//! the issue is for (`privacy.md` T1).

mod graphql;
mod service;

pub use graphql::{VoiceNote, VoiceNoteMutation, VoiceNotesOf};

/// Most voice notes of one issue.
pub const MOST: i64 = 12;
