//! Paths → units, by the patterns of the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::paths::{absolute, below, shown};
use super::pattern::{Captures, Pattern};
use super::unit::{Assignment, Draft, Origin, settle};
use super::{Config, Located, SetConfig, codes};
use crate::finding::{Blame, Finding, Label, Severity};
use crate::input::{InputError, walk};

/// Finds out what to check: the paths given, or else those of the configuration's `check.paths`.
///
/// A file stands for itself or for the whole set that it belongs to, a folder for everything below it that
/// a pattern covers. `paths` are relative to `cwd`, which is absolute, as is `config.root`. A file that can be on a
/// host with others stands for all combinations that it is a part of, of which a set may have `combinations` in all.
pub fn assign(config: &Config, paths: &[PathBuf], cwd: &Path, combinations: u64) -> Assignment {
    let mut work = Work {
        config,
        cwd,
        hits: BTreeSet::new(),
        coexist: BTreeMap::new(),
        problems: Vec::new(),
        below: BTreeMap::new(),
    };
    for path in paths {
        let place = absolute(cwd, path);
        work.ask(&Asked { shown: path.clone(), place, label: None });
    }
    if paths.is_empty() {
        for path in &config.paths {
            let place = absolute(&config.root, Path::new(&path.value));
            let shown = work.shown(&place);
            work.ask(&Asked { shown, place, label: Some(path.label("asked for here")) });
        }
        if config.paths.is_empty() {
            let mut finding = environment(codes::NO_MATCH, "there is nothing to check");
            finding.help =
                Some("name files or folders, or set `check.paths` in the configuration".to_owned());
            work.problems.push(finding);
        }
    }
    let drafts = work.drafts();
    let mut units = settle(drafts);
    units.extend(work.combinations(combinations));
    units.sort_by(|a, b| (&a.name, a.origin).cmp(&(&b.name, b.origin)));
    Assignment { units, problems: work.problems }
}

/// A path that somebody wants checked.
struct Asked {
    /// As it was written.
    shown: PathBuf,
    place: PathBuf,
    /// The line that asks for it, when it is not an argument.
    label: Option<Label>,
}

impl Asked {
    fn problem(&self, mut finding: Finding) -> Finding {
        finding.labels.extend(self.label.clone());
        finding
    }
}

/// A unit that a path leads to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hit {
    /// Index of the set, and the values of all its slots.
    Set(usize, Captures),
    /// Index of the format, and the file below the configuration's folder.
    Format(usize, String),
    /// Index of the set, a role, and the values of its slots: no file says which sets share it.
    Stray(usize, String, Captures),
}

pub(super) struct Work<'a> {
    pub(super) config: &'a Config,
    cwd: &'a Path,
    hits: BTreeSet<Hit>,
    /// By index of the set: roles and files, below the configuration's folder, of which all combinations are meant.
    pub(super) coexist: BTreeMap<usize, BTreeSet<(String, String)>>,
    pub(super) problems: Vec<Finding>,
    /// Files below folders that were walked to find the sets that share a file.
    below: BTreeMap<String, Rc<[String]>>,
}

