//! Municipalities: their territory, and the list that says which province each belongs to and from when until when.
//!
//! Pseudo-municipalities (GM0998 abroad, GM0000 unknown) are rejected. Two forms: territories (GeoJSON, GeoPackage, GML) and the list
//! (CSV, `provinciecode;provincienaam;gemeentecode;gemeentenaam;begindatum;einddatum`), in which a code may stand more than once: its
//! newest row counts. Codes come as `GM0363` and as `0363`; we keep the first.
//!
//! # Source
//! CBS, "Wijken en buurten" (`service.pdok.nl/cbs/wijkenbuurten/<year>`), layer `gemeenten`; CBS, "Gemeentelijke indeling". CC BY 4.0.

use crate::reason::{Reason, Reject};
use crate::shape::Wanted;
use crate::source::{Form, Line, Options, Outcome, Part, Record, Source, Target, column};
use crate::text;

pub const SOURCE: Source = Source {
    name: "municipalities",
    licence: "CC BY 4.0, Centraal Bureau voor de Statistiek / Kadaster",
    srid: 28992,
    parts: &[
        Part {
            name: "list",
            form: Form::Table,
            layers: &[],
            columns: &[
                column("code", true, &["gemeentecode"]),
                column("name", true, &["gemeentenaam"]),
                column("province_code", true, &["provinciecode"]),
                column("province_name", true, &["provincienaam"]),
                column("valid_from", true, &["begindatum"]),
                column("valid_until", true, &["einddatum"]),
            ],
            shape: Wanted::None,
            geometry: &[],
            staged: "code text, name text, province_code text, province_name text, valid_from date, valid_until date",
            read: read_list,
        },
        Part {
            name: "area",
            form: Form::Both,
            layers: &["gemeenten", "gemeentegebied", "gemeente"],
            columns: &[
                column("code", true, &["gemeentecode", "statcode", "code"]),
                column("name", true, &["gemeentenaam", "statnaam", "naam"]),
                column("water", false, &["water", "h2o"]),
            ],
            shape: Wanted::Polygon,
            geometry: &["geometrie", "geom", "geometry", "multisurfaceproperty", "shape"],
            staged: "code text, name text",
            read: read_area,
        },
    ],
    targets: &[
        Target {
            table: "reference.municipality",
            key: "code",
            columns: &["name", "geom"],
            select: include_str!("municipalities.sql"),
            provenance: false,
            needs: &["area"],
            placing: &[],
            in_rd: false,
        },
        Target {
            table: "reference.municipality",
            key: "code",
            columns: &["name", "province_code", "province_name", "valid_from", "valid_until"],
            select: "select distinct on (code) code, name, province_code, province_name, valid_from, valid_until
                from staging.municipalities_list order by code, valid_from desc nulls last, row_number desc",
            provenance: false,
            needs: &["list"],
            placing: &[],
            in_rd: false,
        },
    ],
    checks: &[],
    after: &[],
};

fn code(record: &Record<'_>) -> Result<String, Reject> {
    let written = record.need("code")?;
    let code =
        text::municipality(written).ok_or_else(|| record.reject("code", Reason::BadForm { value: crate::source::shorten(written) }))?;
    if text::is_pseudo_municipality(&code) {
        return Err(record.reject("code", Reason::PseudoMunicipality { code }));
    }
    Ok(code)
}

fn read_area(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    // CBS cuts a municipality's water off as a row of its own.
    if record.get("water").is_some_and(|w| w.eq_ignore_ascii_case("JA")) {
        return Ok(Outcome::Skip);
    }
    line.text(Some(&code(record)?)).text(Some(&record.need_words("name", 200)?));
    Ok(Outcome::Keep)
}

fn read_list(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    line.text(Some(&code(record)?)).text(Some(&record.need_words("name", 200)?));
    line.text(record.key("province_code", 2)?.as_deref()).text(record.words("province_name", 100)?.as_deref());
    for name in ["valid_from", "valid_until"] {
        let day = match record.get(name) {
            None => None,
            Some(value) => {
                Some(text::day(value).ok_or_else(|| record.reject(name, Reason::BadForm { value: crate::source::shorten(value) }))?)
            }
        };
        line.put(day);
    }
    Ok(Outcome::Keep)
}
