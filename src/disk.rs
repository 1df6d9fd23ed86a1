//! Texts on disk: schemas with what they import, contracts and manifests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::codes;
use crate::finding::{Blame, Finding, Severity};
use crate::input::{Hold, InputError, open_with};
use crate::limits::{Limit, SchemaLimits};
use crate::schema::Files;

/// Files as the working directory sees them, each within the limits.
#[derive(Clone, Copy, Debug)]
pub struct Disk<'l>(pub &'l SchemaLimits);

impl Files for Disk<'_> {
    fn find(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok().filter(|found| found.is_file())
    }

    fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
        text(path, self.0.text_bytes, Some("text-bytes"))
    }
}

/// A text of at most `limit` bytes, which is the limit `name` if it can be set.
///
/// # Errors
///
/// Why it cannot be had: there is no such file, it is too large, or no UTF-8.
pub fn text(path: &Path, limit: usize, name: Option<&str>) -> Result<String, Box<Finding>> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let content =
        open_with(path, Hold::Private, limit).map_err(|error| Box::new(unreadable(&error, name)))?;
    std::str::from_utf8(&content).map(str::to_string).map_err(|error| {
        let message = format!("`{}` is not UTF-8 text: see byte {}", path.display(), error.valid_up_to());
        Box::new(Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, message))
    })
}

/// The finding for a file that could not be had; where it is too large, with the limit that says so.
pub fn unreadable(error: &InputError, limit: Option<&str>) -> Finding {
    let mut finding = error.to_finding();
    if matches!(error, InputError::TooLarge { .. }) {
        let limit = limit.and_then(|name| Limit::find(name).ok());
        finding.notes.extend(limit.map(|limit| format!("the limit `{}` is reached", limit.name)));
        finding.help = limit.map(Limit::how_to_raise);
    }
    finding
}