impl Work<'_> {
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        shown(path, self.cwd, &self.config.root)
    }

    fn ask(&mut self, asked: &Asked) {
        match fs::metadata(&asked.place) {
            Err(error) => {
                let error = InputError::from_io(&asked.shown, error);
                self.problems.push(asked.problem(error.to_finding()));
            }
            Ok(metadata) if metadata.is_dir() => self.ask_folder(asked),
            Ok(_) => {
                if !self.cover(&asked.place) {
                    let message = format!("no pattern covers `{}`", asked.shown.display());
                    let finding = self.with_patterns(environment(codes::NO_MATCH, message));
                    self.problems.push(asked.problem(finding));
                }
            }
        }
    }

    fn ask_folder(&mut self, asked: &Asked) {
        let walked = walk(&asked.place);
        for error in &walked.errors {
            let finding = error.at(&self.shown(error.path())).to_finding();
            self.problems.push(asked.problem(finding));
        }
        let mut covered = false;
        for file in &walked.files {
            covered |= self.cover(file);
        }
        // A folder that could not be read may well have files that match.
        if !covered && walked.errors.is_empty() {
            let message = format!("no pattern covers any file below `{}`", asked.shown.display());
            let mut finding = self.with_patterns(environment(codes::NO_MATCH, message));
            finding.notes.insert(
                0,
                match walked.files.len() {
                    0 => "there is no file below it".to_owned(),
                    1 => "there is 1 file below it".to_owned(),
                    n => format!("there are {n} files below it"),
                },
            );
            self.problems.push(asked.problem(finding));
        }
    }

    /// Notes every unit that this file belongs to; whether there is one.
    fn cover(&mut self, file: &Path) -> bool {
        let Some(name) = below(&self.config.root, file) else { return false };
        let config = self.config;
        let mut covered = false;
        for (index, set) in config.sets.iter().enumerate() {
            for (role, pattern) in &set.files {
                if let Some(captures) = pattern.value.captures(&name) {
                    covered = true;
                    self.cover_set(index, set, role, captures);
                }
            }
            for (role, pattern) in set.coexist.iter().flat_map(|coexist| &coexist.files) {
                if pattern.value.captures(&name).is_some() {
                    covered = true;
                    self.coexist.entry(index).or_default().insert((role.clone(), name.clone()));
                }
            }
        }
        for (index, format) in config.formats.iter().enumerate() {
            if format.files.iter().any(|p| p.value.captures(&name).is_some()) {
                covered = true;
                self.hits.insert(Hit::Format(index, name.clone()));
            }
        }
        covered
    }

    fn cover_set(&mut self, index: usize, set: &SetConfig, role: &str, captures: Captures) {
        let Some((_, key)) = key_file(set) else { return };
        if key.value.slots().all(|slot| captures.contains_key(slot)) {
            self.hits.insert(Hit::Set(index, captures));
            return;
        }
        // Several sets share this file: all of them are meant.
        let mut shared = false;
        for name in self.files_below(key.value.base()).iter() {
            let Some(full) = key.value.captures(name) else { continue };
            if captures.iter().all(|(slot, value)| full.get(slot) == Some(value)) {
                shared = true;
                self.hits.insert(Hit::Set(index, full));
            }
        }
        if !shared {
            self.hits.insert(Hit::Stray(index, role.to_owned(), captures));
        }
    }

    pub(super) fn files_below(&mut self, base: &str) -> Rc<[String]> {
        if let Some(known) = self.below.get(base) {
            return Rc::clone(known);
        }
        let root = &self.config.root;
        let walked = walk(&root.join(base));
        let names: Rc<[String]> = walked.files.iter().filter_map(|file| below(root, file)).collect();
        // Folders that cannot be read may hold sets that were meant; one that is not there holds none.
        for error in walked.errors.iter().filter(|e| !matches!(e, InputError::Missing { .. })) {
            self.problems.push(error.at(&self.shown(error.path())).to_finding());
        }
        self.below.insert(base.to_owned(), Rc::clone(&names));
        names
    }

    /// The units; incomplete sets become problems.
    fn drafts(&mut self) -> Vec<Draft> {
        let config = self.config;
        let mut drafts = Vec::new();
        for hit in std::mem::take(&mut self.hits) {
            match hit {
                Hit::Format(index, name) => {
                    let Some(format) = config.formats.get(index) else { continue };
                    let entry = format.name.value.clone();
                    let path = self.shown(&config.root.join(name));
                    let files = vec![(entry.clone(), path)];
                    drafts.push(Draft {
                        origin: Origin::Format(index),
                        files,
                        own: Vec::new(),
                        key: None,
                        entry,
                    });
                }
                Hit::Set(index, captures) => {
                    let Some(set) = config.sets.get(index) else { continue };
                    drafts.extend(self.draft_set(index, set, &captures));
                }
                Hit::Stray(index, role, captures) => {
                    let Some(set) = config.sets.get(index) else { continue };
                    self.stray(set, &role, &captures);
                }
            }
        }
        drafts
    }

    fn draft_set(&mut self, index: usize, set: &SetConfig, captures: &Captures) -> Option<Draft> {
        let mut files = Vec::new();
        let mut own = Vec::new();
        let mut missing = Vec::new();
        for (role, pattern) in &set.files {
            let name = pattern.value.fill(captures)?;
            let place = self.config.root.join(name);
            let path = self.shown(&place);
            // A dangling link is there: opening it says what is wrong.
            match fs::symlink_metadata(&place) {
                Ok(_) => {
                    if pattern.value.slots().next().is_some() {
                        own.push(path.clone());
                    }
                    files.push((role.clone(), path));
                }
                Err(error) => missing.push((role, pattern, path, error)),
            }
        }
        if missing.is_empty() {
            let entry = set.name.value.clone();
            let key_role = key_file(set).map(|(role, _)| role);
            let key = files.iter().find(|(role, _)| Some(role) == key_role).map(|(_, path)| path.clone());
            return Some(Draft { origin: Origin::Set(index), files, own, key, entry });
        }
        let roles: Vec<String> = missing.iter().map(|(role, ..)| format!("`{role}`")).collect();
        let beside = files.first().map(|(_, path)| path.display().to_string()).unwrap_or_default();
        let message = format!("the set of `{beside}` has no {}", roles.join(" and no "));
        let mut finding = environment(codes::SET_INCOMPLETE, message);
        for (role, pattern, path, error) in missing {
            let why = match error.kind() {
                io::ErrorKind::NotFound => String::new(),
                _ => format!(" ({error})"),
            };
            finding.notes.push(format!("`{role}` was looked for at `{}`{why}", path.display()));
            finding.labels.push(pattern.label("by this pattern"));
        }
        finding.help =
            Some("files of a set are loaded together, so none is checked without the others".into());
        self.problems.push(finding);
        None
    }

    fn stray(&mut self, set: &SetConfig, role: &str, captures: &Captures) {
        let Some((key_role, key)) = key_file(set) else { return };
        let named = set.files.iter().find(|(r, _)| r == role);
        let file = named.and_then(|(_, p)| p.value.fill(captures)).unwrap_or_default();
        let file = self.shown(&self.config.root.join(file));
        let message = format!("the set of `{}` has no `{key_role}`", file.display());
        let mut finding = environment(codes::SET_INCOMPLETE, message);
        let sought = self.shown(&self.config.root.join(key.value.fill_known(captures)));
        finding.notes.push(format!("`{key_role}` was looked for at `{}`", sought.display()));
        finding.labels.push(key.label("by this pattern"));
        self.problems.push(finding);
    }

    fn with_patterns(&self, mut finding: Finding) -> Finding {
        for set in &self.config.sets {
            for (role, pattern) in &set.files {
                finding.notes.push(format!("set `{}`: {role} = `{}`", set.name.value, pattern.value));
            }
            for (role, pattern) in set.coexist.iter().flat_map(|coexist| &coexist.files) {
                finding
                    .notes
                    .push(format!("set `{}`: coexist: {role} = `{}`", set.name.value, pattern.value));
            }
        }
        for format in &self.config.formats {
            for pattern in &format.files {
                finding.notes.push(format!("format `{}`: `{}`", format.name.value, pattern.value));
            }
        }
        if self.config.sets.is_empty() && self.config.formats.is_empty() {
            finding.notes.push("the configuration has no [[set]] and no [[format]]".to_owned());
        } else {
            let root = self.shown(&self.config.root);
            finding.notes.push(format!("patterns are relative to `{}`", root.display()));
        }
        finding
    }
}

/// The role whose pattern has every slot of the set.
fn key_file(set: &SetConfig) -> Option<&(String, Located<Pattern>)> {
    let count = |p: &Located<Pattern>| p.value.slots().collect::<BTreeSet<_>>().len();
    // The first of those with the most: `parse` made sure that the most is all.
    set.files.iter().rev().max_by_key(|(_, pattern)| count(pattern))
}

pub(super) fn environment(code: &'static str, message: impl Into<String>) -> Finding {
    Finding::new(code, Severity::Error, Blame::Environment, message)
}
