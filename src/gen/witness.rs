//! Witnesses: sets that each show one property of a schema or a contract, and what each build does with them.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::check::{Plan, explain};
use crate::codes;
use crate::contract::{Beyond, Kind, Manifest, Unknown};
use crate::finding::{Finding, Severity};
use crate::layout::{ExprKind, QueryId};
use crate::limits::Limits;
use crate::table::Id;
use crate::walk::{self, At, Cause, Observer, Store, Trouble, Value};

use super::goal::Goal;

/// What a build does with a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It takes it.
    Takes,
    /// It takes it, and a part has no effect.
    NoEffect,
    /// It must not get it.
    Refused,
}

impl Outcome {
    /// The word that manifests use.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Takes => "takes",
            Outcome::NoEffect => "no-effect",
            Outcome::Refused => "refused",
        }
    }
}

/// A property that a set can show.
#[derive(Clone, Debug)]
pub struct Property {
    /// A name that can be that of a file.
    pub name: String,
    /// What it is, in words.
    pub shows: String,
    pub(super) goal: Goal,
    /// The code that the check refuses it with, whatever the build.
    pub(super) refused: Option<&'static str>,
}

/// A set that shows a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its files, in the order of the plan's.
    pub files: Vec<Vec<u8>>,
    /// What each build does with it, by the check; of no build without a contract.
    pub builds: BTreeMap<String, Outcome>,
    /// The codes of what the check says, notes left out.
    pub codes: Vec<&'static str>,
}

/// What is wrong with a set that was made to show a property; nothing if it shows that and no more.
pub(super) fn judge(
    plan: &Plan,
    property: &Property,
    files: &[Vec<u8>],
    findings: &[Finding],
) -> Option<Shown> {
    let errors = findings.iter().filter(|f| f.severity > Severity::Note);
    let mut codes: Vec<&'static str> = errors.map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let builds = outcomes(plan, findings);
    let shown = Shown { files: files.to_vec(), builds, codes };
    if let Some(code) = property.refused {
        return (shown.codes == [code]).then_some(shown);
    }
    let intended = match (&property.goal, plan.contract.as_ref()) {
        (Goal::Read { query, name, index, reads, .. }, Some(terms)) => {
            let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
            let greatest = greatest(plan, &files, *query, name);
            if *reads && greatest != Some(i128::from(*index))
                || !*reads && greatest >= Some(i128::from(*index))
            {
                return None;
            }
            let number = reads.then_some(*index);
            terms.builds.iter().map(|b| intended(plan, *query, b, name, number, |n, v| n >= v)).collect()
        }
        (Goal::Elements { query, count, .. }, Some(terms)) => {
            let name = capacity_of(plan, *query)?;
            let number = Some(*count);
            terms.builds.iter().map(|b| intended(plan, *query, b, &name, number, |n, v| n > v)).collect()
        }
        _ => vec![Outcome::Takes; shown.builds.len()],
    };
    let same = match plan.contract {
        Some(_) => shown.builds.values().copied().eq(by_name(plan, intended)),
        None => shown.codes.is_empty(),
    };
    same.then_some(shown)
}

fn by_name(plan: &Plan, intended: Vec<Outcome>) -> Vec<Outcome> {
    let names = plan.contract.iter().flat_map(|terms| terms.names.clone());
    let sorted: BTreeMap<String, Outcome> = names.zip(intended).collect();
    sorted.into_values().collect()
}

fn capacity_of(plan: &Plan, query: QueryId) -> Option<String> {
    let mut key = *plan.layout.queries[query].answer.first()?;
    while let ExprKind::Intern(a) = &plan.layout.exprs[key].kind {
        key = *a;
    }
    match &plan.layout.exprs[key].kind {
        ExprKind::Str(name) => Some(name.clone()),
        _ => None,
    }
}

/// What a build should do, by its manifest.
fn intended(
    plan: &Plan,
    query: QueryId,
    build: &Manifest,
    name: &str,
    number: Option<u64>,
    exceeds: impl Fn(u64, u64) -> bool,
) -> Outcome {
    let (Some(number), Some(terms)) = (number, plan.contract.as_ref()) else { return Outcome::Takes };
    let asked = terms.asked.get(query.row());
    let kind = asked.and_then(|asked| terms.raw.questions.get(asked.question)).map(|q| &q.kind);
    let Some(capacity) = build.capacities.get(name) else {
        let unknown = match kind {
            Some(Kind::Read(read)) => read.unknown,
            Some(Kind::Count(count)) => count.unknown,
            _ => Unknown::Refused,
        };
        return if unknown == Unknown::Ignored { Outcome::Takes } else { Outcome::Refused };
    };
    if terms.raw.capacities.get(name).is_some_and(|known| capacity.evidence < known.needs) {
        return Outcome::Refused;
    }
    match capacity.beyond {
        _ if !exceeds(number, capacity.value) => Outcome::Takes,
        Beyond::NoMatch => Outcome::NoEffect,
        Beyond::Fault => Outcome::Refused,
    }
}

/// What each build does with a set, by what the check says of it.
pub(super) fn outcomes(plan: &Plan, findings: &[Finding]) -> BTreeMap<String, Outcome> {
    let names = plan.contract.iter().flat_map(|terms| &terms.names);
    let outcome = |name: &String| {
        let about = findings.iter().filter(|f| f.builds.is_empty() || f.builds.contains(name));
        let faults = [codes::READ_BEYOND_SUPPLY, codes::CAPACITY_UNKNOWN, codes::EVIDENCE_TOO_WEAK];
        let worst = about.map(|finding| match finding.severity {
            Severity::Error => Outcome::Refused,
            // Builds that are not in the field yet are warned of.
            Severity::Warning if faults.contains(&finding.code) => Outcome::Refused,
            Severity::Warning if matches!(finding.code, codes::DEAD_READ | codes::COUNT_BEYOND_CAPACITY) => {
                Outcome::NoEffect
            }
            _ => Outcome::Takes,
        });
        (name.clone(), worst.max().unwrap_or(Outcome::Takes))
    };
    names.map(outcome).collect()
}

/// Everything that the check says of a set.
pub(super) fn findings(plan: &Plan, sources: &crate::span::Sources, files: &[Vec<u8>]) -> Vec<Finding> {
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    explain(plan, sources, &files, &Limits::default())
}

/// The greatest index of a capacity that a question of the contract comes upon.
fn greatest(plan: &Plan, files: &[&[u8]], query: QueryId, name: &str) -> Option<i128> {
    let mut greatest = Greatest { query, name, index: None };
    walk::walk(&plan.code, files, plan.setting(&Limits::default()), &mut greatest);
    greatest.index
}

struct Greatest<'g> {
    query: QueryId,
    name: &'g str,
    index: Option<i128>,
}

impl Observer for Greatest<'_> {
    fn trouble(&mut self, _: Trouble, _: Cause, _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        _: usize,
        values: &[Value],
        _: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        if let [Value::Int(key), Value::Int(index)] = *values
            && query == self.query
            && store.key(key) == Some(self.name)
        {
            self.index = self.index.max(Some(index));
        }
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, _: Cause) {}
}
