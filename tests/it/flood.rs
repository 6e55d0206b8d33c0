//! Pressure: a crowd that asks the worst it may, and rubbish at every door. Some seconds of each here; `make flood` does it for half a minute
//! (`TERREIN_FLOOD_SECONDS`).

mod garbage;
mod questions;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use terrein::access::caller::SessionHash;
use terrein_tests::demo::{hooge_waard, open_terrain};
use terrein_tests::{Client, TestDatabase};
use tokio::sync::Mutex;

use crate::serve::{Server, sign_in};
use questions::Question;

/// Abusers with a session of their own, and as many visitors with an address of their own.
const EACH: usize = 15;
/// What an abuser has under way at once.
const AT_ONCE: usize = 4;
/// How often somebody else asks something small.
const PAUSE: Duration = Duration::from_millis(60);

/// How long each flood lasts.
fn length() -> Duration {
    Duration::from_secs(std::env::var("TERREIN_FLOOD_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(5))
}

/// The value below which this share of the times lies.
fn percentile(times: &mut [Duration], share: f64) -> Duration {
    times.sort();
    let place = (times.len() as f64 * share) as usize;
    times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// Entrepreneurs on the open terrain, each with a session; their cookies.
async fn crowd(database: &TestDatabase) -> Vec<String> {
    let pool = database.superuser().await;
    let mut cookies = Vec::new();
    for n in 0..EACH {
        let secret = format!("flood-{n}");
        let hash = SessionHash::of(&secret).hex();
        let sql = format!(
            "with somebody as (insert into person (id, email, name) values (gen_random_uuid(), 'vloed{n}@demo.example', 'Vloed {n}') returning id),
               role as (insert into membership (id, person_id, organisation_id, terrain_id, role)
                 select gen_random_uuid(), somebody.id, (select id from organisation where kind = 'company' order by id limit 1), '{}', 'entrepreneur' from somebody)
             insert into session (id, token_hash, person_id, created_at, last_seen_at, expires_at)
               select gen_random_uuid(), '\\x{hash}', somebody.id, now(), now(), now() + interval '1 day' from somebody",
            open_terrain()
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.expect("somebody with a session");
        cookies.push(format!("__Host-terrein={secret}"));
    }
    pool.close().await;
    cookies
}

/// One of the crowd: a session or an address.
struct Abuser {
    client: Client,
    address: String,
    count: AtomicUsize,
}

impl Abuser {
    /// Asks the next thing; what it was answered with.
    async fn ask(&self, questions: &[Question], first: usize) -> Result<(u16, Vec<u8>), String> {
        let number = first + self.count.fetch_add(1, Ordering::Relaxed);
        let question = &questions[number % questions.len()];
        let request = self.client.request(question.method, &question.path).header("x-forwarded-for", &self.address);
        let request = match &question.body {
            Some(body) => request.header("content-type", "application/json").body(body.clone()),
            None => request,
        };
        let answer = request.send().await.map_err(|error| format!("{}: no answer: {error}", question.name))?;
        let (status, wait) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let body = answer.bytes().await.map_err(|error| format!("{}: half an answer: {error}", question.name))?.to_vec();
        let text = || String::from_utf8_lossy(&body[..body.len().min(600)]).into_owned();
        match status {
            200 | 204 | 304 | 400 | 413 if memmem(&body, b"\"INTERNAL\"") => Err(format!("{}: {}", question.name, text())),
            200 | 204 | 304 | 400 | 413 => Ok((status, body)),
            429 | 503 if wait => Ok((status, body)),
            // A statement that took too long, told inside the graph.
            503 if memmem(&body, b"\"UNAVAILABLE\"") => Ok((status, body)),
            status => Err(format!("{}: {status} {}", question.name, text())),
        }
    }
}

fn memmem(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}

/// Somebody with a small question now and then, on a thread of their own: what they wait is the server's doing. Their times.
fn bystander(client: Client, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<Vec<Duration>> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let small = [
                json!({ "query": "{ viewer { id } }" }),
                json!({ "query": "query($t: ID!) { terrain(id: $t) { name counts { openIssues } } }", "variables": { "t": hooge_waard() } }),
            ];
            let mut times = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                for question in &small {
                    let asked = Instant::now();
                    let request = client.request("POST", "/graphql").header("x-forwarded-for", "198.51.100.7");
                    let answer = client.send(request.json(question)).await;
                    times.push(asked.elapsed());
                    let said = String::from_utf8_lossy(&answer.body).into_owned();
                    assert_eq!(answer.status, 200, "never refused: {said}");
                    let answer: Value = answer.json();
                    assert!(answer.get("errors").is_none() && (answer["data"]["viewer"]["id"].is_string() || answer["data"]["terrain"]["name"].is_string()), "{said}");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            times
        })
    })
}

/// The crowd asks for `length`; how often it was answered with what, by question. Stops at what must not be.
async fn flood(server: &Server, cookies: &[String], length: Duration) -> Result<BTreeMap<(&'static str, u16), usize>, String> {
    let questions: Arc<Vec<Question>> = Arc::new(questions::all());
    let abuser = |n: usize, cookie: Option<String>| {
        Arc::new(Abuser { client: Client::new(&server.url, cookie), address: format!("203.0.113.{n}"), count: AtomicUsize::new(0) })
    };
    let members = cookies.iter().enumerate().map(|(n, cookie)| abuser(n, Some(cookie.clone())));
    let visitors = (0..EACH).map(|n| abuser(100 + n, None));
    let tally: Arc<Mutex<BTreeMap<(&'static str, u16), usize>>> = Arc::default();
    let started = Instant::now();
    let mut asking = Vec::new();
    for (n, abuser) in members.chain(visitors).enumerate() {
        for _ in 0..AT_ONCE {
            let (abuser, questions, tally) = (abuser.clone(), questions.clone(), tally.clone());
            asking.push(tokio::spawn(async move {
                while started.elapsed() < length {
                    let name = questions[(n + abuser.count.load(Ordering::Relaxed)) % questions.len()].name;
                    let (status, _) = abuser.ask(&questions, n).await?;
                    *tally.lock().await.entry((name, status)).or_default() += 1;
                    if status == 503 || status == 429 {
                        // No worse than it may be: a second is what it was told to wait.
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
                Ok::<_, String>(())
            }));
        }
    }
    for one in asking {
        one.await.expect("an abuser")?;
    }
    let tally = std::mem::take(&mut *tally.lock().await);
    Ok(tally)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_with_the_worst_questions_leaves_somebody_elses_small_one_under_a_second() {
    let database = TestDatabase::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (url, data) = (database.url("terrein_app"), folder.path().to_string_lossy().into_owned());
    let cookies = crowd(&database).await;
    // Without buckets: as if every one of the crowd had a full one at every moment. What keeps the others going is the order of turns alone.
    let settings =
        ["--database-url", &url, "--data-dir", &data, "--trusted-proxies", "127.0.0.0/8", "--rate-ad-hoc", "0", "--rate-persisted", "0"];
    let server = Server::start(&settings);
    let somebody = sign_in(&server, &database, "ondernemer@demo.example").await;
    // Each alone, for whoever looks for the worst of them.
    let alone = Abuser {
        client: Client::new(&server.url, Some(cookies[0].clone())),
        address: "203.0.113.1".to_owned(),
        count: AtomicUsize::new(0),
    };
    let questions = questions::all();
    for question in &questions {
        let asked = Instant::now();
        let (status, body) = alone.ask(&questions, 0).await.unwrap_or_else(|wrong| panic!("{wrong}"));
        println!("{}: {:?}, {status}, {} bytes", question.name, asked.elapsed(), body.len());
        assert!(!question.good || !memmem(&body, b"\"errors\""), "{}: {}", question.name, String::from_utf8_lossy(&body));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let bystander = bystander(somebody, stop.clone());
    let tally = flood(&server, &cookies, length()).await;
    stop.store(true, Ordering::Relaxed);
    let mut times = tokio::task::spawn_blocking(|| bystander.join()).await.expect("joined").expect("never refused");
    let (p50, p95, p99) = (percentile(&mut times, 0.5), percentile(&mut times, 0.95), percentile(&mut times, 0.99));
    let tally = tally.unwrap_or_else(|wrong| panic!("{wrong}"));
    println!("{} small questions: p50 {p50:?}, p95 {p95:?}, p99 {p99:?}; the crowd's: {tally:#?}", times.len());
    let answered: usize = tally.iter().filter(|((_, status), _)| *status == 200).map(|(_, count)| count).sum();
    assert!(answered > 20, "the crowd is served too: {tally:#?}");
    assert!(times.len() > 20, "{}", times.len());
    assert!(p95 < Duration::from_secs(1), "p50 {p50:?}, p95 {p95:?}, p99 {p99:?}");
}
