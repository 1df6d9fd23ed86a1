//! `bootgate check`: content against its schema, and against what each consumer build can take.

pub(crate) mod load;
mod record;
mod units;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use bootgate::finding::{Finding, Outcome, Run, Subject};
use bootgate::limits::Bounds;

use self::load::Loaded;
use crate::limits::LimitArguments;
use crate::output::OutputArguments;

/// The arguments of `bootgate check`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --schema or --contract, `bootgate.toml` says which files belong to which; it is \
    looked for from the working directory upwards.\n\nExit codes: 0 passed, 1 refused, 2 could not run (also when \
    only a part could not)."
)]
pub(crate) struct Arguments {
    /// Files and folders to check; what `bootgate.toml` names when missing. With --contract, `ROLE=FILE` for
    /// each file of one set, or folders whose files are named after their roles.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Check each file against this schema (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["contract", "config"])]
    schema: Option<PathBuf>,
    /// Check content sets against this contract and its schemas.
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    contract: Option<PathBuf>,
    /// Answer for these builds: `7.15`, `=7.15.1`, `>=7.11, <8`, `candidate`; may be repeated. All fielded
    /// builds when missing.
    #[arg(long = "build", value_name = "REQ", conflicts_with = "schema")]
    builds: Vec<String>,
    /// Use this configuration instead of looking for `bootgate.toml`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArguments,
    /// Write the record of this check, an in-toto statement, to this file.
    #[arg(long, value_name = "FILE")]
    verdict: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Checks, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Loaded { sources, plans, units, bounds, mut problems } = load::load(arguments);
    if let Some(finding) =
        arguments.verdict.as_deref().and_then(|path| record::collides(path, &sources, &units))
    {
        problems.push(finding);
        return arguments.output.write(&Run { problems, ..Run::default() }, &sources);
    }
    let digests = arguments.verdict.is_some();
    let checked = units::check_all(&sources, &plans, units, digests, &bounds.content);
    if let Some(path) = &arguments.verdict {
        problems.extend(verdict(path, &sources, &plans, &checked, &problems, &bounds));
    }
    let units = checked.into_iter().map(|unit| unit.unit).collect();
    let run = Run { subject: Subject::Content, units, problems };
    arguments.output.write(&run, &sources)
}

/// Writes the record of the check; where there can be none, the finding that says so.
fn verdict(
    path: &Path,
    sources: &bootgate::span::Sources,
    plans: &[load::Planned],
    checked: &[units::Checked],
    problems: &[Finding],
    bounds: &Bounds,
) -> Option<Finding> {
    let ran =
        problems.is_empty() && checked.iter().all(|u| u.unit.outcome(Subject::Content) != Outcome::NotRun);
    if !ran {
        return Some(record::withheld(path));
    }
    let json = record::verdict(sources, plans, checked, bounds).to_json();
    record::write(path, &json).err().map(|error| record::unwritten(path, &error))
}

/// Whether a progress bar has anybody to look at it.
fn watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}
