//! Background work on a queue in the same database: a job commits or rolls back with its cause, is tried again when it fails, and
//! is done once however many nodes run.

mod account_mail;
pub mod audit_seal;
pub mod delivery;
pub mod files;
mod invitation_mail;
pub mod queue;
pub mod runner;
mod sign_in_mail;
