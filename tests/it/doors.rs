//! Every door keeps to the same rule: graph, search, tile and feed show each person the same issues, and nobody the closed terrain. In
//! each audience one issue with an unmistakable title is planted; who sees it stands in a table of its own, by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use mvt_reader::Reader;
use mvt_reader::feature::Value as Attribute;
use serde_json::{Value, json};
use terrein_tests::demo::{CLOSED_PLACE, PEOPLE, PLACE, closed_terrain, hooge_waard, klein_eiland, open_terrain, tile_of};
use terrein_tests::{Client, TestApp};

const TERRAIN: &[&str] = &["aanjager", "entrepreneur", "entrepreneur2", "entrepreneur3", "owner", "park_manager", "project_lead"];
const EVERYBODY: &[&str] = &[
    "nobody",
    "aanjager",
    "entrepreneur",
    "entrepreneur2",
    "entrepreneur3",
    "owner",
    "park_manager",
    "project_lead",
    "municipality",
    "grid_operator",
    "province",
    "partner",
    "admin",
    "neighbour",
];

/// Title, terrain, author, audience, who sees it.
const CANARIES: [(&str, bool, &str, &str, &[&str]); 10] = [
    ("Kanarie eigen", true, "aanjager", "me", &["aanjager"]),
    ("Kanarie team", true, "aanjager", "team", &["aanjager"]),
    ("Kanarie partijen", true, "aanjager", "parties", &["aanjager", "entrepreneur"]),
    ("Kanarie terrein", true, "aanjager", "terrain", TERRAIN),
    ("Kanarie gemeente", true, "aanjager", "municipality", &["aanjager", "municipality"]),
    ("Kanarie publiek", true, "aanjager", "public", EVERYBODY),
    ("Kanarie ondernemer eigen", true, "kadebeton", "me", &["entrepreneur2"]),
    ("Kanarie ondernemer team", true, "kadebeton", "team", &["entrepreneur2"]),
    ("Kanarie eiland terrein", false, "buur", "terrain", &["neighbour"]),
    ("Kanarie eiland publiek", false, "buur", "public", &["neighbour"]),
];

/// Plants one issue of each audience; their ids in that order.
async fn plant(app: &TestApp) -> Vec<String> {
    let mut ids = Vec::new();
    for (title, open, author, audience, _) in CANARIES {
        let id = terrein_shared::id::new_id();
        let (terrain, [x, y]) = if open { (open_terrain(), PLACE) } else { (closed_terrain(), CLOSED_PLACE) };
        app.sql(&format!(
            "insert into issue (id, terrain_id, kind, theme, title, audience, author_id, organisation_id, reporter_role, geom, reported_at)
             select '{id}', '{terrain}', 'problem', 'other', '{title}', '{audience}', p.id, m.organisation_id, m.role, 'SRID=4326;POINT({x} {y})', now()
             from person p join membership m on m.person_id = p.id where email = '{author}@demo.example'"
        ))
        .await;
        ids.push(format!("issue:{id}"));
    }
    app.sql(
        "insert into issue_party (issue_id, company_id, terrain_id) select i.id, c.id, i.terrain_id from issue i, company c
         where i.title = 'Kanarie partijen' and c.name = 'Waardkoel Transport'",
    )
    .await;
    app.settled().await;
    ids
}

