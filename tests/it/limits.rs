//! The graph's limits (GR1 to GR6, GR9 to GR12): each by the front door.

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::Connection;
use terrein_tests::client::Answer;
use terrein_tests::demo::{hooge_waard, mint, pin};
use terrein_tests::{Client, TestApp, TestDatabase};

const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const SMALL: &str = "{ viewer { id } }";

async fn post(client: &Client, kind: &str, body: String) -> Answer {
    client.send(client.request("POST", "/graphql").header("content-type", kind).body(body)).await
}

/// A question as an address.
fn address(query: &str, variables: &Value) -> String {
    let url = reqwest::Url::parse_with_params("http://localhost/graphql", [("query", query), ("variables", &variables.to_string())])
        .expect("an address");
    format!("/graphql?{}", url.query().unwrap_or_default())
}

/// Which limit a question is refused for.
async fn limit(client: &Client, query: &str, variables: Value) -> String {
    let answer = client.ask(query, variables).await;
    let error = &answer["errors"][0]["extensions"];
    assert_eq!(error["code"], "TOO_COMPLEX", "{answer:#}");
    assert!(answer["data"].is_null());
    error["reason"].as_str().expect("a limit").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn gr1_questions_come_as_json_from_our_own_pages_one_at_a_time() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let small = json!({ "query": SMALL }).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql", "application/jsonx"]
    {
        assert_eq!(post(&ann, kind, small.clone()).await.status, 415, "{kind}");
    }
    assert_eq!(ann.send(ann.request("POST", "/graphql").body(small.clone())).await.status, 415);
    assert_eq!(post(&ann, "application/json; charset=utf-8", small.clone()).await.status, 200);
    for body in [format!("[{small}]"), format!("[{small},{small}]"), "null".to_owned(), "{".to_owned(), String::new()] {
        assert_eq!(post(&ann, "application/json", body).await.status, 400);
    }
    let before: i64 = app.value("select count(*) from issue").await;
    let report = || json!({ "query": REPORT, "variables": { "input": pin(json!({})) } });
    for (name, value) in
        [("origin", "https://elders.example"), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
    {
        let answer = ann.send(ann.request("POST", "/graphql").header(name, value).json(&report())).await;
        assert_eq!(answer.status, 403, "{name}: {value}");
    }
    // A question that changes something does not come by address.
    let answer = ann.get(&address(REPORT, &json!({ "input": pin(json!({})) }))).await;
    assert_eq!((answer.status, answer.headers["allow"].to_str().expect("text")), (405, "POST"));
    assert_eq!(app.value::<i64>("select count(*) from issue").await, before);
    let own =
        ann.send(ann.request("POST", "/graphql").header("origin", &app.url).header("sec-fetch-site", "same-origin").json(&report())).await;
    assert_eq!(own.json()["data"]["reportIssue"]["__typename"], "IssueReported");
    let asked = ann.get(&address("query($t: ID!) { terrain(id: $t) { name } }", &json!({ "t": hooge_waard() }))).await;
    assert_eq!(asked.json()["data"]["terrain"]["name"], "De Hooge Waard");
}

#[tokio::test(flavor = "multi_thread")]
async fn gr2_bodies_texts_tokens_and_variables_are_bounded() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    assert_eq!(post(&visitor, "application/json", format!("{{\"query\":\"{}\"}}", " ".repeat(256 * 1024))).await.status, 413);
    assert_eq!(limit(&visitor, &format!("{SMALL}{}", " ".repeat(16 * 1024)), json!({})).await, "query-bytes");
    assert_eq!(limit(&visitor, &format!("{{ {} }}", "a ".repeat(2_000)), json!({})).await, "tokens");
    assert_eq!(limit(&visitor, SMALL, json!({ "x": "a".repeat(64 * 1024) })).await, "variable-bytes");
    let many: serde_json::Map<String, Value> = (0..51).map(|n| (format!("v{n}"), json!(1))).collect();
    assert_eq!(limit(&visitor, SMALL, Value::Object(many)).await, "variables");
}

