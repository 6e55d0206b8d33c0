//! Mail over SMTP: tried again while its link is valid, and no way in is left in the queue.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use terrein_tests::{TestApp, TestDatabase};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::access::{asking, read, type_code};

/// A mail server: what it says to a sender, and the mails it took.
struct MailServer {
    url: String,
    /// Its answer to `MAIL FROM`.
    answer: Arc<Mutex<&'static str>>,
    asked: Arc<AtomicUsize>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let server = Self { url, answer: Arc::new(Mutex::new(answer)), asked: Arc::default(), taken: Arc::default() };
        let (answer, asked, taken) = (server.answer.clone(), server.asked.clone(), server.taken.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_mail(stream, answer.clone(), asked.clone(), taken.clone()));
            }
        });
        server
    }

    fn says(&self, answer: &'static str) {
        *self.answer.lock().expect("an answer") = answer;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().expect("mails").clone()
    }
}

async fn serve_mail(stream: TcpStream, answer: Arc<Mutex<&'static str>>, asked: Arc<AtomicUsize>, taken: Arc<Mutex<Vec<String>>>) {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut body: Option<String> = None;
    writer.write_all(b"220 mail.example ESMTP\r\n").await.expect("greeted");
    while let Ok(Some(line)) = lines.next_line().await {
        let reply = match (&mut body, line.split([' ', ':']).next().unwrap_or_default()) {
            (Some(text), _) if line == "." => {
                taken.lock().expect("mails").push(std::mem::take(text));
                body = None;
                "250 2.0.0 taken"
            }
            (Some(text), _) => {
                text.push_str(&line);
                text.push_str("\r\n");
                continue;
            }
            (None, "EHLO") => "250-mail.example\r\n250 8BITMIME",
            (None, "MAIL") => {
                asked.fetch_add(1, Ordering::SeqCst);
                *answer.lock().expect("an answer")
            }
            (None, "DATA") => {
                body = Some(String::new());
                "354 go on"
            }
            (None, "QUIT") => "221 bye",
            _ => "250 ok",
        };
        if writer.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Waits until something is so.
async fn until(what: &str, within: Duration, mut so: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !so().await {
        assert!(started.elapsed() < within, "{what}: not within {within:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Sign-in mails in the queue, done or not.
async fn queued(app: &TestApp) -> i64 {
    app.value("select count(*) from graphile_worker._private_jobs").await
}

const LATER: &str = "451 4.3.0 later";

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_not_taken_is_tried_again_while_its_link_is_valid_and_leaves_nothing_behind() {
    let server = MailServer::start(LATER).await;
    let app = TestApp::over(TestDatabase::demo().await, &["--smtp-url", &server.url]).await;
    let email = "partner@demo.example";
    asking(&app.anonymous(), email).await;
    until("a first try", Duration::from_secs(10), async || server.asked() == 1).await;
    // The next try knows when the link ends, and comes before.
    until("a second try is queued", Duration::from_secs(5), async || {
        app.value(
            "select exists (select from graphile_worker._private_jobs j, sign_in_link l
            where (j.payload ->> 'until')::timestamptz = l.expires_at and j.run_at < l.expires_at and j.last_error is null)",
        )
        .await
    })
    .await;
    server.says("250 ok");
    until("the mail is taken", Duration::from_secs(40), async || server.taken().len() == 1).await;
    until("the queue is empty", Duration::from_secs(5), async || queued(&app).await == 0).await;
    let mail = read(&server.taken()[0]);
    assert_eq!(type_code(&app.anonymous(), email, &mail.code).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_link_has_ended_is_not_sent_and_leaves_nothing_behind() {
    let server = MailServer::start(LATER).await;
    let app = TestApp::over(TestDatabase::demo().await, &["--smtp-url", &server.url]).await;
    asking(&app.anonymous(), "provincie@demo.example").await;
    until("a first try", Duration::from_secs(10), async || server.asked() == 1).await;
    let late = "update graphile_worker._private_jobs set run_at = now(),
        payload = jsonb_set(payload::jsonb, '{until}', to_jsonb(now() - interval '1 second'))::json where locked_at is null and payload ->> 'until' is not null";
    server.says("250 ok");
    until("a second try is queued", Duration::from_secs(5), async || app.sql(late).await == 1).await;
    until("the queue is empty", Duration::from_secs(10), async || queued(&app).await == 0).await;
    assert_eq!((server.asked(), server.taken().len()), (1, 0));
    // A mail that is refused for good is not tried again.
    server.says("550 5.1.1 nobody here");
    asking(&app.anonymous(), "partner@demo.example").await;
    until("a try", Duration::from_secs(10), async || server.asked() == 2).await;
    until("the queue is empty", Duration::from_secs(5), async || queued(&app).await == 0).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((server.asked(), server.taken().len(), queued(&app).await), (2, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_in_that_a_killed_worker_left_in_the_queue_is_forgotten() {
    let database = Arc::new(TestDatabase::demo().await);
    let pool = database.superuser().await;
    let mail = json!({ "to": "partner@demo.example", "name": "Partner", "language": "nl", "token": "geheim", "code": "123456" });
    for (attempts, locked) in [(1, "null"), (1, "now() - interval '20 minutes'"), (0, "now() - interval '20 minutes'")] {
        sqlx::query("select graphile_worker.add_job(identifier := 'sign_in_mail', payload := $1::json, max_attempts := 1)")
            .bind(&mail)
            .execute(&pool)
            .await
            .expect("queued");
        let aged = format!(
            "update graphile_worker._private_jobs set attempts = {attempts}, locked_at = {locked}, locked_by = case when {locked} is null then null else 'gone' end,
               created_at = now() - interval '16 minutes' where created_at > now() - interval '10 minutes'"
        );
        sqlx::query(sqlx::AssertSqlSafe(aged)).execute(&pool).await.expect("aged");
    }
    pool.close().await;
    let app = TestApp::over(database, &[]).await;
    until("the queue is empty", Duration::from_secs(10), async || queued(&app).await == 0).await;
    assert_eq!(std::fs::read_dir(app.mail.path().join("mail")).expect("the mail folder").count(), 0, "and not sent");
}
