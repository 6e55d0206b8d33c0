//! What a pack of a terrain holds for its caller, and where in the feed that is.

use sea_orm::FromQueryResult;
use serde::Deserialize;
use serde_json::json;

use super::{Asking, EDGE_M};
use crate::error::{Error, Result, Subject};
use crate::feed::CHANGES;
use crate::feed::cursor::Cursor;
use crate::listing::uuids;

/// Bytes of a row and of a corner on the way, compressed: as measured on the demo terrain and on cadastral data.
const ROW_BYTES: u64 = 45;
const POINT_BYTES: u64 = 7;
/// What everything has: headers, brackets, the first words that are not repeats.
const LEAST_BYTES: u64 = 2_000;

/// The same of a role.
const PERSON_BYTES: u64 = 70;
const LEAST_PEOPLE_BYTES: u64 = 150;

#[derive(FromQueryResult)]
struct Read {
    name: String,
    epoch: String,
    scope: i32,
    xid: String,
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    people: i64,
    people_state: String,
    points: i64,
    parts: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Deserialize)]
struct Part {
    kind: String,
    rows: u64,
    newest: Option<i64>,
}

/// A terrain as its caller sees it now.
pub struct Place {
    pub name: String,
    pub epoch: String,
    pub scope: i32,
    xid: u64,
    /// West, south, east, north in degrees (EPSG:4326), with the edge.
    bbox: [f64; 4],
    /// Roles that the caller sees here, and what tells one state of them from another.
    people: (u64, String),
    points: u64,
    parts: Vec<Part>,
}

impl Place {
    /// # Errors
    /// [`Error::NotFound`] for a hidden terrain and a missing one; otherwise as the database answers.
    pub(super) async fn read(asking: &Asking) -> Result<Self> {
        let _turn = asking.turn().await?;
        let caller = asking.caller();
        let sql = include_str!("place.sql").replace("{changes}", CHANGES);
        let arguments = [uuids([asking.terrain.0]), "0".into(), 0_i64.into(), i64::MAX.into(), EDGE_M.into()];
        let read: Option<Read> = caller.one(&sql, arguments).await?;
        asking.done(&caller).await?;
        let Read { name, epoch, scope, xid, west, south, east, north, people, people_state, points, parts } =
            read.ok_or(Error::NotFound(Subject::Terrain))?;
        Ok(Self {
            name,
            epoch,
            scope,
            xid: xid.parse().map_err(|_| Error::Internal(anyhow::anyhow!("a transaction id that is no number")))?,
            bbox: [west, south, east, north],
            people: (u64::try_from(people).unwrap_or_default(), people_state),
            points: u64::try_from(points).unwrap_or_default(),
            parts: serde_json::from_value(parts.unwrap_or_else(|| json!([]))).map_err(|error| Error::Internal(error.into()))?,
        })
    }

    #[must_use]
    pub fn bbox(&self) -> [f64; 4] {
        self.bbox
    }

    /// Before the first row that a transaction under way may still write.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { epoch: self.epoch.clone(), scope: self.scope, xid: self.xid, seq: 0 }
    }

    /// Another when anything the caller sees here, or how they see it, is another.
    #[must_use]
    pub fn version(&self, more: &[&str]) -> String {
        let mut hash = blake3::Hasher::new();
        hash.update(format!("{} {} {} {:?}", super::FORMAT, self.epoch, self.scope, self.bbox).as_bytes());
        for Part { kind, rows, newest, .. } in &self.parts {
            hash.update(format!(" {kind} {rows} {newest:?}").as_bytes());
        }
        for word in more {
            hash.update(b" ").update(word.as_bytes());
        }
        hash.finalize().to_hex()[..24].to_owned()
    }

    /// Another when anybody on it is another, as far as the caller sees.
    #[must_use]
    pub fn people_state(&self) -> &str {
        &self.people.1
    }

    /// Rows of each kind.
    #[must_use]
    pub fn holds(&self) -> serde_json::Value {
        serde_json::Value::Object(
            self.parts.iter().filter(|part| part.rows > 0).map(|part| (part.kind.clone(), json!(part.rows))).collect(),
        )
    }

    /// Bytes of its people on the way, about.
    #[must_use]
    pub fn about_people(&self) -> u64 {
        LEAST_PEOPLE_BYTES + self.people.0 * PERSON_BYTES
    }

    /// Bytes on the way, about.
    #[must_use]
    pub fn about(&self) -> u64 {
        LEAST_BYTES + self.points * POINT_BYTES + self.parts.iter().map(|part| part.rows * ROW_BYTES).sum::<u64>()
    }
}
