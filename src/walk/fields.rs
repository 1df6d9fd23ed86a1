//! Operations that read: fields, elements, regions, constraints, checksums, answers.

use super::frame::{Kind, Loop, Region};
use super::machine::{Machine, Step};
use super::stream::Stream;
use super::trouble::Trouble;
use super::value::{BufferId, Slice, StreamId, Value};
use super::{Observer, eval, read};
use crate::code::{Check, Constant, Op, Pc, Span};
use crate::layout::{AttrId, IntFormat, QueryId, Terminator};
use crate::limits;
use crate::schema::ast::{Endian, OwnBytes};
use crate::schema::expr::Binary;
use crate::span::ByteRange;
use crate::table::Id;

impl<O: Observer> Machine<'_, '_, O> {
    pub(super) fn field_step(&mut self, op: Op) -> Step {
        match op {
            Op::Begin(attr) => self.begin(attr),
            Op::If(to) => match self.operand()? {
                Value::Bool(true) => {}
                Value::Unknown(cause) => self.fail(cause),
                _ => {
                    let (object, attr) = self.top().map_or((None, None), |f| (Some(f.object), f.attr));
                    if let (Some(object), Some(slot)) =
                        (object, attr.and_then(|attr| self.code.attrs[attr].slot))
                    {
                        self.store.set_slot(object, slot, Value::Absent);
                    }
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
                if self.left() == 0 {
                    self.jump(end);
                }
            }
            Op::Repeat => self.repeat(Loop::Open),
            Op::Next(body) => {
                let more = match self.top().map(|f| (f.repeat, f.index)) {
                    Some((Loop::Times(count), index)) => index + 1 < count,
                    _ => self.left() > 0,
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
                Value::Stream(id) => self.switch_stream(id),
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
            Op::Enter(ty) => self.enter(ty)?,
            Op::ReadInt(format) => self.read_int(format)?,
            Op::ReadFloat(size, endian) => self.read_float(size, endian)?,
            Op::ReadBytes(span, terminator) => {
                if let Some(slice) = self.read_bytes(span, terminator)? {
                    self.put(Value::Bytes(slice));
                }
            }
            Op::Contents(span, expected) => self.contents(span, expected)?,
            Op::Decode(encoding) => match self.operand()? {
                Value::Bytes(slice) => {
                    self.scan(slice.len)?;
                    let text = eval::decode(encoding, slice, &self.store);
                    self.give(text)?;
                }
                other => self.put(other),
            },
            Op::Check(check) => self.check(check)?,
            Op::Element(attr) => self.element(attr)?,
            Op::Store(attr) => self.store_field(attr),
            Op::When(_, next) => match self.operand()? {
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
            Op::Checksum(attr, own) => self.checksum(attr, own)?,
            _ => {}
        }
        Ok(())
    }

    fn stream(&self) -> StreamId {
        self.top().map_or(StreamId::new(0), |f| f.stream)
    }

    fn left(&self) -> u64 {
        self.store.streams[self.stream()].left()
    }

    /// A trouble after which the field at hand cannot be known.
    fn fail_for(&mut self, trouble: Trouble) -> Step {
        let cause = self.trouble(trouble)?;
        self.fail(cause);
        Ok(())
    }

    fn begin(&mut self, attr: AttrId) {
        let pos = self.store.streams[self.stream()].pos;
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
    fn count(&mut self) -> Step<Option<u64>> {
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

    fn repeat(&mut self, repeat: Loop) {
        let kept = self.top().and_then(|f| f.attr).is_some_and(|attr| self.code.attrs[attr].slot.is_some());
        let array = kept.then(|| self.store.array(Vec::new()));
        let pos = self.store.streams[self.stream()].pos;
        let mark = self.store.mark();
        let Some(frame) = self.top_mut() else { return };
        frame.repeat = repeat;
        frame.array = array;
        frame.field_start = pos;
        frame.element_start = pos;
        frame.mark = mark;
    }

    fn next(&mut self, body: Pc) {
        let pos = self.store.streams[self.stream()].pos;
        let mark = self.store.mark();
        let Some(frame) = self.top_mut() else { return };
        frame.index += 1;
        frame.element_start = pos;
        frame.hold = false;
        frame.mark = mark;
        frame.pc = body;
    }

    /// An instance goes on in another stream; the one before is as it was.
    fn switch_stream(&mut self, id: StreamId) {
        let saved = self.store.streams[id].pos;
        let Some(frame) = self.top_mut() else { return };
        if let Kind::Instance { stream, pos, .. } = &mut frame.kind {
            let (old, old_pos) = (*stream, *pos);
            (*stream, *pos) = (id, saved);
            frame.stream = id;
            frame.field_start = saved;
            frame.element_start = saved;
            self.store.streams[old].pos = old_pos;
        }
    }

    fn seek(&mut self) -> Step {
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
        let again = self.read_before(target);
        if let Some(frame) = self.top_mut() {
            frame.again = again;
            frame.field_start = target;
            frame.element_start = target;
        }
        Ok(())
    }

    /// How many bytes a span has; none if that cannot be known or there are not so many.
    fn len(&mut self, span: Span) -> Step<Option<u64>> {
        match span {
            Span::Rest => Ok(Some(self.left())),
            Span::Terminated => Ok(Some(0)),
            Span::Operand => {
                let Some(len) = self.count()? else { return Ok(None) };
                Ok(if self.need(len)? { Some(len) } else { None })
            }
        }
    }

    /// Whether the stream still has so many bytes; else the field fails.
    fn need(&mut self, needed: u64) -> Step<bool> {
        let stream = &self.store.streams[self.stream()];
        let (available, pos, end) = (stream.left(), stream.pos, stream.end);
        if needed <= available {
            return Ok(true);
        }
        let trouble = Trouble::UnexpectedEnd { needed, available };
        let cause = self.trouble_in(trouble, Some(ByteRange { start: pos, end }))?;
        self.fail(cause);
        Ok(false)
    }

    /// Takes bytes that are there from the stream, and marks them as described.
    fn take(&mut self, len: u64) -> Step<(BufferId, u64)> {
        let id = self.stream();
        let stream = &mut self.store.streams[id];
        let from = stream.pos;
        let to = from + len;
        stream.pos = to;
        let buffer = stream.buffer;
        let overlap = stream.cover(from, to);
        if stream.ranges() > limits::COVERAGE_RANGES {
            self.limit("coverage-ranges", limits::COVERAGE_RANGES as u64)?;
        }
        if let Some((start, end)) = overlap.filter(|_| !self.top().is_some_and(|f| f.again)) {
            self.trouble_in(Trouble::Overlapping, Some(ByteRange { start, end }))?;
        }
        Ok((buffer, from))
    }

    fn region(&mut self, span: Span, close: Pc) -> Step {
        let Some(len) = self.len(span)? else { return Ok(()) };
        let (buffer, from) = self.take(len)?;
        let outer = self.stream();
        let inner = self.store.streams.push(Stream::new(buffer, from, from + len));
        if let Some(frame) = self.top_mut() {
            frame.region = Some(Region { outer, close });
            frame.stream = inner;
        }
        Ok(())
    }

    /// Takes bytes that are looked at one by one off the limit.
    fn scan(&mut self, bytes: u64) -> Step {
        match self.store.spend_scanned(bytes) {
            Ok(()) => Ok(()),
            Err(trouble) => self.trouble(trouble).map(|_| ()),
        }
    }

    fn read_int(&mut self, format: IntFormat) -> Step {
        let value = read::integer(self.store.rest(self.stream()), format);
        let size = u64::from(format.bytes);
        match value {
            Some(value) => {
                self.take(size)?;
                self.put(Value::Int(value));
                Ok(())
            }
            None => self.need(size).map(|_| ()),
        }
    }

    fn read_float(&mut self, size: u8, endian: Endian) -> Step {
        match read::float(self.store.rest(self.stream()), size, endian) {
            Some(value) => {
                self.take(u64::from(size))?;
                self.put(Value::Float(value));
                Ok(())
            }
            None => self.need(u64::from(size)).map(|_| ()),
        }
    }

    /// Bytes of a span, cut at the terminator where there is one.
    fn read_bytes(&mut self, span: Span, terminator: Option<Terminator>) -> Step<Option<Slice>> {
        if span != Span::Terminated {
            let Some(len) = self.len(span)? else { return Ok(None) };
            let (buffer, start) = self.take(len)?;
            let whole = Slice { buffer, start, len };
            let Some(terminator) = terminator else { return Ok(Some(whole)) };
            self.scan(len)?;
            let found = read::before(self.store.bytes(whole), terminator.byte);
            let kept = found.map_or(len, |n| n as u64 + u64::from(terminator.include));
            return Ok(Some(Slice { len: kept, ..whole }));
        }
        let Some(terminator) = terminator else { return Ok(None) };
        let rest = self.store.rest(self.stream());
        let (value, taken) = match read::before(rest, terminator.byte) {
            Some(n) => {
                let n = n as u64;
                (n + u64::from(terminator.include), n + u64::from(terminator.consume))
            }
            None if terminator.eos_error => {
                let stream = &self.store.streams[self.stream()];
                let searched = ByteRange { start: stream.pos, end: stream.end };
                let cause = self.trouble_in(Trouble::Terminator(terminator.byte), Some(searched))?;
                self.fail(cause);
                return Ok(None);
            }
            None => (rest.len() as u64, rest.len() as u64),
        };
        self.scan(value)?;
        let (buffer, start) = self.take(taken)?;
        Ok(Some(Slice { buffer, start, len: value }))
    }

    fn contents(&mut self, span: Span, expected: Constant) -> Step {
        let len = match span {
            Span::Terminated => {
                let len = u64::from(expected.len);
                if self.need(len)? { Some(len) } else { None }
            }
            span => self.len(span)?,
        };
        let Some(len) = len else { return Ok(()) };
        let rest = read::run(self.store.rest(self.stream()), len);
        let same = rest == Some(self.store.bytes(self.store.constant(expected)));
        let (buffer, start) = self.take(len)?;
        if same {
            self.put(Value::Bytes(Slice { buffer, start, len }));
            return Ok(());
        }
        self.fail_for(Trouble::Contents { expected })
    }

    /// Compares the value at hand; what fails is reported, and the walk goes on.
    fn check(&mut self, check: Check) -> Step {
        let count = match check {
            Check::AnyOf(count) => count as usize,
            Check::InEnum(_) => 0,
            _ => 1,
        };
        let at = self.stack.len().saturating_sub(count);
        let operands = self.stack.split_off(at);
        let Some((value, range)) = self.top().map(|f| (f.it, f.it_range)) else { return Ok(()) };
        if let Some(Value::Unknown(cause)) =
            std::iter::once(&value).chain(&operands).find(|v| matches!(v, Value::Unknown(_)))
        {
            self.observer.skipped(*cause);
            return Ok(());
        }
        if value == Value::Absent {
            return Ok(());
        }
        let mut compare = |op: Binary, b: Value| {
            eval::binary(op, value, b, &mut self.store).map(|v| v == Value::Bool(true))
        };
        let first = operands.first().copied().unwrap_or(Value::Absent);
        let held = match check {
            Check::Eq => compare(Binary::Eq, first),
            Check::Min => compare(Binary::Ge, first),
            Check::Max => compare(Binary::Le, first),
            Check::Holds => Ok(first == Value::Bool(true)),
            Check::AnyOf(_) => {
                operands.iter().try_fold(false, |found, b| Ok(found || compare(Binary::Eq, *b)?))
            }
            Check::InEnum(id) => Ok(match value {
                Value::Int(n) => self.code.enums[id].binary_search(&n).is_ok(),
                _ => false,
            }),
        };
        match held {
            Ok(true) => {}
            Ok(false) => {
                self.trouble_in(Trouble::Valid { check, value, operands }, Some(range))?;
            }
            Err(trouble) => {
                self.trouble_in(trouble, Some(range))?;
            }
        }
        Ok(())
    }

    /// The element at hand is read: it counts, and is kept or dropped.
    fn element(&mut self, attr: AttrId) -> Step {
        let Some(frame) = self.top() else { return Ok(()) };
        let (it, array, mark, hold) = (frame.it, frame.array, frame.mark, frame.hold);
        if frame.repeat != Loop::None {
            let empty = self.store.streams[frame.stream].pos == frame.element_start;
            self.element_budget(empty)?;
        }
        if let Some(array) = array {
            self.store.append(array, it);
        }
        let kept = self.code.attrs[attr].slot.is_some() && !matches!(it, Value::Int(_) | Value::Bool(_));
        if !hold && !kept { self.drop_to(mark) } else { Ok(()) }
    }

    fn store_field(&mut self, attr: AttrId) {
        let Some(frame) = self.top() else { return };
        let value = match (frame.repeat, frame.array) {
            (Loop::None, _) => frame.it,
            (_, Some(array)) => Value::Array(array),
            (_, None) => Value::Absent,
        };
        let (object, start) = (frame.object, frame.field_start);
        let end = self.store.streams[frame.stream].pos;
        self.remember(value);
        let code = &self.code.attrs[attr];
        if let Some(slot) = code.slot {
            self.store.set_slot(object, slot, value);
            if O::PLACES {
                self.store.set_place(object, slot, ByteRange { start, end: end.max(start) });
            }
        }
        if let Some(slot) = code.place {
            self.store.set_slot(object, slot, Value::Int(i128::from(start)));
        }
    }

    fn each(&mut self, end: Pc) {
        match self.pop() {
            Value::Array(array) => {
                let first = self.store.elements(array).first().copied();
                let Some(frame) = self.top_mut() else { return };
                frame.array = Some(array);
                frame.index = 0;
                match first {
                    Some(value) => frame.it = value,
                    None => frame.pc = end,
                }
            }
            other => {
                if let Value::Unknown(cause) = other {
                    self.observer.skipped(cause);
                }
                self.jump(end);
            }
        }
    }

    fn each_next(&mut self, body: Pc) {
        let Some((array, index)) = self.top().and_then(|f| Some((f.array?, f.index + 1))) else { return };
        let next = usize::try_from(index).ok().and_then(|row| self.store.elements(array).get(row)).copied();
        let Some(frame) = self.top_mut() else { return };
        if let Some(value) = next {
            frame.it = value;
            frame.index = index;
            frame.pc = body;
        }
    }

    fn answer(&mut self, query: QueryId, count: u8) -> Step {
        let mut values = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            values.push(self.operand()?);
        }
        values.reverse();
        if let Some(cause) = values.iter().find_map(|v| match v {
            Value::Unknown(cause) => Some(*cause),
            _ => None,
        }) {
            self.observer.skipped(cause);
            return Ok(());
        }
        let mut at = self.at(None);
        let class = match self.top().map(|f| (f.kind, f.array, f.index)) {
            Some((Kind::Routine { class, .. }, array, index)) => {
                at.index = array.map(|_| index);
                class
            }
            _ => 0,
        };
        match self.observer.answer(query, class, &values, at, &self.store) {
            std::ops::ControlFlow::Continue(()) => Ok(()),
            std::ops::ControlFlow::Break(()) => Err(super::machine::Stop),
        }
    }

    fn checksum(&mut self, attr: AttrId, own: OwnBytes) -> Step {
        let (end, start) = (self.operand()?, self.operand()?);
        let Some(stored) = self.top().map(|f| f.it) else { return Ok(()) };
        for value in [end, start] {
            if let Value::Unknown(cause) = value {
                self.observer.skipped(cause);
                return Ok(());
            }
        }
        let (Value::Int(stored), Value::Int(end), Value::Int(start)) = (stored, end, start) else {
            return Ok(());
        };
        if let Some(frame) = self.top_mut() {
            frame.attr = Some(attr);
        }
        let Some(object) = self.top().map(|f| f.object) else { return Ok(()) };
        let stream = &self.store.streams[self.store.get(object).stream];
        let (base, size, buffer) = (stream.start, stream.end - stream.start, stream.buffer);
        let within = |n: i128| u64::try_from(n).ok().filter(|n| *n <= size).map(|n| base + n);
        let (Some(from), Some(to)) = (within(start), within(end)) else {
            let position = if within(start).is_none() { start } else { end };
            self.trouble(Trouble::Position { position, size })?;
            return Ok(());
        };
        if to < from {
            self.trouble(Trouble::Size(end.saturating_sub(start)))?;
            return Ok(());
        }
        self.scan(to - from)?;
        let code = &self.code.attrs[attr];
        let place = code.place.map(|slot| self.store.slot(object, slot));
        let Some(Value::Int(place)) = place else { return Ok(()) };
        let place = u64::try_from(place).unwrap_or(0);
        let width = u64::from(code.width);
        let own_range = ByteRange { start: place, end: place + width };
        let computed = crc32(&self.store, buffer, from, to, own_range, own);
        if i128::from(computed) != stored {
            self.trouble_in(Trouble::Checksum { stored, computed }, Some(own_range))?;
        }
        Ok(())
    }
}

/// CRC-32 (ISO-HDLC, as in zlib) of a range; its own bytes count as `own` says.
fn crc32(
    store: &super::Store<'_, '_>,
    buffer: BufferId,
    from: u64,
    to: u64,
    place: ByteRange,
    own: OwnBytes,
) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut add = |from: u64, to: u64| {
        hasher.update(store.bytes(Slice { buffer, start: from, len: to.saturating_sub(from) }));
    };
    let (start, end) = (place.start.clamp(from, to), place.end.clamp(from, to));
    if own == OwnBytes::Keep || start == end {
        add(from, to);
        return hasher.finalize();
    }
    add(from, start);
    if own == OwnBytes::Zero {
        let zeroes = usize::try_from(end - start).unwrap_or(0);
        hasher.update([0u8; 8].get(..zeroes).unwrap_or(&[]));
    }
    hasher.update(store.bytes(Slice { buffer, start: end, len: to - end }));
    hasher.finalize()
}
