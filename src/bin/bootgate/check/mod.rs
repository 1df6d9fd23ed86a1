//! `bootgate check`: content against its schema, and against what each consumer build can take.

pub(crate) mod arguments;
pub(crate) mod contract;
pub(crate) mod load;
pub(crate) mod record;
pub(crate) mod units;

use std::io;
use std::path::{Path, PathBuf};

use bootgate::check::Standing;
use bootgate::finding::{Candidate, Finding, Outcome, Run, Severity, Subject};
use bootgate::verdict::Verdict;

use self::arguments::{ContentArguments, InventoryArguments};
use self::load::{Asks, Loaded, Request};
use self::units::Checked;
use crate::files;
use crate::output::OutputArguments;
use crate::processes::Pinned;

/// The arguments of `bootgate check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --schema or --contract, `bootgate.toml` says which files belong to which; it is \
    looked for from the working directory upwards.\n\nExit codes: 0 passed, 1 refused, 2 could not run (also when \
    only a part could not)."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    content: ContentArguments,
    /// Check each file against this schema (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["contract", "config"])]
    schema: Option<PathBuf>,
    /// Answer for these builds: `7.15`, `=7.15.1`, `>=7.11, <8`, `candidate`; may be repeated. All fielded
    /// builds when missing; candidates then warn.
    #[arg(long = "build", value_name = "REQ", conflicts_with = "schema")]
    builds: Vec<String>,
    /// Ask whether this build may be released: whether it can take all content at the PATHs, which may be months old.
    /// A requirement as for --build, or a manifest that need not be among those of the contract yet.
    #[arg(long, value_name = "BUILD", conflicts_with_all = ["schema", "builds", "inventory", "verdict"])]
    candidate: Option<String>,
    #[command(flatten)]
    inventory: InventoryArguments,
    /// Write the record of this check, an in-toto statement, to this file.
    #[arg(long, value_name = "FILE")]
    verdict: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Checks, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let asks = arguments.candidate.as_deref().map_or(Asks::Content(&arguments.builds), Asks::Candidate);
    let loaded = load::load(&Request {
        content: &arguments.content,
        schema: arguments.schema.as_deref(),
        asks,
        inventory: arguments.inventory.export(),
        digests: arguments.verdict.is_some(),
    });
    let Loaded { sources, plans, units, bounds, commands, mut problems, .. } = loaded;
    let verdict = arguments.verdict.as_deref();
    if let Some(finding) = verdict.and_then(|path| record::collides(path, &sources, &units, &commands)) {
        problems.push(finding);
        return arguments.output.write(&Run { problems, ..Run::default() }, &sources);
    }
    let mut pinned = Vec::new();
    if verdict.is_some() {
        let used = units.iter().filter_map(|(_, row)| plans.get(*row)).map(|planned| &planned.plan);
        match commands.pin(used) {
            Ok(programs) => pinned = programs,
            Err(findings) => problems.extend(findings),
        }
    }
    let checked = units::check_all(&sources, &plans, units, verdict.is_some(), &bounds.content);
    problems.extend(commands.broken());
    problems.extend(pinned.iter().filter_map(Pinned::changed));
    if let Some(path) = verdict {
        let ran = problems.iter().all(|f| f.severity < Severity::Error)
            && checked.iter().all(|u| u.unit.outcome(Subject::Content) != Outcome::NotRun);
        let record = ran.then(|| record::verdict(&sources, &plans, &checked, &bounds, &pinned));
        problems.extend(written(path, record));
    }
    let candidate = arguments.candidate.is_some().then(|| candidate(&plans, &checked));
    let units = checked.into_iter().map(|unit| unit.unit).collect();
    let run = Run { subject: Subject::Content, units, problems, candidate, campaign: None };
    arguments.output.write(&run, &sources)
}

/// How all sets stand with the build that is to be released.
fn candidate(plans: &[contract::Planned], checked: &[Checked]) -> Candidate {
    let mut candidate = Candidate::default();
    for terms in plans.iter().filter_map(|planned| planned.plan.contract.as_ref()) {
        let new = terms.names.iter().filter(|name| !candidate.builds.contains(name)).cloned();
        let new: Vec<String> = new.collect();
        candidate.builds.extend(new);
    }
    for Checked { unit, standing, .. } in checked {
        match standing {
            Standing::Taken => {}
            Standing::NotTaken(by) if by.is_empty() => candidate.taken_by_none.push(unit.name.clone()),
            Standing::NotTaken(by) => candidate.regressions.push((unit.name.clone(), by.clone())),
            Standing::Unsound => candidate.unsound.push(unit.name.clone()),
        }
    }
    candidate
}

/// Writes the record of the check; where there can be none, the finding that says so.
fn written(path: &Path, record: Option<Verdict>) -> Option<Finding> {
    let Some(record) = record else { return Some(record::withheld(path)) };
    files::replace(path, record.to_json()).err().map(|error| record::unwritten(path, &error))
}
