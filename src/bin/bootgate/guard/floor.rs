//! `bootgate guard floor`: how low the guard may go.

use std::io;

use bootgate::guard::core::floor;
use bootgate::guard::store::NoGate;

use super::common::CommonArguments;

/// The arguments of `bootgate guard floor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The lowest serial that may be activated; 0 for any.
    serial: u64,
    #[command(flatten)]
    common: CommonArguments,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    arguments.common.operate(NoGate, |opened| Ok(floor(&mut opened.store, arguments.serial)?))
}
