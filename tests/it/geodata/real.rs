//! Real open data, with exact counts, where `../shared/data` lies beside the repository.

use std::path::{Path, PathBuf};

use terrein_geodata::Request;

use super::{Desk, counts, request};

/// A real file, where there is one. Without it the test has nothing to say.
fn real(name: &str) -> Option<PathBuf> {
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name)).filter(|path| path.exists())
}

#[tokio::test]
async fn real_parks_are_twenty_of_twenty_two_rows() {
    let Some(file) = real("ibis/ibis-rijssen-holten.geojson") else { return };
    let mut desk = Desk::new().await;
    assert_eq!(counts(&desk.import("ibis", &file).await), [22, 20, 0, 0, 0]);
    assert_eq!(counts(&desk.import("ibis", &file).await), [22, 0, 0, 20, 0]);
    let area: f64 = desk.one("select ST_Area(geom_rd) / gross_m2 from terrain where source_id = '130060'").await;
    assert!((area - 1.0).abs() < 0.01, "three parts, one park: {area}");
}

#[tokio::test]
async fn real_parcels_have_their_registered_area() {
    let Some(file) = real("brk/dkk-v5-perceel.gml") else { return };
    let mut desk = Desk::new().await;
    assert_eq!(counts(&desk.import("brk", &file).await), [11, 11, 0, 0, 0]);
    let whole: f64 = desk.one("select sum(ST_Area(geom_rd)) / sum(registered_m2) from plot").await;
    assert!((whole - 1.0).abs() < 0.01, "{whole}");
    // Registered areas are whole square metres of a deed: two small parcels differ by more than a hundredth, none by more than 3 m².
    let off: i64 =
        desk.one("select count(*) from plot where abs(ST_Area(geom_rd) / registered_m2 - 1) > 0.01 and abs(ST_Area(geom_rd) - registered_m2) > 3").await;
    assert_eq!(off, 0);
}

#[tokio::test]
async fn real_buildings_are_the_current_occurrences_alone() {
    let Some(file) = real("bag/lvbag-0221PND15092020.zip") else { return };
    let mut desk = Desk::new().await;
    let report = desk.import("bag", &file).await;
    assert_eq!(counts(&report), [13_098, 7_797, 0, 0, 0]);
    assert_eq!(report["skipped"], 5_301);
    assert_eq!(counts(&desk.import("bag", &file).await), [13_098, 0, 0, 7_797, 0]);
}

#[tokio::test]
async fn a_real_extract_of_zips_in_zips_joins_addresses() {
    let Some(file) = real("bag/lvbag-BAGNLDL-15092020-small.zip") else { return };
    let mut desk = Desk::new().await;
    let report = desk.import("bag", &file).await;
    assert_eq!(report["read"], 231);
    assert_eq!(report["rejected_count"], 0, "{report}");
    assert!(desk.one::<i64>("select count(*) from address where city = 'Doesburg'").await > 0);
}

#[tokio::test]
async fn real_addresses_of_a_geopackage_come_from_three_layers() {
    let Some(file) = real("bag/bag-adressen-amsterdam-noord.gpkg") else { return };
    let mut desk = Desk::new().await;
    assert_eq!(counts(&desk.import("bag", &file).await), [1_904, 1_904, 0, 0, 0]);
}

#[tokio::test]
async fn real_municipalities_are_three_hundred_and_forty_two() {
    let Some(file) = real("boundaries/cbs-gemeenten-2023-vereenvoudigd.geojson") else { return };
    let mut desk = Desk::new().await;
    let report = desk.import("municipalities", &file).await;
    assert_eq!(counts(&report), [343, 342, 0, 0, 1]);
    assert_eq!(report["rejected"][0]["detail"]["code"], "GM0998");
    let list = real("boundaries/cbs-gemeentelijke-indeling.csv").expect("beside it");
    desk.import("municipalities", &list).await;
    assert_eq!(desk.one::<String>("select province_name from reference.municipality where code = 'GM0363'").await, "Noord-Holland");
    assert_eq!(desk.one::<i64>("select count(*) from reference.municipality where geom is not null").await, 342);
}

#[tokio::test]
async fn real_zoning_arcs_and_lines_come_in_as_infrastructure() {
    let (Some(plan), Some(lines)) = (real("zoning/NL.IMRO.0664.BPBS02-VG99.gml"), real("grid/osm-hv-lines-nl.geojson")) else { return };
    let mut desk = Desk::new().await;
    let asked = |file: &Path, kind: &str, layer: Option<&str>| Request {
        kind: Some(kind.into()),
        layer: layer.map(str::to_owned),
        ..request("infrastructure", file)
    };
    let report = desk.try_import(asked(&plan, "other", Some("Bouwvlak"))).await.expect("imported").json();
    assert_eq!(counts(&report), [25, 25, 0, 0, 0]);
    assert_eq!(desk.one::<i64>("select count(*) from infrastructure where ST_HasArc(geom)").await, 0);
    assert_eq!(counts(&desk.try_import(asked(&lines, "cable", None)).await.expect("imported").json()), [124, 124, 0, 0, 0]);
    let error = desk.refused(asked(&plan, "other", None)).await;
    assert!(error.contains("--layer") && error.contains("Bouwvlak"), "{error}");
}

#[tokio::test]
async fn the_published_point_of_the_dutch_grid_lies_where_it_should() {
    let desk = Desk::new().await;
    let off: f64 = desk.one("select ST_Distance(ST_Transform(ST_SetSRID(ST_MakePoint(155000, 463000), 28992), 4326)::geography, ST_SetSRID(ST_MakePoint(5.38720365, 52.15517289), 4326)::geography)").await;
    assert!(off < 0.12, "{off} m; without the correction grid up to 12 cm");
    let (lon, lat) = terrein_geodata::crs::rd_to_wgs84(155_000.0, 463_000.0);
    assert!((lon - 5.387_203_65).abs() < 5e-6 && (lat - 52.155_172_89).abs() < 5e-6);
}
