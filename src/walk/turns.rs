//! Instances, told when their turn comes, however early they were evaluated.

use super::Observer;
use super::events::{Event, Turn, Voice};
use super::frame::Kind;
use super::instances::Key;
use super::machine::{Machine, Step};
use super::value::{ObjectId, Value};
use crate::layout::AttrId;
use crate::span::ByteRange;

/// Where a stream is: at which byte, and which bits of the one before are left.
pub(super) type Standing = (u64, (u64, u8));

impl<O: Observer> Machine<'_, '_, O> {
    /// An instance is evaluated. Its expressions may ask where the stream is, and that changes until its turn.
    pub(super) fn told_evaluated(&mut self, object: ObjectId, attr: AttrId) {
        if !O::EVENTS {
            return;
        }
        let owner = self.store.get(object);
        let stream = &self.store.streams[owner.stream];
        if owner.complete {
            self.early.remove(&(object, attr));
        } else if self.early.insert((object, attr), (stream.pos, stream.bits)).is_none() {
            self.store.last(size_of::<((ObjectId, AttrId), Standing)>());
        }
    }

    /// Lets the instance at hand, which is read again, find the stream as it was at first.
    fn set_back(&mut self, before: Standing) {
        let Some(frame) = self.frames.last_mut() else { return };
        if let Kind::Instance { stream, pos, bits, .. } = &mut frame.kind {
            frame.resume = Some((*stream, (*pos, *bits)));
            (*pos, *bits) = before;
            let stream = &mut self.store.streams[*stream];
            (stream.pos, stream.bits) = before;
        }
    }

    /// An instance's turn to be told.
    pub(super) fn told_instance(&mut self, object: ObjectId, attr: AttrId) -> Step {
        let slot = self.code.attrs[attr].slot;
        let known = slot.map(|slot| self.store.slot(object, slot)).filter(|v| *v != Value::Pending);
        let turn = self.observer.events().map_or(Turn::Skip, |events| events.turn(attr, known));
        match (turn, known) {
            (Turn::Skip, _) => {}
            (Turn::Tell, _) => {
                let value = known.unwrap_or(Value::Absent);
                self.tell(Event::Value { attr, index: None, value, spot: None });
            }
            (Turn::Read, known) => {
                let place = known.and_then(|_| self.store.place(object, attr));
                let before = self.early.remove(&(object, attr)).filter(|_| known.is_some());
                self.read_instance(object, attr)?;
                if let Some(frame) = self.top_mut() {
                    frame.voice = if known.is_some() { Voice::Again } else { Voice::Aloud };
                }
                if let Some((slot, known)) = slot.zip(known) {
                    self.store.set_slot(object, slot, known);
                    place.into_iter().for_each(|place| self.store.set_place(object, slot, place));
                }
                before.into_iter().for_each(|before| self.set_back(before));
            }
        }
        Ok(())
    }

    /// Where the instance at hand begins: kept at first, and gone back to when it is read again, whatever
    /// its expressions give by now.
    pub(super) fn told_place(&mut self) {
        let Some(frame) = self.frames.last_mut().filter(|_| O::EVENTS) else { return };
        let (Kind::Instance { attr, .. }, object) = (frame.kind, frame.object) else { return };
        let stream = &mut self.store.streams[frame.stream];
        if frame.voice != Voice::Again {
            let place = stream.absolute(ByteRange { start: stream.pos, end: stream.pos });
            if let Some(slot) = self.code.attrs[attr].slot {
                self.store.set_place(object, slot, place);
            }
        } else if let Some((range, decoded)) = self.store.place(object, attr) {
            let stream = &mut self.store.streams[frame.stream];
            let within = stream.origin.zip(decoded);
            let start = within.map_or(range.start, |(origin, decoded)| origin.start + decoded.start);
            stream.pos = start;
            stream.bits = (0, 0);
            frame.field_start = start;
            frame.element_start = start;
        }
    }

    /// Whether the instance at hand, which may have been read before, is to be read for its first telling.
    pub(super) fn told_shared(&mut self, attr: AttrId, key: &Key) -> bool {
        if !self.is_aloud() {
            return false;
        }
        let leaf = self.observer.events().is_some_and(|events| events.is_leaf(attr));
        let first = leaf || self.told.insert(key.clone());
        if first && !leaf {
            self.store.last(size_of::<Key>());
        }
        first && self.memo.contains_key(key)
    }

    /// The instance at hand was told before.
    pub(super) fn told_before(&mut self, attr: AttrId) {
        if self.is_aloud() {
            let start = self.spot_here();
            self.tell(Event::Before { attr, start });
        }
    }
}
