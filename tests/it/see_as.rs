//! With the eyes of a role: what a terrain's aanjager sees so is what somebody of that role sees there, and never more than their own.

use std::collections::BTreeMap;

use mvt_reader::Reader;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use terrein::access::caller::SessionHash;
use terrein_tests::client::Answer;
use terrein_tests::demo::{CLOSED_PLACE, PLACE, closed_terrain, command, open_terrain, tile_of};
use terrein_tests::{Client, TestApp};
use uuid::Uuid;

const HEADER: &str = "x-terrein-see-as";
/// A role, the kind of organisation whose people hold it, and whether it is held on the terrain.
const ROLES: [(&str, &str, bool); 10] = [
    ("entrepreneur", "company", true),
    ("owner", "owner", true),
    ("park_manager", "park_management", true),
    ("project_lead", "partner", true),
    ("aanjager", "programme", true),
    ("municipality", "municipality", false),
    ("grid_operator", "grid_operator", false),
    ("province", "province", false),
    ("partner", "partner", true),
    ("admin", "operator", false),
];
const PAGE: &str = "query($t: ID!) { terrain(id: $t) { name audience counts { plots buildings companies openIssues }
    viewerCan { reportIssue { allowed reason } edit { allowed reason } linkCompany { allowed reason } }
    plots(first: 100) { edges { node { id } } }
    companies(first: 100) { edges { node { id name mine } } }
    infrastructure(first: 100) { edges { node { id } } } } }";
const ISSUES: &str =
    "query($t: ID!) { terrain(id: $t) { issues(first: 50) { edges { node { id title audience supportCount commentCount mine
    viewerCan { edit { allowed reason } share { allowed reason } comment { allowed reason } support { allowed reason } } } } } } }";
const CHANGES: &str =
    "query($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 100) { items { kind id node { id } } cursor more } }";
const LAYERS: &str = "terrain,plot,building,infrastructure,address,company,issue";

struct Looker<'a> {
    client: &'a Client,
    eyes: Option<String>,
}

impl Looker<'_> {
    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.request(method, path);
        if let Some(eyes) = &self.eyes {
            request = request.header(HEADER, eyes);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.client.send(request).await
    }

    async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.send("POST", "/graphql", Some(json!({ "query": query, "variables": variables }))).await.json();
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// Everything that is seen of a terrain: its page, its feed to the end, its tiles.
    async fn sees(&self, terrain: Uuid, place: [f64; 2]) -> (Value, Value, Vec<Value>, Vec<(u16, Vec<String>)>) {
        let id = format!("terrain:{terrain}");
        let page = self.data(PAGE, json!({ "t": id })).await;
        let issues = self.data(ISSUES, json!({ "t": id })).await;
        let (mut items, mut since) = (Vec::new(), Value::Null);
        loop {
            let mut data = self.data(CHANGES, json!({ "t": [id], "since": since })).await;
            items.extend(data["changes"]["items"].as_array().expect("items").iter().cloned());
            since = data["changes"]["cursor"].take();
            if data["changes"]["more"] == false {
                break;
            }
        }
        let mut tiles = Vec::new();
        for zoom in [11, 14, 16] {
            let (x, y) = tile_of(place, zoom);
            let tile = self.send("GET", &format!("/tiles/{LAYERS}/{zoom}/{x}/{y}"), None).await;
            tiles.push((tile.status, drawn(&tile.body)));
        }
        (page, issues, items, tiles)
    }
}

/// What is drawn in a tile, whatever the order of its rows.
fn drawn(tile: &[u8]) -> Vec<String> {
    if tile.is_empty() {
        return Vec::new();
    }
    let reader = Reader::new(tile.to_vec()).expect("a tile");
    let mut all = Vec::new();
    for (n, layer) in reader.get_layer_names().expect("names").iter().enumerate() {
        for feature in reader.get_features(n).expect("features") {
            let words: BTreeMap<String, String> =
                feature.properties.iter().flatten().map(|(name, value)| (name.clone(), format!("{value:?}"))).collect();
            all.push(format!("{layer} {words:?} {:?}", feature.geometry));
        }
    }
    all.sort();
    all
}

