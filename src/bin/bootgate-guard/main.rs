//! The guard alone, for early boot: the commands of `bootgate guard`, with a frozen plan as the only gate.
//!
//! It is the same code as that of `bootgate guard`. What it is not given, it does not have: no YAML, no TOML, no
//! reports with excerpts, no generator.

mod gate;
#[path = "../bootgate/guard/mod.rs"]
mod guard;
mod output;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

/// Keeps the last known good content, and goes back to it when the machine dies on what is new.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 refused, 2 could not run.")]
struct Arguments {
    #[command(subcommand)]
    command: guard::Command,
}

fn main() -> ExitCode {
    match guard::run(&Arguments::parse().command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // With the error stream gone as well there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: cannot write the result: {error}");
            ExitCode::from(2)
        }
    }
}
