//! `bootgate guard commit`: a set that proved itself becomes good.

use std::io;

use bootgate::guard::core::commit;
use bootgate::guard::store::NoGate;

use super::kernel_log::LogArguments;
use super::place::{DryArguments, MomentArguments, PlaceArguments};
use super::{refusal, tell};
use crate::output::OutputArguments;

/// The arguments of `bootgate guard commit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Events that the consumer has handled since the set was activated, by its own count.
    #[arg(long, value_name = "COUNT")]
    events: u64,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    moment: MomentArguments,
    #[command(flatten)]
    dry: DryArguments,
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { place, dry, log, output, .. } = arguments;
    let opened = place.open(NoGate, dry.dry_run).and_then(|opened| opened.exclusive());
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(finding) => return tell::refused(output, &place.set, *finding),
    };
    let told = opened.store.events();
    match commit(&mut opened.store, arguments.events, arguments.moment.moment()) {
        Ok(state) => tell::done((place, output, log), &opened, &state, told, dry.dry_run),
        Err(failure) => tell::refused(output, &place.set, *refusal::finding(&failure)),
    }
}
