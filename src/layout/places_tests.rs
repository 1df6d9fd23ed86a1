//! What each place of a schema takes, and that everything wrong is told once, where it is.

use super::tests::built;

/// The keys and texts of everything that is wrong, in the order of the text.
fn wrong(body: &str) -> Vec<(String, String)> {
    let mut errors = built(body).err().unwrap_or_default();
    errors.sort_by_key(|e| e.span.start);
    errors.into_iter().map(|e| (e.key, e.kind.to_string())).collect()
}

#[test]
fn each_place_takes_its_own_kind_of_expression() {
    let found = wrong(
        "
seq:
  - {id: n, type: u1, if: 5}
  - {id: a, size: '\"x\"', repeat: expr, repeat-expr: 'true'}
  - {id: b, type: u1, repeat: until, repeat-until: '_ + 1'}
  - {id: c, type: {switch-on: n, cases: {1: u1, '\"x\"': u2, nope: u4}}}
  - {id: d, type: u1, valid: {min: true, max: '\"x\"'}}
  - {id: e, type: u1, valid: {any-of: [1, '\"x\"', 3, nope]}}
  - {id: f, type: u1, valid: {expr: _}}
  - {id: g, type: u1, valid: '\"x\"'}
  - {id: h, type: u1, enum: k, valid: {min: 'k::one'}}
  - {id: i, type: u1, valid: {in-enum: true}}
  - {id: j, type: {switch-on: nope, cases: {nope: u1}}}
instances:
  p: {pos: '\"x\"', io: n, type: u1}
  v: {value: 'k::one > k::one'}
enums: {k: {1: one}}",
    );
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "/seq/0/if",
            "/seq/1/size",
            "/seq/1/repeat-expr",
            "/seq/2/repeat-until",
            "/seq/3/type/cases/\"x\"",
            "/seq/3/type/cases/nope",
            "/seq/4/valid/min",
            "/seq/4/valid/max",
            "/seq/5/valid/any-of/1",
            "/seq/5/valid/any-of/3",
            "/seq/6/valid/expr",
            "/seq/7/valid",
            "/seq/8/valid/min",
            "/seq/9/valid/in-enum",
            "/seq/10/type/switch-on",
            "/seq/10/type/cases/nope",
            "/instances/p/pos",
            "/instances/p/io",
            "/instances/v/value",
        ]
    );
}

#[test]
fn what_is_wrong_is_said_once() {
    let found = wrong(
        "
seq:
  - {id: a, type: nope}
  - {id: b, size: 'a.x + bad.to_i', if: 'bad == 1 or not a', valid: bad}
  - {id: c, type: u1, enum: nope}
  - {id: d, size: 'c.to_i + [bad, a].size + (a ? 1 : 2)', type: {switch-on: a, cases: {1: u1, bad: u2}}}
instances:
  bad: {value: 1 + true}
  worse: {value: '-bad + f(bad).x'}
  circle: {value: arc + 1}
  arc: {value: circle * 2}",
    );
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "/seq/0/type",
            "/seq/2/enum",
            "/instances/bad/value",
            "/instances/worse/value",
            "/instances/arc/value"
        ]
    );
    let message = |key: &str| found.iter().find(|(k, _)| k == key).map(|(_, message)| message.as_str());
    assert_eq!(message("/instances/worse/value"), Some("unknown function `f`"));
    assert_eq!(message("/instances/arc/value"), Some("this value needs itself"));
}

#[test]
fn long_chains_of_values_are_typed_and_deep_ones_refused() {
    let chain = |range: &mut dyn Iterator<Item = usize>| {
        let lines: String = range.map(|n| format!("  v{n}: {{value: v{} + 1}}\n", n + 1)).collect();
        format!("instances:\n  v3000: {{value: 1}}\n{lines}")
    };
    assert_eq!(wrong(&chain(&mut (0..3000).rev())), []);
    let deep = wrong(&chain(&mut (0..3000)));
    assert!(
        deep.iter().all(|(_, why)| why.contains("512 levels of expressions that need each other")),
        "{deep:?}"
    );
    assert!(!deep.is_empty() && deep.len() < 50, "{deep:?}");
    assert_eq!(wrong(&chain(&mut (2950..3000))), []);
}

