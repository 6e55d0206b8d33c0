//! Personal access tokens: made by somebody in a session, shown by a program, for reading or for writing too, and never for the account.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use terrein::access::caller::SessionHash;
use terrein_tests::demo::{PLACE, command, hooge_waard, open_terrain, pin, tile_of};
use terrein_tests::{Client, TestApp, TestDatabase};

const CREATE: &str = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { __typename
    ... on AccessTokenCreated { secret accessToken { id name scopes createdAt validUntil lastUsedAt strong } } ... on TooManyAccessTokens { most } } }";
const REVOKE: &str = "mutation($input: RevokeAccessTokenInput!) { revokeAccessToken(input: $input) { ... on AccessTokenRevoked { id } } }";
const LIST: &str = "{ accessTokens { id name scopes lastUsedAt } }";
const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const LISTEN: &str = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId } }";
const ISSUES: &str = "query($t: ID!) { viewer { name } terrain(id: $t) { viewerCan { reportIssue { allowed reason } } issues(first: 100) { edges { node { id mine } } } } }";

fn in_days(days: i64) -> DateTime<Utc> {
    terrein_shared::clock::Clock::System.now() + chrono::Duration::days(days)
}

fn wanted(scopes: &[&str]) -> Value {
    json!({ "commandId": command(), "name": " Kaart in QGIS ", "scopes": scopes, "validUntil": in_days(30) })
}

/// A token of somebody's; its id, and a program that shows it.
async fn token(person: &Client, scopes: &[&str]) -> (String, Client, String) {
    let made = person.does(CREATE, wanted(scopes)).await;
    let secret = made["secret"].as_str().unwrap_or_else(|| panic!("no secret: {made}")).to_owned();
    (made["accessToken"]["id"].as_str().expect("an id").to_owned(), person.with_token(&secret), secret)
}

