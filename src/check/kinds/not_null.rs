//! References that must not be null: the consumer follows them without asking whether there is one.
//!
//! A null that is allowed in one place of a format is followed in another. The file is well-formed either way.
//!
//! Gives `reference-null`.

use super::truth::Holds;
use super::{Answer, Row};
use crate::check::place::Places;
use crate::check::shown::number;
use crate::codes;
use crate::contract::kinds::NotNull;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::walk::Value;

impl Holds for NotNull {
    fn holds(&self, values: &[Value]) -> bool {
        matches!(*values, [Value::Int(reference), Value::Int(null)] if reference != null)
    }

    fn finding(&self, row: &Row<'_>, answer: &Answer<'_>, _: &Place, _: &Places<'_>) -> Finding {
        let message = format!("{} refers to nothing, where the consumer needs something", row.noun());
        let mut finding = Finding::new(codes::REFERENCE_NULL, Severity::Error, Blame::Content, message);
        if let [Value::Int(reference), _] = *answer.values {
            finding.found = Some(number(reference));
            finding.expected = Some(format!("anything but {}, which refers to nothing", number(reference)));
        }
        finding.labels.push(row.because(("reference", &self.reference)));
        finding
    }
}
