//! The corpus as committed is what the builder makes. `SNAPSHOTS=overwrite` rewrites it.

#[cfg(test)]
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use support::cases::{Case, all};

/// Where the README's table begins and ends.
const MARKS: (&str, &str) = ("<!-- table: begin -->\n", "<!-- table: end -->\n");

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn folder(case: &Case) -> PathBuf {
    let verdict = if case.refusal.is_some() { "invalid" } else { "valid" };
    corpus().join("channel").join(verdict).join(case.name)
}

fn blessing() -> bool {
    env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite")
}

/// Every file that the corpus must hold, with its bytes.
fn expected() -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for case in all() {
        let folder = folder(&case);
        files.push((folder.join("definitions.bin"), case.definitions));
        files.push((folder.join("channel.bin"), case.channel));
    }
    files
}

fn table(cases: &[Case]) -> String {
    let head = "| case | what is wrong | result | code | where |\n|---|---|---|---|---|\n";
    std::iter::once(head.to_owned()).chain(cases.iter().map(row)).collect()
}

fn row(Case { name, what, refusal, .. }: &Case) -> String {
    let Some(refusal) = refusal else {
        return format!("| `{name}` | {what} | passed | – | – |\n");
    };
    let range = refusal.range.as_ref().map(|range| format!(" {}..{}", range.start, range.end));
    let (code, path, range) = (refusal.code, &refusal.path, range.unwrap_or_default());
    format!("| `{name}` | {what} | refused | `{code}` | `{path}`{range} |\n")
}

#[test]
fn committed_files_are_what_the_builder_makes() {
    let expected = expected();
    if blessing() {
        for verdict in ["valid", "invalid"] {
            let folder = corpus().join("channel").join(verdict);
            if folder.exists() {
                fs::remove_dir_all(folder).unwrap();
            }
        }
        for (path, bytes) in &expected {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    for (path, bytes) in &expected {
        let committed = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(&committed == bytes, "{} differs from what the builder makes", path.display());
    }
}

#[test]
fn the_corpus_holds_no_other_cases() {
    if blessing() {
        return;
    }
    let expected: BTreeSet<PathBuf> = all().iter().map(folder).collect();
    let committed: BTreeSet<PathBuf> = ["valid", "invalid"]
        .into_iter()
        .flat_map(|verdict| fs::read_dir(corpus().join("channel").join(verdict)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(committed, expected);
}

#[test]
fn the_readme_lists_every_case() {
    let path = corpus().join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(MARKS.0).expect("the table's begin mark");
    let (committed, after) = rest.split_once(MARKS.1).expect("the table's end mark");
    let table = table(&all());
    if blessing() {
        let (begin, end) = MARKS;
        fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(committed, table, "run the command that the README gives");
    }
}

#[test]
fn no_two_cases_are_the_same() {
    let cases = all();
    let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
    let sets: BTreeSet<_> = cases.iter().map(|case| (&case.definitions, &case.channel)).collect();
    assert_eq!((names.len(), sets.len()), (cases.len(), cases.len()));
}

#[test]
fn the_july_file_differs_from_its_sibling_in_one_criterion_only() {
    let sibling = support::samples::channel();
    let mut july = support::samples::july();
    let changed = &mut july.instances[3].criteria[20];
    assert_eq!(changed.field_index, 20);
    changed.operand = support::channel::Operand::Wildcard;
    assert_eq!(july.build().bytes, sibling.build().bytes);
}
