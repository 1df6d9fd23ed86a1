//! What a walk promises about hostile content: it ends, within its limits, and both passes agree.

use proptest::prelude::*;

use super::tests::{Notes, compiled, run, setting, walked};
use super::*;

#[test]
fn each_limit_ends_the_walk_and_names_itself() {
    let default = Limits::default;
    let last = |body: &str, bytes: &[u8], limits: Limits| walked(body, bytes, &limits).troubles.pop();
    let bytes = "seq: [{id: a, type: u1, repeat: eos}]";
    assert_eq!(last(bytes, &[0; 3], Limits { elements: 3, ..default() }), None);
    let found = last(bytes, &[0; 4], Limits { elements: 3, ..default() });
    assert_eq!(found.as_deref(), Some("a[3] 3..4 Limit(\"elements\", 3)"));
    let empty = "seq: [{id: n, type: u4}, {id: a, size: 0, repeat: expr, repeat-expr: n}]";
    assert_eq!(last(empty, &[5, 0, 0, 0], Limits { empty_elements: 5, ..default() }), None);
    let found = last(empty, &[6, 0, 0, 0], Limits { empty_elements: 5, ..default() });
    assert_eq!(found.as_deref(), Some("a[5] 4..4 Limit(\"empty-elements\", 5)"));
    let deep = "seq: [{id: a, type: t}]";
    let found = last(deep, &[], Limits { depth: 2, ..default() });
    assert_eq!(found.as_deref(), Some("a.a 0..0 Limit(\"depth\", 2)"));
    let texts = "seq: [{id: a, type: str, size: 2}]\ninstances: {v: {value: a + a, -valid: '\"xyxy\"'}}";
    assert_eq!(last(texts, b"xy", Limits { decoded_bytes: 4, ..default() }), None);
    let found = last(texts, b"xy", Limits { decoded_bytes: 3, ..default() });
    assert_eq!(found.as_deref(), Some("v 2..2 Limit(\"decoded-bytes\", 3)"));
    let found = last(texts, b"xy", Limits { instances: 0, ..default() });
    assert!(found.is_some_and(|f| f.ends_with("Limit(\"instances\", 0)")));
    let found = last(texts, b"xy", Limits { scanned_bytes: 1, ..default() });
    assert!(found.is_some_and(|f| f.starts_with("a ") && f.ends_with("Limit(\"scanned-bytes\", 1)")));
    let many = walked("seq: [{id: a, type: u1, valid: 1, repeat: eos}]", &[0; 2000], &default());
    assert_eq!(many.troubles.len(), crate::limits::TROUBLES + 1);
    assert!(many.troubles.last().is_some_and(|f| f.contains("Limit(\"troubles\", 1000)")));
}

#[test]
fn hostile_content_ends_soon_and_takes_little_memory() {
    let found = run("seq: [{id: n, type: u4}, {id: a, size: n}]", &[0xff, 0xff, 0xff, 0x7f, 1, 2, 3, 4]);
    assert_eq!(found, ["a 4..8 UnexpectedEnd { needed: 2147483647, available: 4 }"]);
    let counted = "seq: [{id: n, type: u8}, {id: a, type: u1, repeat: expr, repeat-expr: n}]";
    assert_eq!(run(counted, &[0xff; 8]).len(), 1);
}

#[test]
fn elements_without_bytes_are_bounded() {
    let empty = "
seq: [{id: n, type: u4}, {id: a, type: p, repeat: expr, repeat-expr: n}]
types: {p: {seq: [{id: x, size: 0}]}}
instances: {v: {value: a.size, -valid: 0}}";
    let found = run(empty, &20_000_000u32.to_le_bytes());
    assert_eq!(found, ["a[1048576] 4..4 Limit(\"empty-elements\", 1048576)"]);
}

#[test]
fn types_and_pointers_that_never_end_are_bounded() {
    let deep = run("seq: [{id: a, type: t}]", &[]);
    assert!(deep[0].ends_with("Limit(\"depth\", 4096)"));
    let back = "
seq: [{id: v, type: u1}]
instances: {up: {pos: 0, type: p, size-eos: true}}
types: {p: {seq: [{id: v, type: u1}], instances: {again: {pos: _io.pos - 1, type: p, io: _root._io}}}}";
    assert!(run(back, &[0; 64]).len() < 1000);
    let parents = "
seq: [{id: v, type: u1}, {id: p, type: p}]
types: {p: {seq: [{id: w, type: u1, if: _root.v > 9}], instances: {next: {pos: 0, type: p, if: '_parent._io.size > 0'}}}}";
    assert!(run(parents, &[1]).last().is_some_and(|f| f.ends_with("Limit(\"depth\", 4096)")));
}

