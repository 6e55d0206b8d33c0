//! `GET /photos/{id}` and `GET /voice-notes/{id}`: under the caller's rights, in a sandbox. Which of the copies of a photo somebody gets, the
//! database decides.

use std::net::IpAddr;
use std::ops::Range;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::audited::look;
use super::extract::{Path, Query};
use super::peer::Peer;
use super::problem::Problem;
use super::session::{Asker, meet};
use crate::app::App;
use crate::error::Error;
use crate::files::picture::SIZES;

/// What a file may do where it is opened by itself: nothing.
const SANDBOX: &str = "default-src 'none'; sandbox";
/// The size when none is asked.
const USUAL: u32 = 960;

/// A size.
#[derive(Deserialize)]
pub struct Sized {
    w: Option<u32>,
}

/// A file that may be given.
#[derive(sqlx::FromRow)]
struct Found {
    object: String,
    kind: String,
    bytes: i32,
}

/// The smallest that is large enough, or the largest there is; the team's own before the others' copy.
const PHOTO: &str = "select object, 'image/jpeg' as kind, bytes from photo_file where photo_id = $1
    order by face desc, fits_px < $2, abs(fits_px - $2) limit 1";
const VOICE_NOTE: &str =
    "select object, type as kind, bytes from voice_note where id = $1 and $2 = 0 and object is not null and deleted_at is null";

/// `GET /photos/{id}?w=`
pub async fn photo(
    State(app): State<App>,
    Peer(address): Peer,
    asker: Asker,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(Sized { w }): Query<Sized>,
) -> Result<Response, Problem> {
    let width = w.unwrap_or(USUAL);
    if !SIZES.contains(&width) {
        return Err(Problem::field(StatusCode::BAD_REQUEST, asker.language, "w".to_owned(), "unreadable"));
    }
    let found = find(&app, address, &asker, &id, PHOTO, i32::try_from(width).unwrap_or_default()).await?;
    give(&app, &asker, &headers, found).await
}

/// `GET /voice-notes/{id}`
pub async fn voice_note(
    State(app): State<App>,
    Peer(address): Peer,
    asker: Asker,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let found = find(&app, address, &asker, &id, VOICE_NOTE, 0).await?;
    give(&app, &asker, &headers, found).await
}

async fn find(app: &App, address: Option<IpAddr>, asker: &Asker, id: &str, sql: &'static str, size: i32) -> Result<Found, Problem> {
    let language = asker.language;
    let problem = |error| match error {
        Error::Unauthenticated => Problem::token(language),
        error => Problem::of(&error, language),
    };
    meet(app, asker, address).await?;
    let spender = app.buckets.claimant(asker.hash.as_ref(), address);
    app.buckets.tile(&spender).map_err(|seconds| Problem::too_many(language, seconds))?;
    let Ok(id) = Uuid::try_parse(id) else { return Err(Problem::not_found(language)) };
    let _turn = app.buckets.tile_turn(&spender).await.ok_or_else(|| Problem::busy(language))?;
    look(app, asker, address).await?;
    let mut read = app.database.read(asker.hash.as_ref()).await.map_err(problem)?;
    let found = sqlx::query_as::<_, Found>(sql).bind(id).bind(size).fetch_optional(read.connection()).await;
    read.commit().await.map_err(problem)?;
    found.map_err(|error| problem(error.into()))?.ok_or_else(|| Problem::not_found(language))
}

async fn give(app: &App, asker: &Asker, headers: &HeaderMap, Found { object, kind, bytes }: Found) -> Result<Response, Problem> {
    let all = u64::try_from(bytes).unwrap_or_default();
    // A name in the store has one content for ever.
    let etag = format!("\"{}\"", &blake3::hash(object.as_bytes()).to_hex()[..24]);
    let same = |name| headers.get(name).is_some_and(|seen: &HeaderValue| seen.as_bytes() == etag.as_bytes());
    let mut answer = if same(header::IF_NONE_MATCH) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // Part of another content is no part of this one.
        let whole = headers.contains_key(header::IF_RANGE) && !same(header::IF_RANGE);
        let asked = headers.get(header::RANGE).filter(|_| !whole).and_then(|range| range.to_str().ok()).and_then(|range| part(range, all));
        let (status, range) = match asked {
            None => (StatusCode::OK, 0..all),
            Some(Some(range)) => (StatusCode::PARTIAL_CONTENT, range),
            Some(None) => {
                let there = [(header::CONTENT_RANGE, format!("bytes */{all}"))];
                return Ok((there, Problem::plain(StatusCode::RANGE_NOT_SATISFIABLE, asker.language)).into_response());
            }
        };
        let stream = app.files.store.stream(&object, range.clone()).await.map_err(|error| Problem::of(&error, asker.language))?;
        let mut answer = (status, Body::from_stream(stream)).into_response();
        let set = answer.headers_mut();
        set.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
        set.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if status == StatusCode::PARTIAL_CONTENT
            && let Ok(value) = HeaderValue::from_str(&format!("bytes {}-{}/{all}", range.start, range.end.saturating_sub(1)))
        {
            set.insert(header::CONTENT_RANGE, value);
        }
        if let Ok(kind) = HeaderValue::from_str(&kind) {
            set.insert(header::CONTENT_TYPE, kind);
        }
        answer
    };
    let set = answer.headers_mut();
    // Who may see it can change under the same address: it is asked for again, and mostly unchanged.
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    set.insert(header::VARY, HeaderValue::from_static("cookie, authorization, x-terrein-see-as"));
    set.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    set.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        set.insert(header::ETAG, etag);
    }
    Ok(answer)
}

/// The part that is asked; `None` for what is no part or more than one, which is answered with all; `Some(None)` for one that is not there.
fn part(said: &str, all: u64) -> Option<Option<Range<u64>>> {
    let (from, to) = said.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (from.trim(), to.trim()) {
        ("", last) => all.saturating_sub(last.parse().ok()?)..all,
        (from, "") => from.parse().ok()?..all,
        (from, to) => from.parse().ok()?..to.parse::<u64>().ok()?.checked_add(1)?.min(all),
    };
    Some((range.start < range.end && range.end <= all).then_some(range))
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn a_part_is_read_or_passed_over() {
        assert_eq!(part("bytes=0-99", 1000), Some(Some(0..100)));
        assert_eq!(part("bytes=900-", 1000), Some(Some(900..1000)));
        assert_eq!(part("bytes=-100", 1000), Some(Some(900..1000)));
        assert_eq!(part("bytes=900-5000", 1000), Some(Some(900..1000)));
        assert_eq!(part("bytes=1000-", 1000), Some(None));
        assert_eq!(part("bytes=-0", 1000), Some(None));
        assert_eq!(part("bytes=5-2", 1000), Some(None));
        for other in ["bytes=0-1,5-9", "items=0-1", "bytes=a-b", "bytes"] {
            assert_eq!(part(other, 1000), None, "{other}");
        }
    }
}
