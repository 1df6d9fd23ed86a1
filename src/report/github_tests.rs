use snapbox::{assert_data_eq, str};

use super::*;
use crate::finding::Blame;
use crate::report::fixture as fx;

fn shown(run: &Run) -> String {
    let mut out = Vec::new();
    write(run, &fx::sources(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn content_findings_point_to_the_content_and_name_the_contract() {
    assert_data_eq!(
        shown(&fx::run(&fx::sources())),
        str![[r#"
::error file=sets/july/channel.bin,title=read-beyond-supply::criterion reads `inputs.ipc[20]`, and the consumer supplies 20 elements%0Aat channel.instances[3].criteria[20], sets/july/channel.bin: bytes 0x1ac..0x1b8 (12 bytes) of channel%0Afound: field_index = 20%0Aexpected: an index below 20%0Asee schemas/channel/sensor.contract.toml:6: the interpreter reads inputs[field_index] without a check%0Asee schemas/channel/sensor.contract.toml:7: true for this criterion%0Asee schemas/channel/builds/7.15.0.build.toml:2: supplied, evidence: emitted%0Abuilds: 7.11.0, 7.15.0%0Anote: 8.0.0 supplies 21 and accepts this file%0Ahelp: use a wildcard in field 21 until no build with 20 inputs is in the field, or leave it out%0Aalso: 3 more places
::notice file=sets/july/definitions.bin,title=declared-not-supplied::`ipc` declares 21 fields, and 20 are supplied%0Aat sets/july/definitions.bin: bytes 0x44..0x46 (2 bytes) of definitions%0Asee schemas/channel/builds/7.15.0.build.toml:2: supplied%0Abuilds: 7.11.0, 7.15.0, 7.15.1%0Ahelp: let the next build supply what is declared%0Asame in: 1 more set
refused: 1 of 3 sets; 5 builds; 1 error, 2 notes

"#]]
    );
}

#[test]
fn schema_findings_point_to_their_line() {
    let sources = fx::sources();
    let mut finding =
        Finding::new("schema-key-unknown", Severity::Error, Blame::Schema, "unknown key `repaet`");
    finding.labels = vec![fx::label(&sources, 2, "repaet", "", true)];
    assert_data_eq!(
        shown(&Run { problems: vec![finding], ..Run::default() }),
        str![[r#"
::error file=schemas/channel/channel_file.ksy,line=8,col=5,title=schema-key-unknown::unknown key `repaet`
not run: 1 error

"#]]
    );
}

#[test]
fn messages_and_properties_are_escaped_as_documented() {
    assert_eq!(data("100% a\r\nb: c, d"), "100%25 a%0D%0Ab: c, d");
    assert_eq!(property("C:\\a,b%\n"), "C%3A\\a%2Cb%25%0A");
}

#[test]
fn a_message_cannot_begin_a_command_of_its_own() {
    let evil = "x\n::warning file=forged::y\r\n::stop-commands::z\u{1b}[2J";
    let mut finding = fx::at(fx::place(fx::range(0, 1), vec![], 0, 4));
    finding.message = evil.into();
    finding.found = Some(evil.into());
    let run = Run { units: vec![fx::file(evil, 4, vec![finding])], ..Run::default() };
    let text = shown(&run);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(!text.contains(|c| c != '\n' && escape::is_unsafe(c)), "{text}");
    let commands = text.lines().filter(|l| l.starts_with("::"));
    assert_eq!(commands.count(), 1);
}

#[test]
fn equal_findings_are_one_annotation() {
    let sources = fx::sources();
    let unit = |i| fx::set(&format!("sets/{i}"), vec![fx::july(&sources)]);
    let run = Run { units: (0..50).map(unit).collect(), ..Run::default() };
    let text = shown(&run);
    assert_eq!(text.lines().filter(|l| l.starts_with("::error ")).count(), 1);
    assert!(text.contains("%0Asame in: 49 more sets"), "{text}");
}