#[tokio::test(flavor = "multi_thread")]
async fn gr3_a_question_that_unfolds_is_refused_as_fast_as_it_is_read() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    visitor.data(SMALL, json!({})).await;
    let mut bomb = String::from("{ ...a0 } fragment a30 on Query { viewer { id } } ");
    for n in 0..30 {
        write!(bomb, "fragment a{n} on Query {{ ...a{m} ...a{m} }} ", m = n + 1).expect("written");
    }
    let started = Instant::now();
    assert_eq!(limit(&visitor, &bomb, json!({})).await, "selections");
    let took = started.elapsed();
    assert!(took < Duration::from_millis(100), "{took:?}");
    let deep = format!("{}id{}", "{ node(id: \"x\") ".repeat(13), " }".repeat(13));
    let wide = format!("{{ {} }}", (0..31).fold(String::new(), |text, n| format!("{text}a{n}: viewer {{ id }} ")));
    let many = (0..6).fold(String::new(), |text, n| format!("{text}query Q{n} {{ viewer {{ id }} }} "));
    let variables = format!("query({}) {{ viewer {{ id }} }}", (0..51).fold(String::new(), |text, n| format!("{text}$v{n}: Int ")));
    for (query, reason) in [
        (deep.as_str(), "depth"),
        (&wide, "root-fields"),
        (&many, "operations"),
        (&variables, "variables"),
        ("{ viewer @a @b @c @d { id } }", "directives"),
        ("query @a @b @c @d { viewer { id } }", "directives"),
        ("query($n: ID @a @b @c @d) { node(id: $n) { id } }", "directives"),
        ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "fragment-cycle"),
        // Also where no operation comes.
        ("{ viewer { id } } fragment a on Query { ...b } fragment b on Query { ...a }", "fragment-cycle"),
        (&format!("{{ viewer {{ id }} }} {}", bomb.replace("{ ...a0 } ", "")), "selections"),
    ] {
        assert_eq!(limit(&visitor, query, json!({})).await, reason);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gr4_lists_multiply_and_a_session_spends_so_much_a_second() {
    let app = TestApp::over(TestDatabase::demo().await, &["--rate-ad-hoc", "50", "--rate-persisted", "100"]).await;
    let (ann, ben, visitor) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("kadebeton@demo.example").await, app.anonymous());
    let nested =
        "query($t: ID!) { terrain(id: $t) { plots(first: 100) { edges { node { occupants(first: 100) { edges { node { id } } } } } } } }";
    assert_eq!(limit(&ann, nested, json!({ "t": hooge_waard() })).await, "cost");
    let default = "query($t: ID!, $n: Int! = 100) { terrain(id: $t) { plots(first: $n) { edges { node { occupants(first: $n) { edges { node { id } } } } } } } }";
    assert_eq!(limit(&ann, default, json!({ "t": hooge_waard() })).await, "cost", "a default counts too");
    let dear = "query($t: ID!) { terrain(id: $t) { a: plots(first: 100) { edges { node { id } } } b: buildings(first: 100) { edges { node { id } } } c: infrastructure(first: 100) { edges { node { id } } } } }";
    let first = ann.ask(dear, json!({ "t": hooge_waard() })).await;
    assert_eq!(first["extensions"]["cost"], 604);
    let body = json!({ "query": dear, "variables": { "t": hooge_waard() } });
    let second = ann.send(ann.request("POST", "/graphql").header("accept-language", "en").json(&body)).await;
    assert_eq!((second.status, second.json()["code"].as_str()), (429, Some("RATE_LIMITED")));
    let wait: u64 = second.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=12).contains(&wait), "{wait}");
    assert!(second.json()["detail"].as_str().is_some_and(|text| text.contains(&wait.to_string())));
    // Lists that hang on the rows of the feed are paid for by row; its plain pages count by ten, so that a first copy goes through.
    let feed = |lists: &str| {
        format!("query($t: ID!) {{ changes(terrains: [$t], first: 100) {{ items {{ id node {{ ... on Issue {{ id {lists} }} }} }} }} }}")
    };
    let history = feed("history(first: 50) { edges { node { id } } }");
    assert_eq!(limit(&ben, &history, json!({ "t": hooge_waard() })).await, "cost");
    let plain = ben.ask(&feed("title"), json!({ "t": hooge_waard() })).await;
    assert_eq!(plain["extensions"]["cost"], 10 + 2, "{plain}");
    // Everybody has a bucket of their own; visitors one an address.
    assert_eq!(ben.ask(dear, json!({ "t": hooge_waard() })).await["extensions"]["cost"], 604);
    assert_eq!(visitor.ask(dear, json!({ "t": hooge_waard() })).await["extensions"]["cost"], 604);
    assert_eq!(visitor.send(visitor.request("POST", "/graphql").json(&body)).await.status, 429);
    // A command of one's own making costs five times, one of the app's a single unit, however much it asks back.
    let report = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { ... on IssueReported { issue { parties(first: 4) { edges { node { id } } } } } } }";
    let done = ben.ask(report, json!({ "input": pin(json!({})) })).await;
    assert_eq!(done["extensions"]["cost"], 5 * (1 + 1 + 1 + 4 * 2), "{done}");
    if let Some((id, _)) = terrein::schema::persisted::all().find(|(_, text)| text.starts_with("mutation ReportIssue")) {
        let body = json!({ "documentId": id, "variables": { "input": pin(json!({})) } });
        let answer = ben.send(ben.request("POST", "/graphql").json(&body)).await.json();
        assert_eq!(answer["extensions"]["cost"], 1, "{answer}");
    }
    let unknown = ben.send(ben.request("POST", "/graphql").json(&json!({ "documentId": "sha256:00" }))).await.json();
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "INVALID");
}

