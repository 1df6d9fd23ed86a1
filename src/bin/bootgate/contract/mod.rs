//! `bootgate contract …`: commands about contracts, consumers and their builds.

pub(crate) mod baseline;
mod binary;
mod chosen;
pub(crate) mod coverage;
mod extract;
mod fleet;
mod header;
mod matrix;
mod observe;
pub(crate) mod table;
mod target;
mod verify;

use std::io;

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Give what a consumer includes to state how much it supplies: for C and C++, or for Rust.
    Header(header::Arguments),
    /// Read capacities out of a build's binary, and write them into its manifest.
    Extract(extract::Arguments),
    /// Run a build's harness on witnesses, and write what it takes into its manifest.
    Observe(observe::Arguments),
    /// Hold a build against its manifest, and against the definitions that it is released with.
    Verify(verify::Arguments),
    /// Record what shipped content has exercised.
    Baseline(baseline::Arguments),
    /// List the fields of the content that no question of a contract is about.
    Coverage(coverage::Arguments),
    /// Compare manifests with what is really out there.
    Fleet(fleet::Arguments),
    /// Show which content set which build can take.
    Matrix(matrix::Arguments),
}

/// Runs a command and gives the exit code.
pub(crate) fn run(command: &Command) -> io::Result<u8> {
    match command {
        Command::Header(arguments) => header::run(arguments),
        Command::Extract(arguments) => extract::run(arguments),
        Command::Observe(arguments) => observe::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Coverage(arguments) => coverage::run(arguments),
        Command::Fleet(arguments) => fleet::run(arguments),
        Command::Matrix(arguments) => matrix::run(arguments),
    }
}
