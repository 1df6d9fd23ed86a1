//! What is said of schemas that are wrong: the kind, the very text, and where it is in the structure.

use proptest::prelude::*;

use super::error::{Kind, SchemaError};
use super::read;
use crate::layout::{Input, build};
use crate::span::SourceId;

fn errors(text: &str) -> Vec<SchemaError> {
    match read(SourceId(0), text) {
        Err(errors) => errors,
        Ok(schema) => build(&[Input { role: "a", schema: &schema }]).err().unwrap_or_default(),
    }
}

/// The only error of a schema: its message, the text that it points at, its key.
#[track_caller]
fn error(text: &str) -> (String, &str, String) {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:?}\n{text}");
    let error = &errors[0];
    let range = error.span.start as usize..error.span.end as usize;
    (error.kind.to_string(), text.get(range).unwrap_or("?"), error.key.clone())
}

#[track_caller]
fn wrong(body: &str, message: &str, at: &str, key: &str) {
    let text = if body.contains("meta:") { body.to_string() } else { format!("meta: {{id: a}}\n{body}\n") };
    assert_eq!(error(&text), (message.to_string(), at, key.to_string()), "{text}");
}

#[test]
fn every_kind_of_error_points_at_the_text_that_is_wrong() {
    let found = errors("meta: {id: a");
    assert!(matches!(&found[..], [SchemaError { kind: Kind::Yaml(_), .. }]), "{found:?}");
    wrong(
        "seq: [{id: a, tipe: u1, type: u1}]",
        "unknown key `tipe`; did you mean `type`?",
        "tipe",
        "/seq/0/tipe",
    );
    wrong("meta: {id: a, imports: [b]}", "`imports` is not supported yet", "imports", "/meta/imports");
    wrong("seq: 5", "expected a list, found a scalar", "5", "/seq");
    wrong("meta: {}", "missing `id`", "{}", "/meta");
    wrong(
        "seq: [{id: a, type: u1, repeat: expr}]",
        "missing `repeat-expr`",
        "{id: a, type: u1, repeat: expr}",
        "/seq/0",
    );
    wrong("seq: [{id: a, type: u1}, {id: a, type: u1}]", "`a` is defined twice", "a", "/seq/1");
    wrong(
        "seq: [{id: len, type: u1}, {id: a, size: lenn}]",
        "unknown field `lenn`; did you mean `len`?",
        "lenn",
        "/seq/1/size",
    );
    wrong("seq: [{id: a, size: '\"x\"'}]", "expected an integer, found a text", "\"x\"", "/seq/0/size");
    let message = "cannot read this expression: expected a value";
    wrong("seq: [{id: a, size: '1 +'}]", message, "", "/seq/0/size");
    let why = "one of `type`, `contents`, `size`, `size-eos`, `terminator` is needed";
    wrong("seq: [{id: a}]", why, "{id: a}", "/seq/0");
    wrong("seq: [{id: a, type: b}]", "unknown type `b`; did you mean `a`?", "b", "/seq/0/type");
    wrong("seq: [{id: a, type: u1, enum: e}]", "unknown enum `e`", "e", "/seq/0/enum");
    wrong(
        "enums: {e: {1: one}}\nseq: [{id: a, type: u1, enum: e, if: 'e::on == e::one'}]",
        "unknown enum member `e::on`; did you mean `one`?",
        "e::on",
        "/seq/0/if",
    );
    wrong(
        "seq: [{id: a, type: u2}]",
        "`u2` has no byte order: set `meta/endian`, or write `u2le`",
        "u2",
        "/seq/0/type",
    );
    wrong("seq: [{id: a, type: b3}]", "a bit-sized integer (`b3`) is not supported yet", "b3", "/seq/0/type");
}

#[test]
fn an_error_in_a_value_is_reported_once_and_at_its_own_key() {
    let body = "instances: {a: {value: b + 1}, c: {value: b * 2}, b: {value: nope}}";
    wrong(body, "unknown field `nope`", "nope", "/instances/b/value");
    let circle = errors("meta: {id: a}\ninstances: {x: {value: y}, y: {value: x}}");
    assert!(circle.iter().all(|e| e.kind.to_string() == "this value needs itself"), "{circle:?}");
}

#[test]
fn a_key_that_cannot_be_read_is_not_also_missing() {
    wrong(
        "instances: {a: {value: '1 +'}}",
        "cannot read this expression: expected a value",
        "",
        "/instances/a/value",
    );
    let both = errors("meta: {id: a}\nseq: [{id: a, type: b1, enum: e}]\nenums: {e: {1: x}}");
    assert_eq!(both.len(), 1, "{both:?}");
}

