//! What the hot reads cost: which index they go by under the policies, and how many statements a page takes whatever its size.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use terrein::access::caller::SessionHash;
use terrein::tiles::coord::Coord;
use terrein::tiles::mvt;
use terrein_tests::demo::{PLACE, hooge_waard, open_terrain, tile_of};
use terrein_tests::{Client, TestApp, TestDatabase};

/// 200 terrains of 300 plots and 300 issues each, with a person who has a role on the first; all beside the demo.
const MANY: [&str; 6] = [
    "insert into terrain (id, name, audience, geom)
     select gen_random_uuid(), 'Terrein ' || n, 'public', ST_Multi(ST_MakeEnvelope(x, y, x + 0.012, y + 0.008, 4326))
     from generate_series(0, 199) n, lateral (select 5.5 + (n % 20) * 0.02 as x, 52 + (n / 20) * 0.02 as y) place",
    "insert into plot (id, terrain_id, cadastral_municipality, section, number, geom)
     select gen_random_uuid(), t.id, 'XXX00', 'A', (1 + n)::text, ST_Multi(ST_MakeEnvelope(x, y, x + 0.0005, y + 0.0003, 4326))
     from terrain t, generate_series(0, 299) n, lateral (select ST_XMin(t.geom) + (n % 20) * 0.0006 as x, ST_YMin(t.geom) + (n / 20) * 0.0005 as y) place
     where t.name like 'Terrein %'",
    "insert into issue (id, terrain_id, kind, theme, title, audience, author_id, organisation_id, reporter_role, geom, reported_at)
     select gen_random_uuid(), t.id, 'problem', 'other', 'Melding ' || n, case n % 3 when 0 then 'public' when 1 then 'terrain' else 'team' end,
            p.id, m.organisation_id, 'aanjager', ST_SetSRID(ST_MakePoint(ST_XMin(t.geom) + (n % 20) * 0.0006, ST_YMin(t.geom) + (n / 20) * 0.0005), 4326),
            now() - n * interval '1 hour'
     from terrain t, generate_series(0, 299) n, person p join membership m on m.person_id = p.id
     where t.name like 'Terrein %' and p.email = 'aanjager@demo.example'",
    "insert into membership (id, person_id, organisation_id, terrain_id, role)
     select gen_random_uuid(), p.id, m.organisation_id, t.id, 'entrepreneur' from person p join membership m on m.person_id = p.id, terrain t
     where p.email = 'ondernemer@demo.example' and t.name = 'Terrein 0'",
    "insert into session (id, token_hash, person_id, created_at, last_seen_at, expires_at)
     select gen_random_uuid(), decode('{hash}', 'hex'), id, now(), now(), now() + interval '1 hour' from person where email = 'ondernemer@demo.example'",
    "analyze",
];

