//! One import, from a file or address to a report: read, staged, checked, merged, linked; all in one transaction, so that a refusal, a
//! crash or a dry run leaves nothing behind.

use std::io::{BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use terrein_shared::id::new_id;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::archive::{self, Budget, extension};
use crate::crs::{self, Crs};
use crate::error::{Error, Result};
use crate::load::{self, Intake, Stager};
use crate::merge::{self, Counts, Provenance};
use crate::reason::{Language, Reason, Reject, Repair};
use crate::report::Report;
use crate::shape::Wanted;
use crate::source::{Options, Source};
use crate::{fetch, geojson, gml, link, ogr, sources, table};

/// Chunks in flight between the reader and the database.
const IN_FLIGHT: usize = 8;

/// What an operator asks for.
#[derive(Debug, Default, Clone)]
pub struct Request {
    /// One of [`sources::ALL`] by name.
    pub source: String,
    /// A path or an https address.
    pub from: String,
    /// Keep only what lies at this terrain; new rows without a place belong to it.
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

/// Runs one import on a connection of role `terrein_importer`.
///
/// # Errors
/// [`Error`]; then the database is as it was.
pub async fn import(db: &mut PgConnection, request: &Request) -> Result<Report> {
    let source = sources::by_name(&request.source).ok_or_else(|| {
        let known: Vec<&str> = sources::ALL.iter().map(|s| s.name).collect();
        Error::WrongUse(format!("no source “{}”; known are {}", request.source, known.join(", ")))
    })?;
    let (options, crs) = options(source, request)?;
    let folder = tempfile::Builder::new().prefix("terrein-import-").tempdir()?;
    let started = Instant::now();
    let file = fetch::fetch(&request.from, folder.path()).await?;
    tracing::debug!(import.bytes = file.bytes, import.etag = file.etag, "reading {}", file.name);

    let mut tx = db.begin().await?;
    // Sorting and joining whole deliveries; compiling such statements costs more than it gains.
    sqlx::raw_sql("set local jit = off; set local work_mem = '128MB'; set local statement_timeout = 0; set local lock_timeout = '60s'")
        .execute(&mut *tx)
        .await?;
    sqlx::query("select set_config('app.system', 'import', true), set_config('import.terrain', $1, true)")
        .bind(request.terrain.map(|id| id.to_string()).unwrap_or_default())
        .execute(&mut *tx)
        .await?;
    // Two runs of one source would use the same staging tables: the second is told so. It holds for one database.
    let free: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtextextended('terrein import ' || $1, 0))")
        .bind(source.name)
        .fetch_one(&mut *tx)
        .await?;
    if !free {
        return Err(Error::Busy { source_name: source.name });
    }
    if let Some(id) = request.terrain {
        let known: Option<i32> =
            sqlx::query_scalar("select 1 from terrain where id = $1 and deleted_at is null").bind(id).fetch_optional(&mut *tx).await?;
        known.ok_or_else(|| Error::NoTerrain { id: id.to_string() })?;
    }
    load::prepare(source, &mut tx).await?;
    merge::prepare(source, &mut tx).await?;
    let mut intake = stage(source, request, options, crs, &file.path, folder.path(), &mut tx).await?;
    let read_ms = started.elapsed().as_millis();
    for (part, _) in intake.kept.iter().enumerate().filter(|(_, kept)| **kept > 0) {
        sqlx::raw_sql(AssertSqlSafe(format!("analyze {} (row_number)", load::table(source, part)))).execute(&mut *tx).await?;
    }
    let repairs = shapes(source, &mut intake, &mut tx).await?;
    checks(source, &mut intake, &mut tx).await?;
    judge(&intake, request.language)?;

    // Merges and links of different sources touch the same rows: one at a time.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('terrein import merge', 0))").execute(&mut *tx).await?;
    let run = new_id();
    sqlx::query("insert into import_run (id, source, file_name, file_sha256, source_on, licence) values ($1, $2, $3, $4, $5, $6)")
        .bind(run)
        .bind(source.name)
        .bind(&file.name)
        .bind(&file.sha256)
        .bind(request.date)
        .bind(source.licence)
        .execute(&mut *tx)
        .await?;
    let with = Provenance { run, source, on: request.date, terrain: request.terrain };
    let mut counts = Counts::default();
    for target in source.targets {
        let came = |name: &str| source.parts.iter().zip(&intake.kept).any(|(p, kept)| p.name == name && *kept > 0);
        if !target.needs.is_empty() && !target.needs.iter().any(|name| came(name)) {
            continue;
        }
        let one = merge::merge(target, &with, &mut tx).await?;
        counts.created += one.created;
        counts.updated += one.updated;
        counts.unchanged += one.unchanged;
    }
    for sql in source.after {
        sqlx::raw_sql(*sql).execute(&mut *tx).await?;
    }
    let merged_ms = started.elapsed().as_millis();
    let links = link::link(&merge::touched(source), &mut tx).await?;
    record(run, &intake, &counts, &mut tx).await?;
    clean_up(source, &mut tx).await?;
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
        merge_ms = merged_ms - read_ms,
        link_ms = done_ms - merged_ms,
        "imported {}",
        file.name
    );
    Ok(Report::new(source.name, request, intake, counts, repairs, links))
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

/// Reads the file in a thread of its own while its rows are copied in.
async fn stage(
    source: &'static Source,
    request: &Request,
    options: Options,
    crs: Option<Crs>,
    file: &Path,
    folder: &Path,
    db: &mut PgConnection,
) -> Result<Intake> {
    let (sender, chunks) = mpsc::channel(IN_FLIGHT);
    let progress = progress(source.name);
    let mut stager = Stager::new(source, options.clone(), crs, sender, progress.clone());
    let (file, folder, layer, asked) = (file.to_owned(), folder.to_owned(), request.layer.clone(), crs.is_some());
    let reader = tokio::task::spawn_blocking(move || -> Result<Intake> {
        let job = Job { source, options: &options, layer: layer.as_deref(), folder: &folder, crs_asked: asked };
        job.read(&file, &mut stager)?;
        stager.finish()
    });
    let copied = load::copy(source, db, chunks).await;
    let read = reader.await.map_err(std::io::Error::other)?;
    progress.finish_and_clear();
    // When the database stops, the reader only notices that nobody listens: the database's reason is the one to tell.
    copied?;
    read
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

struct Job<'a> {
    source: &'static Source,
    options: &'a Options,
    layer: Option<&'a str>,
    folder: &'a Path,
    crs_asked: bool,
}

impl Job<'_> {
    fn read(&self, file: &Path, stager: &mut Stager) -> Result<()> {
        let Self { source, options, layer, folder, crs_asked } = *self;
        match extension(file).as_str() {
            "json" | "geojson" => geojson::read(file, source, crs_asked, options, stager),
            "csv" | "txt" | "tsv" => table::read_csv(file, source, options, stager),
            "xlsx" | "xls" | "ods" | "xlsm" => table::read_workbook(file, layer, source, options, stager),
            "gml" | "xml" if self.reads_xml() => {
                let seen = gml::read(BufReader::with_capacity(1 << 20, std::fs::File::open(file)?), source, options, stager)?;
                self.found_something(&seen, stager)
            }
            "zip" => self.read_zip(file, stager),
            _ => ogr::read(&self.own_copy(file)?, folder, layer, source, crs_asked, options, stager),
        }
    }

    /// Sources whose XML we know; any other goes to GDAL.
    fn reads_xml(&self) -> bool {
        self.source.parts.iter().any(|p| p.form != crate::source::Form::Table)
    }

    fn found_something(&self, seen: &[String], stager: &Stager) -> Result<()> {
        if stager.intake.read > 0 {
            return Ok(());
        }
        let wanted: Vec<&str> = self.source.parts.iter().flat_map(|p| p.layers.first()).copied().collect();
        let found = if seen.is_empty() { "-".into() } else { seen.join(", ") };
        Err(Error::NoLayer { wanted: wanted.join(" / "), found })
    }

    /// XML is read as it unpacks; other formats are unpacked first, and the one data file among them is read.
    fn read_zip(&self, file: &Path, stager: &mut Stager) -> Result<()> {
        let mut names = Vec::new();
        archive::walk(file, &mut Budget::new(archive::MAX_UNPACKED), &mut |name, _| {
            names.push(name.to_owned());
            Ok(())
        })?;
        let is_xml = |name: &String| matches!(extension(Path::new(name)).as_str(), "xml" | "gml");
        if self.reads_xml() && names.iter().any(is_xml) {
            let mut seen = Vec::new();
            archive::walk(file, &mut Budget::new(archive::MAX_UNPACKED), &mut |name, input| {
                if is_xml(&name.to_owned()) {
                    seen.extend(gml::read(BufReader::with_capacity(1 << 20, input), self.source, self.options, stager)?);
                }
                Ok(())
            })?;
            return self.found_something(&seen, stager);
        }
        let unpacked = self.folder.join("unpacked");
        let files = archive::unpack(file, &unpacked, &mut Budget::new(archive::MAX_UNPACKED))?;
        let readable =
            |f: &&PathBuf| ogr::driver(f).is_some() || matches!(extension(f).as_str(), "json" | "geojson" | "csv" | "xlsx" | "ods");
        let data: Vec<&PathBuf> = files.iter().filter(readable).collect();
        match data.as_slice() {
            [one] => self.read(one, stager),
            [] => Err(Error::WrongFormat { file: names.join(", "), wanted: ogr::FORMATS.into() }),
            _ => {
                let found: Vec<String> = data.iter().filter_map(|f| Some(f.file_name()?.to_string_lossy().into_owned())).collect();
                Err(Error::BadArchive { why: format!("it holds several files: {}", found.join(", ")) })
            }
        }
    }

    /// GDAL writes beside what it opens and looks at neighbours: it gets the file, and what belongs to it, in our own folder.
    fn own_copy(&self, file: &Path) -> Result<PathBuf> {
        if file.starts_with(self.folder) {
            return Ok(file.to_owned());
        }
        if ogr::driver(file).is_none() {
            let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            return Err(Error::WrongFormat { file: name, wanted: ogr::FORMATS.into() });
        }
        let inside = self.folder.join("input");
        std::fs::create_dir_all(&inside)?;
        let stem = file.file_stem().unwrap_or_default();
        let mut target = inside.join(format!("data.{}", extension(file)));
        if matches!(extension(file).as_str(), "shp" | "tab" | "mif") {
            let parent = file.parent().unwrap_or(Path::new("."));
            for entry in std::fs::read_dir(parent)?.flatten() {
                let path = entry.path();
                if path.file_stem() == Some(stem) && path.is_file() {
                    std::os::unix::fs::symlink(&path, inside.join(entry.file_name()))?;
                }
            }
            target = inside.join(file.file_name().unwrap_or_default());
        } else {
            std::os::unix::fs::symlink(file, &target)?;
        }
        Ok(target)
    }
}

