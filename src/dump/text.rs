//! The tree as text: one line for each node, with its offsets.

use std::io::{self, Write};

use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DEFAULT_LINE_NUM_STYLE, Style};

use super::node::{Head, Leaf, Shape, Sink, Why};
use crate::report::escape;
use crate::walk::events::Spot;

/// Bytes of text that wait for the ends of the nodes that began in them.
const WAITING: usize = 1 << 18;
/// Bytes of a value that are shown.
const SHOWN: usize = 16;
/// Characters of a text that are shown.
const SHOWN_TEXT: usize = 80;
/// Integers below this are not shown in hexadecimal too.
const BIG: u128 = 256;
/// Levels by which lines are indented; deeper ones stay there.
const INDENTED: u32 = 60;

pub(super) struct Text<'o> {
    out: &'o mut dyn Write,
    color: bool,
    /// Digits of an offset.
    width: usize,
    waiting: Vec<u8>,
    /// For each node that is open: where its end is to be filled in, if that still waits.
    ends: Vec<Option<usize>>,
}

impl<'o> Text<'o> {
    /// A writer for a file of this size.
    pub(super) fn new(out: &'o mut dyn Write, size: u64, color: bool) -> Text<'o> {
        let width = format!("{size:x}").len().max(4);
        Text { out, color, width, waiting: Vec::new(), ends: Vec::new() }
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_string() }
    }

    fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Writes a line; gives where the end of an open node is to be filled in.
    fn line(
        &mut self,
        head: &Head<'_>,
        ty: &str,
        spot: Option<Spot>,
        open: bool,
        value: &str,
    ) -> Option<usize> {
        let w = self.width;
        let (before, end) = match spot {
            Some(Spot { range, decoded: None }) => (format!("{:0w$x}..", range.start), Some(range.end)),
            Some(Spot { range, decoded: Some(decoded) }) => (
                format!("{:0w$x}..{:0w$x} +{:0w$x}..", range.start, range.end, decoded.start),
                Some(decoded.end),
            ),
            None => (" ".repeat(w + 2), None),
        };
        let end = end.filter(|_| !open).map_or_else(|| " ".repeat(w), |end| format!("{end:0w$x}"));
        let gutter = if self.color { DEFAULT_LINE_NUM_STYLE } else { Style::new() };
        self.waiting.extend_from_slice(format!("{gutter}{before}").as_bytes());
        let hole = (open && spot.is_some()).then_some(self.waiting.len());
        let indent = "  ".repeat(usize::try_from(head.level.min(INDENTED)).unwrap_or(0));
        // The file itself has no name but that of its format.
        let (label, ty) = if head.label.is_empty() { (ty, "") } else { (&*head.label, ty) };
        let label = escape::line(label);
        let space = if ty.is_empty() { "" } else { "  " };
        let line = format!("{end}{gutter:#}  {indent}{label}{value}{space}{}\n", self.dim(ty));
        self.waiting.extend_from_slice(line.as_bytes());
        hole
    }

    /// Lets the text go if there is much of it; ends of open nodes are then not filled in any more.
    fn relieve(&mut self) -> io::Result<()> {
        if self.waiting.len() >= WAITING { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.waiting)?;
        self.waiting.clear();
        self.ends.fill(None);
        Ok(())
    }