#[test]
fn what_is_passed_to_a_type_fits_its_parameters() {
    let types = "
types:
  t0: {}
  t1: {params: [{id: p, type: u1}]}
  t2: {params: [{id: p, type: bool}, {id: q, type: 'u2[]'}]}
  all: {params: [{id: a, type: f8}, {id: b}, {id: c, type: str}, {id: d, type: struct}, {id: e, type: io}, {id: f, type: any}, {id: g, type: t0}, {id: h, type: u1, enum: k}]}
enums: {k: {1: one}, l: {1: one}}
";
    let passed = |call: &str| {
        let body = format!(
            "seq: [{{id: x, type: u2}}, {{id: o, type: t0}}, {{id: r, type: u1, repeat: eos}}, {{id: y, type: '{call}'}}]{types}"
        );
        wrong(&body)
            .into_iter()
            .map(|(key, why)| if key == "/seq/3/type" { why } else { key })
            .collect::<Vec<_>>()
    };
    for call in [
        "t0",
        "t1(x + 70000)",
        "t2(x == 1, r)",
        "all(1.5, [1, 2], \"x\", o, _io, r, o, k::one)",
        "all(1.5, [x.as<u1>], f\"{x}\", _root, o._io, _io, o, k::one)",
    ] {
        assert_eq!(passed(call), [] as [String; 0], "{call}");
    }
    for (call, why) in [
        ("t0(1)", "`t0` takes no argument, but 1 is given"),
        ("t1", "`t1` takes 1 argument, but none is given"),
        ("t2(true, r, 3)", "`t2` takes 2 arguments, but 3 are given"),
        ("t1(1.5)", "expected an integer, found a float"),
        ("t1(k::one)", "expected an integer, found the enum `k`"),
        ("t1(nope)", "unknown field `nope`"),
        ("t2(x == 1, [1, 2])", "expected a list (each an integer), found bytes"),
    ] {
        assert_eq!(passed(call), [why], "{call}");
    }
    let wrong = passed("all(1, \"x\", x, _io, o, x, _root, l::one)");
    assert_eq!(
        wrong,
        [
            "expected a float, found an integer",
            "expected bytes, found a text",
            "expected a text, found an integer",
            "expected an object of one of several types, found a stream",
            "expected a stream, found an object of type `t0`",
            "expected an object of type `t0`, found an object of type `t`",
            "expected the enum `k`, found the enum `l`",
        ]
    );
}

#[test]
fn a_parent_is_of_one_type_only_where_all_users_agree() {
    let body = |more: &str| {
        format!(
            "
seq: [{{id: n, type: u1}}, {{id: a, type: one}}{more}]
types:
  one: {{seq: [{{id: x, size: _parent.n}}]}}
  other: {{seq: [{{id: n, type: u1}}, {{id: a, type: one}}]}}
  unused: {{seq: [{{id: x, size: _parent.n}}]}}"
        )
    };
    let keys = |more: &str| wrong(&body(more)).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys(""), ["/types/unused/seq/0/size"]);
    assert_eq!(keys(", {id: b, type: other}"), ["/types/one/seq/0/size", "/types/unused/seq/0/size"]);
    assert_eq!(keys(", {id: b, type: unused, parent: a}"), ["/types/unused/seq/0/size"]);
    assert_eq!(keys(", {id: b, type: unused, parent: _root}"), [] as [String; 0]);
    assert_eq!(keys(", {id: b, type: unused, parent: n}"), ["/seq/2/parent", "/types/unused/seq/0/size"]);
}

#[test]
fn an_object_has_a_text_and_a_byte_order_of_the_right_type() {
    let keys = |body: &str| wrong(body).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(keys("to-string: 1 + 2"), ["/to-string"]);
    assert_eq!(keys("to-string: f\"{n}\"\nseq: [{id: n, type: u1}]"), [] as [String; 0]);
    let endian = "
seq: [{id: n, type: u1}, {id: t, type: t}]
types: {t: {meta: {endian: {switch-on: nope, cases: {1: le, nope: be}}}}, u: {meta: {endian: {switch-on: '\"x\"', cases: {1: le, _: be}}}}}";
    assert_eq!(
        keys(endian),
        ["/types/t/meta/endian/switch-on", "/types/t/meta/endian/cases/nope", "/types/u/meta/endian/cases/1"]
    );
}
