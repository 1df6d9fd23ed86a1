//! What a walk promises, shown on small schemas and the bytes that test them.

use std::fmt::Write;
use std::ops::ControlFlow;

use super::*;
use crate::code::{self, lower};
use crate::layout::{Input, Layout, build};
use crate::schema::read;
use crate::span::SourceId;

/// Writes down everything that it is told.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) layout: Layout,
    pub(super) troubles: Vec<String>,
    pub(super) skipped: Vec<u32>,
}

impl Notes {
    fn place(&self, at: At, store: &Store<'_, '_>) -> String {
        let mut path = String::new();
        let mut step = |attr: AttrId, index: Option<u64>| {
            let name = self.layout.attrs[attr].name.as_deref().unwrap_or("?");
            let dot = if path.is_empty() { "" } else { "." };
            let _ = write!(path, "{dot}{name}");
            index.map(|n| write!(path, "[{n}]"));
        };
        store.path(at.object).into_iter().for_each(|(attr, index)| step(attr, index));
        if let Some(attr) = at.attr {
            step(attr, at.index);
        }
        format!("{path} {}..{}", at.range.start, at.range.end)
    }
}

impl Observer for Notes {
    fn places(&self) -> bool {
        true
    }

    fn trouble(&mut self, trouble: Trouble, cause: Cause, at: At, store: &Store<'_, '_>) -> ControlFlow<()> {
        assert_eq!(cause.0 as usize, self.troubles.len(), "causes are numbered in order");
        let place = self.place(at, store);
        self.troubles.push(format!("{place} {trouble:?}"));
        ControlFlow::Continue(())
    }

    fn answer(&mut self, _: QueryId, _: usize, _: &[Value], _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, cause: Cause) {
        self.skipped.push(cause.0);
    }
}

pub(super) fn compiled(body: &str) -> (Layout, Code) {
    let text = format!("meta: {{id: t, endian: le, encoding: ASCII}}\n{body}\n");
    let schema = read(SourceId(0), &text);
    let layout = build(&[Input { role: "t", schema: &schema }]).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    let code = lower(&layout, code::Options::default());
    (layout, code)
}

pub(super) fn setting(limits: &Limits) -> Setting<'_> {
    static NONE: std::sync::LazyLock<Processors> = std::sync::LazyLock::new(Processors::default);
    Setting { classes: &[], limits, processors: &NONE }
}

pub(super) fn walked(body: &str, bytes: &[u8], limits: &Limits) -> Notes {
    let (layout, code) = compiled(body);
    let mut notes = Notes { layout, ..Notes::default() };
    walk(&code, &[bytes], setting(limits), &mut notes);
    notes
}

/// The troubles of a walk.
#[track_caller]
pub(super) fn run(body: &str, bytes: &[u8]) -> Vec<String> {
    walked(body, bytes, &Limits::default()).troubles
}

/// Nothing is wrong; that the schema can find something wrong is shown by `but`.
#[track_caller]
pub(super) fn silent_for(body: &str, bytes: &[u8]) {
    assert_eq!(run(body, bytes), [""; 0], "{body}");
}

#[test]
fn integers_and_floats_of_every_format_are_read() {
    let cases: &[(&str, &[u8], &str)] = &[
        ("u1", &[0xfe], "254"),
        ("s1", &[0xfe], "-2"),
        ("u2", &[1, 0xff], "0xff01"),
        ("u2be", &[1, 0xff], "0x1ff"),
        ("s2le", &[1, 0xff], "-255"),
        ("s2be", &[0xff, 1], "-255"),
        ("u4", &[1, 2, 3, 0xff], "0xff030201"),
        ("u4be", &[0xff, 2, 3, 4], "0xff020304"),
        ("s4", &[0xff, 0xff, 0xff, 0xff], "-1"),
        ("s4be", &[0x80, 0, 0, 0], "-0x80000000"),
        ("u8", &[1, 0, 0, 0, 0, 0, 0, 0xff], "0xff00000000000001"),
        ("u8be", &[0xff, 0, 0, 0, 0, 0, 0, 1], "0xff00000000000001"),
        ("s8", &[0, 0, 0, 0, 0, 0, 0, 0x80], "-0x8000000000000000"),
        ("s8be", &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe], "-2"),
        ("f4", &1.5f32.to_le_bytes(), "1.5"),
        ("f4be", &(-0.25f32).to_be_bytes(), "-0.25"),
        ("f8", &1e300f64.to_le_bytes(), "1e300"),
        ("f8be", &2.5f64.to_be_bytes(), "2.5"),
    ];
    for (ty, bytes, value) in cases {
        silent_for(&format!("seq: [{{id: a, type: {ty}, valid: '{value}'}}]"), bytes);
        let other = run(&format!("seq: [{{id: a, type: {ty}, valid: '{value} + 1e294'}}]"), bytes);
        assert_eq!(other.len(), 1, "{ty}");
        let short = run(&format!("seq: [{{id: a, type: {ty}}}]"), &bytes[1..]);
        let (needed, available) = (bytes.len(), bytes.len() - 1);
        let end = format!("a 0..{available} UnexpectedEnd {{ needed: {needed}, available: {available} }}");
        assert_eq!(short, [end], "{ty}");
    }
}

