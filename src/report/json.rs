//! The JSON report, version 1.
//!
//! A program should refuse a `version` that it does not know. Within one version fields are only ever
//! added; none is left out: what is absent is `null`, `[]` or `0`. The same run gives the same bytes, but
//! for what a campaign did.
//! Offsets are numbers, in bytes from the start of the file; ranges are half-open; bytes are lower-case
//! hex. Strings can hold text from content files: control characters in them are written as escapes.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::escape;
use super::group::Counts;
use crate::finding::{self, Blame, Outcome, Run};
use crate::span::{ByteRange, Sources};

/// The version of the format that this module writes.
pub const VERSION: u32 = 1;

/// The whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The version of this format: 1.
    pub version: u32,
    /// What the run came to: `passed`, `refused` or `not-run`; exit codes 0, 1 and 2.
    pub outcome: String,
    /// The run in numbers.
    pub summary: Summary,
    /// The content files and sets, or the schemas, that were checked, in the order of their names.
    pub units: Vec<Unit>,
    /// What is wrong outside any unit: configuration, arguments, schema, contract.
    pub problems: Vec<Finding>,
    /// Whether a build may be released; missing unless that was asked (`--candidate`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<Candidate>,
    /// What a campaign did; missing in all other runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Campaign>,
}

/// What a campaign did, in numbers. They differ from run to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Inputs that were executed.
    pub executions: u64,
    /// The time that guests were executing them, in milliseconds.
    pub milliseconds: u64,
    /// Executions in a second of that time, rounded down.
    pub per_second: u64,
    /// Guests that were started.
    pub guests: u64,
    /// Guests that died, of whatever; which faults they died of are the findings.
    pub crashes: u64,
    /// Those of them whose last input is not known.
    pub lost: u64,
    /// Inputs that the fuzzer kept.
    pub kept: u64,
}

/// A build that is to be released, and the content that it has to take; sets by the names of units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The builds that were asked about.
    pub builds: Vec<String>,
    /// The sets that it does not take and builds in the field do.
    pub regressions: Vec<Regression>,
    /// The sets that neither it nor any build in the field takes.
    pub taken_by_none: Vec<String>,
    /// The sets that are not sound for any build, which is not held against it.
    pub unsound: Vec<String>,
}

/// A set that builds in the field take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regression {
    /// The unit.
    pub name: String,
    /// The builds in the field that take it.
    pub taken_by: Vec<String>,
}

/// The run in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Content files and sets, or schemas.
    pub units: usize,
    /// Units without an error.
    pub passed: usize,
    /// Units with an error that is their own fault.
    pub refused: usize,
    /// Units without a verdict.
    pub not_run: usize,
    /// Findings that are errors, in units and outside.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are notes.
    pub notes: usize,
}

/// One content file, one content set, or one schema that was checked for its own sake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// The path of the file or the schema, or of the set.
    pub name: String,
    /// `passed`, `refused` or `not-run`.
    pub outcome: String,
    /// How many builds the outcome answers for; 0 without a contract.
    pub builds: usize,
    /// How many candidate builds were looked at besides: they warn, and refuse nothing.
    pub candidates: usize,
    /// Its files in the order of the contract's `[files]`.
    pub files: Vec<File>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One file of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name in the contract's `[files]`; the schema's id for a single file; for a schema, its name
    /// without the extension.
    pub role: String,
    /// Its path.
    pub path: String,
    /// Its size in bytes; `null` when it could not be read.
    pub size: Option<u64>,
}

/// One thing wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable name; `bootgate codes NAME` explains it.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// Whose fault it is: `content`, `schema`, `contract`, `consumer` or `environment`.
    pub blame: String,
    /// One line.
    pub message: String,
    /// Where in the content, most telling first; the rest have the same cause.
    pub places: Vec<Place>,
    /// How many further places have the same cause and are not listed.
    pub unlisted: u64,
    /// The value that was found.
    pub found: Option<String>,
    /// What was expected instead.
    pub expected: Option<String>,
    /// The lines of schema, contract or manifest that ask for it.
    pub labels: Vec<Label>,
    /// The builds that it concerns; empty when it does not depend on the build.
    pub builds: Vec<String>,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// How many checks could not be made because of this finding.
    pub skipped: u64,
}

/// A place in a content file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Index of the file in the unit's `files`.
    pub file: usize,
    /// Instance path, such as `channel.instances[3].criteria[20]`.
    pub path: Option<String>,
    /// The bytes concerned; an empty range points between bytes.
    pub range: Range,
    /// Where it is within what these bytes are decoded to; missing unless it is inside decoded bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Range>,
    /// Parts with a word each.
    pub marks: Vec<Mark>,
    /// Bytes around the range.
    pub excerpt: Option<Excerpt>,
}

/// A half-open range of bytes of a file or of a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

/// A part of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The bytes, counted from the start of the file.
    pub range: Range,
    /// The word, such as `field_index = 20`.
    pub label: String,
}

/// Content bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Offset of the first byte.
    pub start: u64,
    /// The bytes, two digits each.
    pub hex: String,
}

/// A line of schema, contract or manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The file's path; `null` when the source is not known.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column, from 1, in characters.
    pub column: Option<usize>,
    /// The bytes of that file.
    pub range: Range,
    /// Where in the structure of that file: `/types/record/seq/0/size`.
    pub key: Option<String>,
    /// Why it matters; may be empty.
    pub text: String,
    /// Whether this line asks for what failed (else it is context).
    pub primary: bool,
}

