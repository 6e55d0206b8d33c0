//! Commands: one file each. All take the same database settings.

mod audit;
mod database;
mod demo;
pub mod import;
mod migrate;
mod parties;
mod provision;
mod schema;
pub mod serve;
mod sign_in_link;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{DatabaseSettings, ServeSettings};

pub use database::open;
pub use demo::load as load_demo;

/// Map, memory and meeting point of collaboration on business parks.
///
/// Without DATABASE_URL it runs its own private PostGIS in the data folder, so that there is nothing to install or set.
#[derive(Debug, Parser)]
#[command(name = "terrein", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the app, the graph and the tiles
    Serve(Box<ServeSettings>),
    /// Lay down roles, extensions and marks as superuser; repeatable
    Provision,
    /// Bring the database up to date
    Migrate,
    /// Import open data: business parks, parcels, buildings, companies …
    Import(import::ImportArgs),
    /// Fill the database with the demo terrain De Hooge Waard (development only)
    Demo {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the GraphQL schema
    Schema,
    /// Look after the audit log
    Audit(audit::AuditArgs),
    /// Organisations: add one, list them
    Organisation(parties::OrganisationArgs),
    /// Roles: give one, end one
    Role(parties::RoleArgs),
    /// Where an organisation looks: a service area, a municipality, a province
    Area(parties::AreaArgs),
    /// Print a link that signs somebody in, once, in any browser
    SignInLink {
        /// The person's mail address
        email: String,
        /// The address people use
        #[arg(long, env = "TERREIN_PUBLIC_URL", default_value = "http://localhost:8080")]
        public_url: String,
    },
}

/// Runs a command.
///
/// # Errors
/// One line for people: what, and why.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // A server tells what it does; a command tells its result, and what is wrong.
    let level = if matches!(cli.command, Command::Serve(_)) { "info" } else { "warn" };
    let filter = match std::env::var_os("TERREIN_LOG").filter(|said| !said.is_empty()) {
        Some(said) => {
            let wrong = || format!("TERREIN_LOG is not what is to be logged, as in info,terrein=debug: {}", said.display());
            EnvFilter::try_new(said.to_string_lossy()).with_context(wrong)?
        }
        None => EnvFilter::new(format!("{level},sqlx=warn,sea_orm=warn")),
    };
    // At info the queue writes what a job holds, a way in among it: whatever was asked for, that is not written.
    let filter = filter.add_directive("graphile_worker=warn".parse()?);
    // Whoever sends nonsense for a passkey would write these; what matters of it is told where it is refused.
    let filter = filter.add_directive("webauthn_rs_core=off".parse()?);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
    match cli.command {
        Command::Serve(settings) => serve::run(&cli.database, *settings).await,
        Command::Provision => provision::run(&cli.database).await,
        Command::Migrate => migrate::run(&cli.database).await,
        Command::Import(args) => {
            let (cluster, roles) = open(&cli.database).await?;
            let event = args.event();
            let code = import::run(args, roles.importer.clone()).await;
            let code = audit::recorded(&roles.importer, event, code).await;
            database::close(cluster).await;
            code
        }
        Command::Demo { json } => demo::run(&cli.database, json).await,
        Command::Schema => schema::run(),
        Command::Audit(args) => audit::run(&cli.database, args).await,
        Command::Organisation(args) => parties::organisation(&cli.database, args).await,
        Command::Role(args) => parties::role_command(&cli.database, args).await,
        Command::Area(args) => parties::area(&cli.database, args).await,
        Command::SignInLink { email, public_url } => sign_in_link::run(&cli.database, &email, &public_url).await,
    }
}
