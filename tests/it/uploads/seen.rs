//! Who sees what of it.

use terrein_tests::TestApp;
use terrein_tests::demo::{command, hooge_waard};

use super::*;

const CHECK: &str = "mutation ($input: CheckPhotoInput!) { checkPhoto(input: $input) { ... on PhotoChecked { photo { checked } } } }";
const DESCRIBE: &str =
    "mutation ($input: DescribePhotoInput!) { describePhoto(input: $input) { ... on PhotoDescribed { photo { alt } } } }";
const REMOVE: &str = "mutation ($input: RemovePhotoInput!) { removePhoto(input: $input) { __typename } }";
const SHARE: &str = "mutation ($input: ShareIssueInput!) { shareIssue(input: $input) { __typename } }";
const WITHDRAW: &str = "mutation ($input: WithdrawIssueInput!) { withdrawIssue(input: $input) { __typename } }";
const FEED: &str =
    "query ($t: [ID!]!, $since: String) { changes(terrains: $t, since: $since, first: 100) { cursor items { kind id node { id } } } }";

/// Two halves that are easily told apart.
fn halves() -> Vec<u8> {
    written(&RgbImage::from_fn(800, 400, |x, y| if (x / 4 + y / 4) % 2 == 0 { Rgb([255; 3]) } else { Rgb([0; 3]) }), ImageFormat::Jpeg)
}

