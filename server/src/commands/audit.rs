//! `terrein audit verify`: whether the audit log is as it was. Status 0 when it is, 1 when something is broken.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use sqlx::postgres::PgConnectOptions;

use super::database;
use crate::audit::verify::{self, Known};
use crate::audit::{Event, record_as};
use crate::config::DatabaseSettings;

/// `terrein audit …`
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Check every event against its seal and every seal against the one before; names the first that is not as it was
    Verify {
        /// A seal you noted down, as number:hash; several with commas
        #[arg(long, value_delimiter = ',')]
        known: Vec<Known>,
        /// Years that events are kept: older ones may be gone
        #[arg(long, env = "TERREIN_AUDIT_YEARS", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=100))]
        years: u8,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(settings: &DatabaseSettings, args: AuditArgs) -> anyhow::Result<ExitCode> {
    let AuditCommand::Verify { known, years, json } = args.command;
    let (cluster, roles) = database::open(settings).await?;
    let report = verify::verify(&roles.worker, years, &known).await;
    database::close(cluster).await;
    let report = report?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else if let Some(broken) = &report.broken {
        println!("The audit log is broken: {broken}. Up to there {} events in {} seals are whole.", report.events, report.seals);
    } else {
        let last = report.last.as_deref().unwrap_or("none");
        println!(
            "The audit log is whole: {} events in {} seals ({} forgotten, {} wait for the next seal). Last seal: {last}",
            report.events, report.seals, report.forgotten, report.waiting
        );
    }
    Ok(if report.broken.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Records how a command ended.
///
/// # Errors
/// What the command says; else that it could not be recorded.
pub async fn recorded(role: &PgConnectOptions, event: Event, code: anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let done = matches!(code, Ok(code) if code == ExitCode::SUCCESS);
    let told = record_as(role, &if done { event } else { event.ended("INVALID") }).await;
    let code = code?;
    told.context("done, and not recorded in the audit log")?;
    Ok(code)
}
