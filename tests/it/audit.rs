//! The audit log: what is in it, that nothing in it can be changed unseen, and who reads it.

use serde_json::{Value, json};
use sqlx::Row;
use terrein::audit::verify::{Broken, Known, Report, verify};
use terrein::jobs::audit_seal::seal;
use terrein_tests::demo::{PLACE, command, hooge_waard, mint, pin, tile_of};
use terrein_tests::{Client, TestApp};

const REPORT: &str = "mutation ($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const EDIT_TERRAIN: &str = "mutation ($input: EditTerrainInput!) { editTerrain(input: $input) { __typename } }";
const LOG: &str = "query ($organisation: ID, $first: Int!, $after: String) { auditEvents(organisationId: $organisation, first: $first, after: $after) {
    edges { node { id at actorKind actor actorOrganisation action objectKind objectId result method outcome address } } pageInfo { hasNextPage endCursor } } }";

/// The newest events, newest first: action, object, result, kind of actor, address.
async fn newest(app: &TestApp, count: i64) -> Vec<(String, String, String, String, String)> {
    let pool = app.database.superuser().await;
    let rows = sqlx::query(
        "select action, coalesce(object_kind || ':' || object_id, '') as object, result, actor_kind, coalesce(address::text, '') as address
         from audit_event order by seq desc limit $1",
    )
    .bind(count)
    .fetch_all(&pool)
    .await
    .expect("the log");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4))).collect()
}

async fn sealed(app: &TestApp) {
    app.settled().await;
    seal(&app.database.pool("terrein_jobs").await).await.expect("sealed");
}

async fn verified(app: &TestApp, known: &[Known]) -> Report {
    verify(&app.database.options("terrein_worker"), 7, known).await.expect("verified")
}

async fn organisation(app: &TestApp, email: &str) -> String {
    app.value(&format!(
        "select 'organisation:' || m.organisation_id from membership m join person p on p.id = m.person_id where p.email = '{email}' limit 1"
    ))
    .await
}

