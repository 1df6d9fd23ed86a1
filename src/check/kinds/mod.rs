//! What the answers to a contract's questions come to: one file and one line of the registry for each kind.
//!
//! Both passes ask the same judge whether it has something to say about an answer: the fast one stops there,
//! the explaining one notes the answer with its place, and asks for the findings when the walk is over.

mod bound;
mod count;
mod declared;
mod evidence;
mod growth;
mod not_null;
mod novel;
mod pair;
mod pattern;
mod read;
mod reference;
mod required;
mod rule;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod tests;
mod truth;
mod unique;
mod width;

pub(super) use novel::numbers;

use std::collections::BTreeSet;

use super::place::Places;
use super::plan::{Plan, Terms};
use super::words::{label, noun};

use crate::contract::compile::Asked;
use crate::contract::{Evidence, Kind, Manifest, Question};
use crate::finding::{Finding, Label, Place};
use crate::layout::{CapacityId, QueryId};
use crate::limits;
use crate::table::Id;
use crate::walk::{At, Store, Value};

/// The judge of a question: the registry.
fn judge<'p>(row: Row<'p>) -> Box<dyn Judge + 'p> {
    match &row.question.kind {
        Kind::Read(read) => Box::new(bound::Bound::new(row, read)),
        Kind::Declared(declared) => Box::new(declared::Declarations::new(row, declared)),
        Kind::Reference(reference) => Box::new(truth::Truth::new(row, reference)),
        Kind::NotNull(reference) => Box::new(truth::Truth::new(row, reference)),
        Kind::Count(count) => Box::new(bound::Bound::new(row, count)),
        Kind::Width(width) => Box::new(truth::Truth::new(row, width)),
        Kind::Required(required) => Box::new(truth::Truth::new(row, required)),
        Kind::Pair(pair) => pair::judge(row, pair),
        Kind::Unique(unique) => Box::new(unique::Keys::new(row, unique)),
        Kind::Growth(growth) => Box::new(growth::Growths::new(row, growth)),
        Kind::Novel(novel) => Box::new(novel::Combinations::new(row, novel)),
        Kind::Pattern(pattern) => Box::new(pattern::Patterns::new(row, pattern)),
        Kind::Rule(rule) => Box::new(truth::Truth::new(row, rule)),
    }
}

/// The greatest value of a capacity that the question of a query compares with and that no build minds: what every
/// build has of it. None where not even that is fine.
pub(crate) fn taken(plan: &Plan, query: QueryId, name: &str) -> Option<u64> {
    let terms = plan.contract.as_ref()?;
    let asked = terms.asked.get(query.row())?;
    let row = Row { plan, terms, query, asked, question: terms.raw.questions.get(asked.question)? };
    let classes = if row.is_per_class() { terms.classes.len() } else { 1 };
    let quiet = |class| match &row.question.kind {
        Kind::Read(kind) => bound::Bound::new(row, kind).least(class, name),
        Kind::Count(kind) => bound::Bound::new(row, kind).least(class, name),
        Kind::Pair(kind) => bound::Bound::new(row, kind).least(class, name),
        _ => Some(u64::MAX),
    };
    (0..classes).map(quiet).min().flatten()
}

/// Whether the question of a query rests on a capacity that some build knows by too weak evidence only.
pub(super) fn is_weak(plan: &Plan, query: QueryId) -> bool {
    let row = plan.contract.as_ref().and_then(|terms| {
        let asked = terms.asked.get(query.row())?;
        Some(Row { plan, terms, query, asked, question: terms.raw.questions.get(asked.question)? })
    });
    row.is_some_and(|row| evidence::Weak::new(row).is_weak())
}

/// An answer to a question.
pub(super) struct Answer<'a> {
    /// The class of builds that it is about, where it depends on the build.
    pub(super) class: usize,
    /// The values of the question's expressions, in the order in which its kind gives them.
    pub(super) values: &'a [Value],
    /// The query.
    pub(super) query: QueryId,
    /// Where it was asked.
    pub(super) at: At,
    /// What the walk remembers.
    pub(super) store: &'a Store<'a, 'a>,
    /// Finds places, in the explaining pass.
    pub(super) places: Option<&'a Places<'a>>,
}

impl Answer<'_> {
    /// The place, in the explaining pass.
    fn place(&self) -> Option<Place> {
        Some(self.places?.query_place(self.query, &self.at, self.store))
    }
}

/// What becomes of the answers to one question, in one walk.
trait Judge {
    /// Whether there is something to say about an answer, for any build. The fast pass asks nothing else.
    fn speaks(&mut self, answer: &Answer<'_>) -> bool;

    /// Takes an answer that there is something to say about.
    fn note(&mut self, answer: &Answer<'_>, place: Place, places: &Places<'_>);

    /// What there is to say: something, if anything was noted for a build whose evidence is good enough.
    fn findings(&self) -> Vec<Finding>;

    /// Memory for what is remembered, in bytes.
    fn held(&self) -> u64 {
        0
    }
}

/// The judges of all questions of a contract.
pub(super) struct Judges<'p> {
    /// By query: what its capacities rest on, and what its answers come to.
    rows: Vec<(evidence::Weak<'p>, Option<Box<dyn Judge + 'p>>)>,
    /// Memory for what they remember, in bytes.
    held: u64,
}

