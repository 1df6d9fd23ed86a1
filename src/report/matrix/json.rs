//! The matrix as JSON, version 1.
//!
//! A program should refuse a `version` that it does not know. Within one version fields are only ever added. The same
//! matrix gives the same bytes.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::{Matrix, Row};
use crate::report::json::{Finding, document};
use crate::span::Sources;

/// The version of the format that this module writes.
pub const VERSION: u32 = 1;

/// The whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What this is: `bootgate-matrix`.
    pub format: String,
    /// The version of this format: 1.
    pub version: u32,
    /// A table for each contract.
    pub tables: Vec<Table>,
    /// What stood in the way of showing more, as in reports.
    pub problems: Vec<Finding>,
}

/// The sets of one contract against its builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The consumer.
    pub consumer: String,
    /// The builds, in the order of their versions.
    pub builds: Vec<Build>,
    /// The sets, in the order of their names.
    pub sets: Vec<Set>,
}

/// A build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Its name.
    pub name: String,
    /// `candidate`, `fielded` or `unreachable`.
    pub state: String,
}

/// A set, and what each build makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Set {
    /// Its name.
    pub name: String,
    /// What each build makes of it, in the order of the table's builds.
    pub cells: Vec<Cell>,
    /// Everything that keeps it from passing without a warning; cells say which of them is theirs.
    pub reasons: Vec<Reason>,
}

/// What a build makes of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// `passes`, `dead` (a warning), `refused` or `not-judged`.
    pub state: String,
    /// Indexes in the set's `reasons`, the weightiest first; empty when it passes.
    pub reasons: Vec<usize>,
}

/// Why a set does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable name; `bootgate codes NAME` explains it.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// One line.
    pub message: String,
    /// Where it is first; `null` without a place in the content.
    pub place: Option<String>,
}

impl Document {
    /// The document of a matrix.
    pub fn new(matrix: &Matrix, sources: &Sources) -> Document {
        let table = |table: &super::Table| Table {
            consumer: table.consumer.clone(),
            builds: table
                .builds
                .iter()
                .map(|build| Build { name: build.name.clone(), state: build.state.to_owned() })
                .collect(),
            sets: table.sets.iter().map(Set::new).collect(),
        };
        Document {
            format: "bootgate-matrix".to_owned(),
            version: VERSION,
            tables: matrix.tables.iter().map(table).collect(),
            problems: matrix.problems.iter().map(|finding| Finding::new(finding, sources)).collect(),
        }
    }
}

impl Set {
    fn new(row: &Row) -> Set {
        let cell =
            |cell: &super::Cell| Cell { state: cell.state.name().into(), reasons: cell.reasons.clone() };
        let reason = |reason: &super::Reason| Reason {
            code: reason.code.into(),
            severity: reason.severity.name().into(),
            message: reason.message.clone(),
            place: reason.place.clone(),
        };
        Set {
            name: row.name.clone(),
            cells: row.cells.iter().map(cell).collect(),
            reasons: row.reasons.iter().map(reason).collect(),
        }
    }
}

/// Writes the document, indented, with a line end behind it.
pub(super) fn write(matrix: &Matrix, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    document(&Document::new(matrix, sources), out)
}
