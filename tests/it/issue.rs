//! Issues by the front door: pinned once, refused with one clear reason, changed by whom it belongs to, shared and narrowed, supported,
//! discussed, taken back.

use serde_json::{Value, json};
use terrein_tests::demo::{CLOSED_PLACE, command, hooge_waard, klein_eiland, mint, pin};
use terrein_tests::{Client, TestApp};

const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename
  ... on IssueReported { issue { id kind theme title audience state version outsideTerrain reporterRole supportCount mine geometry parties(first: 5) { edges { node { name } } } } }
  ... on IdTaken { id } } }";
const EDIT: &str = "mutation($input: EditIssueInput!) { editIssue(input: $input) { __typename
  ... on IssueEdited { issue { title description kind version geometry outsideTerrain } } ... on ChangedMeanwhile { seen issue { title version } } } }";
const SHARE: &str = "mutation($input: ShareIssueInput!) { shareIssue(input: $input) { __typename
  ... on IssueShared { issue { audience version } } ... on ChangedMeanwhile { seen issue { version } } } }";
const STATE: &str = "mutation($input: ChangeIssueStateInput!) { changeIssueState(input: $input) { __typename
  ... on IssueStateChanged { issue { state stateReason version } } ... on ChangedMeanwhile { seen issue { version } } ... on StateNotReachable { from to } } }";
const SUPPORT: &str = "mutation($input: SupportIssueInput!) { supportIssue(input: $input) { __typename
  ... on IssueSupported { support { id willingness } issue { supportCount } } ... on IdTaken { id } } }";
const WITHDRAW_SUPPORT: &str = "mutation($input: WithdrawSupportInput!) { withdrawSupport(input: $input) { __typename
  ... on SupportWithdrawn { issue { supportCount viewerSupport { id } } } } }";
const COMMENT: &str = "mutation($input: CommentOnIssueInput!) { commentOnIssue(input: $input) { __typename
  ... on IssueCommented { comment { id text authorRole mine } issue { commentCount } } ... on IdTaken { id } } }";
const WITHDRAW: &str = "mutation($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename ... on IssueWithdrawn { id } } }";
const SHEET: &str = "query($id: ID!) { node(id: $id) { ... on Issue { title version state supportCount supports(first: 50) { edges { node { willingness organisation { name } company { name } } } }
  comments(first: 50) { edges { node { text authorRole mine organisation { name } } } } history(first: 50) { edges { node { kind actorRole fromState toState fromAudience toAudience reason fields } } } } } }";

async fn sheet(client: &Client, id: &str) -> Value {
    client.data(SHEET, json!({ "id": id })).await["node"].take()
}

