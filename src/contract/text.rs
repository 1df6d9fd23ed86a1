//! Strings of a TOML file with the place of their content.

use std::ops::Range;

use crate::span::SourceId;
#[cfg(test)]
use crate::span::Span;
pub use crate::text::Text;
pub(super) use crate::text::{Piece, span};

/// The string whose literal (quotes included, or a bare key) is at `literal` in `file`.
pub(super) fn read(value: &str, source: SourceId, file: &str, literal: Range<usize>) -> Text {
    let raw = file.get(literal.clone()).unwrap_or_default();
    let (content, form) = content(raw);
    let base = literal.start.saturating_add(content.start);
    let inner = raw.get(content).unwrap_or_default();
    let span = span(source, base..base.saturating_add(inner.len()));
    let (decoded, pieces) = decode(inner, base, form);
    // A form that this decoder does not know must not yield a wrong place: the whole is always right.
    let pieces = if decoded == value { pieces } else { Vec::new() };
    Text::new(value, span, raw.len() > inner.len(), pieces)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Every character stands for itself.
    Literal,
    /// Escapes; in the multi-line form also a backslash that swallows line ends.
    Basic { lines: bool },
}

fn content(raw: &str) -> (Range<usize>, Form) {
    for (quotes, form) in [("\"\"\"", Form::Basic { lines: true }), ("'''", Form::Literal)] {
        if let Some(inner) = raw.strip_prefix(quotes).and_then(|r| r.strip_suffix(quotes)) {
            let newline = if inner.starts_with("\r\n") { 2 } else { usize::from(inner.starts_with('\n')) };
            let start = quotes.len() + newline;
            return (start..quotes.len() + inner.len(), form);
        }
    }
    for (quote, form) in [('"', Form::Basic { lines: false }), ('\'', Form::Literal)] {
        if let Some(inner) = raw.strip_prefix(quote).and_then(|r| r.strip_suffix(quote)) {
            return (1..1 + inner.len(), form);
        }
    }
    (0..raw.len(), Form::Literal)
}

fn decode(inner: &str, base: usize, form: Form) -> (String, Vec<Piece>) {
    let mut value = String::with_capacity(inner.len());
    let mut pieces = Vec::new();
    let mut rest = inner;
    while !rest.is_empty() {
        let plain = match form {
            Form::Literal => rest.len(),
            Form::Basic { .. } => rest.find('\\').unwrap_or(rest.len()),
        };
        let at = base + (inner.len() - rest.len());
        let before = value.len();
        let (text, taken) = match rest.get(..plain).filter(|p| !p.is_empty()) {
            Some(text) => (text.to_owned(), plain),
            None => escape(rest, form),
        };
        value.push_str(&text);
        pieces.push(Piece { value: before..value.len(), source: at..at + taken });
        rest = rest.get(taken..).unwrap_or_default();
    }
    (value, pieces)
}

