//! Types, ranges and names of expressions, and the paths of contracts.

use super::query::{At, resolve};
use proptest::prelude::*;

use super::*;
use crate::schema::error::SchemaError;
use crate::schema::read;
use crate::span::SourceId;
use ty::Range;

pub(super) fn built(body: &str) -> Result<Layout, Vec<SchemaError>> {
    let text = format!("meta: {{id: t, endian: le, encoding: ASCII}}\n{body}\n");
    let schema = read(SourceId(0), &text);
    build(&[Input { role: "t", schema: &schema }])
}

const BODY: &str = "
seq:
  - {id: a, type: u1}
  - {id: s, type: s2}
  - {id: f, type: f4}
  - {id: k, type: u1, enum: e}
  - {id: txt, type: strz}
  - {id: raw, size: 3}
  - {id: rows, type: row, repeat: eos}
  - {id: any, type: {switch-on: a, cases: {1: row, 2: other}}, size: 0}
types:
  row: {seq: [{id: x, type: u2}, {id: in, type: other}], enums: {e: {9: nine}}, instances: {up: {value: '_parent.a'}, nine: {value: 'e::nine.to_i'}}}
  other: {instances: {up: {value: '_parent._io.size'}, top: {value: '_root.a'}}}
enums: {e: {1: one}}
";

fn typed(expr: &str) -> Result<Ty, String> {
    let quoted = expr.replace('\'', "''");
    let layout = built(&format!("{BODY}\ninstances: {{v: {{value: '{quoted}'}}}}"));
    let layout = layout.map_err(|e| e[0].kind.to_string())?;
    let ty = layout.types.iter().next().unwrap();
    Ok(layout.attrs[*ty.instances.last().unwrap()].element.clone())
}

fn int(min: i128, max: i128) -> Result<Ty, String> {
    Ok(Ty::Int(Range { min, max }))
}

