//! The machine: one operation after the other, on explicit frames.

use std::collections::{HashMap, HashSet};

use super::frame::{Due, Frame, Kind, Loop};
use super::store::{Mark, Object, Store};
use super::trouble::{Cause, Trouble};
use super::value::{ObjectId, StreamId, Value};
use super::{At, Class, Observer, eval};
use crate::code::{Code, Expect, Op, Pc, Reach, What};
use crate::layout::{AttrId, QueryId, RootId, TypeId};
use crate::limits::{self, Limits};
use crate::span::ByteRange;
use crate::table::Id;

/// The walk ends here: the observer or a limit wants it so.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type Step<T = ()> = Result<T, Stop>;

/// The place of an instance: whoever asks for the same gets the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    attr: AttrId,
    buffer: super::value::BufferId,
    start: u64,
    end: u64,
    pos: u64,
    operands: Vec<Operand>,
}

/// The place of an instance that each object reads for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    attr: AttrId,
    buffer: super::value::BufferId,
    start: u64,
    end: u64,
    pos: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Operand {
    Int(i128),
    Other(Vec<u8>),
}

/// What is left of the limits.
struct Budget {
    elements: u64,
    empty: u64,
    instances: u64,
}

pub(super) struct Machine<'m, 'd, O> {
    pub(super) code: &'m Code,
    pub(super) store: Store<'m, 'd>,
    pub(super) observer: &'m mut O,
    classes: &'m [Class],
    limits: &'m Limits,
    budget: Budget,
    frames: Vec<Frame>,
    pub(super) stack: Vec<Value>,
    memo: HashMap<Key, Value>,
    /// Where instances were read that are read for each object.
    seen: HashSet<Place>,
    /// Tasks that wait for a file that is walked later.
    set_due: Vec<Due>,
    causes: u32,
}

