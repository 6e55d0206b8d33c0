//! The feed: misses nothing, tells strangers nothing, starts anew when rights or history change; and the word that something changed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::Connection;
use terrein_tests::demo::{closed_terrain, command, hooge_waard, klein_eiland, mint, open_terrain, pin};
use terrein_tests::{Client, TestApp};

mod sockets;

const CHANGES: &str = "query($t: [ID!]!, $since: String, $first: Int!) { changes(terrains: $t, since: $since, first: $first) {
  cursor more resync items { cursor kind id node { __typename ... on Issue { title } } } } }";
const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const WITHDRAW: &str = "mutation($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename } }";
const LISTEN: &str = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId refetch } }";
const WORD: Duration = Duration::from_secs(1);
/// For what must come, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_millis(1_500);

struct Read {
    items: Vec<Value>,
    cursor: Value,
    resync: bool,
}

/// Reads to the end, in pages of `first`.
async fn read(client: &Client, terrains: &[String], since: &Value, first: i32) -> Read {
    let mut done = Read { items: Vec::new(), cursor: since.clone(), resync: false };
    loop {
        let data = client.data(CHANGES, json!({ "t": terrains, "since": done.cursor, "first": first })).await;
        let page = &data["changes"];
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= usize::try_from(first).expect("a page"));
        done.items.extend(items.iter().cloned());
        done.cursor = page["cursor"].clone();
        done.resync |= page["resync"] == true;
        if page["more"] == false {
            return done;
        }
        assert_eq!(items.len(), usize::try_from(first).expect("a page"));
    }
}

fn ids(read: &Read) -> Vec<&str> {
    read.items.iter().filter_map(|item| item["id"].as_str()).collect()
}

