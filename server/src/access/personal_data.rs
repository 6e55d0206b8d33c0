//! What is held about a person: given to them in full, and taken away when they ask. The list of where it is held is the database's
//! (`app.personal_parts`), so that giving, taking and the test that nothing is left out read the same one.

use async_graphql::{Context, InputObject, InputType, Object, SimpleObject, Union};
use async_stream::try_stream;
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use futures_util::Stream;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use terrein_shared::clock::Clock;
use terrein_shared::id::TerrainId;
use uuid::Uuid;

use super::caller::{Caller, SessionHash};
use super::database::Database;
use super::once::once;
use super::policy::Denial;
use crate::audit::{Event, Recorder};
use crate::error::{Error, Result};
use crate::loader::{caller, data, load};
use crate::terrain::Terrain;
use crate::texts::Language;

/// Rows in one statement of the export.
const PAGE: usize = 200;
/// Parts that are not rows with the person's key in them.
const WORKED_OUT: [&str; 2] = ["companies", "auditLog"];

#[derive(FromQueryResult)]
struct Part {
    part: String,
}

#[derive(FromQueryResult)]
struct HeldBack {
    held_back: bool,
}

#[derive(FromQueryResult)]
struct Held {
    key: String,
    data: String,
}

/// Whose data, and when it was asked for.
pub struct Asking {
    pub database: Database,
    pub session: SessionHash,
    pub clock: Clock,
}

impl Asking {
    fn caller(&self) -> Caller {
        Caller::new(self.database.clone(), Some(self.session.clone()), Language::En, self.clock)
    }

    /// The parts there are, in their order.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the session is nobody's; [`Error::Forbidden`] when its person's role asks a stronger one.
    pub async fn parts(&self) -> Result<Vec<String>> {
        let caller = self.caller();
        let _ = caller.account().await?;
        // More than a mailbox is good for, when their role is (`app.personal_data` refuses it too).
        let held: Option<HeldBack> = caller.one("select app.held_back() as held_back", []).await?;
        if held.is_some_and(|held| held.held_back) {
            return Err(Error::Forbidden(Denial::SignInStrongly));
        }
        let parts: Vec<Part> = caller.all("select part from app.personal_parts()", []).await?;
        caller.finish(true).await?;
        Ok(parts.into_iter().map(|part| part.part).chain(WORKED_OUT.map(str::to_owned)).collect())
    }

    /// One JSON object: each part with its rows. A page at a time, each in a transaction of its own, so that who reads slowly holds nothing.
    pub fn export(self, parts: Vec<String>) -> impl Stream<Item = Result<Bytes>> + Send {
        try_stream! {
            yield Bytes::from(format!("{{\"exportedAt\":\"{}\"", self.clock.now().to_rfc3339()));
            for part in parts {
                yield Bytes::from(format!(",\"{part}\":["));
                let mut after: Option<String> = None;
                loop {
                    let caller = self.caller();
                    let most = i32::try_from(PAGE).unwrap_or(i32::MAX);
                    let rows: Vec<Held> = caller
                        .all("select key, data from app.personal_data($1, $2, $3)", [part.as_str().into(), after.clone().into(), most.into()])
                        .await?;
                    caller.finish(true).await?;
                    let more = rows.len() == PAGE;
                    let first = after.is_none();
                    let text: Vec<&str> = rows.iter().map(|row| row.data.as_str()).collect();
                    if !text.is_empty() {
                        yield Bytes::from(format!("{}{}", if first { "" } else { "," }, text.join(",")));
                    }
                    after = rows.into_iter().next_back().map(|row| row.key);
                    if !more {
                        break;
                    }
                }
                yield Bytes::from_static(b"]");
            }
            yield Bytes::from_static(b"}\n");
        }
    }
}

/// That everything about you is to go.
#[derive(Debug, Clone, InputObject)]
pub struct EraseMeInput {
    /// Minted by the client; the same id is applied once.
    pub command_id: Uuid,
    /// Your mail address, typed by yourself.
    pub confirmation: String,
}

/// What became of `eraseMe`.
#[derive(Union)]
pub enum EraseMePayload {
    Erased(DataErased),
    HandOver(HandOverFirst),
    Differs(ConfirmationDiffers),
}

/// Everything that was only yours is gone; what you made for others is of nobody who can be named. You are signed out everywhere.
#[derive(SimpleObject)]
pub struct DataErased {
    /// When.
    at: DateTime<Utc>,
}

/// Nothing happened: nobody else is aanjager of these terrains. Hand your role over first.
#[derive(SimpleObject)]
pub struct HandOverFirst {
    /// Which.
    terrains: Vec<Terrain>,
}

/// Nothing happened: what you typed is not your mail address.
#[derive(SimpleObject)]
pub struct ConfirmationDiffers {
    /// What you typed.
    confirmation: String,
}

#[derive(Serialize, Deserialize)]
enum Outcome {
    Erased(DateTime<Utc>),
    HandOver(Vec<Uuid>),
    Differs,
}

#[derive(FromQueryResult)]
struct Orphaned {
    terrains: serde_json::Value,
}

#[derive(Default)]
pub struct PersonalDataMutation;

#[Object]
impl PersonalDataMutation {
    /// Erases you: your name, address, devices, ways in and everything that is only yours. There is no way back. What you made for others
    /// (issues, comments, history) stays without your name.
    async fn erase_me(&self, context: &Context<'_>, input: EraseMeInput) -> Result<EraseMePayload> {
        let caller = caller(context)?;
        let viewer = caller.viewer().await?;
        if viewer.needs_strong_sign_in {
            // A mailbox alone does not take an aanjager from their terrains.
            return Err(Error::Forbidden(Denial::SignInStrongly));
        }
        // In the log before it happens, under the pseudonym that then goes.
        let recorder = data::<Recorder>(context)?;
        let source = data::<crate::audit::Source>(context)?;
        recorder.record(source, &[Event::done("askToBeErased")]).await?;
        let content = InputType::to_value(&input);
        let outcome = once(caller, input.command_id, &content, async {
            if !input.confirmation.trim().eq_ignore_ascii_case(&viewer.email) {
                return Ok(Outcome::Differs);
            }
            let erased: Option<Orphaned> = caller.one("select to_jsonb(app.erase_me()) as terrains", []).await?;
            let terrains = erased.map(|row| serde_json::from_value(row.terrains)).transpose();
            let terrains: Vec<Uuid> = terrains.map_err(|error| Error::Internal(error.into()))?.unwrap_or_default();
            Ok(if terrains.is_empty() { Outcome::Erased(caller.clock.now()) } else { Outcome::HandOver(terrains) })
        })
        .await?;
        Ok(match outcome {
            Outcome::Erased(at) => EraseMePayload::Erased(DataErased { at }),
            Outcome::Differs => EraseMePayload::Differs(ConfirmationDiffers { confirmation: input.confirmation }),
            Outcome::HandOver(ids) => {
                let mut terrains = Vec::new();
                for id in ids {
                    terrains.extend(load(context, TerrainId(id)).await?);
                }
                EraseMePayload::HandOver(HandOverFirst { terrains })
            }
        })
    }
}
