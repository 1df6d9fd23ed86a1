//! `bootgate guard rollback`: back to a good set, because the operator says so.

use std::io;

use bootgate::guard::core::{When, rollback};

use super::common::CommonArguments;
use super::place::MomentArguments;
use crate::gate::GateArguments;

/// The arguments of `bootgate guard rollback`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 gone back, 1 refused, 2 could not run.")]
pub(crate) struct Arguments {
    /// From the next boot on; without it the consumer may load the set now.
    #[arg(long)]
    next_boot: bool,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    moment: MomentArguments,
    #[command(flatten)]
    common: CommonArguments,
}

/// Goes back, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { gate, common, .. } = arguments;
    let gate = match gate.usable(&common.place.set) {
        Ok(gate) => gate,
        Err(gate) => return gate.refuse(&common.output),
    };
    let when = if arguments.next_boot { When::NextBoot } else { When::Now };
    let moment = arguments.moment.moment();
    common.operate(gate, |opened| Ok(rollback(&mut opened.store, when, moment)?))
}
