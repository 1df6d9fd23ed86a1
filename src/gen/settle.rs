//! The end of an attempt: sizes and positions that nothing asked for, and leaves that nothing decided.

use crate::table::Id;
use crate::walk::Value;
use crate::walk::value::StreamId;

use super::failure::{Failure, Made, Why};
use super::run::Run;
use super::tree::{NodeId, SegmentId, Shape, Within};

impl Run<'_> {
    /// Decides everything that is open.
    pub(super) fn settle(&mut self) -> Made {
        for row in 0..self.layout.roots.len() {
            let Some(object) = self.tree.roots.get(row).copied().flatten() else { continue };
            let stream = self.stream_of(self.tree.objects[object].segment);
            self.settle_stream(stream)?;
        }
        let mut row = 0;
        while let Some(node) = self.tree.nodes.find(NodeId::new(row)) {
            let sum = self.layout.attrs[node.attr].checksum.is_some();
            if node.value == Value::Pending && !sum {
                self.choose(NodeId::new(row))?;
            }
            row += 1;
        }
        for node in std::mem::take(&mut self.tree.recheck) {
            if !self.is_valid(node, true) {
                return Err(Failure::of(Why::Value, self.tree.nodes[node].attr));
            }
        }
        Ok(())
    }

    /// Gives everything in a stream its place; what is within comes first.
    fn settle_stream(&mut self, stream: StreamId) -> Made {
        let mut row = 0;
        while let Some(segment) = self.tree.streams[stream].segments.get(row).copied() {
            self.settle_segment(segment)?;
            row += 1;
        }
        let mut row = 0;
        while let Some(segment) = self.tree.streams[stream].segments.get(row).copied() {
            self.place(segment)?;
            row += 1;
        }
        let known = &mut self.tree.streams[stream];
        known.settled = true;
        let (within, len, fixed) = (known.within, known.len, known.fixed);
        let (attr, open) = match within {
            Within::File(_) => (None, None),
            Within::Region(node) | Within::Wrapped(node) => {
                (Some(self.tree.nodes[node].attr), self.tree.equations_of(node))
            }
        };
        if fixed.is_some_and(|fixed| len > fixed) {
            return Err(Failure { why: Why::Size, attr, expr: None });
        }
        if let Some(equation) = open
            && !self.define(equation)
        {
            let expr = Some(self.tree.equations[equation].expr);
            return Err(Failure { why: Why::Expression, attr, expr });
        }
        Ok(())
    }

    fn settle_segment(&mut self, segment: SegmentId) -> Made {
        let mut next = self.tree.segments[segment].first;
        while let Some(node) = next {
            if let Shape::Region(stream) = self.tree.nodes[node].shape {
                self.settle_stream(stream)?;
            } else if let Some(equation) = self.tree.equations_of(node)
                && !self.define(equation)
            {
                let (attr, expr) = (self.tree.nodes[node].attr, self.tree.equations[equation].expr);
                return Err(Failure::of(Why::Expression, attr).at(expr));
            }
            next = self.tree.nodes[node].next;
        }
        Ok(())
    }
}
