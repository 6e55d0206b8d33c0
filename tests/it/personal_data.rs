//! What is held about a person: all of it is given, and all of it goes.

use serde_json::{Value, json};
use sqlx::Row;
use terrein::audit::verify::verify;
use terrein::jobs::audit_seal::seal;
use terrein_tests::demo::{command, mint, open_terrain, pin};
use terrein_tests::{Client, TestApp};

use crate::uploads::{Sent, issue_of, jpeg, ogg};

const REPORT: &str = "mutation ($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const COMMENT: &str = "mutation ($input: CommentOnIssueInput!) { commentOnIssue(input: $input) { __typename } }";
const ERASE: &str = "mutation ($input: EraseMeInput!) { eraseMe(input: $input) { __typename ... on HandOverFirst { terrains { name } } } }";
const LOG: &str =
    "query ($organisation: ID) { auditEvents(organisationId: $organisation, first: 50) { edges { node { actorKind actor action } } } }";

async fn exported(client: &Client) -> Value {
    let answer = client.get("/account/export").await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.headers["content-disposition"].to_str().expect("text").starts_with("attachment; filename=\"terrein-"));
    answer.json()
}

/// The parts of the list: name, table, column, whether the rows go.
async fn parts(app: &TestApp) -> Vec<(String, String, String, bool)> {
    let pool = app.database.superuser().await;
    let rows = sqlx::query("select part, held_in, whose, goes from app.personal_parts()").fetch_all(&pool).await.expect("the list");
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_that_names_a_person_is_in_the_list() {
    let app = TestApp::new().await;
    let pool = app.database.superuser().await;
    let keys: Vec<(String, String)> = sqlx::query_as(
        "select c.conrelid::regclass::text, a.attname::text from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.contype = 'f' and c.confrelid = 'person'::regclass order by 1, 2",
    )
    .fetch_all(&pool)
    .await
    .expect("the catalogue");
    let parts = parts(&app).await;
    for (table, column) in &keys {
        assert!(
            parts.iter().any(|(_, held_in, whose, _)| held_in == table && whose == column),
            "{table}.{column} names a person: say in app.personal_parts() how it is given and whether it goes"
        );
    }
    // And the list names nothing that is not there.
    for (part, table, column, _) in &parts {
        assert!(table == "person" || keys.contains(&(table.clone(), column.clone())), "{part}: {table}.{column}");
    }
}

/// `app.audit_owner` is told of its kinds by several migrations: none takes out what another put in.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_knows_whose_everything_is_that_somebody_of_a_party_made() {
    let app = TestApp::demo().await;
    let pool = app.database.superuser().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.columns where table_schema = 'public' and column_name in ('id', 'author_id', 'organisation_id')
           and table_name <> 'gone'
         group by 1 having count(*) = 3 order by 1",
    )
    .fetch_all(&pool)
    .await
    .expect("the catalogue");
    for known in ["issue", "issue_comment", "observation", "conversation", "promise", "photo", "voice_note"] {
        assert!(tables.iter().any(|table| table == known), "{known}");
    }
    // The demo has none of these.
    let client = app.sign_in("aanjager@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    for sent in [Sent::photo(&issue, jpeg(60, 40)), Sent::voice(&issue, ogg(2000))] {
        sent.send(&client).await;
    }
    for table in tables {
        assert!(app.value::<bool>(&format!("select exists (select from {table})")).await, "{table}: nothing in it to ask about");
        let kind = table.trim_start_matches("issue_").replace('_', "-");
        let forgotten: bool = app
            .value(&format!(
                "select exists (select from {table} t where (app.audit_owner('{kind}', t.id)).organisation_id is distinct from t.organisation_id)"
            ))
            .await;
        assert!(!forgotten, "{table}: say in app.audit_owner() whose a {kind} is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_every_row_and_no_secret() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    // More than a page of one part.
    app.sql(
        "insert into command_log (person_id, command_id, content_hash, outcome)
         select id, gen_random_uuid(), 'secret', 'null' from person, generate_series(1, 450) where email = 'ondernemer@demo.example'",
    )
    .await;
    client.does(REPORT, pin(json!({ "title": "Mijn eigen woorden", "audience": "ME" }))).await;
    let export = exported(&client).await;
    let me: String = app.value("select id::text from person where email = 'ondernemer@demo.example'").await;
    for (part, table, column, _) in parts(&app).await {
        let rows: i64 = app.value(&format!("select count(*) from {table} where {column} = '{me}'")).await;
        assert_eq!(export[&part].as_array().map(Vec::len), usize::try_from(rows).ok(), "{part}");
    }
    assert_eq!(export["person"][0]["email"], "ondernemer@demo.example");
    assert!(export["issues"].as_array().expect("issues").iter().any(|issue| issue["title"] == "Mijn eigen woorden"));
    let ids: std::collections::HashSet<String> =
        export["commands"].as_array().expect("commands").iter().map(|command| command["command_id"].to_string()).collect();
    assert_eq!(ids.len(), export["commands"].as_array().map(Vec::len).unwrap_or_default(), "each command once");
    assert_eq!(
        export["auditLog"].as_array().and_then(|log| log.last()).map(|event| event["action"].clone()),
        Some("exportPersonalData".into())
    );
    let text = export.to_string();
    for hidden in ["token_hash", "code_hash", "content_hash", "credential_id", "buur@demo.example"] {
        assert!(!text.contains(hidden), "{hidden} is in the export");
    }

    assert_eq!(app.anonymous().get("/account/export").await.status, 401);
    let stale = Client::new(&app.url, Some("__Host-terrein=nobody".to_owned()));
    assert_eq!(stale.get("/account/export").await.status, 401);
    let elsewhere = client.request("GET", "/account/export").header("sec-fetch-site", "cross-site");
    assert_eq!(client.send(elsewhere).await.status, 403);
    // Where little may be spent it costs all of it, and is still given.
    let sparing = TestApp::over(app.database.clone(), &["--rate-ad-hoc", "5"]).await;
    let client = sparing.sign_in("ondernemer@demo.example").await;
    assert_eq!(client.get("/account/export").await.status, 200);
    assert_eq!(client.get("/account/export").await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_leaves_no_trace_but_what_they_made_for_others() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let (other, colleague) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let (shared, own) = (mint("issue"), mint("issue"));
    let device = json!({ "geometry": { "type": "Point", "coordinates": [5.08, 51.80] }, "accuracyM": 5.0, "at": "2026-11-25T08:00:00Z" });
    client.does(REPORT, pin(json!({ "issueId": shared, "audience": "TERRAIN", "device": device }))).await;
    client.does(REPORT, pin(json!({ "issueId": own, "audience": "ME" }))).await;
    client
        .does(COMMENT, json!({ "commandId": command(), "commentId": mint("comment"), "issueId": shared, "text": "Sinds vorige week" }))
        .await;
    let (me, name): (String, String) = (
        app.value("select id::text from person where email = 'ondernemer@demo.example'").await,
        app.value("select name from person where email = 'ondernemer@demo.example'").await,
    );
    let organisation: String =
        app.value(&format!("select 'organisation:' || organisation_id from membership where person_id = '{me}' limit 1")).await;
    // Somebody else who reads the log of the same organisation.
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, role, terrain_id) select gen_random_uuid(), p.id, m.organisation_id, m.role, m.terrain_id
         from person p, membership m where p.email = 'kadebeton@demo.example' and m.person_id = '{me}' limit 1"
    ))
    .await;
    let reader = app.sign_in("kadebeton@demo.example").await;
    app.sql(&format!(
        "insert into sign_in_link (id, email, token_hash, created_at, expires_at) values (gen_random_uuid(), 'ondernemer@demo.example', '{me}', now(), now())"
    ))
    .await;

    let erase = |confirmation: &str| json!({ "commandId": command(), "confirmation": confirmation });
    assert_eq!(client.does(ERASE, erase("somebody@demo.example")).await["__typename"], "ConfirmationDiffers");
    assert_eq!(client.does(ERASE, erase("Ondernemer@demo.example")).await["__typename"], "DataErased");

    for (part, table, column, goes) in parts(&app).await {
        let rows: i64 = app.value(&format!("select count(*) from {table} where {column} = '{me}'")).await;
        assert!(!goes || rows == 0, "{part}: {rows} rows are left");
    }
    let left: String = app.value(&format!("select name || ' ' || email from person where id = '{me}'")).await;
    assert!(left.starts_with("Verwijderd erased-") && left.ends_with("@erased.invalid"), "{left}");
    let ended: bool = app.value(&format!("select bool_and(valid_until is not null) from membership where person_id = '{me}'")).await;
    assert!(ended, "roles ended");
    // What was for others stays; what was for oneself alone, and where one stood, goes.
    let issue = |id: &str| format!("from issue where 'issue:' || id = '{id}'");
    assert_eq!(app.value::<i64>(&format!("select count(*) {}", issue(&own))).await, 0);
    assert!(app.value::<bool>(&format!("select title is not null and num_nonnulls(device_geom, device_at) = 0 {}", issue(&shared))).await);
    assert_eq!(
        app.value::<i64>(&format!("select count(*) from issue_comment where author_id = '{me}' and text = 'Sinds vorige week'")).await,
        1
    );
    // No table has the name or the address in any column, and no search vector the name.
    let pool = app.database.superuser().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select schemaname || '.' || tablename from pg_tables where schemaname in ('public', 'app') and tablename <> 'spatial_ref_sys'",
    )
    .fetch_all(&pool)
    .await
    .expect("tables");
    for table in tables {
        for trace in ["ondernemer@demo.example", &name] {
            let found: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table} t where strpos(t::text, $1) > 0")))
                    .bind(trace)
                    .fetch_one(&pool)
                    .await
                    .expect("searched");
            assert_eq!(found, 0, "{trace} in {table}");
        }
    }
    // Signed out everywhere, and no way back in.
    for gone in [&client, &other] {
        assert_eq!(gone.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null);
    }
    assert!(
        terrein::access::operator::sign_in_link(&app.database.options("terrein_worker"), "ondernemer@demo.example")
            .await
            .expect("answers")
            .is_none()
    );
    // Others still read what was said, and the log has events of nobody who can be named; its chain is whole.
    let said = "query ($id: ID!) { node(id: $id) { ... on Issue { title comments(first: 5) { edges { node { text } } } } } }";
    assert_eq!(colleague.data(said, json!({ "id": shared })).await["node"]["comments"]["edges"][0]["node"]["text"], "Sinds vorige week");
    let log = reader.data(LOG, json!({ "organisation": organisation })).await;
    let events = log["auditEvents"]["edges"].as_array().expect("edges");
    let erased: Vec<&Value> = events.iter().map(|edge| &edge["node"]).filter(|event| event["actorKind"] == "ERASED").collect();
    assert!(erased.iter().any(|event| event["action"] == "eraseMe") && erased.iter().all(|event| event["actor"].is_null()), "{events:?}");
    app.settled().await;
    seal(&app.database.pool("terrein_jobs").await).await.expect("sealed");
    let report = verify(&app.database.options("terrein_worker"), 7, &[]).await.expect("verified");
    assert!(report.broken.is_none() && report.events > 0, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_is_whole_after_a_key_is_erased() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    client.does(REPORT, pin(json!({}))).await;
    app.settled().await;
    let jobs = app.database.pool("terrein_jobs").await;
    seal(&jobs).await.expect("sealed");
    client.does(ERASE, json!({ "commandId": command(), "confirmation": "ondernemer@demo.example" })).await;
    app.settled().await;
    seal(&jobs).await.expect("sealed");
    assert_eq!(app.value::<i64>("select count(*) from audit_event e where e.actor is not null and not exists (select from audit_subject s where s.pseudonym = e.actor)").await, 4);
    let report = verify(&app.database.options("terrein_worker"), 7, &[]).await.expect("verified");
    assert_eq!((report.broken, report.events, report.waiting), (None, 4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_aanjager_of_a_terrain_hands_over_first() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let erase = || json!({ "commandId": command(), "confirmation": "aanjager@demo.example" });
    let answer = aanjager.does(ERASE, erase()).await;
    let name: String = app.value(&format!("select name from terrain where id = '{}'", open_terrain())).await;
    assert_eq!(answer, json!({ "__typename": "HandOverFirst", "terrains": [{ "name": name }] }));
    assert_eq!(aanjager.data("{ viewer { email } }", json!({})).await["viewer"]["email"], "aanjager@demo.example");
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, role, terrain_id) select gen_random_uuid(), p.id, m.organisation_id, 'aanjager', '{}'
         from person p, membership m join person a on a.id = m.person_id where p.email = 'projectleider@demo.example' and a.email = 'aanjager@demo.example' limit 1",
        open_terrain()
    ))
    .await;
    assert_eq!(aanjager.does(ERASE, erase()).await["__typename"], "DataErased");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sole_traders_record_goes_with_them() {
    let app = TestApp::demo().await;
    let company: String = app
        .value(
            "with one as (update company c set sole_trader = true from membership m join person p on p.id = m.person_id
               where c.organisation_id = m.organisation_id and p.email = 'ondernemer@demo.example' returning c.id, c.name) select id::text from one limit 1",
        )
        .await;
    let name: String = app.value(&format!("select name from company where id = '{company}'")).await;
    app.sql(&format!("update organisation set name = '{name}' where id = (select organisation_id from company where id = '{company}')"))
        .await;
    let client = app.sign_in("ondernemer@demo.example").await;
    assert!(exported(&client).await["companies"].as_array().expect("companies").iter().any(|held| held["name"] == name.as_str()));
    assert_eq!(
        client.does(ERASE, json!({ "commandId": command(), "confirmation": "ondernemer@demo.example" })).await["__typename"],
        "DataErased"
    );
    let left: String = app
        .value(&format!(
            "select to_jsonb(c)::text || o.name from company c join organisation o on o.id = c.organisation_id where c.id = '{company}'"
        ))
        .await;
    assert!(!left.contains(&name), "{left}");
    assert!(app.value::<bool>(&format!("select deleted_at is not null and geom is null and search::text not like '%' || lower('{name}') || '%' from company where id = '{company}'")).await);
}
