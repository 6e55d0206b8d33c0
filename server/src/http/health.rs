//! Whether the server lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;

/// The process answers.
pub async fn live() -> &'static str {
    "ok"
}

/// The database answers too.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(std::time::Duration::from_secs(5), app.database.ready()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
