//! Required fields: what the consumer uses without asking must say something.
//!
//! A policy record with blank fields was taken for one without limits by every tool on its way, and dereferenced
//! by the service that it was for.
//!
//! Gives `field-blank`.

use super::truth::Holds;
use super::{Answer, Row};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Required;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::walk::Value;

impl Holds for Required {
    fn holds(&self, values: &[Value]) -> bool {
        values == [Value::Bool(false)]
    }

    fn finding(&self, row: &Row<'_>, _: &Answer<'_>, place: &Place, _: &Places<'_>) -> Finding {
        let message = format!("{} has a blank field that the consumer needs", row.noun());
        let mut finding = Finding::new(codes::FIELD_BLANK, Severity::Error, Blame::Content, message);
        let marks: Vec<String> = place.marks.iter().map(|mark| mark.label.clone()).collect();
        let found = if marks.is_empty() { "nothing".to_string() } else { marks.join(", ") };
        finding.found = Some(found);
        finding.expected = Some("more than white space and zero bytes".into());
        finding.labels.push(row.because(("value", &self.value)));
        finding
    }
}
