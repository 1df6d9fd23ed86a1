//! `bootgate fuzz`: content that breaks a consumer, looked for.

mod engine;
mod kernel;
mod show;

use std::io;

use bootgate::finding::Finding;
use clap::Subcommand;

use crate::environment;

/// What is fuzzed.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fuzz a kernel module in a guest that is there to be crashed.
    Kernel(kernel::Arguments),
}

/// Fuzzes, and gives the exit code.
pub(crate) fn run(command: &Command) -> io::Result<u8> {
    match command {
        Command::Kernel(arguments) => kernel::run(arguments),
    }
}

/// What could not be done, and what helps.
fn helped(code: &'static str, message: String, help: &str) -> Finding {
    let mut finding = environment(code, message);
    finding.help = Some(help.to_owned());
    finding
}
