//! What only a superuser may do, and the road from an empty database to the newest one.

use graphile_worker::WorkerUtils;
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::SqlxPostgresConnector;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{Connection, Executor, PgPool};

use crate::Migrator;

/// The operators that must carry the leakproof mark for indexes to work under row-level security.
const LEAKPROOF: [&str; 2] = ["geometry_overlaps(geometry,geometry)", "ts_match_vq(tsvector,tsquery)"];

/// Why a database cannot be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database answers: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a migration failed: {0}")]
    Migration(#[from] sea_orm_migration::DbErr),
    #[error("the job queue could not be laid: {0}")]
    Queue(String),
}

/// Operators without the leakproof mark, by signature.
pub type Missing = Vec<String>;

/// Lays down roles, extensions, schemas and marks in the database `superuser` points at. Repeatable.
///
/// # Errors
/// [`Error::Database`] when the caller is no superuser or PostGIS is not installed on the server.
pub async fn provision(superuser: &PgConnectOptions) -> Result<(), Error> {
    let mut connection = PgConnection::connect_with(superuser).await?;
    // Roles belong to the whole cluster: two databases provisioned at once take turns.
    connection.execute("select pg_advisory_lock(7266471, 1)").await?;
    connection.execute(include_str!("../sql/provision.sql")).await?;
    connection.close().await?;
    Ok(())
}

/// The operators that lost their mark (an extension update drops it) or never had it.
///
/// # Errors
/// [`Error::Database`] when the database does not answer.
pub async fn missing_leakproof(connection: &mut PgConnection) -> Result<Missing, Error> {
    let mut missing = Vec::new();
    for signature in LEAKPROOF {
        let marked: Option<bool> = sqlx::query_scalar("select proleakproof from pg_proc where oid = to_regprocedure($1)")
            .bind(signature)
            .fetch_optional(&mut *connection)
            .await?;
        if marked != Some(true) {
            missing.push(signature.to_owned());
        }
    }
    Ok(missing)
}

/// Changes that this database has not had yet, oldest first, as `terrein_app` asks.
///
/// Changes that only a newer server knows are none of this one's: nodes are replaced one at a time.
///
/// # Errors
/// [`Error::Database`] when the database does not answer.
pub async fn pending(connection: &mut PgConnection) -> Result<Vec<String>, Error> {
    let tells: bool = sqlx::query_scalar("select to_regprocedure('app.changes_made()') is not null").fetch_one(&mut *connection).await?;
    let made: Vec<String> = match tells {
        true => sqlx::query_scalar("select app.changes_made()").fetch_one(&mut *connection).await?,
        false => Vec::new(),
    };
    let all = Migrator::migrations().into_iter().map(|migration| migration.name().to_owned());
    Ok(all.filter(|name| !made.contains(name)).collect())
}

/// Brings tables (as `terrein_owner`) and job queue (as `terrein_jobs`) up to date; several nodes at once take turns.
///
/// `migrator` connects as `terrein_migrator`, `jobs` as `terrein_jobs`, to the same database, past any pooler.
///
/// # Errors
/// [`Error`] names the step; nothing of a failed migration stays.
pub async fn migrate(migrator: &PgConnectOptions, jobs: &PgConnectOptions) -> Result<(), Error> {
    let mut turn = PgConnection::connect_with(migrator).await?;
    turn.execute("select pg_advisory_lock(7266471, 2)").await?;

    let owner: PgPool = PgPoolOptions::new()
        .max_connections(1)
        .after_connect(|connection, _| Box::pin(async move { connection.execute("set role terrein_owner").await.map(drop) }))
        .connect_with(migrator.clone())
        .await?;
    Migrator::up(&SqlxPostgresConnector::from_sqlx_postgres_pool(owner.clone()), None).await?;
    owner.close().await;

    let queue = PgPoolOptions::new().max_connections(2).connect_with(jobs.clone()).await?;
    WorkerUtils::new(queue.clone(), "graphile_worker".to_owned()).migrate().await.map_err(|error| Error::Queue(error.to_string()))?;
    queue.execute(include_str!("../sql/jobs.sql")).await?;
    queue.close().await;
    turn.close().await?;
    Ok(())
}
