//! Answers nobody wrote: a panic, and refusals of the web framework. They too are problem+json, in the reader's language.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::problem::Problem;
use super::session::language_of;
use crate::error::Error;

/// A panic is ours: logged with a number, answered with 500.
pub async fn caught(request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Problem::of(&Error::Internal(anyhow::anyhow!("panic: {}", said(panic.as_ref()))), language).into_response(),
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}

/// A refusal without words, or with the framework's English ones, gets ours. Its status and other headers (`Allow`) stay.
pub async fn worded(request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !(status.is_client_error() || status.is_server_error()) || kind.is_some_and(|kind| !kind.starts_with("text/plain")) {
        return response;
    }
    let (problem, body) = Problem::plain(status, language).into_response().into_parts();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in &problem.headers {
        parts.headers.insert(name.clone(), value.clone());
    }
    Response::from_parts(parts, body)
}
