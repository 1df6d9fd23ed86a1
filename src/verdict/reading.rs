//! Verdicts that are read: which content they let pass.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PREDICATE_TYPE;
use crate::digest::Digest;

/// Why a verdict does not speak for some files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
    /// Anything that is no JSON, or lacks a part.
    #[error("it is no verdict: {0}")]
    Format(String),
    /// An in-toto statement about something else.
    #[error("it is a statement of the type `{}`, where a verdict is one of `{PREDICATE_TYPE}`", .0.escape_debug())]
    Type(String),
    /// A file that was not checked, or has changed since.
    #[error("it does not name a file with the bytes of `{}`", .0.escape_debug())]
    File(String),
    /// Files that were checked, but not together.
    #[error("it has no set of just these files that passed")]
    Set,
}

#[derive(Deserialize)]
struct Statement {
    #[serde(rename = "predicateType")]
    predicate_type: String,
    subject: Vec<Subject>,
    predicate: Predicate,
}

#[derive(Deserialize)]
struct Subject {
    digest: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Predicate {
    sets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    files: BTreeMap<String, String>,
    result: String,
}

/// A verdict, as far as it says which content passed.
pub struct Passed(Statement);

impl Passed {
    /// Reads a verdict.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn read(bytes: &[u8]) -> Result<Passed, NotCovered> {
        let statement: Statement =
            serde_json::from_slice(bytes).map_err(|error| NotCovered::Format(error.to_string()))?;
        if statement.predicate_type != PREDICATE_TYPE {
            return Err(NotCovered::Type(statement.predicate_type));
        }
        Ok(Passed(statement))
    }

    /// How many sets it has that passed, and how many there are.
    pub fn count(&self) -> (usize, usize) {
        let sets = &self.0.predicate.sets;
        (sets.iter().filter(|set| set.result == "passed").count(), sets.len())
    }

    /// Whether these files passed: together as one set, by their names, or each as a set of its own.
    ///
    /// # Errors
    ///
    /// What it does not speak for.
    pub fn covers(&self, files: &[(&str, Digest)]) -> Result<(), NotCovered> {
        let sha256: Vec<(&str, String)> =
            files.iter().map(|(name, digest)| (*name, digest.to_string())).collect();
        for (name, digest) in &sha256 {
            let is = |subject: &Subject| subject.digest.get("sha256") == Some(digest);
            if !self.0.subject.iter().any(is) {
                return Err(NotCovered::File((*name).to_owned()));
            }
        }
        let passed = || self.0.predicate.sets.iter().filter(|set| set.result == "passed");
        let named = |set: &Set| {
            set.files.len() == sha256.len()
                && sha256.iter().all(|(name, digest)| set.files.get(*name) == Some(digest))
        };
        let alone = |(_, digest): &(&str, String)| {
            passed().any(|set| set.files.len() == 1 && set.files.values().all(|other| other == digest))
        };
        let together = passed().any(named) || !sha256.is_empty() && sha256.iter().all(alone);
        if together { Ok(()) } else { Err(NotCovered::Set) }
    }
}
