//! What can be wrong with an inventory.

use crate::codes;
use crate::finding::{Blame, Finding, Severity};

/// Something that keeps an inventory from being read. The example in each variant's doc triggers it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    /// An empty file.
    #[error("`{name}` is empty: an inventory has a row of headings")]
    Empty {
        /// The inventory.
        name: String,
    },
    /// `host,os` as the headings.
    #[error("`{name}` has no column `{column}`")]
    ColumnMissing {
        /// The inventory.
        name: String,
        /// The column that was looked for.
        column: String,
        /// What it is for.
        purpose: &'static str,
        /// The columns that there are.
        headings: Vec<String>,
    },
    /// `version,version` as the headings.
    #[error("`{name}` has {times} columns `{column}`")]
    ColumnTwice {
        /// The inventory.
        name: String,
        /// The column.
        column: String,
        /// How many there are.
        times: usize,
    },
    /// `7.x,1` below `version,count`.
    #[error("`{name}` has {} that cannot be read", rows_text(*.total))]
    Rows {
        /// The inventory.
        name: String,
        /// Lines, from 1, and what is wrong with the rows that begin there; the first ones.
        rows: Vec<(u64, RowError)>,
        /// How many such rows there are.
        total: u64,
    },
    /// A row with a `"` that is never closed, in a long file.
    #[error("`{name}`, line {line}: the row has more than {limit} bytes")]
    RowTooLong {
        /// The inventory.
        name: String,
        /// The row's line, from 1.
        line: u64,
        /// The greatest number of bytes.
        limit: usize,
    },
    /// `"7.15` as the last row.
    #[error("`{name}`, line {line}: a `\"` is not closed before the end of the file")]
    Unclosed {
        /// The inventory.
        name: String,
        /// The row's line, from 1.
        line: u64,
    },
    /// A column of machine names as `version`.
    #[error("`{name}` has more than {limit} different builds")]
    TooManyBuilds {
        /// The inventory.
        name: String,
        /// The greatest number of builds.
        limit: usize,
    },
    /// Headings and nothing below them.
    #[error("`{name}` has no machine in it")]
    NoMachines {
        /// The inventory.
        name: String,
    },
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// `7.15,windows` below `version,platform,count`.
    #[error("{found} of {expected} values")]
    Values {
        /// How many values there are.
        found: usize,
        /// How many columns there are.
        expected: usize,
    },
    /// A value in another encoding.
    #[error("`{column}` is not UTF-8 text")]
    NotText {
        /// The column.
        column: String,
    },
    /// `,windows` below `version,platform`.
    #[error("`{column}` is empty")]
    NoVersion {
        /// The column.
        column: String,
    },
    /// `7.x` below `version`.
    #[error("`{found}` is not a version")]
    Version {
        /// What was found.
        found: String,
    },
    /// `many` below `count`.
    #[error("`{found}` is not a number of machines")]
    Count {
        /// What was found.
        found: String,
    },
}

fn rows_text(total: u64) -> String {
    format!("{total} {}", if total == 1 { "row" } else { "rows" })
}

impl From<InventoryError> for Finding {
    fn from(error: InventoryError) -> Self {
        let message = error.to_string();
        let mut finding =
            Finding::new(codes::INVENTORY_INVALID, Severity::Error, Blame::Environment, message);
        match error {
            InventoryError::ColumnMissing { purpose, headings, .. } => {
                finding.notes.push(format!("its columns are {}", headings.join(", ")));
                finding.help = Some(format!("name the column: `--column {purpose}=NAME`"));
            }
            InventoryError::Rows { rows, total, .. } => {
                finding.notes.extend(rows.iter().map(|(line, error)| format!("line {line}: {error}")));
                let listed = u64::try_from(rows.len()).unwrap_or(u64::MAX);
                if total > listed {
                    finding.notes.push(format!("and {} more", total - listed));
                }
                finding.help = Some(
                    "correct the export: a row that is left out may be a build without a manifest".into(),
                );
            }
            InventoryError::TooManyBuilds { .. } => {
                finding.help = Some("name the column of the versions: `--column version=NAME`".into());
            }
            _ => {}
        }
        finding
    }
}
