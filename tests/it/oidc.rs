//! Sign-in at one's own organisation, against a real provider: the npm package `oidc-provider` in a process of its own (`tests/oidc`).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use terrein_tests::client::{Answer, cookie};
use terrein_tests::{TestApp, TestDatabase};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const SESSION: &str = "__Host-terrein=";
/// What the organisation of the tests is called in each of three files' entries.
const PROVIDERS: &str = r#"
[[providers]]
id = "demo"
name = "Organisatie <van> de proef"
issuer = "ISSUER"
client_id = "terrein"
client_secret_file = "secret"

[[providers]]
id = "entra"
name = "Entra"
issuer = "ISSUER"
client_id = "terrein"
client_secret = "a secret of the tests, and only theirs"
mail_domains = ["demo.example"]
provider_verifies_email = true
username_is_email = true
"#;

/// The provider's process.
struct Organisation {
    issuer: String,
    http: reqwest::Client,
    _process: Child,
}

impl Organisation {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc");
        assert!(folder.join("node_modules").is_dir(), "the packages are missing: npm ci in tests/oidc");
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts: source scripts/env.sh");
        let mut lines = BufReader::new(process.stdout.take().expect("its words")).lines();
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await.expect("in time").expect("read").expect("a line");
        let issuer = line.strip_prefix("issuer ").expect("its issuer").to_owned();
        Self { issuer, http: http(), _process: process }
    }

    async fn lever(&self, levers: Value) {
        let answer = self.http.post(format!("{}/control", self.issuer)).json(&levers).send().await.expect("the provider answers");
        assert!(answer.status().is_success());
    }

    /// What somebody's account there says.
    async fn people(&self, people: Value) {
        self.lever(json!({ "people": people })).await;
    }

    /// How often something was asked of it.
    async fn asked(&self, path: &str) -> u64 {
        let answer = self.http.get(format!("{}/control", self.issuer)).send().await.expect("the provider answers");
        answer.json::<Value>().await.expect("JSON")["asked"][path].as_u64().unwrap_or(0)
    }

    /// A server of ours that knows it.
    async fn app(&self) -> TestApp {
        self.app_with(&[]).await
    }

    /// With settings of its own.
    async fn app_with(&self, flags: &[&str]) -> TestApp {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("secret"), "a secret of the tests, and only theirs\n").expect("written");
        let file = folder.path().join("oidc.toml");
        std::fs::write(&file, PROVIDERS.replace("ISSUER", &self.issuer)).expect("written");
        let file = file.to_string_lossy().into_owned();
        // Every browser comes from an address of its own: what one address may try is another test's.
        let all = [&["--oidc", &file, "--trusted-proxies", "127.0.0.0/8"], flags].concat();
        TestApp::over(TestDatabase::demo().await, &all).await
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

/// A browser that goes from server to server.
struct Browser {
    http: reqwest::Client,
    address: String,
    language: &'static str,
    jars: BTreeMap<String, BTreeMap<String, String>>,
}

static ADDRESSES: AtomicU16 = AtomicU16::new(0);

impl Browser {
    fn new() -> Self {
        let [high, low] = ADDRESSES.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Self { http: http(), address: format!("10.1.{high}.{low}"), language: "nl", jars: BTreeMap::new() }
    }

    async fn send(&mut self, url: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let origin = reqwest::Url::parse(url).expect("an address").origin().ascii_serialization();
        let jar = self.jars.entry(origin).or_default();
        let request = match form {
            Some(form) => self.http.post(url).form(form),
            None => self.http.get(url),
        };
        let cookies = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let request = request.header("cookie", cookies).header("x-forwarded-for", &self.address).header("accept-language", self.language);
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for set in headers.get_all("set-cookie") {
            let (name, rest) = set.to_str().expect("text").split_once('=').expect("a cookie");
            jar.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
        }
        Answer { status, headers, body: response.bytes().await.expect("a body").to_vec() }
    }

    async fn get(&mut self, url: &str) -> Answer {
        self.send(url, None).await
    }

