//! Files that can be on one host together → a unit for every combination of them.
//!
//! What is shipped together is what was tested together. On a host, an update may have brought new definitions and
//! not yet the channel file, or the channel file of months ago may still be there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::assign::{Work, environment};
use super::pattern::{Captures, Slot};
use super::unit::{AssignedUnit, Origin};
use super::{Coexist, SetConfig, codes};
use crate::finding::{Finding, Label};
use crate::limits::Limits;

/// The files of one role that share the values of the placeholders.
type Group = Vec<String>;

impl Work<'_> {
    /// A unit for each combination that has at least one of the files that are meant, `most` in each set; what stands in
    /// the way becomes a problem.
    pub(super) fn combinations(&mut self, most: u64) -> Vec<AssignedUnit> {
        let mut units = Vec::new();
        let config = self.config;
        for (index, meant) in std::mem::take(&mut self.coexist) {
            let Some(set) = config.sets.get(index) else { continue };
            let Some(coexist) = &set.coexist else { continue };
            let places = self.places(coexist);
            let rows = rows(&places);
            self.lonely(set, coexist, &places, &rows, &meant);
            let number =
                rows.iter().fold(0u128, |sum, row| sum.saturating_add(number(coexist, &row.1, &meant)));
            if number > u128::from(most) {
                self.problems.push(too_many(set, coexist, number, most));
                continue;
            }
            for (_, row) in &rows {
                self.units(index, coexist, row, &meant, &mut units);
            }
        }
        units
    }

    /// By role, the files that match, by the values of the placeholders.
    fn places(&mut self, coexist: &Coexist) -> Vec<BTreeMap<Captures, Group>> {
        let mut places = Vec::new();
        for (_, pattern) in &coexist.files {
            let mut groups: BTreeMap<Captures, Group> = BTreeMap::new();
            for name in self.files_below(pattern.value.base()).iter() {
                if let Some(mut captures) = pattern.value.captures(name) {
                    captures.retain(|slot, _| matches!(slot, Slot::Named(_)));
                    groups.entry(captures).or_default().push(name.clone());
                }
            }
            places.push(groups);
        }
        places
    }

    /// A file that is meant and goes together with none must not pass for one that was checked.
    fn lonely(
        &mut self,
        set: &SetConfig,
        coexist: &Coexist,
        places: &[BTreeMap<Captures, Group>],
        rows: &[(&Captures, Vec<&Group>)],
        meant: &BTreeSet<(String, String)>,
    ) {
        for ((role, _), groups) in coexist.files.iter().zip(places) {
            for (key, group) in groups {
                let together = rows.iter().any(|(other, _)| key.is_empty() || *other == key);
                let first = group.iter().find(|name| meant.contains(&(role.clone(), (*name).clone())));
                let Some(name) = first.filter(|_| !together) else { continue };
                let path = self.shown(&self.config.root.join(name));
                let message = format!(
                    "`{}` goes together with no other file of the set `{}`",
                    path.display(),
                    set.name.value
                );
                let mut finding = environment(codes::SET_INCOMPLETE, message);
                for ((_, pattern), _) in
                    coexist.files.iter().zip(places).filter(|((other, _), _)| other != role)
                {
                    let sought = self.shown(&self.config.root.join(pattern.value.fill_known(key)));
                    finding.notes.push(format!("looked for at `{}`", sought.display()));
                }
                finding.labels.push(Label {
                    span: coexist.span,
                    text: String::new(),
                    key: None,
                    primary: true,
                });
                self.problems.push(finding);
            }
        }
    }

    /// The combinations of one row, as units that are named by their parts.
    fn units(
        &self,
        index: usize,
        coexist: &Coexist,
        row: &[&Group],
        meant: &BTreeSet<(String, String)>,
        units: &mut Vec<AssignedUnit>,
    ) {
        let mut parts: Vec<Vec<(String, PathBuf, bool)>> = vec![Vec::new()];
        for ((role, _), group) in coexist.files.iter().zip(row) {
            let root = &self.config.root;
            let choices: Vec<(String, PathBuf, bool)> = group
                .iter()
                .map(|name| {
                    let asked = meant.contains(&(role.clone(), name.clone()));
                    (role.clone(), self.shown(&root.join(name)), asked)
                })
                .collect();
            let longer = |part: &Vec<_>| {
                let part = part.clone();
                choices.clone().into_iter().map(move |choice| part.iter().cloned().chain([choice]).collect())
            };
            parts = parts.iter().flat_map(longer).collect();
        }
        for files in parts.into_iter().filter(|files| files.iter().any(|(_, _, asked)| *asked)) {
            let names: Vec<String> = files.iter().map(|(_, path, _)| path.display().to_string()).collect();
            let files = files.into_iter().map(|(role, path, _)| (role, path)).collect();
            units.push(AssignedUnit { origin: Origin::Set(index), name: names.join(" + "), files });
        }
    }
}

/// The groups that go together, by the values of their placeholders: one group of each role. One without placeholders
/// goes together with any.
fn rows(places: &[BTreeMap<Captures, Group>]) -> Vec<(&Captures, Vec<&Group>)> {
    let keys: BTreeSet<&Captures> = places.iter().flat_map(BTreeMap::keys).collect();
    let (none, named): (Vec<&Captures>, Vec<&Captures>) = keys.into_iter().partition(|key| key.is_empty());
    let keys = if named.is_empty() { none } else { named };
    let any = Captures::new();
    let group = |key| {
        places.iter().map(|groups| groups.get(key).or_else(|| groups.get(&any))).collect::<Option<Vec<_>>>()
    };
    keys.into_iter().filter_map(|key| Some((key, group(key)?))).collect()
}

/// How many combinations of a row have at least one of the files that are meant.
fn number(coexist: &Coexist, row: &[&Group], meant: &BTreeSet<(String, String)>) -> u128 {
    let (mut all, mut without) = (1u128, 1u128);
    for ((role, _), group) in coexist.files.iter().zip(row) {
        let asked = group.iter().filter(|name| meant.contains(&(role.clone(), (*name).clone()))).count();
        all = all.saturating_mul(group.len() as u128);
        without = without.saturating_mul((group.len() - asked) as u128);
    }
    all.saturating_sub(without)
}

fn too_many(set: &SetConfig, coexist: &Coexist, number: u128, most: u64) -> Finding {
    let message = format!(
        "the set `{}` has {number} combinations of files, more than the limit `combinations`",
        set.name.value
    );
    let mut finding = environment(codes::CONFIG_INVALID, message);
    finding.expected = Some(format!("at most {most}"));
    finding.labels.push(Label { span: coexist.span, text: String::new(), key: None, primary: true });
    let raise = Limits::describe("combinations").map(|limit| limit.how_to_raise());
    finding.help = raise.map(|raise| format!("check fewer files at once, or {raise}"));
    finding
}
