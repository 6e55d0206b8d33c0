//! The large-scale base map (BGT): roads, water, green, rail, quays and trees as the ground of the map.
//!
//! Objects that ended (`eindRegistratie`, `terminationDate`) are passed over. Roads and green carry a second geometry (`kruinlijn`, the top
//! of a slope): the outline is read. Arcs are made straight within a centimetre. `relatieveHoogteligging` gives the drawing order.
//! Buildings come from the BAG, not from here.
//!
//! # Source
//! PDOK download "BGT" (CityGML-IMGeo, a zip of one file per class) and the OGC API `https://api.pdok.nl/lv/bgt/ogc/v1`.
//! CC0 1.0 / Public Domain Mark, Kadaster.

use super::ground::{COLUMNS, Ground, LAST, STAGED, write};
use crate::reason::Reject;
use crate::shape::Wanted;
use crate::source::{Column, Form, Line, Options, Outcome, Part, Record, Source, Target, column};

const COLUMNS_READ: &[Column] = &[
    column("id", true, &["lokaalid", "nen3610id/lokaalid"]),
    column("function", false, &["function", "functie", "bgtfunctie"]),
    column("class", false, &["class", "klasse", "type", "bgttype", "plustype"]),
    column("surface", false, &["surfacematerial", "fysiekvoorkomen", "bgtfysiekvoorkomen"]),
    column("name", false, &["openbareruimtenaam"]),
    column("level", false, &["relatievehoogteligging"]),
    column("width_m", false, &["breedte"]),
    column("ended", false, &["eindregistratie", "terminationdate", "objecteindtijd"]),
];

const fn part(
    name: &'static str,
    layers: &'static [&'static str],
    geometry: &'static [&'static str],
    read: fn(&Record<'_>, &Options, &mut Line) -> Result<Outcome, Reject>,
) -> Part {
    Part { name, form: Form::Both, layers, columns: COLUMNS_READ, shape: Wanted::Any, geometry, staged: STAGED, read }
}

pub const SOURCE: Source = Source {
    name: "bgt",
    licence: "CC0 1.0, Kadaster (BGT)",
    srid: 28992,
    parts: &[
        part("road", &["trafficarea", "wegdeel", "bgtwegdeel"], &["geometrie2dwegdeel", "geom", "geometry"], read_road),
        part(
            "verge",
            &["auxiliarytrafficarea", "ondersteunendwegdeel", "bgtondersteunendwegdeel"],
            &["geometrie2dondersteunendwegdeel", "geom", "geometry"],
            read_verge,
        ),
        part("water", &["waterdeel", "bgtwaterdeel"], &["geometrie2dwaterdeel", "geom", "geometry"], read_water),
        part(
            "bank",
            &["ondersteunendwaterdeel", "bgtondersteunendwaterdeel"],
            &["geometrie2dondersteunendwaterdeel", "geom", "geometry"],
            read_green,
        ),
        part(
            "green",
            &["plantcover", "begroeidterreindeel", "bgtbegroeidterreindeel"],
            &["geometrie2dbegroeidterreindeel", "geom", "geometry"],
            read_green,
        ),
        part(
            "bare",
            &["onbegroeidterreindeel", "bgtonbegroeidterreindeel"],
            &["geometrie2donbegroeidterreindeel", "geom", "geometry"],
            read_bare,
        ),
        part("rail", &["railway", "spoor", "bgtspoor"], &["geometrie2dspoor", "geometrie2d", "geom", "geometry"], read_rail),
        part(
            "wall",
            &["scheiding", "bgtscheiding"],
            &["geometrie2doverigeconstructie", "geometrie2dscheiding", "geometrie2d", "geom", "geometry"],
            read_wall,
        ),
        part(
            "tree",
            &["solitaryvegetationobject", "vegetatieobject", "bgtvegetatieobject"],
            &["geometrie2dvegetatieobject", "geometrie2d", "geom", "geometry"],
            read_tree,
        ),
    ],
    targets: &[Target {
        table: "backdrop",
        key: "source_id",
        columns: COLUMNS,
        select: include_str!("bgt.sql"),
        provenance: true,
        needs: &[],
        placing: &[],
        in_rd: true,
    }],
    checks: &[],
    after: &[],
};

fn read_road(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, road(&record.get("function").unwrap_or_default().to_lowercase()), line)
}

fn road(function: &str) -> Option<Ground> {
    if function.contains("fietspad") {
        Ground::of("cycle_path")
    } else if function.contains("parkeervlak") {
        Ground::of("parking")
    } else if function.contains("spoorbaan") {
        Ground::of("rail")
    } else if function.contains("autosnelweg") {
        Ground::road(1)
    } else if function.contains("autoweg") {
        Ground::road(2)
    } else if function.contains("regionale weg") {
        Ground::road(3)
    } else if function.contains("lokale weg") || function.contains("ov-baan") {
        Ground::road(5)
    } else if function.contains("rijbaan") {
        Ground::road(LAST)
    } else {
        Ground::of("paved")
    }
}

fn read_verge(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let green = record.get("surface").is_some_and(|s| s.to_lowercase().contains("groen"));
    write(record, Ground::of(if green { "green" } else { "paved" }), line)
}

fn read_water(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, Ground::of("water"), line)
}

fn read_green(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, Ground::of("green"), line)
}

fn read_bare(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let surface = record.get("surface").or(record.get("class")).unwrap_or_default().to_lowercase();
    // Yards and paving; sand and bare earth are the map's own ground.
    write(record, if surface.contains("verhard") || surface == "erf" { Ground::of("paved") } else { None }, line)
}

fn read_rail(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, Ground::of("rail"), line)
}

fn read_wall(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let quay = record.get("class").is_some_and(|c| c.to_lowercase().contains("kademuur"));
    write(record, if quay { Ground::of("quay") } else { None }, line)
}

fn read_tree(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let tree = record.get("class").is_some_and(|c| c.to_lowercase().contains("boom"));
    write(record, if tree { Ground::of("tree") } else { None }, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_roads_become_kinds_and_ranks() {
        let kind = |f: &str| road(f).map(|g| (g.kind, g.rank));
        assert_eq!(kind("rijbaan autosnelweg"), Some(("road", 1)));
        assert_eq!(kind("rijbaan lokale weg"), Some(("road", 5)));
        assert_eq!(kind("fietspad"), Some(("cycle_path", LAST)));
        assert_eq!(kind("parkeervlak"), Some(("parking", LAST)));
        assert_eq!(kind("voetpad"), Some(("paved", LAST)));
    }
}
