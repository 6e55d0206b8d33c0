//! Organisations and roles: invitations, who gives and withdraws what, and that it holds at once.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use terrein_tests::client::{Answer, cookie};
use terrein_tests::demo::{closed_terrain, command, hooge_waard, klein_eiland, open_terrain};
use terrein_tests::{Client, TestApp};
use uuid::Uuid;

mod rules;

const SESSION: &str = "__Host-terrein=";
const INVITE: &str = "mutation($input: InviteInput!) { invite(input: $input) { __typename ... on Invited { id invitation { email role
    organisation { id name } terrain { id } inviter { name } viewerCan { withdraw { allowed reason } } } } ... on TooManyInvitations { most } } }";
const PEOPLE_OF: &str =
    "query($terrain: ID, $organisation: ID) { people(terrainId: $terrain, organisationId: $organisation, first: 100) { edges { node {
    id role person { id name } organisation { id name kind } terrain { id } validFrom validUntil
    viewerCan { withdraw { allowed reason } handOver { allowed reason } } } } } }";
const WAITING: &str =
    "query($terrain: ID, $organisation: ID) { invitations(terrainId: $terrain, organisationId: $organisation, first: 100) {
    edges { node { id email name role message viewerCan { withdraw { allowed reason } } } } } }";
const WITHDRAW: &str = "mutation($input: WithdrawRoleInput!) { withdrawRole(input: $input) { ... on RoleWithdrawn { id } } }";
const HAND_OVER: &str = "mutation($input: HandOverRoleInput!) { handOverRole(input: $input) { ... on RoleHandedOver { membership { id person { id } role } } } }";
const GRANT: &str =
    "mutation($input: GrantRoleInput!) { grantRole(input: $input) { ... on RoleGranted { id membership { role person { id } } } } }";
const TAKE_BACK: &str =
    "mutation($input: WithdrawInvitationInput!) { withdrawInvitation(input: $input) { ... on InvitationWithdrawn { id } } }";
const ROLES: &str = "{ viewer { name memberships { id role organisation { id name } terrain { name } } } }";

/// The mails of invitations, oldest first: whole texts with the link's secret.
async fn mails(app: &TestApp, count: usize) -> Vec<(String, String)> {
    let folder = app.mail.path().join("mail");
    for _ in 0..200 {
        let mut texts: Vec<(std::time::SystemTime, String)> = std::fs::read_dir(&folder)
            .expect("the mail folder")
            .flatten()
            .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, std::fs::read_to_string(file.path()).ok()?)))
            .map(|(at, text)| (at, text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")))
            .filter(|(_, text)| text.contains("/invitation/"))
            .collect();
        if texts.len() >= count {
            texts.sort();
            let token = |text: &str| -> String {
                let link = text.split("/invitation/").nth(1).expect("a link");
                link.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
            };
            return texts.into_iter().map(|(_, text)| (token(&text), text)).collect();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} invitations did not come");
}

async fn post(client: &Client, path: &str, body: Value) -> Answer {
    client.send(client.request("POST", path).json(&body)).await
}

async fn organisation(app: &TestApp, name: &str) -> String {
    let id: Uuid = app.value(&format!("select id from organisation where name = '{name}'")).await;
    format!("organisation:{id}")
}

async fn person(app: &TestApp, first: &str) -> String {
    let id: Uuid = app.value(&format!("select id from person where email = '{first}@demo.example'")).await;
    format!("person:{id}")
}

async fn membership(app: &TestApp, first: &str) -> String {
    let id: Uuid = app
        .value(&format!(
            "select m.id from membership m join person p on p.id = m.person_id where p.email = '{first}@demo.example' order by m.id limit 1"
        ))
        .await;
    format!("membership:{id}")
}

/// Somebody new of an organisation, with a role.
async fn admit(app: &TestApp, first: &str, organisation: &str, role: &str, terrain: Option<Uuid>) {
    let terrain = terrain.map_or("null".to_owned(), |terrain| format!("'{terrain}'"));
    app.sql(&format!(
        "insert into person (id, email, name) values (gen_random_uuid(), '{first}@demo.example', '{first}') on conflict do nothing"
    ))
    .await;
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, terrain_id, role) select gen_random_uuid(), p.id, o.id, {terrain}, '{role}'
         from person p, organisation o where p.email = '{first}@demo.example' and o.name = '{organisation}'"
    ))
    .await;
}

