//! `bootgate guard stage`: gate, verdict, durable copy.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::finding::{Blame, Finding, Outcome, Run, Severity};
use bootgate::guard::store::{Gate, Judgement, SetFile};
use bootgate::input::{Content, Hold, open_with};

use super::common::CommonArguments;
use super::verdict::{self, VerdictArguments};
use super::{refusal, tell, words};
use crate::gate::GateArguments;

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
    gate: GateArguments,
    #[command(flatten)]
    verdict: VerdictArguments,
    #[command(flatten)]
    common: CommonArguments,
}

/// Gates and stores, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Arguments { gate, common, .. } = arguments;
    let CommonArguments { place, dry, log, output } = common;
    let refused = |finding: Box<Finding>| tell::refused(output, &place.set, *finding);
    if !gate.is_given() {
        return refused(usage("there is nothing to gate the set with", GateArguments::NAMES));
    }
    let gate = match gate.usable(&place.set) {
        Ok(gate) => gate,
        Err(gate) => return gate.refuse(output),
    };
    let files = match read(&arguments.files, gate.file_bytes()) {
        Ok(files) => files,
        Err(problems) => return output.write(&Run { problems, ..Run::default() }, &gate.sources()),
    };
    let mut files: Vec<SetFile<'_>> =
        files.iter().map(|(name, content)| SetFile { name, bytes: content }).collect();
    files.sort_by_key(|file| file.name);
    let mut opened = match place.open(gate, dry.dry_run).and_then(|opened| opened.exclusive()) {
        Ok(opened) => opened,
        Err(finding) => return refused(finding),
    };
    let told = opened.store.events();
    // The rules are asked first: they are quick, and a name that leads elsewhere is not shown as content.
    let (set, known) = match opened.store.may_stage(&files, arguments.serial) {
        Ok(may) => may,
        Err(failure) => return refused(refusal::finding(&failure)),
    };
    let keys = verdict::keys(opened.store.key());
    let brought = match keys.and_then(|keys| arguments.verdict.brought(keys.as_ref(), &files)) {
        Ok(brought) => brought,
        Err(finding) => return refused(finding),
    };
    let judgement = opened.store.gate().judge(&files);
    let gate = opened.store.gate();
    let run = gate.report();
    if judgement != Judgement::Passed || run.outcome() != Outcome::Passed {
        return output.write(&run, &gate.sources());
    }
    let made =
        brought.map_or_else(|| gate.verdict().map(|made| made.map(String::into_bytes)), |own| Ok(Some(own)));
    let verdict = match made {
        Ok(Some(verdict)) => verdict,
        Ok(None) => {
            let message = "a frozen plan makes no verdict, and a set is stored with one";
            return refused(usage(
                message,
                "name the one of `bootgate check --verdict FILE`: `--verdict FILE`",
            ));
        }
        Err(problems) => return output.write(&Run { problems, ..Run::default() }, &gate.sources()),
    };
    if !output.is_json() {
        output.write(&run, &gate.sources())?;
    }
    if dry.dry_run {
        if output.is_json() {
            return tell::done((place, output, log), &opened, &known, told, true);
        }
        let (mut out, short) = (io::stdout().lock(), words::short(set));
        writeln!(out, "{}: {short} would be stored (dry run: nothing was changed)", place.set)?;
        return Ok(0);
    }
    match opened.store.stage(&files, &verdict, arguments.serial) {
        Ok((_, state)) => tell::done((place, output, log), &opened, &state, told, false),
        Err(failure) => refused(refusal::finding(&failure)),
    }
}

/// The finding for arguments that ask for what cannot be done.
pub(super) fn usage(message: &str, help: &str) -> Box<Finding> {
    let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
    finding.help = Some(help.to_owned());
    Box::new(finding)
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
            Err(error) => problems.push(error.to_finding()),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}
