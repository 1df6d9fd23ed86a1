//! What the record promises: the same bytes for the same inputs, and nothing that is not about them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::finding::{Blame, Finding, Outcome, Place, Severity};
use crate::span::ByteRange;

fn digests(names: &[&str]) -> BTreeMap<String, Digest> {
    names.iter().map(|name| ((*name).to_owned(), Digest::of(name.as_bytes()))).collect()
}

fn build(version: &str) -> Build {
    Build { name: version.to_owned(), version: version.to_owned(), platform: Some("windows-x64".to_owned()) }
}

fn entry(code: &str, severity: Severity, builds: &[&str]) -> Entry {
    Entry {
        file: Some("channel".to_owned()),
        range: Some(ByteRange { start: 536, end: 548 }),
        path: Some("channel.instances[3].criteria[20]".to_owned()),
        code: code.to_owned(),
        severity,
        more: 0,
        found: Some("20".to_owned()),
        expected: Some("an index below 20".to_owned()),
        builds: builds.iter().map(|&build| build.to_owned()).collect(),
    }
}

fn set(content: &[u8], findings: Vec<Entry>) -> Set {
    let definitions = Digest::of(b"definitions");
    let files = [("definitions".to_owned(), definitions), ("channel".to_owned(), Digest::of(content))];
    Set { files: BTreeMap::from(files), findings }
}

/// The July set and its harmless sibling, for three builds.
fn verdict() -> Verdict {
    let note = Entry {
        file: None,
        range: None,
        path: None,
        found: None,
        expected: None,
        more: 2,
        ..entry("declared-not-supplied", Severity::Note, &["7.15"])
    };
    Verdict {
        tool: Tool { name: "bootgate".to_owned(), version: "0.1.0".to_owned() },
        schemas: digests(&["definitions", "channel"]),
        contract: digests(&["sensor"]),
        manifests: digests(&["8.0", "7.15", "7.15.1"]),
        inventory: BTreeMap::new(),
        baseline: BTreeMap::new(),
        builds: vec![build("8.0"), build("7.15.1"), build("7.15")],
        candidates: Vec::new(),
        severities: BTreeMap::from([("dead-read".to_owned(), Severity::Warning)]),
        limits: BTreeMap::new(),
        instances: None,
        processes: BTreeMap::new(),
        sets: vec![
            set(b"sibling", vec![note.clone()]),
            set(
                b"july",
                vec![
                    entry("read-beyond-supply", Severity::Error, &["7.15", "7.11"]),
                    note,
                    entry("dead-read", Severity::Warning, &["7.15.1"]),
                ],
            ),
        ],
    }
}

#[test]
fn candidates_are_recorded_apart_from_the_builds_that_are_answered_for() {
    assert!(!verdict().to_json().contains("candidates"));
    let other = Verdict { candidates: vec![build("9.0"), build("8.1"), build("9.0")], ..verdict() };
    let json: serde_json::Value = serde_json::from_str(&other.to_json()).unwrap();
    let names: Vec<&str> = json["predicate"]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| b["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["8.1", "9.0"]);
    assert_eq!(json["predicate"]["builds"].as_array().unwrap().len(), 3);
}

#[test]
fn limits_are_recorded_where_they_are_not_the_defaults() {
    let usual = verdict().to_json();
    assert!(!usual.contains("limits"), "{usual}");
    let mut other = verdict();
    other.limits = BTreeMap::from([("elements".to_owned(), 5), ("depth".to_owned(), 7)]);
    let json: serde_json::Value = serde_json::from_str(&other.to_json()).unwrap();
    assert_eq!(json["predicate"]["settings"]["limits"], serde_json::json!({ "depth": 7, "elements": 5 }));
}

#[test]
fn instances_are_recorded_where_they_are_not_the_default() {
    assert!(!verdict().to_json().contains("instances\":"));
    let other = Verdict { instances: Some("all".to_owned()), ..verdict() };
    let json: serde_json::Value = serde_json::from_str(&other.to_json()).unwrap();
    assert_eq!(json["predicate"]["settings"]["instances"], "all");
}

#[test]
fn commands_are_recorded_by_their_digests() {
    assert!(!verdict().to_json().contains("processes"));
    let program = Digest::of(b"program");
    let arguments = Some(Digest::of(b"-d\0"));
    let bare = Process { program, arguments: None };
    let processes = [("vendor.b".to_owned(), bare), ("a".to_owned(), Process { program, arguments })];
    let other = Verdict { processes: BTreeMap::from(processes), ..verdict() };
    let json: serde_json::Value = serde_json::from_str(&other.to_json()).unwrap();
    let sha256 = |digest: Digest| serde_json::json!({ "sha256": digest.to_string() });
    assert_eq!(
        json["predicate"]["processes"],
        serde_json::json!({
            "a": { "program": sha256(program), "arguments": sha256(Digest::of(b"-d\0")) },
            "vendor.b": { "program": sha256(program) },
        })
    );
}

#[test]
fn the_words_of_a_decoder_are_not_recorded() {
    let found = |code: &'static str| {
        let mut finding = Finding::new(code, Severity::Error, Blame::Content, "a message");
        finding.found = Some("at 0x7ffd1c: not mine".to_owned());
        Entry::new(&finding, &[]).found
    };
    assert_eq!(found("process-failed"), None);
    assert!(found("value-not-valid").is_some());
}

