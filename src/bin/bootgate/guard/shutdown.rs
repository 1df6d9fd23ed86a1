//! `bootgate guard shutdown`: a clean end is written down.

use std::io;

use bootgate::guard::core::shutdown;
use bootgate::guard::store::NoGate;

use super::common::CommonArguments;
use super::place::MomentArguments;

/// The arguments of `bootgate guard shutdown`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    moment: MomentArguments,
    #[command(flatten)]
    common: CommonArguments,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let moment = arguments.moment.moment();
    arguments.common.operate(NoGate, |opened| Ok(shutdown(&mut opened.store, moment)?))
}
