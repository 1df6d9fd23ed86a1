//! Paths → units without a configuration, for a schema or a contract named on the command line.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::assign::environment;
use super::codes;
use super::error::nearest;
use super::paths::{absolute, shown};
use super::unit::{Assignment, Draft, Origin, settle};
use crate::finding::Finding;
use crate::input::{InputError, walk};

/// Each file given, and each below a folder given, as a unit whose only file has this role.
pub fn with_schema(paths: &[PathBuf], cwd: &Path, role: &str) -> Assignment {
    let mut work = Work::new(cwd);
    let mut files = BTreeMap::new();
    for path in paths {
        match work.kind_of(path) {
            Some(Given::File(place)) => {
                files.insert(place, show(path, cwd));
            }
            Some(Given::Folder(found)) => {
                if found.is_empty() {
                    work.nothing(path, "there is no file below it");
                }
                files.extend(found.into_iter().map(|f| (f.place, f.shown)));
            }
            None => {}
        }
    }
    for shown in files.into_values() {
        work.draft(vec![(role.to_owned(), shown)]);
    }
    work.finish()
}

/// Sets of files with these roles, which are the names in the contract's `[files]`.
///
/// The arguments `role=path` make one set together. A folder stands for every folder below it, itself
/// included, that has a file whose name without extension is a role; a file of such a folder for that folder.
pub fn with_contract(arguments: &[PathBuf], cwd: &Path, roles: &[String]) -> Assignment {
    let mut work = Work::new(cwd);
    let mut named: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    let mut folders: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for argument in arguments {
        match pair(argument, roles, cwd) {
            Pair::Role(role, path) => named.entry(role).or_default().push(path),
            Pair::Unknown(word) => {
                let message = format!("the contract has no file `{word}`");
                let mut finding = environment(codes::NO_MATCH, message);
                finding.notes.push(format!("its files are {}", quoted(roles)));
                finding.help = nearest(&word, roles.iter().map(String::as_str))
                    .map(|near| format!("did you mean `{near}={}`?", after_equals(argument).display()));
                work.problems.push(finding);
            }
            Pair::None => {
                let found = match work.kind_of(argument) {
                    Some(Given::File(place)) => vec![Found { place, shown: show(argument, cwd) }],
                    Some(Given::Folder(found)) => found,
                    None => continue,
                };
                let sets = found
                    .iter()
                    .filter(|f| role_of(&f.place, roles).is_some())
                    .filter_map(|f| Some((f.place.parent()?.to_path_buf(), f.shown.parent()?.to_path_buf())))
                    .collect::<BTreeMap<_, _>>();
                if sets.is_empty() {
                    let files = quoted(roles);
                    let note = format!("a set is a folder with the files {files}, whatever their extensions");
                    work.nothing(argument, &note);
                }
                folders.extend(sets);
            }
        }
    }
    if !named.is_empty() {
        work.named_set(&named, roles);
    }
    for (place, shown) in &folders {
        work.folder_set(place, shown, roles);
    }
    work.finish()
}

/// What an argument is.
enum Given {
    File(PathBuf),
    Folder(Vec<Found>),
}

/// A file that was come upon.
struct Found {
    place: PathBuf,
    shown: PathBuf,
}

enum Pair<'a> {
    Role(&'a str, PathBuf),
    Unknown(String),
    None,
}

fn pair<'a>(argument: &Path, roles: &'a [String], cwd: &Path) -> Pair<'a> {
    let bytes = argument.as_os_str().as_bytes();
    let Some(word) = bytes.split(|&b| b == b'=').next().filter(|word| word.len() < bytes.len()) else {
        return Pair::None;
    };
    if let Some(role) = roles.iter().find(|role| role.as_bytes() == word) {
        return Pair::Role(role, after_equals(argument));
    }
    let is_a_path = word.contains(&b'/') || fs::symlink_metadata(cwd.join(argument)).is_ok();
    if is_a_path { Pair::None } else { Pair::Unknown(String::from_utf8_lossy(word).into_owned()) }
}

fn after_equals(argument: &Path) -> PathBuf {
    let mut halves = argument.as_os_str().as_bytes().splitn(2, |&b| b == b'=');
    PathBuf::from(OsStr::from_bytes(halves.nth(1).unwrap_or_default()))
}

fn role_of<'a>(file: &Path, roles: &'a [String]) -> Option<&'a str> {
    let stem = file.file_stem()?;
    roles.iter().map(String::as_str).find(|role| stem == OsStr::new(role))
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// A relative path stays one, even where that takes `..`.
fn show(path: &Path, cwd: &Path) -> PathBuf {
    let place = absolute(cwd, path);
    if path.is_absolute() { shown(&place, cwd, cwd) } else { shown(&place, cwd, Path::new("/")) }
}

struct Work<'a> {
    cwd: &'a Path,
    drafts: Vec<Draft>,
    problems: Vec<Finding>,
}

impl<'a> Work<'a> {
    fn new(cwd: &'a Path) -> Self {
        Work { cwd, drafts: Vec::new(), problems: Vec::new() }
    }

