//! Imports: where they are looked for, each file once, and what is said when one is not there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::ast::Bundle;
use super::error::Kind;
use super::{Files, Search, load};
use crate::codes;
use crate::finding::{Blame, Finding, Severity};
use crate::layout::{Input, build};
use crate::limits::SchemaLimits;
use crate::span::Sources;

/// Files in memory, and how often each was read.
struct Memory {
    texts: BTreeMap<PathBuf, String>,
    read: RefCell<BTreeMap<PathBuf, usize>>,
}

impl Memory {
    fn new(files: &[(&str, &str)]) -> Memory {
        let texts = files.iter().map(|(path, text)| (PathBuf::from(path), text.to_string())).collect();
        Memory { texts, read: RefCell::default() }
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut all, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                all.pop();
            }
            part => all.push(part),
        }
        all
    })
}

impl Files for Memory {
    fn find(&self, path: &Path) -> Option<PathBuf> {
        Some(plain(path)).filter(|path| self.texts.contains_key(path))
    }

    fn text(&self, path: &Path) -> Result<String, Finding> {
        let path = plain(path);
        *self.read.borrow_mut().entry(path.clone()).or_default() += 1;
        let missing =
            || Finding::new(codes::FILE_MISSING, Severity::Error, Blame::Environment, "no such file");
        self.texts.get(&path).filter(|text| *text != "unreadable").cloned().ok_or_else(missing)
    }
}

/// What is read from `a.ksy`, and the names of all sources in their order.
fn loaded(files: &Memory, limits: &SchemaLimits) -> (Bundle, Vec<String>) {
    let mut sources = Sources::default();
    let import_paths = [PathBuf::from("lib1"), PathBuf::from("lib2")];
    let search = Search { files, import_paths: &import_paths, limits };
    let bundle = load(&mut sources, Path::new("a.ksy"), search).unwrap();
    (bundle, sources.iter().map(|source| source.name.clone()).collect())
}

/// The places and texts of everything that is wrong, by source, key and message.
fn problems(files: &[(&str, &str)]) -> Vec<(u32, String, String)> {
    let (bundle, _) = loaded(&Memory::new(files), &SchemaLimits::default());
    let problems = match build(&[Input { role: "a", schema: &bundle }]) {
        Ok(layout) => layout.warnings,
        Err(problems) => problems,
    };
    problems.into_iter().map(|p| (p.span.source.0, p.key.clone(), p.kind.to_string())).collect()
}

#[test]
fn imports_are_found_beside_their_file_or_below_the_import_paths() {
    let files = Memory::new(&[
        ("a.ksy", "meta: {id: a, imports: [sub/b, /common/d]}\nseq: [{id: b, type: b}, {id: d, type: d::e}]"),
        ("sub/b.ksy", "meta: {id: b, imports: [c, ../sub/./b]}\nseq: [{id: c, type: c}]"),
        ("sub/c.ksy", "meta: {id: c}\nseq: [{id: n, type: u1}]"),
        ("lib2/common/d.ksy", "meta: {id: d, imports: [../deep/f]}\ntypes: {e: {seq: [{id: f, type: f}]}}"),
        ("lib2/deep/f.ksy", "meta: {id: f, imports: [/common/d]}"),
    ]);
    let (bundle, names) = loaded(&files, &SchemaLimits::default());
    assert_eq!(bundle.problems, []);
    assert_eq!(names, ["a.ksy", "sub/b.ksy", "lib2/common/d.ksy", "sub/c.ksy", "lib2/common/../deep/f.ksy"]);
    assert!(build(&[Input { role: "a", schema: &bundle }]).is_ok());
    assert!(files.read.borrow().values().all(|times| *times == 1), "{:?}", files.read);
}

#[test]
fn files_that_import_each_other_are_read_once() {
    let files = Memory::new(&[
        ("a.ksy", "meta: {id: a, imports: [b, a, ./b]}\nseq: [{id: b, type: b}]"),
        ("b.ksy", "meta: {id: b, imports: [a]}\nseq: [{id: a, type: a, if: false}]"),
    ]);
    let (bundle, names) = loaded(&files, &SchemaLimits::default());
    assert_eq!((bundle.problems.len(), names.len()), (0, 2));
}

#[test]
fn a_missing_import_is_said_once_and_not_missed_again() {
    let text = "
meta: {id: a, imports: [nope, /common/none, other, bad]}
seq:
  - {id: x, type: nope(1), valid: 5}
  - {id: y, type: none::inner}
  - {id: z, type: other}
  - {id: w, type: bad, size: z.field + nope::kind::member.to_i + y.size}
  - {id: typo, type: noope}
";
    let other = "meta: {id: other}\nseq: [{id: n, tipe: u1}]";
    let files = [("a.ksy", text), ("other.ksy", other), ("bad.ksy", "meta: {id: bad")];
    let mut found = problems(&files);
    let (source, key, message) = found.remove(4);
    assert_eq!((source, key.as_str()), (2, "/seq/0"), "{message}");
    let why = "this is not YAML";
    assert!(found.pop().is_some_and(|(source, _, message)| source == 3 && message.starts_with(why)));
}
