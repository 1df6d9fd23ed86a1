//! The tree as one JSON document, written while it is walked.

use std::io::{self, Write};

use super::node::{Head, Leaf, Shape, Sink, Why};
use crate::report::escape;
use crate::span::ByteRange;
use crate::walk::events::Spot;

/// The version of the format that this module writes.
pub(super) const VERSION: u32 = 1;

pub(super) struct Json<'o> {
    out: &'o mut dyn Write,
    /// For each node that is open: its shape, and whether it has a part already.
    open: Vec<(Shape, bool)>,
    any: bool,
}

impl<'o> Json<'o> {
    /// Begins the document of a file.
    pub(super) fn new(out: &'o mut dyn Write, file: &str, size: u64) -> io::Result<Json<'o>> {
        write!(out, "{{\"schema\":\"bootgate-dump\",\"version\":{VERSION},\"file\":")?;
        string(out, file)?;
        write!(out, ",\"size\":{size},\"root\":")?;
        Ok(Json { out, open: Vec::new(), any: false })
    }

    fn head(&mut self, head: &Head<'_>, kind: &str) -> io::Result<()> {
        if let Some((_, has_parts)) = self.open.last_mut() {
            self.out.write_all(if *has_parts { b",\n" } else { b"\n" })?;
            *has_parts = true;
        }
        self.any = true;
        write!(self.out, "{{\"id\":")?;
        match head.id {
            Some(id) => string(self.out, id)?,
            None => write!(self.out, "null")?,
        }
        write!(self.out, ",\"kind\":\"{kind}\"")?;
        if kind == "object" {
            write!(self.out, ",\"type\":")?;
            string(self.out, &head.ty)?;
        }
        Ok(())
    }

    fn tail(&mut self, spot: Option<Spot>, cause: Option<&str>) -> io::Result<()> {
        match spot {
            Some(Spot { range, decoded }) => {
                self.range("range", range)?;
                if let Some(decoded) = decoded {
                    self.range("decoded", decoded)?;
                }
            }
            None => write!(self.out, ",\"range\":null")?,
        }
        if let Some(cause) = cause {
            write!(self.out, ",\"cause\":")?;
            string(self.out, cause)?;
        }
        write!(self.out, "}}")
    }

    fn range(&mut self, name: &str, range: ByteRange) -> io::Result<()> {
        write!(self.out, ",\"{name}\":[{},{}]", range.start, range.end)
    }

    fn hex(&mut self, bytes: &[u8]) -> io::Result<()> {
        let digit = |n: u8| if n < 10 { b'0' + n } else { b'a' + n - 10 };
        for chunk in bytes.chunks(4096) {
            let text: Vec<u8> = chunk.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect();
            self.out.write_all(&text)?;
        }
        Ok(())
    }
}

impl Sink for Json<'_> {
    fn open(&mut self, head: &Head<'_>, shape: Shape, _: Option<Spot>) -> io::Result<()> {
        self.head(head, kind(shape))?;
        let parts = if shape == Shape::List { "items" } else { "fields" };
        write!(self.out, ",\"{parts}\":[")?;
        self.open.push((shape, false));
        Ok(())
    }

    fn close(&mut self, spot: Option<Spot>, cause: Option<&str>) -> io::Result<()> {
        self.open.pop();
        write!(self.out, "]")?;
        self.tail(spot, cause)
    }

