use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::finding::{Blame, Finding, Severity};

const CONFIG: &str = r#"
[check]
paths = ["corpus/valid"]
[[set]]
name = "channel"
contract = "c"
[set.files]
definitions = "corpus/*/{set}/definitions.bin"
channel     = "corpus/*/{set}/channel.bin"
[[format]]
name = "firmware"
schema = "s"
files = ["firmware/**/*.bin"]
"#;

struct Project {
    folder: TempDir,
    config: Config,
}

impl Project {
    fn new(config: &str, files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let root = fs::canonicalize(folder.path()).unwrap();
        let source = Sources::default().add(FILE_NAME, config);
        let config = parse(config, source, &root).unwrap();
        Project { folder, config }
    }

    fn root(&self) -> &Path {
        &self.config.root
    }

    fn assign(&self, paths: &[&str]) -> Assignment {
        self.assign_from("", paths)
    }

    fn assign_from(&self, cwd: &str, paths: &[&str]) -> Assignment {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        assign(&self.config, &paths, &self.root().join(cwd), 10)
    }
}

fn names(assignment: &Assignment) -> Vec<&str> {
    assignment.units.iter().map(|u| u.name.as_str()).collect()
}

fn codes(assignment: &Assignment) -> Vec<&'static str> {
    assert!(
        assignment.problems.iter().all(|p| p.blame == Blame::Environment && p.severity == Severity::Error)
    );
    assignment.problems.iter().map(|p| p.code).collect()
}

fn only(assignment: &Assignment) -> &Finding {
    assert_eq!(assignment.problems.len(), 1, "{:?}", assignment.problems);
    &assignment.problems[0]
}

fn shown_files(unit: &AssignedUnit) -> Vec<(&str, &str)> {
    unit.files.iter().map(|(role, path)| (role.as_str(), path.to_str().unwrap())).collect()
}

const SETS: &[&str] = &[
    "corpus/valid/b/definitions.bin",
    "corpus/valid/b/channel.bin",
    "corpus/valid/a/definitions.bin",
    "corpus/valid/a/channel.bin",
    "corpus/valid/a/notes.txt",
    "corpus/invalid/a/definitions.bin",
    "corpus/invalid/a/channel.bin",
    "firmware/x.bin",
    "firmware/deep/y.bin",
];

#[test]
fn without_paths_the_configuration_says_what_is_checked() {
    let project = Project::new(CONFIG, SETS);
    let assignment = project.assign(&[]);
    assert_eq!(names(&assignment), ["corpus/valid/a", "corpus/valid/b"]);
    assert!(assignment.problems.is_empty());
    let first = &assignment.units[0];
    assert_eq!(first.origin, Origin::Set(0));
    let expected =
        [("definitions", "corpus/valid/a/definitions.bin"), ("channel", "corpus/valid/a/channel.bin")];
    assert_eq!(shown_files(first), expected);
}

#[test]
fn wildcards_tell_sets_apart_as_placeholders_do() {
    let project = Project::new(CONFIG, SETS);
    let assignment = project.assign(&["corpus"]);
    assert_eq!(names(&assignment), ["corpus/invalid/a", "corpus/valid/a", "corpus/valid/b"]);
}

#[test]
fn a_folder_gives_sets_and_single_files_in_the_order_of_their_names() {
    let project = Project::new(CONFIG, SETS);
    let assignment = project.assign(&["."]);
    let expected =
        ["corpus/invalid/a", "corpus/valid/a", "corpus/valid/b", "firmware/deep/y.bin", "firmware/x.bin"];
    assert_eq!(names(&assignment), expected);
    assert_eq!(shown_files(&assignment.units[3]), [("firmware", "firmware/deep/y.bin")]);
    assert_eq!(assignment.units[3].origin, Origin::Format(0));

    let twice = project.assign(&["firmware", "corpus", "corpus/valid", "."]);
    assert_eq!(twice.units, assignment.units);
}

#[test]
fn one_file_stands_for_its_set() {
    let project = Project::new(CONFIG, SETS);
    for file in ["corpus/valid/a/channel.bin", "./corpus/valid/../valid/a/definitions.bin"] {
        let assignment = project.assign(&[file]);
        assert_eq!(names(&assignment), ["corpus/valid/a"], "{file}");
        assert_eq!(assignment.units[0].files.len(), 2);
    }
}

