//! Imports: fixtures of our own always, real open data with exact counts where `../shared/data` lies beside the repository.

mod real;
mod refusals;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};
use terrein_geodata::{Error, Language, Report, Request};
use terrein_tests::TestDatabase;

/// A database, somebody who imports, and somebody who looks.
struct Desk {
    database: TestDatabase,
    eyes: PgPool,
}

impl Desk {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let eyes = database.superuser().await;
        Self { database, eyes }
    }

    async fn try_import(&mut self, request: Request) -> Result<Report, Error> {
        terrein_geodata::import(&self.database.options("terrein_importer"), &request).await
    }

    async fn import(&mut self, source: &str, from: impl AsRef<Path>) -> Value {
        self.try_import(request(source, from)).await.expect("imported").json()
    }

    async fn refused(&mut self, request: Request) -> String {
        let error = self.try_import(request).await.expect_err("refused");
        assert!(!error.text(Language::Nl).is_empty());
        let left: i64 = self.one("select count(*) from pg_tables where schemaname = 'staging'").await;
        assert_eq!(left, 0, "a refusal leaves nothing behind");
        error.to_string()
    }

    async fn one<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.eyes).await.expect("a value")
    }

    async fn list(&self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&self.eyes).await.expect("values")
    }

    async fn execute(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.eyes).await.expect("done");
    }
}

fn request(source: &str, from: impl AsRef<Path>) -> Request {
    Request { source: source.into(), from: from.as_ref().to_string_lossy().into_owned(), ..Request::default() }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../geodata/fixtures").join(name)
}

