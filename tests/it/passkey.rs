//! Passkeys, and what a role is worth without one: a software authenticator at the front door.

mod authenticator;
mod earlier;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use terrein_tests::client::{Answer, cookie};
use terrein_tests::demo::{command, hooge_waard, mint, pin};
use terrein_tests::{Client, TestApp, TestDatabase};

use self::authenticator::Authenticator;
use super::access::{asking, read, type_code};

const SESSION: &str = "__Host-terrein=";
const WHO: &str =
    "{ viewer { email needsStrongSignIn memberships { role } } sessions { id method current } passkeys { id name lastUsedAt } }";
const ISSUES: &str = "query($t: ID!) { terrain(id: $t) { viewerCan { edit { allowed reason } } counts { openIssues } } }";
const REMOVE: &str = "mutation($id: ID!) { removePasskey(id: $id) { ... on PasskeyRemoved { id } } }";
const OTHERS: &str = "mutation { revokeOtherSessions { ... on OtherSessionsRevoked { count } } }";
const REVOKE: &str = "mutation($id: ID!) { revokeSession(id: $id) { ... on SessionRevoked { id } } }";
const LISTEN: &str = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId refetch } }";

async fn strict() -> TestApp {
    TestApp::over(TestDatabase::demo().await, &["--strong-sign-in", "required"]).await
}