/// The plan of a statement as somebody: with its values, and as prepared once for all.
async fn plans(connection: &mut PgConnection, session: &str, sql: &str, values: &str) -> String {
    let mut said = String::new();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        let run = format!(
            "begin read only; select set_config('app.session', '{session}', true), set_config('plan_cache_mode', '{mode}', true), set_config('jit', 'off', true);
             prepare hot as {sql}"
        );
        sqlx::raw_sql(AssertSqlSafe(run)).execute(&mut *connection).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
        let rows = sqlx::raw_sql(AssertSqlSafe(format!("explain (costs off) execute hot({values})")))
            .fetch_all(&mut *connection)
            .await
            .expect("a plan");
        for row in rows {
            writeln!(said, "{}", row.get::<String, _>(0)).expect("written");
        }
        sqlx::raw_sql("rollback; deallocate hot").execute(&mut *connection).await.expect("ended");
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn hot_reads_go_by_their_index_under_the_policies() {
    let database = TestDatabase::demo().await;
    let superuser = database.superuser().await;
    let session = SessionHash::of("plans").hex();
    for sql in MANY {
        sqlx::query(AssertSqlSafe(sql.replace("{hash}", &session)))
            .execute(&superuser)
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
    let rows: i64 = sqlx::query_scalar("select (select count(*) from plot) + (select count(*) from issue)")
        .fetch_one(&superuser)
        .await
        .expect("counted");
    assert!(rows > 120_000);
    let terrain: uuid::Uuid =
        sqlx::query_scalar("select id from terrain where name = 'Terrein 0'").fetch_one(&superuser).await.expect("one");
    let pool = database.pool("terrein_app").await;
    let mut connection = pool.acquire().await.expect("a connection");
    let (x, y) = tile_of([5.503, 52.003], 15);
    let coord = Coord::parse("15", &x.to_string(), &y.to_string()).expect("a tile");
    let [west, south, east, north] = coord.degrees(mvt::MARGIN);
    let address = format!("15, {x}, {y}, {west}, {south}, {east}, {north}");
    let cells = format!("{address}, '{{{}}}'", coord.cells().expect("deep").iter().map(i32::to_string).collect::<Vec<_>>().join(","));
    let layer = |name: &str| terrein::tiles::LAYERS.iter().find(|layer| layer.name == name).copied().expect("a layer");
    let tile = |name: &str, leakproof: bool| format!("select {}", mvt::sql(&layer(name), coord, leakproof));
    let list = |columns: &str, table: &str, filter: &str, order: &str| {
        format!(
            "select {columns}, ({order})::text as sort_key from {table} where deleted_at is null and terrain_id = $1 {filter} order by {order} desc, id desc limit $2"
        )
    };
    let feed = include_str!("../../server/src/feed/changes.sql").to_owned();
    let search = include_str!("../../server/src/schema/search.sql").to_owned();
    let one = format!("'{terrain}', 51");
    let start = format!("'{{{terrain}}}', '0', 0, 201");
    let last: String = sqlx::query_scalar("select max(changed_xid)::text from issue").fetch_one(&superuser).await.expect("a place");
    let from = format!("'{{{terrain}}}', '{last}', 9000000000, 201");
    let hot: Vec<Hot> = vec![
        ("tile of plots", tile("plot", true), address.clone(), vec!["plot_geom_idx"], vec!["plot"]),
        ("tile of issues", tile("issue", true), address, vec!["issue_geom_idx"], vec!["issue"]),
        ("tile of plots by cell", tile("plot", false), cells, vec!["plot_cell_idx"], vec!["plot"]),
        ("feed from its start", feed.clone(), start, vec!["plot_terrain_id_", "issue_terrain_id_"], vec!["plot", "issue"]),
        (
            "feed from a cursor",
            feed,
            from,
            vec!["plot_terrain_id_changed_xid_changed_seq_idx", "issue_terrain_id_changed_xid_changed_seq_idx"],
            vec!["plot", "issue"],
        ),
        ("search", search, format!("'{terrain}', 'melding:* & 12:*', 20"), vec!["issue_search_idx"], vec!["issue", "plot"]),
        (
            "issues of a terrain",
            list(terrein::issue::COLUMNS, "issue", "", "reported_at"),
            one.clone(),
            vec!["issue_terrain_id_reported_at_id_idx"],
            vec!["issue"],
        ),
        ("plots of a terrain", list(terrein::plot::COLUMNS, "plot", "", "key"), one.clone(), vec!["plot_terrain_id"], vec!["plot"]),
        (
            "issues in view",
            list(terrein::issue::COLUMNS, "issue", "and geom && ST_MakeEnvelope(5.5, 52, 5.503, 52.003, 4326)", "reported_at"),
            one,
            vec!["issue_"],
            vec!["issue"],
        ),
        (
            "comments of an issue",
            "select id from issue_comment where deleted_at is null and issue_id = $1 order by written_at".to_owned(),
            format!("'{terrain}'"),
            vec![],
            vec!["issue"],
        ),
    ];
    // By cell is the road of a server whose box operator is not marked.
    let (by_cell, marked): (Vec<_>, Vec<_>) = hot.into_iter().partition(|(name, ..)| name.ends_with("by cell"));
    let sessions = [session.as_str(), ""];
    check(&mut connection, &sessions, &marked).await;
    sqlx::query("alter function geometry_overlaps(geometry, geometry) not leakproof").execute(&superuser).await.expect("unmarked");
    check(&mut connection, &sessions, &by_cell).await;
}

/// Name, statement, values, indexes it must go by, tables it must not read from end to end.
type Hot = (&'static str, String, String, Vec<&'static str>, Vec<&'static str>);

async fn check(connection: &mut PgConnection, sessions: &[&str], hot: &[Hot]) {
    for session in sessions {
        for (name, sql, values, indexes, tables) in hot {
            let plan = plans(&mut *connection, session, sql, values).await;
            for index in indexes {
                assert!(plan.matches(index).count() >= 2, "{name} does not go by {index}, with values and without:\n{plan}");
            }
            for table in tables {
                let whole = plan.lines().any(|line| {
                    line.trim_start_matches(['-', '>', ' ']).split(" on ").eq(["Seq Scan", table])
                        || line.contains(&format!("Seq Scan on {table} "))
                });
                assert!(!whole, "{name} reads all of {table}:\n{plan}");
            }
        }
    }
}

/// Statements of a question; it must go well.
async fn statements(client: &Client, query: &str, variables: Value) -> u64 {
    let answer = client.ask(query, variables).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["extensions"]["statements"].as_u64().expect("counted")
}

const PAGE: &str = "query($t: ID!, $n: Int!) { viewer { id } terrain(id: $t) { id name geometry
  plots(first: $n) { edges { node { id key areaM2 geometry } } } companies(first: $n) { edges { node { id name geometry } } }
  infrastructure(first: $n) { edges { node { id kind name geometry } } } issues(first: $n) { edges { node { id kind title state supportCount geometry } } } } }";
const SHEET: &str = "query($id: ID!) { node(id: $id) { ... on Issue { id title geometry mine organisation { name } plot { key } company { name } infrastructure { name } viewerSupport { id }
  supports(first: 30) { edges { node { willingness company { name } organisation { name } } } } parties(first: 20) { edges { node { name } } }
  comments(first: 50) { edges { node { text organisation { name } } } } history(first: 50) { edges { node { kind actorRole } } }
  viewerCan { edit { allowed } support { allowed } comment { allowed } } } } }";
