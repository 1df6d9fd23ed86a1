//! Operations that read: fields, elements, regions, constraints, checksums, answers.

use super::frame::{Kind, Loop};
use super::machine::{Machine, Step};
use super::trouble::Trouble;
use super::value::{StreamId, Value};
use super::{Observer, eval};
use crate::code::{Op, Pc};
use crate::layout::AttrId;
use crate::span::ByteRange;
use crate::table::Id;

impl<O: Observer> Machine<'_, '_, O> {
    pub(super) fn field_step(&mut self, op: Op) -> Step {
        match op {
            Op::Begin(attr) => self.begin(attr),
            Op::If(to) => match self.operand()? {
                Value::Bool(true) => {}
                // What is there stays there.
                _ if self.is_again() => {}
                Value::Unknown(cause) => self.fail(cause),
                _ => {
                    let (object, attr) = self.top().map_or((None, None), |f| (Some(f.object), f.attr));
                    if let (Some(object), Some(slot)) =
                        (object, attr.and_then(|attr| self.code.attrs[attr].slot))
                    {
                        self.store.set_slot(object, slot, Value::Absent);
                    }
                    self.told_absent();
                    self.jump(to);
                }
            },
            Op::Times(end) => {
                if let Some(count) = self.count()? {
                    self.repeat(Loop::Times(count));
                    if count == 0 {
                        self.jump(end);
                    }
                }
            }
            Op::Eos(end) => {
                self.repeat(Loop::Open);
                if self.at_end() {
                    self.jump(end);
                }
            }
            Op::Repeat => self.repeat(Loop::Open),
            Op::Next(body) => {
                let more = match self.top().map(|f| (f.repeat, f.index)) {
                    Some((Loop::Times(count), index)) => index + 1 < count,
                    _ => !self.at_end(),
                };
                if more {
                    self.next(body);
                }
            }
            Op::Until(body) => match self.operand()? {
                Value::Bool(false) => self.next(body),
                Value::Unknown(cause) => self.fail(cause),
                _ => {}
            },
            Op::Stream => match self.operand()? {
                Value::Stream(id) => {
                    self.switch_stream(id);
                    self.told_place();
                }
                Value::Unknown(cause) => self.fail(cause),
                _ => self.fail_for(Trouble::OtherType)?,
            },
            Op::Seek => self.seek()?,
            Op::Memo(count) => self.remembered(count)?,
            Op::Case(next) => {
                let case = self.operand()?;
                let on = self.operand()?;
                match (on, case) {
                    (Value::Unknown(cause), _) | (_, Value::Unknown(cause)) => self.fail(cause),
                    _ => match eval::equal(on, case, &mut self.store) {
                        Ok(true) => {}
                        Ok(false) => {
                            self.put(on);
                            self.jump(next);
                        }
                        Err(trouble) => self.fail_for(trouble)?,
                    },
                }
            }
            Op::Drop => {
                self.pop();
            }
            Op::Region(span, close) => self.region(span, close)?,
            Op::Close => {
                if let Some(frame) = self.top_mut()
                    && let Some(region) = frame.region.take()
                {
                    frame.stream = region.outer;
                }
            }
            Op::Within(close) => self.within(close)?,
            Op::Enter(ty, count, parent) => self.enter(ty, count, parent)?,
            Op::Order(order) => self.order(order)?,
            Op::Align => {
                let stream = self.stream();
                self.store.streams[stream].bits = (0, 0);
            }
            Op::ReadInt(format) => self.read_int(format)?,
            Op::ReadBits(bits, endian, truth) => self.read_bits(bits, endian, truth)?,
            Op::ReadFloat(size, order) => self.read_float(size, order)?,
            Op::ReadBytes(span, terminator) => {
                if let Some(slice) = self.read_bytes(span, terminator)? {
                    self.put(Value::Bytes(slice));
                }
            }
            Op::Contents(span, expected) => self.contents(span, expected)?,
            Op::Strip(pad) => self.strip(pad)?,
            Op::Terminate(terminator) => self.terminate(terminator)?,
            Op::Process(process) => self.process(process)?,
            Op::Same(expected) => self.same(expected)?,
            Op::Decode(encoding) => match self.operand()? {
                Value::Bytes(slice) => {
                    self.scan(slice.len)?;
                    let text = eval::decode(encoding, slice, &mut self.store);
                    self.give(text)?;
                }
                other => self.put(other),
            },
            Op::Check(check) => self.check(check)?,
            Op::Element(attr) => self.element(attr)?,
            Op::Store(attr) => self.store_field(attr),
            Op::When(next) => match self.operand()? {
                Value::Bool(true) => {}
                other => {
                    if let Value::Unknown(cause) = other {
                        self.observer.skipped(cause);
                    }
                    self.jump(next);
                }
            },
            Op::Each(end) => self.each(end),
            Op::EachNext(body) => self.each_next(body),
            Op::Answer(query, count) => self.answer(query, count)?,
            Op::Place(attr) => self.place(attr),
            Op::Checksum(attr, own, ranges) => self.checksum(attr, own, ranges)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn stream(&self) -> StreamId {
        self.top().map_or(StreamId::new(0), |f| f.stream)
    }

    pub(super) fn at_end(&self) -> bool {
        self.store.streams[self.stream()].at_end()
    }

    pub(super) fn left(&self) -> u64 {
        self.store.streams[self.stream()].left()
    }

    /// A trouble after which the field at hand cannot be known.
    pub(super) fn fail_for(&mut self, trouble: Trouble) -> Step {
        let cause = self.trouble(trouble)?;
        self.fail(cause);
        Ok(())
    }

    pub(super) fn begin(&mut self, attr: AttrId) {
        let pos = self.store.streams[self.stream()].here();
        let mark = self.store.mark();
        let Some(frame) = self.top_mut() else { return };
        frame.attr = Some(attr);
        frame.field_start = pos;
        frame.element_start = pos;
        frame.repeat = Loop::None;
        frame.index = 0;
        frame.array = None;
        frame.hold = false;
        frame.mark = mark;
    }

    /// How many elements the operand asks for; none if that cannot be known.
    pub(super) fn count(&mut self) -> Step<Option<u64>> {
        match self.operand()? {
            Value::Int(n) => match u64::try_from(n) {
                Ok(count) => return Ok(Some(count)),
                Err(_) => self.fail_for(Trouble::Size(n))?,
            },
            Value::Unknown(cause) => self.fail(cause),
            _ => self.fail_for(Trouble::OtherType)?,
        }
        Ok(None)
    }

    pub(super) fn repeat(&mut self, repeat: Loop) {
        let kept = self.top().and_then(|f| f.attr).is_some_and(|attr| self.code.attrs[attr].slot.is_some());
        let array = (kept && !self.is_again()).then(|| self.store.array(Vec::new()));
        let pos = self.store.streams[self.stream()].here();
        let mark = self.store.mark();
        let Some(frame) = self.top_mut() else { return };
        let (object, attr, kind) = (frame.object, frame.attr, frame.kind);
        frame.repeat = repeat;
        frame.array = array;
        frame.field_start = pos;
        frame.element_start = pos;
        frame.mark = mark;
        // Its elements may look at those before them.
        let slot = attr.filter(|_| kind == Kind::Object).and_then(|attr| self.code.attrs[attr].slot);
        if let Some((slot, array)) = slot.zip(array) {
            self.store.set_slot(object, slot, Value::Array(array));
        }
        self.told_list();
    }

    pub(super) fn next(&mut self, body: Pc) {
        let pos = self.store.streams[self.stream()].here();
        let mark = self.store.mark();
        let Some(frame) = self.top_mut() else { return };
        frame.index += 1;
        frame.element_start = pos;
        frame.hold = false;
        frame.mark = mark;
        frame.pc = body;
    }

    /// An instance goes on in another stream; the one before is as it was.
    pub(super) fn switch_stream(&mut self, id: StreamId) {
        let (saved, saved_bits) = (self.store.streams[id].pos, self.store.streams[id].bits);
        let Some(frame) = self.top_mut() else { return };
        if let Kind::Instance { stream, pos, bits, .. } = &mut frame.kind {
            let (old, old_pos, old_bits) = (*stream, *pos, *bits);
            (*stream, *pos, *bits) = (id, saved, saved_bits);
            frame.stream = id;
            frame.field_start = saved;
            frame.element_start = saved;
            self.store.streams[old].pos = old_pos;
            self.store.streams[old].bits = old_bits;
        }
    }

    pub(super) fn seek(&mut self) -> Step {
        if self.is_again() {
            self.pop();
            self.told_place();
            return Ok(());
        }
        let position = match self.operand()? {
            Value::Int(n) => n,
            Value::Unknown(cause) => {
                self.fail(cause);
                return Ok(());
            }
            _ => return self.fail_for(Trouble::OtherType),
        };
        let stream = self.stream();
        let (start, end) = (self.store.streams[stream].start, self.store.streams[stream].end);
        let target = u64::try_from(position).ok().and_then(|n| start.checked_add(n)).filter(|n| *n <= end);
        let Some(target) = target else {
            let whole = ByteRange { start: end, end };
            let cause = self.trouble_in(Trouble::Position { position, size: end - start }, Some(whole))?;
            self.fail(cause);
            return Ok(());
        };
        self.store.streams[stream].pos = target;
        self.store.streams[stream].bits = (0, 0);
        let again = self.read_before(target);
        if let Some(frame) = self.top_mut() {
            frame.again = again;
            frame.field_start = target;
            frame.element_start = target;
        }
        self.told_place();
        Ok(())
    }

    /// The element at hand is read: it counts, and is kept or dropped.
    pub(super) fn element(&mut self, attr: AttrId) -> Step {
        let Some(frame) = self.top() else { return Ok(()) };
        let (it, array, mark, hold) = (frame.it, frame.array, frame.mark, frame.hold);
        if frame.repeat != Loop::None {
            let empty = self.store.streams[frame.stream].pos == frame.element_start;
            self.element_budget(empty)?;
        }
        self.told_element(attr);
        let kept = self.code.attrs[attr].slot.is_some() && !matches!(it, Value::Int(_) | Value::Bool(_));
        if !hold && (!kept || self.is_again()) {
            self.drop_to(mark)?;
        }
        if let Some(array) = array {
            self.store.append(array, it);
            self.held()?;
        }
        Ok(())
    }

    pub(super) fn store_field(&mut self, attr: AttrId) {
        if self.told_stored(attr) {
            return;
        }
        let Some(frame) = self.top() else { return };
        let value = match (frame.repeat, frame.array) {
            (Loop::None, _) => frame.it,
            (_, Some(array)) => Value::Array(array),
            (_, None) => Value::Absent,
        };
        let (object, start, stream) = (frame.object, frame.field_start, frame.stream);
        let end = self.store.streams[stream].pos;
        self.remember(value);
        let code = &self.code.attrs[attr];
        if let Some(slot) = code.slot {
            self.store.set_slot(object, slot, value);
            if self.store.with_places {
                let range = ByteRange { start, end: end.max(start) };
                let range = self.store.streams[stream].absolute(range);
                self.store.set_place(object, slot, range);
            }
        }
        if let Some(slot) = code.place {
            self.store.set_slot(object, slot, Value::Int(i128::from(start)));
            self.store.set_slot(object, slot + 1, Value::Int(i128::from(end)));
        }
    }
}