/// The aanjager of both terrains, and of every role somebody new of an organisation of their own, who has made nothing.
async fn fill(app: &TestApp) {
    for terrain in [open_terrain(), closed_terrain()] {
        app.sql(&format!(
            "insert into membership (id, person_id, organisation_id, terrain_id, role)
             select gen_random_uuid(), p.id, o.id, '{terrain}', 'aanjager' from person p, organisation o
             where p.email = 'aanjager@demo.example' and o.kind = 'programme' on conflict do nothing"
        ))
        .await;
        // An issue of everybody's audience, made by somebody else; one for the municipality alone, and one by the aanjager.
        for (audience, author) in [
            ("me", "ondernemer"),
            ("team", "ondernemer"),
            ("parties", "ondernemer"),
            ("terrain", "ondernemer"),
            ("municipality", "ondernemer"),
            ("municipality", "aanjager"),
            ("public", "ondernemer"),
        ] {
            app.sql(&format!(
                "insert into issue (id, terrain_id, kind, theme, title, audience, author_id, organisation_id, reporter_role, geom, reported_at)
                 select gen_random_uuid(), '{terrain}', 'problem', 'other', '{audience} of {author}', '{audience}', p.id, m.organisation_id, m.role,
                   ST_PointOnSurface(t.geom), now()
                 from person p join membership m on m.person_id = p.id, terrain t
                 where p.email = '{author}@demo.example' and t.id = '{terrain}' order by m.id limit 1"
            ))
            .await;
        }
    }
    app.sql("insert into terrain_municipality (terrain_id, municipality_code) select id, 'GM9901' from terrain on conflict do nothing")
        .await;
    app.sql("update reference.municipality set province_code = 'PV99'").await;
    for (role, kind, on_terrain) in ROLES {
        app.sql(&format!(
            "insert into person (id, email, name) values (gen_random_uuid(), 'echt-{}@demo.example', '{role}')",
            role.replace('_', "-")
        ))
        .await;
        app.sql(&format!(
            "insert into organisation (id, kind, name, municipality_code, province_code, service_area) values (gen_random_uuid(), '{kind}', 'Echt {role}',
               case when '{kind}' = 'municipality' then 'GM9901' end, case when '{kind}' = 'province' then 'PV99' end,
               case when '{kind}' = 'grid_operator' then ST_Multi(ST_MakeEnvelope(4, 51, 6, 53, 4326)) end)"
        ))
        .await;
        let terrains = if on_terrain { "select id from terrain" } else { "select null::uuid" };
        app.sql(&format!(
            "insert into membership (id, person_id, organisation_id, terrain_id, role)
             select gen_random_uuid(), p.id, o.id, t.id, '{role}' from person p, organisation o, ({terrains}) t(id) where p.name = '{role}' and o.name = 'Echt {role}'"
        ))
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eyes_of_a_role_see_what_somebody_of_that_role_sees() {
    let app = TestApp::demo().await;
    fill(&app).await;
    app.settled().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    for (terrain, place) in [(open_terrain(), PLACE), (closed_terrain(), CLOSED_PLACE)] {
        let eyes = |role: &str| Looker { client: &aanjager, eyes: Some(format!("{role} terrain:{terrain}")) };
        let visitor = app.anonymous();
        let seen = eyes("anonymous").sees(terrain, place).await;
        assert!(seen == Looker { client: &visitor, eyes: None }.sees(terrain, place).await, "anonymous on {terrain}");
        for (role, _, _) in ROLES {
            let holder = app.sign_in(&format!("echt-{}@demo.example", role.replace('_', "-"))).await;
            let mut real = Looker { client: &holder, eyes: None }.sees(terrain, place).await;
            let mut seen = eyes(role).sees(terrain, place).await;
            if role == "municipality" {
                // What somebody sent to the municipality alone is not the aanjager's to see through its eyes; what they sent themselves is.
                let hidden = |node: &Value| node["node"]["title"] == "municipality of ondernemer";
                let issues = real.1["terrain"]["issues"]["edges"].as_array_mut().expect("issues");
                let id = issues.iter().find(|edge| hidden(edge)).expect("the municipality sees it")["node"]["id"].clone();
                issues.retain(|edge| !hidden(edge));
                let shown = seen.1["terrain"]["issues"]["edges"].as_array().expect("issues");
                assert!(shown.iter().any(|edge| edge["node"]["title"] == "municipality of aanjager"));
                real.2.retain(|item| item["id"] != id);
                // And so it is one issue less, and another tile.
                let fewer = real.0["terrain"]["counts"]["openIssues"].as_i64().expect("a count") - 1;
                real.0["terrain"]["counts"]["openIssues"] = json!(fewer);
                real.3.clear();
                seen.3.clear();
            }
            assert_eq!(seen.0, real.0, "{role} on {terrain}: the page");
            assert_eq!(seen.1, real.1, "{role} on {terrain}: issues");
            assert_eq!(seen.2, real.2, "{role} on {terrain}: the feed");
            assert!(seen.3 == real.3, "{role} on {terrain}: tiles");
        }
    }
}

async fn ids(connection: &mut PgConnection, table: &str) -> Vec<String> {
    let sql = format!("select r::text from {table} r where to_jsonb(r) - 'token_hash' is not null order by 1");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.expect("read")
}

/// Tables in which what is of a terrain stands, and people.
const TABLES: [&str; 25] = [
    "person",
    "organisation",
    "membership",
    "invitation",
    "session",
    "command_log",
    "terrain",
    "terrain_municipality",
    "plot",
    "building",
    "address",
    "company",
    "occupancy",
    "infrastructure",
    "issue",
    "issue_party",
    "support",
    "issue_comment",
    "issue_event",
    "observation",
    "conversation",
    "private_note",
    "conversation_issue",
    "promise",
    "gone",
];

async fn looks(pool: &PgPool, session: &str, see_as: &str) -> Vec<Vec<String>> {
    let mut transaction = pool.begin().await.expect("a transaction");
    sqlx::query("select set_config('app.session', $1, true), set_config('app.see_as', $2, true)")
        .bind(session)
        .bind(see_as)
        .execute(&mut *transaction)
        .await
        .expect("set");
    let mut all = Vec::new();
    for table in TABLES {
        all.push(ids(&mut transaction, table).await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aanjager_never_sees_more_through_other_eyes_and_nobody_else_has_them() {
    let app = TestApp::demo().await;
    fill(&app).await;
    // Something that stopped being the municipality's, so that there is a row in `gone`.
    app.sql("update issue set audience = 'team' where title = 'municipality of ondernemer'").await;
    app.sql("update issue set audience = 'municipality' where title = 'team of ondernemer'").await;
    let superuser = app.database.superuser().await;
    let session = async |name: &str| {
        let hash = SessionHash::of(name);
        sqlx::query(
            "insert into session (id, token_hash, person_id, created_at, last_seen_at, expires_at, method, strong)
             select gen_random_uuid(), $1, id, now(), now(), now() + interval '1 hour', 'operator', true from person where email = $2",
        )
        .bind(hash.bytes())
        .bind(format!("{name}@demo.example"))
        .execute(&superuser)
        .await
        .expect("a session");
        hash.hex()
    };
    let (aanjager, entrepreneur, weak) = (session("aanjager").await, session("ondernemer").await, session("kadebeton").await);
    app.sql("update session set strong = false where person_id = (select id from person where email = 'kadebeton@demo.example')").await;
    app.sql("update membership set role = 'aanjager' where person_id = (select id from person where email = 'kadebeton@demo.example')")
        .await;
    let pool = app.database.pool("terrein_app").await;
    let own = looks(&pool, &aanjager, "").await;
    let nobody = looks(&pool, "", "").await;
    for terrain in [open_terrain(), closed_terrain()] {
        for role in ROLES.iter().map(|(role, _, _)| *role).chain(["anonymous"]) {
            let seen = looks(&pool, "", &format!("{role}:{terrain}:{aanjager}")).await;
            for ((table, seen), own) in TABLES.iter().zip(&seen).zip(&own) {
                let more: Vec<&String> = seen.iter().filter(|row| !own.contains(row)).collect();
                assert!(more.is_empty(), "{role} on {terrain}: {} rows of {table} more than the aanjager's own", more.len());
            }
            // Who is not aanjager there, or is only with a stronger sign-in, looks as nobody does.
            for other in [&entrepreneur, &weak, &"00".repeat(32)] {
                assert_eq!(looks(&pool, "", &format!("{role}:{terrain}:{other}")).await, nobody, "{role} on {terrain}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_eyes_are_for_looking_and_for_the_aanjager_of_the_terrain() {
    let app = TestApp::demo().await;
    let (aanjager, ann) = (app.sign_in("aanjager@demo.example").await, app.sign_in("ondernemer@demo.example").await);
    let (here, elsewhere) = (format!("owner terrain:{}", open_terrain()), format!("owner terrain:{}", closed_terrain()));
    let visitor = app.anonymous();
    let asks = async |client: &Client, eyes: &str, query: &str| {
        let looker = Looker { client, eyes: Some(eyes.to_owned()) };
        looker.send("POST", "/graphql", Some(json!({ "query": query }))).await
    };
    for (client, eyes, wanted) in [(&ann, &here, "FORBIDDEN"), (&aanjager, &elsewhere, "FORBIDDEN")] {
        let answer = asks(client, eyes, "{ viewer { id } }").await.json();
        assert_eq!((&answer["errors"][0]["extensions"]["code"], &answer["data"]), (&json!(wanted), &Value::Null), "{eyes}");
        let (x, y) = tile_of(PLACE, 14);
        let tile = Looker { client, eyes: Some(eyes.clone()) }.send("GET", &format!("/tiles/issue/14/{x}/{y}"), None).await;
        assert_eq!(tile.status, 403, "{eyes}");
    }
    assert_eq!(asks(&visitor, &here, "{ viewer { id } }").await.status, 401);
    for odd in ["owner", "koning terrain:0190", "owner plot:01900000-0000-7000-8000-000000000001"] {
        assert_eq!(asks(&aanjager, odd, "{ viewer { id } }").await.status, 400, "{odd}");
    }
    // Nothing is done so, whoever may do it with their own eyes.
    let language = format!("mutation {{ setLanguage(input: {{ commandId: \"{}\", language: EN }}) {{ __typename }} }}", command());
    let refused = asks(&aanjager, &here, &language).await.json();
    assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN");
    let set: bool = app.value("select language = 'en' from person where email = 'aanjager@demo.example'").await;
    assert!(!set);
    // The device still speaks for its person, and what is one's own is not there.
    let me = aanjager.data("{ viewer { id } }", json!({})).await["viewer"]["id"].clone();
    let request = aanjager.request("POST", "/graphql").header(HEADER, &here).header("x-terrein-person", me.as_str().expect("an id"));
    let answer = aanjager.send(request.json(&json!({ "query": "{ viewer { name memberships { id } sessions { id } } }" }))).await.json();
    assert_eq!(answer["data"]["viewer"], json!({ "name": "", "memberships": [], "sessions": [] }));
    let other = aanjager.request("POST", "/graphql").header(HEADER, &here).header("x-terrein-person", "nobody");
    assert_eq!(
        aanjager.send(other.json(&json!({ "query": "{ __typename }" }))).await.json()["errors"][0]["extensions"]["reason"],
        "OTHER_PERSON"
    );
    // And the next question is answered with one's own eyes again, on whichever connection.
    for _ in 0..10 {
        assert_eq!(aanjager.data("{ viewer { id } }", json!({})).await["viewer"]["id"], me);
    }
}
