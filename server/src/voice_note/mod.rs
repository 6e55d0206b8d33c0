//! Voice note: what somebody said into the phone on the spot, hung on an issue. It and what is written out of it stay with the team, whoever
//! the issue is for (`privacy.md` T1).

mod graphql;
mod service;

pub use graphql::{VoiceNote, VoiceNoteMutation, VoiceNotesOf};

/// Longest text that one is written out to, in characters.
pub const TEXT: usize = 8000;
/// Most voice notes of one issue.
pub const MOST: i64 = 12;
