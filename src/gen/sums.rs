//! Checksums: what they cover, and what that comes to once everything else is written.

use crate::checksum::Sum;
use crate::layout::{AttrId, Cover, Layout};
use crate::schema::ast::OwnBytes;
use crate::span::ByteRange;
use crate::walk::memory::Memory;
use crate::walk::value::StreamId;
use crate::walk::{ObjectId, Value};

use super::emit::put;
use super::failure::{Failure, Made, Why};
use super::run::Run;
use super::tree::{NodeId, Shape};

/// Rounds in which checksums that cover each other are computed.
const ROUNDS: usize = 8;

/// A checksum in a buffer, and what it covers there.
#[derive(Clone, Debug)]
pub(super) struct Covering {
    node: NodeId,
    attr: AttrId,
    shape: Shape,
    place: ByteRange,
    ranges: Vec<ByteRange>,
}

impl Covering {
    /// Writes the sum of what is covered; whether that changed anything.
    fn write(&self, layout: &Layout, out: &mut [u8]) -> Option<(Sum, bool)> {
        let checksum = layout.attrs[self.attr].checksum.as_ref()?;
        let rows = |range: ByteRange| {
            let start = usize::try_from(range.start).unwrap_or(usize::MAX);
            start..usize::try_from(range.end).unwrap_or(usize::MAX)
        };
        let covered = |range| out.get(rows(range)).unwrap_or_default();
        let sum = checksum.algorithm.over(covered, &self.ranges, self.place, checksum.own_bytes);
        let place = out.get_mut(rows(self.place))?;
        let before = place.to_vec();
        match (&sum, self.shape) {
            (Sum::Int(n), Shape::Int(format, endian)) => {
                put(place, 0, i128::from(*n), usize::from(format.bytes), endian);
            }
            (Sum::Bytes(bytes), _) if bytes.len() == place.len() => place.copy_from_slice(bytes),
            _ => {}
        }
        let changed = before != place;
        Some((sum, changed))
    }

    /// Whether the sum does not depend on what is written in its place.
    fn is_apart(&self, layout: &Layout) -> bool {
        let place = self.place;
        let kept = layout.attrs[self.attr].checksum.as_ref().is_none_or(|c| c.own_bytes == OwnBytes::Keep);
        !kept || self.ranges.iter().all(|range| range.end <= place.start || place.end <= range.start)
    }
}

/// Writes the checksums of a buffer until each is right, whichever covers which; `done` is told of each.
pub(super) fn write_all(
    layout: &Layout,
    all: &[Covering],
    out: &mut [u8],
    mut done: impl FnMut(&Covering, Sum),
) -> Made {
    for _ in 0..ROUNDS {
        let mut changed = false;
        for covering in all {
            if let Some((sum, changes)) = covering.write(layout, out) {
                changed |= changes;
                done(covering, sum);
            }
        }
        if !changed || matches!(all, [only] if only.is_apart(layout)) {
            return Ok(());
        }
    }
    let attr = all.first().map(|covering| covering.attr);
    Err(Failure { why: Why::Checksum, attr, expr: None })
}

impl Run<'_> {
    /// Computes the checksums in a buffer.
    pub(super) fn sums(&mut self, stream: StreamId, out: &mut [u8]) -> Made {
        let all = self.coverings(stream)?;
        let (layout, tree) = (self.layout, &mut *self.tree);
        write_all(layout, &all, out, |covering, sum| match (sum, covering.shape) {
            (Sum::Int(n), Shape::Int(format, _)) => {
                let bits = u32::from(format.bytes) * 8;
                let high = format.signed && bits > 0 && n >> (bits - 1) & 1 == 1;
                tree.nodes[covering.node].value =
                    Value::Int(i128::from(n) - if high { 1i128 << bits } else { 0 });
            }
            (Sum::Bytes(bytes), _) => {
                let slice = tree.compute(&bytes);
                let node = &mut tree.nodes[covering.node];
                (node.raw, node.value) = (slice, Value::Bytes(slice));
            }
            (Sum::Int(_), _) => {}
        })
    }

    /// The checksums in a buffer that was written.
    pub(super) fn coverings(&mut self, stream: StreamId) -> Made<Vec<Covering>> {
        let all = self.tree.sums.iter().copied();
        let here: Vec<NodeId> =
            all.filter(|id| self.buffer_of(self.stream_of(self.tree.nodes[*id].segment)) == stream).collect();
        here.into_iter().map(|id| self.covering(id)).collect()
    }

    fn covering(&mut self, id: NodeId) -> Made<Covering> {
        let layout = self.layout;
        let node = &self.tree.nodes[id];
        let (attr, object, shape) = (node.attr, node.object, node.shape);
        let (at, len) = (node.at as u64, node.bits / 8);
        let place = ByteRange { start: at, end: at + len };
        let failed = Failure::of(Why::Checksum, attr);
        let Some(checksum) = &layout.attrs[attr].checksum else { return Err(failed) };
        let stream = self.stream_of(self.tree.objects[object].segment);
        let base = self.tree.streams[stream].at as u64;
        let mut ranges = Vec::new();
        match &checksum.covers {
            Cover::Range { start, end } => {
                let scope = self.scope(object);
                let bound = |run: &mut Self, expr: &Option<_>, missing: u64| match expr {
                    None => Ok(missing),
                    Some(expr) => match run.eval(*expr, &scope, true) {
                        Ok(Value::Int(n)) => u64::try_from(n).map_err(|_| failed.at(*expr)),
                        _ => Err(failed.at(*expr)),
                    },
                };
                let size = self.tree.size(stream);
                let (start, end) = (bound(self, start, 0)?, bound(self, end, size)?);
                if start > end || end > size {
                    return Err(failed);
                }
                ranges.push(ByteRange { start: base + start, end: base + end });
            }
            Cover::Fields(fields) => {
                for field in fields {
                    ranges.push(self.marked(object, *field));
                }
            }
        }
        Ok(Covering { node: id, attr, shape, place, ranges })
    }

    /// The bytes between the marks of a field.
    fn marked(&self, object: ObjectId, attr: AttrId) -> ByteRange {
        let marks = self.tree.nodes.iter().filter(|node| {
            node.object == object && node.attr == attr && node.shape == Shape::Mark && node.index == 0
        });
        let places: Vec<u64> = marks.map(|node| node.at as u64).collect();
        let (start, end) = (places.first().copied().unwrap_or(0), places.last().copied().unwrap_or(0));
        ByteRange { start, end: end.max(start) }
    }
}
