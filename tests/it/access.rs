//! Sign-in by mail, sessions and their end.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use terrein_tests::client::{Answer, cookie};
use terrein_tests::demo::command;
use terrein_tests::{Client, TestApp};

const SESSION: &str = "__Host-terrein=";
const BROWSER: &str = "__Host-terrein-browser=";
const WHO: &str =
    "{ viewer { name email language memberships { role organisation { name } terrain { name } } sessions { id device current } } }";

pub(super) struct Mail {
    text: String,
    token: String,
    pub(super) code: String,
}

/// Mails in the folder, once there are so many of them.
async fn mails(app: &TestApp, count: usize) -> Vec<Mail> {
    let folder = app.mail.path().join("mail");
    for _ in 0..200 {
        let files: Vec<_> = std::fs::read_dir(&folder)
            .expect("the mail folder")
            .flatten()
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|end| end == "eml"))
            .collect();
        let mut texts: Vec<(std::time::SystemTime, String)> = files
            .iter()
            .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, std::fs::read_to_string(path).ok()?)))
            .filter(|(_, text)| text.contains("/sign-in/link/"))
            .collect();
        if texts.len() >= count {
            texts.sort();
            return texts.into_iter().map(|(_, text)| read(&text)).collect();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} mails did not come");
}

pub(super) fn read(raw: &str) -> Mail {
    // Quoted-printable folds long lines and writes "=" as "=3D".
    let text = raw.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    let token = text
        .split("/sign-in/link/")
        .nth(1)
        .expect("a link")
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let code =
        text.lines().map(str::trim).find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit())).expect("a code").to_owned();
    Mail { text, token, code }
}

async fn ask(client: &Client, email: &str) -> Answer {
    client.send(client.request("POST", "/sign-in/request").json(&json!({ "email": email }))).await
}

/// Asks for a mail in a browser; the same browser, with the cookie it got.
pub(super) async fn asking(client: &Client, email: &str) -> Client {
    let answer = ask(client, email).await;
    assert_eq!(answer.status, 204);
    client.with_cookie(cookie(&answer, BROWSER))
}

async fn press(client: &Client, token: &str) -> Answer {
    client.send(client.request("POST", "/sign-in/link").form(&[("token", token)])).await
}

