//! References: what the content refers to must be there.
//!
//! A table that names rows of another one by number is only as good as the greatest number in it. The consumer
//! computes an address from it, and reads whatever lies there.
//!
//! Gives `reference-outside`.

use super::truth::Holds;
use super::{Answer, Row};
use crate::check::place::Places;
use crate::check::shown::number;
use crate::codes;
use crate::contract::kinds::Reference;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::frozen::refers;
use crate::walk::Value;

impl Holds for Reference {
    fn holds(&self, values: &[Value]) -> bool {
        let [Value::Int(index), Value::Int(length), Value::Int(within)] = *values else { return false };
        refers(index, length, within)
    }

    fn finding(&self, row: &Row<'_>, answer: &Answer<'_>, _: &Place, _: &Places<'_>) -> Finding {
        let message = format!("{} refers to what is not there", row.noun());
        let mut finding = Finding::new(codes::REFERENCE_OUTSIDE, Severity::Error, Blame::Content, message);
        if let [Value::Int(index), Value::Int(length), Value::Int(within)] = *answer.values {
            let many = self.length.is_some();
            let long = if many { format!(", and {} from there", number(length)) } else { String::new() };
            finding.found = Some(format!("index {}{long}", number(index)));
            finding.expected = Some(match within {
                ..=0 => "no reference: there is nothing to refer to".into(),
                1 if !many => "index 0: there is 1".into(),
                within if many => format!("an end at {within} or before: there are {within}"),
                within => format!("an index from 0 to {}: there are {within}", within - 1),
            });
        }
        finding.labels.push(row.because(("index", &self.index)));
        finding
    }
}
