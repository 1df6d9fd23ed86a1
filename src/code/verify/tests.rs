//! What is lowered is sound, and what is changed so that the walker would stumble is not.

use super::*;
use crate::code::{Op, Options, Process, Span, lower};
use crate::layout::{Input, build};
use crate::schema::read;
use crate::span::SourceId;

fn code() -> Code {
    let text = "
meta: {id: t, endian: le, bit-endian: le, encoding: ASCII}
seq: [{id: n, type: u1}, {id: b, type: b3}, {id: rows, type: row(n), size: 9, repeat: expr, repeat-expr: n}]
types:
  row:
    params: [{id: p, type: u1}]
    seq:
      - {id: name, type: strz, if: p > 1}
      - {id: kind, type: u1, enum: e, valid: {in-enum: true}}
      - {id: body, size: 2, type: {switch-on: kind, cases: {'e::a': leaf, 'e::b': leaf}}, process: xor(p)}
      - {id: more, type: u1, repeat: until, repeat-until: _ == 0}
      - {id: sum, type: u1, -checksum: {algorithm: sum8, fields: [kind]}}
    instances:
      at: {pos: p, type: leaf}
  leaf: {seq: [{id: x, type: u2}]}
enums: {e: {0: a, 1: b}}
";
    let schema = read(SourceId(0), text);
    let layout = build(&[Input { role: "t", schema: &schema }]).unwrap_or_else(|e| panic!("{e:?}"));
    lower(&layout, Options::default())
}

#[test]
fn lowered_code_is_sound() {
    assert_eq!(verify(&code(), 0), Ok(Vec::new()));
}

#[test]
fn each_operation_that_is_left_out_or_doubled_is_noticed_or_harmless() {
    // What is harmless comes to nothing: an alignment, a mark, an order of values that is the same afterwards.
    let code = code();
    let mut noticed = 0;
    for at in 0..code.ops.len() {
        let mut changed = code.clone();
        changed.ops[at] = Op::Absent;
        noticed += usize::from(verify(&changed, 0).is_err());
    }
    // Of about two hundred operations only those that put one value, or none that counts, can be any value.
    assert!(noticed * 2 > code.ops.len(), "{noticed} of {}", code.ops.len());
}

#[test]
fn numbers_that_lead_nowhere_are_refused() {
    let change = |how: fn(&mut Code)| {
        let mut code = code();
        how(&mut code);
        verify(&code, 0)
    };
    let row = |what| Err(Unsound::Row(what, 0));
    assert_eq!(change(|c| c.types[TypeId::new(0)].slots = u32::MAX), row("type"));
    assert_eq!(change(|c| c.types[TypeId::new(0)].top = TypeId::new(99)), row("type"));
    assert_eq!(change(|c| c.attrs[AttrId::new(0)].slot = Some(7)), row("field"));
    assert_eq!(change(|c| c.attrs[AttrId::new(0)].place = Some(u32::MAX)), row("field"));
    assert_eq!(change(|c| c.attrs[AttrId::new(0)].owner = TypeId::new(99)), row("field"));
    assert_eq!(change(|c| c.roots[crate::layout::RootId::new(0)] = TypeId::new(99)), row("file"));
    assert_eq!(change(|c| c.enums[crate::layout::EnumId::new(0)].reverse()), row("enum"));
    let op = |how: fn(&Op) -> Option<Op>| {
        let mut code = code();
        let at = code.ops.iter().position(|op| how(op).is_some()).unwrap();
        code.ops[at] = how(&code.ops[at]).unwrap();
        match verify(&code, 0) {
            Err(Unsound::Op(what, _)) => what,
            other => panic!("{other:?}"),
        }
    };
    let there = "names what is not there";
    assert_eq!(op(|op| matches!(op, Op::Get(_)).then_some(Op::Get(AttrId::new(99)))), there);
    assert_eq!(op(|op| matches!(op, Op::If(_)).then_some(Op::If(9999))), there);
    assert_eq!(op(|op| matches!(op, Op::If(_)).then_some(Op::If(0))), "goes back");
    assert_eq!(op(|op| matches!(op, Op::Next(_)).then_some(Op::Next(0))), "does not belong there");
    assert_eq!(op(|op| matches!(op, Op::Process(_)).then_some(Op::Process(Process::Custom(0, 1)))), there);
    assert_eq!(
        op(|op| matches!(op, Op::ReadBits(..)).then_some(Op::Drop)),
        "takes a value that is not there"
    );
    assert_eq!(
        op(|op| match op {
            Op::ReadBytes(Span::Terminated, _) => Some(Op::ReadBytes(Span::Terminated, None)),
            _ => None,
        }),
        "does not belong there"
    );
}

#[test]
fn no_two_routines_share_an_operation() {
    let mut code = code();
    let first = code.types[TypeId::new(0)].clone();
    code.types[TypeId::new(1)].entry = first.entry;
    assert!(matches!(verify(&code, 0), Err(Unsound::Op(..))));
}
