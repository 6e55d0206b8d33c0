//! Every door, as everybody: what is hidden is nowhere, whatever is asked, and what is to be seen is seen. The doors come from the program's
//! own router, contract and registry, so that a new one that nobody thought of here fails.

mod expected;
mod graph;
mod hidden;
mod tables;
mod walk;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;
use terrein::http::{Edge, listen, router_at};
use terrein_tests::demo::command;
use terrein_tests::{Client, TestApp};

use self::expected::{EXPECTED, LOOKERS};
use self::graph::Contract;
use self::tables::{LAYER_TABLES, NODES, ROOTS, ROUTES, TYPES};
use self::walk::{Looker, Met, Round};
use self::world::{PEOPLE, World};

const TOKEN: &str =
    "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on AccessTokenCreated { secret } } }";
const INVITE: &str = "mutation($input: InviteInput!) { invite(input: $input) { __typename } }";
const LISTEN: &str = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId refetch } }";
/// How many look at once.
const AT_ONCE: usize = 4;

/// Signs everybody in; what is secret of their ways in becomes a canary too.
async fn everybody(app: &TestApp, world: &mut World) -> BTreeMap<String, Client> {
    let mut clients = BTreeMap::from([("nobody".to_owned(), app.anonymous())]);
    for (name, ..) in PEOPLE {
        let client = app.sign_in(&format!("{}@canary.example", world.text(&format!("person:{name}.email")))).await;
        let secret = client.cookie().and_then(|cookie| cookie.split('=').nth(1)).expect("a cookie").to_owned();
        world.add(format!("secret:session-{name}.token"), secret, None);
        clients.insert(name.to_owned(), client);
    }
    for name in ["ann", "buur"] {
        let device = world.word(&format!("session:{name}"), "device");
        let person = world.known(&format!("person:{name}"));
        app.sql(&format!("update session set device = '{device}' where person_id = '{person}'")).await;
        let id = app.value(&format!("select id from session where person_id = '{person}'")).await;
        world.learn(&format!("session:{name}"), id);
    }
    for (name, scope, called) in [("aan", "READ", "aan reads"), ("ann", "WRITE", "ann writes")] {
        let label = world.word(&format!("access_token:{name}"), "name");
        let until = terrein_shared::clock::Clock::System.now() + chrono::Duration::days(1);
        let made =
            clients[name].does(TOKEN, json!({ "commandId": command(), "name": label, "scopes": [scope], "validUntil": until })).await;
        let secret = made["secret"].as_str().expect("a token").to_owned();
        clients.insert(called.to_owned(), clients[name].with_token(&secret));
        world.add(format!("secret:access_token-{name}.token"), secret, None);
        let id = app.value(&format!("select id from access_token where name = '{label}'")).await;
        world.learn(&format!("access_token:{name}"), id);
    }
    for (table, column) in [
        ("session", "token_hash"),
        ("access_token", "token_hash"),
        ("invitation", "token_hash"),
        ("sign_in_link", "token_hash"),
        ("passkey", "credential_id"),
    ] {
        for form in ["hex", "base64"] {
            let all: Vec<String> = app
                .value(&format!("select array_agg(rtrim(encode({column}, '{form}'), '=')) from {table} where length({column}) > 8"))
                .await;
            for (number, text) in all.into_iter().enumerate() {
                world.add(format!("secret:{table}-{form}-{number}.{column}"), text, None);
            }
        }
    }
    clients
}

/// All who look: people, programs, and the aanjager through other eyes.
fn lookers(world: &World, clients: &BTreeMap<String, Client>) -> Vec<Looker> {
    LOOKERS
        .iter()
        .map(|name| match name.strip_prefix("eyes ") {
            Some(role) => {
                let mut looker = Looker::new(name, &clients["aan"]);
                looker.eyes = Some(world.fill(&format!("{role} terrain:{{terrain:here}}")));
                looker
            }
            None => Looker::new(name, &clients[*name]),
        })
        .collect()
}