/// What the escape at the start of `rest` stands for, and how many bytes it takes (at least one).
fn escape(rest: &str, form: Form) -> (String, usize) {
    let after = rest.get(1..).unwrap_or_default();
    let Some(letter) = after.chars().next() else { return (String::new(), rest.len().max(1)) };
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if digits > 0 {
        let code = after.get(1..1 + digits).and_then(|d| u32::from_str_radix(d, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            return (c.to_string(), 2 + digits);
        }
    }
    if form == (Form::Basic { lines: true }) && letter.is_ascii_whitespace() {
        let kept = after.trim_start_matches([' ', '\t', '\r', '\n']);
        return (String::new(), 1 + (after.len() - kept.len()));
    }
    let decoded = match letter {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        other => other,
    };
    (decoded.to_string(), 1 + letter.len_utf8())
}

#[cfg(test)]
mod tests {
    use toml::de::{DeTable, DeValue};

    use super::*;
    use crate::span::Sources;

    /// The value of the key `a` of a file, and that file.
    fn only(file: &str) -> Text {
        let source = Sources::default().add("a.toml", file);
        let table = DeTable::parse(file).unwrap().into_inner();
        let value = table.get("a").unwrap();
        let DeValue::String(decoded) = value.get_ref() else { panic!("not a string") };
        read(decoded, source, file, value.span())
    }

    fn shown<'a>(file: &'a str, text: &Text, part: &str) -> &'a str {
        let start = text.value.find(part).unwrap();
        let span = text.sub(start..start + part.len());
        at(file, span)
    }

    fn at(file: &str, span: Span) -> &str {
        file.get(span.start as usize..span.end as usize).unwrap()
    }

    #[test]
    fn the_span_leaves_the_quotes_out() {
        for (file, content) in [
            ("a = \"x y\"", "x y"),
            ("a = 'x y'", "x y"),
            ("a = \"\"\"\nx y\"\"\"", "x y"),
            ("a = '''\r\nx y'''", "x y"),
            ("a = ''", ""),
            ("a = \"\"\"\"quoted\"\"\"\"", "\"quoted\""),
        ] {
            let text = only(file);
            assert_eq!(at(file, text.span), content, "{file}");
            assert_eq!(text.sub(0..text.value.len()), text.span, "{file}");
        }
    }

    #[test]
    fn places_after_escapes_are_right() {
        let file = r#"a = "\"inputs.\" + definitions.types[\u00e9].name""#;
        let text = only(file);
        assert_eq!(text.value, "\"inputs.\" + definitions.types[é].name");
        assert_eq!(shown(file, &text, "definitions.types"), "definitions.types");
        assert_eq!(shown(file, &text, "\"inputs.\""), r#"\"inputs.\""#);
        assert_eq!(shown(file, &text, "é"), r"\u00e9");
        assert_eq!(shown(file, &text, "name"), "name");
    }

    #[test]
    fn places_in_many_lines_are_right() {
        let file = "a = \"\"\"\none \\\n   two \\\r\n\n  three\r\nfour\\tfive\"\"\"";
        let text = only(file);
        assert_eq!(text.value, "one two three\r\nfour\tfive");
        for word in ["one", "two", "three", "four", "five"] {
            assert_eq!(shown(file, &text, word), word);
        }
        assert_eq!(shown(file, &text, "\t"), "\\t");
        assert_eq!(shown(file, &text, "two three"), "two \\\r\n\n  three");
    }

    #[test]
    fn short_escapes_are_known() {
        let file = r#"a = "\x41\e\b\f\r\\end\U0001F600.""#;
        let text = only(file);
        assert_eq!(text.value, "A\u{1b}\u{8}\u{c}\r\\end😀.");
        assert_eq!(shown(file, &text, "end"), "end");
        assert_eq!(shown(file, &text, "."), ".");
    }

    #[test]
    fn hostile_ranges_stay_inside() {
        let file = "a = \"\\u00e9éz\"";
        let text = only(file);
        assert_eq!(text.sub(0..100), text.span);
        assert_eq!(text.sub(usize::MAX..usize::MAX), text.span);
        #[expect(clippy::reversed_empty_ranges, reason = "turned round on purpose")]
        let turned = text.sub(3..1);
        assert_eq!(turned, text.span);
        // Half of the escaped character, half of the plain one.
        let cut = text.sub(1..3);
        assert_eq!(at(file, cut), "\\u00e9é");
        // Empty ranges point between characters.
        assert_eq!(text.sub(5..5), Span { start: text.span.end, ..text.span });
        assert_eq!(text.sub(2..2).start, text.sub(2..2).end);
    }

    #[test]
    fn a_value_that_was_not_written_there_gives_the_whole() {
        let source = Sources::default().add("a.toml", "a = 'abc'");
        let text = read("other", source, "a = 'abc'", 4..9);
        assert_eq!(text.sub(1..2), text.span);
        let outside = read("other", source, "a = 'abc'", 400..900);
        assert_eq!(outside.sub(1..2), outside.span);
    }
}
