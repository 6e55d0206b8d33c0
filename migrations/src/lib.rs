//! The database's history: one change a file, in order, and what only a superuser lays down beforehand.
//!
//! Uses sea-orm-migration alone, so that history stays as it was written.

mod m20261124_090000_foundation;
mod m20261125_090000_lean_rows;
mod m20261125_093000_narrowing;
mod m20261125_100000_passkey;
mod m20261125_101000_oidc;
mod m20261125_102000_roles;
mod m20261125_103000_audit;
mod m20261125_104000_access_token;
mod m20261125_105000_personal_data;
mod m20261125_110000_retention;
mod m20261125_120000_shape_in_rd;
mod m20261125_130000_written_as;
mod m20261125_131000_fresh_secret;
mod m20261125_132000_proven_passkey;
mod m20261125_133000_schema_known;
mod m20261125_140000_lean_policies;
mod m20261125_141000_fewer_sets;
mod m20261125_170000_observation;
mod m20261125_171000_renewed_session;
mod m20261125_173000_conversation;
mod m20261125_174000_files;
mod m20261125_180000_session_revoked;
mod provision;

pub use provision::{Error, Missing, migrate, missing_leakproof, pending, provision};
pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// The ordered list of changes.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_090000_foundation::Migration),
            Box::new(m20261125_090000_lean_rows::Migration),
            Box::new(m20261125_093000_narrowing::Migration),
            Box::new(m20261125_100000_passkey::Migration),
            Box::new(m20261125_101000_oidc::Migration),
            Box::new(m20261125_102000_roles::Migration),
            Box::new(m20261125_103000_audit::Migration),
            Box::new(m20261125_104000_access_token::Migration),
            Box::new(m20261125_105000_personal_data::Migration),
            Box::new(m20261125_110000_retention::Migration),
            Box::new(m20261125_120000_shape_in_rd::Migration),
            Box::new(m20261125_130000_written_as::Migration),
            Box::new(m20261125_131000_fresh_secret::Migration),
            Box::new(m20261125_132000_proven_passkey::Migration),
            Box::new(m20261125_133000_schema_known::Migration),
            Box::new(m20261125_140000_lean_policies::Migration),
            Box::new(m20261125_141000_fewer_sets::Migration),
            Box::new(m20261125_170000_observation::Migration),
            Box::new(m20261125_171000_renewed_session::Migration),
            Box::new(m20261125_173000_conversation::Migration),
            Box::new(m20261125_174000_files::Migration),
            Box::new(m20261125_180000_session_revoked::Migration),
        ]
    }
}
