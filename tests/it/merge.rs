//! Two people who change one issue from the same version (S7): what only one of them changed is merged, the same value is no conflict, and a
//! true one is told with its fields.

use serde_json::{Value, json};
use terrein_tests::demo::{command, pin};
use terrein_tests::{Client, TestApp};

const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { ... on IssueReported { issue { id version } } } }";
const EDIT: &str = "mutation($input: EditIssueInput!) { editIssue(input: $input) { __typename
  ... on IssueEdited { issue { title description theme placeLabel geometry version } }
  ... on ChangedMeanwhile { seen fields issue { title version } } } }";
const SHARE: &str = "mutation($input: ShareIssueInput!) { shareIssue(input: $input) { __typename
  ... on IssueShared { issue { audience version } } ... on ChangedMeanwhile { seen fields issue { audience version } } } }";
const STATE: &str = "mutation($input: ChangeIssueStateInput!) { changeIssueState(input: $input) { __typename
  ... on IssueStateChanged { issue { state version } } ... on ChangedMeanwhile { seen fields issue { state version } } } }";

/// A change of an issue, based on a version.
fn on(issue: &Value, version: i32, fields: Value) -> Value {
    let mut input = json!({ "commandId": command(), "issueId": issue, "version": version });
    input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
    input
}

async fn pinned(client: &Client) -> Value {
    client.does(REPORT, pin(json!({ "audience": "TERRAIN", "title": "Lamp" }))).await["issue"]["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_one_of_two_changed_is_merged_and_a_true_conflict_names_its_fields() {
    let app = TestApp::demo().await;
    let (ann, boss) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let id = pinned(&ann).await;
    boss.does(EDIT, on(&id, 1, json!({ "title": "Lamp stuk", "theme": "SAFETY" }))).await;
    let place = json!({ "type": "Point", "coordinates": [5.0831, 51.8049] });
    boss.does(EDIT, on(&id, 2, json!({ "geometry": place }))).await;
    // Other fields, from before both: they come on top, and what the other did stands.
    let merged = ann.does(EDIT, on(&id, 1, json!({ "description": "Sinds maandag", "placeLabel": "Bij de sluis" }))).await;
    assert_eq!(
        merged["issue"],
        json!({ "title": "Lamp stuk", "description": "Sinds maandag", "theme": "SAFETY", "placeLabel": "Bij de sluis", "geometry": place, "version": 4 })
    );
    // One field is contested: nothing of the change is done, and only that field is named.
    let contested = ann.does(EDIT, on(&id, 1, json!({ "title": "Mijn titel", "theme": "ENERGY", "description": null }))).await;
    assert_eq!(
        contested,
        json!({ "__typename": "ChangedMeanwhile", "seen": 1, "fields": ["theme", "title", "description"], "issue": { "title": "Lamp stuk", "version": 4 } })
    );
    let contested =
        ann.does(EDIT, on(&id, 2, json!({ "title": "Mijn titel", "geometry": { "type": "Point", "coordinates": [5.08, 51.80] } }))).await;
    assert_eq!(contested["fields"], json!(["geometry"]));
    // Both said the same: no conflict, for a place too.
    let alike = ann.does(EDIT, on(&id, 1, json!({ "title": "Lamp stuk", "geometry": place }))).await;
    assert_eq!((alike["__typename"].as_str(), alike["issue"]["version"].as_i64()), (Some("IssueEdited"), Some(5)));
    // A version nobody had yet, and steps of before they were noted, are not merged blindly.
    assert_eq!(ann.does(EDIT, on(&id, 9, json!({ "title": "Later" }))).await["fields"], json!(["title"]));
    app.sql("update issue_event set details = details - 'version'").await;
    assert_eq!(ann.does(EDIT, on(&id, 4, json!({ "theme": "ENERGY", "title": "Lamp stuk" }))).await["fields"], json!(["theme"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_or_a_state_does_not_collide_with_words() {
    let app = TestApp::demo().await;
    let (ann, boss) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let id = pinned(&ann).await;
    boss.does(EDIT, on(&id, 1, json!({ "title": "Lamp stuk" }))).await;
    assert_eq!(ann.does(SHARE, on(&id, 1, json!({ "audience": "PUBLIC" }))).await["issue"], json!({ "audience": "PUBLIC", "version": 3 }));
    let solved = json!({ "state": "SOLVED", "reason": "klaar" });
    assert_eq!(boss.does(STATE, on(&id, 1, solved.clone())).await["issue"], json!({ "state": "SOLVED", "version": 4 }));
    // The same state again is no conflict and no step; another one is.
    assert_eq!(ann.does(STATE, on(&id, 1, solved)).await["issue"], json!({ "state": "SOLVED", "version": 4 }));
    let dropped = ann.does(STATE, on(&id, 1, json!({ "state": "DROPPED", "reason": "x" }))).await;
    assert_eq!(dropped["fields"], json!(["state"]));
    boss.does(STATE, on(&id, 4, json!({ "state": "OPEN", "reason": "toch niet" }))).await;
    assert_eq!(ann.does(SHARE, on(&id, 3, json!({ "audience": "TERRAIN" }))).await["__typename"], "IssueShared");
    assert_eq!(ann.does(SHARE, on(&id, 1, json!({ "audience": "TEAM" }))).await["fields"], json!(["audience"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_other_fields_at_the_same_moment_are_all_done() {
    let app = TestApp::demo().await;
    let (ann, boss) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let id = pinned(&ann).await;
    let (one, two, three) = futures_util::future::join3(
        ann.does(EDIT, on(&id, 1, json!({ "title": "Lamp uit" }))),
        boss.does(EDIT, on(&id, 1, json!({ "description": "Al een week" }))),
        boss.does(STATE, on(&id, 1, json!({ "state": "TAKEN_UP" }))),
    )
    .await;
    let names = [&one, &two, &three].map(|answer| answer["__typename"].as_str());
    assert_eq!(names, [Some("IssueEdited"), Some("IssueEdited"), Some("IssueStateChanged")]);
    let last = ann.does(EDIT, on(&id, 4, json!({ "theme": "SAFETY" }))).await["issue"].clone();
    assert_eq!(
        (last["title"].as_str(), last["description"].as_str(), last["version"].as_i64()),
        (Some("Lamp uit"), Some("Al een week"), Some(5))
    );
}
