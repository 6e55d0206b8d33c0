//! `terrein`: the command line.

use std::process::ExitCode;

use clap::Parser;
use terrein::commands::{self, Cli};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("terrein: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            // One line: what, and why.
            eprintln!("terrein: {error:#}");
            ExitCode::FAILURE
        }
    }
}