impl Report {
    /// The document of a run.
    pub fn new(run: &Run, sources: &Sources) -> Self {
        let findings = |list: &[finding::Finding]| list.iter().map(|f| Finding::new(f, sources)).collect();
        let units: Vec<Unit> = run
            .units
            .iter()
            .map(|unit| Unit {
                name: unit.name.clone(),
                outcome: outcome(unit.outcome(run.subject)).into(),
                builds: unit.builds,
                candidates: unit.candidates,
                files: unit.files.iter().map(File::new).collect(),
                findings: findings(&unit.findings),
            })
            .collect();
        let of = |wanted| run.units.iter().filter(|u| u.outcome(run.subject) == wanted).count();
        let Counts { errors, warnings, notes } = Counts::of(run);
        Report {
            version: VERSION,
            outcome: outcome(run.outcome()).into(),
            summary: Summary {
                units: units.len(),
                passed: of(Outcome::Passed),
                refused: of(Outcome::Refused),
                not_run: of(Outcome::NotRun),
                errors,
                warnings,
                notes,
            },
            units,
            problems: findings(&run.problems),
            candidate: run.candidate.as_ref().map(Candidate::new),
            campaign: run.campaign.as_ref().map(Campaign::new),
        }
    }
}

impl Campaign {
    fn new(campaign: &finding::Campaign) -> Self {
        let finding::Campaign { executions, executing, guests, crashes, lost, kept } = *campaign;
        Campaign {
            executions,
            milliseconds: executing.as_millis().try_into().unwrap_or(u64::MAX),
            per_second: campaign.per_second(),
            guests,
            crashes,
            lost,
            kept,
        }
    }
}

impl Candidate {
    fn new(candidate: &finding::Candidate) -> Self {
        let regression = |(name, taken_by): &(String, Vec<String>)| Regression {
            name: name.clone(),
            taken_by: taken_by.clone(),
        };
        Candidate {
            builds: candidate.builds.clone(),
            regressions: candidate.regressions.iter().map(regression).collect(),
            taken_by_none: candidate.taken_by_none.clone(),
            unsound: candidate.unsound.clone(),
        }
    }
}

impl File {
    fn new(file: &finding::UnitFile) -> Self {
        File { role: file.role.clone(), path: file.path.clone(), size: file.size }
    }
}

impl Finding {
    pub(super) fn new(finding: &finding::Finding, sources: &Sources) -> Self {
        Finding {
            code: finding.code.into(),
            severity: finding.severity.name().into(),
            blame: blame(finding.blame).into(),
            message: finding.message.clone(),
            places: finding.places.iter().map(Place::new).collect(),
            unlisted: finding.unlisted,
            found: finding.found.clone(),
            expected: finding.expected.clone(),
            labels: finding.labels.iter().map(|l| Label::new(l, sources)).collect(),
            builds: finding.builds.clone(),
            notes: finding.notes.clone(),
            help: finding.help.clone(),
            skipped: finding.skipped,
        }
    }
}

impl Place {
    fn new(place: &finding::Place) -> Self {
        let mark = |m: &finding::Mark| Mark { range: m.range.into(), label: m.label.clone() };
        Place {
            file: place.file,
            path: place.path.clone(),
            range: place.range.into(),
            decoded: place.decoded.map(Range::from),
            marks: place.marks.iter().map(mark).collect(),
            excerpt: place.excerpt.as_ref().map(|e| Excerpt { start: e.start, hex: hex(&e.bytes) }),
        }
    }
}

impl From<ByteRange> for Range {
    fn from(range: ByteRange) -> Self {
        Range { start: range.start, end: range.end }
    }
}

impl Label {
    fn new(label: &finding::Label, sources: &Sources) -> Self {
        let position = sources.line_column(label.span);
        Label {
            file: sources.get(label.span.source).map(|s| s.name.clone()),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            range: Range { start: label.span.start.into(), end: label.span.end.into() },
            key: label.key.clone(),
            text: label.text.clone(),
            primary: label.primary,
        }
    }
}

/// Writes the document of a run.
pub(super) fn write(run: &Run, sources: &Sources, out: &mut dyn Write) -> io::Result<()> {
    document(&Report::new(run, sources), out)
}

/// Writes a document, indented, with a line end behind it; what could act on its reader is written as an escape.
///
/// # Errors
///
/// Those of the writer, and a document that JSON has no form for.
pub fn document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document).map_err(io::Error::from)?;
    // JSON asks for escapes below 0x20 only. What is unsafe beyond that can stand in strings alone, so
    // that it can be escaped in the finished text.
    for part in text.split_inclusive(|c| c != '\n' && escape::is_unsafe(c)) {
        let mut chars = part.chars();
        match chars.next_back() {
            Some(c) if c != '\n' && escape::is_unsafe(c) => {
                out.write_all(chars.as_str().as_bytes())?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            _ => out.write_all(part.as_bytes())?,
        }
    }
    writeln!(out)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Refused => "refused",
        Outcome::NotRun => "not-run",
    }
}

fn blame(blame: Blame) -> &'static str {
    match blame {
        Blame::Content => "content",
        Blame::Schema => "schema",
        Blame::Contract => "contract",
        Blame::Consumer => "consumer",
        Blame::Environment => "environment",
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
