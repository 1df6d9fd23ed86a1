use std::path::Path;

use super::*;
use crate::finding::{Blame, Severity};
use crate::limits::PATTERN_BYTES;

const GOOD: &str = r#"
[check]
paths = ["corpus/valid"]
trailing = "warning"

[[set]]
name = "channel"
contract = "sensor.contract.toml"
builds = ">=7.11"
overlapping = "error"
[set.files]
definitions = "corpus/*/{set}/definitions.bin"
channel     = "corpus/*/{set}/channel.bin"

[[format]]
name = "firmware"
schema = "firmware.ksy"
files = ["firmware/**/*.bin", "extra.bin"]
"#;

pub(super) fn parsed(text: &str) -> Result<Config, Vec<ConfigError>> {
    let mut sources = Sources::default();
    let source = sources.add(FILE_NAME, text);
    parse(text, source, Path::new("/folder"))
}

fn errors(text: &str) -> Vec<ConfigError> {
    parsed(text).map(|_| ()).unwrap_err()
}

fn piece(text: &str, span: Span) -> &str {
    text.get(usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()).unwrap()
}

/// The only error in a text, and the piece of text that it points at.
pub(super) fn only(text: &str) -> (ConfigError, &str) {
    let mut errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:?}");
    let error = errors.remove(0);
    let span = error.span().unwrap();
    (error, piece(text, span))
}

fn in_set(files: &str) -> String {
    format!("[[set]]\nname = \"s\"\ncontract = \"c\"\nfiles = {files}\n")
}

#[test]
fn everything_that_is_written_is_read() {
    let config = parsed(GOOD).unwrap();
    assert_eq!(config.paths[0].value, "corpus/valid");
    assert_eq!(config.paths[0].key, "/check/paths/0");
    assert_eq!(config.severities.trailing, Severity::Warning);
    assert_eq!(config.severities.unreferenced, Severity::Note);

    let set = &config.sets[0];
    assert_eq!(set.name.value, "channel");
    assert_eq!(set.contract.value, "sensor.contract.toml");
    assert_eq!(set.builds.as_ref().unwrap().value, ">=7.11");
    let roles: Vec<_> = set.files.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(roles, ["definitions", "channel"], "in the order of the text");
    assert_eq!(set.files[1].1.key, "/set/0/files/channel");

    let format = &config.formats[0];
    assert_eq!(format.schema.value, "firmware.ksy");
    assert_eq!(format.files[1].value.as_str(), "extra.bin");
    assert_eq!(config.resolve("./a/../b"), Path::new("/folder/b"));
}

#[test]
fn a_set_inherits_the_severities_that_it_does_not_name() {
    let config = parsed(GOOD).unwrap();
    let expected = Severities {
        trailing: Severity::Warning,
        unreferenced: Severity::Note,
        overlapping: Severity::Error,
    };
    assert_eq!(config.sets[0].severities, expected);
    assert_eq!(config.formats[0].severities, config.severities);
}

#[test]
fn an_empty_configuration_is_sound() {
    let config = parsed("").unwrap();
    assert!(config.sets.is_empty() && config.formats.is_empty() && config.paths.is_empty());
}

#[test]
fn spans_point_at_what_was_written() {
    let config = parsed(GOOD).unwrap();
    let span = config.sets[0].contract.span;
    assert_eq!(piece(GOOD, span), "\"sensor.contract.toml\"");
}

#[test]
fn what_is_no_toml_is_said_with_its_place() {
    let errors = errors("check = ");
    assert!(matches!(errors[0], ConfigError::Syntax { .. }));
    assert_eq!(errors[0].to_finding().code, "config-invalid");
    assert_eq!(errors[0].span().unwrap().start, 8);
}

