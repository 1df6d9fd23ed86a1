use std::fs;
use std::path::{Path, PathBuf};

use super::tests::{only, parsed};
use super::*;

const CONFIG: &str = r#"
[[set]]
name = "channel"
contract = "c"
[set.coexist]
definitions = "old/definitions/*.bin"
channel = "old/channel/*.bin"
"#;

const FILES: &[&str] = &[
    "old/definitions/may.bin",
    "old/definitions/june.bin",
    "old/channel/1.bin",
    "old/channel/2.bin",
    "old/channel/3.bin",
    "old/notes.txt",
];

fn assigned(config: &str, files: &[&str], paths: &[&str], most: u64) -> Assignment {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"").unwrap();
    }
    let root = fs::canonicalize(folder.path()).unwrap();
    let config = Config { root: root.clone(), ..parsed(config).unwrap() };
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    assign(&config, &paths, &root, most)
}

fn names(assignment: &Assignment) -> Vec<&str> {
    assignment.units.iter().map(|unit| unit.name.as_str()).collect()
}

#[test]
fn every_combination_is_a_set_named_by_its_parts() {
    let assignment = assigned(CONFIG, FILES, &["old"], 6);
    assert!(assignment.problems.is_empty(), "{:?}", assignment.problems);
    assert_eq!(
        names(&assignment),
        [
            "old/definitions/june.bin + old/channel/1.bin",
            "old/definitions/june.bin + old/channel/2.bin",
            "old/definitions/june.bin + old/channel/3.bin",
            "old/definitions/may.bin + old/channel/1.bin",
            "old/definitions/may.bin + old/channel/2.bin",
            "old/definitions/may.bin + old/channel/3.bin",
        ]
    );
    let first = &assignment.units[0];
    assert_eq!(first.origin, Origin::Set(0));
    let roles: Vec<&str> = first.files.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(roles, ["definitions", "channel"]);
    assert_eq!(first.files[1].1, Path::new("old/channel/1.bin"));
}

#[test]
fn a_file_stands_for_the_combinations_that_it_is_a_part_of() {
    let one = assigned(CONFIG, FILES, &["old/channel/2.bin"], 6);
    assert_eq!(
        names(&one),
        ["old/definitions/june.bin + old/channel/2.bin", "old/definitions/may.bin + old/channel/2.bin"]
    );
    // Three with one of the definitions, and one more with the channel file.
    assert_eq!(assigned(CONFIG, FILES, &["old/channel/2.bin", "old/definitions/may.bin"], 4).units.len(), 4);
}

#[test]
fn more_combinations_than_the_limit_are_counted_and_not_made() {
    let assignment = assigned(CONFIG, FILES, &["old"], 5);
    assert_eq!(assignment.units, []);
    let [problem] = assignment.problems.as_slice() else { panic!("{:?}", assignment.problems) };
    assert_eq!(
        problem.message,
        "the set `channel` has 6 combinations of files, more than the limit `combinations`"
    );
    assert_eq!(problem.expected.as_deref(), Some("at most 5"));
    assert!(problem.help.as_deref().unwrap().contains("`--limit combinations=N`"));
    // What is asked for counts, not what there is.
    assert_eq!(assigned(CONFIG, FILES, &["old/channel/1.bin"], 2).units.len(), 2);
}

#[test]
fn a_placeholder_is_the_same_text_in_every_part() {
    let config = r#"
[[set]]
name = "channel"
contract = "c"
[set.coexist]
definitions = "{ring}/definitions/*.bin"
channel = "{ring}/channel/*.bin"
policy = "policy.bin"
"#;
    let files =
        ["a/definitions/1.bin", "a/channel/1.bin", "b/definitions/2.bin", "b/channel/2.bin", "policy.bin"];
    let assignment = assigned(config, &files, &["."], 10);
    assert_eq!(
        names(&assignment),
        [
            "a/definitions/1.bin + a/channel/1.bin + policy.bin",
            "b/definitions/2.bin + b/channel/2.bin + policy.bin"
        ]
    );
    assert_eq!(assigned(config, &files, &["policy.bin"], 10).units.len(), 2);
}

