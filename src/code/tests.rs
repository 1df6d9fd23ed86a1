//! What is kept of content, and when what waits for it runs.

use super::*;
use crate::layout::{Input, Layout, build};
use crate::schema::read;
use crate::span::SourceId;

fn lowered(body: &str, options: Options) -> (Layout, Code) {
    let text = format!("meta: {{id: t, endian: le, encoding: ASCII}}\n{body}\n");
    let schema = read(SourceId(0), &text);
    let layout = build(&[Input { role: "t", schema: &schema }]).unwrap_or_else(|e| panic!("{e:?}"));
    let code = lower(&layout, options);
    (layout, code)
}

const BODY: &str = "
seq: [{id: n, type: u1}, {id: unused, type: u4}, {id: rows, type: row, repeat: expr, repeat-expr: n}]
types:
  row:
    seq: [{id: x, type: u1}, {id: in, type: inner}, {id: sum, type: u4, -checksum: {algorithm: crc32, end: _parent.n}}]
    instances:
      own: {pos: x, size: 1}
      calc: {value: x + 1}
      checked: {value: _root.n, -valid: 1}
  inner:
    seq: [{id: y, type: u1}]
    instances:
      up: {pos: _parent.x, type: u1}
      up2: {pos: _parent._parent.n, type: u1}
      far: {pos: 0, io: _root._io, type: u1}
      through: {pos: up2, type: u1}";

#[test]
fn slots_exist_for_what_is_asked_and_nothing_else() {
    let (layout, code) = lowered(BODY, Options::default());
    let kept: Vec<&str> = layout
        .attrs
        .entries()
        .filter(|(id, _)| code.attrs[*id].slot.is_some())
        .filter_map(|(_, attr)| attr.name.as_deref())
        .collect();
    assert_eq!(kept, ["n", "x", "sum", "up2"]);
    let slots: Vec<u32> = code.types.iter().map(|ty| ty.slots).collect();
    // The checksum has its place, start and end, besides its value.
    assert_eq!(slots, [1, 4, 1]);
}

#[test]
fn tasks_wait_for_the_outermost_object_that_they_name() {
    let (layout, code) = lowered(BODY, Options::default());
    let mut tasks = Vec::new();
    for task in code.types.iter().flat_map(|ty| &ty.tasks) {
        let (What::Instance(attr) | What::Checksum(attr)) = task.what else { panic!("{task:?}") };
        tasks.push((layout.attrs[attr].name.as_deref().unwrap_or(""), task.reach));
    }
    assert_eq!(
        tasks,
        [
            ("sum", Reach::Up(1)),
            ("own", Reach::Up(0)),
            ("checked", Reach::Top),
            ("up", Reach::Up(1)),
            ("up2", Reach::Up(2)),
            ("far", Reach::Top),
            ("through", Reach::Up(2)),
        ]
    );
    let (_, lazy) = lowered(BODY, Options { instances: Forced::None, partial: false });
    assert_eq!(lazy.types.iter().flat_map(|ty| &ty.tasks).count(), 1);
}

#[test]
fn only_what_its_place_determines_is_shared_between_objects() {
    let (layout, code) = lowered(
        "
seq: [{id: p, type: p}]
types:
  p:
    seq: [{id: n, type: u1}]
    instances:
      plain: {pos: n, type: u4}
      sized: {pos: n, size: n}
      counted: {pos: n, type: u1, repeat: expr, repeat-expr: n}
      until: {pos: n, type: u1, repeat: until, repeat-until: _ == n}
      checked: {pos: n, type: u1, valid: n}
      looks: {pos: n, type: q}
      calc: {value: n}
  q: {seq: [{id: z, type: u1, valid: '_parent.as<p>.n'}]}",
        Options::default(),
    );
    let shared: Vec<&str> = layout
        .attrs
        .entries()
        .filter(|(id, attr)| attr.instance && !code.attrs[*id].per_object)
        .filter_map(|(_, attr)| attr.name.as_deref())
        .collect();
    assert_eq!(shared, ["plain", "sized", "counted"]);
}

#[test]
fn jumps_stay_within_the_code_and_go_back_for_loops_alone() {
    let (_, code) = lowered(BODY, Options::default());
    for (pc, op) in code.ops.iter().enumerate() {
        let (targets, back): (Vec<Pc>, bool) = match op {
            Op::Jump(to)
            | Op::If(to)
            | Op::Times(to)
            | Op::Eos(to)
            | Op::Case(to)
            | Op::And(to)
            | Op::Or(to) => (vec![*to], false),
            Op::Choose(a, b) => (vec![*a, *b], false),
            Op::Next(to) | Op::Until(to) => (vec![*to], true),
            _ => continue,
        };
        for to in targets {
            assert!((to as usize) < code.ops.len(), "{op:?}");
            assert_eq!((to as usize) <= pc, back, "{pc} {op:?}");
        }
    }
}
