//! The same over a real S3 store: a server that speaks its protocol, and asks for the key.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use terrein_tests::{TestApp, TestDatabase};

use super::*;

/// Serves a folder as S3 until the test ends; its address.
async fn s3(folder: &std::path::Path) -> String {
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).expect("a folder"));
    service.set_auth(SimpleAuth::from_single("the-key", "the-secret"));
    let service = service.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move { Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_and_sound_live_in_an_s3_store_and_any_node_takes_the_next_part() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("terrein")).expect("a bucket");
    let endpoint = s3(folder.path()).await;
    let flags = ["--s3-bucket", "terrein", "--s3-endpoint", &endpoint, "--s3-access-key", "the-key", "--s3-secret-key", "the-secret"];
    let one = TestApp::over(TestDatabase::demo().await, &flags).await;
    let two = TestApp::over(one.database.clone(), &flags).await;
    let client = one.sign_in("ondernemer@demo.example").await;
    let there = Client::new(&two.url, client.cookie().map(str::to_owned));
    let issue = issue_of(&client, "TEAM").await;
    let sent = Sent::photo(&issue, jpeg(1100, 900));
    let (third, all) = (sent.bytes.len() / 3, sent.bytes.len());
    assert_eq!(sent.create(&client).await.status, 201);
    assert_eq!(sent.patch(&client, 0, third).await.status, 204);
    assert_eq!(sent.patch(&there, third, 2 * third).await.status, 204);
    assert_eq!(sent.patch(&client, 2 * third, all).await.status, 204);
    let photo = settled(&client, &sent).await;
    assert_eq!((&photo["state"], &photo["widthPx"]), (&json!("READY"), &json!(1100)));
    for who in [&client, &there] {
        let answer = who.get(&format!("/photos/{}?w=960", sent.id)).await;
        assert_eq!((answer.status, image::load_from_memory(&answer.body).expect("a photo").width()), (200, 960));
    }
    let said = Sent::voice(&issue, ogg(5_000));
    said.send(&there).await;
    settled(&client, &said).await;
    let part = client.send(client.request("GET", &format!("/voice-notes/{}", said.id)).header("range", "bytes=10-19")).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &said.bytes[10..20]));
    // Nothing of it lies in the data folders.
    assert!(stored(&one).is_empty() && stored(&two).is_empty());
    let withdraw = "mutation ($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename } }";
    client.does(withdraw, json!({ "commandId": terrein_tests::demo::command(), "issueId": issue })).await;
    until(async || {
        let left = std::process::Command::new("find").arg(folder.path().join("terrein")).args(["-type", "f"]).output().expect("looked");
        left.stdout.is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_acknowledges_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("terrein")).expect("a bucket");
    let endpoint = s3(folder.path()).await;
    let flags = ["--s3-bucket", "terrein", "--s3-endpoint", &endpoint, "--s3-access-key", "the-key", "--s3-secret-key", "wrong"];
    let app = TestApp::over(TestDatabase::demo().await, &flags).await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let sent = Sent::photo(&issue, jpeg(60, 40));
    assert_eq!(sent.create(&client).await.status, 201);
    let refused = sent.patch(&client, 0, sent.bytes.len()).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("UNAVAILABLE")));
    assert_eq!(offset(&sent.head(&client).await), 0);
}
