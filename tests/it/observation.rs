//! What was seen on the spot, by the front door: noted once, refused with one clear reason, the team's alone, the newest counts, and no import
//! touches it.

use serde_json::{Value, json};
use terrein_geodata::Request;
use terrein_tests::demo::{command, hooge_waard, mint, open_terrain};
use terrein_tests::{Client, TestApp};

const OBSERVE: &str = "mutation($input: ObserveInput!) { observe(input: $input) { __typename
  ... on ObservationMade { observation { id terrainId subjectId question answer seenAt createdAt by mine viewerCan { withdraw { allowed reason } } } } ... on IdTaken { id } } }";
const WITHDRAW: &str =
    "mutation($input: WithdrawObservationInput!) { withdrawObservation(input: $input) { __typename ... on ObservationWithdrawn { id } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { ... on Observation { answer mine viewerCan { withdraw { allowed reason } } } } }";
const OF: &str =
    "query($id: ID!) { node(id: $id) { ... on Company { observations { question answer } } ... on Plot { observations { question answer } }
  ... on Building { observations { question answer } } ... on Infrastructure { observations { question answer } } } }";
const LIST: &str = "query($t: ID!, $n: Int!, $a: String) { terrain(id: $t) { viewerCan { observe { allowed reason } }
  observations(first: $n, after: $a) { pageInfo { hasNextPage endCursor } edges { node { id answer seenAt } } } } }";
const CHANGES: &str = "query($t: [ID!]!, $since: String) { changes(terrains: $t, first: 100, since: $since) { cursor more items { kind id node { __typename } } } }";

fn company(name: &str) -> String {
    format!("company:{}", terrein::demo::id("company", name))
}

/// A company of which the demo says nothing was seen.
const ASKED: &str = "Dijkland Verpakkingen";

/// What somebody saw, unless said otherwise: a company is there.
fn seen(fields: Value) -> Value {
    let mut input = json!({ "commandId": command(), "observationId": mint("observation"), "terrainId": hooge_waard(), "subjectId": company(ASKED),
        "question": "COMPANY_PRESENT", "answer": "YES", "seenAt": "2026-10-01T08:00:00Z" });
    input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
    input
}

async fn of(client: &Client, subject: &str) -> Vec<(String, String)> {
    let node = client.data(OF, json!({ "id": subject })).await["node"].take();
    let all = node["observations"].as_array().expect("observations");
    all.iter().map(|one| ["question", "answer"].map(|name| one[name].as_str().expect("text").to_owned()).into()).collect()
}

