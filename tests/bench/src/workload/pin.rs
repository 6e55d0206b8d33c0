//! A pin: from the moment somebody sends it to the moment another person's subscription speaks of it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use terrein_shared::id::{IssueId, new_id};

use super::How;
use crate::outcome::{Must, Outcome, percentile};
use crate::side::Stage;

const PINS: usize = 100;
const TERRAIN: &str = "terrain:c0000000-0000-7000-8000-000000000000";
const CHANGED: &str = "subscription ($terrains: [ID!]!) { terrainChanged(terrains: $terrains) { terrainId refetch } }";
const REPORT: &str = "mutation ($input: ReportIssueInput!) { reportIssue(input: $input) { __typename } }";

pub fn run(_: &How) -> Result<Outcome> {
    let mut outcome = Outcome::new("pin");
    let stage = Stage::new(include_str!("sql/page.sql"))?;
    let (mut heard, mut answered) = stage.load.block_on(pins(&stage))?;
    outcome
        .hold("word to another person p99", percentile(&mut heard, 0.99), "ms", Must::AtMost(1000.0))
        .tell("word to another person p50", percentile(&mut heard, 0.5), "ms")
        .tell("answer to the sender p50", percentile(&mut answered, 0.5), "ms")
        .tell("answer to the sender p99", percentile(&mut answered, 0.99), "ms");
    Ok(outcome)
}

async fn pins(stage: &Stage) -> Result<(Vec<f64>, Vec<f64>)> {
    let sender = stage.app.sign_in("lid0@bench.example").await;
    let mut reader = stage.app.sign_in("lid1@bench.example").await.subscribe(CHANGED, json!({ "terrains": [TERRAIN] })).await;
    // The first words tell everybody to read from the start.
    while reader.next(Duration::from_secs(1)).await.is_some() {}
    let (mut heard, mut answered) = (Vec::new(), Vec::new());
    for n in 0..PINS {
        let input = json!({ "input": {
            "commandId": new_id(), "issueId": IssueId::new().to_string(), "terrainId": TERRAIN, "kind": "PROBLEM", "audience": "TERRAIN",
            "title": format!("Lamp {n}"), "geometry": { "type": "Point", "coordinates": [5.2 + n as f64 * 1e-5, 52.102] },
        } });
        let sent = Instant::now();
        let sending = async {
            let data = sender.data(REPORT, input).await;
            (data, sent.elapsed())
        };
        let hearing = async {
            let word = reader.next(Duration::from_secs(5)).await;
            (word, sent.elapsed())
        };
        let ((data, answer), (word, hear)) = tokio::join!(sending, hearing);
        ensure!(data["reportIssue"]["__typename"] == "IssueReported", "{data}");
        let word = word.context("no word came within 5 s")?;
        ensure!(word["payload"]["data"]["terrainChanged"]["terrainId"] == TERRAIN, "{word}");
        heard.push(hear.as_secs_f64() * 1e3);
        answered.push(answer.as_secs_f64() * 1e3);
        // Words close together are one: the next pin waits until this one is over.
        while reader.next(Duration::from_millis(60)).await.is_some() {}
    }
    Ok((heard, answered))
}
