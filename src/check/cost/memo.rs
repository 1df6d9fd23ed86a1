//! What was found of expressions, from one content set to the next: the same stand in many files.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Analysis, Matching, NotBounded, analyse_counted};
use crate::limits;

/// What is known of one expression, and the steps that it took.
pub(in crate::check) type Known = Arc<(Result<Analysis, NotBounded>, u64)>;

/// What is known of expressions.
#[derive(Clone, Debug, Default)]
pub struct Memo(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    known: HashMap<(Matching, String), Known>,
    bytes: usize,
}

impl Memo {
    /// What matching an expression costs; the same whether it was known or not.
    pub(in crate::check) fn analyse(&self, expression: &str, matching: Matching) -> Known {
        let key = (matching, expression.to_string());
        let table = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = table().known.get(&key) {
            return known.clone();
        }
        let known = Arc::new(analyse_counted(expression, matching));
        let mut table = table();
        if table.bytes.saturating_add(expression.len()) <= limits::REGEX_REMEMBERED {
            table.bytes += expression.len();
            table.known.insert(key, known.clone());
        }
        known
    }
}
