//! The list of a set's files: its SHA-256 digest is what stands for the set.
//!
//! One line a file, in the order of their names: digest, size in bytes, name.

use std::fmt::Write as _;

use super::SetFile;
use crate::digest::Digest;
use crate::guard::core::SetDigest;
use crate::limits::{SET_BYTES, SET_FILES};

const FIRST: &str = "bootgate-set 1";

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) sha256: String,
    pub(super) size: u64,
    pub(super) name: String,
}

/// Why files cannot be a set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASet {
    /// `bootgate guard stage` without files.
    #[error("a set has at least one file")]
    Empty,
    /// More than [`SET_FILES`] files.
    #[error("{0} files are more than the {SET_FILES} that a set may have")]
    Files(usize),
    /// More than [`SET_BYTES`] bytes in all.
    #[error("the files have more than {SET_BYTES} bytes in all")]
    Bytes,
    /// `bootgate guard stage '.hidden' …`
    #[error("`{}` is no name for a file of a set: letters, digits, `.`, `_` and `-` are, at most 64, and not `.` first", .0.escape_debug())]
    Name(String),
    /// Two files with one name.
    #[error("two files have the name `{0}`")]
    Twice(String),
}

/// Whether a name can be that of a file in a set, or that of a set: it leads nowhere else.
pub fn is_plain(name: &str) -> bool {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(ok)
}

/// The list of some files, and the digest that stands for them; the files are in the order of their names.
///
/// # Errors
/// They cannot be a set.
pub(super) fn of(files: &[SetFile<'_>]) -> Result<String, NotASet> {
    let mut text = format!("{FIRST}\n");
    let mut total: u64 = 0;
    if files.is_empty() {
        return Err(NotASet::Empty);
    }
    if files.len() > SET_FILES {
        return Err(NotASet::Files(files.len()));
    }
    let mut before: Option<&str> = None;
    for file in files {
        if !is_plain(file.name) {
            return Err(NotASet::Name(file.name.to_owned()));
        }
        if before.is_some_and(|before| before >= file.name) {
            return Err(NotASet::Twice(file.name.to_owned()));
        }
        before = Some(file.name);
        let size = u64::try_from(file.bytes.len()).map_err(|_| NotASet::Bytes)?;
        total = total.checked_add(size).filter(|total| *total <= SET_BYTES).ok_or(NotASet::Bytes)?;
        // Writing into a string does not fail.
        let _ = writeln!(text, "{} {size} {}", Digest::of(file.bytes), file.name);
    }
    Ok(text)
}

/// Reads a list; `None` where it is none that [`of`] would write.
pub(super) fn parse(text: &str) -> Option<Vec<Line>> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    (lines.next()? == FIRST).then_some(())?;
    let mut list: Vec<Line> = Vec::new();
    let mut total: u64 = 0;
    for line in lines {
        let mut words = line.splitn(3, ' ');
        let (sha256, size, name) = (words.next()?, words.next()?, words.next()?);
        let size: u64 = size.parse().ok()?;
        total = total.checked_add(size).filter(|total| *total <= SET_BYTES)?;
        let ordered = list.last().is_none_or(|before| before.name.as_str() < name);
        (ordered && is_plain(name) && list.len() < SET_FILES).then_some(())?;
        list.push(Line { sha256: sha256.to_owned(), size, name: name.to_owned() });
    }
    (!list.is_empty()).then_some(list)
}

/// The digest of a list.
pub(super) fn digest(text: &[u8]) -> SetDigest {
    SetDigest(Digest::of(text).bytes())
}
