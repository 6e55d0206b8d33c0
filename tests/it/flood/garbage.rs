//! Rubbish at every door of the program itself: it stays up, keeps its memory, and answers others as before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use terrein_tests::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{length, percentile};
use crate::serve::{Server, sign_in};

/// Megabytes the program may grow by between the first third of the rubbish and the last.
const GROWTH: f64 = 12.0;
/// Throwers of each kind.
const EACH: usize = 4;

/// Numbers without meaning, the same in every run.
#[derive(Clone)]
struct Noise(Arc<AtomicU64>);

impl Noise {
    fn next(&self, below: usize) -> usize {
        let step = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mixed = (step ^ (step >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 32)) % below.max(1) as u64) as usize
    }

    fn bytes(&self, most: usize) -> Vec<u8> {
        (0..self.next(most)).map(|_| self.next(256) as u8).collect()
    }

    fn one_of<'a>(&self, all: &[&'a str]) -> &'a str {
        all[self.next(all.len())]
    }
}

/// Sends bytes as they are and reads what comes, for a while.
async fn send(address: &str, bytes: &[u8], patience: Duration) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    // It may hang up at any moment: that is its right.
    if stream.write_all(bytes).await.is_err() {
        return;
    }
    let mut answer = [0; 4096];
    while let Ok(Ok(read)) = tokio::time::timeout(patience, stream.read(&mut answer)).await {
        if read == 0 {
            return;
        }
    }
}

const DOORS: [&str; 16] = [
    "/graphql",
    "/graphql/ws",
    "/tiles/plot/14/8421/5401",
    "/tiles/plot.json",
    "/sign-in/request",
    "/sign-in/code",
    "/sign-in/link",
    "/sign-in/out",
    "/sign-in/passkey/options",
    "/sign-in/passkey",
    "/passkeys",
    "/invitation",
    "/invitation/accept",
    "/account/export",
    "/config.json",
    "/readyz",
];
const KINDS: [&str; 6] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "\u{1}",
];

/// A request to one of the doors with a body that is none, or half of one.
async fn half_bodies(address: String, noise: Noise) {
    let body = match noise.next(5) {
        0 => noise.bytes(8_000),
        1 => b"{\"query\":\"{ viewer { id } }\",\"variables\":{\"a\":[1,2,".to_vec(),
        2 => "{\"a\":".repeat(noise.next(20_000)).into_bytes(),
        3 => b"{\"query\":\"\xff\xfe\xc3\x28\"}".to_vec(),
        _ => format!("{{\"query\":\"{}\"}}", "\\u0000".repeat(noise.next(2_000))).into_bytes(),
    };
    // As long as it is, longer, or no number at all.
    let length = match noise.next(4) {
        0 => (body.len() + 100).to_string(),
        1 => "99999999999999999999".to_owned(),
        _ => body.len().to_string(),
    };
    let (door, kind) = (noise.one_of(&DOORS), noise.one_of(&KINDS));
    let cookie = noise.next(usize::MAX);
    let mut bytes = format!(
        "POST {door} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncookie: __Host-terrein={cookie}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
    .into_bytes();
    bytes.extend(body);
    send(&address, &bytes, Duration::from_millis(300)).await;
}

/// Bytes that are no HTTP, heads that are too long, chunks that never end.
async fn no_requests(address: String, noise: Noise) {
    let bytes = match noise.next(5) {
        0 => noise.bytes(20_000),
        1 => format!(
            "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
            format!("x-{}: {}\r\n", noise.next(1_000), "a".repeat(900)).repeat(noise.next(300))
        )
        .into_bytes(),
        2 => format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a%00%ff../".repeat(noise.next(6_000))).into_bytes(),
        3 => format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n{:x}\r\n{}",
            1 << 20,
            "[".repeat(30_000)
        )
        .into_bytes(),
        _ => b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
    };
    send(&address, &bytes, Duration::from_millis(300)).await;
}

/// Addresses that are none: of tiles, of links, with question marks.
async fn no_addresses(address: String, noise: Noise) {
    let (a, b) = (noise.next(usize::MAX), noise.next(99));
    let path = match noise.next(6) {
        0 => format!("/tiles/plot/{b}/{a}/-{a}.mvt"),
        1 => format!("/tiles/{},plot/14/1/1", "plot,".repeat(b * 20)),
        2 => format!("/tiles/%ff%00/14/{a}/1e9"),
        3 => format!("/sign-in/link/{}", "a".repeat(b * 50)),
        4 => format!("/graphql?query=%7B{}&variables=%5B%5B{}", "%22%C3".repeat(b * 10), "%5B".repeat(b * 20)),
        _ => format!("/sign-in/oidc/{a}/callback?state={}&code={a}", "%2e".repeat(b)),
    };
    let accept = noise.one_of(&["text/html", "application/json", "*/*;q=x", ""]);
    let token = noise.one_of(&[
        "authorization: Bearer trn_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
        "authorization: Basic =\r\n",
        "if-none-match: \"\r\n",
        "",
    ]);
    let bytes = format!("GET {path} HTTP/1.1\r\nhost: x\r\naccept: {accept}\r\n{token}connection: close\r\n\r\n");
    send(&address, bytes.as_bytes(), Duration::from_millis(500)).await;
}

