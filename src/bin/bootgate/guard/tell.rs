//! How the guard answers: lines for people, or the status as JSON; what it would not do, as a report.

use std::io::{self, Write};

use bootgate::finding::{Blame, Finding, Run, Unit};
use bootgate::guard::core::{Event, State, What, Why};
use bootgate::guard::store::Gate;
use bootgate::span::Sources;

use super::kernel_log::{Level, LogArguments};
use super::place::{Opened, PlaceArguments};
use super::{status, words};
use crate::output::OutputArguments;

/// Reports why something was not done, and gives the exit code: 1 where the set is at fault, else 2.
pub(super) fn refused(output: &OutputArguments, set: &str, finding: Finding) -> io::Result<u8> {
    let run = if finding.blame == Blame::Content {
        let unit = Unit { name: set.to_owned(), findings: vec![finding], ..Unit::default() };
        Run { units: vec![unit], ..Run::default() }
    } else {
        Run { problems: vec![finding], ..Run::default() }
    };
    output.write(&run, &Sources::default())
}

/// Tells what was done: what happened since the first `told` events, to the kernel's log as well.
pub(super) fn done<G: Gate>(
    (place, output, log): (&PlaceArguments, &OutputArguments, &LogArguments),
    opened: &Opened<G>,
    state: &State,
    told: u64,
    dry: bool,
) -> io::Result<u8> {
    if !dry {
        log.write(&place.set, &lines(state, told));
    }
    if output.is_json() {
        status::json(place, opened, state, io::stdout().lock())?;
        return Ok(0);
    }
    let mut out = io::stdout().lock();
    for (_, line) in lines(state, told) {
        writeln!(out, "{}: {line}{}", place.set, if dry { " (dry run: nothing was changed)" } else { "" })?;
    }
    Ok(0)
}

/// What happened after the first `told` events.
pub(super) fn lines(state: &State, told: u64) -> Vec<(Level, String)> {
    state.log.after(told).map(|event| (level(event), words::event(event))).collect()
}

fn level(event: &Event) -> Level {
    match event.what {
        What::Skipped(Why::Quarantined)
        | What::Staged
        | What::Dropped
        | What::Activated
        | What::Planned
        | What::RolledBack
        | What::Booted
        | What::Clean
        | What::Released
        | What::Committed
        | What::Floor
        | What::Policy => Level::Notice,
        What::Nothing
        | What::Skipped(_)
        | What::FellBack
        | What::LeastUnclean
        | What::Unclean
        | What::Quarantined
        | What::Recovered => Level::Warning,
    }
}
