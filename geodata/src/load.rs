//! Rows on their way into staging: read in a thread of their own, checked there, sent by COPY as they come.

use sqlx::PgConnection;
use tokio::sync::{Mutex, mpsc};

use crate::crs::{self, Crs};
use crate::error::{Error, Result};
use crate::reader::{MAX_ROWS, Shape, Sink};
use crate::reason::{Reason, Reject};
use crate::shape::{self, Wanted};
use crate::source::{Line, Options, Outcome, Record, Source};

/// Bytes gathered before they are sent.
const CHUNK: usize = 256 * 1024;
/// Rejects kept by name; the count goes on.
pub const MAX_REJECTS: usize = 10_000;

/// COPY text for one part.
pub struct Chunk {
    pub part: usize,
    pub bytes: Vec<u8>,
}

/// What reading gave.
#[derive(Default)]
pub struct Intake {
    pub read: u64,
    pub skipped: u64,
    pub kept: Vec<u64>,
    /// Parts in which an arc was seen.
    pub curved: Vec<bool>,
    pub rejected: u64,
    pub rejects: Vec<Reject>,
}

/// Takes rows from a reader, has the source read them, checks their shapes and sends what is kept.
pub struct Stager {
    source: &'static Source,
    options: Options,
    crs: Crs,
    crs_fixed: bool,
    out: mpsc::Sender<Chunk>,
    buffers: Vec<Line>,
    wkb: Vec<u8>,
    progress: indicatif::ProgressBar,
    pub intake: Intake,
}

impl Stager {
    /// `asked`: the system the operator named, which beats what the file says.
    pub fn new(
        source: &'static Source,
        options: Options,
        asked: Option<Crs>,
        out: mpsc::Sender<Chunk>,
        progress: indicatif::ProgressBar,
    ) -> Result<Self> {
        let parts = source.parts.len();
        let unknown = || Error::UnknownCrs { found: format!("EPSG:{}", source.srid) };
        Ok(Self {
            source,
            options,
            crs: asked.or_else(|| crs::by_code(source.srid)).ok_or_else(unknown)?,
            crs_fixed: asked.is_some(),
            out,
            buffers: (0..parts).map(|_| Line::default()).collect(),
            wkb: Vec::new(),
            progress,
            intake: Intake { kept: vec![0; parts], curved: vec![false; parts], ..Intake::default() },
        })
    }

    fn send(&mut self, part: usize) -> Result<()> {
        let bytes = std::mem::take(&mut self.buffers[part].bytes);
        if bytes.is_empty() {
            return Ok(());
        }
        self.progress.set_position(self.intake.read);
        let stopped = || Error::File(std::io::Error::other("staging stopped"));
        self.out.blocking_send(Chunk { part, bytes }).map_err(|_| stopped())
    }

    /// Sends what is left.
    ///
    /// # Errors
    /// When the database side has stopped.
    pub fn finish(mut self) -> Result<Intake> {
        for part in 0..self.buffers.len() {
            self.send(part)?;
        }
        Ok(self.intake)
    }

    fn write(&mut self, part: usize, layer: &str, values: &[Option<String>], shape: Shape<'_>) -> std::result::Result<Outcome, Reject> {
        let row = self.intake.read;
        let spec = &self.source.parts[part];
        let line = &mut self.buffers[part];
        line.bytes.extend_from_slice(row.to_string().as_bytes());
        let record = Record { row, columns: spec.columns, values, layer };
        let at = line.bytes.len();
        if (spec.read)(&record, &self.options, line)? == Outcome::Skip {
            return Ok(Outcome::Skip);
        }
        if spec.shape == Wanted::None {
            return Ok(Outcome::Keep);
        }
        let reject = |reason| Reject { row, field: Some("geom"), reason };
        let (wkb, crs) = match shape {
            Shape::None if spec.shape == Wanted::Optional => {
                line.bytes.extend_from_slice(b"\t\\N");
                return Ok(Outcome::Keep);
            }
            Shape::None => return Err(reject(Reason::NoShape)),
            Shape::Broken(reason) => return Err(reject(reason)),
            Shape::Wkb(wkb, own) => (wkb, own.filter(|_| !self.crs_fixed).unwrap_or(self.crs)),
            Shape::Hex(hex) => {
                shape::from_hex(hex, &mut self.wkb).map_err(reject)?;
                (self.wkb.as_slice(), self.crs)
            }
        };
        debug_assert!(line.bytes.len() >= at);
        line.bytes.push(b'\t');
        let found = shape::check(wkb, &crs, spec.shape, &mut line.bytes).map_err(reject)?;
        self.intake.curved[part] |= found.curved;
        Ok(Outcome::Keep)
    }
}

