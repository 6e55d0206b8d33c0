//! After a merge: what lies on which terrain, which building stands on which plot, which company is at which address and so uses which
//! building and plot.
//!
//! Set-based, and only for rows that this run touched or that lie at one it touched. A field people corrected (`edited_fields`) is left
//! alone, and so are occupancies people made or ended.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::error::Result;
use crate::report::{Links, Unlinked};

/// Loose ends listed one by one, per kind.
const LISTED: i64 = 200;

/// In order: what a step reads, an earlier one has written.
const STEPS: &[(&[&str], &str)] = &[
    (&["terrain", "reference.municipality"], include_str!("link/terrain_municipality.sql")),
    (&["building", "plot"], include_str!("link/building_plot.sql")),
    (&["address", "building"], include_str!("link/address_building.sql")),
    (&["address", "building", "terrain"], include_str!("link/address_terrain.sql")),
    (&["company", "address"], include_str!("link/company_address.sql")),
    (&["company", "address", "building", "terrain"], include_str!("link/company_terrain.sql")),
    (&["company", "address", "building", "plot", "terrain"], include_str!("link/occupancy.sql")),
];

/// Tables whose rows lie on a terrain by their shape.
const BY_SHAPE: &[&str] = &["plot", "building", "infrastructure"];

/// One kind of link: of which rows, when it is there, and how a row without it is named.
struct Tie {
    name: &'static str,
    table: &'static str,
    column: &'static str,
    reason: &'static str,
    label: &'static str,
}

const TIES: &[Tie] = &[
    Tie { name: "plot_terrain", table: "plot", column: "terrain_id", reason: "no_terrain", label: "key" },
    Tie { name: "building_terrain", table: "building", column: "terrain_id", reason: "no_terrain", label: "bag_id" },
    Tie { name: "building_plot", table: "building", column: "plot_id", reason: "no_plot", label: "bag_id" },
    Tie { name: "address_terrain", table: "address", column: "terrain_id", reason: "no_terrain", label: "label" },
    Tie { name: "address_building", table: "address", column: "building_id", reason: "no_building", label: "label" },
    Tie { name: "company_terrain", table: "company", column: "terrain_id", reason: "no_terrain", label: "name" },
    Tie { name: "company_address", table: "company", column: "address_id", reason: "no_address", label: "name" },
    Tie {
        name: "infrastructure_terrain",
        table: "infrastructure",
        column: "terrain_id",
        reason: "no_terrain",
        label: "coalesce(name, kind)",
    },
];

/// Links what this run touched, and tells what it could not.
///
/// # Errors
/// The database's.
pub async fn link(touched: &str, db: &mut PgConnection) -> Result<Links> {
    sqlx::raw_sql(AssertSqlSafe(format!("create index on {touched} (kind, id); analyze {touched}"))).execute(&mut *db).await?;
    let kinds: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("select distinct kind from {touched}"))).fetch_all(&mut *db).await?;
    let has = |wanted: &[&str]| wanted.iter().any(|w| kinds.iter().any(|k| k == w));
    let mut links = Links::default();
    if kinds.is_empty() {
        return Ok(links);
    }
    for table in BY_SHAPE {
        if has(&[table, "terrain"]) {
            let thin = if *table == "infrastructure" { "true" } else { "false" };
            let sql = include_str!("link/area_terrain.sql").replace("{table}", table).replace("{can_be_thin}", thin);
            run(&sql, touched, db).await?;
        }
    }
    for (needs, sql) in STEPS {
        if has(needs) {
            run(sql, touched, db).await?;
        }
    }
    for tie in TIES {
        if has(&[tie.table]) {
            count(tie, touched, &mut links, db).await?;
        }
    }
    if has(&["company"]) {
        let used: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
            "select count(*) from occupancy o where o.deleted_at is null and o.plot_id is not null and o.company_id in (select id from {touched} where kind = 'company')"
        )))
        .fetch_one(&mut *db)
        .await?;
        links.linked.insert("company_plot".into(), used.into());
    }
    Ok(links)
}

async fn run(sql: &str, touched: &str, db: &mut PgConnection) -> Result<()> {
    sqlx::query(AssertSqlSafe(sql.replace("{touched}", touched))).execute(db).await?;
    Ok(())
}

async fn count(tie: &Tie, touched: &str, links: &mut Links, db: &mut PgConnection) -> Result<()> {
    let Tie { name, table, column, reason, label } = tie;
    let mine = format!("from {table} r where r.id in (select id from {touched} where kind = '{table}')");
    let row = sqlx::query(AssertSqlSafe(format!("select count({column}), count(*) {mine}"))).fetch_one(&mut *db).await?;
    let (there, all): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    links.linked.insert((*name).into(), there.into());
    if all == there {
        return Ok(());
    }
    links.unlinked_counts.insert((*name).into(), (all - there).into());
    let sql =
        format!("select coalesce(r.source_id, r.id::text), {label} {mine} and r.{column} is null order by r.source_id limit {LISTED}");
    for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(db).await? {
        let (source_id, label) = (row.try_get(0)?, row.try_get(1)?);
        links.unlinked.push(Unlinked { kind: (*table).into(), source_id, label, reason: (*reason).into() });
    }
    Ok(())
}
