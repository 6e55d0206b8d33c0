//! Conversations and promises by the front door: written down once, the team's and nobody else's, changed from the version one saw, kept and
//! taken back; and who has not been spoken to.

use serde_json::{Value, json};
use terrein_tests::demo::{command, hooge_waard, klein_eiland, mint, open_terrain, pin};
use terrein_tests::{Client, TestApp};

mod coverage;
mod hidden;
mod promise;

const RECORD: &str = "mutation($input: RecordConversationInput!) { recordConversation(input: $input) { __typename
  ... on ConversationRecorded { conversation { id terrainId heldOn company { name } otherParty situation needs vision themes willingness willingnessForms
    sharing attendees privateNote by mine version issues(first: 5) { edges { node { id } } } viewerCan { edit { allowed } withdraw { allowed } } } }
  ... on IdTaken { id } } }";
const EDIT: &str = "mutation($input: EditConversationInput!) { editConversation(input: $input) { __typename
  ... on ConversationEdited { conversation { situation needs vision themes privateNote version } }
  ... on ConversationChangedMeanwhile { seen conversation { situation needs privateNote version } } } }";
const WITHDRAW: &str = "mutation($input: WithdrawConversationInput!) { withdrawConversation(input: $input) { __typename
  ... on ConversationWithdrawn { id } } }";
const PIN: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const READ: &str = "query($id: ID!) { node(id: $id) { ... on Conversation { situation privateNote version mine
  viewerCan { edit { allowed reason } withdraw { allowed reason } makePromise { allowed } } } } }";

fn company(name: &str) -> String {
    format!("company:{}", terrein::demo::id("company", name))
}

/// A talk on the open terrain with these fields besides or instead.
fn talk(fields: Value) -> Value {
    let mut input =
        json!({ "commandId": command(), "conversationId": mint("conversation"), "terrainId": hooge_waard(), "heldOn": "2026-11-20" });
    for (name, value) in fields.as_object().expect("fields") {
        input[name] = value.clone();
    }
    input
}

