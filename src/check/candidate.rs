//! The reverse gate: one build against content that is out there, to settle whether the build may be released.
//!
//! The content is not on trial: what no build can take because it is damaged says nothing against this one. But where a
//! build in the field takes what the candidate does not, a release would break what works today.

use super::check;
use super::plan::Plan;
use crate::codes;
use crate::finding::{Blame, Finding, Severity};
use crate::limits::Limits;
use crate::span::Sources;

/// What a candidate makes of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Everything there is to say; an error refuses the build.
    pub findings: Vec<Finding>,
    /// How the set stands with the candidate and the builds in the field.
    pub standing: Standing,
}

/// How a set stands with a candidate and the builds in the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The candidate takes it.
    Taken,
    /// The candidate does not take it, and these builds in the field do; no build does when there are none.
    NotTaken(Vec<String>),
    /// It is not sound for any build.
    Unsound,
}

/// Holds a set against a candidate, the only build of `plan`; `field` has the builds in the field.
pub fn candidate(plan: &Plan, field: &Plan, sources: &Sources, files: &[&[u8]], limits: &Limits) -> Taken {
    let mut findings = check(plan, sources, files, limits);
    let mut unsound = false;
    for finding in findings.iter_mut().filter(|f| depends_on_no_build(f)) {
        unsound = true;
        finding.severity = Severity::Note;
        finding.notes.push("not sound for any build, and so not held against this one".into());
    }
    findings.sort_by_key(|f| std::cmp::Reverse(f.severity));
    for finding in findings.iter_mut().filter(|f| f.severity == Severity::Error && !f.builds.is_empty()) {
        finding.help =
            Some("change the build, or take this content back everywhere before it is released".into());
    }
    let refuses = |f: &Finding| f.severity == Severity::Error && f.blame == Blame::Content;
    let standing = if findings.iter().any(refuses) {
        Standing::NotTaken(takers(field, sources, files, limits))
    } else if unsound {
        Standing::Unsound
    } else {
        Standing::Taken
    };
    Taken { findings, standing }
}

/// Whether the content is refused for what no build changes. A limit of the checker is not the content's fault: what lies
/// behind it was never looked at.
fn depends_on_no_build(finding: &Finding) -> bool {
    let content = finding.severity == Severity::Error && finding.blame == Blame::Content;
    content && finding.builds.is_empty() && finding.code != codes::LIMIT_EXCEEDED
}

/// The builds in the field that take a set.
fn takers(field: &Plan, sources: &Sources, files: &[&[u8]], limits: &Limits) -> Vec<String> {
    let Some(terms) = &field.contract else { return Vec::new() };
    let findings = check(field, sources, files, limits);
    let errors: Vec<&Finding> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
    let takes = |name: &&String| errors.iter().all(|f| !f.builds.is_empty() && !f.builds.contains(name));
    terms.names.iter().filter(takes).cloned().collect()
}
