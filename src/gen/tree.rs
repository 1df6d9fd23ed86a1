//! The tree of a content set on its way: values first, bytes last.
//!
//! Everything is in flat tables that are emptied, not freed, between two sets. A leaf may be open: its value is
//! chosen when something needs it, or when what it defines is known. Bytes are written when nothing is open.

use crate::layout::{AttrId, ExprId, IntFormat, QueryId, RootId, TypeId};
use crate::schema::ast::Endian;
use crate::table::{Id, Table, ids};
use crate::walk::value::{ArrayId, BufferId, StreamId};
use crate::walk::{ObjectId, Slice, Value};

use super::memory::Undo;

ids! {
    /// A leaf of the tree, or a region.
    NodeId;
    /// A run of nodes, one behind the other.
    SegmentId;
    /// An expression that must come to something that is known later.
    EquationId;
}

/// What a field of an object, or an element of a list, holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing yet.
    Empty,
    /// What is being made.
    Busy,
    /// A value.
    Is(Value),
    /// A leaf, which may be open.
    Node(NodeId),
    /// What was not made, because its bytes are those of something else.
    Opaque,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Int(IntFormat, Endian),
    /// So many bits; a truth value if said.
    Bits(u8, Endian, bool),
    Float(u8, Endian),
    /// The bytes of `raw`.
    Bytes,
    /// Decimal, octal or other digits that fill the node.
    Digits,
    Region(StreamId),
    /// No bytes: a place that is remembered.
    Mark,
}

/// A leaf, or a region.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) attr: AttrId,
    pub(super) object: ObjectId,
    pub(super) index: u64,
    pub(super) segment: SegmentId,
    pub(super) next: Option<NodeId>,
    pub(super) shape: Shape,
    /// Its value; `Pending` while it is open.
    pub(super) value: Value,
    /// The bytes to write, for bytes and text.
    pub(super) raw: Slice,
    /// Its length.
    pub(super) bits: u64,
    /// What its size must come to.
    pub(super) sized: Option<EquationId>,
    /// What defines it.
    pub(super) equation: Option<EquationId>,
    /// What it must not be.
    pub(super) avoid: Option<i128>,
    /// Its first byte in the buffer that its stream is written to.
    pub(super) at: usize,
}

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) ty: TypeId,
    pub(super) root: RootId,
    pub(super) parent: Option<ObjectId>,
    pub(super) user: Option<ObjectId>,
    pub(super) top: Option<ObjectId>,
    pub(super) attr: Option<AttrId>,
    pub(super) segment: SegmentId,
    pub(super) order: Option<Endian>,
    pub(super) cells: usize,
    pub(super) complete: bool,
}

/// A list: its cells, and its values once all are known.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    pub(super) cells: Vec<Cell>,
    pub(super) values: Vec<Value>,
}

/// A run of nodes in a stream.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) stream: StreamId,
    /// Its first byte in the stream, once that is known.
    pub(super) base: Option<u64>,
    pub(super) bits: u64,
    pub(super) first: Option<NodeId>,
    pub(super) last: Option<NodeId>,
    /// What its position must come to.
    pub(super) equation: Option<EquationId>,
    /// Whether its bytes are those of another segment as well.
    pub(super) overlay: bool,
    /// The instance that it was made for, and what came of it.
    pub(super) attr: Option<AttrId>,
    pub(super) cell: Cell,
}

/// What a stream is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    File(RootId),
    /// A part of the stream around it.
    Region(NodeId),
    /// What a process, a terminator or a filling byte is put around before it is written.
    Wrapped(NodeId),
}

/// A window that is read from front to back.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) within: Within,
    pub(super) segments: Vec<SegmentId>,
    /// Bytes up to the end of the furthest segment whose place is known.
    pub(super) len: u64,
    /// Its size, where that is decided before its content.
    pub(super) fixed: Option<u64>,
    /// Whether its first segment takes all there is: nothing may follow that it would read as its own.
    pub(super) ended: bool,
    /// Whether what follows an ended segment does no harm: it is bytes.
    pub(super) absorbs: bool,
    /// Whether its fields are complete.
    pub(super) closed: bool,
    /// How many segments describe bytes that others describe as well.
    pub(super) overlays: u32,
    /// Whether it was looked at for what has no place yet.
    pub(super) settled: bool,
    /// Its first byte in the buffer that it is written to.
    pub(super) at: usize,
    /// What is put around it before it is written.
    pub(super) wrap: Wrap,
}

/// What is put around the bytes of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wrap {
    pub(super) zlib: bool,
    /// Bytes of the terminator.
    pub(super) tail: u64,
    /// The size of all of it, where that is decided before its content.
    pub(super) outer: Option<u64>,
}

impl Wrap {
    /// How many bytes it comes to.
    pub(super) fn around(self, content: u64) -> u64 {
        let inner = if self.zlib { super::process::deflated(content) } else { content };
        self.outer.unwrap_or(inner.saturating_add(self.tail))
    }
}

/// What an equation defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The size of a region or of bytes.
    Size(NodeId),
    /// The position of a segment.
    Base(SegmentId),
}

/// An expression that must come to something that is known later.
#[derive(Clone, Debug)]
pub(super) struct Equation {
    pub(super) expr: ExprId,
    pub(super) scope: Scope,
    pub(super) target: Target,
    pub(super) done: bool,
}

/// What names mean in an expression.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    pub(super) this: ObjectId,
    pub(super) it: Cell,
    pub(super) index: u64,
    /// Where the field is read whose expression it is.
    pub(super) segment: Option<SegmentId>,
    /// The position in the stream of that segment, where it is one that was.
    pub(super) pos: Option<u64>,
    /// The class of builds that capacities are those of.
    pub(super) class: usize,
}

