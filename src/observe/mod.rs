//! Observed evidence: what a harness of the consumer does with witnesses around the end of each capacity.
//!
//! `observe.md` beside this file is the page for users, with what a harness must keep to. Nothing is inferred: an element
//! counts as supplied only if a run said that it reads it and went on.

mod build;
mod command;
mod lines;
mod search;
#[cfg(test)]
mod tests;

pub use build::generous;
pub use command::{CommandHarness, Roles};
pub use lines::LineError;
pub use search::{Answer, Effort, Observer};

use std::time::Duration;

use crate::input::command::CommandError;

/// What runs the consumer.
pub trait Harness {
    /// Gives the consumer a content set, in the order of the contract's files, and the event that comes after it, if
    /// events are made for it.
    ///
    /// # Errors
    ///
    /// There is no answer, of this run or of any.
    fn run(&mut self, files: &[Vec<u8>], event: Option<&[u8]>) -> Result<Ran, HarnessError>;
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The consumer took the set.
    Taken,
    /// Its loader refused the set.
    Refused,
    /// It crashed.
    Fault {
        /// In a few words: what the sanitizer reports, or which signal ended it.
        how: String,
        /// Whether a sanitizer reported it, or all reads beyond are known to fault.
        watched: bool,
    },
}

/// A run of the harness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote to its standard output.
    pub output: Vec<u8>,
    /// The beginning of what it wrote to its standard error stream.
    pub complaint: String,
}

/// Why a harness is of no use.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// `--harness no-such-program`, or one that hangs or writes without end.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// A harness that ends with exit code 2, or any that has no meaning.
    #[error("the harness could not run: it ended with exit code {code}{}", said(complaint))]
    NotRun {
        /// The exit code.
        code: i32,
        /// What it wrote to its standard error stream.
        complaint: String,
    },
    /// A harness that somebody kills.
    #[error("the harness was ended from outside, by signal {signal}{}", said(complaint))]
    Killed {
        /// The signal.
        signal: i32,
        /// What it wrote to its standard error stream.
        complaint: String,
    },
    /// A harness that is not built with a sanitizer.
    #[error("the harness crashed at element {index} of `{name}` ({how}) without a report of a sanitizer")]
    Unwatched {
        /// The capacity.
        name: String,
        /// The element.
        index: u64,
        /// How it crashed.
        how: String,
    },
    /// A harness that crashes at its start.
    #[error("each of {runs} runs crashed before it read anything: {how}")]
    Crashes {
        /// How many.
        runs: u32,
        /// How the last one did.
        how: String,
    },
    /// A harness that faults at the first element.
    #[error("the harness crashes at element 0 of `{name}`, the control: {how}")]
    Control {
        /// The capacity.
        name: String,
        /// How it crashed.
        how: String,
    },
    /// `bootgate: reads inputs.ipx 3`, `bootgate: hello`
    #[error("the harness wrote `{line}`: {error}")]
    Line {
        /// The line.
        line: String,
        /// What is wrong with it.
        error: LineError,
    },
    /// A folder for temporary files that cannot be written to.
    #[error("cannot write the files for the harness: {0}")]
    Files(#[from] std::io::Error),
}

fn said(complaint: &str) -> String {
    let first: Vec<&str> = complaint.lines().filter(|line| !line.trim().is_empty()).take(3).collect();
    if first.is_empty() { String::new() } else { format!("; it wrote: {}", first.join(" / ")) }
}

/// How long one run may take, unless the caller says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(10);
