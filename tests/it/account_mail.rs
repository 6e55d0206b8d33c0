//! A mail when one's account opens to something new, or is closed elsewhere.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use terrein_shared::clock::Clock;
use terrein_tests::TestApp;
use terrein_tests::demo::command;

/// The mails about accounts, oldest first, once there are so many of them.
pub(super) async fn told(app: &TestApp, count: usize) -> Vec<String> {
    let folder = app.mail.path().join("mail");
    for _ in 0..200 {
        let mut mails: Vec<(std::time::SystemTime, String)> = std::fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, std::fs::read_to_string(file.path()).ok()?)))
            .map(|(at, text)| (at, text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")))
            .filter(|(_, text)| text.contains(&format!("{}/account", app.url)))
            .collect();
        if mails.len() >= count {
            mails.sort();
            return mails.into_iter().map(|(_, text)| text).collect();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} mails did not come");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_did_not_do_it_hears_of_it() {
    let app = TestApp::demo().await;
    let (ann, _elsewhere) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("ondernemer@demo.example").await);
    let create = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on AccessTokenCreated { secret accessToken { id } } } }";
    let input = json!({ "commandId": command(), "name": "Mijn geheime kaart", "scopes": ["READ"], "validUntil": Clock::System.now() + TimeDelta::days(1) });
    let made = ann.does(create, input.clone()).await;
    // The same command again is no second token, and no second mail.
    ann.does(create, input).await;
    told(&app, 1).await;
    let others = "mutation { revokeOtherSessions { ... on OtherSessionsRevoked { count } } }";
    assert_eq!(ann.data(others, json!({})).await["revokeOtherSessions"]["count"], 1);
    told(&app, 2).await;
    // Nobody was signed out: nothing to tell.
    assert_eq!(ann.data(others, json!({})).await["revokeOtherSessions"]["count"], 0);
    app.sql(
        "insert into passkey (id, person_id, credential_id, credential, name, created_at)
         select gen_random_uuid(), id, 'x', '{}', 'Mijn telefoon', now() from person where email = 'ondernemer@demo.example'",
    )
    .await;
    let id = ann.data("{ passkeys { id } }", json!({})).await["passkeys"][0]["id"].take();
    ann.data("mutation($id: ID!) { removePasskey(id: $id) { ... on PasskeyRemoved { id } } }", json!({ "id": id })).await;
    told(&app, 3).await;
    // What is refused is not told of.
    let refused =
        json!({ "commandId": command(), "name": " ", "scopes": ["READ"], "validUntil": Clock::System.now() + TimeDelta::days(1) });
    ann.fails(create, refused).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mails = told(&app, 3).await;
    assert_eq!(mails.len(), 3);
    for (mail, words) in mails.iter().zip(["toegangstoken gemaakt", "andere apparaten zijn uitgelogd", "passkey verwijderd"]) {
        assert!(mail.contains("To: ondernemer@demo.example") && mail.contains(words), "{words} in {mail}");
        for secret in [made["secret"].as_str().expect("a token"), "geheime kaart", "Mijn telefoon"] {
            assert!(!mail.contains(secret), "{secret} in {mail}");
        }
    }
}
