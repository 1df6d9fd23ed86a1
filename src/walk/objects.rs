//! Objects and their tasks: what begins, what waits for what, and how long it all is kept.

use super::Observer;
use super::frame::{Due, Frame, Kind, Loop};
use super::machine::{Machine, Step};
use super::store::Object;
use super::trouble::Trouble;
use super::value::{ObjectId, StreamId, Value};
use crate::code::{ParentOf, Pc, Reach, What};
use crate::layout::{AttrId, QueryId, RootId, TypeId};
use crate::schema::ast::Endian;
use crate::table::Id;

impl<O: Observer> Machine<'_, '_, O> {
    pub(super) fn push(&mut self, kind: Kind, object: ObjectId, pc: Pc, stream: StreamId) {
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
    pub(super) fn pop_frame(&mut self) -> Option<Frame> {
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
    pub(super) fn home(&self, object: ObjectId) -> usize {
        let object = self.store.get(object);
        if object.active { object.frame } else { 0 }
    }

    pub(super) fn new_object(
        &mut self,
        ty: TypeId,
        root: RootId,
        parent: Option<ObjectId>,
        at: Option<(AttrId, Option<u64>)>,
        stream: StreamId,
        user: Option<ObjectId>,
    ) -> ObjectId {
        let own = self.store.objects.next();
        let user_id = user;
        let user = user.map(|user| self.store.get(user));
        // Nothing is passed on to objects of another schema file: those of its top-level type are tops of their own.
        let top = user.filter(|user| self.code.types[user.ty].top == self.code.types[ty].top);
        let itself = (self.code.types[ty].top == ty).then_some(own);
        let (top, order) = (top.and_then(|user| user.top).or(itself), user.and_then(|user| user.order));
        let start = self.store.streams[stream].pos;
        self.store.object(Object {
            ty,
            root,
            parent,
            user: user_id,
            top,
            order,
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
    pub(super) fn enter(&mut self, ty: TypeId, count: u8, parent: ParentOf) -> Step {
        let code = self.code;
        let other = match parent {
            ParentOf::Operand => match self.operand()? {
                Value::Object(parent) => Some(parent),
                Value::Unknown(cause) => {
                    self.fail(cause);
                    return Ok(());
                }
                _ => return self.fail_for(Trouble::OtherType),
            },
            _ => None,
        };
        let args = self.stack.split_off(self.stack.len().saturating_sub(usize::from(count)));
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let (user, stream, attr) = (frame.object, frame.stream, frame.attr);
        let index = (frame.repeat != Loop::None).then_some(frame.index);
        let memo = frame.memo.clone().filter(|_| index.is_none());
        if self.frames.len() >= self.limits.depth as usize {
            return self.limit("depth", u64::from(self.limits.depth));
        }
        self.held()?;
        let root = self.store.get(user).root;
        let parent = match parent {
            ParentOf::User => Some(user),
            ParentOf::Nobody => None,
            ParentOf::Operand => other,
        };
        let object = self.new_object(ty, root, parent, attr.map(|a| (a, index)), stream, Some(user));
        for (slot, value) in code.types[ty].params.iter().zip(args) {
            if let Some(slot) = slot {
                self.store.set_slot(object, *slot, value);
            }
        }
        if let Some(place) = memo.and_then(|key| self.memo.get_mut(&key)) {
            *place = Value::Object(object);
        }
        self.push(Kind::Object, object, self.code.types[ty].entry, stream);
        self.told_object(object);
        Ok(())
    }

    /// The fields of an object are complete: its tasks run, then it is a value.
    pub(super) fn finish(&mut self) -> Step {
        if self.told_rehearsal() {
            return Ok(());
        }
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
            self.told_fields(id);
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
        let (failed, stream, empty) = (object.failed, object.stream, object.end == object.start);
        self.pop_frame();
        // As an element it is counted there. Objects within objects could else go on without end on no bytes at all.
        if empty && self.frames.last().is_some_and(|caller| caller.repeat == Loop::None) {
            self.empty_budget()?;
        }
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
    pub(super) fn distribute(&mut self, id: ObjectId) {
        let code = self.code;
        for task in &code.types[self.store.get(id).ty].tasks {
            let asked = match task.what {
                What::Query(query) => !code.queries[query].per_class || !self.classes.is_empty(),
                _ => true,
            };
            if !asked || self.told_task(task.what, id) {
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
    pub(super) fn following(&self, due: Due) -> Option<Due> {
        let What::Query(query) = due.what else { return None };
        let class = due.class + 1;
        (self.code.queries[query].per_class && class < self.classes.len()).then_some(Due { class, ..due })
    }

    /// The frame that a task waits for: this one if what it names is complete.
    pub(super) fn target(&self, id: ObjectId, reach: Reach) -> Target {
        let here = Target::Frame(self.frames.len().saturating_sub(1));
        let outer = match reach {
            Reach::Up(0) => return here,
            Reach::Up(levels) => (0..levels)
                .try_fold(id, |object, _| self.store.get(object).parent)
                .or_else(|| self.root_of(id)),
            Reach::Top => self.store.get(id).top,
            Reach::Root => self.root_of(id),
            Reach::Set => return Target::Set,
        };
        match outer.map(|outer| self.store.get(outer)) {
            Some(outer) if outer.active && !outer.complete => Target::Frame(outer.frame),
            _ => here,
        }
    }

    /// The object at hand has this byte order.
    pub(super) fn order(&mut self, order: Option<Endian>) -> Step {
        if order.is_none() {
            return self.fail_for(Trouble::Undecided);
        }
        if let Some(object) = self.top().map(|frame| frame.object) {
            self.store.objects[object].order = order;
        }
        Ok(())
    }

    pub(super) fn root_of(&self, id: ObjectId) -> Option<ObjectId> {
        self.store.roots.get(self.store.get(id).root.row()).copied().flatten()
    }

    /// Starts a task.
    pub(super) fn start(&mut self, due: Due) -> Step {
        let code = self.code;
        match due.what {
            What::Instance(attr) if O::EVENTS => self.told_instance(due.object, attr),
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

    pub(super) fn routine(&mut self, due: Due, query: Option<QueryId>, entry: Pc) {
        let stream = self.store.get(due.object).stream;
        self.push(Kind::Routine { query, class: due.class }, due.object, entry, stream);
    }
}

/// Where a task waits.
pub(super) enum Target {
    /// In a frame, until its object's fields are complete.
    Frame(usize),
    /// Until all files are walked.
    Set,
}
