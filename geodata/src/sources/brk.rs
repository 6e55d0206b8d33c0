//! Cadastral parcels (BRK, kadastrale kaart).
//!
//! Each parcel has an outline (`begrenzingPerceel`) and the point of its label (`plaatscoordinaten`): the outline is read. The GML writes
//! names in camelCase, the OGC API and its downloads in snake_case: both are known. The cadastral municipality has three spellings (a
//! code, a name, the five characters of AKR): AKR is kept where it is given, the name otherwise. Historic parcels are passed over. The
//! registered area is that of the deed and differs a little from the drawn one.
//!
//! # Source
//! `https://api.pdok.nl/kadaster/brk-kadastrale-kaart/ogc/v1/collections/perceel/items` (JSON); PDOK download "kadastralekaart v5" (GML).
//! CC BY 4.0.

use crate::reason::{Reason, Reject};
use crate::shape::Wanted;
use crate::source::{Form, Line, Options, Outcome, PLACE_ON_TERRAIN, Part, Record, Source, Target, column, shorten};
use crate::text;

pub const SOURCE: Source = Source {
    name: "brk",
    licence: "CC BY 4.0, Kadaster",
    srid: 28992,
    parts: &[Part {
        name: "plot",
        form: Form::Both,
        layers: &["perceel", "kadastralekaartv5perceel", "kadastralekaartv4perceel"],
        columns: &[
            column("identification", true, &["identificatielokaalid", "identificatie"]),
            column("akr", false, &["akrkadastralegemeentecodewaarde", "akrkadastralegemeentecode/waarde", "akr"]),
            column("municipality", false, &["kadastralegemeentewaarde", "kadastralegemeente/waarde", "kadastralegemeentenaam"]),
            column("section", true, &["sectie"]),
            column("number", true, &["perceelnummer"]),
            column("registered_m2", false, &["kadastralegroottewaarde", "kadastralegrootte/typeoppervlak/waarde", "oppervlakte"]),
            column("status", false, &["statushistoriecode", "statushistoriewaarde", "statushistorie/code"]),
            column("valid_from", false, &["begingeldigheid", "historie/begingeldigheid"]),
            column("valid_until", false, &["eindgeldigheid", "historie/eindgeldigheid"]),
        ],
        shape: Wanted::Polygon,
        geometry: &["begrenzingperceel", "begrenzing", "geom", "geometry"],
        staged: "identification text, municipality text, section text, number text, registered_m2 double precision, valid_from date, valid_until date",
        read,
    }],
    targets: &[Target {
        table: "plot",
        key: "source_id",
        columns: &["cadastral_municipality", "section", "number", "registered_m2", "valid_from", "valid_until", "geom"],
        select: include_str!("brk.sql"),
        provenance: true,
        needs: &["plot"],
        placing: &[PLACE_ON_TERRAIN],
        in_rd: true,
    }],
    checks: &["select row_number, 'identification', 'duplicate', identification from (
        select row_number, identification, row_number() over (partition by identification order by row_number) as n from staging.brk_plot) d where n > 1"],
    after: &[],
};

fn read(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if record.get("status").is_some_and(|s| s.starts_with(['H', 'h'])) {
        return Ok(Outcome::Skip);
    }
    let identification = record.need("identification")?;
    let municipality = match record.words("akr", 20)? {
        Some(code) => code,
        None => record.need_words("municipality", 100)?,
    };
    let section = record.need("section")?.to_ascii_uppercase();
    if !(1..=2).contains(&section.len()) || !section.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(record.reject("section", Reason::BadForm { value: shorten(&section) }));
    }
    let number = record.need("number")?;
    let number = number.strip_suffix(".0").unwrap_or(number).trim_start_matches('0');
    if !(1..=5).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(record.reject("number", Reason::BadForm { value: shorten(number) }));
    }
    line.text(Some(identification.strip_prefix("NL.IMKAD.KadastraalObject.").unwrap_or(identification)));
    line.text(Some(&municipality)).text(Some(&section)).text(Some(number)).put(record.amount("registered_m2")?);
    line.put(record.get("valid_from").and_then(text::day)).put(record.get("valid_until").and_then(text::day));
    Ok(Outcome::Keep)
}
