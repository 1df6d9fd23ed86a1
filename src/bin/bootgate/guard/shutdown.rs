//! `bootgate guard shutdown`: a clean end is written down.

use std::io;

use bootgate::guard::core::shutdown;
use bootgate::guard::store::NoGate;

use super::kernel_log::LogArguments;
use super::place::{DryArguments, MomentArguments, PlaceArguments};
use super::{refusal, tell};
use crate::output::OutputArguments;

/// The arguments of `bootgate guard shutdown`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
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
    match shutdown(&mut opened.store, arguments.moment.moment()) {
        Ok(state) => tell::done((place, output, log), &opened, &state, told, dry.dry_run),
        Err(failure) => tell::refused(output, &place.set, *refusal::finding(&failure)),
    }
}
