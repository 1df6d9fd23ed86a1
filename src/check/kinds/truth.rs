//! Conditions: questions that each answer settles for itself, for all builds or for each class of them.

use std::collections::BTreeMap;

use super::{Answer, Judge, Row, Spots};
use crate::check::words::Words;
use crate::finding::{Finding, Place};
use crate::walk::Value;

/// A question whose answer is as it must be, or not.
pub(super) trait Holds {
    /// Whether an answer is as it must be.
    fn holds(&self, values: &[Value]) -> bool;

    /// What is said of one that is not; places and builds are to come.
    fn finding(&self, row: &Row<'_>, answer: &Answer<'_>, place: &Place, words: &Words<'_>) -> Finding;
}

/// What is said of answers that are not as they must be.
struct Failed {
    finding: Finding,
    spots: Spots,
}

/// The judge of such a question.
pub(super) struct Truth<'p, T> {
    row: Row<'p>,
    kind: &'p T,
    /// By class.
    failed: BTreeMap<usize, Failed>,
}

impl<'p, T: Holds> Truth<'p, T> {
    pub(super) fn new(row: Row<'p>, kind: &'p T) -> Self {
        Truth { row, kind, failed: BTreeMap::new() }
    }
}

impl<T: Holds> Judge for Truth<'_, T> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        !self.kind.holds(answer.values)
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, words: &Words<'_>) {
        let first = || self.kind.finding(&self.row, answer, &place, words);
        let failed = self.failed.entry(answer.class);
        let failed = failed.or_insert_with(|| Failed { finding: first(), spots: Spots::default() });
        failed.spots.add(place);
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for (class, failed) in &self.failed {
            let builds = self.row.builds(*class);
            if builds.is_empty() && self.row.is_per_class() {
                continue;
            }
            let mut finding = failed.finding.clone();
            failed.spots.put(&mut finding);
            // Classes that other questions tell apart may come to the same here.
            let same = |known: &&mut Finding| Finding { builds: Vec::new(), ..(*known).clone() } == finding;
            let known = findings.iter_mut().find(same);
            let names = if self.row.is_per_class() { self.row.terms.names(&builds) } else { Vec::new() };
            match known {
                Some(known) => known.builds.extend(names),
                None => findings.push(Finding { builds: names, ..finding }),
            }
        }
        for finding in &mut findings {
            let order = |name: &String| self.row.terms.names.iter().position(|known| known == name);
            finding.builds.sort_by_key(order);
        }
        findings
    }
}
