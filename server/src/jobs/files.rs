//! Makes of what came in what is shown, and wipes what is gone. A line of work in the database is taken for a while by whichever node comes
//! first; one that dies over it loses it to the next. Nothing is shown before it is made here.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use serde_json::{Value, json};
use sqlx::postgres::types::PgInterval;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::files::picture::{Made, Unfit, sizes, without};
use crate::files::{Files, sound, speech};
use crate::photo::PhotoArea;

/// How often work is looked for that came in on another node, or was put off.
const POLL: Duration = Duration::from_secs(2);
/// How often what is past its day is forgotten.
const FORGET: Duration = Duration::from_secs(60);
/// How long a line of work is another's before it is taken again.
const LEASE: Duration = Duration::from_secs(60);
/// Longest pause before something is tried again.
const PAUSE: Duration = Duration::from_secs(600);
/// Lines of work under way on one node.
const HANDS: usize = 2;

#[derive(sqlx::FromRow)]
struct Task {
    kind: String,
    target: String,
    tries: i32,
}

#[derive(sqlx::FromRow)]
struct ToMake {
    state: String,
    parts: Vec<String>,
    check_no: i32,
    shown_no: i32,
    blur: Value,
    /// What was made before: the largest of the team's, or a sound that is not written out.
    object: Option<String>,
}

/// Works until `stop`, as `terrein_jobs`. A database or a store that is away is tried again.
pub async fn run(jobs: PgConnectOptions, files: Files, stop: CancellationToken) {
    let options = jobs.application_name("terrein files").options([("statement_timeout", "30s")]);
    let pool = PgPoolOptions::new().max_connections(2).connect_lazy_with(options);
    let hands = (0..HANDS).map(|_| work(&pool, &files, &stop));
    tokio::join!(futures_util::future::join_all(hands), forget(&pool, &files, &stop));
}

