//! What stands and lies on a terrain, from any file GDAL reads: stations, cables, lamps, cameras, chargers, trees.
//!
//! `--kind` says what a file holds, or a column `kind` does. Names are found under common headings or with `--map name=...`,
//! `--map owner=...`, `--map condition=...`, `--map id=...`. Without an id a thing is known again by its kind and its exact shape (the
//! second of two alike by being the second), so a moved one without id is a new one. Files of several layers want `--layer`.
//!
//! # Source
//! The municipality's own registers, grid operators' open data (station and cable positions), OpenStreetMap extracts (ODbL 1.0). The
//! licence is the supplier's: it is recorded as such and to be looked up there.

use crate::reason::{Reason, Reject};
use crate::shape::Wanted;
use crate::source::{Form, Line, Options, Outcome, Part, Record, Source, Target, column, shorten};

/// The kinds the table knows.
pub const KINDS: [&str; 10] = ["station", "cable", "pipe", "road", "cycle_path", "camera", "lamp", "charger", "tree", "other"];

pub const SOURCE: Source = Source {
    name: "infrastructure",
    licence: "as stated by the supplier",
    srid: 28992,
    parts: &[Part {
        name: "thing",
        form: Form::Table,
        layers: &[],
        columns: &[
            column("id", false, &["id", "identificatie", "objectid", "assetid", "osmid", "gmlid", "lokaalid"]),
            column("kind", false, &["kind", "soort"]),
            column("name", false, &["naam", "name", "omschrijving", "label"]),
            column("owner", false, &["eigenaar", "owner", "beheerder", "operator", "netbeheerder"]),
            column("condition", false, &["conditie", "condition", "staat"]),
            column("voltage", false, &["voltage", "spanning", "spanningsniveau"]),
        ],
        shape: Wanted::Any,
        geometry: &[],
        staged: "source_id text, kind text, name text, owner text, condition text, details jsonb",
        read,
    }],
    targets: &[Target {
        table: "infrastructure",
        key: "source_id",
        columns: &["kind", "name", "owner", "condition", "details", "geom"],
        select: include_str!("infrastructure.sql"),
        provenance: true,
        needs: &["thing"],
        placing: &[],
        in_rd: true,
    }],
    checks: &["select row_number, 'id', 'duplicate', source_id from (
        select row_number, source_id, row_number() over (partition by source_id order by row_number) as n from staging.infrastructure_thing where source_id is not null) d where n > 1"],
    after: &[],
};

fn condition(record: &Record<'_>) -> Result<Option<&'static str>, Reject> {
    let Some(written) = record.get("condition") else { return Ok(None) };
    Ok(Some(match written.to_lowercase().as_str() {
        "good" | "goed" | "1" | "2" => "good",
        "fair" | "redelijk" | "matig" | "3" => "fair",
        "poor" | "slecht" | "4" | "5" | "6" => "poor",
        "unknown" | "onbekend" => "unknown",
        _ => return Err(record.reject("condition", Reason::Unknown { value: shorten(written) })),
    }))
}

fn read(record: &Record<'_>, options: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let kind = match (&options.kind, record.get("kind")) {
        (Some(kind), _) => kind.clone(),
        (None, Some(kind)) => kind.to_lowercase().replace([' ', '-'], "_"),
        (None, None) => return Err(record.reject("kind", Reason::Missing)),
    };
    if !KINDS.contains(&kind.as_str()) {
        return Err(record.reject("kind", Reason::Unknown { value: shorten(&kind) }));
    }
    let id = record.get("id").map(|id| format!("{kind}:{}", shorten(id)));
    let mut details = serde_json::Map::new();
    if let Some(voltage) = record.get("voltage") {
        details.insert("voltage".into(), shorten(voltage).into());
    }
    line.text(id.as_deref()).text(Some(&kind)).text(record.words("name", 200)?.as_deref()).text(record.words("owner", 200)?.as_deref());
    line.text(condition(record)?).text(Some(&serde_json::Value::Object(details).to_string()));
    Ok(Outcome::Keep)
}
