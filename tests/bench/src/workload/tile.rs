//! A z14 tile of 350 parcels that nobody has cached, as a member under policies, against the same `ST_AsMVT` past the policies.

use anyhow::{Result, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sqlx::PgPool;

use super::How;
use crate::http::{Connection, Question};
use crate::outcome::Outcome;
use crate::side::Stage;

pub fn run(how: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("tile");
    let stage = Stage::new(include_str!("sql/tile.sql"))?;
    let pool = stage.limit_pool()?;
    let limit = Question::get(&stage.serve_limit(Router::new().route("/tile", get(tile)).with_state(pool))?, "/tile", None);
    let cookie = stage.sign_in("lid0@bench.example")?;
    let ours = Question::get(&stage.address(), "/tiles/plot/14/8427/5407", Some(&cookie));
    let bytes = stage.load.block_on(same(&ours, &limit))?;
    outcome.tell("tile", bytes / 1e3, "kB");
    stage.compare(how, &ours, &limit, 0.95, &mut outcome)?;
    Ok(outcome)
}

async fn tile(State(pool): State<PgPool>) -> Response {
    match sqlx::query_scalar::<_, Vec<u8>>(include_str!("sql/tile_limit.sql")).bind(14).bind(8427).bind(5407).fetch_one(&pool).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile")], bytes).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

pub(super) async fn same(ours: &Question, limit: &Question) -> Result<f64> {
    let mine = Connection::open(&ours.address).await?.ask(ours).await?.to_vec();
    let theirs = Connection::open(&limit.address).await?.ask(limit).await?.to_vec();
    ensure!(mine == theirs, "the tiles differ: {} and {} bytes", mine.len(), theirs.len());
    Ok(mine.len() as f64)
}
