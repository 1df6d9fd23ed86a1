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
    assert_data_eq!(shown(&fx::run(&fx::sources())), str![""]);
}

#[test]
fn schema_findings_point_to_their_line() {
    let sources = fx::sources();
    let mut finding =
        Finding::new("schema-key-unknown", Severity::Error, Blame::Schema, "unknown key `repaet`");
    finding.labels = vec![fx::label(&sources, 2, "repaet", "", true)];
    assert_data_eq!(shown(&Run { units: vec![], problems: vec![finding] }), str![""]);
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
    let run = Run { units: vec![fx::file(evil, 4, vec![finding])], problems: vec![] };
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
    let run = Run { units: (0..50).map(unit).collect(), problems: vec![] };
    let text = shown(&run);
    assert_eq!(text.lines().filter(|l| l.starts_with("::error ")).count(), 1);
    assert!(text.contains("%0Asame in: 49 more sets"), "{text}");
}
