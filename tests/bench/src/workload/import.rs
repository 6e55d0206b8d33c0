//! 50,000 parcels in RD from a GeoPackage: read, checked, merged, linked, against `ogr2ogr` of the same shapes (degrees, multi) into a
//! table with a spatial index.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use terrein_tests::TestDatabase;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context as Subscribed, SubscriberExt};

use super::How;
use crate::outcome::{Must, Outcome, median};

const PARCELS: usize = 50_000;
const ROUNDS: usize = 3;

pub fn run(_: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("import");
    let folder = tempfile::tempdir()?;
    let file = parcels(folder.path())?;
    let (mut ogr, mut bare, mut ours, mut links) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut again = Vec::new();
    let runtime = tokio::runtime::Runtime::new()?;
    for _ in 0..ROUNDS {
        let database = runtime.block_on(TestDatabase::new());
        ogr.push(ogr2ogr(&file, &database, &["-t_srs", "EPSG:4326", "-nlt", "PROMOTE_TO_MULTI"])?);
        bare.push(ogr2ogr(&file, &database, &[])?);
        let first = runtime.block_on(terrein(&file, &database, PARCELS as u64))?;
        again.push(runtime.block_on(terrein(&file, &database, 0))?.total);
        ours.push(first.total - first.link);
        links.push(first.link);
    }
    let (ogr, bare, ours, links) = (median(ogr), median(bare), median(ours), median(links));
    outcome
        .hold("read, checked, merged / ogr2ogr", ours / ogr, "", Must::AtMost(1.5))
        .hold("linking / ogr2ogr", links / ogr, "", Must::AtMost(1.5))
        .tell("ogr2ogr into an indexed table", ogr * 1e3, "ms")
        .tell("ogr2ogr, shapes as they are", bare * 1e3, "ms")
        .tell("read, checked, merged", ours * 1e3, "ms")
        .tell("linked", links * 1e3, "ms")
        .tell("the same file again, all told", median(again) * 1e3, "ms");
    Ok(outcome)
}

/// Parcels of 9 points on a grid, in RD, as a GeoPackage.
fn parcels(folder: &Path) -> Result<std::path::PathBuf> {
    let (text, package) = (folder.join("perceel.geojson"), folder.join("perceel.gpkg"));
    let mut out = BufWriter::new(File::create(&text)?);
    write!(
        out,
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::28992"}}}},"features":["#
    )?;
    for n in 0..PARCELS {
        let (x, y) = (150_000.0 + (n % 250) as f64 * 40.0, 450_000.0 + (n / 250) as f64 * 30.0);
        let ring: Vec<String> =
            [(0.0, 0.0), (12.5, 0.4), (25.1, 0.2), (38.0, 0.0), (38.0, 14.1), (38.0, 28.0), (20.3, 28.0), (0.0, 28.0), (0.0, 0.0)]
                .iter()
                .map(|(dx, dy)| format!("[{:.3},{:.3}]", x + dx, y + dy))
                .collect();
        write!(
            out,
            r#"{}{{"type":"Feature","properties":{{"identificatie_lokaal_id":"{}","akr_kadastrale_gemeente_code_waarde":"HVD00","sectie":"{}","perceelnummer":{},"kadastrale_grootte_waarde":{},"status_historie_code":"G","begin_geldigheid":"2020-01-01T00:00:00Z"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            if n == 0 { "" } else { "," },
            900_000_000 + n,
            char::from(b'A' + u8::try_from(n / 10_000).unwrap_or_default()),
            1 + n % 10_000,
            1060,
            ring.join(","),
        )?;
    }
    write!(out, "]}}")?;
    out.flush()?;
    let made =
        Command::new("ogr2ogr").args(["-f", "GPKG"]).arg(&package).arg(&text).args(["-nln", "perceel", "-a_srs", "EPSG:28992"]).status();
    ensure!(made.context("ogr2ogr is not there (gdal-bin)")?.success(), "ogr2ogr makes no GeoPackage");
    Ok(package)
}

/// Seconds of `ogr2ogr` by COPY into a new table with a spatial index.
fn ogr2ogr(file: &Path, database: &TestDatabase, shapes: &[&str]) -> Result<f64> {
    let options = database.roles().superuser.context("a test database has a superuser")?;
    let socket = options.get_socket().context("the test cluster listens on a socket")?.display().to_string();
    let name = options.get_database().context("a database has a name")?.to_owned();
    let target = format!("PG:host={socket} port={} user={} dbname={name}", options.get_port(), options.get_username());
    let started = Instant::now();
    let status = Command::new("ogr2ogr")
        .args(["--config", "PG_USE_COPY", "YES", "-f", "PostgreSQL", &target])
        .arg(file)
        .args(["-overwrite", "-nln", "public.plain", "-lco", "SPATIAL_INDEX=GIST", "-lco", "GEOMETRY_NAME=geom", "-gt", "100000"])
        .args(shapes)
        .status()?;
    ensure!(status.success(), "ogr2ogr does not load the file");
    Ok(started.elapsed().as_secs_f64())
}

struct Took {
    total: f64,
    link: f64,
}

async fn terrein(file: &Path, database: &TestDatabase, created: u64) -> Result<Took> {
    let phases = Arc::new(Mutex::new(0.0));
    let subscriber = tracing_subscriber::registry().with(Phases(phases.clone()));
    let importer = database.options("terrein_importer");
    let request = terrein_geodata::Request { source: "brk".to_owned(), from: file.display().to_string(), ..Default::default() };
    let started = Instant::now();
    // The subscriber holds for this thread: the runtime's main one, which drives the import.
    let guard = tracing::subscriber::set_default(subscriber);
    let report = terrein_geodata::import(&importer, &request).await?;
    drop(guard);
    let total = started.elapsed().as_secs_f64();
    ensure!(report.counts.created == created, "{} created, not {created}", report.counts.created);
    let link = phases.lock().map(|link| *link).unwrap_or_default();
    Ok(Took { total, link })
}

/// Hears how long linking took, from the import's own log line.
struct Phases(Arc<Mutex<f64>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Phases {
    fn on_event(&self, event: &tracing::Event<'_>, _: Subscribed<'_, S>) {
        event.record(&mut Link(&self.0));
    }
}

struct Link<'a>(&'a Mutex<f64>);

impl Visit for Link<'_> {
    fn record_u128(&mut self, field: &Field, value: u128) {
        if field.name() == "link_ms"
            && let Ok(mut link) = self.0.lock()
        {
            *link = value as f64 / 1e3;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
