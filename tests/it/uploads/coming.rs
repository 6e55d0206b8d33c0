//! How bytes come in.

use sha1::Digest;
use terrein_tests::TestApp;
use terrein_tests::demo::mint;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_was_cut_goes_on_where_it_stopped() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    for percent in [10, 50, 99] {
        let sent = Sent::photo(&issue, jpeg(1100, 900));
        assert!(sent.bytes.len() > 1_000_000, "more than one piece: {}", sent.bytes.len());
        assert_eq!(sent.create(&client).await.status, 201);
        let cut = sent.bytes.len() * percent / 100;
        // All is announced, and the connection breaks off after so much.
        let (mut way, body) = tokio::io::duplex(64 * 1024);
        let stream = reqwest::Body::wrap_stream(tokio_util::io::ReaderStream::new(body));
        let all = sent.part(&client, 0, 0).header("content-length", sent.bytes.len()).body(stream);
        let sending = tokio::spawn(all.send());
        tokio::io::AsyncWriteExt::write_all(&mut way, &sent.bytes[..cut]).await.expect("written");
        tokio::io::AsyncWriteExt::flush(&mut way).await.expect("flushed");
        // The last of it is on its way when the line goes.
        tokio::time::sleep(Duration::from_millis(300)).await;
        sending.abort();
        drop(way);
        let first = until(async || Some(offset(&sent.head(&client).await)).filter(|stands| *stands > 0)).await;
        // As a phone does: from where it stands, and again when that is no longer so, since the tail came in a moment later than the question.
        let stands = until(async || {
            let stands = offset(&sent.head(&client).await);
            assert!((first..=cut).contains(&stands), "{percent} %: {stands} of {cut}");
            let rest = sent.patch(&client, stands, sent.bytes.len()).await;
            assert!(matches!(rest.status, 204 | 409), "{percent} %: {}", rest.status);
            (rest.status == 204).then_some(stands)
        })
        .await;
        // What was sent and not kept is less than a piece.
        assert!(cut - stands <= 1024 * 1024, "{percent} %: {stands} of {cut}");
        let photo = settled(&client, &sent).await;
        assert_eq!((&photo["state"], &photo["widthPx"]), (&json!("READY"), &json!(1100)), "{percent} %: whole, in its order");
        println!("cut at {percent} %: {cut} bytes sent, {stands} kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_again_does_nothing_twice_and_an_id_that_is_taken_tells_nothing() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TERRAIN").await;
    let sent = Sent::photo(&issue, jpeg(60, 40));
    let half = sent.bytes.len() / 2;
    assert_eq!(sent.create(&client).await.status, 201);
    assert_eq!(sent.patch(&client, 0, half).await.status, 204);
    // The answer to the creation was lost: the same again says where it stands.
    let again = sent.create(&client).await;
    assert_eq!((again.status, offset(&again)), (200, half));
    assert_eq!(again.headers["location"], sent.path());
    // The same part twice: the second is told where it stands.
    let twice = sent.patch(&client, 0, half).await;
    assert_eq!((twice.status, offset(&twice)), (409, half));
    assert_eq!(sent.patch(&client, half, sent.bytes.len()).await.status, 204);
    // The last answer was lost: it is there, once.
    for _ in 0..2 {
        let last = sent.patch(&client, half, sent.bytes.len()).await;
        assert_eq!((last.status, offset(&last)), (409, sent.bytes.len()));
        let head = sent.head(&client).await;
        assert_eq!((head.status, offset(&head)), (200, sent.bytes.len()));
        assert_eq!(head.headers["upload-metadata"], sent.metadata());
        let again = sent.create(&client).await;
        assert_eq!((again.status, offset(&again)), (200, sent.bytes.len()));
        assert_eq!(sent.patch(&client, sent.bytes.len(), sent.bytes.len()).await.status, 204, "nothing more, and that is fine");
    }
    let photos = client.data(PHOTOS, json!({ "id": issue })).await;
    assert_eq!(photos["node"]["photos"].as_array().map(Vec::len), Some(1));
    // The same id for something else, and by somebody else.
    let other = Sent { bytes: jpeg(61, 40), ..sent.clone() };
    assert_ne!(other.bytes.len(), sent.bytes.len());
    let refused = other.create(&client).await;
    let stranger = app.sign_in("aanjager@demo.example").await;
    let taken = sent.create(&stranger).await;
    assert_eq!((refused.status, taken.status), (409, 409));
    assert_eq!(refused.body, taken.body, "whose it is, is not told");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_of_somebody_else_is_not_there() {
    let app = TestApp::demo().await;
    let (client, other) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let issue = issue_of(&client, "TERRAIN").await;
    let sent = Sent::photo(&issue, jpeg(60, 40));
    assert_eq!(sent.create(&client).await.status, 201);
    let missing = Sent { id: terrein_shared::id::new_id(), ..sent.clone() };
    for method in ["HEAD", "PATCH", "DELETE"] {
        let ask = async |upload: &Sent| match method {
            "PATCH" => upload.patch(&other, 0, 5).await,
            _ => other.send(tus(&other, method, &upload.path())).await,
        };
        let (theirs, none) = (ask(&sent).await, ask(&missing).await);
        assert_eq!((theirs.status, theirs.body), (404, none.body), "{method}");
        assert_eq!(none.status, 404);
    }
    let head = sent.head(&client).await;
    assert_eq!((head.status, offset(&head)), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_otherwise_than_it_was_sent_is_not_taken() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let sent = Sent::photo(&issue, jpeg(1100, 900));
    let all = sent.bytes.len();
    assert_eq!(sent.create(&client).await.status, 201);
    let sum = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(sha2::Sha256::digest(bytes)));
    let wrong = client.send(sent.part(&client, 0, all).header("upload-checksum", sum(b"something else"))).await;
    assert_eq!(wrong.status, 460, "{}", String::from_utf8_lossy(&wrong.body));
    assert_eq!(offset(&sent.head(&client).await), 0);
    assert!(!stored(&app).iter().any(|name| name.contains(&sent.id.to_string())), "nothing of it is kept");
    let unknown = client.send(sent.part(&client, 0, 9).header("upload-checksum", "md5 AAAA")).await;
    assert_eq!(unknown.status, 400);
    let first = format!("sha1 {}", STANDARD.encode(sha1::Sha1::digest(&sent.bytes[..9])));
    assert_eq!(client.send(sent.part(&client, 0, 9).header("upload-checksum", first)).await.status, 204);
    let rest = sent.part(&client, 9, all).header("upload-checksum", sum(&sent.bytes[9..]));
    assert_eq!(client.send(rest).await.status, 204);
    assert_eq!(settled(&client, &sent).await["state"], "READY");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_no_photo_is_refused_before_it_is_sent() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let sent = Sent::photo(&issue, jpeg(60, 40));
    let with = |length: usize, sent: &Sent| {
        tus(&client, "POST", "/uploads").header("upload-length", length).header("upload-metadata", sent.metadata())
    };
    assert_eq!(client.send(with(15_000_001, &sent)).await.status, 413);
    assert_eq!(client.send(with(10_000_001, &Sent::voice(&issue, vec![1]))).await.status, 413);
    assert_eq!(client.send(with(0, &sent)).await.status, 400);
    assert_eq!(Sent { media_type: "image/svg+xml", ..sent.clone() }.create(&client).await.status, 415);
    assert_eq!(Sent { media_type: "text/html", ..Sent::voice(&issue, ogg(99)) }.create(&client).await.status, 415);
    assert_eq!(Sent { kind: "film", ..sent.clone() }.create(&client).await.status, 400);
    let long = Sent { more: vec![("durationMs", "600001".to_owned())], ..Sent::voice(&issue, ogg(99)) };
    assert_eq!(long.create(&client).await.status, 400);
    // Without the protocol's own header, and what it speaks.
    let bare = client.request("POST", "/uploads").header("upload-length", 9).header("upload-metadata", sent.metadata());
    let answer = client.send(bare).await;
    assert_eq!((answer.status, &answer.headers["tus-version"]), (412, &"1.0.0".parse().expect("a header")));
    let options = client.send(client.request("OPTIONS", "/uploads")).await;
    assert_eq!(
        (options.status, &options.headers["tus-extension"]),
        (204, &"creation,termination,checksum,expiration".parse().expect("a header"))
    );
    // More than was announced.
    assert_eq!(sent.create(&client).await.status, 201);
    let more = Sent { bytes: [sent.bytes.clone(), vec![0; 10]].concat(), ..sent.clone() };
    assert_eq!(more.patch(&client, 0, more.bytes.len()).await.status, 413);
    assert_eq!(offset(&sent.head(&client).await), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_has_six_photos_and_one_more_is_refused() {
    let app = TestApp::demo().await;
    let (client, aanjager) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("aanjager@demo.example").await);
    let issue = issue_of(&client, "TERRAIN").await;
    let photos: Vec<Sent> = (0..6).map(|n| Sent::photo(&issue, jpeg(30 + n, 20))).collect();
    for sent in &photos[..3] {
        sent.send(&client).await;
    }
    for sent in &photos[3..] {
        assert_eq!(sent.create(&aanjager).await.status, 201, "others see neither, and they count");
    }
    let seventh = Sent::photo(&issue, jpeg(40, 20));
    let refused = seventh.create(&client).await;
    assert_eq!((refused.status, &refused.json()["reason"]), (422, &json!("too-many")));
    // One is taken back, and there is room.
    let taken_back = aanjager.send(tus(&aanjager, "DELETE", &photos[5].path())).await;
    assert_eq!(taken_back.status, 204);
    assert_eq!(photos[5].head(&aanjager).await.status, 410);
    assert_eq!(photos[5].patch(&aanjager, 0, 5).await.status, 410);
    assert_eq!(seventh.create(&client).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_add_to_an_issue_sends_nothing() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let public = issue_of(&client, "PUBLIC").await;
    let missing = mint("issue");
    let neighbour = app.sign_in("buur@demo.example").await;
    let sent = Sent::photo(&issue, jpeg(60, 40));
    // What is hidden and what is not there are the same to them.
    let hidden = sent.create(&neighbour).await;
    let none = Sent { issue: missing.clone(), ..sent.clone() }.create(&neighbour).await;
    assert_eq!((hidden.status, none.status), (404, 404));
    assert_eq!(hidden.body, none.body);
    // Seen, and not theirs.
    assert_eq!(Sent { issue: public.clone(), ..sent.clone() }.create(&neighbour).await.status, 403);
    assert_eq!(sent.create(&app.anonymous()).await.status, 401);
    // With other eyes, as a program, from a page elsewhere, as somebody else than the device speaks for.
    let aanjager = app.sign_in("aanjager@demo.example").await;
    let eyes = format!("entrepreneur {}", terrein_tests::demo::hooge_waard());
    assert_eq!(aanjager.send(sent.creation(&aanjager).header("x-terrein-see-as", eyes)).await.status, 403);
    assert_eq!(client.send(sent.creation(&client).header("sec-fetch-site", "cross-site")).await.status, 403);
    assert_eq!(client.send(sent.creation(&client).header("origin", "https://elsewhere.example")).await.status, 403);
    let other = client.send(sent.creation(&client).header("x-terrein-person", mint("person"))).await;
    assert_eq!((other.status, &other.json()["reason"]), (401, &json!("OTHER_PERSON")));
    let made = "mutation($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { ... on AccessTokenCreated { secret } } }";
    let until = terrein_shared::clock::Clock::System.now() + chrono::Duration::days(1);
    let input = json!({ "commandId": terrein_tests::demo::command(), "name": "schrijft", "scopes": ["WRITE"], "validUntil": until });
    let secret = client.does(made, input).await["secret"].as_str().expect("a token").to_owned();
    let program = client.with_token(&secret);
    assert_eq!(sent.create(&program).await.status, 403);
    // For whom it does speak.
    let me = client.data("{ viewer { id } }", json!({})).await["viewer"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(client.send(sent.creation(&client).header("x-terrein-person", me)).await.status, 201);
    // The issue goes before the last part does.
    let half = sent.bytes.len() / 2;
    assert_eq!(sent.patch(&client, 0, half).await.status, 204);
    let withdraw = "mutation($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename } }";
    client.does(withdraw, json!({ "commandId": terrein_tests::demo::command(), "issueId": issue })).await;
    assert_eq!(sent.patch(&client, half, sent.bytes.len()).await.status, 410);
    assert_eq!(client.data(PHOTO, json!({ "id": sent.node() })).await["node"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_left_alone_ends_and_its_parts_with_it() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let (left, stopped) = (Sent::photo(&issue, jpeg(60, 40)), Sent::photo(&issue, jpeg(60, 41)));
    for sent in [&left, &stopped] {
        assert!(sent.create(&client).await.headers.contains_key("upload-expires"));
        assert_eq!(sent.patch(&client, 0, 9).await.status, 204);
    }
    let parts = |of: &Sent| stored(&app).into_iter().filter(|name| name.contains(&of.id.to_string())).count();
    assert_eq!((parts(&left), parts(&stopped)), (1, 1));
    app.sql(&format!("update upload set expires_at = now() - interval '1 second' where id = '{}'", left.id)).await;
    assert_eq!(left.head(&client).await.status, 410);
    // Not yet cleared away, it goes on where it stopped.
    let renewed = left.create(&client).await;
    assert_eq!((renewed.status, offset(&renewed)), (200, 9));
    app.sql(&format!("update upload set expires_at = now() - interval '1 second' where id = '{}'", left.id)).await;
    assert_eq!(client.send(tus(&client, "DELETE", &stopped.path())).await.status, 204);
    let jobs = app.database.pool("terrein_jobs").await;
    let forgotten: i64 = sqlx::query_scalar("select app.forget_files()").fetch_one(&jobs).await.expect("forgotten");
    assert!(forgotten >= 1);
    until(async || (parts(&left) + parts(&stopped) == 0).then_some(())).await;
    assert_eq!(left.head(&client).await.status, 404);
    // It may begin anew.
    left.send(&client).await;
    assert_eq!(settled(&client, &left).await["state"], "READY");
}
