//! Reports: the findings of a run as text for people, JSON for programs, annotations for GitHub.
//!
//! Everything here writes into a [`Write`]; nothing prints, and nothing decides an exit code.

mod builds;
mod candidate;
pub mod escape;
mod github;
mod group;
mod hex;
pub mod json;
pub mod matrix;
mod source;
mod style;
mod summary;
mod text;

use std::io::{self, Write};

pub use text::TextOptions;

use crate::finding::Run;
use crate::span::Sources;

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people, in the manner of rustc.
    #[default]
    Text,
    /// One JSON document: see [`json::Report`].
    Json,
    /// Workflow commands that GitHub shows as annotations, and the summary as a plain line.
    Github,
}

/// Writes a whole report. `options` apply to [`Format::Text`] only.
///
/// The same run gives the same bytes. Text from content files, such as found values and names, is
/// escaped so that it cannot act on a terminal or on the reader of workflow commands.
///
/// # Errors
///
/// Those of the writer.
///
/// ```
/// use bootgate::{finding::Run, report, span::Sources};
/// let mut out = Vec::new();
/// report::write(&Run::default(), &Sources::default(), report::Format::Text, Default::default(), &mut out)?;
/// assert_eq!(out, b"passed: 0 files\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write(
    run: &Run,
    sources: &Sources,
    format: Format,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(run, sources, options, out),
        Format::Json => json::write(run, sources, out),
        Format::Github => github::write(run, sources, out),
    }
}

#[cfg(test)]
mod fixture;
