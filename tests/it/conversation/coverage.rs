//! Who has been spoken to: the next to visit first, in one statement by its index, and for the team alone.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};
use terrein::access::caller::SessionHash;
use terrein_tests::TestApp;
use terrein_tests::demo::{hooge_waard, open_terrain};

use super::{RECORD, company, talk};

const COVERAGE: &str = "query($t: ID!, $first: Int!, $after: String) { terrain(id: $t) { coverage(first: $first, after: $after) {
  edges { node { company { id name } lastSpokenOn conversations } } pageInfo { hasNextPage endCursor } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn never_spoken_comes_first_then_the_longest_ago() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    app.sql("delete from private_note; ").await;
    app.sql("update conversation set deleted_at = now()").await;
    for (name, day) in
        [("Kadebeton", "2026-11-20"), ("Polderstaal", "2026-09-02"), ("Kadebeton", "2026-06-01"), ("Waardhout Import", "2026-10-10")]
    {
        aan.does(RECORD, talk(json!({ "companyId": company(name), "heldOn": day }))).await;
    }
    let (mut all, mut after): (Vec<Value>, Value) = (Vec::new(), Value::Null);
    loop {
        let page = aan.data(COVERAGE, json!({ "t": hooge_waard(), "first": 40, "after": after })).await["terrain"]["coverage"].take();
        all.extend(page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let companies: i64 =
        app.value(&format!("select count(*) from company where terrain_id = '{}' and deleted_at is null", open_terrain())).await;
    assert_eq!(i64::try_from(all.len()).expect("a few"), companies, "every company, once");
    let (never, spoken) = all.split_at(all.len() - 3);
    assert!(never.iter().all(|row| row["lastSpokenOn"].is_null() && row["conversations"] == 0));
    let spoken: Vec<_> =
        spoken.iter().map(|row| (row["company"]["name"].clone(), row["lastSpokenOn"].clone(), row["conversations"].clone())).collect();
    assert_eq!(
        spoken,
        [
            (json!("Polderstaal"), json!("2026-09-02"), json!(1)),
            (json!("Waardhout Import"), json!("2026-10-10"), json!(1)),
            (json!("Kadebeton"), json!("2026-11-20"), json!(2)),
        ]
    );
    // Another team was spoken with by nobody; who talks with nobody here is shown nothing.
    for (name, count) in [("parkmanager", 5), ("ondernemer", 0), ("provincie", 0)] {
        let client = app.sign_in(&format!("{name}@demo.example")).await;
        let page = client.data(COVERAGE, json!({ "t": hooge_waard(), "first": 5, "after": null })).await["terrain"]["coverage"].take();
        let rows = page["edges"].as_array().expect("edges").clone();
        assert!(rows.len() == count && rows.iter().all(|edge| edge["node"]["conversations"] == 0), "{name}: {rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_talks_go_by_their_index_and_take_so_many_statements() {
    let app = TestApp::demo().await;
    let aan = app.sign_in("aanjager@demo.example").await;
    app.sql(&format!(
        "insert into conversation (id, terrain_id, company_id, held_on, author_id, organisation_id, author_role, created_at)
         select gen_random_uuid(), c.terrain_id, c.id, date '2026-01-01' + n, p.id, m.organisation_id, 'aanjager', now()
         from company c, generate_series(1, 100) n, person p join membership m on m.person_id = p.id
         where p.email = 'aanjager@demo.example' and c.terrain_id = '{}'",
        open_terrain()
    ))
    .await;
    app.sql(&format!(
        "insert into promise (id, terrain_id, conversation_id, text, owned_by, due_on, author_id, organisation_id, author_role, created_at)
         select gen_random_uuid(), c.terrain_id, c.id, 'x', 'us', c.held_on, c.author_id, c.organisation_id, 'aanjager', now() from conversation c
         where c.terrain_id = '{}'",
        open_terrain()
    ))
    .await;
    app.sql("analyze conversation").await;
    app.sql("analyze promise").await;
    let session = SessionHash::of("talks").hex();
    app.sql(&format!(
        "insert into session (id, token_hash, person_id, strong, created_at, last_seen_at, expires_at)
         select gen_random_uuid(), decode('{session}', 'hex'), id, true, now(), now(), now() + interval '1 hour' from person where email = 'aanjager@demo.example'"
    ))
    .await;
    let pool = app.database.pool("terrein_app").await;
    let mut connection = pool.acquire().await.expect("a connection");
    let terrain = open_terrain();
    for (sql, index) in [
        (
            format!(
                "select id from conversation where deleted_at is null and terrain_id = '{terrain}' order by held_on desc, id desc limit 51"
            ),
            "conversation_terrain_id_held_on_id_idx",
        ),
        (
            format!("select id from promise where deleted_at is null and terrain_id = '{terrain}' order by due_order, id limit 51"),
            "promise_terrain_id_due_order_id_idx",
        ),
        (
            format!(
                "select id, last_spoken_on from company cross join lateral (select max(t.held_on) as last_spoken_on, count(*)::integer as conversations
                   from conversation t where t.company_id = company.id and t.deleted_at is null) spoken
                 where deleted_at is null and terrain_id = '{terrain}' order by coalesce(last_spoken_on, '-infinity'::date), id limit 51"
            ),
            "conversation_company_id_held_on_idx",
        ),
    ] {
        sqlx::raw_sql(AssertSqlSafe(format!("begin read only; select set_config('app.session', '{session}', true)")))
            .execute(&mut *connection)
            .await
            .expect("begun");
        let rows =
            sqlx::raw_sql(AssertSqlSafe(format!("explain (costs off) {sql}"))).fetch_all(&mut *connection).await.expect("a plan");
        let plan = rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n");
        assert!(plan.contains(index), "{sql}\n{plan}");
        sqlx::raw_sql("rollback").execute(&mut *connection).await.expect("ended");
    }
    let query = "query($t: ID!, $n: Int!) { terrain(id: $t) { conversations(first: $n) { edges { node { id situation privateNote company { name }
        issues(first: 3) { edges { node { id } } } promises(first: 2) { edges { node { text geometry } } } viewerCan { edit { allowed } } } } }
        coverage(first: $n) { edges { node { company { name } lastSpokenOn conversations } } } } }";
    let mut counts = Vec::new();
    for n in [1, 10] {
        let answer = aan.ask(query, json!({ "t": hooge_waard(), "n": n })).await;
        assert!(answer["errors"].is_null(), "{answer}");
        counts.push(answer["extensions"]["statements"].clone());
    }
    assert_eq!(counts[0], counts[1], "whatever the number of rows");
}
