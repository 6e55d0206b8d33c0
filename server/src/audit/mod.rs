//! The audit log: who did what, when, from where, to what, with which result. Commands and sign-ins, and readings of what is confidential,
//! are recorded before their answer leaves, over connections of the log's own: what is undone or refused is in it too, and what cannot be
//! recorded is not done. A public thing that is read is not recorded.
//!
//! An event names a person by a pseudonym, whose key can be erased; a job seals the events in a chain of hashes (`jobs/audit_seal.rs`).

pub mod append;
mod commands;
pub mod graphql;
pub mod verify;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use append::{Recorder, record_as};
pub use commands::{judge, of_document};

use crate::access::caller::SessionHash;
use crate::error::Result;
use crate::loader::data;

/// What went well.
pub const DONE: &str = "done";

/// Something that happened, without who and when.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// A command of the graph by its name; `signIn`, `exportPersonalData` …
    pub action: String,
    /// To what: its kind, and its id where it has one.
    pub object_kind: Option<String>,
    pub object_id: Option<Uuid>,
    /// Whose account was tried: the database makes a pseudonym of it and keeps no address.
    pub email: Option<String>,
    /// Whose log it is in, beside that of the owner of the object and of the actor's own organisations.
    pub organisations: Vec<Uuid>,
    /// In the log of the actor alone.
    pub private: bool,
    /// `done`, or the code of what stood in the way.
    pub result: String,
    /// Words of ours, numbers and ids; never what people wrote.
    pub details: Map<String, Value>,
    /// The answer's field.
    #[serde(skip)]
    key: String,
}

impl Event {
    /// Something that went well.
    #[must_use]
    pub fn done(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            object_kind: None,
            object_id: None,
            email: None,
            organisations: Vec::new(),
            private: false,
            result: DONE.to_owned(),
            details: Map::new(),
            key: String::new(),
        }
    }

    /// To this.
    #[must_use]
    pub fn on(self, kind: impl Into<String>, id: Uuid) -> Self {
        Self { object_kind: Some(kind.into()), object_id: Some(id), ..self }
    }

    /// With another result.
    #[must_use]
    pub fn ended(self, result: impl Into<String>) -> Self {
        Self { result: result.into(), ..self }
    }

    /// With a detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// Who a request came from, and where it came from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The session or token it came with.
    pub session: Option<SessionHash>,
    pub address: Option<IpAddr>,
    pub request_id: Uuid,
}

/// What a request's resolvers note; recorded with the request, in one go.
#[derive(Clone, Default)]
pub struct Notes(Arc<Mutex<Vec<Event>>>);

impl Notes {
    /// What was noted since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes that something confidential was read, or done beside the command itself, in a request of the graph: it is recorded before the
/// answer leaves. Other doors record through [`Recorder::record`].
///
/// # Errors
/// `Internal` outside a request.
pub fn note(context: &Context<'_>, event: Event) -> Result<()> {
    data::<Notes>(context)?.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    Ok(())
}
