//! What can be wrong with a configuration, with the values in it.

use std::ops::RangeInclusive;

use crate::finding::{Blame, Finding, Label, Severity};
use crate::limits::LimitError;
use crate::span::Span;

use super::codes;
use super::instance_names;
use super::pattern::PatternError;
use super::process::ProcessNameError;

/// One thing wrong with `bootgate.toml`. Each example is a whole file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// `check = `
    #[error("the configuration is not TOML: {message}")]
    Syntax {
        /// What the TOML parser says.
        message: String,
        /// Where; `None` when the parser does not say.
        span: Option<Span>,
    },
    /// `[chek]`
    #[error("`{key}` is no key of {table}")]
    UnknownKey {
        /// The key as written.
        key: String,
        /// The table that it is in, as people write it.
        table: &'static str,
        /// The nearest key that the table has.
        nearest: Option<&'static str>,
        /// All keys that it has.
        known: Vec<&'static str>,
        /// The key.
        span: Span,
    },
    /// `check = 1`
    #[error("`{key}` is {found}, not {expected}")]
    Type {
        /// The key.
        key: String,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
        /// The value.
        span: Span,
    },
    /// `[[set]]`
    #[error("{table} has no `{key}`")]
    Missing {
        /// The key that is missing.
        key: &'static str,
        /// The table, as people write it.
        table: &'static str,
        /// The table.
        span: Span,
    },
    /// `check.paths = [""]`
    #[error("`{key}` is empty")]
    Empty {
        /// The key.
        key: String,
        /// The value.
        span: Span,
    },
    /// `check.trailing = "fatal"`
    #[error("`{key}` is \"{value}\", which is no severity")]
    Severity {
        /// The key.
        key: String,
        /// What was written.
        value: String,
        /// The value.
        span: Span,
    },
    /// `check.instances = "some"`
    #[error("`instances` is \"{value}\", which is none of {}", instance_names().join(", "))]
    Instances {
        /// What was written.
        value: String,
        /// The value.
        span: Span,
    },
    /// `content.through = "mail"` in the configuration of a campaign
    #[error("`{key}` is \"{value}\", which is none of {}", known.join(", "))]
    Choice {
        /// The key.
        key: &'static str,
        /// What was written.
        value: String,
        /// What it can be.
        known: Vec<&'static str>,
        /// The value.
        span: Span,
    },
    /// `limits.seconds = 0` in the configuration of a campaign
    #[error("`{key}` is {value}, not a number from {} to {}", range.start(), range.end())]
    Number {
        /// The key.
        key: &'static str,
        /// What was written.
        value: String,
        /// The numbers that would do.
        range: RangeInclusive<u64>,
        /// The value.
        span: Span,
    },
    /// `[process.zlib]`
    #[error("`{name}` is no name of a custom process: {why}")]
    ProcessName {
        /// What was written.
        name: String,
        /// What is wrong with it.
        why: ProcessNameError,
        /// The name.
        span: Span,
    },
    /// `[process.vendor.decode]` with a `command`
    #[error("the name `{name}` of a process has dots and no quotes")]
    Unquoted {
        /// The name that was meant.
        name: String,
        /// Its first part.
        span: Span,
    },
    /// `[process.decode]` with `seconds = 0`
    #[error("`seconds` is {value}, not a number from 1 to {most}")]
    Seconds {
        /// What was written.
        value: String,
        /// The greatest number that would do.
        most: u64,
        /// The value.
        span: Span,
    },
    /// `[[format]]` with `files = ["a**b"]`
    #[error("`{pattern}` is no pattern: {why}")]
    Pattern {
        /// What was written.
        pattern: String,
        /// What is wrong with it.
        why: PatternError,
        /// The value.
        span: Span,
    },
    /// `[[set]]` with `files = { a = "{x}.a", b = "{y}.b" }`
    #[error("set `{set}`: no file's pattern has all of {}", slots.join(", "))]
    NoKeyFile {
        /// The name of the set.
        set: String,
        /// Everything that patterns of the set capture.
        slots: Vec<String>,
        /// The table of patterns.
        span: Span,
    },
    /// `[[set]]` with `coexist = { a = "{x}.a", b = "{y}.b" }`
    #[error("the patterns of `coexist` have different placeholders: {}", slots.join(", "))]
    CoexistSlots {
        /// The placeholders.
        slots: Vec<String>,
        /// The table of patterns.
        span: Span,
    },
    /// `limits.elements = 0`
    #[error("{why}")]
    Limit {
        /// What is wrong with the value.
        why: LimitError,
        /// The value.
        span: Span,
    },
    /// `[[set]]` twice with the same `name`
    #[error("the name `{name}` is taken")]
    NameTaken {
        /// The name.
        name: String,
        /// Where it was used first.
        first: Span,
        /// Where it was used again.
        span: Span,
    },
}

impl ConfigError {
    /// Where it is.
    pub fn span(&self) -> Option<Span> {
        match self {
            ConfigError::Syntax { span, .. } => *span,
            ConfigError::UnknownKey { span, .. }
            | ConfigError::Type { span, .. }
            | ConfigError::Missing { span, .. }
            | ConfigError::Empty { span, .. }
            | ConfigError::Severity { span, .. }
            | ConfigError::Instances { span, .. }
            | ConfigError::Choice { span, .. }
            | ConfigError::Number { span, .. }
            | ConfigError::ProcessName { span, .. }
            | ConfigError::Unquoted { span, .. }
            | ConfigError::Seconds { span, .. }
            | ConfigError::Pattern { span, .. }
            | ConfigError::NoKeyFile { span, .. }
            | ConfigError::CoexistSlots { span, .. }
            | ConfigError::Limit { span, .. }
            | ConfigError::NameTaken { span, .. } => Some(*span),
        }
    }

    /// The finding, blamed on the environment.
    pub fn to_finding(&self) -> Finding {
        let mut finding =
            Finding::new(codes::CONFIG_INVALID, Severity::Error, Blame::Environment, self.to_string());
        if let Some(span) = self.span() {
            finding.labels.push(label(span, "", true));
        }
        finding.help = match self {
            ConfigError::UnknownKey { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            ConfigError::UnknownKey { known, .. } => Some(format!("its keys are {}", known.join(", "))),
            ConfigError::Severity { .. } => Some("severities are note, warning, error".to_owned()),
            ConfigError::Instances { value, .. } => {
                nearest(value, instance_names().iter().copied()).map(|near| format!("did you mean `{near}`?"))
            }
            ConfigError::Choice { value, known, .. } => {
                nearest(value, known.iter().copied()).map(|near| format!("did you mean `{near}`?"))
            }
            ConfigError::Unquoted { name, .. } => Some(format!("write `[process.\"{name}\"]`")),
            ConfigError::NoKeyFile { .. } => {
                Some("give one file a pattern that tells every set from every other".to_owned())
            }
            ConfigError::CoexistSlots { .. } => Some(
                "a placeholder is the same text in every pattern; `*` is any text, in each for itself"
                    .to_owned(),
            ),
            _ => None,
        };
        if let ConfigError::NameTaken { first, .. } = self {
            finding.labels.push(label(*first, "first used here", false));
        }
        finding
    }
}

fn label(span: Span, text: &str, primary: bool) -> Label {
    Label { span, text: text.to_owned(), key: None, primary }
}

/// The candidate that a misspelt word most likely meant.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(word, c), c))
        .filter(|(distance, c)| *distance <= (c.chars().count() / 3).max(1))
        .min()
        .map(|(_, c)| c)
}
