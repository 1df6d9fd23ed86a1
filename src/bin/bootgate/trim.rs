//! `bootgate trim`: content made smaller by its schema, for as long as a command ends with it as it did before.

use std::cell::Cell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bootgate::codes;
use bootgate::disk::unreadable;
use bootgate::finding::{Blame, Finding, Run, Severity};
use bootgate::input::command::{Command, CommandError};
use bootgate::input::{Hold, open_with};
use bootgate::limits::Bounds;
use bootgate::mutate::{Mutator, Options, Unfit, load};
use bootgate::span::Sources;

use crate::REFUSED;
use crate::files::{ImportArguments, replace};
use crate::limits::LimitArguments;
use crate::output::OutputArguments;
use crate::progress::Progress;

/// Stands for the file among the arguments of the command.
const PLACE: &str = "@@";
/// Bytes that the command may write to its standard output.
const OUTPUT_BYTES: u64 = 64 << 20;

/// The arguments of `bootgate trim`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The command is run with the file first: as it ends then (by a signal, with an exit code that is not 0, or not \
    at all within the time), it must end with what is left of the file. Sizes, counts, positions and checksums are \
    repaired after each step.\n\nExit codes: 0 trimmed, 1 the file is not of the schema, or the command takes it, 2 could not run."
)]
pub(crate) struct Arguments {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The schema that it is of (a Kaitai Struct `.ksy` file).
    #[arg(long, value_name = "FILE", env = "BOOTGATE_SCHEMA", hide_env_values = true)]
    schema: PathBuf,
    /// Write what is left to this file.
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// What the command wrote to its standard error stream must have this text in its first 1024 bytes as well.
    #[arg(long, value_name = "TEXT")]
    matches: Option<String>,
    /// Seconds that one run of the command may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// The command: `@@` among its arguments is the file; without it the file is its standard input.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
    #[command(flatten)]
    imports: ImportArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Taken,
    Code(i32),
    Signal(i32),
    Slow,
}

impl Ending {
    fn words(self) -> String {
        match self {
            Ending::Taken => "it takes it".into(),
            Ending::Code(code) => format!("it ends with exit code {code}"),
            Ending::Signal(signal) => format!("signal {signal} ends it"),
            Ending::Slow => "it does not end in time".into(),
        }
    }
}

/// Trims, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut sources = Sources::default();
    match arguments.trim(&mut sources) {
        Ok(words) => {
            if arguments.output.is_text() {
                writeln!(io::stdout(), "{words}")?;
            }
            Ok(0)
        }
        Err(Stop::Unable(problems)) => arguments.output.write(&Run { problems, ..Run::default() }, &sources),
        Err(Stop::Refused(why)) => {
            writeln!(io::stderr(), "not trimmed: {why}")?;
            Ok(REFUSED)
        }
    }
}

/// Why nothing is trimmed.
enum Stop {
    Unable(Vec<Finding>),
    Refused(String),
}

impl From<Box<Finding>> for Stop {
    fn from(finding: Box<Finding>) -> Stop {
        Stop::Unable(vec![*finding])
    }
}

