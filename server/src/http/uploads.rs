//! tus 1.0: photos and voice notes come in in parts, and go on where they stopped. Core, creation, termination, checksum, expiration. What is
//! acknowledged is on disk and in the database.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use terrein_shared::id::{IssueId, parse};
use terrein_shared::text;
use uuid::Uuid;

use super::extract::Path;
use super::peer::Peer;
use super::problem::Problem;
use super::session::{Session, bearer, is_own_origin};
use super::speaker::{SPEAKER, speaks_for};
use crate::access::policy::Denial;
use crate::access::{Actor, Caller, preview};
use crate::app::App;
use crate::audit::{Event, Source};
use crate::error::Error;
use crate::files::upload::{self, Added, Announced, Begun, FileKind, LONGEST_MS, Upload};
use crate::photo;

const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const PART: &str = "application/offset+octet-stream";
/// 460, of the checksum extension: what arrived is not what was sent.
const MISMATCH: u16 = 460;
/// Bytes that are put in the store at once; what of them arrived stays when the connection breaks off.
const PIECE: usize = 1024 * 1024;
/// Longest silence of a sender.
const SILENCE: Duration = Duration::from_secs(30);
/// Longest that one part may take.
const PART_TIME: Duration = Duration::from_secs(600);
/// Longest metadata.
const WORDS: usize = 4000;

/// `OPTIONS`: what of tus is spoken here.
pub async fn options() -> Response {
    let said = [
        (HeaderName::from_static("tus-version"), VERSION.to_owned()),
        (HeaderName::from_static("tus-extension"), "creation,termination,checksum,expiration".to_owned()),
        (HeaderName::from_static("tus-max-size"), FileKind::Photo.most_bytes().to_string()),
        (HeaderName::from_static("tus-checksum-algorithm"), "sha1,sha256".to_owned()),
        (RESUMABLE, VERSION.to_owned()),
    ];
    (StatusCode::NO_CONTENT, said).into_response()
}

/// `POST /uploads`
pub async fn create(State(app): State<App>, Peer(address): Peer, session: Session, headers: HeaderMap) -> Response {
    tus(created(&app, address, session, &headers).await)
}

/// `HEAD /uploads/{id}`
pub async fn look(State(app): State<App>, Peer(address): Peer, session: Session, headers: HeaderMap, Path(id): Path<String>) -> Response {
    tus(looked(&app, address, session, &headers, &id).await)
}

/// `PATCH /uploads/{id}`
pub async fn part(
    State(app): State<App>,
    Peer(address): Peer,
    session: Session,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Body,
) -> Response {
    tus(parted(&app, address, session, &headers, &id, body).await)
}

/// `DELETE /uploads/{id}`
pub async fn end(State(app): State<App>, Peer(address): Peer, session: Session, headers: HeaderMap, Path(id): Path<String>) -> Response {
    tus(ended(&app, address, session, &headers, &id).await)
}

/// What every answer carries.
fn tus(answer: Result<Response, Problem>) -> Response {
    let mut answer = answer.into_response();
    answer.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if answer.status() == StatusCode::PRECONDITION_FAILED {
        answer.headers_mut().insert(HeaderName::from_static("tus-version"), HeaderValue::from_static(VERSION));
    }
    answer
}

/// Somebody who sends files: a person at their own device.
struct Sender {
    app: App,
    source: Source,
    language: crate::texts::Language,
}

