//! Buildings and addresses (BAG).
//!
//! The extract (LVBAG, XML in zips in zips) holds history: only occurrences without end of validity and not made inactive are kept. Its
//! objects point at one another (address -> street -> town, address <- unit -> building): they are joined here. The GeoPackages
//! (`bag-light.gpkg`, municipal address files) carry the address on the unit itself. Identifications are 16 digits of text; where a
//! file has made numbers of them the leading zeros come back. A building without an address is normal (sheds, halls); a unit may lie in
//! several buildings: the first is kept. A building year of 9999 means unknown.
//!
//! # Source
//! Kadaster / municipalities: `https://service.pdok.nl/lv/bag/atom/bag.xml` (`bag-light.gpkg`), the LVBAG extract, the WFS
//! `https://service.pdok.nl/lv/bag/wfs/v2_0`. Public Domain Mark 1.0.

use crate::reason::{Reason, Reject};
use crate::shape::Wanted;
use crate::source::{Column, Form, Line, Options, Outcome, PLACE_ON_PLOT, PLACE_ON_TERRAIN, Part, Record, Source, Target, column, shorten};
use crate::text;

const BAG_ID: usize = 16;

/// Where an occurrence ends; all empty for a current one.
const END_VALIDITY: Column = column("end_validity", false, &["voorkomen/eindgeldigheid", "eindgeldigheid", "datumeind"]);
const END_REGISTRATION: Column = column("inactive", false, &["voorkomen/tijdstipinactief", "tijdstipinactief"]);
const INACTIVE_LV: Column = column("inactive_lv", false, &["beschikbaarlv/tijdstipinactieflv", "tijdstipinactieflv"]);
const NOT_BAG: Column = column("not_bag", false, &["beschikbaarlv/tijdstipnietbaglv", "tijdstipnietbaglv"]);
const OCCURRENCE: Column = column("occurrence", false, &["voorkomen/voorkomenidentificatie", "voorkomenidentificatie"]);
const IDENTIFICATION: Column = column("identification", true, &["identificatie"]);
const STATUS: Column = column("status", false, &["status"]);

