//! What it costs to know who asks and to hold every row against the policies: the terrain page and the z14 tile as a signed-in member, against
//! the same server over the same database as a role that no policy holds, asked by nobody. So the session, the viewer and every policy are in
//! the difference; reading, building and sending the answer are on both sides.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::How;
use super::page::{EMAIL, TERRAIN, differ};
use crate::http::{Connection, Question};
use crate::outcome::Outcome;
use crate::side::Stage;

/// Twenty percent of the throughput at most.
const MUST: f64 = 0.8;

pub fn page(how: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("terrain-page-policies");
    let stage = Stage::new(include_str!("sql/page.sql"))?;
    let free = stage.past_policies()?;
    let cookie = stage.sign_in(EMAIL)?;
    let id = terrein::schema::persisted::register(include_str!("page.graphql"))?;
    let body = json!({ "documentId": id, "variables": { "id": format!("terrain:{TERRAIN}") } });
    let ours = Question::post(&stage.address(), "/graphql", Some(&cookie), &body);
    let past = Question::post(&free.address(), "/graphql", None, &body);
    stage.load.block_on(same_page(&ours, &past))?;
    stage.cost_of_policies(how, &ours, &past, MUST, &mut outcome)?;
    Ok(outcome)
}

pub fn tile(how: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("tile-policies");
    let stage = Stage::new(include_str!("sql/tile.sql"))?;
    let free = stage.past_policies()?;
    let cookie = stage.sign_in(EMAIL)?;
    let path = "/tiles/plot/14/8427/5407";
    let ours = Question::get(&stage.address(), path, Some(&cookie));
    let past = Question::get(&free.address(), path, None);
    stage.load.block_on(super::tile::same(&ours, &past))?;
    stage.cost_of_policies(how, &ours, &past, MUST, &mut outcome)?;
    Ok(outcome)
}

/// The same page on both sides, but for what is about who asks.
async fn same_page(ours: &Question, past: &Question) -> Result<()> {
    let mut pages = Vec::new();
    for question in [ours, past] {
        let mut page: Value = serde_json::from_slice(Connection::open(&question.address).await?.ask(question).await?)?;
        ensure!(page.get("errors").is_none(), "{page:#}");
        let mut page = page["data"].take();
        for list in ["companies", "issues"] {
            let edges = page["terrain"][list]["edges"].as_array_mut().with_context(|| format!("no {list}"))?;
            for node in edges.iter_mut().filter_map(|edge| edge["node"].as_object_mut()) {
                node.remove("mine");
                node.remove("organisation");
            }
        }
        pages.push(page);
    }
    differ(&mut String::from("data"), &pages[0], &pages[1])
}