/// Makes arcs straight and mends broken areas; rejects what mending leaves nothing of.
async fn shapes(source: &'static Source, intake: &mut Intake, db: &mut PgConnection) -> Result<Vec<Repair>> {
    let mut repairs = Vec::new();
    for (at, part) in source.parts.iter().enumerate() {
        if part.shape == Wanted::None || intake.kept[at] == 0 {
            continue;
        }
        let table = load::table(source, at);
        if intake.curved[at] {
            let sql = format!(
                "update {table} set geom = ST_CurveToLine(geom, case when ST_SRID(geom) in (4326, 4258) then 1e-7 else 0.01 end, 1, 0)
                 where ST_HasArc(geom) or GeometryType(geom) in ('CURVEPOLYGON', 'COMPOUNDCURVE', 'MULTISURFACE', 'MULTICURVE')"
            );
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *db).await?;
        }
        let sql = format!(
            "with bad as materialized (select ctid as at, row_number, ST_IsValidReason(geom) as was, ST_CollectionExtract(ST_MakeValid(geom), 3) as made
               from {table} where ST_Dimension(geom) = 2 and not ST_IsValid(geom)),
             mended as (update {table} s set geom = made from bad where s.ctid = bad.at and not ST_IsEmpty(made) and ST_Area(made) > 0 returning s.row_number),
             gone as (delete from {table} s using bad where s.ctid = bad.at and (ST_IsEmpty(made) or ST_Area(made) = 0))
             select row_number, was, (ST_IsEmpty(made) or ST_Area(made) = 0) from bad order by row_number"
        );
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *db).await? {
            let number = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default();
            let was: String = row.try_get(1)?;
            if row.try_get::<bool, _>(2)? {
                reject(intake, at, Reject { row: number, field: Some("geom"), reason: Reason::BrokenShape { why: was } });
            } else {
                repairs.push(Repair { row: number, was });
            }
        }
    }
    Ok(repairs)
}

