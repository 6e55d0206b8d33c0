//! What is made of what came in.

use image::{DynamicImage, ImageEncoder};
use terrein_tests::TestApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// A photo that was taken on its side, on a known spot, by a known camera, with words of its maker.
fn telling(width: u32, height: u32) -> Vec<u8> {
    let half = RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x03".to_vec();
    // Orientation 6: a quarter to the right.
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    // The camera's name, and where the place stands.
    exif.extend(b"\x01\x0f\0\x02\0\0\0\x0c\0\0\0\x32");
    exif.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x3e");
    exif.extend(b"\0\0\0\0");
    exif.extend(b"KnownCamera\0");
    exif.extend(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0GPSLatitudeHere");
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata(exif).expect("exif");
    encoder.encode_image(&DynamicImage::ImageRgb8(half)).expect("written");
    // A comment, behind the first marker.
    let comment = b"My neighbour's garden";
    let mut marker = vec![0xff, 0xfe, 0, u8::try_from(comment.len() + 2).expect("short")];
    marker.extend(comment);
    bytes.splice(2..2, marker);
    bytes
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part == word)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_photo_is_kept_but_its_pixels_upright() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let taken = telling(2400, 1200);
    for word in [&b"KnownCamera"[..], b"GPSLatitudeHere", b"neighbour", b"Exif"] {
        assert!(holds(&taken, word), "it is in what is sent");
    }
    let sent = Sent { more: vec![("alt", "Een gevel".to_owned())], ..Sent::photo(&issue, taken) };
    sent.send(&client).await;
    let photo = settled(&client, &sent).await;
    assert_eq!((&photo["state"], &photo["widthPx"], &photo["heightPx"]), (&json!("READY"), &json!(800), &json!(1600)), "{photo}");
    assert_eq!((&photo["alt"], &photo["mine"]), (&json!("Een gevel"), &json!(true)));
    let address = photo["address"].as_str().expect("an address");
    for (w, width, height) in [(320, 160, 320), (960, 480, 960), (1600, 800, 1600)] {
        let answer = client.get(&format!("{address}?w={w}")).await;
        assert_eq!((answer.status, &answer.headers["content-type"]), (200, &"image/jpeg".parse().expect("a header")));
        for word in [&b"KnownCamera"[..], b"GPSLatitudeHere", b"neighbour", b"Exif"] {
            assert!(!holds(&answer.body, word), "{} is in {w}", String::from_utf8_lossy(word));
        }
        let shown = image::load_from_memory(&answer.body).expect("a photo").into_rgb8();
        assert_eq!((shown.width(), shown.height()), (width, height));
        // Turned to the right, what was left is up.
        let (up, down) = (shown.get_pixel(width / 2, 5).0, shown.get_pixel(width / 2, height - 5).0);
        assert!(up[0] > 200 && up[2] < 60 && down[2] > 200 && down[0] < 60, "{up:?} {down:?}");
    }
    assert_eq!(client.get(&format!("{address}?w=4000")).await.status, 400);
    // What was sent is gone.
    until(async || (!stored(&app).iter().any(|name| name.starts_with("upload/"))).then_some(())).await;
    assert_eq!(stored(&app).len(), 3);
}

