//! `terrein demo`: the fictional terrain De Hooge Waard, for newcomers, tests and pictures.

use std::process::ExitCode;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::database;
use crate::config::{DatabaseSettings, Roles};
use crate::demo::{self, Summary};

pub async fn run(settings: &DatabaseSettings, json: bool) -> anyhow::Result<ExitCode> {
    let (cluster, roles) = database::open(settings).await?;
    let summary = load(&roles).await;
    database::close(cluster).await;
    let summary = summary?;
    if json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        println!(
            "De Hooge Waard: {} terrains, {} plots, {} buildings, {} companies, {} issues are new",
            summary.terrains, summary.plots, summary.buildings, summary.companies, summary.issues
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Lays the demo terrain down; what is there already stays.
///
/// # Errors
/// As the database answers.
pub async fn load(roles: &Roles) -> anyhow::Result<Summary> {
    let pool = |options: &PgConnectOptions| PgPoolOptions::new().max_connections(1).connect_with(options.clone());
    let (importer, operator, app) = (pool(&roles.importer).await?, pool(&roles.worker).await?, pool(&roles.app).await?);
    let summary = demo::load(&importer, &operator, &app).await;
    importer.close().await;
    operator.close().await;
    app.close().await;
    summary
}
