//! Novelty: what no shipped content had together has not been run by any consumer either.
//!
//! Each of the two values was common. Nobody had ever shipped them in one rule, and the code that took them together
//! had never been run.
//!
//! Gives `novel-combination`. Without a baseline nothing is said here; that is a warning of its own.

use std::collections::{BTreeMap, HashSet};

use super::{Answer, Judge, Row, Spots};
use crate::check::place::Places;
use crate::check::shown::baseline_word;
use crate::codes;
use crate::contract::Novelty;
use crate::contract::kinds::Novel;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::limits;
use crate::walk::Value;

/// Memory for a combination that is known, in bytes.
const KNOWN: u64 = 96;

/// The judge of combinations.
pub(super) struct Combinations<'p> {
    row: Row<'p>,
    kind: &'p Novel,
    /// Combinations that the baseline has.
    known: HashSet<Vec<i128>>,
    /// Those that it has not, by class.
    novel: BTreeMap<(usize, Vec<i128>), (String, Spots)>,
    /// How many places have others than are kept.
    further: u64,
}

impl<'p> Combinations<'p> {
    pub(super) fn new(row: Row<'p>, kind: &'p Novel) -> Self {
        Combinations { row, kind, known: HashSet::new(), novel: BTreeMap::new(), further: 0 }
    }
}

/// The values of an answer; nothing where one is no number.
pub(in crate::check) fn numbers(values: &[Value]) -> Option<Vec<i128>> {
    let number = |value: &Value| match value {
        Value::Int(n) => Some(*n),
        _ => None,
    };
    values.iter().map(number).collect()
}

impl Judge for Combinations<'_> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        let Some(seen) = self.row.terms.baseline.seen(self.row.question, self.kind) else { return false };
        let Some(numbers) = numbers(answer.values) else { return true };
        if self.known.contains(&numbers) {
            return false;
        }
        let asked = &self.row.plan.layout.queries[self.row.query].answer;
        let words = asked.iter().zip(&numbers);
        let words: Vec<String> =
            words.map(|(expr, n)| baseline_word(&self.row.plan.layout, *expr, *n, answer.store)).collect();
        let known = seen.contains(&words);
        if known {
            self.known.insert(numbers);
        }
        !known
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, places: &Places<'_>) {
        let Some(numbers) = numbers(answer.values) else { return };
        let key = (answer.class, numbers);
        if self.novel.len() >= limits::PLACES && !self.novel.contains_key(&key) {
            self.further += 1;
            return;
        }
        let asked = &self.row.plan.layout.queries[self.row.query].answer;
        let shown = || {
            let values = self.kind.values().zip(asked.iter().zip(&key.1));
            let value = |(text, (expr, n)): (&crate::contract::Text, (&_, &i128))| {
                format!("`{}` = {}", text.value, places.words.key(*expr, *n, answer.store))
            };
            values.map(value).collect::<Vec<_>>().join(", ")
        };
        let shown = if self.novel.contains_key(&key) { String::new() } else { shown() };
        let (_, spots) = self.novel.entry(key).or_insert_with(|| (shown, Spots::default()));
        spots.add(place);
    }

    fn findings(&self) -> Vec<Finding> {
        let severity = match self.kind.novelty {
            Novelty::Refuse => Severity::Error,
            Novelty::Warn => Severity::Warning,
        };
        let each = self.novel.iter().map(|((class, _), (shown, spots))| {
            let message = format!("{} has a combination of values that no shipped content had", self.row.noun());
            let mut finding = Finding::new(codes::NOVEL_COMBINATION, severity, Blame::Content, message);
            finding.found = Some(shown.clone());
            finding.help = Some(
                "let the consumer's builds run it first; once it has shipped, record it: `bootgate contract baseline`"
                    .into(),
            );
            finding.labels.push(self.row.because(("values/0", &self.kind.first)));
            spots.put(&mut finding);
            (*class, finding)
        });
        let mut findings = self.row.merged(each);
        if let Some(last) = findings.last_mut().filter(|_| self.further > 0) {
            last.notes.push(format!("{} further places have combinations that are new, too", self.further));
        }
        findings
    }

    fn held(&self) -> u64 {
        self.known.len() as u64 * KNOWN
    }
}
