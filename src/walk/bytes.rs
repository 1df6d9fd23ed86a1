//! Operations that take bytes from a stream.

use super::Observer;
use super::frame::Region;
use super::machine::{Machine, Step};
use super::read;
use super::stream::{Origin, Stream};
use super::trouble::Trouble;
use super::value::{BufferId, Slice, Value};
use crate::code::{Constant, Pc, Span, Terminator};
use crate::layout::{ByteOrder, IntFormat};
use crate::schema::ast::Endian;
use crate::span::ByteRange;

impl<O: Observer> Machine<'_, '_, O> {
    /// How many bytes a span has; none if that cannot be known or there are not so many.
    pub(super) fn len(&mut self, span: Span) -> Step<Option<u64>> {
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
    pub(super) fn need(&mut self, needed: u64) -> Step<bool> {
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
    pub(super) fn take(&mut self, len: u64) -> Step<(BufferId, u64)> {
        let id = self.stream();
        let stream = &mut self.store.streams[id];
        let from = stream.pos;
        let to = from + len;
        stream.pos = to;
        stream.bits = (0, 0);
        let buffer = stream.buffer;
        let overlap = self.store.cover(id, from, to);
        if let Some((start, end)) = overlap.filter(|_| !O::EVENTS && !self.top().is_some_and(|f| f.again)) {
            self.trouble_in(Trouble::Overlapping, Some(ByteRange { start, end }))?;
        }
        Ok((buffer, from))
    }

    pub(super) fn region(&mut self, span: Span, close: Pc) -> Step {
        let Some(len) = self.len(span)? else { return Ok(()) };
        let (buffer, from) = self.take(len)?;
        let origin = self.store.streams[self.stream()].origin;
        self.open(Stream::new(buffer, from, from + len, origin), close);
        Ok(())
    }

    /// What follows is read from the bytes on the stack.
    pub(super) fn within(&mut self, close: Pc) -> Step {
        let Some(slice) = self.bytes_operand()? else {
            // The region cannot be looked into; the walk goes on after it.
            let unknown = self.pop();
            let height = self.top().map_or(0, |frame| frame.stack);
            self.stack.truncate(height);
            self.put(unknown);
            self.jump(close);
            return Ok(());
        };
        let outer = &self.store.streams[self.stream()];
        let origin = if slice.buffer == outer.buffer {
            outer.origin
        } else {
            // They are decoded from what was just read.
            let start = self.top().map_or(outer.pos, |frame| frame.element_start);
            let encoded = outer.absolute(ByteRange { start, end: outer.pos.max(start) }).0;
            Some(Origin { encoded, start: slice.start })
        };
        self.open(Stream::new(slice.buffer, slice.start, slice.start + slice.len, origin), close);
        Ok(())
    }

    fn open(&mut self, stream: Stream, close: Pc) {
        let outer = self.stream();
        let inner = self.store.stream_of(stream);
        if let Some(frame) = self.top_mut() {
            frame.region = Some(Region { outer, close });
            frame.stream = inner;
        }
    }

    /// Takes bytes that are looked at one by one off the limit.
    pub(super) fn scan(&mut self, bytes: u64) -> Step {
        match self.store.spend_scanned(bytes) {
            Ok(()) => Ok(()),
            Err(trouble) => self.trouble(trouble).map(|_| ()),
        }
    }

    /// A byte order; none where the object has none, and the field fails.
    fn endian(&mut self, order: ByteOrder) -> Step<Option<Endian>> {
        let endian = match order {
            ByteOrder::Fixed(endian) => Some(endian),
            ByteOrder::Object => self.top().and_then(|frame| self.store.get(frame.object).order),
        };
        if endian.is_none() {
            self.fail_for(Trouble::Undecided)?;
        }
        Ok(endian)
    }

    pub(super) fn read_int(&mut self, format: IntFormat) -> Step {
        let Some(endian) = self.endian(format.order)? else { return Ok(()) };
        let value = read::integer(self.store.rest(self.stream()), format, endian);
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

    pub(super) fn read_float(&mut self, size: u8, order: ByteOrder) -> Step {
        let Some(endian) = self.endian(order)? else { return Ok(()) };
        match read::float(self.store.rest(self.stream()), size, endian) {
            Some(value) => {
                self.take(u64::from(size))?;
                self.put(Value::Float(value));
                Ok(())
            }
            None => self.need(u64::from(size)).map(|_| ()),
        }
    }

    /// An integer of up to 64 bits; what is left of its last byte is for the next one.
    pub(super) fn read_bits(&mut self, count: u8, endian: Endian, truth: bool) -> Step {
        let stream = self.stream();
        let (before, left) = self.store.streams[stream].bits;
        let needed = u64::from(count.saturating_sub(left)).div_ceil(8);
        if !self.need(needed)? {
            return Ok(());
        }
        // At most 7 bits are left, and at most 8 bytes follow.
        let fresh = read::run(self.store.rest(stream), needed).unwrap_or_default();
        let mut all = u128::from(before);
        let mut have = u32::from(left);
        for byte in fresh {
            match endian {
                Endian::Big => all = all << 8 | u128::from(*byte),
                Endian::Little => all |= u128::from(*byte) << have,
            }
            have += 8;
        }
        self.take(needed)?;
        let rest = have.saturating_sub(u32::from(count));
        let (value, bits) = match endian {
            Endian::Big => (all >> rest, all & ((1 << rest) - 1)),
            Endian::Little => (all & ((1 << count) - 1), all >> count),
        };
        let bits = u64::try_from(bits).unwrap_or(0);
        self.store.streams[stream].bits = (bits, u8::try_from(rest).unwrap_or(0));
        self.put(match truth {
            true => Value::Bool(value != 0),
            false => Value::Int(i128::try_from(value).unwrap_or(i128::MAX)),
        });
        Ok(())
    }

    /// Bytes of a span, or up to a terminator.
    pub(super) fn read_bytes(&mut self, span: Span, terminator: Option<Terminator>) -> Step<Option<Slice>> {
        if span != Span::Terminated {
            let Some(len) = self.len(span)? else { return Ok(None) };
            let (buffer, start) = self.take(len)?;
            return Ok(Some(Slice { buffer, start, len }));
        }
        let Some(terminator) = terminator else { return Ok(None) };
        let sought = self.store.bytes(self.store.constant(terminator.bytes));
        let width = u64::from(terminator.bytes.len);
        let rest = self.store.rest(self.stream());
        let (value, taken) = match read::before(rest, sought) {
            Some(n) => {
                let n = n as u64;
                let with = |yes: bool| if yes { n + width } else { n };
                (with(terminator.include), with(terminator.consume))
            }
            None if terminator.eos_error => {
                let stream = &self.store.streams[self.stream()];
                let searched = ByteRange { start: stream.pos, end: stream.end };
                let cause = self.trouble_in(Trouble::Terminator(terminator.bytes), Some(searched))?;
                self.fail(cause);
                return Ok(None);
            }
            None => (rest.len() as u64, rest.len() as u64),
        };
        self.scan(value)?;
        // A terminator that is part of the value but not taken is read again.
        let (buffer, start) = self.take(taken)?;
        Ok(Some(Slice { buffer, start, len: value }))
    }

    /// The bytes on the stack; if they are unknown, that stays there.
    pub(super) fn bytes_operand(&mut self) -> Step<Option<Slice>> {
        match self.operand()? {
            Value::Bytes(slice) => {
                self.scan(slice.len)?;
                Ok(Some(slice))
            }
            unknown @ Value::Unknown(_) => {
                self.put(unknown);
                Ok(None)
            }
            _ => self.give(Err(Trouble::OtherType)).map(|()| None),
        }
    }

    /// Cuts bytes off the end that are only there to fill.
    pub(super) fn strip(&mut self, pad: u8) -> Step {
        let Some(slice) = self.bytes_operand()? else { return Ok(()) };
        let kept = self.store.bytes(slice).iter().rposition(|byte| *byte != pad).map_or(0, |last| last + 1);
        self.put(Value::Bytes(Slice { len: kept as u64, ..slice }));
        Ok(())
    }

    /// Cuts bytes at a terminator, if there is one.
    pub(super) fn terminate(&mut self, terminator: Terminator) -> Step {
        let Some(slice) = self.bytes_operand()? else { return Ok(()) };
        let sought = self.store.bytes(self.store.constant(terminator.bytes));
        let width = if terminator.include { u64::from(terminator.bytes.len) } else { 0 };
        let len = read::before(self.store.bytes(slice), sought).map_or(slice.len, |n| n as u64 + width);
        self.put(Value::Bytes(Slice { len, ..slice }));
        Ok(())
    }

    /// Bytes that were decoded must be these.
    pub(super) fn same(&mut self, expected: Constant) -> Step {
        let Some(slice) = self.bytes_operand()? else { return Ok(()) };
        if self.store.bytes(slice) == self.store.bytes(self.store.constant(expected)) {
            self.put(Value::Bytes(slice));
            return Ok(());
        }
        self.give(Err(Trouble::Contents { expected }))
    }

    pub(super) fn contents(&mut self, span: Span, expected: Constant) -> Step {
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
}
