//! A new session secret when a role of somebody changes by another's hand: a page with many requests at once goes on, a lost answer signs
//! nobody out, and what was read of the old secret is worth nothing soon.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use terrein_tests::client::{Answer, cookie};
use terrein_tests::demo::{command, hooge_waard, mint, pin, tile_of};
use terrein_tests::{Client, TestApp};

const NAME: &str = "__Host-terrein";
const WHO: &str = "{ viewer { id memberships { role } sessions { id current } } }";
const WITHDRAW: &str = "mutation($input: WithdrawRoleInput!) { withdrawRole(input: $input) { __typename } }";
const GRANT: &str = "mutation($input: GrantRoleInput!) { grantRole(input: $input) { __typename } }";
const REPORT: &str = "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
const LISTEN: &str = "subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId refetch } }";

async fn asks(client: &Client) -> Answer {
    client.send(client.request("POST", "/graphql").json(&json!({ "query": WHO }))).await
}

/// Whether the secret this client shows is somebody's.
async fn stands(client: &Client) -> bool {
    client.data("{ viewer { id } }", json!({})).await["viewer"].is_object()
}

/// The aanjager gives Kadebeton's entrepreneur the role of an owner too.
async fn grant(app: &TestApp) {
    let boss = app.sign_in("aanjager@demo.example").await;
    let id = |table: &str, key: &str| format!("{table}:{}", terrein::demo::id(table, key));
    let input = json!({ "commandId": command(), "personId": id("person", "kadebeton@demo.example"), "organisationId": id("organisation", "kadebeton"),
        "role": "OWNER", "terrainId": hooge_waard() });
    assert_eq!(boss.does(GRANT, input).await["__typename"], "RoleGranted");
}

/// The same browser after it took the cookie of an answer.
fn took(client: &Client, answer: &Answer) -> Client {
    client.with_cookie(Some(cookie(answer, NAME).expect("a new secret")))
}