#[test]
fn expressions_have_the_types_of_the_language() {
    assert_eq!(typed("a + 1"), int(1, 256));
    assert_eq!(typed("s * a"), int(-32768 * 255, 32767 * 255));
    assert_eq!(typed("a & 0xf"), int(0, 15));
    assert_eq!(typed("a > 3 ? a : -1"), int(-1, 255));
    assert_eq!(typed("rows[0].up"), int(0, 255));
    assert_eq!(typed("rows[0].nine"), typed("k.to_i"));
    for (expr, ty) in [
        ("f + a", Ty::Float),
        ("a == 1 ? 1 : 2.5", Ty::Float),
        ("txt + \"x\"", Ty::Str),
        ("[1, 2, 255]", Ty::Bytes),
        ("[1, 256]", Ty::Array(Box::new(Ty::Int(Range { min: 1, max: 256 })))),
        ("[1.5, 2]", Ty::Array(Box::new(Ty::Float))),
        ("k == e::one and not (a == 1)", Ty::Bool),
        ("raw.to_s(\"UTF-8\").reverse", Ty::Str),
        ("rows[0].in._parent._io", Ty::Io),
        ("rows.first._parent._root.f", Ty::Float),
        ("a % 2.5", Ty::Float),
        ("true > false", Ty::Bool),
        ("raw == [0x50, 0x41]", Ty::Bool),
        ("[a, 1, raw[0]]", Ty::Bytes),
        ("[a, a + 1].as<bytes>", Ty::Bytes),
        ("[].as<bytes>", Ty::Bytes),
        ("[].as<row[]>.first.in", typed("rows[0].in").unwrap()),
        ("a.as<f4>", Ty::Float),
        ("a.as<bool>", Ty::Bool),
        ("any.as<bytes>", Ty::Bytes),
        ("any.as<any>.as<str>", Ty::Str),
        ("any.as<struct>._io", Ty::Io),
        ("any.as<any>.as<io>.eof", Ty::Bool),
        ("any.as<any>.as<row[]>[0].x.to_s", Ty::Str),
        ("a == 1 ? any.as<any> : 5", Ty::Any),
        ("f\"\"", Ty::Str),
        ("f\"{a}, {txt} and {f\"{a + 1}\"}\"", Ty::Str),
        ("txt.to_i() + txt.to_i(16)", Ty::int()),
        ("::row::e::nine", typed("row::e::nine").unwrap()),
    ] {
        assert_eq!(typed(expr), Ok(ty), "{expr}");
    }
    let row = typed("rows.last").unwrap();
    assert_eq!(
        (typed("any.as<row>"), typed("rows[0].in._parent.as<row>")),
        (Ok(row.clone()), Ok(row.clone()))
    );
    assert_ne!(typed("any"), Ok(row));
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (expr, message) in [
        ("a + txt", "expected numbers, or texts, found an integer and a text"),
        ("f - txt", "expected numbers, found a float and a text"),
        ("f & 1", "expected integers, found a float and an integer"),
        ("~f", "expected an integer, found a float"),
        ("k > e::one", "expected values that have an order, found the enum `e` and the enum `e`"),
        (
            "rows == rows",
            "expected values to compare with a list (each an object of type `row`), found a list (each an object of type `row`) and a list (each an object of type `row`)",
        ),
        ("k == 1", "expected values to compare with the enum `e`, found the enum `e` and an integer"),
        ("a and true", "expected truth values, found an integer and a truth value"),
        ("not a", "expected a truth value, found an integer"),
        ("-txt", "expected a number, found a text"),
        ("a ? 1 : 2", "expected a truth value, found an integer"),
        ("a == 1 ? 1 : txt", "expected an integer, found a text"),
        ("[txt, 1.5]", "expected a text, found a float"),
        ("a[0]", "expected a list or bytes, found an integer"),
        ("raw[txt]", "expected an integer, found a text"),
        ("a.as<row>", "expected an object, found an integer"),
        ("txt.as<u1>", "expected an integer, found a text"),
        ("rows.as<u1[]>", "expected a list (each an integer), found a list (each an object of type `row`)"),
        ("any.as<rwo>", "unknown type `rwo`; did you mean `row`?"),
        ("[]", "a list without elements has no type: write `[].as<bytes>` or `[].as<u1[]>`"),
        ("[].as<row>", "a list without elements can be cast to `bytes` or to a list only"),
        ("A", "`A` is no name: names are in lower case, such as `a`"),
        ("rows.length", "unknown method `length` of `a list (each an object of type `row`)`"),
        ("txt.to_s", "unknown method `to_s` of `a text`; did you mean `to_i`?"),
        (
            "rows.min",
            "expected a list of values that have an order, found a list (each an object of type `row`)",
        ),
        ("raw.to_s", "expected `to_s(encoding)` on bytes, found `to_s`"),
        ("raw.to_s()", "expected `to_s(encoding)`, found ()"),
        ("raw.to_s(1)", "expected `to_s(encoding)`, found (an integer)"),
        ("txt.to_i(f)", "expected `to_i`, `to_i()` or `to_i(radix)`, found (a float)"),
        ("a.to_s()", "expected no parentheses on an integer, found `to_s(…)`"),
        ("f\"{k}\"", "expected an integer or a text, found the enum `e`"),
        ("f\"{f}\"", "expected an integer or a text, found a float"),
        (
            "any.x",
            "expected an object of one type (write `.as<type>` before it), found an object of one of several types",
        ),
        ("txt.size", "unknown method `size` of `a text`"),
        ("txt.substring(1)", "expected `substring(from, to)`, found (an integer)"),
        ("_", "`_` has no meaning here"),
        ("_index", "`_index` has a meaning in a repeated field only"),
        (
            "_parent.a",
            "expected an object of one type (write `.as<type>` before it), found an object of one of several types",
        ),
        ("capacity(\"n\")", "unknown function `capacity`"),
        ("rows._sizeof", "the size of this value is not known before a file is read"),
        ("_sizeof", "the size of this value is not known before a file is read"),
        ("sizeof<t>", "the size of `t` is not known before a file is read"),
        ("sizeof<str>", "the size of `str` is not known before a file is read"),
        ("sizeof<nope>", "unknown type `nope`"),
        ("e::on", "unknown enum member `e::on`; did you mean `one`?"),
        ("raw.to_s(txt)", "the encoding must be a literal, such as `to_s(\"UTF-8\")`"),
    ] {
        assert_eq!(typed(expr), Err(message.to_string()), "{expr}");
    }
}