#[tokio::test(flavor = "multi_thread")]
async fn gr4_the_apps_first_copy_fits_in_a_visitors_bucket() {
    let Some((id, _)) = terrein::schema::persisted::all().find(|(_, text)| text.starts_with("query Changes(")) else { return };
    for first in [200, 1_000] {
        let app = TestApp::over(TestDatabase::demo().await, &["--rate-ad-hoc", "50", "--rate-persisted", "1000"]).await;
        app.settled().await;
        for client in [app.anonymous(), app.sign_in("aanjager@demo.example").await] {
            let (mut since, mut rows) = (Value::Null, 0);
            loop {
                let body = json!({ "documentId": id, "variables": { "terrain": hooge_waard(), "since": since, "first": first } });
                let answer = client.send(client.request("POST", "/graphql").json(&body)).await;
                assert_eq!(answer.status, 200, "after {rows} rows: {}", answer.json());
                let page = answer.json()["data"]["changes"].clone();
                rows += page["items"].as_array().expect("items").len();
                since = page["cursor"].clone();
                if page["more"] == false {
                    break;
                }
            }
            assert!(rows > 500, "{rows}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gr5_a_page_size_is_asked_for_and_refused_rather_than_cut() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    assert_eq!(visitor.refused("{ terrains { edges { node { id } } } }", json!({})).await, "INVALID");
    for first in [0, -5, 101] {
        let answer = visitor.ask("query($n: Int!) { terrains(first: $n) { edges { node { id } } } }", json!({ "n": first })).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(
            (error["field"].as_str(), error["reason"].as_str(), &error["params"]),
            (Some("first"), Some("out-of-range"), &json!({ "min": 1, "max": 100 }))
        );
    }
    let many: Vec<String> = (0..251).map(|_| mint("terrain")).collect();
    let changes = "query($t: [ID!]!) { changes(terrains: $t, first: 5) { more } }";
    assert_eq!(limit(&visitor, changes, json!({ "t": many })).await, "input-list");
    let kinds = format!(
        "{{ terrain(id: \"{}\") {{ issues(first: 5, filter: {{ kinds: [{}] }}) {{ edges {{ node {{ id }} }} }} }} }}",
        hooge_waard(),
        "PROBLEM ".repeat(251)
    );
    assert_eq!(limit(&visitor, &kinds, json!({})).await, "input-list");
    // A shape's coordinates have a limit of their own.
    let ring: Vec<[f64; 2]> = (0..400).map(|n| [5.08 + 0.001 * f64::from(n).cos(), 51.8 + 0.001 * f64::from(n).sin()]).collect();
    let within =
        "query($t: ID!, $w: GeoJSON!) { terrain(id: $t) { issues(first: 5, filter: { intersects: $w }) { edges { node { id } } } } }";
    let answer = visitor.ask(within, json!({ "t": hooge_waard(), "w": { "type": "MultiPoint", "coordinates": &ring } })).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    // As often as it is asked with: each time it is checked.
    let often = (0..26).fold(String::new(), |text, n| {
        text + &format!("a{n}: plots(first: 5, filter: {{ intersects: $w }}) {{ edges {{ node {{ id }} }} }} ")
    });
    let often = format!("query($t: ID!, $w: GeoJSON!) {{ terrain(id: $t) {{ {often} }} }}");
    assert_eq!(limit(&visitor, &often, json!({ "t": hooge_waard(), "w": { "type": "MultiPoint", "coordinates": ring } })).await, "points");
    // Cursors of another list are refused, not tried.
    let plots = visitor
        .data("query($t: ID!) { terrain(id: $t) { plots(first: 1) { pageInfo { endCursor } } } }", json!({ "t": hooge_waard() }))
        .await;
    for after in [plots["terrain"]["plots"]["pageInfo"]["endCursor"].clone(), json!("x"), json!("")] {
        let answer = visitor
            .ask(
                "query($t: ID!, $a: String) { terrain(id: $t) { issues(first: 5, after: $a) { edges { node { id } } } } }",
                json!({ "t": hooge_waard(), "a": after }),
            )
            .await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("after"), Some("wrong-cursor")), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gr6_eight_at_once_a_statement_of_five_seconds_and_then_try_again_later() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let mut connection = sqlx::PgConnection::connect_with(&app.database.roles().superuser.expect("a superuser")).await.expect("connects");
    let mut lock = connection.begin().await.expect("a transaction");
    sqlx::query("lock table plot in access exclusive mode").execute(&mut *lock).await.expect("locked");
    let body = json!({ "query": "query($t: ID!) { terrain(id: $t) { plots(first: 5) { edges { node { id } } } } }", "variables": { "t": hooge_waard() } });
    let started = Instant::now();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let (client, body) = (ann.clone(), body.clone());
            tokio::spawn(async move { client.send(client.request("POST", "/graphql").json(&body)).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let ninth = ann.send(ann.request("POST", "/graphql").json(&json!({ "query": SMALL }))).await;
    assert_eq!((ninth.status, ninth.json()["code"].as_str()), (503, Some("UNAVAILABLE")));
    assert_eq!(app.anonymous().ask(SMALL, json!({})).await["data"]["viewer"], Value::Null, "others are served");
    for waiting in waiting {
        let answer = waiting.await.expect("answered");
        assert_eq!((answer.status, answer.json()["errors"][0]["extensions"]["code"].as_str()), (503, Some("UNAVAILABLE")));
    }
    let took = started.elapsed();
    assert!((4_500..9_000).contains(&took.as_millis()), "{took:?}");
    lock.rollback().await.expect("released");
    assert_eq!(ann.send(ann.request("POST", "/graphql").json(&body)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn gr3_the_guard_takes_as_long_as_the_question_is_and_no_longer() {
    // Each fragment spreads the next twice: every one doubles what it unfolds to, and costs the guard the same.
    let bomb = |fragments: usize| {
        let last = format!("{{ ...a0 }} fragment a{fragments} on Query {{ viewer {{ id }} }} ");
        (0..fragments).fold(last, |text, n| format!("{text}fragment a{n} on Query {{ ...a{m} ...a{m} }} ", m = n + 1))
    };
    let took = |fragments: usize| {
        let document = async_graphql::parser::parse_query(bomb(fragments)).expect("parses");
        let best = (0..20).map(|_| {
            let started = Instant::now();
            let checked = terrein::schema::limits::check(&document, None, &async_graphql::Variables::default(), 1_000);
            assert!(checked.is_err(), "{fragments} fragments");
            started.elapsed()
        });
        best.min().unwrap_or_default()
    };
    let (small, large) = (took(18), took(288));
    println!("{} bytes: {small:?}; {} bytes: {large:?}", bomb(18).len(), bomb(288).len());
    // Sixteen times the text, which would unfold to 2^270 times as much.
    assert!(large < small * 16 * 8 + Duration::from_millis(1), "{small:?} {large:?}");
    assert!(large < Duration::from_millis(20), "{large:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gr7_in_production_a_visitor_asks_what_the_app_asks_and_nothing_else() {
    let app = TestApp::over(TestDatabase::demo().await, &["--mode", "production", "--public-url", "https://terrein.example.nl"]).await;
    let (ann, visitor) = (app.sign_in("ondernemer@demo.example").await, app.anonymous());
    let body = json!({ "query": SMALL });
    for client in [&visitor, &visitor.with_cookie(Some("__Host-terrein=x".to_owned()))] {
        for answer in [
            client.send(client.request("POST", "/graphql").header("accept-language", "en").json(&body)).await,
            client.send(client.request("GET", &address(SMALL, &json!({}))).header("accept-language", "en")).await,
        ] {
            assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("UNAUTHENTICATED")));
            assert!(answer.json()["detail"].as_str().is_some_and(|text| text.contains("access token")));
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    assert_eq!(ann.data("{ viewer { name } }", json!({})).await["viewer"]["name"], "Ondernemer Waardkoel");
    let create = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on AccessTokenCreated { secret } } }";
    let until = terrein_shared::clock::Clock::System.now() + chrono::Duration::days(1);
    let input = json!({ "commandId": terrein_tests::demo::command(), "name": "x", "scopes": ["READ"], "validUntil": until });
    let token = ann.with_token(ann.does(create, input).await["secret"].as_str().expect("a token"));
    assert_eq!(token.data("{ viewer { name } }", json!({})).await["viewer"]["name"], "Ondernemer Waardkoel");
    // The app's own questions are everybody's, by their name; over a socket by their text.
    let own = |kind: &str| terrein::schema::persisted::all().find(|(_, text)| text.starts_with(kind));
    let (Some((question, _)), Some((_, listen))) = (own("query Changes("), own("subscription TerrainChanged")) else { return };
    let variables = json!({ "terrain": hooge_waard(), "since": null, "first": 5 });
    let answer = visitor.send(visitor.request("POST", "/graphql").json(&json!({ "documentId": question, "variables": variables }))).await;
    assert!(answer.json()["data"]["changes"]["items"].is_array(), "{}", answer.json());
    let terrains = json!({ "terrains": [hooge_waard()] });
    let broken = listen.replace(' ', "\n  ");
    let adrift = "subscription X($terrains: [ID!]!) { terrainChanged(terrains: $terrains) { terrainId } }";
    for (text, client, heard) in
        [(listen, &visitor, true), (&broken, &visitor, true), (adrift, &visitor, false), (adrift, &ann, true), (adrift, &token, true)]
    {
        let mut socket = client.subscribe(text, terrains.clone()).await;
        // Whatever comes first: a word at the hub's own start, or the refusal.
        let first = socket.next(Duration::from_millis(700)).await;
        let refused = first.is_some_and(|first| first.to_string().contains("UNAUTHENTICATED"));
        assert_eq!(!refused, heard, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gr8_production_tells_nothing_of_its_schema() {
    let app = TestApp::over(TestDatabase::demo().await, &["--mode", "production", "--public-url", "https://terrein.example.nl"]).await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    for query in ["{ __schema { types { name } } }", "{ __type(name: \"Query\") { name } }"] {
        let answer = ann.ask(query, json!({})).await;
        assert!(answer["data"].is_null() || answer["data"]["__schema"].is_null() && answer["data"]["__type"].is_null(), "{answer}");
    }
    let answer = ann.ask("{ terrain { id } viewr { id } }", json!({})).await;
    assert!(!answer.to_string().contains("Did you mean"), "{answer}");
    assert!(answer["extensions"].get("statements").is_none());
    assert_eq!(ann.data("{ viewer { name } }", json!({})).await["viewer"]["name"], "Ondernemer Waardkoel");
    // Development is open, for those who build.
    let open = TestApp::demo().await;
    assert!(open.anonymous().data("{ __schema { queryType { name } } }", json!({})).await["__schema"]["queryType"]["name"] == "Query");
}

#[tokio::test(flavor = "multi_thread")]
async fn gr9_an_error_has_a_code_words_and_a_trace_and_never_the_databases_words() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let said = |language: &'static str, query: &'static str, variables: Value| {
        let client = ann.clone();
        async move {
            let body = json!({ "query": query, "variables": variables });
            client.send(client.request("POST", "/graphql").header("accept-language", language).json(&body)).await.json()["errors"][0]
                .clone()
        }
    };
    let long = json!({ "input": pin(json!({ "title": "x".repeat(121) })) });
    let (dutch, english) = (said("nl", REPORT, long.clone()).await, said("en", REPORT, long).await);
    assert_eq!(dutch["message"], "title: is te lang (hoogstens 120 tekens)");
    assert_eq!(english["message"], "title: is too long (at most 120 characters)");
    assert_eq!(english["extensions"]["params"], json!({ "max": 120 }));
    assert_ne!(dutch["extensions"]["traceId"], english["extensions"]["traceId"]);
    // Something of ours that goes wrong: a number for the log, nothing else.
    app.sql("alter table plot rename column registered_m2 to registered").await;
    let plots = "query($t: ID!) { terrain(id: $t) { plots(first: 1) { edges { node { id } } } } }";
    let error = said("en", plots, json!({ "t": hooge_waard() })).await;
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    let trace = error["extensions"]["traceId"].as_str().expect("a trace");
    assert_eq!(trace.len(), 32);
    assert_eq!(error["message"], format!("Something went wrong on our side. If you contact us, mention this number: {trace}."));
    for word in ["registered", "column", "select", "sqlx", "Err("] {
        assert!(!error["message"].to_string().contains(word) && !error["extensions"].to_string().contains(word), "{error}");
    }
    let document = said("en", "{ viewer { ", json!({})).await;
    assert_eq!(document["extensions"]["code"], "INVALID");
    assert!(document["message"].as_str().is_some_and(|text| text.starts_with("The question cannot be read.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn gr10_counts_and_filters_are_of_what_one_may_see() {
    let app = TestApp::demo().await;
    let counts = "query($t: ID!) { terrain(id: $t) { counts { plots companies openIssues openProblems openOpportunities openChallenges } issues(first: 100, filter: { states: [OPEN] }) { edges { node { id } } } } }";
    let mut seen = Vec::new();
    for client in [app.anonymous(), app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await] {
        let terrain = client.data(counts, json!({ "t": hooge_waard() })).await["terrain"].take();
        let listed = terrain["issues"]["edges"].as_array().map(Vec::len);
        assert_eq!(listed, terrain["counts"]["openIssues"].as_u64().and_then(|count| usize::try_from(count).ok()));
        seen.push((listed.unwrap_or_default(), terrain["counts"]["companies"].as_i64().unwrap_or_default()));
    }
    assert_eq!(seen, [(8, 0), (29, 90), (31, 96)]);
    // Order and filter are words of the graph: nothing of a client's reaches the database as a name.
    for filter in ["{ orderBy: \"email\" }", "{ states: [\"open'--\"] }", "{ kinds: [COMPLAINT] }"] {
        let query =
            format!("{{ terrain(id: \"{}\") {{ issues(first: 5, filter: {filter}) {{ edges {{ node {{ id }} }} }} }} }}", hooge_waard());
        assert_eq!(app.anonymous().refused(&query, json!({})).await, "INVALID", "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gr12_answers_are_kept_by_nobody_and_come_as_asked() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    let ask = |accept: Option<&'static str>, query: &'static str| {
        let request = visitor.request("POST", "/graphql").json(&json!({ "query": query }));
        let request = match accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        };
        visitor.send(request)
    };
    for (accept, kind, broken) in [
        (Some("application/json"), "application/json", 200),
        (Some("*/*"), "application/json", 200),
        (None, "application/json", 200),
        (Some("application/graphql-response+json"), "application/graphql-response+json", 400),
        (Some("application/graphql-response+json, application/json;q=0.9"), "application/graphql-response+json", 400),
    ] {
        let answer = ask(accept, SMALL).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().expect("text")), (200, kind), "{accept:?}");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(ask(accept, "{ nonsense }").await.status, broken, "{accept:?}");
    }
    let headers = visitor.get("/healthz").await.headers;
    for (name, part) in [
        ("content-security-policy", "script-src 'self'"),
        ("x-content-type-options", "nosniff"),
        ("strict-transport-security", "max-age="),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "geolocation=(self)"),
        ("referrer-policy", "origin"),
    ] {
        assert!(headers[name].to_str().is_ok_and(|value| value.contains(part)), "{name}");
    }
    assert!(!headers["content-security-policy"].to_str().expect("text").contains("unsafe"));
    assert!(headers.get("access-control-allow-origin").is_none());
}
