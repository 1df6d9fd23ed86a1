//! What a file of `formats_err` states at its head, and whether a problem is that.

use std::path::Path;

use crate::engine::Problem;
use crate::names;

/// A problem that the suite states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The file that it is in: the file itself, or one that it imports.
    pub(crate) file: String,
    pub(crate) place: Place,
    pub(crate) warning: bool,
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `/seq/0/if`
    Key(String),
    /// `6:8`, in a text that is no YAML.
    LineColumn(usize, usize),
    /// The file as a whole.
    File,
}

/// Reads the comments that a file begins with.
pub(crate) fn read(text: &str) -> Vec<Stated> {
    let mut all = Vec::new();
    let mut at = None;
    for line in text.lines() {
        let Some(comment) = line.strip_prefix('#') else {
            if line.trim().is_empty() {
                continue;
            }
            break;
        };
        let comment = comment.trim();
        if comment.starts_with("error:") || comment.starts_with("warning:") {
            let warning = comment.starts_with("warning:");
            all.extend(at.clone().map(|(file, place)| Stated { file, place, warning }));
        } else if let Some(header) = header(comment) {
            at = Some(header);
        }
    }
    all
}

/// `file.ksy: /seq/0/if:`, `file.ksy:6:8:`, `file.ksy:`
fn header(comment: &str) -> Option<(String, Place)> {
    let comment = comment.strip_suffix(':')?;
    if let Some((file, key)) = comment.split_once(".ksy: ") {
        return Some((format!("{file}.ksy"), Place::Key(key.trim().to_string())));
    }
    if let Some((file, at)) = comment.split_once(".ksy:") {
        let (line, column) = at.split_once(':')?;
        let place = Place::LineColumn(line.trim().parse().ok()?, column.trim().parse().ok()?);
        return Some((format!("{file}.ksy"), place));
    }
    comment.ends_with(".ksy").then(|| (comment.to_string(), Place::File))
}

impl Stated {
    /// Whether a problem is this one, by its place; the words are the compiler's own.
    pub(crate) fn is(&self, problem: &Problem) -> bool {
        problem.warning == self.warning
            && problem.file.ends_with(Path::new(&self.file))
            && match &self.place {
                Place::Key(key) => same_key(key, &problem.key),
                Place::LineColumn(line, column) => problem.place == Some((*line, *column)),
                Place::File => true,
            }
    }

    pub(crate) fn words(&self) -> String {
        match &self.place {
            Place::Key(key) => format!("{}: {key}", self.file),
            Place::LineColumn(line, column) => format!("{}:{line}:{column}", self.file),
            Place::File => self.file.clone(),
        }
    }
}

fn same_key(stated: &str, ours: &str) -> bool {
    const CASES: &str = "/cases/";
    stated == ours
        || stated.split_once(CASES).zip(ours.split_once(CASES)).is_some_and(
            |((before, stated), (before_ours, ours))| before == before_ours && names::same_case(stated, ours),
        )
}