impl<'m, 'd, O: Observer> Machine<'m, 'd, O> {
    pub(super) fn new(
        code: &'m Code,
        files: &'d [&'d [u8]],
        classes: &'m [Class],
        limits: &'m Limits,
        observer: &'m mut O,
    ) -> Self {
        Machine {
            code,
            store: Store::new(code, files, limits, O::PLACES),
            observer,
            classes,
            limits,
            budget: Budget {
                elements: limits.elements,
                empty: limits.empty_elements,
                instances: limits.instances,
            },
            frames: Vec::new(),
            stack: Vec::new(),
            memo: HashMap::new(),
            seen: HashSet::new(),
            set_due: Vec::new(),
            causes: 0,
        }
    }

    /// Walks all files, then what had to wait for all of them.
    pub(super) fn run(mut self) -> Step {
        for (root, ty) in self.code.roots.entries() {
            let stream = self.store.file(root.row());
            let object = self.new_object(*ty, root, None, None, stream);
            if let Some(place) = self.store.roots.get_mut(root.row()) {
                *place = Some(object);
            }
            self.push(Kind::Object, object, self.code.types[*ty].entry, stream);
            self.steps()?;
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

    fn steps(&mut self) -> Step {
        while let Some(frame) = self.frames.last_mut() {
            let op = self.code.ops.get(frame.pc as usize).copied().unwrap_or(Op::Return);
            frame.pc += 1;
            self.step(op)?;
        }
        Ok(())
    }

    fn step(&mut self, op: Op) -> Step {
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
                let array = self.store.array(elements);
                self.put(Value::Array(array));
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
                Value::Str(slice) => {
                    let number = self.store.intern(slice);
                    self.give(number.map(|n| Value::Int(i128::try_from(n).unwrap_or(-1))))?;
                }
                other => self.put(other),
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

    // Frames.

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

    fn push(&mut self, kind: Kind, object: ObjectId, pc: Pc, stream: StreamId) {
        let mut frame = Frame::new(kind, object, pc, stream, self.stack.len(), self.store.mark());
        if kind == Kind::Object {
            let at = self.frames.len();
            let object = &mut self.store.objects[object];
            object.frame = at;
            object.active = true;
            frame.again = self.frames.last().is_some_and(|caller| caller.again);
        }
        self.frames.push(frame);
    }

    /// Ends a frame; what an outer one still needs of it is passed on.
    fn pop_frame(&mut self) -> Option<Frame> {
        let frame = self.frames.pop()?;
        self.stack.truncate(frame.stack);
        if frame.pin < usize::MAX {
            self.pin(frame.pin);
        }
        Some(frame)
    }

    /// Keeps all there is now until a frame ends.
    pub(super) fn pin(&mut self, target: usize) {
        let at = self.frames.len().saturating_sub(1);
        if let Some(frame) = self.frames.last_mut().filter(|_| target <= at) {
            frame.hold = true;
            if target < at {
                frame.pin = frame.pin.min(target);
            }
        }
    }

    /// The frame that an object lives as long as: its own, else the outermost.
    fn home(&self, object: ObjectId) -> usize {
        let object = self.store.get(object);
        if object.active { object.frame } else { 0 }
    }

    fn new_object(
        &mut self,
        ty: TypeId,
        root: RootId,
        parent: Option<ObjectId>,
        at: Option<(AttrId, Option<u64>)>,
        stream: StreamId,
    ) -> ObjectId {
        let start = self.store.streams[stream].pos;
        self.store.object(Object {
            ty,
            root,
            parent,
            attr: at.map(|(attr, _)| attr),
            index: at.and_then(|(_, index)| index),
            stream,
            start,
            end: start,
            slots: 0,
            frame: 0,
            active: false,
            complete: false,
            failed: None,
        })
    }

    /// Begins an object as the value of the field at hand.
    pub(super) fn enter(&mut self, ty: TypeId) -> Step {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let (parent, stream, attr) = (frame.object, frame.stream, frame.attr);
        let index = (frame.repeat != Loop::None).then_some(frame.index);
        let memo = frame.memo.clone().filter(|_| index.is_none());
        if self.frames.len() >= self.limits.depth as usize {
            return self.limit("depth", u64::from(self.limits.depth));
        }
        let root = self.store.get(parent).root;
        let object = self.new_object(ty, root, Some(parent), attr.map(|a| (a, index)), stream);
        if let Some(place) = memo.and_then(|key| self.memo.get_mut(&key)) {
            *place = Value::Object(object);
        }
        self.push(Kind::Object, object, self.code.types[ty].entry, stream);
        Ok(())
    }

    /// The fields of an object are complete: its tasks run, then it is a value.
    fn finish(&mut self) -> Step {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let id = frame.object;
        let object = &mut self.store.objects[id];
        if !object.complete {
            object.complete = true;
            object.end = self.store.streams[frame.stream].pos;
            frame.pc -= 1;
            frame.attr = None;
            frame.repeat = Loop::None;
            // Behind those of the objects in it, which wait already.
            self.distribute(id);
            return Ok(());
        }
        if let Some(due) = frame.due.pop_front() {
            // Once more, when this one is done.
            frame.pc -= 1;
            if let Some(next) = self.following(due)
                && let Some(frame) = self.frames.last_mut()
            {
                frame.due.push_front(next);
            }
            return self.start(due);
        }
        object.active = false;
        let (failed, stream) = (object.failed, object.stream);
        self.pop_frame();
        let in_region = self.frames.last().is_none_or(|caller| caller.region.is_some());
        match failed {
            Some(_) if in_region => {
                self.store.streams[stream].broken = true;
                self.put(Value::Object(id));
            }
            Some(cause) => self.fail_with(cause, Value::Object(id)),
            None => self.put(Value::Object(id)),
        }
        Ok(())
    }

    /// Hands the tasks of a complete object to the frames whose objects they wait for.
    fn distribute(&mut self, id: ObjectId) {
        let code = self.code;
        for task in &code.types[self.store.get(id).ty].tasks {
            let asked = match task.what {
                What::Query(query) => !code.queries[query].per_class || !self.classes.is_empty(),
                _ => true,
            };
            if !asked {
                continue;
            }
            let due = Due { what: task.what, object: id, class: 0 };
            match self.target(id, task.reach) {
                Target::Frame(at) => {
                    if let Some(frame) = self.frames.get_mut(at) {
                        frame.due.push_back(due);
                    }
                    if at + 1 < self.frames.len() {
                        self.pin(at);
                    }
                }
                Target::Set => {
                    self.set_due.push(due);
                    self.pin(0);
                }
            }
        }
    }

    /// The same question for the next class of builds.
    fn following(&self, due: Due) -> Option<Due> {
        let What::Query(query) = due.what else { return None };
        let class = due.class + 1;
        (self.code.queries[query].per_class && class < self.classes.len()).then_some(Due { class, ..due })
    }

    /// The frame that a task waits for: this one if what it names is complete.
    fn target(&self, id: ObjectId, reach: Reach) -> Target {
        let here = Target::Frame(self.frames.len().saturating_sub(1));
        let outer = match reach {
            Reach::Up(0) => return here,
            Reach::Up(levels) => (0..levels)
                .try_fold(id, |object, _| self.store.get(object).parent)
                .or_else(|| self.root_of(id)),
            Reach::Root => self.root_of(id),
            Reach::Set => return Target::Set,
        };
        match outer.map(|outer| self.store.get(outer)) {
            Some(outer) if outer.active && !outer.complete => Target::Frame(outer.frame),
            _ => here,
        }
    }

    fn root_of(&self, id: ObjectId) -> Option<ObjectId> {
        self.store.roots.get(self.store.get(id).root.row()).copied().flatten()
    }

    /// Starts a task.
    fn start(&mut self, due: Due) -> Step {
        let code = self.code;
        match due.what {
            What::Instance(attr) => {
                let done = code.attrs[attr]
                    .slot
                    .is_some_and(|slot| !matches!(self.store.slot(due.object, slot), Value::Pending));
                if done { Ok(()) } else { self.read_instance(due.object, attr) }
            }
            What::Checksum(attr) => {
                self.routine(due, None, code.attrs[attr].checksum);
                Ok(())
            }
            What::Query(id) => {
                let query = &code.queries[id];
                let on_path = query.path.as_ref().is_none_or(|path| self.store.is_at(due.object, path));
                if on_path {
                    self.routine(due, Some(id), query.entry);
                }
                Ok(())
            }
        }
    }

    fn routine(&mut self, due: Due, query: Option<QueryId>, entry: Pc) {
        let stream = self.store.get(due.object).stream;
        self.push(Kind::Routine { query, class: due.class }, due.object, entry, stream);
    }

    /// Begins to read an instance of an object.
    fn read_instance(&mut self, object: ObjectId, attr: AttrId) -> Step {
        if self.budget.instances == 0 {
            return self.limit("instances", self.limits.instances);
        }
        self.budget.instances -= 1;
        if self.frames.len() >= self.limits.depth as usize {
            return self.limit("depth", u64::from(self.limits.depth));
        }
        let code = &self.code.attrs[attr];
        if let Some(slot) = code.slot {
            self.store.set_slot(object, slot, Value::Busy);
        }
        let owner = self.store.get(object);
        let (stream, complete, end) = (owner.stream, owner.complete, owner.end);
        let pos = self.store.streams[stream].pos;
        if complete {
            self.store.streams[stream].pos = end;
        }
        self.push(Kind::Instance { attr, stream, pos }, object, code.entry, stream);
        Ok(())
    }

    /// Ends an instance or a routine.
    pub(super) fn leave(&mut self) {
        let Some(frame) = self.pop_frame() else { return };
        let Kind::Instance { stream, pos, .. } = frame.kind else { return };
        self.store.streams[stream].pos = pos;
        if self.store.mark() != frame.entry {
            // The value, or what was read for it, lives as long as its object.
            self.pin(self.home(frame.object));
        }
    }

    /// The field at hand cannot be known, and with it what follows in its region.
    pub(super) fn fail(&mut self, cause: Cause) {
        self.fail_with(cause, Value::Unknown(cause));
    }

    fn fail_with(&mut self, cause: Cause, value: Value) {
        let Some(frame) = self.frames.last_mut() else { return };
        self.stack.truncate(frame.stack);
        if let Some(region) = frame.region {
            self.store.streams[frame.stream].broken = true;
            frame.pc = region.close;
            self.put(value);
            return;
        }
        let looping = frame.repeat != Loop::None;
        let kept = if looping { Value::Unknown(cause) } else { value };
        let (object, attr, kind) = (frame.object, frame.attr, frame.kind);
        if let Some(slot) = attr.and_then(|attr| self.code.attrs[attr].slot) {
            self.store.set_slot(object, slot, kept);
        }
        match kind {
            Kind::Object => {
                self.store.objects[object].failed = Some(cause);
                let finish = self.code.types[self.store.get(object).ty].finish;
                self.jump(finish);
            }
            Kind::Instance { .. } => {
                let Some(frame) = self.frames.last_mut() else { return };
                self.store.streams[frame.stream].broken = true;
                if let Some(place) = frame.memo.take().and_then(|key| self.memo.get_mut(&key)) {
                    *place = kept;
                }
                self.leave();
            }
            Kind::Routine { .. } => self.leave(),
        }
    }

    // Values.

    #[inline]
    pub(super) fn put(&mut self, value: Value) {
        self.stack.push(value);
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Absent)
    }

    fn set_it(&mut self, value: Value) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.it = value;
        let end = self.store.streams[frame.stream].pos;
        frame.it_range = ByteRange { start: frame.element_start, end: end.max(frame.element_start) };
    }

    /// A constraint may name the very field that it belongs to.
    fn known_to_itself(&mut self, value: Value) {
        let Some(frame) = self.frames.last().filter(|f| f.repeat == Loop::None) else { return };
        if matches!(frame.kind, Kind::Routine { .. }) {
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

    fn map_object(&mut self, f: impl FnOnce(&Store<'_, '_>, ObjectId) -> eval::Eval) -> Step {
        match self.operand()? {
            Value::Object(object) => self.give(f(&self.store, object)),
            unknown @ Value::Unknown(_) => {
                self.put(unknown);
                Ok(())
            }
            _ => self.give(Err(Trouble::OtherType)),
        }
    }

    /// A field of the object on the stack; an instance is read first.
    fn get(&mut self, attr: AttrId) -> Step {
        let base = self.operand()?;
        let Value::Object(object) = base else {
            return match base {
                Value::Unknown(_) => {
                    self.put(base);
                    Ok(())
                }
                _ => self.give(Err(Trouble::OtherType)),
            };
        };
        let code = &self.code.attrs[attr];
        let Some(slot) = code.slot else { return self.give(Err(Trouble::Missing)) };
        match self.store.slot(object, slot) {
            Value::Pending if code.instance => {
                self.put(base);
                if let Some(frame) = self.frames.last_mut() {
                    frame.pc -= 1;
                }
                self.read_instance(object, attr)
            }
            Value::Pending => match self.store.get(object).failed {
                Some(cause) => {
                    self.put(Value::Unknown(cause));
                    Ok(())
                }
                None => self.give(Err(Trouble::Missing)),
            },
            Value::Busy => self.give(Err(Trouble::Loop)),
            value => {
                self.put(value);
                Ok(())
            }
        }
    }

    // Reports.

    pub(super) fn at(&self, range: Option<ByteRange>) -> At {
        let Some(frame) = self.frames.last() else {
            let range = range.unwrap_or(ByteRange { start: 0, end: 0 });
            let (file, object) = (RootId::new(0), ObjectId::new(0));
            return At { file, object, attr: None, index: None, query: None, range };
        };
        let looping = frame.repeat != Loop::None;
        let pos = self.store.streams[frame.stream].pos;
        let here = || match frame.kind {
            Kind::Routine { .. } => self.store.range(frame.object),
            _ => ByteRange { start: frame.element_start.min(pos), end: pos },
        };
        At {
            file: self.store.get(frame.object).root,
            object: frame.object,
            attr: frame.attr,
            index: looping.then_some(frame.index),
            query: match frame.kind {
                Kind::Routine { query, .. } => query,
                _ => None,
            },
            range: range.unwrap_or_else(here),
        }
    }

    /// Reports a trouble at the field at hand.
    pub(super) fn trouble(&mut self, trouble: Trouble) -> Step<Cause> {
        self.trouble_in(trouble, None)
    }

    /// Reports a trouble at some bytes.
    pub(super) fn trouble_in(&mut self, trouble: Trouble, range: Option<ByteRange>) -> Step<Cause> {
        let at = self.at(range);
        self.trouble_at(trouble, at)
    }

    fn trouble_at(&mut self, trouble: Trouble, at: At) -> Step<Cause> {
        let cause = Cause(self.causes);
        self.causes += 1;
        if self.causes as usize > limits::TROUBLES {
            let limit = Trouble::Limit("troubles", limits::TROUBLES as u64);
            let _ = self.observer.trouble(limit, cause, at, &self.store);
            return Err(Stop);
        }
        // After a limit the walk ends, whatever the observer says.
        let limit = matches!(trouble, Trouble::Limit(..));
        let stop = self.observer.trouble(trouble, cause, at, &self.store).is_break();
        if stop || limit { Err(Stop) } else { Ok(cause) }
    }

    /// Reports a limit, which ends the walk.
    pub(super) fn limit(&mut self, name: &'static str, value: u64) -> Step {
        self.trouble(Trouble::Limit(name, value)).map(|_| ())
    }

    // Elements and what is kept of them.

    /// Takes one element off the budget.
    pub(super) fn element_budget(&mut self, empty: bool) -> Step {
        let Some(left) = self.budget.elements.checked_sub(1) else {
            return self.limit("elements", self.limits.elements);
        };
        self.budget.elements = left;
        if empty {
            let Some(left) = self.budget.empty.checked_sub(1) else {
                return self.limit("empty-elements", self.limits.empty_elements);
            };
            self.budget.empty = left;
        }
        Ok(())
    }

    /// Drops what came after a mark, after a look at the streams that end with it.
    pub(super) fn drop_to(&mut self, mark: Mark) -> Step {
        for row in mark.streams..self.store.streams.len() {
            let id = StreamId::new(row);
            if self.store.streams[id].broken {
                continue;
            }
            let gaps: Vec<_> = self.store.streams[id].gaps().take(limits::TROUBLES + 1).collect();
            for (start, end) in gaps {
                // A file has an end that something can stand behind; within a file nothing refers to it.
                let last = self.store.is_file(id) && end == self.store.streams[id].end;
                let trouble = if last { Trouble::Trailing } else { Trouble::Unreferenced };
                let mut at = self.at(Some(ByteRange { start, end }));
                if let Some(owner) = self.store.streams[id].owner {
                    at.object = owner;
                    at.file = self.store.get(owner).root;
                }
                at.attr = None;
                at.index = None;
                self.trouble_at(trouble, at)?;
            }
        }
        self.store.drop_to(mark);
        Ok(())
    }

    /// Whether the instance at hand was read before at this place; if so its value is known.
    pub(super) fn remembered(&mut self, count: u8) -> Step {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let Kind::Instance { attr, .. } = frame.kind else { return Ok(()) };
        let stream = &self.store.streams[frame.stream];
        let (buffer, start, end, pos) = (stream.buffer, stream.start, stream.end, stream.pos);
        let at = self.stack.len().saturating_sub(usize::from(count));
        let texts = self.stack.iter().skip(at).map(|value| match value {
            Value::Str(slice) | Value::Bytes(slice) => slice.len,
            _ => 0,
        });
        if let Err(trouble) = self.store.spend_decoded(texts.fold(0, u64::saturating_add)) {
            return self.trouble(trouble).map(|_| ());
        }
        let operands = self.stack.iter().skip(at).map(|value| match value {
            Value::Int(n) => Operand::Int(*n),
            Value::Str(slice) | Value::Bytes(slice) => Operand::Other(self.store.bytes(*slice).to_vec()),
            other => Operand::Other(format!("{other:?}").into_bytes()),
        });
        let key = Key { attr, buffer, start, end, pos, operands: operands.collect() };
        let kept = self.code.attrs[attr].slot;
        if let Some(value) = self.memo.get(&key).copied() {
            if let Some(slot) = kept {
                let value = match value {
                    Value::Busy => Value::Unknown(self.trouble(Trouble::Loop)?),
                    value => value,
                };
                let object = self.frames.last().map(|f| f.object);
                if let Some(object) = object {
                    self.store.set_slot(object, slot, value);
                }
            }
            self.leave();
            return Ok(());
        }
        self.memo.insert(key.clone(), if kept.is_some() { Value::Busy } else { Value::Absent });
        if kept.is_some() {
            // Others may come to the same place until the end of the walk.
            self.pin(0);
            if let Some(frame) = self.frames.last_mut() {
                frame.memo = Some(key);
            }
        }
        Ok(())
    }

    /// Whether the instance at hand, which is read for each object, was read at this position before.
    pub(super) fn read_before(&mut self, pos: u64) -> bool {
        let Some((Kind::Instance { attr, .. }, stream)) = self.top().map(|f| (f.kind, f.stream)) else {
            return false;
        };
        let stream = &self.store.streams[stream];
        let place = Place { attr, buffer: stream.buffer, start: stream.start, end: stream.end, pos };
        self.code.attrs[attr].per_object && !self.seen.insert(place)
    }

    /// The value of the instance at hand is known to all who come to its place.
    pub(super) fn remember(&mut self, value: Value) {
        let key = self.frames.last_mut().and_then(|frame| frame.memo.take());
        if let Some(place) = key.and_then(|key| self.memo.get_mut(&key)) {
            *place = value;
        }
    }
}

/// Where a task waits.
enum Target {
    /// In a frame, until its object's fields are complete.
    Frame(usize),
    /// Until all files are walked.
    Set,
}
