//! Instances: read once, where they say, and remembered by their place.

use super::Observer;
use super::frame::Kind;
use super::machine::{Machine, Step};
use super::trouble::Trouble;
use super::value::{BufferId, ObjectId, Value};
use crate::layout::AttrId;
use crate::limits;
use crate::schema::ast::Endian;

/// The place of an instance: whoever asks for the same gets the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    attr: AttrId,
    buffer: BufferId,
    start: u64,
    end: u64,
    pos: u64,
    /// The byte order of the object, where that is calculated.
    order: Option<Endian>,
    operands: Vec<Operand>,
}

/// The place of an instance that each object reads for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    attr: AttrId,
    buffer: BufferId,
    start: u64,
    end: u64,
    pos: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Operand {
    Int(i128),
    Other(Vec<u8>),
}

impl<O: Observer> Machine<'_, '_, O> {
    /// Begins to read an instance of an object.
    pub(super) fn read_instance(&mut self, object: ObjectId, attr: AttrId) -> Step {
        if self.budget.instances == 0 {
            return self.limit("instances", self.limits.instances);
        }
        self.budget.instances -= 1;
        self.told_evaluated(object, attr);
        if self.stack.len() > limits::OPERANDS {
            return self.limit("operands", limits::OPERANDS as u64);
        }
        if self.frames.len() >= self.limits.depth as usize {
            return self.limit("depth", u64::from(self.limits.depth));
        }
        let code = &self.code.attrs[attr];
        if let Some(slot) = code.slot {
            self.store.set_slot(object, slot, Value::Busy);
        }
        let owner = self.store.get(object);
        let (stream, complete, end) = (owner.stream, owner.complete, owner.end);
        let (pos, bits) = (self.store.streams[stream].pos, self.store.streams[stream].bits);
        if complete {
            self.store.streams[stream].pos = end;
            self.store.streams[stream].bits = (0, 0);
        }
        self.push(Kind::Instance { attr, stream, pos, bits }, object, code.entry, stream);
        self.told_place();
        Ok(())
    }

    /// Ends an instance or a routine.
    pub(super) fn leave(&mut self) {
        let Some(frame) = self.pop_frame() else { return };
        let Kind::Instance { stream, pos, bits, .. } = frame.kind else { return };
        self.store.streams[stream].pos = pos;
        self.store.streams[stream].bits = bits;
        if let Some((stream, (pos, bits))) = frame.resume {
            self.store.streams[stream].pos = pos;
            self.store.streams[stream].bits = bits;
        }
        if self.store.mark() != frame.entry {
            // The value, or what was read for it, lives as long as its object.
            self.pin(self.home(frame.object));
        }
    }

    /// A field of the object on the stack; an instance is read first.
    pub(super) fn get(&mut self, attr: AttrId) -> Step {
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
        if self.store.get(object).ty != code.owner {
            return self.give(Err(Trouble::OtherType));
        }
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

    /// Whether the instance at hand was read before at this place; if so its value is known.
    pub(super) fn remembered(&mut self, count: u8) -> Step {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let Kind::Instance { attr, .. } = frame.kind else { return Ok(()) };
        let order = self.store.get(frame.object).order;
        let stream = &self.store.streams[frame.stream];
        let (buffer, start, end, pos) = (stream.buffer, stream.start, stream.end, stream.pos);
        let count = usize::from(count);
        let at = self.stack.len().saturating_sub(count);
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
        let key = Key { attr, buffer, start, end, pos, order, operands: operands.collect() };
        if self.told_shared(attr, &key) {
            return Ok(());
        }
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
            self.told_before(attr);
            self.leave();
            return Ok(());
        }
        self.store.last(size_of::<Key>() + count * size_of::<Operand>() + size_of::<Value>());
        self.held()?;
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
        let again = self.code.attrs[attr].per_object && !self.seen.insert(place);
        if !again {
            self.store.last(size_of::<Place>());
        }
        again
    }

    /// The value of the instance at hand is known to all who come to its place.
    pub(super) fn remember(&mut self, value: Value) {
        let key = self.frames.last_mut().and_then(|frame| frame.memo.take());
        if let Some(place) = key.and_then(|key| self.memo.get_mut(&key)) {
            *place = value;
        }
    }
}