pub const SOURCE: Source = Source {
    name: "bag",
    licence: "Public Domain Mark 1.0, Kadaster (BAG)",
    srid: 28992,
    parts: &[
        Part {
            name: "building",
            form: Form::Both,
            layers: &["pand", "bagpand", "panden"],
            columns: &[
                column("identification", true, &["identificatie", "pandidentificatie"]),
                column("year", false, &["oorspronkelijkbouwjaar", "bouwjaar"]),
                STATUS,
                column("uses", false, &["gebruiksdoel"]),
                OCCURRENCE,
                END_VALIDITY,
                END_REGISTRATION,
                INACTIVE_LV,
                NOT_BAG,
            ],
            shape: Wanted::Polygon,
            geometry: &["geometrie", "geom", "geometry"],
            staged: "bag_id text, year integer, status text, uses text[], occurrence integer",
            read: read_building,
        },
        Part {
            name: "flat",
            form: Form::Table,
            layers: &[
                "verblijfsobject",
                "bagverblijfsobject",
                "verblijfsobjecten",
                "ligplaats",
                "ligplaatsen",
                "standplaats",
                "standplaatsen",
                "adressen",
                "adres",
            ],
            columns: &[
                column(
                    "address",
                    false,
                    &[
                        "nummeraanduidinghoofdadresidentificatie",
                        "nummeraanduidingidentificatie",
                        "nummeraanduidingid",
                        "nummerid",
                        "hoofdadresidentificatie",
                    ],
                ),
                column("object", false, &["identificatie", "adresseerbaarobjectid", "verblijfsobjectidentificatie"]),
                column("building", false, &["pandidentificatie", "pandid"]),
                column("street", true, &["openbareruimtenaam", "openbareruimte", "straatnaam"]),
                column("house_number", true, &["huisnummer"]),
                column("house_letter", false, &["huisletter"]),
                column("addition", false, &["toevoeging", "huisnummertoevoeging"]),
                column("postcode", true, &["postcode"]),
                column("city", false, &["woonplaatsnaam", "woonplaats"]),
                column("uses", false, &["gebruiksdoel"]),
                column("floor_area_m2", false, &["oppervlakte"]),
                STATUS,
                END_VALIDITY,
            ],
            shape: Wanted::Any,
            geometry: &[],
            staged: "bag_id text, bag_object_id text, bag_building_id text, street text, house_number integer, house_letter text, addition text, postcode text, city text, uses text[], floor_area_m2 double precision",
            read: read_flat,
        },
        Part {
            name: "object",
            form: Form::Xml,
            layers: &["verblijfsobject", "ligplaats", "standplaats"],
            columns: &[
                IDENTIFICATION,
                column("main", true, &["heeftalshoofdadres/nummeraanduidingref"]),
                column("others", false, &["heeftalsnevenadres/nummeraanduidingref"]),
                column("buildings", false, &["maaktdeeluitvan/pandref"]),
                column("uses", false, &["gebruiksdoel"]),
                column("floor_area_m2", false, &["oppervlakte"]),
                STATUS,
                OCCURRENCE,
                END_VALIDITY,
                END_REGISTRATION,
                INACTIVE_LV,
                NOT_BAG,
            ],
            shape: Wanted::Any,
            geometry: &["geometrie"],
            staged: "bag_id text, addresses text[], bag_building_id text, uses text[], floor_area_m2 double precision, occurrence integer",
            read: read_object,
        },
        Part {
            name: "number",
            form: Form::Xml,
            layers: &["nummeraanduiding"],
            columns: &[
                IDENTIFICATION,
                column("house_number", true, &["huisnummer"]),
                column("house_letter", false, &["huisletter"]),
                column("addition", false, &["huisnummertoevoeging"]),
                column("postcode", false, &["postcode"]),
                column("street", true, &["ligtaan/openbareruimteref"]),
                column("town", false, &["ligtin/woonplaatsref"]),
                STATUS,
                OCCURRENCE,
                END_VALIDITY,
                END_REGISTRATION,
                INACTIVE_LV,
                NOT_BAG,
            ],
            shape: Wanted::None,
            geometry: &[],
            staged: "bag_id text, house_number integer, house_letter text, addition text, postcode text, street_id text, town_id text, occurrence integer",
            read: read_number,
        },
        Part {
            name: "street",
            form: Form::Xml,
            layers: &["openbareruimte"],
            columns: &[
                IDENTIFICATION,
                column("name", true, &["naam"]),
                column("town", false, &["ligtin/woonplaatsref"]),
                OCCURRENCE,
                END_VALIDITY,
                END_REGISTRATION,
                INACTIVE_LV,
                NOT_BAG,
            ],
            shape: Wanted::None,
            geometry: &[],
            staged: "bag_id text, name text, town_id text, occurrence integer",
            read: read_street,
        },
        Part {
            name: "town",
            form: Form::Xml,
            layers: &["woonplaats"],
            columns: &[IDENTIFICATION, column("name", true, &["naam"]), OCCURRENCE, END_VALIDITY, END_REGISTRATION, INACTIVE_LV, NOT_BAG],
            shape: Wanted::None,
            geometry: &[],
            staged: "bag_id text, name text, occurrence integer",
            read: read_town,
        },
    ],
    targets: &[
        Target {
            table: "building",
            key: "source_id",
            columns: &["bag_id", "year", "status", "uses", "geom"],
            select: include_str!("bag_building.sql"),
            provenance: true,
            needs: &["building"],
            placing: &[PLACE_ON_TERRAIN, PLACE_ON_PLOT],
            in_rd: true,
        },
        Target {
            table: "address",
            key: "source_id",
            columns: &[
                "bag_id",
                "bag_object_id",
                "bag_building_id",
                "street",
                "house_number",
                "house_letter",
                "addition",
                "postcode",
                "city",
                "uses",
                "floor_area_m2",
                "geom",
            ],
            select: include_str!("bag_address.sql"),
            provenance: true,
            needs: &["flat", "number"],
            placing: &[],
            in_rd: false,
        },
    ],
    checks: &[include_str!("bag_dangling.sql")],
    after: &[],
};

/// Whether an occurrence is over. History is most of an extract.
fn is_history(record: &Record<'_>) -> bool {
    ["end_validity", "inactive", "inactive_lv", "not_bag"].iter().any(|name| record.get(name).is_some())
}

fn is_withdrawn(record: &Record<'_>) -> bool {
    record.get("status").is_some_and(|s| {
        let s = s.to_lowercase();
        s.contains("ingetrokken") || s.starts_with("niet gerealiseerd") || s.contains("ten onrechte")
    })
}

fn uses(record: &Record<'_>) -> Vec<String> {
    let mut uses: Vec<String> = record
        .get("uses")
        .into_iter()
        .flat_map(|list| list.trim_matches(['{', '}']).split([',', ';']))
        .map(|u| u.trim().to_lowercase())
        .filter(|u| !u.is_empty())
        .collect();
    uses.sort();
    uses.dedup();
    uses
}

fn occurrence(record: &Record<'_>) -> Option<i32> {
    record.get("occurrence").and_then(|o| o.parse().ok())
}

