//! `bootgate contract extract`: what a build supplies, out of its binary and into its manifest.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::contract::{self, RawContract};
use bootgate::disk::text;
use bootgate::extract::Binary;
use bootgate::extract::capacities::{self, Shown};
use bootgate::extract::manifest::{self, Identity, Written};
use bootgate::finding::{Blame, Finding, Run, Severity, Subject, Unit, UnitFile};
use bootgate::limits::TEXT_BYTES;
use bootgate::span::Sources;

use super::binary::{BinaryArguments, OnDisk};
use super::table::{Extraction, Fate};
use super::target::{Target, TargetArguments};
use crate::files::replace;
use crate::output::OutputArguments;

/// The arguments of `bootgate contract extract`.
#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "Nothing is written unless every capacity of the contract is found, is in the manifest already, or is \
    named by --without: a capacity that a manifest lacks is one that the build does not know.\n\nExit codes: 0 found \
    and written, with or without warnings, 1 refused: the build does not show what the contract asks for, 2 could not \
    run: arguments, contract or files are at fault, such as debug information that is kept elsewhere."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    binary: BinaryArguments,
    /// The contract of the consumer.
    #[arg(long, value_name = "FILE")]
    contract: PathBuf,
    #[command(flatten)]
    target: TargetArguments,
    /// This build does not have this capacity: leave it out; may be repeated.
    #[arg(long, value_name = "CAPACITY")]
    without: Vec<String>,
    /// Write nothing, and show the manifest.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    output: OutputArguments,
}

/// Extracts, writes, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut sources = Sources::default();
    let mut run = Run { subject: Subject::Build, ..Run::default() };
    let work = match prepare(arguments, &mut sources) {
        Ok(work) => work,
        Err(findings) => {
            let (own, others) = findings.into_iter().partition(|finding| finding.blame == Blame::Consumer);
            run.problems = others;
            run.units = vec![unit(arguments, own, None)];
            run.units.retain(|unit| !unit.findings.is_empty());
            return arguments.output.write(&run, &sources);
        }
    };
    let mut unit = unit(arguments, work.findings, Some(work.size));
    let path = work.target.path.display().to_string();
    let mut fate = Fate::Withheld;
    if unit.findings.iter().all(|finding| finding.severity != Severity::Error) {
        match settle(arguments.dry_run, &work.contract, &work.target, &work.written, &mut sources) {
            Ok(done) => fate = done,
            Err(findings) => unit.findings.extend(findings),
        }
    }
    run.units.push(unit);
    let lines = &work.written.lines;
    let extraction = Extraction { identity: &work.identity, lines, manifest: &path, fate };
    let code = arguments.output.write_with(&run, &sources, Some(extraction))?;
    if fate == Fate::DryRun && arguments.output.is_text() {
        crate::output::print(&format!("\n{}", work.written.text))?;
    }
    Ok(code)
}

/// The build as a part of the report.
fn unit(arguments: &Arguments, findings: Vec<Finding>, size: Option<u64>) -> Unit {
    let name = arguments.binary.binary.display().to_string();
    let file = UnitFile { role: "binary".into(), path: name.clone(), size };
    Unit { name, files: vec![file], findings, ..Unit::default() }
}

/// What was found, before anything is written.
struct Work {
    contract: RawContract,
    target: Target,
    identity: Identity,
    written: Written,
    findings: Vec<Finding>,
    /// Bytes of the binary.
    size: u64,
}

fn prepare(arguments: &Arguments, sources: &mut Sources) -> Result<Work, Vec<Finding>> {
    let path = &arguments.contract;
    let text = text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding])?;
    let contract = contract::parse(sources, &path.display().to_string(), &text);
    let contract = contract.map_err(|errors| errors.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    let without: BTreeSet<String> = arguments.without.iter().cloned().collect();
    known(&without, &contract)?;
    let target = arguments.target.find(path, &contract, sources)?;
    let content = arguments.binary.open().map_err(|finding| vec![*finding])?;
    let name = arguments.binary.binary.display().to_string();
    let binary = Binary::read(&name, &content).map_err(|error| vec![error.into()])?;
    let supplies = binary.supplies().map_err(|error| vec![error.into()])?;
    let files = OnDisk::new();
    let extras = arguments.binary.extras(&files);
    let shown = capacities::show(&contract, &binary, &extras, &supplies, &without);
    let identity = Identity {
        version: target.version.clone(),
        platform: target.platform.clone(),
        state: target.state,
        id: binary.id.clone(),
        sha256: Some(binary.sha256.to_string()),
    };
    let old = target.old.as_ref().map(|(text, manifest)| (text.as_str(), manifest));
    let mut written = manifest::update(old, &identity, &shown, &without);
    let mut findings = findings(&contract, &shown, &written, &without);
    findings.append(&mut written.findings);
    Ok(Work { contract, target, identity, written, findings, size: content.size() })
}

/// Whether all that is to be left out are capacities of the contract.
pub(super) fn known(without: &BTreeSet<String>, contract: &RawContract) -> Result<(), Vec<Finding>> {
    if let Some(unknown) = without.iter().find(|name| !contract.capacities.contains_key(*name)) {
        let known: Vec<String> = contract.capacities.keys().map(|name| format!("`{name}`")).collect();
        let message = format!("`--without {unknown}`: the contract has no such capacity");
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
        finding.help = Some(format!("it has {}", known.join(", ")));
        return Err(vec![finding]);
    }
    Ok(())
}

/// What there is to say: each cause once, though many capacities may share it.
fn findings(
    contract: &RawContract,
    shown: &[Shown],
    written: &Written,
    without: &BTreeSet<String>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for shown in shown {
        for finding in &shown.findings {
            let same = |known: &&mut Finding| known.code == finding.code && known.message == finding.message;
            match findings.iter_mut().find(same) {
                Some(known) => known.labels.extend(finding.labels.clone()),
                None => findings.push(finding.clone()),
            }
        }
        let key = contract::capacity_key(&shown.name);
        let told = |finding: &Finding| finding.labels.iter().any(|label| label.key.as_ref() == Some(&key));
        let settled = without.contains(&shown.name)
            || written.lines.iter().any(|line| line.name == shown.name)
            || written.findings.iter().any(told);
        if !settled && shown.findings.is_empty() && !shown.has_origin {
            findings.extend(contract.capacities.get(&shown.name).map(capacities::nowhere));
        }
    }
    findings
}

/// Writes the manifest, unless it must not be; what became of it.
pub(super) fn settle(
    dry_run: bool,
    contract: &RawContract,
    target: &Target,
    written: &Written,
    sources: &mut Sources,
) -> Result<Fate, Vec<Finding>> {
    let name = target.path.display().to_string();
    // What was kept of the old manifest must go with the contract.
    let texts = [(name.clone(), written.text.clone())];
    contract::parse_all(sources, contract, &texts)
        .map_err(|errors| errors.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    if target.old.as_ref().is_some_and(|(text, _)| *text == written.text) {
        return Ok(Fate::Unchanged);
    }
    if dry_run {
        return Ok(Fate::DryRun);
    }
    let folder = target.path.parent().unwrap_or(Path::new(""));
    let ready = if folder.as_os_str().is_empty() { Ok(()) } else { fs::create_dir_all(folder) };
    match ready.and_then(|()| replace(&target.path, &written.text)) {
        Ok(()) if target.old.is_some() => Ok(Fate::Updated),
        Ok(()) => Ok(Fate::Created),
        Err(error) => {
            let message = format!("cannot write the manifest `{name}`: {error}");
            Err(vec![Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message)])
        }
    }
}
