//! `bootgate contract fleet`: manifests against what is really out there.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::config;
use bootgate::contract::{State, inventory};
use bootgate::finding::{Blame, Finding, Run, Severity, Subject, Unit, UnitFile};

use crate::check::arguments::InventoryArguments;
use crate::check::contract::Export;
use crate::check::load::Loaded;
use crate::output::OutputArguments;

/// The arguments of `bootgate contract fleet`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --contract, the sets of `bootgate.toml` say which contracts there are, and `inventory` there what \
    is out there; --inventory comes first.\n\nExit codes: 0 manifests and inventory agree, 1 machines run what no check \
    answers for, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The contract whose manifests are compared.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    contract: Option<PathBuf>,
    /// Use this configuration instead of looking for `bootgate.toml`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    inventory: InventoryArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Compares, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut loaded = Loaded::default();
    let export = arguments.inventory.export();
    let mut units = Vec::new();
    let pairs = match &arguments.contract {
        Some(contract) => vec![(contract.clone(), export)],
        None => configured(arguments.config.as_deref(), export.as_ref(), &mut loaded),
    };
    for (contract, export) in pairs {
        match export {
            Some(export) => units.extend(compared(&mut loaded, &contract, &export)),
            None => {
                let message = format!("there is no inventory for `{}`", contract.display());
                loaded.problems.push(usage(message, "name one: `--inventory FILE`"));
            }
        }
    }
    let run = Run { subject: Subject::Fleet, units, problems: loaded.problems, ..Run::default() };
    arguments.output.write(&run, &loaded.sources)
}

/// The contracts of the configuration, each with its inventory.
fn configured(
    config: Option<&Path>,
    export: Option<&Export>,
    loaded: &mut Loaded,
) -> Vec<(PathBuf, Option<Export>)> {
    let Ok(cwd) = std::env::current_dir() else {
        loaded.problems.push(usage("cannot tell the working directory".into(), "go to one that exists"));
        return Vec::new();
    };
    let Some(config) = loaded.configuration(config, &cwd) else { return Vec::new() };
    let shown = |path: &str| config::shown(&config.resolve(path), &cwd, Path::new("/"));
    let mut known = BTreeSet::new();
    let mut pairs = Vec::new();
    for set in &config.sets {
        let contract = shown(&set.contract.value);
        let configured = set.inventory.as_ref().map(|inventory| Export {
            path: shown(&inventory.file.value),
            columns: inventory.columns.clone(),
        });
        let export = export.cloned().or(configured);
        if known.insert((contract.clone(), export.as_ref().map(|export| export.path.clone()))) {
            pairs.push((contract, export));
        }
    }
    if pairs.is_empty() {
        loaded
            .problems
            .push(usage("the configuration has no set".into(), "name the contract: `--contract FILE`"));
    }
    let contracts: BTreeSet<&PathBuf> = pairs.iter().map(|(contract, _)| contract).collect();
    if contracts.len() > 1 && export.is_some() {
        let message =
            "the configuration has several contracts, and an inventory is of one consumer".to_owned();
        loaded.problems.push(usage(message, "name the contract: `--contract FILE`"));
        return Vec::new();
    }
    pairs
}

/// What manifests and inventory disagree on.
fn compared(loaded: &mut Loaded, contract: &Path, export: &Export) -> Option<Unit> {
    let raw = loaded.raw(contract);
    let manifests = raw.as_ref().and_then(|raw| loaded.manifests(contract, raw, None));
    let inventory = loaded.inventory(export);
    let (raw, manifests, (inventory, _)) = (raw?, manifests?, inventory?);
    let findings = inventory::compare(&raw, &manifests, &inventory);
    let path = export.path.display().to_string();
    let file = UnitFile { role: raw.consumer.value.clone(), path: path.clone(), size: None };
    Some(Unit {
        name: path,
        files: vec![file],
        findings,
        builds: manifests.iter().filter(|build| build.state == State::Fielded).count(),
        candidates: manifests.iter().filter(|build| build.state == State::Candidate).count(),
        fleet: bootgate::contract::build_names(&manifests.iter().collect::<Vec<_>>()).into(),
    })
}

fn usage(message: String, help: &str) -> Finding {
    let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
    finding.help = Some(help.into());
    finding
}