/// A second aanjager in the organisation of the first.
async fn colleague(app: &TestApp) -> Client {
    app.sql("insert into person (id, email, name) values (gen_random_uuid(), 'tweede@demo.example', 'Tweede aanjager')").await;
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, terrain_id, role) select gen_random_uuid(), id, '{}', '{}', 'aanjager'
         from person where email = 'tweede@demo.example'",
        terrein::demo::id("organisation", "programme"),
        open_terrain(),
    ))
    .await;
    app.sign_in("tweede@demo.example").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_is_written_down_once_even_when_it_is_sent_twice() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let issue = pin(json!({ "audience": "TEAM" }));
    aan.does(PIN, issue.clone()).await;
    let input = talk(json!({
        "companyId": company("Kadebeton"), "situation": " Te weinig stroom ", "needs": "Eerder laden", "vision": "  ", "themes": ["SPACE", "ENERGY", "ENERGY"],
        "willingness": "MAYBE", "willingnessForms": ["HOURS"], "sharing": "WITHOUT_NAME", "attendees": ["Bedrijfsleider", " ", "Bedrijfsleider"],
        "issueIds": [issue["issueId"]], "privateNote": "Wil eerst weten wat het kost",
    }));
    let done = aan.does(RECORD, input.clone()).await;
    let expected = json!({ "__typename": "ConversationRecorded", "conversation": {
        "id": input["conversationId"], "terrainId": hooge_waard(), "heldOn": "2026-11-20", "company": { "name": "Kadebeton" }, "otherParty": null,
        "situation": "Te weinig stroom", "needs": "Eerder laden", "vision": null, "themes": ["ENERGY", "SPACE"], "willingness": "MAYBE",
        "willingnessForms": ["HOURS"], "sharing": "WITHOUT_NAME", "attendees": ["Bedrijfsleider"], "privateNote": "Wil eerst weten wat het kost",
        "by": "AANJAGER", "mine": true, "version": 1, "issues": { "edges": [{ "node": { "id": issue["issueId"] } }] },
        "viewerCan": { "edit": { "allowed": true }, "withdraw": { "allowed": true } } } });
    assert_eq!(done, expected);
    assert_eq!(aan.does(RECORD, input.clone()).await, done, "the same answer to a repeat");
    let id = input["conversationId"].as_str().expect("an id").trim_start_matches("conversation:").to_owned();
    assert_eq!(app.value::<i64>(&format!("select count(*) from conversation where id = '{id}'")).await, 1);

    let mut other = input.clone();
    other["needs"] = json!("Iets anders");
    let refused = aan.fails(RECORD, other.clone()).await;
    assert_eq!((&refused["field"], &refused["reason"]), (&json!("commandId"), &json!("command-reused")));
    other["commandId"] = json!(command());
    assert_eq!(aan.does(RECORD, other.clone()).await, json!({ "__typename": "IdTaken", "id": input["conversationId"] }));
    // Whose it is, is not told.
    let gem = app.sign_in("gemeente@demo.example").await;
    let theirs = talk(json!({ "conversationId": input["conversationId"], "otherParty": "Havenmeester" }));
    assert_eq!(gem.does(RECORD, theirs).await, json!({ "__typename": "IdTaken", "id": input["conversationId"] }));

    // Taken back, a repeat still answers what it did then.
    let back = json!({ "commandId": command(), "conversationId": input["conversationId"] });
    assert_eq!(aan.does(WITHDRAW, back).await["id"], input["conversationId"]);
    let again = aan.does(RECORD, input.clone()).await;
    assert_eq!(again["conversation"]["situation"], "Te weinig stroom");
    assert_eq!(aan.data(READ, json!({ "id": input["conversationId"] })).await["node"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_down_is_refused_with_the_field_named() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let long = |length| "x".repeat(length);
    for (fields, field, reason) in [
        (json!({}), "companyId", "exactly-one"),
        (json!({ "companyId": company("Kadebeton"), "otherParty": "Gemeente" }), "companyId", "exactly-one"),
        (json!({ "otherParty": long(201) }), "otherParty", "too-long"),
        (json!({ "otherParty": "x", "situation": long(4001) }), "situation", "too-long"),
        (json!({ "otherParty": "x", "needs": long(4001) }), "needs", "too-long"),
        (json!({ "otherParty": "x", "vision": long(4001) }), "vision", "too-long"),
        (json!({ "otherParty": "x", "privateNote": long(4001) }), "privateNote", "too-long"),
        (json!({ "otherParty": "x", "attendees": [long(201)] }), "attendees", "too-long"),
        (json!({ "otherParty": "x", "attendees": vec!["x"; 31] }), "attendees", "too-many"),
        (json!({ "otherParty": "x", "heldOn": "1999-12-31" }), "heldOn", "out-of-range"),
        (json!({ "otherParty": "x", "issueIds": (0..101).map(|_| mint("issue")).collect::<Vec<_>>() }), "issueIds", "too-many"),
    ] {
        let error = aan.fails(RECORD, talk(fields)).await;
        assert_eq!((&error["field"], &error["reason"]), (&json!(field), &json!(reason)), "{error}");
    }
    // A company of another terrain, and a pin that is not there (yet).
    for fields in [json!({ "companyId": company("Eilandwerf") }), json!({ "otherParty": "x", "issueIds": [mint("issue")] })] {
        assert_eq!(aan.fails(RECORD, talk(fields)).await["code"], "NOT_FOUND");
    }
    assert_eq!(
        aan.fails(RECORD, talk(json!({ "otherParty": "x", "terrainId": klein_eiland() }))).await["code"],
        "NOT_FOUND",
        "a terrain that is not theirs to see"
    );
    assert_eq!(app.value::<i64>("select count(*) from conversation where other_party = 'x'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_from_one_version_are_both_kept_for_a_person_to_see() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    let second = colleague(&app).await;
    let input = talk(json!({ "otherParty": "Havenmeester", "situation": "Druk", "privateNote": "Van de eerste" }));
    aan.does(RECORD, input.clone()).await;
    let id = &input["conversationId"];
    let change = |fields: Value| {
        let mut input = json!({ "commandId": command(), "conversationId": id, "version": 1 });
        for (name, value) in fields.as_object().expect("fields") {
            input[name] = value.clone();
        }
        input
    };
    let first = change(json!({ "needs": "Een wachtplek", "themes": ["MOBILITY"] }));
    let edited = aan.does(EDIT, first.clone()).await;
    assert_eq!(
        edited,
        json!({ "__typename": "ConversationEdited", "conversation": { "situation": "Druk", "needs": "Een wachtplek", "vision": null,
            "themes": ["MOBILITY"], "privateNote": "Van de eerste", "version": 2 } })
    );
    assert_eq!(aan.does(EDIT, first).await, edited, "a repeat");
    // The colleague saw version 1: nothing is overwritten, and they are told how it stands now; not what somebody noted for themselves.
    let late = change(json!({ "needs": "Een laadplek" }));
    let changed = second.does(EDIT, late.clone()).await;
    let now = json!({ "situation": "Druk", "needs": "Een wachtplek", "privateNote": null, "version": 2 });
    assert_eq!(changed, json!({ "__typename": "ConversationChangedMeanwhile", "seen": 1, "conversation": now }));
    assert_eq!(second.does(EDIT, late).await, changed, "a repeat");
    // Based on what is there now it is done; what is left out stays, null clears.
    let mut based = change(json!({ "situation": null, "privateNote": "Van de tweede" }));
    based["version"] = json!(2);
    let done = second.does(EDIT, based).await["conversation"].take();
    assert_eq!((&done["situation"], &done["needs"], &done["version"]), (&Value::Null, &json!("Een wachtplek"), &json!(3)));
    assert_eq!(done["privateNote"], "Van de tweede");
    assert_eq!(aan.data(READ, json!({ "id": id })).await["node"]["privateNote"], "Van de eerste");
    let mut cleared = change(json!({ "privateNote": null }));
    cleared["version"] = json!(3);
    assert_eq!(aan.does(EDIT, cleared).await["conversation"]["privateNote"], Value::Null);
    assert_eq!(second.data(READ, json!({ "id": id })).await["node"]["privateNote"], "Van de tweede");

    // Changed by the team, taken back by who wrote it down.
    let seen = second.data(READ, json!({ "id": id })).await["node"].take();
    assert_eq!(
        seen["viewerCan"],
        json!({ "edit": { "allowed": true, "reason": null }, "withdraw": { "allowed": false, "reason": "NOT_THE_AUTHOR" }, "makePromise": { "allowed": true } })
    );
    let refused = second.fails(WITHDRAW, json!({ "commandId": command(), "conversationId": id })).await;
    assert_eq!(refused["reason"], "NOT_THE_AUTHOR");
}
