//! Overlays: bytes that an instance looked at ahead, and that fields describe after it.

use crate::schema::ast::Endian;
use crate::walk::value::StreamId;
use crate::walk::{Value, read};

use super::choose::domain;
use super::failure::{Failure, Made, Why};
use super::run::Run;
use super::tree::{NodeId, Shape};

impl Run<'_> {
    /// The bytes that overlays ask for in a range of a stream.
    fn asked(&mut self, stream: StreamId, place: u64, len: usize) -> Made<Vec<Option<u8>>> {
        let mut bytes = vec![None; len];
        let segments = self.tree.streams[stream].segments.clone();
        for id in segments {
            let segment = &self.tree.segments[id];
            let Some(base) = segment.base.filter(|_| segment.overlay) else { continue };
            let size = segment.bits.div_ceil(8);
            if base >= place.saturating_add(len as u64) || base.saturating_add(size) <= place {
                continue;
            }
            let mut next = segment.first;
            while let Some(node) = next {
                if self.tree.nodes[node].value == Value::Pending {
                    self.choose(node)?;
                }
                next = self.tree.nodes[node].next;
            }
            let mut out = vec![0; usize::try_from(size).unwrap_or(0)];
            self.write_segment(id, &mut out, 0);
            for (row, byte) in out.into_iter().enumerate() {
                let at = (base + row as u64).checked_sub(place).and_then(|at| usize::try_from(at).ok());
                if let Some(slot) = at.and_then(|at| bytes.get_mut(at)) {
                    *slot = Some(byte);
                }
            }
        }
        Ok(bytes)
    }

    /// A leaf that begins so many bits into its segment has the value that overlays ask for.
    pub(super) fn peeked(&mut self, id: NodeId, start: u64) -> Made {
        let node = &self.tree.nodes[id];
        let (segment, shape, bits, attr) = (node.segment, node.shape, node.bits, node.attr);
        let at = &self.tree.segments[segment];
        let stream = at.stream;
        let Some(base) = at.base.filter(|_| !at.overlay && self.tree.streams[stream].overlays > 0) else {
            return Ok(());
        };
        let first = base + start / 8;
        let shift = start % 8;
        let len = usize::try_from((shift + bits).div_ceil(8)).unwrap_or(0);
        let asked = self.asked(stream, first, len)?;
        if asked.iter().all(Option::is_none) {
            return Ok(());
        }
        // Bytes that nothing asks for are zeroes: some value has them.
        let bytes: Vec<u8> = asked.into_iter().map(Option::unwrap_or_default).collect();
        let value = match shape {
            Shape::Int(format, endian) => read::integer(&bytes, format, endian).map(Value::Int),
            Shape::Float(size, endian) => read::float(&bytes, size, endian).map(Value::Float),
            Shape::Bits(count, endian, truth) => Some(bits_of(&bytes, shift, count, endian, truth)),
            _ => None,
        };
        let fits = value.is_some_and(|value| {
            (domain(shape).is_none() || !matches!(value, Value::Pending)) && self.assign(id, value, true)
        });
        if fits { Ok(()) } else { Err(Failure::of(Why::Value, attr)) }
    }

    /// Bytes that are decided are those that overlays ask for.
    pub(super) fn overlaid(&mut self, id: NodeId, before: Option<u64>) -> Made {
        let node = &self.tree.nodes[id];
        let (segment, raw, attr) = (node.segment, node.raw, node.attr);
        let at = &self.tree.segments[segment];
        let stream = at.stream;
        if at.overlay || self.tree.streams[stream].overlays == 0 {
            return Ok(());
        }
        let Some(place) = before else { return Ok(()) };
        let asked = self.asked(stream, place, usize::try_from(raw.len).unwrap_or(0))?;
        let written = crate::walk::memory::Memory::bytes(self.tree, raw).to_vec();
        let mut same = true;
        let patched: Vec<u8> = written
            .iter()
            .zip(asked)
            .map(|(byte, asked)| {
                same &= asked.is_none_or(|asked| asked == *byte);
                asked.unwrap_or(*byte)
            })
            .collect();
        if same {
            return Ok(());
        }
        let field = &self.layout.attrs[attr];
        if field.valid.is_some() || field.process.is_some() || field.terminator.is_some() {
            return Err(Failure::of(Why::Value, attr));
        }
        let raw = crate::walk::memory::Memory::compute(self.tree, &patched);
        self.tree.nodes[id].raw = raw;
        let value = match self.tree.nodes[id].value {
            Value::Bytes(_) => Value::Bytes(raw),
            _ if std::str::from_utf8(&patched).is_ok() => Value::Str(raw),
            _ => return Err(Failure::of(Why::Text, attr)),
        };
        self.tree.nodes[id].value = value;
        Ok(())
    }
}

/// An integer of so many bits, so many bits into some bytes.
fn bits_of(bytes: &[u8], shift: u64, count: u8, endian: Endian, truth: bool) -> Value {
    let mut value: i128 = 0;
    for bit in 0..u64::from(count) {
        let at = shift + bit;
        let byte = usize::try_from(at / 8).ok().and_then(|row| bytes.get(row)).copied().unwrap_or(0);
        let (set, place) = match endian {
            Endian::Big => (byte >> (7 - at % 8) & 1, u64::from(count) - 1 - bit),
            Endian::Little => (byte >> (at % 8) & 1, bit),
        };
        value |= i128::from(set) << place;
    }
    if truth { Value::Bool(value != 0) } else { Value::Int(value) }
}
