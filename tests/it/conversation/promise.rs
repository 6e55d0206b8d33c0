//! Promises: made once, due somewhere, kept and undone.

use serde_json::{Value, json};
use terrein_tests::TestApp;
use terrein_tests::demo::{PLACE, command, hooge_waard, mint, pin};

use super::{PIN, RECORD, colleague, company, talk};

pub const MAKE: &str = "mutation($input: MakePromiseInput!) { makePromise(input: $input) { __typename
  ... on PromiseMade { promise { id text ownedBy dueOn doneAt geometry conversationId issueId companyId by mine version } } ... on IdTaken { id } } }";
const KEEP: &str =
    "mutation($input: KeepPromiseInput!) { keepPromise(input: $input) { __typename ... on PromiseKept { promise { doneAt version } } } }";
const WITHDRAW: &str =
    "mutation($input: WithdrawPromiseInput!) { withdrawPromise(input: $input) { __typename ... on PromiseWithdrawn { id } } }";
const DUE: &str = "query($t: ID!, $first: Int!, $after: String, $filter: PromiseFilter) { terrain(id: $t) { promises(first: $first, after: $after, filter: $filter) {
  edges { node { text dueOn } } pageInfo { hasNextPage endCursor } } } }";

fn promise(fields: Value) -> Value {
    let mut input = json!({ "commandId": command(), "promiseId": mint("promise"), "terrainId": hooge_waard(), "text": "Uitzoeken" });
    for (name, value) in fields.as_object().expect("fields") {
        input[name] = value.clone();
    }
    input
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_due_where_was_said_else_at_the_company_else_at_the_issue() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let issue = pin(json!({ "geometry": { "type": "Point", "coordinates": [5.0831, 51.8041] } }));
    aan.does(PIN, issue.clone()).await;
    let heard = talk(json!({ "companyId": company("Kadebeton") }));
    aan.does(RECORD, heard.clone()).await;
    let at_company = aan
        .data("query($id: ID!) { node(id: $id) { ... on Company { geometry } } }", json!({ "id": company("Kadebeton") }))
        .await["node"]["geometry"]
        .take();
    let there = json!({ "type": "Point", "coordinates": PLACE });
    for (fields, place) in [
        (json!({ "conversationId": heard["conversationId"], "issueId": issue["issueId"], "geometry": there }), there.clone()),
        (json!({ "conversationId": heard["conversationId"], "issueId": issue["issueId"] }), at_company),
        (json!({ "issueId": issue["issueId"] }), issue["geometry"].clone()),
        (json!({}), Value::Null),
    ] {
        let made = aan.does(MAKE, promise(fields.clone())).await["promise"].take();
        assert_eq!(made["geometry"], place, "{fields}");
        assert_eq!(made["issueId"], fields["issueId"]);
        assert_eq!(made["conversationId"], fields["conversationId"]);
        let of = if fields["conversationId"].is_null() { Value::Null } else { json!(company("Kadebeton")) };
        assert_eq!(made["companyId"], of, "the company of the talk");
    }
    // A shielded address is not told by what is due there.
    app.sql(&format!("update company set address_shielded = true where id = '{}'", terrein::demo::id("company", "Kadebeton"))).await;
    let made = aan.does(MAKE, promise(json!({ "companyId": company("Kadebeton") }))).await;
    assert_eq!(made["promise"]["geometry"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_made_once_kept_once_and_undone() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let second = colleague(&app).await;
    let input = promise(json!({ "ownedBy": "PARTY", "dueOn": "2026-12-01" }));
    let made = aan.does(MAKE, input.clone()).await;
    assert_eq!(
        made["promise"],
        json!({ "id": input["promiseId"], "text": "Uitzoeken", "ownedBy": "PARTY", "dueOn": "2026-12-01", "doneAt": null, "geometry": null,
            "conversationId": null, "issueId": null, "companyId": null, "by": "AANJAGER", "mine": true, "version": 1 })
    );
    assert_eq!(aan.does(MAKE, input.clone()).await, made, "a repeat");
    let taken = promise(json!({ "promiseId": input["promiseId"] }));
    assert_eq!(second.does(MAKE, taken).await, json!({ "__typename": "IdTaken", "id": input["promiseId"] }));

    let keep = |done: bool| json!({ "commandId": command(), "promiseId": input["promiseId"], "done": done });
    let first = keep(true);
    let kept = second.does(KEEP, first.clone()).await["promise"].take();
    assert!(kept["doneAt"].is_string() && kept["version"] == 2, "{kept}");
    assert_eq!(second.does(KEEP, first).await["promise"], kept, "a repeat");
    assert_eq!(aan.does(KEEP, keep(true)).await["promise"], kept, "said by another too, it stays kept since the first time");
    assert_eq!(aan.does(KEEP, keep(false)).await["promise"], json!({ "doneAt": null, "version": 3 }));

    let back = |client| app_withdraws(client, &input["promiseId"]);
    assert_eq!(back(&second).await["reason"], "NOT_THE_AUTHOR");
    let withdrawn = aan.does(WITHDRAW, json!({ "commandId": command(), "promiseId": input["promiseId"] })).await;
    assert_eq!(withdrawn["id"], input["promiseId"]);
    assert_eq!(aan.fails(KEEP, keep(true)).await["code"], "NOT_FOUND");

    for (fields, field, reason) in [
        (json!({ "text": "  " }), "text", "required"),
        (json!({ "text": "x".repeat(1001) }), "text", "too-long"),
        (json!({ "dueOn": "2100-01-01" }), "dueOn", "out-of-range"),
        (json!({ "geometry": { "type": "Point", "coordinates": [0.0, 0.0] } }), "geometry", "outside-the-netherlands"),
    ] {
        let error = aan.fails(MAKE, promise(fields)).await;
        assert_eq!((&error["field"], &error["reason"]), (&json!(field), &json!(reason)), "{error}");
    }
}

async fn app_withdraws(client: &terrein_tests::Client, promise: &Value) -> Value {
    client.fails(WITHDRAW, json!({ "commandId": command(), "promiseId": promise })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_first_comes_first_page_by_page() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    app.sql("delete from promise").await;
    for (text, due) in [("later", Some("2026-12-24")), ("ooit", None), ("eerst", Some("2026-11-26")), ("dan", Some("2026-12-02"))] {
        aan.does(MAKE, promise(json!({ "text": text, "dueOn": due }))).await;
    }
    let ask = async |first: usize, after: Value, filter: Value| {
        aan.data(DUE, json!({ "t": hooge_waard(), "first": first, "after": after, "filter": filter })).await["terrain"]["promises"].take()
    };
    let texts = |page: &Value| -> Vec<String> {
        page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"]["text"].as_str().expect("a text").to_owned()).collect()
    };
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = ask(1, after, Value::Null).await;
        all.extend(texts(&page));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(all, ["eerst", "dan", "later", "ooit"]);
    assert_eq!(texts(&ask(9, Value::Null, json!({ "dueUntil": "2026-12-02" })).await), ["eerst", "dan"]);
    app.sql("update promise set done_at = now() where text = 'eerst'").await;
    assert_eq!(texts(&ask(9, Value::Null, json!({ "done": false })).await), ["dan", "later", "ooit"]);
    assert_eq!(texts(&ask(9, Value::Null, json!({ "done": true })).await), ["eerst"]);
    assert!(texts(&ask(9, Value::Null, json!({ "ownedBy": "PARTY" })).await).is_empty());
    // A cursor of somebody's own making is refused, not failed on.
    for sort in ["", "x", "0000-01-01", "2026-13-01", "--infinity"] {
        use base64::Engine;
        let cursor = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("{}\u{1f}{sort}", terrein_shared::id::new_id()));
        let answer = aan.ask(DUE, json!({ "t": hooge_waard(), "first": 1, "after": cursor, "filter": null })).await;
        assert_eq!(answer["errors"][0]["extensions"]["reason"], "wrong-cursor", "{sort}: {answer}");
    }
}
