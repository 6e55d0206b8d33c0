//! A terrain to take along: everything of it that its taker may see and an edge around it, nothing missed and nothing else, whole or not at
//! all; and a ground to draw it on.

use std::collections::BTreeSet;
use std::time::Duration;

use mvt_reader::Reader;
use pmtiles::{AsyncPmTilesReader, TileCoord};
use serde_json::{Value, json};
use terrein_shared::id::new_id;
use terrein_tests::client::Answer;
use terrein_tests::demo::{PLACE, closed_terrain, command, hooge_waard, open_terrain, tile_of};
use terrein_tests::{Client, TestApp, TestDatabase};

const PARTS: [&str; 5] = ["", "/rows.geojson", "/edge.geojson", "/people.json", "/background.pmtiles"];
const CHANGES: &str = "query($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 100) { cursor more resync items { id node { id } } } }";

async fn manifest(client: &Client) -> Value {
    let answer = client.get(&format!("/packs/{}", open_terrain())).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

async fn features(client: &Client, part: &str) -> Vec<Value> {
    let answer = client.get(&format!("/packs/{}/{part}", open_terrain())).await;
    assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (200, Some("application/geo+json")));
    answer.json()["features"].as_array().expect("features").clone()
}

fn ids(features: &[Value]) -> BTreeSet<String> {
    let id = |feature: &Value| feature["id"].as_str().or(feature["properties"]["id"].as_str()).expect("an id").to_owned();
    features.iter().map(id).collect()
}