/// What is held about somebody, as they are given it.
async fn exported(round: &Round, name: &str, client: &Client) -> Looker {
    let mut looker = Looker::new(&format!("export {name}"), client);
    let answer = looker.send("GET", "/account/export", None).await;
    assert_eq!(answer.status, 200, "{name}");
    looker.sees(&round.watch, "export", &answer.body);
    looker
}

/// What is said over a socket when something hidden changes.
async fn heard(app: &TestApp, world: &World, round: &Round, clients: &BTreeMap<String, Client>) -> Looker {
    let terrains = [world.fill("terrain:{terrain:here}"), world.fill("terrain:{terrain:away}")];
    let mut sockets = Vec::new();
    for client in clients.values() {
        sockets.push(client.subscribe(LISTEN, json!({ "t": terrains })).await);
    }
    let mut looker = Looker::new("socket", &clients["nobody"]);
    // Until they all listen.
    tokio::time::sleep(Duration::from_millis(500)).await;
    app.sql(
        "update issue set version = version + 1 where audience = 'me' or terrain_id in (select id from terrain where audience = 'terrain')",
    )
    .await;
    let away = world.text("terrain:away.id");
    for (socket, name) in sockets.iter_mut().zip(clients.keys()) {
        while let Some(message) = socket.next(Duration::from_millis(300)).await {
            let said = message.to_string();
            let sees = ["away", "buur", "muni2", "grid", "prov", "part"].contains(&name.as_str());
            assert!(sees || !said.contains(away), "{name} hears of the closed terrain: {said}");
            looker.sees(&round.watch, "socket", said.replace(away, "").as_bytes());
        }
    }
    looker
}

/// What stands in a mail that invites somebody, in its subject, and what its link shows to whoever holds it.
async fn mailed(app: &TestApp, world: &mut World, clients: &BTreeMap<String, Client>) -> [(String, String); 3] {
    let (email, message) = (world.word("secret:mailed", "to"), "Kom je ook?");
    let input = json!({ "commandId": command(), "email": format!("{email}@canary.example"), "role": "ENTREPRENEUR", "message": message,
        "organisationId": world.fill("organisation:{organisation:ann}"), "terrainId": world.fill("terrain:{terrain:here}") });
    clients["ann"].does(INVITE, input).await;
    let folder = app.mail.path().join("mail");
    for _ in 0..200 {
        let mails: Vec<String> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .filter_map(|file| std::fs::read_to_string(file.expect("a file").path()).ok())
            .filter(|text| text.contains("/invitation/"))
            .collect();
        if let Some(raw) = mails.first() {
            let text = raw.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
            let token: String = text
                .split("/invitation/")
                .nth(1)
                .expect("a link")
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
                .collect();
            let subject = text.lines().find(|line| line.starts_with("Subject:")).expect("a subject").to_owned();
            let link = format!("/invitation/{token}");
            let visitor = app.anonymous();
            let shown = visitor.send(visitor.request("POST", "/invitation").json(&json!({ "token": token }))).await;
            assert_eq!(shown.status, 200, "{}", String::from_utf8_lossy(&shown.body));
            let to = format!("{email}@canary.example");
            return [
                ("mail", text.replace(&to, "").replace(&link, "")),
                ("mail subject", subject + &link),
                ("link", String::from_utf8_lossy(&shown.body).replace(&to, "")),
            ]
            .map(|(name, text)| (name.to_owned(), text));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail came");
}

/// What is counted, after others came by with words in their addresses.
async fn counted(app: &TestApp, world: &World, round: &Round) -> Looker {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let edge = Edge { metrics_token: Some("to-count".to_owned()), ..Edge::default() };
    let metrics = edge.metrics.clone();
    let stop = tokio_util::sync::CancellationToken::new();
    tokio::spawn(listen::serve(listener, None, router_at(app.app.clone(), edge), metrics, stop.clone()));
    let _stops = stop.drop_guard();
    let visitor = Client::new(&url, None);
    let word = world.text("issue:public.title");
    for path in ["/", "/sign-in/link/", "/tiles/issue/14/1/", "/tiles/", "/sign-in/oidc/", "/graphql?query="] {
        visitor.get(&format!("{path}{word}")).await;
    }
    let mut looker = Looker::new("metrics", &visitor.with_token("to-count"));
    let answer = looker.send("GET", "/metrics", None).await;
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8_lossy(&answer.body).contains("terrein_http_requests"));
    looker.sees(&round.watch, "/metrics", &answer.body);
    looker
}

/// Everybody who is to see a canary.
fn seen_by(key: &str) -> Option<BTreeSet<&'static str>> {
    let row = key.rsplit_once('.').map_or(key, |(row, _)| row);
    // Secrets of all kinds are one row.
    let group = if row.starts_with("secret:") { "secret" } else { row };
    [key, group]
        .into_iter()
        .find_map(|wanted| EXPECTED.iter().find(|(rows, _)| rows.contains(&wanted)))
        .map(|(_, groups)| groups.iter().flat_map(|group| group.iter().copied()).collect())
}

