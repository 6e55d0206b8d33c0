//! Adding to the log, through the one function the application may call: `app.audit`. Each request that has anything to record adds it in
//! one statement.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::types::Json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{DONE, Event, Source};
use crate::error::{Error, Result};

/// Connections of the log's own: an event takes a millisecond.
const CONNECTIONS: u32 = 4;
/// Longest a request waits for its events to be recorded.
const WAIT: Duration = Duration::from_secs(3);

/// Refusals of visitors that are recorded, a minute an address.
const VISITOR: u32 = 30;

const APPEND: &str = "select seq, at, actor from app.audit($1, $2, $3, $4)";

/// The way into the log.
#[derive(Clone)]
pub struct Recorder {
    pool: PgPool,
    /// What was heard of visitors in the last minute, by address.
    heard: moka::sync::Cache<Option<IpAddr>, Arc<AtomicU32>>,
}

impl Recorder {
    /// Connects, at first use, as `app`: to the primary.
    #[must_use]
    pub fn new(app: PgConnectOptions) -> Self {
        let options = app.application_name("terrein audit").options([("statement_timeout", "3s"), ("lock_timeout", "2s"), ("jit", "off")]);
        // Each is asked whether it is there before it is used: a command is not refused for a connection that a restart cut.
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(WAIT);
        let heard = moka::sync::Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(60)).build();
        Self { pool: pool.connect_lazy_with(options), heard }
    }

    /// Leaves out what nobody was refused past thirty a minute an address: nobody fills the log with nothing.
    pub fn sift(&self, known: bool, address: Option<IpAddr>, events: &mut Vec<Event>) {
        if !known && events.iter().any(|event| event.result != DONE) && !self.hears(address) {
            events.retain(|event| event.result == DONE);
        }
    }

    fn hears(&self, address: Option<IpAddr>) -> bool {
        self.heard.get_with(address, Arc::default).fetch_add(1, Ordering::Relaxed) < VISITOR
    }

    /// Adds what happened in one request, and tells the log of the server the same.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it could not be recorded: then it must not be done either.
    pub async fn record(&self, source: &Source, events: &[Event]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let from = source.address.map(area);
        let added: Vec<Added> = sqlx::query_as(APPEND)
            .bind(Json(events))
            .bind(source.session.as_ref().map(crate::access::caller::SessionHash::bytes))
            .bind(from.as_deref())
            .bind(source.request_id)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| Error::Unavailable(anyhow::anyhow!("not recorded in the audit log: {error}")))?;
        tell(&added, events, from.as_deref());
        Ok(())
    }
}

/// Adds what an operator did at the command line, as a system. A database that has no log yet (it is only now being made) records nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn record_as(role: &PgConnectOptions, event: &Event) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect_with(role).await?;
    let there: bool =
        sqlx::query_scalar("select to_regprocedure('app.audit(jsonb,bytea,text,uuid)') is not null").fetch_one(&mut connection).await?;
    if there {
        let added: Vec<Added> = sqlx::query_as(APPEND)
            .bind(Json([event]))
            .bind(None::<Vec<u8>>)
            .bind(None::<String>)
            .bind(terrein_shared::id::new_id())
            .fetch_all(&mut connection)
            .await?;
        tell(&added, std::slice::from_ref(event), None);
    }
    connection.close().await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Added {
    seq: i64,
    at: DateTime<Utc>,
    actor: Option<Uuid>,
}

/// One line an event: who, what, when, from where, object, result. A line is for those who run the server: it holds no more than the log.
fn tell(added: &[Added], events: &[Event], from: Option<&str>) {
    for (Added { seq, at, actor }, event) in added.iter().zip(events) {
        let object = match (&event.object_kind, event.object_id) {
            // A person is named by the pseudonym alone, which the database knows.
            (Some(kind), Some(id)) if kind != "person" => format!("{kind}:{id}"),
            (Some(kind), _) => kind.clone(),
            (None, _) => String::new(),
        };
        tracing::info!(
            audit.seq = seq,
            audit.who = actor.map(tracing::field::display),
            audit.what = event.action,
            audit.when = %at.to_rfc3339(),
            audit.from = from,
            audit.object = object,
            audit.result = event.result,
            "recorded"
        );
    }
}

/// The network an address lies in: enough to see that somebody was elsewhere, not who they are. IPv4 /24, IPv6 /48.
fn area(address: IpAddr) -> String {
    let address = address.to_canonical();
    IpNet::new(address, if address.is_ipv4() { 24 } else { 48 }).map_or_else(|_| address.to_string(), |net| net.trunc().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_by_its_network() {
        let told = |text: &str| area(text.parse().expect("an address"));
        assert_eq!(told("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(told("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(told("2001:db8:1:2:3::4"), "2001:db8:1::/48");
    }
}
