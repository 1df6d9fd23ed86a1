//! Operations that compare: constraints, checksums, the questions of a contract.

use std::cmp::Ordering;

use super::Observer;
use super::eval;
use super::frame::Kind;
use super::machine::{Machine, Step};
use super::trouble::Trouble;
use super::value::{Slice, Value};
use crate::checksum::Sum;
use crate::code::{Check, Pc};
use crate::layout::{AttrId, QueryId};
use crate::schema::ast::OwnBytes;

use crate::span::ByteRange;

impl<O: Observer> Machine<'_, '_, O> {
    /// Compares the value at hand; what fails is reported, and the walk goes on.
    pub(super) fn check(&mut self, check: Check) -> Step {
        let count = match check {
            Check::AnyOf(count) => count as usize,
            Check::InEnum(_) => 0,
            _ => 1,
        };
        let at = self.stack.len().saturating_sub(count);
        let Some((value, range)) = self.top().map(|f| (f.it, f.it_range)) else { return Ok(()) };
        let operands = self.stack.get(at..).unwrap_or_default();
        let unknown = std::iter::once(&value).chain(operands).find_map(|v| match v {
            Value::Unknown(cause) => Some(*cause),
            _ => None,
        });
        let trouble = match unknown {
            Some(cause) => {
                self.observer.skipped(cause);
                None
            }
            None if value == Value::Absent => None,
            None => match holds(check, value, operands, &mut self.store) {
                Ok(true) => None,
                Ok(false) => Some(Trouble::Valid { check, value, operands: operands.to_vec() }),
                Err(trouble) => Some(trouble),
            },
        };
        self.stack.truncate(at);
        match trouble {
            Some(trouble) => self.trouble_in(trouble, Some(range)).map(|_| ()),
            None => Ok(()),
        }
    }

    pub(super) fn each(&mut self, end: Pc) {
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

    pub(super) fn each_next(&mut self, body: Pc) {
        let Some((array, index)) = self.top().and_then(|f| Some((f.array?, f.index + 1))) else { return };
        let next = usize::try_from(index).ok().and_then(|row| self.store.elements(array).get(row)).copied();
        let Some(frame) = self.top_mut() else { return };
        if let Some(value) = next {
            frame.it = value;
            frame.index = index;
            frame.pc = body;
        }
    }

    pub(super) fn answer(&mut self, query: QueryId, count: u8) -> Step {
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
        if self.observer.answer(query, class, &values, at, &self.store).is_break() {
            return Err(super::machine::Stop);
        }
        self.store.observed = self.observer.held();
        self.held()
    }

    /// Where a field of the object at hand begins and ends in the object's stream; nothing if it is absent.
    pub(super) fn place(&mut self, attr: AttrId) {
        let Some(object) = self.top().map(|f| f.object) else { return };
        let base = i128::from(self.store.streams[self.store.get(object).stream].start);
        let slot = self.code.attrs[attr].place;
        let value = |slot: u32| self.store.slot(object, slot);
        let place = slot.map(|slot| (value(slot), value(slot + 1)));
        let (start, end) = match place {
            Some((Value::Int(start), Value::Int(end))) => (start - base, end - base),
            _ => (0, 0),
        };
        self.put(Value::Int(start));
        self.put(Value::Int(end));
    }

    pub(super) fn checksum(&mut self, attr: AttrId, own: OwnBytes, ranges: u8) -> Step {
        let mut bounds = Vec::new();
        for _ in 0..ranges {
            let (end, start) = (self.operand()?, self.operand()?);
            for value in [end, start] {
                if let Value::Unknown(cause) = value {
                    self.observer.skipped(cause);
                    return Ok(());
                }
            }
            let (Value::Int(end), Value::Int(start)) = (end, start) else { return Ok(()) };
            bounds.push((start, end));
        }
        bounds.reverse();
        if let Some(frame) = self.top_mut() {
            frame.attr = Some(attr);
        }
        let Some((object, stored)) = self.top().map(|f| (f.object, f.it)) else { return Ok(()) };
        let code = &self.code.attrs[attr];
        let (Some(algorithm), Some(slot)) = (code.algorithm, code.place) else { return Ok(()) };
        let (Value::Int(first), Value::Int(last)) =
            (self.store.slot(object, slot), self.store.slot(object, slot + 1))
        else {
            return Ok(());
        };
        let fit = |n: i128| u64::try_from(n).unwrap_or(0);
        let own_range = ByteRange { start: fit(first), end: fit(last) };
        let stream = &self.store.streams[self.store.get(object).stream];
        let (base, size, buffer) = (stream.start, stream.end - stream.start, stream.buffer);
        let within = |n: i128| u64::try_from(n).ok().filter(|n| *n <= size).map(|n| base + n);
        let mut covered = Vec::new();
        for (start, end) in bounds {
            let (Some(from), Some(to)) = (within(start), within(end)) else {
                let position = if within(start).is_none() { start } else { end };
                self.trouble(Trouble::Position { position, size })?;
                return Ok(());
            };
            if to < from {
                self.trouble(Trouble::Size(end.saturating_sub(start)))?;
                return Ok(());
            }
            covered.push(ByteRange { start: from, end: to });
        }
        for range in &covered {
            self.scan(range.end - range.start)?;
        }
        let bytes = |range: ByteRange| {
            let len = range.end.saturating_sub(range.start);
            self.store.bytes(Slice { buffer, start: range.start, len })
        };
        let computed = algorithm.over(bytes, &covered, own_range, own);
        let stored = match stored {
            Value::Bytes(slice) => Sum::Bytes(self.store.bytes(slice).to_vec()),
            // A signed field holds the same bits.
            Value::Int(n) => {
                let bits = own_range.end.saturating_sub(own_range.start).min(8) * 8;
                Sum::Int(fit(n & ((1i128 << bits) - 1)))
            }
            _ => return Ok(()),
        };
        if computed != stored {
            self.trouble_in(Trouble::Checksum { stored, computed }, Some(own_range))?;
        }
        Ok(())
    }
}

/// Whether a value is as a constraint wants it; nothing here is unknown or absent.
fn holds(
    check: Check,
    value: Value,
    operands: &[Value],
    store: &mut super::store::Store<'_, '_>,
) -> Result<bool, Trouble> {
    let first = operands.first().copied().unwrap_or(Value::Absent);
    match check {
        Check::Eq => eval::equal(value, first, store),
        Check::Min => eval::compare(value, first, store).map(|o| o.is_some_and(Ordering::is_ge)),
        Check::Max => eval::compare(value, first, store).map(|o| o.is_some_and(Ordering::is_le)),
        Check::Holds => Ok(first == Value::Bool(true)),
        Check::AnyOf(_) => {
            operands.iter().try_fold(false, |found, b| Ok(found || eval::equal(value, *b, store)?))
        }
        Check::InEnum(id) => Ok(match value {
            Value::Int(n) => store.code.enums[id].binary_search(&n).is_ok(),
            _ => false,
        }),
    }
}