    fn value(&self, leaf: &Leaf<'_>, spot: Option<Spot>) -> String {
        let error = |text: String| self.paint(DEFAULT_ERROR_STYLE, &text);
        match leaf {
            Leaf::Int(n) => format!(" = {}", integer(*n)),
            Leaf::Enum(n, Some(member)) => format!(" = {} ({n})", escape::line(member)),
            Leaf::Enum(n, None) => format!(" = {n} {}", error("(no member)".into())),
            Leaf::Float(n) => format!(" = {n:?}"),
            Leaf::Bool(b) => format!(" = {b}"),
            Leaf::Str(text) => format!(" = {}", quoted(text)),
            Leaf::Bytes(bytes) => format!(" = {}", hex(bytes)),
            Leaf::Stream => String::new(),
            Leaf::Absent => " = absent".into(),
            Leaf::Unknown(why) => format!(" = {}", error(format!("unknown: {}", escape::line(why)))),
            Leaf::Elided(_, _, Why::Before) => " … shown before".into(),
            Leaf::Elided(_, _, Why::Refers(path)) => format!(" … see {}", escape::line(path)),
            Leaf::Elided(_, elements, Why::Depth) => {
                let size = spot.map(|s| s.decoded.unwrap_or(s.range)).map(|r| r.end.saturating_sub(r.start));
                let counts = [(*elements, "element"), (size, "byte")];
                let words = counts.into_iter().filter_map(|(n, word)| n.map(|n| count(n, word)));
                format!(" … {}", words.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

impl Sink for Text<'_> {
    fn open(&mut self, head: &Head<'_>, shape: Shape, start: Option<Spot>) -> io::Result<()> {
        let hole = self.line(head, &typed(shape, &head.ty), start, true, "");
        self.ends.push(hole);
        self.relieve()
    }

    fn close(&mut self, spot: Option<Spot>, _: Option<&str>) -> io::Result<()> {
        let w = self.width;
        let hole = self.ends.pop().flatten();
        let end = spot.map(|s| s.decoded.unwrap_or(s.range).end).map(|end| format!("{end:0w$x}"));
        if let Some((hole, end)) = hole.zip(end)
            && let Some(place) = self.waiting.get_mut(hole..hole.saturating_add(w))
            && end.len() == w
        {
            place.copy_from_slice(end.as_bytes());
        }
        Ok(())
    }

    fn leaf(&mut self, head: &Head<'_>, leaf: &Leaf<'_>, spot: Option<Spot>) -> io::Result<()> {
        let value = self.value(leaf, spot);
        let shape = if matches!(leaf, Leaf::Elided(Shape::List, ..)) { Shape::List } else { Shape::Object };
        let open = matches!(leaf, Leaf::Elided(_, _, Why::Before));
        self.line(head, &typed(shape, &head.ty), spot, open, &value);
        self.relieve()
    }

    fn end(&mut self) -> io::Result<()> {
        self.flush()
    }
}

fn typed(shape: Shape, ty: &str) -> String {
    if shape == Shape::List { format!("list of {ty}") } else { ty.to_string() }
}

fn count(n: u64, word: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
}

fn integer(n: i128) -> String {
    let sign = if n < 0 { "-" } else { "" };
    if n.unsigned_abs() < BIG { n.to_string() } else { format!("{n} ({sign}{:#x})", n.unsigned_abs()) }
}

fn quoted(text: &str) -> String {
    let cut = text.char_indices().nth(SHOWN_TEXT).and_then(|(end, _)| text.get(..end));
    let shown = cut.unwrap_or(text).replace('\\', "\\\\").replace('"', "\\\"");
    let shown = escape::line(&shown);
    match cut {
        Some(_) => format!("\"{shown}…\" ({})", count(text.len() as u64, "byte")),
        None => format!("\"{shown}\""),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().take(SHOWN).map(|b| format!("{b:02x}")).collect();
    let digits = digits.join(" ");
    let readable = bytes.iter().all(|b| (0x20..0x7f).contains(b));
    match bytes.len() {
        0 => "nothing".into(),
        len if len > SHOWN => format!("{digits} … ({})", count(len as u64, "byte")),
        _ if readable => format!("{digits} {}", quoted(&String::from_utf8_lossy(bytes))),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::ByteRange;

    fn spot(start: u64, end: u64) -> Option<Spot> {
        Some(Spot { range: ByteRange { start, end }, decoded: None })
    }

    fn written(write: impl FnOnce(&mut Text<'_>)) -> String {
        let mut out = Vec::new();
        let mut text = Text::new(&mut out, 0x12345, false);
        write(&mut text);
        text.end().unwrap();
        String::from_utf8(out).unwrap()
    }

    fn head(ty: &'static str) -> Head<'static> {
        Head { label: "x".into(), id: Some("x"), ty: ty.into(), level: 1 }
    }

    fn value(leaf: Leaf<'_>) -> String {
        let line = written(|text| text.leaf(&head("u4"), &leaf, spot(0x10, 0x14)).unwrap());
        let line = line.strip_prefix("00010..00014    x").unwrap().strip_suffix("  u4\n").unwrap();
        line.to_string()
    }

    #[test]
    fn values_are_written_for_people() {
        assert_eq!(value(Leaf::Int(255)), " = 255");
        assert_eq!(value(Leaf::Int(-4096)), " = -4096 (-0x1000)");
        assert_eq!(value(Leaf::Enum(2, Some("strings"))), " = strings (2)");
        assert_eq!(value(Leaf::Enum(9, None)), " = 9 (no member)");
        assert_eq!(value(Leaf::Float(2.0)), " = 2.0");
        assert_eq!(value(Leaf::Bytes(b"BGCF")), " = 42 47 43 46 \"BGCF\"");
        assert_eq!(value(Leaf::Bytes(&[])), " = nothing");
        assert_eq!(value(Leaf::Str("a\"\\\u{1b}[2J\u{202e}")), " = \"a\\\"\\\\\\u{1b}[2J\\u{202e}\"");
        assert_eq!(value(Leaf::Unknown("it ends")), " = unknown: it ends");
    }

    #[test]
    fn long_values_are_cut_and_say_how_long_they_are() {
        assert_eq!(
            value(Leaf::Bytes(&[1; 17])),
            " = 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 01 … (17 bytes)"
        );
        let long = "é".repeat(81);
        assert_eq!(value(Leaf::Str(&long)), format!(" = \"{}…\" (162 bytes)", "é".repeat(80)));
    }

    #[test]
    fn the_end_of_a_node_is_filled_in_while_its_line_waits() {
        let tree = |lines: usize| {
            written(|text| {
                text.open(&head("header"), Shape::Object, spot(0, 0)).unwrap();
                for _ in 0..lines {
                    text.leaf(&head("u4"), &Leaf::Int(1), spot(0, 4)).unwrap();
                }
                text.close(spot(0, 0x2c), None).unwrap();
            })
        };
        assert!(tree(10).starts_with("00000..0002c    x  header\n"));
        assert!(tree(100_000).starts_with("00000..         x  header\n"));
    }

    #[test]
    fn what_is_inside_decoded_bytes_says_so() {
        let spot =
            Spot { range: ByteRange { start: 8, end: 20 }, decoded: Some(ByteRange { start: 1, end: 3 }) };
        let line = written(|text| text.leaf(&head("u4"), &Leaf::Int(1), Some(spot)).unwrap());
        assert_eq!(line, "00008..00014 +00001..00003    x = 1  u4\n");
    }
}
