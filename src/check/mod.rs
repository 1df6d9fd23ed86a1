//! The gate: what a walk tells, held against the contract and put in words.
//!
//! A set is first walked to prove that there is nothing to say. Only where there is, a second walk explains.

mod answers;
mod candidate;
pub mod cost;
mod declarations;
mod exercised;
mod explain;
mod freeze;
mod kinds;
mod place;
mod plan;
mod shown;
mod weigh;
mod words;

pub use candidate::{Standing, Taken, candidate};
pub use declarations::{Declaration, declarations};
pub use exercised::exercised;
pub(crate) use explain::Explain;
pub use explain::explain;
pub use freeze::{NotFrozen, freeze};
pub(crate) use kinds::taken;
pub use plan::{Plan, Setup, Terms};

use crate::finding::{Finding, Severity};
use crate::limits::Limits;
use crate::span::Sources;
use crate::walk;

/// Everything there is to say about a content set; `files` are in the order of the plan's roles.
///
/// ```
/// use bootgate::check::{Plan, check};
/// use bootgate::finding::Severities;
/// use bootgate::{limits::Limits, span::Sources};
///
/// let mut sources = Sources::default();
/// let text = "{meta: {id: a}, seq: [{id: magic, contents: BG}]}";
/// let source = sources.add("a.ksy", text);
/// let plan = Plan::of_schema(bootgate::schema::read(source, text), Severities::default()).unwrap();
/// assert!(check(&plan, &sources, &[b"BG"], &Limits::default()).is_empty());
/// let findings = check(&plan, &sources, &[b"BX"], &Limits::default());
/// assert_eq!(findings[0].code, "contents-mismatch");
/// ```
pub fn check(plan: &Plan, sources: &Sources, files: &[&[u8]], limits: &Limits) -> Vec<Finding> {
    if is_silent(plan, files, limits) { Vec::new() } else { explain(plan, sources, files, limits) }
}

/// Whether there is nothing to say about a set, of any severity: the fast pass alone.
pub fn is_silent(plan: &Plan, files: &[&[u8]], limits: &Limits) -> bool {
    let mut answers = answers::Answers::new(plan);
    walk::silent(&plan.code, files, plan.setting(limits), &mut answers)
}

/// Whether a set passes: nothing that there is to say about it is an error.
pub fn passes(plan: &Plan, sources: &Sources, files: &[&[u8]], limits: &Limits) -> bool {
    let findings = check(plan, sources, files, limits);
    findings.iter().all(|finding| finding.severity < Severity::Error)
}
