//! Elements, and the leaves that they consist of.

use crate::layout::ty::Ty;
use crate::layout::{Body, ByteOrder, Extent, Parent, TypeId};
use crate::schema::ast::Endian;
use crate::walk::{ObjectId, Trouble, Value};

use super::failure::{Failure, Got, Made, Why};
use super::make::Site;
use super::run::Run;
use super::tree::{Cell, Node, NodeId, SegmentId, Shape, Tree};

impl Run<'_> {
    /// One element, with what its constraint asks of it.
    pub(super) fn element(&mut self, site: Site, row: Option<usize>) -> Made<Cell> {
        self.spend(2)?;
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        let body = match &field.body {
            Body::Switch { on, cases, default } => self.case(site, *on, cases, default)?,
            body => body,
        };
        let cell = self.body(site, body)?;
        if let Some(row) = row {
            self.tree.set_cell(row, cell);
        }
        Ok(cell)
    }

    /// What an element consists of.
    pub(super) fn body(&mut self, site: Site, body: &Body) -> Made<Cell> {
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        match body {
            Body::Int(format) => {
                let endian = self.endian(format.order, site)?;
                self.leaf(site, Shape::Int(*format, endian), u64::from(format.bytes) * 8)
            }
            Body::Bits(bits, endian) => {
                let truth = *bits == 1 && field.element == Ty::Bool;
                self.leaf(site, Shape::Bits(*bits, *endian, truth), u64::from(*bits))
            }
            Body::Float(bytes, order) => {
                let endian = self.endian(*order, site)?;
                self.leaf(site, Shape::Float(*bytes, endian), u64::from(*bytes) * 8)
            }
            Body::Contents(bytes) => self.contents(site, bytes),
            Body::Bytes => self.bytes(site, None),
            Body::Str(encoding) => self.bytes(site, Some(*encoding)),
            Body::Object(ty, args) => self.nested(site, *ty, args),
            Body::Switch { .. } | Body::Nothing | Body::Param | Body::Value(_) => {
                if field.extent != Extent::Free {
                    self.bytes(site, None)?;
                }
                Ok(Cell::Is(Value::Absent))
            }
        }
    }

    pub(super) fn endian(&self, order: ByteOrder, site: Site) -> Made<Endian> {
        match order {
            ByteOrder::Fixed(endian) => Ok(endian),
            ByteOrder::Object => {
                self.tree.objects[site.object].order.ok_or(Failure::of(Why::Missing, site.attr))
            }
        }
    }

    /// The next whole byte.
    pub(super) fn align(&mut self, segment: SegmentId) {
        let bits = self.tree.segments[segment].bits;
        let rest = bits.next_multiple_of(8) - bits;
        if rest > 0 {
            self.tree.grow(segment, rest);
        }
    }

    /// A leaf whose value may be decided later, if something asks for it.
    pub(super) fn leaf(&mut self, site: Site, shape: Shape, bits: u64) -> Made<Cell> {
        let start = match shape {
            Shape::Bits(..) => self.tree.segments[site.segment].bits,
            _ => self.tree.segments[site.segment].bits.next_multiple_of(8),
        };
        let node = self.node(site, shape, bits)?;
        if self.layout.attrs[site.attr].checksum.is_some() {
            self.tree.sums.push(node);
            return Ok(Cell::Node(node));
        }
        self.peeked(node, start)?;
        if self.goal.is_some() {
            self.offer(node);
        }
        if !self.facts.attr(site.attr).asked && self.tree.nodes[node].value == Value::Pending {
            self.choose(node)?;
        }
        Ok(Cell::Node(node))
    }

    /// A node at the end of a segment, if its stream has room for it.
    pub(super) fn node(&mut self, site: Site, shape: Shape, bits: u64) -> Made<NodeId> {
        if !matches!(shape, Shape::Bits(..)) {
            self.align(site.segment);
        }
        let at = &self.tree.segments[site.segment];
        let stream = &self.tree.streams[at.stream];
        let end = at.base.map(|base| base + (at.bits + bits).div_ceil(8));
        let beyond = stream.fixed.zip(end).is_some_and(|(fixed, end)| end > fixed);
        if beyond || bits > 0 && stream.ended && !at.overlay && !stream.absorbs {
            return Err(Failure::of(Why::Size, site.attr));
        }
        self.spend(1 + bits / 64)?;
        let value = match shape {
            Shape::Region(_) | Shape::Mark => Value::Absent,
            _ => Value::Pending,
        };
        Ok(self.tree.append(Node {
            attr: site.attr,
            object: site.object,
            index: site.index,
            segment: site.segment,
            next: None,
            shape,
            value,
            raw: Tree::slice(0, 0),
            bits,
            sized: None,
            equation: None,
            avoid: None,
            at: 0,
        }))
    }

    /// The object that the objects of a field have as their parent.
    pub(super) fn parent(&mut self, site: Site, ty: TypeId) -> Got<Option<ObjectId>> {
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        if layout.types[ty].top != layout.types[field.owner].top {
            return Ok(None);
        }
        match field.parent {
            Parent::User => Ok(Some(site.object)),
            Parent::Nobody => Ok(None),
            Parent::Other(expr) => match self.eval(expr, &site.scope(), true)? {
                Value::Object(object) => Ok(Some(object)),
                _ => Err(Trouble::OtherType.into()),
            },
        }
    }
}
