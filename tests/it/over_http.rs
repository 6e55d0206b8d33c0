//! GraphQL over HTTP: the MUSTs and SHOULDs of the specification, in short. `make clients` runs the whole audit of the npm package `graphql-http`.

use serde_json::{Value, json};
use terrein_tests::client::Answer;
use terrein_tests::{Client, TestApp};

const MODERN: &str = "application/graphql-response+json";
const OLD: &str = "application/json";
const TYPENAME: &str = "{ __typename }";

async fn post(client: &Client, accept: &str, kind: &str, body: String) -> Answer {
    client.send(client.request("POST", "/graphql").header("accept", accept).header("content-type", kind).body(body)).await
}

async fn ask(client: &Client, accept: &str, body: Value) -> Answer {
    post(client, accept, OLD, body.to_string()).await
}

fn kind(answer: &Answer) -> &str {
    answer.headers["content-type"].to_str().expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_comes_by_post_and_by_address_and_is_answered_as_asked() {
    let app = TestApp::demo().await;
    let client = app.anonymous();
    for (accept, answered) in [
        (OLD, OLD),
        (MODERN, MODERN),
        ("*/*", OLD),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", MODERN),
    ] {
        let answer = ask(&client, accept, json!({ "query": TYPENAME })).await;
        assert_eq!(
            (answer.status, kind(&answer), answer.json()["data"]["__typename"].as_str()),
            (200, answered, Some("Query")),
            "{accept}"
        );
        let answer = client.send(client.request("GET", "/graphql?query=%7B__typename%7D").header("accept", accept)).await;
        assert_eq!(
            (answer.status, kind(&answer), answer.json()["data"]["__typename"].as_str()),
            (200, answered, Some("Query")),
            "{accept}"
        );
    }
    // UTF-8 in and out.
    let name = json!({ "query": "query($n: String!) { __type(name: $n) { name } }", "variables": { "n": "Run🏃Swim🏊" } });
    assert_eq!(
        ask(&client, MODERN, name).await.json(),
        json!({ "data": { "__type": null }, "extensions": { "cost": 1, "statements": 0 } })
    );
    // By address: variables as text, one operation by its name.
    let query = reqwest::Url::parse_with_params(
        "http://x/graphql",
        [
            ("query", "query A { a: __typename } query B($n: String!) { __type(name: $n) { name } }"),
            ("operationName", "B"),
            ("variables", "{\"n\":\"Query\"}"),
        ],
    )
    .expect("an address");
    let answer = client.get(&format!("/graphql?{}", query.query().expect("a query"))).await;
    assert_eq!(answer.json()["data"], json!({ "__type": { "name": "Query" } }));
    // Nothing that changes something comes by address, whatever is accepted.
    for accept in [OLD, MODERN] {
        let answer = client.send(client.request("GET", "/graphql?query=mutation%7B__typename%7D").header("accept", accept)).await;
        assert_eq!((answer.status, &answer.headers["allow"]), (405, &"POST".parse().expect("a header")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_question_is_refused_by_its_shape() {
    let app = TestApp::demo().await;
    let client = app.anonymous();
    let mut broken: Vec<(String, String)> =
        vec![(OLD.to_owned(), "{ \"not a JSON".to_owned()), (OLD.to_owned(), json!({ "notquery": TYPENAME }).to_string())];
    for wrong in [json!({}), json!(0), json!(false), json!(["array"])] {
        broken.push((OLD.to_owned(), json!({ "query": wrong }).to_string()));
        broken.push((OLD.to_owned(), json!({ "query": TYPENAME, "operationName": wrong }).to_string()));
    }
    for wrong in [json!("string"), json!(0), json!(false), json!(["array"])] {
        broken.push((OLD.to_owned(), json!({ "query": TYPENAME, "variables": wrong }).to_string()));
        broken.push((OLD.to_owned(), json!({ "query": TYPENAME, "extensions": wrong }).to_string()));
    }
    for (kind, body) in broken {
        for accept in [OLD, MODERN] {
            let answer = post(&client, accept, &kind, body.clone()).await;
            assert!((400..=499).contains(&answer.status), "{accept} {body}: {}", answer.status);
        }
    }
    for (given, body) in [
        ("operationName", json!(null)),
        ("variables", json!(null)),
        ("variables", json!({})),
        ("extensions", json!(null)),
        ("extensions", json!({ "some": "value" })),
    ] {
        let answer = ask(&client, MODERN, json!({ "query": TYPENAME, given: body })).await;
        assert_eq!(answer.status, 200, "{given}");
    }
    assert_eq!(client.get("/graphql").await.status, 400, "no question at all");
    // What cannot be read or run: 400 where that is understood, without data; and 200 with errors where every answer is.
    for query in [
        "{",
        "{ notExisting }",
        "query A { __typename } query B { __typename }",
        "query($n: Int!) { terrains(first: $n) { edges { cursor } } }",
    ] {
        let (modern, old) = (ask(&client, MODERN, json!({ "query": query })).await, ask(&client, OLD, json!({ "query": query })).await);
        assert_eq!((modern.status, kind(&modern), modern.json().get("data")), (400, MODERN, None), "{query}");
        assert!(modern.json()["errors"].is_array());
        assert_eq!((old.status, kind(&old)), (200, OLD), "{query}");
        assert!(old.json()["errors"].is_array());
    }
}
