//! Events: the tree that a walk comes upon, told node by node.
//!
//! Frames are silent unless the observer wants to hear of their object. What a field needs is evaluated in
//! silence when it is asked for, and walked once more where it is told: each node is told once, in its place.

use super::Observer;
use super::frame::{Due, Frame, Loop};
use super::machine::Machine;
use super::store::Store;
use super::trouble::Cause;
use super::value::{ObjectId, StreamId, Value};
use crate::code::What;
use crate::layout::AttrId;
use crate::span::ByteRange;

/// Where the bytes of a node are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Its bytes, absolute in the file; of what is inside decoded bytes: the encoded ones.
    pub range: ByteRange,
    /// Its bytes within the decoded ones.
    pub decoded: Option<ByteRange>,
}

/// Something of the tree. What is told of an object's fields comes between its beginning and its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The elements of a field follow.
    List {
        /// The field.
        attr: AttrId,
        /// Where they begin.
        start: Spot,
    },
    /// A field that is not repeated, or one element, is complete; an object that was walked aloud ends.
    Value {
        /// The field.
        attr: AttrId,
        /// The number of the element.
        index: Option<u64>,
        /// The value.
        value: Value,
        /// Its bytes, if it was read.
        spot: Option<Spot>,
    },
    /// The elements of a field were all told.
    ListEnd {
        /// The field.
        attr: AttrId,
        /// Their bytes.
        spot: Spot,
    },
    /// A field, an element or its object could not be read to its end; an open list ends with it.
    Failed {
        /// The field.
        attr: AttrId,
        /// The number of the element.
        index: Option<u64>,
        /// Why.
        cause: Cause,
        /// The object, where it is one.
        value: Value,
        /// The bytes that were read.
        spot: Spot,
    },
    /// The fields of an object were all told, or one of them failed; its instances follow.
    Fields {
        /// The object.
        object: ObjectId,
    },
    /// What an instance leads to was told before, at another place of the tree.
    Before {
        /// The instance.
        attr: AttrId,
        /// Where it begins.
        start: Spot,
    },
    /// A file is complete.
    End {
        /// Its top-level object.
        object: ObjectId,
        /// Its bytes.
        spot: Spot,
    },
}

/// How an object is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aloud {
    /// Nothing in it is told, and no instance is evaluated that nothing asks for.
    No,
    /// What it consists of is told.
    Yes,
    /// The same, after a silent walk: objects in it have instances that need all of its fields.
    AfterSilence,
}

/// What happens to an instance whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    Skip,
    /// The value that it has is told.
    Tell,
    /// It is read aloud.
    Read,
}

/// Who is told of a tree.
pub trait Events {
    /// An object begins. Asked only inside of objects that are walked aloud.
    fn begins(&mut self, object: ObjectId, start: Spot, store: &Store<'_, '_>) -> Aloud;

    /// The turn of an instance; `value` is what it was evaluated to before.
    fn turn(&mut self, attr: AttrId, value: Option<Value>) -> Turn;

    /// Whether an instance is told in full however often something leads to it.
    fn is_leaf(&self, attr: AttrId) -> bool;

    /// Something of the tree.
    fn tell(&mut self, event: Event, store: &Store<'_, '_>);

    /// Whether the walk need not go on.
    fn is_done(&self) -> bool;
}

/// How a frame tells of what it reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Voice {
    /// Not at all.
    #[default]
    Silent,
    /// Not yet: the same object is walked aloud next.
    Rehearsing,
    /// Aloud.
    Aloud,
    /// Aloud, for an instance whose value is known: the one that it has stays.
    Again,
}

impl<O: Observer> Machine<'_, '_, O> {
    #[inline]
    pub(super) fn is_aloud(&self) -> bool {
        O::EVENTS && self.top().is_some_and(|f| matches!(f.voice, Voice::Aloud | Voice::Again))
    }

    /// Whether the frame at hand reads an instance whose value stays as it was.
    #[inline]
    pub(super) fn is_again(&self) -> bool {
        O::EVENTS && self.top().is_some_and(|f| f.voice == Voice::Again)
    }

    /// Whether the observer has heard enough.
    #[inline]
    pub(super) fn is_done(&mut self) -> bool {
        O::EVENTS && self.observer.events().is_some_and(|e| e.is_done())
    }

    pub(super) fn tell(&mut self, event: Event) {
        if let Some(events) = self.observer.events() {
            events.tell(event, &self.store);
        }
    }

    /// Bytes of a stream, as places of the file.
    fn spot(&self, stream: StreamId, start: u64, end: u64) -> Spot {
        let range = ByteRange { start, end: end.max(start) };
        let (range, decoded) = self.store.streams[stream].absolute(range);
        Spot { range, decoded }
    }

    /// The bytes from the beginning of the field or element at hand.
    fn spot_from(&self, start: u64) -> Spot {
        let stream = self.stream();
        self.spot(stream, start, self.store.streams[stream].pos)
    }

    pub(super) fn spot_here(&self) -> Spot {
        self.spot_from(self.store.streams[self.stream()].pos)
    }