    fn leaf(&mut self, head: &Head<'_>, leaf: &Leaf<'_>, spot: Option<Spot>) -> io::Result<()> {
        let word = match leaf {
            Leaf::Int(_) => "int",
            Leaf::Enum(..) => "enum",
            Leaf::Float(_) => "float",
            Leaf::Bool(_) => "bool",
            Leaf::Str(_) => "str",
            Leaf::Bytes(_) => "bytes",
            Leaf::Stream => "stream",
            Leaf::Absent => "absent",
            Leaf::Unknown(_) => "unknown",
            Leaf::Elided(shape, ..) => kind(*shape),
        };
        self.head(head, word)?;
        let mut cause = None;
        match leaf {
            Leaf::Int(n) => write!(self.out, ",\"value\":{n}")?,
            Leaf::Enum(n, member) => {
                write!(self.out, ",\"value\":{n},\"member\":")?;
                match member {
                    Some(member) => string(self.out, member)?,
                    None => write!(self.out, "null")?,
                }
            }
            Leaf::Float(n) if n.is_finite() => {
                write!(self.out, ",\"value\":{}", serde_json::to_string(n).map_err(io::Error::from)?)?;
            }
            Leaf::Float(n) if n.is_nan() => write!(self.out, ",\"value\":\"NaN\"")?,
            Leaf::Float(n) => {
                write!(self.out, ",\"value\":\"{}Infinity\"", if *n < 0.0 { "-" } else { "" })?;
            }
            Leaf::Bool(b) => write!(self.out, ",\"value\":{b}")?,
            Leaf::Str(text) => {
                write!(self.out, ",\"value\":")?;
                string(self.out, text)?;
            }
            Leaf::Bytes(bytes) => {
                write!(self.out, ",\"value\":\"")?;
                self.hex(bytes)?;
                write!(self.out, "\"")?;
            }
            Leaf::Stream | Leaf::Absent => {}
            Leaf::Unknown(why) => cause = Some(*why),
            Leaf::Elided(_, count, why) => {
                if let Some(count) = count {
                    write!(self.out, ",\"count\":{count}")?;
                }
                match why {
                    Why::Depth => write!(self.out, ",\"elided\":\"depth\"")?,
                    Why::Before => write!(self.out, ",\"elided\":\"before\"")?,
                    Why::Refers(path) => {
                        write!(self.out, ",\"elided\":\"reference\",\"refers\":")?;
                        string(self.out, path)?;
                    }
                }
            }
        }
        self.tail(spot, cause)
    }

    fn end(&mut self) -> io::Result<()> {
        if !self.any {
            write!(self.out, "null")?;
        }
        writeln!(self.out, "}}")
    }
}

fn kind(shape: Shape) -> &'static str {
    match shape {
        Shape::Object => "object",
        Shape::List => "list",
    }
}

/// A string; what could act on whoever reads it as text is written as an escape.
fn string(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let special = |c: char| matches!(c, '"' | '\\') || escape::is_unsafe(c);
    out.write_all(b"\"")?;
    for part in text.split_inclusive(special) {
        let mut chars = part.chars();
        match chars.next_back() {
            Some(c) if special(c) => {
                out.write_all(chars.as_str().as_bytes())?;
                if matches!(c, '"' | '\\') {
                    write!(out, "\\{c}")?;
                } else {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
            }
            _ => out.write_all(part.as_bytes())?,
        }
    }
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(leaf: Leaf<'_>) -> serde_json::Value {
        let mut out = Vec::new();
        let mut json = Json::new(&mut out, "a\u{202e}b.bin", 7).unwrap();
        let head = Head { label: "x".into(), id: Some("x"), ty: "u4".into(), level: 0 };
        let range = ByteRange { start: 16, end: 40 };
        let decoded = Some(ByteRange { start: 3, end: 7 });
        json.leaf(&head, &leaf, Some(Spot { range, decoded })).unwrap();
        json.end().unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.trim_end().contains(escape::is_unsafe), "{text:?}");
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }

    #[test]
    fn a_leaf_has_its_value_and_where_it_is() {
        let document = leaf(Leaf::Enum(7, None));
        assert_eq!(document["file"], "a\u{202e}b.bin");
        let root = &document["root"];
        assert_eq!((&root["id"], &root["kind"]), (&"x".into(), &"enum".into()));
        assert_eq!((&root["value"], &root["member"]), (&7.into(), &serde_json::Value::Null));
        assert_eq!(root["range"], serde_json::json!([16, 40]));
        assert_eq!(root["decoded"], serde_json::json!([3, 7]));
    }

    #[test]
    fn values_that_json_has_no_number_for_are_strings() {
        for (value, text) in
            [(f64::NAN, "NaN"), (f64::INFINITY, "Infinity"), (f64::NEG_INFINITY, "-Infinity")]
        {
            assert_eq!(leaf(Leaf::Float(value))["root"]["value"], text);
        }
        assert_eq!(leaf(Leaf::Float(1.5))["root"]["value"], 1.5);
    }

    #[test]
    fn integers_of_any_size_and_texts_of_any_kind_come_through() {
        assert_eq!(leaf(Leaf::Int(u64::MAX.into()))["root"]["value"], u64::MAX);
        let hostile = "\"\\\u{1b}[2J\n\u{9b}\u{202e}\u{e0041}é";
        assert_eq!(leaf(Leaf::Str(hostile))["root"]["value"], hostile);
        assert_eq!(leaf(Leaf::Bytes(&[0, 0xff, 0x1a]))["root"]["value"], "00ff1a");
    }
}
