//! Lines of schema, contract or manifest with their labels, drawn by `annotate-snippets`.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Snippet};

use super::escape;
use super::style::Styles;
use crate::finding::{Label, Severity};
use crate::span::{SourceId, Sources, Span};

/// Drawn source lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The lines, the first being the arrow with file, line and column.
    pub(super) text: String,
    /// How many characters stand before the bar of each line, without the space.
    pub(super) gutter: usize,
}

/// The part of a text that a span covers, made fit for drawing: inside the text, in order, between
/// characters, and on one line (a YAML node can cover half the file; its first line names it).
///
/// An empty span on an empty line moves to the end of the text before it, as there is nothing on that
/// line to point at; this includes what points behind the last line end.
pub(super) fn clamp(text: &str, span: Span) -> Range<usize> {
    let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX).min(text.len());
    let start = text.floor_char_boundary(at(span.start));
    let end = text.ceil_char_boundary(at(span.end)).max(start);
    let first_line = |s: &str| s.split(['\n', '\r']).next().unwrap_or("").trim_end().len();
    let (before, after) = text.split_at_checked(start).unwrap_or((text, ""));
    let covered = first_line(text.get(start..end).unwrap_or(""));
    if covered > 0 {
        return start..start + covered;
    }
    match after.chars().next() {
        Some(c) if c != '\n' && c != '\r' => start..start + c.len_utf8(),
        _ if before.is_empty() || before.ends_with('\n') => {
            let end = before.trim_end().len();
            end..end
        }
        _ => start..start,
    }
}

/// Draws labels, the file of the first primary label first. `None` when none of them has a source.
pub(super) fn draw(labels: &[Label], sources: &Sources, severity: Severity, styles: Styles) -> Option<Drawn> {
    let mut group = Group::with_level(match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    });
    let mut gutter = 0;
    for id in order(labels) {
        let Some(source) = sources.get(id) else { continue };
        let text = escape::same_length(&source.text);
        let mut snippet = Snippet::source(text.clone()).path(escape::line(&source.name));
        for label in labels.iter().filter(|l| l.span.source == id) {
            let range = clamp(&text, label.span);
            let line = text.get(..range.end).unwrap_or("").matches('\n').count() + 1;
            gutter = gutter.max(line.to_string().len());
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let words = (!label.text.is_empty()).then(|| escape::clipped(&label.text));
            snippet = snippet.annotation(kind.span(range).label(words));
        }
        group = group.element(snippet);
    }
    (gutter > 0).then(|| Drawn { text: styles.renderer().render(&[group]), gutter })
}

/// The labels whose source is not known. They cannot be drawn, but what they say still counts.
pub(super) fn homeless<'a>(labels: &'a [Label], sources: &Sources) -> impl Iterator<Item = &'a Label> {
    labels.iter().filter(|l| sources.get(l.span.source).is_none() && !l.text.is_empty())
}

/// The sources of labels: those with a primary label first, otherwise as they come.
fn order(labels: &[Label]) -> Vec<SourceId> {
    let mut ids = Vec::new();
    let context = labels.iter().filter(|l| !l.primary);
    for label in labels.iter().filter(|l| l.primary).chain(context) {
        if !ids.contains(&label.span.source) {
            ids.push(label.span.source);
        }
    }
    ids
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
