//! The written form: structures whose fields are the keys, in the order of the keys.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::PREDICATE_TYPE;
use super::record::{Entry, Verdict};
use crate::digest::Digest;
use crate::finding::Outcome;

/// The statement of a verdict that is sorted.
pub(super) fn json(verdict: &Verdict) -> String {
    format!("{}\n", Shown(Statement::new(verdict)))
}

struct Shown<'v>(Statement<'v>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Strings, numbers and maps with string keys: the writer has nothing to refuse.
        let text = serde_json::to_string_pretty(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

#[derive(Serialize)]
struct Statement<'v> {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: Vec<Subject<'v>>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Predicate<'v>,
}

#[derive(Serialize)]
struct Subject<'v> {
    name: &'v str,
    digest: Sha256,
}

#[derive(Serialize)]
struct Sha256 {
    sha256: Digest,
}

#[derive(Serialize)]
struct Predicate<'v> {
    tool: Tool<'v>,
    result: &'static str,
    schemas: &'v BTreeMap<String, Digest>,
    contract: &'v BTreeMap<String, Digest>,
    manifests: &'v BTreeMap<String, Digest>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    inventory: &'v BTreeMap<String, Digest>,
    baseline: &'v BTreeMap<String, Digest>,
    builds: Vec<Build<'v>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Candidate<'v>>,
    settings: Settings<'v>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    processes: BTreeMap<&'v str, Process>,
    sets: Vec<Set<'v>>,
}

#[derive(Serialize)]
struct Tool<'v> {
    name: &'v str,
    version: &'v str,
}

#[derive(Serialize)]
struct Build<'v> {
    name: &'v str,
    version: &'v str,
    platform: Option<&'v str>,
    result: &'static str,
}

#[derive(Serialize)]
struct Candidate<'v> {
    name: &'v str,
    version: &'v str,
    platform: Option<&'v str>,
}

#[derive(Serialize)]
struct Settings<'v> {
    severities: BTreeMap<&'v str, &'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    limits: &'v BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instances: Option<&'v str>,
}

#[derive(Serialize)]
struct Process {
    program: Sha256,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<Sha256>,
}

#[derive(Serialize)]
struct Set<'v> {
    files: &'v BTreeMap<String, Digest>,
    result: &'static str,
    findings: Vec<Found<'v>>,
}

#[derive(Serialize)]
struct Found<'v> {
    code: &'v str,
    severity: &'static str,
    file: Option<&'v str>,
    path: Option<&'v str>,
    range: Option<Range>,
    more: u64,
    found: Option<&'v str>,
    expected: Option<&'v str>,
    builds: &'v [String],
}

#[derive(Serialize)]
struct Range {
    start: u64,
    end: u64,
}

impl<'v> Statement<'v> {
    fn new(verdict: &'v Verdict) -> Self {
        let files: BTreeSet<(&str, Digest)> = verdict
            .sets
            .iter()
            .flat_map(|set| &set.files)
            .map(|(role, digest)| (role.as_str(), *digest))
            .collect();
        let subject = |(name, sha256)| Subject { name, digest: Sha256 { sha256 } };
        Statement {
            kind: "https://in-toto.io/Statement/v1",
            subject: files.into_iter().map(subject).collect(),
            predicate_type: PREDICATE_TYPE,
            predicate: Predicate::new(verdict),
        }
    }
}

impl<'v> Predicate<'v> {
    fn new(verdict: &'v Verdict) -> Self {
        let build = |build: &'v super::Build| Build {
            name: &build.name,
            version: &build.version,
            platform: build.platform.as_deref(),
            result: result(verdict.outcome_for(build)),
        };
        let candidate = |build: &'v super::Build| Candidate {
            name: &build.name,
            version: &build.version,
            platform: build.platform.as_deref(),
        };
        let set = |set: &'v super::Set| Set {
            files: &set.files,
            result: result(set.outcome()),
            findings: set.findings.iter().map(Found::new).collect(),
        };
        let severities = verdict.severities.iter().map(|(code, severity)| (code.as_str(), severity.name()));
        let process = |process: &super::Process| Process {
            program: Sha256 { sha256: process.program },
            arguments: process.arguments.map(|sha256| Sha256 { sha256 }),
        };
        Predicate {
            tool: Tool { name: &verdict.tool.name, version: &verdict.tool.version },
            result: result(verdict.outcome()),
            schemas: &verdict.schemas,
            contract: &verdict.contract,
            manifests: &verdict.manifests,
            inventory: &verdict.inventory,
            baseline: &verdict.baseline,
            builds: verdict.builds.iter().map(build).collect(),
            candidates: verdict.candidates.iter().map(candidate).collect(),
            settings: Settings {
                severities: severities.collect(),
                limits: &verdict.limits,
                instances: verdict.instances.as_deref(),
            },
            processes: verdict.processes.iter().map(|(name, p)| (name.as_str(), process(p))).collect(),
            sets: verdict.sets.iter().map(set).collect(),
        }
    }
}

impl<'v> Found<'v> {
    fn new(entry: &'v Entry) -> Self {
        Found {
            code: &entry.code,
            severity: entry.severity.name(),
            file: entry.file.as_deref(),
            path: entry.path.as_deref(),
            range: entry.range.map(|range| Range { start: range.start, end: range.end }),
            more: entry.more,
            found: entry.found.as_deref(),
            expected: entry.expected.as_deref(),
            builds: &entry.builds,
        }
    }
}

fn result(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        // A record of nothing must not look like one that content passed.
        Outcome::Refused | Outcome::NotRun => "refused",
    }
}
