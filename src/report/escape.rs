//! Text that comes from outside, made safe to show.
//!
//! Messages, values and paths can hold bytes of a content file that somebody wrote on purpose. On a
//! terminal, a control character in them could hide a refusal or rewrite the line above.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The longest text, in characters, that a text report shows of one value.
const SHOWN: usize = 400;
/// How many of these are the last ones.
const SHOWN_END: usize = 100;

/// Whether a character can change what a reader sees around it: control characters (C0, DEL, C1),
/// line separators, invisible characters and those that reorder text.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The text on one line, with every unsafe character written as an escape.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c if is_unsafe(c) => {
                // A `String` takes everything, so there is no error to pass on.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// As [`line`], and cut in the middle so that one value cannot flood a report: how a path ends tells most.
pub(super) fn clipped(text: &str) -> Cow<'_, str> {
    if text.char_indices().nth(SHOWN).is_none() {
        return line(text);
    }
    let starts = || text.char_indices().map(|(at, _)| at);
    let head = starts().nth(SHOWN - SHOWN_END).and_then(|at| text.get(..at)).unwrap_or("");
    let tail = starts().nth_back(SHOWN_END - 1).and_then(|at| text.get(at..)).unwrap_or("");
    let left_out = starts().count().saturating_sub(SHOWN);
    Cow::Owned(format!("{}… ({left_out} more characters) …{}", line(head), line(tail)))
}

/// Source text with its unsafe characters replaced by harmless ones of the same length in bytes, so
/// that spans into it stay right. Line ends and tabs stay: the snippet renderer lays them out.
pub(super) fn same_length(text: &str) -> Cow<'_, str> {
    let bad = |c: char| is_unsafe(c) && !matches!(c, '\n' | '\r' | '\t');
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let harmless = |c: char| match c.len_utf8() {
        1 => '?',
        2 => '·',
        3 => '\u{fffd}',
        _ => '\u{1fbc6}',
    };
    Cow::Owned(text.chars().map(|c| if bad(c) { harmless(c) } else { c }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_safe_is_left_alone() {
        assert!(matches!(line("channel.instances[3] = \"größe\""), Cow::Borrowed(_)));
    }

    #[test]
    fn terminal_escapes_and_reordering_become_visible() {
        assert_eq!(line("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(line("a\u{9b}2Jb"), "a\\u{9b}2Jb");
        assert_eq!(line("a\r\n\tb\0"), "a\\r\\n\\tb\\0");
        assert_eq!(line("file\u{202e}nib.exe"), "file\\u{202e}nib.exe");
    }

    #[test]
    fn a_long_value_is_cut_and_says_by_how_much() {
        let long = format!("{}.body[7]", "é".repeat(1000));
        let end = format!("{}.body[7]", "é".repeat(92));
        assert_eq!(clipped(&long), format!("{}… (608 more characters) …{end}", "é".repeat(300)));
        assert_eq!(clipped(&"x".repeat(400)), "x".repeat(400));
    }

    #[test]
    fn replaced_source_text_keeps_its_offsets() {
        let text = "a\u{1b}b\u{9b}c\u{202e}d\u{e0041}e\tf\r\n";
        let safe = same_length(text);
        assert_eq!(safe.len(), text.len());
        assert_eq!(safe, "a?b·c\u{fffd}d\u{1fbc6}e\tf\r\n");
        for (at, c) in text.char_indices() {
            assert!(safe.is_char_boundary(at), "{c:?} at {at}");
        }
    }
}