    /// To the provider and through its pages; the address it sends back to, which is not opened yet.
    async fn road(&mut self, app: &TestApp, provider: &str, form: &[(&str, &str)]) -> String {
        let begun = self.get(&format!("{}/sign-in/oidc/{provider}", app.url)).await;
        assert_eq!(begun.status, 303, "{}", text(&begun));
        let mut next = location(&begun);
        for _ in 0..10 {
            let answer = self.get(&next).await;
            let answer = if answer.status == 200 { self.send(&next, Some(form)).await } else { answer };
            assert!((300..400).contains(&answer.status), "{next}: {} {}", answer.status, text(&answer));
            next = reqwest::Url::parse(&next).and_then(|at| at.join(&location(&answer))).expect("an address").to_string();
            if next.starts_with(&app.url) {
                return next;
            }
        }
        panic!("the provider does not send back");
    }

    /// All the way.
    async fn sign_in(&mut self, app: &TestApp, provider: &str, login: &str) -> Answer {
        let back = self.road(app, provider, &[("login", login)]).await;
        self.get(&back).await
    }
}

fn location(answer: &Answer) -> String {
    answer.headers.get("location").expect("a location").to_str().expect("text").to_owned()
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

fn entered(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.headers.get("location").and_then(|to| to.to_str().ok())), (303, Some("/")), "{}", text(answer));
    cookie(answer, SESSION).expect("a session")
}

/// A page and no session: which page it is.
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!((answer.status, cookie(answer, SESSION)), (status, None), "{}", text(answer));
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["referrer-policy"], "no-referrer");
    assert!(answer.headers["content-type"].to_str().expect("text").starts_with("text/html"));
    text(answer)
}

