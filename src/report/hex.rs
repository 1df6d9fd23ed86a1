//! Rows of content bytes with the offending ones underlined: which rows, which lines beneath them.

use std::collections::BTreeSet;

use crate::finding::{Mark, Place};
use crate::span::ByteRange;

/// Bytes in a row.
const ROW: u64 = 16;
/// A range over more rows than this has its middle left out.
const WHOLE: u64 = 6;
/// Marks beyond this many are not drawn.
const MARKS: usize = 16;

/// One line of the picture.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Bytes, the first at this offset.
    Bytes { offset: u64, cells: Vec<Cell> },
    /// A line beneath a row of bytes.
    Under(Underline),
    /// So many bytes were left out.
    Gap(u64),
    /// So many bytes of the range lie past what could be shown.
    Beyond { bytes: u64, end_of_file: bool },
}

/// One place in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// The byte; `None` where the file ends or the excerpt does.
    pub(super) byte: Option<u8>,
    /// What the byte belongs to.
    pub(super) part: Part,
}

/// What a byte or an underline belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Neither the range nor a mark.
    Around,
    /// A mark.
    Mark,
    /// The range itself.
    Range,
}

/// A run of `^` or `-` beneath cells `from..to`; `from == to` points before the cell.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Underline {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) part: Part,
    /// What to say behind it; may be empty.
    pub(super) words: String,
}

impl Underline {
    /// Where it begins, in characters from the first digit of the row.
    pub(super) fn column(&self) -> usize {
        column(self.from)
    }

    /// How many characters it is long.
    pub(super) fn width(&self) -> usize {
        match self.to.checked_sub(1) {
            Some(last) if last >= self.from => column(last) + 2 - column(self.from),
            _ => 1,
        }
    }
}

/// Where a cell's digits begin: two digits and a space each, and one more space in the middle.
pub(super) fn column(cell: usize) -> usize {
    cell * 3 + usize::from(cell >= 8)
}

/// The picture of a place; empty without an excerpt. `size` is the size of the file, where known.
pub(super) fn picture(place: &Place, size: Option<u64>) -> Vec<Line> {
    let Some(excerpt) = &place.excerpt else { return Vec::new() };
    let len = u64::try_from(excerpt.bytes.len()).unwrap_or(u64::MAX);
    let view = View {
        place,
        start: excerpt.start,
        bytes: &excerpt.bytes,
        end: excerpt.start.saturating_add(len),
        size,
    };
    view.lines()
}

struct View<'a> {
    place: &'a Place,
    start: u64,
    bytes: &'a [u8],
    end: u64,
    size: Option<u64>,
}

