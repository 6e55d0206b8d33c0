//! The program killed without a word in the middle of a stream of pins, over a road that loses answers and doubles questions (`sync.md`):
//! what it acknowledged is there, nothing is there twice.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use terrein_tests::Client;
use terrein_tests::demo::pin;

use super::uploads::{Sent, issue_of, jpeg, offset, settled_within};

const PINS: usize = 1_000;
const SENDERS: usize = 8;
/// Acknowledgements after which it is killed.
const KILLS: [usize; 3] = [120, 450, 900];

/// Every pin, and a third of them twice, mixed: the same order every time.
fn queue() -> Vec<usize> {
    let mut order: Vec<usize> = (0..PINS).chain((0..PINS).step_by(3)).collect();
    let mut seed = 11_u64;
    for place in (1..order.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(seed >> 33).expect("31 bits") % (place + 1);
        order.swap(place, other);
    }
    order
}

/// Whether the first answer to this one is lost on its way: a quarter of them.
fn is_lost(n: usize) -> bool {
    n % 4 == 1
}

/// The program beside this test: `target/<profile>/terrein`.
fn program() -> PathBuf {
    let here = std::env::current_exe().expect("this test's own file");
    here.ancestors().nth(2).expect("the folder of the profile").join("terrein")
}

fn terrein(args: &[&str], data: &Path) -> Command {
    let mut command = Command::new(program());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TERREIN_") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
    }
    command.env("TERREIN_LOG", "error").args(args).arg("--data-dir").arg(data).stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

