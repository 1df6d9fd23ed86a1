//! `bootgate contract matrix`: which content set which build can take.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::contract::Word;
use bootgate::finding::{Blame, Finding, Run, Severity};
use bootgate::report::matrix::{self, Build, Form, Matrix, Row, Table};
use bootgate::report::{self, Format, TextOptions};
use bootgate::span::Sources;

use crate::NOT_RUN;
use crate::check::arguments::ContentArguments;
use crate::check::contract::Planned;
use crate::check::load::{self, Asks, Loaded, Request};
use crate::check::units::{self, Checked};

/// The arguments of `bootgate contract matrix`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Content and contracts are found as by `bootgate check`. Builds in any state are shown, each cell \
    as a check of that set for that build alone would have it.\n\nExit codes: 0 shown, whatever it shows; 2 could not run, or \
    not all of it."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    content: ContentArguments,
    /// Show these builds: `7.15`, `=7.15.1`, `>=7.11, <8`, `fielded`; may be repeated. All builds when missing.
    #[arg(long = "build", value_name = "REQ")]
    builds: Vec<String>,
    /// How to write the matrix.
    #[arg(long, value_enum, default_value_t = Style::Text)]
    format: Style,
    /// Write it to this file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Style {
    /// For people: builds that make the same of every set are one column.
    Text,
    /// For programs: one JSON document, version 1.
    Json,
    /// One page for a browser, that needs nothing else.
    Html,
}

/// Checks every set for every build, and writes what came out.
pub(crate) fn run(arguments: &Arguments) -> io::Result<u8> {
    let loaded = load::load(&Request {
        content: &arguments.content,
        schema: None,
        asks: Asks::Overview(&arguments.builds),
        inventory: None,
        digests: false,
    });
    let Loaded { sources, plans, units, bounds, commands, mut problems, .. } = loaded;
    let read: Vec<PathBuf> =
        units.iter().flat_map(|(unit, _)| unit.files.iter().map(|(_, path)| path.clone())).collect();
    if let Some(path) = &arguments.output
        && let Some(finding) = collides(path, &sources, &read)
    {
        return told(vec![finding], &sources);
    }
    let checked = units::check_all(&sources, &plans, units, false, &bounds.content);
    problems.extend(commands.broken());
    if checked.is_empty() && problems.is_empty() {
        let message = "no set of a contract is named";
        problems.push(Finding::new(codes::NO_MATCH, Severity::Error, Blame::Environment, message));
    }
    let ran = problems.iter().all(|f| f.severity < Severity::Error);
    let matrix = Matrix { tables: tables(&plans, &checked), problems };
    let form = match arguments.format {
        Style::Text => Form::Text,
        Style::Json => Form::Json,
        Style::Html => Form::Html,
    };
    match &arguments.output {
        Some(path) => {
            let file = File::create(path);
            let written = file.and_then(|file| {
                let mut out = BufWriter::new(file);
                matrix::write(&matrix, &sources, form, &mut out)?;
                out.flush()
            });
            if let Err(error) = written {
                let message = format!("cannot write the matrix to `{}`: {error}", path.display());
                let finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
                return told(matrix.problems.into_iter().chain([finding]).collect(), &sources);
            }
        }
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            matrix::write(&matrix, &sources, form, &mut out)?;
            out.flush()?;
        }
    }
    if !matrix.problems.is_empty() {
        told(matrix.problems, &sources)?;
    }
    Ok(if ran { 0 } else { NOT_RUN })
}

/// A table for each plan that has sets.
fn tables(plans: &[Planned], checked: &[Checked]) -> Vec<Table> {
    let mut tables = Vec::new();
    for (row, planned) in plans.iter().enumerate() {
        let Some(terms) = &planned.plan.contract else { continue };
        let states =
            terms.names.iter().zip(&terms.builds).map(|(name, build)| (name.clone(), build.state.word()));
        let unfit = terms.unfit.iter().flat_map(|finding| &finding.builds).map(|name| (name.clone(), ""));
        let mut known: Vec<(String, &'static str)> = states.chain(unfit).collect();
        let place = |name: &String| terms.fleet.iter().position(|known| known == name);
        known.sort_by_key(|(name, _)| place(name));
        known.dedup_by(|a, b| a.0 == b.0);
        let builds: Vec<Build> = known.into_iter().map(|(name, state)| Build { name, state }).collect();
        let own = checked.iter().filter(|checked| checked.plan == row);
        let sets: Vec<Row> = own.map(|checked| Row::new(&checked.unit, &builds, &terms.unfit)).collect();
        if !sets.is_empty() {
            tables.push(Table { consumer: terms.raw.consumer.value.clone(), builds, sets });
        }
    }
    tables
}

/// The finding for a matrix that would be written over something that it is made from.
fn collides(path: &Path, sources: &Sources, content: &[PathBuf]) -> Option<Finding> {
    let target = path.canonicalize().ok()?;
    let texts = sources.iter().map(|source| PathBuf::from(&source.name));
    let mut read = content.iter().cloned().chain(texts);
    let over = read.find(|read| read.canonicalize().is_ok_and(|read| read == target))?;
    let message = format!("the matrix would be written over `{}`, which it is made from", over.display());
    Some(Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message))
}

/// Says on the error stream what is wrong.
fn told(problems: Vec<Finding>, sources: &Sources) -> io::Result<u8> {
    let run = Run { problems, ..Run::default() };
    let mut out = io::stderr().lock();
    report::write(&run, sources, Format::Text, TextOptions::default(), &mut out)?;
    Ok(NOT_RUN)
}