impl Sender {
    /// # Errors
    /// The problem to answer with: a page of elsewhere, a program, other eyes, nobody, somebody else than the device speaks for, too much.
    async fn meet(app: &App, address: Option<IpAddr>, session: Session, headers: &HeaderMap) -> Result<Self, Problem> {
        let language = session.language;
        let forbidden = |denial| Problem::of(&Error::Forbidden(denial), language);
        if bearer(headers).is_some() {
            return Err(forbidden(Denial::NotForTokens));
        }
        if headers.contains_key(preview::HEADER) || !is_own_origin(headers, app) {
            return Err(forbidden(Denial::NotYours));
        }
        if headers.get(RESUMABLE).is_none_or(|said| said.as_bytes() != VERSION.as_bytes()) {
            return Err(Problem::plain(StatusCode::PRECONDITION_FAILED, language));
        }
        let hash = session.hash.ok_or_else(|| Problem::of(&Error::Unauthenticated, language))?;
        let claimant = app.buckets.claimant(Some(&hash), address);
        app.buckets.spend(&claimant, 1, true).map_err(|seconds| Problem::too_many(language, seconds))?;
        let source = Source { session: Some(hash.clone()), address, request_id: terrein_shared::id::new_id() };
        let sender = Self { app: app.clone(), source, language };
        let caller = sender.caller();
        let known = match caller.actor().await {
            Ok(Actor::Person(_)) => match headers.get(SPEAKER).and_then(|said| said.to_str().ok()) {
                Some(said) => speaks_for(app, &caller, said).await.map(Some),
                None => Ok(Some(true)),
            },
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        };
        let finished = caller.finish(true).await;
        match known.and_then(|known| finished.map(|()| known)) {
            Ok(Some(true)) => {
                app.buckets.learn(&hash);
                Ok(sender)
            }
            Ok(Some(false)) => Err(Problem::other_person(language)),
            Ok(None) => Err(Problem::of(&Error::Unauthenticated, language)),
            Err(error) => Err(Problem::of(&error, language)),
        }
    }

    fn caller(&self) -> Caller {
        Caller::new(self.app.database.clone(), self.source.session.clone(), self.language, self.app.clock)
    }

    fn problem(&self, error: &Error) -> Problem {
        Problem::of(error, self.language)
    }

    fn plain(&self, status: StatusCode) -> Problem {
        Problem::plain(status, self.language)
    }

    fn field(&self, field: &str, reason: &'static str) -> Problem {
        Problem::field(StatusCode::BAD_REQUEST, self.language, field.to_owned(), reason)
    }

    /// An upload of theirs; one of somebody else's is as if there were none.
    async fn upload(&self, id: &str) -> Result<Upload, Problem> {
        let id = Uuid::try_parse(id).map_err(|_| self.plain(StatusCode::NOT_FOUND))?;
        let caller = self.caller();
        let found = upload::find(&caller, id).await;
        caller.finish(true).await.map_err(|error| self.problem(&error))?;
        let upload = found.map_err(|error| self.problem(&error))?.ok_or_else(|| self.plain(StatusCode::NOT_FOUND))?;
        if upload.is_over(self.app.clock.now()) { Err(self.plain(StatusCode::GONE)) } else { Ok(upload) }
    }

    /// Ends a request's transaction: kept when it went well, undone otherwise.
    async fn kept<T>(&self, caller: Caller, outcome: Result<T, Error>) -> Result<T, Error> {
        let finished = caller.finish(outcome.is_ok()).await;
        outcome.and_then(|value| finished.map(|()| value))
    }
}