fn said(question: &str, answer: &str) -> (String, String) {
    (question.to_owned(), answer.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_noted_once_and_the_newest_counts() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    assert_eq!(of(&boss, &company(ASKED)).await, [], "a quest");
    let input = seen(json!({}));
    let done = boss.does(OBSERVE, input.clone()).await;
    let made = &done["observation"];
    assert_eq!((&made["id"], &made["terrainId"], &made["subjectId"]), (&input["observationId"], &input["terrainId"], &input["subjectId"]));
    assert_eq!((&made["answer"], &made["by"], &made["mine"]), (&json!("YES"), &json!("AANJAGER"), &json!(true)));
    assert_eq!(made["viewerCan"]["withdraw"]["allowed"], true);
    assert_eq!(made["seenAt"], "2026-10-01T08:00:00+00:00");
    // A lost answer: the same again, and nothing twice. The same id for something else is not told whose it is.
    assert_eq!(boss.does(OBSERVE, input.clone()).await, done);
    let id = json!({ "observationId": input["observationId"] });
    assert_eq!(boss.does(OBSERVE, seen(id.clone())).await, json!({ "__typename": "IdTaken", "id": input["observationId"] }));
    let other = app.sign_in("ondernemer@demo.example").await;
    assert_eq!(other.does(OBSERVE, seen(id)).await["__typename"], "IdTaken");

    // What came in late was seen before; a clock that runs ahead counts as now and does not win for good.
    boss.does(OBSERVE, seen(json!({ "answer": "NO", "seenAt": "2026-09-01T08:00:00Z" }))).await;
    assert_eq!(of(&boss, &company(ASKED)).await, [said("COMPANY_PRESENT", "YES")]);
    let ahead = boss.does(OBSERVE, seen(json!({ "answer": "MOVED", "seenAt": "2099-01-01T00:00:00Z" }))).await;
    assert_eq!(ahead["observation"]["seenAt"], ahead["observation"]["createdAt"]);
    let words = seen(json!({ "question": "COMPANY_ACTIVITY", "answer": "  Maakt golfkarton " }));
    boss.does(OBSERVE, words).await;
    assert_eq!(of(&boss, &company(ASKED)).await, [said("COMPANY_ACTIVITY", "Maakt golfkarton"), said("COMPANY_PRESENT", "MOVED")]);
    let last = boss.does(OBSERVE, seen(json!({ "answer": "NO", "seenAt": "2098-01-01T00:00:00Z" }))).await["observation"]["id"].clone();
    assert_eq!(of(&boss, &company(ASKED)).await[1], said("COMPANY_PRESENT", "NO"));

    // Taken back, the one before counts again.
    let back = json!({ "commandId": command(), "observationId": last });
    assert_eq!(boss.does(WITHDRAW, back.clone()).await, json!({ "__typename": "ObservationWithdrawn", "id": last }));
    assert_eq!(boss.does(WITHDRAW, back).await["id"], last, "a repeat answers the same");
    assert_eq!(of(&boss, &company(ASKED)).await[1], said("COMPANY_PRESENT", "MOVED"));
    let once_more = json!({ "commandId": command(), "observationId": last });
    assert_eq!(boss.fails(WITHDRAW, once_more).await["code"], "NOT_FOUND");

    // Places and things too.
    let id_of = |table: &str| {
        app.value::<String>(Box::leak(
            format!(
                "select '{table}:' || id from {table} where terrain_id = '{}' and id not in (select subject_id from observation) limit 1",
                open_terrain()
            )
            .into_boxed_str(),
        ))
    };
    for (table, question, answer) in
        [("plot", "PLOT_USE", "FOR_SALE"), ("building", "BUILDING_USE", "PARTLY"), ("infrastructure", "INFRASTRUCTURE_CONDITION", "BROKEN")]
    {
        let subject = id_of(table).await;
        boss.does(OBSERVE, seen(json!({ "subjectId": subject, "question": question, "answer": answer }))).await;
        assert_eq!(of(&boss, &subject).await, [said(question, answer)]);
    }
    // In the log of the organisation, told by its thing.
    app.settled().await;
    let logged: i64 = app
        .value(
            "select count(*) from audit_event e join observation o on o.id = e.object_id
             where e.action = 'observe' and e.object_kind = 'observation' and e.organisations @> array[o.organisation_id] and e.result = 'done'",
        )
        .await;
    assert!(logged >= 8, "{logged}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_with_one_reason() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let plot: String = app.value(&format!("select 'plot:' || id from plot where terrain_id = '{}' limit 1", open_terrain())).await;
    for (fields, field, reason) in [
        (json!({ "answer": "VACANT" }), "answer", "does-not-fit"),
        (json!({ "answer": "yes" }), "answer", "does-not-fit"),
        (json!({ "question": "COMPANY_ACTIVITY", "answer": " " }), "answer", "required"),
        (json!({ "question": "COMPANY_ACTIVITY", "answer": "x".repeat(301) }), "answer", "too-long"),
        (json!({ "subjectId": plot }), "subjectId", "does-not-fit"),
        (json!({ "question": "PLOT_USE", "answer": "FALLOW" }), "subjectId", "does-not-fit"),
        (json!({ "subjectId": "nothing" }), "subjectId", "does-not-fit"),
    ] {
        let refused = boss.fails(OBSERVE, seen(fields.clone())).await;
        assert_eq!((refused["field"].as_str(), refused["reason"].as_str()), (Some(field), Some(reason)), "{fields}: {refused}");
    }
    // Missing, on another terrain, or hidden: the same.
    let missing = boss.fails(OBSERVE, seen(json!({ "subjectId": mint("company") }))).await;
    assert_eq!(missing["code"], "NOT_FOUND");
    assert_eq!(boss.fails(OBSERVE, seen(json!({ "subjectId": company("Eilandwerf") }))).await["code"], "NOT_FOUND");
    let sole: String = app
        .value(&format!(
            "select 'company:' || id from company where sole_trader and organisation_id is null and terrain_id = '{}' limit 1",
            open_terrain()
        ))
        .await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    assert_eq!(ann.fails(OBSERVE, seen(json!({ "subjectId": sole }))).await["code"], "NOT_FOUND");
    assert_eq!(boss.does(OBSERVE, seen(json!({ "subjectId": sole }))).await["__typename"], "ObservationMade");
    // Not on the terrain: nothing; and the button says so beforehand.
    let grid = app.sign_in("netbeheerder@demo.example").await;
    assert_eq!(grid.fails(OBSERVE, seen(json!({}))).await["reason"], "NOT_YOUR_TERRAIN");
    let asked = json!({ "t": hooge_waard(), "n": 1 });
    let may = &grid.data(LIST, asked.clone()).await["terrain"]["viewerCan"]["observe"];
    assert_eq!((&may["allowed"], &may["reason"]), (&json!(false), &json!("NOT_YOUR_TERRAIN")));
    assert_eq!(boss.data(LIST, asked).await["terrain"]["viewerCan"]["observe"]["allowed"], true);
    assert_eq!(app.anonymous().fails(OBSERVE, seen(json!({}))).await["code"], "UNAUTHENTICATED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_sees_it_and_nobody_else() {
    let app = TestApp::demo().await;
    // A colleague of Kadebeton, who is no more than that.
    app.sql(
        "insert into membership (id, person_id, organisation_id, terrain_id, role)
         select gen_random_uuid(), p.id, m.organisation_id, m.terrain_id, m.role from person p, membership m join person k on k.id = m.person_id
         where p.email = 'polderstaal@demo.example' and k.email = 'kadebeton@demo.example'",
    )
    .await;
    let (ann, colleague, boss) = (
        app.sign_in("kadebeton@demo.example").await,
        app.sign_in("polderstaal@demo.example").await,
        app.sign_in("aanjager@demo.example").await,
    );
    app.settled().await;
    let mut cursors = Vec::new();
    for client in [&ann, &colleague, &boss] {
        let mut since = Value::Null;
        loop {
            let page = client.data(CHANGES, json!({ "t": [hooge_waard()], "since": since })).await["changes"].take();
            since = page["cursor"].clone();
            if page["more"] == false {
                break;
            }
        }
        cursors.push(since);
    }
    let id = ann.does(OBSERVE, seen(json!({}))).await["observation"]["id"].as_str().expect("an id").to_owned();
    let node = async |client: &Client| client.data(NODE, json!({ "id": id })).await["node"].take();
    assert_eq!(node(&ann).await["mine"], true);
    let theirs = node(&colleague).await;
    assert_eq!((&theirs["answer"], &theirs["mine"]), (&json!("YES"), &json!(false)));
    assert_eq!(theirs["viewerCan"]["withdraw"], json!({ "allowed": false, "reason": "NOT_THE_AUTHOR" }));
    let back = || json!({ "commandId": command(), "observationId": id });
    assert_eq!(colleague.fails(WITHDRAW, back()).await["reason"], "NOT_THE_AUTHOR");
    assert_eq!(node(&boss).await, Value::Null, "another team");
    assert_eq!(boss.fails(WITHDRAW, back()).await["code"], "NOT_FOUND");
    assert_eq!(of(&boss, &company(ASKED)).await, []);
    assert_eq!(of(&colleague, &company(ASKED)).await, [said("COMPANY_PRESENT", "YES")]);
    // The feed brings it to the team, and tells the team alone that it went.
    let news = async |client: &Client, since: &Value| -> Vec<Value> {
        app.settled().await;
        let page = client.data(CHANGES, json!({ "t": [hooge_waard()], "since": since })).await["changes"].take();
        page["items"].as_array().expect("items").iter().map(|item| json!([item["kind"], item["id"], item["node"]["__typename"]])).collect()
    };
    for (client, since) in [&ann, &colleague].into_iter().zip(&cursors) {
        assert_eq!(news(client, since).await, [json!(["OBSERVATION", id, "Observation"])]);
    }
    assert_eq!(news(&boss, &cursors[2]).await, Vec::<Value>::new());
    ann.does(WITHDRAW, back()).await;
    assert_eq!(news(&colleague, &cursors[1]).await, [json!(["OBSERVATION", id, null])]);
    assert_eq!(news(&boss, &cursors[2]).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_goes_from_newest_to_oldest_and_takes_as_many_statements_whatever_its_size() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let (mut after, mut times) = (Value::Null, Vec::new());
    loop {
        let page = boss.data(LIST, json!({ "t": hooge_waard(), "n": 4, "a": after })).await["terrain"]["observations"].take();
        times.extend(
            page["edges"].as_array().expect("edges").iter().map(|edge| edge["node"]["seenAt"].as_str().expect("a time").to_owned()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(i64::try_from(times.len()).expect("few"), app.value::<i64>("select count(*) from observation").await);
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let page = "query($t: ID!, $n: Int!) { terrain(id: $t) { companies(first: $n) { edges { node { observations { answer by } } } }
      plots(first: $n) { edges { node { observations { answer } } } } buildings(first: $n) { edges { node { observations { answer } } } } } }";
    let statements =
        async |n: i32| boss.ask(page, json!({ "t": hooge_waard(), "n": n })).await["extensions"]["statements"].as_u64().expect("counted");
    let (small, large) = (statements(1).await, statements(60).await);
    println!("terrain page with what was seen: {small} to {large} statements");
    // A batch is now and then cut in two when the machine is busy; what grows with the rows would be far above.
    assert!(small <= 8 && large <= 8, "{small}, {large}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_import_of_the_register_leaves_what_was_seen() {
    let app = TestApp::new().await;
    let import = async |source: &str, file: &str| {
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../geodata/fixtures").join(file);
        let request = Request { source: source.to_owned(), from: from.to_string_lossy().into_owned(), ..Request::default() };
        terrein_geodata::import(&app.database.options("terrein_importer"), &request).await.expect("imported");
    };
    import("ibis", "ibis/newer.geojson").await;
    import("brk", "brk/perceel.gml").await;
    let terrain: uuid::Uuid = app.value("select terrain_id from plot where number = '101'").await;
    app.sql("insert into person (id, name, email) values (gen_random_uuid(), 'Loper', 'loper@demo.example')").await;
    app.sql("insert into organisation (id, kind, name) values (gen_random_uuid(), 'programme', 'Programma')").await;
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, terrain_id, role) select gen_random_uuid(), p.id, o.id, '{terrain}', 'aanjager'
         from person p, organisation o where p.email = 'loper@demo.example' and o.name = 'Programma'"
    ))
    .await;
    let walker = app.sign_in("loper@demo.example").await;
    let plot: String = app.value("select 'plot:' || id from plot where number = '101'").await;
    let noted = seen(json!({ "terrainId": format!("terrain:{terrain}"), "subjectId": plot, "question": "PLOT_USE", "answer": "FOR_SALE" }));
    walker.does(OBSERVE, noted).await;
    let before: String = app.value("select to_jsonb(o)::text from observation o").await;
    // The register says it otherwise than it stands here, and comes again.
    app.sql("update plot set registered_m2 = 1 where number = '101'").await;
    import("brk", "brk/perceel.gml").await;
    assert!(app.value::<bool>("select registered_m2 > 1 from plot where number = '101'").await, "the register was read again");
    assert_eq!(app.value::<String>("select to_jsonb(o)::text from observation o").await, before);
    assert_eq!(of(&walker, &plot).await, [said("PLOT_USE", "FOR_SALE")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_at_ones_own_business_goes_with_the_person() {
    let app = TestApp::demo().await;
    app.sql("update company set sole_trader = true where name = 'Kadebeton'").await;
    let (owner, boss) = (app.sign_in("kadebeton@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let noted = seen(json!({ "subjectId": company("Kadebeton"), "question": "COMPANY_ACTIVITY", "answer": "Stort beton achter het huis" }));
    boss.does(OBSERVE, noted.clone()).await;
    let own = seen(json!({}));
    owner.does(OBSERVE, own.clone()).await;
    let erase = "mutation ($input: EraseMeInput!) { eraseMe(input: $input) { __typename } }";
    let confirmed = json!({ "commandId": command(), "confirmation": "kadebeton@demo.example" });
    assert_eq!(owner.does(erase, confirmed).await["__typename"], "DataErased");
    assert_eq!(boss.data(NODE, json!({ "id": noted["observationId"] })).await["node"], Value::Null);
    for table in ["observation", "command_log"] {
        let left: i64 = app.value(&format!("select count(*) from {table} t where strpos(t::text, 'Stort beton') > 0")).await;
        assert_eq!(left, 0, "{table}");
    }
    // What they saw elsewhere stays, of nobody who can be named.
    let id = own["observationId"].as_str().expect("an id").trim_start_matches("observation:");
    assert_eq!(app.value::<String>(&format!("select answer from observation where id = '{id}' and deleted_at is null")).await, "YES");
}
