//! What the commands that change something have in common: their arguments, and how they go about it.

use std::io;

use bootgate::finding::Finding;
use bootgate::guard::core::{Failure, State};
use bootgate::guard::store::{Gate, StoreError};

use super::kernel_log::LogArguments;
use super::place::{DryArguments, Opened, PlaceArguments};
use super::{refusal, tell};
use crate::output::OutputArguments;

/// Which store, whether anything is changed, and how it is told.
#[derive(Debug, clap::Args)]
pub(super) struct CommonArguments {
    #[command(flatten)]
    pub(super) place: PlaceArguments,
    #[command(flatten)]
    pub(super) dry: DryArguments,
    #[command(flatten)]
    pub(super) log: LogArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

impl CommonArguments {
    /// Opens the store for nobody else, operates on it and tells what happened, or why nothing did.
    pub(super) fn operate<G: Gate>(
        &self,
        gate: G,
        operation: impl FnOnce(&mut Opened<G>) -> Result<State, Stopped>,
    ) -> io::Result<u8> {
        let CommonArguments { place, dry, log, output } = self;
        let mut opened = match place.open(gate, dry.dry_run).and_then(Opened::exclusive) {
            Ok(opened) => opened,
            Err(finding) => return tell::refused(output, &place.set, *finding),
        };
        let told = opened.store.events();
        match operation(&mut opened) {
            Ok(state) => tell::done((place, output, log), &opened, &state, told, dry.dry_run),
            Err(Stopped(finding)) => tell::refused(output, &place.set, *finding),
        }
    }
}

/// Why an operation was not done.
pub(super) struct Stopped(Box<Finding>);

impl From<Box<Finding>> for Stopped {
    fn from(finding: Box<Finding>) -> Self {
        Stopped(finding)
    }
}

impl From<Failure<StoreError>> for Stopped {
    fn from(failure: Failure<StoreError>) -> Self {
        Stopped(refusal::finding(&failure))
    }
}
