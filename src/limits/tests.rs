use std::collections::BTreeSet;

use super::*;

fn setting(text: &str) -> Result<Setting, LimitError> {
    text.parse()
}

fn said(text: &str) -> String {
    setting(text).unwrap_err().to_string()
}

#[test]
fn names_are_unique_and_kebab_case() {
    let names: BTreeSet<&str> = Limit::all().map(|limit| limit.name).collect();
    assert_eq!(names.len(), Limit::all().count());
    let plain =
        |name: &str| name.split('-').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()));
    assert!(names.iter().all(|name| plain(name)), "{names:?}");
}

#[test]
fn the_table_has_the_defaults_of_the_structs() {
    assert_eq!(Bounds::default().changed().count(), 0);
    assert!(Limit::all().all(|limit| limit.check(limit.default).is_ok()));
    assert_eq!(Limits::describe("decoded-bytes").unwrap().default, 1 << 30);
    assert_eq!(SchemaLimits::describe("import-files").unwrap().default, 1000);
}

#[test]
fn each_name_sets_its_own_limit_and_no_other() {
    for limit in Limit::all() {
        let mut bounds = Bounds::default();
        bounds.set(Setting::new(limit, 7).unwrap());
        assert_eq!(bounds.changed().collect::<Vec<_>>(), [(limit.name, 7)]);
        bounds.set(Setting::new(limit, limit.greatest).unwrap());
        assert_eq!(bounds.changed().collect::<Vec<_>>(), [(limit.name, limit.greatest)]);
    }
    let mut limits = Limits::default();
    limits.set("empty-elements", 7).unwrap();
    assert_eq!(limits, Limits { empty_elements: 7, ..Limits::default() });
    let mut limits = SchemaLimits::default();
    limits.set("yaml-nodes", 7).unwrap();
    assert_eq!(limits, SchemaLimits { yaml_nodes: 7, ..SchemaLimits::default() });
}

#[test]
fn a_kind_of_limits_knows_its_own_names_only() {
    assert!(Limits::default().set("yaml-nodes", 7).is_err());
    assert!(SchemaLimits::default().set("elements", 7).is_err());
    assert!(Limits::names().all(|name| SchemaLimits::names().all(|other| name != other)));
}

#[test]
fn values_are_written_as_people_write_them() {
    for (text, value) in [
        ("elements=5", 5),
        ("elements=1_000_000", 1_000_000),
        ("elements=18446744073709551615", u64::MAX),
        ("string-bytes=64KiB", 64 << 10),
        ("string-bytes=16 MiB", 16 << 20),
        ("file-bytes=8GiB", 8 << 30),
        ("file-bytes=17179869183GiB", 17_179_869_183 << 30),
    ] {
        assert_eq!(setting(text).unwrap().value(), value, "{text}");
    }
}

#[test]
fn what_is_no_value_is_refused_for_what_is_wrong_with_it() {
    for text in
        ["", "many", "-1", "+1", "1.5", "0x10", " 5", "5 ", "_5", "5_", "1__0", "5KiB", "5k", "\u{663}"]
    {
        let error = setting(&format!("elements={text}")).unwrap_err();
        assert!(matches!(error, LimitError::NoNumber { .. }), "{text}: {error}");
    }
    for text in ["KiB", "5kb", "5KB", "5kib", "1.5MiB", "5MiBMiB", "-5MiB"] {
        let error = setting(&format!("file-bytes={text}")).unwrap_err();
        assert!(matches!(error, LimitError::NoNumber { .. }), "{text}: {error}");
    }
    for text in ["elements=0", "elements=000", "file-bytes=0GiB"] {
        assert!(matches!(setting(text), Err(LimitError::Zero { .. })), "{text}");
    }
    for text in
        ["elements=18446744073709551616", "file-bytes=17179869184GiB", "depth=4294967296", "yaml-depth=257"]
    {
        assert!(matches!(setting(text), Err(LimitError::TooGreat { .. })), "{text}");
    }
    assert_eq!(said("yaml-depth=1000"), "1000 is too much for the limit `yaml-depth`: at most 256");
    assert_eq!(
        said("elements=5KiB"),
        "`5KiB` is no value of the limit `elements`: it takes a number, such as 1000"
    );
}

#[test]
fn a_name_that_no_limit_has_gives_the_nearest_and_all_that_there_are() {
    let text = said("elemnts=5");
    assert!(
        text.starts_with("no limit is called `elemnts`: did you mean `elements`? (there are elements, "),
        "{text}"
    );
    assert!(Limit::all().all(|limit| text.contains(limit.name)));
    assert!(said("tea=5").starts_with("no limit is called `tea`: there are elements, "));
    assert!(said("=5").starts_with("no limit is called ``: there are elements, "));
    assert!(said(&format!("{}=5", "e".repeat(1 << 20))).ends_with("import-files"));
    assert_eq!(said("elements"), "a limit is set by its name, `=` and a number");
}
