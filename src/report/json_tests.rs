use snapbox::{assert_data_eq, str};

use super::*;
use crate::report::fixture as fx;

fn text(run: &Run) -> String {
    let mut out = Vec::new();
    write(run, &fx::sources(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_is_written_parses_to_what_was_meant() {
    let sources = fx::sources();
    let run = fx::run(&sources);
    let parsed: Report = serde_json::from_str(&text(&run)).unwrap();
    assert_eq!(parsed, Report::new(&run, &sources));
    assert_eq!(parsed.version, 1);
    assert_eq!(parsed.outcome, "refused");
}

#[test]
fn the_whole_of_a_run_is_there() {
    let sources = fx::sources();
    let mut run = fx::run(&sources);
    run.units.truncate(1);
    run.units[0].findings.truncate(1);
    run.units[0].findings[0].labels[0].key = Some("/read/0/index".into());
    assert_data_eq!(
        text(&run),
        str![[r#"
{
  "version": 1,
  "outcome": "refused",
  "summary": {
    "units": 1,
    "passed": 0,
    "refused": 1,
    "not_run": 0,
    "errors": 1,
    "warnings": 0,
    "notes": 0
  },
  "units": [
    {
      "name": "sets/july",
      "outcome": "refused",
      "builds": 5,
      "candidates": 0,
      "files": [
        {
          "role": "definitions",
          "path": "sets/july/definitions.bin",
          "size": 288
        },
        {
          "role": "channel",
          "path": "sets/july/channel.bin",
          "size": 768
        }
      ],
      "findings": [
        {
          "code": "read-beyond-supply",
          "severity": "error",
          "blame": "content",
          "message": "criterion reads `inputs.ipc[20]`, and the consumer supplies 20 elements",
          "places": [
            {
              "file": 1,
              "path": "channel.instances[3].criteria[20]",
              "range": {
                "start": 428,
                "end": 440
              },
              "marks": [
                {
                  "range": {
                    "start": 428,
                    "end": 430
                  },
                  "label": "field_index = 20"
                },
                {
                  "range": {
                    "start": 430,
                    "end": 431
                  },
                  "label": "kind = pattern"
                }
              ],
              "excerpt": {
                "start": 400,
                "hex": "00000000120000000000000000000000130000000000000000000000140004002c01000008000000706970652a2e007376632e65786500000000000000000000"
              }
            },
            {
              "file": 1,
              "path": "channel.instances[4].criteria[20]",
              "range": {
                "start": 708,
                "end": 720
              },
              "marks": [],
              "excerpt": null
            }
          ],
          "unlisted": 2,
          "found": "field_index = 20",
          "expected": "an index below 20",
          "labels": [
            {
              "file": "schemas/channel/sensor.contract.toml",
              "line": 6,
              "column": 12,
              "range": {
                "start": 96,
                "end": 109
              },
              "key": "/read/0/index",
              "text": "the interpreter reads inputs[field_index] without a check",
              "primary": true
            },
            {
              "file": "schemas/channel/sensor.contract.toml",
              "line": 7,
              "column": 12,
              "range": {
                "start": 121,
                "end": 155
              },
              "key": null,
              "text": "true for this criterion",
              "primary": false
            },
            {
              "file": "schemas/channel/builds/7.15.0.build.toml",
              "line": 2,
              "column": 35,
              "range": {
                "start": 91,
                "end": 93
              },
              "key": null,
              "text": "supplied, evidence: emitted",
              "primary": false
            }
          ],
          "builds": [
            "7.11.0",
            "7.15.0"
          ],
          "notes": [
            "8.0.0 supplies 21 and accepts this file"
          ],
          "help": "use a wildcard in field 21 until no build with 20 inputs is in the field, or leave it out",
          "skipped": 0
        }
      ]
    }
  ],
  "problems": []
}

"#]]
    );
}

#[test]
fn outcomes_have_their_names() {
    let environment = crate::finding::Finding::new(
        "file-missing",
        crate::finding::Severity::Error,
        Blame::Environment,
        "gone",
    );
    let bad = fx::at(fx::place(fx::range(0, 1), vec![], 0, 4));
    let run = Run {
        units: vec![
            fx::file("a", 1, vec![]),
            fx::file("b", 1, vec![bad]),
            fx::file("c", 1, vec![environment.clone()]),
        ],
        problems: vec![environment],
        ..Run::default()
    };
    let report = Report::new(&run, &fx::sources());
    let outcomes: Vec<&str> = report.units.iter().map(|u| u.outcome.as_str()).collect();
    assert_eq!(outcomes, ["passed", "refused", "not-run"]);
    assert_eq!(report.outcome, "not-run");
    assert_eq!((report.summary.passed, report.summary.refused, report.summary.not_run), (1, 1, 1));
    assert_eq!(report.problems[0].blame, "environment");
}

#[test]
fn control_characters_are_written_as_escapes_and_read_back() {
    let evil = "\u{1b}[2J\n\u{9b}1m\u{202e}\u{7f}\u{e0041}\"\\";
    let mut finding = fx::at(fx::place(fx::range(0, 1), vec![], 0, 4));
    finding.found = Some(evil.into());
    let run = Run { units: vec![fx::file("a", 4, vec![finding])], ..Run::default() };
    let text = text(&run);
    assert!(!text.contains(|c| c != '\n' && escape::is_unsafe(c)), "{text}");
    let parsed: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(parsed.units[0].findings[0].found.as_deref(), Some(evil));
}

#[test]
fn a_label_whose_source_is_not_known_keeps_its_range() {
    let mut finding = fx::at(fx::place(fx::range(0, 1), vec![], 0, 4));
    let mut label = fx::label(&fx::sources(), 0, "consumer", "why", true);
    label.span.source = crate::span::SourceId(9);
    finding.labels.push(label);
    let run = Run { units: vec![fx::file("a", 4, vec![finding])], ..Run::default() };
    let report = Report::new(&run, &fx::sources());
    let label = &report.units[0].findings[0].labels[0];
    assert_eq!((label.file.as_deref(), label.line), (None, None));
    assert_eq!(label.range, Range { start: 11, end: 19 });
}

#[test]
fn what_a_campaign_did_is_there() {
    let campaign = finding::Campaign {
        executions: 700,
        executing: std::time::Duration::from_millis(350),
        guests: 3,
        crashes: 2,
        lost: 1,
        kept: 12,
    };
    let run = Run { campaign: Some(campaign), ..Run::default() };
    let parsed: Report = serde_json::from_str(&text(&run)).unwrap();
    let expected = Campaign {
        executions: 700,
        milliseconds: 350,
        per_second: 2000,
        guests: 3,
        crashes: 2,
        lost: 1,
        kept: 12,
    };
    assert_eq!(parsed.campaign, Some(expected));
    assert!(!text(&Run::default()).contains("campaign"));
}
