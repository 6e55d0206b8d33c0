//! `terrein sign-in-link`: a way in for somebody whose mail does not arrive, and for the first administrator.

use std::process::ExitCode;

use anyhow::bail;

use super::database;
use crate::access::operator;
use crate::config::DatabaseSettings;

pub async fn run(settings: &DatabaseSettings, email: &str, public_url: &str) -> anyhow::Result<ExitCode> {
    let (cluster, roles) = database::open(settings).await?;
    let token = operator::sign_in_link(&roles.worker, email).await;
    database::close(cluster).await;
    match token? {
        Some(token) => println!("{}/sign-in/link/{token}", public_url.trim_end_matches('/')),
        None => bail!("nobody has the address {email}"),
    }
    Ok(ExitCode::SUCCESS)
}
