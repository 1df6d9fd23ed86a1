//! Units before they are read: which files are checked together, and by which name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::paths::common;
use crate::finding::Finding;

/// Where a unit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// `[[set]]`, by its index.
    Set(usize),
    /// `[[format]]`, by its index.
    Format(usize),
    /// The command line alone.
    Arguments,
}

/// Files that are checked as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignedUnit {
    /// What asks for it.
    pub origin: Origin,
    /// The path shown to people: of the file, or of the folder that the files of a set have in common;
    /// no two units of an assignment have the same.
    pub name: String,
    /// Role and path of each file; paths are relative to the working directory where that is shorter. A
    /// single file of `[[format]]` has the format's name as its role.
    pub files: Vec<(String, PathBuf)>,
}

/// What there is to check, and what stood in the way of checking more.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    /// In the order of their names.
    pub units: Vec<AssignedUnit>,
    /// Blamed on the environment, in the order of the arguments.
    pub problems: Vec<Finding>,
}

/// A unit whose name is not settled yet.
pub(super) struct Draft {
    pub(super) origin: Origin,
    pub(super) files: Vec<(String, PathBuf)>,
    /// The files whose paths depend on which set it is; all of `files` when empty.
    pub(super) own: Vec<PathBuf>,
    /// The file whose path no other unit of this origin has; the first of `files` when absent.
    pub(super) key: Option<PathBuf>,
    /// The set or format that it comes from.
    pub(super) entry: String,
}

impl Draft {
    /// Names for it, each telling more than the one before.
    fn names(&self) -> [String; 4] {
        let all: Vec<&Path> = self.files.iter().map(|(_, path)| path.as_path()).collect();
        let own: Vec<&Path> = self.own.iter().map(PathBuf::as_path).collect();
        let own = if own.is_empty() { &all } else { &own };
        let key = self.key.as_deref().or(all.first().copied()).unwrap_or(Path::new("."));
        let key = key.display().to_string();
        let entry = format!("{key} ({})", self.entry);
        match all.as_slice() {
            [_] => [key.clone(), key.clone(), key, entry],
            _ => [folder_of(&all), folder_of(own), key, entry],
        }
    }
}

/// The folder that all of these are in.
fn folder_of(files: &[&Path]) -> String {
    let parents = files.iter().map(|path| path.parent().unwrap_or(path).to_path_buf());
    let folder = parents.reduce(|a, b| common(&a, &b)).unwrap_or_default();
    if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() }
}

/// Gives each draft the shortest name that no other has, and sorts them by it.
pub(super) fn settle(drafts: Vec<Draft>) -> Vec<AssignedUnit> {
    let mut open: Vec<([String; 4], Draft)> = drafts.into_iter().map(|d| (d.names(), d)).collect();
    let mut units: Vec<AssignedUnit> = Vec::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for level in 0..4 {
        let name = |names: &[String; 4]| names.get(level).cloned().unwrap_or_default();
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for (names, _) in &open {
            *uses.entry(name(names)).or_default() += 1;
        }
        let (settled, left): (Vec<_>, Vec<_>) = open.into_iter().partition(|(names, _)| {
            let name = name(names);
            level == 3 || (uses.get(&name) == Some(&1) && !taken.contains(&name))
        });
        for (names, draft) in settled {
            taken.insert(name(&names));
            units.push(AssignedUnit { origin: draft.origin, name: name(&names), files: draft.files });
        }
        open = left;
    }
    units.sort_by(|a, b| (&a.name, a.origin).cmp(&(&b.name, b.origin)));
    units
}
