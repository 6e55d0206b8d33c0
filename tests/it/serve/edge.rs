//! What the program has of its own for those who run it: its counts, the word on holes in the security, TLS without a proxy.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use terrein_tests::TestDatabase;
use terrein_tests::demo::{PLACE, hooge_waard, tile_of};

use super::{Server, sign_in, text};

#[tokio::test(flavor = "multi_thread")]
async fn those_who_run_it_read_its_counts_and_others_where_to_report_a_hole() {
    let database = TestDatabase::demo().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (url, token) = (database.url("terrein_app"), "een-lang-en-geheim-woord");
    let settings = ["--database-url", &url, "--data-dir", &folder.path().to_string_lossy(), "--metrics-token", token];
    let contacts = ["--security-contact", "veilig@terrein.example,https://terrein.example/melden"];
    let server = Server::start(&[&settings[..], &contacts].concat());
    let client = server.nobody();
    let file = client.get("/.well-known/security.txt").await;
    assert_eq!((file.status, file.headers["content-type"].to_str().ok()), (200, Some("text/plain; charset=utf-8")));
    let said = text(&file.body);
    let lines: Vec<(&str, &str)> = said.lines().map(|line| line.split_once(": ").expect("a field")).collect();
    let names: Vec<&str> = lines.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["Contact", "Contact", "Expires", "Preferred-Languages", "Canonical"]);
    assert_eq!((lines[0].1, lines[1].1, lines[3].1), ("mailto:veilig@terrein.example", "https://terrein.example/melden", "nl, en"));
    let days = chrono::DateTime::parse_from_rfc3339(lines[2].1)
        .expect("a time")
        .signed_duration_since(terrein_shared::clock::Clock::System.now())
        .num_days();
    assert!((30..365).contains(&days), "{days}");

    // Nobody reads the counts without the word.
    for wrong in [None, Some("Bearer"), Some("Bearer een-ander-geheim-woord"), Some("Basic een-lang-en-geheim-woord")] {
        let request = client.request("GET", "/metrics");
        let answer = client.send(wrong.iter().fold(request, |request, wrong| request.header("authorization", *wrong))).await;
        assert_eq!((answer.status, answer.headers["www-authenticate"].to_str().ok()), (401, Some("Bearer")), "{wrong:?}");
    }
    let ann = sign_in(&server, &database, "ondernemer@demo.example").await;
    ann.data("query($t: ID!) { terrain(id: $t) { name } }", json!({ "t": hooge_waard() })).await;
    let (x, y) = tile_of(PLACE, 14);
    assert_eq!(
        (server.status(&format!("/tiles/plot/14/{x}/{y}")).await, server.status("/nergens/ondernemer@demo.example").await),
        (200, 404)
    );
    let open = ann.socket().await;
    let counts = async |wanted: &[&str]| {
        let started = Instant::now();
        loop {
            let answer = client.send(client.request("GET", "/metrics").bearer_auth(token)).await;
            assert_eq!(
                (answer.status, answer.headers["content-type"].to_str().ok()),
                (200, Some("text/plain; version=0.0.4; charset=utf-8"))
            );
            let said = text(&answer.body);
            let missing: Vec<&&str> = wanted.iter().filter(|line| !said.lines().any(|said| said.starts_with(**line))).collect();
            if missing.is_empty() {
                return said;
            }
            assert!(started.elapsed() < Duration::from_secs(15), "{missing:?} in {said}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let said = counts(&[
        "terrein_http_requests_total{route=\"/graphql\",method=\"POST\",status=\"200\"} 1",
        "terrein_http_requests_total{route=\"/tiles/{layers}/{z}/{x}/{y}\",method=\"GET\",status=\"200\"} 1",
        "terrein_http_requests_total{route=\"app\",method=\"GET\",status=\"404\"} 1",
        "terrein_http_requests_total{route=\"/sign-in/link/{token}\",method=\"GET\",status=\"200\"} 1",
        "terrein_http_request_seconds_bucket{route=\"/graphql\",le=\"0.1\"}",
        "terrein_http_requests_under_way 1",
        "terrein_sockets 1",
        "terrein_tile_places_free 8",
        "terrein_questions_waiting{place=\"database\"} 0",
        "terrein_questions_waiting{place=\"reading\"} 0",
        "terrein_database_pool{state=\"open\"}",
        "terrein_database_pool{state=\"most\"} 16",
        "terrein_database_up 1",
        "terrein_database_connections{state=\"idle\"}",
        "terrein_jobs{state=\"waiting\"} 0",
        "terrein_feed_lag_seconds",
        "terrein_build{version=",
    ])
    .await;
    // No person, place or address in any of it.
    for word in ["ondernemer", "nergens", "127.0.0.1", "Waard", &format!("/{x}/{y}")] {
        assert!(!said.contains(word), "{word}");
    }
    drop(open);
    counts(&["terrein_sockets 0"]).await;
    database.away(true).await;
    counts(&["terrein_database_up 0"]).await;
    database.away(false).await;
    counts(&["terrein_database_up 1"]).await;
}

