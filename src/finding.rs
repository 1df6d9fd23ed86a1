//! What is wrong, as data: code, severity, place in the content, place in the schema or contract.

use std::sync::Arc;
use std::time::Duration;

use crate::span::{ByteRange, Span};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// Worth knowing; changes no verdict.
    Note,
    /// Worth acting on; changes no verdict.
    Warning,
    /// Refuses the content, or stops the run.
    Error,
}

impl Severity {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// How much bytes weigh that nothing, or more than one thing, describes: notes unless configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Severities {
    /// Bytes at the end of a file that nothing describes.
    pub trailing: Severity,
    /// Bytes within a file that nothing describes.
    pub unreferenced: Severity,
    /// Bytes that two fields at different places describe.
    pub overlapping: Severity,
}

impl Default for Severities {
    fn default() -> Self {
        Severities { trailing: Severity::Note, unreferenced: Severity::Note, overlapping: Severity::Note }
    }
}

/// Whose fault a finding is. Exit codes follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blame {
    /// The content file: exit 1.
    Content,
    /// The schema: exit 2, or 1 where schemas are what is checked.
    Schema,
    /// The contract or a manifest: exit 2.
    Contract,
    /// A build of the consumer: exit 1 where builds are what is looked at, else 2.
    Consumer,
    /// Arguments, configuration, files that are not there: exit 2.
    Environment,
}

/// One thing wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable kebab-case name; `bootgate codes NAME` explains it.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Whose fault it is.
    pub blame: Blame,
    /// One line, without a full stop.
    pub message: String,
    /// Where in the content, most telling first; the rest have the same cause.
    pub places: Vec<Place>,
    /// How many further places have the same cause and are not listed.
    pub unlisted: u64,
    /// The value that was found, as people read it.
    pub found: Option<String>,
    /// What was expected instead.
    pub expected: Option<String>,
    /// The lines of schema, contract or manifest that ask for it.
    pub labels: Vec<Label>,
    /// The consumer builds that it concerns; empty when it does not depend on the build.
    pub builds: Vec<String>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// How many checks could not be made because of this finding.
    pub skipped: u64,
}

impl Finding {
    /// A finding with its first facts; the rest is empty.
    pub fn new(code: &'static str, severity: Severity, blame: Blame, message: impl Into<String>) -> Self {
        Finding {
            code,
            severity,
            blame,
            message: message.into(),
            places: Vec::new(),
            unlisted: 0,
            found: None,
            expected: None,
            labels: Vec::new(),
            builds: Vec::new(),
            notes: Vec::new(),
            help: None,
            skipped: 0,
        }
    }
}

/// A place in a content file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the file in its unit (see [`Unit::files`]).
    pub file: usize,
    /// Instance path, such as `channel.instances[3].criteria[20]`.
    pub path: Option<String>,
    /// The bytes concerned, absolute in the file; empty ranges point between bytes.
    pub range: ByteRange,
    /// Where it is within what these bytes are decoded to, if it is inside decoded bytes (zlib, xor).
    pub decoded: Option<ByteRange>,
    /// Parts of the range with a word each, such as `field_index = 20`.
    pub marks: Vec<Mark>,
    /// Bytes around the range, to be shown.
    pub excerpt: Option<Excerpt>,
}

/// A part of a place with a word to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The bytes, absolute in the file.
    pub range: ByteRange,
    /// The word.
    pub label: String,
}

/// Content bytes to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Absolute offset of the first byte.
    pub start: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A line of schema, contract or manifest and why it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// Why; may be empty.
    pub text: String,
    /// Where in the structure of that text: `/types/record/seq/0/size`, `/read/0/index`.
    pub key: Option<String>,
    /// Whether this is the line that asks for what failed (else it is context).
    pub primary: bool,
}

/// What a run is about: an error that is its fault refuses it, any other keeps it from being judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Content files and sets.
    #[default]
    Content,
    /// Schemas.
    Schema,
    /// A build of the consumer.
    Build,
    /// Contracts.
    Contract,
    /// The manifests of a consumer's builds, held against an inventory of the field.
    Fleet,
}