/// An issue for everybody on the open terrain, written by the connection's own hand.
fn by_hand(id: uuid::Uuid) -> String {
    format!(
        "insert into issue (id, terrain_id, kind, theme, title, audience, author_id, organisation_id, reporter_role, geom, reported_at)
         select '{id}', '{}', 'problem', 'other', 'Met de hand', 'public', p.id, m.organisation_id, m.role, 'SRID=4326;POINT(5.08 51.80)', now()
         from person p join membership m on m.person_id = p.id where email = 'aanjager@demo.example'",
        open_terrain()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_holds_everything_one_may_see_once_and_in_order() {
    let app = TestApp::demo().await;
    app.settled().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let whole = read(&boss, &[hooge_waard()], &Value::Null, 100).await;
    let mut kinds: BTreeMap<&str, i64> = BTreeMap::new();
    for item in &whole.items {
        *kinds.entry(item["kind"].as_str().expect("a kind")).or_default() += 1;
        assert!(item["node"].is_object(), "{item}");
    }
    let count = |table: &str| {
        app.value::<i64>(Box::leak(
            format!("select count(*) from {table} where terrain_id = '{}' and deleted_at is null", open_terrain()).into_boxed_str(),
        ))
    };
    let expected = BTreeMap::from([
        ("TERRAIN", 1),
        ("PLOT", count("plot").await),
        ("BUILDING", count("building").await),
        ("ADDRESS", count("address").await),
        ("COMPANY", count("company").await),
        ("OCCUPANCY", count("occupancy").await),
        ("INFRASTRUCTURE", count("infrastructure").await),
        ("ISSUE", 38),
        ("SUPPORT", count("support").await),
        ("ISSUE_COMMENT", count("issue_comment").await),
        ("OBSERVATION", count("observation").await),
        // Of the aanjager's own team; two others hold talks on the terrain too.
        ("CONVERSATION", count("conversation").await - 2),
        ("PROMISE", count("promise").await - 1),
    ]);
    assert_eq!(kinds, expected);
    // Another page size gives the same things in the same order, and the end gives nothing more.
    let small = read(&boss, &[hooge_waard()], &Value::Null, 37).await;
    assert_eq!(ids(&small), ids(&whole));
    assert_eq!(small.cursor, whole.cursor);
    let rest = read(&boss, &[hooge_waard()], &whole.cursor, 100).await;
    assert!(rest.items.is_empty() && rest.cursor == whole.cursor);
    // From any place in the middle: what came after it.
    let from = read(&boss, &[hooge_waard()], &whole.items[99]["cursor"], 100).await;
    assert_eq!(ids(&from), ids(&whole)[100..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_commits_late_is_not_missed() {
    let app = TestApp::demo().await;
    app.settled().await;
    let visitor = app.anonymous();
    let start = read(&visitor, &[hooge_waard()], &Value::Null, 100).await.cursor;
    let (slow, fast) = (terrein_shared::id::new_id(), terrein_shared::id::new_id());
    // The slow one takes its place first, and is still under way when the fast one is done.
    let mut connection = sqlx::PgConnection::connect_with(&app.database.roles().superuser.expect("a superuser")).await.expect("connects");
    let mut transaction = connection.begin().await.expect("a transaction");
    sqlx::query(sqlx::AssertSqlSafe(by_hand(slow))).execute(&mut *transaction).await.expect("written");
    app.sql(&by_hand(fast)).await;
    let between = read(&visitor, &[hooge_waard()], &start, 100).await;
    assert_eq!(ids(&between), Vec::<&str>::new(), "nobody passes the slow one");
    transaction.commit().await.expect("committed");
    app.settled().await;
    let after = read(&visitor, &[hooge_waard()], &between.cursor, 100).await;
    assert_eq!(ids(&after), [format!("issue:{slow}"), format!("issue:{fast}")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_or_deleted_comes_as_nothing() {
    let app = TestApp::demo().await;
    let (ann, visitor) = (app.sign_in("ondernemer@demo.example").await, app.anonymous());
    let input = pin(json!({ "audience": "PUBLIC" }));
    ann.does(REPORT, input.clone()).await;
    app.settled().await;
    let start = read(&visitor, &[hooge_waard()], &Value::Null, 100).await;
    assert_eq!(start.items.last().expect("the pin")["node"]["title"], "Lamp uit");
    ann.does(WITHDRAW, json!({ "commandId": command(), "issueId": input["issueId"] })).await;
    app.sql("update plot set deleted_at = now() where key = 'HGW00-C-1204'").await;
    app.settled().await;
    let then = read(&visitor, &[hooge_waard()], &start.cursor, 100).await;
    let plot = format!("plot:{}", terrein::demo::id("plot", "HGW00-C-1204"));
    let said: Vec<(&Value, &Value)> = then.items.iter().map(|item| (&item["id"], &item["node"])).collect();
    assert_eq!(said, [(&input["issueId"], &Value::Null), (&json!(plot), &Value::Null)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_scope_or_another_history_starts_at_the_beginning() {
    let app = TestApp::demo().await;
    app.settled().await;
    let operator = app.sign_in("netbeheerder@demo.example").await;
    let start = read(&operator, &[hooge_waard()], &Value::Null, 100).await;
    assert!(!start.resync);
    assert!(!read(&operator, &[hooge_waard()], &start.cursor, 100).await.resync);
    // A right that was granted after the cursor brings what was there before.
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, terrain_id, role)
         select gen_random_uuid(), p.id, m.organisation_id, '{}', 'project_lead' from person p join membership m on m.person_id = p.id where email = 'netbeheerder@demo.example'",
        closed_terrain()
    ))
    .await;
    app.settled().await;
    let more = read(&operator, &[hooge_waard(), klein_eiland()], &start.cursor, 100).await;
    assert!(more.resync && more.items.len() > start.items.len());
    assert!(ids(&more).contains(&klein_eiland().as_str()));
    // A right that was withdrawn: nothing of the closed terrain any more.
    app.sql(&format!("update membership set valid_until = now() where terrain_id = '{}' and role = 'project_lead'", closed_terrain()))
        .await;
    app.settled().await;
    let less = read(&operator, &[hooge_waard(), klein_eiland()], &more.cursor, 100).await;
    assert!(less.resync);
    assert_eq!(ids(&less), ids(&start));
    // A database that was restored is another history, for everybody.
    app.sql("insert into app.restore (at) values (now() + interval '1 second')").await;
    assert!(read(&operator, &[hooge_waard()], &less.cursor, 100).await.resync);
    let visitor = app.anonymous();
    assert!(!read(&visitor, &[hooge_waard()], &Value::Null, 100).await.resync, "who has no cursor has nothing to drop");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_being_public_leaves_the_copies_of_strangers() {
    let app = TestApp::demo().await;
    app.settled().await;
    for table in ["terrain", "plot"] {
        let visitor = app.anonymous();
        let before = read(&visitor, &[hooge_waard()], &Value::Null, 100).await;
        assert!(before.items.len() > 10 && !read(&visitor, &[hooge_waard()], &before.cursor, 100).await.resync);
        app.sql(&format!("update {table} set audience = 'terrain' where audience = 'public'")).await;
        app.settled().await;
        let after = read(&visitor, &[hooge_waard()], &before.cursor, 100).await;
        assert!(after.resync, "{table}");
        assert!(!read(&visitor, &[hooge_waard()], &after.cursor, 100).await.resync, "once is enough");
        app.sql(&format!("update {table} set audience = 'public'")).await;
        app.settled().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_reaches_its_last_day_leaves_the_copy() {
    let app = TestApp::demo().await;
    app.settled().await;
    let neighbour = app.sign_in("buur@demo.example").await;
    app.sql("update membership set valid_until = now() + interval '2 seconds' where person_id = (select id from person where email = 'buur@demo.example')")
        .await;
    let before = read(&neighbour, &[klein_eiland()], &Value::Null, 100).await;
    assert!(!before.items.is_empty());
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let after = read(&neighbour, &[klein_eiland()], &before.cursor, 100).await;
    assert!(after.resync && after.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_cursors_and_too_much_at_once_are_refused() {
    let app = TestApp::demo().await;
    let visitor = app.anonymous();
    for since in ["", "x", "bm9uc2Vuc2U", "MSAyIDMgNCA1", "////"] {
        let answer = visitor.ask(CHANGES, json!({ "t": [hooge_waard()], "since": since, "first": 5 })).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("since"), Some("wrong-cursor")), "{since}");
    }
    for first in [0, -1, 101] {
        let answer = visitor.ask(CHANGES, json!({ "t": [hooge_waard()], "first": first })).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], "first", "{first}");
    }
    let many: Vec<String> = (0..51).map(|_| mint("terrain")).collect();
    let answer = visitor.ask(CHANGES, json!({ "t": many, "first": 5 })).await;
    assert_eq!(answer["errors"][0]["extensions"]["reason"], "too-many");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_terrain_yields_nothing_to_strangers() {
    let app = TestApp::demo().await;
    app.settled().await;
    for client in [app.anonymous(), app.sign_in("aanjager@demo.example").await, app.sign_in("netbeheerder@demo.example").await] {
        let nothing = read(&client, &[klein_eiland()], &Value::Null, 100).await;
        assert!(nothing.items.is_empty());
    }
    let neighbour = read(&app.sign_in("buur@demo.example").await, &[klein_eiland()], &Value::Null, 100).await;
    assert!(neighbour.items.len() > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_told_within_a_second_to_those_with_rights_and_to_nobody_else() {
    let app = TestApp::demo().await;
    let (ann, neighbour) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("buur@demo.example").await);
    let both = json!({ "t": [hooge_waard(), klein_eiland()] });
    let mut watching = app.sign_in("kadebeton@demo.example").await.subscribe(LISTEN, both.clone()).await;
    let mut visiting = app.anonymous().subscribe(LISTEN, both.clone()).await;
    let mut living = neighbour.subscribe(LISTEN, json!({ "t": [klein_eiland()] })).await;
    // Whatever the hub says at its own start is over.
    while watching.next(Duration::from_millis(600)).await.is_some() {}
    while visiting.next(Duration::from_millis(100)).await.is_some() {}
    while living.next(Duration::from_millis(100)).await.is_some() {}
    let started = std::time::Instant::now();
    ann.does(REPORT, pin(json!({ "audience": "TERRAIN" }))).await;
    let word = watching.next(WORD).await.expect("a word within a second");
    println!("a pin was told after {} ms", started.elapsed().as_millis());
    assert_eq!(word["payload"]["data"], json!({ "terrainChanged": { "terrainId": hooge_waard(), "refetch": false } }));
    // What changed is not in the word: whoever may not see the issue reads on and finds nothing.
    visiting.next(WORD).await.expect("the terrain is public");
    app.settled().await;
    let seen = read(&app.anonymous(), &[hooge_waard()], &Value::Null, 100).await;
    assert!(!seen.items.iter().any(|item| item["node"]["title"] == "Lamp uit"));
    // The closed terrain: its own people are told, nobody else.
    while watching.next(Duration::from_millis(300)).await.is_some() {}
    while visiting.next(Duration::from_millis(100)).await.is_some() {}
    neighbour.does(REPORT, pin(json!({ "terrainId": klein_eiland(), "audience": "TERRAIN" }))).await;
    assert_eq!(living.next(WORD).await.expect("a word")["payload"]["data"]["terrainChanged"]["terrainId"], klein_eiland());
    assert_eq!(watching.next(SILENCE).await, None);
    assert_eq!(visiting.next(Duration::from_millis(200)).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_hears_nothing_more() {
    let app = TestApp::demo().await;
    let neighbour = app.sign_in("buur@demo.example").await;
    let mut listening = neighbour.subscribe(LISTEN, json!({ "t": [klein_eiland(), hooge_waard()] })).await;
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    let id = neighbour.data("{ viewer { sessions { id current } } }", json!({})).await;
    let current =
        id["viewer"]["sessions"].as_array().expect("sessions").iter().find(|session| session["current"] == true).expect("this one")["id"]
            .clone();
    let other = app.sign_in("buur@demo.example").await;
    other.data("mutation($id: ID!) { revokeSession(id: $id) { __typename } }", json!({ "id": current })).await;
    other.does(REPORT, pin(json!({ "terrainId": klein_eiland(), "audience": "TERRAIN" }))).await;
    // The end of the stream may be said before the socket closes; nothing else is.
    if let Some(last) = listening.next(WORD).await {
        assert_eq!(last, json!({ "type": "complete", "id": "1" }));
    }
    app.sign_in("ondernemer@demo.example").await.does(REPORT, pin(json!({ "audience": "PUBLIC" }))).await;
    assert_eq!(listening.next(SILENCE).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_for_a_moment_ends_no_subscription() {
    let app = TestApp::demo().await;
    let mut listening = app.sign_in("aanjager@demo.example").await.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    app.database.away(true).await;
    assert_eq!(listening.next(SILENCE).await, None, "there is nothing to tell yet");
    app.database.away(false).await;
    let word = listening.next(PATIENCE).await.expect("a word when it is back");
    assert_eq!(word["payload"]["data"], json!({ "terrainChanged": { "terrainId": hooge_waard(), "refetch": true } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_one_look_at_the_database() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let mut listening = boss.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    while listening.next(Duration::from_millis(800)).await.is_some() {}
    // From here on, who asks leaves a trace for every transaction in which it is asked.
    app.sql("create table app.asked (transaction xid8)").await;
    app.sql("grant insert on app.asked to public").await;
    let body: String = app.value("select replace(prosrc, 'begin', 'begin insert into app.asked values (pg_current_xact_id());') from pg_proc where oid = 'app.person'::regproc").await;
    app.sql(&format!(
        "create or replace function app.person() returns uuid language plpgsql volatile security definer set search_path = pg_catalog, public as $f$ {body} $f$"
    ))
    .await;
    app.sql(&by_hand(terrein_shared::id::new_id())).await;
    assert!(listening.next(PATIENCE).await.is_some());
    assert_eq!(listening.next(Duration::from_millis(300)).await, None);
    assert_eq!(app.value::<i64>("select count(distinct transaction) from app.asked").await, 1);
}