async fn work(pool: &PgPool, files: &Files, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let did = match turn(pool, files).await {
            Ok(did) => did,
            Err(error) => {
                tracing::warn!("work on photos and sound cannot be looked for: {error:#}");
                false
            }
        };
        if !did {
            tokio::select! {
                () = stop.cancelled() => {}
                () = files.came.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}

/// Does one line of work; whether there was any.
async fn turn(pool: &PgPool, files: &Files) -> anyhow::Result<bool> {
    let task: Option<Task> =
        sqlx::query_as("select kind, target, tries from app.take_file_work($1)").bind(interval(LEASE)?).fetch_optional(pool).await?;
    let Some(Task { kind, target, tries }) = task else { return Ok(false) };
    let done = match kind.as_str() {
        "wipe" => files.store.wipe(&target).await.map_err(anyhow::Error::from),
        "photo" => photo(pool, files, Uuid::try_parse(&target)?).await,
        _ => voice_note(pool, files, Uuid::try_parse(&target)?).await,
    };
    match done {
        Ok(()) => {
            sqlx::query("select app.end_file_work($1, $2, $3)").bind(&kind).bind(&target).bind(tries).execute(pool).await?;
        }
        Err(error) => {
            let pause = PAUSE.min(Duration::from_secs(2).saturating_mul(1 << tries.clamp(0, 10)));
            tracing::warn!(work.kind = kind, work.tries = tries, work.pause_s = pause.as_secs(), "not done yet: {error:#}");
            sqlx::query("select app.put_off_file_work($1, $2, $3)").bind(&kind).bind(&target).bind(interval(pause)?).execute(pool).await?;
        }
    }
    Ok(true)
}

fn interval(time: Duration) -> anyhow::Result<PgInterval> {
    PgInterval::try_from(time).map_err(|error| anyhow::anyhow!("{error}"))
}

async fn to_make(pool: &PgPool, kind: &str, id: Uuid) -> anyhow::Result<Option<ToMake>> {
    let sql = "select state, parts, check_no, shown_no, blur, object from app.file_to_make($1, $2)";
    Ok(sqlx::query_as(sql).bind(kind).bind(id).fetch_optional(pool).await?)
}

async fn refuse(pool: &PgPool, kind: &str, id: Uuid, why: &str) -> anyhow::Result<()> {
    sqlx::query("select app.file_refused($1, $2, $3)").bind(kind).bind(id).bind(why).execute(pool).await?;
    Ok(())
}

/// Whether it may be shown as far as the scanner goes; nothing that was not scanned is, where there is one.
async fn clean(files: &Files, bytes: &[u8]) -> anyhow::Result<bool> {
    match &files.scanner {
        Some(scanner) => scanner.is_clean(bytes).await,
        None => Ok(true),
    }
}

async fn photo(pool: &PgPool, files: &Files, id: Uuid) -> anyhow::Result<()> {
    let Some(mut to_make) = to_make(pool, "photo", id).await? else { return Ok(()) };
    if to_make.state == "received" {
        let taken = files.store.joined(&to_make.parts).await?;
        if !clean(files, &taken).await? {
            return refuse(pool, "photo", id, "malware").await;
        }
        match unpacked(files, move || sizes(&taken)).await? {
            Ok(made) => to_make.object = keep(pool, files, id, "team", 0, made).await?,
            Err(Unfit::NotAPhoto) => return refuse(pool, "photo", id, "not_a_photo").await,
            Err(Unfit::TooManyPixels) => return refuse(pool, "photo", id, "too_many_pixels").await,
        }
    } else if to_make.state == "refused" {
        return Ok(());
    }
    if to_make.check_no > to_make.shown_no {
        let name = to_make.object.context("a photo without its largest")?;
        let (whole, areas): (Bytes, Vec<PhotoArea>) = (files.store.read(&name).await?, serde_json::from_value(to_make.blur)?);
        let made = unpacked(files, move || without(&whole, &areas)).await?;
        let made = made.map_err(|unfit| anyhow::anyhow!("a photo of ours cannot be read again: {unfit:?}"))?;
        keep(pool, files, id, "shown", to_make.check_no, made).await?;
    }
    Ok(())
}

/// Unpacks a photo on a thread of its own, one at a time. A reader that breaks down over what somebody sent has not read a photo.
async fn unpacked(
    files: &Files,
    work: impl FnOnce() -> Result<Vec<Made>, Unfit> + Send + 'static,
) -> anyhow::Result<Result<Vec<Made>, Unfit>> {
    let place = files.unpacking.clone().acquire_owned().await?;
    let made = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    match made.await {
        Ok(made) => Ok(made),
        Err(error) if error.is_panic() => Ok(Err(Unfit::NotAPhoto)),
        Err(error) => Err(error.into()),
    }
}

/// Puts what was made in the store, then says so; the name of the largest.
async fn keep(pool: &PgPool, files: &Files, id: Uuid, face: &str, check: i32, made: Vec<Made>) -> anyhow::Result<Option<String>> {
    let folder = if check == 0 { face.to_owned() } else { format!("{face}-{check}") };
    let mut said = Vec::new();
    let mut largest = None;
    for Made { fits_px, width_px, height_px, jpeg } in made {
        let object = format!("photo/{id}/{folder}/{fits_px}.jpg");
        said.push(json!({ "fits_px": fits_px, "width_px": width_px, "height_px": height_px, "bytes": jpeg.len(), "object": object }));
        files.store.put(&object, jpeg.into()).await?;
        largest = Some(object);
    }
    sqlx::query("select app.photo_made($1, $2, $3, $4)").bind(id).bind(face).bind(check).bind(Value::from(said)).execute(pool).await?;
    Ok(largest)
}

async fn voice_note(pool: &PgPool, files: &Files, id: Uuid) -> anyhow::Result<()> {
    let Some(to_make) = to_make(pool, "voice-note", id).await? else { return Ok(()) };
    let mut object = to_make.object;
    if to_make.state == "received" {
        let spoken = files.store.joined(&to_make.parts).await?;
        if !clean(files, &spoken).await? {
            return refuse(pool, "voice-note", id, "malware").await;
        }
        let Some(kind) = sound::kind(&spoken) else { return refuse(pool, "voice-note", id, "not_a_sound").await };
        let name = format!("voice-note/{id}/sound");
        let bytes = i32::try_from(spoken.len())?;
        files.store.put(&name, spoken).await?;
        sqlx::query("select app.sound_made($1, $2, $3, $4)").bind(id).bind(kind).bind(bytes).bind(&name).execute(pool).await?;
        object = Some(name);
    }
    if let (Some(program), Some(name)) = (&files.speech, object) {
        // It takes longer than other work.
        let time = interval(speech::TIME + LEASE)?;
        sqlx::query("select app.put_off_file_work('voice-note', $1, $2)").bind(id.to_string()).bind(time).execute(pool).await?;
        match program.write_out(&files.store.read(&name).await?).await {
            Ok(Some(text)) => {
                sqlx::query("select app.sound_heard($1, $2)").bind(id).bind(text).execute(pool).await?;
            }
            Ok(None) => {}
            // There is still the sound; what stands in the way of one stands in the way of all, and is told once each.
            Err(error) => tracing::warn!("a voice note is not written out: {error:#}"),
        }
    }
    Ok(())
}

async fn forget(pool: &PgPool, files: &Files, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match sqlx::query_scalar::<_, i64>("select app.forget_files()").fetch_one(pool).await {
            Ok(0) => {}
            Ok(rows) => {
                tracing::info!(rows, "sound and uploads past their day are forgotten");
                files.came.notify_waiters();
            }
            Err(error) => tracing::warn!(%error, "sound and uploads past their day could not be forgotten"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(FORGET) => {}
        }
    }
}
