//! Photo: what somebody saw, hung on an issue. The team sees it as it was taken; others see a copy that was looked over first, with what must
//! not be seen made illegible. How its bytes come in and are made smaller is in `files`.

mod graphql;
mod service;

pub use graphql::{Photo, PhotoArea, PhotoMutation, PhotosOf};

/// Longest words on what is to be seen on one, in characters.
pub const ALT: usize = 500;
/// Most photos of one issue.
pub const MOST: i64 = 6;
