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

    fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
        let path = plain(path);
        *self.read.borrow_mut().entry(path.clone()).or_default() += 1;
        let missing =
            || Finding::new(codes::FILE_MISSING, Severity::Error, Blame::Environment, "no such file");
        self.texts.get(&path).filter(|text| *text != "unreadable").cloned().ok_or_else(|| Box::new(missing()))
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
  - {id: w, type: bad, size: z.n + nope::kind::member.to_i}
  - {id: typo, type: noope}
";
    let other = "meta: {id: other}\nseq: [{id: n, tipe: u1}]";
    let files = [("a.ksy", text), ("other.ksy", other), ("bad.ksy", "meta: {id: bad")];
    let found = problems(&files);
    let places: Vec<(u32, &str)> = found.iter().map(|(source, key, _)| (*source, key.as_str())).collect();
    let expected = [
        (0, "/meta/imports/0"),
        (0, "/meta/imports/1"),
        (0, "/seq/4/type"),
        (1, "/seq/0"),
        (1, "/seq/0/tipe"),
        (2, ""),
    ];
    assert_eq!(places, expected, "{found:#?}");
    let message = "there is no schema `/common/none`: below the import paths, there is no `lib1/common/none.ksy`, \
        nor `lib2/common/none.ksy`";
    assert_eq!(found[1].2, message);
}

#[test]
fn an_import_that_cannot_be_read_is_an_error_where_it_is_named() {
    let files = [("a.ksy", "meta: {id: a, imports: [b]}\nseq: [{id: b, type: b}]"), ("b.ksy", "unreadable")];
    let message = "the schema `b` cannot be read: no such file".to_string();
    assert_eq!(problems(&files), [(0, "/meta/imports/0".to_string(), message)]);
    let mut sources = Sources::default();
    let (memory, limits) = (Memory::new(&[]), SchemaLimits::default());
    let search = Search { files: &memory, import_paths: &[], limits: &limits };
    assert!(load(&mut sources, Path::new("a.ksy"), search).is_err_and(|f| f.code == codes::FILE_MISSING));
}

#[test]
fn opaque_types_are_found_beside_the_file_that_uses_them() {
    let main = "
meta: {id: a, ks-opaque-types: true, imports: [sub/c]}
params: [{id: p, type: far}]
seq:
  - {id: b, type: b}
  - {id: t, type: {switch-on: 1, cases: {1: other, _: inner::deep}}}
  - {id: c, type: c}
  - {id: d, type: gone, size: d.x}
types: {inner: {types: {deep: {seq: [{id: x, type: inner}]}}}}
";
    let files = [
        ("a.ksy", main),
        ("b.ksy", "meta: {id: b}\nseq: [{id: n, type: nope}]"),
        ("other.ksy", "meta: {id: other, ks-opaque-types: true}\nseq: [{id: y, type: y}]"),
        ("y.ksy", "meta: {id: y}"),
        ("far.ksy", "meta: {id: far}"),
        ("sub/c.ksy", "meta: {id: c, ks-opaque-types: true}\nseq: [{id: z, type: z}]"),
        ("sub/z.ksy", "meta: {id: z}"),
    ];
    let found = problems(&files);
    let message = "there is no schema `gone`: no type of this name is defined, and there is no `gone.ksy`";
    assert_eq!(found[0], (0, "/seq/3/type".to_string(), message.to_string()));
    // Types of a file without the key stay unknown.
    assert!(found[1].2.starts_with("unknown type `nope`"), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn imports_are_limited_in_depth_number_and_bytes() {
    let chain: Vec<(String, String)> = (0..80)
        .map(|n| {
            let name = if n == 0 { "a".to_string() } else { format!("n{n}") };
            (format!("{name}.ksy"), format!("meta: {{id: {name}, imports: [n{}]}}", n + 1))
        })
        .collect();
    let files: Vec<(&str, &str)> = chain.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let memory = Memory::new(&files);
    let limited = |memory: &Memory, limits: SchemaLimits| {
        let (bundle, _) = loaded(memory, &limits);
        let kinds = bundle.problems.into_iter().map(|p| p.kind).collect::<Vec<_>>();
        (kinds, bundle.imported.len())
    };
    let limits = SchemaLimits::default();
    let depth = Kind::Limit { name: "import-depth", limit: limits.import_depth };
    assert_eq!(limited(&memory, limits.clone()), (vec![depth], limits.import_depth + 1));
    let files = Kind::Limit { name: "import-files", limit: 10 };
    let few = SchemaLimits { import_files: 10, ..SchemaLimits::default() };
    assert_eq!(limited(&memory, few), (vec![files], 11));

    let wide: String = (0..40).map(|n| format!("w{n}, ")).collect();
    let big = format!("meta: {{id: x}}\n#{}", "x".repeat(1_000_000));
    let names: Vec<String> = (0..40).map(|n| format!("w{n}.ksy")).collect();
    let main = format!("meta: {{id: a, imports: [{wide}]}}");
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), big.as_str())).collect();
    files.push(("a.ksy", &main));
    let (kinds, _) = limited(&Memory::new(&files), limits);
    assert!(kinds.iter().all(|kind| matches!(kind, Kind::TooLarge { .. })) && kinds.len() > 20, "{kinds:?}");
}
