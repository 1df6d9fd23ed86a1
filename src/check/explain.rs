//! The explaining pass: every trouble and every answer, with its place.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use super::declared::{self, declared};
use super::place::Places;
use super::plan::Plan;
use super::reads::{self, reads};
use super::rules::rule;
use super::words::Words;
use crate::contract::compile::Purpose;
use crate::finding::{Finding, Place};
use crate::layout::QueryId;
use crate::limits::{self, Limits};
use crate::span::{ByteRange, Sources};
use crate::walk::{self, At, Cause, Observer, Store, Trouble, Value};

/// Everything there is to say about a set: the explaining pass alone.
pub fn explain(plan: &Plan, sources: &Sources, files: &[&[u8]], limits: &Limits) -> Vec<Finding> {
    let mut pass = Explain::new(plan, sources, files);
    walk::walk(&plan.code, files, plan.setting(limits), &mut pass);
    pass.finish()
}

/// What a read or a declaration came to, for one capacity.
#[derive(Default)]
pub(super) struct Fold {
    /// The index that is furthest out, and where.
    pub(super) furthest: Option<(i128, Place)>,
    /// The first places that some build has something to say about.
    pub(super) places: Vec<(i128, Place)>,
    /// How many such places there are.
    pub(super) total: u64,
    /// How many of them are beyond each supply.
    pub(super) beyond: BTreeMap<u64, u64>,
}

impl Fold {
    fn add(&mut self, index: i128, place: Place, supplies: impl Iterator<Item = u64>) {
        let mut supplies: Vec<u64> = supplies.filter(|supply| is_beyond(index, *supply)).collect();
        supplies.sort_unstable();
        supplies.dedup();
        for supply in supplies {
            *self.beyond.entry(supply).or_default() += 1;
        }
        self.total += 1;
        if self.places.len() < limits::PLACES {
            self.places.push((index, place.clone()));
        }
        // An index below zero is beyond every supply.
        let out = |index: i128| if index < 0 { i128::MAX } else { index };
        if self.furthest.as_ref().is_none_or(|(known, _)| out(index) > out(*known)) {
            self.furthest = Some((index, place));
        }
    }
}

/// Whether an index is not among so many elements.
pub(super) fn is_beyond(index: i128, supply: u64) -> bool {
    index < 0 || index >= i128::from(supply)
}

/// The observer of the explaining pass.
pub(crate) struct Explain<'p> {
    plan: &'p Plan,
    places: Places<'p>,
    findings: Vec<Finding>,
    /// The finding of each cause: what has one reason is said once.
    rows: Vec<usize>,
    /// Places that each finding has, listed or not, where they are to be told apart.
    told: Option<HashSet<(usize, Option<String>, ByteRange)>>,
    /// By query and name of the capacity.
    answers: BTreeMap<(QueryId, String), Fold>,
    /// Rules that failed, by query and class.
    failed: BTreeMap<(QueryId, usize), (Vec<Place>, u64)>,
}

impl Observer for Explain<'_> {
    const PLACES: bool = true;

    fn trouble(&mut self, trouble: Trouble, _: Cause, at: At, store: &Store<'_, '_>) -> ControlFlow<()> {
        let finding = self.places.words.finding(&trouble, &at, store);
        let same = |f: &Finding| {
            f.code == finding.code && f.message == finding.message && f.labels == finding.labels
        };
        let known = self.findings.iter().position(same);
        let row = known.unwrap_or(self.findings.len());
        self.rows.push(row);
        if known.is_none() {
            self.findings.push(finding);
        }
        let place = || match at.query {
            Some(query) => self.places.query_place(query, &at, store),
            None => self.places.place(&at, store),
        };
        let listed = self.findings.get(row).map_or(0, |f| f.places.len());
        let place = (listed < limits::PLACES || self.told.is_some()).then(place);
        if let (Some(told), Some(place)) = (&mut self.told, &place)
            && !told.insert((row, place.path.clone(), place.range))
        {
            return ControlFlow::Continue(());
        }
        if let Some(finding) = self.findings.get_mut(row) {
            let listed = place.filter(|_| listed < limits::PLACES);
            finding.unlisted += u64::from(listed.is_none());
            finding.places.extend(listed);
        }
        ControlFlow::Continue(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        class: usize,
        values: &[Value],
        at: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        match values {
            [Value::Bool(false)] => {
                let place = self.places.query_place(query, &at, store);
                let (places, count) = self.failed.entry((query, class)).or_default();
                if places.len() < limits::PLACES {
                    places.push(place);
                }
                *count += 1;
            }
            [Value::Int(key), Value::Int(index)] => {
                let name = store.key(*key).unwrap_or_default().to_string();
                if self.interesting(query, &name, *index) {
                    let place = self.places.query_place(query, &at, store);
                    let builds = self.plan.contract.iter().flat_map(|terms| &terms.builds);
                    let supplies = builds.filter_map(|b| b.capacities.get(&name)).map(|c| c.value);
                    self.answers.entry((query, name.clone())).or_default().add(*index, place, supplies);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, cause: Cause) {
        let row = usize::try_from(cause.0).ok().and_then(|cause| self.rows.get(cause)).copied();
        if let Some(finding) = row.and_then(|row| self.findings.get_mut(row)) {
            finding.skipped += 1;
        }
    }
}

impl<'p> Explain<'p> {
    /// Nothing was told yet.
    pub(crate) fn new(plan: &'p Plan, sources: &'p Sources, files: &'p [&'p [u8]]) -> Explain<'p> {
        Explain {
            plan,
            places: Places { words: Words { plan, sources }, files },
            findings: Vec::new(),
            rows: Vec::new(),
            told: None,
            answers: BTreeMap::new(),
            failed: BTreeMap::new(),
        }
    }

    /// The same for walks that come to a place several times: what is wrong there is said once.
    pub(crate) fn once(plan: &'p Plan, sources: &'p Sources, files: &'p [&'p [u8]]) -> Explain<'p> {
        Explain { told: Some(HashSet::new()), ..Explain::new(plan, sources, files) }
    }

    /// What a cause came to, in words.
    pub(crate) fn message(&self, cause: Cause) -> Option<&str> {
        let row = *self.rows.get(usize::try_from(cause.0).ok()?)?;
        self.findings.get(row).map(|f| f.message.as_str())
    }

    /// Whether some build has something to say about an index.
    fn interesting(&self, query: QueryId, name: &str, index: i128) -> bool {
        let Some(terms) = &self.plan.contract else { return false };
        match self.plan.purpose(query) {
            Some(Purpose::Read(row)) => {
                terms.raw.reads.get(row).is_some_and(|read| reads::speaks(terms, read, name, index))
            }
            Some(Purpose::Declared(_)) => declared::speaks(terms, name, index),
            _ => false,
        }
    }

    /// Everything there is to say.
    pub(crate) fn finish(self) -> Vec<Finding> {
        let mut findings = self.findings;
        if let Some(terms) = &self.plan.contract {
            for ((query, name), fold) in &self.answers {
                match self.plan.purpose(*query) {
                    Some(Purpose::Read(row)) => {
                        findings.extend(reads(self.plan, terms, *query, row, name, fold));
                    }
                    Some(Purpose::Declared(row)) => findings.extend(declared(terms, row, name, fold)),
                    _ => {}
                }
            }
            for ((query, class), (places, count)) in self.failed {
                findings.extend(rule(self.plan, terms, query, class, places, count));
            }
        }
        findings.sort_by_key(|f| {
            let place = f.places.first();
            (std::cmp::Reverse(f.severity), place.map(|p| (p.file, p.range)), f.code)
        });
        findings
    }
}
