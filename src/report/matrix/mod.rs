//! The matrix: which content set which build can take, as text, JSON and one HTML page.
//!
//! A matrix shows and refuses nothing; each of its cells is what a check of that set for that build alone comes to.

mod html;
pub mod json;
mod text;

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::finding::{Blame, Finding, Severity, Unit};
use crate::span::Sources;

/// Sets against builds, for each contract.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// A table for each contract.
    pub tables: Vec<Table>,
    /// What stood in the way of showing more.
    pub problems: Vec<Finding>,
}

/// The sets of one contract against its builds.
#[derive(Clone, Debug)]
pub struct Table {
    /// The consumer.
    pub consumer: String,
    /// The builds, in the order of their versions.
    pub builds: Vec<Build>,
    /// The sets, in the order of their names.
    pub sets: Vec<Row>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Its name.
    pub name: String,
    /// Where it is in its life: `candidate`, `fielded` or `unreachable`.
    pub state: &'static str,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The name of the set.
    pub name: String,
    /// What each build makes of it, in the order of the builds.
    pub cells: Vec<Cell>,
    /// Everything that keeps it from passing without a warning.
    pub reasons: Vec<Reason>,
}

/// What a build makes of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// In a word.
    pub state: State,
    /// Why, as rows of [`Row::reasons`], the weightiest first; empty when it passes.
    pub reasons: Vec<usize>,
}

/// What a build makes of a set, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It takes all of it.
    Passes,
    /// It takes it, but with a warning: a part of it is dead.
    Dead,
    /// It cannot take it.
    Refused,
    /// Nobody can tell.
    NotJudged,
}

/// Why a set does not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code of the finding.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The finding in one line.
    pub message: String,
    /// Where it is first: instance path and file.
    pub place: Option<String>,
}

/// The form of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people, in at most 110 columns.
    Text,
    /// One JSON document: see [`json::Document`].
    Json,
    /// One page that needs nothing else.
    Html,
}

impl State {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            State::Passes => "passes",
            State::Dead => "dead",
            State::Refused => "refused",
            State::NotJudged => "not-judged",
        }
    }
}

impl Row {
    /// The row of a set that was checked for all of these builds, whose names are those in findings. A build that could not
    /// be asked has a finding among `unfit`.
    pub fn new(unit: &Unit, builds: &[Build], unfit: &[Finding]) -> Row {
        let findings: Vec<&Finding> =
            unit.findings.iter().filter(|f| f.severity > Severity::Note).chain(unfit).collect();
        let reasons = findings.iter().map(|finding| Reason::new(finding, unit)).collect();
        let cell = |build: &Build| {
            let concerns = |f: &Finding| f.builds.is_empty() || f.builds.contains(&build.name);
            let mut told: Vec<(State, usize)> = (0..)
                .zip(&findings)
                .filter(|(_, finding)| concerns(finding))
                .map(|(row, finding)| (state(finding), row))
                .collect();
            told.sort_by_key(|(state, row)| (std::cmp::Reverse(*state), *row));
            let state = told.first().map_or(State::Passes, |(state, _)| *state);
            Cell { state, reasons: told.into_iter().map(|(_, row)| row).collect() }
        };
        Row { name: unit.name.clone(), cells: builds.iter().map(cell).collect(), reasons }
    }

    /// Whether every build takes all of it.
    fn passes(&self) -> bool {
        self.cells.iter().all(|cell| cell.state == State::Passes)
    }
}

fn state(finding: &Finding) -> State {
    match (finding.severity, finding.blame) {
        (Severity::Error, Blame::Content) => State::Refused,
        (Severity::Error, _) => State::NotJudged,
        (Severity::Warning, _) => State::Dead,
        (Severity::Note, _) => State::Passes,
    }
}

impl Reason {
    fn new(finding: &Finding, unit: &Unit) -> Reason {
        let place = finding.places.first().map(|place| {
            let file = unit.files.get(place.file).map_or(unit.name.as_str(), |file| file.path.as_str());
            match &place.path {
                Some(path) => format!("{path} in {file}, at 0x{:x}", place.range.start),
                None => format!("{file}, at 0x{:x}", place.range.start),
            }
        });
        Reason { code: finding.code, severity: finding.severity, message: finding.message.clone(), place }
    }
}

/// Writes a matrix. The same matrix gives the same bytes; text from content files is escaped.
///
/// # Errors
///
/// Those of the writer.
pub fn write(matrix: &Matrix, sources: &Sources, form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Text => text::write(matrix, out),
        Form::Json => json::write(matrix, sources, out),
        Form::Html => html::write(matrix, out),
    }
}

/// How many cells are in each state.
fn counts(table: &Table) -> [(State, usize); 4] {
    let states = [State::Passes, State::Dead, State::Refused, State::NotJudged];
    states.map(|state| {
        let cells = table.sets.iter().flat_map(|set| &set.cells);
        (state, cells.filter(|cell| cell.state == state).count())
    })
}

/// A number with its noun.
fn count(number: usize, one: &str, many: &str) -> String {
    super::text::count(u64::try_from(number).unwrap_or(u64::MAX), one, many)
}
