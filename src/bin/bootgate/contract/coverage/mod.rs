//! `bootgate contract coverage`: the fields of the content that no question of a contract is about.

mod shown;

use std::io;
use std::path::{Path, PathBuf};

use bootgate::check::Plan;
use bootgate::codes;
use bootgate::config;
use bootgate::contract::compile;
use bootgate::contract::coverage::{Accepted, Coverage};
use bootgate::disk::text;
use bootgate::finding::{Blame, Finding, Label, Run, Severity, Subject, Unit, UnitFile};
use bootgate::layout::Layout;
use bootgate::limits::TEXT_BYTES;

use super::baseline::beside;
use crate::check::load::Loaded;
use crate::files::{ImportArguments, replace};
use crate::limits::SchemaLimitArguments;
use crate::output::{OutputArguments, Style};

/// The arguments of `bootgate contract coverage`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The ratchet is a file of fields that are accepted without a question. It is named by `coverage` below \
    `[contract]`, or by --ratchet.\n\nExit codes: 0 passed, 1 refused: a field has no question and is not accepted, 2 could \
    not run (also when only a part could not)."
)]
pub(crate) struct Arguments {
    /// Look at this contract; at all that `bootgate.toml` names when missing.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    contract: Option<PathBuf>,
    /// Use this configuration instead of looking for `bootgate.toml`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The file of accepted fields, whatever the contract says.
    #[arg(long, value_name = "FILE", requires = "contract")]
    ratchet: Option<PathBuf>,
    /// Write the file of accepted fields anew, without those that need not be accepted any more.
    #[arg(long)]
    update: bool,
    /// Accept fields that are not in the file yet.
    #[arg(long, requires = "update")]
    accept_new: bool,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    limits: SchemaLimitArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// A contract that was looked at.
struct Looked {
    path: String,
    consumer: String,
    coverage: Coverage,
    /// The ratchet's path and what it accepts.
    ratchet: Option<(PathBuf, Accepted)>,
}

/// Looks, updates, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    loaded.bounds.schema = arguments.limits.bounds();
    loaded.import_paths.clone_from(&arguments.imports.import_paths);
    loaded.problems.extend(arguments.imports.problems());
    let contracts = match &arguments.contract {
        Some(contract) => vec![contract.clone()],
        None => configured(arguments, &mut loaded),
    };
    let mut all = Vec::new();
    for contract in contracts {
        if let Some(looked) = look(arguments, &mut loaded, &contract) {
            if arguments.update {
                update(arguments, &looked, &mut loaded.problems);
            }
            all.push(looked);
        }
    }
    let mut run = Run { subject: Subject::Contract, problems: loaded.problems, ..Run::default() };
    run.units = all.iter().map(|looked| unit(looked, arguments)).collect();
    match arguments.output.style() {
        Style::Json => shown::json(&all, &run)?,
        Style::Text if !all.is_empty() => shown::list(&all, arguments.output.is_verbose())?,
        Style::Text | Style::Github => {}
    }
    match arguments.output.style() {
        Style::Json => Ok(crate::output::exit_code(&run)),
        _ => arguments.output.write(&run, &loaded.sources),
    }
}

/// The contracts that the configuration names.
fn configured(arguments: &Arguments, loaded: &mut Loaded) -> Vec<PathBuf> {
    let cwd = match std::env::current_dir() {
        Ok(cwd) => cwd,
        Err(error) => {
            let message = format!("cannot tell the working directory: {error}");
            let finding = Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, message);
            loaded.problems.push(finding);
            return Vec::new();
        }
    };
    let Some(config) = loaded.configuration(arguments.config.as_deref(), &cwd) else { return Vec::new() };
    loaded.import_paths = arguments.imports.with(&config);
    let contracts = config
        .sets
        .iter()
        .map(|set| config::shown(&config.resolve(&set.contract.value), &cwd, Path::new("/")));
    let mut contracts: Vec<PathBuf> = contracts.collect();
    contracts.sort();
    contracts.dedup();
    if contracts.is_empty() {
        let message = "the configuration has no `[[set]]`, and so no contract";
        let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
        finding.help = Some("name a contract: `--contract FILE`".into());
        loaded.problems.push(finding);
    }
    contracts
}

