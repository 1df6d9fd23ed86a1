//! Operations that take bytes from a stream.

use super::Observer;
use super::frame::Region;
use super::machine::{Machine, Step};
use super::read;
use super::stream::Stream;
use super::trouble::Trouble;
use super::value::{BufferId, Slice, Value};
use crate::code::{Constant, Pc, Span};
use crate::layout::{IntFormat, Terminator};
use crate::limits;
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

    pub(super) fn region(&mut self, span: Span, close: Pc) -> Step {
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
    pub(super) fn scan(&mut self, bytes: u64) -> Step {
        match self.store.spend_scanned(bytes) {
            Ok(()) => Ok(()),
            Err(trouble) => self.trouble(trouble).map(|_| ()),
        }
    }

    pub(super) fn read_int(&mut self, format: IntFormat) -> Step {
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

    pub(super) fn read_float(&mut self, size: u8, endian: Endian) -> Step {
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
    pub(super) fn read_bytes(&mut self, span: Span, terminator: Option<Terminator>) -> Step<Option<Slice>> {
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
