//! `bootgate guard release`: a set may be activated again.

use std::io;

use bootgate::guard::core::release;
use bootgate::guard::store::NoGate;

use super::common::CommonArguments;

/// The arguments of `bootgate guard release`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The set, by the first digits of its digest.
    digest: String,
    #[command(flatten)]
    common: CommonArguments,
}

/// Runs it, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    arguments.common.operate(NoGate, |opened| {
        let set = opened.find(&arguments.digest)?;
        Ok(release(&mut opened.store, set)?)
    })
}