/// A file of this test alone.
fn written(folder: &tempfile::TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("written");
    path
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn counts(report: &Value) -> [u64; 5] {
    ["read", "created", "updated", "unchanged", "rejected_count"].map(|name| report[name].as_u64().expect("a count"))
}

fn reasons(report: &Value) -> Vec<String> {
    let line = |r: &Value| format!("{} {} {}", r["row"], r["field"].as_str().unwrap_or("-"), r["reason"].as_str().unwrap_or("-"));
    report["rejected"].as_array().expect("a list").iter().map(line).collect()
}

// --- Business parks and municipalities

#[tokio::test]
async fn a_park_of_several_parts_and_surveys_is_one_terrain() {
    let mut desk = Desk::new().await;
    let report = desk.import("ibis", fixture("ibis/newer.geojson")).await;
    assert_eq!(counts(&report), [7, 4, 0, 0, 1], "{report}");
    assert_eq!(reasons(&report), ["6 ibis_number missing"]);
    assert_eq!(report["repaired"][0]["row"], 7, "the bow tie is mended and said so");
    let parts: i32 = desk.one("select ST_NumGeometries(geom) from terrain where source_id = '910002'").await;
    assert_eq!(parts, 2, "the newest survey alone");
    let hectares: f64 = desk.one("select ST_Area(geom_rd) / 10000 from terrain where source_id = '910001'").await;
    assert!((hectares - 12.0).abs() < 0.01, "{hectares}");
    assert_eq!(desk.one::<f64>("select gross_m2 from terrain where source_id = '910001'").await, 120_000.0);
    assert_eq!(desk.one::<String>("select name from terrain where source_id = '0910003'").await, "Coöperatiehof");
    let municipalities = desk.list("select municipality_code from terrain_municipality m join terrain t on t.id = terrain_id where source_id = '910002' order by 1").await;
    assert_eq!(municipalities, ["GM9001", "GM9002"]);
    assert_eq!(
        desk.one::<i64>("select count(*) from terrain_municipality m join terrain t on t.id = terrain_id where source_id = '0910003'")
            .await,
        0
    );
    let again = desk.import("ibis", fixture("ibis/newer.geojson")).await;
    assert_eq!(counts(&again), [7, 0, 0, 4, 1]);
}

#[tokio::test]
async fn older_parks_read_years_and_areas_as_they_were_written() {
    let mut desk = Desk::new().await;
    let report = desk.import("ibis", fixture("ibis/older.geojson")).await;
    assert_eq!(counts(&report), [2, 2, 0, 0, 0]);
    let years = desk.list("select start_year::text from terrain order by source_id").await;
    assert_eq!(years, ["1900", "1950"]);
    assert_eq!(desk.one::<f64>("select gross_m2 from terrain where source_id = '920001'").await, 31_000.5);
}

#[tokio::test]
async fn a_terrain_without_a_stated_municipality_gets_the_one_it_lies_in() {
    let mut desk = Desk::new().await;
    desk.import("ibis", fixture("ibis/newer.geojson")).await;
    let report = desk.import("municipalities", fixture("municipalities/gemeenten.geojson")).await;
    assert_eq!(counts(&report), [3, 2, 0, 0, 1]);
    assert_eq!(reasons(&report), ["3 code pseudo_municipality"]);
    let list = desk.list("select t.source_id || ' ' || municipality_code from terrain_municipality m join terrain t on t.id = terrain_id where t.source_id = '0910003'").await;
    assert_eq!(list, ["0910003 GM9001"]);
}

#[tokio::test]
async fn the_list_of_municipalities_adds_the_newest_province() {
    let mut desk = Desk::new().await;
    desk.import("municipalities", fixture("municipalities/gemeenten.geojson")).await;
    let report = desk.import("municipalities", fixture("municipalities/indeling.csv")).await;
    assert_eq!(counts(&report), [3, 0, 2, 0, 0]);
    let row = desk
        .list("select code || name || province_name || valid_from || (geom is not null) from reference.municipality order by code")
        .await;
    assert_eq!(row, ["GM9001ProefdorpVerderland2010-01-01true", "GM9002NaastdorpVerderland1970-01-01true"]);
}

// --- Parcels

#[tokio::test]
async fn a_parcel_is_its_outline_not_its_label_and_an_arc_is_straight_within_a_centimetre() {
    let mut desk = Desk::new().await;
    desk.import("ibis", fixture("ibis/newer.geojson")).await;
    let report = desk.import("brk", fixture("brk/perceel.gml")).await;
    assert_eq!(counts(&report), [6, 4, 0, 0, 1], "{report}");
    assert_eq!(report["skipped"], 1, "the historic parcel");
    assert_eq!(reasons(&report), ["6 section bad_form"]);
    let off: f64 = desk.one("select max(abs(ST_Area(geom_rd) / registered_m2 - 1)) from plot").await;
    assert!(off < 0.0005, "{off}");
    // A half disc of radius 50 m on a box: its chords stay within a centimetre, so its area within arc length times that.
    let area: f64 = desk.one("select ST_Area(geom_rd) from plot where number = '104'").await;
    let exact = 100.0 * 40.0 + std::f64::consts::PI * 50.0 * 50.0 / 2.0;
    assert!(exact - area > 0.0 && exact - area < 1.6, "{area} {exact}");
    assert_eq!(report["linked"]["plot_terrain"], 3);
    assert_eq!(report["unlinked"][0]["label"], "PRF00-A-103", "a sliver of it alone lies on the terrain");
    assert_eq!(report["unlinked"][0]["reason"], "no_terrain");
    let provenance: String = desk.one("select source || ' ' || source_id || ' ' || licence from plot where number = '101'").await;
    assert_eq!(provenance, "brk 70000000000101 CC BY 4.0, Kadaster");
}

#[tokio::test]
async fn a_shape_drawn_in_rd_is_kept_as_it_was_drawn_and_follows_what_changes_it() {
    let mut desk = Desk::new().await;
    desk.import("brk", fixture("brk/perceel.gml")).await;
    // What went to degrees and came back would be some micrometres off.
    let drawn = "select count(*) from plot where ST_X(ST_PointN(ST_ExteriorRing(ST_GeometryN(geom_rd, 1)), 1)) = round(ST_X(ST_PointN(ST_ExteriorRing(ST_GeometryN(geom_rd, 1)), 1))::numeric, 3)";
    assert_eq!(desk.one::<i64>(drawn).await, 4);
    let apart = "select max(ST_HausdorffDistance(geom_rd, ST_Transform(geom, 28992))) from plot";
    assert!(desk.one::<f64>(apart).await < 0.001);
    // Nobody but an import says what it is in metres.
    desk.execute("update plot set geom_rd = ST_Translate(geom_rd, 100, 0) where number = '101'").await;
    assert!(desk.one::<f64>(apart).await < 0.001);
    desk.execute("update plot set geom = ST_Translate(geom, 0.001, 0)").await;
    assert!(desk.one::<f64>(apart).await < 0.001);
    assert_eq!(desk.one::<i64>(drawn).await, 0, "all moved");
    desk.execute(
        "insert into plot (id, cadastral_municipality, section, number, geom, geom_rd)
        select gen_random_uuid(), 'PRF00', 'B', '7', geom, ST_Translate(geom_rd, 100, 0) from plot where number = '101'",
    )
    .await;
    assert!(desk.one::<f64>(apart).await < 0.001);
    // A file in degrees has no shape in metres to bring.
    let mut other = Desk::new().await;
    other.import("brk", fixture("brk/items.json")).await;
    assert!(other.one::<f64>(apart).await < 0.001);
}

#[tokio::test]
async fn parcels_of_the_ogc_api_have_other_names_and_become_the_same_plots() {
    let mut desk = Desk::new().await;
    let report = desk.import("brk", fixture("brk/items.json")).await;
    assert_eq!(counts(&report), [1, 1, 0, 0, 0]);
    assert_eq!(desk.one::<String>("select key from plot").await, "PRF00-B-7");
}

#[tokio::test]
async fn what_people_corrected_survives_a_new_import_and_what_they_removed_stays_removed() {
    let mut desk = Desk::new().await;
    desk.import("brk", fixture("brk/perceel.gml")).await;
    desk.execute("update plot set registered_m2 = 1, edited_fields = '{registered_m2}' where number = '101'; update plot set deleted_at = now() where number = '102'").await;
    let changed =
        std::fs::read_to_string(fixture("brk/perceel.gml")).expect("read").replace("PRF00", "PRF01").replace(">23400<", ">23500<");
    let folder = folder();
    let report = desk.import("brk", written(&folder, "later.gml", changed)).await;
    assert_eq!(counts(&report), [6, 0, 3, 1, 1]);
    let row: String =
        desk.one("select registered_m2 || ' ' || cadastral_municipality || ' ' || version from plot where number = '101'").await;
    assert_eq!(row, "1 PRF01 2");
    let removed: String = desk.one("select cadastral_municipality from plot where number = '102'").await;
    assert_eq!(removed, "PRF00");
}

#[tokio::test]
async fn a_dry_run_counts_and_keeps_nothing() {
    let mut desk = Desk::new().await;
    let report = desk.try_import(Request { dry_run: true, ..request("brk", fixture("brk/perceel.gml")) }).await.expect("ran").json();
    assert_eq!(counts(&report), [6, 4, 0, 0, 1]);
    assert_eq!(desk.one::<i64>("select (select count(*) from plot) + (select count(*) from import_run)").await, 0);
}

#[tokio::test]
async fn a_run_is_kept_with_its_checksum_counts_and_rejects() {
    let mut desk = Desk::new().await;
    desk.import("brk", fixture("brk/perceel.gml")).await;
    let run: String = desk
        .one("select source || ' ' || file_name || ' ' || length(file_sha256) || ' ' || read || ' ' || created || ' ' || rejected from import_run where finished_at is not null")
        .await;
    assert_eq!(run, "brk perceel.gml 64 6 4 1");
    let reject: String =
        desk.one("select row_number || ' ' || field || ' ' || reason || ' ' || (detail ->> 'value') from import_reject").await;
    assert_eq!(reject, "6 section bad_form A1");
}

#[tokio::test]
async fn only_what_lies_at_the_terrain_is_kept_when_one_is_named() {
    let mut desk = Desk::new().await;
    desk.import("ibis", fixture("ibis/newer.geojson")).await;
    let far: sqlx::types::Uuid = desk.one("select id from terrain where source_id = '0910003'").await;
    let report = desk.try_import(Request { terrain: Some(far), ..request("brk", fixture("brk/perceel.gml")) }).await.expect("ran").json();
    assert_eq!(report["created"], 0);
    let unknown = sqlx::types::Uuid::nil();
    let error = desk.refused(Request { terrain: Some(unknown), ..request("brk", fixture("brk/perceel.gml")) }).await;
    assert!(error.contains("no terrain"), "{error}");
}

// --- Buildings and addresses

/// Zips in a zip, as the extract is delivered.
fn lvbag() -> PathBuf {
    fixture("bag/lvbag.zip")
}

#[tokio::test]
async fn an_extract_gives_current_buildings_and_joined_addresses() {
    let mut desk = Desk::new().await;
    desk.import("ibis", fixture("ibis/newer.geojson")).await;
    desk.import("brk", fixture("brk/perceel.gml")).await;
    let zip = lvbag();
    let report = desk.import("bag", &zip).await;
    assert_eq!(counts(&report), [18, 7, 0, 0, 2], "{report}");
    assert_eq!(report["skipped"], 3, "two ended occurrences and one made inactive");
    assert_eq!(reasons(&report), ["9 object dangling", "10 street dangling"]);
    let buildings =
        desk.list("select bag_id || ' ' || coalesce(year::text, '-') || ' ' || array_to_string(uses, '+') from building order by 1").await;
    assert_eq!(
        buildings,
        ["9001100000000001 1975 industriefunctie+kantoorfunctie", "9001100000000002 - overige gebruiksfunctie+winkelfunctie"]
    );
    let addresses = desk.list("select label || ' ' || coalesce(postcode, '') || ' ' || city || ' ' || coalesce(floor_area_m2::text, '-') from address order by house_number, bag_id").await;
    assert_eq!(
        addresses,
        [
            "Havenweg & Kade 1 9001AA Proefdorp 1800",
            "Havenweg & Kade 1A 9001AA Proefdorp 1800",
            "Havenweg & Kade 3 9001AA Proefdorp 900",
            "Havenweg & Kade 3-2 9001AA Proefdorp -",
            "Havenweg & Kade 9 9001AB Proefdorp -",
        ]
    );
    assert_eq!(report["linked"]["building_plot"], 2);
    assert_eq!(report["linked"]["address_building"], 4);
    assert_eq!(report["linked"]["address_terrain"], 5);
    assert_eq!(counts(&desk.import("bag", &zip).await), [18, 0, 0, 7, 2]);
}

#[tokio::test]
async fn buildings_delivered_alone_keep_the_uses_they_had() {
    let mut desk = Desk::new().await;
    desk.import("bag", lvbag()).await;
    let report = desk.import("bag", fixture("bag/9001PND.xml")).await;
    assert_eq!(counts(&report), [4, 0, 0, 2, 0]);
}

/// Layers in one GeoPackage, made by the program that makes them for everybody.
fn geopackage(folder: &tempfile::TempDir, layers: &[(&str, PathBuf)]) -> PathBuf {
    let path = folder.path().join("delivery.gpkg");
    for (name, from) in layers {
        let made = Command::new("ogr2ogr").args(["-update", "-append", "-f", "GPKG"]).arg(&path).arg(from).args(["-nln", name]).output();
        let made = if path.exists() && made.as_ref().is_ok_and(|o| o.status.success()) {
            made
        } else {
            Command::new("ogr2ogr").args(["-f", "GPKG"]).arg(&path).arg(from).args(["-nln", name]).output()
        };
        assert!(made.expect("ogr2ogr runs").status.success(), "{name}");
    }
    path
}

#[tokio::test]
async fn a_geopackage_with_the_address_on_the_unit_is_read_layer_by_layer() {
    let mut desk = Desk::new().await;
    let folder = folder();
    let layers = [
        ("pand", fixture("bag/light/pand.geojson")),
        ("verblijfsobject", fixture("bag/light/verblijfsobject.geojson")),
        ("woonplaats", fixture("municipalities/gemeenten.geojson")),
    ];
    let file = geopackage(&folder, &layers);
    let report = desk.import("bag", &file).await;
    assert_eq!(counts(&report), [2, 2, 0, 0, 0], "{report}");
    assert_eq!(
        desk.one::<String>("select label || ' ' || bag_id || ' ' || bag_building_id from address").await,
        "Sluisweg 12B 9001200000000011 9001100000000011"
    );
    assert_eq!(report["linked"]["address_building"], 1);
    let wrong = desk.refused(Request { layer: Some("perceel".into()), ..request("brk", &file) }).await;
    assert!(wrong.contains("no layer “perceel”") && wrong.contains("pand, verblijfsobject, woonplaats"), "{wrong}");
}

// --- The ground of the map

#[tokio::test]
async fn the_large_scale_map_becomes_ground_without_what_has_ended() {
    let mut desk = Desk::new().await;
    let report = desk.import("bgt", fixture("bgt/bgt.gml")).await;
    assert_eq!(counts(&report), [6, 5, 0, 0, 0], "{report}");
    let ground = desk.list("select kind || ' ' || rank || ' ' || GeometryType(geom) from backdrop order by 1").await;
    assert_eq!(ground, ["green 9 POLYGON", "rail 9 LINESTRING", "road 5 POLYGON", "tree 9 POINT", "water 9 POLYGON"]);
    assert_eq!(counts(&desk.import("bgt", fixture("bgt/bgt.gml")).await), [6, 0, 0, 5, 0]);
}

#[tokio::test]
async fn the_topographic_map_becomes_ground_with_names_and_ranks() {
    let mut desk = Desk::new().await;
    let report = desk.import("top10nl", fixture("top10nl/top10nl.gml")).await;
    assert_eq!(counts(&report), [4, 3, 0, 0, 0], "{report}");
    let ground = desk.list("select kind || ' ' || rank || ' ' || level || ' ' || coalesce(name, '-') || ' ' || GeometryType(geom) from backdrop order by 1").await;
    assert_eq!(ground, ["green 9 0 - POLYGON", "road 2 0 Ringweg POLYGON", "water 9 -1 - POLYGON"]);
}

// --- Companies

async fn park_with_addresses(desk: &mut Desk) {
    desk.import("ibis", fixture("ibis/newer.geojson")).await;
    desk.import("brk", fixture("brk/perceel.gml")).await;
    desk.import("bag", lvbag()).await;
}

#[tokio::test]
async fn companies_find_their_address_building_and_plot() {
    let mut desk = Desk::new().await;
    park_with_addresses(&mut desk).await;
    let report = desk.import("companies", fixture("companies/bedrijven.csv")).await;
    assert_eq!(counts(&report), [6, 3, 0, 0, 3], "{report}");
    assert_eq!(reasons(&report), ["4 postcode bad_form", "5 name missing", "6 kvk_number bad_form"]);
    let companies = desk
        .list(
            "select c.name || ' ' || kvk_number || ' ' || coalesce(c.house_number || '/' || coalesce(c.addition, ''), '') || ' ' || coalesce(employees::text, '-') || ' ' \
             || sole_trader || ' ' || no_mailing || ' ' || coalesce(a.label, '-') from company c left join address a on a.id = c.address_id order by 1",
        )
        .await;
    assert_eq!(
        companies,
        [
            "Coöperatie Zónnedak 90000002 3/2 4 false true Havenweg & Kade 3-2",
            "Metaalhof Proefdorp 01234567 1/ 13 false false Havenweg & Kade 1",
            "Proefdrukkerij 90000003 99/ - true false -",
        ]
    );
    assert_eq!(report["linked"]["company_address"], 2);
    assert_eq!(report["linked"]["company_plot"], 2);
    let lost: Vec<&Value> = report["unlinked"].as_array().expect("a list").iter().filter(|u| u["reason"] == "no_address").collect();
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0]["label"], "Proefdrukkerij");
    let used = desk.list("select c.name || ' ' || coalesce('plot ' || p.number, 'building ' || b.bag_id) from occupancy o join company c on c.id = company_id left join plot p on p.id = o.plot_id left join building b on b.id = o.building_id where o.linked_by = 'import' order by 1").await;
    assert_eq!(
        used,
        [
            "Coöperatie Zónnedak building 9001100000000002",
            "Coöperatie Zónnedak plot 102",
            "Metaalhof Proefdorp building 9001100000000001",
            "Metaalhof Proefdorp plot 101",
        ]
    );
    assert_eq!(counts(&desk.import("companies", fixture("companies/bedrijven.csv")).await), [6, 0, 0, 3, 3]);
}

