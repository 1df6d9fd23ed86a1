//! Declarations: the content's own definitions say more than builds supply.
//!
//! 21 declared fields ran well for months on 20 supplied inputs, so this is no error in content: it is the
//! business of the consumer's build. But it is where the next file can go wrong, hence one note.
//!
//! Gives `declared-not-supplied`.

use super::bound::{Bound, Measure};
use super::{Answer, Judge, Row};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Declared;
use crate::contract::{Manifest, Unknown};
use crate::finding::{Blame, Finding, Place, Severity};

impl Measure for Declared {
    fn exceeds(&self, count: i128, supply: u64) -> bool {
        count > i128::from(supply)
    }

    fn unknown(&self) -> Option<Unknown> {
        None
    }
}

/// One note of each capacity, for all builds.
pub(super) struct Declarations<'p> {
    row: Row<'p>,
    kind: &'p Declared,
    bound: Bound<'p, Declared>,
}

impl<'p> Declarations<'p> {
    pub(super) fn new(row: Row<'p>, kind: &'p Declared) -> Self {
        Declarations { row, kind, bound: Bound::new(row, kind) }
    }

    fn note(&self, name: &str, count: i128, place: &Place, mut builds: Vec<&Manifest>) -> Finding {
        let value = |build: &Manifest| build.capacities.get(name).map(|capacity| capacity.value);
        builds.retain(|build| value(build).is_some_and(|value| self.kind.exceeds(count, value)));
        let mut supplies: Vec<u64> = builds.iter().filter_map(|build| value(build)).collect();
        supplies.sort_unstable();
        supplies.dedup();
        let message = format!("more is declared than `{name}` supplies");
        let mut finding = Finding::new(codes::DECLARED_NOT_SUPPLIED, Severity::Note, Blame::Content, message);
        finding.found = Some(format!("{count} declared"));
        let supplies: Vec<String> = supplies.iter().map(u64::to_string).collect();
        let who = self.row.terms.who(&builds);
        finding.expected = Some(format!("{} supplied by {who}", supplies.join(" or ")));
        finding.builds = self.row.terms.names(&builds);
        finding.places.push(place.clone());
        finding.labels.push(self.row.because(("count", &self.kind.count)));
        finding
    }
}

impl Judge for Declarations<'_> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        self.bound.exceeded(answer)
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, _: &Places<'_>) {
        self.bound.take(answer, place);
    }

    fn findings(&self) -> Vec<Finding> {
        let each = self.bound.furthest();
        each.map(|(name, count, place, builds)| Declarations::note(self, name, count, place, builds))
            .collect()
    }

    fn held(&self) -> u64 {
        self.bound.memory()
    }
}
