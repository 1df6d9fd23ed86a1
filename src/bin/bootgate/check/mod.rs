//! `bootgate check`: content against its schema, and against what each consumer build can take.

pub(crate) mod load;
mod record;
mod units;

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use bootgate::code::Forced;
use bootgate::finding::{Finding, Outcome, Run, Severity, Subject};
use bootgate::verdict::Verdict;

use self::load::Loaded;
use crate::files::{self, ImportArguments};
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::processes::{Pinned, ProcessArguments};

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
    /// Evaluate these instances, whatever `bootgate.toml` says; `read` when neither says.
    #[arg(long, value_enum, value_name = "WHICH")]
    instances: Option<Instances>,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    processes: ProcessArguments,
    #[command(flatten)]
    limits: LimitArguments,
    /// Write the record of this check, an in-toto statement, to this file.
    #[arg(long, value_name = "FILE")]
    verdict: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
}

/// What a command about content sets is told of them.
pub(crate) struct Sets<'a> {
    pub(crate) paths: &'a [PathBuf],
    pub(crate) contract: Option<&'a Path>,
    pub(crate) config: Option<&'a Path>,
    pub(crate) imports: &'a ImportArguments,
    pub(crate) processes: &'a ProcessArguments,
    pub(crate) limits: &'a LimitArguments,
}

impl Sets<'_> {
    /// Everything that is needed to look at them, as `bootgate check` would.
    pub(crate) fn load(&self) -> Loaded {
        load::load(&Arguments {
            paths: self.paths.to_vec(),
            schema: None,
            contract: self.contract.map(Path::to_path_buf),
            builds: Vec::new(),
            config: self.config.map(Path::to_path_buf),
            instances: None,
            imports: self.imports.clone(),
            processes: self.processes.clone(),
            limits: self.limits.clone(),
            verdict: None,
            output: OutputArguments::default(),
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Instances {
    /// Only what fields, their checks and the contract ask for.
    Asked,
    /// Also those that are read from the file, and those with a `valid`.
    Read,
    /// Also calculated values that nobody asks for.
    All,
}

impl Instances {
    fn forced(self) -> Forced {
        match self {
            Instances::Asked => Forced::None,
            Instances::Read => Forced::Read,
            Instances::All => Forced::All,
        }
    }
}

/// Checks, reports, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let Loaded { sources, plans, units, bounds, commands, mut problems, .. } = load::load(arguments);
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
    let units = checked.into_iter().map(|unit| unit.unit).collect();
    let run = Run { subject: Subject::Content, units, problems };
    arguments.output.write(&run, &sources)
}

/// Writes the record of the check; where there can be none, the finding that says so.
fn written(path: &Path, record: Option<Verdict>) -> Option<Finding> {
    let Some(record) = record else { return Some(record::withheld(path)) };
    files::replace(path, &record.to_json()).err().map(|error| record::unwritten(path, &error))
}

/// Whether a progress bar has anybody to look at it.
pub(crate) fn watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("CI").is_none()
}
