//! Numbers that are held against a capacity of each build: what reads, counts and declarations have in common.
//!
//! The number counts, the condition counts, and what each build has counts. Builds are compared once for each
//! capacity: what no build minds is known from the least of their values, so sixty builds cost no more than one.

use std::collections::{BTreeMap, HashMap};

use super::evidence::{manifests, too_weak};
use super::{Answer, Judge, Row};
use crate::check::place::Places;
use crate::codes;
use crate::contract::{Beyond, Evidence, Manifest, Text, Unknown};
use crate::finding::{Blame, Finding, Place, Severity};
use crate::limits;
use crate::walk::Value;

/// A question whose answer is the name of a capacity and a number that is held against it.
pub(super) trait Measure {
    /// Whether a number is more than a build takes that has this value; with more it takes no less.
    fn exceeds(&self, number: i128, value: u64) -> bool;

    /// What a build does that has no such capacity. None: it has no say, nor has its evidence.
    fn unknown(&self) -> Option<Unknown>;
}

/// The same, where each build that the number is too much for has a finding.
pub(super) trait Bounded: Measure {
    /// What is said of builds that do not know a capacity.
    fn unknown_to(&self, what: &str, name: &str) -> String;

    /// A number as it was found.
    fn found(&self, number: i128, name: &str) -> String;

    /// What is said of builds that take no more than their value of a capacity, and how they end.
    fn finding(&self, excess: &Excess<'_>) -> Finding;

    /// The line of the contract with the number.
    fn number(&self, furthest: i128) -> (String, &Text);

    /// The line of the contract with the capacity.
    fn capacity(&self) -> (&'static str, &Text);
}

/// A number that is more than some builds take.
pub(super) struct Excess<'e> {
    /// What the path names: `criterion`.
    pub(super) what: &'e str,
    /// The capacity.
    pub(super) name: &'e str,
    /// Its value in these builds.
    pub(super) value: u64,
    /// The number that is furthest out.
    pub(super) furthest: i128,
    /// What the builds do about it.
    pub(super) beyond: Beyond,
    /// The builds, in words.
    pub(super) who: &'e str,
    /// Whether there are several.
    pub(super) several: bool,
}

/// What a build makes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// It is within, or the build ignores what it does not know.
    Fine,
    /// The build does not know the capacity, and would not ignore that.
    Unknown,
    /// The number rests on weaker evidence than the contract asks for.
    Weak(Evidence),
    /// The build checks: what asks for more has no effect.
    Dead(u64),
    /// The build takes more than it has.
    Beyond(u64),
}

/// About which numbers no build has anything to say.
#[derive(Clone, Copy, Debug)]
enum Quiet {
    /// All of them.
    All,
    /// None.
    None,
    /// Those that do not exceed this value.
    Within(u64),
}

/// What was noted of one capacity.
#[derive(Default)]
struct Fold {
    /// The number that is furthest out, and where.
    furthest: Option<(i128, Place)>,
    /// The first places that some build has something to say about.
    places: Vec<(i128, Place)>,
    /// How many such places there are.
    total: u64,
    /// How many of them are more than each value.
    beyond: BTreeMap<u64, u64>,
}

/// The judge of such a question.
pub(super) struct Bound<'p, B> {
    row: Row<'p>,
    kind: &'p B,
    /// By class and number of the capacity's name.
    quiet: HashMap<(usize, i128), Quiet>,
    /// The last of them: neighbours mostly name the same capacity.
    last: Option<((usize, i128), Quiet)>,
    /// By class and name.
    folds: BTreeMap<(usize, String), Fold>,
}

impl<'p, B: Measure> Bound<'p, B> {
    pub(super) fn new(row: Row<'p>, kind: &'p B) -> Self {
        Bound { row, kind, quiet: HashMap::new(), last: None, folds: BTreeMap::new() }
    }

