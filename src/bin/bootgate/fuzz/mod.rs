//! `bootgate fuzz`: content that breaks a consumer, looked for.

mod kernel;
mod show;

use std::io;

use clap::Subcommand;

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
