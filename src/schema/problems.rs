//! What is wrong with schemas, collected up to a limit.

use super::error::{Kind, SchemaError};
use crate::finding::Severity;
use crate::limits;
use crate::span::Span;

/// Every error and warning of some schemas, up to a limit of each.
#[derive(Debug, Default)]
pub struct Problems {
    all: Vec<SchemaError>,
    errors: usize,
}

impl Problems {
    /// Adds an error or a warning, as its kind says; beyond the limit it is dropped.
    pub fn add(&mut self, kind: Kind, span: Span, key: &str) {
        self.extend([SchemaError { kind, span, key: key.to_string() }]);
    }

    /// Adds what others have found.
    pub fn extend(&mut self, found: impl IntoIterator<Item = SchemaError>) {
        for problem in found {
            let is_error = problem.severity() == Severity::Error;
            let known = if is_error { self.errors } else { self.all.len() - self.errors };
            // What several places need is wrong once.
            let again = |p: &SchemaError| p.kind == problem.kind && p.span == problem.span;
            if problem.kind == Kind::Consequence
                || known >= limits::SCHEMA_ERRORS
                || self.all.iter().any(again)
            {
                continue;
            }
            self.errors += usize::from(is_error);
            self.all.push(problem);
        }
    }

    /// Whether no further error is taken: then looking for more is of no use.
    pub fn is_full(&self) -> bool {
        self.errors >= limits::SCHEMA_ERRORS
    }

    /// How many errors there are, not counting warnings.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Errors and warnings in the order of the sources, and in that of the text in each.
    pub fn into_vec(mut self) -> Vec<SchemaError> {
        self.all.sort_by_key(|p| (p.span.source, p.span.start));
        self.all
    }
}
