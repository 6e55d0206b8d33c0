//! The program itself: started, told wrong things, stopped, without its database, two of it on one database.

mod edge;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::Connection;
use terrein_tests::client::cookie;
use terrein_tests::demo::{hooge_waard, pin};
use terrein_tests::{Client, TestDatabase};

/// The program beside this test: `target/<profile>/terrein`.
fn program() -> PathBuf {
    let here = std::env::current_exe().expect("this test's own file");
    let program = here.ancestors().nth(2).expect("the folder of the profile").join("terrein");
    assert!(program.exists(), "{} is not there: `cargo build --profile ci -p terrein` makes it (`make test` does)", program.display());
    program
}

/// The program with nothing set but what is given.
pub(super) fn terrein(args: &[&str]) -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TERREIN_") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
    }
    command.env("TERREIN_LOG", "warn").args(args).stdin(Stdio::null());
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A server that runs until it is stopped, or the test is over.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    said: String,
    ready_after: Duration,
}

impl Server {
    /// Starts it in development mode and waits for its line.
    pub(crate) fn start(more: &[&str]) -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        let mut command = terrein(&["serve", "--mode", "development", "--listen", &listen]);
        let started = Instant::now();
        let mut child = command.args(more).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut said).expect("a line");
        assert!(said.starts_with("Terrein: http"), "{said:?}");
        Self { child, url: format!("http://{listen}"), said, ready_after: started.elapsed() }
    }

    pub(crate) fn nobody(&self) -> Client {
        Client::new(&self.url, None)
    }

    async fn status(&self, path: &str) -> u16 {
        self.nobody().get(path).await.status
    }

    /// SIGTERM.
    fn ask_to_stop(&self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(done.success());
    }

    /// Waits for its end; the exit code.
    fn ended(&mut self, within: Duration) -> Option<i32> {
        let started = Instant::now();
        while started.elapsed() < within {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not end within {within:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.ask_to_stop();
            for _ in 0..250 {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            let _ = self.child.kill();
        }
    }
}

pub(crate) async fn sign_in(server: &Server, database: &TestDatabase, email: &str) -> Client {
    let token =
        terrein::access::operator::sign_in_link(&database.options("terrein_worker"), email).await.expect("answers").expect("a link");
    let client = server.nobody();
    Client::new(&server.url, Some(client.open_link(&token).await.expect("signed in")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_starts_it_on_an_empty_folder_looks_around_and_stops_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("data");
    let data = place.to_string_lossy().into_owned();
    let mut server = Server::start(&["--data-dir", &data, "--demo"]);
    println!("first start, with the demo: {} ms", server.ready_after.as_millis());
    assert!(server.said.contains("http://localhost:") && server.said.contains("aanjager@demo.example"), "{}", server.said);
    assert_eq!((server.status("/healthz").await, server.status("/readyz").await), (200, 200));
    let terrains = server.nobody().data("{ terrains(first: 5) { edges { node { name } } } }", json!({})).await;
    assert_eq!(terrains["terrains"]["edges"], json!([{ "node": { "name": "De Hooge Waard" } }]));
    // Commands work beside it, on the same folder.
    let link = output(&mut terrein(&["sign-in-link", "aanjager@demo.example", "--data-dir", &data, "--public-url", &server.url]));
    let address = text(&link.stdout);
    let token = address.trim().rsplit('/').next().expect("a token");
    let client = server.nobody();
    let session = client.open_link(token).await.expect("signed in");
    let viewer = Client::new(&server.url, Some(session)).data("{ viewer { name } }", json!({})).await;
    assert_eq!(viewer["viewer"]["name"], "Aanjager");
    let unknown = output(&mut terrein(&["sign-in-link", "niemand@elders.example", "--data-dir", &data]));
    assert_eq!((unknown.status.code(), text(&unknown.stderr).trim()), (Some(1), "terrein: nobody has the address niemand@elders.example"));
    // A second server on the same port is told so.
    let port = server.url.rsplit(':').next().expect("a port");
    let second = output(&mut terrein(&["serve", "--mode", "development", "--listen", &format!("127.0.0.1:{port}"), "--data-dir", &data]));
    assert!(
        !second.status.success() && text(&second.stderr).contains(&format!("cannot listen on 127.0.0.1:{port} (TERREIN_LISTEN)")),
        "{}",
        text(&second.stderr)
    );
    server.ask_to_stop();
    assert_eq!(server.ended(Duration::from_secs(30)), Some(0));

    // The demo again: everything is there already.
    let again = output(&mut terrein(&["demo", "--json", "--data-dir", &data]));
    assert!(again.status.success(), "{}", text(&again.stderr));
    let counts: Value = serde_json::from_slice(&again.stdout).expect("one object");
    assert!(counts.as_object().is_some_and(|counts| counts.len() > 8 && counts.values().all(|count| *count == json!(0))), "{counts}");

    let mut server = Server::start(&["--data-dir", &data]);
    println!("start on an existing folder: {} ms", server.ready_after.as_millis());
    assert_eq!(server.status("/readyz").await, 200);
    assert!(server.ready_after < Duration::from_secs(2), "{:?}", server.ready_after);
    server.ask_to_stop();
    assert_eq!(server.ended(Duration::from_secs(30)), Some(0));
    assert!(!place.join("postgres/postmaster.pid").exists(), "its database ended with it");
}

#[test]
fn help_names_every_setting() {
    let help = text(&output(&mut terrein(&["serve", "--help"])).stdout);
    for name in [
        "DATABASE_URL",
        "TERREIN_ACCESSIBILITY_PAGE",
        "TERREIN_BACKGROUND_TILES",
        "TERREIN_DATABASE_CONNECTIONS",
        "TERREIN_DATABASE_DIRECT_URL",
        "TERREIN_DATA_DIR",
        "TERREIN_HELP_PAGE",
        "TERREIN_LISTEN",
        "TERREIN_MAIL_FROM",
        "TERREIN_METRICS_TOKEN",
        "TERREIN_MODE",
        "TERREIN_PRIVACY_PAGE",
        "TERREIN_PUBLIC_URL",
        "TERREIN_RATE_AD_HOC",
        "TERREIN_RATE_PERSISTED",
        "TERREIN_RATE_TILES",
        "TERREIN_SECURITY_CONTACT",
        "TERREIN_SMTP_URL",
        "TERREIN_TLS_CERT",
        "TERREIN_TLS_KEY",
        "TERREIN_TRUSTED_PROXIES",
    ] {
        assert!(help.contains(name), "{name}");
    }
    let all = text(&output(&mut terrein(&["--help"])).stdout);
    for command in ["serve", "provision", "migrate", "import", "demo", "schema", "organisation", "role", "area", "sign-in-link"] {
        assert!(all.contains(&format!("\n  {command}")), "{command}");
    }
    assert!(text(&output(&mut terrein(&["--version"])).stdout).starts_with("terrein "));
    assert_eq!(text(&output(&mut terrein(&["schema"])).stdout), terrein::schema::sdl());
    assert_eq!(output(&mut terrein(&[])).status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_stops_the_start_with_one_clear_line() {
    let database = TestDatabase::new().await;
    let url = database.url("terrein_app");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").expect("written");
    let development: &[(&str, &str)] = &[("TERREIN_MODE", "development"), ("DATABASE_URL", &url), ("TERREIN_LISTEN", "127.0.0.1:0")];
    let in_development = |setting: (&'static str, &'static str)| development.iter().copied().chain([setting]).collect::<Vec<_>>();
    let cases: Vec<(Vec<(&str, &str)>, &str)> = vec![
        (vec![], "TERREIN_PUBLIC_URL is required in production, for example https://terrein.example.nl"),
        (vec![("TERREIN_PUBLIC_URL", "terrein.example.nl")], "TERREIN_PUBLIC_URL is not an address: terrein.example.nl"),
        (vec![("TERREIN_PUBLIC_URL", "http://terrein.example.nl")], "TERREIN_PUBLIC_URL must be https in production"),
        (vec![("TERREIN_PUBLIC_URL", "https://terrein.example.nl/pad")], "TERREIN_PUBLIC_URL has a path"),
        (
            vec![("TERREIN_MODE", "development"), ("TERREIN_LISTEN", "0.0.0.0:0")],
            "TERREIN_MODE=development listens on a loopback address only",
        ),
        (
            vec![("TERREIN_LOG", "info,terrein=luid")],
            "TERREIN_LOG is not what is to be logged, as in info,terrein=debug: info,terrein=luid",
        ),
        (vec![("TERREIN_MODE", "test")], "invalid value 'test' for '--mode <MODE>'"),
        (vec![("TERREIN_LISTEN", "nowhere")], "invalid value 'nowhere' for '--listen <LISTEN>'"),
        (vec![("TERREIN_DATABASE_CONNECTIONS", "1")], "invalid value '1' for '--database-connections"),
        (vec![("TERREIN_RATE_AD_HOC", "-1")], "invalid value '-1' for '--rate-ad-hoc"),
        (vec![("TERREIN_RATE_PERSISTED", "x")], "invalid value 'x' for '--rate-persisted"),
        (vec![("TERREIN_RATE_TILES", "x")], "invalid value 'x' for '--rate-tiles"),
        (vec![("TERREIN_METRICS_TOKEN", "kort")], "invalid value 'kort' for '--metrics-token"),
        (vec![("TERREIN_SECURITY_CONTACT", "bij de balie")], "invalid value 'bij de balie' for '--security-contact"),
        (vec![("TERREIN_PRIVACY_PAGE", "javascript:alert(1)")], "invalid value 'javascript:alert(1)' for '--privacy-page"),
        (vec![("TERREIN_HELP_PAGE", "mailto:balie")], "invalid value 'mailto:balie' for '--help-page"),
        (in_development(("TERREIN_TLS_CERT", "cert.pem")), "TERREIN_TLS_CERT needs its TERREIN_TLS_KEY"),
        (in_development(("TERREIN_TLS_KEY", "key.pem")), "TERREIN_TLS_KEY needs its TERREIN_TLS_CERT"),
        (
            in_development(("TERREIN_TLS_CERT", "nergens.pem")).into_iter().chain([("TERREIN_TLS_KEY", "nergens.pem")]).collect(),
            "TERREIN_TLS_CERT cannot be read: nergens.pem",
        ),
        (vec![("TERREIN_TRUSTED_PROXIES", "10.0.0.0/40")], "invalid value '10.0.0.0/40' for '--trusted-proxies"),
        (
            vec![("TERREIN_MODE", "development"), ("TERREIN_LISTEN", "127.0.0.1:0"), ("DATABASE_URL", "nonsense")],
            "DATABASE_URL is not a PostgreSQL address",
        ),
        (
            vec![("TERREIN_MODE", "development"), ("TERREIN_LISTEN", "127.0.0.1:0"), ("DATABASE_URL", "postgres://x@127.0.0.1:1/x")],
            "the database does not answer",
        ),
        (in_development(("TERREIN_DATABASE_DIRECT_URL", "nonsense")), "TERREIN_DATABASE_DIRECT_URL is not a PostgreSQL address"),
        (in_development(("TERREIN_SMTP_URL", "nonsense")), "TERREIN_SMTP_URL"),
        (in_development(("TERREIN_MAIL_FROM", "nobody at all")), "TERREIN_MAIL_FROM"),
        (in_development(("TERREIN_BACKGROUND_TILES", "not an address")), "TERREIN_BACKGROUND_TILES"),
        (
            vec![("TERREIN_MODE", "development"), ("TERREIN_LISTEN", "127.0.0.1:0"), ("TERREIN_DATA_DIR", file.to_str().expect("text"))],
            "the private database did not start",
        ),
    ];
    for (settings, line) in cases {
        let mut command = terrein(&["serve"]);
        command.current_dir(folder.path()).envs(settings.iter().copied());
        // A wrong setting that is not noticed would leave it running.
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        let started = Instant::now();
        while matches!(child.try_wait(), Ok(None)) && started.elapsed() < Duration::from_secs(15) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let noticed = matches!(child.try_wait(), Ok(Some(_)));
        if !noticed {
            let _ = child.kill();
        }
        let done = child.wait_with_output().expect("ended");
        let said = text(&done.stderr);
        assert!(noticed && !done.status.success() && done.stdout.is_empty(), "{settings:?}: {said}");
        let lines: Vec<&str> = said.lines().filter(|said| said.starts_with("terrein: ") || said.starts_with("error: ")).collect();
        assert!(lines.len() == 1 && lines[0].contains(line), "{settings:?}: {said}");
        assert!(!said.contains("panicked") && !said.contains("stack backtrace"), "{said}");
    }
    // A database without tables: what to run, as the documents have it.
    let superuser = database.superuser().await;
    let name = format!("{}_bare", url.rsplit(['/', '?']).find(|part| part.starts_with("test_")).expect("a name"));
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&superuser).await.expect("made");
    let empty = url.replace(name.trim_end_matches("_bare"), &name);
    let bare = output(&mut terrein(&["serve", "--mode", "development", "--listen", "127.0.0.1:0", "--database-url", &empty]));
    sqlx::query(sqlx::AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&superuser).await.expect("dropped");
    let line = "terrein: the database has no tables yet: run `terrein provision` as superuser, then `terrein migrate`";
    assert!(!bare.status.success() && text(&bare.stderr).lines().any(|said| said == line), "{}", text(&bare.stderr));
    // One that is behind: the same.
    let behind = "delete from seaql_migrations where version = (select max(version) from seaql_migrations)";
    sqlx::query(behind).execute(&superuser).await.expect("taken back");
    let older = output(&mut terrein(&["serve", "--mode", "development", "--listen", "127.0.0.1:0", "--database-url", &url]));
    let line = "terrein: the database is older than this server: run `terrein migrate` (1 change to go)";
    assert!(!older.status.success() && text(&older.stderr).lines().any(|said| said == line), "{}", text(&older.stderr));
    let both = output(terrein(&["serve", "--demo"]).env("TERREIN_PUBLIC_URL", "https://terrein.example.nl"));
    assert!(text(&both.stderr).contains("--demo needs TERREIN_MODE=development"));
    assert_eq!(output(&mut terrein(&["serve", "--nonsense"])).status.code(), Some(2));
    assert!(!Path::new(&folder.path().join(".terrein")).exists(), "a wrong setting leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_finishes_what_is_under_way() {
    let database = TestDatabase::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(&["--database-url", &database.url("terrein_app"), "--data-dir", &folder.path().to_string_lossy()]);
    let mut connection = sqlx::PgConnection::connect_with(&database.roles().superuser.expect("a superuser")).await.expect("connects");
    let mut lock = connection.begin().await.expect("a transaction");
    sqlx::query("lock table plot in access exclusive mode").execute(&mut *lock).await.expect("locked");
    let client = server.nobody();
    let mut listening =
        client.subscribe("subscription($t: [ID!]!) { terrainChanged(terrains: $t) { refetch } }", json!({ "t": [hooge_waard()] })).await;
    let body = json!({ "query": "query($t: ID!) { terrain(id: $t) { plots(first: 3) { edges { node { key } } } } }", "variables": { "t": hooge_waard() } });
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.send(client.request("POST", "/graphql").json(&body)).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.ask_to_stop();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(matches!(server.child.try_wait(), Ok(None)), "it waits for the answer");
    lock.rollback().await.expect("released");
    let answer = asked.await.expect("answered");
    assert_eq!((answer.status, answer.json()["data"]["terrain"]["plots"]["edges"].as_array().map(Vec::len)), (200, Some(3)));
    assert_eq!(server.ended(Duration::from_secs(30)), Some(0));
    while let Some(message) = listening.next(Duration::from_secs(2)).await {
        assert_ne!(message["type"], "error", "sockets are closed, for the app to connect elsewhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_it_says_so_and_heals() {
    let database = TestDatabase::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(&["--database-url", &database.url("terrein_app"), "--data-dir", &folder.path().to_string_lossy()]);
    let client = sign_in(&server, &database, "aanjager@demo.example").await;
    assert_eq!(server.status("/readyz").await, 200);
    database.away(true).await;
    let started = Instant::now();
    assert_eq!((server.status("/healthz").await, server.status("/readyz").await), (200, 503));
    let question = json!({ "query": "{ terrains(first: 1) { edges { node { name } } } }" });
    let answer = client.send(client.request("POST", "/graphql").json(&question)).await;
    assert_eq!((answer.status, answer.json()["errors"][0]["extensions"]["code"].as_str()), (503, Some("UNAVAILABLE")));
    assert_eq!(server.status("/tiles/plot/14/8423/5421").await, 503);
    assert!(started.elapsed() < Duration::from_secs(30));
    database.away(false).await;
    let back = Instant::now();
    while server.status("/readyz").await != 200 {
        assert!(back.elapsed() < Duration::from_secs(20), "it does not heal");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("healed after {} ms", back.elapsed().as_millis());
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(client.send(client.request("POST", "/graphql").json(&question)).await.status);
    }
    assert_eq!(answers.iter().rev().take(3).collect::<Vec<_>>(), [&200, &200, &200], "{answers:?}");
    // The word of a change comes through again, and mail goes out.
    let mut listening =
        client.subscribe("subscription($t: [ID!]!) { terrainChanged(terrains: $t) { refetch } }", json!({ "t": [hooge_waard()] })).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    while listening.next(Duration::from_millis(200)).await.is_some() {}
    client.does("mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }", pin(json!({}))).await;
    assert!(listening.next(Duration::from_secs(3)).await.is_some(), "a word");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_hear_one_another() {
    let database = TestDatabase::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (url, data) = (database.url("terrein_app"), folder.path().to_string_lossy().into_owned());
    let settings = ["--database-url", url.as_str(), "--data-dir", data.as_str()];
    let (one, other) = (Server::start(&settings), Server::start(&settings));
    let (ann, boss) =
        (sign_in(&one, &database, "ondernemer@demo.example").await, sign_in(&other, &database, "aanjager@demo.example").await);
    let mut listening =
        boss.subscribe("subscription($t: [ID!]!) { terrainChanged(terrains: $t) { terrainId } }", json!({ "t": [hooge_waard()] })).await;
    while listening.next(Duration::from_millis(700)).await.is_some() {}
    let input = pin(json!({ "audience": "TERRAIN", "title": "Van de andere kant" }));
    let started = Instant::now();
    ann.does("mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }", input.clone()).await;
    assert!(listening.next(Duration::from_secs(1)).await.is_some(), "within a second");
    println!("told by the other server after {} ms", started.elapsed().as_millis());
    let seen = boss.data("query($id: ID!) { node(id: $id) { ... on Issue { title } } }", json!({ "id": input["issueId"] })).await;
    assert_eq!(seen["node"]["title"], "Van de andere kant");
    // A session is one everywhere: signed in here, known there, signed out there, unknown here.
    let elsewhere = Client::new(&other.url, ann.cookie().map(str::to_owned));
    assert!(elsewhere.data("{ viewer { id } }", json!({})).await["viewer"].is_object());
    let answer = elsewhere.send(elsewhere.request("POST", "/sign-in/out")).await;
    assert_eq!(cookie(&answer, "__Host-terrein=").as_deref(), Some("__Host-terrein="));
    assert_eq!(ann.data("{ viewer { id } }", json!({})).await["viewer"], Value::Null);
}