fn titles(found: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    found.into_iter().filter(|title| title.starts_with("Kanarie")).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What a list shows, page by page.
async fn listed(client: &Client) -> BTreeSet<String> {
    let query = "query($t: ID!, $after: String) { terrain(id: $t) { issues(first: 40, after: $after) { edges { node { title } } pageInfo { hasNextPage endCursor } } } }";
    let mut found = Vec::new();
    for terrain in [hooge_waard(), klein_eiland()] {
        let mut after = Value::Null;
        loop {
            let data = client.data(query, json!({ "t": terrain, "after": after })).await;
            let Some(page) = data["terrain"]["issues"].as_object() else { break };
            found.extend(page["edges"].as_array().expect("edges").iter().map(|edge| text(&edge["node"]["title"])));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
    titles(found)
}

async fn by_id(client: &Client, ids: &[String]) -> BTreeSet<String> {
    let mut found = Vec::new();
    for id in ids {
        let data = client.data("query($id: ID!) { node(id: $id) { ... on Issue { title } } }", json!({ "id": id })).await;
        found.push(text(&data["node"]["title"]));
    }
    titles(found)
}

async fn searched(client: &Client) -> BTreeSet<String> {
    let mut found = Vec::new();
    for terrain in [hooge_waard(), klein_eiland()] {
        let query = "query($t: ID!) { search(terrainId: $t, text: \"kanarie\", first: 50) { ... on Issue { title } } }";
        let data = client.data(query, json!({ "t": terrain })).await;
        found.extend(data["search"].as_array().expect("hits").iter().map(|hit| text(&hit["title"])));
    }
    titles(found)
}

async fn drawn(client: &Client) -> BTreeSet<String> {
    let mut found = Vec::new();
    for place in [PLACE, CLOSED_PLACE] {
        for zoom in [11, 14, 16] {
            let (x, y) = tile_of(place, zoom);
            let Some(tile) = client.tile("issue", zoom, x, y).await else { continue };
            let reader = Reader::new(tile).expect("a tile");
            for feature in reader.get_features(0).expect("features") {
                let properties = feature.properties.unwrap_or_default();
                if let Some(Attribute::String(title)) = properties.get("title") {
                    found.push(title.clone());
                }
            }
        }
    }
    titles(found)
}

async fn fed(client: &Client) -> BTreeSet<String> {
    let query = "query($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 100) { cursor more items { node { ... on Issue { title } } } } }";
    let mut since = Value::Null;
    let mut found = Vec::new();
    loop {
        let data = client.data(query, json!({ "t": [hooge_waard(), klein_eiland()], "since": since })).await;
        let page = &data["changes"];
        found.extend(page["items"].as_array().expect("items").iter().map(|item| text(&item["node"]["title"])));
        if page["more"] == false {
            return titles(found);
        }
        since = page["cursor"].clone();
    }
}

/// What is taken along.
async fn packed(client: &Client) -> BTreeSet<String> {
    let mut found = Vec::new();
    for terrain in [open_terrain(), closed_terrain()] {
        let answer = client.get(&format!("/packs/{terrain}/rows.geojson")).await;
        if answer.status == 404 {
            continue;
        }
        found.extend(answer.json()["features"].as_array().expect("features").iter().map(|feature| text(&feature["properties"]["title"])));
    }
    titles(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_shows_each_person_the_same_issues_and_no_other() {
    let app = TestApp::demo().await;
    let ids = plant(&app).await;
    for (column, email) in PEOPLE {
        let client = match email {
            Some(email) => app.sign_in(email).await,
            None => app.anonymous(),
        };
        let expected = titles(CANARIES.iter().filter(|canary| canary.4.contains(&column)).map(|canary| canary.0.to_owned()));
        for (door, seen) in [
            ("list", listed(&client).await),
            ("node", by_id(&client, &ids).await),
            ("search", searched(&client).await),
            ("tile", drawn(&client).await),
            ("feed", fed(&client).await),
            ("pack", packed(&client).await),
        ] {
            assert_eq!(seen, expected, "{column} at the door {door}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_terrain_does_not_leak_through_public_registers() {
    let app = TestApp::demo().await;
    // Parcels, buildings and cables are public registers as they come from an import; that they belong to a closed terrain is not.
    for table in ["plot", "building", "address", "infrastructure"] {
        app.sql(&format!("update {table} set audience = 'public' where terrain_id = '{}'", closed_terrain())).await;
    }
    for client in [app.anonymous(), app.sign_in("aanjager@demo.example").await] {
        let data = client
            .data(
                "query($t: ID!) {
                   terrain(id: $t) { id counts { plots } }
                   search(terrainId: $t, text: \"hgw00\", first: 50) { __typename }
                   streets: search(terrainId: $t, text: \"eilandkade\", first: 50) { __typename }
                   changes(terrains: [$t], first: 50) { items { id } }
                 }",
                json!({ "t": klein_eiland() }),
            )
            .await;
        assert_eq!(data, json!({ "terrain": null, "search": [], "streets": [], "changes": { "items": [] } }));
        // The parcel itself is there for all; nothing on it names its terrain or who is on it.
        let plot = format!("plot:{}", terrein::demo::id("plot", "HGW00-D-11"));
        let data = client
            .data(
                "query($id: ID!) { node(id: $id) { ... on Plot { key occupants(first: 5) { edges { node { id } } } } } }",
                json!({ "id": plot }),
            )
            .await;
        assert_eq!(data["node"], json!({ "key": "HGW00-D-11", "occupants": { "edges": [] } }));
        let (x, y) = tile_of(CLOSED_PLACE, 16);
        let tile = client.tile("terrain,plot,building,address,company,infrastructure,issue", 16, x, y).await.expect("the parcel");
        let reader = Reader::new(tile).expect("a tile");
        let layers = reader.get_layer_names().expect("layers");
        assert!(
            layers.contains(&"plot".to_owned()) && !layers.iter().any(|layer| ["terrain", "company", "issue"].contains(&layer.as_str())),
            "{layers:?}"
        );
        for (index, _) in layers.iter().enumerate() {
            for feature in reader.get_features(index).expect("features") {
                let said = format!("{:?}", feature.properties);
                assert!(!said.contains(&closed_terrain().to_string()) && !said.contains("Klein Eiland"), "{said}");
            }
        }
    }
    let neighbour = app.sign_in("buur@demo.example").await;
    let data = neighbour
        .data("query($t: ID!) { terrain(id: $t) { counts { plots companies openIssues } } }", json!({ "t": klein_eiland() }))
        .await;
    assert_eq!(data["terrain"]["counts"], json!({ "plots": 3, "companies": 2, "openIssues": 2 }));
}

/// A server of routes of the test's own, behind the layers of every answer.
async fn behind_the_layers(routes: axum::Router) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let routes = terrein::http::dressed(routes, None, &Arc::default());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Client::new(&url, None)
}

const HEADERS: [&str; 6] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "strict-transport-security",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_is_answered_with_all_headers_and_a_number() {
    async fn breaks() -> &'static str {
        panic!("bij Klein Eiland")
    }
    let client = behind_the_layers(axum::Router::new().route("/breaks", axum::routing::get(breaks))).await;
    for (language, words) in [("nl", "Er ging iets mis bij ons."), ("en", "Something went wrong on our side.")] {
        let answer = client.send(client.request("GET", "/breaks").header("accept-language", language)).await;
        let said = answer.json();
        assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (500, Some("application/problem+json")));
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(HEADERS.iter().all(|name| answer.headers.contains_key(*name)), "{:?}", answer.headers);
        let (detail, trace) = (said["detail"].as_str().expect("words"), said["traceId"].as_str().expect("a number"));
        assert!(said["code"] == "INTERNAL" && detail.starts_with(words) && detail.contains(trace), "{said}");
        assert!(!said.to_string().contains("Eiland"), "what broke is for the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_answered_with_a_problem_that_names_the_field() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    let json = |path: &str, body: &str| visitor.request("POST", path).header("content-type", "application/json").body(body.to_owned());
    let form = |path: &str, body: &str| {
        visitor.request("POST", path).header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())
    };
    let cases = [
        (json("/sign-in/request", "{}"), 422, "INVALID", Some(("email", "required"))),
        (json("/sign-in/request", "{\"email\": 5}"), 422, "INVALID", Some(("email", "unreadable"))),
        (json("/sign-in/code", "{\"email\": \"a@b.example\"}"), 422, "INVALID", Some(("code", "required"))),
        (json("/sign-in/code", "{\"email\": \"a\", \"email\": \"b\", \"code\": \"1\"}"), 422, "INVALID", Some(("email", "unreadable"))),
        (json("/sign-in/request", "[]"), 422, "INVALID", None),
        (json("/sign-in/request", "{"), 400, "INVALID", None),
        (visitor.request("POST", "/sign-in/request").body("{}"), 415, "UNSUPPORTED_MEDIA_TYPE", None),
        (json("/sign-in/request", &format!("{{\"email\": \"{}\"}}", "x".repeat(300_000))), 413, "TOO_LARGE", None),
        (json("/graphql", &" ".repeat(300_000)), 413, "TOO_LARGE", None),
        (form("/sign-in/link", "x=y"), 422, "INVALID", Some(("token", "required"))),
        (form("/sign-in/link", "token=a&token=b"), 422, "INVALID", Some(("token", "unreadable"))),
        (json("/sign-in/link", "{}"), 415, "UNSUPPORTED_MEDIA_TYPE", None),
        (visitor.request("GET", "/sign-in/link/%FF"), 400, "INVALID", Some(("token", "unreadable"))),
        (visitor.request("GET", "/graphql?query=a&query=b"), 422, "INVALID", Some(("query", "unreadable"))),
        (visitor.request("GET", "/graphql?query=a&variables=x"), 400, "INVALID", Some(("variables", "unreadable"))),
        (json("/graphql", "{\"query\": 5}"), 400, "INVALID", Some(("query", "unreadable"))),
        (json("/graphql", "{\"operationName\": []}"), 400, "INVALID", Some(("operationName", "unreadable"))),
        (json("/graphql", "[]"), 400, "INVALID", None),
        (visitor.request("GET", "/graphql/ws"), 400, "INVALID", None),
        (visitor.request("DELETE", "/graphql"), 405, "METHOD_NOT_ALLOWED", None),
        (visitor.request("GET", "/sign-in/request"), 405, "METHOD_NOT_ALLOWED", None),
        (visitor.request("GET", "/nergens"), 404, "NOT_FOUND", None),
        (visitor.request("GET", "/metrics"), 404, "NOT_FOUND", None),
        (visitor.request("GET", "/.well-known/security.txt"), 404, "NOT_FOUND", None),
    ];
    for (request, status, code, field) in cases {
        let what = format!("{:?}", request.try_clone().expect("a body in memory").build().expect("a request").url().path());
        let english = visitor.send(request.try_clone().expect("a body in memory").header("accept-language", "en")).await;
        let dutch = visitor.send(request).await;
        for answer in [&dutch, &english] {
            assert_eq!((answer.status, answer.headers["content-type"].to_str().ok()), (status, Some("application/problem+json")), "{what}");
            assert!(HEADERS.iter().all(|name| answer.headers.contains_key(*name)), "{what}: {:?}", answer.headers);
            let said = answer.json();
            assert_eq!((said["status"].as_u64(), said["code"].as_str()), (Some(u64::from(status)), Some(code)), "{what}: {said}");
            assert_eq!(said["field"].as_str().zip(said["reason"].as_str()), field, "{what}: {said}");
            assert!(field.is_none_or(|(field, _)| said["detail"].as_str().is_some_and(|words| words.starts_with(field))), "{what}: {said}");
            // The framework's own words would name its types.
            assert!(!said.to_string().contains("deserialize") && !said.to_string().contains("expected"), "{what}: {said}");
        }
        assert_ne!(dutch.json()["detail"], english.json()["detail"], "{what}");
    }
    let answer = visitor.send(visitor.request("DELETE", "/graphql")).await;
    assert!(answer.headers["allow"].to_str().is_ok_and(|allowed| allowed.contains("POST")));
}
