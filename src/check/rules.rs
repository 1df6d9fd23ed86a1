//! Rules: what else a contract asserts, in the schema's own expression language.
//!
//! A rule without `capacity(…)` is about the content alone; one with it is held against each class of builds
//! that have the same numbers.
//!
//! Gives `rule-failed`.

use super::plan::{Plan, Terms};
use super::words::label;
use crate::codes;
use crate::contract::compile::Purpose;
use crate::finding::{Blame, Finding, Place, Severity};
use crate::layout::QueryId;

/// The finding for a rule that failed for a class of builds.
pub(super) fn rule(
    plan: &Plan,
    terms: &Terms,
    query: QueryId,
    class: usize,
    places: Vec<Place>,
    count: u64,
) -> Option<Finding> {
    let Some(Purpose::Rule(row)) = plan.purpose(query) else { return None };
    let rule = terms.raw.rules.get(row)?;
    let mut finding = Finding::new(
        codes::RULE_FAILED,
        Severity::Error,
        Blame::Content,
        "a rule of the contract does not hold",
    );
    finding.expected = Some(format!("`{}`", rule.assert.value));
    let marks = places.first().map(|p| p.marks.iter().map(|m| m.label.clone()).collect::<Vec<_>>());
    finding.found = marks.filter(|m| !m.is_empty()).map(|m| m.join(", "));
    finding.unlisted = count.saturating_sub(places.len() as u64);
    finding.places = places;
    if plan.code.queries[query].per_class {
        let rows = terms.classes.get(class)?;
        finding.builds = rows.iter().filter_map(|row| terms.names.get(*row)).cloned().collect();
    }
    let key = format!("{}/assert", rule.place.key);
    finding.labels.push(label(rule.assert.span, &key, &rule.because.value, true));
    Some(finding)
}