impl View<'_> {
    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut previous: Option<u64> = None;
        for row in self.rows() {
            if let Some(skipped) = previous.and_then(|p| row.checked_sub(p + 1)).filter(|s| *s > 0) {
                lines.push(Line::Gap(skipped.saturating_mul(ROW)));
            }
            previous = Some(row);
            lines.push(self.bytes_of(row));
            lines.extend(self.underlines(row).into_iter().map(Line::Under));
        }
        let shown_to = previous.map_or(self.end, |row| (row + 1).saturating_mul(ROW));
        let range = self.place.range;
        if range.end > shown_to.max(self.end) && range.start < range.end {
            let end_of_file = self.size.is_some_and(|size| size <= self.end);
            let bytes = range.end - shown_to.max(range.start);
            lines.push(Line::Beyond { bytes, end_of_file });
        }
        lines
    }

    /// The rows to show: around the range, its ends, and the ends of the marks.
    fn rows(&self) -> BTreeSet<u64> {
        let first = self.start / ROW;
        let last = if self.bytes.is_empty() { first } else { (self.end - 1) / ROW };
        let mut rows = BTreeSet::new();
        match self.rows_of(self.place.range).filter(|(from, to)| *from <= last && *to >= first) {
            Some((from, to)) => {
                let (from, to) = (from.max(first), to.min(last));
                rows.insert(from.saturating_sub(1).max(first));
                rows.insert((to + 1).min(last));
                if to - from < WHOLE {
                    rows.extend(from..=to);
                } else {
                    rows.extend([from, from + 1, to]);
                }
            }
            None => rows.extend([last.saturating_sub(1).max(first), last]),
        }
        for mark in self.marks() {
            if let Some((from, to)) = self.rows_of(mark.range) {
                rows.extend([from, to].into_iter().filter(|row| (first..=last).contains(row)));
            }
        }
        let lonely: Vec<u64> = rows
            .iter()
            .zip(rows.iter().skip(1))
            .filter(|(a, b)| **b - **a == 2)
            .map(|(a, _)| a + 1)
            .collect();
        rows.extend(lonely);
        rows
    }

    fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.place.marks.iter().take(MARKS)
    }

    /// First and last row of a range. What points behind the last byte of a full last row belongs to
    /// that row; there is no other to show it in.
    fn rows_of(&self, range: ByteRange) -> Option<(u64, u64)> {
        if range.end > range.start {
            return Some((range.start / ROW, (range.end - 1) / ROW));
        }
        let row = range.start / ROW;
        let behind = range.start.is_multiple_of(ROW) && range.start >= self.end && range.start > self.start;
        Some(if behind { (row.checked_sub(1)?, row - 1) } else { (row, row) })
    }

    fn bytes_of(&self, row: u64) -> Line {
        let offset = row.saturating_mul(ROW);
        let cell = |i| {
            let at = offset.saturating_add(i);
            let index = at.checked_sub(self.start).and_then(|i| usize::try_from(i).ok());
            let within = |r: ByteRange| r.start <= at && at < r.end;
            let part = if self.marks().any(|m| within(m.range) && m.range != self.place.range) {
                Part::Mark
            } else if within(self.place.range) {
                Part::Range
            } else {
                Part::Around
            };
            Cell { byte: index.and_then(|i| self.bytes.get(i)).copied(), part }
        };
        Line::Bytes { offset, cells: (0..ROW).map(cell).collect() }
    }

    fn underlines(&self, row: u64) -> Vec<Underline> {
        let range = self.place.range;
        let mut lines = Vec::new();
        if let Some((from, to, last)) = self.part_in(range, row) {
            let own = self.marks().filter(|m| m.range == range).map(|m| m.label.as_str());
            let mut words: Vec<&str> = own.filter(|_| last).collect();
            if words.is_empty() && range.start >= range.end && self.size == Some(range.start) {
                words.push("end of file");
            }
            lines.push(Underline { from, to, part: Part::Range, words: words.join(", ") });
        }
        let mut marks: Vec<&Mark> = self.marks().filter(|m| m.range != range).collect();
        marks.sort_by_key(|m| (m.range.start, m.range.end));
        for mark in marks {
            if let Some((from, to, last)) = self.part_in(mark.range, row) {
                let words = if last { mark.label.clone() } else { String::new() };
                lines.push(Underline { from, to, part: Part::Mark, words });
            }
        }
        lines
    }

    /// The cells of a row that a range covers, and whether its last row that can be shown is this one.
    fn part_in(&self, range: ByteRange, row: u64) -> Option<(usize, usize, bool)> {
        let (first, last) = self.rows_of(range)?;
        if row < first || row > last {
            return None;
        }
        let offset = row.saturating_mul(ROW);
        let from = range.start.saturating_sub(offset).min(ROW);
        let to = range.end.saturating_sub(offset).min(ROW).max(from);
        let shown = if self.bytes.is_empty() { first } else { (self.end - 1) / ROW };
        Some((usize::try_from(from).ok()?, usize::try_from(to).ok()?, row == last.min(shown)))
    }
}

#[cfg(test)]
#[path = "hex_tests.rs"]
mod tests;
