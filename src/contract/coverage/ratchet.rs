//! The ratchet: a committed file of the fields that are accepted without a question. It may only get shorter by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Coverage, Field};
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::span::{SourceId, Sources, Span};

/// What stands for a field that the schema asks nothing of.
const OPEN: &str = "open";

const HEAD: &str = "\
# Fields of the content that no question of the contract is about, and what the schema asks of each or uses it for.
# `bootgate contract coverage --update` drops lines that are no longer needed; with `--accept-new` it adds lines.
";

/// The fields that are accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// By path: what the schema asked of the field when it was accepted, and the line.
    fields: BTreeMap<String, (BTreeSet<String>, Option<Span>)>,
}

/// A line of the file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RatchetError {
    /// `channel.version valid count`
    #[error("this line is not a path, a space and words with commas between")]
    Line {
        /// The line.
        span: Span,
    },
    /// The same path on two lines.
    #[error("`{path}` is accepted twice")]
    Twice {
        /// The path.
        path: String,
        /// The second line.
        span: Span,
    },
}

impl From<RatchetError> for Finding {
    fn from(error: RatchetError) -> Finding {
        let mut finding =
            Finding::new(codes::CONTRACT_SYNTAX, Severity::Error, Blame::Contract, error.to_string());
        let (RatchetError::Line { span } | RatchetError::Twice { span, .. }) = error;
        finding.labels.push(Label { span, text: String::new(), key: None, primary: true });
        finding.help = Some("let `bootgate contract coverage --update` write the file".into());
        finding
    }
}

/// What is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth<'c> {
    /// The field.
    pub field: &'c Field,
    /// What the schema no longer asks of it, where it is in the file.
    pub lost: Vec<String>,
}

impl Accepted {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// Every line that cannot be read.
    pub fn parse(sources: &mut Sources, name: &str, text: &str) -> Result<Accepted, Vec<RatchetError>> {
        let source = sources.add(name, text);
        let mut accepted = Accepted::default();
        let mut errors = Vec::new();
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let start = offset;
            offset += line.len();
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let span = span(source, start, start + line.len());
            let mut parts = line.split_ascii_whitespace();
            let (Some(path), Some(words), None) = (parts.next(), parts.next(), parts.next()) else {
                errors.push(RatchetError::Line { span });
                continue;
            };
            let words = words.split(',').filter(|word| *word != OPEN).map(str::to_string).collect();
            if accepted.fields.insert(path.to_string(), (words, Some(span))).is_some() {
                errors.push(RatchetError::Twice { path: path.to_string(), span });
            }
        }
        if errors.is_empty() { Ok(accepted) } else { Err(errors) }
    }

    /// The fields that are not covered and not accepted, or of which the schema asks less than when they were.
    pub fn growth<'c>(&self, coverage: &'c Coverage) -> Vec<Growth<'c>> {
        let growth = |field: &'c Field| {
            let Some((words, _)) = self.fields.get(&field.path) else {
                return Some(Growth { field, lost: Vec::new() });
            };
            let lost: Vec<String> =
                words.iter().filter(|word| !field.schema.contains(word.as_str())).cloned().collect();
            (!lost.is_empty()).then_some(Growth { field, lost })
        };
        coverage.uncovered().filter_map(growth).collect()
    }

    /// Paths that are accepted and need not be: they are covered by now, or no longer there.
    pub fn spare<'a>(&'a self, coverage: &Coverage) -> Vec<&'a str> {
        let needed: BTreeSet<&str> = coverage.uncovered().map(|field| field.path.as_str()).collect();
        self.fields.keys().map(String::as_str).filter(|path| !needed.contains(path)).collect()
    }

    /// The text of the file for what is not covered now: what was accepted before, and the rest if that is wanted.
    pub fn updated(&self, coverage: &Coverage, new: bool) -> String {
        let grown: BTreeSet<&str> = self.growth(coverage).iter().map(|g| g.field.path.as_str()).collect();
        let mut lines: BTreeMap<&str, String> = BTreeMap::new();
        for field in coverage.uncovered() {
            let known = self.fields.get(&field.path);
            let words: Vec<&str> = match known {
                // What the schema no longer asks stays in the file, until somebody accepts that.
                Some((words, _)) if !new && grown.contains(field.path.as_str()) => {
                    words.iter().map(String::as_str).collect()
                }
                None if !new => continue,
                _ => field.schema.iter().copied().collect(),
            };
            let words = if words.is_empty() { OPEN.to_string() } else { words.join(",") };
            lines.insert(&field.path, words);
        }
        // Nothing is aligned: a new line would change the others.
        let lines = lines.iter().map(|(path, words)| format!("{path} {words}\n"));
        HEAD.to_string() + &lines.collect::<String>()
    }
}

impl Growth<'_> {
    /// The finding, of a weight that depends on who asks.
    pub fn finding(&self, severity: Severity) -> Finding {
        let path = &self.field.path;
        let (message, text) = if self.lost.is_empty() {
            (
                format!("no question of the contract is about `{path}`, and that is not accepted"),
                String::new(),
            )
        } else {
            let lost = self.lost.join(", ");
            (
                format!(
                    "no question of the contract is about `{path}`, and the schema asks less of it than before"
                ),
                format!("accepted with: {lost}"),
            )
        };
        let mut finding = Finding::new(codes::COVERAGE_GROWN, severity, Blame::Contract, message);
        let key = Some(self.field.key.clone());
        finding.labels.push(Label { span: self.field.span, text, key, primary: true });
        finding.help = Some(
            "say in the contract what the consumer does with it, or accept it: \
             `bootgate contract coverage --update --accept-new`"
                .into(),
        );
        finding
    }
}

fn span(source: SourceId, start: usize, end: usize) -> Span {
    let at = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { source, start: at(start), end: at(end) }
}
