//! problem+json (RFC 9457), in the reader's language.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fluent_templates::fluent_bundle::FluentValue;
use serde_json::json;

use super::speaker::SPEAKER;
use crate::error::Error;
use crate::texts::{Language, text, text_with};

/// An error outside the graph.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    retry_after_s: Option<u64>,
    /// What was refused, and the reason's code.
    field: Option<Box<(String, &'static str)>>,
    /// Finds it in the log.
    trace: Option<String>,
}

impl Problem {
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: String) -> Self {
        Self { status, code, detail, retry_after_s: None, field: None, trace: None }
    }

    /// A status that says enough, with its words: for refusals that come from no rule of ours.
    #[must_use]
    pub fn plain(status: StatusCode, language: Language) -> Self {
        let (code, words) = match status {
            StatusCode::UNAUTHORIZED => ("UNAUTHENTICATED", "error-unauthenticated"),
            StatusCode::FORBIDDEN => ("FORBIDDEN", "error-forbidden"),
            StatusCode::NOT_FOUND => ("NOT_FOUND", "error-not-found"),
            StatusCode::METHOD_NOT_ALLOWED => ("METHOD_NOT_ALLOWED", "error-method"),
            StatusCode::PAYLOAD_TOO_LARGE => ("TOO_LARGE", "error-too-large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("UNSUPPORTED_MEDIA_TYPE", "error-request"),
            StatusCode::SERVICE_UNAVAILABLE => ("UNAVAILABLE", "error-unavailable"),
            status if status.is_server_error() => {
                return Self { status, ..Self::of(&Error::Internal(anyhow::anyhow!("{status}")), language) };
            }
            _ => ("INVALID", "error-request"),
        };
        Self::new(status, code, text(language, words))
    }

    /// The same under another status.
    #[must_use]
    pub fn at(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// All places are taken, and as many wait as may.
    #[must_use]
    pub fn busy(language: Language) -> Self {
        Self { retry_after_s: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", text(language, "error-busy")) }
    }

    /// A field that was refused, for a reason of `messages`.
    #[must_use]
    pub fn field(status: StatusCode, language: Language, field: String, reason: &'static str) -> Self {
        let words = text(language, &format!("reason-{reason}"));
        let detail = text_with(language, "error-invalid", &[("field", field.clone().into()), ("reason", words.into())]);
        Self { field: Some(Box::new((field, reason))), ..Self::new(status, "INVALID", detail) }
    }

    /// What was shown as an access token is none, or none any more.
    #[must_use]
    pub fn token(language: Language) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", text(language, "error-token"))
    }

    /// The device speaks for somebody else than whose session it is.
    #[must_use]
    pub fn other_person(language: Language) -> Self {
        let named = Some(Box::new((SPEAKER.to_owned(), "OTHER_PERSON")));
        Self { field: named, ..Self::of(&Error::Unauthenticated, language) }
    }

    #[must_use]
    pub fn not_found(language: Language) -> Self {
        Self::plain(StatusCode::NOT_FOUND, language)
    }

    /// 429 with the seconds to wait.
    #[must_use]
    pub fn too_many(language: Language, seconds: u64) -> Self {
        let detail = text_with(language, "error-rate-limited", &[("seconds", seconds.into())]);
        Self { retry_after_s: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", detail) }
    }

    /// What went wrong, logged here when it is ours.
    #[must_use]
    pub fn of(error: &Error, language: Language) -> Self {
        let status = match error {
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Invalid { .. } | Error::Limit { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let trace = trace(error);
        let problem = Self::new(status, error.code(), words(error, language, &trace));
        match error {
            Error::Invalid { field, reason } => Self { field: Some(Box::new(((*field).to_owned(), reason.code()))), ..problem },
            Error::Internal(_) | Error::Unavailable(_) => Self { trace: Some(trace), ..problem },
            _ => problem,
        }
    }
}

/// A number that finds the error in the log. Logs what is ours, once.
#[must_use]
pub fn trace(error: &Error) -> String {
    let trace = terrein_shared::id::new_id().simple().to_string();
    match error {
        Error::Internal(cause) => tracing::error!(trace.id = %trace, "internal error: {cause:#}"),
        Error::Unavailable(cause) => tracing::warn!(trace.id = %trace, "unavailable: {cause:#}"),
        _ => {}
    }
    trace
}

/// The error in words.
#[must_use]
pub fn words(error: &Error, language: Language, trace: &str) -> String {
    match error {
        Error::Unauthenticated => text(language, "error-unauthenticated"),
        Error::Forbidden(_) => text(language, "error-forbidden"),
        Error::NotFound(_) => text(language, "error-not-found"),
        Error::Unavailable(_) => text(language, "error-unavailable"),
        Error::Internal(_) => text_with(language, "error-internal", &[("trace", trace.to_owned().into())]),
        Error::Limit { limit, found, most } => text_with(
            language,
            "error-too-complex",
            &[("limit", (*limit).into()), ("found", FluentValue::from(*found as u64)), ("most", FluentValue::from(*most as u64))],
        ),
        Error::Invalid { field, reason } => {
            let params: Vec<(&'static str, FluentValue<'static>)> =
                reason.params().into_iter().map(|(name, value)| (name, value.into())).collect();
            let reason = text_with(language, &format!("reason-{}", reason.code()), &params);
            text_with(language, "error-invalid", &[("field", (*field).into()), ("reason", reason.into())])
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({ "type": "about:blank", "title": self.status.canonical_reason(), "status": self.status.as_u16(), "detail": self.detail, "code": self.code });
        if let Some((field, reason)) = self.field.map(|named| *named) {
            body["field"] = field.into();
            body["reason"] = reason.into();
        }
        if let Some(trace) = self.trace {
            body["traceId"] = trace.into();
        }
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
