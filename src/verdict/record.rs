//! What a verdict records.

use std::collections::BTreeMap;

use super::statement;
use crate::codes;
use crate::digest::Digest;
use crate::finding::{Finding, Outcome, Severity};
use crate::span::ByteRange;

/// A check and its result; [`Verdict::to_json`] is its written form.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What made the check.
    pub tool: Tool,
    /// The schemas, by role.
    pub schemas: BTreeMap<String, Digest>,
    /// The contract, by the consumer's name; empty without one.
    pub contract: BTreeMap<String, Digest>,
    /// The manifests of the builds that were asked about, by the build's name.
    pub manifests: BTreeMap<String, Digest>,
    /// The inventories of what is in the field, by the consumer's name; empty without one.
    pub inventory: BTreeMap<String, Digest>,
    /// The baselines, by name.
    pub baseline: BTreeMap<String, Digest>,
    /// The builds that the result answers for, in any order.
    pub builds: Vec<Build>,
    /// The candidate builds that were looked at besides, in any order: they warn, and the result does not answer for them.
    pub candidates: Vec<Build>,
    /// The severities that were configured, by code.
    pub severities: BTreeMap<String, Severity>,
    /// The limits that were not at their default, by name: with others the result may differ.
    pub limits: BTreeMap<String, u64>,
    /// Which instances were evaluated, as configurations name it, if not those that are by default.
    pub instances: Option<String>,
    /// The commands that undid custom processes, by the processes' names.
    pub processes: BTreeMap<String, Process>,
    /// The content sets, in any order.
    pub sets: Vec<Set>,
}

/// A command that undid a custom process: what it decoded depends on the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The program's file.
    pub program: Digest,
    /// The arguments that the program always gets, each followed by a zero byte; `None` without any.
    pub arguments: Option<Digest>,
}

/// What made a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A consumer build that was asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Build {
    /// Its name in findings: the version, with the platform where that is needed to tell builds apart.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is built for.
    pub platform: Option<String>,
}

/// A content set that was checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set {
    /// Its files, by role.
    pub files: BTreeMap<String, Digest>,
    /// What was found in it, in any order.
    pub findings: Vec<Entry>,
}

/// A finding, without what is only for the eye.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Role of the file that it is in.
    pub file: Option<String>,
    /// Where in the file.
    pub range: Option<ByteRange>,
    /// Instance path.
    pub path: Option<String>,
    /// The stable code.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// How many further places have the same cause.
    pub more: u64,
    /// The value that was found; not what a decoder says of bytes, which need not be the same everywhere.
    pub found: Option<String>,
    /// What was expected instead.
    pub expected: Option<String>,
    /// Names of the builds that it concerns; empty when it does not depend on the build.
    pub builds: Vec<String>,
}

impl Entry {
    /// The record of a finding in a set whose files have these roles, in the order of the unit's files.
    pub fn new(finding: &Finding, roles: &[String]) -> Self {
        let place = finding.places.first();
        let further = u64::try_from(finding.places.len().saturating_sub(1)).unwrap_or(u64::MAX);
        Entry {
            file: place.and_then(|place| roles.get(place.file)).cloned(),
            range: place.map(|place| place.range),
            path: place.and_then(|place| place.path.clone()),
            code: finding.code.to_owned(),
            severity: finding.severity,
            more: further.saturating_add(finding.unlisted),
            found: finding.found.clone().filter(|_| finding.code != codes::PROCESS_FAILED),
            expected: finding.expected.clone(),
            builds: finding.builds.clone(),
        }
    }
}

impl Set {
    /// Whether the set passed or was refused.
    pub fn outcome(&self) -> Outcome {
        outcome(self.findings.iter())
    }
}

impl Verdict {
    /// Whether everything passed; without a set nothing was run.
    pub fn outcome(&self) -> Outcome {
        if self.sets.is_empty() { Outcome::NotRun } else { outcome(self.entries()) }
    }

    /// Whether everything passed as far as this build is concerned; without a set nothing was run.
    pub fn outcome_for(&self, build: &Build) -> Outcome {
        if self.sets.is_empty() {
            return Outcome::NotRun;
        }
        outcome(self.entries().filter(|entry| entry.builds.is_empty() || entry.builds.contains(&build.name)))
    }

    /// The statement in JSON, indented, with a newline at its end; see the [module](super) for its keys.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use bootgate::verdict::{Digest, Set, Tool, Verdict};
    ///
    /// let set = |bytes: &[u8]| Set {
    ///     files: BTreeMap::from([("channel".to_owned(), Digest::of(bytes))]),
    ///     findings: Vec::new(),
    /// };
    /// let verdict = |sets| Verdict {
    ///     tool: Tool { name: "bootgate".to_owned(), version: "0.1.0".to_owned() },
    ///     schemas: BTreeMap::new(),
    ///     contract: BTreeMap::new(),
    ///     manifests: BTreeMap::new(),
    ///     inventory: BTreeMap::new(),
    ///     baseline: BTreeMap::new(),
    ///     builds: Vec::new(),
    ///     candidates: Vec::new(),
    ///     severities: BTreeMap::new(),
    ///     limits: BTreeMap::new(),
    ///     instances: None,
    ///     processes: BTreeMap::new(),
    ///     sets,
    /// };
    /// let one = verdict(vec![set(b"a"), set(b"b")]).to_json();
    /// let other = verdict(vec![set(b"b"), set(b"a")]).to_json();
    /// assert_eq!(one, other);
    /// ```
    pub fn to_json(&self) -> String {
        statement::json(&self.sorted())
    }

    /// The same verdict in the order in which it is written.
    fn sorted(&self) -> Verdict {
        let mut verdict = self.clone();
        for set in &mut verdict.sets {
            for entry in &mut set.findings {
                entry.builds.sort();
                entry.builds.dedup();
            }
            set.findings.sort();
        }
        verdict.sets.sort();
        // Copies of a set under several names are one set: names are not recorded.
        verdict.sets.dedup();
        for builds in [&mut verdict.builds, &mut verdict.candidates] {
            builds.sort();
            builds.dedup();
        }
        verdict
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sets.iter().flat_map(|set| &set.findings)
    }
}

fn outcome<'e>(mut entries: impl Iterator<Item = &'e Entry>) -> Outcome {
    if entries.any(|entry| entry.severity == Severity::Error) { Outcome::Refused } else { Outcome::Passed }
}