/// Status and code of an answer outside the graph.
async fn turned_away(client: &Client, path: &str) -> (u16, String) {
    let answer = client.get(path).await;
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn small() -> String {
    "/graphql?query=%7Bviewer%7Bname%7D%7D".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_only_its_hash_is_kept() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let input = wanted(&["READ"]);
    let made = ann.does(CREATE, input.clone()).await;
    let secret = made["secret"].as_str().expect("a token").to_owned();
    assert!(secret.starts_with("trn_") && secret.len() == 53, "{secret}");
    assert_eq!((&made["accessToken"]["name"], &made["accessToken"]["scopes"]), (&json!("Kaart in QGIS"), &json!(["READ"])));
    assert_eq!(made["accessToken"]["lastUsedAt"], Value::Null);
    // The same command again: the same token, and nobody is shown it a second time.
    let again = ann.does(CREATE, input).await;
    assert_eq!((&again["accessToken"]["id"], &again["secret"]), (&made["accessToken"]["id"], &Value::Null));
    let kept: String =
        app.value("select string_agg(t::text, ' ') || (select string_agg(c::text, ' ') from command_log c) from access_token t").await;
    assert!(!kept.contains(&secret[4..40]));
    assert_eq!(app.value::<Vec<u8>>("select token_hash from access_token").await, SessionHash::of_token(&secret).bytes());
    assert_eq!(app.value::<i64>("select count(*) from access_token").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_for_something_and_for_a_time() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    for (change, field, reason) in [
        (json!({ "name": "  " }), "name", "required"),
        (json!({ "name": "x".repeat(81) }), "name", "too-long"),
        (json!({ "scopes": [] }), "scopes", "required"),
        (json!({ "validUntil": in_days(-1) }), "validUntil", "out-of-range"),
        (json!({ "validUntil": in_days(367) }), "validUntil", "out-of-range"),
    ] {
        let mut input = wanted(&["READ"]);
        input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let error = ann.fails(CREATE, input).await;
        assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some(field), Some(reason)), "{change}");
    }
    let mut year = wanted(&["WRITE"]);
    year["validUntil"] = json!(in_days(365));
    let made = ann.does(CREATE, year).await;
    assert_eq!(made["accessToken"]["scopes"], json!(["READ", "WRITE"]), "who writes reads what came of it");
    let client = ann.with_token(made["secret"].as_str().expect("a token"));
    assert_eq!(client.data("{ viewer { name } }", json!({})).await["viewer"]["name"], "Ondernemer Waardkoel");
    // Its day comes.
    app.sql("update access_token set created_at = now() - interval '2 days', valid_until = now() - interval '1 second'").await;
    assert_eq!(turned_away(&client, &small()).await, (401, "UNAUTHENTICATED".to_owned()));
    // Ended ones are shown for a month, then forgotten; those in use never.
    assert_eq!(ann.data(LIST, json!({})).await["accessTokens"].as_array().map(Vec::len), Some(1));
    app.sql("update access_token set created_at = now() - interval '40 days', valid_until = now() - interval '31 days'").await;
    token(&ann, &["READ"]).await;
    assert_eq!(ann.data(LIST, json!({})).await["accessTokens"].as_array().map(Vec::len), Some(1));
    app.value::<i64>("select app.forget_ended()").await;
    assert_eq!(app.value::<i64>("select count(*) from access_token").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_a_person_also_when_asked_for_at_once() {
    let app = TestApp::demo().await;
    let (ann, ben) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("kadebeton@demo.example").await);
    // As much as one session asks at once.
    let mut made = Vec::new();
    for _ in 0..4 {
        let asked: Vec<_> = (0..6)
            .map(|_| {
                let client = ann.clone();
                tokio::spawn(async move { client.does(CREATE, wanted(&["READ"])).await })
            })
            .collect();
        for asked in asked {
            made.push(asked.await.expect("answered"));
        }
    }
    let many: Vec<&Value> = made.iter().filter(|made| made["__typename"] == "TooManyAccessTokens").collect();
    assert_eq!((many.len(), &many[0]["most"]), (4, &json!(20)));
    assert_eq!(app.value::<i64>("select count(*) from access_token").await, 20);
    token(&ben, &["READ"]).await;
    // One that ends makes room.
    let first = made.iter().find(|made| made["secret"].is_string()).expect("one")["accessToken"]["id"].clone();
    ann.does(REVOKE, json!({ "commandId": command(), "accessTokenId": first })).await;
    token(&ann, &["READ"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_sees_what_its_person_sees_and_a_reading_one_changes_nothing() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let (_, reads, _) = token(&ann, &["READ"]).await;
    let (_, writes, _) = token(&ann, &["WRITE"]).await;
    let on = json!({ "t": hooge_waard() });
    let issues = |data: Value| data["terrain"]["issues"].clone();
    let own = issues(ann.data(ISSUES, on.clone()).await);
    assert!(own["edges"].as_array().expect("issues").iter().any(|edge| edge["node"]["mine"] == true));
    for client in [&reads, &writes] {
        assert_eq!(issues(client.data(ISSUES, on.clone()).await), own);
    }
    assert_ne!(issues(app.anonymous().data(ISSUES, on.clone()).await), own);
    let (x, y) = tile_of(PLACE, 14);
    assert_eq!(reads.tile("company,issue", 14, x, y).await, ann.tile("company,issue", 14, x, y).await);
    assert_ne!(reads.tile("company,issue", 14, x, y).await, app.anonymous().tile("company,issue", 14, x, y).await);
    // What may be done is told too, with the reason.
    let can = |data: Value| data["terrain"]["viewerCan"]["reportIssue"].clone();
    assert_eq!(can(reads.data(ISSUES, on.clone()).await), json!({ "allowed": false, "reason": "TOKEN_READS_ONLY" }));
    assert_eq!(can(writes.data(ISSUES, on).await), json!({ "allowed": true, "reason": null }));
    let before: i64 = app.value("select count(*) from issue").await;
    let refused = reads.fails(REPORT, pin(json!({}))).await;
    assert_eq!((&refused["code"], &refused["reason"]), (&json!("FORBIDDEN"), &json!("TOKEN_READS_ONLY")));
    assert_eq!(app.value::<i64>("select count(*) from issue").await, before);
    // Also of a page elsewhere: what a browser adds by itself is not what lets it in.
    let body = json!({ "query": REPORT, "variables": { "input": pin(json!({})) } });
    let request = writes.request("POST", "/graphql").header("origin", "https://elders.example").header("sec-fetch-site", "cross-site");
    assert_eq!(writes.send(request.json(&body)).await.json()["data"]["reportIssue"]["__typename"], "IssueReported");
    assert_eq!(app.value::<i64>("select count(*) from issue").await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_itself_knows_a_reading_token_only_where_nothing_can_be_written() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let (_, _, reads) = token(&ann, &["READ"]).await;
    let (_, _, writes) = token(&ann, &["WRITE"]).await;
    let pool = app.database.pool("terrein_app").await;
    for (begin, secret, known) in
        [("begin", &reads, false), ("begin read only", &reads, true), ("begin", &writes, true), ("begin read only", &writes, true)]
    {
        let mut transaction = pool.begin_with(begin).await.expect("begins");
        for (hash, known) in [(SessionHash::of_token(secret), known), (SessionHash::of(secret), false)] {
            sqlx::query("select set_config('app.session', $1, true)").bind(hash.hex()).execute(&mut *transaction).await.expect("set");
            let (person, account): (bool, bool) = sqlx::query_as("select app.person() is not null, app.account() is not null")
                .fetch_one(&mut *transaction)
                .await
                .expect("answers");
            assert_eq!((person, account), (known, false), "{begin}, {known}");
            for table in ["session", "access_token", "passkey"] {
                let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}")))
                    .fetch_one(&mut *transaction)
                    .await
                    .expect("counts");
                assert_eq!(seen, 0, "{table}");
            }
        }
        if begin == "begin" && known {
            sqlx::query("select set_config('app.session', $1, true)")
                .bind(SessionHash::of_token(secret).hex())
                .execute(&mut *transaction)
                .await
                .expect("set");
            let renamed = sqlx::query("update person set name = name").execute(&mut *transaction).await.expect("answers");
            assert_eq!(renamed.rows_affected(), 0, "a token changes nothing of its person's");
            assert!(
                sqlx::query("select app.create_access_token(gen_random_uuid(), 'x', $1, '{read}', now() + interval '1 day')")
                    .bind(SessionHash::of_token("x").bytes())
                    .execute(&mut *transaction)
                    .await
                    .is_err()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_never_reaches_the_account() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let (id, writes, secret) = token(&ann, &["WRITE"]).await;
    for query in ["{ accessTokens { id } }", "{ x: accessTokens { id } }", "{ ...a } fragment a on Query { accessTokens { id } }"] {
        let answer = writes.ask(query, json!({})).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&answer["data"], &error["code"], &error["reason"]),
            (&Value::Null, &json!("FORBIDDEN"), &json!("NOT_FOR_TOKENS")),
            "{query}"
        );
    }
    let session: String = app.value("select 'session:' || id from session where revoked_at is null order by created_at desc limit 1").await;
    for (command_text, input) in [
        (CREATE, wanted(&["READ"])),
        (REVOKE, json!({ "commandId": command(), "accessTokenId": id })),
        (
            "mutation($input: RevokeSessionInput!) { revokeSession(input: $input) { __typename } }",
            json!({ "commandId": command(), "sessionId": session }),
        ),
        (
            "mutation($input: SetLanguageInput!) { setLanguage(input: $input) { __typename } }",
            json!({ "commandId": command(), "language": "EN" }),
        ),
    ] {
        assert_eq!(writes.fails(command_text, input).await["reason"], "NOT_FOR_TOKENS", "{command_text}");
    }
    // Doors to the account know cookies alone; a token in a cookie is no session, and a session's secret no token.
    assert_eq!(writes.send(writes.request("POST", "/sign-in/out")).await.status, 204);
    assert_ne!(ann.data("{ viewer { name } }", json!({})).await["viewer"], Value::Null, "nobody is signed out by a token");
    let disguised = app.anonymous().with_cookie(Some(format!("__Host-terrein={secret}")));
    assert_eq!(disguised.data("{ viewer { name } }", json!({})).await["viewer"], Value::Null);
    let session = ann.cookie().expect("a cookie").split_once('=').expect("a value").1.to_owned();
    assert_eq!(turned_away(&app.anonymous().with_token(&session), &small()).await.0, 401);
    // Beside a cookie the token stands alone.
    let both = writes.request("POST", "/graphql").header("cookie", ann.cookie().expect("a cookie")).json(&json!({ "query": LIST }));
    assert_eq!(writes.send(both).await.json()["errors"][0]["extensions"]["reason"], "NOT_FOR_TOKENS");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_takes_a_terrain_along_without_who_is_who() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let (_, reads, _) = token(&boss, &["READ"]).await;
    let pack = format!("/packs/{}", open_terrain());
    let parts = async |client: &Client| {
        let list = client.get(&pack).await.json();
        list["parts"].as_array().expect("parts").iter().map(|part| part["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(parts(&boss).await, ["rows.geojson", "edge.geojson", "background.pmtiles", "people.json"]);
    assert_eq!(parts(&reads).await, ["rows.geojson", "edge.geojson", "background.pmtiles"]);
    assert_eq!(boss.get(&format!("{pack}/people.json")).await.status, 200);
    assert_eq!(turned_away(&reads, &format!("{pack}/people.json")).await, (403, "FORBIDDEN".to_owned()));
    assert_eq!(reads.get(&format!("{pack}/rows.geojson")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_token_gets_no_visitors_answer() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let (_, _, secret) = token(&ann, &["READ"]).await;
    let mut slip = secret.clone();
    slip.replace_range(10..11, if &secret[10..11] == "a" { "b" } else { "a" });
    let never = terrein::access::token::mint();
    let (x, y) = tile_of(PLACE, 14);
    for shown in ["", "x", "trn_", &slip, &never] {
        let client = app.anonymous().with_token(shown);
        for path in [small(), format!("/tiles/company/14/{x}/{y}")] {
            let answer = client.get(&path).await;
            assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("UNAUTHENTICATED")), "{shown} {path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
        assert_eq!(client.knock(None).await.err(), Some(401), "{shown}");
    }
    // Words in the reader's language, and never the token back.
    let answer = app.anonymous().send(app.anonymous().with_token(&never).request("GET", &small()).header("accept-language", "en")).await;
    assert_eq!(answer.json()["detail"], "This access token is not valid, or no longer.");
    assert!(!String::from_utf8_lossy(&answer.body).contains(&never));
    // Another scheme is for whoever stands before us, and the word is in any case.
    let client = app.anonymous();
    let basic = client.send(client.request("GET", &small()).header("authorization", "Basic eDp5")).await;
    assert_eq!(basic.json()["data"]["viewer"], Value::Null);
    let lower = client.send(client.request("GET", &small()).header("authorization", format!("bearer  {secret}"))).await;
    assert_eq!(lower.json()["data"]["viewer"]["name"], "Ondernemer Waardkoel");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_turned_away_at_once_and_its_socket_closed() {
    let app = TestApp::demo().await;
    let (ann, ben) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("kadebeton@demo.example").await);
    let (id, client, _) = token(&ann, &["WRITE"]).await;
    let mut listening = client.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    ben.does(REPORT, pin(json!({ "audience": "TERRAIN" }))).await;
    listening.next(Duration::from_secs(2)).await.expect("a token hears what its person hears");
    let mut idle = client.socket().await;
    // Nobody else's to end.
    assert_eq!(ben.fails(REVOKE, json!({ "commandId": command(), "accessTokenId": id })).await["code"], "NOT_FOUND");
    let input = json!({ "commandId": command(), "accessTokenId": id });
    assert_eq!(ann.does(REVOKE, input.clone()).await["id"], json!(id));
    assert_eq!(ann.does(REVOKE, input).await["id"], json!(id), "once, and told again");
    assert_eq!(ann.fails(REVOKE, json!({ "commandId": command(), "accessTokenId": id })).await["code"], "NOT_FOUND");
    assert_eq!(ann.data(LIST, json!({})).await["accessTokens"], json!([]));
    let (x, y) = tile_of(PLACE, 14);
    for path in [small(), format!("/tiles/company/14/{x}/{y}")] {
        assert_eq!(turned_away(&client, &path).await.0, 401, "{path}");
    }
    let answer =
        client.send(client.request("POST", "/graphql").json(&json!({ "query": REPORT, "variables": { "input": pin(json!({})) } }))).await;
    assert_eq!(answer.status, 401);
    // Its sockets are closed, that which hears nothing too: at once, and within the minute where the word of it was lost.
    for socket in [&mut listening, &mut idle] {
        assert_eq!(socket.closed(Duration::from_secs(5)).await, Some(4403));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_it_was_used_is_noted_at_most_once_a_minute() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let (_, client, secret) = token(&ann, &["READ"]).await;
    client.data("{ viewer { name } }", json!({})).await;
    let used = "select coalesce(extract(epoch from now() - last_used_at), 1e9)::float8 from access_token";
    assert!(app.value::<f64>(used).await < 5.0);
    assert!(ann.data(LIST, json!({})).await["accessTokens"][0]["lastUsedAt"].is_string());
    let meet = |ago: &'static str| {
        let (app, hash) = (&app, SessionHash::of_token(&secret).hex());
        async move {
            app.sql(&format!("update access_token set last_used_at = now() - interval '{ago}'")).await;
            app.value::<bool>(&format!("select app.meet_token('\\x{hash}') is not null")).await;
            app.value::<f64>(used).await
        }
    };
    assert!(meet("59 seconds").await > 50.0);
    assert!(meet("61 seconds").await < 5.0);
    // Nothing is asked of the database for it beside the question.
    let question = "query($t: ID!) { terrain(id: $t) { plots(first: 5) { edges { node { id } } } } }";
    let statements = |client: &Client| {
        let client = client.clone();
        async move { client.ask(question, json!({ "t": hooge_waard() })).await["extensions"]["statements"].clone() }
    };
    assert_eq!(statements(&client).await, statements(&ann).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_spends_from_a_bucket_of_its_own() {
    let app = TestApp::over(TestDatabase::demo().await, &["--rate-ad-hoc", "50"]).await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let (_, one, _) = token(&ann, &["READ"]).await;
    let (_, other, _) = token(&ann, &["READ"]).await;
    let dear = "query($t: ID!) { terrain(id: $t) { a: plots(first: 100) { edges { node { id } } } b: buildings(first: 100) { edges { node { id } } } c: infrastructure(first: 100) { edges { node { id } } } } }";
    let body = json!({ "query": dear, "variables": { "t": hooge_waard() } });
    let status = |client: &Client| {
        let (client, body) = (client.clone(), body.clone());
        async move { client.send(client.request("POST", "/graphql").json(&body)).await.status }
    };
    assert_eq!((status(&one).await, status(&one).await), (200, 429));
    assert_eq!((status(&other).await, status(&ann).await), (200, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_as_strong_as_the_session_it_was_made_in() {
    let app = TestApp::over(TestDatabase::demo().await, &["--strong-sign-in", "required"]).await;
    // By the operator's link: strong.
    let strong = app.sign_in("aanjager@demo.example").await;
    let (_, from_strong, _) = token(&strong, &["WRITE"]).await;
    app.sql("update session set strong = false, method = 'mail' where revoked_at is null").await;
    let (_, from_weak, _) = token(&strong, &["WRITE"]).await;
    let can = |client: &Client| {
        let client = client.clone();
        async move { client.data(ISSUES, json!({ "t": hooge_waard() })).await["terrain"]["issues"]["edges"].as_array().map(Vec::len) }
    };
    let (all, few) = (can(&from_strong).await, can(&from_weak).await);
    assert!(all > few, "{all:?} {few:?}");
    assert_eq!(few, can(&strong).await);
    // With the last passkey goes the strength of what was strong by it; what the operator or an organisation vouched for stays.
    for (method, stays) in [("operator", true), ("passkey", false)] {
        app.sql(&format!("update access_token set method = '{method}' where strong")).await;
        app.sql("insert into passkey (id, person_id, credential_id, credential, name, created_at) select gen_random_uuid(), id, '\\x01', '{}', 'x', now() from person where email = 'aanjager@demo.example'").await;
        app.sql("delete from passkey").await;
        assert_eq!(can(&from_strong).await == all, stays, "{method}");
    }
}