impl Arguments {
    fn trim(&self, sources: &mut Sources) -> Result<String, Stop> {
        let problems = self.imports.problems();
        if !problems.is_empty() {
            return Err(Stop::Unable(problems));
        }
        let Bounds { schema: schema_limits, content: limits } = self.limits.bounds(&[]);
        let imports = self.imports.with_environment();
        let (plan, numbers) =
            load(sources, &self.schema, None, &imports, &schema_limits).map_err(Stop::Unable)?;
        let data = open_with(&self.file, Hold::Private, limits.file_bytes)
            .map_err(|error| Box::new(unreadable(&error, Some("file-bytes"))))?
            .to_vec();
        let options = Options { numbers, limits, most: data.len().max(1), ..Options::default() };
        let mut mutator = Mutator::new(&plan, sources, options).map_err(|unfit| match unfit {
            Unfit::Unsatisfied(why) => Box::new(why.finding(&plan, sources)),
            error => environment(codes::USAGE, error.to_string()),
        })?;
        let name = self.file.display();
        if !mutator.is_of_schema(&data) {
            let schema = self.schema.display();
            return Err(Stop::Refused(format!(
                "`{name}` is not of the schema; `bootgate check {name} --schema {schema}` says where"
            )));
        }
        let runner = Runner::new(self)?;
        let (before, _) = runner.run(&data)?;
        if before == Ending::Taken {
            return Err(Stop::Refused(format!("the command takes `{name}`: there is nothing that it shows")));
        }
        let (progress, runs) = (Progress::new("trimming", 0), Cell::new(0u64));
        let (failed, broken) = (Cell::new(false), Cell::new(None));
        let best = mutator.trimmed(&data, |smaller| {
            if failed.get() {
                return false;
            }
            runs.set(runs.get() + 1);
            progress.step();
            match runner.run(smaller) {
                Ok((ending, matched)) => ending == before && matched,
                Err(finding) => {
                    failed.set(true);
                    broken.set(Some(finding));
                    false
                }
            }
        });
        progress.finish();
        if let Some(finding) = broken.take() {
            return Err(finding.into());
        }
        let best = best.unwrap_or_else(|| data.clone());
        replace(&self.out, &best).map_err(|error| unwritten(&self.out, &error))?;
        let (from, to, runs) = (data.len(), best.len(), runs.get());
        Ok(format!("trimmed `{name}` from {from} to {to} bytes in {runs} runs: {}", before.words()))
    }
}

/// Runs the command.
struct Runner<'a> {
    command: Command,
    arguments: &'a Arguments,
    /// The file that stands in for [`PLACE`]; else standard input.
    scratch: Option<PathBuf>,
}

impl<'a> Runner<'a> {
    fn new(arguments: &'a Arguments) -> Result<Runner<'a>, Box<Finding>> {
        let placed = arguments.command.iter().any(|word| word.contains(PLACE));
        let scratch = placed.then(|| {
            let mut name = arguments.out.file_name().unwrap_or_default().to_os_string();
            name.push(format!(".{}.attempt", std::process::id()));
            arguments.out.with_file_name(name)
        });
        let shown = scratch.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let words = arguments.command.iter().map(|word| word.replace(PLACE, &shown)).collect();
        let command = Command::new(words).map_err(|error| environment(codes::USAGE, error.to_string()))?;
        Ok(Runner { command, arguments, scratch })
    }

    /// How the command ends with a file, and whether it says what it must.
    fn run(&self, data: &[u8]) -> Result<(Ending, bool), Box<Finding>> {
        let patience = Duration::from_secs(self.arguments.timeout);
        let input = match &self.scratch {
            Some(path) => {
                fs::write(path, data).map_err(|error| unwritten(path, &error))?;
                &[][..]
            }
            None => data,
        };
        let (ending, said) = match self.command.run(&[], input, OUTPUT_BYTES, patience) {
            Ok(_) => (Ending::Taken, String::new()),
            Err(CommandError::Failed { code, complaint, .. }) => (Ending::Code(code), complaint),
            Err(CommandError::Killed { signal, complaint, .. }) => (Ending::Signal(signal), complaint),
            Err(CommandError::TooSlow { complaint, .. }) => (Ending::Slow, complaint),
            Err(error) => return Err(environment(codes::USAGE, error.to_string())),
        };
        let matched = self.arguments.matches.as_ref().is_none_or(|text| said.contains(text));
        Ok((ending, matched))
    }
}

impl Drop for Runner<'_> {
    fn drop(&mut self) {
        if let Some(path) = &self.scratch {
            // Best effort: what is left is one small file beside the result.
            let _ = fs::remove_file(path);
        }
    }
}

fn environment(code: &'static str, message: String) -> Box<Finding> {
    Box::new(Finding::new(code, Severity::Error, Blame::Environment, message))
}

fn unwritten(path: &Path, error: &io::Error) -> Box<Finding> {
    let message = format!("cannot write `{}`: {error}", path.display());
    let mut finding = environment(codes::FILE_EXISTS, message);
    finding.help = Some("name a file in a folder that can be written to: `--out FILE`".into());
    finding
}
