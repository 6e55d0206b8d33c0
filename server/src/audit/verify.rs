//! Whether the log is as it was: every event against the digest in its seal, every seal against its hash and the seal before it. Works out
//! the digests itself, so that functions of the database that were changed too do not help whoever changed an event.

use std::collections::HashMap;

use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use terrein_shared::text;

/// Seals read at a time.
const PAGE: i64 = 200;

/// The first thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Broken {
    /// Changed since it was sealed.
    EventChanged { event: i64, seal: i64 },
    /// Taken away.
    EventMissing { event: i64, seal: i64 },
    /// In no seal, though later ones are sealed.
    EventAdded { event: i64 },
    /// Its hash is not that of what is in it, or it does not follow the one before it.
    SealChanged { seal: i64 },
    /// Taken away.
    SealMissing { seal: i64 },
    /// Whole in itself, but another than was noted down.
    NotAsKnown { seal: i64 },
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EventChanged { event, seal } => write!(f, "event {event} (seal {seal}) was changed"),
            Self::EventMissing { event, seal } => write!(f, "event {event} (seal {seal}) was taken away"),
            Self::EventAdded { event } => write!(f, "event {event} was added between others that are sealed"),
            Self::SealChanged { seal } => write!(f, "seal {seal} was changed"),
            Self::SealMissing { seal } => write!(f, "seal {seal} was taken away"),
            Self::NotAsKnown { seal } => write!(f, "seal {seal} is another than the one you know: all from there on was made anew"),
        }
    }
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub seals: i64,
    /// Events that are as they were sealed.
    pub events: i64,
    /// Events whose time was over: their seals are whole.
    pub forgotten: i64,
    /// Events that wait for the next seal.
    pub waiting: i64,
    /// The last seal: `number:hash`, to note down.
    pub last: Option<String>,
    pub broken: Option<Broken>,
}

/// A seal that somebody noted down: `number:hash`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub seal: i64,
    pub hash: String,
}

impl std::str::FromStr for Known {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("“{text}” is not number:hash, as `terrein audit verify` prints it");
        let (seal, hash) = text.split_once(':').ok_or_else(wrong)?;
        if hash.len() != 64 || !hash.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        Ok(Self { seal: seal.parse().map_err(|_| wrong())?, hash: hash.to_ascii_lowercase() })
    }
}

#[derive(sqlx::FromRow)]
struct Seal {
    number: i64,
    sealed_us: i64,
    old: bool,
    seqs: Vec<i64>,
    digests: Vec<Vec<u8>>,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

impl Seal {
    fn is_whole(&self, previous: &[u8]) -> bool {
        let mut hasher = Sha256::new();
        hasher.update(previous);
        hasher.update(self.number.to_be_bytes());
        hasher.update(self.sealed_us.to_be_bytes());
        hasher.update(i32::try_from(self.seqs.len()).unwrap_or(i32::MAX).to_be_bytes());
        for (seq, digest) in self.seqs.iter().zip(&self.digests) {
            hasher.update(seq.to_be_bytes());
            hasher.update(digest);
        }
        self.seqs.len() == self.digests.len() && self.previous == previous && hasher.finalize().as_slice() == self.hash
    }
}

/// An event's number, and its fields as text in the order they are hashed.
#[derive(sqlx::FromRow)]
struct Event {
    seq: i64,
    fields: Vec<Option<String>>,
}

impl Event {
    /// Each field as text with its length before it, or that it is none.
    fn digest(&self) -> Vec<u8> {
        let mut hasher = Sha256::new();
        for field in &self.fields {
            match field {
                Some(text) => {
                    hasher.update([1]);
                    hasher.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                    hasher.update(text.as_bytes());
                }
                None => hasher.update([0]),
            }
        }
        hasher.finalize().to_vec()
    }
}

const FIELDS: &str =
    "array[seq::text, (extract(epoch from at) * 1000000)::bigint::text, actor_kind, actor::text, actor_organisation_id::text,
    action, object_kind, object_id::text, organisations::text, address::text, result, request_id::text, details::text]";

