//! One attempt: the tree of a set, made from its first field to its last.

use crate::layout::{AttrId, Layout, QueryId, RootId, TypeId};
use crate::limits;
use crate::table::Id;
use crate::walk::value::StreamId;
use crate::walk::{Class, ObjectId};

use super::contract::Supplies;
use super::draft::Model;
use super::entropy::Entropy;
use super::facts::Facts;
use super::failure::{Bound, Failure, Made, Stop, Why};
use super::goal::Goal;
use super::tree::{Cell, Object, SegmentId, Tree, Within};
use super::weights::Weights;

/// One attempt at a set.
pub(super) struct Run<'g> {
    pub(super) layout: &'g Layout,
    pub(super) facts: &'g Facts,
    pub(super) classes: &'g [Class],
    pub(super) supplies: &'g Supplies,
    pub(super) tree: &'g mut Tree,
    pub(super) weights: &'g mut Weights,
    /// What the set should be like.
    pub(super) model: Model<'g>,
    pub(super) entropy: Entropy,
    /// How much is left of what an attempt may do.
    pub(super) work: u64,
    /// Objects around the one at hand.
    pub(super) depth: u32,
    /// Expressions around the one at hand.
    pub(super) nesting: u32,
    /// How sparing the attempt is with elements and optional parts: 0 is generous.
    pub(super) thrift: u32,
    /// Bytes that a file should not exceed.
    pub(super) most: u64,
    /// Counts what was made that depends on what was decided: sizes, numbers of elements, branches.
    pub(super) structure: u64,
    /// What the set is to show, and whether it does.
    pub(super) goal: Option<&'g Goal>,
    pub(super) shown: bool,
    /// The object that shows it.
    pub(super) shows: Option<ObjectId>,
}

impl Run<'_> {
    /// Makes the files of the set, with everything decided.
    pub(super) fn make(&mut self) -> Made {
        self.tree.reset(&self.facts.pool, self.layout.roots.len());
        let layout = self.layout;
        for (root, file) in layout.roots.entries() {
            let stream = self.tree.stream(Within::File(root));
            let segment = self.tree.segment(stream, Some(0));
            let object = self.object(file.ty, root, None, None, None, segment);
            if let Some(place) = self.tree.roots.get_mut(root.row()) {
                *place = Some(object);
            }
            let draft = self.model.roots.get(root.row()).filter(|draft| draft.ty == file.ty);
            self.model.set(object, draft.map(|draft| &**draft));
            self.fields(object)?;
            self.waiting()?;
            self.tree.streams[stream].closed = true;
        }
        self.waiting()?;
        self.contract()?;
        self.settle()?;
        self.show_allowed();
        match self.goal {
            Some(_) if !self.shown => Err(Failure { why: Why::Goal, attr: None, expr: None }),
            _ => Ok(()),
        }
    }

    /// Instances that needed what was not there yet.
    fn waiting(&mut self) -> Made {
        // One may need what another one gives: as long as some can be made, the others have a chance.
        loop {
            let waiting = std::mem::take(&mut self.tree.later);
            let before = waiting.len();
            for (object, attr) in waiting {
                self.forced(object, attr)?;
            }
            if self.tree.later.is_empty() || self.tree.later.len() >= before {
                return Ok(());
            }
        }
    }

    /// A new object without fields.
    pub(super) fn object(
        &mut self,
        ty: TypeId,
        root: RootId,
        parent: Option<ObjectId>,
        user: Option<ObjectId>,
        attr: Option<AttrId>,
        segment: SegmentId,
    ) -> ObjectId {
        let layout = self.layout;
        let own = self.tree.objects.next();
        let using = user.map(|user| &self.tree.objects[user]);
        let top = using.filter(|user| layout.types[user.ty].top == layout.types[ty].top);
        let itself = (layout.types[ty].top == ty).then_some(own);
        let (top, order) = (top.and_then(|user| user.top).or(itself), using.and_then(|user| user.order));
        let cells = self.tree.cells.len();
        let count = self.facts.cells.get(ty.row()).copied().unwrap_or(0);
        self.tree.cells.resize(cells + count, Cell::Empty);
        self.tree.objects.push(Object {
            ty,
            root,
            parent,
            user,
            top,
            attr,
            segment,
            order,
            cells,
            complete: false,
        })
    }

    /// The cell of a field of an object.
    pub(super) fn row(&self, object: ObjectId, attr: AttrId) -> usize {
        self.tree.objects[object].cells + self.facts.attr(attr).row
    }

    /// Takes something off what an attempt may do.
    pub(super) fn spend(&mut self, work: u64) -> Made {
        match self.work.checked_sub(work) {
            Some(left) => {
                self.work = left;
                Ok(())
            }
            None => Err(Failure { why: Why::Limit(Bound::Steps), attr: None, expr: None }),
        }
    }

    /// The stream of a segment.
    pub(super) fn stream_of(&self, segment: SegmentId) -> StreamId {
        self.tree.segments[segment].stream
    }

    /// Bytes that a stream still has, where its size is decided.
    pub(super) fn room(&self, segment: SegmentId) -> Option<u64> {
        let stream = &self.tree.streams[self.stream_of(segment)];
        let here = self.tree.here(segment)?;
        stream.fixed.map(|fixed| fixed.saturating_sub(here))
    }

    /// Whether an attempt should come to an end soon.
    pub(super) fn is_late(&self) -> bool {
        self.depth > limits::GENERATED_DEPTH / 3 || self.thrift >= 6
    }

    /// Makes an instance that nothing asked for, now or later.
    pub(super) fn forced(&mut self, object: ObjectId, attr: AttrId) -> Made {
        match self.member(object, attr, true) {
            Err(Stop::NotYet) => {
                self.tree.later.push((object, attr));
                Ok(())
            }
            Err(Stop::Failed(failure)) => Err(failure),
            Err(_) => Err(Failure::of(Why::Missing, attr)),
            Ok(_) => self.value_valid(object, attr),
        }
    }

    /// A failure of the contract.
    pub(super) fn refused(query: QueryId) -> Failure {
        Failure { why: Why::Contract(query), attr: None, expr: None }
    }
}
