//! Bad input: each one clear error, nothing half done.

use std::path::PathBuf;

use sqlx::{Connection, PgConnection};
use terrein_geodata::Request;

use super::{Desk, fixture, folder, request, written};

#[tokio::test]
async fn wrong_files_are_refused_with_one_clear_line() {
    let mut desk = Desk::new().await;
    let folder = folder();
    let parcels = std::fs::read_to_string(fixture("brk/perceel.gml")).expect("read");
    let point = r#"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[13.4,52.5]},"properties":{"RIN_NUMMER":"1","PLAN_NAAM":"x"}}]}"#;
    let cases: Vec<(&str, PathBuf, &[&str])> = vec![
        ("brk", folder.path().join("absent.gml"), &["no such file"]),
        ("brk", written(&folder, "half.gml", &parcels[..parcels.len() / 2]), &["cannot be read past row"]),
        ("brk", written(&folder, "ended.gml", parcels.replace("</kk:DKK>", "")), &["breaks off"]),
        ("brk", written(&folder, "text.gml", "no xml at all"), &["cannot be read"]),
        ("brk", written(&folder, "empty.gml", ""), &["no XML"]),
        (
            "brk",
            written(
                &folder,
                "entity.gml",
                parcels.replacen("<kk:DKK", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><kk:DKK", 1),
            ),
            &["document type or entities"],
        ),
        ("brk", written(&folder, "reference.gml", parcels.replacen(">PRF00<", ">&a;<", 1)), &["document type or entities"]),
        ("brk", written(&folder, "belgian.gml", parcels.replace("EPSG::28992", "EPSG::31370")), &["EPSG::31370", "--crs"]),
        ("brk", fixture("bgt/bgt.gml"), &["no layer “perceel”"]),
        ("brk", fixture("ibis/older.geojson"), &["no column for identification", "RINNUMMER"]),
        (
            "ibis",
            written(
                &folder,
                "berlin.geojson",
                point.replace(
                    "\"Point\",\"coordinates\":[13.4,52.5]",
                    "\"Polygon\",\"coordinates\":[[[13,52],[13.1,52],[13.1,52.1],[13,52]]]",
                ),
            ),
            &["none of the 1 rows", "outside the Netherlands"],
        ),
        ("ibis", written(&folder, "point.geojson", point.replace("13.4", "6.4")), &["none of the 1 rows", "has a point"]),
        (
            "ibis",
            written(&folder, "half.geojson", &std::fs::read(fixture("ibis/newer.geojson")).expect("read")[..1500]),
            &["cannot be read past row"],
        ),
        ("ibis", written(&folder, "list.geojson", "[1,2]"), &["cannot be read", "FeatureCollection"]),
        ("ibis", written(&folder, "none.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}"), &["no rows"]),
        ("ibis", written(&folder, "vrt.gpkg", "<OGRVRTDataSource/>"), &["not a GPKG file"]),
        ("ibis", written(&folder, "source.vrt", "<OGRVRTDataSource/>"), &["not read here"]),
        ("companies", written(&folder, "columns.csv", "a;b\n1;2\n"), &["no column for name", "a, b"]),
        ("bag", written(&folder, "broken.zip", "PK nothing"), &["archive is refused"]),
        ("brk", PathBuf::from("http://example.org/perceel.gml"), &["only https"]),
        ("brk", PathBuf::from("https://127.0.0.1/perceel.gml"), &["not on the public internet"]),
        ("nonsense", fixture("brk/perceel.gml"), &["no source “nonsense”", "brk"]),
    ];
    for (source, file, words) in cases {
        let error = desk.refused(request(source, &file)).await;
        for word in words {
            assert!(error.contains(word), "{}: {error}", file.display());
        }
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let rows: i64 =
        desk.one("select (select count(*) from plot) + (select count(*) from terrain) + (select count(*) from import_run)").await;
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn wrong_options_are_wrong_use() {
    let mut desk = Desk::new().await;
    for asked in [
        Request { map: vec![("nothing".into(), "x".into())], ..request("brk", fixture("brk/perceel.gml")) },
        Request { kind: Some("lamp".into()), ..request("brk", fixture("brk/perceel.gml")) },
    ] {
        assert!(desk.try_import(asked).await.expect_err("refused").is_wrong_use());
    }
    let error = desk.refused(Request { crs: Some("EPSG:1".into()), ..request("brk", fixture("brk/perceel.gml")) }).await;
    assert!(error.contains("EPSG:1"), "{error}");
}

#[tokio::test]
async fn a_second_import_of_the_same_source_is_told_to_wait() {
    let mut desk = Desk::new().await;
    let mut other = PgConnection::connect_with(&desk.database.options("terrein_importer")).await.expect("connects");
    let mut running = other.begin().await.expect("begun");
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('terrein import brk', 0))").execute(&mut *running).await.expect("locked");
    let error = desk.refused(request("brk", fixture("brk/perceel.gml"))).await;
    assert!(error.contains("another import of brk is running"), "{error}");
    running.rollback().await.expect("rolled back");
    assert_eq!(desk.import("brk", fixture("brk/perceel.gml")).await["created"], 4);
}

#[tokio::test]
async fn the_system_that_the_operator_names_counts_above_what_the_file_says() {
    let mut desk = Desk::new().await;
    let folder = folder();
    let crs = Some("EPSG:28992".to_owned());
    let parcels = std::fs::read_to_string(fixture("brk/perceel.gml")).expect("read").replace("EPSG::28992", "EPSG::31370");
    let report =
        desk.try_import(Request { crs: crs.clone(), ..request("brk", written(&folder, "named.gml", parcels)) }).await.expect("imported");
    assert_eq!(report.counts.created, 4);
    let parks = std::fs::read_to_string(fixture("ibis/newer.geojson")).expect("read");
    let silent = written(&folder, "silent.geojson", parks.replacen("\"crs\"", "\"system\"", 1));
    let error = desk.refused(request("ibis", &silent)).await;
    assert!(error.contains("none of the 7 rows") && error.contains("--crs"), "{error}");
    assert_eq!(desk.try_import(Request { crs, ..request("ibis", &silent) }).await.expect("imported").counts.created, 4);
}
