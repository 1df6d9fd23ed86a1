//! What the answers to a contract's questions come to: one file and one line of the registry for each kind.
//!
//! Both passes ask the same judge whether it has something to say about an answer: the fast one stops there,
//! the explaining one notes the answer with its place, and asks for the findings when the walk is over.

mod bound;
mod declared;
mod evidence;
mod read;
mod rule;
mod truth;

use super::plan::{Plan, Terms};
use super::words::{Words, label};
use crate::contract::compile::Asked;
use crate::contract::{Evidence, Kind, Manifest, Question};
use crate::finding::{Finding, Label, Place};
use crate::layout::QueryId;
use crate::limits;
use crate::table::Id;
use crate::walk::{Store, Value};

/// The judge of a question: the registry.
fn judge<'p>(row: Row<'p>) -> Box<dyn Judge + 'p> {
    match &row.question.kind {
        Kind::Read(read) => Box::new(bound::Bound::new(row, read)),
        Kind::Declared(declared) => Box::new(declared::Declarations::new(row, declared)),
        Kind::Rule(rule) => Box::new(truth::Truth::new(row, rule)),
    }
}

/// An answer to a question.
pub(super) struct Answer<'a> {
    /// The class of builds that it is about, where it depends on the build.
    pub(super) class: usize,
    /// The values of the question's expressions, in the order in which its kind gives them.
    pub(super) values: &'a [Value],
    /// What the walk remembers.
    pub(super) store: &'a Store<'a, 'a>,
}

/// What becomes of the answers to one question, in one walk.
trait Judge {
    /// Whether there is something to say about an answer, for any build. The fast pass asks nothing else.
    fn speaks(&mut self, answer: &Answer<'_>) -> bool;

    /// Takes an answer that there is something to say about.
    fn note(&mut self, answer: &Answer<'_>, place: Place, words: &Words<'_>);

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
    rows: Vec<(evidence::Weak<'p>, Box<dyn Judge + 'p>)>,
    /// Memory for what they remember, in bytes.
    held: u64,
}

impl<'p> Judges<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        let rows = plan.contract.iter().flat_map(|terms| {
            terms.asked.iter().enumerate().filter_map(move |(query, asked)| {
                let question = terms.raw.questions.get(asked.question)?;
                let row = Row { plan, terms, query: QueryId::new(query), asked, question };
                Some((evidence::Weak::new(row), judge(row)))
            })
        });
        Judges { rows: rows.collect(), held: 0 }
    }

    /// Whether there is something to say about an answer.
    pub(super) fn speaks(&mut self, query: QueryId, answer: &Answer<'_>) -> bool {
        let Some((weak, judge)) = self.rows.get_mut(query.row()) else { return true };
        let before = judge.held();
        let speaks = weak.speaks(answer) || judge.speaks(answer);
        self.held += judge.held().saturating_sub(before);
        speaks
    }

    /// Takes an answer, with its place if there is something to say about it.
    pub(super) fn hear(
        &mut self,
        query: QueryId,
        answer: &Answer<'_>,
        words: &Words<'_>,
        place: impl Fn() -> Place,
    ) {
        let Some((weak, judge)) = self.rows.get_mut(query.row()) else { return };
        if weak.speaks(answer) {
            weak.note(answer, place());
        }
        let before = judge.held();
        if judge.speaks(answer) {
            judge.note(answer, place(), words);
        }
        self.held += judge.held().saturating_sub(before);
    }

    /// Everything there is to say.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let each = self.rows.iter().flat_map(|(weak, judge)| [weak.findings(), judge.findings()]);
        each.flatten().collect()
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
        builds.retain(|build| self.weakness(build).is_none());
        builds
    }

    /// The first capacity that an expression of the question names and that rests on weaker evidence than the contract
    /// asks for.
    fn weakness(&self, build: &'p Manifest) -> Option<(&'p str, Evidence)> {
        let capacities = self.plan.layout.queries[self.query].capacities.iter();
        let names = capacities.map(|id| self.plan.layout.capacities[*id].as_str());
        names
            .filter_map(|name| Some((name, build.capacities.get(name)?.evidence)))
            .find(|(name, evidence)| *evidence < self.terms.needs(name))
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