/// A PNG of one colour that unpacks to so many pixels: a few kilobytes.
fn bomb(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new_with_quality(
        &mut bytes,
        image::codecs::png::CompressionType::Best,
        image::codecs::png::FilterType::NoFilter,
    );
    let grey = vec![0_u8; (side * side) as usize];
    encoder.write_image(&grey, side, side, image::ExtendedColorType::L8).expect("written");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_or_unpacks_to_too_much_is_refused_with_its_reason() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let packed = bomb(7_200);
    assert!(packed.len() < 200_000, "{} bytes", packed.len());
    let whole = written(&RgbImage::from_fn(300, 300, |x, y| Rgb([(x * 7) as u8, (y * 13) as u8, 0])), ImageFormat::Png);
    let cut = whole[..whole.len() / 3].to_vec();
    for (bytes, why) in [
        (packed, "TOO_MANY_PIXELS"),
        (b"<html><script>alert(1)</script>".to_vec(), "NOT_A_PHOTO"),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "NOT_A_PHOTO"),
        (cut, "NOT_A_PHOTO"),
    ] {
        let sent = Sent::photo(&issue, bytes);
        sent.send(&client).await;
        let photo = settled(&client, &sent).await;
        assert_eq!((&photo["state"], &photo["refusal"]), (&json!("REFUSED"), &json!(why)));
        assert_eq!(client.get(&format!("/photos/{}", sent.id)).await.status, 404);
    }
    let sent = Sent::voice(&issue, b"#!/bin/sh\nexit".to_vec());
    sent.send(&client).await;
    assert_eq!(settled(&client, &sent).await["refusal"], "NOT_A_SOUND");
    // What was refused takes no place, and nothing of it stays.
    let good = Sent::photo(&issue, jpeg(60, 40));
    good.send(&client).await;
    assert_eq!(settled(&client, &good).await["state"], "READY");
    until(async || (stored(&app).len() == 1).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_note_is_played_in_parts_written_out_and_its_sound_goes_after_its_days() {
    let tools = tempfile::tempdir().expect("a folder");
    let program = tools.path().join("write-out");
    std::fs::write(&program, "#!/bin/sh\ntest \"$1\" = --dutch || exit 3\nprintf 'Hier staat %s' \"$(head -c 4 \"$2\")\"\n")
        .expect("written");
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("may run");
    let command = format!("{} --dutch", program.display());
    let app = TestApp::over(terrein_tests::TestDatabase::demo().await, &["--speech-command", &command]).await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TERRAIN").await;
    let sent = Sent::voice(&issue, ogg(40_000));
    sent.send(&client).await;
    let note = settled(&client, &sent).await;
    assert_eq!((&note["state"], &note["durationMs"]), (&json!("READY"), &json!(4200)));
    let note = until(async || {
        let node = client.data(VOICE_NOTE, json!({ "id": sent.node() })).await["node"].take();
        (node["transcriptState"] == "DRAFT").then_some(node)
    })
    .await;
    assert_eq!(note["transcript"], "Hier staat OggS");
    let address = note["address"].as_str().expect("an address");
    let whole = client.send(client.request("GET", address).header("accept-encoding", "gzip, br")).await;
    assert_eq!((whole.status, &whole.body, whole.headers.get("content-encoding")), (200, &sent.bytes, None));
    assert_eq!(whole.headers["content-type"], "audio/ogg");
    let part = client.send(client.request("GET", address).header("range", "bytes=100-199")).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &sent.bytes[100..200]));
    assert_eq!(part.headers["content-range"], "bytes 100-199/40000");
    assert_eq!(client.send(client.request("GET", address).header("range", "bytes=50000-")).await.status, 416);
    for (name, value) in [
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-cache"),
    ] {
        assert_eq!(whole.headers[name], value);
    }
    let etag = whole.headers["etag"].clone();
    assert_eq!(client.send(client.request("GET", address).header("if-none-match", etag)).await.status, 304);
    // Somebody of the team says what it is.
    let confirm = "mutation ($input: ConfirmTranscriptInput!) { confirmTranscript(input: $input) { ... on TranscriptConfirmed { voiceNote { transcript transcriptState } } } }";
    let input = json!({ "commandId": terrein_tests::demo::command(), "voiceNoteId": sent.node(), "text": "De lamp is uit" });
    let confirmed = client.does(confirm, input).await;
    assert_eq!(confirmed["voiceNote"], json!({ "transcript": "De lamp is uit", "transcriptState": "CONFIRMED" }));
    // Its days are over: the sound goes, the text stays.
    let days: i64 = app
        .value(&format!(
            "select round(extract(epoch from sound_until - created_at) / 86400)::bigint from voice_note where id = '{}'",
            sent.id
        ))
        .await;
    assert_eq!(days, 90);
    app.sql("update voice_note set sound_until = now()").await;
    let jobs = app.database.pool("terrein_jobs").await;
    let _: i64 = sqlx::query_scalar("select app.forget_files()").fetch_one(&jobs).await.expect("forgotten");
    let after = client.data(VOICE_NOTE, json!({ "id": sent.node() })).await["node"].take();
    assert_eq!((&after["address"], &after["transcript"]), (&Value::Null, &json!("De lamp is uit")));
    assert_eq!(client.get(address).await.status, 404);
    until(async || stored(&app).is_empty().then_some(())).await;
}

/// A clamd that says of everything with this word in it that it is harmful, from when it is there.
async fn clamd(listener: tokio::net::TcpListener) {
    loop {
        let Ok((mut asked, _)) = listener.accept().await else { return };
        tokio::spawn(async move {
            let mut hello = [0; 10];
            asked.read_exact(&mut hello).await.expect("a command");
            assert_eq!(&hello, b"zINSTREAM\0");
            let mut all = Vec::new();
            loop {
                let length = asked.read_u32().await.expect("a length");
                if length == 0 {
                    break;
                }
                let mut piece = vec![0; length as usize];
                asked.read_exact(&mut piece).await.expect("a piece");
                all.extend(piece);
            }
            let said: &[u8] = if holds(&all, b"EICAR") { b"stream: Test-Signature FOUND\0" } else { b"stream: OK\0" };
            asked.write_all(said).await.expect("answered");
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_that_was_not_scanned() {
    // A port where nobody listens yet.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let app = TestApp::over(terrein_tests::TestDatabase::demo().await, &["--clamd", &address]).await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let issue = issue_of(&client, "TEAM").await;
    let (good, bad) = (Sent::photo(&issue, jpeg(60, 40)), Sent::photo(&issue, [jpeg(60, 41), b"EICAR".to_vec()].concat()));
    good.send(&client).await;
    bad.send(&client).await;
    let tried = || app.value::<i64>("select count(*) from app.file_work where tries > 0 and kind = 'photo'");
    until(async || (tried().await == 2).then_some(())).await;
    assert_eq!(client.data(PHOTO, json!({ "id": good.node() })).await["node"]["state"], "RECEIVED");
    assert_eq!(client.get(&format!("/photos/{}", good.id)).await.status, 404);
    let listener = tokio::net::TcpListener::bind(&address).await.expect("the port is free again");
    let scanning = tokio::spawn(clamd(listener));
    app.sql("update app.file_work set at = now()").await;
    assert_eq!(settled(&client, &good).await["state"], "READY");
    let refused = settled(&client, &bad).await;
    assert_eq!((&refused["state"], &refused["refusal"]), (&json!("REFUSED"), &json!("MALWARE")));
    scanning.abort();
}
