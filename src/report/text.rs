//! Findings as text for people, in the manner of rustc.

use std::io::{self, Write};

use super::builds;
use super::escape;
use super::group::{self, Group};
use super::hex::{self, Line, Part};
use super::source::{self, Drawn};
use super::style::{Painted, Styles};
use super::summary;
use crate::finding::{Finding, Place, Run, Severity, Unit};
use crate::span::{ByteRange, Sources};

/// Names or places listed beneath a finding before the rest is only counted.
const LISTED: usize = 10;

/// How a text report looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// Styled with terminal escapes; the caller decides whether its stream takes them.
    pub color: bool,
    /// Notes in full, with their bytes and lines, instead of a line or two each.
    pub verbose: bool,
}

/// Writes the findings and the closing summary line.
pub(super) fn write(
    run: &Run,
    sources: &Sources,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = Text { sources, options, styles: Styles::new(options.color) };
    for group in group::problems(run).chain(group::groups(run)) {
        text.block(&group, out)?;
    }
    summary::write(run, text.styles, out)
}

struct Text<'a> {
    sources: &'a Sources,
    options: TextOptions,
    styles: Styles,
}

/// One finding while it is written: what it is about and how wide its gutter is.
struct Block<'a> {
    unit: Option<&'a Unit>,
    finding: &'a Finding,
    gutter: usize,
    styles: Styles,
}

impl Text<'_> {
    fn block(&self, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
        let finding = group.first;
        let full = self.options.verbose || finding.severity > Severity::Note;
        let lines = match finding.places.first() {
            Some(place) if full => hex::picture(place, file_size(group.unit, place)),
            _ => Vec::new(),
        };
        let draw = full || finding.places.is_empty();
        let labels: &[_] = if draw { &finding.labels } else { &[] };
        let drawn = source::draw(labels, self.sources, finding.severity, self.styles);
        let offsets =
            lines.iter().map(|l| if let Line::Bytes { offset, .. } = l { offset_width(*offset) } else { 0 });
        let gutter = offsets.max().unwrap_or(0).max(drawn.as_ref().map_or(2, |d| d.gutter));
        let homeless: Vec<_> = source::homeless(labels, self.sources).collect();
        let values = full && (finding.found.is_some() || finding.expected.is_some());
        let facts = !homeless.is_empty()
            || !group.others.is_empty()
            || !finding.builds.is_empty()
            || finding.skipped > 0
            || (full && has_further_facts(finding));
        let block = Block { unit: group.unit, finding, gutter, styles: self.styles };
        block.head(drawn.is_some(), out)?;
        block.bytes(&lines, out)?;
        // A bar joins two parts; none hangs below the last.
        if !lines.is_empty() && (values || drawn.is_some() || facts) {
            block.bar(out)?;
        }
        if values {
            block.values(out)?;
            if drawn.is_some() {
                block.bar(out)?;
            }
        }
        if let Some(drawn) = &drawn {
            block.source(drawn, out)?;
            if facts {
                block.bar(out)?;
            }
        }
        for label in homeless {
            block.fact("note", &escape::clipped(&label.text), out)?;
        }
        block.facts(full, out)?;
        block.others(group, out)?;
        writeln!(out)
    }
}