    fn verdict(&self, build: &Manifest, name: &str, number: i128) -> Verdict {
        let terms = self.row.terms;
        let Some(capacity) = build.capacities.get(name) else {
            return match self.kind.unknown() {
                None => Verdict::Fine,
                // Not even the contract knows it: what a build makes of it was never asked.
                Some(_) if !terms.raw.capacities.contains_key(name) => Verdict::Unknown,
                Some(Unknown::Ignored) => Verdict::Fine,
                Some(Unknown::Refused) => Verdict::Unknown,
            };
        };
        let strict = self.kind.unknown().is_some();
        match capacity.beyond {
            _ if strict && capacity.evidence < terms.needs(name) => Verdict::Weak(capacity.evidence),
            _ if !self.kind.exceeds(number, capacity.value) => Verdict::Fine,
            Beyond::NoMatch => Verdict::Dead(capacity.value),
            Beyond::Fault => Verdict::Beyond(capacity.value),
        }
    }

    /// What no build of a class minds of a capacity.
    fn quiet(&self, class: usize, name: &str) -> Quiet {
        let mut least: Option<u64> = None;
        for build in self.row.builds(class) {
            match (self.verdict(build, name, 0), build.capacities.get(name)) {
                (Verdict::Unknown | Verdict::Weak(_), _) => return Quiet::None,
                (_, Some(capacity)) => least = Some(least.map_or(capacity.value, |l| l.min(capacity.value))),
                (_, None) => {}
            }
        }
        least.map_or(Quiet::All, Quiet::Within)
    }

    /// What every build of a class has of a capacity, if that is known well enough.
    pub(super) fn least(&self, class: usize, name: &str) -> Option<u64> {
        match self.quiet(class, name) {
            Quiet::All => Some(u64::MAX),
            Quiet::None => None,
            Quiet::Within(value) => Some(value),
        }
    }

    /// Whether a number is more than some build takes.
    pub(super) fn exceeded(&mut self, answer: &Answer<'_>) -> bool {
        let [Value::Int(key), Value::Int(number)] = *answer.values else { return true };
        let at = (answer.class, key);
        let known = self.last.filter(|(last, _)| *last == at).map(|(_, quiet)| quiet);
        let quiet = match known.or_else(|| self.quiet.get(&at).copied()) {
            Some(quiet) => quiet,
            None => {
                let Some(name) = answer.store.key(key) else { return true };
                let quiet = self.quiet(answer.class, name);
                self.quiet.insert(at, quiet);
                quiet
            }
        };
        self.last = Some((at, quiet));
        match quiet {
            Quiet::All => false,
            Quiet::None => true,
            Quiet::Within(value) => self.kind.exceeds(number, value),
        }
    }

    /// Takes such a number.
    pub(super) fn take(&mut self, answer: &Answer<'_>, place: Place) {
        let [Value::Int(key), Value::Int(number)] = *answer.values else { return };
        let name = answer.store.key(key).unwrap_or_default();
        let builds = self.row.builds(answer.class);
        let mut values: Vec<u64> =
            builds.iter().filter_map(|b| b.capacities.get(name)).map(|c| c.value).collect();
        values.retain(|value| self.kind.exceeds(number, *value));
        values.sort_unstable();
        values.dedup();
        let fold = self.folds.entry((answer.class, name.to_string())).or_default();
        for value in values {
            *fold.beyond.entry(value).or_default() += 1;
        }
        fold.total += 1;
        if fold.places.len() < limits::PLACES {
            fold.places.push((number, place.clone()));
        }
        // A number below zero is out of everything.
        let out = |number: i128| if number < 0 { i128::MAX } else { number };
        if fold.furthest.as_ref().is_none_or(|(known, _)| out(number) > out(*known)) {
            fold.furthest = Some((number, place));
        }
    }