fn nodes(connection: &Value) -> Vec<Value> {
    connection["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect()
}

/// A new pin of somebody on the open terrain; its id.
async fn pinned(client: &Client, fields: Value) -> String {
    let done = client.does(REPORT, pin(fields)).await;
    assert_eq!(done["__typename"], "IssueReported", "{done}");
    done["issue"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_a_line_and_an_area_are_pinned_for_the_team_unless_said_otherwise() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let shapes = [
        json!({ "type": "Point", "coordinates": [5.0828, 51.8044] }),
        json!({ "type": "LineString", "coordinates": [[5.0828, 51.8044], [5.083, 51.8046]] }),
        json!({ "type": "Polygon", "coordinates": [[[5.0828, 51.8044], [5.083, 51.8044], [5.083, 51.8046], [5.0828, 51.8044]]] }),
    ];
    for shape in shapes {
        let input = pin(json!({ "geometry": shape, "kind": "OPPORTUNITY" }));
        let done = ann.does(REPORT, input.clone()).await;
        let expected = json!({
            "__typename": "IssueReported",
            "issue": { "id": input["issueId"], "kind": "OPPORTUNITY", "theme": "OTHER", "title": "Lamp uit", "audience": "TEAM", "state": "OPEN", "version": 1,
                "outsideTerrain": false, "reporterRole": "ENTREPRENEUR", "supportCount": 0, "mine": true, "geometry": shape, "parties": { "edges": [] } },
        });
        assert_eq!(done, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_needs_no_words_names_only_companies_one_sees_and_may_lie_outside() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let company = |name: &str| format!("company:{}", terrein::demo::id("company", name));
    let input = pin(json!({
        "title": "  ", "geometry": { "type": "Point", "coordinates": CLOSED_PLACE },
        "partyIds": [company("Kadebeton"), company("Eilandwerf"), mint("company")],
        "companyId": company("Eilandwerf"), "plotId": mint("plot"),
        "device": { "geometry": { "type": "Point", "coordinates": [0.0, 0.0] }, "accuracyM": -3.0, "headingDeg": 400.0, "at": "2024-01-01T00:00:00Z" },
    }));
    let done = ann.does(REPORT, input).await;
    assert_eq!(done["issue"]["title"], Value::Null);
    assert_eq!(done["issue"]["outsideTerrain"], true);
    assert_eq!(nodes(&done["issue"]["parties"]), [json!({ "name": "Kadebeton" })]);
    let id = done["issue"]["id"].as_str().expect("an id").trim_start_matches("issue:").to_owned();
    let kept: bool = app.value(&format!("select device_geom is null and device_accuracy_m is null and company_id is null and plot_id is null from issue where id = '{id}'")).await;
    assert!(kept, "what the device said wrongly, and things that are hidden or not there, are left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_pin_is_refused_with_one_error_that_names_the_field() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let before: i64 = app.value("select count(*) from issue").await;
    let shape = |kind: &str, coordinates: Value| json!({ "geometry": { "type": kind, "coordinates": coordinates } });
    let ring = |points: Value| shape("Polygon", json!([points]));
    let cases = [
        (shape("Point", json!([52.0, 5.0])), "geometry", "outside-the-netherlands"),
        (shape("Point", json!([5.0])), "geometry", "not-a-geometry"),
        (shape("Point", json!([null, 51.8])), "geometry", "not-a-geometry"),
        (shape("Point", json!(["NaN", 51.8])), "geometry", "not-a-geometry"),
        (shape("Circle", json!([5.08, 51.8])), "geometry", "not-a-geometry"),
        (json!({ "geometry": "POINT(5 51)" }), "geometry", "not-a-geometry"),
        (json!({ "geometry": { "type": "GeometryCollection", "geometries": [] } }), "geometry", "wrong-geometry-type"),
        (shape("LineString", json!([[5.08, 51.8]])), "geometry", "broken-shape"),
        (ring(json!([[5.08, 51.80], [5.09, 51.80], [5.09, 51.81], [5.08, 51.81]])), "geometry", "broken-shape"),
        (ring(json!([[5.08, 51.80], [5.09, 51.81], [5.09, 51.80], [5.08, 51.81], [5.08, 51.80]])), "geometry", "broken-shape"),
        (ring(json!([[5.08, 51.80], [5.09, 51.80], [5.08, 51.80]])), "geometry", "broken-shape"),
        (json!({ "title": "x".repeat(121) }), "title", "too-long"),
        (json!({ "description": "x".repeat(4001) }), "description", "too-long"),
        (json!({ "placeLabel": "x".repeat(201) }), "placeLabel", "too-long"),
    ];
    for (fields, field, reason) in cases {
        let error = ann.fails(REPORT, pin(fields.clone())).await;
        assert_eq!(
            (error["code"].as_str(), error["field"].as_str(), error["reason"].as_str()),
            (Some("INVALID"), Some(field), Some(reason)),
            "{fields}"
        );
    }
    let many: Vec<String> = (0..251).map(|_| mint("company")).collect();
    assert_eq!(ann.fails(REPORT, pin(json!({ "partyIds": many }))).await["code"], "TOO_COMPLEX");
    for fields in [
        json!({ "kind": "COMPLAINT" }),
        json!({ "terrainId": mint("plot") }),
        json!({ "issueId": "17" }),
        json!({ "geometry": null }),
        json!({ "commandId": "x" }),
    ] {
        let error = ann.fails(REPORT, pin(fields.clone())).await;
        assert_eq!(error["code"], "INVALID", "{fields}");
    }
    // Infinity is no number of JSON, and text that is no text never reaches the database.
    let text = pin(json!({})).to_string().replace("5.082775", "1e999");
    let body = format!("{{\"query\":{},\"variables\":{{\"input\":{text}}}}}", json!(REPORT));
    let answer = ann.send(ann.request("POST", "/graphql").header("content-type", "application/json").body(body)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(app.value::<i64>("select count(*) from issue").await, before);
    assert_eq!(app.value::<i64>("select count(*) from command_log").await, 0, "a refused command can be sent again, mended");
    let done = ann.does(REPORT, pin(json!({ "title": "Lamp\u{0} uit" }))).await;
    assert_eq!(done["issue"]["title"], "Lamp uit");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_role_on_the_terrain_reports_nothing_there() {
    let app = TestApp::demo().await;
    assert_eq!(app.anonymous().fails(REPORT, pin(json!({}))).await["code"], "UNAUTHENTICATED");
    for email in ["netbeheerder", "provincie", "partner", "beheerder", "buur"] {
        let error = app.sign_in(&format!("{email}@demo.example")).await.fails(REPORT, pin(json!({}))).await;
        assert_eq!((error["code"].as_str(), error["reason"].as_str()), (Some("FORBIDDEN"), Some("NOT_YOUR_TERRAIN")), "{email}");
    }
    let error = app.sign_in("aanjager@demo.example").await.fails(REPORT, pin(json!({ "terrainId": klein_eiland() }))).await;
    assert_eq!(error["code"], "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_sent_twice_is_made_once_and_answered_alike() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let input = pin(json!({}));
    let first = ann.does(REPORT, input.clone()).await;
    assert_eq!(ann.does(REPORT, input.clone()).await, first);
    // From another device of the same person, eight at the same moment.
    let other = app.sign_in("ondernemer@demo.example").await;
    let again = pin(json!({}));
    let sent = (0..8).map(|n| {
        let (client, input) = (if n % 2 == 0 { ann.clone() } else { other.clone() }, again.clone());
        tokio::spawn(async move { client.does(REPORT, input).await })
    });
    let answers: Vec<Value> = futures_util::future::join_all(sent).await.into_iter().map(|answer| answer.expect("answered")).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer["__typename"] == "IssueReported"), "{answers:#?}");
    assert_eq!(app.value::<i64>("select count(*) from issue where title = 'Lamp uit'").await, 2);
    assert_eq!(app.value::<i64>("select count(*) from issue_event e join issue i on i.id = e.issue_id where title = 'Lamp uit'").await, 2);
    // The same command for something else.
    let mut changed = input.clone();
    changed["title"] = json!("Iets anders");
    let error = ann.fails(REPORT, changed).await;
    assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("commandId"), Some("command-reused")));
    // Somebody else may use the same number: commands are counted by person.
    let ben = app.sign_in("kadebeton@demo.example").await;
    let done = ben.does(REPORT, pin(json!({ "commandId": input["commandId"] }))).await;
    assert_eq!(done["__typename"], "IssueReported");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_taken_is_refused_without_telling_whose() {
    let app = TestApp::demo().await;
    let (ann, ben) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("kadebeton@demo.example").await);
    let hidden = pinned(&ann, json!({ "audience": "ME", "title": "Geheim" })).await;
    let input = pin(json!({ "issueId": hidden, "title": "Overschrijf" }));
    let taken = json!({ "__typename": "IdTaken", "id": hidden });
    assert_eq!(ben.does(REPORT, input.clone()).await, taken);
    assert_eq!(ben.does(REPORT, input).await, taken, "a repeat answers the same");
    assert_eq!(sheet(&ann, &hidden).await["title"], "Geheim");
    assert_eq!(sheet(&ben, &hidden).await, Value::Null);
    // One's own with another command: taken too.
    assert_eq!(ann.does(REPORT, pin(json!({ "issueId": hidden }))).await, taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_on_a_stale_version_shows_what_changed_meanwhile() {
    let app = TestApp::demo().await;
    let (ann, boss) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let id = pinned(&ann, json!({ "audience": "TERRAIN", "description": "oud" })).await;
    let edit = |version: i32, fields: Value| {
        let mut input = json!({ "commandId": command(), "issueId": id, "version": version });
        input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
        input
    };
    let done = boss.does(EDIT, edit(1, json!({ "title": "Lamp stuk", "description": null }))).await;
    assert_eq!(done["issue"]["title"], "Lamp stuk");
    assert_eq!(done["issue"]["description"], Value::Null);
    assert_eq!(done["issue"]["version"], 2);
    let stale = edit(1, json!({ "title": "Mijn titel" }));
    let changed = json!({ "__typename": "ChangedMeanwhile", "seen": 1, "issue": { "title": "Lamp stuk", "version": 2 } });
    assert_eq!(ann.does(EDIT, stale.clone()).await, changed);
    assert_eq!(ann.does(EDIT, stale).await, changed);
    // Two edits from one version at the same moment: one is taken, the other told.
    let both =
        futures_util::future::join(ann.does(EDIT, edit(2, json!({ "title": "A" }))), boss.does(EDIT, edit(2, json!({ "title": "B" }))))
            .await;
    let mut names = [both.0["__typename"].as_str(), both.1["__typename"].as_str()];
    names.sort_unstable();
    assert_eq!(names, [Some("ChangedMeanwhile"), Some("IssueEdited")]);
    let moved = ann.does(EDIT, edit(3, json!({ "geometry": { "type": "Point", "coordinates": CLOSED_PLACE } }))).await;
    assert_eq!(moved["issue"]["outsideTerrain"], true);
    let error = ann.fails(EDIT, edit(4, json!({ "title": "x".repeat(121) }))).await;
    assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("title"), Some("too-long")));
    let error = app.sign_in("kadebeton@demo.example").await.fails(EDIT, edit(4, json!({ "title": "x" }))).await;
    assert_eq!(error["reason"], "NOT_THE_AUTHOR");
    let kinds: Vec<Value> = nodes(&sheet(&ann, &id).await["history"]).iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["moved", "edited", "edited", "reported"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_goes_from_state_to_state_with_reasons() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let id = pinned(&ann, json!({ "audience": "TERRAIN" })).await;
    let go = |version: i32, state: &str, reason: Option<&str>| json!({ "commandId": command(), "issueId": id, "version": version, "state": state, "reason": reason });
    let error = ann.fails(STATE, go(1, "SOLVED", None)).await;
    assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("reason"), Some("required")));
    let error = ann.fails(STATE, go(1, "DROPPED", Some(&"x".repeat(1001)))).await;
    assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("reason"), Some("too-long")));
    let boss = app.sign_in("aanjager@demo.example").await;
    assert_eq!(boss.does(STATE, go(1, "TAKEN_UP", None)).await["issue"], json!({ "state": "TAKEN_UP", "stateReason": null, "version": 2 }));
    assert_eq!(boss.does(STATE, go(1, "SOLVED", Some("klaar"))).await["__typename"], "ChangedMeanwhile");
    assert_eq!(ann.does(STATE, go(2, "SOLVED", Some("klaar"))).await["issue"]["stateReason"], "klaar");
    assert_eq!(
        ann.does(STATE, go(3, "TAKEN_UP", None)).await,
        json!({ "__typename": "StateNotReachable", "from": "SOLVED", "to": "TAKEN_UP" })
    );
    // A closed issue is not edited, shared or supported; it is reopened first, with a reason.
    let error = ann.fails(EDIT, json!({ "commandId": command(), "issueId": id, "version": 3, "title": "x" })).await;
    assert_eq!(error["reason"], "ALREADY_CLOSED");
    let ben = app.sign_in("kadebeton@demo.example").await;
    let error = ben.fails(SUPPORT, json!({ "commandId": command(), "issueId": id, "supportId": mint("support") })).await;
    assert_eq!(error["reason"], "ALREADY_CLOSED");
    assert_eq!(ann.fails(STATE, go(3, "OPEN", None)).await["field"], "reason");
    assert_eq!(ann.does(STATE, go(3, "OPEN", Some("toch niet"))).await["issue"]["state"], "OPEN");
    let history = nodes(&sheet(&ben, &id).await["history"]);
    let line = |role: &str, from: &str, to: &str, reason: Value| json!({ "kind": "state_changed", "actorRole": role, "fromState": from, "toState": to, "fromAudience": null, "toAudience": null, "reason": reason, "fields": [] });
    assert_eq!(
        history[..3],
        [
            line("ENTREPRENEUR", "SOLVED", "OPEN", json!("toch niet")),
            line("ENTREPRENEUR", "TAKEN_UP", "SOLVED", json!("klaar")),
            line("AANJAGER", "OPEN", "TAKEN_UP", Value::Null)
        ],
        "roles, never names"
    );
    let error = ben.fails(STATE, go(4, "DROPPED", Some("x"))).await;
    assert_eq!((error["code"].as_str(), error["reason"].as_str()), (Some("FORBIDDEN"), Some("NOT_THE_AUTHOR")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_issue_leaves_the_feed_of_those_who_could_see_it() {
    let app = TestApp::demo().await;
    let (ann, ben, stranger) = (
        app.sign_in("ondernemer@demo.example").await,
        app.sign_in("kadebeton@demo.example").await,
        app.sign_in("netbeheerder@demo.example").await,
    );
    let changes = "query($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 100) { cursor more items { kind id node { ... on Issue { title } } } } }";
    // Reads to the end from a cursor: the items with this id, and the new cursor.
    async fn read(app: &TestApp, client: &Client, query: &str, id: &str, mut since: Value) -> (Vec<Value>, Value) {
        app.settled().await;
        let mut found = Vec::new();
        loop {
            let data = client.data(query, json!({ "t": [hooge_waard()], "since": since })).await;
            found.extend(
                data["changes"]["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .filter(|item| item["id"] == *id)
                    .map(|item| item["node"].clone()),
            );
            since = data["changes"]["cursor"].clone();
            if data["changes"]["more"] == false {
                return (found, since);
            }
        }
    }
    let id = pinned(&ann, json!({ "audience": "TERRAIN" })).await;
    let (seen, cursor) = read(&app, &ben, changes, &id, Value::Null).await;
    assert_eq!(seen, [json!({ "title": "Lamp uit" })]);
    let (seen, stranger_cursor) = read(&app, &stranger, changes, &id, Value::Null).await;
    assert_eq!(seen, Vec::<Value>::new());
    let error = ben.fails(SHARE, json!({ "commandId": command(), "issueId": id, "version": 1, "audience": "PUBLIC" })).await;
    assert_eq!(error["reason"], "NOT_THE_AUTHOR");
    let done = ann.does(SHARE, json!({ "commandId": command(), "issueId": id, "version": 1, "audience": "TEAM" })).await;
    assert_eq!(done["issue"], json!({ "audience": "TEAM", "version": 2 }));
    let (seen, cursor) = read(&app, &ben, changes, &id, cursor).await;
    assert_eq!(seen, [Value::Null], "gone, without a word of what it became");
    assert_eq!(
        read(&app, &stranger, changes, &id, stranger_cursor.clone()).await.0,
        Vec::<Value>::new(),
        "who never saw it is not told it went"
    );
    assert_eq!(sheet(&ben, &id).await, Value::Null);
    // Opened to everybody: it comes, for the stranger too.
    ann.does(SHARE, json!({ "commandId": command(), "issueId": id, "version": 2, "audience": "PUBLIC" })).await;
    assert_eq!(read(&app, &ben, changes, &id, cursor).await.0.last(), Some(&json!({ "title": "Lamp uit" })));
    assert_eq!(read(&app, &stranger, changes, &id, stranger_cursor).await.0, [json!({ "title": "Lamp uit" })]);
    assert_eq!(
        ann.does(SHARE, json!({ "commandId": command(), "issueId": id, "version": 1, "audience": "ME" })).await["__typename"],
        "ChangedMeanwhile"
    );
    let audiences: Vec<(Value, Value)> = nodes(&sheet(&ann, &id).await["history"])
        .iter()
        .filter(|event| event["kind"] == "audience_changed")
        .map(|event| (event["fromAudience"].clone(), event["toAudience"].clone()))
        .collect();
    assert_eq!(audiences, [(json!("TEAM"), json!("PUBLIC")), (json!("TERRAIN"), json!("TEAM"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_supports_an_issue_once_and_can_take_it_back() {
    let app = TestApp::demo().await;
    let (ann, ben, boss) = (
        app.sign_in("ondernemer@demo.example").await,
        app.sign_in("kadebeton@demo.example").await,
        app.sign_in("aanjager@demo.example").await,
    );
    let id = pinned(&ann, json!({ "audience": "TERRAIN" })).await;
    let give = |fields: Value| {
        let mut input = json!({ "commandId": command(), "issueId": id, "supportId": mint("support") });
        input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
        input
    };
    let first = give(json!({ "willingness": "HOURS" }));
    let done = ben.does(SUPPORT, first.clone()).await;
    assert_eq!(
        done,
        json!({ "__typename": "IssueSupported", "support": { "id": first["supportId"], "willingness": "HOURS" }, "issue": { "supportCount": 1 } })
    );
    assert_eq!(ben.does(SUPPORT, first.clone()).await, done);
    // Saying it again changes what they would put in; the party counts once.
    let again = ben.does(SUPPORT, give(json!({ "willingness": "MONEY" }))).await;
    assert_eq!(
        again,
        json!({ "__typename": "IssueSupported", "support": { "id": first["supportId"], "willingness": "MONEY" }, "issue": { "supportCount": 1 } })
    );
    // The aanjager speaks for a company that has nobody here, and does not count one twice that spoke for itself, nor overrule it.
    let company = |name: &str| json!({ "companyId": format!("company:{}", terrein::demo::id("company", name)), "willingness": "LAND" });
    assert_eq!(boss.does(SUPPORT, give(company("Kadebeton"))).await["issue"]["supportCount"], 1);
    let theirs = boss.does(SUPPORT, give(company("Hoogkade Distributie"))).await;
    assert_eq!(theirs["issue"]["supportCount"], 2);
    assert_eq!(boss.does(SUPPORT, give(company("Polderstaal"))).await["issue"]["supportCount"], 3);
    // … whose own word then stands, still counted once.
    let paul = app.sign_in("polderstaal@demo.example").await;
    assert_eq!(paul.does(SUPPORT, give(json!({ "willingness": "MORAL" }))).await["issue"]["supportCount"], 3);
    for (client, input, reason) in [
        (&boss, give(json!({})), "NOT_YOUR_ROLE"),
        (&ann, give(company("Kadebeton")), "NOT_YOUR_ROLE"),
        (&app.sign_in("parkmanager@demo.example").await, give(json!({})), "NOT_YOUR_ROLE"),
    ] {
        assert_eq!(client.fails(SUPPORT, input).await["reason"], reason);
    }
    assert_eq!(boss.fails(SUPPORT, give(company("Eilandwerf"))).await["code"], "NOT_FOUND");
    // Who supports, and with what, is for the party and the aanjager; others see the count.
    let seen = |sheet: &Value| nodes(&sheet["supports"]).len();
    assert_eq!(seen(&sheet(&boss, &id).await), 3);
    let own = sheet(&ben, &id).await;
    assert_eq!((seen(&own), &own["supportCount"]), (1, &json!(3)));
    assert_eq!(
        nodes(&own["supports"])[0],
        json!({ "willingness": "MONEY", "organisation": { "name": "Kadebeton" }, "company": { "name": "Kadebeton" } })
    );
    let other = sheet(&ann, &id).await;
    assert_eq!((seen(&other), &other["supportCount"]), (0, &json!(3)));
    // Taken back: by the party alone.
    let back = |support: &Value| json!({ "commandId": command(), "supportId": support });
    assert_eq!(ann.fails(WITHDRAW_SUPPORT, back(&first["supportId"])).await["code"], "NOT_FOUND");
    assert_eq!(boss.fails(WITHDRAW_SUPPORT, back(&first["supportId"])).await["reason"], "NOT_YOURS");
    assert_eq!(ben.does(WITHDRAW_SUPPORT, back(&first["supportId"])).await["issue"], json!({ "supportCount": 2, "viewerSupport": null }));
    assert_eq!(ben.does(WITHDRAW_SUPPORT, back(&first["supportId"])).await["issue"]["supportCount"], 2, "twice is once");
    assert_eq!(boss.does(WITHDRAW_SUPPORT, back(&theirs["support"]["id"])).await["issue"]["supportCount"], 1);
    assert_eq!(ben.does(SUPPORT, give(json!({}))).await["issue"]["supportCount"], 2, "and given anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_see_an_issue_and_have_a_role_there_comment_on_it() {
    let app = TestApp::demo().await;
    let (ann, ben) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("kadebeton@demo.example").await);
    let id = pinned(&ann, json!({ "audience": "PUBLIC" })).await;
    let say = |text: &str| json!({ "commandId": command(), "commentId": mint("comment"), "issueId": id, "text": text });
    let first = say(" Bij ons ook. ");
    let done = ben.does(COMMENT, first.clone()).await;
    let comment = json!({ "id": first["commentId"], "text": "Bij ons ook.", "authorRole": "ENTREPRENEUR", "mine": true });
    assert_eq!(done, json!({ "__typename": "IssueCommented", "comment": comment, "issue": { "commentCount": 1 } }));
    assert_eq!(ben.does(COMMENT, first.clone()).await, done);
    let mut taken = say("x");
    taken["commentId"] = first["commentId"].clone();
    assert_eq!(ann.does(COMMENT, taken).await, json!({ "__typename": "IdTaken", "id": first["commentId"] }));
    for (text, reason) in [(" ", "required"), (&*"x".repeat(4001), "too-long")] {
        let error = ben.fails(COMMENT, say(text)).await;
        assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("text"), Some(reason)));
    }
    for email in ["netbeheerder", "buur", "provincie"] {
        let error = app.sign_in(&format!("{email}@demo.example")).await.fails(COMMENT, say("x")).await;
        assert_eq!(error["reason"], "NOT_YOUR_TERRAIN", "{email}");
    }
    assert_eq!(app.anonymous().fails(COMMENT, say("x")).await["code"], "UNAUTHENTICATED");
    app.sign_in("gemeente@demo.example").await.does(COMMENT, say("Wij kijken.")).await;
    let seen = sheet(&app.anonymous(), &id).await;
    assert_eq!(
        nodes(&seen["comments"]),
        [
            json!({ "text": "Bij ons ook.", "authorRole": "ENTREPRENEUR", "mine": false, "organisation": null }),
            json!({ "text": "Wij kijken.", "authorRole": "MUNICIPALITY", "mine": false, "organisation": null })
        ],
        "a visitor reads what was said, and as what; not by whom"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_maker_takes_an_issue_back() {
    let app = TestApp::demo().await;
    let (ann, boss) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let id = pinned(&ann, json!({ "audience": "TERRAIN" })).await;
    let input = json!({ "commandId": command(), "issueId": id });
    assert_eq!(boss.fails(WITHDRAW, json!({ "commandId": command(), "issueId": id })).await["reason"], "NOT_THE_AUTHOR");
    let done = json!({ "__typename": "IssueWithdrawn", "id": id });
    assert_eq!(ann.does(WITHDRAW, input.clone()).await, done);
    assert_eq!(ann.does(WITHDRAW, input).await, done);
    assert_eq!(sheet(&ann, &id).await, Value::Null);
    assert_eq!(sheet(&boss, &id).await, Value::Null);
    assert_eq!(ann.fails(WITHDRAW, json!({ "commandId": command(), "issueId": id })).await["code"], "NOT_FOUND");
    let kept: bool = app.value(&format!("select deleted_at is not null from issue where id = '{}'", id.trim_start_matches("issue:"))).await;
    assert!(kept, "a tombstone stays for the feed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_issues_reads_what_was_said_and_done_in_one_statement_each() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let page = "pageInfo { hasNextPage endCursor } edges { cursor node { id } }";
    let list = format!(
        "query($t: ID!, $n: Int!) {{ terrain(id: $t) {{ issues(first: $n) {{ edges {{ node {{ id
           comments(first: 2) {{ {page} }} more: comments(first: 7) {{ {page} }} history(first: 1) {{ {page} }} }} }} }} }} }}"
    );
    let ask = async |n: i32| boss.ask(&list, json!({ "t": hooge_waard(), "n": n })).await;
    let (one, twenty) = (ask(1).await, ask(20).await);
    let statements = |answer: &Value| answer["extensions"]["statements"].as_u64().expect("counted");
    println!("a list with what was said and done: {} and {} statements", statements(&one), statements(&twenty));
    assert_eq!(statements(&one), statements(&twenty), "{twenty}");
    let issues = nodes(&twenty["data"]["terrain"]["issues"]);
    assert_eq!(issues.len(), 20);
    // What a list shows is what the sheet of each shows, and is read on from where it ends.
    let whole = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Issue {{ comments(first: 100) {{ {page} }} history(first: 100) {{ {page} }} }} }} }}"
    );
    let rest = format!(
        "query($id: ID!, $c: String!, $h: String!) {{ node(id: $id) {{ ... on Issue {{ comments(first: 100, after: $c) {{ {page} }} history(first: 100, after: $h) {{ {page} }} }} }} }}"
    );
    let mut read_on = 0;
    for issue in &issues {
        let all = boss.data(&whole, json!({ "id": issue["id"] })).await["node"].take();
        let (comments, history) = (nodes(&all["comments"]), nodes(&all["history"]));
        assert_eq!(nodes(&issue["comments"]), comments[..comments.len().min(2)]);
        assert_eq!(nodes(&issue["more"]), comments[..comments.len().min(7)]);
        assert_eq!(nodes(&issue["history"]), history[..history.len().min(1)]);
        assert_eq!(issue["comments"]["pageInfo"]["hasNextPage"], comments.len() > 2);
        if comments.len() > 2 && history.len() > 1 {
            let after = json!({ "id": issue["id"], "c": issue["comments"]["pageInfo"]["endCursor"], "h": issue["history"]["pageInfo"]["endCursor"] });
            let more = boss.data(&rest, after).await["node"].take();
            assert_eq!((nodes(&more["comments"]), nodes(&more["history"])), (comments[2..].to_vec(), history[1..].to_vec()));
            read_on += 1;
        }
    }
    assert!(read_on > 0, "some have more than the list shows");
}
