//! `GET /account/export`: everything that is held about whoever is signed in, as one JSON file.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::buckets::Spender;
use super::peer::Peer;
use super::problem::Problem;
use super::session::{Session, is_own_origin};
use crate::access::personal_data::Asking;
use crate::access::policy::Denial;
use crate::app::App;
use crate::audit::{Event, Source};
use crate::error::Error;

/// What an export costs, of what a session may spend on questions of its own; all of it where that is less.
const COST: usize = 200;

/// A file to keep. That it was given is in the audit log before the first byte leaves; an export that breaks off half-way ends without its
/// last bracket, so that nobody takes it for whole.
pub async fn account(State(app): State<App>, Peer(address): Peer, session: Session, headers: HeaderMap) -> Result<Response, Problem> {
    let language = session.language;
    // A link on another site starts no download of it here.
    if !is_own_origin(&headers, &app) {
        return Err(Problem::of(&Error::Forbidden(Denial::NotYours), language));
    }
    let Some(hash) = session.hash else { return Err(Problem::of(&Error::Unauthenticated, language)) };
    // Whether the session is anybody's is found out at the address's cost.
    app.buckets.spend(&Spender::at(address), 1, true).map_err(|seconds| Problem::too_many(language, seconds))?;
    let cost = COST.min(app.buckets.most());
    app.buckets.spend(&Spender::Session(hash.clone()), cost, false).map_err(|seconds| Problem::too_many(language, seconds))?;
    let asking = Asking { database: app.database.clone(), session: hash.clone(), clock: app.clock };
    let parts = asking.parts().await.map_err(|error| Problem::of(&error, language))?;
    let source = Source { session: Some(hash), address, request_id: terrein_shared::id::new_id() };
    app.audit.record(&source, &[Event::done("exportPersonalData")]).await.map_err(|error| Problem::of(&error, language))?;
    let name = format!("attachment; filename=\"terrein-{}.json\"", app.clock.now().format("%Y-%m-%d"));
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(asking.export(parts))).into_response())
}
