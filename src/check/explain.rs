//! The explaining pass: every trouble and every answer, with its place.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::kinds::{Answer, Judges};
use super::place::Places;
use super::plan::Plan;
use super::weigh::weigh;
use super::words::Words;
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

/// The observer of the explaining pass.
pub(crate) struct Explain<'p> {
    places: Places<'p>,
    findings: Vec<Finding>,
    /// The finding of each cause: what has one reason is said once.
    rows: Vec<usize>,
    /// Places that each finding has, listed or not, where they are to be told apart.
    told: Option<HashSet<(usize, Option<String>, ByteRange)>>,
    judges: Judges<'p>,
}

impl Observer for Explain<'_> {
    fn places(&self) -> bool {
        true
    }

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
        self.judges.speaks(&Answer { class, values, query, at, store, places: Some(&self.places) });
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, cause: Cause) {
        let row = usize::try_from(cause.0).ok().and_then(|cause| self.rows.get(cause)).copied();
        if let Some(finding) = row.and_then(|row| self.findings.get_mut(row)) {
            finding.skipped += 1;
        }
    }

    fn held(&self) -> u64 {
        self.judges.held()
    }
}

impl<'p> Explain<'p> {
    /// Nothing was told yet.
    pub(crate) fn new(plan: &'p Plan, sources: &'p Sources, files: &'p [&'p [u8]]) -> Explain<'p> {
        Explain {
            places: Places { words: Words { plan, sources }, files },
            findings: Vec::new(),
            rows: Vec::new(),
            told: None,
            judges: Judges::new(plan),
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

    /// The place of an answer.
    pub(super) fn place(&self, query: QueryId, at: &At, store: &Store<'_, '_>) -> Place {
        self.places.query_place(query, at, store)
    }

    /// Everything there is to say.
    pub(crate) fn finish(self) -> Vec<Finding> {
        let mut findings = self.findings;
        findings.extend(self.judges.findings());
        if let Some(terms) = &self.places.words.plan.contract {
            weigh(terms, &mut findings);
        }
        findings.sort_by_key(|f| {
            let place = f.places.first();
            (std::cmp::Reverse(f.severity), place.map(|p| (p.file, p.range)), f.code)
        });
        findings
    }
}
