//! From staging to a table: what is new is added, what differs is changed, what people corrected is left alone.
//!
//! One statement per table. Rows that equal what is there are not written at all, so that a second run costs a comparison and the feed
//! of a terrain stays quiet.

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use crate::error::Result;
use crate::source::{Source, Target};

/// A version 7 UUID, which PostgreSQL 15 cannot make: time in front, so that a run's rows lie together in the index.
const UUID_V7: &str = "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing \
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid";

/// What every row of a run carries.
pub struct Provenance<'a> {
    pub run: Uuid,
    pub source: &'a Source,
    pub on: Option<NaiveDate>,
    /// Only what lies within [`NEAR_M`] of this terrain.
    pub terrain: Option<Uuid>,
}

/// With `--terrain`: how far around the terrain's box things are kept, in metres.
pub const NEAR_M: f64 = 250.0;

/// What became of the rows for one table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
}

/// The table of ids that a run made or changed.
pub fn touched(source: &Source) -> String {
    format!("staging.{}_touched", source.name)
}

/// # Errors
/// The database's.
pub async fn prepare(source: &Source, db: &mut PgConnection) -> Result<()> {
    let table = touched(source);
    let sql = format!(
        "drop table if exists {table}; create unlogged table {table} (kind text not null, id uuid, placed boolean not null default false)"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(db).await?;
    Ok(())
}

/// Merges what a target's select gives.
///
/// # Errors
/// The database's.
pub async fn merge(target: &Target, with: &Provenance<'_>, db: &mut PgConnection) -> Result<Counts> {
    let sql = statement(target, &touched(with.source), with.terrain.is_some());
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(with.run)
        .bind(with.source.name)
        .bind(with.on)
        .bind(with.source.licence)
        .bind(with.terrain)
        .bind(NEAR_M)
        .fetch_one(db)
        .await?;
    let count = |at: usize| -> Result<u64> { Ok(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or_default()) };
    let (all, created, updated) = (count(0)?, count(1)?, count(2)?);
    Ok(Counts { created, updated, unchanged: all.saturating_sub(created + updated) })
}

fn statement(target: &Target, touched: &str, near: bool) -> String {
    let Target { table, key, columns, select, provenance, placing, in_rd, .. } = target;
    let list = columns.join(", ");
    let keep = |c: &str, yes: &str, no: String| {
        if *provenance { format!("case when '{c}' = any (t.edited_fields) then {yes} else {no} end") } else { no }
    };
    let differs: Vec<String> = columns
        .iter()
        .map(|c| match (*provenance, *c) {
            (true, c) => format!("(t.{c} is distinct from n.{c} and not '{c}' = any (t.edited_fields))"),
            (false, c) => format!("t.{c} is distinct from n.{c}"),
        })
        .collect();
    let sets: Vec<String> = columns.iter().map(|c| format!("{c} = {}", keep(c, &format!("t.{c}"), format!("m.{c}")))).collect();
    let (joined, own, alive, head, values, stamp) = if *provenance {
        (
            format!("t.source = $2::text and t.{key} = n.{key}"),
            "t.id",
            // What people removed stays removed.
            "t.deleted_at is null and ",
            format!("id, source, source_on, licence, import_run_id, {key}"),
            format!("{UUID_V7}, $2::text, $3::date, $4::text, $1::uuid, {key}"),
            ", source_on = $3::date, licence = $4::text, import_run_id = $1::uuid, version = t.version + 1",
        )
    } else {
        (format!("t.{key} = n.{key}"), "t.code", "", (*key).to_owned(), (*key).to_owned(), "")
    };
    let once = placing.iter().copied().chain(in_rd.then_some(("geom_rd", "geom_rd")));
    let (places, placed): (String, String) = once.map(|(column, value)| (format!(", {column}"), format!(", {value}"))).unzip();
    let done = !placing.is_empty();
    let id = if *provenance { "id" } else { "null::uuid" };
    // A list of companies is of the terrain it was made for, wherever their addresses turn out to lie.
    let filter = if near && *provenance && *table != "company" {
        "where q.geom is null or q.geom && (select ST_Transform(ST_Expand(ST_Envelope(geom_rd), $6::double precision), 4326) from terrain where id = $5::uuid)"
    } else {
        "where $5::uuid is null or $6::double precision is not null"
    };
    format!(
        "with m as materialized (
          select n.*, {own} as old, {alive}({differs}) as differs from (select q.* from ({select}) q {filter}) n left join {table} t on {joined}),
        ins as (insert into {table} ({head}, {list}{places}) select {values}, {list}{placed} from m n where old is null returning {id} as id),
        upd as (update {table} t set {sets}{stamp} from m where {own} = m.old and m.differs returning {returned} as id),
        seen as (insert into {touched} (kind, id, placed) select '{table}', id, {done} from ins union all select '{table}', id, false from upd)
        select (select count(*) from m), (select count(*) from ins), (select count(*) from upd), $1::uuid, $2::text, $3::date, $4::text",
        differs = differs.join(" or "),
        sets = sets.join(", "),
        returned = if *provenance { "t.id" } else { "null::uuid" },
    )
}