#[test]
fn what_is_too_large_says_which_bound() {
    let unit = |text: &str| match &errors(text)[..] {
        [SchemaError { kind: Kind::TooLarge { unit, .. }, .. }] => *unit,
        other => panic!("{other:?}"),
    };
    assert_eq!(unit(&"#".repeat(crate::limits::TEXT_BYTES + 1)), "bytes");
    assert_eq!(
        unit(&format!("meta: {{id: a}}\nx: [{}]", "1,".repeat(crate::limits::YAML_NODES))),
        "YAML nodes"
    );
    assert_eq!(unit(&format!("meta: {{id: {}}}", "a".repeat(200))), "bytes in a name");
    let mut bomb = String::from("a: &a [1,1,1,1,1,1,1,1,1,1]\n");
    for (name, before) in ('b'..='i').zip('a'..) {
        bomb += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(","));
    }
    assert_eq!(unit(&bomb), "YAML nodes");
    let text = "x".repeat(100_000);
    assert_eq!(
        unit(&format!("a: &a {text}\nb: [{}]", "*a,".repeat(10_000))),
        "bytes after aliases are expanded"
    );
    let mut deep = format!("a: &a {}1{}\n", "[".repeat(40), "]".repeat(40));
    deep += &format!("b: &b {}*a{}\n", "[".repeat(40), "]".repeat(40));
    assert_eq!(unit(&deep), "levels after aliases are expanded");
    let types = (0..40).fold(String::new(), |inner, _| {
        format!("{{types: {{a: {}}}}}", if inner.is_empty() { "{}" } else { &inner })
    });
    assert!(!errors(&format!("meta: {{id: a}}\ntypes: {{a: {types}}}")).is_empty());
    let nested = format!("meta: {{id: a}}\nx: {}", "[".repeat(100_000));
    assert!(matches!(errors(&nested)[0].kind, Kind::Yaml(_)));
}

#[test]
fn hostile_schemas_are_refused_in_reasonable_time() {
    // Each of these took minutes, or all memory, where names are searched in lists and compared in full.
    let many: String = (0..20_000).map(|n| format!("unknown_key_{n}: 1\n")).collect();
    assert_eq!(errors(&format!("meta: {{id: a}}\n{many}")).len(), crate::limits::SCHEMA_ERRORS);
    let long = "k".repeat(1 << 18);
    assert_eq!(errors(&format!("meta: {{id: a}}\nseq: [{{id: {long}, size: {long}l}}]")).len(), 2);
    let fields: String = (0..10_000).map(|n| format!("{{id: f{n}, size: f{}x}},", n / 2)).collect();
    assert_eq!(errors(&format!("meta: {{id: a}}\nseq: [{fields}]")).len(), crate::limits::SCHEMA_ERRORS);
    let chain: String = (0..5_000).map(|n| format!("i{n}: {{pos: i{}, type: u1}},", n + 1)).collect();
    let text = format!(
        "meta: {{id: a}}\ninstances: {{{chain} i5000: {{pos: _root.x, type: u1}}}}\nseq: [{{id: x, type: u1}}]"
    );
    let schema = read(SourceId(0), &text).unwrap();
    let layout = build(&[Input { role: "a", schema: &schema }]).unwrap();
    let code = crate::code::lower(&layout, crate::code::Options::default());
    let tasks = code.types.iter().next().map(|ty| ty.tasks.clone()).unwrap_or_default();
    assert!(tasks.iter().all(|task| task.reach == crate::code::Reach::Root));
}

#[test]
fn the_deepest_expression_is_typed_and_lowered() {
    for text in
        ["1 + ".repeat(126) + "n", "[".repeat(62) + "n" + &"]".repeat(62), "true ? 1 : ".repeat(60) + "n"]
    {
        let text =
            format!("meta: {{id: a}}\nseq: [{{id: n, type: u1}}]\ninstances: {{v: {{value: '{text}'}}}}");
        let schema = read(SourceId(0), &text).unwrap_or_else(|e| panic!("{e:?}"));
        let layout = build(&[Input { role: "a", schema: &schema }]).unwrap_or_else(|e| panic!("{e:?}"));
        assert!(crate::code::lower(&layout, crate::code::Options::default()).ops.len() > 60);
    }
}

const VALID: &str = "
meta: {id: t, endian: le, encoding: UTF-8}
seq:
  - {id: n, type: u1, enum: e, valid: {any-of: ['e::a', 'e::b']}}
  - {id: rows, type: row(1), if: n == e::a, repeat: expr, repeat-expr: n.to_i + 2}
  - {id: k, size: 4, type: {switch-on: n, cases: {'e::a': row, _: row}}}
  - {id: sum, type: u4, -checksum: {algorithm: crc32, start: 0, end: _io.size, own-bytes: skip}}
types: {row: {seq: [{id: s, type: strz, valid: '\"x\"'}, {id: c, contents: [1, a]}], instances: {v: {value: s.length * 2, valid: {min: 1}}}}}
instances: {first: {pos: 1, io: _root._io, type: row}, all: {value: '[1, 2.5].max > 1 ? rows[0].v : k.as<row>.v'}}
enums: {e: {1: a, 0x2: {id: b}}}
";

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![any::<String>(), "[a-z:{}\\[\\]&*!|>'\" \n,-]{0,80}"]) {
        let found = errors(&text);
        prop_assert!(found.len() <= crate::limits::SCHEMA_ERRORS);
        for error in found {
            prop_assert!(error.span.start <= error.span.end && error.span.end as usize <= text.len());
        }
    }

    #[test]
    fn a_damaged_schema_is_read_or_refused(cuts in prop::collection::vec((0..VALID.len(), 0usize..6, "[a-z0-9:{}\\[\\]_.+*'\" ]{0,4}"), 1..4)) {
        let mut text = VALID.replace("row(1)", "row");
        for (at, len, new) in cuts {
            let at = at.min(text.len());
            text.replace_range(at..(at + len).min(text.len()), &new);
        }
        for error in errors(&text) {
            prop_assert!(text.get(error.span.start as usize..error.span.end as usize).is_some(), "{:?}", error);
        }
    }
}

#[test]
fn the_schema_that_is_damaged_is_good() {
    assert_eq!(errors(&VALID.replace("row(1)", "row")), []);
}
