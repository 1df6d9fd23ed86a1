//! The machine: one operation after the other, on explicit frames.

use std::collections::{HashMap, HashSet};

use super::frame::{Due, Frame, Kind, Loop};
use super::instances::{Key, Place};
use super::store::{Mark, Store};
use super::trouble::Trouble;
use super::turns::Standing;
use super::value::{ObjectId, Value};
use super::{Class, Observer, Processors, Setting, eval};
use crate::code::{Code, Expect, Op, Pc};
use crate::layout::AttrId;
use crate::limits::Limits;
use crate::span::ByteRange;
use crate::table::Id;

/// The walk ends here: the observer or a limit wants it so.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type Step<T = ()> = Result<T, Stop>;

/// What is left of the limits.
pub(super) struct Budget {
    pub(super) elements: u64,
    pub(super) empty: u64,
    pub(super) instances: u64,
    pub(super) processes: u64,
}

pub(super) struct Machine<'m, 'd, O> {
    pub(super) code: &'m Code,
    pub(super) store: Store<'m, 'd>,
    pub(super) observer: &'m mut O,
    pub(super) classes: &'m [Class],
    pub(super) limits: &'m Limits,
    pub(super) processors: &'m Processors,
    pub(super) budget: Budget,
    pub(super) frames: Vec<Frame>,
    pub(super) stack: Vec<Value>,
    pub(super) memo: HashMap<Key, Value>,
    /// Where instances were read that are read for each object.
    pub(super) seen: HashSet<Place>,
    /// Which shared instances were told.
    pub(super) told: HashSet<Key>,
    /// Where the streams of objects were when instances were evaluated before all fields were read.
    pub(super) early: HashMap<(ObjectId, AttrId), Standing>,
    /// Tasks that wait for a file that is walked later.
    pub(super) set_due: Vec<Due>,
    pub(super) causes: u32,
}