#[test]
fn paths_are_shown_from_where_one_works() {
    let project = Project::new(CONFIG, SETS);
    let assignment = project.assign_from("corpus/valid", &["a", "../../firmware/x.bin"]);
    assert_eq!(names(&assignment), ["../../firmware/x.bin", "a"]);
    assert_eq!(shown_files(&assignment.units[1])[1], ("channel", "a/channel.bin"));

    let inside = project.assign_from("corpus/valid/a", &["channel.bin"]);
    assert_eq!(names(&inside), ["."]);

    let elsewhere =
        assign(&project.config, &[project.root().join("firmware/x.bin")], Path::new("/nowhere"), 10);
    assert_eq!(Path::new(&elsewhere.units[0].name), project.root().join("firmware/x.bin"));
}

#[test]
fn a_path_that_does_not_exist_is_missing_and_the_rest_is_checked() {
    let project = Project::new(CONFIG, SETS);
    let assignment = project.assign(&["corpus/valid/c", "corpus/valid/a", "gone.bin"]);
    assert_eq!(names(&assignment), ["corpus/valid/a"]);
    assert_eq!(codes(&assignment), ["file-missing", "file-missing"]);
    assert_eq!(assignment.problems[0].message, "`corpus/valid/c` does not exist");
}

#[test]
fn a_missing_path_of_the_configuration_points_at_its_line() {
    let project = Project::new(CONFIG, &["firmware/x.bin"]);
    let assignment = project.assign_from("firmware", &[]);
    let finding = only(&assignment);
    assert_eq!(finding.message, "`../corpus/valid` does not exist");
    assert_eq!(finding.labels[0].key.as_deref(), Some("/check/paths/0"));
}

#[test]
fn a_folder_where_nothing_matches_is_a_problem() {
    let project = Project::new(CONFIG, &["docs/a.md", "docs/b.md"]);
    fs::create_dir(project.folder.path().join("empty")).unwrap();
    let assignment = project.assign(&["docs"]);
    let finding = only(&assignment);
    assert_eq!(finding.code, "no-match");
    assert_eq!(finding.message, "no pattern covers any file below `docs`");
    assert_eq!(finding.notes[0], "there are 2 files below it");
    assert!(finding.notes.contains(&"format `firmware`: `firmware/**/*.bin`".to_owned()));
    assert_eq!(only(&project.assign(&["empty"])).notes[0], "there is no file below it");
}

#[test]
fn a_file_that_no_pattern_covers_is_a_problem_when_named_and_none_in_a_folder() {
    let project = Project::new(CONFIG, SETS);
    let assignment = project.assign(&["corpus/valid/a/notes.txt"]);
    let finding = only(&assignment);
    assert_eq!(finding.message, "no pattern covers `corpus/valid/a/notes.txt`");
    let pattern = "set `channel`: definitions = `corpus/*/{set}/definitions.bin`".to_owned();
    assert!(finding.notes.contains(&pattern));
    assert!(project.assign(&["corpus/valid/a"]).problems.is_empty());
}

#[test]
fn what_lies_outside_the_configurations_folder_is_covered_by_nothing() {
    let project = Project::new(CONFIG, SETS);
    let outside = tempfile::tempdir().unwrap();
    let assignment = project.assign(&[outside.path().to_str().unwrap()]);
    assert_eq!(codes(&assignment), ["no-match"]);
}

#[test]
fn a_set_with_a_file_missing_names_the_role_and_where_it_was_looked_for() {
    let project = Project::new(CONFIG, &["corpus/valid/a/definitions.bin", "firmware/x.bin"]);
    let assignment = project.assign(&["."]);
    assert_eq!(names(&assignment), ["firmware/x.bin"]);
    let finding = only(&assignment);
    assert_eq!(finding.code, "set-incomplete");
    assert_eq!(finding.message, "the set of `corpus/valid/a/definitions.bin` has no `channel`");
    assert_eq!(finding.notes, ["`channel` was looked for at `corpus/valid/a/channel.bin`"]);
    assert_eq!(finding.labels[0].key.as_deref(), Some("/set/0/files/channel"));
}

#[test]
fn nothing_to_check_is_a_problem() {
    let project = Project::new("", &["a"]);
    assert_eq!(codes(&project.assign(&[])), ["no-match"]);
    let assignment = project.assign(&["a"]);
    assert_eq!(only(&assignment).notes, ["the configuration has no [[set]] and no [[format]]"]);
}

