//! Growth: a number that leaps beyond what shipped content had is looked at before it ships.
//!
//! A list that had 60 entries for years had twice as many one day, since a query had lost its condition. It was still
//! what the format allows, and no consumer had ever been given so much.
//!
//! Gives `growth-beyond-baseline`. Without a baseline nothing is said here; that is a warning of its own.

use std::collections::BTreeMap;

use super::{Answer, Judge, Row, Spots};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Growth;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::walk::Value;

/// The judge of a number that may grow.
pub(super) struct Growths<'p> {
    row: Row<'p>,
    kind: &'p Growth,
    /// The greatest number of the baseline.
    greatest: Option<u64>,
    /// By class: the greatest number that is too much, and all places.
    beyond: BTreeMap<usize, (i128, Spots)>,
}

impl<'p> Growths<'p> {
    pub(super) fn new(row: Row<'p>, kind: &'p Growth) -> Self {
        let greatest = row.terms.baseline.greatest(row.question, kind);
        Growths { row, kind, greatest, beyond: BTreeMap::new() }
    }

    fn limit(&self) -> Option<u64> {
        Some(self.kind.ratio.times(self.greatest?))
    }
}

impl Judge for Growths<'_> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        match *answer.values {
            [Value::Int(value)] => self.limit().is_some_and(|limit| value > i128::from(limit)),
            _ => true,
        }
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, _: &Places<'_>) {
        let [Value::Int(value)] = *answer.values else { return };
        let (worst, spots) = self.beyond.entry(answer.class).or_default();
        *worst = (*worst).max(value);
        spots.add(place);
    }

    fn findings(&self) -> Vec<Finding> {
        let each = self.beyond.iter().map(|(class, (worst, spots))| {
            let message = format!("`{}` has grown beyond what shipped content had", self.kind.value.value);
            let mut finding =
                Finding::new(codes::GROWTH_BEYOND_BASELINE, Severity::Error, Blame::Content, message);
            let (greatest, limit) = (self.greatest.unwrap_or(0), self.limit().unwrap_or(0));
            finding.found = Some(format!("{worst}"));
            finding.expected = Some(format!("at most {limit}: the most so far was {greatest}"));
            finding.help = Some(
                "if the growth is meant, let the consumer's builds take it first, then record it: \
                 `bootgate contract baseline`"
                    .into(),
            );
            finding.labels.push(self.row.because(("value", &self.kind.value)));
            spots.put(&mut finding);
            (*class, finding)
        });
        self.row.merged(each)
    }
}