fn look(arguments: &Arguments, loaded: &mut Loaded, path: &Path) -> Option<Looked> {
    let raw = loaded.raw(path)?;
    let schemas = loaded.schemas_of(path, &raw)?;
    let (layout, _) = loaded.keep(compile::typed(&raw, &schemas))?;
    let coverage = loaded.keep(Coverage::of(&layout).map_err(|error| vec![error.into()]))?;
    let named = raw.coverage.as_ref().map(|file| beside(path, &file.value));
    let ratchet = match arguments.ratchet.clone().or(named) {
        // The first time there is nothing to be read.
        Some(file) if arguments.accept_new && !file.exists() => Some((file, Accepted::default())),
        Some(file) => {
            let label = raw.coverage.as_ref().filter(|_| arguments.ratchet.is_none()).map(|name| name.span);
            let accepted = accepted(loaded, &file, label)?;
            Some((file, accepted))
        }
        None if arguments.update => {
            let message = format!("`{}` names no file of accepted fields", path.display());
            let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
            finding.help =
                Some("add `coverage = \"FILE\"` below `[contract]`, or name one: `--ratchet FILE`".into());
            loaded.problems.push(finding);
            return None;
        }
        None => None,
    };
    Some(Looked { path: path.display().to_string(), consumer: raw.consumer.value, coverage, ratchet })
}

/// What a file accepts; `line` is where the contract names it.
fn accepted(loaded: &mut Loaded, file: &Path, line: Option<bootgate::span::Span>) -> Option<Accepted> {
    let read = text(file, TEXT_BYTES, None).map_err(|finding| {
        let mut finding = *finding;
        let key = Some("/contract/coverage".to_string());
        finding.labels.extend(line.map(|span| Label { span, text: String::new(), key, primary: true }));
        finding.help = Some("`bootgate contract coverage --update --accept-new` writes the file".into());
        vec![finding]
    });
    let text = loaded.keep(read)?;
    let accepted = Accepted::parse(&mut loaded.sources, &file.display().to_string(), &text);
    loaded.keep(accepted.map_err(|errors| errors.into_iter().map(Finding::from).collect()))
}

/// Warns of fields without a question that are not accepted, if the contract has a file of those that are.
pub(crate) fn warn(loaded: &mut Loaded, contract: &Path, plan: &Plan) {
    let Some(terms) = &plan.contract else { return };
    let Some(file) = &terms.raw.coverage else { return };
    let layout: &Layout = &plan.layout;
    let Some(accepted) = accepted(loaded, &beside(contract, &file.value), Some(file.span)) else { return };
    let Some(coverage) = loaded.keep(Coverage::of(layout).map_err(|error| vec![error.into()])) else {
        return;
    };
    let growth = accepted.growth(&coverage);
    loaded.problems.extend(growth.iter().map(|growth| growth.finding(Severity::Warning)));
}

/// Writes the file of accepted fields, if that changes anything.
fn update(arguments: &Arguments, looked: &Looked, problems: &mut Vec<Finding>) {
    let Some((file, accepted)) = &looked.ratchet else { return };
    let text = accepted.updated(&looked.coverage, arguments.accept_new);
    if std::fs::read_to_string(file).is_ok_and(|known| known == text) {
        return;
    }
    if let Err(error) = replace(file, &text) {
        let message = format!("cannot write `{}`: {error}", file.display());
        problems.push(Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message));
    }
}

/// What the ratchet has to say.
fn unit(looked: &Looked, arguments: &Arguments) -> Unit {
    let mut findings = Vec::new();
    if let Some((_, accepted)) = &looked.ratchet
        && !arguments.accept_new
    {
        let growth = accepted.growth(&looked.coverage);
        findings.extend(growth.iter().map(|growth| growth.finding(Severity::Error)));
    }
    let path = looked.path.clone();
    let files = vec![UnitFile { role: looked.consumer.clone(), path, size: None }];
    Unit { name: looked.path.clone(), files, findings, ..Unit::default() }
}
