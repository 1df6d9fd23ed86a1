//! `bootgate guard policy`: what is asked of a set, and how much is forgiven.

use std::io;

use bootgate::guard::core::{Loaded, Policy, Storage, policy};
use bootgate::guard::store::NoGate;

use super::kernel_log::LogArguments;
use super::place::{DryArguments, PlaceArguments};
use super::{refusal, tell};
use crate::output::OutputArguments;

/// The arguments of `bootgate guard policy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Unclean ends after which a set is left; 2 in a new store.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1000))]
    unclean_ends: Option<u32>,
    /// Seconds in use, in one run, before a set can be good; 600 in a new store.
    #[arg(long, value_name = "SECONDS")]
    soak_seconds: Option<u64>,
    /// Events that the consumer must have handled in that time; 1 in a new store.
    #[arg(long, value_name = "COUNT")]
    soak_events: Option<u64>,
    #[command(flatten)]
    place: PlaceArguments,
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
    let known = match opened.store.load() {
        Loaded::Found(state) => state.policy,
        Loaded::Absent | Loaded::Damaged | Loaded::Unreadable => Policy::default(),
    };
    let wanted = Policy {
        unclean_ends: arguments.unclean_ends.unwrap_or(known.unclean_ends),
        soak_seconds: arguments.soak_seconds.unwrap_or(known.soak_seconds),
        soak_events: arguments.soak_events.unwrap_or(known.soak_events),
    };
    match policy(&mut opened.store, wanted) {
        Ok(state) => tell::done((place, output, log), &opened, &state, told, dry.dry_run),
        Err(failure) => tell::refused(output, &place.set, *refusal::finding(&failure)),
    }
}
