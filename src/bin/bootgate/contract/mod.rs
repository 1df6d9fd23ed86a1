//! `bootgate contract …`: commands about consumers and their builds.

mod binary;
mod extract;
pub(crate) mod table;
mod target;

use std::io;

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Read capacities out of a build's binary, and write them into its manifest.
    Extract(extract::Arguments),
}

/// Runs a command and gives the exit code.
pub(crate) fn run(command: &Command) -> io::Result<u8> {
    match command {
        Command::Extract(arguments) => extract::run(arguments),
    }
}