pub(super) async fn type_code(client: &Client, email: &str, code: &str) -> Answer {
    client.send(client.request("POST", "/sign-in/code").json(&json!({ "email": email, "code": code }))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once_in_the_browser_that_asked() {
    let app = TestApp::demo().await;
    let browser = asking(&app.anonymous(), "Aanjager@Demo.example").await;
    let mail = &mails(&app, 1).await[0];
    assert!(mail.text.contains("To: aanjager@demo.example") && mail.text.contains(&format!("{}/sign-in/link/{}", app.url, mail.token)));
    // Mail scanners open links: looking changes nothing, however often.
    for _ in 0..3 {
        let page = browser.get(&format!("/sign-in/link/{}", mail.token)).await;
        assert_eq!(page.status, 200);
        assert!(page.headers.get("set-cookie").is_none());
        assert_eq!(page.headers["cache-control"], "no-store");
        assert!(String::from_utf8_lossy(&page.body).contains("<form method=\"post\""));
    }
    // Another browser, and one that asked for something else, are not let in.
    for other in [app.anonymous(), asking(&app.anonymous(), "partner@demo.example").await] {
        let answer = press(&other, &mail.token).await;
        assert_eq!((answer.status, cookie(&answer, SESSION)), (422, None));
    }
    let answer = press(&browser, &mail.token).await;
    assert_eq!((answer.status, &answer.headers["location"]), (303, &"/".parse().expect("a header")));
    let set = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find(|value| value.starts_with(SESSION))
        .expect("a session")
        .to_owned();
    for part in ["; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/", "; Max-Age=2592000"] {
        assert!(set.contains(part), "{part} in {set}");
    }
    assert!(!set.contains("Domain"));
    let me = app.anonymous().with_cookie(cookie(&answer, SESSION));
    let viewer = me.data(WHO, json!({})).await["viewer"].take();
    assert_eq!(viewer["email"], "aanjager@demo.example");
    let memberships =
        json!([{ "role": "AANJAGER", "organisation": { "name": "Programma Vitale Terreinen" }, "terrain": { "name": "De Hooge Waard" } }]);
    assert_eq!(viewer["memberships"], memberships);
    // Once.
    assert_eq!(press(&browser, &mail.token).await.status, 422);
    // Signing in again in the same browser, by code or by link, ends what it had before; a page that still listened is sent away.
    let mut socket = me.socket().await;
    asking(&me, "aanjager@demo.example").await;
    let code = mails(&app, 3).await.remove(2).code;
    let again = type_code(&me, "aanjager@demo.example", &code).await;
    assert_eq!(again.status, 204);
    assert_eq!(me.data(WHO, json!({})).await["viewer"], Value::Null, "the secret from before");
    assert_eq!(socket.closed(Duration::from_secs(5)).await, Some(4403));
    let me = me.with_cookie(cookie(&again, SESSION));
    assert_eq!(me.data(WHO, json!({})).await["viewer"]["email"], "aanjager@demo.example");
    // Nothing of it is stored as it is: hashes only.
    let stored: bool = app
        .value(&format!(
            "select exists (select from sign_in_link where encode(token_hash, 'escape') like '%{0}%' or code_hash = '{1}'::bytea)",
            mail.token, mail.code
        ))
        .await;
    assert!(!stored);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_on_another_device_and_five_wrong_ones_end_it() {
    let app = TestApp::demo().await;
    asking(&app.anonymous(), "ondernemer@demo.example").await;
    let code = mails(&app, 1).await[0].code.clone();
    let phone = app.anonymous();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = type_code(&phone, "ondernemer@demo.example", wrong).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("SIGN_IN_INVALID")));
    assert_eq!(type_code(&phone, "kadebeton@demo.example", &code).await.status, 422, "a code is for its own address");
    let done = type_code(&phone, " Ondernemer@demo.example ", &format!(" {code} ")).await;
    assert_eq!(done.status, 204);
    assert!(cookie(&done, SESSION).is_some());
    assert_eq!(type_code(&phone, "ondernemer@demo.example", &code).await.status, 422, "once");

    asking(&app.anonymous(), "eigenaar@demo.example").await;
    let code = mails(&app, 2).await.pop().expect("the newest").code;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        assert_eq!(type_code(&phone, "eigenaar@demo.example", wrong).await.status, 422);
    }
    assert_eq!(type_code(&phone, "eigenaar@demo.example", &code).await.status, 422, "five wrong ones end the right one too");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_works_and_three_an_hour_are_sent() {
    let app = TestApp::demo().await;
    let email = "parkmanager@demo.example";
    let first = asking(&app.anonymous(), email).await;
    let one = mails(&app, 1).await.remove(0);
    asking(&app.anonymous(), email).await;
    let two = mails(&app, 2).await.remove(1);
    assert_eq!(press(&first, &one.token).await.status, 422, "the newest only");
    assert_eq!(type_code(&app.anonymous(), email, &one.code).await.status, 422);
    asking(&app.anonymous(), email).await;
    let three = mails(&app, 3).await.remove(2);
    asking(&app.anonymous(), email).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(mails(&app, 3).await.len(), 3, "a fourth in an hour is not sent");
    // And does not take the third away from whoever asked for that one: nobody can be locked out by asking for them.
    assert_eq!(type_code(&app.anonymous(), email, &two.code).await.status, 422);
    assert_eq!(type_code(&app.anonymous(), email, &three.code).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_and_a_code_end_after_a_quarter_of_an_hour() {
    let app = TestApp::demo().await;
    let browser = asking(&app.anonymous(), "partner@demo.example").await;
    let mail = mails(&app, 1).await.remove(0);
    let exact: bool = app.value("select expires_at = created_at + interval '15 minutes' from sign_in_link").await;
    assert!(exact);
    app.sql("update sign_in_link set created_at = created_at - interval '15 minutes 1 second', expires_at = expires_at - interval '15 minutes 1 second'").await;
    assert_eq!(press(&browser, &mail.token).await.status, 422);
    assert_eq!(type_code(&browser, "partner@demo.example", &mail.code).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_answered_like_a_known_one() {
    let app = TestApp::demo().await;
    let client = app.anonymous();
    ask(&client, "warm@elders.example").await;
    let mut times = [Vec::new(), Vec::new()];
    let addresses = [
        ("provincie@demo.example", "niemand@elders.example"),
        ("beheerder@demo.example", "iemand@elders.example"),
        ("polderstaal@demo.example", "anders@elders.example"),
        ("kadebeton@demo.example", "wie@elders.example"),
    ];
    for (known, unknown) in addresses {
        let mut answers = Vec::new();
        for (n, email) in [known, unknown].into_iter().enumerate() {
            let started = Instant::now();
            let answer = ask(&client, email).await;
            times[n].push(started.elapsed());
            let mut headers: Vec<String> = answer
                .headers
                .iter()
                .filter(|(name, _)| *name != "date")
                .map(|(name, value)| {
                    let value = value.to_str().expect("text");
                    // The browser's own secret is another each time, of the same length.
                    let value = value.split_once("-browser=").map_or(value.to_owned(), |(name, rest)| format!("{name} {}", rest.len()));
                    format!("{name}: {value}")
                })
                .collect();
            headers.sort();
            answers.push((answer.status, headers, answer.body));
        }
        assert_eq!(answers[0], answers[1]);
    }
    let fastest = |n: usize| times[n].iter().min().copied().unwrap_or_default();
    let apart = fastest(0).abs_diff(fastest(1));
    assert!(apart < Duration::from_millis(40), "known and unknown differ by {apart:?}");
    for code in ["000000", ""] {
        let (known, unknown) =
            (type_code(&client, "gemeente@demo.example", code).await, type_code(&client, "niemand@elders.example", code).await);
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    }
    // What is no address, or more than one, is answered alike too, and mailed to nobody.
    for odd in ["", "x", "a@b\r\nBcc: c@d", "a@b, c@d", &format!("{}@x", "a".repeat(300))] {
        assert_eq!(ask(&client, odd).await.status, 204, "{odd}");
    }
    assert_eq!(mails(&app, 4).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_and_clears_the_cookie() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let other = app.sign_in("ondernemer@demo.example").await;
    let foreign = ann.send(ann.request("POST", "/sign-in/out").header("origin", "https://elders.example")).await;
    assert_eq!(foreign.status, 403);
    let answer = ann.send(ann.request("POST", "/sign-in/out")).await;
    assert_eq!(answer.status, 204);
    let set = answer.headers["set-cookie"].to_str().expect("text");
    assert!(set.starts_with("__Host-terrein=;") && set.contains("Max-Age=0"), "{set}");
    assert_eq!(ann.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null);
    assert_ne!(other.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null, "the other device stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_signed_out_from_another_but_never_somebody_elses() {
    let app = TestApp::demo().await;
    let revoke = "mutation($id: ID!) { revokeSession(id: $id) { ... on SessionRevoked { id } } }";
    let (phone, desk, ben) = (
        app.sign_in("ondernemer@demo.example").await,
        app.sign_in("ondernemer@demo.example").await,
        app.sign_in("kadebeton@demo.example").await,
    );
    let sessions = desk.data(WHO, json!({})).await["viewer"]["sessions"].as_array().expect("sessions").clone();
    assert_eq!(sessions.len(), 2, "those of the demo's making are over");
    let other = sessions.iter().find(|session| session["current"] == false).expect("the phone")["id"].clone();
    assert_eq!(ben.refused(revoke, json!({ "id": other })).await, "NOT_FOUND");
    assert_ne!(phone.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null);
    for _ in 0..2 {
        assert_eq!(desk.data(revoke, json!({ "id": other })).await["revokeSession"]["id"], other, "twice is once");
    }
    assert_eq!(phone.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_session_ends_after_twelve_hours_and_any_after_thirty_days() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let known = || async { ann.data("{ viewer { id } }", json!({})).await["viewer"].is_object() };
    app.sql("update session set last_seen_at = now() - interval '11 hours 59 minutes' where revoked_at is null").await;
    assert!(known().await, "being used keeps it");
    let touched: bool =
        app.value("select bool_and(last_seen_at > now() - interval '1 minute') from session where revoked_at is null").await;
    assert!(touched);
    app.sql("update session set last_seen_at = now() - interval '12 hours 1 minute' where revoked_at is null").await;
    assert!(!known().await);
    app.sql("update session set last_seen_at = now() where revoked_at is null").await;
    assert!(known().await);
    let month: bool =
        app.value("select bool_and(expires_at = created_at + interval '30 days') from session where revoked_at is null").await;
    assert!(month);
    app.sql("update session set expires_at = now() - interval '1 second' where revoked_at is null").await;
    assert!(!known().await);
    for cookie in ["__Host-terrein=", "__Host-terrein=x", "__Host-terrein=%00", "terrein=abc"] {
        let client = app.anonymous().with_cookie(Some(cookie.to_owned()));
        assert_eq!(client.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_home_and_nowhere_else() {
    let app = TestApp::demo().await;
    let operators = |email: &'static str| {
        let roles = app.database.options("terrein_worker");
        async move { terrein::access::operator::sign_in_link(&roles, email).await.expect("answers") }
    };
    assert_eq!(operators("niemand@elders.example").await, None);
    let token = operators("provincie@demo.example").await.expect("a link");
    let client = app.anonymous();
    let request = client.request("POST", "/sign-in/link?next=https://elders.example&redirect=//elders.example");
    let answer = client.send(request.form(&[("token", token.as_str()), ("next", "https://elders.example")])).await;
    assert_eq!((answer.status, &answer.headers["location"]), (303, &"/".parse().expect("a header")));
    // A page shows nothing of what stands in its address but letters and digits.
    let page = client.get("/sign-in/link/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert!(!String::from_utf8_lossy(&page.body).contains("<script"));
    for path in ["/sign-in/request", "/sign-in/code", "/sign-in/link"] {
        let request = client.request("POST", path).header("origin", "https://elders.example");
        let request = if path == "/sign-in/link" {
            request.form(&[("token", "x")])
        } else {
            request.json(&json!({ "email": "a@b.nl", "code": "1" }))
        };
        assert_eq!(client.send(request).await.status, 403, "{path}");
    }
    assert_eq!(client.get("/sign-in/request").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_spoken_to_in_their_language() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let set = "mutation($input: SetLanguageInput!) { setLanguage(input: $input) { ... on LanguageSet { language } } }";
    assert_eq!(ann.does(set, json!({ "commandId": command(), "language": "EN" })).await["language"], "EN");
    assert_eq!(ann.data(WHO, json!({})).await["viewer"]["language"], "EN");
    assert_eq!(app.anonymous().fails(set, json!({ "commandId": command(), "language": "EN" })).await["code"], "UNAUTHENTICATED");
    asking(&app.anonymous(), "ondernemer@demo.example").await;
    assert!(mails(&app, 1).await[0].text.contains("Hello Ondernemer Waardkoel"));
    let page = |language: &'static str| {
        let client = app.anonymous();
        async move {
            String::from_utf8(client.send(client.request("GET", "/sign-in/link/x").header("accept-language", language)).await.body)
                .expect("text")
        }
    };
    assert!(page("en-GB,nl;q=0.5").await.contains("lang=\"en\""));
    assert!(page("fr, nl;q=0.5").await.contains("lang=\"nl\""));
    assert!(page("fr").await.contains("lang=\"nl\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down() {
    let app = TestApp::demo().await;
    let client = app.anonymous();
    let mut slowed = None;
    for _ in 0..40 {
        let answer = type_code(&client, "gemeente@demo.example", "000000").await;
        if answer.status == 429 {
            slowed = Some(answer);
            break;
        }
    }
    let answer = slowed.expect("after a while");
    assert!(answer.headers["retry-after"].to_str().expect("text").parse::<u64>().is_ok());
    assert_eq!(
        (answer.json()["code"].as_str(), &answer.headers["content-type"]),
        (Some("RATE_LIMITED"), &"application/problem+json".parse().expect("a header"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_speaks_for_somebody_else_is_refused() {
    let app = TestApp::demo().await;
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let question = json!({ "query": "{ viewer { id } terrains(first: 1) { edges { node { id } } } }" });
    let me = aanjager.send(aanjager.request("POST", "/graphql").json(&question)).await.json()["data"]["viewer"]["id"].clone();
    for (client, said, heard) in [
        (&aanjager, me.as_str().expect("an id"), true),
        (&aanjager, "nobody", false),
        (&aanjager, "person:019b8d2b-8c00-7700-84f0-ce2f70325600", false),
        (&app.anonymous(), "nobody", true),
        (&app.anonymous(), me.as_str().expect("an id"), false),
    ] {
        let answer = client.send(client.request("POST", "/graphql").header("x-terrein-person", said).json(&question)).await.json();
        assert_eq!(answer["data"]["terrains"].is_object(), heard, "{said}: {answer}");
        if !heard {
            assert_eq!(answer["errors"][0]["extensions"]["reason"], "OTHER_PERSON");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_long_ago_is_forgotten_and_nothing_else() {
    let app = TestApp::demo().await;
    app.sign_in("aanjager@demo.example").await;
    let count = async |table: &str| app.value::<i64>(&format!("select count(*) from {table}")).await;
    let (commands, links, sessions) = (count("command_log").await, count("sign_in_link").await, count("session").await);
    app.sql(
        "insert into command_log (person_id, command_id, content_hash, outcome, created_at)
         select id, gen_random_uuid(), '', 'null', now() - days * interval '1 day' from (select id from person limit 1) p, unnest(array[59, 61]) days",
    )
    .await;
    app.sql(
        "insert into session (id, token_hash, person_id, created_at, last_seen_at, expires_at)
         select gen_random_uuid(), decode(md5(days::text), 'hex'), id, now(), now(), now() - days * interval '1 day' from (select id from person limit 1) p, unnest(array[29, 31]) days",
    )
    .await;
    app.sql(
        "insert into sign_in_link (id, email, token_hash, created_at, expires_at)
         select gen_random_uuid(), 'a@demo.example', decode(md5(hours::text), 'hex'), now(), now() - hours * interval '1 hour' from unnest(array[23, 25]) hours",
    )
    .await;
    assert_eq!(app.value::<i64>("select app.forget_ended()").await, 3);
    assert_eq!((count("command_log").await, count("sign_in_link").await, count("session").await), (commands + 1, links + 1, sessions + 1));
}
