//! `terrein sign-in-link`: a way in for somebody whose mail does not arrive, and for the first administrator.

use std::process::ExitCode;

use anyhow::bail;

use sqlx::postgres::PgConnectOptions;

use super::database;
use crate::access::operator;
use crate::audit::{Event, record_as};
use crate::config::DatabaseSettings;

pub async fn run(settings: &DatabaseSettings, email: &str, public_url: &str) -> anyhow::Result<ExitCode> {
    let (cluster, roles) = database::open(settings).await?;
    let token = made(&roles.worker, email).await;
    database::close(cluster).await;
    match token? {
        Some(token) => println!("{}/sign-in/link/{token}", public_url.trim_end_matches('/')),
        None => bail!("nobody has the address {email}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Recorded before it is told: a way in that the audit log does not know of is given to nobody.
async fn made(worker: &PgConnectOptions, email: &str) -> anyhow::Result<Option<String>> {
    let token = operator::sign_in_link(worker, email).await?;
    let mut event = Event::done("makeSignInLink").ended(if token.is_some() { crate::audit::DONE } else { "NOT_FOUND" });
    event.email = Some(email.to_owned());
    record_as(worker, &event).await?;
    Ok(token)
}
