//! `bootgate contract header`: what consumers include to state their supply, as this bootgate reads it.

use std::io;
use std::path::PathBuf;

use bootgate::extract::emitted::{C_HEADER, RUST_MACROS};

use crate::files::replace;
use crate::output::print;

/// The arguments of `bootgate contract header`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 written, 2 could not be written.")]
pub(crate) struct Arguments {
    /// Give the macros for Rust.
    #[arg(long)]
    rust: bool,
    /// Write to this file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the header, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let text = if arguments.rust { RUST_MACROS } else { C_HEADER };
    match &arguments.output {
        None => print(text)?,
        Some(path) => replace(path, text)
            .map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", path.display())))?,
    }
    Ok(0)
}
