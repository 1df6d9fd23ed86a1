//! Evidence: what a question rests on must be known well enough.
//!
//! The number of an array's elements in debug information is not the number of those that are filled. A rule that
//! holds by such a number alone has not been shown to hold.
//!
//! Gives `evidence-too-weak`: here for the capacities that expressions name by `capacity("…")`.

use std::collections::BTreeMap;

use super::{Answer, Row, Spots};
use crate::check::plan::Terms;
use crate::check::words::label;
use crate::codes;
use crate::contract::{Evidence, Manifest, Word};
use crate::finding::{Blame, Finding, Label, Place, Severity};

/// Manifests that a finding shows.
const MANIFESTS: usize = 2;

/// The capacities that a question's expressions name, and whether they are known well enough.
pub(super) struct Weak<'p> {
    row: Row<'p>,
    /// By class: whether it has builds whose evidence is too weak.
    classes: Vec<bool>,
    /// By capacity and evidence.
    noted: BTreeMap<(&'p str, Evidence), Noted<'p>>,
}

/// Who knows a capacity by too weak evidence only, and where that matters.
struct Noted<'p> {
    builds: Vec<&'p Manifest>,
    /// The class whose places are kept: those of the others are the same.
    class: usize,
    spots: Spots,
}

impl<'p> Weak<'p> {
    pub(super) fn new(row: Row<'p>) -> Self {
        let classes = if row.is_per_class() { row.terms.classes.len() } else { 0 };
        let weak = |class: usize| row.class(class).iter().any(|build| !row.weak_names(build).is_empty());
        Weak { row, classes: (0..classes).map(weak).collect(), noted: BTreeMap::new() }
    }

    /// Whether there is something to say about any answer.
    pub(super) fn is_weak(&self) -> bool {
        self.classes.contains(&true)
    }

    pub(super) fn speaks(&self, answer: &Answer<'_>) -> bool {
        self.classes.get(answer.class).copied().unwrap_or(false)
    }

    pub(super) fn note(&mut self, answer: &Answer<'_>, place: Place) {
        let mut groups: BTreeMap<(&'p str, Evidence), Vec<&'p Manifest>> = BTreeMap::new();
        for build in self.row.class(answer.class) {
            for weakness in self.row.weak_names(build) {
                groups.entry(weakness).or_default().push(build);
            }
        }
        for (weakness, builds) in groups {
            let class = answer.class;
            let noted = self.noted.entry(weakness);
            let noted = noted.or_insert_with(|| Noted { builds: Vec::new(), class, spots: Spots::default() });
            if noted.class == class {
                noted.spots.add(place.clone());
            }
            for build in builds {
                if !noted.builds.iter().any(|known| known.source == build.source) {
                    noted.builds.push(build);
                }
            }
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let finding = |((name, evidence), noted): (&(&'p str, Evidence), &Noted<'p>)| {
            let terms = self.row.terms;
            let mut finding = too_weak(terms, name, *evidence, &noted.builds);
            noted.spots.put(&mut finding);
            let layout = &self.row.plan.layout;
            let mut named = self.row.asked.named.iter();
            let named = named.find(|named| layout.capacities[named.capacity] == **name);
            let because = &self.row.question.because.value;
            finding.labels.extend(named.map(|named| label(named.span, &named.key, because, true)));
            finding.labels.extend(manifests(&noted.builds, name));
            finding
        };
        self.noted.iter().map(finding).collect()
    }
}

/// That some builds know a capacity by too weak evidence only; places and the contract's line are to come.
pub(super) fn too_weak(terms: &Terms, name: &str, evidence: Evidence, builds: &[&Manifest]) -> Finding {
    let message = format!("nothing good enough is known of `{name}`");
    let mut finding = Finding::new(codes::EVIDENCE_TOO_WEAK, Severity::Error, Blame::Content, message);
    let who = terms.who(builds);
    finding.found = Some(format!("evidence `{}` in the manifests of {who}", evidence.word()));
    finding.expected = Some(format!("evidence `{}` or better", terms.needs(name).word()));
    finding.help = Some("let the consumer's build state what it supplies, or observe it".into());
    finding.builds = terms.names(builds);
    finding
}

/// The first manifests that have a value of a capacity.
pub(super) fn manifests(builds: &[&Manifest], name: &str) -> Vec<Label> {
    let capacities = builds.iter().take(MANIFESTS).filter_map(|build| build.capacities.get(name));
    capacities.map(|capacity| label(capacity.span, &format!("/capacity/{name}"), "", false)).collect()
}