const SHARED: &str = r#"
[[set]]
name = "channel"
contract = "c"
[set.files]
definitions = "shared/definitions.bin"
release     = "channels/{release}/release.bin"
channel     = "channels/{release}/{n}.chn"
"#;

const SHARING: &[&str] = &[
    "shared/definitions.bin",
    "channels/7.11/release.bin",
    "channels/7.11/1.chn",
    "channels/7.11/2.chn",
    "channels/7.15/release.bin",
    "channels/7.15/1.chn",
];

#[test]
fn a_file_without_a_placeholder_is_shared_by_the_sets_that_agree_in_the_rest() {
    let project = Project::new(SHARED, SHARING);
    let assignment = project.assign(&["channels"]);
    assert!(assignment.problems.is_empty(), "{:?}", assignment.problems);
    // Two sets of one folder are told apart by their first own file that differs.
    let files: Vec<_> = assignment.units.iter().map(|u| shown_files(u)[2].1).collect();
    assert_eq!(files, ["channels/7.11/1.chn", "channels/7.11/2.chn", "channels/7.15/1.chn"]);
    assert!(assignment.units.iter().all(|u| shown_files(u)[0].1 == "shared/definitions.bin"));
    assert_eq!(shown_files(&assignment.units[2])[1].1, "channels/7.15/release.bin");
}

#[test]
fn a_shared_file_stands_for_every_set_that_shares_it() {
    let project = Project::new(SHARED, SHARING);
    assert_eq!(project.assign(&["shared/definitions.bin"]).units.len(), 3);
    assert_eq!(project.assign(&["channels/7.11/release.bin"]).units.len(), 2);
    assert_eq!(project.assign(&["channels/7.11/2.chn"]).units.len(), 1);
}

#[test]
fn a_shared_file_that_no_set_shares_is_a_problem() {
    let project = Project::new(SHARED, &["shared/definitions.bin", "channels/8.0/release.bin"]);
    let assignment = project.assign(&["channels/8.0/release.bin"]);
    let finding = only(&assignment);
    assert_eq!(finding.code, "set-incomplete");
    assert_eq!(finding.notes, ["`channel` was looked for at `channels/8.0/{n}.chn`"]);
}

#[test]
fn no_two_units_have_one_name() {
    let project = Project::new(SHARED, SHARING);
    let assignment = project.assign(&["."]);
    let names = names(&assignment);
    assert_eq!(names, ["channels/7.11/1.chn", "channels/7.11/2.chn", "channels/7.15"]);

    let twice = "[[format]]\nname = \"a\"\nschema = \"s\"\nfiles = [\"x\"]\n\
                 [[format]]\nname = \"b\"\nschema = \"s\"\nfiles = [\"x\"]\n";
    let project = Project::new(twice, &["x"]);
    let assignment = project.assign(&["x"]);
    assert_eq!(super::assign_tests::names(&assignment), ["x (a)", "x (b)"]);
}

#[test]
fn a_dangling_link_in_a_set_is_left_for_opening_to_refuse() {
    let project = Project::new(CONFIG, &["corpus/valid/a/definitions.bin"]);
    let link = project.root().join("corpus/valid/a/channel.bin");
    std::os::unix::fs::symlink("nowhere", link).unwrap();
    let assignment = project.assign(&["corpus"]);
    assert_eq!(names(&assignment), ["corpus/valid/a"]);
}

#[test]
fn a_folder_reached_through_a_link_is_the_folder() {
    let project = Project::new(CONFIG, SETS);
    let outside = tempfile::tempdir().unwrap();
    let link = outside.path().join("link");
    std::os::unix::fs::symlink(project.root(), &link).unwrap();
    let assignment = project.assign(&[link.join("corpus/valid").to_str().unwrap()]);
    assert_eq!(names(&assignment), ["corpus/valid/a", "corpus/valid/b"]);
}

#[test]
fn a_name_that_is_not_unicode_is_not_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new(CONFIG, &["firmware/x.bin"]);
    let name = std::ffi::OsStr::from_bytes(b"firmware/\xff.bin");
    fs::write(project.root().join(name), b"").unwrap();
    assert_eq!(names(&project.assign(&["firmware"])), ["firmware/x.bin", "firmware/\u{fffd}.bin"]);
}
