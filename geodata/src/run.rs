//! One import, from a file or address to a report: read and staged; then checked, merged and linked in one transaction, so that a
//! refusal, a crash or a dry run leaves nothing behind but staging tables, which the next run drops.

use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use terrein_shared::id::new_id;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::check::{checks, judge, shapes};
use crate::crs::{self, Crs};
use crate::error::{Error, Result};
use crate::load::{self, Intake, Stager};
use crate::merge::{self, Counts, Provenance};
use crate::open::Job;
use crate::reason::Language;
use crate::report::Report;
use crate::source::{Options, Source};
use crate::{fetch, link, sources};

/// Chunks in flight between the reader and the database.
const IN_FLIGHT: usize = 8;

/// What an operator asks for.
#[derive(Debug, Default, Clone)]
pub struct Request {
    /// One of [`sources::ALL`] by name.
    pub source: String,
    /// A path or an https address.
    pub from: String,
    /// Keep only what lies at this terrain; companies are all kept, and new ones without a place belong to it.
    pub terrain: Option<Uuid>,
    pub layer: Option<String>,
    /// `EPSG:28992`; beats what the file says.
    pub crs: Option<String>,
    /// Our column -> the file's column.
    pub map: Vec<(String, String)>,
    pub kind: Option<String>,
    /// Day the delivery describes (peildatum).
    pub date: Option<NaiveDate>,
    pub dry_run: bool,
    pub language: Language,
}

/// Runs one import as `importer`, a login of role `terrein_importer`.
///
/// # Errors
/// [`Error`]; then the database is as it was.
pub async fn import(importer: &PgConnectOptions, request: &Request) -> Result<Report> {
    let mut db = importer.connect().await?;
    let outcome = import_on(&mut db, importer, request).await;
    let closed = db.close().await;
    // When the database is gone the import's own error is the one to tell.
    let report = outcome?;
    closed?;
    Ok(report)
}

async fn import_on(db: &mut PgConnection, importer: &PgConnectOptions, request: &Request) -> Result<Report> {
    let source = sources::by_name(&request.source).ok_or_else(|| {
        let known: Vec<&str> = sources::ALL.iter().map(|s| s.name).collect();
        Error::WrongUse(format!("no source “{}”; known are {}", request.source, known.join(", ")))
    })?;
    let (options, crs) = options(source, request)?;
    let folder = tempfile::Builder::new().prefix("terrein-import-").tempdir()?;
    if let Some(id) = request.terrain {
        terrain_is_known(id, db).await?;
    }
    let file = fetch::fetch(&request.from, folder.path()).await?;
    tracing::debug!(import.bytes = file.bytes, import.etag = file.etag, "reading {}", file.name);

    // Sorting and joining whole deliveries; compiling such statements costs more than it gains.
    sqlx::raw_sql("set jit = off; set work_mem = '128MB'; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
        .execute(&mut *db)
        .await?;
    // Two runs of one source would use the same staging tables: the second is told so. It holds for one database.
    let free: bool =
        sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended($1, 0))").bind(lock_name(source)).fetch_one(&mut *db).await?;
    if !free {
        return Err(Error::Busy { source_name: source.name });
    }
    let work = Work { source, request, importer, file: &file, folder: folder.path() };
    let done = work.run(options, crs, db).await;
    // Whatever became of it. When the database is gone the first error is the one to tell.
    let cleaned = clean_up(source, db).await;
    let done = done?;
    cleaned?;
    Ok(done)
}

async fn terrain_is_known(id: Uuid, db: &mut PgConnection) -> Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("select set_config('app.system', 'import', true)").execute(&mut *tx).await?;
    let known: Option<i32> =
        sqlx::query_scalar("select 1 from terrain where id = $1 and deleted_at is null").bind(id).fetch_optional(&mut *tx).await?;
    tx.rollback().await?;
    known.map(|_| ()).ok_or_else(|| Error::NoTerrain { id: id.to_string() })
}

fn lock_name(source: &Source) -> String {
    format!("terrein import {}", source.name)
}

