//! `bootgate guard policy`: what is asked of a set, and how much is forgiven.

use std::io;

use bootgate::guard::core::{Loaded, Policy, Storage, policy};
use bootgate::guard::store::NoGate;

use super::common::CommonArguments;

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
    common: CommonArguments,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    arguments.common.operate(NoGate, |opened| {
        let known = match opened.store.load() {
            Loaded::Found(state) => state.policy,
            Loaded::Absent | Loaded::Damaged | Loaded::Unreadable => Policy::default(),
        };
        let wanted = Policy {
            unclean_ends: arguments.unclean_ends.unwrap_or(known.unclean_ends),
            soak_seconds: arguments.soak_seconds.unwrap_or(known.soak_seconds),
            soak_events: arguments.soak_events.unwrap_or(known.soak_events),
        };
        Ok(policy(&mut opened.store, wanted)?)
    })
}