#[test]
fn texts_end_where_their_terminator_says() {
    let text = |keys: &str, bytes: &[u8], value: &str, rest: &str| {
        let body = format!(
            "seq: [{{id: a, type: str, {keys}, valid: '{value}'}}, {{id: b, type: str, size-eos: true, valid: '{rest}'}}]"
        );
        silent_for(&body, bytes);
    };
    text("terminator: 0x3a", b"ab:cd", "\"ab\"", "\"cd\"");
    text("terminator: 0x3a, include: true", b"ab:cd", "\"ab:\"", "\"cd\"");
    text("terminator: 0x3a, consume: false", b"ab:cd", "\"ab\"", "\":cd\"");
    text("terminator: 0x3a, consume: false, include: true", b"ab:cd", "\"ab:\"", "\":cd\"");
    text("terminator: 0x3a, eos-error: false", b"abcd", "\"abcd\"", "\"\"");
    text("size: 4, terminator: 0x3a", b"ab:c:d", "\"ab\"", "\":d\"");
    text("size: 4, terminator: 0x3a, include: true", b"ab:c:d", "\"ab:\"", "\":d\"");
    text("size: 3, terminator: 0x3a", b"abcde", "\"abc\"", "\"de\"");
    silent_for("seq: [{id: a, type: strz, valid: '\"ab\"'}]", b"ab\0");
    assert_eq!(
        run("seq: [{id: a, type: strz}]", b"ab"),
        ["a 0..2 Terminator(Constant { start: 0, len: 1 })"]
    );
    assert_eq!(run("seq: [{id: a, type: str, size: 3}]", b"a\xffb"), ["a 0..3 Encoding(1)"]);
    silent_for("seq: [{id: a, type: str, size: 2, encoding: UTF-8, valid: '\"ö\"'}]", "ö".as_bytes());
    assert_eq!(run("seq: [{id: a, type: str, size: 1, encoding: UTF-8}]", b"\xc3"), ["a 0..1 Encoding(0)"]);
}

#[test]
fn contents_that_differ_end_what_is_around_them_and_nothing_else() {
    let body = "
seq: [{id: head, type: part, size: 4}, {id: tail, type: u1, valid: 7}]
types: {part: {seq: [{id: magic, contents: [0x41, b]}, {id: more, type: u2, valid: 9}]}}";
    silent_for(body, b"Ab\x09\0\x07");
    let constant = "Contents { expected: Constant { start: 0, len: 2 } }";
    assert_eq!(
        run(body, b"AB\x08\0\x08"),
        [
            format!("head.magic 0..2 {constant}"),
            "tail 4..5 Valid { check: Eq, value: Int(8), operands: [Int(7)] }".to_string(),
        ]
    );
    assert_eq!(
        run("seq: [{id: a, contents: abc}]", b"ab"),
        ["a 0..2 UnexpectedEnd { needed: 3, available: 2 }"]
    );
    let hidden = "seq: [{id: a, contents: abc, process: xor(1)}, {id: b, type: u1, valid: 7}]";
    silent_for(hidden, b"`cb\x07");
    assert_eq!(run(hidden, b"abc\x07").len(), 1);
    silent_for(
        "seq: [{id: a, type: part, pad-right: 0}]\ntypes: {part: {seq: [{id: b, contents: abc}]}}",
        b"abc",
    );
}

