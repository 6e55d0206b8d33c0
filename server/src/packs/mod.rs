//! Packs: a terrain to take along, as a phone keeps it without a network (`sync.md`). Its own rows and an edge around them as GeoJSON, read as
//! the caller a page at a time, and a background as PMTiles. What is in it comes from the graph and from the tables as the caller, so that
//! no pack holds what a page hides; from its cursor on, the feed says what changed.

pub mod background;
mod edge;
mod graph;
mod people;
mod place;
mod rows;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sea_orm::FromQueryResult;
use serde::Deserialize;
use serde_json::json;
use terrein_shared::id::TerrainId;
use uuid::Uuid;

use self::background::Background;
use self::place::Place;
use crate::access::Caller;
use crate::access::caller::SessionHash;
use crate::app::App;
use crate::audit::{Event, Source};
use crate::error::Error;
use crate::http::audited::look;
use crate::http::buckets::Spender;
use crate::http::extract::{Path, Query};
use crate::http::peer::Peer;
use crate::http::problem::Problem;
use crate::http::session::{Asker, meet};
use crate::http::speaker::{SPEAKER, speaks_for};
use crate::schema;
use crate::texts::{Language, text};

/// Metres around the terrain that come along.
pub const EDGE_M: f64 = 250.0;
/// Raised when what is in a part changes shape.
const FORMAT: u32 = 1;

const ROWS: &str = "rows.geojson";
const EDGE: &str = "edge.geojson";
const PEOPLE: &str = "people.json";
const BACKGROUND: &str = "background.pmtiles";

/// A pack that is asked for: of which terrain, by whom.
struct Asking {
    app: App,
    hash: Option<SessionHash>,
    language: Language,
    spender: Spender,
    terrain: TerrainId,
    /// Statements so far, of all its transactions.
    statements: AtomicU32,
}

impl Asking {
    /// A transaction's caller, which changes nothing.
    fn caller(&self) -> Caller {
        Caller::new(self.app.database.clone(), self.hash.clone(), self.language, self.app.clock).reading()
    }

    /// Ends a transaction of it.
    async fn done(&self, caller: &Caller) -> Result<(), Error> {
        caller.finish(true).await?;
        self.statements.fetch_add(caller.statements(), Ordering::Relaxed);
        Ok(())
    }

    /// A program: it is not told who somebody is.
    fn is_program(&self) -> bool {
        self.hash.as_ref().is_some_and(SessionHash::is_token)
    }

    /// What answers of development mode end on, as those of the graph do.
    fn counted(&self) -> String {
        if self.app.development {
            format!(",\"extensions\":{{\"statements\":{}}}", self.statements.load(Ordering::Relaxed))
        } else {
            String::new()
        }
    }

    fn problem(&self, error: &Error) -> Problem {
        match error {
            Error::Unauthenticated if self.is_program() => Problem::token(self.language),
            Error::NotFound(_) => Problem::not_found(self.language),
            error => Problem::of(error, self.language),
        }
    }

