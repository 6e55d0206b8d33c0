//! `terrein schema`: the contract of the graph, as committed in `server/schema.graphql`.

use std::process::ExitCode;

pub fn run() -> anyhow::Result<ExitCode> {
    print!("{}", crate::schema::sdl());
    Ok(ExitCode::SUCCESS)
}
