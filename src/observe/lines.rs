//! The lines that a harness writes about what the consumer does.

use std::collections::BTreeSet;

use super::HarnessError;

/// What each line has before its words; a log may put more in front of it.
const MARK: &str = "bootgate: ";

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// The consumer is about to read an element.
    Reads,
    /// It looked at the index, and does not read.
    NoMatch,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) verb: Verb,
    pub(super) name: String,
    pub(super) index: u64,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// `bootgate: hello`
    #[error("a line is `bootgate: reads CAPACITY INDEX` or `bootgate: no-match CAPACITY INDEX`")]
    Form,
    /// `bootgate: reads inputs.ipx 3`
    #[error("the contract has no capacity `{0}`")]
    Unknown(String),
}

/// The lines in an output, in their order; what else there is has nothing to do with it.
pub(super) fn read(output: &[u8], known: &BTreeSet<String>) -> Result<Vec<Line>, HarnessError> {
    let output = String::from_utf8_lossy(output);
    let marked = output.lines().filter_map(|line| line.split_once(MARK).map(|(_, words)| words.trim()));
    marked
        .map(|words| {
            line(words, known).map_err(|error| HarnessError::Line { line: format!("{MARK}{words}"), error })
        })
        .collect()
}

fn line(words: &str, known: &BTreeSet<String>) -> Result<Line, LineError> {
    let (verb, rest) = words.split_once(' ').ok_or(LineError::Form)?;
    let verb = match verb {
        "reads" => Verb::Reads,
        "no-match" => Verb::NoMatch,
        _ => return Err(LineError::Form),
    };
    // Capacities may have spaces in their names.
    let (name, index) = rest.trim().rsplit_once(' ').ok_or(LineError::Form)?;
    let index = index.parse().map_err(|_| LineError::Form)?;
    let name = name.trim().to_owned();
    if known.contains(&name) { Ok(Line { verb, name, index }) } else { Err(LineError::Unknown(name)) }
}
