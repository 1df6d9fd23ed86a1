//! What a tree remembers: bytes and lists for the operators, and what can be taken back.

use crate::limits::GENERATED_BYTES;
use crate::walk::memory::Memory;
use crate::walk::value::{ArrayId, StreamId};
use crate::walk::{Slice, Trouble, Value};

use super::tree::{Cell, EquationId, NodeId, SegmentId, Tree};

/// What can be taken back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Undo {
    Node(NodeId),
    Avoid(NodeId, Option<i128>),
    Cell(usize),
    Fixed(StreamId, Option<u64>),
    Done(EquationId),
    Base(SegmentId, u64),
    Recheck,
}

impl Tree {
    /// Takes back what was decided since.
    pub(super) fn undo(&mut self, to: usize) {
        while self.trail.len() > to {
            match self.trail.pop() {
                Some(Undo::Node(node)) => self.nodes[node].value = Value::Pending,
                Some(Undo::Avoid(node, avoid)) => self.nodes[node].avoid = avoid,
                Some(Undo::Cell(row)) => self.set_cell(row, Cell::Empty),
                Some(Undo::Fixed(stream, fixed)) => self.streams[stream].fixed = fixed,
                Some(Undo::Done(equation)) => self.equations[equation].done = false,
                Some(Undo::Base(segment, len)) => {
                    let stream = self.segments[segment].stream;
                    self.segments[segment].base = None;
                    self.streams[stream].len = len;
                }
                Some(Undo::Recheck) => {
                    self.recheck.pop();
                }
                None => {}
            }
        }
    }
}

impl Memory for Tree {
    fn bytes(&self, slice: Slice) -> &[u8] {
        let start = usize::try_from(slice.start).ok();
        let end = slice.start.checked_add(slice.len).and_then(|end| usize::try_from(end).ok());
        start.zip(end).and_then(|(start, end)| self.data.get(start..end)).unwrap_or(&[])
    }

    fn elements(&self, array: ArrayId) -> &[Value] {
        &self.arrays[array].values
    }

    fn window(&self, stream: StreamId) -> (u64, u64, bool) {
        let size = self.size(stream);
        (size, size, true)
    }

    fn compute(&mut self, bytes: &[u8]) -> Slice {
        let start = self.data.len();
        self.data.extend_from_slice(bytes);
        Tree::slice(start, bytes.len())
    }

    fn spend_decoded(&mut self, bytes: u64) -> Result<(), Trouble> {
        let limit = GENERATED_BYTES;
        let after = (self.data.len() as u64).saturating_add(bytes);
        if after > limit { Err(Trouble::Limit("decoded-bytes", limit)) } else { Ok(()) }
    }

    fn spend_scanned(&mut self, _: u64) -> Result<(), Trouble> {
        Ok(())
    }

    fn fits_text(&self, bytes: u64) -> Result<(), Trouble> {
        let limit = GENERATED_BYTES;
        if bytes > limit { Err(Trouble::Limit("string-bytes", limit)) } else { Ok(()) }
    }
}