/// Greets the server over TLS; what it shows and speaks, and its answer to `GET /healthz`.
async fn greet(
    server: &Server,
    trusted: &[&rcgen::Certificate],
    protocol: Option<&str>,
) -> std::io::Result<(Vec<u8>, Option<Vec<u8>>, String)> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
    let mut roots = RootCertStore::empty();
    trusted.iter().for_each(|one| roots.add(one.der().clone()).expect("a certificate"));
    let config = ClientConfig::builder_with_provider(std::sync::Arc::new(ring::default_provider()));
    let mut config = config.with_safe_default_protocol_versions().expect("versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocol.iter().map(|name| name.as_bytes().to_vec()).collect();
    let plain = tokio::net::TcpStream::connect(server.url.trim_start_matches("http://")).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config)).connect(name, plain).await?;
    let shown = stream.get_ref().1.peer_certificates().expect("a certificate")[0].to_vec();
    let spoken = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
    let mut answer = String::new();
    if protocol.is_none() {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        stream.read_to_string(&mut answer).await?;
    }
    Ok((shown, spoken, answer))
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_certificate_it_speaks_tls_and_takes_a_new_one_while_it_runs() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (chain, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let write = |pair: &rcgen::CertifiedKey<rcgen::KeyPair>| {
        std::fs::write(&chain, pair.cert.pem()).and_then(|()| std::fs::write(&key, pair.signing_key.serialize_pem())).expect("written");
    };
    let pair = || rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let (first, second) = (pair(), pair());
    write(&first);
    let files = [chain.to_string_lossy().into_owned(), key.to_string_lossy().into_owned()];
    let (url, data) = (database.url("terrein_app"), folder.path().to_string_lossy().into_owned());
    let server = Server::start(&["--database-url", &url, "--data-dir", &data, "--tls-cert", &files[0], "--tls-key", &files[1]]);
    assert!(server.said.starts_with("Terrein: https://localhost:"), "{}", server.said);
    let trusted = [&first.cert, &second.cert];
    let (shown, _, answer) = greet(&server, &trusted, None).await.expect("an answer");
    assert!(shown == first.cert.der().as_ref() && answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert_eq!(greet(&server, &trusted, Some("h2")).await.expect("a greeting").1.as_deref(), Some(&b"h2"[..]));
    assert!(greet(&server, &[&second.cert], None).await.is_err(), "another's certificate");
    // Who speaks no TLS gets no answer.
    assert!(reqwest::get(format!("{}/healthz", server.url)).await.is_err());
    let told = || assert!(Command::new("kill").args(["-HUP", &server.child.id().to_string()]).status().is_ok_and(|done| done.success()));
    write(&second);
    told();
    let started = Instant::now();
    while greet(&server, &trusted, None).await.expect("an answer").0 != second.cert.der().as_ref() {
        assert!(started.elapsed() < Duration::from_secs(10), "the new certificate is not taken");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Half a renewal: the key is not the certificate's. The one in use stays.
    std::fs::write(&chain, first.cert.pem()).expect("written");
    told();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(greet(&server, &trusted, None).await.expect("an answer").0, second.cert.der().as_ref());
}
