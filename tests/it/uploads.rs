//! Photos and voice notes by the front door: they come in in parts and go on where they stopped, are made fit to be shown, and are seen by
//! nobody who should not.

mod coming;
mod made;
mod seen;
mod store;

use std::io::Cursor;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use terrein_tests::client::Answer;
use terrein_tests::demo::{mint, pin};
use terrein_tests::{Client, TestApp};
use uuid::Uuid;

pub const REPORT: &str = "mutation ($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";
pub const PHOTO: &str =
    "query ($id: ID!) { node(id: $id) { ... on Photo { state refusal widthPx heightPx alt takenAt checked address authorRole mine
    viewerCan { check { allowed } } } } }";
pub const VOICE_NOTE: &str =
    "query ($id: ID!) { node(id: $id) { ... on VoiceNote { state refusal durationMs address transcript transcriptState soundUntil } } }";
pub const PHOTOS: &str = "query ($id: ID!) { node(id: $id) { ... on Issue { photos { id state } voiceNotes { id state } } } }";

/// A photo of noise, which does not shrink.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 7_u32;
    let noise = RgbImage::from_fn(width, height, |_, _| {
        Rgb([0; 3].map(|_: u8| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        }))
    });
    written(&noise, ImageFormat::Jpeg)
}

pub fn written(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("written");
    bytes.into_inner()
}

/// The first page of an Ogg file with Opus in it, and something behind it.
pub fn ogg(length: usize) -> Vec<u8> {
    let mut bytes = b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0".to_vec();
    bytes.extend((bytes.len()..length).map(|at| (at % 251) as u8));
    bytes
}

/// A new pin of somebody's for these, with its id.
pub async fn issue_of(client: &Client, audience: &str) -> String {
    let id = mint("issue");
    let done = client.does(REPORT, pin(json!({ "issueId": id, "audience": audience }))).await;
    assert_eq!(done["__typename"], "IssueReported");
    id
}

/// What is to be sent.
#[derive(Clone)]
pub struct Sent {
    pub id: Uuid,
    pub kind: &'static str,
    pub issue: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
    pub more: Vec<(&'static str, String)>,
}

impl Sent {
    pub fn photo(issue: &str, bytes: Vec<u8>) -> Self {
        Self { id: terrein_shared::id::new_id(), kind: "photo", issue: issue.to_owned(), media_type: "image/jpeg", bytes, more: Vec::new() }
    }

    pub fn voice(issue: &str, bytes: Vec<u8>) -> Self {
        Self { kind: "voice-note", media_type: "audio/ogg", more: vec![("durationMs", "4200".to_owned())], ..Self::photo(issue, bytes) }
    }

    pub fn node(&self) -> String {
        format!("{}:{}", self.kind, self.id)
    }

    pub fn metadata(&self) -> String {
        let pairs = [
            ("id", self.id.to_string()),
            ("kind", self.kind.to_owned()),
            ("issue", self.issue.clone()),
            ("type", self.media_type.to_owned()),
            ("takenAt", "2026-11-25T09:00:00Z".to_owned()),
        ];
        let pairs = pairs.iter().chain(&self.more).map(|(name, value)| format!("{name} {}", STANDARD.encode(value)));
        pairs.collect::<Vec<_>>().join(",")
    }

    pub fn creation(&self, client: &Client) -> reqwest::RequestBuilder {
        tus(client, "POST", "/uploads").header("upload-length", self.bytes.len()).header("upload-metadata", self.metadata())
    }

    pub async fn create(&self, client: &Client) -> Answer {
        client.send(self.creation(client)).await
    }

    pub fn path(&self) -> String {
        format!("/uploads/{}", self.id)
    }

    pub async fn head(&self, client: &Client) -> Answer {
        client.send(tus(client, "HEAD", &self.path())).await
    }

    /// Bytes from one place up to another.
    pub fn part(&self, client: &Client, from: usize, to: usize) -> reqwest::RequestBuilder {
        tus(client, "PATCH", &self.path())
            .header("content-type", "application/offset+octet-stream")
            .header("upload-offset", from)
            .body(self.bytes[from..to].to_vec())
    }

    pub async fn patch(&self, client: &Client, from: usize, to: usize) -> Answer {
        client.send(self.part(client, from, to)).await
    }

    /// All of it at once.
    pub async fn send(&self, client: &Client) {
        let begun = self.create(client).await;
        assert_eq!(begun.status, 201, "{}", String::from_utf8_lossy(&begun.body));
        assert_eq!(begun.headers["location"], self.path());
        let sent = self.patch(client, 0, self.bytes.len()).await;
        assert_eq!((sent.status, offset(&sent)), (204, self.bytes.len()), "{}", String::from_utf8_lossy(&sent.body));
    }
}

pub fn tus(client: &Client, method: &str, path: &str) -> reqwest::RequestBuilder {
    client.request(method, path).header("tus-resumable", "1.0.0")
}

pub fn offset(answer: &Answer) -> usize {
    answer.headers.get("upload-offset").and_then(|offset| offset.to_str().ok()).and_then(|offset| offset.parse().ok()).expect("an offset")
}

/// Asks until it is so.
pub async fn until<T>(asked: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(Duration::from_secs(30), asked).await
}

async fn until_within<T>(time: Duration, mut asked: impl AsyncFnMut() -> Option<T>) -> T {
    let end = tokio::time::Instant::now() + time;
    while tokio::time::Instant::now() < end {
        if let Some(found) = asked().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it does not come to that in {} s", time.as_secs());
}

/// A photo or voice note as it is once the server looked at it.
pub async fn settled(client: &Client, sent: &Sent) -> Value {
    settled_within(client, sent, Duration::from_secs(30)).await
}

/// The same, where it may take longer.
pub async fn settled_within(client: &Client, sent: &Sent, time: Duration) -> Value {
    let query = if sent.kind == "photo" { PHOTO } else { VOICE_NOTE };
    until_within(time, async || {
        let node = client.data(query, json!({ "id": sent.node() })).await["node"].take();
        (node["state"] != "RECEIVED").then_some(node)
    })
    .await
}

/// Names of what lies in the store of a test's server.
pub fn stored(app: &TestApp) -> Vec<String> {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                walk(&entry.path(), found);
            } else {
                found.push(entry.path().to_string_lossy().into_owned());
            }
        }
    }
    let root = app.mail.path().join("files");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.iter().filter_map(|name| name.split("/files/").nth(1).map(str::to_owned)).collect()
}
