use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::finding::Blame;

fn project(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"").unwrap();
    }
    folder
}

fn paths(paths: &[&str]) -> Vec<PathBuf> {
    paths.iter().map(PathBuf::from).collect()
}

fn contract(folder: &TempDir, arguments: &[&str]) -> Assignment {
    let roles = ["definitions".to_owned(), "channel".to_owned()];
    with_contract(&paths(arguments), folder.path(), &roles)
}

fn names(assignment: &Assignment) -> Vec<&str> {
    assignment.units.iter().map(|u| u.name.as_str()).collect()
}

fn codes(assignment: &Assignment) -> Vec<&'static str> {
    assert!(assignment.problems.iter().all(|p| p.blame == Blame::Environment));
    assignment.problems.iter().map(|p| p.code).collect()
}

#[test]
fn with_a_schema_each_file_is_a_unit() {
    let folder = project(&["a/2.bin", "a/1.bin", "b.bin"]);
    let assignment = with_schema(&paths(&["b.bin", "a", "a/1.bin"]), folder.path(), "table");
    assert_eq!(names(&assignment), ["a/1.bin", "a/2.bin", "b.bin"]);
    let files = &assignment.units[0].files;
    assert_eq!(files.as_slice(), [("table".to_owned(), PathBuf::from("a/1.bin"))]);
    assert!(assignment.problems.is_empty());
}

#[test]
fn paths_stay_relative_or_absolute_as_they_were_given() {
    let folder = project(&["a/1.bin", "b/2.bin"]);
    let cwd = folder.path().join("a");
    let absolute = folder.path().join("b/2.bin");
    let given = [PathBuf::from("../b/2.bin")];
    assert_eq!(names(&with_schema(&given, &cwd, "t")), ["../b/2.bin"]);
    assert_eq!(names(&with_schema(std::slice::from_ref(&absolute), &cwd, "t")), [absolute.to_str().unwrap()]);
    assert_eq!(names(&with_schema(&paths(&["."]), &cwd, "t")), ["1.bin"]);
    assert_eq!(names(&with_schema(&paths(&[".."]), &cwd, "t")), ["../a/1.bin", "../b/2.bin"]);
}

#[test]
fn what_is_missing_or_empty_is_a_problem_and_the_rest_is_checked() {
    let folder = project(&["a.bin"]);
    fs::create_dir(folder.path().join("empty")).unwrap();
    let assignment = with_schema(&paths(&["gone", "a.bin", "empty"]), folder.path(), "t");
    assert_eq!(names(&assignment), ["a.bin"]);
    assert_eq!(codes(&assignment), ["file-missing", "no-match"]);
    assert_eq!(codes(&with_schema(&[], folder.path(), "t")), ["no-match"]);
}

#[test]
fn arguments_with_roles_make_one_set_in_the_order_of_the_contract() {
    let folder = project(&["x/new.chn", "y/defs"]);
    let assignment = contract(&folder, &["channel=x/new.chn", "definitions=y/defs"]);
    assert!(assignment.problems.is_empty(), "{:?}", assignment.problems);
    let unit = &assignment.units[0];
    assert_eq!((unit.origin, unit.name.as_str()), (Origin::Arguments, "."));
    let expected = [("definitions", "y/defs"), ("channel", "x/new.chn")]
        .map(|(role, path)| (role.to_owned(), PathBuf::from(path)));
    assert_eq!(unit.files, expected);
}

#[test]
fn a_role_that_no_argument_has_leaves_the_set_incomplete() {
    let folder = project(&["x"]);
    let assignment = contract(&folder, &["channel=x"]);
    assert!(assignment.units.is_empty());
    assert_eq!(codes(&assignment), ["set-incomplete"]);
    assert_eq!(assignment.problems[0].message, "the set of the arguments has no `definitions`");
}

#[test]
fn a_role_is_given_once_and_its_file_exists() {
    let folder = project(&["x", "y"]);
    let twice = contract(&folder, &["channel=x", "channel=y", "definitions=x"]);
    assert_eq!(twice.problems[0].message, "the set of the arguments has 2 files for `channel`");
    assert!(twice.units.is_empty());
    let gone = contract(&folder, &["channel=gone", "definitions=x"]);
    assert_eq!(codes(&gone), ["file-missing"]);
    assert!(gone.units.is_empty());
}

#[test]
fn a_role_that_the_contract_does_not_have_is_a_problem_that_names_the_nearest() {
    let folder = project(&["x", "odd=name/channel.bin", "odd=name/definitions.bin"]);
    let assignment = contract(&folder, &["chanel=x"]);
    assert_eq!(codes(&assignment), ["no-match"]);
    assert_eq!(assignment.problems[0].help.as_deref(), Some("did you mean `channel=x`?"));
    assert_eq!(names(&contract(&folder, &["odd=name"])), ["odd=name"], "a path that exists is a path");
}

#[test]
fn every_folder_below_with_a_file_of_the_set_is_a_set() {
    let folder = project(&[
        "all/b/definitions.bin",
        "all/b/channel.chn",
        "all/a/definitions.bin",
        "all/a/channel.bin",
        "all/a/readme.md",
        "all/docs/readme.md",
        "all/half/channel.bin",
    ]);
    let assignment = contract(&folder, &["all"]);
    assert_eq!(names(&assignment), ["all/a", "all/b"]);
    assert_eq!(assignment.units[1].files[1].1, Path::new("all/b/channel.chn"));
    assert_eq!(codes(&assignment), ["set-incomplete"]);
    let finding = &assignment.problems[0];
    assert_eq!(finding.message, "the set in `all/half` has no `definitions`");
    assert_eq!(finding.notes, ["`definitions` was looked for at `all/half/definitions`, with any extension"]);
}

#[test]
fn one_file_stands_for_the_set_of_its_folder() {
    let folder = project(&["a/definitions.bin", "a/channel.bin", "a/below/channel.bin"]);
    let assignment = contract(&folder, &["a/channel.bin", "a/definitions.bin"]);
    assert_eq!(names(&assignment), ["a"]);
    assert!(assignment.problems.is_empty());
    let inside = with_contract(
        &paths(&["channel.bin"]),
        &folder.path().join("a"),
        &["definitions".to_owned(), "channel".to_owned()],
    );
    assert_eq!(names(&inside), ["."]);
    assert_eq!(inside.units[0].files[0].1, Path::new("definitions.bin"));
}

#[test]
fn two_files_for_one_role_are_not_chosen_from() {
    let folder = project(&["a/definitions.bin", "a/channel.bin", "a/channel.old"]);
    let assignment = contract(&folder, &["a"]);
    assert!(assignment.units.is_empty());
    assert_eq!(codes(&assignment), ["set-incomplete"]);
    assert_eq!(assignment.problems[0].message, "the set in `a` has 2 files for `channel`");
    assert_eq!(assignment.problems[0].notes, ["`a/channel.bin`", "`a/channel.old`"]);
}

#[test]
fn files_that_are_no_ones_are_a_problem_when_named() {
    let folder = project(&["a/readme.md"]);
    assert_eq!(codes(&contract(&folder, &["a/readme.md"])), ["no-match"]);
    assert_eq!(codes(&contract(&folder, &["a"])), ["no-match"]);
    assert_eq!(codes(&contract(&folder, &[])), ["no-match"]);
}
