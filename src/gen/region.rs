//! Objects in regions of their own: the size is decided before the content, or comes from it.

use crate::layout::{AttrId, ExprId, ExprKind, Extent, TypeId};
use crate::schema::ast::ProcessKind;
use crate::walk::Value;
use crate::walk::value::StreamId;

use super::failure::{Failure, Made, Stop, Why};
use super::make::Site;
use super::run::Run;
use super::tree::{Cell, Equation, EquationId, NodeId, Scope, Shape, Target, Within, Wrap};

/// How many bytes an element has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// So many.
    Exactly(u64),
    /// As many as its content has; this expression must come to that.
    Open(ExprId),
    /// All that is left, in a stream whose size is not decided.
    Rest,
    /// As many as its content has.
    Free,
}

impl Run<'_> {
    /// How many bytes an element has.
    pub(super) fn extent(&mut self, site: Site) -> Made<Room> {
        match self.layout.attrs[site.attr].extent {
            Extent::Free => Ok(Room::Free),
            Extent::Eos => Ok(self.room(site.segment).map_or(Room::Rest, Room::Exactly)),
            Extent::Size(id) => {
                self.structure += u64::from(!matches!(self.layout.exprs[id].kind, ExprKind::Int(_)));
                let scope = site.scope();
                let mut known = self.eval(id, &scope, false);
                if let Err(Stop::Node(node)) = known
                    && let Some(equation) = self.tree.nodes[node].equation
                {
                    // The same leaf says the size of something else as well.
                    self.define(equation);
                    known = self.eval(id, &scope, false);
                }
                match known {
                    Ok(Value::Int(n)) => match u64::try_from(n) {
                        Ok(size)
                            if size <= self.most && self.room(site.segment).is_none_or(|r| size <= r) =>
                        {
                            Ok(Room::Exactly(size))
                        }
                        Ok(_) => Err(Failure::of(Why::Size, site.attr).at(id)),
                        Err(_) => Err(Failure::of(Why::Expression, site.attr).at(id)),
                    },
                    Err(stop) if stop.is_open() => Ok(Room::Open(id)),
                    Ok(_) => Err(Failure::of(Why::Expression, site.attr).at(id)),
                    Err(stop) => Err(stop.fail(site.attr, id)),
                }
            }
        }
    }

    /// An expression must come to the size of a node; whoever needs a leaf of it finds the equation there.
    pub(super) fn equate(&mut self, id: ExprId, site: Site, target: Target) -> EquationId {
        let scope = Scope { pos: self.tree.here(site.segment), ..site.scope() };
        let equation = self.tree.equations.push(Equation { expr: id, scope, target, done: false });
        if let Target::Size(node) = target {
            self.tree.nodes[node].sized = Some(equation);
        }
        if let Err(Stop::Node(node)) = self.eval(id, &scope, false) {
            self.tree.nodes[node].equation.get_or_insert(equation);
        }
        equation
    }

    /// An object as an element.
    pub(super) fn nested(&mut self, site: Site, ty: TypeId, args: &[ExprId]) -> Made<Cell> {
        let layout = self.layout;
        let field = &layout.attrs[site.attr];
        let wrapped = field.process.is_some() || field.terminator.is_some() || field.pad_right.is_some();
        let room = self.extent(site)?;
        if room == Room::Free && !wrapped {
            self.align(site.segment);
            return self.enter(site, ty, args);
        }
        if let Some(process) = &field.process
            && matches!(process.kind, ProcessKind::Custom(_))
        {
            return Err(Failure::of(Why::Process, site.attr));
        }
        let node = self.node(site, Shape::Mark, 0)?;
        let stream = self.tree.stream(if wrapped { Within::Wrapped(node) } else { Within::Region(node) });
        self.tree.nodes[node].shape = Shape::Region(stream);
        let zlib = field.process.as_ref().is_some_and(|p| p.kind == ProcessKind::Zlib);
        let terminator = field.terminator.as_ref().map_or(0, |t| t.bytes.len() as u64);
        self.tree.streams[stream].wrap.zlib = zlib;
        self.tree.streams[stream].wrap.tail = if field.terminator.is_some() { terminator } else { 0 };
        let mut equation = None;
        match room {
            Room::Exactly(size) => {
                self.enclose(node, stream, size).map_err(|f| Failure { attr: Some(site.attr), ..f })?
            }
            Room::Open(id) => equation = Some(self.equate(id, site, Target::Size(node))),
            Room::Rest | Room::Free => {}
        }
        let segment = self.tree.segment(stream, Some(0));
        let cell = self.enter(Site { segment, ..site }, ty, args)?;
        self.close(node, stream, site.attr)?;
        if room == Room::Rest {
            let outer = self.stream_of(site.segment);
            self.tree.streams[outer].ended = true;
        }
        if let Some(equation) = equation
            && !self.tree.equations[equation].done
            && let Room::Open(id) = room
            && !matches!(
                self.eval(id, &self.tree.equations[equation].scope.clone(), false),
                Err(Stop::Node(_))
            )
        {
            // It depends on no leaf, but on the size of the stream around it.
            self.define(equation);
        }
        Ok(cell)
    }

    /// A region has so many bytes, whatever its content.
    pub(super) fn enclose(&mut self, node: NodeId, stream: StreamId, size: u64) -> Made {
        let known = &self.tree.streams[stream];
        if matches!(known.within, Within::Wrapped(_)) {
            if known.wrap.outer.is_some_and(|outer| outer != size) {
                return Err(Failure { why: Why::Size, attr: None, expr: None });
            }
            if !known.wrap.zlib && known.wrap.tail == 0 {
                self.fix(stream, size)?;
            }
            self.tree.streams[stream].wrap.outer = Some(size);
        } else {
            self.fix(stream, size)?;
        }
        let now = &mut self.tree.nodes[node];
        let more = size.saturating_mul(8).saturating_sub(now.bits);
        now.bits += more;
        let segment = now.segment;
        self.tree.grow(segment, more);
        Ok(())
    }

    /// The content of a region is complete, but for what instances add.
    fn close(&mut self, node: NodeId, stream: StreamId, attr: AttrId) -> Made {
        let known = &mut self.tree.streams[stream];
        known.closed = true;
        let (wrap, len) = (known.wrap, known.len);
        let full = Wrap { outer: None, ..wrap }.around(len);
        if wrap.outer.is_some_and(|outer| full.saturating_sub(wrap.tail) > outer) {
            return Err(Failure::of(Why::Size, attr));
        }
        if let Some((segment, more)) = self.tree.measure(node, stream) {
            self.tree.grow(segment, more);
        }
        Ok(())
    }

    fn enter(&mut self, site: Site, ty: TypeId, args: &[ExprId]) -> Made<Cell> {
        let layout = self.layout;
        let mut cells = Vec::new();
        let outer = Site { segment: self.tree.objects[site.object].segment, ..site };
        for arg in args {
            let cell = match self.look(*arg, &outer.scope(), false) {
                Err(stop) if stop.is_open() => self.look(*arg, &outer.scope(), true),
                cell => cell,
            };
            cells.push(cell.map_err(|stop| stop.fail(site.attr, *arg))?);
        }
        let parent = self.parent(outer, ty).map_err(|_| Failure::of(Why::Missing, site.attr))?;
        let root = self.tree.objects[site.object].root;
        let object = self.object(ty, root, parent, Some(site.object), Some(site.attr), site.segment);
        self.follow(object, site);
        for (param, cell) in layout.types[ty].params.iter().zip(cells) {
            let row = self.row(object, *param);
            self.tree.set_cell(row, cell);
        }
        self.fields(object)?;
        Ok(Cell::Is(Value::Object(object)))
    }

    /// Solves an equation with what is there, so that the leaves that it depends on are decided.
    pub(super) fn define(&mut self, id: EquationId) -> bool {
        let equation = &self.tree.equations[id];
        if equation.done {
            return true;
        }
        let (expr, scope, target) = (equation.expr, equation.scope, equation.target);
        match target {
            Target::Base(segment) => self.place(segment).is_ok(),
            Target::Size(node) => {
                let open = match self.tree.nodes[node].shape {
                    Shape::Region(stream) if !self.tree.streams[stream].closed => Some(stream),
                    _ => None,
                };
                let Some(stream) = open else {
                    let size = self.tree.nodes[node].bits / 8;
                    let solved = self.solve(expr, Value::Int(i128::from(size)), &scope);
                    self.tree.equations[id].done |= solved;
                    return solved;
                };
                // Something in it asks for its size.
                let len = self.tree.streams[stream].len;
                let slack = self.entropy.below(32);
                [len + slack, len + 8, len + 16, len, len + 4, len + 64]
                    .into_iter()
                    .any(|size| self.solve(expr, Value::Int(i128::from(size)), &scope))
            }
        }
    }

    /// Whether what an equation defines can be what its expression comes to; if so it is that.
    pub(super) fn agree(&mut self, target: Target, size: u64) -> bool {
        match target {
            Target::Size(node) => match self.tree.nodes[node].shape {
                Shape::Region(stream) if self.tree.streams[stream].closed => {
                    self.tree.nodes[node].bits == size.saturating_mul(8)
                }
                Shape::Region(stream) => self.enclose(node, stream, size).is_ok(),
                _ => self.tree.nodes[node].bits == size.saturating_mul(8),
            },
            Target::Base(segment) => self.place_at(segment, size),
        }
    }
}