/// Verifies the whole log as it is at this moment, as `worker`. Events of seals older than `years` may be gone.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(worker: &PgConnectOptions, years: u8, known: &[Known]) -> anyhow::Result<Report> {
    let mut connection = PgConnection::connect_with(worker).await?;
    let mut transaction = connection.begin_with("begin isolation level repeatable read read only").await?;
    sqlx::query("select set_config('app.system', 'operator', true)").execute(&mut *transaction).await?;
    // The planner takes the list of a seal for a handful of numbers, and would look through all events for each of them.
    sqlx::query("set local enable_nestloop = off").execute(&mut *transaction).await?;
    let mut report = Report::default();
    report.broken = walk(&mut transaction, years, known, &mut report).await?;
    transaction.rollback().await?;
    connection.close().await?;
    Ok(report)
}

async fn walk(db: &mut PgConnection, years: u8, known: &[Known], report: &mut Report) -> anyhow::Result<Option<Broken>> {
    let mut previous = vec![0; 32];
    loop {
        let seals: Vec<Seal> = sqlx::query_as(
            "select number, (extract(epoch from sealed_at) * 1000000)::bigint as sealed_us, sealed_at < app.now() - make_interval(years => $3) as old,
                    seqs, digests, previous, hash
             from audit_seal where number > $1 order by number limit $2",
        )
        .bind(report.seals)
        .bind(PAGE)
        .bind(i32::from(years))
        .fetch_all(&mut *db)
        .await?;
        if seals.is_empty() {
            break;
        }
        for seal in seals {
            if seal.number != report.seals + 1 {
                return Ok(Some(Broken::SealMissing { seal: report.seals + 1 }));
            }
            if !seal.is_whole(&previous) {
                return Ok(Some(Broken::SealChanged { seal: seal.number }));
            }
            let hash = text::hex(&seal.hash);
            if known.iter().any(|known| known.seal == seal.number && known.hash != hash) {
                return Ok(Some(Broken::NotAsKnown { seal: seal.number }));
            }
            if let Some(broken) = events(db, &seal, report).await? {
                return Ok(Some(broken));
            }
            report.seals = seal.number;
            report.last = Some(format!("{}:{hash}", seal.number));
            previous = seal.hash;
        }
    }
    if let Some(known) = known.iter().find(|known| known.seal > report.seals) {
        return Ok(Some(Broken::SealMissing { seal: known.seal.min(report.seals + 1) }));
    }
    // A number that was still to come when the last seal was made comes into the next one.
    let added: Option<i64> = sqlx::query_scalar(
        "with last as (select through, open from audit_seal order by number desc limit 1), sealed as (select unnest(seqs) as seq from audit_seal)
         select e.seq from last join audit_event e on e.seq <= last.through and e.seq <> all (last.open)
         left join sealed on sealed.seq = e.seq where sealed.seq is null order by e.seq limit 1",
    )
    .fetch_optional(&mut *db)
    .await?;
    let everything: i64 = sqlx::query_scalar("select count(*) from audit_event").fetch_one(&mut *db).await?;
    report.waiting = everything - report.events;
    Ok(added.map(|event| Broken::EventAdded { event }))
}

async fn events(db: &mut PgConnection, seal: &Seal, report: &mut Report) -> anyhow::Result<Option<Broken>> {
    let sql = sqlx::AssertSqlSafe(format!("select seq, {FIELDS} as fields from audit_event where seq = any ($1)"));
    let found: Vec<Event> = sqlx::query_as(sql).bind(&seal.seqs).fetch_all(db).await?;
    let digests: HashMap<i64, Vec<u8>> = found.iter().map(|event| (event.seq, event.digest())).collect();
    for (seq, sealed) in seal.seqs.iter().zip(&seal.digests) {
        match digests.get(seq) {
            Some(digest) if digest == sealed => report.events += 1,
            Some(_) => return Ok(Some(Broken::EventChanged { event: *seq, seal: seal.number })),
            None if seal.old => report.forgotten += 1,
            None => return Ok(Some(Broken::EventMissing { event: *seq, seal: seal.number })),
        }
    }
    Ok(None)
}