#[test]
fn a_file_that_goes_together_with_none_is_told() {
    let config =
        CONFIG.replace("old/definitions/", "{x}/definitions/").replace("old/channel/", "{x}/channel/");
    let files = ["a/definitions/1.bin", "a/channel/1.bin", "b/channel/2.bin"];
    let assignment = assigned(&config, &files, &["."], 10);
    assert_eq!(names(&assignment), ["a/definitions/1.bin + a/channel/1.bin"]);
    let [problem] = assignment.problems.as_slice() else { panic!("{:?}", assignment.problems) };
    assert_eq!(problem.message, "`b/channel/2.bin` goes together with no other file of the set `channel`");
    assert_eq!(problem.notes, ["looked for at `b/definitions/*.bin`"]);
    assert_eq!(problem.code, codes::SET_INCOMPLETE);
    let alone = assigned(CONFIG, &["old/channel/1.bin"], &["old"], 10);
    assert_eq!((alone.units.len(), alone.problems.len()), (0, 1));
}

#[test]
fn a_set_may_have_both_files_and_combinations() {
    let config = format!(
        "{CONFIG}[set.files]\ndefinitions = \"new/*/definitions.bin\"\nchannel = \"new/*/channel.bin\"\n"
    );
    let files = [FILES, &["new/a/definitions.bin", "new/a/channel.bin"]].concat();
    let assignment = assigned(&config, &files, &["."], 10);
    assert_eq!(assignment.units.len(), 7);
    assert_eq!(names(&assignment)[0], "new/a");
}

#[test]
fn what_is_wrong_with_coexist_and_inventory_is_told_with_its_place() {
    let set =
        |rest: &str| format!("[[set]]\nname = \"s\"\ncontract = \"c\"\nfiles = {{ a = \"*.a\" }}\n{rest}\n");
    let text = set("coexist = { a = \"{x}.a\", b = \"{y}.b\" }");
    let (error, piece) = only(&text);
    assert_eq!(error.to_string(), "the patterns of `coexist` have different placeholders: {x}, {y}");
    assert_eq!(piece, "{ a = \"{x}.a\", b = \"{y}.b\" }");
    assert_eq!(only(&set("coexist = {}")).0.to_string(), "`coexist` is empty");
    assert!(matches!(only(&set("coexist = true")).0, ConfigError::Type { .. }));
    assert!(matches!(only(&set("coexist = { a = \"/x\" }")).0, ConfigError::Pattern { .. }));
    assert!(matches!(only(&set("inventory = 1")).0, ConfigError::Type { .. }));
    assert!(matches!(
        only(&set("inventory = { version = \"v\" }")).0,
        ConfigError::Missing { key: "file", .. }
    ));
    assert!(matches!(
        only(&set("inventory = { file = \"f\", host = \"h\" }")).0,
        ConfigError::UnknownKey { .. }
    ));
    // Without combinations a set must name its files.
    let (error, _) = only("[[set]]\nname = \"s\"\ncontract = \"c\"\n");
    assert!(matches!(error, ConfigError::Missing { key: "files", .. }));
}

#[test]
fn an_inventory_is_a_path_or_a_table_with_the_names_of_columns() {
    let set =
        |rest: &str| format!("[[set]]\nname = \"s\"\ncontract = \"c\"\nfiles = {{ a = \"*.a\" }}\n{rest}\n");
    let plain = parsed(&set("inventory = \"e.csv\"")).unwrap().sets.remove(0).inventory.unwrap();
    assert_eq!((plain.file.value.as_str(), plain.columns), ("e.csv", Columns::default()));
    let named = parsed(&set("inventory = { file = \"e.csv\", version = \"Agent\", count = \"n\" }"));
    let named = named.unwrap().sets.remove(0).inventory.unwrap();
    let columns = Columns { version: Some("Agent".into()), platform: None, count: Some("n".into()) };
    assert_eq!((named.file.value.as_str(), named.columns), ("e.csv", columns));
}