/// What a reader finds, as the nodes.
async fn read(client: &Client, organisation: Option<&str>) -> Vec<Value> {
    let data = client.data(LOG, json!({ "organisation": organisation, "first": 50 })).await;
    data["auditEvents"]["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_and_way_in_is_in_the_log_whatever_became_of_it() {
    let app = TestApp::demo().await;
    let told = |action: &str, object: &str, result: &str, kind: &str| {
        (action.to_owned(), object.to_owned(), result.to_owned(), kind.to_owned(), "127.0.0.0/24".to_owned())
    };
    let aanjager = app.sign_in("aanjager@demo.example").await;
    assert_eq!(newest(&app, 1).await, [told("signIn", "", "done", "person")]);
    let method: String = app.value("select details ->> 'method' from audit_event order by seq desc limit 1").await;
    assert_eq!(method, "operator");

    let issue = mint("issue");
    aanjager.does(REPORT, pin(json!({ "issueId": issue }))).await;
    assert_eq!(newest(&app, 1).await, [told("reportIssue", &issue, "done", "person")]);

    // Refused, and undone by what stands beside it.
    let entrepreneur = app.sign_in("ondernemer@demo.example").await;
    let edit = json!({ "commandId": command(), "terrainId": hooge_waard(), "version": 1, "name": "Mijn terrein" });
    entrepreneur.fails(EDIT_TERRAIN, edit.clone()).await;
    assert_eq!(newest(&app, 1).await, [told("editTerrain", &hooge_waard(), "FORBIDDEN", "person")]);
    let both = "mutation ($a: ReportIssueInput!, $b: EditTerrainInput!) { a: reportIssue(input: $a) { __typename } b: editTerrain(input: $b) { __typename } }";
    let undone = mint("issue");
    entrepreneur.refused(both, json!({ "a": pin(json!({ "issueId": undone })), "b": edit })).await;
    let expected = [told("editTerrain", &hooge_waard(), "FORBIDDEN", "person"), told("reportIssue", &undone, "UNDONE", "person")];
    assert_eq!(newest(&app, 2).await, expected);
    let undone = undone.strip_prefix("issue:").expect("an issue");
    assert_eq!(app.value::<i64>(&format!("select count(*) from issue where id = '{undone}'")).await, 0);

    // Nobody, at a wrong door and at the right one; and out again.
    let nobody = app.anonymous();
    assert_eq!(nobody.refused(REPORT, json!({ "input": pin(json!({})) })).await, "UNAUTHENTICATED");
    assert_eq!(newest(&app, 1).await[0].3, "visitor");
    let wrong = nobody.request("POST", "/sign-in/code").json(&json!({ "email": "ondernemer@demo.example", "code": "000000" }));
    assert_eq!(nobody.send(wrong).await.status, 422);
    let (action, object, result, kind, _) = newest(&app, 1).await.remove(0);
    assert_eq!((action.as_str(), result.as_str(), kind.as_str()), ("signIn", "INVALID", "visitor"));
    let pseudonym: String = app
        .value("select 'person:' || pseudonym from audit_subject s join person p on p.id = s.person_id where email = 'ondernemer@demo.example'")
        .await;
    assert_eq!(object, pseudonym, "whose account was tried");
    // Who asks for a mail is nobody yet; of whose address it is, if anybody's, the pseudonym is kept.
    for (email, whose) in [("Ondernemer@demo.example", pseudonym.as_str()), ("niemand@demo.example", "")] {
        let began = std::time::Instant::now();
        let asks = nobody.request("POST", "/sign-in/request").json(&json!({ "email": email }));
        assert_eq!(nobody.send(asks).await.status, 204);
        assert!(began.elapsed() >= std::time::Duration::from_millis(150), "the answer waits until both are written");
        assert_eq!(newest(&app, 1).await, [told("askSignInMail", whose, "done", "visitor")]);
    }
    assert_eq!(entrepreneur.send(entrepreneur.request("POST", "/sign-in/out")).await.status, 204);
    assert_eq!(newest(&app, 1).await, [told("signOut", "", "done", "person")]);

    // A visitor who keeps trying is heard thirty times a minute.
    for _ in 0..40 {
        nobody.refused(REPORT, json!({ "input": pin(json!({})) })).await;
    }
    let heard: i64 = app.value("select count(*) from audit_event where actor_kind = 'visitor' and result <> 'done'").await;
    assert!((20..=30).contains(&heard), "{heard}");

    // What is public is read without a trace, and nothing in the log is what somebody wrote or where they live.
    let before: i64 = app.value("select count(*) from audit_event").await;
    nobody.data("{ terrains(first: 2) { edges { node { id } } } }", json!({})).await;
    assert_eq!(app.value::<i64>("select count(*) from audit_event").await, before);
    let said: String = app.value("select string_agg(e::text, ' ') from audit_event e").await;
    for secret in ["Lamp uit", "Mijn terrein", "demo.example", "127.0.0.1"] {
        assert!(!said.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_not_done() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let token = terrein::access::operator::sign_in_link(&app.database.options("terrein_worker"), "buur@demo.example")
        .await
        .expect("answers")
        .expect("a link");
    app.sql("revoke execute on function app.audit(jsonb, bytea, text, uuid) from terrein_app").await;

    let issue = mint("issue");
    let body = json!({ "query": REPORT, "variables": { "input": pin(json!({ "issueId": issue })) } });
    let answer = aanjager.send(aanjager.request("POST", "/graphql").json(&body)).await;
    assert_eq!((answer.status, answer.json()["errors"][0]["extensions"]["code"].as_str()), (503, Some("UNAVAILABLE")));
    let issue = issue.strip_prefix("issue:").expect("an issue").to_owned();
    assert_eq!(app.value::<i64>(&format!("select count(*) from issue where id = '{issue}'")).await, 0);
    let refused = app.anonymous().open_link(&token).await.expect_err("no cookie");
    assert_eq!(refused.status, 503);
    assert_eq!(aanjager.get("/account/export").await.status, 503);
    // Reading what is public needs no log.
    aanjager.data("{ terrains(first: 2) { edges { node { id } } } }", json!({})).await;

    app.sql("grant execute on function app.audit(jsonb, bytea, text, uuid) to terrein_app").await;
    aanjager.does(REPORT, pin(json!({}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_adds_events_and_does_nothing_else_to_them() {
    let app = TestApp::demo().await;
    app.sign_in("aanjager@demo.example").await;
    sealed(&app).await;
    for role in ["terrein_app", "terrein_worker", "terrein_importer", "terrein_jobs", "terrein_releaser"] {
        let pool = app.database.pool(role).await;
        for table in ["audit_event", "audit_seal", "audit_reader", "audit_subject"] {
            for sql in [
                format!("delete from {table}"),
                format!("truncate {table}"),
                format!("update {table} set {} = null", if table == "audit_subject" { "pseudonym" } else { "organisations" }),
                format!("insert into {table} default values"),
            ] {
                let refused = sqlx::query(sqlx::AssertSqlSafe(sql.clone())).execute(&pool).await.expect_err(&sql);
                let code = refused.as_database_error().and_then(|error| error.code()).map(|code| code.to_string());
                assert!(matches!(code.as_deref(), Some("42501" | "42703")), "{role}: {sql}: {refused}");
            }
        }
        if role != "terrein_jobs" {
            assert!(sqlx::query("select app.seal_audit()").execute(&pool).await.is_err(), "{role} seals");
            assert!(sqlx::query("select app.forget_audit(1)").execute(&pool).await.is_err(), "{role} forgets");
        }
    }
    // Not even whoever owns the tables changes an event by mistake.
    let owner = app.database.superuser().await;
    for sql in ["update audit_event set result = 'x'", "update audit_seal set number = 9", "delete from audit_seal"] {
        assert!(sqlx::query(sql).execute(&owner).await.is_err(), "{sql}");
    }
}

/// Does something as a superuser who knows how to get past the triggers.
async fn tamper(app: &TestApp, sql: &str) {
    let mut connection = app.database.superuser().await.acquire().await.expect("a connection").detach();
    sqlx::query("set session_replication_role = replica").execute(&mut connection).await.expect("set");
    let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect("done");
    assert!(done.rows_affected() > 0, "{sql}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_afterwards_is_named() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    assert_eq!(verified(&app, &[]).await.waiting, 1);
    sealed(&app).await;
    for _ in 0..3 {
        aanjager.does(REPORT, pin(json!({}))).await;
    }
    sealed(&app).await;
    aanjager.does(REPORT, pin(json!({}))).await;
    sealed(&app).await;
    let whole = verified(&app, &[]).await;
    assert_eq!((whole.seals, whole.events, whole.waiting, whole.broken), (3, 5, 0, None));
    let known: Known = whole.last.as_deref().expect("a seal").parse().expect("as printed");
    assert_eq!(verified(&app, std::slice::from_ref(&known)).await.broken, None);
    let event: i64 = app.value("select seqs[2] from audit_seal where number = 2").await;

    // Each change is taken back by its opposite, so that the next starts from a whole log.
    let back = "insert into audit_event select * from kept_event";
    app.sql("create table kept_event as select * from audit_event").await;
    app.sql("create table kept_seal as select * from audit_seal").await;
    let changed = Broken::EventChanged { event, seal: 2 };
    for (field, value) in [
        ("result", "'done!'"),
        ("actor", "gen_random_uuid()"),
        ("at", "at + interval '1 microsecond'"),
        ("details", "'{}'"),
        ("address", "null"),
        ("organisations", "'{}'"),
        ("object_kind", "null"),
    ] {
        tamper(&app, &format!("update audit_event set {field} = {value} where seq = {event}")).await;
        assert_eq!(verified(&app, &[]).await.broken, Some(changed.clone()), "{field}");
        tamper(&app, &format!("delete from audit_event where seq = {event}")).await;
        assert_eq!(verified(&app, &[]).await.broken, Some(Broken::EventMissing { event, seal: 2 }));
        tamper(&app, &format!("{back} where seq = {event}")).await;
    }
    tamper(&app, &format!("insert into audit_event select {}, at, actor_kind, actor, actor_organisation_id, action, object_kind, object_id, organisations, address, result, request_id, details from kept_event limit 1", -1)).await;
    assert_eq!(verified(&app, &[]).await.broken, Some(Broken::EventAdded { event: -1 }));
    tamper(&app, "delete from audit_event where seq = -1").await;

    tamper(&app, "update audit_seal set sealed_at = sealed_at - interval '1 second' where number = 2").await;
    assert_eq!(verified(&app, &[]).await.broken, Some(Broken::SealChanged { seal: 2 }));
    tamper(&app, "delete from audit_seal where number = 2").await;
    assert_eq!(verified(&app, &[]).await.broken, Some(Broken::SealMissing { seal: 2 }));
    tamper(&app, "insert into audit_seal select * from kept_seal where number = 2").await;
    assert_eq!(verified(&app, &[]).await.broken, None);

    // The last seal taken away and everything sealed anew is whole in itself; whoever noted the seal down sees it.
    tamper(&app, "delete from audit_seal where number = 3").await;
    assert_eq!(verified(&app, std::slice::from_ref(&known)).await.broken, Some(Broken::SealMissing { seal: 3 }));
    tamper(&app, "update audit_event set result = 'x' where seq = (select max(seq) from audit_event)").await;
    sealed(&app).await;
    assert_eq!(verified(&app, &[]).await.broken, None);
    assert_eq!(verified(&app, &[known]).await.broken, Some(Broken::NotAsKnown { seal: 3 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_under_way_when_others_were_sealed_comes_into_the_next_seal() {
    let app = TestApp::demo().await;
    let pool = app.database.pool("terrein_app").await;
    let add = "select seq from app.audit('[{\"action\": \"slow\", \"result\": \"done\", \"details\": {}, \"organisations\": []}]', null, null, gen_random_uuid())";
    let mut slow = pool.begin().await.expect("begun");
    let number: i64 = sqlx::query_scalar(add).fetch_one(&mut *slow).await.expect("added");
    app.sign_in("aanjager@demo.example").await;
    let jobs = app.database.pool("terrein_jobs").await;
    assert_eq!(seal(&jobs).await.expect("sealed").len(), 1);
    assert_eq!(app.value::<Vec<i64>>("select open from audit_seal order by number desc limit 1").await, [number]);
    app.sign_in("aanjager@demo.example").await;
    seal(&jobs).await.expect("sealed");
    assert_eq!(app.value::<Vec<i64>>("select open from audit_seal order by number desc limit 1").await, [number], "still under way");
    slow.commit().await.expect("committed");
    seal(&jobs).await.expect("sealed");
    assert_eq!(app.value::<Vec<i64>>("select seqs from audit_seal order by number desc limit 1").await, [number]);

    // One that is rolled back leaves a number that never comes.
    let mut gone = pool.begin().await.expect("begun");
    sqlx::query(add).execute(&mut *gone).await.expect("added");
    app.sign_in("aanjager@demo.example").await;
    gone.rollback().await.expect("rolled back");
    seal(&jobs).await.expect("sealed");
    app.settled().await;
    app.sign_in("aanjager@demo.example").await;
    seal(&jobs).await.expect("sealed");
    assert_eq!(app.value::<Vec<i64>>("select open from audit_seal order by number desc limit 1").await, Vec::<i64>::new());
    let report = verified(&app, &[]).await;
    assert_eq!((report.broken, report.waiting), (None, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_seal_at_once_make_one_chain() {
    let app = TestApp::demo().await;
    let client = app.sign_in("aanjager@demo.example").await;
    for _ in 0..3 {
        let nodes =
            [app.database.pool("terrein_jobs").await, app.database.pool("terrein_jobs").await, app.database.pool("terrein_jobs").await];
        let writing = async {
            for _ in 0..5 {
                client.does(REPORT, pin(json!({}))).await;
            }
        };
        let (_, a, b, c) = tokio::join!(writing, seal(&nodes[0]), seal(&nodes[1]), seal(&nodes[2]));
        for done in [a, b, c] {
            done.expect("sealed, or somebody else was at it");
        }
    }
    sealed(&app).await;
    let report = verified(&app, &[]).await;
    assert_eq!((report.broken, report.events, report.waiting), (None, 16, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn old_events_go_and_their_seals_stay() {
    let app = TestApp::demo().await;
    let client = app.sign_in("aanjager@demo.example").await;
    sealed(&app).await;
    client.does(REPORT, pin(json!({}))).await;
    let jobs = app.database.pool("terrein_jobs").await;
    let forget = async |years: i32| sqlx::query_scalar::<_, i64>("select app.forget_audit($1)").bind(years).fetch_one(&jobs).await;
    assert_eq!(forget(7).await.expect("answers"), 0);
    // Made to look eight years old; its hash is made to fit as only this test does.
    tamper(&app, "update audit_seal set sealed_at = sealed_at - interval '8 years'").await;
    tamper(
        &app,
        "update audit_seal set hash = sha256(previous || int8send(number) || int8send((extract(epoch from sealed_at) * 1000000)::bigint)
           || int4send(array_length(seqs, 1)) || (select string_agg(int8send(n) || leaf, ''::bytea order by n) from unnest(seqs, digests) s (n, leaf)))",
    )
    .await;
    assert_eq!(verified(&app, &[]).await.broken, None);
    assert_eq!(forget(7).await.expect("answers"), 1);
    assert!(forget(0).await.is_err());
    let report = verified(&app, &[]).await;
    assert_eq!((report.broken, report.forgotten, report.waiting), (None, 1, 1));
    let strict = verify(&app.database.options("terrein_worker"), 20, &[]).await.expect("verified");
    assert!(matches!(strict.broken, Some(Broken::EventMissing { seal: 1, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_reads_its_log_and_nobody_elses() {
    let app = TestApp::demo().await;
    let (aanjager, entrepreneur) = (app.sign_in("aanjager@demo.example").await, app.sign_in("ondernemer@demo.example").await);
    let theirs = organisation(&app, "ondernemer@demo.example").await;
    let programme = organisation(&app, "aanjager@demo.example").await;
    let (open, private) = (mint("issue"), mint("issue"));
    entrepreneur.does(REPORT, pin(json!({ "issueId": open, "audience": "TERRAIN" }))).await;
    entrepreneur.does(REPORT, pin(json!({ "issueId": private, "audience": "ME" }))).await;
    let change = "mutation ($input: ChangeIssueStateInput!) { changeIssueState(input: $input) { __typename } }";
    aanjager.does(change, json!({ "commandId": command(), "issueId": open, "version": 1, "state": "TAKEN_UP" })).await;

    let events = read(&entrepreneur, Some(&theirs)).await;
    let brief: Vec<(&str, Option<&str>, Option<&str>)> = events
        .iter()
        .map(|event| (event["action"].as_str().unwrap_or_default(), event["objectId"].as_str(), event["actor"].as_str()))
        .collect();
    let name: String = app.value("select name from person where email = 'ondernemer@demo.example'").await;
    // The aanjager is of another organisation: told by it, not by name. What is private is in nobody else's log.
    assert_eq!(
        brief,
        [("changeIssueState", Some(open.as_str()), None), ("reportIssue", Some(&open), Some(name.as_str())), ("signIn", None, Some(&name))]
    );
    assert_eq!(events[0]["actorKind"], "PERSON");
    let programme_name: String = app.value(&format!("select name from organisation where 'organisation:' || id = '{programme}'")).await;
    assert_eq!(events[0]["actorOrganisation"], Value::from(programme_name));
    assert_eq!((events[1]["result"].as_str(), events[1]["outcome"].as_str()), (Some("done"), Some("IssueReported")));
    assert_eq!(events[2]["method"], "operator");
    // Reading it is in it.
    assert_eq!(read(&entrepreneur, Some(&theirs)).await[0]["action"], "readAuditLog");

    // What one did oneself, the private pin too.
    let own = read(&entrepreneur, None).await;
    assert!(own.iter().any(|event| event["objectId"] == private.as_str()));
    assert!(own.iter().all(|event| event["action"] != "changeIssueState"));

    // A page at a time, each event once.
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let data = entrepreneur.data(LOG, json!({ "organisation": theirs, "first": 2, "after": after })).await;
        let page = &data["auditEvents"];
        seen.extend(page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"]["id"].clone()));
        if page["pageInfo"]["hasNextPage"] != Value::Bool(true) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let count = seen.len();
    seen.sort_by_key(ToString::to_string);
    seen.dedup();
    assert_eq!(seen.len(), count);

    for client in [&aanjager, &app.sign_in("buur@demo.example").await] {
        assert_eq!(client.refused(LOG, json!({ "organisation": theirs, "first": 5 })).await, "NOT_FOUND");
    }
    assert_eq!(app.anonymous().refused(LOG, json!({ "organisation": theirs, "first": 5 })).await, "UNAUTHENTICATED");
    let pool = app.database.pool("terrein_app").await;
    let seen: i64 = sqlx::query_scalar("select count(*) from audit_event").fetch_one(&pool).await.expect("counted");
    assert_eq!(seen, 0, "nobody sees no event");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_with_other_eyes_is_in_the_log() {
    let app = TestApp::demo().await;
    let terrain = json!({ "id": hooge_waard() });
    let query = "query ($id: ID!) { node(id: $id) { id } }";
    for (email, result) in [("aanjager@demo.example", "done"), ("ondernemer@demo.example", "FORBIDDEN")] {
        let client = app.sign_in(email).await;
        let body = json!({ "query": query, "variables": terrain });
        let looks = client.request("POST", "/graphql").header("x-terrein-see-as", format!("grid_operator {}", hooge_waard())).json(&body);
        client.send(looks).await;
        let (action, object, ended, kind, _) = newest(&app, 1).await.remove(0);
        assert_eq!((action.as_str(), object, ended.as_str(), kind.as_str()), ("seeAs", hooge_waard(), result, "person"));
        // At the other doors too, and a second look at the same tile.
        let (x, y) = tile_of(PLACE, 14);
        let doors = [("/graphql/ws".to_owned(), 1), (format!("/tiles/plot/14/{x}/{y}"), 2)];
        for (path, times) in doors {
            for _ in 0..times {
                let before: i64 = app.value("select count(*) from audit_event").await;
                let looks = client.request("GET", &path).header("x-terrein-see-as", format!("grid_operator {}", hooge_waard()));
                let looks = looks.header("connection", "upgrade").header("upgrade", "websocket").header("sec-websocket-version", "13");
                let looks =
                    looks.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").header("sec-websocket-protocol", "graphql-transport-ws");
                let status = looks.send().await.expect("an answer").status();
                assert_eq!(status == 403, result != "done", "{path}");
                assert_eq!(app.value::<i64>("select count(*) from audit_event").await, before + 1, "{path}");
                let (action, object, ended, kind, _) = newest(&app, 1).await.remove(0);
                assert_eq!((action.as_str(), object, ended.as_str(), kind.as_str()), ("seeAs", hooge_waard(), result, "person"), "{path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_adds_its_events_in_one_statement_and_a_question_none() {
    let app = TestApp::demo().await;
    let client = app.sign_in("aanjager@demo.example").await;
    let count = "select count(distinct request_id) from audit_event where action = 'reportIssue'";
    let two = "mutation ($a: ReportIssueInput!, $b: ReportIssueInput!) { a: reportIssue(input: $a) { __typename } b: reportIssue(input: $b) { __typename } }";
    client.data(two, json!({ "a": pin(json!({})), "b": pin(json!({})) })).await;
    assert_eq!(app.value::<i64>(count).await, 1);
    assert_eq!(app.value::<i64>("select count(distinct xmin::text) from audit_event where action = 'reportIssue'").await, 1);
}
