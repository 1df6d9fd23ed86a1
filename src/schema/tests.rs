//! What is said of schemas that are wrong: the kind, the very text, and where it is in the structure.

use proptest::prelude::*;

use super::error::{Kind, SchemaError};
use super::read;
use crate::finding::Severity;
use crate::layout::{Input, build};
use crate::span::SourceId;

fn errors(text: &str) -> Vec<SchemaError> {
    let schema = read(SourceId(0), text);
    match build(&[Input { role: "a", schema: &schema }]) {
        Ok(layout) => layout.warnings,
        Err(problems) => problems,
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
    let message = "there is no schema `b`: beside this schema, there is no `b.ksy`";
    wrong("meta: {id: a, imports: [b]}", message, "b", "/meta/imports/0");
    wrong("seq: 5", "expected a list, found a scalar", "5", "/seq");
    wrong("meta: {}", "missing `id`", "{}", "/meta");
    wrong("seq: [{id: a, type: u1, repeat: expr}]", "missing `repeat-expr`", "expr", "/seq/0/repeat");
    let message = "`a` is defined twice; the first time at `/seq/0/id`";
    wrong("seq: [{id: a, type: u1}, {id: a, type: u1}]", message, "a", "/seq/1/id");
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
}

#[test]
fn keys_go_with_the_types_that_they_mean_something_for() {
    let at = |field: &str| {
        let found = errors(&format!(
            "meta: {{id: a, encoding: UTF-8}}\nseq: [{{id: f, {field}}}]\ntypes: {{o: {{}}}}"
        ));
        found.into_iter().map(|e| e.key.strip_prefix("/seq/0/").unwrap_or("").to_string()).collect::<Vec<_>>()
    };
    let fields = [
        ("size: 1", &["encoding"][..]),
        ("type: u1", &["size", "size-eos", "encoding", "process", "parent", "pad-right", "contents"]),
        ("type: str, terminator: 0", &["process", "parent", "contents"]),
        ("type: o, size: 1", &["encoding"]),
        ("type: {switch-on: 1, cases: {1: o}}, size: 1", &["encoding", "enum"]),
    ];
    for (field, refused) in fields {
        assert_eq!(at(field), Vec::<String>::new(), "{field}");
        for key in refused {
            let value = match *key {
                "size-eos" => "true",
                "pad-right" | "size" => "1",
                "process" => "zlib",
                _ => "a",
            };
            assert_eq!(at(&format!("{field}, {key}: {value}")), [*key], "{field}, {key}");
        }
    }
    for (field, key) in [
        ("type: u1, repeat-expr: 1", "repeat-expr"),
        ("type: u1, repeat: eos, repeat-until: true", "repeat-until"),
        ("type: u1, pos: 1", "pos"),
        ("type: u1, value: 1", "value"),
        ("type: o, process: zlib", ""),
        ("type: str", ""),
        ("type: {switch-on: 1, cases: {1: str}}", "type/cases/1"),
        ("size: 1, size-eos: true", ""),
        ("type: {switch-on: 1, cases: {1: o}}, size: 1, size-eos: true", "type"),
        ("contents: a, valid: 1", ""),
        ("type: u1, repeat: sometimes", "repeat"),
        ("type: [u1]", "type"),
        ("type: {switch-on: 1}", "type"),
        ("type: {switch-on: 1, cases: [o]}", "type/cases"),
        ("type: {switch-on: 1, cases: {? [1, 2] : o}}", "type/cases"),
        ("size: 1, process: 'Xor(1)'", "process"),
        ("size: 1, process: 'xor(1'", "process"),
        ("size: 1, doc: {a: b}", "doc"),
        ("size: 1, doc-ref: [a, [b]]", "doc-ref/1"),
    ] {
        assert_eq!(at(field), [key], "{field}");
    }
    assert_eq!(
        at("type: u1, repeat: expr, repeat-expr: 2, -anything: [1], -orig-id: [x, y], doc-ref: [a, b]"),
        [""; 0]
    );
    let found = errors(
        "meta: {id: a}\ninstances: {v: {value: 1, size: 2, valid: 1, type: u1, -valid: 1, -x: y, if: true}}",
    );
    let keys: Vec<&str> = found.iter().map(|e| e.key.as_str()).collect();
    assert_eq!(keys, ["/instances/v/size", "/instances/v/valid", "/instances/v/type"]);
}

#[test]
fn values_have_the_forms_of_the_language() {
    let at = |field: &str| {
        let found = errors(&format!("meta: {{id: a}}\nseq: [{{id: f, {field}}}]\nenums: {{e: {{1: one}}}}"));
        found.into_iter().map(|e| e.key.strip_prefix("/seq/0/").unwrap_or("").to_string()).collect::<Vec<_>>()
    };
    for good in [
        "contents: text",
        "contents: [0x50, 'K', 017, -1, \"\\n\"]",
        "size: 1, terminator: 0x0a",
        "terminator: [0, 0x10]",
        "size: 0x10, pad-right: 0b101, terminator: 017",
        "size-eos: yes, process: 'my.own.process(1, [2])'",
        "size: +017",
        "type: u1, valid: 5",
        "type: u1, enum: e, valid: {in-enum: true}",
        "type: u1, valid: {min: 1, max: 2, -note: x}",
        "type: u1, valid: {any-of: [1, 2]}, if: True",
        "type: {switch-on: 1, cases: {-1: u1, 0x10: u1, _: s1}}",
    ] {
        assert_eq!(at(good), [""; 0], "{good}");
    }
    for (bad, key) in [
        ("contents: 5", "contents"),
        ("contents: [256]", "contents/0"),
        ("contents: [1, [2]]", "contents/1"),
        ("contents: ~", "contents"),
        ("terminator: 256", "terminator"),
        ("terminator: '0'", "terminator"),
        ("terminator: []", "terminator"),
        ("terminator: [0, -1]", "terminator/1"),
        ("size: 1, pad-right: x", "pad-right"),
        ("size: 1, consume: 'true'", "consume"),
        ("size: ~", "size"),
        ("type: u1, valid: [1]", "valid"),
        ("type: u1, valid: {}", "valid"),
        ("type: u1, valid: {eq: 1, min: 2}", "valid/min"),
        ("type: u1, valid: {many: 1}", "valid"),
        ("type: u1, valid: {any-of: 1}", "valid/any-of"),
        ("type: u1, valid: {in-enum: true}", "valid/in-enum"),
        ("type: u1, enum: e, valid: {in-enum: false}", "valid/in-enum"),
        ("type: u1, -checksum: {algorithm: crc32, fields: [f], end: 1}", "-checksum/end"),
        ("type: u1, -checksum: {start: 0}", "-checksum"),
        ("type: u1, -checksum: {algorithm: sum8, own-bytes: half}", "-checksum/own-bytes"),
    ] {
        let found = at(bad);
        assert_eq!(found.first().map(String::as_str), Some(key), "{bad}: {found:?}");
    }
    let members = "enums: {e: {0x10: a, 0b1: b, 0o7: c, 020: d, -1: {id: e, doc: x, -orig-id: E}, 1_000: f}}";
    wrong(members, "`d` is defined twice; the first time at `/enums/e/16`", "d", "/enums/e/16");
    let message = "expected an integer as the value of a member, found `x`";
    wrong("enums: {e: {x: a}}", message, "x", "/enums/e");
    wrong("enums: {e: {1: ~}}", "expected a scalar, found nothing", "~", "/enums/e/1");
}

#[test]
fn yaml_is_read_with_anchors_and_merge_keys() {
    let text = "meta: {id: a}\n-base: &base {type: u1, doc: x}\nseq:\n  - {<<: *base, id: n}\n  - {id: m, <<: [*base, {type: nope}]}\n  - {type: s1, <<: *base}";
    assert_eq!(errors(text), []);
    wrong(
        "seq: [{<<: 5, size: 1}]",
        "expected a mapping, or a list of mappings, found a scalar",
        "5",
        "/seq/0/<<",
    );
    wrong("seq: [{? {a: b} : 5, size: 1}]", "expected a name as key, found a mapping", "{a: b}", "/seq/0");
    let message = "`size` is defined twice; the first time at `/seq/0/size`";
    wrong("seq: [{size: 1, size: 2}]", message, "size", "/seq/0/size");
}

#[test]
fn everything_that_is_wrong_is_said_in_one_run_in_the_order_of_the_text() {
    let text = "
meta: {id: a, endian: maybe, ks-version: 99.1}
seq:
  - {id: a, type: u2, size: 1}
  - {id: len_d, type: '1x'}
  - {id: c, type: nope}
  - {id: d, size: len_d}
  - {id: Bad, type: u1, if: '1 +'}
  - 5
types: {t: {seq: 5, instances: {v: {value: missing + _parent.f}}}, u: {instances: {w: {value: missing}}}}
enums: {e: {1: one, 2: '2'}}
";
    let keys: Vec<String> = errors(text).into_iter().map(|e| e.key).collect();
    let expected = [
        "/meta/endian",
        "/meta/ks-version",
        "/seq/0/size",
        "/seq/1/type",
        "/seq/2/type",
        "/seq/4/id",
        "/seq/4/if",
        "/seq/5",
        "/types/t/seq",
        "/types/u/instances/w/value",
        "/enums/e/2",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn names_that_could_be_better_are_warned_of() {
    let found = errors(
        "
meta: {id: a, encoding: latin1}
seq:
  - {id: size_of_b, type: u1}
  - {id: b, size: size_of_b}
  - {id: cs, type: u1, repeat: expr, repeat-expr: n}
  - {id: len_d, type: u1}
  - {id: d, size: len_d}
  - {id: shared, type: u1}
  - {id: e, size: shared}
  - {id: f, size: shared}
  - {id: g, type: strz, encoding: UFT-8}
instances: {n: {value: 2}}
",
    );
    assert!(found.iter().all(|p| p.severity() == Severity::Warning), "{found:?}");
    let told: Vec<(&str, String)> = found.iter().map(|p| (p.key.as_str(), p.kind.to_string())).collect();
    let expected = [
        ("/meta/encoding", "`latin1` is best written as `ISO-8859-1`"),
        ("/seq/0/id", "`size_of_b` is best called `len_b`: it is the size of `b`"),
        ("/seq/8/encoding", "unknown encoding `UFT-8`, whose texts are read as ASCII; did you mean `UTF-8`?"),
        ("/instances/n", "`n` is best called `num_cs`: it is the count of `cs`"),
    ];
    assert_eq!(told, expected.map(|(key, text)| (key, text.to_string())));
}

#[test]
fn an_error_in_a_value_is_reported_once_and_at_its_own_key() {
    let body = "instances: {a: {value: b + 1}, c: {value: b * 2}, b: {value: nope}}";
    wrong(body, "unknown field `nope`", "nope", "/instances/b/value");
    let circle = errors("meta: {id: a}\ninstances: {x: {value: y}, y: {value: x}}");
    assert!(circle.iter().all(|e| e.kind.to_string() == "this value needs itself"), "{circle:?}");
}

#[test]
fn what_is_too_large_says_which_limit() {
    let name = |text: &str| match &errors(text)[..] {
        [SchemaError { kind: Kind::Limit { name, .. }, .. }] => *name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(&"#".repeat(crate::limits::TEXT_BYTES + 1)), "text-bytes");
    let many = "1,".repeat(crate::limits::YAML_NODES);
    assert_eq!(name(&format!("meta: {{id: a}}\n-x: [{many}]")), "yaml-nodes");
    let mut bomb = String::from("a: &a [1,1,1,1,1,1,1,1,1,1]\n");
    for (name, before) in ('b'..='i').zip('a'..) {
        bomb += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(","));
    }
    assert_eq!(name(&bomb), "yaml-nodes");
    let text = "x".repeat(100_000);
    assert_eq!(name(&format!("a: &a {text}\nb: [{}]", "*a,".repeat(10_000))), "text-bytes");
    let mut deep = format!("a: &a {}1{}\n", "[".repeat(40), "]".repeat(40));
    deep += &format!("b: &b {}*a{}\n", "[".repeat(40), "]".repeat(40));
    assert_eq!(name(&deep), "yaml-depth");
    assert_eq!(name(&format!("meta: {{id: a}}\nx: {}", "[".repeat(100_000))), "yaml-depth");
    let long = errors(&format!("meta: {{id: {}}}", "a".repeat(200)));
    assert!(matches!(&long[..], [SchemaError { kind: Kind::TooLarge { .. }, .. }]), "{long:?}");
    let types = (0..40).fold(String::new(), |inner, _| {
        format!("{{types: {{a: {}}}}}", if inner.is_empty() { "{}" } else { &inner })
    });
    assert!(!errors(&format!("meta: {{id: a}}\ntypes: {{a: {types}}}")).is_empty());
    let merged: String =
        (0..2_000).map(|n| format!("m{n}: &m{n} {{k{n}: 1, <<: *m{}}}\n", n.max(1) - 1)).collect();
    assert_eq!(name(&format!("k: &m {{}}\n{}", merged.replacen("*m0", "*m", 1))), "yaml-nodes");
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
    let schema = read(SourceId(0), &text);
    let layout = build(&[Input { role: "a", schema: &schema }]).unwrap();
    let code = crate::code::lower(&layout, crate::code::Options::default());
    let tasks = code.types.iter().next().map(|ty| ty.tasks.clone()).unwrap_or_default();
    assert!(tasks.iter().all(|task| task.reach == crate::code::Reach::Top));
}

#[test]
fn the_deepest_expression_is_typed_and_lowered() {
    for text in
        ["1 + ".repeat(126) + "n", "[".repeat(62) + "n" + &"]".repeat(62), "true ? 1 : ".repeat(60) + "n"]
    {
        let text =
            format!("meta: {{id: a}}\nseq: [{{id: n, type: u1}}]\ninstances: {{v: {{value: '{text}'}}}}");
        let schema = read(SourceId(0), &text);
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
types: {row: {seq: [{id: s, type: strz, valid: '\"x\"'}, {id: c, contents: [1, a]}], instances: {v: {value: s.length * 2, -valid: {min: 1}}}}}
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

#[test]
fn a_name_that_no_encoding_has_is_a_warning_wherever_it_stands() {
    let text = "meta: {id: a}\nseq: [{id: b, size: 1}]\ninstances: {c: {value: 'b.to_s(\"UTF-9\")'}}";
    let bundle = read(SourceId(0), text);
    let layout = build(&[Input { role: "a", schema: &bundle }]).unwrap();
    let warned: Vec<_> = layout.warnings.iter().map(|w| (w.kind.to_string(), w.key.as_str())).collect();
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].0.contains("UTF-9") && warned[0].1 == "/instances/c/value", "{warned:?}");
}