impl<'m, 'd, O: Observer> Machine<'m, 'd, O> {
    pub(super) fn new(
        code: &'m Code,
        files: &'d [&'d [u8]],
        setting: Setting<'m>,
        observer: &'m mut O,
    ) -> Self {
        let Setting { classes, limits, processors } = setting;
        Machine {
            code,
            store: Store::new(code, files, limits, observer.places()),
            observer,
            classes,
            limits,
            processors,
            budget: Budget {
                elements: limits.elements,
                empty: limits.empty_elements,
                instances: limits.instances,
                processes: limits.process_runs,
            },
            frames: Vec::new(),
            stack: Vec::new(),
            memo: HashMap::new(),
            seen: HashSet::new(),
            told: HashSet::new(),
            early: HashMap::new(),
            set_due: Vec::new(),
            causes: 0,
        }
    }

    /// Walks all files, then what had to wait for all of them.
    pub(super) fn run(mut self) -> Step {
        for (root, ty) in self.code.roots.entries() {
            let stream = self.store.file(root.row());
            let object = self.new_object(*ty, root, None, None, stream, None);
            if let Some(place) = self.store.roots.get_mut(root.row()) {
                *place = Some(object);
            }
            self.push(Kind::Object, object, self.code.types[*ty].entry, stream);
            self.told_object(object);
            self.steps()?;
            self.told_end(object);
        }
        for due in std::mem::take(&mut self.set_due) {
            let mut next = Some(due);
            while let Some(due) = next {
                self.start(due)?;
                self.steps()?;
                next = self.following(due);
            }
        }
        self.drop_to(Mark::default())
    }

    pub(super) fn steps(&mut self) -> Step {
        while let Some(frame) = self.frames.last_mut() {
            let op = self.code.ops.get(frame.pc as usize).copied().unwrap_or(Op::Return);
            frame.pc += 1;
            self.step(op)?;
            if self.is_done() {
                return Err(Stop);
            }
        }
        Ok(())
    }

    pub(super) fn step(&mut self, op: Op) -> Step {
        match op {
            Op::Int(n) => self.put(Value::Int(i128::from(n))),
            Op::Wide(row) => {
                let value = self.code.wide.get(row as usize).copied().unwrap_or(0);
                self.put(Value::Int(value));
            }
            Op::Float(n) => self.put(Value::Float(n)),
            Op::Bool(b) => self.put(Value::Bool(b)),
            Op::Str(constant) => self.put(Value::Str(self.store.constant(constant))),
            Op::Bytes(constant) => self.put(Value::Bytes(self.store.constant(constant))),
            Op::It => self.put(self.top().map_or(Value::Absent, |f| f.it)),
            Op::Index => self.put(Value::Int(self.top().map_or(0, |f| i128::from(f.index)))),
            Op::This => self.put(self.top().map_or(Value::Absent, |f| Value::Object(f.object))),
            Op::Root(root) => {
                let object = self.store.roots.get(root.row()).copied().flatten();
                self.put(object.map_or(Value::Absent, Value::Object));
            }
            Op::Absent => self.put(Value::Absent),
            Op::Parent => self.map_object(|store, object| {
                store.get(object).parent.map(Value::Object).ok_or(Trouble::Missing)
            })?,
            Op::Top => self.map_object(|store, object| {
                store.get(object).top.map(Value::Object).ok_or(Trouble::Missing)
            })?,
            Op::Io => self.map_object(|store, object| Ok(Value::Stream(store.get(object).stream)))?,
            Op::Cast(ty) => self.map_object(|store, object| {
                if store.get(object).ty == ty { Ok(Value::Object(object)) } else { Err(Trouble::OtherType) }
            })?,
            Op::Get(attr) => self.get(attr)?,
            Op::Expect(expect) => {
                let value = match (expect, self.operand()?) {
                    (Expect::Float, Value::Int(n)) => Value::Float(eval::float(Value::Int(n))),
                    (_, value) => value,
                };
                let good = match (expect, value) {
                    (Expect::Any, _) | (_, Value::Unknown(_)) => true,
                    (Expect::Bytes, value) => matches!(value, Value::Bytes(_)),
                    (Expect::Str, value) => matches!(value, Value::Str(_)),
                    (Expect::Float, value) => matches!(value, Value::Float(_)),
                };
                self.give(if good { Ok(value) } else { Err(Trouble::OtherType) })?;
            }
            Op::Unary(op) => {
                let a = self.operand()?;
                match a {
                    Value::Unknown(_) => self.put(a),
                    a => self.give(eval::unary(op, a))?,
                }
            }
            Op::Binary(op) => {
                let b = self.operand()?;
                let a = self.operand()?;
                match (a, b) {
                    (Value::Unknown(_), _) => self.put(a),
                    (_, Value::Unknown(_)) => self.put(b),
                    _ => {
                        let result = eval::binary(op, a, b, &mut self.store);
                        self.give(result)?;
                    }
                }
            }
            Op::Subscript => {
                let index = self.operand()?;
                let base = self.operand()?;
                match (base, index) {
                    (Value::Unknown(_), _) => self.put(base),
                    (_, Value::Unknown(_)) => self.put(index),
                    _ => self.give(eval::subscript(base, index, &self.store))?,
                }
            }
            Op::List(count) => {
                let at = self.stack.len().saturating_sub(count as usize);
                let elements = self.stack.split_off(at);
                match elements.iter().find(|value| matches!(value, Value::Unknown(_))) {
                    Some(unknown) => self.put(*unknown),
                    None => {
                        let array = self.store.array(elements);
                        self.put(Value::Array(array));
                    }
                }
            }
            Op::Method(method, count) => {
                let mut args = Vec::with_capacity(usize::from(count));
                for _ in 0..count {
                    args.push(self.operand()?);
                }
                args.reverse();
                let base = self.operand()?;
                let unknown = [base].iter().chain(&args).find(|v| matches!(v, Value::Unknown(_))).copied();
                match unknown {
                    Some(unknown) => self.put(unknown),
                    None => {
                        let result = eval::method(method, base, &args, &mut self.store);
                        self.give(result)?;
                    }
                }
            }
            Op::Capacity(id) => {
                let class = match self.top().map(|f| f.kind) {
                    Some(Kind::Routine { class, .. }) => self.classes.get(class),
                    _ => None,
                };
                let value = class.and_then(|c| c.capacities.get(id.row()).copied().flatten());
                self.put(value.map_or(Value::Absent, |n| Value::Int(i128::from(n))));
            }
            Op::Intern => match self.operand()? {
                Value::Str(slice) | Value::Bytes(slice) => {
                    let number = self.store.intern(slice);
                    self.give(number.map(|n| Value::Int(i128::try_from(n).unwrap_or(-1))))?;
                }
                other => self.put(other),
            },
            Op::Blank => match self.pop() {
                Value::Absent => self.put(Value::Bool(true)),
                Value::Pending => self.give(Err(Trouble::Missing))?,
                unknown @ Value::Unknown(_) => self.put(unknown),
                value => {
                    let blank = eval::is_blank(value, &mut self.store);
                    self.give(blank.map(Value::Bool))?;
                }
            },
            Op::Jump(to) => self.jump(to),
            Op::Choose(otherwise, end) => match self.operand()? {
                Value::Bool(true) => {}
                Value::Bool(false) => self.jump(otherwise),
                other => {
                    self.put(other);
                    self.jump(end);
                }
            },
            Op::And(end) => match self.operand()? {
                Value::Bool(true) => {}
                other => {
                    self.put(other);
                    self.jump(end);
                }
            },
            Op::Or(end) => match self.operand()? {
                Value::Bool(false) => {}
                other => {
                    self.put(other);
                    self.jump(end);
                }
            },
            Op::Set => {
                let value = self.pop();
                self.set_it(value);
                self.known_to_itself(value);
            }
            Op::SetOrReturn => match self.pop() {
                Value::Absent => self.leave(),
                Value::Unknown(cause) => {
                    self.observer.skipped(cause);
                    self.leave();
                }
                value => self.set_it(value),
            },
            Op::Return => self.leave(),
            Op::Finish => self.finish()?,
            op => self.field_step(op)?,
        }
        Ok(())
    }

    #[inline]
    pub(super) fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }

    #[inline]
    pub(super) fn top_mut(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    pub(super) fn jump(&mut self, to: Pc) {
        if let Some(frame) = self.frames.last_mut() {
            frame.pc = to;
        }
    }

    #[inline]
    pub(super) fn put(&mut self, value: Value) {
        self.stack.push(value);
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Absent)
    }

    pub(super) fn set_it(&mut self, value: Value) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.it = value;
        let end = self.store.streams[frame.stream].pos;
        frame.it_range = ByteRange { start: frame.element_start, end: end.max(frame.element_start) };
    }

    /// A constraint may name the very field that it belongs to.
    pub(super) fn known_to_itself(&mut self, value: Value) {
        let Some(frame) = self.frames.last().filter(|f| f.repeat == Loop::None) else { return };
        if matches!(frame.kind, Kind::Routine { .. }) || self.is_again() {
            return;
        }
        if let Some(slot) = frame.attr.and_then(|attr| self.code.attrs[attr].slot) {
            self.store.set_slot(frame.object, slot, value);
        }
    }

    /// An operand; one that is not there is a trouble, and unknown.
    pub(super) fn operand(&mut self) -> Step<Value> {
        match self.pop() {
            Value::Absent | Value::Pending => {
                let cause = self.trouble(Trouble::Missing)?;
                Ok(Value::Unknown(cause))
            }
            value => Ok(value),
        }
    }

    /// The result of an operation goes on the stack; a trouble makes it unknown.
    pub(super) fn give(&mut self, result: eval::Eval) -> Step {
        match result {
            Ok(value) => self.put(value),
            Err(trouble) => {
                let cause = self.trouble(trouble)?;
                self.put(Value::Unknown(cause));
            }
        }
        Ok(())
    }

    pub(super) fn map_object(&mut self, f: impl FnOnce(&Store<'_, '_>, ObjectId) -> eval::Eval) -> Step {
        match self.operand()? {
            Value::Object(object) => self.give(f(&self.store, object)),
            unknown @ Value::Unknown(_) => {
                self.put(unknown);
                Ok(())
            }
            _ => self.give(Err(Trouble::OtherType)),
        }
    }
}
