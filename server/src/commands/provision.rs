//! `terrein provision`: what only a superuser may do. `TERREIN_DATABASE_URL_SUPERUSER` says who.

use std::process::ExitCode;

use anyhow::Context;

use super::database;
use crate::audit::{Event, record_as};
use crate::config::DatabaseSettings;

pub async fn run(settings: &DatabaseSettings) -> anyhow::Result<ExitCode> {
    match settings.external()? {
        Some(roles) => {
            let superuser = roles.superuser.context("set TERREIN_DATABASE_URL_SUPERUSER to the address of a superuser of that database")?;
            terrein_migrations::provision(&superuser).await?;
            record_as(&superuser, &Event::done("provision")).await?;
        }
        None => database::close(database::open(settings).await?.0).await,
    }
    println!("roles, extensions and marks are in place");
    Ok(ExitCode::SUCCESS)
}
