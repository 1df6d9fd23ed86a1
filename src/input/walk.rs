//! The files below a folder, in an order that depends on their names alone.

use std::io;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::error::InputError;

/// What a walk came upon.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files, each path beginning with the folder as it was given, sorted by components.
    pub files: Vec<PathBuf>,
    /// Folders and entries that could not be looked at; the rest was walked all the same.
    pub errors: Vec<InputError>,
}

/// Lists the files below a folder.
///
/// Hidden files and those that version control ignores are listed too: a loader does not ask whether a
/// file is in `.gitignore`. Links to folders are not entered. Whatever else is no folder is listed, pipes
/// and dangling links too, so that [`open`](super::open) says what is wrong with it and nothing that a
/// pattern names is passed over in silence.
pub fn walk(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    let mut builder = WalkBuilder::new(folder);
    builder.standard_filters(false).follow_links(false).sort_by_file_name(std::ffi::OsStr::cmp);
    for entry in builder.build() {
        match entry {
            Ok(entry) => {
                if entry.depth() > 0 && !is_folder(&entry) {
                    walked.files.push(entry.into_path());
                }
            }
            Err(error) => walked.errors.push(input_error(folder, error)),
        }
    }
    walked.files.sort();
    walked.errors.sort_by(|a, b| a.path().cmp(b.path()));
    walked
}

fn is_folder(entry: &ignore::DirEntry) -> bool {
    match entry.file_type() {
        Some(kind) if kind.is_symlink() => entry.path().is_dir(),
        Some(kind) => kind.is_dir(),
        None => false,
    }
}

fn input_error(folder: &Path, error: ignore::Error) -> InputError {
    let path = path_of(&error).unwrap_or(folder).to_path_buf();
    let text = error.to_string();
    let source = error.into_io_error().map_or_else(
        || io::Error::other(text),
        // The kind in words, without the path that the walker puts before the system's own.
        |e| io::Error::from(e.kind()),
    );
    InputError::from_io(&path, source)
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}
