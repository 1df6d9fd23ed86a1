//! Manifests on disk: the files that a contract's pattern matches.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use crate::limits::TEXT_BYTES;

/// Reads the files that match `glob`, a pattern relative to the folder of the contract, sorted by path.
///
/// `*` and `?` stay within a folder, `**` crosses folders. A file that cannot be read, is no regular file, is not
/// UTF-8 or has more than [`TEXT_BYTES`] bytes is in the list with its error; so is a folder that cannot be listed.
pub fn read_manifests(contract: &Path, glob: &str) -> Vec<(PathBuf, io::Result<String>)> {
    let (fixed, rest) = split(glob);
    let folder = contract.parent().unwrap_or(Path::new("")).join(fixed);
    let matcher = match pattern(rest) {
        Ok(matcher) => matcher,
        Err(reason) => {
            return vec![(contract.to_path_buf(), Err(io::Error::new(io::ErrorKind::InvalidInput, reason)))];
        }
    };
    // The empty path is the working directory, but no folder can be listed by that name.
    let root = if folder.as_os_str().is_empty() { Path::new(".") } else { folder.as_path() };
    let depth = if rest.contains("**") { None } else { Some(rest.split('/').count()) };
    let walk = WalkBuilder::new(root).standard_filters(false).follow_links(true).max_depth(depth).build();
    let mut found = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let inside = entry.path().strip_prefix(root).unwrap_or(entry.path());
                if inside != Path::new("") && matcher.is_match(inside) {
                    let path = folder.join(inside);
                    let text = read_manifest(&path);
                    found.push((path, text));
                }
            }
            // A folder that is not there holds no manifest: that none matches is said by who reads them.
            Err(error) if error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound) => {}
            Err(error) => found.push(failed(root, error)),
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The pattern, or why it is not one.
pub(super) fn pattern(glob: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(glob).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string())
}

/// The leading folders without wildcards, and the rest.
fn split(glob: &str) -> (&str, &str) {
    let wild = glob.find(['*', '?', '[', '{', '\\']).unwrap_or(glob.len());
    let fixed = glob.get(..wild).and_then(|before| before.rfind('/')).map_or(0, |slash| slash + 1);
    glob.split_at_checked(fixed).unwrap_or(("", glob))
}

fn failed(root: &Path, error: ignore::Error) -> (PathBuf, io::Result<String>) {
    let path = match &error {
        ignore::Error::WithPath { path, .. } => path.clone(),
        _ => root.to_path_buf(),
    };
    let text = error.to_string();
    (path, Err(error.io_error().map_or_else(|| io::Error::other(text), |e| io::Error::from(e.kind()))))
}

/// Reads one manifest.
///
/// # Errors
///
/// It cannot be read, is no regular file, is not UTF-8 or has more than [`TEXT_BYTES`] bytes.
pub fn read_manifest(path: &Path) -> io::Result<String> {
    // Opening a FIFO would wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let limit = u64::try_from(TEXT_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > TEXT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {TEXT_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("builds/old")).unwrap();
        for (name, text) in [("7.9", "a"), ("7.10", "b"), ("old/6.0", "c")] {
            fs::write(folder.path().join(format!("builds/{name}.build.toml")), text).unwrap();
        }
        fs::write(folder.path().join("builds/README.md"), "no manifest").unwrap();
        folder
    }

    fn read(folder: &Path, glob: &str) -> Vec<(String, Result<String, io::ErrorKind>)> {
        let inside = |path: PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        read_manifests(&folder.join("sensor.contract.toml"), glob)
            .into_iter()
            .map(|(path, text)| (inside(path), text.map_err(|e| e.kind())))
            .collect()
    }

    fn names(folder: &Path, glob: &str) -> Vec<String> {
        read(folder, glob).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_pattern_is_relative_to_the_contract() {
        let folder = tree();
        let both = read(folder.path(), "builds/*.build.toml");
        assert_eq!(
            both,
            [
                ("builds/7.10.build.toml".to_owned(), Ok("b".to_owned())),
                ("builds/7.9.build.toml".to_owned(), Ok("a".to_owned()))
            ]
        );
        assert_eq!(names(folder.path(), "builds/7.9.build.toml"), ["builds/7.9.build.toml"]);
        assert_eq!(names(folder.path(), "b*/7.?.build.toml"), ["builds/7.9.build.toml"]);
        assert_eq!(names(folder.path(), "builds/**/*.build.toml").len(), 3);
        assert_eq!(names(folder.path(), "*.build.toml"), [] as [String; 0]);
    }

    #[test]
    fn a_folder_that_is_not_there_holds_no_manifest() {
        let folder = tree();
        assert_eq!(names(folder.path(), "build/*.toml"), [] as [String; 0]);
    }

    #[test]
    fn what_cannot_be_read_is_listed_and_the_rest_is_read() {
        let folder = tree();
        let builds = folder.path().join("builds");
        fs::write(builds.join("1.build.toml"), vec![b'#'; TEXT_BYTES + 1]).unwrap();
        fs::write(builds.join("2.build.toml"), vec![b'#'; TEXT_BYTES]).unwrap();
        fs::write(builds.join("3.build.toml"), b"# \xff").unwrap();
        let read = read(folder.path(), "builds/*.build.toml");
        let kinds: Vec<Option<io::ErrorKind>> = read.into_iter().map(|(_, text)| text.err()).collect();
        assert_eq!(
            kinds,
            [Some(io::ErrorKind::FileTooLarge), None, Some(io::ErrorKind::InvalidData), None, None]
        );
    }

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tree();
        let socket = folder.path().join("builds/9.build.toml");
        let _listener = std::os::unix::net::UnixListener::bind(socket).unwrap();
        let last = read(folder.path(), "builds/*.build.toml").pop().unwrap();
        assert_eq!(last, ("builds/9.build.toml".to_owned(), Err(io::ErrorKind::InvalidInput)));
    }

    #[test]
    fn a_pattern_that_is_none_is_one_error() {
        let folder = tree();
        let found = read(folder.path(), "builds/[.toml");
        assert_eq!(found, [("sensor.contract.toml".to_owned(), Err(io::ErrorKind::InvalidInput))]);
    }
}