impl Sink for Stager {
    fn row(&mut self, part: usize, layer: &str, values: &[Option<String>], shape: Shape<'_>) -> Result<()> {
        self.intake.read += 1;
        if self.intake.read > MAX_ROWS {
            return Err(Error::TooLarge { what: "the file".into(), limit: format!("{MAX_ROWS} rows") });
        }
        let before = self.buffers[part].bytes.len();
        match self.write(part, layer, values, shape) {
            Ok(Outcome::Keep) => {
                self.intake.kept[part] += 1;
                self.buffers[part].bytes.push(b'\n');
            }
            Ok(Outcome::Skip) => {
                self.intake.skipped += 1;
                self.buffers[part].bytes.truncate(before);
            }
            Err(reject) => {
                self.intake.rejected += 1;
                if self.intake.rejects.len() < MAX_REJECTS {
                    self.intake.rejects.push(reject);
                }
                self.buffers[part].bytes.truncate(before);
            }
        }
        if self.buffers[part].bytes.len() >= CHUNK { self.send(part) } else { Ok(()) }
    }

    fn crs(&mut self, crs: Crs) {
        if !self.crs_fixed {
            self.crs = crs;
        }
    }

    fn rows(&self) -> u64 {
        self.intake.read
    }
}

/// The staging table of a part.
pub fn table(source: &Source, part: usize) -> String {
    format!("staging.{}_{}", source.name, source.parts[part].name)
}

/// A shape in the system it came in, and in degrees: transformed here, in the database's process, while ours reads on.
const SHAPE: &str = ", geom geometry, lonlat geometry generated always as (ST_Transform(geom, 4326)) stored";

/// Lays the staging tables of a source, empty: unlogged, without index.
///
/// # Errors
/// The database's.
pub async fn prepare(source: &Source, db: &mut PgConnection) -> Result<()> {
    for (at, part) in source.parts.iter().enumerate() {
        let table = table(source, at);
        let shape = if part.shape == Wanted::None { "" } else { SHAPE };
        let sql =
            format!("drop table if exists {table}; create unlogged table {table} (row_number bigint not null, {}{shape})", part.staged);
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *db).await?;
    }
    Ok(())
}

/// Copies chunks into their staging tables until the reader is done. Over two connections: laying a shape down in degrees costs the
/// database more than reading it costs us, so that one alone would keep the reader waiting.
///
/// # Errors
/// The database's, a value that does not fit its column among them.
pub async fn copy(source: &Source, db: &mut PgConnection, beside: &mut PgConnection, chunks: mpsc::Receiver<Chunk>) -> Result<()> {
    let chunks = Mutex::new(chunks);
    tokio::try_join!(copy_some(source, db, &chunks), copy_some(source, beside, &chunks))?;
    Ok(())
}

async fn copy_some(source: &Source, db: &mut PgConnection, chunks: &Mutex<mpsc::Receiver<Chunk>>) -> Result<()> {
    let take = async || chunks.lock().await.recv().await;
    let mut next = take().await;
    while let Some(first) = next.take() {
        let part = first.part;
        let statement = format!("copy {} from stdin", table(source, part));
        let mut copy = db.copy_in_raw(&statement).await?;
        copy.send(first.bytes).await?;
        while let Some(chunk) = take().await {
            if chunk.part != part {
                next = Some(chunk);
                break;
            }
            copy.send(chunk.bytes).await?;
        }
        copy.finish().await?;
    }
    Ok(())
}