/// What went otherwise than the table says, a line each.
fn differences(world: &World, met: &[(String, Met)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let keys: BTreeSet<&String> = world.needles.iter().map(|needle| &needle.key).collect();
    for key in &keys {
        let Some(expected) = seen_by(key) else {
            wrong.push(format!("{key} is in no row of the table"));
            continue;
        };
        let expected_of = |name: &str| expected.contains(name);
        let of = |seen: bool, expected: bool| {
            met.iter().filter(move |(name, met)| met.contains_key(*key) == seen && expected_of(name) == expected)
        };
        let too_many: Vec<&str> = of(true, false).map(|(name, _)| name.as_str()).collect();
        if let Some((_, doors)) = of(true, false).next() {
            wrong.push(format!("{key} is seen by {too_many:?}, at {}", doors[*key].chars().take(240).collect::<String>()));
        }
        let too_few: Vec<&str> = of(false, true).map(|(name, _)| name.as_str()).collect();
        if !too_few.is_empty() {
            wrong.push(format!("{key} is seen at no door by {too_few:?}"));
        }
    }
    for (rows, _) in EXPECTED {
        for row in *rows {
            let known = keys.iter().any(|key| key.as_str() == *row || key.rsplit_once('.').is_some_and(|(of, _)| of == *row));
            if !known && *row != "secret" {
                wrong.push(format!("{row}: no such canary"));
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_door_shows_everybody_what_the_table_says_and_nothing_else() {
    let app = TestApp::new().await;
    let mut world = World::plant(&app).await;
    let clients = everybody(&app, &mut world).await;
    app.settled().await;
    let round = Round::new(&world);
    let mut walked: Vec<Looker> =
        stream::iter(lookers(&world, &clients)).map(|looker| looker.walk(&round)).buffer_unordered(AT_ONCE).collect().await;
    for name in ["aan", "ann", "ben", "buur"] {
        walked.push(exported(&round, name, &clients[name]).await);
    }
    walked.push(heard(&app, &world, &round, &clients).await);
    walked.push(counted(&app, &world, &round).await);
    for (name, text) in mailed(&app, &mut world, &clients).await {
        let mut looker = Looker::new(&name, &clients["nobody"]);
        looker.sees(&round.watch, &name, text.as_bytes());
        walked.push(looker);
    }
    let met: Vec<(String, Met)> = walked.into_iter().map(Looker::met).collect();
    let wrong = differences(&world, &met);
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

/// Tables, and the policy that says who reads them.
const READ: [(&str, &str); 17] = [
    ("terrain", "seen"),
    ("plot", "seen"),
    ("infrastructure", "seen"),
    ("company", "seen"),
    ("occupancy", "seen"),
    ("issue", "seen"),
    ("issue_comment", "seen"),
    ("support", "seen"),
    ("conversation", "seen"),
    ("promise", "seen"),
    ("organisation", "mine_and_on_my_terrains"),
    ("membership", "mine_and_team"),
    ("invitation", "seen"),
    ("observation", "seen"),
    ("gone", "seen"),
    ("photo", "seen"),
    ("voice_note", "seen"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_lets_everything_through_is_met_at_a_door() {
    let app = TestApp::new().await;
    let mut world = World::plant(&app).await;
    let clients = everybody(&app, &mut world).await;
    app.settled().await;
    let round = Round::new(&world);
    for (table, policy) in READ {
        let rule: String =
            app.value(&format!("select qual from pg_policies where tablename = '{table}' and policyname = '{policy}'")).await;
        app.sql(&format!("alter policy {policy} on {table} using (true)")).await;
        let mut looker = Looker::new("adm", &clients["adm"]);
        looker.graph(&round).await;
        let (name, met) = looker.met();
        let seen: BTreeSet<&str> = met
            .keys()
            .filter(|key| seen_by(key).is_some_and(|who| !who.contains(name.as_str())))
            .filter_map(|key| key.split(':').next())
            .collect();
        // Who is named on an occupancy or a role is not seen with it.
        assert!(!seen.is_empty() && (seen.contains(table) || ["occupancy", "membership"].contains(&table)), "{table}: {seen:?}");
        app.sql(&format!("alter policy {policy} on {table} using ({rule})")).await;
    }
}

/// Paths of a router, as it prints them itself.
fn paths(router: &axum::Router) -> BTreeSet<String> {
    let said = format!("{router:?}");
    said.split("RouteId(")
        .filter_map(|part| part.split_once("): \""))
        .filter_map(|(_, path)| path.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_a_root_a_layer_a_type_or_a_table_that_nobody_tries_fails() {
    let app = TestApp::new().await;
    let tried: BTreeSet<String> = ROUTES.iter().map(|(path, _)| (*path).to_owned()).collect();
    // The router says its fallback under a name of its own.
    let there: BTreeSet<String> =
        paths(&router_at(app.app.clone(), Edge::default())).into_iter().filter(|path| !path.starts_with("/{*__private")).collect();
    assert_eq!(there, tried, "routes");

    let contract = Contract::read();
    let names = |fields: &[graph::Field]| fields.iter().map(|field| field.name.clone()).collect::<BTreeSet<_>>();
    let roots: BTreeSet<String> = ROOTS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names(contract.fields("Query")), roots, "root fields");
    assert_eq!(names(contract.fields("FeedSubscription")), BTreeSet::from(["terrainChanged".to_owned()]), "subscriptions");
    assert_eq!(contract.reached(), TYPES.iter().map(|(name, _)| (*name).to_owned()).collect(), "types");
    let nodes: BTreeSet<&str> = contract.members("Node").iter().map(String::as_str).collect();
    assert_eq!(nodes, NODES.iter().map(|(.., of)| *of).collect(), "things with an id");

    let layers: BTreeMap<&str, &str> = terrein::tiles::LAYERS.iter().map(|layer| (layer.name, layer.table)).collect();
    assert_eq!(layers, BTreeMap::from(LAYER_TABLES), "layers");

    // A table holds a canary, or has nothing to show.
    let world = World::plant(&app).await;
    let planted: BTreeSet<&str> = world.needles.iter().filter_map(|needle| needle.key.split(':').next()).collect();
    let apart = [
        // Canaries from the moment somebody signs in.
        "session",
        "access_token",
        "audit_subject",
        // What two others are to one another, or numbers alone.
        "terrain_municipality",
        "issue_party",
        "conversation_issue",
        "app.file_work",
        "audit_reader",
        "audit_seal",
        "app.restore",
        "app.narrowing",
    ];
    for (table, _) in super::matrix::TABLES {
        assert!(planted.contains(table) || apart.contains(&table), "{table}: plant a canary");
    }
    for table in TYPES.iter().map(|(_, table)| *table).chain(layers.into_values()) {
        assert!(table.is_empty() || planted.contains(table) || apart.contains(&table), "{table}: no canary is asked for");
    }
}