/// Somebody who types the code from a mail.
async fn by_mail(app: &TestApp, email: &str) -> Client {
    let folder = app.mail.path().join("mail");
    let mails = || -> Vec<_> {
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "eml")).collect()
    };
    let before = mails();
    asking(&app.anonymous(), email).await;
    for _ in 0..200 {
        let mut new = mails().into_iter().filter(|path| !before.contains(path)).filter_map(|path| std::fs::read_to_string(path).ok());
        if let Some(text) = new.find(|text| text.contains("/sign-in/link/")) {
            let answer = type_code(&app.anonymous(), email, &read(&text).code).await;
            assert_eq!(answer.status, 204);
            return app.anonymous().with_cookie(cookie(&answer, SESSION));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail came for {email}");
}

/// Asks from an address of its own each time, where a server believes its proxy: trying is slowed down by address.
async fn post(client: &Client, path: &str, body: &Value) -> Answer {
    static ASKED: AtomicU16 = AtomicU16::new(0);
    let [high, low] = ASKED.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    client.send(client.request("POST", path).header("x-forwarded-for", format!("198.51.{high}.{low}")).json(body)).await
}

/// The challenge for a new passkey, and the answer to it, not sent yet.
async fn made(client: &Client, key: &mut Authenticator, name: &str) -> Value {
    let options = post(client, "/passkeys/options", &json!({})).await;
    assert_eq!(options.status, 200, "{}", String::from_utf8_lossy(&options.body));
    let options = options.json();
    json!({ "id": options["id"], "credential": key.create(&options["publicKey"]), "name": name })
}

/// Adds a passkey; the client as it goes on, with another secret when its session became a strong one.
async fn add(client: &Client, key: &mut Authenticator, name: &str) -> Client {
    let body = made(client, key, name).await;
    let answer = post(client, "/passkeys", &body).await;
    assert_eq!((answer.status, &answer.json()["name"]), (201, &json!(name.trim())));
    match cookie(&answer, SESSION) {
        Some(cookie) => client.with_cookie(Some(cookie)),
        None => client.clone(),
    }
}

/// The challenge for signing in, and the answer to it, not sent yet.
async fn shown(client: &Client, key: &Authenticator) -> Value {
    let options = post(client, "/sign-in/passkey/options", &json!({})).await.json();
    assert_eq!((&options["publicKey"]["userVerification"], &options["publicKey"]["allowCredentials"]), (&json!("required"), &json!([])));
    json!({ "id": options["id"], "credential": key.get(&options["publicKey"]) })
}

async fn sign_in(client: &Client, key: &mut Authenticator) -> Client {
    key.counter += 1;
    let answer = post(client, "/sign-in/passkey", &shown(client, key).await).await;
    assert_eq!(answer.status, 204);
    client.with_cookie(cookie(&answer, SESSION))
}

async fn who(client: &Client) -> Value {
    client.data(WHO, json!({})).await
}

async fn is_nobody(client: &Client) -> bool {
    client.data("{ viewer { id } }", json!({})).await["viewer"].is_null()
}

async fn can(client: &Client) -> (Value, Value) {
    let mut terrain = client.data(ISSUES, json!({ "t": hooge_waard() })).await["terrain"].take();
    (terrain["viewerCan"]["edit"]["allowed"].take(), terrain["counts"]["openIssues"].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_alone_is_no_proof_for_those_who_see_or_decide_a_great_deal() {
    let app = strict().await;
    let visitor = can(&app.anonymous()).await;
    for (name, weak) in [
        ("aanjager", true),
        ("gemeente", true),
        ("provincie", true),
        ("netbeheerder", true),
        ("beheerder", true),
        ("parkmanager", true),
        ("ondernemer", false),
        ("eigenaar", false),
        ("projectleider", false),
        ("partner", false),
    ] {
        let somebody = by_mail(&app, &format!("{name}@demo.example")).await;
        let viewer = who(&somebody).await["viewer"].take();
        assert_eq!(viewer["needsStrongSignIn"], weak, "{name}");
        assert_eq!(viewer["memberships"].as_array().map(Vec::len), Some(usize::from(!weak)), "{name}");
        if weak {
            assert_eq!(can(&somebody).await, visitor, "{name} sees what a visitor does");
        }
    }
    // What the operator gave in person is a strong proof, and how it was is told.
    let operators = app.sign_in("aanjager@demo.example").await;
    let me = who(&operators).await;
    assert_eq!((&me["viewer"]["needsStrongSignIn"], &me["viewer"]["memberships"][0]["role"]), (&json!(false), &json!("AANJAGER")));
    let current = me["sessions"].as_array().expect("sessions").iter().find(|session| session["current"] == true).expect("this one");
    assert_eq!(current["method"], "OPERATOR");
    // Where an installation asks it of nobody, a mail is enough.
    let offered = TestApp::demo().await;
    let boss = by_mail(&offered, "aanjager@demo.example").await;
    assert_eq!((who(&boss).await["viewer"]["needsStrongSignIn"].take(), can(&boss).await.0), (json!(false), json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_under_a_role_that_waits_waits_with_it() {
    const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { ... on IssueReported { issue { id } } } }";
    const EDIT: &str = "mutation($input: EditIssueInput!) { editIssue(input: $input) { __typename } }";
    const COMMENT: &str =
        "mutation($input: CommentOnIssueInput!) { commentOnIssue(input: $input) { ... on IssueCommented { comment { id } } } }";
    const ISSUE: &str = "query($id: ID!) { node(id: $id) { ... on Issue { version mine viewerCan { edit { allowed reason } withdraw { allowed reason } } } } }";
    let app = strict().await;
    let (boss, ann) = (app.sign_in("aanjager@demo.example").await, app.sign_in("ondernemer@demo.example").await);
    let reports = async |client: &Client, audience: &str| {
        client.does(REPORT, pin(json!({ "audience": audience }))).await["issue"]["id"].as_str().expect("an id").to_owned()
    };
    let (private, public, hers) = (reports(&boss, "ME").await, reports(&boss, "PUBLIC").await, reports(&ann, "ME").await);
    let said = boss.does(COMMENT, json!({ "commandId": command(), "commentId": mint("comment"), "issueId": public, "text": "x" })).await;
    assert!(said["comment"]["id"].is_string());
    let supports = "insert into support (id, issue_id, terrain_id, company_id, person_id, given_at)
        select gen_random_uuid(), '{issue}', i.terrain_id, c.id, i.author_id, now() from issue i join company c on c.terrain_id = i.terrain_id
        where i.id = '{issue}' and c.organisation_id is null limit 1";
    app.sql(&supports.replace("{issue}", public.trim_start_matches("issue:"))).await;
    let supported = "query($id: ID!) { node(id: $id) { ... on Issue { supports(first: 5) { edges { node { id } } } } } }";
    let own =
        async |client: &Client| client.data(supported, json!({ "id": public })).await["node"]["supports"]["edges"].as_array().map(Vec::len);
    assert_eq!(own(&boss).await, Some(1));

    let weak = by_mail(&app, "aanjager@demo.example").await;
    assert_eq!(weak.data(ISSUE, json!({ "id": private })).await["node"], Value::Null, "what they keep to themselves as aanjager");
    let seen = weak.data(ISSUE, json!({ "id": public })).await["node"].take();
    let waits = json!({ "allowed": false, "reason": "SIGN_IN_STRONGLY" });
    assert_eq!((&seen["mine"], &seen["viewerCan"]["edit"], &seen["viewerCan"]["withdraw"]), (&json!(true), &waits, &waits));
    let edit = json!({ "commandId": command(), "issueId": public, "version": seen["version"], "title": "Van een ander" });
    assert_eq!(weak.fails(EDIT, edit.clone()).await["reason"], "SIGN_IN_STRONGLY");
    assert_eq!(own(&weak).await, Some(0), "support they gave as aanjager");
    // The database says so by itself, whatever door comes.
    let mut read = Vec::new();
    let mut since = Value::Null;
    loop {
        let page = "query($t: [ID!]!, $s: String) { changes(terrains: $t, since: $s, first: 100) { items { id } cursor more } }";
        let mut data = weak.data(page, json!({ "t": [hooge_waard()], "s": since })).await["changes"].take();
        read.extend(data["items"].as_array().expect("items").iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        since = data["cursor"].take();
        if data["more"] == false {
            break;
        }
    }
    assert!(!read.contains(&private), "the feed");
    // Neither their data as a whole, nor the roles that wait.
    let export = weak.get("/account/export").await;
    assert_eq!(export.status, 403);
    let people = "query($t: ID!) { people(terrainId: $t, first: 100) { edges { node { role } } } }";
    assert_eq!(weak.data(people, json!({ "t": hooge_waard() })).await["people"]["edges"], json!([]));
    // The account itself is theirs.
    let me = who(&weak).await;
    assert_eq!((&me["viewer"]["email"], me["sessions"].as_array().map(Vec::len)), (&json!("aanjager@demo.example"), Some(2)));

    // A strong session has it all, and whose role asks nothing keeps theirs by mail.
    assert_eq!(boss.data(ISSUE, json!({ "id": private })).await["node"]["viewerCan"]["edit"]["allowed"], true);
    assert_eq!(boss.does(EDIT, edit).await["__typename"], "IssueEdited");
    let ann = by_mail(&app, "ondernemer@demo.example").await;
    assert_eq!(ann.data(ISSUE, json!({ "id": hers })).await["node"]["viewerCan"]["edit"]["allowed"], true);
    assert_eq!(ann.get("/account/export").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_passkey_makes_a_session_strong_and_signs_in_without_an_address() {
    let app = strict().await;
    let mut key = Authenticator::new(&app.url);
    let weak = by_mail(&app, "aanjager@demo.example").await;
    let before = can(&weak).await;
    let cursor = "query($t: [ID!]!, $s: String) { changes(terrains: $t, since: $s, first: 1) { cursor resync } }";
    let since = weak.data(cursor, json!({ "t": [hooge_waard()] })).await["changes"]["cursor"].take();
    let strong = add(&weak, &mut key, " Telefoon ").await;
    assert_ne!(strong.cookie(), weak.cookie(), "who had read the old secret has nothing");
    assert!(is_nobody(&weak).await);
    let me = who(&strong).await;
    assert_eq!((&me["viewer"]["needsStrongSignIn"], &me["viewer"]["memberships"][0]["role"]), (&json!(false), &json!("AANJAGER")));
    let after = can(&strong).await;
    assert_eq!((before.0, after.0), (json!(false), json!(true)));
    assert!(after.1.as_u64() > before.1.as_u64(), "what the terrain keeps to itself is there");
    assert_eq!(strong.data(cursor, json!({ "t": [hooge_waard()], "s": since })).await["changes"]["resync"], true, "a copy begins anew");

    let other = sign_in(&app.anonymous(), &mut key).await;
    let there = who(&other).await;
    assert_eq!(there["viewer"]["email"], "aanjager@demo.example");
    assert_eq!((&there["passkeys"][0]["name"], there["passkeys"][0]["lastUsedAt"].is_string()), (&json!("Telefoon"), true));
    assert!(
        there["sessions"].as_array().expect("sessions").iter().any(|session| session["current"] == true && session["method"] == "PASSKEY")
    );
    // A browser that was signed in before is so once, not twice.
    let again = sign_in(&other, &mut key).await;
    assert!(is_nobody(&other).await);
    assert_eq!(who(&again).await["viewer"]["email"], "aanjager@demo.example");
    // A device with a passkey stays signed in for 30 days without use.
    app.sql("update session set last_seen_at = now() - interval '29 days' where revoked_at is null").await;
    assert_eq!(who(&again).await["viewer"]["email"], "aanjager@demo.example");
    app.sql("update session set last_seen_at = now() - interval '30 days 1 minute' where revoked_at is null").await;
    assert!(is_nobody(&again).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_right_is_one_answer_and_spends_its_challenge() {
    let app = TestApp::over(TestDatabase::demo().await, &["--trusted-proxies", "127.0.0.0/8"]).await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let mut key = Authenticator::new(&app.url);
    key.counter = 7;
    add(&ann, &mut key, "Telefoon").await;
    let door = app.anonymous();
    key.counter = 8;
    let right = shown(&door, &key).await;
    assert_eq!(post(&door, "/sign-in/passkey", &right).await.status, 204);

    let mut stranger = Authenticator::new(&app.url);
    stranger.user.clone_from(&key.user);
    let mut liar = Authenticator::new(&app.url);
    (liar.id, liar.user, liar.counter) = (key.id.clone(), key.user.clone(), 20);
    let mut wrong = vec![("spent", right), ("unknown", shown(&door, &stranger).await), ("another key", shown(&door, &liar).await)];
    for (what, change) in [
        (
            "a page elsewhere",
            Box::new(|key: &mut Authenticator| key.origin = "https://elders.example".to_owned()) as Box<dyn Fn(&mut Authenticator)>,
        ),
        ("nobody verified", Box::new(|key| key.verifies = false)),
        ("a counter that stands still", Box::new(|key| key.counter = 8)),
        ("a counter that goes back", Box::new(|key| key.counter = 3)),
        ("no counter any more", Box::new(|key| key.counter = 0)),
        ("somebody else's name on it", Box::new(|key| key.user = vec![1; 16])),
        ("no name on it", Box::new(|key| key.user = Vec::new())),
    ] {
        let (origin, user) = (key.origin.clone(), key.user.clone());
        key.counter = 20;
        change(&mut key);
        wrong.push((what, shown(&door, &key).await));
        (key.origin, key.user, key.verifies, key.counter) = (origin, user, true, 20);
    }
    let mut swapped = shown(&door, &key).await;
    swapped["id"] = shown(&door, &key).await["id"].take();
    let mut nowhere = shown(&door, &key).await;
    nowhere["id"] = json!("019b8d2b-8c00-7700-84f0-ce2f70325600");
    wrong.extend([("another challenge", swapped), ("no challenge", nowhere)]);
    let mut said = None;
    for (what, body) in &wrong {
        let answer = post(&door, "/sign-in/passkey", body).await;
        assert_eq!((answer.status, cookie(&answer, SESSION)), (422, None), "{what}");
        assert_eq!(answer.json()["code"], "SIGN_IN_INVALID");
        assert_eq!(*said.get_or_insert_with(|| answer.body.clone()), answer.body, "{what}");
    }
    let late = shown(&door, &key).await;
    let five: bool = app
        .value("select bool_and(expires_at between now() + interval '4 minutes' and now() + interval '5 minutes') from sign_in_challenge")
        .await;
    assert!(five);
    app.sql("update sign_in_challenge set expires_at = now()").await;
    let answer = post(&door, "/sign-in/passkey", &late).await;
    assert_eq!((answer.status, Some(answer.body)), (422, said));
    // A page elsewhere is not listened to, and the right key still works.
    for path in ["/sign-in/passkey/options", "/passkeys/options"] {
        assert_eq!(door.send(door.request("POST", path).header("origin", "https://elders.example")).await.status, 403, "{path}");
    }
    let mut slowed = 0;
    for _ in 0..40 {
        slowed = door.send(door.request("POST", "/sign-in/passkey/options")).await.status;
        if slowed == 429 {
            break;
        }
    }
    assert_eq!(slowed, 429, "trying is slowed down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_adds_the_first_passkey_and_no_other() {
    let app = strict().await;
    let email = "gemeente@demo.example";
    let (mut first, mut second) = (Authenticator::new(&app.url), Authenticator::new(&app.url));
    assert_eq!(post(&app.anonymous(), "/passkeys/options", &json!({})).await.status, 401);
    let refused = async |client: &Client| {
        let answer = post(client, "/passkeys/options", &json!({})).await;
        (answer.status, answer.json()["code"].as_str().map(str::to_owned))
    };
    let old = by_mail(&app, email).await;
    app.sql("update session set created_at = created_at - interval '16 minutes' where revoked_at is null").await;
    assert_eq!(refused(&old).await, (403, Some("SIGN_IN_AGAIN".to_owned())));

    let weak = by_mail(&app, email).await;
    let begun = made(&weak, &mut second, "Van iemand anders").await;
    let strong = add(&weak, &mut first, "Pas").await;
    // Begun before, in the session as it was: not finished after. In another session neither.
    assert_eq!(post(&strong, "/passkeys", &begun).await.status, 422);
    let elsewhere = made(&strong, &mut second, "x").await;
    let thief = by_mail(&app, email).await;
    assert_eq!(refused(&thief).await, (403, Some("SIGN_IN_STRONGLY".to_owned())));
    assert_eq!(post(&thief, "/passkeys", &elsewhere).await.status, 403);
    let id = who(&strong).await["passkeys"][0]["id"].take();
    let answer = thief.ask(REMOVE, json!({ "id": id })).await;
    assert_eq!(answer["errors"][0]["extensions"]["reason"], "SIGN_IN_STRONGLY", "{answer}");
    // The person with the first key adds a second, for the day the first is lost; the same device takes no second key of theirs.
    let options = post(&strong, "/passkeys/options", &json!({})).await.json();
    assert_eq!(options["publicKey"]["excludeCredentials"].as_array().map(Vec::len), Some(1));
    assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
    let strong = add(&strong, &mut second, "Reserve").await;
    let copy = made(&strong, &mut second, "Nog eens").await;
    assert_eq!(post(&strong, "/passkeys", &copy).await.status, 422, "a key is somebody's once");
    let mut body = made(&strong, &mut Authenticator::new(&app.url), "").await;
    assert_eq!(post(&strong, "/passkeys", &body).await.json()["field"], "name");
    body["name"] = json!("x".repeat(81));
    assert_eq!(post(&strong, "/passkeys", &body).await.json()["field"], "name");
    // With the second key the first is removed; with the operator's link too, when both are lost.
    let reserve = sign_in(&app.anonymous(), &mut second).await;
    assert_eq!(reserve.data(REMOVE, json!({ "id": id })).await["removePasskey"]["id"], id);
    first.counter += 1;
    assert_eq!(post(&app.anonymous(), "/sign-in/passkey", &shown(&app.anonymous(), &first).await).await.status, 422);
    let rescued = app.sign_in(email).await;
    assert_eq!(refused(&rescued).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_passkey_takes_with_it_what_it_opened() {
    let app = strict().await;
    let mut key = Authenticator::new(&app.url);
    let desk = add(&by_mail(&app, "aanjager@demo.example").await, &mut key, "Bureau").await;
    let lost = sign_in(&app.anonymous(), &mut key).await;
    let operators = app.sign_in("aanjager@demo.example").await;
    let other = app.sign_in("ondernemer@demo.example").await;
    let id = who(&desk).await["passkeys"][0]["id"].take();
    assert_eq!(other.ask(REMOVE, json!({ "id": id })).await["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let rename = "mutation($id: ID!) { renamePasskey(id: $id, name: \"Kantoor\") { ... on PasskeyRenamed { passkey { name } } } }";
    assert_eq!(other.ask(rename, json!({ "id": id })).await["errors"][0]["extensions"]["code"], "NOT_FOUND");
    assert_eq!(desk.data(rename, json!({ "id": id })).await["renamePasskey"]["passkey"]["name"], "Kantoor");
    assert_eq!(desk.data(REMOVE, json!({ "id": id })).await["removePasskey"]["id"], id);
    assert!(is_nobody(&lost).await, "the other device is signed out");
    let me = who(&desk).await;
    assert_eq!(
        (&me["viewer"]["needsStrongSignIn"], &me["viewer"]["memberships"]),
        (&json!(true), &json!([])),
        "this one is no longer strong"
    );
    assert_eq!(can(&operators).await.0, true, "the operator's link was a proof of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_are_listed_and_signed_out_at_once_with_what_they_listen_to() {
    let app = TestApp::demo().await;
    let (desk, phone, other) = (
        app.sign_in("aanjager@demo.example").await,
        app.sign_in("aanjager@demo.example").await,
        app.sign_in("ondernemer@demo.example").await,
    );
    let sessions = who(&desk).await["sessions"].as_array().expect("sessions").clone();
    let id = sessions.iter().find(|session| session["current"] == false).expect("the phone")["id"].clone();
    let mut listening = phone.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    let mut mine = desk.socket().await;
    assert_eq!(other.ask(REVOKE, json!({ "id": id })).await["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let started = Instant::now();
    for _ in 0..2 {
        assert_eq!(desk.data(REVOKE, json!({ "id": id })).await["revokeSession"]["id"], id, "twice is once");
    }
    assert_eq!(listening.closed(Duration::from_secs(5)).await, Some(4403));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert_eq!(mine.closed(Duration::from_secs(1)).await, None, "the others stay");
    let (one, two) = (app.sign_in("aanjager@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let mut sockets = [one.socket().await, two.socket().await];
    assert_eq!(desk.data(OTHERS, json!({})).await["revokeOtherSessions"]["count"], 2);
    for socket in &mut sockets {
        assert_eq!(socket.closed(Duration::from_secs(5)).await, Some(4403));
    }
    assert_eq!(who(&desk).await["sessions"].as_array().map(Vec::len), Some(1));
    assert_ne!(who(&other).await["viewer"], Value::Null);
    for question in [OTHERS, "{ sessions { id } }", "{ passkeys { id } }"] {
        assert_eq!(app.anonymous().refused(question, json!({})).await, "UNAUTHENTICATED", "{question}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_withdrawn_is_told_to_open_pages_at_once() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let mut listening = boss.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    let started = Instant::now();
    app.sql("update membership set valid_until = now() where person_id = (select id from person where email = 'aanjager@demo.example')")
        .await;
    let word = listening.next(Duration::from_secs(5)).await.expect("a word");
    assert_eq!(word["payload"]["data"]["terrainChanged"], json!({ "terrainId": hooge_waard(), "refetch": true }));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_of_one_node_is_answered_at_another() {
    let database = Arc::new(TestDatabase::demo().await);
    let (one, two) = (TestApp::over(database.clone(), &[]).await, TestApp::over(database, &[]).await);
    let ann = one.sign_in("ondernemer@demo.example").await;
    let mut key = Authenticator::new(&one.url);
    add(&ann, &mut key, "Telefoon").await;
    // A node looks at its own address alone; here the two have one each.
    key.origin = two.url.replace("127.0.0.1", "localhost");
    key.counter += 1;
    let body = shown(&one.anonymous(), &key).await;
    assert_eq!(post(&two.anonymous(), "/sign-in/passkey", &body).await.status, 204);
    assert_eq!(post(&two.anonymous(), "/sign-in/passkey", &body).await.status, 422, "once");
}
