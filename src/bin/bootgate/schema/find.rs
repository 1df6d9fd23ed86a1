//! Arguments → the schemas that they name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bootgate::codes;
use bootgate::config::{absolute, shown};
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::input::{InputError, walk};

/// The schemas to check, by the paths that people are shown, and what stood in the way of finding more.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) schemas: Vec<PathBuf>,
    pub(super) problems: Vec<Finding>,
}

/// Each file given, whatever its name, and each `.ksy` file below a folder given, once.
pub(super) fn schemas(paths: &[PathBuf], cwd: &Path) -> Found {
    let mut places: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut problems = Vec::new();
    for path in paths {
        // A relative path stays one, even where that takes `..`.
        let floor = if path.is_absolute() { cwd } else { Path::new("/") };
        let mut add = |place: PathBuf| {
            let name = shown(&place, cwd, floor);
            places.entry(place).or_insert(name);
        };
        let place = absolute(cwd, path);
        if !place.is_dir() {
            add(place);
            continue;
        }
        let walked = walk(&place);
        let mut files =
            walked.files.into_iter().filter(|f| f.extension().is_some_and(|e| e == "ksy")).peekable();
        if files.peek().is_none() && walked.errors.is_empty() {
            let message = format!("there is no `.ksy` file below `{}`", path.display());
            problems.push(Finding::new(codes::NO_MATCH, Severity::Error, Blame::Environment, message));
        }
        files.for_each(&mut add);
        problems.extend(walked.errors.iter().map(InputError::to_finding));
    }
    Found { schemas: places.into_values().collect(), problems }
}
