//! Troubles, limits, and the bytes that nothing described.

use super::frame::{Kind, Loop};
use super::machine::{Machine, Step, Stop};
use super::store::Mark;
use super::trouble::{Cause, Trouble};
use super::value::{ObjectId, StreamId, Value};
use super::{At, Observer};
use crate::layout::RootId;
use crate::limits;
use crate::span::ByteRange;
use crate::table::Id;

impl<O: Observer> Machine<'_, '_, O> {
    /// The field at hand cannot be known, and with it what follows in its region.
    pub(super) fn fail(&mut self, cause: Cause) {
        self.fail_with(cause, Value::Unknown(cause));
    }

    pub(super) fn fail_with(&mut self, cause: Cause, value: Value) {
        let Some(frame) = self.frames.last_mut() else { return };
        self.stack.truncate(frame.stack);
        if let Some(region) = frame.region {
            self.store.streams[frame.stream].broken = true;
            frame.pc = region.close;
            self.put(value);
            return;
        }
        self.told_failed(cause, value);
        let Some(frame) = self.frames.last() else { return };
        let looping = frame.repeat != Loop::None;
        let kept = match frame.array.filter(|_| self.code.partial) {
            Some(array) if looping => {
                self.store.append(array, value);
                Value::Array(array)
            }
            _ if looping => Value::Unknown(cause),
            _ => value,
        };
        let (object, attr, kind) = (frame.object, frame.attr, frame.kind);
        if let Some(slot) = attr.and_then(|attr| self.code.attrs[attr].slot).filter(|_| !self.is_again()) {
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

    pub(super) fn at(&self, range: Option<ByteRange>) -> At {
        let Some(frame) = self.frames.last() else {
            let range = range.unwrap_or(ByteRange { start: 0, end: 0 });
            let (file, object) = (RootId::new(0), ObjectId::new(0));
            return At { file, object, attr: None, index: None, query: None, range, decoded: None };
        };
        let looping = frame.repeat != Loop::None;
        let pos = self.store.streams[frame.stream].pos;
        let here = || match frame.kind {
            Kind::Routine { .. } => {
                let object = self.store.get(frame.object);
                ByteRange { start: object.start, end: object.end.max(object.start) }
            }
            _ => ByteRange { start: frame.element_start.min(pos), end: pos },
        };
        let (range, decoded) = self.store.streams[frame.stream].absolute(range.unwrap_or_else(here));
        At {
            file: self.store.get(frame.object).root,
            object: frame.object,
            attr: frame.attr,
            index: looping.then_some(frame.index),
            query: match frame.kind {
                Kind::Routine { query, .. } => query,
                _ => None,
            },
            range,
            decoded,
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

    pub(super) fn trouble_at(&mut self, trouble: Trouble, at: At) -> Step<Cause> {
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

    /// Ends the walk if too much is remembered.
    pub(super) fn held(&mut self) -> Step {
        match self.store.overfull() {
            None => Ok(()),
            Some(trouble) => self.trouble(trouble).map(|_| ()),
        }
    }

    /// Takes one element off the budget.
    pub(super) fn element_budget(&mut self, empty: bool) -> Step {
        let Some(left) = self.budget.elements.checked_sub(1) else {
            return self.limit("elements", self.limits.elements);
        };
        self.budget.elements = left;
        if empty { self.empty_budget() } else { Ok(()) }
    }

    /// Takes one element, or object, that consumed nothing off the budget.
    pub(super) fn empty_budget(&mut self) -> Step {
        let Some(left) = self.budget.empty.checked_sub(1) else {
            return self.limit("empty-elements", self.limits.empty_elements);
        };
        self.budget.empty = left;
        Ok(())
    }

    /// Drops what came after a mark, after a look at the streams that end with it.
    pub(super) fn drop_to(&mut self, mark: Mark) -> Step {
        if self.store.mark() == mark {
            return Ok(());
        }
        for row in mark.streams..self.store.streams.len() {
            let id = StreamId::new(row);
            if O::EVENTS || self.store.streams[id].broken {
                continue;
            }
            let gaps: Vec<_> = self.store.streams[id].gaps().take(limits::TROUBLES + 1).collect();
            for (start, end) in gaps {
                // A file has an end that something can stand behind; within a file nothing refers to it.
                let last = self.store.is_file(id) && end == self.store.streams[id].end;
                let trouble = if last { Trouble::Trailing } else { Trouble::Unreferenced };
                let mut at = self.at(None);
                (at.range, at.decoded) = self.store.streams[id].absolute(ByteRange { start, end });
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
}
