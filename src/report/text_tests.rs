use snapbox::{assert_data_eq, str};

use super::*;
use crate::finding::{Blame, Outcome, Subject};
use crate::report::fixture as fx;

const BRIEF: TextOptions = TextOptions { color: false, verbose: false };

fn shown(run: &Run, options: TextOptions) -> String {
    let mut out = Vec::new();
    write(run, &fx::sources(), options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn problem(finding: Finding) -> Run {
    Run { problems: vec![finding], ..Run::default() }
}

#[test]
fn the_july_file_is_refused_with_bytes_contract_and_builds() {
    let sources = fx::sources();
    assert_data_eq!(
        shown(&fx::run(&sources), BRIEF),
        str![[r#"
error[read-beyond-supply]: criterion reads `inputs.ipc[20]`, and the consumer supplies 20 elements
    --> sets/july/channel.bin: bytes 0x1ac..0x1b8 (12 bytes) of channel
     = at channel.instances[3].criteria[20]
     |
0190 | 00 00 00 00 12 00 00 00  00 00 00 00 00 00 00 00  |................|
01a0 | 13 00 00 00 00 00 00 00  00 00 00 00 14 00 04 00  |................|
     |                                      ^^^^^^^^^^^
     |                                      ----- field_index = 20
     |                                            -- kind = pattern
01b0 | 2c 01 00 00 08 00 00 00  70 69 70 65 2a 2e 00 73  |,.......pipe*..s|
     | ^^^^^^^^^^^^^^^^^^^^^^^
01c0 | 76 63 2e 65 78 65 00 00  00 00 00 00 00 00 00 00  |vc.exe..........|
     |
     = found:    field_index = 20
     = expected: an index below 20
     |
    ::: schemas/channel/sensor.contract.toml:6:12
     |
   6 | index    = "field_index"
     |            ^^^^^^^^^^^^^ the interpreter reads inputs[field_index] without a check
   7 | when     = "kind != criterion_kind::wildcard"
     |            ---------------------------------- true for this criterion
     |
    ::: schemas/channel/builds/7.15.0.build.toml:2:35
     |
   2 | capacity."inputs.ipc" = { value = 20, evidence = "emitted", beyond = "fault" }
     |                                   -- supplied, evidence: emitted
     |
     = builds: 7.11.0, 7.15.0
     = also: channel.instances[4].criteria[20], bytes 0x2c4..0x2d0 (12 bytes)
     = also: 2 more places
     = note: 8.0.0 supplies 21 and accepts this file
     = help: use a wildcard in field 21 until no build with 20 inputs is in the field, or leave it out

note[declared-not-supplied]: `ipc` declares 21 fields, and 20 are supplied
  --> sets/july/definitions.bin: bytes 0x44..0x46 (2 bytes) of definitions
   = builds: 7.11.0, 7.15.0, 7.15.1
   = same in: 1 more set
       sets/wildcard

refused: 1 of 3 sets; 5 builds; 1 error, 2 notes

"#]]
    );
}

#[test]
fn a_note_in_full_shows_its_bytes_and_lines() {
    let run = Run { units: vec![fx::set("sets/a", vec![fx::declared(&fx::sources())])], ..Run::default() };
    assert_data_eq!(
        shown(&run, TextOptions { verbose: true, ..BRIEF }),
        str![[r#"
note[declared-not-supplied]: `ipc` declares 21 fields, and 20 are supplied
    --> sets/a/definitions.bin: bytes 0x44..0x46 (2 bytes) of definitions
     |
0040 | 40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  |@ABCDEFGHIJKLMNO|
     |             ^^^^^
     |
    ::: schemas/channel/builds/7.15.0.build.toml:2:35
     |
   2 | capacity."inputs.ipc" = { value = 20, evidence = "emitted", beyond = "fault" }
     |                                   ^^ supplied
     |
     = builds: 7.11.0, 7.15.0, 7.15.1
     = help: let the next build supply what is declared

passed: 1 set; 5 builds; 1 note

"#]]
    );
}

#[test]
fn a_schema_error_looks_like_one_of_a_compiler() {
    let sources = fx::sources();
    let mut finding =
        Finding::new("schema-key-unknown", Severity::Error, Blame::Schema, "unknown key `repaet`");
    finding.labels = vec![fx::label(&sources, 2, "repaet", "", true)];
    finding.help = Some("did you mean `repeat`?".into());
    finding.skipped = 3;
    assert_data_eq!(
        shown(&problem(finding), BRIEF),
        str![[r#"
error[schema-key-unknown]: unknown key `repaet`
 --> schemas/channel/channel_file.ksy:8:5
  |
8 |     repaet: expr
  |     ^^^^^^
  |
  = skipped: 3 checks were not made because of this
  = help: did you mean `repeat`?

not run: 1 error

"#]]
    );
}

#[test]
fn a_unit_without_a_place_is_named() {
    let missing =
        Finding::new("set-incomplete", Severity::Error, Blame::Environment, "no file for `channel`");
    let run =
        Run { units: vec![fx::set("sets/torn", vec![missing]), fx::set("sets/a", vec![])], ..Run::default() };
    assert_data_eq!(
        shown(&run, BRIEF),
        str![[r#"
error[set-incomplete]: no file for `channel`
  --> sets/torn

not run: 1 of 2 sets; 5 builds; 1 error

"#]]
    );
}

#[test]
fn one_cause_in_many_sets_is_one_block() {
    let sources = fx::sources();
    let unit = |i| fx::set(&format!("sets/{i:04}"), vec![fx::july(&sources)]);
    let run = Run { units: (0..500).map(unit).collect(), ..Run::default() };
    let text = shown(&run, BRIEF);
    assert_eq!(text.matches("error[").count(), 1);
    let tail: Vec<&str> = text.lines().skip_while(|l| !l.contains("same in")).collect();
    assert_data_eq!(
        tail.join("\n"),
        str![[r#"
     = same in: 499 more sets
         sets/0001
         sets/0002
         sets/0003
         sets/0004
         sets/0005
         sets/0006
         sets/0007
         sets/0008
         sets/0009
         sets/0010
         and 489 more

refused: 500 of 500 sets; 5 builds; 500 errors
"#]]
    );
}

#[test]
fn further_places_are_listed_and_then_counted() {
    let mut finding = fx::at(fx::place(fx::range(2, 3), vec![], 0, 16));
    for i in 0..12 {
        let mut place = fx::place(fx::range(i, i + 2), vec![], 0, 16);
        place.path = Some(format!("channel.items[{i}]"));
        finding.places.push(place);
    }
    finding.unlisted = 100;
    let run = Run { units: vec![fx::file("a.bin", 16, vec![finding])], ..Run::default() };
    assert_data_eq!(
        shown(&run, BRIEF),
        str![[r#"
error[value-not-valid]: `kind` is not valid
    --> a.bin: byte 0x2 of channel_file
     |
0000 | 00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|
     |       ^^
     |
     = also: channel.items[0], bytes 0x0..0x2 (2 bytes)
     = also: channel.items[1], bytes 0x1..0x3 (2 bytes)
     = also: channel.items[2], bytes 0x2..0x4 (2 bytes)
     = also: channel.items[3], bytes 0x3..0x5 (2 bytes)
     = also: channel.items[4], bytes 0x4..0x6 (2 bytes)
     = also: channel.items[5], bytes 0x5..0x7 (2 bytes)
     = also: channel.items[6], bytes 0x6..0x8 (2 bytes)
     = also: channel.items[7], bytes 0x7..0x9 (2 bytes)
     = also: channel.items[8], bytes 0x8..0xa (2 bytes)
     = also: channel.items[9], bytes 0x9..0xb (2 bytes)
     = also: 102 more places

refused: 1 of 1 file; 1 error

"#]]
    );
}

#[test]
fn a_run_about_schemas_refuses_them_for_their_own_errors() {
    let error = |blame| Finding::new("schema-invalid", Severity::Error, blame, "missing `meta`");
    let unit = |name, blame| fx::file(name, 16, vec![error(blame)]);
    let units =
        vec![unit("a.ksy", Blame::Schema), unit("b.ksy", Blame::Schema), fx::file("c.ksy", 1, vec![])];
    let mut run = Run { subject: Subject::Schema, units, ..Run::default() };
    assert_eq!(run.outcome(), Outcome::Refused);
    assert_data_eq!(
        shown(&run, BRIEF),
        str![[r#"
error[schema-invalid]: missing `meta`
  --> a.ksy
   = same in: 1 more schema
       b.ksy

refused: 2 of 3 schemas; 2 errors

"#]]
    );
    run.units.push(unit("d.ksy", Blame::Environment));
    assert!(shown(&run, BRIEF).ends_with("\nnot run: 1 of 4 schemas; refused: 2; 3 errors\n"));
    run.subject = Subject::Content;
    assert!(shown(&run, BRIEF).ends_with("\nnot run: 3 of 4 files; 3 errors\n"));
}

#[test]
fn what_passed_without_a_finding_is_not_mentioned() {
    let run = Run { units: vec![fx::set("sets/a", vec![]), fx::set("sets/b", vec![])], ..Run::default() };
    assert_eq!(shown(&run, BRIEF), "passed: 2 sets; 5 builds\n");
}

#[test]
fn errors_outside_the_content_do_not_hide_what_was_refused() {
    let usage = Finding::new("usage", Severity::Error, Blame::Environment, "no such option");
    let bad = fx::at(fx::place(fx::range(2, 3), vec![], 0, 16));
    let run = Run {
        units: vec![fx::file("a.bin", 16, vec![bad]), fx::set("sets/a", vec![])],
        problems: vec![usage],
        ..Run::default()
    };
    let text = shown(&run, BRIEF);
    assert_eq!(run.outcome(), Outcome::NotRun);
    assert_data_eq!(
        text.lines().last().unwrap(),
        str![
            "not run: errors outside the content; passed: 1 of 2 files and sets; refused: 1; 5 builds; 2 errors"
        ]
    );
    assert_eq!(
        shown(&problem(run.problems[0].clone()), BRIEF),
        "error[usage]: no such option\n\nnot run: 1 error\n"
    );
}

/// A finding whose every text wants to clear the screen and forge a line.
fn hostile() -> Run {
    let evil = "\u{1b}[2J\rpassed\n::error::x\u{9b}1m\u{202e}\u{7}";
    let mut place = fx::place(fx::range(0, 3), vec![fx::mark(1, 2, evil)], 0, 64);
    place.path = Some(evil.into());
    let mut finding = fx::at(place.clone());
    finding.message = evil.into();
    finding.places.push(place);
    finding.found = Some(evil.into());
    finding.expected = Some(evil.into());
    finding.builds = vec![evil.into()];
    finding.notes = vec![evil.into()];
    finding.help = Some(evil.into());
    let mut lost = fx::label(&fx::sources(), 0, "consumer", evil, true);
    finding.labels.push(lost.clone());
    lost.span.source = crate::span::SourceId(99);
    finding.labels.push(lost);
    let mut unit = fx::file(evil, 64, vec![finding]);
    unit.files[0].role = evil.into();
    let mut other = unit.clone();
    other.name.push('2');
    Run { units: vec![unit, other], ..Run::default() }
}

#[test]
fn nothing_in_a_finding_reaches_the_terminal_as_a_control_character() {
    let text = shown(&hostile(), TextOptions { verbose: true, ..BRIEF });
    assert!(text.contains("\\u{1b}[2J"), "{text}");
    let bad: Vec<char> = text.chars().filter(|c| *c != '\n' && escape::is_unsafe(*c)).collect();
    assert!(bad.is_empty(), "{bad:?}");
    assert!(text.lines().all(|l| !l.starts_with("passed") && !l.starts_with("::")), "{text}");
}

#[test]
fn colour_adds_escapes_and_nothing_else() {
    let sources = fx::sources();
    for run in [fx::run(&sources), hostile()] {
        let colored = shown(&run, TextOptions { color: true, verbose: true });
        assert!(colored.contains("\u{1b}[1m"));
        let stripped = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(stripped, shown(&run, TextOptions { color: false, verbose: true }));
    }
}

#[test]
fn no_line_ends_in_a_space() {
    let text = shown(&fx::run(&fx::sources()), TextOptions { verbose: true, ..BRIEF });
    assert!(text.lines().all(|l| l.trim_end() == l), "{text}");
}
