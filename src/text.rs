//! Strings of a source text, with the place of each of their characters.

use std::ops::Range;

use crate::span::{SourceId, Span};

/// A string of a YAML or TOML text, decoded, with the place of its content in the text.
///
/// Expressions and paths are written inside such strings, and an error in one of them is to be shown at
/// the very characters. [`Text::sub`] leads from a place in the decoded value to the place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The value, escapes decoded.
    pub value: String,
    /// The content in the source, without its quotes.
    pub span: Span,
    /// Whether it was written in quotes, or as a block: then it is never a number or a truth value.
    pub quoted: bool,
    pieces: Vec<Piece>,
}

/// A part of a value and the part of the source that it was decoded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Bytes of the value.
    pub value: Range<usize>,
    /// Bytes of the source.
    pub source: Range<usize>,
}

impl Piece {
    fn verbatim(&self) -> bool {
        self.value.len() == self.source.len()
    }
}

impl Text {
    /// A value that was decoded from these pieces; without any, only the whole can be shown.
    pub fn new(value: impl Into<String>, span: Span, quoted: bool, pieces: Vec<Piece>) -> Text {
        Text { value: value.into(), span, quoted, pieces }
    }

    /// The place in the file of a byte range of the value.
    ///
    /// Ranges that cut a character or an escape are widened to it; a range outside the value, or turned round,
    /// gives the whole string.
    pub fn sub(&self, range: Range<usize>) -> Span {
        if range.start > range.end || range.end > self.value.len() {
            return self.span;
        }
        let from = self.value.floor_char_boundary(range.start);
        let to = if range.is_empty() { from } else { self.value.ceil_char_boundary(range.end) };
        let start = self.start_of(from);
        let end = if from == to { start } else { self.end_of(to) };
        match (start, end) {
            (Some(start), Some(end)) if start <= end => span(self.span.source, start..end),
            _ => self.span,
        }
    }

    fn start_of(&self, at: usize) -> Option<usize> {
        // Pieces are in the order of the value.
        let row = self.pieces.partition_point(|p| p.value.end <= at);
        match self.pieces.get(row).filter(|p| p.value.contains(&at)) {
            Some(p) if p.verbatim() => p.source.start.checked_add(at.checked_sub(p.value.start)?),
            Some(p) => Some(p.source.start),
            None if at == self.value.len() => usize::try_from(self.span.end).ok(),
            None => None,
        }
    }

    fn end_of(&self, at: usize) -> Option<usize> {
        let row = self.pieces.partition_point(|p| p.value.end < at);
        let piece = self.pieces.get(row).filter(|p| p.value.start < at)?;
        if piece.verbatim() {
            piece.source.start.checked_add(at.checked_sub(piece.value.start)?)
        } else {
            Some(piece.source.end)
        }
    }
}

/// A span from offsets in a text; offsets that do not fit stay at the largest.
pub fn span(source: SourceId, range: Range<usize>) -> Span {
    let fit = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { source, start: fit(range.start), end: fit(range.end) }
}
