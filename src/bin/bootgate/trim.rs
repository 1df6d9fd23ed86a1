//! `bootgate trim`: content made smaller by its schema, for as long as a command ends with it as it did before.

use std::cell::Cell;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bootgate::codes;
use bootgate::finding::{Finding, Run};
use bootgate::input::command::{Command, CommandError, Status};
use bootgate::mutate::{Mutator, Options};
use bootgate::span::Sources;

use crate::files::replace;
use crate::output::OutputArguments;
use crate::progress::Progress;
use crate::seed::SeedArguments;
use crate::{REFUSED, environment};

/// Stands for the file among the arguments of the command.
const PLACE: &str = "@@";
/// Bytes that the command may write to its standard output, and those of its standard error stream that are kept.
const WRITTEN: (u64, usize) = (64 << 20, 64 << 10);

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
    /// Write what is left to this file.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// What the command writes to its standard error stream must have this text in its first 64 KiB as well.
    #[arg(long, value_name = "TEXT")]
    matches: Option<String>,
    /// Seconds that one run of the command may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// The command: `@@` among its arguments is the file; without it the file is its standard input.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
    #[command(flatten)]
    seed: SeedArguments,
    #[command(flatten)]
    report: OutputArguments,
}

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    With(Status),
    Slow,
}

impl Ending {
    const TAKEN: Ending = Ending::With(Status::Code(0));

    fn words(self) -> String {
        match self {
            Ending::With(Status::Code(code)) => format!("the command ends with exit code {code}"),
            Ending::With(Status::Signal(signal)) => format!("signal {signal} ends the command"),
            Ending::Slow => "the command does not end in time".into(),
        }
    }
}

/// Trims, and gives the exit code.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let mut sources = Sources::default();
    let refuse = |problems: Vec<Finding>, sources: &Sources| {
        arguments.report.write(&Run { problems, ..Run::default() }, sources)
    };
    let ready = match arguments.seed.load(None, &mut sources) {
        Ok(ready) => ready,
        Err(problems) => return refuse(problems, &sources),
    };
    let data = match ready.read(&arguments.file) {
        Ok(data) => data,
        Err(problem) => return refuse(vec![*problem], &sources),
    };
    let mut mutator = match ready.mutator(&sources, data.len().max(1), Options::default()) {
        Ok(mutator) => mutator,
        Err(problem) => return refuse(vec![*problem], &sources),
    };
    if !mutator.is_of_schema(&data) {
        return ready.foreign(&arguments.file, &data, &sources, &arguments.report);
    }
    match arguments.trim(&mut mutator, &data) {
        Ok(words) => {
            if arguments.report.is_text() {
                writeln!(io::stdout(), "{words}")?;
                return Ok(0);
            }
            refuse(Vec::new(), &sources)
        }
        Err(Stop::Unable(problem)) => refuse(vec![*problem], &sources),
        Err(Stop::Shows(why)) => {
            writeln!(io::stderr(), "not trimmed: {why}")?;
            Ok(REFUSED)
        }
    }
}

/// Why nothing is trimmed.
enum Stop {
    Unable(Box<Finding>),
    /// The file does not show what it is to show.
    Shows(String),
}

impl From<Box<Finding>> for Stop {
    fn from(finding: Box<Finding>) -> Stop {
        Stop::Unable(finding)
    }
}

impl Arguments {
    fn trim(&self, mutator: &mut Mutator<'_>, data: &[u8]) -> Result<String, Stop> {
        let name = self.file.display();
        let runner = Runner::new(self)?;
        let (before, matched) = runner.run(data)?;
        if before == Ending::TAKEN {
            return Err(Stop::Shows(format!(
                "the command takes `{name}`, so there is nothing that the rest of it could show"
            )));
        }
        if !matched {
            return Err(Stop::Shows(format!(
                "{} with `{name}`, and does not write what `--matches` asks for",
                before.words()
            )));
        }
        let (progress, runs, broken) = (Progress::new("trimming", 0), Cell::new(0u64), Cell::new(None));
        let best = mutator.trimmed(data, |smaller| {
            let problem: Option<Box<Finding>> = broken.take();
            if problem.is_some() {
                broken.set(problem);
                return false;
            }
            runs.set(runs.get() + 1);
            progress.step();
            match runner.run(smaller) {
                Ok((ending, matched)) => ending == before && matched,
                Err(problem) => {
                    broken.set(Some(problem));
                    false
                }
            }
        });
        progress.finish();
        if let Some(problem) = broken.take() {
            return Err(problem.into());
        }
        let best = best.unwrap_or_else(|| data.to_vec());
        replace(&self.output, &best).map_err(|error| unwritten(&self.output, &error))?;
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
            let mut name = arguments.output.file_name().unwrap_or_default().to_os_string();
            name.push(format!(".{}.attempt", std::process::id()));
            arguments.output.with_file_name(name)
        });
        let shown = scratch.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let words = arguments.command.iter().map(|word| word.replace(PLACE, &shown)).collect();
        let command = Command::new(words).map_err(|error| unusable(&error))?;
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
        let (ending, said) = match self.command.outcome(&[], &[], input, WRITTEN, patience) {
            Ok(ended) => (Ending::With(ended.status), ended.complaint),
            Err(CommandError::TooSlow { complaint, .. }) => (Ending::Slow, complaint),
            Err(error) => return Err(unusable(&error)),
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

fn unusable(error: &CommandError) -> Box<Finding> {
    Box::new(environment(codes::USAGE, error.to_string()))
}

fn unwritten(path: &Path, error: &io::Error) -> Box<Finding> {
    let mut finding = environment(codes::USAGE, format!("cannot write `{}`: {error}", path.display()));
    finding.help = Some("name a file in a folder that can be written to: `--output FILE`".into());
    Box::new(finding)
}
