//! Tiles, decoded: what is in them and with which words, for whom; how they are sent.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use geo::CoordsIter;
use mvt_reader::Reader;
use mvt_reader::feature::{Feature, Value as Attribute};
use serde_json::{Value, json};
use sqlx::Connection;
use terrein::tiles::LAYERS;
use terrein_tests::demo::{CLOSED_PLACE, PLACE, tile_of};
use terrein_tests::{Client, TestApp, TestDatabase};

/// Features of a layer in a tile.
fn features(tile: &[u8], layer: &str) -> Vec<Feature> {
    let reader = Reader::new(tile.to_vec()).expect("a tile");
    let names = reader.get_layer_names().expect("layers");
    names.iter().position(|name| name == layer).map(|index| reader.get_features(index).expect("features")).unwrap_or_default()
}

fn word<'a>(feature: &'a Feature, name: &str) -> Option<&'a str> {
    match feature.properties.as_ref()?.get(name)? {
        Attribute::String(text) => Some(text),
        _ => None,
    }
}

fn ids(tile: &[u8], layer: &str) -> BTreeSet<String> {
    features(tile, layer).iter().filter_map(|feature| word(feature, "id").map(str::to_owned)).collect()
}

/// Ids of a table's rows whose shape reaches into the tile, or only into its edge.
async fn reaching(app: &TestApp, table: &str, z: u8, (x, y): (u32, u32), edge: f64, visible: &str) -> BTreeSet<String> {
    let sql = format!(
        "select coalesce(string_agg('{table}:' || id, ' '), '') from {table}
         where deleted_at is null and ({visible}) and ST_Intersects(geom_web, ST_TileEnvelope({z}, {x}, {y}, margin => {edge}))"
    );
    app.value::<String>(&sql).await.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_layer_shows_what_lies_there_with_its_words() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    for layer in LAYERS {
        let (z, place) = (layer.max_zoom.min(15).max(layer.min_zoom), PLACE);
        let (x, y) = tile_of(place, z);
        let tile = boss.tile(layer.name, z, x, y).await.unwrap_or_else(|| panic!("no tile of {}", layer.name));
        let reader = Reader::new(tile.clone()).expect("a tile");
        let meta = reader.get_layer_metadata().expect("layers");
        assert_eq!((meta.len(), meta[0].name.as_str(), meta[0].extent, meta[0].version), (1, layer.name, 4096, 2));
        let found = features(&tile, layer.name);
        let known: BTreeSet<&str> = layer.fields.iter().map(|(name, _)| *name).collect();
        for feature in &found {
            for (name, value) in feature.properties.as_ref().expect("attributes") {
                assert!(known.contains(name.as_str()), "{name} of {} is not in the TileJSON", layer.name);
                let kind = layer.fields.iter().find(|(field, _)| field == name).expect("known").1;
                assert_eq!(kind == "String", matches!(value, Attribute::String(_)), "{name} of {}: {value:?}", layer.name);
            }
            let inside = feature.geometry.coords_iter().all(|at| (-65.0..=4161.0).contains(&at.x) && (-65.0..=4161.0).contains(&at.y));
            assert!(inside, "cut at the edge of {}", layer.name);
        }
        if known.contains("id") {
            // The aanjager sees every public row and, of companies and issues, those of the terrain.
            let visible = match layer.table {
                "issue" => {
                    "audience in ('public', 'terrain') and terrain_id in (select id from terrain where audience = 'public') or author_id = (select id from person where email = 'aanjager@demo.example')"
                }
                "company" => "terrain_id in (select id from terrain where audience = 'public')",
                _ => "audience = 'public'",
            };
            let (shown, all) = (ids(&tile, layer.name), reaching(&app, layer.table, z, (x, y), 0.0157, visible).await);
            let sure = reaching(&app, layer.table, z, (x, y), 0.0, visible).await;
            assert!(
                !shown.is_empty() && shown.is_subset(&all) && sure.is_subset(&shown),
                "{}: {} shown, {} to {} expected",
                layer.name,
                shown.len(),
                sure.len(),
                all.len()
            );
        } else {
            assert!(found.len() > 20, "{}: {}", layer.name, found.len());
        }
    }
    let (x, y) = tile_of(PLACE, 15);
    let tile = app.anonymous().tile("issue", 15, x, y).await.expect("public issues");
    let lamp = features(&tile, "issue").into_iter().find(|feature| word(feature, "title") == Some("Lamp stuk bij achterpoort"));
    if let Some(lamp) = lamp {
        assert_eq!((word(&lamp, "kind"), word(&lamp, "theme"), word(&lamp, "state")), (Some("problem"), Some("safety"), Some("open")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_shows_each_person_what_the_graph_does() {
    let app = TestApp::demo().await;
    let (visitor, ann, neighbour) = (app.anonymous(), app.sign_in("ondernemer@demo.example").await, app.sign_in("buur@demo.example").await);
    let all = LAYERS.iter().filter(|layer| !layer.public).map(|layer| layer.name).collect::<Vec<_>>().join(",");
    let (x, y) = tile_of(CLOSED_PLACE, 16);
    assert_eq!(visitor.tile(&all, 16, x, y).await, None);
    assert_eq!(ann.tile(&all, 16, x, y).await, None);
    let tile = neighbour.tile(&all, 16, x, y).await.expect("the island");
    for layer in ["terrain", "plot", "building", "address", "company"] {
        assert!(!features(&tile, layer).is_empty(), "{layer}");
    }
    // Companies are for those on the terrain, issues by audience: as many as the graph counts.
    let (x, y) = tile_of(PLACE, 14);
    assert_eq!(visitor.tile("company", 14, x, y).await, None);
    assert!(ann.tile("company", 14, x, y).await.is_some());
    for client in [&visitor, &ann, &neighbour] {
        let mut shown = BTreeSet::new();
        for (dx, dy) in (0..3).flat_map(|dx| (0..3).map(move |dy| (dx, dy))) {
            if let Some(tile) = client.tile("issue", 14, x + dx - 1, y + dy - 1).await {
                shown.extend(ids(&tile, "issue"));
            }
        }
        let page = client
            .data(
                "query($t: ID!) { terrain(id: $t) { issues(first: 100) { edges { node { id } } } } }",
                json!({ "t": terrein_tests::demo::hooge_waard() }),
            )
            .await;
        let listed: BTreeSet<String> = page["terrain"]["issues"]["edges"]
            .as_array()
            .expect("edges")
            .iter()
            .filter_map(|edge| edge["node"]["id"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(shown, listed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_layers_come_in_one_tile_in_the_order_asked() {
    let app = TestApp::demo().await;
    let (x, y) = tile_of(PLACE, 15);
    let tile = app.anonymous().tile("backdrop,terrain,plot,building,infrastructure,issue", 15, x, y).await.expect("a tile");
    let names = Reader::new(tile).expect("a tile").get_layer_names().expect("layers");
    assert_eq!(names, ["backdrop", "terrain", "plot", "building", "infrastructure", "issue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn below_zoom_twelve_shapes_are_fewer_and_simpler() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    let (x, y) = tile_of(PLACE, 11);
    assert_eq!(visitor.tile("plot", 11, x, y).await, None, "parcels begin at 13");
    assert_eq!(visitor.tile("plot,company", 12, x * 2, y * 2).await, None);
    let points = |tile: &[u8], layer: &str| features(tile, layer).iter().map(|feature| feature.geometry.coords_count()).sum::<usize>();
    let far = visitor.tile("backdrop,terrain", 9, x / 4, y / 4).await.expect("far off");
    let rows = usize::try_from(app.value::<i64>("select count(*) from backdrop").await).expect("a count");
    let whole = usize::try_from(app.value::<i64>("select sum(ST_NPoints(geom_web)) from backdrop").await).expect("a count");
    let shown = features(&far, "backdrop").len();
    assert!(shown > 0 && shown * 3 < rows, "{shown} of {rows}");
    assert!(points(&far, "backdrop") * 2 < whole);
    assert_eq!(ids(&far, "terrain").len(), 1);
    let outline = usize::try_from(app.value::<i64>("select ST_NPoints(geom_web)::bigint from terrain where audience = 'public'").await)
        .expect("a count");
    assert!(points(&far, "terrain") <= outline);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_is_named_by_its_content_and_packed_as_asked() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    let (x, y) = tile_of(PLACE, 14);
    let path = format!("/tiles/plot,issue/14/{x}/{y}");
    let first = visitor.get(&path).await;
    assert_eq!((first.status, &first.headers["content-type"]), (200, &"application/vnd.mapbox-vector-tile".parse().expect("a header")));
    assert_eq!(first.headers["cache-control"], "private, no-cache");
    assert!(first.headers["vary"].to_str().expect("text").contains("cookie"));
    let etag = first.headers["etag"].clone();
    let again = visitor.send(visitor.request("GET", &path).header("if-none-match", &etag)).await;
    assert_eq!((again.status, again.body.len(), &again.headers["etag"]), (304, 0, &etag));
    // Somebody else's tile is another; so is the same after a change.
    let ann = app.sign_in("ondernemer@demo.example").await;
    let theirs = ann.send(ann.request("GET", &path).header("if-none-match", &etag)).await;
    assert_eq!(theirs.status, 200);
    app.sql("update issue set title = 'Anders' where audience = 'public'").await;
    assert_eq!(visitor.send(visitor.request("GET", &path).header("if-none-match", &etag)).await.status, 200);
    for (asked, magic) in [("gzip", Some([0x1f_u8, 0x8b])), ("br", None)] {
        let packed = visitor.send(visitor.request("GET", &path).header("accept-encoding", asked)).await;
        assert_eq!(packed.headers["content-encoding"], asked);
        assert!(packed.body.len() < first.body.len() && magic.is_none_or(|magic| packed.body.starts_with(&magic)));
    }
    assert_eq!(visitor.get(&format!("{path}.mvt")).await.status, 200);
    let ground = visitor.get(&format!("/tiles/backdrop/14/{x}/{y}")).await;
    assert_eq!(ground.headers["cache-control"], "public, max-age=300");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_with_nothing_and_nonsense_with_a_problem() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    let empty = visitor.get("/tiles/plot,issue/14/1/1").await;
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    for path in [
        "nonsense/14/1/1",
        "plot,nonsense/14/1/1",
        "plot/14/99999/1",
        "plot/21/1/1",
        "plot/-1/1/1",
        "plot/x/1/1",
        "plot/14/1/1;select",
        "/14/1/1",
        "PLOT/14/1/1",
        "plot,plot/14/1/1",
        "terrain,plot,terrain/14/1/1",
    ] {
        let answer = visitor.get(&format!("/tiles/{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let answer = visitor.send(visitor.request("GET", "/tiles/nonsense/14/1/1").header("accept-language", "en")).await;
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(
        (answer.json()["code"].as_str(), answer.json()["detail"].as_str()),
        (Some("NOT_FOUND"), Some("This does not exist or is not shared with you."))
    );
    for file in ["nonsense.json", "plot,plot.json", "plot"] {
        assert_eq!(visitor.get(&format!("/tiles/{file}")).await.status, 404, "{file}");
    }
    let unreadable = visitor.get("/tiles/%FF/14/1/1").await;
    assert_eq!(
        (unreadable.status, unreadable.json()["field"].as_str(), unreadable.json()["reason"].as_str()),
        (400, Some("layers"), Some("unreadable"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tilejson_names_every_layer_and_its_fields() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    for layer in LAYERS {
        let json = visitor.get(&format!("/tiles/{}.json", layer.name)).await.json();
        assert_eq!(json["tilejson"], "3.0.0");
        assert_eq!(json["tiles"], json!([format!("{}/tiles/{}/{{z}}/{{x}}/{{y}}", app.url, layer.name)]));
        assert_eq!((&json["minzoom"], &json["maxzoom"]), (&json!(layer.min_zoom), &json!(layer.max_zoom)));
        let vector = &json["vector_layers"][0];
        assert_eq!(vector["id"], layer.name);
        assert_eq!(vector["fields"].as_object().map(serde_json::Map::len), Some(layer.fields.len()));
        assert!(vector["description"].as_str().is_some_and(|text| !text.is_empty()));
    }
    let several = visitor.get("/tiles/plot,issue.json").await.json();
    assert_eq!((&several["minzoom"], several["vector_layers"].as_array().map(Vec::len)), (&json!(10), Some(2)));
    assert_eq!(several["bounds"], json!([2.5, 50.6, 7.4, 55.9]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_tiles_leaves_connections_to_questions_and_ends_for_whoever_makes_it() {
    let app = TestApp::over(TestDatabase::demo().await, &["--database-connections", "4"]).await;
    let visitor = app.anonymous();
    let mut connection = sqlx::PgConnection::connect_with(&app.database.roles().superuser.expect("a superuser")).await.expect("connects");
    let mut lock = connection.begin().await.expect("a transaction");
    sqlx::query("lock table plot in access exclusive mode").execute(&mut *lock).await.expect("locked");
    let (x, y) = tile_of(PLACE, 15);
    let storm: Vec<_> = (0..40)
        .map(|_| {
            let (visitor, path) = (visitor.clone(), format!("/tiles/plot/15/{x}/{y}"));
            tokio::spawn(async move { visitor.get(&path).await.status })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let started = Instant::now();
    let terrains = visitor.data("{ terrains(first: 1) { edges { node { name } } } }", json!({})).await;
    assert_eq!(terrains["terrains"]["edges"][0]["node"]["name"], "De Hooge Waard");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    lock.rollback().await.expect("released");
    for tile in storm {
        let status = tile.await.expect("an answer");
        assert!([200, 503].contains(&status), "{status}");
    }
    // Somebody who asks without end is told to wait; others, and the graph, are not.
    let app = TestApp::over(TestDatabase::demo().await, &["--rate-tiles", "1"]).await;
    let visitor = app.anonymous();
    let ann = app.sign_in("ondernemer@demo.example").await;
    ann.data("{ viewer { id } }", json!({})).await;
    let path = format!("/tiles/plot/15/{x}/{y}");
    let mut statuses = Vec::new();
    for _ in 0..24 {
        statuses.push(visitor.get(&path).await);
    }
    assert_eq!(statuses.iter().take(20).filter(|answer| answer.status == 200).count(), 20);
    let refused = statuses.iter().find(|answer| answer.status == 429).expect("the bucket is empty");
    assert_eq!((refused.json()["code"].as_str(), refused.headers.contains_key("retry-after")), (Some("RATE_LIMITED"), true));
    assert_eq!(ann.get(&path).await.status, 200, "a session has a bucket of its own");
    assert_eq!(visitor.ask("{ viewer { id } }", json!({})).await["data"]["viewer"], Value::Null);
}

/// Tiles of several zooms around the terrain, all layers.
async fn around(client: &Client) -> Vec<Vec<BTreeSet<String>>> {
    let mut all = Vec::new();
    for z in [10, 12, 13, 15, 16] {
        let (x, y) = tile_of(PLACE, z);
        for (dx, dy) in [(0, 0), (1, 0), (0, 1)] {
            let tile =
                client.tile("terrain,plot,building,infrastructure,address,company,issue", z, x + dx, y + dy).await.unwrap_or_default();
            all.push(LAYERS.iter().map(|layer| ids(&tile, layer.name)).collect());
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_leakproof_mark_tiles_go_by_cell_and_show_the_same() {
    let database = Arc::new(TestDatabase::demo().await);
    let app = TestApp::over(database.clone(), &[]).await;
    let mut marked = Vec::new();
    let people = ["ondernemer@demo.example", "buur@demo.example"];
    for email in people {
        marked.push(around(&app.sign_in(email).await).await);
    }
    assert!(marked[0].iter().flatten().any(|ids| ids.len() > 50));
    app.sql("alter function geometry_overlaps(geometry, geometry) not leakproof").await;
    let unmarked = TestApp::over(database, &[]).await;
    for (email, seen) in people.into_iter().zip(marked) {
        assert_eq!(around(&unmarked.sign_in(email).await).await, seen, "{email}");
    }
    // What is longer than the cells around a tile is there too, seen from its far end: a path of fifty kilometres.
    let far = [5.8, 51.8];
    let line = format!("SRID=4326;LINESTRING({} {}, {} {})", PLACE[0], PLACE[1], far[0], far[1]);
    app.sql(&format!("insert into infrastructure (id, kind, name, geom) values (gen_random_uuid(), 'cycle_path', 'Lang pad', '{line}')"))
        .await;
    app.sql(&format!("insert into backdrop (id, kind, name, geom) values (gen_random_uuid(), 'road', 'Lange weg', '{line}')")).await;
    let (x, y) = tile_of(far, 14);
    let tile = unmarked.anonymous().tile("infrastructure,backdrop", 14, x, y).await.expect("the far end");
    assert_eq!(features(&tile, "infrastructure").iter().filter(|found| word(found, "name") == Some("Lang pad")).count(), 1);
    assert_eq!(features(&tile, "backdrop").iter().filter(|found| word(found, "name") == Some("Lange weg")).count(), 1);
    let visitor: Value = unmarked
        .anonymous()
        .data("{ terrains(first: 5, filter: { bbox: [5.0, 51.7, 5.2, 51.9] }) { edges { node { name } } } }", json!({}))
        .await;
    assert_eq!(visitor["terrains"]["edges"], json!([{ "node": { "name": "De Hooge Waard" } }]));
}
