//! `bootgate guard commit`: a set that proved itself becomes good.

use std::io;

use bootgate::guard::core::commit;
use bootgate::guard::store::NoGate;

use super::common::CommonArguments;
use super::place::MomentArguments;

/// The arguments of `bootgate guard commit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Events that the consumer has handled since the set was activated, by its own count.
    #[arg(long, value_name = "COUNT")]
    events: u64,
    #[command(flatten)]
    moment: MomentArguments,
    #[command(flatten)]
    common: CommonArguments,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let moment = arguments.moment.moment();
    arguments.common.operate(NoGate, |opened| Ok(commit(&mut opened.store, arguments.events, moment)?))
}