async fn created(app: &App, address: Option<IpAddr>, session: Session, headers: &HeaderMap) -> Result<Response, Problem> {
    let sender = Sender::meet(app, address, session, headers).await?;
    let announced = announced(&sender, headers)?;
    if announced.length > announced.kind.most_bytes() {
        return Err(sender.plain(StatusCode::PAYLOAD_TOO_LARGE));
    }
    if !announced.kind.takes(&announced.media_type) {
        return Err(sender.plain(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let caller = sender.caller();
    let begun = upload::begin(&caller, &app.files, &announced).await;
    let begun = match sender.kept(caller, begun).await {
        Ok(begun) => begun,
        Err(error) => {
            let event = Event::done(announced.kind.action()).on(announced.kind.word(), announced.id).ended(error.code());
            app.audit.record(&sender.source, &[event]).await.map_err(|error| sender.problem(&error))?;
            return Err(sender.problem(&error));
        }
    };
    let (status, upload) = match begun {
        Begun::New(upload) => (StatusCode::CREATED, upload),
        Begun::Known(upload) => (StatusCode::OK, upload),
        Begun::Taken => return Err(Problem::field(StatusCode::CONFLICT, sender.language, "id".to_owned(), "taken")),
        Begun::Busy => return Err(Problem::too_many(sender.language, 60)),
    };
    let mut answer = stands(&upload, status);
    if let Ok(location) = HeaderValue::from_str(&format!("/uploads/{}", upload.id)) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    Ok(answer)
}

/// What the headers say is to come.
fn announced(sender: &Sender, headers: &HeaderMap) -> Result<Announced, Problem> {
    let said = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let length = said(&LENGTH).and_then(|length| length.parse::<i64>().ok()).filter(|length| *length > 0);
    let length = length.ok_or_else(|| sender.field("Upload-Length", if said(&LENGTH).is_some() { "unreadable" } else { "required" }))?;
    let metadata = said(&METADATA).filter(|metadata| metadata.len() <= WORDS).ok_or_else(|| sender.field("Upload-Metadata", "required"))?;
    let value = |key: &'static str| {
        let found = metadata.split(',').map(|pair| pair.trim().split_once(' ').unwrap_or((pair.trim(), ""))).find(|(name, _)| *name == key);
        let Some((_, text)) = found else { return Ok(None) };
        let text = STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(|text| Some(text).filter(|text| !text.is_empty())).ok_or_else(|| sender.field(key, "unreadable"))
    };
    let must = |key: &'static str| value(key)?.ok_or_else(|| sender.field(key, "required"));
    let unreadable = |key: &'static str| move || sender.field(key, "unreadable");
    let kind = FileKind::from_word(&must("kind")?).ok_or_else(unreadable("kind"))?;
    let id_of = |key: &'static str, kind: &str| {
        let said = must(key)?;
        let id = parse(&said).filter(|(said, _)| *said == kind).map(|(_, id)| id).or_else(|| Uuid::try_parse(&said).ok());
        id.ok_or_else(unreadable(key))
    };
    let (id, issue) = (id_of("id", kind.word())?, id_of("issue", IssueId::KIND)?);
    let taken_at = value("takenAt")?.map(|text| DateTime::parse_from_rfc3339(&text).map(|at| at.with_timezone(&Utc)));
    let duration = value("durationMs")?.map(|text| text.parse::<i32>().ok().filter(|time| (0..=LONGEST_MS).contains(time)));
    Ok(Announced {
        id,
        kind,
        issue: IssueId(issue),
        length,
        media_type: must("type")?.chars().take(60).collect(),
        metadata: metadata.to_owned(),
        taken_at: taken_at.transpose().map_err(|_| sender.field("takenAt", "unreadable"))?,
        alt: text::optional(value("alt")?, photo::ALT).map_err(|_| sender.field("alt", "unreadable"))?,
        duration_ms: duration.map(|time| time.ok_or_else(unreadable("durationMs"))).transpose()?,
    })
}

/// How far an upload is, in headers.
fn stands(upload: &Upload, status: StatusCode) -> Response {
    let mut answer = status.into_response();
    let headers = answer.headers_mut();
    headers.insert(OFFSET, upload.received.into());
    headers.insert(LENGTH, upload.length.into());
    if !upload.done
        && let Ok(expires) = HeaderValue::from_str(&upload.expires_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
    {
        headers.insert(EXPIRES, expires);
    }
    answer
}

async fn looked(app: &App, address: Option<IpAddr>, session: Session, headers: &HeaderMap, id: &str) -> Result<Response, Problem> {
    let sender = Sender::meet(app, address, session, headers).await?;
    let upload = sender.upload(id).await?;
    let mut answer = stands(&upload, StatusCode::OK);
    if let Ok(metadata) = HeaderValue::from_str(&upload.metadata) {
        answer.headers_mut().insert(METADATA, metadata);
    }
    Ok(answer)
}

async fn ended(app: &App, address: Option<IpAddr>, session: Session, headers: &HeaderMap, id: &str) -> Result<Response, Problem> {
    let sender = Sender::meet(app, address, session, headers).await?;
    let upload = sender.upload(id).await?;
    let caller = sender.caller();
    let ended = upload::end(&caller, upload.id).await;
    if !sender.kept(caller, ended).await.map_err(|error| sender.problem(&error))? {
        return Err(sender.plain(StatusCode::CONFLICT));
    }
    app.files.came.notify_one();
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn parted(
    app: &App,
    address: Option<IpAddr>,
    session: Session,
    headers: &HeaderMap,
    id: &str,
    body: Body,
) -> Result<Response, Problem> {
    let sender = Sender::meet(app, address, session, headers).await?;
    let said = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if said(&header::CONTENT_TYPE).map(str::trim) != Some(PART) {
        return Err(sender.plain(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let offset = said(&OFFSET).and_then(|offset| offset.parse::<i64>().ok());
    let offset = offset.filter(|offset| *offset >= 0).ok_or_else(|| sender.field("Upload-Offset", "unreadable"))?;
    let check = said(&CHECKSUM).map(|said| Check::read(said).ok_or_else(|| sender.field("Upload-Checksum", "unreadable"))).transpose()?;
    let upload = sender.upload(id).await?;
    if upload.received != offset {
        return Ok(behind(&sender, &upload));
    }
    if upload.done {
        return Ok(stands(&upload, StatusCode::NO_CONTENT));
    }
    let promised = said(&header::CONTENT_LENGTH).and_then(|length| length.parse::<i64>().ok());
    if promised.is_some_and(|length| length > upload.length - offset) {
        return Err(sender.plain(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let Ok(place) = app.files.receiving.clone().try_acquire_owned() else { return Err(Problem::busy(sender.language)) };
    let language = sender.language;
    // On its own: what arrived before the connection broke off is kept, though nobody waits for the answer.
    let receiving = tokio::spawn(async move {
        let _place = place;
        Receiving { sender, upload, at: offset, kept: Vec::new(), kept_bytes: 0, check }.all(body.into_data_stream()).await
    });
    receiving.await.unwrap_or_else(|error| Err(Problem::of(&Error::Internal(error.into()), language)))
}

/// Another place than the sender thought: 409, with where it stands.
fn behind(sender: &Sender, upload: &Upload) -> Response {
    let mut answer = sender.plain(StatusCode::CONFLICT).into_response();
    answer.headers_mut().insert(OFFSET, upload.received.into());
    answer
}

/// A part on its way in.
struct Receiving {
    sender: Sender,
    upload: Upload,
    /// Where the next byte comes that is acknowledged.
    at: i64,
    /// In the store, not yet acknowledged: until the checksum is known.
    kept: Vec<String>,
    kept_bytes: i64,
    check: Option<Check>,
}

impl Receiving {
    async fn all(mut self, body: BodyDataStream) -> Result<Response, Problem> {
        let outcome = self.receive(body).await;
        if !self.kept.is_empty() {
            // Nothing points at them; what cannot be removed now goes with the rest of the upload.
            if let Err(error) = self.sender.app.files.store.remove(&self.kept).await {
                tracing::warn!(%error, "parts that were refused stay for now");
            }
        }
        outcome
    }

    async fn receive(&mut self, mut body: BodyDataStream) -> Result<Response, Problem> {
        let until = tokio::time::Instant::now() + PART_TIME;
        let mut piece = BytesMut::new();
        let mut broken = false;
        loop {
            let wait = SILENCE.min(until.saturating_duration_since(tokio::time::Instant::now()));
            match tokio::time::timeout(wait, body.next()).await {
                Ok(Some(Ok(bytes))) => {
                    if let Some(check) = &mut self.check {
                        check.add(&bytes);
                    }
                    piece.extend_from_slice(&bytes);
                    let here = self.at + self.kept_bytes + i64::try_from(piece.len()).unwrap_or(i64::MAX);
                    if here > self.upload.length {
                        return Err(self.sender.plain(StatusCode::PAYLOAD_TOO_LARGE));
                    }
                    // The last piece is left for the end: with it comes the photo itself.
                    while piece.len() > PIECE {
                        self.keep(piece.split_to(PIECE)).await?;
                    }
                }
                Ok(None) => break,
                // Broken off, or silent for too long.
                Ok(Some(Err(_))) | Err(_) => {
                    broken = true;
                    break;
                }
            }
        }
        if broken && self.check.is_some() {
            return Err(self.sender.plain(StatusCode::REQUEST_TIMEOUT));
        }
        if !piece.is_empty() {
            self.keep(piece).await?;
        }
        if let Some(check) = self.check.take() {
            if !check.holds() {
                let status = StatusCode::from_u16(MISMATCH).unwrap_or(StatusCode::BAD_REQUEST);
                return Err(Problem::field(status, self.sender.language, "Upload-Checksum".to_owned(), "does-not-fit"));
            }
            self.acknowledge().await?;
        }
        if broken {
            return Err(self.sender.plain(StatusCode::REQUEST_TIMEOUT));
        }
        let mut upload = self.upload.clone();
        upload.received = self.at;
        upload.done = self.at == upload.length;
        Ok(stands(&upload, StatusCode::NO_CONTENT))
    }

    /// Puts a piece in the store; without a checksum to wait for it is acknowledged at once.
    async fn keep(&mut self, piece: BytesMut) -> Result<(), Problem> {
        let bytes = i64::try_from(piece.len()).unwrap_or(i64::MAX);
        let name = self.upload.part(self.at + self.kept_bytes);
        self.kept.push(name.clone());
        self.sender.app.files.store.put(&name, piece.freeze()).await.map_err(|error| self.sender.problem(&error))?;
        self.kept_bytes += bytes;
        if self.check.is_none() { self.acknowledge().await } else { Ok(()) }
    }

    async fn acknowledge(&mut self) -> Result<(), Problem> {
        if self.kept_bytes == 0 {
            return Ok(());
        }
        let sender = &self.sender;
        let caller = sender.caller();
        let mut added = upload::add(&caller, &sender.app.files, &self.upload, self.at, self.kept_bytes, &self.kept).await;
        let mut event = Event::done(self.upload.kind.action()).on(self.upload.kind.word(), self.upload.id);
        // What cannot be recorded is not done.
        match &added {
            Ok(Added::Whole { private }) => {
                event.private = *private;
                if let Err(error) = sender.app.audit.record(&sender.source, &[event]).await {
                    added = Err(error);
                }
            }
            Err(error) if !matches!(error, Error::Unavailable(_)) => {
                let event = event.ended(error.code());
                sender.app.audit.record(&sender.source, &[event]).await.map_err(|error| sender.problem(&error))?;
            }
            _ => {}
        }
        match sender.kept(caller, added).await {
            Ok(Added::Passed) => Err(sender.plain(StatusCode::CONFLICT)),
            Ok(done) => {
                self.at += self.kept_bytes;
                self.kept_bytes = 0;
                self.kept.clear();
                if matches!(done, Added::Whole { .. }) {
                    sender.app.files.came.notify_one();
                }
                Ok(())
            }
            // Whether it was kept is not known: the parts stay, and the sender asks how far it is.
            Err(Error::Unavailable(cause)) => {
                self.kept.clear();
                Err(self.sender.problem(&Error::Unavailable(cause)))
            }
            Err(error) => Err(self.sender.problem(&error)),
        }
    }
}

/// A checksum that is promised, and what has come.
enum Check {
    Sha1(sha1::Sha1, Vec<u8>),
    Sha256(sha2::Sha256, Vec<u8>),
}

impl Check {
    fn read(said: &str) -> Option<Self> {
        use sha2::Digest;
        let (name, sum) = said.trim().split_once(' ')?;
        let sum = STANDARD.decode(sum.trim()).ok()?;
        match name {
            "sha1" => Some(Self::Sha1(sha1::Sha1::new(), sum)),
            "sha256" => Some(Self::Sha256(sha2::Sha256::new(), sum)),
            _ => None,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        use sha2::Digest;
        match self {
            Self::Sha1(sum, _) => sum.update(bytes),
            Self::Sha256(sum, _) => sum.update(bytes),
        }
    }

    fn holds(self) -> bool {
        use sha2::Digest;
        match self {
            Self::Sha1(sum, promised) => sum.finalize().to_vec() == promised,
            Self::Sha256(sum, promised) => sum.finalize().to_vec() == promised,
        }
    }
}
