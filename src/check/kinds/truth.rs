//! Conditions: questions that each answer settles for itself, for all builds or for each class of them.

use std::collections::BTreeMap;

use super::{Answer, Judge, Row, Spots};
use crate::check::place::Places;
use crate::finding::{Finding, Place};
use crate::walk::Value;

/// A question whose answer is as it must be, or not.
pub(super) trait Holds {
    /// Whether an answer is as it must be.
    fn holds(&self, values: &[Value]) -> bool;

    /// What is said of one that is not; places and builds are to come.
    fn finding(&self, row: &Row<'_>, answer: &Answer<'_>, place: &Place, places: &Places<'_>) -> Finding;
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

    fn note(&mut self, answer: &Answer<'_>, place: Place, places: &Places<'_>) {
        let first = || self.kind.finding(&self.row, answer, &place, places);
        let failed = self.failed.entry(answer.class);
        let failed = failed.or_insert_with(|| Failed { finding: first(), spots: Spots::default() });
        failed.spots.add(place);
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(class, failed): (&usize, &Failed)| {
            let mut finding = failed.finding.clone();
            failed.spots.put(&mut finding);
            (*class, finding)
        };
        self.row.merged(self.failed.iter().map(finding))
    }
}