    /// Where the object of the frame at hand begins: where its bytes are decoded from, if they are.
    fn object_spot(&self, object: ObjectId) -> Spot {
        let object = self.store.get(object);
        let caller = self.frames.len().checked_sub(2).and_then(|row| self.frames.get(row));
        let region = caller.and_then(|caller| Some((caller.region?.outer, caller.element_start)));
        let buffer = |stream: StreamId| self.store.streams[stream].buffer;
        match region.filter(|(outer, _)| buffer(*outer) != buffer(object.stream)) {
            Some((outer, start)) => self.spot(outer, start, self.store.streams[outer].pos),
            None => self.spot_from(object.start),
        }
    }

    /// The frame of an object was pushed.
    pub(super) fn told_object(&mut self, object: ObjectId) {
        let caller = || self.frames.len().checked_sub(2).and_then(|row| self.frames.get(row));
        let heard = || caller().is_none_or(|f| matches!(f.voice, Voice::Aloud | Voice::Again));
        if !O::EVENTS || !heard() {
            return;
        }
        let start = self.object_spot(object);
        let aloud = match self.observer.events() {
            Some(events) => events.begins(object, start, &self.store),
            None => Aloud::No,
        };
        if let Some(frame) = self.top_mut() {
            frame.voice = match aloud {
                Aloud::No => Voice::Silent,
                Aloud::Yes => Voice::Aloud,
                Aloud::AfterSilence => Voice::Rehearsing,
            };
        }
    }

    /// Whether the object at hand was walked in silence only, and begins anew.
    pub(super) fn told_rehearsal(&mut self) -> bool {
        if !O::EVENTS {
            return false;
        }
        let rehearsing = |f: &&mut Frame| f.voice == Voice::Rehearsing;
        let Some(frame) = self.frames.last_mut().filter(rehearsing) else { return false };
        let object = &mut self.store.objects[frame.object];
        object.failed = None;
        frame.voice = Voice::Aloud;
        frame.pc = self.code.types[object.ty].entry;
        frame.stream = object.stream;
        frame.attr = None;
        frame.repeat = Loop::None;
        let stream = &mut self.store.streams[object.stream];
        // Objects begin with whole bytes.
        (stream.pos, stream.bits) = (object.start, (0, 0));
        true
    }

    /// The fields of the object at hand are over.
    pub(super) fn told_fields(&mut self, object: ObjectId) {
        if self.is_aloud() {
            self.tell(Event::Fields { object });
        }
    }

    /// A file is over.
    pub(super) fn told_end(&mut self, object: ObjectId) {
        if O::EVENTS {
            let ended = self.store.get(object);
            let spot = self.spot(ended.stream, ended.start, ended.end);
            self.tell(Event::End { object, spot });
        }
    }

    /// Whether a task of the object at hand is no matter for later: an instance is told in its place.
    pub(super) fn told_task(&mut self, what: What, object: ObjectId) -> bool {
        if !O::EVENTS {
            return false;
        }
        if !self.is_aloud() {
            return true;
        }
        let What::Instance(_) = what else { return false };
        if let Some(frame) = self.top_mut() {
            frame.due.push_back(Due { what, object, class: 0 });
        }
        true
    }

    /// The condition of the field at hand does not hold.
    pub(super) fn told_absent(&mut self) {
        if let (true, Some(attr)) = (self.is_aloud(), self.top().and_then(|f| f.attr)) {
            self.tell(Event::Value { attr, index: None, value: Value::Absent, spot: None });
        }
    }

    /// Elements of the field at hand follow.
    pub(super) fn told_list(&mut self) {
        if let (true, Some(attr)) = (self.is_aloud(), self.top().and_then(|f| f.attr)) {
            let start = self.spot_here();
            self.tell(Event::List { attr, start });
        }
    }

    /// The element at hand is complete.
    pub(super) fn told_element(&mut self, attr: AttrId) {
        let Some(frame) = self.top().filter(|_| self.is_aloud()) else { return };
        let index = (frame.repeat != Loop::None).then_some(frame.index);
        let spot = Some(self.spot(frame.stream, frame.it_range.start, frame.it_range.end));
        let value = frame.it;
        self.tell(Event::Value { attr, index, value, spot });
    }

    /// The field at hand is complete. Gives whether its value is known and stays as it is.
    pub(super) fn told_stored(&mut self, attr: AttrId) -> bool {
        let Some(frame) = self.top().filter(|_| self.is_aloud()) else { return false };
        if frame.repeat != Loop::None {
            let spot = self.spot_from(frame.field_start);
            self.tell(Event::ListEnd { attr, spot });
        }
        self.is_again()
    }

    /// The field at hand cannot be read.
    pub(super) fn told_failed(&mut self, cause: Cause, value: Value) {
        let Some(frame) = self.top().filter(|_| self.is_aloud()) else { return };
        let Some(attr) = frame.attr else { return };
        let index = (frame.repeat != Loop::None).then_some(frame.index);
        let spot = self.spot_from(frame.element_start);
        self.tell(Event::Failed { attr, index, cause, value, spot });
    }
}