impl Scope {
    pub(super) fn of(this: ObjectId) -> Scope {
        Scope { this, it: Cell::Empty, index: 0, segment: None, pos: None, class: 0 }
    }
}

/// The buffer of everything that is not written yet.
const DATA: usize = 0;

/// The tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Table<NodeId, Node>,
    pub(super) objects: Table<ObjectId, Object>,
    pub(super) cells: Vec<Cell>,
    pub(super) arrays: Table<ArrayId, List>,
    pub(super) segments: Table<SegmentId, Segment>,
    pub(super) streams: Table<StreamId, Stream>,
    pub(super) equations: Table<EquationId, Equation>,
    pub(super) data: Vec<u8>,
    pub(super) roots: Vec<Option<ObjectId>>,
    pub(super) trail: Vec<Undo>,
    /// Leaves whose constraint could not be looked at when their value was decided.
    pub(super) recheck: Vec<NodeId>,
    /// Checksums.
    pub(super) sums: Vec<NodeId>,
    /// Keys that may occur once, by the query that says so.
    pub(super) keys: Vec<(QueryId, Value)>,
    /// Instances that need what was not there yet.
    pub(super) later: Vec<(ObjectId, AttrId)>,
}

impl Tree {
    /// Empties the tree; `pool` are the schema's constants.
    pub(super) fn reset(&mut self, pool: &[u8], roots: usize) {
        self.nodes.truncate(0);
        self.objects.truncate(0);
        self.cells.clear();
        self.arrays.truncate(0);
        self.segments.truncate(0);
        self.streams.truncate(0);
        self.equations.truncate(0);
        self.data.clear();
        self.data.extend_from_slice(pool);
        self.roots.clear();
        self.roots.resize(roots, None);
        self.trail.clear();
        self.recheck.clear();
        self.sums.clear();
        self.keys.clear();
        self.later.clear();
    }

    /// A slice of the data.
    pub(super) fn slice(start: usize, len: usize) -> Slice {
        Slice { buffer: BufferId::new(DATA), start: start as u64, len: len as u64 }
    }

    pub(super) fn stream(&mut self, within: Within) -> StreamId {
        self.streams.push(Stream {
            within,
            segments: Vec::new(),
            len: 0,
            fixed: None,
            ended: false,
            absorbs: false,
            closed: false,
            overlays: 0,
            settled: false,
            at: 0,
            wrap: Wrap::default(),
        })
    }

    pub(super) fn segment(&mut self, stream: StreamId, base: Option<u64>) -> SegmentId {
        let segment = self.segments.push(Segment {
            stream,
            base,
            bits: 0,
            first: None,
            last: None,
            equation: None,
            overlay: false,
            attr: None,
            cell: Cell::Opaque,
        });
        self.streams[stream].segments.push(segment);
        segment
    }

    /// Adds a node to the end of its segment.
    pub(super) fn append(&mut self, node: Node) -> NodeId {
        let (segment, bits) = (node.segment, node.bits);
        let id = self.nodes.push(node);
        let at = &mut self.segments[segment];
        match at.last.replace(id) {
            Some(last) => self.nodes[last].next = Some(id),
            None => at.first = Some(id),
        }
        self.grow(segment, bits);
        id
    }

    /// A segment has so many bits more, and with it the streams around it.
    pub(super) fn grow(&mut self, segment: SegmentId, bits: u64) {
        let mut at = Some((segment, bits));
        while let Some((segment, bits)) = at.take() {
            let segment = &mut self.segments[segment];
            segment.bits += bits;
            let Some(base) = segment.base else { return };
            let end = base.saturating_add(segment.bits.div_ceil(8));
            let id = segment.stream;
            at = self.stretch(id, end);
        }
    }

    /// A stream reaches at least so far; what that adds to the segment around it.
    pub(super) fn stretch(&mut self, id: StreamId, end: u64) -> Option<(SegmentId, u64)> {
        let stream = &mut self.streams[id];
        if end <= stream.len {
            return None;
        }
        stream.len = end;
        if !stream.closed || stream.fixed.is_some() {
            return None;
        }
        let (Within::Region(node) | Within::Wrapped(node)) = stream.within else { return None };
        self.measure(node, id)
    }

    /// Gives a region the length of its stream; what that adds to the segment around it.
    pub(super) fn measure(&mut self, node: NodeId, stream: StreamId) -> Option<(SegmentId, u64)> {
        let bits = self.streams[stream].wrap.around(self.size(stream)).saturating_mul(8);
        let node = &mut self.nodes[node];
        let more = bits.checked_sub(node.bits).filter(|more| *more > 0)?;
        node.bits = bits;
        Some((node.segment, more))
    }

    /// The bytes that a stream has, or has up to now.
    pub(super) fn size(&self, stream: StreamId) -> u64 {
        let stream = &self.streams[stream];
        stream.fixed.unwrap_or(stream.len)
    }

    /// The position at the end of a segment, in bytes from the start of its stream; what is left of a byte counts
    /// as taken.
    pub(super) fn here(&self, segment: SegmentId) -> Option<u64> {
        let segment = &self.segments[segment];
        Some(segment.base?.saturating_add(segment.bits.div_ceil(8)))
    }

    /// The equation that is to come to the size of a node, if it does not yet.
    pub(super) fn equations_of(&self, node: NodeId) -> Option<EquationId> {
        let equation = self.nodes[node].sized?;
        (!self.equations[equation].done).then_some(equation)
    }

    pub(super) fn cell(&self, row: usize) -> Cell {
        self.cells.get(row).copied().unwrap_or(Cell::Empty)
    }

    pub(super) fn set_cell(&mut self, row: usize, cell: Cell) {
        if let Some(place) = self.cells.get_mut(row) {
            *place = cell;
        }
    }
}
