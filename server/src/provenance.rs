//! Where an imported row comes from, and which of its fields people have corrected since.

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use sea_orm::FromQueryResult;

/// Columns of the row itself.
pub const COLUMNS: &str = "source, source_id, source_on, licence, edited_fields";

/// Where an imported thing comes from.
#[derive(Debug, Clone, SimpleObject)]
pub struct Provenance {
    /// The source's name: ibis, brk, bag …
    source: String,
    /// Its key in the source.
    source_id: Option<String>,
    /// The day the source speaks of.
    source_on: Option<NaiveDate>,
    /// The licence of the data.
    licence: Option<String>,
    /// Fields that people corrected; a new import leaves them alone.
    edited_fields: Vec<String>,
}

/// As a nested part of a row; nothing for what people made themselves.
#[derive(Debug, Clone)]
pub struct FromRow(pub Option<Provenance>);

impl FromQueryResult for FromRow {
    fn from_query_result(result: &sea_orm::QueryResult, pre: &str) -> Result<Self, sea_orm::DbErr> {
        let Some(source) = result.try_get::<Option<String>>(pre, "source")? else { return Ok(Self(None)) };
        let row = result.try_as_pg_row().ok_or_else(|| sea_orm::DbErr::Type("no row of PostgreSQL".to_owned()))?;
        let edited_fields =
            sqlx::Row::try_get(row, format!("{pre}edited_fields").as_str()).map_err(|error| sea_orm::DbErr::Type(error.to_string()))?;
        Ok(Self(Some(Provenance {
            source,
            source_id: result.try_get(pre, "source_id")?,
            source_on: result.try_get(pre, "source_on")?,
            licence: result.try_get(pre, "licence")?,
            edited_fields,
        })))
    }
}
