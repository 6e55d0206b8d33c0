//! Lists: keyset pages with spatial filters, one statement each. A slice names its table, columns and order; values are always bound.

use async_graphql::{Context, InputObject};
use chrono::{DateTime, NaiveDate};
use sea_orm::{FromQueryResult, Value};
use terrein_shared::Reason;
use terrein_shared::bbox::Bbox;
use terrein_shared::geometry::{GeoJsonInput, Geom};
use terrein_shared::page::{Key, Page, Rows};
use uuid::Uuid;

use crate::access::Caller;
use crate::error::{InField, Result, invalid};

/// Most rows a page may have, by who wrote the question.
#[derive(Debug, Clone, Copy)]
pub struct PageLimit(pub u32);

impl PageLimit {
    /// Questions written by a client.
    pub const AD_HOC: Self = Self(100);
    /// Questions of the app itself, known beforehand.
    pub const PERSISTED: Self = Self(500);

    /// Of this request.
    #[must_use]
    pub fn of(context: &Context<'_>) -> Self {
        context.data_opt().copied().unwrap_or(Self::AD_HOC)
    }
}

/// Checks `first` and `after`.
///
/// # Errors
/// `Invalid` for `first` outside 1 to the limit (never a silent cut) and for a foreign cursor.
pub fn page(limit: PageLimit, first: i32, after: Option<&str>) -> Result<Page> {
    let most = limit.0;
    let size = u32::try_from(first)
        .ok()
        .filter(|size| (1..=most).contains(size))
        .ok_or(invalid("first", Reason::OutOfRange { min: 1, max: i64::from(most) }))?;
    Ok(Page { first: size, after: after.map(Key::decode).transpose().in_field("after")? })
}

/// A distance around a point.
#[derive(Debug, Clone, InputObject)]
pub struct DistanceInput {
    /// The point, WGS 84.
    pub point: GeoJsonInput,
    /// Metres, above 0, at most 50,000.
    pub metres: f64,
}

/// Where things must lie. Several together must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SpatialFilter {
    /// West, south, east, north in degrees: the boxes of the shapes overlap it.
    pub bbox: Option<Vec<f64>>,
    /// Wholly inside this area.
    pub within: Option<GeoJsonInput>,
    /// Sharing at least a point with this shape.
    pub intersects: Option<GeoJsonInput>,
    /// At most so many metres away.
    pub dwithin_m: Option<DistanceInput>,
}

/// SQL conditions with their bound values.
#[derive(Debug, Default)]
pub struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    #[must_use]
    pub fn new(sql: &str) -> Self {
        Self { sql: vec![sql.to_owned()], values: Vec::new() }
    }

    /// Adds a condition; each `?` in it stands for the next of `values`.
    pub fn and(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let mut values = values.into_iter();
        let mut text = String::with_capacity(sql.len() + 8);
        for c in sql.chars() {
            match c {
                '?' => {
                    self.values.extend(values.next());
                    text.push_str(&format!("${}", self.values.len()));
                }
                other => text.push(other),
            }
        }
        self.sql.push(text);
        self
    }

    /// Adds where things must lie. `&&` is spelt out: it alone may use the index under row-level security.
    ///
    /// # Errors
    /// `Invalid` names the part of the filter.
    pub fn lying(&mut self, filter: Option<SpatialFilter>) -> Result<&mut Self> {
        let Some(filter) = filter else { return Ok(self) };
        if let Some(bbox) = filter.bbox {
            let Bbox { west, south, east, north } = Bbox::try_from(bbox.as_slice()).in_field("bbox")?;
            self.and("geom && ST_MakeEnvelope(?, ?, ?, ?, 4326)", [west.into(), south.into(), east.into(), north.into()]);
        }
        if let Some(area) = filter.within {
            let area = ewkb(area.shape.in_field("within")?);
            self.and("geom && ?::bytea::geometry and ST_Within(geom, ?::bytea::geometry)", [area.clone(), area]);
        }
        if let Some(shape) = filter.intersects {
            let shape = ewkb(shape.shape.in_field("intersects")?);
            self.and("geom && ?::bytea::geometry and ST_Intersects(geom, ?::bytea::geometry)", [shape.clone(), shape]);
        }
        if let Some(DistanceInput { point, metres }) = filter.dwithin_m {
            if !(metres > 0.0 && metres <= 50_000.0) {
                return Err(invalid("dwithinM.metres", Reason::OutOfRange { min: 1, max: 50_000 }));
            }
            let point = ewkb(point.shape.in_field("dwithinM.point")?);
            self.and(
                "geom && ST_Transform(ST_Expand(ST_Transform(?::bytea::geometry, 28992), ?), 4326)
                 and ST_DWithin(geom_rd, ST_Transform(?::bytea::geometry, 28992), ?)",
                [point.clone(), metres.into(), point, metres.into()],
            );
        }
        Ok(self)
    }
}