/// A minute goes by for what stands no longer than that.
async fn a_minute_passes(app: &TestApp) {
    app.sql("update session set expires_at = expires_at - interval '61 seconds' where revoked_at is null").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_a_page_gets_one_new_secret_and_the_old_one_ends() {
    let app = TestApp::demo().await;
    let old = app.sign_in("kadebeton@demo.example").await;
    for _ in 0..3 {
        assert!(cookie(&asks(&old).await, NAME).is_none(), "nothing changed");
    }
    grant(&app).await;
    // A page of before: as many requests at once as a session may have, then the map.
    let answers = join_all((0..8).map(|_| asks(&old))).await;
    let (x, y) = tile_of([5.08, 51.80], 14);
    assert_eq!(old.get(&format!("/tiles/issue/14/{x}/{y}")).await.status, 200);
    let secrets: Vec<String> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
            assert_eq!(answer.json()["data"]["viewer"]["memberships"].as_array().map(Vec::len), Some(2));
            cookie(answer, NAME).expect("a new secret")
        })
        .collect();
    assert!(secrets.iter().all(|secret| *secret == secrets[0]) && old.cookie() != Some(secrets[0].as_str()), "one secret for all of them");
    let set = answers[0].headers["set-cookie"].to_str().expect("text");
    for word in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(word), "{set}");
    }
    // The answers were lost: the same again, and nobody is signed out.
    let again = asks(&old).await;
    assert_eq!(cookie(&again, NAME).as_ref(), Some(&secrets[0]));
    a_minute_passes(&app).await;
    assert!(stands(&old).await, "it was not shown yet");

    let new = took(&old, &again);
    let first = asks(&new).await;
    assert_eq!(first.status, 200);
    assert!(cookie(&first, NAME).is_none(), "the new secret stays");
    // One device, to whoever looks from either side, and it is this one.
    let devices = first.json()["data"]["viewer"]["sessions"].clone();
    assert_eq!(devices.as_array().map(Vec::len), Some(1));
    assert_eq!(devices[0]["current"], true);
    // What was under way is answered for a minute more, and is told no secret.
    let late = asks(&old).await;
    assert_eq!(late.json()["data"]["viewer"]["sessions"], devices);
    assert!(cookie(&late, NAME).is_none());
    let left: f64 = app
        .value("select extract(epoch from min(expires_at) - now())::float8 from session s join person p on p.id = s.person_id where p.email = 'kadebeton@demo.example' and s.revoked_at is null")
        .await;
    assert!(left > 0.0 && left <= 60.0, "{left}");
    a_minute_passes(&app).await;
    assert!(!stands(&old).await, "the old secret is worth nothing");
    assert!(stands(&new).await);
    // A second change renews again; one by somebody's own hand does too.
    let boss = app.sign_in("aanjager@demo.example").await;
    let membership: String = app
        .value("select 'membership:' || m.id from membership m join person p on p.id = m.person_id where p.email = 'kadebeton@demo.example' and m.role = 'owner'")
        .await;
    boss.does(WITHDRAW, json!({ "commandId": command(), "membershipId": membership })).await;
    let third = took(&new, &asks(&new).await);
    assert!(stands(&third).await && stands(&new).await);
    a_minute_passes(&app).await;
    assert!(stands(&third).await && !stands(&new).await);
    assert_eq!(third.data(WHO, json!({})).await["viewer"]["sessions"][0]["id"], devices[0]["id"], "the same device");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_and_the_outbox_go_on_over_a_renewal() {
    let app = TestApp::demo().await;
    let old = app.sign_in("kadebeton@demo.example").await;
    let mut listening = old.subscribe(LISTEN, json!({ "t": [hooge_waard()] })).await;
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    grant(&app).await;
    let new = took(&old, &asks(&old).await);
    // A command that the phone made under the old secret arrives under the new one, once.
    let queued = pin(json!({ "issueId": mint("issue"), "audience": "TERRAIN" }));
    old.does(REPORT, queued.clone()).await;
    assert_eq!(new.does(REPORT, queued).await["__typename"], "IssueReported");
    assert!(stands(&new).await);
    a_minute_passes(&app).await;
    assert!(!stands(&old).await);
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    app.sign_in("aanjager@demo.example").await.does(REPORT, pin(json!({ "audience": "TERRAIN" }))).await;
    let word = listening.next(Duration::from_secs(3)).await.expect("the socket that was opened before is told on");
    assert_eq!(word["payload"]["data"]["terrainChanged"]["terrainId"], hooge_waard());
    // Signed out, it hears nothing more.
    new.send(new.request("POST", "/sign-in/out")).await;
    while listening.next(Duration::from_millis(600)).await.is_some() {}
    app.sign_in("aanjager@demo.example").await.does(REPORT, pin(json!({ "audience": "TERRAIN" }))).await;
    assert_eq!(listening.next(Duration::from_millis(800)).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_ends_as_one_whichever_secret_is_shown() {
    let app = TestApp::demo().await;
    let renewed = async || {
        let old = app.sign_in("kadebeton@demo.example").await;
        app.sql("update membership set valid_from = valid_from where person_id = (select id from person where email = 'kadebeton@demo.example')").await;
        let new = took(&old, &asks(&old).await);
        (old, new)
    };
    // Signed out under the old one before the new one was shown; and under the new one.
    let (old, new) = renewed().await;
    old.send(old.request("POST", "/sign-in/out")).await;
    assert!(!stands(&old).await && !stands(&new).await);
    let (old, new) = renewed().await;
    assert!(stands(&new).await);
    new.send(new.request("POST", "/sign-in/out")).await;
    assert!(!stands(&old).await && !stands(&new).await);
    // Ended from another device, in the list of which it is one.
    let (old, new) = renewed().await;
    let other = app.sign_in("kadebeton@demo.example").await;
    let mine = other.data(WHO, json!({})).await["viewer"]["sessions"].take();
    let theirs: Vec<&Value> = mine.as_array().expect("sessions").iter().filter(|session| session["current"] == false).collect();
    assert_eq!(theirs.len(), 1, "{mine}");
    let revoke = "mutation($id: ID!) { revokeSession(id: $id) { __typename } }";
    other.data(revoke, json!({ "id": theirs[0]["id"] })).await;
    assert!(!stands(&old).await && !stands(&new).await && stands(&other).await);
    // All but this one leaves this one, under either secret.
    let (old, new) = renewed().await;
    let ended = old.data("mutation { revokeOtherSessions { ... on OtherSessionsRevoked { count } } }", json!({})).await;
    assert_eq!(ended["revokeOtherSessions"]["count"], 1);
    assert!(stands(&old).await && stands(&new).await && !stands(&other).await);
}