struct Work<'a> {
    source: &'static Source,
    request: &'a Request,
    importer: &'a PgConnectOptions,
    file: &'a fetch::Fetched,
    folder: &'a Path,
}

impl Work<'_> {
    /// Stages outside any transaction, because the feed waits for the oldest one that writes; judges, merges and links inside one.
    async fn run(&self, options: Options, crs: Option<Crs>, db: &mut PgConnection) -> Result<Report> {
        let &Self { source, request, file, .. } = self;
        let started = Instant::now();
        load::prepare(source, db).await?;
        merge::prepare(source, db).await?;
        let mut intake = self.stage(options, crs, db).await?;
        let read_ms = started.elapsed().as_millis();
        for (part, _) in intake.kept.iter().enumerate().filter(|(_, kept)| **kept > 0) {
            sqlx::raw_sql(AssertSqlSafe(format!("analyze {} (row_number)", load::table(source, part)))).execute(&mut *db).await?;
        }
        let repairs = shapes(source, &mut intake, db).await?;
        let shaped_ms = started.elapsed().as_millis();

        let mut tx = db.begin().await?;
        sqlx::query("select set_config('app.system', 'import', true), set_config('import.terrain', $1, true)")
            .bind(request.terrain.map(|id| id.to_string()).unwrap_or_default())
            .execute(&mut *tx)
            .await?;
        checks(source, &mut intake, &mut tx).await?;
        judge(&intake, request.language)?;
        // Merges and links of different sources touch the same rows: one at a time.
        sqlx::query("select pg_advisory_xact_lock(hashtextextended('terrein import merge', 0))").execute(&mut *tx).await?;
        let (run, counts) = self.merge(&intake, &mut tx).await?;
        let merged_ms = started.elapsed().as_millis();
        let links = link::link(&merge::touched(source), &mut tx).await?;
        record(run, &intake, &counts, &mut tx).await?;
        if request.dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        let done_ms = started.elapsed().as_millis();
        tracing::info!(
            import.source = source.name,
            import.read = intake.read,
            read_ms,
            shape_ms = shaped_ms - read_ms,
            merge_ms = merged_ms - shaped_ms,
            link_ms = done_ms - merged_ms,
            "imported {}",
            file.name
        );
        Ok(Report::new(source.name, request, intake, counts, repairs, links))
    }

    /// Reads the file in a thread of its own while its rows are copied in.
    async fn stage(&self, options: Options, crs: Option<Crs>, db: &mut PgConnection) -> Result<Intake> {
        let &Self { source, request, .. } = self;
        let mut beside = self.importer.connect().await?;
        let (sender, chunks) = mpsc::channel(IN_FLIGHT);
        let progress = progress(source.name);
        let mut stager = Stager::new(source, options.clone(), crs, sender, progress.clone())?;
        let (file, folder, layer, asked) = (self.file.path.clone(), self.folder.to_owned(), request.layer.clone(), crs.is_some());
        let reader = tokio::task::spawn_blocking(move || -> Result<Intake> {
            let job = Job { source, options: &options, layer: layer.as_deref(), folder: &folder, crs_asked: asked };
            job.read(&file, &mut stager)?;
            stager.finish()
        });
        let copied = load::copy(source, db, &mut beside, chunks).await;
        let read = reader.await.map_err(std::io::Error::other)?;
        progress.finish_and_clear();
        // When the database stops, the reader only notices that nobody listens: the database's reason is the one to tell.
        copied?;
        beside.close().await?;
        read
    }

    async fn merge(&self, intake: &Intake, db: &mut PgConnection) -> Result<(Uuid, Counts)> {
        let &Self { source, request, file, .. } = self;
        let run = new_id();
        sqlx::query("insert into import_run (id, source, file_name, file_sha256, source_on, licence) values ($1, $2, $3, $4, $5, $6)")
            .bind(run)
            .bind(source.name)
            .bind(&file.name)
            .bind(&file.sha256)
            .bind(request.date)
            .bind(source.licence)
            .execute(&mut *db)
            .await?;
        let with = Provenance { run, source, on: request.date, terrain: request.terrain };
        let mut counts = Counts::default();
        for target in source.targets {
            let came = |name: &str| source.parts.iter().zip(&intake.kept).any(|(p, kept)| p.name == name && *kept > 0);
            if !target.needs.is_empty() && !target.needs.iter().any(|name| came(name)) {
                continue;
            }
            let one = merge::merge(target, &with, db).await?;
            counts.created += one.created;
            counts.updated += one.updated;
            counts.unchanged += one.unchanged;
        }
        for sql in source.after {
            sqlx::raw_sql(*sql).execute(&mut *db).await?;
        }
        Ok((run, counts))
    }
}