#[test]
fn a_cast_between_integers_keeps_what_is_known_of_the_value() {
    assert_eq!(typed("s.as<u1>"), int(-32768, 32767));
    assert_eq!(typed("f.as<u1>"), Ok(Ty::int()));
    assert_eq!(typed("(a == 1).as<u1>"), int(0, 1));
    assert_eq!(typed("raw.as<u1[]>.first"), int(0, 255));
    assert_eq!(typed("[s.as<u1>, 2]"), Ok(Ty::Bytes));
    assert_eq!(typed("[s, 2]"), Ok(Ty::Array(Box::new(Ty::Int(Range { min: -32768, max: 32767 })))));
}

#[test]
fn sizes_that_the_schema_fixes_are_constants() {
    let body = "
seq: [{id: h, type: head}, {id: b, type: b3}, {id: s, type: head, size: 4 * 5}, {id: d, size: h.n}]
types:
  head: {seq: [{id: n, type: u4}, {id: c, contents: [1, 2]}, {id: r, type: bits, repeat: expr, repeat-expr: 2}, {id: k, type: s2, enum: e, if: n > 1}]}
  bits: {seq: [{id: x, type: b1}, {id: y, type: b9}]}
  rest: {seq: [{id: x, size-eos: true}]}
  again: {seq: [{id: x, type: u1}, {id: y, type: again, if: x > 0}]}
enums: {e: {1: one}}
";
    for (expr, size) in [
        ("sizeof<head>", Some(11)),
        ("bitsizeof<head>", Some(84)),
        ("sizeof<u4> + sizeof<f8> + sizeof<b9>", Some(14)),
        ("bitsizeof<b9>", Some(9)),
        ("h._sizeof", Some(11)),
        ("s._sizeof", Some(20)),
        ("s.as<head>._sizeof", Some(11)),
        ("h.c._sizeof + h.k._sizeof", Some(4)),
        ("h.r._sizeof", Some(3)),
        ("h.r[0]._sizeof + h.r.last.y._sizeof", Some(4)),
        ("b._sizeof", Some(1)),
        ("d._sizeof", None),
        ("sizeof<rest>", None),
        ("sizeof<again>", None),
        ("h.n.to_s._sizeof", None),
    ] {
        let layout = built(&format!("{body}\ninstances: {{v: {{value: '{expr}'}}}}"));
        let found = layout.ok().map(|layout| {
            match layout
                .types
                .iter()
                .next()
                .and_then(|t| t.instances.last())
                .map(|a| layout.attrs[*a].element.clone())
            {
                Some(Ty::Int(range)) => (range.min, range.max),
                other => panic!("{expr}: {other:?}"),
            }
        });
        assert_eq!(found, size.map(|n| (n, n)), "{expr}");
    }
}

