//! `bootgate schema …`: commands about schemas themselves.

mod check;
mod find;

use std::io;

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Check schemas, and what they import, for errors.
    Check(check::Arguments),
}

/// Runs a command and gives the exit code.
pub(crate) fn run(command: &Command) -> io::Result<u8> {
    match command {
        Command::Check(arguments) => check::run(arguments),
    }
}