    /// A turn at the database, waited for: whoever reads a pack lets small questions go first.
    async fn turn(&self) -> Result<crate::http::turns::Turn, Error> {
        const TRIES: usize = 6;
        for _ in 0..TRIES {
            if let Some(turn) = self.app.buckets.question(&self.spender, rows::COST).await {
                return Ok(turn);
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        Err(Error::Unavailable(anyhow::anyhow!("no turn at the database for a pack")))
    }
}

#[derive(FromQueryResult)]
struct Gone {
    revoked: bool,
}

/// Who asks, within their bucket, and for whom the device speaks.
async fn admit(app: App, Peer(address): Peer, asker: Asker, headers: &HeaderMap, terrain: &str) -> Result<Asking, Problem> {
    let language = asker.language;
    let id = terrain.strip_prefix("terrain:").unwrap_or(terrain);
    let terrain = TerrainId(Uuid::try_parse(id).map_err(|_| Problem::not_found(language))?);
    meet(&app, &asker, address).await?;
    let spender = app.buckets.claimant(asker.hash.as_ref(), address);
    app.buckets.pack(&spender).map_err(|seconds| Problem::too_many(language, seconds))?;
    look(&app, &asker, address).await?;
    let asking = Asking { app, hash: asker.hash, language, spender, terrain, statements: AtomicU32::new(0) };
    if let Some(said) = headers.get(SPEAKER).and_then(|said| said.to_str().ok()) {
        let caller = asking.caller();
        let speaks = speaks_for(&asking.app, &caller, said).await.map_err(|error| asking.problem(&error))?;
        let gone: Option<Gone> = if speaks {
            None
        } else {
            caller.one("select app.session_revoked() as revoked", []).await.map_err(|error| asking.problem(&error))?
        };
        asking.done(&caller).await.map_err(|error| asking.problem(&error))?;
        if !speaks {
            // A device that was shut out is told so, and wipes what it took along.
            let code = if gone.is_some_and(|gone| gone.revoked) { "REVOKED" } else { "UNAUTHENTICATED" };
            return Err(Problem::new(StatusCode::UNAUTHORIZED, code, text(language, "error-unauthenticated")));
        }
    }
    Ok(asking)
}

/// `GET /packs/{terrain}`: what a pack of it holds, how large each part is, and from where in the feed it is kept up to date.
pub async fn manifest(
    State(app): State<App>,
    peer: Peer,
    asker: Asker,
    headers: HeaderMap,
    Path(terrain): Path<String>,
) -> Result<Response, Problem> {
    let asking = admit(app, peer, asker, &headers, &terrain).await?;
    let place = Place::read(&asking).await.map_err(|error| asking.problem(&error))?;
    let background = asking.app.pack_backgrounds.soon(&asking.app, &place).await.map_err(|error| asking.problem(&error))?;
    let edge = edge::Edge::find(&asking).await.map_err(|error| asking.problem(&error))?;
    let version = place.version(&[&background.version(), &edge.version, place.people_state()]);
    if unchanged(&headers, &version) {
        return Ok(answer(&version, StatusCode::NOT_MODIFIED.into_response()));
    }
    let at = |part: &str| format!("/packs/{}/{part}", asking.terrain.0);
    let ground = match &background {
        Background::Drawn(ground) => {
            json!({ "bytes": ground.bytes.len(), "version": ground.version, "minZoom": ground.min_zoom, "maxZoom": ground.max_zoom })
        }
        Background::UnderWay { version, about } => json!({ "bytes": about, "estimated": true, "version": version }),
    };
    let mut ground = ground;
    ground["name"] = BACKGROUND.into();
    ground["address"] = at(BACKGROUND).into();
    ground["type"] = "application/vnd.pmtiles".into();
    let mut parts = vec![
        json!({ "name": ROWS, "address": at(ROWS), "type": "application/geo+json", "bytes": place.about(), "estimated": true, "holds": place.holds() }),
        json!({ "name": EDGE, "address": at(EDGE), "type": "application/geo+json", "bytes": edge.about(), "estimated": true, "version": edge.version }),
        ground,
    ];
    if !asking.is_program() {
        parts.push(
            json!({ "name": PEOPLE, "address": at(PEOPLE), "type": "application/json", "bytes": place.about_people(), "estimated": true }),
        );
    }
    let mut body = json!({
        "format": FORMAT,
        "terrain": asking.terrain.to_string(),
        "name": place.name,
        "bbox": place.bbox(),
        "edgeM": EDGE_M,
        "version": version,
        "cursor": place.cursor().encode(),
        "epoch": place.epoch,
        "scope": place.scope,
        "madeAt": asking.app.clock.now(),
        "parts": parts,
        "vocabularies": *VOCABULARIES,
    });
    if asking.app.development {
        body["extensions"] = json!({ "statements": asking.statements.load(Ordering::Relaxed) });
    }
    Ok(answer(&version, Json(body).into_response()))
}

/// What an address of rows says besides.
#[derive(Deserialize)]
pub struct Chosen {
    /// One of the app's own questions to the feed: the rows as it has them.
    rows: Option<String>,
    /// One of the app's own questions for the people of a place.
    people: Option<String>,
}

/// `GET /packs/{terrain}/{part}`
pub async fn part(
    State(app): State<App>,
    peer: Peer,
    asker: Asker,
    headers: HeaderMap,
    Path((terrain, part)): Path<(String, String)>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Problem> {
    let Peer(address) = peer;
    let asking = admit(app, peer, asker, &headers, &terrain).await?;
    let problem = |error: &Error| asking.problem(error);
    let unknown = |field: &str| Problem::field(StatusCode::UNPROCESSABLE_ENTITY, asking.language, field.to_owned(), "unreadable");
    let place = Place::read(&asking).await.map_err(|error| problem(&error))?;
    match part.as_str() {
        ROWS => {
            let question = rows::question(chosen.rows.as_deref()).ok_or_else(|| unknown("rows"))?;
            let version = place.version(&[ROWS, &question.text]);
            if unchanged(&headers, &version) {
                return Ok(answer(&version, StatusCode::NOT_MODIFIED.into_response()));
            }
            // That somebody takes a terrain along is in the log before the first row leaves.
            if asking.hash.is_some() {
                let source = Source { session: asking.hash.clone(), address, request_id: terrein_shared::id::new_id() };
                let event = Event::done("takeAlong").on("terrain", asking.terrain.0);
                asking.app.audit.record(&source, &[event]).await.map_err(|error| problem(&error))?;
            }
            let cursor = place.cursor().encode();
            Ok(answer(&version, geojson(Body::from_stream(rows::stream(asking, question, &cursor)))))
        }
        EDGE => {
            let edge = edge::Edge::find(&asking).await.map_err(|error| problem(&error))?;
            let version = place.version(&[EDGE, &edge.version]);
            if unchanged(&headers, &version) {
                return Ok(answer(&version, StatusCode::NOT_MODIFIED.into_response()));
            }
            Ok(answer(&version, geojson(Body::from_stream(edge.stream(asking)))))
        }
        PEOPLE => {
            let question = people::question(chosen.people.as_deref()).ok_or_else(|| unknown("people"))?;
            let (text, version) = people::read(&asking, question).await.map_err(|error| problem(&error))?;
            if unchanged(&headers, &version) {
                return Ok(answer(&version, StatusCode::NOT_MODIFIED.into_response()));
            }
            let kind = [(header::CONTENT_TYPE, "application/json")];
            Ok(answer(&version, (kind, text).into_response()))
        }
        BACKGROUND => {
            let drawn = asking.app.pack_backgrounds.whole(&asking.app, &place).await.map_err(|error| problem(&error))?;
            let Background::Drawn(ground) = drawn else { return Err(Problem::busy(asking.language)) };
            if unchanged(&headers, &ground.version) {
                return Ok(answer(&ground.version, StatusCode::NOT_MODIFIED.into_response()));
            }
            // Each tile in it is compressed already.
            let kind = [(header::CONTENT_TYPE, "application/vnd.pmtiles"), (header::CONTENT_ENCODING, "identity")];
            Ok(answer(&ground.version, (kind, Bytes::clone(&ground.bytes)).into_response()))
        }
        _ => Err(Problem::not_found(asking.language)),
    }
}

fn geojson(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/geo+json")], body).into_response()
}

fn etag(version: &str) -> String {
    format!("\"{version}\"")
}

fn unchanged(headers: &HeaderMap, version: &str) -> bool {
    headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag(version).as_bytes())
}

/// What somebody may see can change under the same address: it is asked for again, and mostly unchanged.
fn answer(version: &str, mut response: Response) -> Response {
    let set = response.headers_mut();
    let fixed = |name: HeaderName, value: &'static str| (name, HeaderValue::from_static(value));
    set.extend([
        fixed(header::CACHE_CONTROL, "private, no-cache"),
        fixed(header::VARY, "cookie, authorization, x-terrein-see-as, accept-encoding"),
    ]);
    if let Ok(value) = HeaderValue::from_str(&etag(version)) {
        set.insert(header::ETAG, value);
    }
    response
}

/// The words there are for kinds, themes, states: each list of the contract with what its words mean.
static VOCABULARIES: LazyLock<serde_json::Value> = LazyLock::new(|| {
    let Ok(contract) = parse_schema(schema::sdl()) else { return json!({}) };
    let lists = contract.definitions.into_iter().filter_map(|definition| {
        let TypeSystemDefinition::Type(named) = definition else { return None };
        let TypeKind::Enum(words) = named.node.kind else { return None };
        let words: serde_json::Map<_, _> = words
            .values
            .into_iter()
            .map(|word| (word.node.value.node.to_string(), json!(word.node.description.map(|text| text.node).unwrap_or_default())))
            .collect();
        Some((named.node.name.node.to_string(), json!(words)))
    });
    serde_json::Value::Object(lists.collect())
});
