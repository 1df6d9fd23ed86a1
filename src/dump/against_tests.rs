//! What differs is marked, and what merely moved is not.

use super::{against, plan};
use crate::limits::Limits;
use crate::span::Sources;

const SCHEMA: &str = "{meta: {id: a}, seq: [{id: num, type: u1}, {id: items, type: item, repeat: expr, repeat-expr: num}], \
    types: {item: {seq: [{id: kind, type: u1}, {id: len, type: u1}, {id: text, size: len, type: str, encoding: ASCII}]}}}";

fn marked(new: &[u8], old: &[u8]) -> (Vec<String>, usize) {
    let mut sources = Sources::default();
    let source = sources.add("a.ksy", SCHEMA);
    let plan = plan(crate::schema::read(source, SCHEMA), Default::default()).unwrap();
    let marked = against(&plan, &sources, new, old, &Limits::default()).unwrap();
    let text = marked.text(false);
    // Without the offsets.
    let lines =
        text.lines().map(|line| format!("{}{}", line.get(..2).unwrap(), line.get(12..).unwrap().trim()));
    (lines.collect(), marked.cost)
}

#[test]
fn the_same_file_has_no_marks() {
    assert_eq!(marked(b"\x01\x05\x02hi", b"\x01\x05\x02hi"), (Vec::new(), 0));
}

#[test]
fn a_value_says_what_it_was() {
    let (lines, cost) = marked(b"\x02\x05\x02hi\x06\x01x", b"\x02\x05\x02hi\x07\x01x");
    assert_eq!(lines, ["  a", "  items  list of item", "  [1]  item", "* kind = 6  u1   (was 7)"]);
    assert_eq!(cost, 1);
}

#[test]
fn elements_behind_one_that_is_gone_are_still_the_same() {
    let (lines, _) = marked(b"\x02\x05\x02hi\x06\x01x", b"\x03\x09\x05first\x05\x02hi\x06\x01x");
    assert_eq!(lines, ["  a", "* num = 2  u1   (was 3)", "* items  list of item   (was 3 elements)"]);
}

#[test]
fn an_element_that_was_put_in_is_marked_whole() {
    let (lines, _) = marked(b"\x02\x05\x02hi\x06\x01x", b"\x01\x06\x01x");
    let expected = [
        "  a",
        "* num = 2  u1   (was 1)",
        "* items  list of item   (was 1 elements)",
        "* [0]  item",
        "* kind = 5  u1",
        "* len = 2  u1",
        "* text = \"hi\"  str",
    ];
    assert_eq!(lines, expected);
}