impl Block<'_> {
    /// Severity, code and message; then where in the content.
    fn head(&self, drawn: bool, out: &mut dyn Write) -> io::Result<()> {
        let Finding { code, severity, message, .. } = self.finding;
        let style = self.styles.severity(*severity);
        let strong = self.styles.strong();
        write!(out, "{}", Painted(style, format_args!("{}[{code}]", severity.name())))?;
        writeln!(out, "{}", Painted(strong, format_args!(": {}", escape::clipped(message))))?;
        match (self.finding.places.first(), self.unit) {
            (Some(place), unit) => {
                self.arrow(&whereabouts(unit, place), out)?;
                if let Some(path) = &place.path {
                    self.fact("at", &escape::clipped(path), out)?;
                }
            }
            (None, Some(unit)) if !drawn => self.arrow(&escape::line(&unit.name), out)?,
            _ => {}
        }
        Ok(())
    }

    fn arrow(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let arrow = Painted(self.styles.gutter(), "-->");
        writeln!(out, "{:w$}{arrow} {text}", "", w = self.gutter)
    }

    fn bar(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{:w$} {}", "", Painted(self.styles.gutter(), "|"), w = self.gutter)
    }

    fn bytes(&self, lines: &[Line], out: &mut dyn Write) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let frame = self.styles.gutter();
        self.bar(out)?;
        for line in lines {
            match line {
                Line::Bytes { offset, cells } => {
                    let number = format!("{offset:04x}");
                    let head = Painted(frame, format!("{number:>w$} |", w = self.gutter));
                    write!(out, "{head} ")?;
                    self.cells(cells, out)?;
                }
                Line::Under(under) => {
                    let (style, character) = match under.part {
                        Part::Range => (self.styles.severity(self.finding.severity), "^"),
                        Part::Mark | Part::Around => (self.styles.mark(), "-"),
                    };
                    let mut text = character.repeat(under.width());
                    if !under.words.is_empty() {
                        text.push(' ');
                        text.push_str(&escape::clipped(&under.words));
                    }
                    let bar = Painted(frame, "|");
                    let indent = under.column();
                    writeln!(out, "{:w$} {bar} {:indent$}{}", "", "", Painted(style, text), w = self.gutter)?;
                }
                Line::Gap(bytes) => {
                    let head = Painted(frame, format!("{:>w$} |", "...", w = self.gutter));
                    writeln!(out, "{head} {}", count(*bytes, "more byte", "more bytes"))?;
                }
                Line::Beyond { bytes, end_of_file } => {
                    let head = Painted(frame, format!("{:>w$} |", "...", w = self.gutter));
                    let bytes = count(*bytes, "more byte", "more bytes");
                    let past = if *end_of_file { " past the end of the file" } else { "" };
                    writeln!(out, "{head} {bytes}{past}")?;
                }
            }
        }
        Ok(())
    }

    fn cells(&self, cells: &[hex::Cell], out: &mut dyn Write) -> io::Result<()> {
        let style = |part| match part {
            Part::Range => self.styles.severity(self.finding.severity),
            Part::Mark => self.styles.mark(),
            Part::Around => annotate_snippets::renderer::Style::new(),
        };
        let mut at = 0;
        for (i, cell) in cells.iter().enumerate() {
            let column = hex::column(i);
            write!(out, "{:w$}", "", w = column - at)?;
            match cell.byte {
                Some(byte) => write!(out, "{}", Painted(style(cell.part), format_args!("{byte:02x}")))?,
                None => write!(out, "  ")?,
            }
            at = column + 2;
        }
        write!(out, "  |")?;
        for cell in cells {
            let shown = match cell.byte {
                Some(byte) if byte.is_ascii_graphic() || byte == b' ' => char::from(byte),
                Some(_) => '.',
                None => ' ',
            };
            write!(out, "{}", Painted(style(cell.part), shown))?;
        }
        writeln!(out, "|")
    }

    /// What was found and what was expected.
    fn values(&self, out: &mut dyn Write) -> io::Result<()> {
        let Finding { found, expected, .. } = self.finding;
        let both = found.is_some() && expected.is_some();
        if let Some(found) = found {
            let space = if both { "   " } else { "" };
            self.fact("found", &format!("{space}{}", escape::clipped(found)), out)?;
        }
        if let Some(expected) = expected {
            self.fact("expected", &escape::clipped(expected), out)?;
        }
        Ok(())
    }

    /// Drawn source lines, moved to this block's gutter.
    fn source(&self, drawn: &Drawn, out: &mut dyn Write) -> io::Result<()> {
        let indent = self.gutter.saturating_sub(drawn.gutter);
        for (i, line) in drawn.text.lines().enumerate() {
            // The first arrow belongs to the content, if there is any.
            let further = i == 0 && !self.finding.places.is_empty();
            let line = if further { line.replacen("-->", ":::", 1) } else { line.to_string() };
            writeln!(out, "{:indent$}{}", "", line.trim_end())?;
        }
        Ok(())
    }

    /// `= word: text`
    fn fact(&self, word: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let equals = Painted(self.styles.gutter(), "=");
        let colon = if word == "at" { "" } else { ":" };
        let word = Painted(self.styles.strong(), word);
        writeln!(out, "{:w$} {equals} {word}{colon} {text}", "", w = self.gutter)
    }

    /// Builds, further places, notes, skipped checks and help.
    fn facts(&self, full: bool, out: &mut dyn Write) -> io::Result<()> {
        let finding = self.finding;
        if !finding.builds.is_empty() {
            let fleet = self.unit.map_or(&[][..], |unit| &unit.fleet);
            self.fact("builds", &builds::text(&finding.builds, fleet), out)?;
        }
        if full {
            self.further(out)?;
            for note in &finding.notes {
                self.fact("note", &escape::clipped(note), out)?;
            }
        }
        if finding.skipped > 0 {
            let made = if finding.skipped == 1 { "check was not made" } else { "checks were not made" };
            self.fact("skipped", &format!("{} {made} because of this", finding.skipped), out)?;
        }
        if let Some(help) = finding.help.as_ref().filter(|_| full) {
            self.fact("help", &escape::clipped(help), out)?;
        }
        Ok(())
    }

    /// The places after the first.
    fn further(&self, out: &mut dyn Write) -> io::Result<()> {
        let places = self.finding.places.get(1..).unwrap_or(&[]);
        for place in places.iter().take(LISTED) {
            self.fact("also", &self.relative(place), out)?;
        }
        let hidden = u64::try_from(places.len().saturating_sub(LISTED)).unwrap_or(u64::MAX);
        match hidden.saturating_add(self.finding.unlisted) {
            0 => Ok(()),
            more => self.fact("also", &count(more, "more place", "more places"), out),
        }
    }

    /// A further place, without what it has in common with the first.
    fn relative(&self, place: &Place) -> String {
        let same_file = self.finding.places.first().is_some_and(|first| first.file == place.file);
        let range = if same_file { place_extent(place) } else { whereabouts(self.unit, place) };
        match &place.path {
            Some(path) => format!("{}, {range}", escape::clipped(path)),
            None => range,
        }
    }

    /// The other units with the same finding.
    fn others(&self, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
        let others = &group.others;
        if others.is_empty() {
            return Ok(());
        }
        let number = u64::try_from(others.len()).unwrap_or(u64::MAX);
        self.fact("same in", &summary::units(number, group.subject, others.iter().copied(), true), out)?;
        for unit in others.iter().take(LISTED) {
            writeln!(out, "{:w$}     {}", "", escape::line(&unit.name), w = self.gutter)?;
        }
        match others.len().saturating_sub(LISTED) {
            0 => Ok(()),
            more => writeln!(out, "{:w$}     and {more} more", "", w = self.gutter),
        }
    }
}

