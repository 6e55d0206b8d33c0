//! Who asks and what they may: people, organisations and roles; sessions and sign-in; the caller every read and command goes through;
//! the table of what may be done. What may be *seen* is in the database (`migrations/sql/policies.sql`).

pub mod account_mail;
pub mod caller;
pub mod database;
pub mod graphql;
pub mod invitation;
pub mod membership;
pub mod oidc;
pub mod once;
pub mod operator;
pub mod passkey;
pub mod personal_data;
pub mod policy;
pub mod preview;
pub mod roles;
pub mod session;
pub mod shown;
pub mod sign_in;
pub mod strong;
pub mod token;

pub use caller::{Actor, Caller, Held, Role, Viewer};
pub use database::Database;