#[test]
fn valid_holds_in_all_its_forms_and_what_fails_does_not_end_the_walk() {
    let body = "
seq:
  - {id: eq, type: u1, valid: 1}
  - {id: min, type: u1, valid: {min: 2}}
  - {id: max, type: u1, valid: {max: 3}}
  - {id: any, type: u1, valid: {any-of: [4, 5]}}
  - {id: expr, type: u1, valid: {expr: '_ % 2 == eq % 2'}}
  - {id: named, type: u1, enum: e, valid: {in-enum: true}}
  - {id: each, type: u1, repeat: eos, valid: {expr: '_ == _index'}}
enums: {e: {7: seven}}";
    silent_for(body, &[1, 2, 3, 5, 3, 7, 0, 1, 2]);
    let found = run(body, &[2, 1, 4, 6, 3, 8, 0, 3, 2]);
    let places: Vec<_> = found.iter().map(|f| f.split(" Valid").next().unwrap()).collect();
    assert_eq!(
        places,
        ["eq 0..1", "min 1..2", "max 2..3", "any 3..4", "expr 4..5", "named 5..6", "each[1] 7..8"]
    );
}

#[test]
fn a_field_is_there_when_its_condition_holds() {
    let body = "
seq: [{id: has, type: u1}, {id: a, type: u2, if: has != 0, valid: 5}, {id: b, type: u1, valid: 6}]
instances: {x: {value: 'has == 0 ? 1 : a', -valid: {any-of: [1, 5]}}}";
    silent_for(body, &[0, 6]);
    silent_for(body, &[1, 5, 0, 6]);
    let asked = "seq: [{id: has, type: u1}, {id: a, type: u1, if: has != 0}]\ninstances: {x: {value: a + 1, -valid: 1}}";
    assert_eq!(run(asked, &[0]), ["x 1..1 Missing"]);
}

#[test]
fn elements_follow_until_the_end_the_count_or_the_last_one() {
    silent_for("seq: [{id: a, type: u2, repeat: eos}]\ninstances: {n: {value: a.size, -valid: 3}}", &[0; 6]);
    silent_for("seq: [{id: a, type: u2, repeat: eos}]\ninstances: {n: {value: a.size, -valid: 0}}", &[]);
    let times = "seq: [{id: n, type: s1}, {id: a, type: u1, repeat: expr, repeat-expr: n}]";
    silent_for(times, &[2, 8, 9]);
    silent_for(times, &[0]);
    assert_eq!(run(times, &[0xff]), ["a 1..1 Size(-1)"]);
    assert_eq!(run(times, &[3, 8]), ["a[1] 2..2 UnexpectedEnd { needed: 1, available: 0 }"]);
    let until = "
seq: [{id: a, type: u1, repeat: until, repeat-until: '_ == 0 or _index == 2'}, {id: b, type: u1, valid: 9}]";
    silent_for(until, &[5, 0, 9]);
    silent_for(until, &[5, 4, 3, 9]);
    let last = "
seq: [{id: a, type: p, repeat: until, repeat-until: _.v == 0}]
types: {p: {seq: [{id: v, type: u1}]}}
instances: {sum: {value: 'a[0].v + a[1].v + a.last.v', -valid: 5}}";
    silent_for(last, &[4, 1, 0]);
}

#[test]
fn a_switch_takes_the_case_that_is_equal_else_the_default_else_nothing() {
    let body = |default: &str, size: &str| {
        format!(
            "
seq: [{{id: k, type: u1}}, {{id: v, {size}type: {{switch-on: k, cases: {{1: u1, 2: p{default}}}}}}}, {{id: e, type: u1, valid: 9}}]
types: {{p: {{seq: [{{id: x, type: u2, valid: 3}}]}}}}"
        )
    };
    silent_for(&body("", ""), &[1, 0, 9]);
    silent_for(&body("", ""), &[2, 3, 0, 9]);
    silent_for(&body("", ""), &[3, 9]);
    silent_for(&body(", _: u4", ""), &[3, 0, 0, 0, 0, 9]);
    silent_for(&body("", "size: 2, "), &[3, 7, 7, 9]);
    assert_eq!(run(&body("", "size: 3, "), &[2, 3, 0, 5, 9]), ["v 3..4 Unreferenced"]);
    let texts =
        "seq: [{id: k, type: strz}, {id: v, type: {switch-on: k, cases: {'\"a\"': u1, '\"b\"': u2}}}]";
    silent_for(texts, b"b\0xx");
}

