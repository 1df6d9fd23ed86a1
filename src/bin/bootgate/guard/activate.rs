//! `bootgate guard activate`: a stored set is let to the consumer.

use std::io;

use bootgate::guard::core::{When, activate};

use super::gate::GateArguments;
use super::kernel_log::LogArguments;
use super::place::{DryArguments, MomentArguments, PlaceArguments};
use super::{refusal, tell};
use crate::output::OutputArguments;

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
    place: PlaceArguments,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    moment: MomentArguments,
    #[command(flatten)]
    dry: DryArguments,
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Activates, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { place, gate, dry, log, output, .. } = arguments;
    let gate = match gate.usable(&place.set) {
        Ok(gate) => gate,
        Err(gate) => return gate.refuse(output),
    };
    let opened = place.open(gate, dry.dry_run).and_then(|opened| opened.exclusive());
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(finding) => return tell::refused(output, &place.set, *finding),
    };
    let set = match opened.find(&arguments.digest) {
        Ok(set) => set,
        Err(finding) => return tell::refused(output, &place.set, *finding),
    };
    let told = opened.store.events();
    let when = if arguments.next_boot { When::NextBoot } else { When::Now };
    match activate(&mut opened.store, set, when, arguments.moment.moment()) {
        Ok(state) => tell::done((place, output, log), &opened, &state, told, dry.dry_run),
        Err(failure) => tell::refused(output, &place.set, *refusal::finding(&failure)),
    }
}
