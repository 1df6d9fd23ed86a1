//! Rules: what else a contract asserts, in the schema's own expression language.
//!
//! A rule without `capacity(…)` is about the content alone; one with it is held against each class of builds
//! that have the same numbers.
//!
//! Gives `rule-failed`.

use super::truth::Holds;
use super::{Answer, Row};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Rule;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::walk::Value;

impl Holds for Rule {
    fn holds(&self, values: &[Value]) -> bool {
        values == [Value::Bool(true)]
    }

    fn finding(&self, row: &Row<'_>, _: &Answer<'_>, place: &Place, _: &Places<'_>) -> Finding {
        let message = "a rule of the contract does not hold";
        let mut finding = Finding::new(codes::RULE_FAILED, Severity::Error, Blame::Content, message);
        finding.expected = Some(format!("`{}`", self.assert.value));
        let marks: Vec<String> = place.marks.iter().map(|mark| mark.label.clone()).collect();
        finding.found = Some(marks.join(", ")).filter(|marks| !marks.is_empty());
        finding.labels.push(row.because(("assert", &self.assert)));
        finding
    }
}