fn options(source: &'static Source, request: &Request) -> Result<(Options, Option<Crs>)> {
    let columns = || source.parts.iter().flat_map(|p| p.columns).map(|c| c.name);
    for (ours, _) in &request.map {
        if !columns().any(|name| name == ours) {
            let known: std::collections::BTreeSet<&str> = columns().collect();
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Error::WrongUse(format!("--map {ours}: {} has no such field; it has {known}", source.name)));
        }
    }
    let is_infrastructure = source.name == "infrastructure";
    if let Some(kind) = &request.kind {
        if !is_infrastructure {
            return Err(Error::WrongUse(format!("--kind says nothing for {}", source.name)));
        }
        if !sources::KINDS.contains(&kind.as_str()) {
            return Err(Error::WrongUse(format!("--kind {kind}: it is one of {}", sources::KINDS.join(", "))));
        }
    }
    let crs = match &request.crs {
        None => None,
        Some(name) => Some(crs::parse(name).ok_or_else(|| Error::UnknownCrs { found: name.clone() })?),
    };
    let map = request.map.iter().map(|(ours, theirs)| (ours.clone(), crate::text::column_name(theirs))).collect();
    Ok((Options { kind: request.kind.clone(), map }, crs))
}

fn progress(name: &str) -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner();
    if let Ok(style) = indicatif::ProgressStyle::with_template("{spinner} {msg}: {human_pos} rows, {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

async fn record(run: Uuid, intake: &Intake, counts: &Counts, db: &mut PgConnection) -> Result<()> {
    let number = |n: u64| i32::try_from(n).unwrap_or(i32::MAX);
    sqlx::query("update import_run set finished_at = clock_timestamp(), read = $2, created = $3, updated = $4, unchanged = $5, rejected = $6 where id = $1")
        .bind(run)
        .bind(number(intake.read))
        .bind(number(counts.created))
        .bind(number(counts.updated))
        .bind(number(counts.unchanged))
        .bind(number(intake.rejected))
        .execute(&mut *db)
        .await?;
    let rows: Vec<i64> = intake.rejects.iter().map(|r| i64::try_from(r.row).unwrap_or(i64::MAX)).collect();
    let fields: Vec<Option<String>> = intake.rejects.iter().map(|r| r.field.map(str::to_owned)).collect();
    let codes: Vec<String> = intake.rejects.iter().map(|r| r.reason.code().to_owned()).collect();
    let details: Vec<serde_json::Value> = intake.rejects.iter().map(|r| r.reason.detail()).collect();
    sqlx::query(
        "insert into import_reject (import_run_id, row_number, field, reason, detail)
         select $1, * from unnest($2::bigint[], $3::text[], $4::text[], $5::jsonb[])",
    )
    .bind(run)
    .bind(rows)
    .bind(fields)
    .bind(codes)
    .bind(details)
    .execute(db)
    .await?;
    Ok(())
}

async fn clean_up(source: &Source, db: &mut PgConnection) -> Result<()> {
    let mut tables: Vec<String> = (0..source.parts.len()).map(|part| load::table(source, part)).collect();
    tables.push(merge::touched(source));
    sqlx::raw_sql(AssertSqlSafe(format!("drop table if exists {}", tables.join(", ")))).execute(&mut *db).await?;
    sqlx::query("select pg_advisory_unlock(hashtextextended($1, 0))").bind(lock_name(source)).execute(db).await?;
    Ok(())
}