impl<'p> Judges<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let rows = plan.contract.iter().flat_map(|terms| {
            terms.asked.iter().enumerate().filter_map(move |(query, asked)| {
                let question = terms.raw.questions.get(asked.question)?;
                let row = Row { plan, terms, query: QueryId::new(query), asked, question };
                Some((evidence::Weak::new(row), (!asked.only_evidence).then(|| judge(row))))
            })
        });
        Judges { rows: rows.collect(), held: 0 }
    }

    /// Whether there is something to say about an answer. One with places is noted.
    pub(super) fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        let Some((weak, judge)) = self.rows.get_mut(answer.query.row()) else { return true };
        let too_weak = weak.speaks(answer);
        if let Some(place) = too_weak.then(|| answer.place()).flatten() {
            weak.note(answer, place);
        }
        let Some(judge) = judge else { return too_weak };
        let before = judge.held();
        let speaks = judge.speaks(answer);
        if let Some((places, place)) = answer.places.filter(|_| speaks).zip(answer.place()) {
            judge.note(answer, place, places);
        }
        self.held += judge.held().saturating_sub(before);
        too_weak || speaks
    }

    /// Everything there is to say.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let weak = self.rows.iter().flat_map(|(weak, _)| weak.findings());
        let judges = self.rows.iter().filter_map(|(_, judge)| judge.as_ref());
        weak.chain(judges.flat_map(|judge| judge.findings())).collect()
    }

    /// Memory for what is remembered, in bytes.
    pub(super) fn held(&self) -> u64 {
        self.held
    }
}

/// A question of the contract, and who is asked.
#[derive(Clone, Copy)]
struct Row<'p> {
    plan: &'p Plan,
    terms: &'p Terms,
    query: QueryId,
    asked: &'p Asked,
    question: &'p Question,
}

impl<'p> Row<'p> {
    /// Whether the answer depends on the build.
    fn is_per_class(&self) -> bool {
        self.plan.code.queries[self.query].per_class
    }

    /// The builds that an answer of a class is about, whatever their evidence.
    fn class(&self, class: usize) -> Vec<&'p Manifest> {
        if !self.is_per_class() {
            return self.terms.builds.iter().collect();
        }
        let rows = self.terms.classes.get(class).into_iter().flatten();
        rows.filter_map(|row| self.terms.builds.get(*row)).collect()
    }

    /// The same without those that rest on too weak evidence: what is said of these is that.
    fn builds(&self, class: usize) -> Vec<&'p Manifest> {
        let mut builds = self.class(class);
        let capacities = &self.plan.layout.queries[self.query].capacities;
        builds.retain(|build| capacities.iter().all(|id| self.weakness(build, *id).is_none()));
        builds
    }

    /// The capacities that the question names, rests on, and that a build knows by too weak evidence only.
    fn weak_names(&self, build: &'p Manifest) -> BTreeSet<(&'p str, Evidence)> {
        self.asked.named.iter().filter_map(|named| self.weakness(build, named.capacity)).collect()
    }

    /// A capacity that a build knows by too weak evidence only.
    fn weakness(&self, build: &'p Manifest, capacity: CapacityId) -> Option<(&'p str, Evidence)> {
        let name = self.plan.layout.capacities[capacity].as_str();
        let evidence = build.capacities.get(name)?.evidence;
        (evidence < self.terms.needs(name)).then_some((name, evidence))
    }

    /// What the path names: `criterion`.
    fn noun(&self) -> String {
        noun(self.plan, self.plan.layout.queries[self.query].at.steps.last().copied())
    }

    /// What is said of each class, with its builds: once of classes that other questions tell apart. Nothing is said of
    /// builds whose evidence is too weak.
    fn merged(&self, each: impl Iterator<Item = (usize, Finding)>) -> Vec<Finding> {
        if !self.is_per_class() {
            return each.map(|(_, finding)| finding).collect();
        }
        let mut findings: Vec<(Finding, Vec<&Manifest>)> = Vec::new();
        for (class, finding) in each {
            let builds = self.builds(class);
            match findings.iter_mut().find(|(known, _)| *known == finding) {
                _ if builds.is_empty() => {}
                Some((_, known)) => known.extend(builds),
                None => findings.push((finding, builds)),
            }
        }
        let named = |(finding, builds): (Finding, Vec<&Manifest>)| Finding {
            builds: self.terms.names(&builds),
            ..finding
        };
        findings.into_iter().map(named).collect()
    }

    /// A line of the question's table, with the reason.
    fn because(&self, (key, text): (&str, &crate::contract::Text)) -> Label {
        let key = format!("{}/{key}", self.question.place.key);
        label(text.span, &key, &self.question.because.value, true)
    }
}

/// The first places of something, and how many there are.
#[derive(Clone, Debug, Default)]
struct Spots {
    places: Vec<Place>,
    total: u64,
}

impl Spots {
    fn add(&mut self, place: Place) {
        if self.places.len() < limits::PLACES {
            self.places.push(place);
        }
        self.total += 1;
    }

    fn put(&self, finding: &mut Finding) {
        finding.places = self.places.clone();
        finding.unlisted = self.total.saturating_sub(self.places.len() as u64);
    }
}
