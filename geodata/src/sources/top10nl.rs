//! The topographic map at 1:10,000 (TOP10NL): the wider surroundings of a terrain.
//!
//! A road is an area and a centre line under one identification: both are kept, apart. Names repeat per language. `hoogteniveau` gives the
//! drawing order. Inhabited places come as areas with a name.
//!
//! # Source
//! PDOK download "TOP10NL" (GeoPackage, GML) `https://service.pdok.nl/brt/top10nl/atom/top10nl.xml`. CC BY 4.0, Kadaster.

use super::ground::{COLUMNS, Ground, LAST, STAGED, write};
use crate::reason::Reject;
use crate::shape::Wanted;
use crate::source::{Column, Form, Line, Options, Outcome, Part, Record, Source, Target, column};

const COLUMNS_READ: &[Column] = &[
    column("id", true, &["lokaalid", "nen3610id/lokaalid"]),
    column("type", false, &["typeweg", "typewater", "typespoorbaan", "typelandgebruik", "typegebied"]),
    column("use", false, &["hoofdverkeersgebruik"]),
    column("name", false, &["straatnaamnl", "straatnaam", "naamnl", "naam", "naamofficieel"]),
    column("level", false, &["hoogteniveau"]),
    column("width_m", false, &["verhardingsbreedte"]),
    column("ended", false, &["eindregistratie", "objecteindtijd"]),
];
const SHAPES: &[&str] =
    &["geometrievlak", "geometriehartlijn", "geometrielijn", "hartgeometrie", "hoofdgeometrie", "geometrie", "geom", "geometry"];

const fn part(
    name: &'static str,
    layers: &'static [&'static str],
    read: fn(&Record<'_>, &Options, &mut Line) -> Result<Outcome, Reject>,
) -> Part {
    Part { name, form: Form::Both, layers, columns: COLUMNS_READ, shape: Wanted::Any, geometry: SHAPES, staged: STAGED, read }
}

pub const SOURCE: Source = Source {
    name: "top10nl",
    licence: "CC BY 4.0, Kadaster (TOP10NL)",
    srid: 28992,
    parts: &[
        part(
            "road",
            &["wegdeel", "top10nlwegdeelvlak", "top10nlwegdeelhartlijn", "wegdeelvlak", "wegdeelhartlijn", "wegdeellijn"],
            read_road,
        ),
        part("water", &["waterdeel", "top10nlwaterdeelvlak", "top10nlwaterdeellijn", "waterdeelvlak", "waterdeellijn"], read_water),
        part("rail", &["spoorbaandeel", "top10nlspoorbaandeellijn", "spoorbaandeellijn"], read_rail),
        part("ground", &["terrein", "top10nlterreinvlak", "terreinvlak"], read_ground),
        part("place", &["plaats", "top10nlplaatsvlak", "top10nlplaatsmultivlak", "plaatsvlak", "plaatsmultivlak"], read_place),
    ],
    targets: &[Target {
        table: "backdrop",
        key: "source_id",
        columns: COLUMNS,
        select: include_str!("top10nl.sql"),
        provenance: true,
        needs: &[],
        placing: &[],
        in_rd: true,
    }],
    checks: &[],
    after: &[],
};

fn read_road(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let kind = record.get("type").unwrap_or_default().to_lowercase();
    let used = record.get("use").unwrap_or_default().to_lowercase();
    write(record, road(&kind, &used), line)
}

fn road(kind: &str, used: &str) -> Option<Ground> {
    if used.starts_with("fiets") || used.starts_with("bromfiets") {
        Ground::of("cycle_path")
    } else if kind.contains("parkeerplaats") {
        Ground::of("parking")
    } else {
        Ground::road(match kind {
            k if k.contains("autosnelweg") => 1,
            k if k.contains("hoofdweg") => 2,
            k if k.contains("regionale weg") => 3,
            k if k.contains("lokale weg") => 5,
            k if k.contains("straat") => 6,
            _ => LAST,
        })
    }
}

fn read_water(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, Ground::of("water"), line)
}

fn read_rail(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, Ground::of("rail"), line)
}

fn read_ground(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let kind = record.get("type").unwrap_or_default().to_lowercase();
    let green =
        ["bos", "grasland", "heide", "akkerland", "boomgaard", "boomkwekerij", "fruitkwekerij", "populieren", "griend", "begraafplaats"];
    let ground = if green.iter().any(|g| kind.contains(g)) {
        Ground::of("green")
    } else if kind.contains("bebouwd") {
        Ground::of("settlement")
    } else if kind.contains("kade") || kind.contains("aanlegsteiger") {
        Ground::of("quay")
    } else {
        None
    };
    write(record, ground, line)
}

fn read_place(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    write(record, record.get("name").and_then(|_| Ground::of("settlement")), line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roads_are_ranked_and_cycle_paths_told_apart() {
        let kind = |k, u| road(k, u).map(|g| (g.kind, g.rank));
        assert_eq!(kind("autosnelweg", "snelverkeer"), Some(("road", 1)));
        assert_eq!(kind("straat", "gemengd verkeer"), Some(("road", 6)));
        assert_eq!(kind("overig", "fietsers, bromfietsers"), Some(("cycle_path", LAST)));
    }
}
