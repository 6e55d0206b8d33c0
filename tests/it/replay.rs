//! Commands sent again: an answer that was given once is given again, whatever became of the thing or of the right since; a thousand pins
//! sent twice are a thousand.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use terrein_tests::demo::{command, hooge_waard, mint, open_terrain, pin};
use terrein_tests::{Client, TestApp};

const ISSUE: &str = "issue { id kind title description audience state stateReason version geometry outsideTerrain reporterRole supportCount commentCount reportedAt }";

/// A command of one `$input`, with what is asked of each payload it may come to.
fn mutation(command: &str, payloads: &[(&str, &str)]) -> String {
    let input = format!("{}{}Input", command[..1].to_uppercase(), &command[1..]);
    let asked: Vec<String> = payloads.iter().map(|(payload, fields)| format!("... on {payload} {{ {fields} }}")).collect();
    format!("mutation($input: {input}!) {{ {command}(input: $input) {{ __typename {} }} }}", asked.join(" "))
}

/// Commands that were answered, to be sent again.
#[derive(Default)]
struct Answered(Vec<(Client, String, Value, Value)>);

impl Answered {
    async fn first(&mut self, client: &Client, mutation: String, input: Value, payload: &str) -> Value {
        let answer = client.does(&mutation, input.clone()).await;
        assert_eq!(answer["__typename"], payload, "{answer}");
        self.0.push((client.clone(), mutation, input, answer.clone()));
        answer
    }

    async fn again(&self) {
        for (client, mutation, input, first) in &self.0 {
            assert_eq!(client.does(mutation, input.clone()).await, *first, "{mutation}");
        }
    }
}

fn on(issue: &Value, fields: Value) -> Value {
    let mut input = json!({ "commandId": command(), "issueId": issue });
    input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
    input
}