fn read_building(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if is_history(record) {
        return Ok(Outcome::Skip);
    }
    let id = record.need_key("identification", BAG_ID)?;
    let year = record.get("year").and_then(text::year).filter(|y| (1005..=2100).contains(y));
    line.text(Some(&id)).put(year).text(Some(record.need("status")?)).list(&uses(record)).put(occurrence(record));
    Ok(Outcome::Keep)
}

fn house(record: &Record<'_>) -> Result<text::HouseNumber, Reject> {
    let written = record.need("house_number")?;
    let mut house =
        text::house_number(written).ok_or_else(|| record.reject("house_number", Reason::BadNumber { value: shorten(written) }))?;
    if let Some(letter) = record.get("house_letter") {
        house.letter = Some(letter.to_owned());
    }
    if let Some(addition) = record.get("addition") {
        house.addition = Some(addition.to_owned());
    }
    Ok(house)
}

fn postcode(record: &Record<'_>) -> Result<Option<String>, Reject> {
    let Some(written) = record.get("postcode") else { return Ok(None) };
    text::postcode(written).map(Some).ok_or_else(|| record.reject("postcode", Reason::BadForm { value: shorten(written) }))
}

/// The first of several identifications.
fn first_key(record: &Record<'_>, name: &'static str) -> Result<Option<String>, Reject> {
    let Some(list) = record.get(name) else { return Ok(None) };
    let first = list.trim_matches(['{', '}', '(', ')']).split([',', ';', ' ']).next().unwrap_or_default();
    text::key(first, BAG_ID).map(Some).ok_or_else(|| record.reject(name, Reason::BadForm { value: shorten(list) }))
}

fn read_flat(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if is_history(record) || is_withdrawn(record) {
        return Ok(Outcome::Skip);
    }
    let object = record.key("object", BAG_ID)?;
    // The WFS leaves the address' own identification out: the object's stands in, until a fuller delivery brings the right one.
    let id = match record.key("address", BAG_ID)?.or_else(|| object.clone()) {
        Some(id) => id,
        None => return Err(record.reject("address", Reason::Missing)),
    };
    let house = house(record)?;
    line.text(Some(&id)).text(object.as_deref()).text(first_key(record, "building")?.as_deref());
    line.text(Some(&record.need_words("street", 200)?))
        .put(Some(house.number))
        .text(house.letter.as_deref())
        .text(house.addition.as_deref());
    line.text(postcode(record)?.as_deref())
        .text(record.words("city", 200)?.as_deref())
        .list(&uses(record))
        .put(record.amount("floor_area_m2")?);
    Ok(Outcome::Keep)
}

fn read_object(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if is_history(record) || is_withdrawn(record) {
        return Ok(Outcome::Skip);
    }
    let id = record.need_key("identification", BAG_ID)?;
    let mut addresses = vec![record.need_key("main", BAG_ID)?];
    for other in record.get("others").into_iter().flat_map(|list| list.split(',')) {
        addresses.push(text::key(other, BAG_ID).ok_or_else(|| record.reject("others", Reason::BadForm { value: shorten(other) }))?);
    }
    line.text(Some(&id)).list(&addresses).text(first_key(record, "buildings")?.as_deref()).list(&uses(record));
    line.put(record.amount("floor_area_m2")?.filter(|area| *area < 999_999.0)).put(occurrence(record));
    Ok(Outcome::Keep)
}

fn read_number(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if is_history(record) || is_withdrawn(record) {
        return Ok(Outcome::Skip);
    }
    let id = record.need_key("identification", BAG_ID)?;
    let house = house(record)?;
    line.text(Some(&id)).put(Some(house.number)).text(house.letter.as_deref()).text(house.addition.as_deref());
    line.text(postcode(record)?.as_deref()).text(Some(&record.need_key("street", BAG_ID)?)).text(record.key("town", 4)?.as_deref());
    line.put(occurrence(record));
    Ok(Outcome::Keep)
}

fn read_street(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if is_history(record) {
        return Ok(Outcome::Skip);
    }
    line.text(Some(&record.need_key("identification", BAG_ID)?)).text(Some(&record.need_words("name", 200)?));
    line.text(record.key("town", 4)?.as_deref()).put(occurrence(record));
    Ok(Outcome::Keep)
}

fn read_town(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    if is_history(record) {
        return Ok(Outcome::Skip);
    }
    line.text(Some(&record.need_key("identification", 4)?)).text(Some(&record.need_words("name", 200)?)).put(occurrence(record));
    Ok(Outcome::Keep)
}
