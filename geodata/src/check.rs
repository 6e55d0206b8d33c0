//! Between staging and merge: shapes made sound, and what only the whole delivery or the database can tell of a row.

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::error::{Error, Result};
use crate::load::{self, Intake};
use crate::reason::{Language, Reason, Reject, Repair};
use crate::shape::Wanted;
use crate::source::Source;

/// Makes arcs straight and mends broken areas; rejects what mending leaves nothing of.
///
/// # Errors
/// The database's.
pub async fn shapes(source: &'static Source, intake: &mut Intake, db: &mut PgConnection) -> Result<Vec<Repair>> {
    let mut repairs = Vec::new();
    for (at, part) in source.parts.iter().enumerate() {
        if part.shape == Wanted::None || intake.kept[at] == 0 {
            continue;
        }
        let table = load::table(source, at);
        if intake.curved[at] {
            let sql = format!(
                "update {table} set geom = ST_CurveToLine(geom, case when ST_SRID(geom) in (4326, 4258) then 1e-7 else 0.01 end, 1, 0)
                 where ST_HasArc(geom) or GeometryType(geom) in ('CURVEPOLYGON', 'COMPOUNDCURVE', 'MULTISURFACE', 'MULTICURVE')"
            );
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *db).await?;
        }
        let sql = format!(
            "with bad as materialized (select ctid as at, row_number, ST_IsValidReason(geom) as was, ST_CollectionExtract(ST_MakeValid(geom), 3) as made
               from {table} where ST_Dimension(geom) = 2 and not ST_IsValid(geom)),
             mended as (update {table} s set geom = made from bad where s.ctid = bad.at and not ST_IsEmpty(made) and ST_Area(made) > 0 returning s.row_number),
             gone as (delete from {table} s using bad where s.ctid = bad.at and (ST_IsEmpty(made) or ST_Area(made) = 0))
             select row_number, was, (ST_IsEmpty(made) or ST_Area(made) = 0) from bad order by row_number"
        );
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *db).await? {
            let number = u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or_default();
            let was: String = row.try_get(1)?;
            if row.try_get::<bool, _>(2)? {
                reject(intake, Reject { row: number, field: Some("geom"), reason: Reason::BrokenShape { why: was } });
            } else {
                repairs.push(Repair { row: number, was });
            }
        }
    }
    Ok(repairs)
}

fn reject(intake: &mut Intake, one: Reject) {
    intake.rejected += 1;
    if intake.rejects.len() < load::MAX_REJECTS {
        intake.rejects.push(one);
    }
}

/// What only the whole delivery, or the database, can tell of a row.
///
/// # Errors
/// The database's.
pub async fn checks(source: &'static Source, intake: &mut Intake, db: &mut PgConnection) -> Result<()> {
    for sql in source.checks {
        let rows = sqlx::query(*sql).fetch_all(&mut *db).await?;
        let mut numbers = Vec::with_capacity(rows.len());
        for row in rows {
            let number: i64 = row.try_get(0)?;
            let field: String = row.try_get(1)?;
            let code: String = row.try_get(2)?;
            let key: String = row.try_get::<Option<String>, _>(3)?.unwrap_or_default();
            let field = source.parts.iter().flat_map(|p| p.columns).map(|c| c.name).find(|name| *name == field);
            let reason = match code.as_str() {
                "duplicate" => Reason::Duplicate { key },
                "known_elsewhere" => Reason::KnownElsewhere { key },
                _ => Reason::Dangling { to: field.unwrap_or("object"), key },
            };
            numbers.push(number);
            reject(intake, Reject { row: u64::try_from(number).unwrap_or_default(), field, reason });
        }
        for part in 0..source.parts.len() {
            let sql = format!("delete from {} where row_number = any ($1)", load::table(source, part));
            if !numbers.is_empty() {
                sqlx::query(AssertSqlSafe(sql)).bind(&numbers).execute(&mut *db).await?;
            }
        }
    }
    Ok(())
}

/// A file of which nothing can be used is the wrong file: refused as a whole, with the first reason.
///
/// # Errors
/// [`Error::Empty`], [`Error::NothingUsable`].
pub fn judge(intake: &Intake, language: Language) -> Result<()> {
    if intake.read == 0 {
        return Err(Error::Empty);
    }
    match intake.rejects.first() {
        Some(first) if intake.rejected == intake.read => Err(Error::NothingUsable {
            rows: intake.read,
            row: first.row,
            field: first.field.map(|f| format!("{f} ")).unwrap_or_default(),
            reason: match (&first.reason, language) {
                (Reason::OutsideNetherlands { .. }, Language::En) => {
                    format!("{}; is its coordinate system right? Name it with --crs", first.reason.text(language))
                }
                (Reason::OutsideNetherlands { .. }, Language::Nl) => {
                    format!("{}; klopt het coördinatenstelsel? Noem het met --crs", first.reason.text(language))
                }
                (reason, _) => reason.text(language),
            },
        }),
        _ => Ok(()),
    }
}