const CHANGES: &str = "query($t: [ID!]!, $n: Int!, $since: String) { changes(terrains: $t, first: $n, since: $since) { cursor more items { kind id node { __typename ... on Plot { key } ... on Issue { title organisation { name } } } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_takes_as_many_statements_whatever_its_size() {
    let database = Arc::new(TestDatabase::demo().await);
    let app = TestApp::over(database, &[]).await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let page = |n: i32| json!({ "t": hooge_waard(), "n": n });
    let (small, large) = (statements(&boss, PAGE, page(1)).await, statements(&boss, PAGE, page(100)).await);
    println!("terrain page: {large} statements");
    assert_eq!(small, large);
    assert!(large <= 8, "{large}");

    let query = "select 'issue:' || id from issue where terrain_id = '{t}' and {what} order by id limit 1";
    let issue = |what: &str| {
        app.value::<String>(Box::leak(query.replace("{t}", &open_terrain().to_string()).replace("{what}", what).into_boxed_str()))
    };
    let quiet = issue("support_count = 0 and comment_count = 0 and audience = 'terrain'").await;
    let busy = issue("support_count > 4 and comment_count > 2").await;
    let (few, many) = (statements(&boss, SHEET, json!({ "id": quiet })).await, statements(&boss, SHEET, json!({ "id": busy })).await);
    println!("issue sheet: {few} to {many} statements");
    // A batch is now and then cut in two when the machine is busy; what grows with the rows would be far above.
    assert!(few <= 12 && many <= 12, "{few}, {many}");
    let bare = uuid::Uuid::try_parse(busy.trim_start_matches("issue:")).expect("an id");
    app.sql(&format!(
        "insert into issue_comment (id, issue_id, terrain_id, author_id, organisation_id, author_role, text, written_at)
         select gen_random_uuid(), '{bare}', '{}', p.id, m.organisation_id, m.role, 'Nog een', now() from generate_series(1, 40), person p join membership m on m.person_id = p.id
         where p.email = 'ondernemer@demo.example'",
        open_terrain()
    ))
    .await;
    let more = statements(&boss, SHEET, json!({ "id": busy })).await;
    assert!(more <= 12, "with forty comments more: {more}");

    app.settled().await;
    // Pages of one kind of thing: five of them or a hundred.
    let mut since = Value::Null;
    let mut counts = Vec::new();
    for n in [5, 40, 100] {
        let data = boss.data(CHANGES, json!({ "t": [hooge_waard()], "n": n, "since": since })).await;
        counts.push(statements(&boss, CHANGES, json!({ "t": [hooge_waard()], "n": n, "since": since })).await);
        since = data["changes"]["cursor"].clone();
    }
    println!("changes page: {counts:?} statements");
    // The cursor's place, the page, and one a kind of thing in it (with what an issue names).
    assert!(counts.iter().all(|count| *count <= 2 + 11), "{counts:?}");
    let view = "query($t: ID!, $b: [Float!]) { terrain(id: $t) { plots(first: 60, filter: { bbox: $b }) { edges { node { id occupants(first: 2) { edges { node { company { name } } } } } } } } }";
    let [x, y] = PLACE;
    let near = |d: f64| json!({ "t": hooge_waard(), "b": [x - d, y - d, x + d, y + d] });
    let (one, all) = (statements(&boss, view, near(0.0008)).await, statements(&boss, view, near(0.02)).await);
    println!("plots with who is on them: {one} to {all} statements");
    assert!(one <= 7 && all <= 7, "{one}, {all}");
}