/// A server over its own database, which keeps what it acknowledged. Killed when it is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        let listen = format!("127.0.0.1:{port}");
        let args = ["serve", "--mode", "development", "--demo", "--listen", &listen, "--rate-ad-hoc", "0", "--rate-persisted", "0"];
        let mut child = terrein(&args, data).spawn().expect("the program starts");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut said).expect("a line");
        assert!(said.starts_with("Terrein: http"), "{said:?}");
        Self { child, url: format!("http://{listen}") }
    }

    /// SIGKILL: no goodbye, no shutdown.
    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// SIGTERM, so that its database ends too.
    fn stop(mut self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(done.success());
        let started = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            assert!(started.elapsed() < Duration::from_secs(30), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The cookie of an entrepreneur who opened a link of the running server.
async fn signed_in(server: &Server, data: &Path) -> String {
    let link = terrein(&["sign-in-link", "ondernemer@demo.example"], data).output().expect("a link");
    let token = String::from_utf8_lossy(&link.stdout).trim().rsplit('/').next().expect("a token").to_owned();
    Client::new(&server.url, None).open_link(&token).await.expect("signed in")
}

/// Starts it again on its data, on a thread that may wait.
async fn started_again(data: &Path) -> Server {
    let data = data.to_owned();
    tokio::task::spawn_blocking(move || Server::start(&data)).await.expect("it starts again")
}

/// Sends a pin as the outbox does; `None` when no answer of ours came.
async fn send(http: &reqwest::Client, url: &str, cookie: &str, pin: &Value) -> Option<Value> {
    let report =
        "mutation($input: ReportIssueInput!) { reportIssue(input: $input) { __typename ... on IssueReported { issue { id title } } } }";
    let body = json!({ "query": report, "variables": { "input": pin } });
    let answer = http.post(format!("{url}/graphql")).header("cookie", cookie).json(&body).send().await.ok()?;
    if answer.status() != 200 {
        return None;
    }
    let answer: Value = answer.json().await.ok()?;
    assert!(answer.get("errors").is_none(), "{answer}");
    Some(answer["data"]["reportIssue"].clone())
}

fn answer_to(pin: &Value) -> Value {
    json!({ "__typename": "IssueReported", "issue": { "id": pin["issueId"], "title": pin["title"] } })
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_three_times_in_a_stream_of_pins_it_loses_none_and_doubles_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Server::start(&data);
    let cookie = signed_in(&server, &data).await;

    let pins: Arc<Vec<Value>> = Arc::new((0..PINS).map(|n| pin(json!({ "title": format!("Storm {n}"), "audience": "TERRAIN" }))).collect());
    let order = Arc::new(queue());
    let all = order.len();
    let url = Arc::new(Mutex::new(server.url.clone()));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let unanswered = Arc::new(AtomicUsize::new(0));
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (pins, order, url, cookie) = (pins.clone(), order.clone(), url.clone(), cookie.clone());
            let (acknowledged, unanswered) = (acknowledged.clone(), unanswered.clone());
            tokio::spawn(async move {
                let http = reqwest::Client::builder().timeout(Duration::from_secs(15)).build().expect("a client");
                for n in order.iter().skip(sender).step_by(SENDERS).copied() {
                    let (pin, started) = (&pins[n], Instant::now());
                    let mut lost = is_lost(n);
                    loop {
                        let at = url.lock().expect("an address").clone();
                        match send(&http, &at, &cookie, pin).await {
                            Some(_) if lost => lost = false,
                            Some(answer) => {
                                assert_eq!(answer, answer_to(pin));
                                acknowledged.fetch_add(1, Ordering::SeqCst);
                                break;
                            }
                            // No answer says nothing about what was done: the same command again, until it is answered.
                            None => {
                                unanswered.fetch_add(1, Ordering::SeqCst);
                                assert!(started.elapsed() < Duration::from_secs(60), "no answer at {at}");
                                tokio::time::sleep(Duration::from_millis(50)).await;
                            }
                        }
                    }
                }
            })
        })
        .collect();

    for after in KILLS {
        while acknowledged.load(Ordering::SeqCst) < after {
            assert!(!senders.iter().any(|sender| sender.is_finished()), "a sender ended early");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill();
        let killed_at = acknowledged.load(Ordering::SeqCst);
        assert!(killed_at < all, "killed in the middle");
        let back = Instant::now();
        server = started_again(&data).await;
        println!("killed after {killed_at} acknowledged pins; back after {} ms", back.elapsed().as_millis());
        server.url.clone_into(&mut url.lock().expect("an address"));
    }
    for sender in senders {
        sender.await.expect("every pin was acknowledged");
    }
    assert_eq!(acknowledged.load(Ordering::SeqCst), all);
    println!("{} times no answer came", unanswered.load(Ordering::SeqCst));

    // Killed once more: what was acknowledged does not depend on a shutdown either.
    server.kill();
    let server = started_again(&data).await;
    let client = Client::new(&server.url, Some(cookie.clone()));
    let sent: BTreeSet<String> = pins.iter().filter_map(|pin| pin["issueId"].as_str().map(str::to_owned)).collect();
    assert_eq!(stored(&client).await, (PINS, sent.clone()), "all that was acknowledged, each once");
    // The client lost every answer and sends its whole queue again.
    let http = reqwest::Client::new();
    let again = stream::iter(pins.iter()).map(async |pin| assert_eq!(send(&http, &server.url, &cookie, pin).await, Some(answer_to(pin))));
    again.buffer_unordered(SENDERS).collect::<()>().await;
    assert_eq!(stored(&client).await, (PINS, sent));
    server.stop();
}

/// How many of the stream's issues there are, and which.
async fn stored(client: &Client) -> (usize, BTreeSet<String>) {
    let query = "query($t: ID!, $after: String) { terrain(id: $t) { issues(first: 100, after: $after, filter: { text: \"storm\" }) {
      pageInfo { hasNextPage endCursor } edges { node { id title } } } } }";
    let (mut count, mut ids, mut after) = (0, BTreeSet::new(), Value::Null);
    loop {
        let page = client.data(query, json!({ "t": terrein_tests::demo::hooge_waard(), "after": after })).await["terrain"]["issues"].take();
        for edge in page["edges"].as_array().expect("edges") {
            count += 1;
            ids.insert(edge["node"]["id"].as_str().expect("an id").to_owned());
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return (count, ids);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_parts_of_a_photo_and_after_its_last_it_loses_none_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Server::start(&data);
    let cookie = signed_in(&server, &data).await;
    let mut client = Client::new(&server.url, Some(cookie.clone()));
    let issue = issue_of(&client, "TEAM").await;
    let sent = Sent::photo(&issue, jpeg(1100, 900));
    assert_eq!(sent.create(&client).await.status, 201);
    let all = sent.bytes.len();
    let mut from = 0;
    for to in [all / 3, 2 * all / 3, all] {
        assert_eq!(sent.patch(&client, from, to).await.status, 204);
        // As soon as it is acknowledged.
        server.kill();
        server = started_again(&data).await;
        client = Client::new(&server.url, Some(cookie.clone()));
        assert_eq!(offset(&sent.head(&client).await), to, "what was acknowledged is there");
        from = to;
    }
    // Work that was begun when it was killed is another's after a while.
    let photo = settled_within(&client, &sent, Duration::from_secs(100)).await;
    assert_eq!((&photo["state"], &photo["widthPx"]), (&json!("READY"), &json!(1100)));
    assert_eq!(client.get(&format!("/photos/{}?w=320", sent.id)).await.status, 200);
    server.stop();
}
