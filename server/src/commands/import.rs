//! `terrein import <source> <file|url>`: open and own data into the tables.
//!
//! Prints a few lines for a person, or with `--json` exactly one object. Status 0 when done, 1 when refused (nothing is kept then),
//! 2 for wrong use.

use std::process::ExitCode;

use chrono::NaiveDate;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use terrein_geodata::{Error, Language, Request};
use uuid::Uuid;

use crate::audit::Event;

const REFUSED: u8 = 1;
const WRONG_USE: u8 = 2;

/// Arguments of `terrein import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// What is imported: municipalities, ibis, brk, bag, bgt, top10nl, companies, infrastructure
    source: String,
    /// A file, or an https address
    from: String,
    /// Keep only what lies at this terrain; companies are all kept, and new ones without a place belong to it
    #[arg(long, value_name = "ID", value_parser = terrain_id)]
    terrain: Option<Uuid>,
    /// The layer or sheet to read, where a file has several
    #[arg(long)]
    layer: Option<String>,
    /// The file's coordinate system, when it does not say it itself
    #[arg(long, value_name = "EPSG:n")]
    crs: Option<String>,
    /// Which column a field is in: name=Handelsnaam,kvk_number=Nummer
    #[arg(long, value_delimiter = ',', value_name = "FIELD=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// What an infrastructure file holds: station, cable, pipe, road, cycle_path, camera, lamp, charger, tree, other
    #[arg(long)]
    kind: Option<String>,
    /// The day the delivery describes, as 2026-01-31
    #[arg(long)]
    date: Option<NaiveDate>,
    /// Do everything, keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl ImportArgs {
    /// For the audit log: what is imported, and for which terrain; whence is not told, an address may hold a key.
    #[must_use]
    pub fn event(&self) -> Event {
        let event = Event::done("import").with("source", self.source.as_str()).with("dryRun", self.dry_run);
        match self.terrain {
            Some(terrain) => event.on("terrain", terrain),
            None => event,
        }
    }
}

/// `0190..` or `terrain:0190..`.
fn terrain_id(text: &str) -> Result<Uuid, String> {
    let bare = text.strip_prefix("terrain:").unwrap_or(text);
    Uuid::try_parse(bare).map_err(|_| format!("“{text}” is not the id of a terrain"))
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, column)) if !field.trim().is_empty() && !column.trim().is_empty() => Ok((field.trim().into(), column.trim().into())),
        _ => Err(format!("“{text}” is not field=column")),
    }
}

/// Dutch where the shell speaks it.
fn language() -> Language {
    let spoken = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    if spoken.is_some_and(|v| v.starts_with("nl")) { Language::Nl } else { Language::En }
}

/// Runs one import as `importer`, a login of role `terrein_importer`.
///
/// # Errors
/// When the database cannot be reached; what the import refuses is printed and is the exit status.
pub async fn run(args: ImportArgs, importer: PgConnectOptions) -> anyhow::Result<ExitCode> {
    let json = args.json;
    let request = Request {
        source: args.source,
        from: args.from,
        terrain: args.terrain,
        layer: args.layer,
        crs: args.crs,
        map: args.map,
        kind: args.kind,
        date: args.date,
        dry_run: args.dry_run,
        language: language(),
    };
    // A merge of many rows takes its time; its SQL is nothing for who waits at the screen.
    match terrein_geodata::import(&importer.disable_statement_logging(), &request).await {
        Ok(report) if json => println!("{}", report.json()),
        Ok(report) => print!("{}", report.text()),
        Err(error) => return Ok(refuse(&error, request.language, json)),
    }
    Ok(ExitCode::SUCCESS)
}

/// One clear line; with `--json` as an object, so that a script always has one to read.
fn refuse(error: &Error, language: Language, json: bool) -> ExitCode {
    let text = error.text(language);
    eprintln!("terrein: {text}");
    if json {
        println!("{}", serde_json::json!({ "error": text }));
    }
    ExitCode::from(if error.is_wrong_use() { WRONG_USE } else { REFUSED })
}
