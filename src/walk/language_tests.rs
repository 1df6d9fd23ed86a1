//! What a walk promises of the language beyond plain fields, on small schemas and the bytes that test them.

use super::tests::{run, silent_for};

#[test]
fn bits_follow_each_other_in_their_order_and_end_at_whole_bytes() {
    // 0b101_00001 0b1111_0000, then a whole byte.
    let big = "seq:
  - {id: a, type: b3, valid: 5}
  - {id: b, type: b9, valid: 0x1f}
  - {id: c, type: u1, valid: 7}";
    silent_for(big, &[0b1010_0001, 0b1111_0000, 7]);
    let little = "seq:
  - {id: a, type: b3le, valid: 1}
  - {id: b, type: b1le, valid: 'false'}
  - {id: c, type: b12le, valid: 0xfff}";
    silent_for(little, &[0b1111_0001, 0xff]);
    let wide = "seq: [{id: a, type: b4, valid: 0xf}, {id: b, type: b64, valid: 0x0123456789abcdef}]";
    silent_for(wide, &[0xf0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]);
    assert_eq!(
        run("seq: [{id: a, type: b4}, {id: b, type: b12}]", &[1]),
        ["b 1..1 UnexpectedEnd { needed: 1, available: 0 }"]
    );
}

#[test]
fn an_instance_between_bits_leaves_them_as_they_were() {
    let body =
        "seq: [{id: a, type: b4, valid: 1}, {id: b, type: b4, if: far == 9, valid: 2}, {id: c, type: u1}]
instances: {far: {pos: 1, type: u1}}";
    assert_eq!(run(body, &[0x12, 9]), ["c 1..2 Overlapping"]);
}

#[test]
fn arguments_are_values_where_the_object_is_used() {
    let body = "seq: [{id: n, type: u1}, {id: all, type: 'item(n, _index)', repeat: expr, repeat-expr: n}]
types:
  item:
    params: [{id: size, type: u1}, {id: row, type: u1}]
    seq: [{id: body, size: size}, {id: own, type: u1, valid: row}]";
    silent_for(body, &[2, b'a', b'b', 0, b'c', b'd', 1]);
    assert_eq!(run(body, &[1, b'a', 7]).len(), 1);
}

#[test]
fn what_is_decoded_is_read_and_placed_where_it_comes_from() {
    let body = "seq:
  - {id: key, type: u1}
  - {id: hidden, size: 2, process: xor(key), type: pair}
  - {id: after, type: u1, valid: 9}
types: {pair: {seq: [{id: a, type: u1, valid: 5}, {id: b, type: u1, valid: 6}]}}";
    silent_for(body, &[0xff, !5, !6, 9]);
    let troubles = run(body, &[0xff, !5, !7, 8]);
    // The place is that of the encoded bytes; the walk goes on behind them.
    assert!(troubles[0].starts_with("hidden.b 1..3 Valid"), "{troubles:?}");
    assert!(troubles[1].starts_with("after 3..4 Valid"), "{troubles:?}");
}

#[test]
fn what_cannot_be_decoded_is_unknown_and_the_walk_goes_on() {
    let body = "seq:
  - {id: a, size: 3, process: zlib, type: inner}
  - {id: b, type: u1, valid: 9}
types: {inner: {seq: [{id: x, type: u1}]}}";
    let troubles = run(body, &[1, 2, 3, 8]);
    assert!(troubles[0].starts_with("a 0..3 Process"), "{troubles:?}");
    assert!(troubles[1].starts_with("b 3..4 Valid"), "{troubles:?}");
    let custom = "seq: [{id: a, size: 1, process: made_up}, {id: b, type: u1, valid: 9}]";
    assert_eq!(run(custom, &[1, 9]), ["a 0..1 Processor(\"made_up\")"]);
}

#[test]
fn padding_and_terminators_are_no_part_of_the_value() {
    let body = "seq:
  - {id: a, type: str, size: 4, pad-right: 0x20, valid: '\"ab\"'}
  - {id: b, type: str, size: 4, terminator: 0, pad-right: 0x2e, valid: '\"c\"'}
  - {id: c, type: strz, encoding: UTF-16LE, valid: '\"\\u0100\"'}
  - {id: d, terminator: [1, 2], include: true, valid: '[2, 1, 1, 2]'}
  - {id: e, terminator: 0xff, type: rest}
types: {rest: {seq: [{id: all, size-eos: true, valid: '[7, 8]'}]}}";
    silent_for(body, b"ab  c\0..\0\x01\0\0\x02\x01\x01\x02\x07\x08\xff");
}

#[test]
fn a_calculated_byte_order_holds_for_what_inherits_it() {
    let body = "seq: [{id: all, type: both, repeat: eos}]
types:
  both:
    seq: [{id: mark, type: u1}, {id: body, type: ordered}]
  ordered:
    meta: {endian: {switch-on: _parent.mark, cases: {1: le, 2: be}}}
    seq: [{id: n, type: u2, valid: 1}, {id: inner, type: inner}]
    types: {inner: {seq: [{id: n, type: u2, valid: 2}]}}";
    silent_for(body, &[1, 1, 0, 2, 0, 2, 0, 1, 0, 2]);
    let troubles = run(body, &[3, 1, 0, 2, 0]);
    assert!(troubles[0].contains("Undecided"), "{troubles:?}");
}

#[test]
fn a_parent_is_who_the_schema_says() {
    let body = "seq: [{id: n, type: u1}, {id: a, type: a}]
types:
  a: {seq: [{id: b, type: b, parent: _root}, {id: c, type: c, parent: false}]}
  b: {instances: {up: {value: _parent.as<t>.n, -valid: 5}}}
  c: {}";
    silent_for(body, &[5]);
}

#[test]
fn elements_see_those_before_them() {
    let body = "seq: [{id: all, type: item, repeat: eos}]
types: {item: {seq: [{id: row, type: u1, valid: _parent.all.size}]}}";
    silent_for(body, &[0, 1, 2]);
}

#[test]
fn checksums_cover_ranges_or_fields() {
    let fields = "seq:
  - {id: a, size: 2}
  - {id: skipped, size: 1}
  - {id: b, size: 1}
  - {id: sum, type: u1, -checksum: {algorithm: sum8, fields: [a, b]}}";
    silent_for(fields, &[1, 2, 100, 3, 6]);
    assert_eq!(run(fields, &[1, 2, 100, 3, 7]), ["sum 4..5 Checksum { stored: Int(7), computed: Int(6) }"]);
    let digest =
        "seq: [{id: sum, size: 20, -checksum: {algorithm: sha1, start: 20}}, {id: body, size-eos: true}]";
    let sum = b"\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d";
    silent_for(digest, &[sum.as_slice(), b"abc"].concat());
    let signed = "seq: [{id: a, size: 1}, {id: sum, type: s1, -checksum: {algorithm: sum8, end: 1}}]";
    silent_for(signed, &[0xff, 0xff]);
}
