//! Candidates: builds that are not in the field yet warn, and refuse no content.
//!
//! What only candidates cannot take must keep them from being released, not the content from being shipped. This
//! is settled here for every rule at once: a finding that concerns one build in the field keeps its weight.

use super::plan::Terms;
use crate::contract::Say;
use crate::finding::{Finding, Severity};

/// Makes warnings of the errors that concern candidates alone.
pub(super) fn weigh(terms: &Terms, findings: &mut [Finding]) {
    if !terms.says.contains(&Say::Warns) {
        return;
    }
    let warns = |name: &String| {
        terms.names.iter().zip(&terms.says).any(|(known, say)| known == name && *say == Say::Warns)
    };
    for finding in findings {
        let error = finding.severity == Severity::Error && !finding.builds.is_empty();
        if error && finding.builds.iter().all(warns) {
            finding.severity = Severity::Warning;
            let who = if finding.builds.len() == 1 { "a candidate build" } else { "candidate builds" };
            finding.notes.push(format!("{who} alone: this holds back the build, not the content"));
            finding.help =
                Some("change the build before it is released: see `bootgate check --candidate`".into());
        }
    }
}