#[test]
fn unknown_keys_are_errors_that_name_the_nearest_key() {
    let (error, piece) = only("[chek]\n");
    assert_eq!(piece, "chek");
    let finding = error.to_finding();
    assert_eq!((finding.code, finding.blame), ("config-invalid", Blame::Environment));
    assert_eq!(finding.message, "`chek` is no key of bootgate.toml");
    assert_eq!(finding.help.as_deref(), Some("did you mean `check`?"));

    let (error, _) = only("[check]\ncolour = 1\n");
    let help = error.to_finding().help.unwrap();
    assert_eq!(help, "its keys are paths, import-paths, instances, trailing, unreferenced, overlapping");

    let text = in_set(r#"{ a = "a" }"#) + "contracts = \"x\"\n";
    assert_eq!(only(&text).1, "contracts");
}

#[test]
fn values_of_the_wrong_type_are_errors() {
    assert_eq!(only("check = 1").0.to_string(), "`check` is an integer, not a table");
    assert_eq!(only("check.paths = \"a\"").0.to_string(), "`paths` is a string, not an array of strings");
    assert_eq!(only("check.paths = [true]").1, "true");
    assert_eq!(only("[set]\nname = \"s\"").0.to_string(), "`set` is a table, not an array of tables");
}

#[test]
fn a_severity_is_one_of_three_words() {
    let (error, piece) = only("check.trailing = \"fatal\"");
    assert_eq!(piece, "\"fatal\"");
    assert_eq!(error.to_finding().help.as_deref(), Some("severities are note, warning, error"));
}

#[test]
fn limits_are_integers_or_sizes() {
    let text = "[limits]\nyaml-depth = 0x10\nelements = 1_000\nstring-bytes = \"64KiB\"\n";
    let settings = parsed(text).unwrap().limits;
    let settings: Vec<_> = settings.into_iter().map(|s| (s.limit().name, s.value())).collect();
    assert_eq!(settings, [("yaml-depth", 16), ("elements", 1000), ("string-bytes", 65536)]);
}

#[test]
fn limits_that_cannot_be_are_errors() {
    let (error, piece) = only("[limits]\nelemnts = 1\n");
    assert_eq!(piece, "elemnts");
    assert_eq!(error.to_string(), "`elemnts` is no key of [limits]");
    assert_eq!(error.to_finding().help.as_deref(), Some("did you mean `elements`?"));
    for (value, said) in [
        ("0", "the limit `yaml-depth` must be at least 1"),
        ("-1", "`-1` is no value of the limit `yaml-depth`: it takes a number, such as 1000"),
        ("\"1KiB\"", "`1KiB` is no value of the limit `yaml-depth`: it takes a number, such as 1000"),
        ("\"\"", "`` is no value of the limit `yaml-depth`: it takes a number, such as 1000"),
        ("257", "257 is too much for the limit `yaml-depth`: at most 256"),
        ("99999999999999999999", "99999999999999999999 is too much for the limit `yaml-depth`: at most 256"),
        ("1.0", "`yaml-depth` is a float, not a number"),
        ("true", "`yaml-depth` is a boolean, not a number"),
    ] {
        let text = format!("limits.yaml-depth = {value}");
        let (error, piece) = only(&text);
        assert_eq!((error.to_string().as_str(), piece), (said, value));
    }
    assert_eq!(only("limits = 1").0.to_string(), "`limits` is an integer, not a table");
}

#[test]
fn what_a_set_and_a_format_need_is_asked_for() {
    let missing = |text: &str| -> Vec<String> { errors(text).iter().map(ToString::to_string).collect() };
    assert_eq!(
        missing("[[set]]"),
        ["[[set]] has no `name`", "[[set]] has no `contract`", "[[set]] has no `files`"]
    );
    assert_eq!(
        missing("[[format]]"),
        ["[[format]] has no `name`", "[[format]] has no `schema`", "[[format]] has no `files`"]
    );
}

#[test]
fn nothing_may_be_empty_where_something_is_meant() {
    assert_eq!(only("check.paths = [\"\"]").0.to_string(), "`paths` is empty");
    assert_eq!(only("check.paths = []").0.to_string(), "`paths` is empty");
    assert_eq!(only(&in_set("{}")).0.to_string(), "`files` is empty");
}

#[test]
fn a_name_is_used_once() {
    let format = "[[format]]\nname = \"s\"\nschema = \"x\"\nfiles = [\"a\"]\n";
    let text = in_set(r#"{ a = "a" }"#) + format;
    let (error, _) = only(&text);
    let finding = error.to_finding();
    assert_eq!(finding.message, "the name `s` is taken");
    assert_eq!(finding.labels.len(), 2);
    assert!(finding.labels[0].span.start > finding.labels[1].span.start);
}

#[test]
fn one_file_of_a_set_must_tell_it_from_every_other() {
    let text = in_set(r#"{ a = "{x}.a", b = "{y}.b" }"#);
    assert_eq!(only(&text).0.to_string(), "set `s`: no file's pattern has all of {x}, {y}");
    parsed(&in_set(r#"{ a = "{x}.a", b = "{x}.{y}.b", c = "c" }"#)).unwrap();
}

#[test]
fn every_error_is_reported_in_the_order_of_the_text() {
    let text = "[check]\ntrailing = 1\n[[set]]\nnam = \"s\"\n[other]\n";
    let errors = errors(text);
    assert!(errors.is_sorted_by_key(|error| error.span()));
    assert!(matches!(errors.first(), Some(ConfigError::Type { .. })));
    assert!(matches!(errors.last(), Some(ConfigError::UnknownKey { .. })));
    assert_eq!(errors.len(), 6);
}

#[test]
fn bad_patterns_are_refused_for_what_is_wrong_with_them() {
    let cases = [
        ("", PatternError::Empty),
        ("./", PatternError::Empty),
        ("/etc/*.bin", PatternError::Absolute),
        ("a/../b", PatternError::Parent),
        ("a**b", PatternError::Folders),
        ("{set", PatternError::Unclosed),
        ("set}", PatternError::Unopened),
        ("{a b}", PatternError::Placeholder("a b".to_owned())),
        ("{}", PatternError::Placeholder(String::new())),
    ];
    for (text, why) in cases {
        assert_eq!(Pattern::new(text).unwrap_err(), why, "{text}");
    }
    let (error, piece) = only("[[format]]\nname = \"f\"\nschema = \"s\"\nfiles = [\"a**b\"]");
    assert!(matches!(error, ConfigError::Pattern { .. }));
    assert_eq!(piece, "\"a**b\"");
    assert_eq!(Pattern::new(&"a".repeat(PATTERN_BYTES + 1)).unwrap_err(), PatternError::TooLong);
    Pattern::new(&"*/".repeat(PATTERN_BYTES / 2)).unwrap();
}

#[test]
fn wildcards_stand_for_what_they_say() {
    let covers = |pattern: &str, path: &str| Pattern::new(pattern).unwrap().captures(path).is_some();
    for (pattern, yes, no) in [
        ("a/*.bin", vec!["a/b.bin", "a/.bin"], vec!["a/b/c.bin", "a/b.binx", "xa/b.bin"]),
        ("a?c", vec!["abc", "a\u{e9}c"], vec!["ac", "a/c", "abbc"]),
        ("**/x", vec!["x", "a/x", "a/b/x"], vec!["ax", "a/x/b"]),
        ("a/**/x", vec!["a/x", "a/b/c/x"], vec!["ax", "b/a/x"]),
        ("a/**", vec!["a/b", "a/b/c"], vec!["a", "ab"]),
        ("{n}.bin", vec!["7.bin"], vec![".bin", "a/7.bin"]),
        ("./a//b", vec!["a/b"], vec!["a//b"]),
        ("a+(b).c", vec!["a+(b).c"], vec!["aab.c", "a+(b)xc"]),
        ("{a}/{a}.x", vec!["7/7.x"], vec!["7/8.x"]),
    ] {
        for path in yes {
            assert!(covers(pattern, path), "{pattern} covers {path}");
        }
        for path in no {
            assert!(!covers(pattern, path), "{pattern} does not cover {path}");
        }
    }
}

#[test]
fn what_was_captured_fills_the_pattern_again() {
    for (pattern, path) in [
        ("corpus/*/{set}/c-?.bin", "corpus/valid/july/c-7.bin"),
        ("**/a.bin", "a.bin"),
        ("**/a.bin", "x/y/a.bin"),
        ("x/**", "x/y/z"),
        ("fixed", "fixed"),
    ] {
        let pattern = Pattern::new(pattern).unwrap();
        let captures = pattern.captures(path).unwrap();
        assert_eq!(pattern.fill(&captures).as_deref(), Some(path));
        assert_eq!(pattern.fill_known(&captures), path);
    }
    let pattern = Pattern::new("a/**/{x}/*.b").unwrap();
    assert_eq!(pattern.fill(&Captures::new()), None);
    assert_eq!(pattern.fill_known(&Captures::new()), "a/**/{x}/*.b");
    assert_eq!(pattern.base(), "a");
    assert_eq!(Pattern::new("a/b*/c").unwrap().base(), "a");
    assert_eq!(Pattern::new("*.c").unwrap().base(), "");
}

#[test]
fn the_nearest_configuration_upwards_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).unwrap();
    let top = folder.path().join(FILE_NAME);
    std::fs::write(&top, "").unwrap();
    assert_eq!(find(&deep), Some(top));
    let near = folder.path().join("a").join(FILE_NAME);
    std::fs::write(&near, "").unwrap();
    assert_eq!(find(&deep), Some(near));
}

#[test]
fn a_configuration_that_cannot_be_read_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    let load = || super::load(&path, FILE_NAME, &mut Sources::default()).map(|_| ()).unwrap_err();
    assert_eq!(load()[0].code, "file-missing");
    std::fs::write(&path, b"a = \"\xff\"").unwrap();
    assert_eq!(load()[0].message, "`bootgate.toml` is not UTF-8 after 5 bytes");
    std::fs::write(&path, "[[sets]]").unwrap();
    assert_eq!(load()[0].help.as_deref(), Some("did you mean `set`?"));

    std::fs::write(&path, GOOD).unwrap();
    let mut sources = Sources::default();
    let config = super::load(&path, FILE_NAME, &mut sources).unwrap();
    assert_eq!(config.root, folder.path());
    assert_eq!(sources.get(config.source).unwrap().name, FILE_NAME);
}
