//! `bootgate guard stage`: gate, verdict, durable copy.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::disk::unreadable;
use bootgate::finding::{Blame, Finding, Outcome, Run, Severity};
use bootgate::guard::store::{Gate, Judgement, SetFile};
use bootgate::input::{Content, Hold, open_with};

use super::gate::GateArguments;
use super::kernel_log::LogArguments;
use super::place::{DryArguments, PlaceArguments};
use super::{refusal, tell};
use crate::output::OutputArguments;

/// The arguments of `bootgate guard stage`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 stored, 1 refused, 2 could not run.")]
pub(crate) struct Arguments {
    /// The files of the set: `NAME=FILE`, or files that keep their names. With --contract the names are its roles.
    #[arg(value_name = "NAME=FILE", required = true)]
    files: Vec<String>,
    /// Its place in the order of releases, which the floor goes by; one more than any so far when missing.
    #[arg(long, value_name = "NUMBER")]
    serial: Option<u64>,
    #[command(flatten)]
    place: PlaceArguments,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    dry: DryArguments,
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Gates and stores, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { place, gate, dry, log, output, .. } = arguments;
    if !gate.is_given() {
        let message = "there is nothing to gate the set with";
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
        finding.help = Some("name a contract (`--contract FILE`) or a schema (`--schema FILE`)".into());
        return tell::refused(output, &place.set, finding);
    }
    let gate = match gate.usable(&place.set) {
        Ok(gate) => gate,
        Err(gate) => return gate.refuse(output),
    };
    let files = match read(&arguments.files, gate.loaded.bounds.content.file_bytes) {
        Ok(files) => files,
        Err(problems) => return output.write(&Run { problems, ..Run::default() }, &gate.loaded.sources),
    };
    let mut files: Vec<SetFile<'_>> =
        files.iter().map(|(name, content)| SetFile { name, bytes: content }).collect();
    files.sort_by_key(|file| file.name);
    let opened = place.open(gate, dry.dry_run).and_then(|opened| opened.exclusive());
    let mut opened = match opened {
        Ok(opened) => opened,
        Err(finding) => return tell::refused(output, &place.set, *finding),
    };
    let told = opened.store.events();
    // The rules are asked first: they are quick, and a name that leads elsewhere is not shown as content.
    let may = opened.store.may_stage(&files, arguments.serial);
    let (set, known) = match may {
        Ok(may) => may,
        Err(failure) => return tell::refused(output, &place.set, *refusal::finding(&failure)),
    };
    let judgement = opened.store.gate().judge(&files);
    let gate = opened.store.gate();
    let problems = gate.loaded.commands.broken();
    let run = Run { units: gate.units(), problems, ..Run::default() };
    if judgement != Judgement::Passed || run.outcome() != Outcome::Passed {
        return output.write(&run, &gate.loaded.sources);
    }
    let verdict = match gate.verdict() {
        Ok(verdict) => verdict.to_json(),
        Err(problems) => return output.write(&Run { problems, ..Run::default() }, &gate.loaded.sources),
    };
    if !output.is_json() {
        output.write(&run, &gate.loaded.sources)?;
    }
    if dry.dry_run {
        if output.is_json() {
            return tell::done((place, output, log), &opened, &known, told, true);
        }
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "{}: {} would be stored (dry run: nothing was changed)",
            place.set,
            super::words::short(set)
        )?;
        return Ok(0);
    }
    match opened.store.stage(&files, verdict.as_bytes(), arguments.serial) {
        Ok((_, state)) => tell::done((place, output, log), &opened, &state, told, false),
        Err(failure) => tell::refused(output, &place.set, *refusal::finding(&failure)),
    }
}

/// Reads the files into private memory: what is gated is what is stored.
fn read(arguments: &[String], limit: u64) -> Result<Vec<(String, Content)>, Vec<Finding>> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for argument in arguments {
        let (name, path) = match argument.split_once('=') {
            Some((name, path)) => (name.to_owned(), PathBuf::from(path)),
            None => {
                let name = Path::new(argument).file_name().and_then(|name| name.to_str()).unwrap_or("");
                (name.to_owned(), PathBuf::from(argument))
            }
        };
        match open_with(&path, Hold::Private, limit) {
            Ok(content) => files.push((name, content)),
            Err(error) => problems.push(unreadable(&error, Some("file-bytes"))),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}
