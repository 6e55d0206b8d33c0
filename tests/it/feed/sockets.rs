//! The sockets of subscriptions: how many, from which pages, for how long, and what is said when one is refused.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use terrein_tests::demo::{hooge_waard, mint};
use terrein_tests::{Client, TestApp};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{LISTEN, PATIENCE};

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_takes_twenty_subscriptions_and_nothing_else() {
    let app = TestApp::demo().await;
    let mut socket = app.anonymous().socket().await;
    for n in 0..21 {
        socket
            .say(json!({ "id": n.to_string(), "type": "subscribe", "payload": { "query": LISTEN, "variables": { "t": [hooge_waard()] } } }))
            .await;
    }
    let mut refused = None;
    while let Some(message) = socket.next(Duration::from_secs(2)).await {
        let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
        if errors.is_array() {
            refused = Some((message["id"].clone(), errors[0]["extensions"]["code"].clone()));
            break;
        }
    }
    assert_eq!(refused, Some((json!("20"), json!("TOO_COMPLEX"))));
    // One that ends makes room.
    socket.say(json!({ "id": "3", "type": "complete" })).await;
    for (id, query) in [
        ("q", "{ viewer { id } }"),
        (
            "m",
            "mutation { withdrawIssue(input: { commandId: \"01900000-0000-7000-8000-000000000001\", issueId: \"issue:01900000-0000-7000-8000-000000000001\" }) { __typename } }",
        ),
    ] {
        socket.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
        let code = loop {
            let message = socket.next(Duration::from_secs(2)).await.expect("an answer");
            if message["id"] == id && message["type"] != "complete" {
                let errors = if message["type"] == "error" { message["payload"].clone() } else { message["payload"]["errors"].clone() };
                break errors[0]["extensions"]["code"].clone();
            }
        };
        assert_eq!(code, "FORBIDDEN", "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_gets_no_socket() {
    let app = TestApp::demo().await;
    let client = app.sign_in("aanjager@demo.example").await;
    assert_eq!(client.knock(Some("https://elders.example")).await.err(), Some(403));
    assert_eq!(client.knock(Some("null")).await.err(), Some(403));
    assert!(client.knock(Some(&app.url)).await.is_ok());
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A bare socket, which says nothing of itself.
async fn bare(app: &TestApp, client: &Client, language: &'static str) -> Socket {
    let mut request = format!("{}/graphql/ws", app.url.replacen("http", "ws", 1)).into_client_request().expect("an address");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
    headers.insert("accept-language", language.parse().expect("a header"));
    if let Some(cookie) = client.cookie() {
        headers.insert("cookie", cookie.parse().expect("a header"));
    }
    tokio_tungstenite::connect_async(request).await.expect("the socket opens").0
}

/// What a socket says next within a time: a message, or its goodbye.
async fn heard(socket: &mut Socket, within: Duration) -> Option<Result<Value, (u16, String)>> {
    let next = async {
        loop {
            match socket.next().await?.ok()? {
                Message::Text(text) => return Some(Ok(serde_json::from_str(&text).expect("JSON"))),
                Message::Close(frame) => return frame.map(|frame| Err((frame.code.into(), frame.reason.to_string()))),
                _ => {}
            }
        }
    };
    tokio::time::timeout(within, next).await.ok().flatten()
}

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.expect("sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_subscription_is_told_so_in_the_readers_language_and_without_the_databases_words() {
    let app =
        TestApp::over(terrein_tests::TestDatabase::demo().await, &["--mode", "production", "--public-url", "https://terrein.example.nl"])
            .await;
    // A question of one's own making is for whoever signed in.
    let visitor = app.sign_in("ondernemer@demo.example").await;
    let many: Vec<String> = (0..51).map(|_| mint("terrain")).collect();
    let ask = async |language: &'static str, query: &str, terrains: &[String]| {
        let mut socket = bare(&app, &visitor, language).await;
        say(&mut socket, json!({ "type": "connection_init" })).await;
        heard(&mut socket, PATIENCE).await.expect("a hello").expect("a hello");
        say(&mut socket, json!({ "id": "1", "type": "subscribe", "payload": { "query": query, "variables": { "t": terrains } } })).await;
        let answer = heard(&mut socket, PATIENCE).await.expect("an answer").expect("an answer");
        answer["payload"]["errors"][0].clone()
    };
    let (dutch, english) = (ask("nl", LISTEN, &many).await, ask("en", LISTEN, &many).await);
    assert_eq!(english["message"], "terrains: are too many (at most 50)");
    assert_ne!(dutch["message"], english["message"]);
    for error in [&dutch, &english] {
        let said = &error["extensions"];
        assert_eq!(
            (&said["code"], &said["field"], &said["reason"]),
            (&json!("INVALID"), &json!("terrains"), &json!("too-many")),
            "{error}"
        );
        assert!(said["traceId"].is_string());
    }
    let guess = ask("en", "subscription($t: [ID!]!) { terrainChange(terrains: $t) { refetch } }", &[]).await;
    assert_eq!(guess["extensions"]["code"], "INVALID");
    assert!(
        guess["message"].as_str().is_some_and(|said| said.starts_with("The question cannot be read.") && !said.contains("Did you mean")),
        "{guess}"
    );
    app.sql("alter table terrain rename column deleted_at to deleted").await;
    let broken = ask("en", LISTEN, &[hooge_waard()]).await;
    assert_eq!(broken["extensions"]["code"], "INTERNAL");
    assert!(broken["message"].as_str().is_some_and(|said| said.starts_with("Something went wrong on our side.")), "{broken}");
    assert!(!broken.to_string().contains("deleted"), "{broken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_twenty_sockets_and_a_closed_one_makes_room() {
    let app = TestApp::demo().await;
    // Two devices of one person, and the visitors of one address, count together; another person does not.
    let (phone, desk) = (app.sign_in("aanjager@demo.example").await, app.sign_in("aanjager@demo.example").await);
    for client in [[&phone, &desk], [&app.anonymous(), &app.anonymous().with_cookie(Some("__Host-terrein=nobodys".to_owned()))]] {
        let mut open = Vec::new();
        for n in 0..20 {
            let mut socket = bare(&app, client[n % 2], "nl").await;
            say(&mut socket, json!({ "type": "connection_init" })).await;
            assert_eq!(heard(&mut socket, PATIENCE).await.expect("a hello").expect("a hello")["type"], "connection_ack", "{n}");
            open.push(socket);
        }
        let mut refused = bare(&app, client[0], "nl").await;
        assert_eq!(heard(&mut refused, PATIENCE).await, Some(Err((1013, "Too many sockets".to_owned()))));
        let mut other = app.sign_in("ondernemer@demo.example").await.socket().await;
        assert_eq!(other.next(Duration::from_millis(100)).await, None);
        drop(open.pop());
        let mut again = None;
        for _ in 0..50 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut socket = bare(&app, client[1], "nl").await;
            say(&mut socket, json!({ "type": "connection_init" })).await;
            if let Some(Ok(hello)) = heard(&mut socket, PATIENCE).await {
                again = Some(hello["type"].clone());
                break;
            }
        }
        assert_eq!(again, Some(json!("connection_ack")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_say_hello_in_ten_seconds_is_shut_out() {
    let app = TestApp::demo().await;
    let (mut silent, mut polite) = (bare(&app, &app.anonymous(), "nl").await, bare(&app, &app.anonymous(), "nl").await);
    let started = std::time::Instant::now();
    say(&mut polite, json!({ "type": "connection_init" })).await;
    assert_eq!(heard(&mut silent, Duration::from_secs(20)).await, Some(Err((4408, "Connection initialisation timeout".to_owned()))));
    assert!((9_500..13_000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    assert_eq!(heard(&mut polite, PATIENCE).await.expect("a hello").expect("a hello")["type"], "connection_ack");
    assert_eq!(heard(&mut polite, Duration::from_secs(2)).await, None, "whoever did stays");
    // Whoever asks before saying hello is shut out at once.
    let mut hasty = bare(&app, &app.anonymous(), "nl").await;
    say(&mut hasty, json!({ "id": "1", "type": "subscribe", "payload": { "query": LISTEN, "variables": { "t": [hooge_waard()] } } })).await;
    assert_eq!(heard(&mut hasty, PATIENCE).await.and_then(Result::err).map(|(code, _)| code), Some(1011));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_is_gone_without_a_goodbye_gives_its_place_back() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let mut gone = bare(&app, &boss, "nl").await;
    say(&mut gone, json!({ "type": "connection_init" })).await;
    heard(&mut gone, PATIENCE).await.expect("a hello").expect("a hello");
    let mut there = bare(&app, &boss, "nl").await;
    say(&mut there, json!({ "type": "connection_init" })).await;
    // Whoever reads answers the pings of the other end; whoever has lost the network does not.
    let mut quiet = Vec::new();
    while let Some(message) = heard(&mut there, Duration::from_secs(45)).await {
        quiet.push(message);
    }
    assert_eq!(quiet, [Ok(json!({ "type": "connection_ack" }))]);
    let ended = async { while let Some(Ok(_)) = gone.next().await {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("it was shut out meanwhile");
    say(&mut there, json!({ "type": "ping" })).await;
    assert_eq!(heard(&mut there, PATIENCE).await, Some(Ok(json!({ "type": "pong" }))));
}
