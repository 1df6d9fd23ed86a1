//! Instances: made where they say, or placed behind everything else and pointed to.

use crate::layout::{AttrId, Body, ExprId};
use crate::limits;
use crate::walk::value::StreamId;
use crate::walk::{ObjectId, Trouble, Value};

use super::failure::{Bound, Failure, Got, Made, Stop, Why};
use super::make::Site;
use super::memory::Undo;
use super::run::Run;
use super::tree::{Cell, NodeId, Segment, SegmentId, Shape, Target};

impl Run<'_> {
    /// Makes an instance that is read from the file.
    pub(super) fn instance(&mut self, object: ObjectId, attr: AttrId) -> Got<Cell> {
        let layout = self.layout;
        let field = &layout.attrs[attr];
        let own = self.tree.objects[object].segment;
        let scope = self.scope(object);
        if let Some(condition) = field.condition
            && !self.condition(attr, condition, &scope)?
        {
            return Ok(Cell::Is(Value::Absent));
        }
        let stream = match field.io {
            None => self.stream_of(own),
            Some(io) => match self.eval(io, &scope, true)? {
                Value::Stream(stream) => stream,
                _ => return Err(Trouble::OtherType.into()),
            },
        };
        if self.depth >= limits::GENERATED_DEPTH {
            return Err(Failure::of(Why::Limit(Bound::Depth), attr).into());
        }
        self.depth += 1;
        let made = match field.pos {
            Some(pos) => self.positioned(object, attr, stream, pos),
            None => self.following(object, attr, stream, field.io.is_some()),
        };
        self.depth -= 1;
        Ok(made?)
    }

    /// An instance without a position: it goes on where its stream is.
    fn following(&mut self, object: ObjectId, attr: AttrId, stream: StreamId, other: bool) -> Made<Cell> {
        let own = self.tree.objects[object].segment;
        let first = self.tree.streams[stream].segments.first().copied();
        let Some(segment) = (if other { first } else { Some(own) }) else { return Ok(Cell::Opaque) };
        let leads = self.tree.segments[segment].first.is_some_and(|n| self.tree.nodes[n].object == object);
        let alone = self.tree.objects[object].user.is_none() || leads && segment != own;
        if self.tree.objects[object].complete && (other || alone) && !self.tree.streams[stream].closed {
            return self.elements(Site { object, attr, index: 0, segment }, None);
        }
        match self.tree.here(segment) {
            Some(here) if !self.tree.objects[object].complete => self.peek(object, attr, stream, here),
            _ => Ok(Cell::Opaque),
        }
    }

    fn positioned(&mut self, object: ObjectId, attr: AttrId, stream: StreamId, pos: ExprId) -> Made<Cell> {
        self.structure += 1;
        let scope = self.scope(object);
        let mut known = self.eval(pos, &scope, false);
        if let Err(Stop::Node(node)) = known
            && let Some(equation) = self.tree.nodes[node].equation
        {
            // The same leaf says where something else is as well.
            self.define(equation);
            known = self.eval(pos, &scope, false);
        }
        match known {
            Ok(Value::Int(n)) => match u64::try_from(n) {
                Ok(place) => self.known_place(object, attr, stream, place),
                Err(_) => Err(Failure::of(Why::Position, attr).at(pos)),
            },
            Err(stop) if stop.is_open() => self.open_place(object, attr, stream, pos),
            Ok(_) => Err(Failure::of(Why::Position, attr).at(pos)),
            Err(stop) => Err(stop.fail(attr, pos)),
        }
    }

    /// An instance whose position is decided.
    fn known_place(&mut self, object: ObjectId, attr: AttrId, stream: StreamId, place: u64) -> Made<Cell> {
        let own = self.tree.objects[object].segment;
        let at = self.tree.objects[object].complete;
        if !at && self.stream_of(own) == stream && self.tree.here(own) == Some(place) {
            return self.peek(object, attr, stream, place);
        }
        let known = &self.tree.streams[stream];
        let (len, fixed, stuck) = (known.len, known.fixed, known.ended && !known.absorbs);
        if place < len || stuck {
            return Ok(self.read_back(attr, stream, place).map_or(Cell::Opaque, Cell::Node));
        }
        if place - len > self.most || fixed.is_some_and(|fixed| place > fixed) {
            return Err(Failure::of(Why::Position, attr));
        }
        let segment = self.tree.segment(stream, Some(place));
        self.note(segment, attr);
        let cell = self.elements(Site { object, attr, index: 0, segment }, None)?;
        self.tree.segments[segment].cell = cell;
        Ok(cell)
    }

    /// An instance whose position comes to be where there is place for it.
    fn open_place(&mut self, object: ObjectId, attr: AttrId, stream: StreamId, pos: ExprId) -> Made<Cell> {
        if self.tree.streams[stream].ended && !self.tree.streams[stream].absorbs {
            return Ok(Cell::Opaque);
        }
        if let Some((segment, cell)) = self.shared(attr, stream) {
            let site = Site { object, attr, index: 0, segment: self.tree.objects[object].segment };
            self.equate(pos, site, Target::Base(segment));
            return Ok(cell);
        }
        let segment = self.tree.segment(stream, None);
        self.note(segment, attr);
        let site = Site { object, attr, index: 0, segment: self.tree.objects[object].segment };
        let equation = self.equate(pos, site, Target::Base(segment));
        self.tree.segments[segment].equation = Some(equation);
        let cell = self.elements(Site { object, attr, index: 0, segment }, None)?;
        self.tree.segments[segment].cell = cell;
        Ok(cell)
    }

    fn note(&mut self, segment: SegmentId, attr: AttrId) {
        let at: &mut Segment = &mut self.tree.segments[segment];
        at.attr = Some(attr);
        at.cell = Cell::Opaque;
    }

    /// The same instance of another object, which can stand for this one too: chains of pointers must end.
    fn shared(&mut self, attr: AttrId, stream: StreamId) -> Option<(SegmentId, Cell)> {
        if !matches!(self.layout.attrs[attr].body, Body::Object(..)) || !self.is_late() {
            return None;
        }
        let segments = &self.tree.streams[stream].segments;
        let same =
            segments.iter().rev().copied().find(|segment| self.tree.segments[*segment].attr == Some(attr));
        same.map(|segment| (segment, self.tree.segments[segment].cell))
    }

    /// An instance over bytes that the fields that follow describe as well.
    fn peek(&mut self, object: ObjectId, attr: AttrId, stream: StreamId, place: u64) -> Made<Cell> {
        let segment = self.tree.segment(stream, None);
        self.tree.segments[segment].overlay = true;
        let len = self.tree.streams[stream].len;
        self.tree.segments[segment].base = Some(place);
        self.tree.streams[stream].overlays += 1;
        let cell = self.elements(Site { object, attr, index: 0, segment }, None)?;
        self.tree.streams[stream].len = len;
        Ok(cell)
    }

    /// The bytes that must follow in a segment, whatever describes them.
    pub(super) fn expect(&mut self, site: Site, bytes: &[u8]) -> Made {
        let stream = self.stream_of(site.segment);
        let Some(place) = self.tree.here(site.segment) else {
            return Err(Failure::of(Why::Position, site.attr));
        };
        let segment = self.tree.segment(stream, None);
        self.tree.segments[segment].overlay = true;
        let len = self.tree.streams[stream].len;
        self.tree.segments[segment].base = Some(place);
        self.tree.streams[stream].overlays += 1;
        let node = self.node(Site { segment, ..site }, Shape::Bytes, bytes.len() as u64 * 8)?;
        let raw = crate::walk::memory::Memory::compute(self.tree, bytes);
        self.tree.nodes[node].raw = raw;
        self.tree.nodes[node].value = Value::Bytes(raw);
        self.tree.streams[stream].len = len;
        Ok(())
    }

    /// The leaf that is at a place already, if it is of the same form.
    fn read_back(&self, attr: AttrId, stream: StreamId, place: u64) -> Option<NodeId> {
        let Body::Int(format) = self.layout.attrs[attr].body else { return None };
        for segment in &self.tree.streams[stream].segments {
            let segment = &self.tree.segments[*segment];
            let (mut at, mut next) = (segment.base?.saturating_mul(8), segment.first);
            while let Some(id) = next {
                let node = &self.tree.nodes[id];
                let same = matches!(node.shape, Shape::Int(other, _) if other == format);
                if at == place.saturating_mul(8) && same {
                    return Some(id);
                }
                at += node.bits;
                next = node.next;
            }
        }
        None
    }

    /// Gives a segment a place behind all that has one.
    pub(super) fn place(&mut self, segment: SegmentId) -> Made {
        if self.tree.segments[segment].base.is_some() {
            return Ok(());
        }
        let stream = self.stream_of(segment);
        let known = &self.tree.streams[stream];
        // While fields are still to come, a place behind them is one that they will hardly reach.
        let slack = if known.closed || known.settled { 0 } else { 512 };
        let gap = if known.fixed.is_none() { self.model.gap() } else { 0 };
        let end = known.len + slack + gap;
        let attr = self.tree.segments[segment].attr;
        let failed = Failure { why: Why::Position, attr, expr: None };
        let mut tried = None;
        for align in [1, 2, 4, 8, 16, 32, 64, 256, 512, 2048, 4096] {
            let place = end.next_multiple_of(align);
            if tried == Some(place) {
                continue;
            }
            tried = Some(place);
            let before = self.tree.trail.len();
            if self.place_at(segment, place) && self.solved(segment, place) {
                return Ok(());
            }
            self.tree.undo(before);
        }
        Err(failed)
    }

    /// Whether all that points to a segment can have its place.
    fn solved(&mut self, segment: SegmentId, place: u64) -> bool {
        let mut row = 0;
        while let Some(equation) = self.tree.equations.find(crate::table::Id::new(row)) {
            let (expr, scope, done) = (equation.expr, equation.scope, equation.done);
            if equation.target == Target::Base(segment)
                && !done
                && !self.solve(expr, Value::Int(i128::from(place)), &scope)
            {
                return false;
            }
            row += 1;
        }
        true
    }

    /// Gives a segment this place, if nothing else has it.
    pub(super) fn place_at(&mut self, segment: SegmentId, place: u64) -> bool {
        if let Some(base) = self.tree.segments[segment].base {
            return base == place;
        }
        let stream = self.stream_of(segment);
        let known = &self.tree.streams[stream];
        let end = place.saturating_add(self.tree.segments[segment].bits.div_ceil(8));
        let fits = known.fixed.is_none_or(|fixed| end <= fixed);
        if place < known.len || !fits || place - known.len > self.most {
            return false;
        }
        self.tree.trail.push(Undo::Base(segment, known.len));
        self.tree.segments[segment].base = Some(place);
        if let Some((outer, more)) = self.tree.stretch(stream, end) {
            self.tree.grow(outer, more);
        }
        true
    }
}
