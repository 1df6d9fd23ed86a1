//! Types, ranges and names of expressions, and the paths of contracts.

use super::query::{At, resolve};
use super::*;
use crate::schema::error::SchemaError;
use crate::schema::read;
use crate::span::SourceId;
use ty::Range;

fn built(body: &str) -> Result<Layout, Vec<SchemaError>> {
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
        ("a + txt", "expected numbers, found an integer and a text"),
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
        (
            "any.x",
            "expected an object of one type (write `.as<type>` before it), found an object of one of several types",
        ),
        ("txt.size", "unknown method `size` of `a text`"),
        ("txt.substring(1)", "unknown method `substring(…)` of `a text`"),
        ("_", "`_` has no meaning here"),
        ("_index", "`_index` has a meaning in a repeated field only"),
        ("_parent", "`t` is never a field of another type"),
        ("capacity(\"n\")", "unknown function `capacity`"),
        ("rows[0].in._sizeof", "`_sizeof` is not supported yet"),
        ("e::on", "unknown enum member `e::on`; did you mean `one`?"),
        ("raw.to_s(txt)", "an encoding that is not a literal is not supported yet"),
    ] {
        assert_eq!(typed(expr), Err(message.to_string()), "{expr}");
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