    /// Memory for what is remembered, in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.quiet.len() as u64 * limits::QUIET_HELD + self.folds.len() as u64 * limits::FOLD_HELD
    }

    /// Of each capacity the number that is furthest out, with its place and the builds that have a say.
    pub(super) fn furthest(&self) -> impl Iterator<Item = (&str, i128, &Place, Vec<&'p Manifest>)> {
        self.folds.iter().filter_map(|((class, name), fold)| {
            let (number, place) = fold.furthest.as_ref()?;
            Some((name.as_str(), *number, place, self.row.builds(*class)))
        })
    }
}

impl<B: Bounded> Judge for Bound<'_, B> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        self.exceeded(answer)
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, _: &Places<'_>) {
        self.take(answer, place);
    }

    fn findings(&self) -> Vec<Finding> {
        self.folds.iter().flat_map(|((class, name), fold)| self.fold(*class, name, fold)).collect()
    }

    fn held(&self) -> u64 {
        self.memory()
    }
}

impl<'p, B: Bounded> Bound<'p, B> {
    /// What the builds make of a capacity: one finding for all that come to the same.
    fn fold(&self, class: usize, name: &str, fold: &Fold) -> Vec<Finding> {
        let Some((furthest, _)) = &fold.furthest else { return Vec::new() };
        let mut groups: BTreeMap<Verdict, Vec<&Manifest>> = BTreeMap::new();
        for build in self.row.builds(class) {
            groups.entry(self.verdict(build, name, *furthest)).or_default().push(build);
        }
        groups.remove(&Verdict::Fine);
        groups.into_iter().map(|(verdict, builds)| self.finding(name, fold, verdict, &builds)).collect()
    }

    fn finding(&self, name: &str, fold: &Fold, verdict: Verdict, builds: &[&Manifest]) -> Finding {
        let row = &self.row;
        let what = row.noun();
        let who = row.terms.who(builds);
        let furthest = fold.furthest.as_ref().map_or(0, |(n, _)| *n);
        let excess = |value, beyond| {
            let (what, who) = (what.as_str(), who.as_str());
            self.kind.finding(&Excess { what, name, value, furthest, beyond, who, several: builds.len() > 1 })
        };
        let (mut finding, value) = match verdict {
            Verdict::Beyond(value) => (excess(value, Beyond::Fault), Some(value)),
            Verdict::Dead(value) => (excess(value, Beyond::NoMatch), Some(value)),
            Verdict::Weak(evidence) => (too_weak(row.terms, name, evidence, builds), None),
            Verdict::Unknown | Verdict::Fine => {
                let message = self.kind.unknown_to(&what, name);
                let mut f = Finding::new(codes::CAPACITY_UNKNOWN, Severity::Error, Blame::Content, message);
                if !row.terms.raw.capacities.contains_key(name) {
                    f.notes.push(format!("the contract has no capacity `{name}` either"));
                }
                f.expected = Some(format!("a value of `{name}` in the manifests of {who}"));
                (f, None)
            }
        };
        let concerned = |number: i128| value.is_none_or(|value| self.kind.exceeds(number, value));
        let mut places: Vec<&(i128, Place)> = fold.places.iter().filter(|(n, _)| concerned(*n)).collect();
        if places.is_empty() {
            places.extend(&fold.furthest);
        }
        let total = value.map_or(fold.total, |value| fold.beyond.get(&value).copied().unwrap_or(0));
        finding.unlisted = total.saturating_sub(places.len() as u64);
        if finding.found.is_none() {
            finding.found = places.first().map(|(number, _)| self.kind.found(*number, name));
        }
        finding.places = places.into_iter().map(|(_, place)| place.clone()).collect();
        finding.builds = row.terms.names(builds);
        let (key, line) = match value {
            Some(_) => self.kind.number(furthest),
            None => (self.kind.capacity().0.to_string(), self.kind.capacity().1),
        };
        finding.labels.push(row.because((&key, line)));
        finding.labels.extend(manifests(builds, name));
        finding
    }
}