#[test]
fn a_region_ends_where_its_size_says_and_what_fails_in_it_stays_in_it() {
    let body = "
seq: [{id: n, type: u1}, {id: a, type: outer, size: n}, {id: z, type: u1, valid: 1}]
types:
  outer: {seq: [{id: b, type: inner, size: 2}, {id: rest, size-eos: true}]}
  inner: {seq: [{id: x, type: u4}, {id: y, type: u1}]}";
    assert_eq!(run(body, &[3, 1, 2, 3, 1]), ["a.b.x 1..3 UnexpectedEnd { needed: 4, available: 2 }"]);
    assert_eq!(run(body, &[9, 1, 2]), ["a 1..3 UnexpectedEnd { needed: 9, available: 2 }"]);
    let free = "
seq: [{id: a, type: p, size: 1, repeat: expr, repeat-expr: 2}, {id: z, type: u1, valid: 5}]
types: {p: {seq: [{id: n, type: u1}, {id: x, size: n}]}}";
    assert_eq!(
        run(free, &[1, 2, 5]),
        [
            "a[0].x 1..1 UnexpectedEnd { needed: 1, available: 0 }",
            "a[1].x 2..2 UnexpectedEnd { needed: 2, available: 0 }"
        ]
    );
}

#[test]
fn what_rests_on_something_unknown_is_skipped_and_counted_under_its_cause() {
    let body = "
seq:
  - {id: a, type: p, size: 2}
  - {id: b, type: u1, valid: a.x + 1}
  - {id: c, size: a.x}
  - {id: d, type: u1}
types: {p: {seq: [{id: bad, contents: [1]}, {id: x, type: u1}]}}
instances: {v: {value: a.x * 2, -valid: 4}, w: {value: 1 / 0, -valid: 4}}";
    let notes = walked(body, &[0, 3, 4, 5, 6], &Limits::default());
    let constant = "Contents { expected: Constant { start: 0, len: 1 } }";
    assert_eq!(notes.troubles, [format!("a.bad 0..1 {constant}"), "w 3..3 DivisionByZero".to_string()]);
    assert_eq!(notes.skipped, [0, 0, 1]);
}

#[test]
fn an_instance_is_read_where_it_says_and_the_stream_goes_on_where_it_was() {
    let body = "
seq: [{id: ofs, type: u1, valid: there - 5}, {id: b, type: u1, valid: 3}]
instances:
  there: {pos: ofs, type: u1, valid: 7}
  all: {pos: 3, size-eos: true}
  sized: {value: all.length, -valid: 2}";
    silent_for(body, &[2, 3, 7, 8, 9]);
    assert_eq!(
        run("seq: [{id: a, type: u1}]\ninstances: {b: {pos: a, type: u1}}", &[2]),
        ["b 1..1 Position { position: 2, size: 1 }"]
    );
    // Without `pos` it begins where the fields of its object end, also when it is read later.
    let after = "
seq: [{id: p, type: p}, {id: q, type: u1, valid: 2}]
types: {p: {seq: [{id: a, type: u1}], instances: {next: {type: u1, valid: 2}}}}
instances: {again: {value: p.next, -valid: 2}}";
    assert_eq!(run(after, &[1, 2]), ["q 1..2 Overlapping"]);
}

#[test]
fn an_instance_waits_for_all_that_it_names() {
    let body = "
seq: [{id: a, type: p}, {id: b, type: u1}, {id: data, size: 3}]
types:
  p:
    seq: [{id: q, type: q}, {id: ofs, type: u1}]
  q:
    seq: [{id: x, type: u1}]
    instances:
      far: {value: _root.b + x, -valid: 7}
      near: {value: _parent.ofs + x, -valid: 6}
      there: {pos: _parent.ofs, io: _root._io, size: 1, valid: '[9]'}";
    assert_eq!(run(body, &[1, 5, 6, 8, 8, 9]), ["a.q.there 5..6 Overlapping"]);
}