#[test]
fn names_are_looked_for_from_the_inside_out() {
    let layout = built(
        "
seq: [{id: a, type: p}, {id: b, type: p::q}, {id: c, type: q}]
types:
  p: {seq: [{id: x, type: q}, {id: y, type: t}], types: {q: {seq: [{id: z, type: u1}]}}}
  q: {seq: [{id: w, type: u2}]}",
    )
    .unwrap_or_else(|e| panic!("{e:?}"));
    let of =
        |name: &str| layout.attrs.iter().find(|a| a.name.as_deref() == Some(name)).map(|a| a.element.clone());
    let key = |name: &str| match of(name) {
        Some(Ty::Object(ty)) => layout.types[ty].key.as_str(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        [key("a"), key("b"), key("c"), key("x"), key("y")],
        ["/types/p", "/types/p/types/q", "/types/q", "/types/p/types/q", ""]
    );
    assert!(built("seq: [{id: a, type: p::nope}]\ntypes: {p: {}}").is_err());
}

#[test]
fn every_use_of_an_expression_keeps_its_role() {
    let layout = built(
        "
seq:
  - {id: n, type: u1, valid: {max: 9}}
  - {id: a, size: n, if: n > 0, repeat: expr, repeat-expr: n}
  - {id: s, type: {switch-on: n, cases: {1: u1}}}
instances: {i: {pos: n, io: _root._io, size: 1, repeat: until, repeat-until: 'true'}, v: {value: n}}",
    )
    .unwrap_or_else(|e| panic!("{e:?}"));
    let roles: Vec<Role> = layout.uses.iter().map(|u| u.role).collect();
    use Role::*;
    assert_eq!(roles, [Valid, If, Size, Count, Switch, Case, Stream, Position, Size, Until, Value]);
}

#[test]
fn paths_of_contracts_name_fields_and_elements() {
    let layout = built(BODY).unwrap_or_else(|e| panic!("{e:?}"));
    let names =
        |at: &At| -> Vec<_> { at.steps.iter().filter_map(|a| layout.attrs[*a].name.clone()).collect() };
    let at = resolve(&layout, "t.rows[].in").unwrap();
    assert_eq!((names(&at), at.value), (vec!["rows".to_string(), "in".to_string()], None));
    let at = resolve(&layout, "t.rows").unwrap();
    assert!(names(&at).is_empty() && at.value.is_some_and(|v| !v.each));
    let at = resolve(&layout, "t.rows[].x").unwrap();
    assert_eq!(at.it(&layout), Ty::Int(Range::of_bytes(2, false)));
    for (path, message, range) in [
        ("u.rows", "unknown file `u`; did you mean `t`?", 0..1),
        ("t.rowz", "unknown field `rowz`; did you mean `rows`?", 2..6),
        ("t.a[]", "`a` is not a list", 2..5),
        (
            "t.rows.x",
            "`x` cannot be a field of a list (each an object of type `row`); write `[]` after the list to mean each of its elements",
            7..8,
        ),
        ("t.rows[].up", "`up` is a calculated value; name the field that is read from the file", 9..11),
        ("t[].rows", "cannot read this expression: expected the name of a file of the set", 0..8),
    ] {
        let (kind, at) = resolve(&layout, path).unwrap_err();
        assert_eq!((kind.to_string().as_str(), at), (message, range), "{path}");
    }
}

/// Expressions over the fields of [`BODY`], most of them wrong.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = "a s f k txt raw rows any _io _root _parent _sizeof e::one v 5 200 -1 1.5 true [] sizeof<row>";
    let texts = prop_oneof![Just("\"x\"".to_string()), Just("f\"{a}\"".to_string())];
    let leaf = prop::sample::select(leaf.split(' ').map(str::to_string).collect::<Vec<_>>());
    prop_oneof![4 => leaf, 1 => texts].prop_recursive(5, 40, 3, |inner| {
        let op = prop::sample::select("+ - * / % & | ^ << >> == < >= and or".split(' ').collect::<Vec<_>>());
        let methods =
            "x in up first last min max size length reverse to_i to_s eof pos _io _parent _root _sizeof";
        let method = prop::sample::select(methods.split(' ').collect::<Vec<_>>());
        let types = "u1 f4 u1[] bytes str bool io struct any row row[] other nope";
        let ty = prop::sample::select(types.split(' ').collect::<Vec<_>>());
        let call = prop::sample::select(vec!["to_i", "to_s", "substring", "size"]);
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (op, two.clone()).prop_map(|(op, (a, b))| format!("({a} {op} {b})")),
            (inner.clone(), method).prop_map(|(a, name)| format!("({a}).{name}")),
            (inner.clone(), ty).prop_map(|(a, ty)| format!("({a}).as<{ty}>")),
            (call, two.clone()).prop_map(|(name, (a, b))| format!("({a}).{name}({b})")),
            two.clone().prop_map(|(a, b)| format!("({a})[{b}]")),
            two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
            two.prop_map(|(a, b)| format!("f\"{{{a}}}{{{b}}}\"")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

proptest! {
    #[test]
    fn any_expression_has_a_type_or_is_told_what_is_wrong(text in expressions()) {
        match typed(&text) {
            Ok(ty) => prop_assert!(ty != Ty::Wrong, "{text}"),
            Err(why) => prop_assert!(!why.is_empty() && !why.contains("wrong itself"), "{text}: {why}"),
        }
    }
}
