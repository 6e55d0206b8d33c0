//! The terrain: who sees it, what its page costs, how it is corrected.

use serde_json::json;
use terrein_tests::TestApp;

const PAGE: &str = "{ terrains(first: 10) { edges { node { id name counts { companies openIssues } } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_sees_public_terrains_and_not_a_closed_one() {
    let app = TestApp::demo().await;
    let page = app.anonymous().data(PAGE, json!({})).await;
    let names: Vec<_> = page["terrains"]["edges"].as_array().expect("edges").iter().map(|edge| edge["node"]["name"].clone()).collect();
    assert_eq!(names, ["De Hooge Waard"]);
    let neighbour = app.sign_in("buur@demo.example").await.data(PAGE, json!({})).await;
    assert_eq!(neighbour["terrains"]["edges"].as_array().expect("edges").len(), 2);
}
