//! What a team heard is seen by nobody else on the same terrain, at no door; a note on it by its author alone.

use std::time::Duration;

use serde_json::{Value, json};
use terrein_tests::demo::{command, hooge_waard, mint, open_terrain};
use terrein_tests::{Client, TestApp};

use super::promise::MAKE;
use super::{EDIT, READ, RECORD, colleague, company, talk};

const FEED: &str = "query($t: [ID!]!, $s: String) { changes(terrains: $t, since: $s, first: 100) { cursor more resync
  items { kind id node { ... on Conversation { situation privateNote } ... on Promise { text } } } } }";
const LISTS: &str = "query($t: ID!) { terrain(id: $t) { conversations(first: 100) { edges { node { situation privateNote } } }
  promises(first: 100) { edges { node { text } } } coverage(first: 5) { edges { node { company { name } } } } } }";
const ERASE: &str = "mutation($input: EraseMeInput!) { eraseMe(input: $input) { __typename } }";
const LISTEN: &str = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId refetch } }";

/// The whole feed of the open terrain from a place, and where it ends.
async fn feed(client: &Client, mut since: Option<String>) -> (Vec<Value>, String, bool) {
    let (mut items, mut resync) = (Vec::new(), false);
    loop {
        let page = client.data(FEED, json!({ "t": [hooge_waard()], "s": since })).await["changes"].take();
        items.extend(page["items"].as_array().expect("items").clone());
        resync |= page["resync"] == true;
        let cursor = page["cursor"].as_str().expect("a cursor").to_owned();
        if page["more"] == false {
            return (items, cursor, resync);
        }
        since = Some(cursor);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisation_on_the_same_terrain_sees_nothing_of_a_talk() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let second = colleague(&app).await;
    let mut others = Vec::new();
    for name in ["ondernemer", "kadebeton", "eigenaar", "parkmanager", "projectleider", "gemeente", "provincie", "netbeheerder", "partner"]
    {
        others.push((name, app.sign_in(&format!("{name}@demo.example")).await));
    }
    others.push(("nobody", app.anonymous()));
    app.settled().await;
    let mut places = Vec::new();
    for (_, client) in &others {
        places.push(feed(client, None).await.1);
    }
    let before = feed(&second, None).await.1;

    let input = talk(json!({ "companyId": company("Kadebeton"), "situation": "Kwetsbaar woord", "privateNote": "Geheim woord" }));
    aan.does(RECORD, input.clone()).await;
    let promise = json!({ "commandId": command(), "promiseId": mint("promise"), "terrainId": hooge_waard(), "conversationId": input["conversationId"],
        "text": "Kwetsbare toezegging", "dueOn": "2026-12-01" });
    aan.does(MAKE, promise.clone()).await;
    app.settled().await;

    for ((name, client), place) in others.iter().zip(places) {
        for id in [&input["conversationId"], &promise["promiseId"]] {
            let hidden = client.data("query($id: ID!) { node(id: $id) { __typename } }", json!({ "id": id })).await;
            assert_eq!(hidden, json!({ "node": null }), "{name}");
        }
        let said =
            client.data(LISTS, json!({ "t": hooge_waard() })).await.to_string() + &format!("{:?}", feed(client, Some(place)).await.0);
        for word in ["Kwetsba", "Geheim", input["conversationId"].as_str().expect("an id"), promise["promiseId"].as_str().expect("an id")] {
            assert!(!said.contains(word), "{name} meets {word}: {said}");
        }
    }
    // With the eyes of any role, the aanjager's own included, none of it is there.
    for role in ["aanjager", "municipality", "park_manager", "project_lead", "entrepreneur", "anonymous"] {
        let request = aan.request("POST", "/graphql").header("x-terrein-see-as", format!("{role} terrain:{}", open_terrain()));
        let answer = aan.send(request.json(&json!({ "query": LISTS, "variables": { "t": hooge_waard() } }))).await.json();
        assert!(answer["errors"].is_null() && !answer.to_string().contains("Kwetsba"), "{role}: {answer}");
    }
    // A colleague has both by the feed, and the note by no door.
    let items = feed(&second, Some(before)).await.0;
    let of = |kind: &str| items.iter().find(|item| item["kind"] == kind).map(|item| item["node"].clone());
    assert_eq!(of("CONVERSATION"), Some(json!({ "situation": "Kwetsbaar woord", "privateNote": null })));
    assert_eq!(of("PROMISE"), Some(json!({ "text": "Kwetsbare toezegging" })));
    assert_eq!(second.data(READ, json!({ "id": input["conversationId"] })).await["node"]["privateNote"], Value::Null);
    let export = second.get("/account/export").await;
    assert_eq!(export.status, 200);
    assert!(!String::from_utf8_lossy(&export.body).contains("Geheim"));
    let own = aan.get("/account/export").await.json();
    assert!(own["privateNotes"].as_array().expect("notes").iter().any(|note| note["text"] == "Geheim woord"));
    assert!(own["conversations"].as_array().expect("talks").iter().any(|talk| talk["situation"] == "Kwetsbaar woord"));

    // What is not theirs they neither change nor learn of.
    let change = json!({ "commandId": command(), "conversationId": input["conversationId"], "version": 1, "needs": "x" });
    let missing = json!({ "commandId": command(), "conversationId": mint("conversation"), "version": 1, "needs": "x" });
    for (name, client) in others.iter().filter(|(name, _)| *name != "nobody") {
        let answers =
            [client.fails(EDIT, change.clone()).await, client.fails(EDIT, missing.clone()).await].map(|error| error["code"].clone());
        assert_eq!(answers[0], answers[1], "{name}");
        assert_eq!(answers[0], "NOT_FOUND", "{name}");
    }
    let refused = others[0].1.fails(RECORD, talk(json!({ "otherParty": "x" }))).await;
    assert_eq!(refused["reason"], "NOT_YOUR_ROLE", "a company is talked with");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_the_team_keeps_no_copy_and_hears_no_more() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let second = colleague(&app).await;
    let input = talk(json!({ "otherParty": "Havenmeester", "situation": "Kwetsbaar woord" }));
    aan.does(RECORD, input.clone()).await;
    app.settled().await;
    let (items, place, _) = feed(&second, None).await;
    assert!(items.iter().any(|item| item["id"] == input["conversationId"]));
    app.sql("update membership set valid_until = now() where person_id = (select id from person where email = 'tweede@demo.example')")
        .await;
    app.settled().await;
    // The feed begins anew: what it does not name any more goes from the phone.
    let (items, _, resync) = feed(&second, Some(place)).await;
    assert!(resync && items.iter().all(|item| item["kind"] != "CONVERSATION"), "{items:?}");
    assert_eq!(second.data(READ, json!({ "id": input["conversationId"] })).await["node"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_says_that_the_terrain_changed_and_never_what() {
    let app = TestApp::demo().await;
    let (aan, ann) = (app.sign_in("aanjager@demo.example").await, app.sign_in("ondernemer@demo.example").await);
    let mut socket = ann.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    // Until it listens, its first words may be of what went before.
    while socket.next(Duration::from_millis(500)).await.is_some() {}
    let input = talk(json!({ "otherParty": "Havenmeester", "situation": "Kwetsbaar woord" }));
    aan.does(RECORD, input.clone()).await;
    let said = socket.next(Duration::from_secs(10)).await.expect("a word").to_string();
    assert!(said.contains(&hooge_waard()) && !said.contains("Kwetsbaar") && !said.contains("conversation"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sole_trader_who_is_erased_leaves_no_words_in_talks_nor_an_author_their_notes() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let second = colleague(&app).await;
    app.sql(&format!("update company set sole_trader = true where id = '{}'", terrein::demo::id("company", "Kadebeton"))).await;
    let input = talk(
        json!({ "companyId": company("Kadebeton"), "situation": "Kwetsbaar woord", "attendees": ["Kwetsbare naam"], "privateNote": "Kwetsbare noot" }),
    );
    aan.does(RECORD, input.clone()).await;
    let promise = json!({ "commandId": command(), "promiseId": mint("promise"), "terrainId": hooge_waard(), "conversationId": input["conversationId"],
        "text": "Kwetsbare toezegging" });
    aan.does(MAKE, promise).await;
    let other = talk(json!({ "otherParty": "Havenmeester", "situation": "Blijft staan", "privateNote": "Noot van de tweede" }));
    second.does(RECORD, other.clone()).await;

    let trader = app.sign_in("kadebeton@demo.example").await;
    for (client, email) in [(&trader, "kadebeton@demo.example"), (&second, "tweede@demo.example")] {
        let done = client.does(ERASE, json!({ "commandId": command(), "confirmation": email })).await;
        assert_eq!(done["__typename"], "DataErased");
    }
    for table in ["conversation", "promise", "private_note", "command_log"] {
        let left: i64 = app.value(&format!("select count(*) from {table} r where to_jsonb(r)::text like '%Kwetsba%'")).await;
        assert_eq!(left, 0, "{table}");
    }
    let notes: i64 = app.value("select count(*) from private_note where text = 'Noot van de tweede'").await;
    assert_eq!(notes, 0, "a note goes with its author");
    assert_eq!(aan.data(READ, json!({ "id": other["conversationId"] })).await["node"]["situation"], "Blijft staan", "the team's own stays");
}