#[tokio::test]
async fn links_come_in_any_order_of_import_and_leave_people_alone() {
    let mut desk = Desk::new().await;
    desk.import("companies", fixture("companies/bedrijven.csv")).await;
    let before: i64 = desk.one("select count(*) from company where address_id is not null or terrain_id is not null").await;
    assert_eq!(before, 0);
    // By hand: one company is said to be elsewhere, and one use is ended.
    desk.execute("update company set edited_fields = '{address_id,terrain_id}' where name like 'Metaalhof%'").await;
    park_with_addresses(&mut desk).await;
    let linked = desk.list("select c.name || ' ' || t.name from company c join terrain t on t.id = c.terrain_id").await;
    assert_eq!(linked, ["Coöperatie Zónnedak Testpark Oost"]);
    desk.execute("update occupancy set deleted_at = now(), linked_by = 'person' where plot_id is not null").await;
    desk.execute("update company set employees = 5").await;
    desk.import("companies", fixture("companies/bedrijven.csv")).await;
    let uses: i64 = desk.one("select count(*) from occupancy where deleted_at is null and plot_id is not null").await;
    assert_eq!(uses, 0, "what a person ended stays ended");
}

#[tokio::test]
async fn a_company_without_a_place_belongs_to_the_terrain_that_was_named() {
    let mut desk = Desk::new().await;
    park_with_addresses(&mut desk).await;
    let terrain = desk.one("select id from terrain where source_id = '0910003'").await;
    let asked = Request { terrain: Some(terrain), ..request("companies", fixture("companies/bedrijven.csv")) };
    assert_eq!(desk.try_import(asked.clone()).await.expect("imported").counts.created, 3);
    let rows = desk.list("select c.name || ': ' || t.name from company c join terrain t on t.id = c.terrain_id order by 1").await;
    assert_eq!(rows, ["Coöperatie Zónnedak: Testpark Oost", "Metaalhof Proefdorp: Testpark Oost", "Proefdrukkerij: Coöperatiehof"]);
    assert_eq!(desk.try_import(asked).await.expect("imported").counts.unchanged, 3);
}

