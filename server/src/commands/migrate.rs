//! `terrein migrate`: brings the database up to date; several at once take turns.

use std::process::ExitCode;

use super::database;
use crate::config::DatabaseSettings;

pub async fn run(settings: &DatabaseSettings) -> anyhow::Result<ExitCode> {
    let (cluster, roles) = database::open(settings).await?;
    if cluster.is_none() {
        terrein_migrations::migrate(&roles.migrator, &roles.jobs).await?;
    }
    database::close(cluster).await;
    println!("the database is up to date");
    Ok(ExitCode::SUCCESS)
}