/// Connections that say half a word and stay.
async fn half_open(address: String, noise: Noise) {
    let begun: Vec<TcpStream> =
        futures_util::future::join_all((0..20).map(|_| TcpStream::connect(&address))).await.into_iter().flatten().collect();
    let mut held = Vec::new();
    for mut stream in begun {
        let word = noise.one_of(&[
            "",
            "P",
            "POST /graphql HTTP/1.1\r\nhost:",
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{\"qu",
        ]);
        if stream.write_all(word.as_bytes()).await.is_ok() {
            held.push(stream);
        }
    }
    tokio::time::sleep(Duration::from_millis(noise.next(1_500) as u64)).await;
}

/// Sockets that speak something else than was agreed.
async fn sockets(address: String, noise: Noise) {
    let Ok(mut request) = format!("ws://{address}/graphql/ws").into_client_request() else { return };
    if let Ok(value) = noise.one_of(&["graphql-transport-ws", "graphql-ws", "mqtt"]).parse() {
        request.headers_mut().insert("sec-websocket-protocol", value);
    }
    let Ok((mut socket, _)) = tokio_tungstenite::connect_async(request).await else { return };
    for _ in 0..noise.next(30) {
        let message = match noise.next(6) {
            0 => Message::binary(noise.bytes(4_000)),
            1 => Message::text("{\"type\":\"connection_init\",\"payload\":[[[["),
            2 => Message::text("{\"type\":\"connection_init\"}"),
            3 => Message::text(format!(
                "{{\"id\":\"{}\",\"type\":\"subscribe\",\"payload\":{{\"query\":\"{}\"}}}}",
                noise.next(99),
                "{a".repeat(noise.next(800))
            )),
            4 => Message::text("[".repeat(noise.next(70_000))),
            _ => Message::Ping(noise.bytes(100).into()),
        };
        if socket.send(message).await.is_err() {
            return;
        }
        let _ = tokio::time::timeout(Duration::from_millis(20), socket.next()).await;
    }
}

/// Megabytes the process holds.
fn memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let held =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|text| text.trim().split(' ').next()?.parse::<f64>().ok());
    held.expect("a number") / 1024.0
}

fn middle(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rubbish_at_every_door_leaves_memory_flat_and_the_doors_open() {
    let database = TestDatabase::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (url, data) = (database.url("terrein_app"), folder.path().to_string_lossy().into_owned());
    let mut server = Server::start(&["--database-url", &url, "--data-dir", &data]);
    let somebody = sign_in(&server, &database, "ondernemer@demo.example").await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let noise = Noise(Arc::new(AtomicU64::new(7)));
    let stop = Arc::new(AtomicBool::new(false));
    let thrown = Arc::new(AtomicU64::new(0));
    let mut throwing = Vec::new();
    macro_rules! throw {
        ($($rubbish:ident),*) => {$(
            for _ in 0..EACH {
                let (address, noise, stop, thrown) = (address.clone(), noise.clone(), stop.clone(), thrown.clone());
                throwing.push(tokio::spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        $rubbish(address.clone(), noise.clone()).await;
                        thrown.fetch_add(1, Ordering::Relaxed);
                    }
                }));
            }
        )*};
    }
    throw!(half_bodies, no_requests, no_addresses, half_open, sockets);
    // Warm: every thread has had its share, every cache its first things.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (started, mut held, mut times) = (Instant::now(), Vec::new(), Vec::new());
    while started.elapsed() < length() {
        let asked = Instant::now();
        let answer = somebody.ask("{ viewer { id } }", serde_json::json!({})).await;
        assert!(answer["data"]["viewer"]["id"].is_string(), "{answer}");
        times.push(asked.elapsed());
        held.push(memory(server.child.id()));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stop.store(true, Ordering::Relaxed);
    for one in throwing {
        one.await.expect("thrown");
    }
    let third = held.len() / 3;
    let (first, last) = (middle(&held[..third]), middle(&held[held.len() - third..]));
    let p95 = percentile(&mut times, 0.95);
    println!(
        "{} pieces of rubbish; memory {first:.1} then {last:.1} MB; a small question beside them p95 {p95:?}",
        thrown.load(Ordering::Relaxed)
    );
    assert!(thrown.load(Ordering::Relaxed) > 200);
    assert!(last - first < GROWTH, "memory grew from {first:.1} to {last:.1} MB: {held:?}");
    assert!(server.child.try_wait().expect("a child").is_none(), "it is still there");
    assert_eq!(somebody.get("/healthz").await.status, 200);
}