#[tokio::test]
async fn a_workbook_is_read_with_a_map_and_places_companies_by_coordinate() {
    let mut desk = Desk::new().await;
    park_with_addresses(&mut desk).await;
    let file = fixture("companies/bedrijven.xlsx");
    let error = desk.refused(request("companies", &file)).await;
    assert!(error.contains("no column for name") && error.contains("Firma") && error.contains("--map name="), "{error}");
    let map = vec![("name".to_owned(), "Firma".to_owned())];
    let report = desk.try_import(Request { map, ..request("companies", &file) }).await.expect("imported").json();
    assert_eq!(counts(&report), [2, 2, 0, 0, 0], "{report}");
    let rows = desk.list("select c.name || ' ' || kvk_number || ' ' || coalesce(c.house_letter, '-') || ' ' || t.name from company c join terrain t on t.id = c.terrain_id order by 1").await;
    assert_eq!(rows, ["Kade Test 90000008 - Testpark Oost", "Zaagerij Test 01234568 A Testpark Oost"]);
}

// --- Infrastructure

#[tokio::test]
async fn stations_are_placed_on_or_just_beside_a_terrain() {
    let mut desk = Desk::new().await;
    desk.import("ibis", fixture("ibis/newer.geojson")).await;
    let map = vec![("id".to_owned(), "stationsnummer".to_owned())];
    let asked = Request { map, kind: Some("station".into()), ..request("infrastructure", fixture("infrastructure/stations.geojson")) };
    let report = desk.try_import(asked.clone()).await.expect("imported").json();
    assert_eq!(counts(&report), [5, 3, 0, 0, 2], "{report}");
    assert_eq!(reasons(&report), ["4 condition unknown_value", "5 geom outside_netherlands"]);
    let rows = desk.list("select i.name || ' ' || condition || ' ' || coalesce(t.name, '-') from infrastructure i left join terrain t on t.id = terrain_id order by 1").await;
    assert_eq!(rows, ["MS-station Havenweg good Testpark Oost", "MS-station Rand poor Testpark Oost", "MS-station Ver unknown -"]);
    assert_eq!(counts(&desk.try_import(asked.clone()).await.expect("imported").json()), [5, 0, 0, 3, 2]);
    let wrong = desk.try_import(Request { kind: Some("castle".into()), ..asked }).await.expect_err("refused");
    assert!(wrong.is_wrong_use(), "{wrong}");
}
