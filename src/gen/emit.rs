//! Bytes: a tree in which everything is decided, written.

use crate::layout::Terminator;
use crate::schema::ast::Endian;
use crate::walk::memory::Memory;
use crate::walk::value::StreamId;
use crate::walk::{Value, eval};

use super::choose::narrow;
use super::failure::{Failure, Made, Why};
use super::process;
use super::run::Run;
use super::tree::{NodeId, Scope, SegmentId, Shape, Within};

impl Run<'_> {
    /// Writes the files of the set.
    pub(super) fn emit(&mut self, files: &mut Vec<Vec<u8>>) -> Made {
        let layout = self.layout;
        files.resize_with(layout.roots.len(), Vec::new);
        for (row, file) in files.iter_mut().enumerate() {
            let Some(object) = self.tree.roots.get(row).copied().flatten() else { continue };
            let stream = self.stream_of(self.tree.objects[object].segment);
            file.clear();
            file.resize(usize::try_from(self.tree.size(stream)).unwrap_or(0), 0);
            self.write_stream(stream, file, 0)?;
            self.sums(stream, file)?;
        }
        Ok(())
    }

    fn write_stream(&mut self, stream: StreamId, out: &mut [u8], at: usize) -> Made {
        self.tree.streams[stream].at = at;
        // What fields describe is written over what looked at it ahead: it is the same where both are known.
        let overlays = self.tree.streams[stream].overlays > 0;
        for overlay in [true, false] {
            if overlay && !overlays {
                continue;
            }
            let mut row = 0;
            while let Some(segment) = self.tree.streams[stream].segments.get(row).copied() {
                row += 1;
                if self.tree.segments[segment].overlay != overlay {
                    continue;
                }
                let base = self.tree.segments[segment].base.unwrap_or(0);
                let start = at.saturating_add(usize::try_from(base).unwrap_or(0));
                self.write_segment(segment, out, start);
                self.write_regions(segment, out)?;
            }
        }
        Ok(())
    }

    /// Writes the leaves of a segment.
    pub(super) fn write_segment(&mut self, segment: SegmentId, out: &mut [u8], start: usize) {
        let (mut bits, mut next) = (0u64, self.tree.segments[segment].first);
        while let Some(id) = next {
            if !matches!(self.tree.nodes[id].shape, Shape::Bits(..)) {
                bits = bits.next_multiple_of(8);
            }
            let at = start.saturating_add(usize::try_from(bits / 8).unwrap_or(0));
            self.tree.nodes[id].at = at;
            self.write_leaf(id, out, at, bits % 8);
            let node = &self.tree.nodes[id];
            bits += node.bits;
            next = node.next;
        }
    }

    fn write_leaf(&self, id: NodeId, out: &mut [u8], at: usize, shift: u64) {
        let node = &self.tree.nodes[id];
        match (node.shape, node.value) {
            (Shape::Int(format, endian), Value::Int(n)) => put(out, at, n, usize::from(format.bytes), endian),
            (Shape::Bits(count, endian, _), value) => {
                let n = match value {
                    Value::Int(n) => n,
                    Value::Bool(set) => i128::from(set),
                    _ => 0,
                };
                put_bits(out, at, shift, n, count, endian);
            }
            (Shape::Float(size, endian), value) => {
                let wide = eval::float(value);
                let bits = match size {
                    4 => u64::from(narrow(wide).to_bits()),
                    _ => wide.to_bits(),
                };
                put(out, at, i128::from(bits), usize::from(size), endian);
            }
            (Shape::Bytes | Shape::Digits, _) => {
                let bytes = self.tree.bytes(node.raw);
                // A file that is to be cut has room for a part of its last bytes.
                let room = out.get_mut(at..).unwrap_or_default();
                room.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            }
            _ => {}
        }
    }

    fn write_regions(&mut self, segment: SegmentId, out: &mut [u8]) -> Made {
        let mut next = self.tree.segments[segment].first;
        while let Some(id) = next {
            let node = &self.tree.nodes[id];
            next = node.next;
            let (shape, at) = (node.shape, node.at);
            let Shape::Region(stream) = shape else { continue };
            match self.tree.streams[stream].within {
                Within::Wrapped(_) => self.write_wrapped(id, stream, out, at)?,
                _ => self.write_stream(stream, out, at)?,
            }
        }
        Ok(())
    }

    /// A stream is written apart, then what is put around it.
    fn write_wrapped(&mut self, id: NodeId, stream: StreamId, out: &mut [u8], at: usize) -> Made {
        let layout = self.layout;
        let mut inner = vec![0; usize::try_from(self.tree.size(stream)).unwrap_or(0)];
        self.write_stream(stream, &mut inner, 0)?;
        self.sums(stream, &mut inner)?;
        let node = &self.tree.nodes[id];
        let (attr, object, index, segment) = (node.attr, node.object, node.index, node.segment);
        let len = usize::try_from(node.bits / 8).unwrap_or(0);
        let field = &layout.attrs[attr];
        let mut raw = match &field.process {
            None => inner,
            Some(process) => {
                let scope = Scope { index, segment: Some(segment), ..Scope::of(object) };
                let mut args = Vec::new();
                for arg in &process.args {
                    args.push(self.eval(*arg, &scope, true).map_err(|stop| stop.fail(attr, *arg))?);
                }
                process::undo(process, &args, &inner, self.tree).ok_or(Failure::of(Why::Process, attr))?
            }
        };
        if let Some(Terminator { bytes, .. }) = &field.terminator {
            raw.extend_from_slice(bytes);
            raw.truncate(len);
        }
        if raw.len() > len {
            return Err(Failure::of(Why::Size, attr));
        }
        raw.resize(len, field.pad_right.unwrap_or(0));
        if let Some(place) = out.get_mut(at..at.saturating_add(len)) {
            place.copy_from_slice(&raw);
        }
        Ok(())
    }

    /// The stream whose bytes are written apart that a stream is in, or is.
    pub(super) fn buffer_of(&self, mut stream: StreamId) -> StreamId {
        while let Within::Region(node) = self.tree.streams[stream].within {
            stream = self.stream_of(self.tree.nodes[node].segment);
        }
        stream
    }
}

/// Writes the lowest bytes of an integer.
pub(super) fn put(out: &mut [u8], at: usize, n: i128, bytes: usize, endian: Endian) {
    let room = out.get_mut(at..).unwrap_or_default();
    let skipped = 16usize.saturating_sub(bytes);
    match endian {
        Endian::Little => {
            room.iter_mut().zip(n.to_le_bytes()).take(bytes).for_each(|(to, from)| *to = from);
        }
        Endian::Big => {
            room.iter_mut().zip(n.to_be_bytes().into_iter().skip(skipped)).for_each(|(to, from)| *to = from);
        }
    }
}

fn put_bits(out: &mut [u8], at: usize, shift: u64, n: i128, count: u8, endian: Endian) {
    for bit in 0..u64::from(count) {
        let to = shift + bit;
        let from = match endian {
            Endian::Big => u64::from(count) - 1 - bit,
            Endian::Little => bit,
        };
        let set = n >> from & 1 == 1;
        let mask = match endian {
            Endian::Big => 0x80u8 >> (to % 8),
            Endian::Little => 1u8 << (to % 8),
        };
        let row = usize::try_from(to / 8).ok().and_then(|row| row.checked_add(at));
        if let Some(byte) = row.and_then(|row| out.get_mut(row)) {
            *byte = if set { *byte | mask } else { *byte & !mask };
        }
    }
}
