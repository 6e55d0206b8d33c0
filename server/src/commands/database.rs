//! The database a command works on: a private cluster, provisioned and migrated, or the one that is set.

use std::str::FromStr;

use anyhow::Context;
use sqlx::postgres::PgConnectOptions;
use terrein_cluster::{Cluster, Options};

use crate::config::{DatabaseSettings, Roles};

const DATABASE: &str = "terrein";

/// Opens the database: with the private cluster (which must be kept while it is used), started, provisioned and up to date.
///
/// # Errors
/// What is missing, in one line.
pub async fn open(settings: &DatabaseSettings) -> anyhow::Result<(Option<Cluster>, Roles)> {
    if let Some(roles) = settings.external()? {
        return Ok((None, roles));
    }
    let options = Options { data_dir: settings.data_dir.clone(), durable: true, database: DATABASE.to_owned() };
    let cluster = Cluster::start(options).await.context("the private database did not start")?;
    let roles = private(&cluster)?;
    let superuser = roles.superuser.clone().context("a private cluster has a superuser")?;
    terrein_migrations::provision(&superuser).await?;
    terrein_migrations::migrate(&roles.migrator, &roles.jobs).await?;
    Ok((Some(cluster), roles))
}

/// The roles of a private cluster.
///
/// # Errors
/// Never in practice: the cluster makes the addresses itself.
fn private(cluster: &Cluster) -> anyhow::Result<Roles> {
    let role = |role: &str| PgConnectOptions::from_str(&cluster.url(role, DATABASE)).context("the private cluster's address");
    Ok(Roles {
        app: role("terrein_app")?,
        listen: role("terrein_app")?,
        worker: role("terrein_worker")?,
        importer: role("terrein_importer")?,
        jobs: role("terrein_jobs")?,
        migrator: role("terrein_migrator")?,
        superuser: Some(role(cluster.superuser())?),
    })
}

/// Ends the private cluster, if it is ours.
pub async fn close(cluster: Option<Cluster>) {
    if let Some(cluster) = cluster {
        cluster.stop().await;
    }
}