#[test]
fn the_record_of_the_july_set() {
    let json = verdict().to_json();
    assert_eq!(
        json,
        include_str!("golden.json"),
        "if the change is meant, PREDICATE_TYPE may need another number"
    );
}

#[test]
fn results_follow_from_the_findings() {
    let mut verdict = verdict();
    let results =
        |verdict: &Verdict| verdict.builds.iter().map(|b| verdict.outcome_for(b)).collect::<Vec<_>>();
    assert_eq!(verdict.outcome(), Outcome::Refused);
    assert_eq!(results(&verdict), [Outcome::Passed, Outcome::Passed, Outcome::Refused]);
    assert_eq!(verdict.sets[0].outcome(), Outcome::Passed);
    assert_eq!(verdict.sets[1].outcome(), Outcome::Refused);
    // An error that depends on no build concerns them all.
    verdict.sets[1].findings = vec![entry("value-not-valid", Severity::Error, &[])];
    assert_eq!(results(&verdict), [Outcome::Refused; 3]);
    verdict.sets.pop();
    assert_eq!(verdict.outcome(), Outcome::Passed);
}

#[test]
fn a_record_of_nothing_is_no_pass() {
    let nothing = Verdict { sets: Vec::new(), ..verdict() };
    assert_eq!(nothing.outcome(), Outcome::NotRun);
    assert!(!nothing.to_json().contains("passed"));
}

#[test]
fn files_that_sets_share_are_one_subject() {
    let json: serde_json::Value = serde_json::from_str(&verdict().to_json()).unwrap();
    let names: Vec<&str> =
        json["subject"].as_array().unwrap().iter().map(|subject| subject["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["channel", "channel", "definitions"]);
    let mut twice = verdict();
    twice.sets.extend(verdict().sets);
    assert_eq!(twice.to_json(), verdict().to_json(), "copies of a set are one set");
}

#[test]
fn another_byte_of_content_is_another_verdict() {
    let mut other = verdict();
    other.sets[0] = set(b"siblinG", other.sets[0].findings.clone());
    assert_ne!(other.to_json(), verdict().to_json());
}

#[test]
fn an_entry_keeps_the_first_place_and_counts_the_rest() {
    let place = |file, start| Place {
        file,
        path: Some("channel.a".to_owned()),
        range: ByteRange { start, end: start + 2 },
        decoded: None,
        marks: Vec::new(),
        excerpt: None,
    };
    let mut finding = Finding::new("rule-failed", Severity::Error, Blame::Content, "a message");
    let roles = ["definitions".to_owned(), "channel".to_owned()];
    let bare = Entry::new(&finding, &roles);
    assert_eq!((bare.file, bare.range, bare.more), (None, None, 0));
    finding.places = vec![place(1, 8), place(0, 2)];
    finding.unlisted = 40;
    let entry = Entry::new(&finding, &roles);
    assert_eq!(entry.file.as_deref(), Some("channel"));
    assert_eq!((entry.range, entry.more), (Some(ByteRange { start: 8, end: 10 }), 41));
}

fn shuffled<T: Clone + std::fmt::Debug>(items: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    Just(items).prop_shuffle()
}

proptest! {
    #[test]
    fn the_order_of_anything_does_not_matter(
        sets in shuffled(verdict().sets),
        builds in shuffled(verdict().builds),
        findings in shuffled(verdict().sets[1].findings.clone()),
        concerned in shuffled(vec!["7.15".to_owned(), "7.11".to_owned(), "7.15".to_owned()]),
    ) {
        let mut sets = sets;
        for set in &mut sets {
            if set.findings.len() > 1 {
                set.findings.clone_from(&findings);
            }
            for entry in &mut set.findings {
                if entry.severity == Severity::Error {
                    entry.builds.clone_from(&concerned);
                }
            }
        }
        let permuted = Verdict { sets, builds, ..verdict() };
        prop_assert_eq!(permuted.to_json(), verdict().to_json());
    }

    #[test]
    fn any_string_stays_valid_json(found in any::<String>(), name in any::<String>()) {
        let mut verdict = verdict();
        verdict.sets[0].findings[0].found = Some(found.clone());
        verdict.contract = BTreeMap::from([(name.clone(), Digest::of(b""))]);
        let json: serde_json::Value = serde_json::from_str(&verdict.to_json()).unwrap();
        prop_assert!(json["predicate"]["contract"][&name].is_string());
        let sets = json["predicate"]["sets"].as_array().unwrap();
        prop_assert!(sets.iter().any(|set| set["findings"][0]["found"] == found.as_str()));
    }
}