impl Subject {
    fn is_to_blame(self, blame: Blame) -> bool {
        matches!(
            (self, blame),
            (Subject::Content, Blame::Content)
                | (Subject::Schema, Blame::Schema)
                | (Subject::Build, Blame::Consumer)
                | (Subject::Contract, Blame::Contract)
                | (Subject::Fleet, Blame::Content | Blame::Contract)
        )
    }
}

/// What a unit came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// No error.
    Passed,
    /// The subject is at fault.
    Refused,
    /// No verdict: something else is at fault, such as the environment.
    NotRun,
}

/// One content file, or one content set: the unit of a verdict. In a run about schemas or contracts, one of these.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Its name: the path of the file, or of the set.
    pub name: String,
    /// Its files in the order of the contract's `[files]`.
    pub files: Vec<UnitFile>,
    /// What was found, in the order to show it.
    pub findings: Vec<Finding>,
    /// How many builds the outcome answers for; 0 without a contract.
    pub builds: usize,
    /// How many candidate builds were looked at besides: they warn, and refuse nothing.
    pub candidates: usize,
    /// Every build that the contract has, in the order of their versions: what ranges of builds are taken from.
    pub fleet: Arc<[String]>,
}

/// One file of a unit.
#[derive(Clone, Debug)]
pub struct UnitFile {
    /// Its name in the contract's `[files]`; the schema's id for a single file; for a schema, its name
    /// without the extension.
    pub role: String,
    /// Its path as shown to people.
    pub path: String,
    /// Its size in bytes; `None` when it could not be read.
    pub size: Option<u64>,
}

impl Unit {
    /// What the findings come to: the worst blame wins, and not-run is worse than refused.
    pub fn outcome(&self, subject: Subject) -> Outcome {
        self.findings
            .iter()
            .filter(|f| f.severity == Severity::Error)
            .map(|f| if subject.is_to_blame(f.blame) { Outcome::Refused } else { Outcome::NotRun })
            .max()
            .unwrap_or(Outcome::Passed)
    }
}

/// The result of one run of `check` or `schema check`, ready to be reported.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What it is about.
    pub subject: Subject,
    /// The units in the order of their names.
    pub units: Vec<Unit>,
    /// What is wrong outside any unit: configuration, arguments, schema, contract.
    pub problems: Vec<Finding>,
    /// What a run came to that asks whether a build may be released; `None` in all others.
    pub candidate: Option<Candidate>,
    /// What a campaign did; `None` in all other runs.
    pub campaign: Option<Campaign>,
}

/// What a campaign did, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Campaign {
    /// Inputs that were executed.
    pub executions: u64,
    /// The time that guests were executing them.
    pub executing: Duration,
    /// Guests that were started.
    pub guests: u64,
    /// Guests that died, of whatever.
    pub crashes: u64,
    /// Those of them whose last input is not known.
    pub lost: u64,
    /// Inputs that the fuzzer kept.
    pub kept: u64,
}

impl Campaign {
    /// Executions in a second; 0 if there were none.
    pub fn per_second(&self) -> u64 {
        let executions = u128::from(self.executions) * 1_000_000;
        executions.checked_div(self.executing.as_micros()).and_then(|rate| rate.try_into().ok()).unwrap_or(0)
    }
}

/// A build that is to be released, and the content that it has to take. Sets are named as in [`Unit::name`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The builds that are asked about: mostly one.
    pub builds: Vec<String>,
    /// The sets that it does not take and builds in the field do, with these builds.
    pub regressions: Vec<(String, Vec<String>)>,
    /// The sets that neither it nor any build in the field takes.
    pub taken_by_none: Vec<String>,
    /// The sets that are not sound for any build, which is not held against it.
    pub unsound: Vec<String>,
}

impl Run {
    /// What the run as a whole came to: passed, else not run if any part was not run, else refused.
    pub fn outcome(&self) -> Outcome {
        let problems = self.problems.iter().any(|f| f.severity == Severity::Error);
        let units = self.units.iter().map(|unit| unit.outcome(self.subject)).max().unwrap_or(Outcome::Passed);
        if problems { Outcome::NotRun } else { units }
    }
}