    fn finish(mut self) -> Assignment {
        // A run that was asked for nothing must not pass for one that found nothing.
        if self.drafts.is_empty() && self.problems.is_empty() {
            let mut finding = environment(codes::NO_MATCH, "there is nothing to check");
            finding.help = Some("name files or folders".to_owned());
            self.problems.push(finding);
        }
        Assignment { units: settle(self.drafts), problems: self.problems }
    }

    fn kind_of(&mut self, path: &Path) -> Option<Given> {
        let place = absolute(self.cwd, path);
        match fs::metadata(&place) {
            Err(error) => {
                self.problems.push(InputError::from_io(path, error).to_finding());
                None
            }
            Ok(metadata) if metadata.is_dir() => Some(Given::Folder(self.list(&place, path))),
            Ok(_) => Some(Given::File(place)),
        }
    }

    /// The files below a folder that the arguments call `given`.
    fn list(&mut self, folder: &Path, given: &Path) -> Vec<Found> {
        let base = show(given, self.cwd);
        let reshow = |place: &Path| match place.strip_prefix(folder) {
            Ok(rest) if base == Path::new(".") => rest.to_path_buf(),
            Ok(rest) => base.join(rest),
            Err(_) => place.to_path_buf(),
        };
        let walked = walk(folder);
        self.problems.extend(walked.errors.iter().map(|e| e.at(&reshow(e.path())).to_finding()));
        walked.files.into_iter().map(|place| Found { shown: reshow(&place), place }).collect()
    }

    fn nothing(&mut self, path: &Path, note: &str) {
        let message = format!("there is nothing to check at `{}`", path.display());
        let mut finding = environment(codes::NO_MATCH, message);
        finding.notes.push(note.to_owned());
        self.problems.push(finding);
    }

    fn draft(&mut self, files: Vec<(String, PathBuf)>) {
        self.drafts.push(Draft {
            origin: Origin::Arguments,
            files,
            own: Vec::new(),
            key: None,
            entry: String::new(),
        });
    }

    /// The set of the arguments `role=path`.
    fn named_set(&mut self, named: &BTreeMap<&str, Vec<PathBuf>>, roles: &[String]) {
        let before = self.problems.len();
        for path in named.values().flatten() {
            if let Err(error) = fs::symlink_metadata(absolute(self.cwd, path)) {
                self.problems.push(InputError::from_io(path, error).to_finding());
            }
        }
        let found = roles.iter().filter_map(|role| Some((role, named.get(role.as_str())?.as_slice())));
        let files = self.one_each("of the arguments", found);
        // A file that is not there has been reported: that it is also missing from the set adds nothing.
        if self.problems.len() == before {
            self.set(files, roles, "of the arguments", |role| format!("no argument is `{role}=PATH`"));
        }
    }

    /// The set of a folder that has at least one of its files.
    fn folder_set(&mut self, folder: &Path, folder_shown: &Path, roles: &[String]) {
        let show_folder = if folder_shown.as_os_str().is_empty() { Path::new(".") } else { folder_shown };
        let of = format!("in `{}`", show_folder.display());
        let mut files: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(InputError::from_io(show_folder, error).to_finding());
                return;
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if let Some(role) = role_of(&path, roles)
                && !path.is_dir()
            {
                files.entry(role).or_default().push(folder_shown.join(entry.file_name()));
            }
        }
        let before = self.problems.len();
        let found = roles.iter().filter_map(|role| Some((role, files.get(role.as_str())?.as_slice())));
        let files = self.one_each(&of, found);
        if self.problems.len() == before {
            self.set(files, roles, &of, |role| {
                let sought = show_folder.join(role);
                format!("`{role}` was looked for at `{}`, with any extension", sought.display())
            });
        }
    }

    /// The files of roles that have one; a problem for each that has several.
    fn one_each<'f>(
        &mut self,
        of: &str,
        found: impl Iterator<Item = (&'f String, &'f [PathBuf])>,
    ) -> Vec<(String, PathBuf)> {
        let mut files = Vec::new();
        for (role, paths) in found {
            match paths {
                [one] => files.push((role.clone(), show(one, self.cwd))),
                several => self.ambiguous(role, of, several),
            }
        }
        files
    }

    fn ambiguous(&mut self, role: &str, of: &str, paths: &[PathBuf]) {
        let message = format!("the set {of} has {} files for `{role}`", paths.len());
        let mut finding = environment(codes::SET_INCOMPLETE, message);
        finding.notes.extend(paths.iter().map(|path| format!("`{}`", path.display())));
        self.problems.push(finding);
    }

    /// A set when every role has its file, a problem otherwise.
    fn set(
        &mut self,
        files: Vec<(String, PathBuf)>,
        roles: &[String],
        of: &str,
        why: impl Fn(&str) -> String,
    ) {
        let missing: Vec<&String> =
            roles.iter().filter(|role| files.iter().all(|(have, _)| have != *role)).collect();
        if missing.is_empty() {
            self.draft(files);
            return;
        }
        let words: Vec<String> = missing.iter().map(|role| format!("`{role}`")).collect();
        let message = format!("the set {of} has no {}", words.join(" and no "));
        let mut finding = environment(codes::SET_INCOMPLETE, message);
        finding.notes.extend(missing.iter().map(|role| why(role)));
        self.problems.push(finding);
    }
}