fn nodes(data: &Value, field: &str) -> Vec<Value> {
    data[field]["edges"].as_array().expect("edges").iter().map(|edge| edge["node"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_brings_somebody_in_and_works_once() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let (company, name): (Uuid, String) = {
        let pool = app.database.superuser().await;
        sqlx::query_as("select id, name from company where terrain_id = $1 and organisation_id is null order by name limit 1")
            .bind(open_terrain())
            .fetch_one(&pool)
            .await
            .expect("a company without people")
    };
    let input = json!({ "commandId": command(), "email": " Nieuw@Elders.Example ", "name": "Nieuwe Ondernemer", "role": "ENTREPRENEUR",
        "companyId": format!("company:{company}"), "terrainId": hooge_waard(), "message": "Doe je mee?" });
    let invited = aanjager.does(INVITE, input.clone()).await;
    assert_eq!(invited["invitation"]["organisation"]["name"], name);
    assert_eq!(
        (&invited["invitation"]["email"], &invited["invitation"]["inviter"]["name"]),
        (&json!("nieuw@elders.example"), &json!("Aanjager"))
    );
    assert_eq!(aanjager.does(INVITE, input).await["id"], invited["id"], "once, however often it is sent");
    let (token, text) = mails(&app, 1).await.remove(0);
    assert_eq!(mails(&app, 1).await.len(), 1);
    let subject = text.lines().find(|line| line.starts_with("Subject:")).expect("a subject");
    assert_eq!(subject, "Subject: Een uitnodiging voor Terrein");
    for part in [
        "To: nieuw@elders.example",
        "Hallo Nieuwe Ondernemer",
        "ondernemer op De Hooge Waard",
        "> Doe je mee?",
        &format!("{}/invitation/{token}", app.url),
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Nothing of the secret is stored as it is.
    let stored: bool = app.value(&format!("select exists (select from invitation i where i::text like '%{token}%')")).await;
    assert!(!stored);

    let browser = app.anonymous();
    for _ in 0..2 {
        let shown = post(&browser, "/invitation", json!({ "token": token })).await;
        assert_eq!((shown.status, &shown.headers["cache-control"]), (200, &"no-store".parse().expect("a header")));
        let shown = shown.json();
        assert_eq!(
            (&shown["role"], &shown["terrain"], &shown["inviter"], &shown["organisation"], &shown["known"]),
            (&json!("ENTREPRENEUR"), &json!("De Hooge Waard"), &json!("Aanjager"), &json!(name), &json!(false))
        );
    }
    let accepted = post(&browser, "/invitation/accept", json!({ "token": token, "name": "Ik\nzelf", "language": "en" })).await;
    assert_eq!(accepted.status, 204);
    let me = browser.with_cookie(cookie(&accepted, SESSION));
    let viewer =
        me.data("{ viewer { name language memberships { role organisation { name } terrain { name } } } }", json!({})).await["viewer"]
            .take();
    assert_eq!(
        viewer,
        json!({ "name": "Ik zelf", "language": "EN",
            "memberships": [{ "role": "ENTREPRENEUR", "organisation": { "name": name }, "terrain": { "name": "De Hooge Waard" } }] })
    );
    let mine =
        me.data("query($id: ID!) { node(id: $id) { ... on Company { mine } } }", json!({ "id": format!("company:{company}") })).await;
    assert_eq!(mine["node"]["mine"], true);
    // Once.
    assert_eq!(post(&browser, "/invitation/accept", json!({ "token": token })).await.status, 422);
    assert_eq!(post(&browser, "/invitation", json!({ "token": token })).await.json()["code"], "INVITATION_INVALID");
    // Not from a page elsewhere.
    for path in ["/invitation", "/invitation/accept"] {
        let foreign =
            browser.send(browser.request("POST", path).header("origin", "https://elders.example").json(&json!({ "token": token }))).await;
        assert_eq!(foreign.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_when_it_is_replaced_taken_back_too_old_or_its_inviter_lost_the_role() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let waardkoel = organisation(&app, "Waardkoel Transport").await;
    let input = |email: &str| json!({ "commandId": command(), "email": email, "role": "ENTREPRENEUR", "organisationId": waardkoel, "terrainId": hooge_waard() });
    let works = async |token: &str| post(&app.anonymous(), "/invitation", json!({ "token": token })).await.status == 200;
    ann.does(INVITE, input("een@elders.example")).await;
    let first = mails(&app, 1).await.remove(0).0;
    assert!(works(&first).await);
    ann.does(INVITE, input("een@elders.example")).await;
    let second = mails(&app, 2).await.remove(1).0;
    assert!(!works(&first).await && works(&second).await, "the newest only");
    let waiting = nodes(&ann.data(WAITING, json!({ "organisation": waardkoel })).await, "invitations");
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0]["viewerCan"]["withdraw"], json!({ "allowed": true, "reason": null }));
    // The aanjager of the terrain sees it too, a neighbour of the same terrain does not.
    let seen_by =
        async |email: &str| nodes(&app.sign_in(email).await.data(WAITING, json!({ "terrain": hooge_waard() })).await, "invitations").len();
    assert_eq!((seen_by("aanjager@demo.example").await, seen_by("kadebeton@demo.example").await), (1, 0));
    let ben = app.sign_in("kadebeton@demo.example").await;
    let taken_back = json!({ "commandId": command(), "invitationId": waiting[0]["id"] });
    assert_eq!(ben.fails(TAKE_BACK, json!({ "commandId": command(), "invitationId": waiting[0]["id"] })).await["code"], "NOT_FOUND");
    assert_eq!(ann.does(TAKE_BACK, taken_back).await["id"], waiting[0]["id"]);
    assert!(!works(&second).await);

    ann.does(INVITE, input("twee@elders.example")).await;
    let third = mails(&app, 3).await.remove(2).0;
    let fortnight: bool = app.value("select bool_and(expires_at = created_at + interval '14 days') from invitation").await;
    assert!(fortnight && works(&third).await);
    app.sql("update invitation set created_at = created_at - interval '14 days', expires_at = expires_at - interval '14 days 1 second'")
        .await;
    assert!(!works(&third).await, "too old");
    app.sql("update invitation set created_at = now(), expires_at = now() + interval '1 day'").await;
    assert!(works(&third).await);
    app.sql("update membership set valid_until = now() where person_id = (select id from person where email = 'ondernemer@demo.example')")
        .await;
    assert!(!works(&third).await, "whoever lost a role brings nobody in any more");
    assert_eq!(post(&app.anonymous(), "/invitation/accept", json!({ "token": third })).await.status, 422);
    // And are forgotten after a month.
    app.sql("update invitation set created_at = now() - interval '50 days', expires_at = now() - interval '36 days'").await;
    app.value::<i64>("select app.forget_ended()").await;
    assert_eq!(app.value::<i64>("select count(*) from invitation").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_passed_on_is_no_way_into_an_account() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let kadebeton = organisation(&app, "Kadebeton").await;
    let input = |email: &str| json!({ "commandId": command(), "email": email, "role": "OWNER", "organisationId": kadebeton, "terrainId": hooge_waard() });
    aanjager.does(INVITE, input("polderstaal@demo.example")).await;
    let token = mails(&app, 1).await.remove(0).0;
    let stranger = post(&app.anonymous(), "/invitation/accept", json!({ "token": token, "name": "Een ander" })).await;
    assert_eq!((stranger.status, stranger.json(), cookie(&stranger, SESSION)), (200, json!({ "signIn": true }), None));
    let them = app.sign_in("polderstaal@demo.example").await;
    let viewer = them.data(ROLES, json!({})).await["viewer"].take();
    assert_eq!((&viewer["name"], viewer["memberships"].as_array().expect("roles").len()), (&json!("Ondernemer Polderstaal"), 2));
    aanjager.does(INVITE, input("kadebeton@demo.example")).await;
    let token = mails(&app, 2).await.remove(1).0;
    let own = app.sign_in("kadebeton@demo.example").await;
    let accepted = post(&own, "/invitation/accept", json!({ "token": token })).await;
    assert_eq!(accepted.status, 204);
    // Whoever is signed in stays so, under a new secret: the old one is nobody's.
    let old = own;
    let own = old.with_cookie(cookie(&accepted, SESSION));
    assert_ne!(own.cookie(), old.cookie());
    assert_eq!(old.data(ROLES, json!({})).await["viewer"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_people_an_hour_are_invited_and_what_does_not_fit_is_refused() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let waardkoel = organisation(&app, "Waardkoel Transport").await;
    let input = |email: &str, role: &str, organisation: &str| json!({ "commandId": command(), "email": email, "role": role, "organisationId": organisation, "terrainId": hooge_waard() });
    let grid = organisation(&app, "Gemeente Hoogewaard").await;
    assert_eq!(
        aanjager.fails(INVITE, input("a@b.example", "PARK_MANAGER", &grid)).await["code"],
        "NOT_FOUND",
        "an organisation out of sight"
    );
    for (refused, field) in [
        (input("a@b.example", "MUNICIPALITY", &waardkoel), "role"),
        (input("geen adres", "ENTREPRENEUR", &waardkoel), "email"),
        (input("", "ENTREPRENEUR", &waardkoel), "email"),
    ] {
        let said = aanjager.fails(INVITE, refused).await;
        assert_eq!((&said["code"], &said["field"]), (&json!("INVALID"), &json!(field)));
    }
    assert_eq!(aanjager.fails(INVITE, input("a@b.example", "ADMIN", &waardkoel)).await["reason"], "NOT_YOUR_ROLE");
    assert_eq!(app.anonymous().fails(INVITE, input("a@b.example", "OWNER", &waardkoel)).await["reason"], "SIGN_IN_FIRST");
    for n in 0..20 {
        assert_eq!(
            aanjager.does(INVITE, input(&format!("n{n}@elders.example"), "ENTREPRENEUR", &waardkoel)).await["__typename"],
            "Invited"
        );
    }
    assert_eq!(
        aanjager.does(INVITE, input("n20@elders.example", "ENTREPRENEUR", &waardkoel)).await,
        json!({ "__typename": "TooManyInvitations", "most": 20 })
    );
    app.sql("update invitation set created_at = created_at - interval '61 minutes', expires_at = expires_at - interval '61 minutes'").await;
    assert_eq!(aanjager.does(INVITE, input("n20@elders.example", "ENTREPRENEUR", &waardkoel)).await["__typename"], "Invited");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_people_of_a_terrain_are_its_aanjagers_to_see_and_everybody_sees_their_own() {
    let app = TestApp::demo().await;
    let on_terrain =
        async |email: &str| nodes(&app.sign_in(email).await.data(PEOPLE_OF, json!({ "terrain": hooge_waard() })).await, "people");
    let all = on_terrain("aanjager@demo.example").await;
    assert_eq!(all.len(), 7);
    let names: Vec<&str> = all.iter().filter_map(|node| node["person"]["name"].as_str()).collect();
    assert!(names.is_sorted() && names.contains(&"Parkmanager"), "{names:?}");
    let aanjager = all.iter().find(|node| node["role"] == "AANJAGER").expect("the aanjager");
    assert_eq!(aanjager["viewerCan"]["withdraw"], json!({ "allowed": false, "reason": "LAST_AANJAGER" }));
    assert_eq!(aanjager["viewerCan"]["handOver"], json!({ "allowed": true, "reason": null }));
    for email in ["ondernemer@demo.example", "parkmanager@demo.example"] {
        assert_eq!(on_terrain(email).await.len(), 1, "{email}");
    }
    assert!(on_terrain("gemeente@demo.example").await.is_empty() && on_terrain("buur@demo.example").await.is_empty());
    let refused = app.sign_in("aanjager@demo.example").await.ask(PEOPLE_OF, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["field"], "terrainId");
    // Roles one may invite to, and why not to the others.
    let choices = "query($o: ID!, $t: ID) { roleChoices(organisationId: $o, terrainId: $t) { role invite { allowed reason } } }";
    let waardkoel = organisation(&app, "Waardkoel Transport").await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let mine = ann.data(choices, json!({ "o": waardkoel, "t": hooge_waard() })).await["roleChoices"].take();
    let allowed: Vec<(&str, bool)> =
        mine.as_array().expect("roles").iter().filter_map(|c| Some((c["role"].as_str()?, c["invite"]["allowed"] == true))).collect();
    assert_eq!(allowed, [("ENTREPRENEUR", true), ("OWNER", false), ("PARK_MANAGER", false), ("PROJECT_LEAD", false), ("AANJAGER", false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_role_ends_in_an_open_page_within_five_seconds() {
    let app = TestApp::demo().await;
    admit(&app, "aanjager", "Programma Vitale Terreinen", "aanjager", Some(closed_terrain())).await;
    let (aanjager, neighbour) = (app.sign_in("aanjager@demo.example").await, app.sign_in("buur@demo.example").await);
    let listen = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId refetch } }";
    let mut open = neighbour.subscribe(listen, json!({ "t": [klein_eiland()] })).await;
    while open.next(Duration::from_millis(600)).await.is_some() {}
    let page = "query($t: ID!) { terrain(id: $t) { name companies(first: 50) { edges { node { id } } } } viewer { memberships { role } } }";
    let feed = "query($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 100) { items { id } cursor more resync } }";
    app.settled().await;
    let before = neighbour.data(feed, json!({ "t": [klein_eiland()] })).await["changes"].take();
    assert!(!before["items"].as_array().expect("items").is_empty());
    let id = membership(&app, "buur").await;
    let started = std::time::Instant::now();
    assert_eq!(aanjager.does(WITHDRAW, json!({ "commandId": command(), "membershipId": id })).await["id"], id);
    let word = open.next(Duration::from_secs(5)).await.expect("a word within five seconds");
    println!("a withdrawn role was told after {} ms", started.elapsed().as_millis());
    assert_eq!(word["payload"]["data"]["terrainChanged"], json!({ "terrainId": klein_eiland(), "refetch": true }));
    let after = neighbour.data(page, json!({ "t": klein_eiland() })).await;
    assert_eq!(after, json!({ "terrain": null, "viewer": { "memberships": [] } }));
    let changes = neighbour.data(feed, json!({ "t": [klein_eiland()], "since": before["cursor"] })).await["changes"].take();
    assert_eq!((&changes["resync"], &changes["items"], &changes["more"]), (&json!(true), &json!([]), &json!(false)));
    assert_eq!(neighbour.fails(WITHDRAW, json!({ "commandId": command(), "membershipId": id })).await["code"], "NOT_FOUND");
    // And comes back at once, with a copy that begins anew.
    admit(&app, "buur2", "Eilandwerf", "entrepreneur", Some(closed_terrain())).await;
    let colleague = app.sign_in("buur2@demo.example").await;
    let input = json!({ "commandId": command(), "personId": person(&app, "buur2").await, "organisationId": organisation(&app, "Eilandwerf").await,
        "role": "OWNER", "terrainId": klein_eiland() });
    assert_eq!(aanjager.does(GRANT, input).await["membership"]["role"], "OWNER");
    assert_eq!(colleague.data(ROLES, json!({})).await["viewer"]["memberships"].as_array().expect("roles").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_aanjager_hands_over_and_two_cannot_withdraw_each_other() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let mine = membership(&app, "aanjager").await;
    let refused = aanjager.fails(WITHDRAW, json!({ "commandId": command(), "membershipId": mine })).await;
    assert_eq!((&refused["code"], &refused["reason"]), (&json!("FORBIDDEN"), &json!("LAST_AANJAGER")));
    let stranger = json!({ "commandId": command(), "membershipId": mine, "personId": person(&app, "ondernemer").await });
    assert_eq!(aanjager.fails(HAND_OVER, stranger).await["field"], "personId", "only to a colleague");
    admit(&app, "opvolger", "Programma Vitale Terreinen", "partner", None).await;
    // An invitation that waits goes with the role.
    let waardkoel = organisation(&app, "Waardkoel Transport").await;
    aanjager
        .does(INVITE, json!({ "commandId": command(), "email": "n@elders.example", "role": "OWNER", "organisationId": waardkoel, "terrainId": hooge_waard() }))
        .await;
    let token = mails(&app, 1).await.remove(0).0;
    let (next, id) = (app.sign_in("opvolger@demo.example").await, person(&app, "opvolger").await);
    let done = aanjager.does(HAND_OVER, json!({ "commandId": command(), "membershipId": mine, "personId": id })).await;
    assert_eq!(done["membership"], Value::Null, "whoever handed over does not look on");
    assert_eq!(aanjager.data(ROLES, json!({})).await["viewer"]["memberships"], json!([]));
    let theirs = next.data(ROLES, json!({})).await["viewer"]["memberships"].take();
    assert!(theirs.as_array().expect("roles").iter().any(|role| role["role"] == "AANJAGER"), "{theirs}");
    assert_eq!(post(&app.anonymous(), "/invitation", json!({ "token": token })).await.status, 200);

    // Two of them, at the same moment, over and over: one is left.
    for _ in 0..5 {
        app.sql("update membership set valid_until = now() where role = 'aanjager' and valid_until is null").await;
        admit(&app, "opvolger", "Programma Vitale Terreinen", "aanjager", Some(open_terrain())).await;
        admit(&app, "aanjager", "Programma Vitale Terreinen", "aanjager", Some(open_terrain())).await;
        let rows: HashMap<String, Uuid> = {
            let pool = app.database.superuser().await;
            let sql = "select p.email, m.id from membership m join person p on p.id = m.person_id where m.role = 'aanjager' and m.valid_until is null";
            sqlx::query_as::<_, (String, Uuid)>(sql).fetch_all(&pool).await.expect("read").into_iter().collect()
        };
        let withdraw = |client: &Client, email: &str| {
            let input = json!({ "input": { "commandId": command(), "membershipId": format!("membership:{}", rows[email]) } });
            let client = client.clone();
            async move { client.ask(WITHDRAW, input).await }
        };
        let (one, other) = tokio::join!(withdraw(&aanjager, "opvolger@demo.example"), withdraw(&next, "aanjager@demo.example"));
        let left: i64 =
            app.value("select count(*) from membership where role = 'aanjager' and (valid_until is null or valid_until > now())").await;
        assert_eq!(left, 1, "{one} {other}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_operator_looks_in_its_service_area_and_a_province_in_its_province() {
    let app = TestApp::demo().await;
    let page = "query($t: ID!) { terrain(id: $t) { name counts { plots companies } companies(first: 10) { edges { node { id } } }
        issues(first: 50) { edges { node { audience } } } infrastructure(first: 10) { edges { node { id } } } } }";
    app.sql(&format!(
        "insert into issue (id, terrain_id, kind, theme, title, audience, author_id, organisation_id, reporter_role, geom, reported_at)
         select gen_random_uuid(), '{}', 'problem', 'other', a, a, p.id, m.organisation_id, m.role, 'SRID=4326;POINT(5.12 51.80)', now()
         from person p join membership m on m.person_id = p.id, unnest('{{team,terrain,municipality,public}}'::text[]) a where email = 'buur@demo.example'",
        closed_terrain()
    ))
    .await;
    let companies: i64 = app.value(&format!("select count(*) from company where terrain_id = '{}'", closed_terrain())).await;
    assert!(companies > 0);
    let feed = "query($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 1) { cursor resync } }";
    for (email, area, counted) in [
        (
            "netbeheerder@demo.example",
            "service_area = (select ST_Multi(ST_Expand(geom, 0.001)) from terrain where name = 'Klein Eiland')",
            0,
        ),
        ("provincie@demo.example", "province_code = 'PV99'", companies),
    ] {
        let client = app.sign_in(email).await;
        let kind = if counted == 0 { "grid_operator" } else { "province" };
        assert_eq!(client.data(page, json!({ "t": klein_eiland() })).await["terrain"], Value::Null, "{email}");
        let before = client.data(feed, json!({ "t": [hooge_waard()] })).await["changes"]["cursor"].clone();
        app.sql("insert into reference.municipality (code, name, province_code) select municipality_code, 'Eiland', 'PV99' from terrain_municipality on conflict (code) do nothing").await;
        app.sql(&format!("update organisation set {area} where kind = '{kind}'")).await;
        let terrain = client.data(page, json!({ "t": klein_eiland() })).await["terrain"].take();
        assert_eq!(
            (&terrain["name"], &terrain["counts"]["plots"], &terrain["counts"]["companies"]),
            (&json!("Klein Eiland"), &json!(3), &json!(counted))
        );
        // The place and what is public on it: no company, no issue of the terrain's own, no camera.
        assert_eq!((&terrain["companies"]["edges"], &terrain["infrastructure"]["edges"]), (&json!([]), &json!([])), "{email}");
        let mut audiences: Vec<&str> =
            terrain["issues"]["edges"].as_array().expect("issues").iter().filter_map(|edge| edge["node"]["audience"].as_str()).collect();
        audiences.dedup();
        assert_eq!(audiences, ["PUBLIC"], "{email}");
        let after = client.data(feed, json!({ "t": [hooge_waard()], "since": before })).await["changes"]["resync"].clone();
        assert_eq!(after, true, "a copy begins anew");
        app.sql(&format!("update organisation set service_area = null, province_code = null where kind = '{kind}'")).await;
        assert_eq!(client.data(page, json!({ "t": klein_eiland() })).await["terrain"], Value::Null, "{email}");
    }
    // Whoever was invited to one terrain looks there.
    let partner = app.sign_in("partner@demo.example").await;
    app.sql(&format!(
        "insert into membership (id, person_id, organisation_id, terrain_id, role) select gen_random_uuid(), person_id, organisation_id, '{}', 'partner'
         from membership where person_id = (select id from person where email = 'partner@demo.example')",
        closed_terrain()
    ))
    .await;
    let terrain = partner.data(page, json!({ "t": klein_eiland() })).await["terrain"].take();
    assert_eq!((&terrain["counts"]["plots"], &terrain["counts"]["companies"]), (&json!(3), &json!(0)));
}