/// The ids of what the feed has from a place on.
async fn fed(client: &Client, since: &Value) -> (BTreeSet<String>, bool) {
    let (mut since, mut found, mut resync) = (since.clone(), BTreeSet::new(), false);
    loop {
        let data = client.data(CHANGES, json!({ "t": [hooge_waard()], "since": since })).await;
        let page = &data["changes"];
        let items = page["items"].as_array().expect("items").iter().filter(|item| !item["node"].is_null());
        found.extend(items.map(|item| item["node"]["id"].as_str().expect("an id").to_owned()));
        resync |= page["resync"] == true;
        if page["more"] == false {
            return (found, resync);
        }
        since = page["cursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_holds_what_the_feed_holds_and_says_beforehand_how_large_it_is() {
    let app = TestApp::demo().await;
    app.settled().await;
    for client in [app.anonymous(), app.sign_in("aanjager@demo.example").await] {
        let began = std::time::Instant::now();
        let list = manifest(&client).await;
        let rows = features(&client, "rows.geojson").await;
        assert_eq!(ids(&rows), fed(&client, &Value::Null).await.0);
        let (after, resync) = fed(&client, &list["cursor"]).await;
        assert!(after.is_empty() && !resync, "nothing changed since: {after:?}");
        // What is counted beforehand is what comes.
        let held: u64 = list["parts"][0]["holds"].as_object().expect("kinds").values().filter_map(Value::as_u64).sum();
        assert_eq!(held, rows.len() as u64, "{}", list["parts"][0]);
        let plot = rows.iter().find(|row| row["properties"]["__typename"] == "Plot").expect("a plot");
        assert!(
            plot["geometry"]["type"] == "MultiPolygon"
                && plot["properties"]["key"].is_string()
                && plot["properties"].get("geometry").is_none()
        );
        assert!(list["vocabularies"]["IssueKind"]["PROBLEM"].is_string(), "{}", list["vocabularies"]);
        let mut sizes = Vec::new();
        for part in list["parts"].as_array().expect("parts") {
            let address = part["address"].as_str().expect("an address");
            let answer = client.send(client.request("GET", address).header("accept-encoding", "br")).await;
            let said = part["bytes"].as_u64().expect("a size");
            let close = (answer.body.len() as u64 / 3)..=(answer.body.len() as u64 * 3 + 8_000);
            assert!(close.contains(&said), "{}: {said} said, {} came", part["name"], answer.body.len());
            if part["name"] == "background.pmtiles" {
                assert_eq!(said, answer.body.len() as u64);
            } else {
                assert_eq!(answer.headers["content-encoding"], "br");
            }
            sizes.push(format!("{} {} B (said {said})", part["name"], answer.body.len()));
        }
        println!("a pack of the demo terrain: {}, {} ms", sizes.join(", "), began.elapsed().as_millis());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edge_is_250_metres_of_what_is_not_the_terrains_own() {
    let app = TestApp::demo().await;
    // Squares of ten metres, so far from the terrain's border.
    for (key, metres) in [("901", 200), ("902", 245), ("903", 255), ("904", 400)] {
        app.sql(&format!(
            "insert into plot (id, cadastral_municipality, section, number, source, source_id, geom)
             select gen_random_uuid(), 'RND00', 'A', '{key}', 'test', '{key}', ST_Multi(ST_Transform(ST_Translate(
               ST_MakeEnvelope(ST_XMax(geom_rd), y, ST_XMax(geom_rd) + 10, y + 10, 28992), {metres}, 0), 4326))
             from terrain, lateral (select ST_Y(p.geom) as y from ST_DumpPoints(geom_rd) p order by ST_X(p.geom) desc limit 1) east
             where id = '{}'",
            open_terrain()
        ))
        .await;
    }
    app.settled().await;
    let client = app.anonymous();
    let edge = features(&client, "edge.geojson").await;
    let keys: BTreeSet<&str> =
        edge.iter().filter_map(|row| row["properties"]["key"].as_str()).filter(|key| key.starts_with("RND00")).collect();
    assert_eq!(keys, BTreeSet::from(["RND00-A-901", "RND00-A-902"]));
    assert!(edge.iter().all(|row| row["properties"]["layer"].is_string() && row["geometry"]["type"].is_string()));
    let own = ids(&features(&client, "rows.geojson").await);
    assert!(ids(&edge).is_disjoint(&own), "what is the terrain's own comes once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_committed_while_a_pack_comes_is_in_the_feed_after_it() {
    let app = TestApp::demo().await;
    app.settled().await;
    let client = app.sign_in("aanjager@demo.example").await;
    let pool = app.database.superuser().await;
    let (early, late) = (new_id(), new_id());
    let insert = |id: uuid::Uuid| {
        format!(
            "insert into plot (id, terrain_id, cadastral_municipality, section, number, source, source_id, geom)
             select '{id}', terrain_id, 'RND00', 'B', '{}', 'test', '{id}', geom from plot where terrain_id = '{}' limit 1",
            id.as_u128() % 99_999,
            open_terrain()
        )
    };
    // Written before the list of parts is made, committed after the rows have come.
    let mut writer = pool.begin().await.expect("a transaction");
    sqlx::query(sqlx::AssertSqlSafe(insert(early))).execute(&mut *writer).await.expect("written");
    let list = manifest(&client).await;
    let rows = ids(&features(&client, "rows.geojson").await);
    app.sql(&insert(late)).await;
    writer.commit().await.expect("committed");
    pool.close().await;
    app.settled().await;
    assert!(!rows.contains(&format!("plot:{early}")) && !rows.contains(&format!("plot:{late}")));
    let (after, resync) = fed(&client, &list["cursor"]).await;
    assert_eq!((after, resync), (BTreeSet::from([format!("plot:{early}"), format!("plot:{late}")]), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_terrain_and_a_missing_one_give_the_same_bytes() {
    let app = TestApp::demo().await;
    for client in [app.anonymous(), app.sign_in("aanjager@demo.example").await] {
        for part in PARTS {
            let of = |id: String| {
                let client = &client;
                async move { client.get(&format!("/packs/{id}{part}")).await }
            };
            let (hidden, missing) = (of(closed_terrain().to_string()).await, of(new_id().to_string()).await);
            assert_eq!((hidden.status, &hidden.body), (404, &missing.body), "{part}");
            let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
            assert_eq!((missing.status, names(&hidden)), (404, names(&missing)), "{part}");
            assert_eq!(of("nergens".to_owned()).await.body, missing.body, "{part}");
        }
        assert_eq!(client.get(&format!("/packs/{}/animals.json", open_terrain())).await.status, 404, "there is no such part");
    }
    let neighbour = app.sign_in("buur@demo.example").await;
    assert_eq!(neighbour.get(&format!("/packs/{}", closed_terrain())).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_change_is_not_sent_again_and_what_did_is() {
    let app = TestApp::demo().await;
    app.settled().await;
    let client = app.sign_in("aanjager@demo.example").await;
    let again = |part: &'static str, etag: Option<String>| {
        let client = client.clone();
        async move {
            let request = client.request("GET", &format!("/packs/{}{part}", open_terrain()));
            client.send(etag.into_iter().fold(request, |request, etag| request.header("if-none-match", etag))).await
        }
    };
    let mut seen = Vec::new();
    for part in PARTS {
        let etag = again(part, None).await.headers["etag"].to_str().expect("text").to_owned();
        let answer = again(part, Some(etag.clone())).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{part}");
        assert_eq!(answer.headers["cache-control"], "private, no-cache");
        seen.push((part, etag));
    }
    app.sql(&format!(
        "update plot set version = version + 1 where id = (select id from plot where terrain_id = '{}' limit 1)",
        open_terrain()
    ))
    .await;
    for (part, etag) in seen {
        let status = again(part, Some(etag)).await.status;
        assert_eq!(status, if ["/background.pmtiles", "/people.json"].contains(&part) { 304 } else { 200 }, "{part}");
    }
    // Whoever's device speaks for somebody else is told nothing.
    let other = client.request("GET", &format!("/packs/{}", open_terrain())).header("x-terrein-person", format!("person:{}", new_id()));
    let answer = client.send(other).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("UNAUTHENTICATED")));
    for (part, field) in [("rows.geojson", "rows"), ("people.json", "people")] {
        let answer = client.get(&format!("/packs/{}/{part}?{field}=sha256:none", open_terrain())).await;
        assert_eq!((answer.status, answer.json()["field"].as_str()), (422, Some(field)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_holds_no_transaction_and_what_breaks_off_is_not_whole() {
    let app = TestApp::demo().await;
    // Some megabytes, so that they fit in nobody's buffers.
    app.sql(&format!(
        "insert into plot (id, terrain_id, cadastral_municipality, section, number, source, source_id, geom)
         select gen_random_uuid(), '{}', 'RND00', 'C', n::text, 'test', 'slow' || n,
           ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(5.08 + n * 0.000001, 51.804), 4326), 0.0001, 64))
         from generate_series(1, 6000) n",
        open_terrain()
    ))
    .await;
    app.settled().await;
    let client = app.anonymous();
    let request = client.request("GET", &format!("/packs/{}/rows.geojson", open_terrain())).header("accept-encoding", "identity");
    let mut answer = request.send().await.expect("an answer");
    let mut text = answer.chunk().await.expect("a first part").expect("bytes").to_vec();
    // The server goes on until its own buffers are full; then it waits, with empty hands.
    let open = "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'terrein' and xact_start is not null";
    let mut quiet = 0;
    for _ in 0..200 {
        let held: i64 = app.value(open).await;
        quiet = if held == 0 { quiet + 1 } else { 0 };
        if quiet == 20 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(quiet, 20, "nothing is open for a whole second");
    assert!(serde_json::from_slice::<Value>(&text).is_err(), "half a pack is none");
    while let Some(chunk) = answer.chunk().await.expect("the rest") {
        text.extend_from_slice(&chunk);
    }
    let rows = serde_json::from_slice::<Value>(&text).expect("a pack");
    assert!(rows["features"].as_array().is_some_and(|rows| rows.len() > 6_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_pack_are_those_its_taker_sees_with_what_the_screen_shows() {
    let app = TestApp::demo().await;
    let people = async |client: &Client| {
        let answer = client.get(&format!("/packs/{}/people.json", open_terrain())).await;
        assert_eq!(answer.status, 200);
        assert!(!String::from_utf8_lossy(&answer.body).contains('@'), "no address of mail goes along");
        answer.json()
    };
    let listed = "query($t: ID!) { people(terrainId: $t, first: 100) { edges { node { id person { id name } organisation { id name kind } role validFrom validUntil } } } }";
    let mut sizes = Vec::new();
    for email in ["aanjager@demo.example", "kadebeton@demo.example", "buur@demo.example"] {
        let client = app.sign_in(email).await;
        let packed = people(&client).await;
        let edges = client.data(listed, json!({ "t": hooge_waard() })).await["people"]["edges"].take();
        let seen: Vec<&Value> = edges.as_array().expect("edges").iter().map(|edge| &edge["node"]).collect();
        assert_eq!(packed["people"].as_array().expect("people").iter().collect::<Vec<_>>(), seen, "{email}");
        assert_eq!(packed["more"], false);
        sizes.push(seen.len());
    }
    assert!(sizes[0] > sizes[1] && sizes[1] > sizes[2], "{sizes:?}");
    assert_eq!(people(&app.anonymous()).await["people"], json!([]));
    // Whose role ends is not there any more, and the pack is another.
    let boss = app.sign_in("aanjager@demo.example").await;
    let before = manifest(&boss).await["version"].clone();
    app.sql("update membership set valid_until = now() where person_id = (select id from person where email = 'kadebeton@demo.example')")
        .await;
    assert_eq!(people(&boss).await["people"].as_array().map(Vec::len), Some(sizes[0] - 1));
    assert_ne!(manifest(&boss).await["version"], before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_takes_as_many_statements_a_page_whatever_is_on_it() {
    let app = TestApp::demo().await;
    app.settled().await;
    let client = app.sign_in("aanjager@demo.example").await;
    let statements = async |part: &str| {
        let answer = client.get(&format!("/packs/{}{part}", open_terrain())).await;
        answer.json()["extensions"]["statements"].as_u64().expect("counted")
    };
    let parts = ["", "/rows.geojson", "/edge.geojson", "/people.json"];
    let mut small = Vec::new();
    for part in parts {
        // Once before: a ground is drawn then, and kept.
        statements(part).await;
        small.push(statements(part).await);
    }
    let rows = features(&client, "rows.geojson").await.len() as u64;
    // Two pages more of plots, each with somebody who uses it; half a page around it; a page of people.
    app.sql(&format!(
        "insert into plot (id, terrain_id, cadastral_municipality, section, number, source, source_id, geom)
         select gen_random_uuid(), case when n <= 2000 then '{}'::uuid end, 'RND00', 'D', n::text, 'test', 'many' || n,
           ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(5.08 + n * 0.000001, 51.804), 4326), 0.0001, 4)) from generate_series(1, 2200) n",
        open_terrain()
    ))
    .await;
    app.sql(&format!(
        "insert into occupancy (id, terrain_id, company_id, plot_id, kind, linked_by)
         select gen_random_uuid(), terrain_id, (select id from company where terrain_id = '{0}' limit 1), id, 'rents', 'import'
         from plot where section = 'D' and cadastral_municipality = 'RND00' and terrain_id = '{0}' limit 900",
        open_terrain()
    ))
    .await;
    app.sql(&format!(
        "with made as (insert into person (id, name, email) select gen_random_uuid(), 'N' || n, 'n' || n || '@demo.example' from generate_series(1, 80) n returning id)
         insert into membership (id, person_id, organisation_id, terrain_id, role, valid_from)
         select gen_random_uuid(), made.id, m.organisation_id, m.terrain_id, 'owner', now() - interval '1 day'
         from made, (select organisation_id, terrain_id from membership where terrain_id = '{}' and role = 'owner' limit 1) m",
        open_terrain()
    ))
    .await;
    app.settled().await;
    let mut large = Vec::new();
    for part in parts {
        large.push(statements(part).await);
    }
    let more = features(&client, "rows.geojson").await.len() as u64;
    println!("statements of a pack: {small:?} with {rows} rows, {large:?} with {more}");
    // Who asks is found in each transaction; a page of rows is one for the feed and one a kind of what stands in it.
    let pages = more.div_ceil(1000) - rows.div_ceil(1000);
    assert!(large[0] <= small[0] + 2, "the list of parts: {small:?}, {large:?}");
    assert!(large[1] <= small[1] + (pages + 1) * 14, "rows: {small:?}, {large:?}");
    assert!(large[2] <= small[2] + 4, "the edge: {small:?}, {large:?}");
    assert!(large[3] <= small[3] + 2, "people: {small:?}, {large:?}");
}

/// Everything in a tile; rows come in no order.
fn drawn(tile: Vec<u8>) -> Vec<String> {
    let features = Reader::new(tile).expect("a tile").get_features(0).expect("features");
    let mut said: Vec<String> =
        features.iter().map(|feature| format!("{:?} {:?}", feature.geometry, sorted(feature.properties.as_ref()))).collect();
    said.sort();
    said
}

fn sorted<V: std::fmt::Debug>(properties: Option<&std::collections::HashMap<String, V>>) -> Vec<String> {
    let mut said: Vec<String> = properties.into_iter().flatten().map(|(name, value)| format!("{name} {value:?}")).collect();
    said.sort();
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ground_of_a_pack_is_the_backdrop_down_to_the_street_or_cut_from_a_file() {
    let app = TestApp::demo().await;
    let client = app.anonymous();
    let ground = client.get(&format!("/packs/{}/background.pmtiles", open_terrain())).await;
    assert_eq!((ground.status, ground.headers["content-type"].to_str().ok()), (200, Some("application/vnd.pmtiles")));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ground.pmtiles");
    std::fs::write(&path, &ground.body).expect("kept");
    let file = AsyncPmTilesReader::new_with_path(&path).await.expect("a PMTiles file");
    let header = file.get_header();
    assert_eq!((header.min_zoom, header.max_zoom), (9, 16));
    for zoom in [9, 13, 16] {
        let (x, y) = tile_of(PLACE, zoom);
        let tile = file.get_tile_decompressed(TileCoord::new(zoom, x, y).expect("a tile")).await.expect("read").expect("there");
        let served = client.tile("backdrop", zoom, x, y).await.expect("there");
        assert!(drawn(tile.to_vec()) == drawn(served), "what the tile server draws at {zoom}");
        assert_eq!(Reader::new(tile.to_vec()).expect("a tile").get_layer_names().expect("layers"), ["backdrop"]);
    }
    // Another installation may have a file of the whole country, and no backdrop of its own.
    let flag = path.to_string_lossy().into_owned();
    let other = TestApp::over(app.database.clone(), &["--pack-background", &flag]).await;
    app.sql("delete from backdrop").await;
    let (cut, own) = (
        other.anonymous().get(&format!("/packs/{}/background.pmtiles", open_terrain())).await,
        client.get(&format!("/packs/{}/background.pmtiles", open_terrain())).await,
    );
    assert_eq!(cut.body, ground.body);
    assert!(own.status == 200 && own.body.len() < ground.body.len() / 4, "drawn anew when the ground is another: {} bytes", own.body.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_was_shut_out_is_told_so_and_one_whose_time_came_is_not() {
    let app = TestApp::demo().await;
    let me: String = app.value("select 'person:' || id from person where email = 'kadebeton@demo.example'").await;
    for (column, code) in [("expires_at", "UNAUTHENTICATED"), ("revoked_at", "REVOKED")] {
        let client = app.sign_in("kadebeton@demo.example").await;
        let ask = || client.request("GET", &format!("/packs/{}", open_terrain())).header("x-terrein-person", &me);
        assert_eq!(client.send(ask()).await.status, 200);
        app.sql(&format!("update session s set {column} = now() - interval '1 second' from person p where p.id = s.person_id and 'person:' || p.id = '{me}'")).await;
        let answer = client.send(ask()).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some(code)), "{column}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_somebody_took_a_terrain_along_is_in_the_log_and_rights_withdrawn_close_it() {
    let app = TestApp::demo().await;
    app.sql(&format!("update terrain set audience = 'terrain' where id = '{}'", open_terrain())).await;
    let client = app.sign_in("kadebeton@demo.example").await;
    let before = manifest(&client).await;
    features(&client, "rows.geojson").await;
    let logged: i64 =
        app.value(&format!("select count(*) from audit_event where action = 'takeAlong' and object_id = '{}'", open_terrain())).await;
    assert_eq!(logged, 1);
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let membership: uuid::Uuid =
        app.value("select m.id from membership m join person p on p.id = m.person_id where email = 'kadebeton@demo.example' limit 1").await;
    let withdraw = "mutation($input: WithdrawRoleInput!) { withdrawRole(input: $input) { __typename } }";
    aanjager.does(withdraw, json!({ "commandId": command(), "membershipId": format!("membership:{membership}") })).await;
    for part in PARTS {
        assert_eq!(client.get(&format!("/packs/{}{part}", open_terrain())).await.status, 404, "{part}");
    }
    assert!(fed(&client, &before["cursor"]).await.1, "and the feed says to begin anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_more_than_sixty_parts_a_minute_waits_and_nobody_else_does() {
    let app = TestApp::over(TestDatabase::demo().await, &["--rate-persisted", "100"]).await;
    let (greedy, other) = (app.sign_in("aanjager@demo.example").await, app.sign_in("buur@demo.example").await);
    // Whose session nobody met yet spends with their address.
    for client in [&greedy, &other] {
        client.data("{ viewer { id } }", json!({})).await;
    }
    let missing = format!("/packs/{}", new_id());
    let asked = futures_util::future::join_all((0..62).map(|_| greedy.get(&missing))).await;
    let refused = asked.iter().find(|answer| answer.status == 429).expect("the bucket is empty");
    assert!(refused.headers["retry-after"].to_str().is_ok_and(|seconds| seconds.parse::<u64>().is_ok_and(|seconds| seconds > 0)));
    assert_eq!(other.get(&missing).await.status, 404);
}