#[test]
fn an_instance_is_evaluated_once_and_one_that_needs_itself_is_named() {
    // The first evaluation counts: at that time the stream was at 1.
    let once = "
seq: [{id: a, type: u1, valid: at}, {id: b, type: u1, valid: at}]
instances: {at: {value: _io.pos, -valid: 1}}";
    silent_for(once, &[1, 1]);
    let circle = "
seq: [{id: n, type: u1}]
instances: {a: {pos: b, type: u1}, b: {pos: a, type: u1}}";
    assert_eq!(run(circle, &[0])[0], "b 1..1 Loop");
}

#[test]
fn pointers_that_are_shared_or_lead_in_circles_are_followed_once() {
    let body = "
seq: [{id: head, type: node}]
types:
  node:
    seq: [{id: ofs, type: u1}, {id: v, type: u1}]
    instances: {next: {pos: ofs, io: _root._io, type: node, if: ofs != 255}}
instances: {third: {value: head.next.next.next.v, -valid: 6}}";
    silent_for(body, &[2, 5, 4, 6, 2, 7]);
    let shared = "
seq: [{id: n, type: entry, repeat: expr, repeat-expr: 3}]
types: {entry: {seq: [{id: ofs, type: u1}], instances: {name: {pos: ofs, io: _root._io, type: strz}}}}
instances: {same: {value: 'n[0].name == n[2].name and n[0].name + n[1].name == \"abb\"', -valid: true}}";
    silent_for(shared, b"\x03\x06\x03ab\0b\0");
    // What depends on the object is read for each, but the same bytes are no overlap with themselves.
    let checked = shared.replace("type: strz}", "type: strz, valid: {max: '\"c\"'}}");
    silent_for(&checked, b"\x03\x06\x03ab\0b\0");
}

#[test]
fn expressions_see_the_objects_around_them() {
    let body = "
seq: [{id: n, type: u1}, {id: rows, type: row, repeat: expr, repeat-expr: n}]
types:
  row:
    seq: [{id: cells, type: cell, repeat: expr, repeat-expr: 2}]
  cell:
    seq:
      - {id: v, type: u1, valid: '_parent._parent.n + _root.n'}
      - {id: w, type: u1, repeat: expr, repeat-expr: 2, valid: {expr: '_ == _index'}}";
    silent_for(body, &[1, 2, 0, 1, 2, 0, 1]);
    assert_eq!(run(body, &[1, 2, 0, 1, 2, 0, 2]).len(), 1);
}

#[test]
fn a_checksum_covers_its_range_with_its_own_bytes_as_it_says() {
    let crc = |bytes: &[u8]| crc32fast::hash(bytes).to_le_bytes();
    let file = |sum: [u8; 4]| [b"ab".as_slice(), &sum, b"cd"].concat();
    let body = |keys: &str| {
        format!(
            "seq: [{{id: head, size: 2}}, {{id: sum, type: u4, -checksum: {{algorithm: crc32{keys}}}}}, {{id: tail, size-eos: true}}]"
        )
    };
    silent_for(&body(""), &file(crc(b"ab\0\0\0\0cd")));
    silent_for(&body(", own-bytes: skip"), &file(crc(b"abcd")));
    silent_for(&body(", start: sum * 0 + 6"), &file(crc(b"cd")));
    silent_for(&body(", start: 0, end: 2, own-bytes: keep"), &file(crc(b"ab")));
    silent_for(&body(", start: 0, end: 4"), &file(crc(b"ab\0\0")));
    let computed = crc32fast::hash(b"ab\0\0\0\0cd");
    assert_eq!(
        run(&body(""), &file([1, 0, 0, 0])),
        [format!("sum 2..6 Checksum {{ stored: Int(1), computed: Int({computed}) }}")]
    );
    assert_eq!(run(&body(", end: 9"), &file([0; 4])), ["sum 0..8 Position { position: 9, size: 8 }"]);
    assert_eq!(run(&body(", start: 3, end: 2"), &file([0; 4])), ["sum 0..8 Size(-1)"]);
    let absent = "
seq: [{id: v, type: u1}, {id: end, type: u1, if: v > 1}, {id: sum, type: u4, if: v > 1, -checksum: {algorithm: crc32, end: end}}]";
    silent_for(absent, &[1]);
}

