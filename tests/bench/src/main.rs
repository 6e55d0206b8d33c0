//! `terrein-bench`: what the server costs, as ratios to the limit measured in the same run. One file a workload in `workload/`; a new one
//! is a file and a line in [`workload::ALL`]. How it is measured and what it showed: `docs/performance.md`.

mod cpu;
mod http;
mod outcome;
mod side;
mod workload;

use std::process::ExitCode;

use clap::Parser;

use crate::outcome::{Outcome, table};

// As the server itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Speed of Terrein, each workload against its limit.
#[derive(Parser)]
struct Arguments {
    /// Which workloads; all of them without a name
    names: Vec<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// Seconds of load per round; there are five rounds a side
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// The server alone, without pause: for a profiler
    #[arg(long)]
    ours_only: bool,
}

fn main() -> ExitCode {
    let Arguments { names, json, seconds, ours_only } = Arguments::parse();
    if let Some(unknown) = names.iter().find(|name| !workload::ALL.iter().any(|(known, _)| known == name)) {
        let known: Vec<&str> = workload::ALL.iter().map(|(name, _)| *name).collect();
        eprintln!("terrein-bench: no workload “{unknown}”; there are {}", known.join(", "));
        return ExitCode::from(2);
    }
    let how = workload::How { seconds, ours_only };
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (name, run) in workload::ALL {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        if !json {
            eprintln!("{name} …");
        }
        match run(&how) {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => {
                eprintln!("terrein-bench: {name}: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
    if json {
        let workloads: serde_json::Map<String, serde_json::Value> =
            outcomes.iter().map(|outcome| (outcome.name.to_owned(), outcome.json())).collect();
        println!("{}", serde_json::json!({ "workloads": workloads, "missed": missed(&outcomes) }));
    } else {
        print!("{}", table(&outcomes));
    }
    if missed(&outcomes).is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn missed(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().flat_map(|outcome| outcome.missed().map(move |measure| format!("{}: {}", outcome.name, measure.name))).collect()
}