fn ewkb(geom: Geom) -> Value {
    geom.into()
}

/// How a list is ordered: by a column, then by id.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    pub column: &'static str,
    /// SQL type of the column, to read it back from a cursor.
    pub kind: &'static str,
    pub newest_first: bool,
}

/// Row with its place in the list.
struct Keyed<T> {
    row: T,
    key: Key,
}

impl<T: FromQueryResult> FromQueryResult for Keyed<T> {
    fn from_query_result(result: &sea_orm::QueryResult, pre: &str) -> std::result::Result<Self, sea_orm::DbErr> {
        let (sort, id): (String, Uuid) = (result.try_get(pre, "sort_key")?, result.try_get(pre, "id")?);
        Ok(Self { row: T::from_query_result(result, pre)?, key: Key { sort, id } })
    }
}

/// A page of a table, as the caller.
///
/// # Errors
/// As the database answers.
pub async fn list<T: FromQueryResult>(
    caller: &Caller,
    table: &str,
    columns: &str,
    order: Order,
    mut conditions: Conditions,
    page: &Page,
) -> Result<Rows<T>> {
    let Order { column, kind, newest_first } = order;
    let (compare, direction) = if newest_first { ("<", "desc") } else { (">", "asc") };
    if let Some(Key { sort, id }) = &page.after {
        // A cursor of another list, or one of somebody's own making.
        let legible = match kind {
            "timestamptz" => DateTime::parse_from_str(sort, "%Y-%m-%d %H:%M:%S%.f%#z").is_ok(),
            "date" => matches!(sort.as_str(), "infinity" | "-infinity") || is_date(sort),
            _ => !sort.contains('\0'),
        };
        if !legible {
            return Err(invalid("after", Reason::WrongCursor));
        }
        conditions.and(&format!("({column}, id) {compare} (?::text::{kind}, ?)"), [sort.clone().into(), (*id).into()]);
    }
    conditions.values.push(i64::from(page.first + 1).into());
    let sql = format!(
        "select {columns}, ({column})::text as sort_key from {table} where {} order by {column} {direction}, id {direction} limit ${}",
        conditions.sql.join(" and "),
        conditions.values.len(),
    );
    let rows: Vec<Keyed<T>> = caller.all(&sql, conditions.values).await?;
    let rows = Rows::of(rows, page, |keyed| keyed.key.clone());
    Ok(Rows {
        has_next: rows.has_next,
        has_previous: rows.has_previous,
        rows: rows.rows.into_iter().map(|(key, keyed)| (key, keyed.row)).collect(),
    })
}

/// A day as the database writes it.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.starts_with(|c| matches!(c, '1'..='9')) && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// Words of a vocabulary, each once, as one bound text, for `($1::text)::text[]`.
#[must_use]
pub fn words(said: impl IntoIterator<Item = &'static str>) -> String {
    let mut words: Vec<&str> = said.into_iter().collect();
    words.sort_unstable();
    words.dedup();
    format!("{{{}}}", words.join(","))
}

/// Ids as one bound text, for `any ($1::text::uuid[])`: one prepared statement whatever their number.
#[must_use]
pub fn uuids(ids: impl IntoIterator<Item = Uuid>) -> Value {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    format!("{{{}}}", ids.join(",")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_in_their_order() {
        let mut conditions = Conditions::new("deleted_at is null");
        conditions.and("a = ?", [1.into()]).and("b between ? and ?", [2.into(), 3.into()]);
        assert_eq!(conditions.sql, ["deleted_at is null", "a = $1", "b between $2 and $3"]);
        assert_eq!(conditions.values.len(), 3);
    }

    #[test]
    fn words_are_told_once() {
        assert_eq!(words(["space", "energy", "space"]), "{energy,space}");
        assert_eq!(words([]), "{}");
    }

    #[test]
    fn a_page_is_refused_rather_than_cut() {
        assert!(page(PageLimit::AD_HOC, 0, None).is_err());
        assert!(page(PageLimit::AD_HOC, 101, None).is_err());
        assert!(page(PageLimit::PERSISTED, 500, None).is_ok());
        assert!(page(PageLimit::AD_HOC, 10, Some("x")).is_err());
    }
}
