//! `terrein serve`: everything in one process, until it is told to stop.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use sqlx::{Connection, PgConnection};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{database, demo};
use crate::access::Database;
use crate::access::oidc::Providers;
use crate::access::passkey::Passkeys;
use crate::app::{App, Inner};
use crate::config::{DatabaseSettings, Mode, Roles, ServeSettings};
use crate::feed::hub::Hub;
use crate::files::Files;
use crate::http::tls::Certificate;
use crate::http::{self, Edge, buckets::Buckets};
use crate::jobs::{audit_seal, files, runner};
use crate::mail::Mailer;
use crate::packs::background::Backgrounds;
use crate::schema::graph;
use terrein_shared::clock::Clock;

/// Time for what is under way when the server is told to stop.
const DRAIN: Duration = Duration::from_secs(30);

pub async fn run(database: &DatabaseSettings, settings: ServeSettings) -> anyhow::Result<ExitCode> {
    // Settings first: a wrong one stops before anything is started.
    let public_url = settings.checked_public_url()?;
    let certificate = match (&settings.tls_cert, &settings.tls_key) {
        (Some(chain), Some(key)) => Some(Certificate::load(chain, key)?),
        (Some(_), None) => anyhow::bail!("TERREIN_TLS_CERT needs its TERREIN_TLS_KEY"),
        (None, Some(_)) => anyhow::bail!("TERREIN_TLS_KEY needs its TERREIN_TLS_CERT"),
        (None, None) => None,
    };
    let tls = certificate.as_ref().map(Certificate::acceptor).transpose()?;
    let listener =
        TcpListener::bind(settings.listen).await.with_context(|| format!("cannot listen on {} (TERREIN_LISTEN)", settings.listen))?;
    let (cluster, roles) = database::open(database).await?;
    if settings.demo {
        demo::load(&roles).await?;
    }
    let stop = CancellationToken::new();
    let tracker = TaskTracker::new();
    let app = build(&settings, database, &roles, public_url.clone(), stop.clone()).await?;
    tracker.spawn(app.hub.clone().run(roles.listen.clone(), stop.clone()));
    tracker.spawn(keep_working(roles.jobs.clone(), app.mailer.clone(), stop.clone()));
    tracker.spawn(files::run(roles.jobs.clone(), app.files.clone(), stop.clone()));
    tracker.spawn(sweep(app.clone(), stop.clone()));
    tracker.spawn(audit_seal::run(roles.jobs.clone(), settings.audit_years, stop.clone()));
    let edge =
        Edge { metrics_token: settings.metrics_token.clone(), security_contacts: settings.security_contact.clone(), ..Edge::default() };
    if edge.metrics_token.is_some() {
        tracker.spawn(http::watch::run(roles.listen.clone(), roles.jobs.clone(), edge.metrics.clone(), stop.clone()));
    }
    if let Some(certificate) = certificate {
        let told = signal(SignalKind::hangup()).context("cannot listen to SIGHUP")?;
        tracker.spawn(certificate.watch(told, stop.clone()));
    }
    let metrics = edge.metrics.clone();
    tracker.spawn(http::listen::serve(listener, tls, http::router_at(app, edge), metrics, stop.clone()));
    println!("{}", welcome(&settings, &public_url));
    asked_to_stop().await?;
    stop.cancel();
    tracker.close();
    if tokio::time::timeout(DRAIN, tracker.wait()).await.is_err() {
        tracing::warn!("some work was still under way after {} s", DRAIN.as_secs());
    }
    database::close(cluster).await;
    Ok(ExitCode::SUCCESS)
}

/// The one line a start ends on: where, and how to sign in.
fn welcome(settings: &ServeSettings, public_url: &str) -> String {
    match settings.mode {
        Mode::Development if settings.demo => {
            format!("Terrein: {public_url} (sign in as aanjager@demo.example; the code and link are in this log and in the mail folder)")
        }
        _ => format!("Terrein: {public_url}"),
    }
}

/// Builds what the server holds for its whole life.
///
/// # Errors
/// A wrong setting, in one line.
pub async fn build(
    settings: &ServeSettings,
    database: &DatabaseSettings,
    roles: &Roles,
    public_url: String,
    stop: CancellationToken,
) -> anyhow::Result<App> {
    let development = settings.mode == Mode::Development;
    let oidc = Providers::load(settings.oidc.as_deref(), &public_url, development, Clock::System)?;
    let mail_folder = development.then(|| database.data_dir.join("mail"));
    let mut connection = PgConnection::connect_with(&roles.app).await.context("the database does not answer")?;
    let migrated: bool = sqlx::query_scalar("select to_regclass('public.issue') is not null").fetch_one(&mut connection).await?;
    anyhow::ensure!(migrated, "the database has no tables yet: run `terrein provision` as superuser, then `terrein migrate`");
    let pending = terrein_migrations::pending(&mut connection).await?;
    anyhow::ensure!(pending.is_empty(), "the database is older than this server: run `terrein migrate` ({} to go)", changes(pending.len()));
    let missing = terrein_migrations::missing_leakproof(&mut connection).await?;
    connection.close().await?;
    if !missing.is_empty() {
        tracing::warn!(operators = ?missing, "not marked leakproof: tiles go by cell and searches are slow; `terrein provision` as superuser mends it");
    }
    let passkeys = Passkeys::at(&public_url)?;
    if passkeys.is_none() {
        tracing::warn!("TERREIN_PUBLIC_URL is an IP address: passkeys need a name");
    }
    Ok(Inner {
        database: Database::connect(settings.strong().said_to(roles.app.clone()), settings.database_connections).await?,
        audit: crate::audit::Recorder::new(roles.app.clone()),
        graph: graph(development),
        hub: Hub::new(settings.database_connections),
        mailer: Mailer::new(settings.smtp_url.as_deref(), mail_folder, &settings.mail_from, &public_url)?,
        buckets: Buckets::new(settings.rates(), settings.database_connections),
        clock: Clock::System,
        public_url,
        development,
        passkeys,
        strong_sign_in: settings.strong(),
        leakproof: missing.is_empty(),
        background_tiles: settings.background_tiles.clone(),
        pages: settings.pages.clone(),
        pack_backgrounds: Backgrounds::new(settings.pack_background.clone()).await?,
        oidc,
        trusted_proxies: settings.trusted_proxies.clone(),
        stop,
        // Last: it makes a folder, and a wrong setting leaves nothing behind.
        files: Files::new(&settings.files, &database.data_dir)?,
    }
    .into())
}

fn changes(count: usize) -> String {
    if count == 1 { "1 change".to_owned() } else { format!("{count} changes") }
}

/// Keeps the rate buckets small.
async fn sweep(app: App, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(60))).await.is_some() {
        app.buckets.sweep();
    }
}

/// Runs jobs; begins anew when the database was away.
pub async fn keep_working(jobs: sqlx::postgres::PgConnectOptions, mailer: Mailer, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = runner::run(jobs.clone(), mailer.clone(), stop.clone()).await {
            tracing::warn!("jobs stopped: {error:#}");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    }
}

async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}