#[test]
fn bytes_that_nothing_or_more_than_one_thing_describes_are_named() {
    let body = "
seq: [{id: a, type: p, size: 3}]
types: {p: {seq: [{id: x, type: u1}]}}
instances: {b: {pos: 4, type: u2}, c: {pos: 5, type: u1}}";
    assert_eq!(
        run(body, &[0; 8]),
        ["a 1..3 Unreferenced", "c 5..6 Overlapping", " 3..4 Unreferenced", " 6..8 Trailing"]
    );
    // Where something could not be read nobody knows what it would have described.
    assert_eq!(
        run("seq: [{id: a, type: u1, valid: 1}]\ninstances: {b: {pos: 9, type: u1}}", &[1, 2]).len(),
        1
    );
}

#[test]
fn values_that_are_asked_for_later_are_right_although_much_was_dropped() {
    let bytes = &[2, 3, 1, 7, 8, 9, 5, 6, 4, 4];
    silent_for(
        "
seq: [{id: n, type: u1}, {id: m, type: u1}, {id: rows, type: row, repeat: eos}]
types:
  row:
    seq: [{id: tmp, type: pair, size: 1}, {id: k, type: u1}]
    instances:
      text: {value: 'k.to_s + \"-\" + _parent.base', -valid: {min: '\"\"'}}
      early: {value: '_parent.list[0] + _parent.list[1]', -valid: 5}
  pair:
    seq: [{id: x, type: u1, valid: '_parent._parent.base.length * x'}]
instances:
  base: {value: 'n.to_s + (m > 5 ? \"\" : \"\").reverse'}
  list: {value: '[n, m]'}
  first: {value: 'rows[0].text + rows[3].text', -valid: '\"7-24-2\"'}
  kept: {value: 'rows[1].k + rows[2].k + list[1]', -valid: 18}",
        bytes,
    );
    // An instance of an outer object, first asked for inside an inner one, lives as long as the outer one.
    let found = run(
        "
seq: [{id: a, type: outer}, {id: b, type: u1, valid: a.str.length * 2}]
types:
  outer:
    seq: [{id: in, type: inner, repeat: expr, repeat-expr: 3}]
    instances:
      obj: {pos: 3, type: leaf}
      str: {value: 'obj.v.to_s + obj.v.to_s'}
  inner: {seq: [{id: x, type: u1, valid: '_parent.obj.v + _parent.str.length - 4'}]}
  leaf: {seq: [{id: v, type: u1}], instances: {w: {value: v + 1}}}
instances:
  again: {value: 'a.str + a.obj.w.to_s', -valid: '\"445\"'}
  sum: {value: 'a.in[0].x + a.in[2].x', -valid: 4}",
        &[2, 2, 2, 4],
    );
    assert_eq!(found, ["b 3..4 Overlapping"]);
}

#[test]
fn memoised_objects_are_there_at_the_end() {
    let body = "
seq: [{id: n, type: entry, repeat: expr, repeat-expr: 4}, {id: pool, size: 4}]
types:
  entry:
    seq: [{id: ofs, type: u1}]
    instances: {target: {pos: ofs, io: _root._io, size: 2, type: leaf}}
  leaf: {seq: [{id: a, type: u1}, {id: b, type: u1}]}
instances:
  sum: {value: 'n[0].target.a + n[1].target.b + n[2].target.a * 10 + n[3].target.b * 100', -valid: 534}";
    let found = run(body, &[4, 4, 6, 6, 1, 3, 3, 5]);
    assert!(found.iter().all(|f| f.ends_with("Overlapping")) && found.len() == 2, "{found:?}");
    let wrong = run(&body.replace("534", "535"), &[4, 4, 6, 6, 1, 3, 3, 5]);
    assert_eq!(wrong.len(), 3);
}

#[test]
fn tasks_wait_for_their_object_and_then_nest() {
    // Each step waits for the top-level object; once that is complete the next one is a step deeper.
    let body = "
seq: [{id: v, type: u1}, {id: p, type: p}]
types: {p: {seq: [{id: w, type: u1, if: _root.v > 9}], instances: {next: {pos: 0, type: p, if: '_parent._io.size > 0'}}}}";
    let limits = Limits { depth: 6, ..Limits::default() };
    let found = walked(body, &[1], &limits).troubles;
    assert_eq!(found, ["p.next.next.next 0..0 Limit(\"depth\", 6)"]);
}
