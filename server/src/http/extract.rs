//! What a request carries, read into our types; what cannot be read is answered with a problem that names the field.

use std::error::Error as StdError;

use axum::extract::path::ErrorKind;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::session::language_of;
use crate::texts::Language;

/// A JSON body.
pub struct Json<T>(pub T);

/// A form: of a page's own.
pub struct Form<T>(pub T);

/// What stands behind the question mark.
pub struct Query<T>(pub T);

/// The parts of the address.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let language = language_of(request.headers());
        axum::Json::from_request(request, state)
            .await
            .map(|axum::Json(value)| Self(value))
            .map_err(|rejection| refused_json(&rejection, language))
    }
}

/// JSON that is at hand already.
///
/// # Errors
/// The problem, with the field that does not fit.
pub fn json<T: DeserializeOwned>(bytes: &[u8], language: Language) -> Result<T, Problem> {
    axum::Json::from_bytes(bytes).map(|axum::Json(value)| value).map_err(|rejection| refused_json(&rejection, language))
}

fn refused_json(rejection: &JsonRejection, language: Language) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(error) => unreadable(language, error),
        other => Problem::plain(other.status(), language),
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let language = language_of(request.headers());
        axum::Form::from_request(request, state).await.map(|axum::Form(value)| Self(value)).map_err(|rejection| match &rejection {
            FormRejection::FailedToDeserializeForm(error) => unreadable(language, error),
            FormRejection::FailedToDeserializeFormBody(error) => unreadable(language, error),
            other => Problem::plain(other.status(), language),
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let language = language_of(&parts.headers);
        axum::extract::Query::from_request_parts(parts, state).await.map(|axum::extract::Query(value)| Self(value)).map_err(|rejection| {
            match &rejection {
                QueryRejection::FailedToDeserializeQueryString(error) => unreadable(language, error),
                other => Problem::plain(other.status(), language),
            }
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let language = language_of(&parts.headers);
        axum::extract::Path::from_request_parts(parts, state).await.map(|axum::extract::Path(value)| Self(value)).map_err(|rejection| {
            let field = match &rejection {
                PathRejection::FailedToDeserializePathParams(error) => match error.kind() {
                    ErrorKind::InvalidUtf8InPathParam { key } | ErrorKind::ParseErrorAtKey { key, .. } => Some(key.clone()),
                    _ => None,
                },
                _ => None,
            };
            match field {
                Some(field) => Problem::field(StatusCode::BAD_REQUEST, language, field, "unreadable"),
                None => Problem::plain(rejection.status(), language),
            }
        })
    }
}

/// Names the field that did not fit: 422.
fn unreadable(language: Language, error: &(dyn StdError + 'static)) -> Problem {
    let mut said = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        said.push(error.to_string());
        next = error.source();
    }
    // The innermost words are the library's about the type alone; the path stands before them one level up.
    let missing = said.iter().find_map(|said| said.split_once("missing field `")?.1.split_once('`').map(|(name, _)| name.to_owned()));
    if let Some(field) = missing {
        return Problem::field(StatusCode::UNPROCESSABLE_ENTITY, language, field, "required");
    }
    let doubled = said.iter().find_map(|said| said.split_once("duplicate field `")?.1.split_once('`').map(|(name, _)| name.to_owned()));
    let path = || said.iter().skip(1).find_map(|said| said.split_once(": ").map(|(path, _)| path).filter(|path| is_path(path)));
    match doubled.or_else(|| path().map(str::to_owned)) {
        Some(field) => Problem::field(StatusCode::UNPROCESSABLE_ENTITY, language, field, "unreadable"),
        None => Problem::plain(StatusCode::UNPROCESSABLE_ENTITY, language),
    }
}

/// `email`, `places[2].name`: a place in what was sent, and no words about it.
fn is_path(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'))
}