#[test]
fn pointers_in_any_order_are_covered_in_reasonable_time() {
    // Each entry points to a byte apart from all others, backwards: the described ranges grow in number.
    let count = 100_000u32;
    let mut bytes = count.to_le_bytes().to_vec();
    let end = 4 + count * 4 + count * 2;
    (0..count).for_each(|n| bytes.extend((end - 1 - n * 2).to_le_bytes()));
    bytes.resize(end as usize, 0);
    let body = "
seq: [{id: n, type: u4}, {id: a, type: e, repeat: expr, repeat-expr: n}]
types: {e: {seq: [{id: ofs, type: u4}], instances: {v: {pos: ofs, type: u1, io: _root._io}}}}";
    let found = run(body, &bytes);
    assert!(
        found.iter().all(|f| f.ends_with("Unreferenced") || f.contains("troubles")),
        "{:?}",
        found.first()
    );
}

#[test]
fn long_texts_that_many_fields_share_are_not_read_without_end() {
    let mut bytes = vec![250];
    bytes.extend(251u16.to_le_bytes().repeat(250));
    bytes.extend([b'x'; 5000]);
    bytes.push(0);
    let body = "
seq: [{id: n, type: u1}, {id: a, type: e, repeat: expr, repeat-expr: n}]
types: {e: {seq: [{id: ofs, type: u2}], instances: {v: {pos: ofs * 2 + 250, type: strz, io: _root._io}}}}";
    let limits = Limits { scanned_bytes: 10_000, ..Limits::default() };
    assert_eq!(walked(body, &bytes, &limits).troubles.iter().filter(|f| f.contains("Limit")).count(), 0);
    let each = body.replace("type: strz", "type: strz, valid: {max: '\"y\"'}");
    let found = walked(&each, &bytes, &limits).troubles;
    assert!(found.last().is_some_and(|f| f.ends_with("Limit(\"scanned-bytes\", 10000)")), "{found:?}");
}

/// Schemas that any bytes are walked through.
const SCHEMAS: &[&str] = &[
    "
seq: [{id: n, type: u1}, {id: rows, type: row, repeat: expr, repeat-expr: n % 8}, {id: rest, size-eos: true}]
types:
  row:
    seq:
      - {id: kind, type: u1, enum: k}
      - {id: body, size: _root.n % 5, type: {switch-on: kind, cases: {'k::a': a, 'k::b': b, _: c}}}
  a: {seq: [{id: s, type: strz}, {id: v, type: u2, valid: {min: 3}}]}
  b: {seq: [{id: inner, type: row, if: _io.size > 2}], instances: {last: {pos: _io.size - 1, type: u1, valid: {max: 9}}}}
  c: {seq: [{id: all, type: u1, repeat: until, repeat-until: _ == 0}]}
enums: {k: {0: a, 1: b}}
instances: {sum: {value: 'rows[n % 3].body.as<a>.v + rows.size', -valid: {min: 0}}}",
    "
seq: [{id: head, type: node}]
types:
  node:
    seq: [{id: ofs, type: u1}, {id: len, type: u1}, {id: sum, type: u4, if: len > 9, -checksum: {algorithm: crc32, end: len}}]
    instances:
      next: {pos: ofs, io: _root._io, type: node, if: ofs != 0}
      name: {pos: ofs / 2, type: str, size: len % 7, valid: {max: '\"~\"'}}
      back: {value: '_io.pos + name.length + next.len', -valid: {min: 1}}",
    "seq: [{id: a, type: u2, repeat: eos, valid: {expr: '_ % 7 != _index and 6 / _ < 9'}}]",
];

proptest! {
    #[test]
    fn any_bytes_are_walked_and_silence_means_that_nothing_is_told(
        schema in 0..SCHEMAS.len(),
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            prop::collection::vec(0u8..10, 0..60),
        ],
    ) {
        let (layout, code) = compiled(SCHEMAS[schema]);
        let mut notes = Notes { layout, ..Notes::default() };
        let limits = Limits { depth: 200, ..Limits::default() };
        let files: &[&[u8]] = &[&bytes];
        let end = walk(&code, files, setting(&limits), &mut notes);
        prop_assert!(end || notes.troubles.last().is_some_and(|t| t.contains("Limit")));
        let mut answers = Notes::default();
        prop_assert_eq!(silent(&code, files, setting(&limits), &mut answers), notes.troubles.is_empty());
        prop_assert!(answers.troubles.is_empty());
    }
}
