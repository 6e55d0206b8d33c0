//! The terrain page: one terrain with 200 plots, 120 companies, 100 things and 60 issues, all with their shapes, as a signed-in member under
//! policies. Its limit builds the same JSON in one statement, past the policies, behind a handler that does nothing else.

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use sqlx::PgPool;
use terrein_shared::id::Uuid;

use super::How;
use crate::http::{Connection, Question};
use crate::outcome::{Must, Outcome};
use crate::side::Stage;

pub(super) const TERRAIN: Uuid = Uuid::from_u128(0xc000_0000_0000_7000_8000_0000_0000_0000);
const ORGANISATION: Uuid = Uuid::from_u128(0xa000_0000_0000_7000_8000_0000_0000_0000);
const MEMBER: Uuid = Uuid::from_u128(0xb000_0000_0000_7000_8000_0000_0000_0000);
pub(super) const EMAIL: &str = "lid0@bench.example";

pub fn run(how: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("terrain-page");
    let stage = Stage::new(include_str!("sql/page.sql"))?;
    let pool = stage.limit_pool()?;
    let limit = Question::get(&stage.serve_limit(Router::new().route("/page", get(page)).with_state(pool))?, "/page", None);
    let cookie = stage.sign_in(EMAIL)?;
    let id = terrein::schema::persisted::register(include_str!("page.graphql"))?;
    let body = json!({ "documentId": id, "variables": { "id": format!("terrain:{TERRAIN}") } });
    let ours = Question::post(&stage.address(), "/graphql", Some(&cookie), &body);
    let (bytes, statements) = stage.load.block_on(same(&ours, &limit))?;
    outcome.hold("statements", statements, "", Must::AtMost(8.0)).tell("answer", bytes / 1e3, "kB");
    stage.compare(how, &ours, &limit, 0.6, &mut outcome)?;
    Ok(outcome)
}

async fn page(State(pool): State<PgPool>) -> Response {
    let built = sqlx::query_scalar::<_, String>(include_str!("sql/page_limit.sql"))
        .bind(TERRAIN)
        .bind(ORGANISATION)
        .bind(MEMBER)
        .fetch_one(&pool)
        .await;
    match built {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Both answers, field by field; how many bytes and statements ours took.
async fn same(ours: &Question, limit: &Question) -> Result<(f64, f64)> {
    let mut connection = Connection::open(&ours.address).await?;
    connection.ask(ours).await?;
    let text = connection.ask(ours).await?.to_vec();
    let mut mine: Value = serde_json::from_slice(&text)?;
    let theirs: Value = serde_json::from_slice(Connection::open(&limit.address).await?.ask(limit).await?)?;
    ensure!(mine.get("errors").is_none(), "{mine:#}");
    let statements = mine["extensions"]["statements"].as_f64().context("the server counts its statements in development mode")?;
    differ(&mut String::from("data"), &mine["data"].take(), &theirs["data"])?;
    Ok((text.len() as f64, statements))
}

/// Same values, whatever the order of keys; `1` is `1.0`.
pub(super) fn differ(place: &mut String, mine: &Value, theirs: &Value) -> Result<()> {
    let length = place.len();
    match (mine, theirs) {
        (Value::Object(mine), Value::Object(theirs)) => {
            ensure!(mine.len() == theirs.len(), "{place}: {} fields and {}", mine.len(), theirs.len());
            for (name, value) in mine {
                place.push_str(&format!(".{name}"));
                differ(place, value, theirs.get(name).with_context(|| format!("{place} is in one answer only"))?)?;
                place.truncate(length);
            }
        }
        (Value::Array(mine), Value::Array(theirs)) => {
            ensure!(mine.len() == theirs.len(), "{place}: {} and {} items", mine.len(), theirs.len());
            for (n, (mine, theirs)) in mine.iter().zip(theirs).enumerate() {
                place.push_str(&format!("[{n}]"));
                differ(place, mine, theirs)?;
                place.truncate(length);
            }
        }
        (Value::Number(_), Value::Number(_)) => ensure!(mine.as_f64() == theirs.as_f64(), "{place}: {mine} and {theirs}"),
        _ => ensure!(mine == theirs, "{place}: {mine} and {theirs}"),
    }
    Ok(())
}
