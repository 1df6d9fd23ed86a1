//! Findings of several units that say the same, brought together.

use std::collections::HashMap;

use crate::finding::{Finding, Run, Severity, Subject, Unit};
use crate::span::Span;

/// One finding and the units that have the same.
pub(super) struct Group<'a> {
    /// The unit that has it first; `None` for what is wrong outside any unit.
    pub(super) unit: Option<&'a Unit>,
    /// The finding as that unit has it.
    pub(super) first: &'a Finding,
    /// What the run is about.
    pub(super) subject: Subject,
    /// The other units with an equal finding, in the order of the run.
    pub(super) others: Vec<&'a Unit>,
}

/// What two findings must share to be shown as one. Where in the content they are and which value was
/// found there may differ from unit to unit.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    labels: Vec<(Span, &'a str)>,
    builds: &'a [String],
    // A unit that says the same twice keeps two blocks: the second is grouped with other units' seconds.
    occurrence: usize,
}

/// What is wrong outside any unit, each for itself.
pub(super) fn problems(run: &Run) -> impl Iterator<Item = Group<'_>> {
    let subject = run.subject;
    run.problems.iter().map(move |first| Group { unit: None, first, subject, others: Vec::new() })
}

/// The groups of a run in the order of their first findings.
pub(super) fn groups(run: &Run) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    for unit in &run.units {
        let mut seen: HashMap<Key<'_>, usize> = HashMap::new();
        for finding in &unit.findings {
            let occurrence = seen.entry(key(finding, 0)).or_insert(0);
            let key = key(finding, *occurrence);
            *occurrence += 1;
            let next = groups.len();
            let place = *places.entry(key).or_insert(next);
            match groups.get_mut(place) {
                Some(group) => group.others.push(unit),
                None => groups.push(Group {
                    unit: Some(unit),
                    first: finding,
                    subject: run.subject,
                    others: Vec::new(),
                }),
            }
        }
    }
    groups
}

fn key(finding: &Finding, occurrence: usize) -> Key<'_> {
    Key {
        code: finding.code,
        severity: finding.severity,
        message: &finding.message,
        labels: finding.labels.iter().map(|l| (l.span, l.text.as_str())).collect(),
        builds: &finding.builds,
        occurrence,
    }
}

/// How many findings of each severity there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
}

impl Counts {
    /// The counts over all units and what is outside them.
    pub(super) fn of(run: &Run) -> Self {
        let mut counts = Counts::default();
        for finding in run.problems.iter().chain(run.units.iter().flat_map(|u| &u.findings)) {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Blame, Unit};

    fn unit(name: &str, messages: &[&str]) -> Unit {
        let finding = |m: &&str| Finding::new("rule-failed", Severity::Error, Blame::Content, *m);
        Unit {
            name: name.into(),
            files: Vec::new(),
            findings: messages.iter().map(finding).collect(),
            builds: 1,
            ..Unit::default()
        }
    }

    fn shape(run: &Run) -> Vec<(String, String, Vec<String>)> {
        groups(run)
            .iter()
            .map(|g| {
                let others = g.others.iter().map(|u| u.name.clone()).collect();
                (g.unit.unwrap().name.clone(), g.first.message.clone(), others)
            })
            .collect()
    }

    fn group(unit: &str, message: &str, others: &[&str]) -> (String, String, Vec<String>) {
        (unit.into(), message.into(), others.iter().map(|o| (*o).to_string()).collect())
    }

    #[test]
    fn equal_findings_of_other_units_join_the_first() {
        let run = Run {
            units: vec![unit("a", &["x", "y"]), unit("b", &["y"]), unit("c", &["y", "z"])],
            ..Run::default()
        };
        assert_eq!(shape(&run), [group("a", "x", &[]), group("a", "y", &["b", "c"]), group("c", "z", &[])]);
    }

    #[test]
    fn a_unit_that_says_the_same_twice_is_shown_twice() {
        let run = Run { units: vec![unit("a", &["x", "x"]), unit("b", &["x", "x"])], ..Run::default() };
        assert_eq!(shape(&run), [group("a", "x", &["b"]), group("a", "x", &["b"])]);
    }

    #[test]
    fn findings_about_different_builds_stay_apart() {
        let mut run = Run { units: vec![unit("a", &["x"]), unit("b", &["x"])], ..Run::default() };
        run.units[1].findings[0].builds = vec!["7.11".into()];
        assert_eq!(groups(&run).len(), 2);
    }
}