fn verified(email: &str) -> Value {
    json!({ "email": email, "email_verified": true })
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_the_organisation_vouches_for_is_in_and_stays_known_by_their_account() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    organisation.people(json!({ "els": verified("Gemeente@Demo.example") })).await;
    let config = app.anonymous().get("/config.json").await.json();
    assert_eq!(
        config["oidcProviders"],
        json!([{ "id": "demo", "name": "Organisatie <van> de proef" }, { "id": "entra", "name": "Entra" }])
    );

    let mut browser = Browser::new();
    let begun = browser.get(&format!("{}/sign-in/oidc/demo?next=https://elders.example", app.url)).await;
    let sent = reqwest::Url::parse(&location(&begun)).expect("an address");
    let sent: BTreeMap<_, _> = sent.query_pairs().into_owned().collect();
    assert_eq!((sent["response_type"].as_str(), sent["code_challenge_method"].as_str()), ("code", "S256"));
    assert_eq!(sent["redirect_uri"], format!("{}/sign-in/oidc/demo/callback", app.url));
    assert_eq!((sent["scope"].as_str(), sent["ui_locales"].as_str()), ("openid email profile", "nl"));
    let set = begun.headers["set-cookie"].to_str().expect("text");
    for part in ["__Host-terrein-oidc=", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Path=/", "; Max-Age=600"] {
        assert!(set.contains(part), "{part} in {set}");
    }

    let answer = browser.sign_in(&app, "demo", "els").await;
    let first = entered(&answer);
    let me = app.anonymous().with_cookie(Some(first.clone()));
    assert_eq!(me.data("{ viewer { email } }", json!({})).await["viewer"]["email"], "gemeente@demo.example");
    let (method, strong): (String, bool) = (
        app.value("select method from session order by created_at desc limit 1").await,
        app.value("select strong from session order by created_at desc limit 1").await,
    );
    assert_eq!((method.as_str(), strong), ("oidc", true));
    // Eight hours for a municipality, whichever way in.
    assert!(app.value::<bool>("select expires_at = created_at + interval '8 hours' from session order by created_at desc limit 1").await);

    // Whose account it is hears that another signs in as them.
    assert!(super::account_mail::told(&app, 1).await[0].contains("gekoppeld aan het account bij je organisatie"));

    // The same account, whatever its address has become; the session before it in this browser ends.
    organisation.people(json!({ "els": verified("anders@elders.example") })).await;
    let second = entered(&browser.sign_in(&app, "demo", "els").await);
    assert_ne!(first, second);
    let me = me.with_cookie(Some(second));
    assert_eq!(me.data("{ viewer { email } }", json!({})).await["viewer"]["email"], "gemeente@demo.example");
    let before = app.anonymous().with_cookie(Some(first));
    assert!(before.data("{ viewer { email } }", json!({})).await["viewer"].is_null());
    // What it says of itself, and its keys, are asked once; what it says of the person the first time alone.
    assert_eq!(
        (organisation.asked("/.well-known/openid-configuration").await, organisation.asked("/jwks").await, organisation.asked("/me").await),
        (1, 1, 1)
    );
    assert_eq!(super::account_mail::told(&app, 1).await.len(), 1, "once");
    // Nothing that was sent along is kept here.
    assert_eq!(app.value::<i64>("select count(*) from oidc_request where expires_at > now() + interval '10 minutes'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_place_here_gets_one_page_and_learns_nothing() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    let email = "partner@demo.example";
    organisation
        .people(json!({
            "owner": verified(email),
            "stranger": verified("niemand@demo.example"),
            "unverified": { "email": email, "email_verified": false },
            "silent": { "email": email },
            "unnamed": {},
            "named": { "preferred_username": email },
            "kelvin": verified("be\u{212a}eerder@demo.example"),
            "elsewhere": { "email": "partner@elders.example", "preferred_username": "partner@elders.example" },
        }))
        .await;
    entered(&Browser::new().sign_in(&app, "demo", "owner").await);
    let known: i64 = app.value("select count(*) from oidc_identity").await;
    let mut pages = Vec::new();
    for (provider, login) in [
        ("demo", "stranger"),
        ("demo", "unverified"),
        ("demo", "silent"),
        ("demo", "unnamed"),
        ("demo", "named"),
        ("demo", "kelvin"),
        ("entra", "elsewhere"),
    ] {
        pages.push(refused(&Browser::new().sign_in(&app, provider, login).await, 403));
    }
    // Whoever got an address that was somebody else's before does not get their place.
    organisation.people(json!({ "successor": verified(email) })).await;
    pages.push(refused(&Browser::new().sign_in(&app, "demo", "successor").await, 403));
    assert!(pages.iter().all(|page| *page == pages[0] && page.contains("uitnodiging") && !page.contains("demo.example")), "{}", pages[0]);
    assert_eq!(app.value::<i64>("select count(*) from oidc_identity").await, known);
    // Until the operator lets the old account go.
    let worker = app.database.pool("terrein_worker").await;
    let mut transaction = worker.begin().await.expect("a transaction");
    sqlx::query("select set_config('app.system', 'operator', true)").execute(&mut *transaction).await.expect("set");
    let gone = sqlx::query("delete from oidc_identity where person_id = (select id from person where email = $1)").bind(email);
    assert_eq!(gone.execute(&mut *transaction).await.expect("let go").rows_affected(), 1);
    transaction.commit().await.expect("kept");
    entered(&Browser::new().sign_in(&app, "demo", "successor").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_count_as_the_provider_is_set() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    for (in_token, verified_mail, mail, name) in [
        (true, "ondernemer@demo.example", "kadebeton@demo.example", "Parkmanager@demo.example"),
        (false, "aanjager@demo.example", "eigenaar@demo.example", "Provincie@demo.example"),
    ] {
        organisation.lever(json!({ "claimsInToken": in_token })).await;
        // Keycloak; and Entra ID, which says nothing of `email_verified`, and of an address for those who have a mailbox alone.
        let people = [verified(verified_mail), json!({ "email": mail }), json!({ "preferred_username": name })];
        let logins = ["keycloak", "mail", "name"].map(|login| format!("{login}-{in_token}"));
        organisation.people(Value::Object(logins.iter().cloned().zip(people).collect())).await;
        for (provider, login) in ["demo", "entra", "entra"].into_iter().zip(&logins) {
            entered(&Browser::new().sign_in(&app, provider, login).await);
        }
    }
    assert_eq!(app.value::<i64>("select count(*) from session where strong and method = 'oidc'").await, 6);
    // What it says of somebody is about somebody else.
    organisation.lever(json!({ "people": { "two": verified("buur@demo.example") }, "userinfo": { "sub": "one" } })).await;
    refused(&Browser::new().sign_in(&app, "demo", "two").await, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_does_not_fit_is_refused_with_one_page() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    organisation.people(json!({ "els": verified("gemeente@demo.example") })).await;
    let form = [("login", "els")];
    let mut pages = Vec::new();
    let changed = |url: &str, name: &str, value: Option<&str>| {
        let mut changed = reqwest::Url::parse(url).expect("an address");
        let pairs: Vec<(String, String)> = changed.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
        changed.query_pairs_mut().clear().extend_pairs(pairs).extend_pairs(value.map(|value| (name, value)));
        changed.to_string()
    };

    // Another state, none, one that is there twice; another issuer's answer, or nobody's; no code, a made-up one.
    for (name, value) in [
        ("state", Some("made-up")),
        ("state", None),
        ("iss", Some("https://login.elders.example")),
        ("iss", None),
        ("code", None),
        ("code", Some("made-up")),
    ] {
        let mut browser = Browser::new();
        let back = browser.road(&app, "demo", &form).await;
        pages.push(refused(&browser.get(&changed(&back, name, value)).await, 422));
    }
    let mut browser = Browser::new();
    let back = browser.road(&app, "demo", &form).await;
    pages.push(refused(&browser.get(&format!("{back}&state=twice")).await, 422));
    // Another browser has nothing with it, nor has one that asked for something itself, or the other provider's address.
    pages.push(refused(&Browser::new().get(&back).await, 422));
    let mut other = Browser::new();
    other.road(&app, "demo", &form).await;
    pages.push(refused(&other.get(&back).await, 422));
    pages.push(refused(&browser.get(&back.replace("/demo/", "/entra/")).await, 422));
    // None of these took it from the browser it belongs to; afterwards it is spent.
    entered(&browser.get(&back).await);
    pages.push(refused(&browser.get(&back).await, 422));
    // Too late.
    let late = browser.road(&app, "demo", &form).await;
    app.sql("update oidc_request set expires_at = now() - interval '1 second'").await;
    pages.push(refused(&browser.get(&late).await, 422));
    // The person thought better of it.
    let back = browser_that(&app, &[("refuse", "1")]).await;
    pages.push(refused(&back, 422));

    // Tokens that are not for us, not from it, not of now.
    for (token, sign) in [
        (json!({ "nonce": "another" }), None),
        (json!({ "nonce": null }), None),
        (json!({ "aud": "another" }), None),
        (json!({ "aud": ["terrein", "another"] }), None),
        (json!({ "azp": "another" }), None),
        (json!({ "iss": "https://login.elders.example" }), None),
        (json!({ "exp": 1_600_000_000 }), None),
        (json!({ "iat": 4_000_000_000_u64 }), None),
        (json!({ "sub": "" }), None),
        (json!({ "sub": "x".repeat(256) }), None),
        (json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }), None),
        (json!({}), Some("other")),
        (json!({}), Some("none")),
        (json!({}), Some("secret")),
    ] {
        organisation.lever(json!({ "token": token, "sign": sign })).await;
        pages.push(refused(&browser_that(&app, &form).await, 422));
    }
    organisation.lever(json!({ "token": null, "sign": null })).await;

    assert!(pages.iter().all(|page| *page == pages[0]), "one page for all: {pages:#?}");
    assert!(pages[0].contains("is niet gelukt") && pages[0].contains("href=\"/inloggen\"") && pages[0].contains("lang=\"nl\""));
    let mut english = Browser { language: "en-GB", ..Browser::new() };
    assert!(refused(&english.get(&format!("{}/sign-in/oidc/demo/callback", app.url)).await, 422).contains("did not work"));
    refused(&Browser::new().get(&format!("{}/sign-in/oidc/nobody", app.url)).await, 404);
    refused(&Browser::new().get(&format!("{}/sign-in/oidc/nobody/callback?state=x&code=y", app.url)).await, 404);
    assert_eq!(app.value::<i64>("select count(*) from session where method = 'oidc'").await, 1);
    entered(&browser_that(&app, &form).await);
}

/// A new browser, all the way.
async fn browser_that(app: &TestApp, form: &[(&str, &str)]) -> Answer {
    let mut browser = Browser::new();
    let back = browser.road(app, "demo", form).await;
    browser.get(&back).await
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_found_and_a_clock_may_be_a_minute_off() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    organisation.people(json!({ "els": verified("gemeente@demo.example") })).await;
    entered(&Browser::new().sign_in(&app, "demo", "els").await);
    organisation.lever(json!({ "rotate": true })).await;
    entered(&Browser::new().sign_in(&app, "demo", "els").await);
    entered(&Browser::new().sign_in(&app, "demo", "els").await);
    assert_eq!(organisation.asked("/jwks").await, 2, "once for the old keys, once for the new");
    // Its tokens live five minutes: issued by a clock that is behind by almost that and a minute, they are of now.
    for (skew, good) in [(50, true), (90, false), (-350, true), (-420, false), (0, true)] {
        organisation.lever(json!({ "skew": skew })).await;
        let answer = Browser::new().sign_in(&app, "demo", "els").await;
        if good { drop(entered(&answer)) } else { drop(refused(&answer, 422)) }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_is_told_of_and_comes_back() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    organisation.people(json!({ "els": verified("gemeente@demo.example") })).await;
    let begin = format!("{}/sign-in/oidc/demo", app.url);
    let itself = "/.well-known/openid-configuration";
    for lever in [
        json!({ "down": [itself] }),
        json!({ "down": ["/jwks"] }),
        json!({ "down": [], "large": [itself] }),
        json!({ "large": ["/jwks"] }),
        json!({ "large": [], "metadata": { "issuer": "https://login.elders.example" } }),
        json!({ "metadata": { "token_endpoint": null } }),
    ] {
        organisation.lever(lever.clone()).await;
        let page = refused(&Browser::new().get(&begin).await, 503);
        assert!(page.contains("geeft nu geen antwoord") && !page.contains("login.elders"), "{lever}: {page}");
        // For a moment nobody asks again.
        let asked = organisation.asked(itself).await;
        refused(&Browser::new().get(&begin).await, 503);
        assert_eq!(organisation.asked(itself).await, asked);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    organisation.lever(json!({ "metadata": null, "slow": [itself] })).await;
    let started = Instant::now();
    refused(&Browser::new().get(&begin).await, 503);
    assert!(started.elapsed() < Duration::from_secs(7), "{:?}", started.elapsed());
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    organisation.lever(json!({ "slow": [] })).await;
    entered(&Browser::new().sign_in(&app, "demo", "els").await);
    // Away while somebody comes back from it: this answer is spent, the next is as good as ever.
    for (lever, status) in [(json!({ "down": ["/token"] }), 503), (json!({ "down": [], "large": ["/token"] }), 503)] {
        organisation.lever(lever).await;
        refused(&browser_that(&app, &[("login", "els")]).await, status);
    }
    organisation.lever(json!({ "large": [], "slow": ["/token"] })).await;
    let started = Instant::now();
    refused(&browser_that(&app, &[("login", "els")]).await, 503);
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    organisation.lever(json!({ "slow": [] })).await;
    entered(&browser_that(&app, &[("login", "els")]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_tries_thirty_times_a_minute() {
    let organisation = Organisation::start().await;
    let app = organisation.app().await;
    let mut browser = Browser::new();
    let mut answers = Vec::new();
    for n in 0..40 {
        let path = ["demo", "demo/callback?state=x&code=y"][n % 2];
        answers.push(browser.get(&format!("{}/sign-in/oidc/{path}", app.url)).await.status);
    }
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 10, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_adds_no_passkey_to_whoever_has_an_account_at_their_organisation() {
    let organisation = Organisation::start().await;
    let app = organisation.app_with(&["--strong-sign-in", "required"]).await;
    organisation.people(json!({ "els": verified("gemeente@demo.example") })).await;
    let session = entered(&Browser::new().sign_in(&app, "demo", "els").await);
    let me = app.anonymous().with_cookie(Some(session));
    let options = async || me.send(me.request("POST", "/passkeys/options").json(&json!({}))).await;
    assert_eq!(options().await.status, 200, "strong");
    // As if the mailbox had let them in.
    app.sql("update session set strong = false, method = 'mail'").await;
    let refused = options().await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("SIGN_IN_STRONGLY")));
    app.sql("delete from oidc_identity").await;
    assert_eq!(options().await.status, 200, "the first strong way may be added by mail");
}