/// Whoever held a role holds none any more.
async fn all_roles_end(app: &TestApp) {
    app.sql("update membership set valid_until = now() - interval '1 second'").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_answered_as_at_first_when_the_issue_is_gone_and_when_the_right_is() {
    let app = TestApp::demo().await;
    let (ann, ben, boss) = (
        app.sign_in("ondernemer@demo.example").await,
        app.sign_in("kadebeton@demo.example").await,
        app.sign_in("aanjager@demo.example").await,
    );
    let mut done = Answered::default();
    let reported = pin(json!({ "audience": "TERRAIN", "description": "Sinds maandag" }));
    let issue = reported["issueId"].clone();
    let report = mutation("reportIssue", &[("IssueReported", ISSUE)]);
    let first = done.first(&ann, report.clone(), reported.clone(), "IssueReported").await;
    assert_eq!(first["issue"]["version"], 1);
    let edit = || mutation("editIssue", &[("IssueEdited", ISSUE), ("ChangedMeanwhile", &format!("seen {ISSUE}"))]);
    done.first(&boss, edit(), on(&issue, json!({ "version": 1, "title": "Lamp stuk", "description": null })), "IssueEdited").await;
    done.first(&ann, edit(), on(&issue, json!({ "version": 1, "title": "Te laat" })), "ChangedMeanwhile").await;
    let share = mutation("shareIssue", &[("IssueShared", ISSUE)]);
    done.first(&ann, share, on(&issue, json!({ "version": 2, "audience": "PUBLIC" })), "IssueShared").await;
    let support = mutation("supportIssue", &[("IssueSupported", &format!("support {{ id willingness givenAt }} {ISSUE}"))]);
    let supported = on(&issue, json!({ "supportId": mint("support"), "willingness": "HOURS" }));
    done.first(&ben, support, supported.clone(), "IssueSupported").await;
    let said = on(&issue, json!({ "commentId": mint("comment"), "text": "Bij ons ook" }));
    let comment =
        mutation("commentOnIssue", &[("IssueCommented", &format!("comment {{ id text authorRole mine writtenAt version }} {ISSUE}"))]);
    done.first(&ben, comment, said, "IssueCommented").await;
    let back = json!({ "commandId": command(), "supportId": supported["supportId"] });
    done.first(&ben, mutation("withdrawSupport", &[("SupportWithdrawn", ISSUE)]), back, "SupportWithdrawn").await;
    let state = || mutation("changeIssueState", &[("IssueStateChanged", ISSUE), ("StateNotReachable", "from to")]);
    done.first(&boss, state(), on(&issue, json!({ "version": 3, "state": "TAKEN_UP" })), "IssueStateChanged").await;
    done.first(&boss, state(), on(&issue, json!({ "version": 4, "state": "SOLVED", "reason": "klaar" })), "IssueStateChanged").await;
    done.first(&boss, state(), on(&issue, json!({ "version": 5, "state": "DROPPED", "reason": "x" })), "StateNotReachable").await;
    done.first(&boss, state(), on(&issue, json!({ "version": 5, "state": "OPEN", "reason": "toch niet" })), "IssueStateChanged").await;
    // While the issue is there, its repeats show it as it is now.
    assert_eq!(ann.does(&report, reported.clone()).await["issue"]["version"], 6);
    let withdrawn = on(&issue, json!({}));
    done.first(&ann, mutation("withdrawIssue", &[("IssueWithdrawn", "id")]), withdrawn, "IssueWithdrawn").await;
    done.again().await;
    all_roles_end(&app).await;
    done.again().await;
    // What was never answered is judged by what is there now.
    assert_eq!(ann.fails(&report, pin(json!({}))).await["reason"], "NOT_YOUR_TERRAIN");
    let mut other = reported;
    other["title"] = json!("Iets anders");
    assert_eq!(ann.fails(&report, other).await["reason"], "command-reused");
    let events: i64 = app
        .value(&format!(
            "select count(*) from issue_event where issue_id = '{}'",
            issue.as_str().expect("an id").trim_start_matches("issue:")
        ))
        .await;
    assert_eq!(events, 7, "nothing was done twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_what_an_earlier_version_answered_is_answered() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let mut done = Answered::default();
    done.first(&ann, mutation("reportIssue", &[("IssueReported", ISSUE)]), pin(json!({})), "IssueReported").await;
    let language = json!({ "commandId": command(), "language": "EN" });
    done.first(&ann, mutation("setLanguage", &[("LanguageSet", "language")]), language, "LanguageSet").await;
    // It kept the outcome alone, without the rows of the answer.
    assert_eq!(app.sql("update command_log set outcome = outcome -> 'outcome' where outcome ? 'rows'").await, 2);
    done.again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_on_a_terrain_is_answered_as_at_first_when_the_right_is_gone() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let mut done = Answered::default();
    let version: i32 = app.value(&format!("select version from terrain where id = '{}'", open_terrain())).await;
    let edit =
        mutation("editTerrain", &[("TerrainEdited", "terrain { name locality audience version geometry provenance { editedFields } }")]);
    let edited =
        json!({ "commandId": command(), "terrainId": hooge_waard(), "version": version, "locality": "Waardwijk", "audience": "TERRAIN" });
    done.first(&boss, edit, edited, "TerrainEdited").await;
    let link = mutation("linkCompany", &[("CompanyLinked", "occupancy { id kind linkedBy version fromOn untilOn }")]);
    let id = |table: &str, name: &str| format!("{table}:{}", terrein::demo::id(table, name));
    let occupancy = mint("occupancy");
    let linked = json!({ "commandId": command(), "occupancyId": occupancy, "companyId": id("company", "Kadebeton"), "kind": "RENTS",
        "plotId": id("plot", "HGW00-C-1204"), "fromOn": "2026-01-01" });
    let linked = done.first(&boss, link, linked, "CompanyLinked").await["occupancy"]["id"].clone();
    let end = mutation("endOccupancy", &[("OccupancyEnded", "occupancy { id untilOn version }")]);
    let ended = json!({ "commandId": command(), "occupancyId": linked, "version": 1, "untilOn": "2026-10-31" });
    done.first(&boss, end, ended, "OccupancyEnded").await;
    all_roles_end(&app).await;
    assert_eq!(boss.data("query($t: ID!) { terrain(id: $t) { id } }", json!({ "t": hooge_waard() })).await["terrain"], Value::Null);
    // Of the link, the repeat finds it ended meanwhile or sees nothing of it: then what was answered.
    done.again().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_support_id_that_is_taken_is_refused_without_telling_whose() {
    let app = TestApp::demo().await;
    let (ann, ben, paul) = (
        app.sign_in("ondernemer@demo.example").await,
        app.sign_in("kadebeton@demo.example").await,
        app.sign_in("polderstaal@demo.example").await,
    );
    let report = mutation("reportIssue", &[("IssueReported", "issue { id }")]);
    let pinned = |n: i32| ann.does(&report, pin(json!({ "audience": "TERRAIN", "title": format!("Melding {n}") })));
    let (one, other) = (pinned(1).await["issue"]["id"].clone(), pinned(2).await["issue"]["id"].clone());
    let support = mutation("supportIssue", &[("IssueSupported", "support { id willingness } issue { supportCount }"), ("IdTaken", "id")]);
    let given = on(&one, json!({ "supportId": mint("support") }));
    assert_eq!(ben.does(&support, given.clone()).await["issue"]["supportCount"], 1);
    let taken = json!({ "__typename": "IdTaken", "id": given["supportId"] });
    // Another party, who does not see whose it is; and the party itself, for something else.
    for (client, issue) in [(&paul, &one), (&paul, &other), (&ben, &other)] {
        let input = on(issue, json!({ "supportId": given["supportId"] }));
        assert_eq!(client.does(&support, input.clone()).await, taken);
        assert_eq!(client.does(&support, input).await, taken, "a repeat answers the same");
    }
    // Two of one party at the same moment stand behind it once.
    let colleague = app.sign_in("kadebeton@demo.example").await;
    let (first, second) = futures_util::future::join(
        ben.does(&support, on(&other, json!({ "supportId": mint("support"), "willingness": "HOURS" }))),
        colleague.does(&support, on(&other, json!({ "supportId": mint("support"), "willingness": "MONEY" }))),
    )
    .await;
    assert_eq!((&first["__typename"], &first["support"]["id"]), (&json!("IssueSupported"), &second["support"]["id"]));
    assert_eq!(
        app.value::<i64>("select count(*) from support s join issue i on i.id = s.issue_id where i.title like 'Melding %'").await,
        2
    );
}

/// Twice every number below `count`, in an order that is always the same and mixes all.
fn twice_mixed(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).chain(0..count).collect();
    let mut seed = 7_u64;
    for place in (1..order.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).expect("31 bits") % (place + 1);
        order.swap(place, other);
    }
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_pins_sent_twice_by_eight_senders_are_a_thousand() {
    const PINS: usize = 1_000;
    const SENDERS: usize = 8;
    let app = TestApp::demo().await;
    let before: i64 = app.value("select count(*) from issue").await;
    let phones = [app.sign_in("ondernemer@demo.example").await, app.sign_in("ondernemer@demo.example").await];
    let pins: Arc<Vec<Value>> = Arc::new((0..PINS).map(|n| pin(json!({ "title": format!("Rij {n}") }))).collect());
    let order = Arc::new(twice_mixed(PINS));
    let started = std::time::Instant::now();
    let senders = (0..SENDERS).map(|sender| {
        let (client, pins, order) = (phones[sender % phones.len()].clone(), pins.clone(), order.clone());
        tokio::spawn(async move {
            let report = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename ... on IssueReported { issue { id title } } } }";
            for pin in order.iter().skip(sender).step_by(SENDERS).map(|n| &pins[*n]) {
                let answer = client.does(report, pin.clone()).await;
                assert_eq!(answer, json!({ "__typename": "IssueReported", "issue": { "id": pin["issueId"], "title": pin["title"] } }));
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("every answer is that of a pin that was made");
    }
    println!("{} commands in {} ms", 2 * PINS, started.elapsed().as_millis());
    let pool = app.database.superuser().await;
    let kept: Vec<String> =
        sqlx::query_scalar("select 'issue:' || id from issue where title like 'Rij %'").fetch_all(&pool).await.expect("the pins");
    pool.close().await;
    let sent: BTreeSet<&str> = pins.iter().filter_map(|pin| pin["issueId"].as_str()).collect();
    assert_eq!((kept.len(), kept.iter().map(String::as_str).collect::<BTreeSet<_>>()), (PINS, sent));
    let counts: (i64, i64) = (
        app.value("select count(*) from issue").await,
        app.value("select count(*) from issue_event e join issue i on i.id = e.issue_id where i.title like 'Rij %'").await,
    );
    assert_eq!(counts, (before + 1_000, 1_000));
}