/// Whether a finding in full has facts behind its source lines that a short one does not show.
fn has_further_facts(finding: &Finding) -> bool {
    finding.places.len() > 1 || finding.unlisted > 0 || !finding.notes.is_empty() || finding.help.is_some()
}

fn offset_width(offset: u64) -> usize {
    format!("{offset:04x}").len()
}

fn file_size(unit: Option<&Unit>, place: &Place) -> Option<u64> {
    unit?.files.get(place.file)?.size
}

/// A number with its noun.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `path: bytes 0x10..0x20 (16 bytes) of role`
pub(super) fn whereabouts(unit: Option<&Unit>, place: &Place) -> String {
    let range = place_extent(place);
    let at_end = place.range.start >= place.range.end && file_size(unit, place) == Some(place.range.start);
    let end = if at_end { " (end of file)" } else { "" };
    match (unit.and_then(|u| u.files.get(place.file)), unit) {
        (Some(file), _) => {
            format!("{}: {range}{end} of {}", escape::line(&file.path), escape::line(&file.role))
        }
        (None, Some(unit)) => format!("{}: {range}", escape::line(&unit.name)),
        (None, None) => range,
    }
}

/// A place's bytes, and where it is in what they are decoded to.
fn place_extent(place: &Place) -> String {
    let range = extent(place.range);
    match place.decoded {
        Some(decoded) => format!("{range}, decoded {}", extent(decoded)),
        None => range,
    }
}

/// A range as people read it.
fn extent(range: ByteRange) -> String {
    match range.end.saturating_sub(range.start) {
        0 => format!("at 0x{:x}", range.start),
        1 => format!("byte 0x{:x}", range.start),
        n => format!("bytes 0x{:x}..0x{:x} ({n} bytes)", range.start, range.end),
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