/// How much neighbours differ around a place: much in a pattern, little where it was made illegible.
fn contrast(jpeg: &[u8], at: (u32, u32)) -> u8 {
    let photo = image::load_from_memory(jpeg).expect("a photo").into_luma8();
    (0..12).map(|n| photo.get_pixel(at.0 + n, at.1).0[0].abs_diff(photo.get_pixel(at.0 + n + 1, at.1).0[0])).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn others_see_a_photo_after_it_was_looked_over_and_not_what_was_covered() {
    let app = TestApp::demo().await;
    let (client, other) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("eigenaar@demo.example").await);
    let issue = issue_of(&client, "TERRAIN").await;
    let (sent, said) = (Sent::photo(&issue, halves()), Sent::voice(&issue, ogg(900)));
    sent.send(&client).await;
    said.send(&client).await;
    assert_eq!(settled(&client, &sent).await["state"], "READY");
    settled(&client, &said).await;
    let address = format!("/photos/{}?w=960", sent.id);
    let missing = format!("/photos/{}?w=960", terrein_shared::id::new_id());
    let photos = async |who: &Client| who.data(PHOTOS, json!({ "id": issue })).await["node"]["photos"].as_array().map(Vec::len);
    // Before it was looked over: the team alone, though the issue is everybody's here.
    let none = other.get(&missing).await;
    let hidden = other.get(&address).await;
    assert_eq!((hidden.status, &hidden.body), (404, &none.body));
    assert_eq!((photos(&client).await, photos(&other).await), (Some(1), Some(0)));
    // Not theirs to look over, to describe, to remove: as if it were not there.
    let input = json!({ "commandId": command(), "photoId": sent.node(), "blur": [] });
    assert_eq!(other.fails(CHECK, input).await["code"], "NOT_FOUND");
    let blur = json!([{ "x": 0.0, "y": 0.0, "width": 0.5, "height": 1.0 }]);
    let checked = client.does(CHECK, json!({ "commandId": command(), "photoId": sent.node(), "blur": blur })).await;
    assert_eq!(checked["photo"]["checked"], true);
    let theirs = until(async || Some(other.get(&address).await).filter(|answer| answer.status == 200)).await;
    let ours = client.get(&address).await;
    assert!(contrast(&ours.body, (100, 200)) > 100 && contrast(&ours.body, (600, 200)) > 100);
    assert!(contrast(&theirs.body, (100, 200)) < 40, "{}", contrast(&theirs.body, (100, 200)));
    assert!(contrast(&theirs.body, (600, 200)) > 100);
    assert_eq!(photos(&other).await, Some(1));
    let input = json!({ "commandId": command(), "photoId": sent.node(), "alt": "Van een ander" });
    assert_eq!(other.fails(DESCRIBE, input).await["reason"], "NOT_YOURS");
    let alt = client.does(DESCRIBE, json!({ "commandId": command(), "photoId": sent.node(), "alt": "De hal" })).await;
    assert_eq!(alt["photo"]["alt"], "De hal");
    // Looked over again: the copy of before is gone at once.
    let blur = json!([{ "x": 0.5, "y": 0.0, "width": 0.5, "height": 1.0 }]);
    let mut again = json!({ "commandId": command(), "photoId": sent.node(), "blur": blur });
    client.does(CHECK, again.clone()).await;
    let theirs = until(async || Some(other.get(&address).await).filter(|answer| answer.status == 200)).await;
    assert!(contrast(&theirs.body, (100, 200)) > 100 && contrast(&theirs.body, (600, 200)) < 40);
    // The same command again looks nothing over again.
    client.does(CHECK, again.clone()).await;
    assert_eq!(other.get(&address).await.status, 200);
    again["blur"] = json!([{ "x": 1.5, "y": 0.0, "width": 0.5, "height": 1.0 }]);
    again["commandId"] = json!(command());
    assert_eq!(client.fails(CHECK, again).await["code"], "INVALID");
    until(async || (!stored(&app).iter().any(|name| name.contains("shown-1"))).then_some(())).await;
    // What was said stays with the team.
    let voice = format!("/voice-notes/{}", said.id);
    assert_eq!((client.get(&voice).await.status, other.get(&voice).await.status), (200, 404));
    assert_eq!(other.data(PHOTOS, json!({ "id": issue })).await["node"]["voiceNotes"], json!([]));
    assert_eq!(other.data(VOICE_NOTE, json!({ "id": said.node() })).await["node"], Value::Null);
    // Narrowed, it leaves the others.
    client.does(SHARE, json!({ "commandId": command(), "issueId": issue, "version": 1, "audience": "TEAM" })).await;
    assert_eq!(other.get(&address).await.status, 404);
    assert_eq!(app.anonymous().get(&address).await.body, app.anonymous().get(&missing).await.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_brings_photos_and_takes_them_away_again() {
    let app = TestApp::demo().await;
    let (client, other) = (app.sign_in("ondernemer@demo.example").await, app.sign_in("eigenaar@demo.example").await);
    let issue = issue_of(&client, "TERRAIN").await;
    let start = async |who: &Client| {
        app.settled().await;
        let mut since = Value::Null;
        loop {
            let mut page = who.data(FEED, json!({ "t": [hooge_waard()], "since": since })).await["changes"].take();
            if page["items"].as_array().is_none_or(Vec::is_empty) {
                return since;
            }
            since = page["cursor"].take();
        }
    };
    let (mine, theirs) = (start(&client).await, start(&other).await);
    let news = async |who: &Client, since: &Value, id: &str| {
        app.settled().await;
        let page = who.data(FEED, json!({ "t": [hooge_waard()], "since": since })).await["changes"].take();
        let items: Vec<Value> = page["items"].as_array().into_iter().flatten().filter(|item| item["id"] == id).cloned().collect();
        items.last().map(|item| (item["kind"].clone(), item["node"].is_null()))
    };
    let (sent, said) = (Sent::photo(&issue, jpeg(60, 40)), Sent::voice(&issue, ogg(900)));
    sent.send(&client).await;
    said.send(&client).await;
    settled(&client, &sent).await;
    settled(&client, &said).await;
    assert_eq!(news(&client, &mine, &sent.node()).await, Some((json!("PHOTO"), false)));
    assert_eq!(news(&client, &mine, &said.node()).await, Some((json!("VOICE_NOTE"), false)));
    assert_eq!(news(&other, &theirs, &sent.node()).await, None);
    client.does(CHECK, json!({ "commandId": command(), "photoId": sent.node(), "blur": [] })).await;
    until(async || Some(other.get(&format!("/photos/{}", sent.id)).await).filter(|answer| answer.status == 200)).await;
    assert_eq!(news(&other, &theirs, &sent.node()).await, Some((json!("PHOTO"), false)));
    assert_eq!(news(&other, &theirs, &said.node()).await, None);
    let removed = client.does(REMOVE, json!({ "commandId": command(), "photoId": sent.node() })).await;
    assert_eq!(removed["__typename"], "PhotoRemoved");
    assert_eq!(news(&other, &theirs, &sent.node()).await, Some((json!("PHOTO"), true)));
    assert_eq!(client.get(&format!("/photos/{}", sent.id)).await.status, 404);
    until(async || (!stored(&app).iter().any(|name| name.contains(&sent.id.to_string()))).then_some(())).await;
    // Sent again, it is known, and stays removed.
    assert_eq!(sent.create(&client).await.status, 200);
    assert_eq!(client.data(PHOTO, json!({ "id": sent.node() })).await["node"], Value::Null);
    // An issue that is taken back takes what hangs on it along.
    client.does(WITHDRAW, json!({ "commandId": command(), "issueId": issue })).await;
    assert_eq!(client.get(&format!("/voice-notes/{}", said.id)).await.status, 404);
    until(async || stored(&app).is_empty().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_and_voice_go_with_their_maker() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let (own, shared) = (issue_of(&client, "ME").await, issue_of(&client, "TERRAIN").await);
    let files = [
        Sent::photo(&own, jpeg(60, 40)),
        Sent::photo(&shared, jpeg(60, 41)),
        Sent { more: vec![("alt", "Onderweg".to_owned())], ..Sent::photo(&shared, jpeg(60, 42)) },
        Sent::voice(&shared, ogg(900)),
    ];
    for sent in [&files[0], &files[1], &files[3]] {
        sent.send(&client).await;
        settled(&client, sent).await;
    }
    assert_eq!(files[2].create(&client).await.status, 201);
    assert_eq!(files[2].patch(&client, 0, 9).await.status, 204);
    let export = client.get("/account/export").await.json();
    let of = |part: &str| export[part].as_array().map(Vec::len);
    assert_eq!((of("photos"), of("voiceNotes"), of("uploads")), (Some(2), Some(1), Some(4)));
    assert!(export["uploads"].to_string().contains("Onderweg"));
    assert!(!stored(&app).is_empty());
    let erase = "mutation ($input: EraseMeInput!) { eraseMe(input: $input) { __typename } }";
    let done = client.does(erase, json!({ "commandId": command(), "confirmation": "ondernemer@demo.example" })).await;
    assert_eq!(done["__typename"], "DataErased");
    let left: i64 =
        app.value("select (select count(*) from photo) + (select count(*) from voice_note) + (select count(*) from upload)").await;
    assert_eq!(left, 0);
    until(async || stored(&app).is_empty().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_of_a_page_of_issues_are_read_at_once() {
    let app = TestApp::demo().await;
    let client = app.sign_in("ondernemer@demo.example").await;
    let query = "query ($t: ID!, $n: Int!) { terrain(id: $t) { issues(first: $n) { edges { node { photos { id address organisation { id } viewerCan { remove { allowed } } } voiceNotes { id } } } } } }";
    for n in 0..8 {
        let issue = issue_of(&client, "TERRAIN").await;
        Sent::photo(&issue, jpeg(30 + n, 20)).send(&client).await;
        Sent::voice(&issue, ogg(300)).send(&client).await;
    }
    let statements = async |n: i32| {
        let answer = client.ask(query, json!({ "t": hooge_waard(), "n": n })).await;
        let photos = answer["data"].to_string().matches("\"address\"").count();
        (photos, answer["extensions"]["statements"].as_u64().expect("a count"))
    };
    let (one, eight) = (statements(1).await, statements(8).await);
    assert_eq!((one.0, eight.0), (1, 8));
    assert_eq!(one.1, eight.1, "as many for eight as for one");
    println!("{} statements", eight.1);
    // And by their index, as whoever asks.
    let pool = app.database.superuser().await;
    sqlx::query("set enable_seqscan = off").execute(&pool).await.expect("set");
    for (table, index) in [("photo", "photo_issue_id_created_at_id_idx"), ("voice_note", "voice_note_issue_id_created_at_id_idx")] {
        let mut connection = pool.acquire().await.expect("a connection");
        let sql = format!(
            "explain (costs off) select p.id from unnest(array(select id from issue)) i cross join lateral
               (select id from {table} where issue_id = i and deleted_at is null order by created_at, id limit 12) p"
        );
        sqlx::query("set enable_seqscan = off").execute(&mut *connection).await.expect("set");
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *connection).await.expect("a plan");
        assert!(plan.join("\n").contains(index), "{}", plan.join("\n"));
    }
}