fn reject(intake: &mut Intake, part: usize, one: Reject) {
    intake.rejected += 1;
    intake.kept[part] = intake.kept[part].saturating_sub(1);
    if intake.rejects.len() < load::MAX_REJECTS {
        intake.rejects.push(one);
    }
}

/// What only the whole delivery, or the database, can tell of a row.
async fn checks(source: &'static Source, intake: &mut Intake, db: &mut PgConnection) -> Result<()> {
    for sql in source.checks {
        let rows = sqlx::query(*sql).fetch_all(&mut *db).await?;
        let mut numbers = Vec::with_capacity(rows.len());
        for row in rows {
            let number: i64 = row.try_get(0)?;
            let field: String = row.try_get(1)?;
            let code: String = row.try_get(2)?;
            let key: String = row.try_get::<Option<String>, _>(3)?.unwrap_or_default();
            let field = source.parts.iter().flat_map(|p| p.columns).map(|c| c.name).find(|name| *name == field);
            let reason = match code.as_str() {
                "duplicate" => Reason::Duplicate { key },
                "known_elsewhere" => Reason::KnownElsewhere { key },
                _ => Reason::Dangling { to: field.unwrap_or("object"), key },
            };
            numbers.push(number);
            reject(intake, 0, Reject { row: u64::try_from(number).unwrap_or_default(), field, reason });
        }
        for part in 0..source.parts.len() {
            let sql = format!("delete from {} where row_number = any ($1)", load::table(source, part));
            if !numbers.is_empty() {
                sqlx::query(AssertSqlSafe(sql)).bind(&numbers).execute(&mut *db).await?;
            }
        }
    }
    Ok(())
}

/// A file of which nothing can be used is the wrong file: refused as a whole, with the first reason.
fn judge(intake: &Intake, language: Language) -> Result<()> {
    if intake.read == 0 {
        return Err(Error::Empty);
    }
    match intake.rejects.first() {
        Some(first) if intake.rejected == intake.read => Err(Error::NothingUsable {
            rows: intake.read,
            row: first.row,
            field: first.field.map(|f| format!("{f} ")).unwrap_or_default(),
            reason: first.reason.text(language),
        }),
        _ => Ok(()),
    }
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
    sqlx::raw_sql(AssertSqlSafe(format!("drop table {}", tables.join(", ")))).execute(db).await?;
    Ok(())
}
