//! `bootgate guard boot`: what is loaded at this boot. It never keeps the machine from coming up.

use std::io::{self, Write};

use bootgate::finding::Severity;
use bootgate::guard::core::{Unsaved, boot};

use super::kernel_log::{Level, LogArguments};
use super::place::{DryArguments, MomentArguments, PlaceArguments};
use super::{status, tell, words};
use crate::gate::GateArguments;
use crate::output::OutputArguments;

/// The arguments of `bootgate guard boot`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The exit code is 0 whatever was found, also when the guard went back to another set or nothing could be \
    loaded: a machine must come up. What was done is told here, in the kernel's log and in the record. Only wrong \
    arguments give 2."
)]
pub(crate) struct Arguments {
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

/// Boots, tells, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { place, dry, log, output, .. } = arguments;
    let mut told: Vec<(Level, String)> = Vec::new();
    let mut warn = |line: String| told.push((Level::Warning, line));
    let gate = arguments.gate.load(&place.set);
    for problem in gate.problems() {
        warn(format!("the gate cannot be asked: {}[{}]", problem.message, problem.code));
    }
    if !arguments.gate.is_given() {
        warn("there is no gate: digests are compared, and only good sets are loaded".to_owned());
    }
    let mut opened = match place.open(gate, dry.dry_run) {
        Ok(opened) => opened,
        Err(finding) => {
            warn(format!("{}: nothing is done about what the consumer sees", finding.message));
            return tell_lines(arguments, &told);
        }
    };
    if opened.busy {
        warn("another `bootgate guard` is at work on this store; it is not waited for".to_owned());
    }
    if opened.exposed {
        warn("others than the owner of the store's folder may write to it".to_owned());
    }
    let unreadable = opened.store.unreadable();
    let booted = boot(&mut opened.store, arguments.moment.moment());
    match &booted.unsaved {
        None | Some(Unsaved::Absent) => {}
        Some(Unsaved::Unreadable) => {
            let why = unreadable.unwrap_or_else(|| "the record cannot be read".to_owned());
            warn(format!("{why}: it is left alone, and only good sets are loaded"));
        }
        Some(Unsaved::Storage(error)) => warn(format!("this boot is not remembered: {error}")),
    }
    if let Some(error) = &booted.unpresented {
        warn(format!("the consumer still sees what it saw before: {error}"));
    }
    for finding in opened.store.gate().report().units.into_iter().flat_map(|unit| unit.findings) {
        if finding.severity == Severity::Error {
            warn(format!("{} [{}]", finding.message, finding.code));
        }
    }
    told.extend(tell::lines(&booted.state, booted.told));
    let summary = match (booted.set, &booted.unpresented) {
        (Some(set), None) => {
            let known = booted.state.entry(set).map_or("", words::standing);
            format!("{} ({known}) is what the consumer loads", words::short(set))
        }
        (None, None) => "the consumer loads nothing".to_owned(),
        (Some(set), Some(_)) => {
            format!("{} should be loaded, and the link could not be set", words::short(set))
        }
        (None, Some(_)) => "nothing should be loaded, and the link could not be taken away".to_owned(),
    };
    told.push((Level::Notice, summary));
    if output.is_json() {
        if !dry.dry_run {
            log.write(&place.set, &told);
        }
        status::json(place, &opened, &booted.state, io::stdout().lock())?;
        return Ok(0);
    }
    tell_lines(arguments, &told)
}

fn tell_lines(arguments: &Arguments, told: &[(Level, String)]) -> io::Result<u8> {
    let Arguments { place, dry, log, .. } = arguments;
    if !dry.dry_run {
        log.write(&place.set, told);
    }
    let mut out = io::stdout().lock();
    for (_, line) in told {
        // Nobody may be there to read it, which is no reason to fail.
        let _ = writeln!(out, "{}: {line}", place.set);
    }
    if dry.dry_run {
        let _ = writeln!(out, "{}: dry run: nothing was changed", place.set);
    }
    Ok(0)
}
