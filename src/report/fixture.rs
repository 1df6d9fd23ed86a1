//! Runs for the tests of this room, built by hand.

use crate::codes;
use crate::finding::{Blame, Excerpt, Finding, Label, Mark, Place, Run, Severity, Unit, UnitFile};
use crate::span::{ByteRange, Sources, Span};

pub(super) const CONTRACT: &str = r#"[contract]
consumer = "sensor"

[[read]]
at       = "channel.instances[].criteria[]"
index    = "field_index"
when     = "kind != criterion_kind::wildcard"
capacity = "\"inputs.\" + definitions.types[_parent.type_index].name"
because  = "the interpreter reads inputs[field_index] without a check"
"#;

pub(super) const MANIFEST: &str = r#"build = { version = "7.15.0", platform = "windows-x64" }
capacity."inputs.ipc" = { value = 20, evidence = "emitted", beyond = "fault" }
"#;

pub(super) const SCHEMA: &str = "meta:
  id: channel_file
seq:
  - id: magic
    contents: CHAN
  - id: count
    type: u2
    repaet: expr
";

pub(super) fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add("schemas/channel/sensor.contract.toml", CONTRACT);
    sources.add("schemas/channel/builds/7.15.0.build.toml", MANIFEST);
    sources.add("schemas/channel/channel_file.ksy", SCHEMA);
    sources
}

/// A label on the first occurrence of a piece of a source.
pub(super) fn label(sources: &Sources, source: u32, piece: &str, text: &str, primary: bool) -> Label {
    let source = crate::span::SourceId(source);
    let start = sources.get(source).unwrap().text.find(piece).unwrap();
    let span = Span {
        source,
        start: u32::try_from(start).unwrap(),
        end: u32::try_from(start + piece.len()).unwrap(),
    };
    Label { span, text: text.into(), key: None, primary }
}

pub(super) fn range(start: u64, end: u64) -> ByteRange {
    ByteRange { start, end }
}

pub(super) fn mark(start: u64, end: u64, label: &str) -> Mark {
    Mark { range: range(start, end), label: label.into() }
}

/// A place with an excerpt of `len` bytes from `from`, each byte being the low part of its offset.
pub(super) fn place(at: ByteRange, marks: Vec<Mark>, from: u64, len: u64) -> Place {
    let bytes = (from..from + len).map(|i| u8::try_from(i % 256).unwrap()).collect();
    Place {
        file: 0,
        path: None,
        range: at,
        decoded: None,
        marks,
        excerpt: Some(Excerpt { start: from, bytes }),
    }
}

/// The finding that the tool is named for.
pub(super) fn july(sources: &Sources) -> Finding {
    let mut bytes = vec![0; 0x40];
    bytes[0x04..0x10].copy_from_slice(&[0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes[0x10..0x1c].copy_from_slice(&[0x13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes[0x1c..0x28].copy_from_slice(&[0x14, 0, 4, 0, 0x2c, 1, 0, 0, 8, 0, 0, 0]);
    bytes[0x28..0x38].copy_from_slice(b"pipe*.\0svc.exe\0\0\0"[..16].try_into().unwrap());
    let mut finding = Finding::new(
        codes::READ_BEYOND_SUPPLY,
        Severity::Error,
        Blame::Content,
        "criterion reads `inputs.ipc[20]`, and the consumer supplies 20 elements",
    );
    finding.places.push(Place {
        file: 1,
        path: Some("channel.instances[3].criteria[20]".into()),
        range: range(0x1ac, 0x1b8),
        decoded: None,
        marks: vec![mark(0x1ac, 0x1ae, "field_index = 20"), mark(0x1ae, 0x1af, "kind = pattern")],
        excerpt: Some(Excerpt { start: 0x190, bytes }),
    });
    finding.places.push(Place {
        file: 1,
        path: Some("channel.instances[4].criteria[20]".into()),
        range: range(0x2c4, 0x2d0),
        decoded: None,
        marks: Vec::new(),
        excerpt: None,
    });
    finding.unlisted = 2;
    finding.found = Some("field_index = 20".into());
    finding.expected = Some("an index below 20".into());
    finding.labels = vec![
        label(
            sources,
            0,
            r#""field_index""#,
            "the interpreter reads inputs[field_index] without a check",
            true,
        ),
        label(sources, 0, r#""kind != criterion_kind::wildcard""#, "true for this criterion", false),
        label(sources, 1, "20", "supplied, evidence: emitted", false),
    ];
    finding.builds = vec!["7.11.0".into(), "7.15.0".into()];
    finding.notes = vec!["8.0.0 supplies 21 and accepts this file".into()];
    finding.help = Some(
        "use a wildcard in field 21 until no build with 20 inputs is in the field, or leave it out".into(),
    );
    finding
}

/// A content set of two files with these findings.
pub(super) fn set(name: &str, findings: Vec<Finding>) -> Unit {
    let file = |role: &str, size| UnitFile {
        role: role.into(),
        path: format!("{name}/{role}.bin"),
        size: Some(size),
    };
    Unit {
        name: name.into(),
        files: vec![file("definitions", 0x120), file("channel", 0x300)],
        findings,
        builds: 5,
        ..Unit::default()
    }
}

/// A unit of one file of this size with these findings.
pub(super) fn file(path: &str, size: u64, findings: Vec<Finding>) -> Unit {
    let file = UnitFile { role: "channel_file".into(), path: path.into(), size: Some(size) };
    Unit { name: path.into(), files: vec![file], findings, ..Unit::default() }
}

/// A finding in content at one place.
pub(super) fn at(place: Place) -> Finding {
    let mut finding =
        Finding::new(codes::VALUE_NOT_VALID, Severity::Error, Blame::Content, "`kind` is not valid");
    finding.places.push(place);
    finding
}

/// A note on definitions that declare more than a build supplies.
pub(super) fn declared(sources: &Sources) -> Finding {
    let mut note = Finding::new(
        codes::DECLARED_NOT_SUPPLIED,
        Severity::Note,
        Blame::Content,
        "`ipc` declares 21 fields, and 20 are supplied",
    );
    note.places.push(Place { file: 0, ..place(range(0x44, 0x46), Vec::new(), 0x40, 16) });
    note.labels = vec![label(sources, 1, "20", "supplied", true)];
    note.builds = vec!["7.11.0".into(), "7.15.0".into(), "7.15.1".into()];
    note.help = Some("let the next build supply what is declared".into());
    note
}

/// The July set among harmless ones.
pub(super) fn run(sources: &Sources) -> Run {
    Run {
        units: vec![
            set("sets/july", vec![july(sources), declared(sources)]),
            set("sets/june", Vec::new()),
            set("sets/wildcard", vec![declared(sources)]),
        ],
        ..Run::default()
    }
}
