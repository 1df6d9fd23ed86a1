//! Reads: what a consumer dereferences must be supplied. The rule that the whole tool is named for.
//!
//! A criterion with index 20 is harmless while it is a wildcard that nothing evaluates, and reads what was never
//! filled as soon as it is a pattern, in every build that supplies 20. So the index counts, the condition counts,
//! and what each build supplies counts; how many fields were declared does not.
//!
//! Gives `read-beyond-supply`, `dead-read`, `evidence-too-weak` and `capacity-unknown`.

use std::collections::BTreeMap;

use super::explain::{Fold, is_beyond};
use super::plan::{Plan, Terms};
use super::words::{label, noun};
use crate::codes;
use crate::contract::{Beyond, Evidence, Manifest, RawRead, Unknown, Word, builds_text};
use crate::finding::{Blame, Finding, Place, Severity};
use crate::layout::QueryId;

/// Manifests that a finding shows.
const MANIFESTS: usize = 2;

/// What a build makes of the greatest index of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Every index is supplied, or the build ignores what it does not know.
    Fine,
    /// The build does not know the capacity, and would not ignore that.
    Unknown,
    /// The number rests on weaker evidence than the contract asks for.
    Weak(Evidence),
    /// The build checks the index: what asks for more never matches.
    Dead(u64),
    /// The build reads what it never filled.
    Beyond(u64),
}

/// Holds an index against what a build supplies.
fn supply(terms: &Terms, read: &RawRead, build: &Manifest, name: &str, index: i128) -> Verdict {
    let Some(capacity) = build.capacities.get(name) else {
        if !terms.raw.capacities.contains_key(name) {
            // Not even the contract knows it: what a build makes of it was never asked.
            return Verdict::Unknown;
        }
        return match read.unknown {
            Unknown::Ignored => Verdict::Fine,
            Unknown::Refused => Verdict::Unknown,
        };
    };
    let beyond = is_beyond(index, capacity.value);
    match capacity.beyond {
        _ if capacity.evidence < needs(terms, name) => Verdict::Weak(capacity.evidence),
        _ if !beyond => Verdict::Fine,
        Beyond::NoMatch => Verdict::Dead(capacity.value),
        Beyond::Fault => Verdict::Beyond(capacity.value),
    }
}

/// What the builds make of a read: one finding for all builds that come to the same.
pub(super) fn reads(
    plan: &Plan,
    terms: &Terms,
    query: QueryId,
    row: usize,
    name: &str,
    fold: &Fold,
) -> Vec<Finding> {
    let Some(read) = terms.raw.reads.get(row) else { return Vec::new() };
    let Some((furthest, _)) = &fold.furthest else { return Vec::new() };
    let mut groups: BTreeMap<Verdict, Vec<&Manifest>> = BTreeMap::new();
    for build in &terms.builds {
        let verdict = supply(terms, read, build, name, *furthest);
        groups.entry(verdict).or_default().push(build);
    }
    groups.remove(&Verdict::Fine);
    let what = noun(plan, plan.layout.queries[query].at.steps.last().copied());
    groups
        .into_iter()
        .map(|(verdict, builds)| finding(terms, read, Subject { what: &what, name }, fold, verdict, &builds))
        .collect()
}

/// What is read, in words, and of which capacity.
struct Subject<'s> {
    what: &'s str,
    name: &'s str,
}

fn finding(
    terms: &Terms,
    read: &RawRead,
    Subject { what, name }: Subject<'_>,
    fold: &Fold,
    verdict: Verdict,
    builds: &[&Manifest],
) -> Finding {
    let content = |code, severity, message| Finding::new(code, severity, Blame::Content, message);
    let who = builds_text(builds);
    let (mut finding, supply, line, part) = match verdict {
        Verdict::Beyond(supplied) => {
            let message = format!("{what} reads beyond what `{name}` supplies");
            let mut f = content(codes::READ_BEYOND_SUPPLY, Severity::Error, message);
            f.expected = Some(format!("an index below {supplied}: {who} {} {supplied}", supply_verb(builds)));
            let enough = fold.furthest.as_ref().map_or(0, |(n, _)| n + 1);
            f.help = Some(format!(
                "hold this content back from these builds, or change it so that it does not read there; \
                 a build that supplies {enough} can take it"
            ));
            (f, Some(supplied), &read.index, "index")
        }
        Verdict::Dead(supplied) => {
            let message = format!("dead {what}: it asks for more than `{name}` supplies, and never matches");
            let mut f = content(codes::DEAD_READ, Severity::Warning, message);
            f.expected = Some(format!("an index below {supplied}: {who} {} {supplied}", supply_verb(builds)));
            f.notes.push("a build that checks the index first comes to no harm".into());
            (f, Some(supplied), &read.index, "index")
        }
        Verdict::Weak(evidence) => {
            let message = format!("nothing good enough is known of `{name}`");
            let needs = needs(terms, name);
            let mut f = content(codes::EVIDENCE_TOO_WEAK, Severity::Error, message);
            f.found = Some(format!("evidence `{}` in the manifests of {who}", evidence.word()));
            f.expected = Some(format!("evidence `{}` or better", needs.word()));
            f.help = Some("let the consumer's build state what it supplies, or observe it".into());
            (f, None, &read.capacity, "capacity")
        }
        Verdict::Unknown | Verdict::Fine => {
            let message = format!("{what} reads `{name}`, which these builds do not know");
            let mut f = content(codes::CAPACITY_UNKNOWN, Severity::Error, message);
            if !terms.raw.capacities.contains_key(name) {
                f.notes.push(format!("the contract has no capacity `{name}` either"));
            }
            f.expected = Some(format!("a value of `{name}` in the manifests of {who}"));
            (f, None, &read.capacity, "capacity")
        }
    };
    let concerned = |index: i128| supply.is_none_or(|supply| is_beyond(index, supply));
    let mut places: Vec<&(i128, Place)> = fold.places.iter().filter(|(i, _)| concerned(*i)).collect();
    if places.is_empty() {
        places.extend(&fold.furthest);
    }
    let total = supply.map_or(fold.total, |supply| fold.beyond.get(&supply).copied().unwrap_or(0));
    finding.unlisted = total.saturating_sub(places.len() as u64);
    if finding.found.is_none() {
        finding.found = places.first().map(|(index, _)| format!("index {index} of `{name}`"));
    }
    finding.places = places.into_iter().map(|(_, place)| place.clone()).collect();
    finding.builds = terms.names(builds);
    let key = format!("{}/{part}", read.place.key);
    finding.labels.push(label(line.span, &key, &read.because.value, true));
    for build in builds.iter().take(MANIFESTS) {
        if let Some(capacity) = build.capacities.get(name) {
            let key = format!("/capacity/{name}");
            finding.labels.push(label(capacity.span, &key, "", false));
        }
    }
    finding
}

/// Whether some build has something to say about an index.
pub(super) fn speaks(terms: &Terms, read: &RawRead, name: &str, index: i128) -> bool {
    terms.builds.iter().any(|build| supply(terms, read, build, name, index) != Verdict::Fine)
}

/// The weakest evidence that a read of this capacity may rest on.
fn needs(terms: &Terms, name: &str) -> Evidence {
    terms.raw.capacities.get(name).map_or(Evidence::Declared, |capacity| capacity.needs)
}

fn supply_verb(builds: &[&Manifest]) -> &'static str {
    if builds.len() == 1 { "supplies" } else { "supply" }
}
