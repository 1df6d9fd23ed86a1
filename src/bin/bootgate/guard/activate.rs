//! `bootgate guard activate`: a stored set is let to the consumer.

use std::io;

use bootgate::guard::core::{When, activate};

use super::common::CommonArguments;
use super::place::MomentArguments;
use crate::gate::GateArguments;

/// The arguments of `bootgate guard activate`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Activating the active set again begins a new soak. A good set that the guard left for unclean ends is \
    vouched for by this.\n\nExit codes: 0 activated, 1 refused, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The set, by the first digits of its digest.
    digest: String,
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

/// Activates, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { gate, common, .. } = arguments;
    let gate = match gate.usable(&common.place.set) {
        Ok(gate) => gate,
        Err(gate) => return gate.refuse(&common.output),
    };
    let when = if arguments.next_boot { When::NextBoot } else { When::Now };
    let moment = arguments.moment.moment();
    common.operate(gate, |opened| {
        let set = opened.find(&arguments.digest)?;
        Ok(activate(&mut opened.store, set, when, moment)?)
    })
}
