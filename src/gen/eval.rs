//! Expressions over a tree that is not complete: their value, or what stands in its way.

use crate::layout::ty::Ty;
use crate::layout::{AttrId, Body, ExprId, ExprKind, Method};
use crate::limits;
use crate::schema::expr::Binary;
use crate::table::Id;
use crate::walk::eval;
use crate::walk::value::{ArrayId, StreamId};
use crate::walk::{ObjectId, Trouble, Value};

use super::facts::Step;
use super::failure::{Bound, Failure, Got, Made, Stop, Why};
use super::memory::Undo;
use super::run::Run;
use super::tree::{Cell, List, NodeId, Scope, SegmentId};

impl Run<'_> {
    /// The value of an expression; with `force`, open leaves that it needs are decided.
    pub(super) fn eval(&mut self, id: ExprId, scope: &Scope, force: bool) -> Got<Value> {
        if let ExprKind::Int(n) = self.layout.exprs[id].kind {
            return Ok(Value::Int(n));
        }
        let cell = self.look(id, scope, force)?;
        self.known(cell, force)
    }

    /// The value of a cell.
    #[inline]
    pub(super) fn known(&mut self, cell: Cell, force: bool) -> Got<Value> {
        match cell {
            Cell::Is(Value::Absent) | Cell::Opaque => Err(Trouble::Missing.into()),
            Cell::Is(value) => Ok(value),
            Cell::Node(node) => match self.tree.nodes[node].value {
                Value::Pending if force => {
                    self.choose(node)?;
                    match self.tree.nodes[node].value {
                        Value::Pending => Err(Stop::Node(node)),
                        value => Ok(value),
                    }
                }
                Value::Pending => Err(Stop::Node(node)),
                value => Ok(value),
            },
            Cell::Empty => Err(Stop::NotYet),
            Cell::Busy => Err(Trouble::Loop.into()),
        }
    }

    /// What an expression leads to: a value, or a leaf that may be open.
    pub(super) fn look(&mut self, id: ExprId, scope: &Scope, force: bool) -> Got<Cell> {
        // What most expressions end with takes no level.
        match &self.layout.exprs[id].kind {
            ExprKind::Int(n) => Ok(Cell::Is(Value::Int(*n))),
            ExprKind::This => Ok(Cell::Is(Value::Object(scope.this))),
            ExprKind::It => Ok(scope.it),
            _ => match self.trodden(id, scope) {
                Some(cell) => self.spend(1).map(|()| cell).map_err(Stop::from),
                None => self.deeper(|run| run.look_deeper(id, scope, force))?,
            },
        }
    }

    /// What a path leads to, if all on the way is there.
    fn trodden(&self, id: ExprId, scope: &Scope) -> Option<Cell> {
        let (last, way) = self.facts.path(id).split_last()?;
        let mut object = scope.this;
        for step in way {
            object = self.stepped(object, *step, scope)?;
        }
        match *last {
            Step::Field(row) => {
                let cell = self.tree.cell(self.tree.objects[object].cells + row);
                (!matches!(cell, Cell::Empty | Cell::Busy)).then_some(cell)
            }
            step => Some(Cell::Is(Value::Object(self.stepped(object, step, scope)?))),
        }
    }

    /// One step of a path from an object to another one.
    fn stepped(&self, object: ObjectId, step: Step, scope: &Scope) -> Option<ObjectId> {
        let at = &self.tree.objects[object];
        match step {
            Step::This => Some(scope.this),
            Step::Root(root) => self.tree.roots.get(root.row()).copied().flatten(),
            Step::Parent => at.parent,
            Step::Top => at.top,
            Step::Cast(ty) => (at.ty == ty).then_some(object),
            Step::Field(row) => match self.tree.cells.get(at.cells + row)? {
                Cell::Is(Value::Object(object)) => Some(*object),
                _ => None,
            },
        }
    }

    /// Goes one level further down the host's stack, if there is one.
    pub(super) fn deeper<T>(&mut self, go: impl FnOnce(&mut Self) -> T) -> Made<T> {
        self.spend(1)?;
        if self.nesting >= limits::GENERATED_NESTING {
            return Err(Failure { why: Why::Limit(Bound::Nesting), attr: None, expr: None });
        }
        self.nesting += 1;
        let made = go(self);
        self.nesting -= 1;
        Ok(made)
    }

    fn look_deeper(&mut self, id: ExprId, scope: &Scope, force: bool) -> Got<Cell> {
        let layout = self.layout;
        let is = |value| Ok(Cell::Is(value));
        match &layout.exprs[id].kind {
            ExprKind::Int(_) | ExprKind::This | ExprKind::It => self.look(id, scope, force),
            ExprKind::Float(n) => is(Value::Float(*n)),
            ExprKind::Bool(b) => is(Value::Bool(*b)),
            ExprKind::Str(_) => is(Value::Str(self.facts.literal(id))),
            ExprKind::Bytes(_) => is(Value::Bytes(self.facts.literal(id))),
            ExprKind::Index => is(Value::Int(i128::from(scope.index))),
            ExprKind::Root(root) => {
                let object = self.tree.roots.get(root.row()).copied().flatten();
                object.map(|o| Cell::Is(Value::Object(o))).ok_or(Stop::NotYet)
            }
            ExprKind::Parent(base) => {
                let object = self.object_of(*base, scope, force)?;
                let parent = self.tree.objects[object].parent;
                parent.map(|o| Cell::Is(Value::Object(o))).ok_or(Trouble::Missing.into())
            }
            ExprKind::Top(base) => {
                let object = self.object_of(*base, scope, force)?;
                let top = self.tree.objects[object].top;
                top.map(|o| Cell::Is(Value::Object(o))).ok_or(Trouble::Missing.into())
            }
            ExprKind::Io(base) => {
                let object = self.object_of(*base, scope, force)?;
                let stream = self.stream_of(self.tree.objects[object].segment);
                is(Value::Stream(stream))
            }
            ExprKind::Attr(base, attr) => {
                let object = self.object_of(*base, scope, force)?;
                self.member(object, *attr, force)
            }
            ExprKind::Cast(base, ty) => {
                let object = self.object_of(*base, scope, force)?;
                if self.tree.objects[object].ty == *ty {
                    is(Value::Object(object))
                } else {
                    Err(Trouble::OtherType.into())
                }
            }
            ExprKind::Retype(base) => {
                let cell = self.look(*base, scope, force)?;
                match (&layout.exprs[id].ty, cell) {
                    (Ty::Float, Cell::Is(Value::Int(n))) => is(Value::Float(eval::float(Value::Int(n)))),
                    (_, cell) => Ok(cell),
                }
            }
            ExprKind::Subscript(base, index) => self.subscript(*base, *index, scope, force),
            ExprKind::Unary(op, a) => {
                let a = self.eval(*a, scope, force)?;
                Ok(Cell::Is(eval::unary(*op, a)?))
            }
            ExprKind::Binary(op @ (Binary::And | Binary::Or), a, b) => {
                // One side alone may decide, whichever is known.
                let decides = Value::Bool(*op == Binary::Or);
                match self.eval(*a, scope, force) {
                    Ok(a) if a == decides => is(a),
                    Ok(_) => Ok(Cell::Is(self.eval(*b, scope, force)?)),
                    Err(stop @ (Stop::Node(_) | Stop::Size(_) | Stop::End(_))) => {
                        match self.eval(*b, scope, force) {
                            Ok(b) if b == decides => is(b),
                            _ => Err(stop),
                        }
                    }
                    Err(stop) => Err(stop),
                }
            }
            ExprKind::Binary(op, a, b) => {
                let left = match self.eval(*a, scope, force) {
                    Err(Stop::Node(_)) if self.is_avoided(*op, *a, *b, scope) => {
                        return is(Value::Bool(*op != Binary::Eq));
                    }
                    left => left?,
                };
                let right = self.eval(*b, scope, force)?;
                Ok(Cell::Is(eval::binary(*op, left, right, self.tree)?))
            }
            ExprKind::Choice(c, a, b) => match self.eval(*c, scope, force)? {
                Value::Bool(true) => self.look(*a, scope, force),
                _ => self.look(*b, scope, force),
            },
            ExprKind::List(items) => {
                let cells = items.iter().map(|i| self.look(*i, scope, force)).collect::<Got<Vec<_>>>()?;
                let array = self.tree.arrays.push(List { cells, values: Vec::new() });
                is(Value::Array(array))
            }
            ExprKind::Method(method, base, args) => self.method(*method, *base, args, scope, force),
            ExprKind::Capacity(capacity) => {
                let class = self.classes.get(scope.class);
                let value = class.and_then(|c| c.capacities.get(capacity.row()).copied().flatten());
                value.map(|n| Cell::Is(Value::Int(i128::from(n)))).ok_or(Trouble::Missing.into())
            }
            // Here a text is its own number.
            ExprKind::Intern(a) => self.look(*a, scope, force),
            ExprKind::Blank(a) => match self.look(*a, scope, force)? {
                Cell::Is(Value::Absent) => is(Value::Bool(true)),
                Cell::Is(Value::Array(array)) => is(Value::Bool(self.tree.arrays[array].cells.is_empty())),
                cell => {
                    let value = self.known(cell, force)?;
                    Ok(Cell::Is(Value::Bool(eval::is_blank(value, self.tree)?)))
                }
            },
        }
    }

    /// Whether a comparison is decided though its leaf is open: it must not be that value.
    fn is_avoided(&mut self, op: Binary, a: ExprId, b: ExprId, scope: &Scope) -> bool {
        let ExprKind::Int(n) = self.layout.exprs[b].kind else { return false };
        let told = matches!(op, Binary::Eq | Binary::Ne) || op == Binary::Gt && n == 0;
        match self.look(a, scope, false) {
            Ok(Cell::Node(node)) if told => self.tree.nodes[node].avoid == Some(n),
            _ => false,
        }
    }

    pub(super) fn object_of(&mut self, id: ExprId, scope: &Scope, force: bool) -> Got<ObjectId> {
        // Most paths begin at the object at hand.
        if matches!(self.layout.exprs[id].kind, ExprKind::This) {
            return Ok(scope.this);
        }
        match self.eval(id, scope, force)? {
            Value::Object(object) => Ok(object),
            _ => Err(Trouble::OtherType.into()),
        }
    }

    /// A field or an instance of an object; an instance is made first.
    pub(super) fn member(&mut self, object: ObjectId, attr: AttrId, force: bool) -> Got<Cell> {
        let row = self.row(object, attr);
        match self.tree.cell(row) {
            Cell::Empty => {}
            Cell::Busy => return Err(Trouble::Loop.into()),
            cell => return Ok(cell),
        }
        let layout = self.layout;
        let field = &layout.attrs[attr];
        if !field.instance {
            return Err(Stop::NotYet);
        }
        self.tree.set_cell(row, Cell::Busy);
        let found = match field.body {
            Body::Value(value) => self.calculated(object, attr, value, force),
            _ => self.instance(object, attr),
        };
        match found {
            Ok(cell) => {
                self.tree.set_cell(row, cell);
                if matches!(field.body, Body::Value(_)) {
                    self.tree.trail.push(Undo::Cell(row));
                }
                Ok(cell)
            }
            Err(stop) => {
                self.tree.set_cell(row, Cell::Empty);
                Err(stop)
            }
        }
    }

    fn calculated(&mut self, object: ObjectId, attr: AttrId, value: ExprId, force: bool) -> Got<Cell> {
        let scope = self.scope(object);
        if let Some(condition) = self.layout.attrs[attr].condition
            && self.eval(condition, &scope, force)? != Value::Bool(true)
        {
            return Ok(Cell::Is(Value::Absent));
        }
        self.look(value, &scope, force)
    }

    /// What names mean in the expressions of an object's fields.
    pub(super) fn scope(&self, object: ObjectId) -> Scope {
        Scope { segment: Some(self.tree.objects[object].segment), ..Scope::of(object) }
    }

    fn subscript(&mut self, base: ExprId, index: ExprId, scope: &Scope, force: bool) -> Got<Cell> {
        let base = self.eval(base, scope, force)?;
        let Value::Array(array) = base else {
            let index = self.eval(index, scope, force)?;
            return Ok(Cell::Is(eval::subscript(base, index, self.tree)?));
        };
        let len = self.tree.arrays[array].cells.len();
        let last = i128::try_from(len).unwrap_or(i128::MAX) - 1;
        let index = if force { self.aim(index, scope, 0, last)? } else { self.eval(index, scope, false)? };
        let Value::Int(index) = index else { return Err(Trouble::OtherType.into()) };
        let cell = usize::try_from(index).ok().and_then(|row| self.tree.arrays[array].cells.get(row));
        cell.copied().ok_or(Trouble::Index { index, len: len as u64 }.into())
    }

    fn method(
        &mut self,
        method: Method,
        base_expr: ExprId,
        args: &[ExprId],
        scope: &Scope,
        force: bool,
    ) -> Got<Cell> {
        let is = |value| Ok(Cell::Is(value));
        if matches!(method, Method::ToInt) {
            // What an open truth value or member is as a number is as open.
            let cell = self.look(base_expr, scope, force)?;
            let value = self.known(cell, force)?;
            return Ok(Cell::Is(eval::method(method, value, &[], self.tree)?));
        }
        if method == Method::Length
            && let Ok(Cell::Node(node)) = self.look(base_expr, scope, false)
            && let Some(len) = self.open_length(node)
        {
            return is(Value::Int(len));
        }
        let base = self.eval(base_expr, scope, force)?;
        match (method, base) {
            (Method::Length, Value::Array(array)) => {
                let len = self.tree.arrays[array].cells.len();
                is(Value::Int(i128::try_from(len).unwrap_or(i128::MAX)))
            }
            (Method::First, Value::Array(array)) => self.element_of(array, Some(0)),
            (Method::Last, Value::Array(array)) => {
                let last = self.tree.arrays[array].cells.len().checked_sub(1);
                self.element_of(array, last)
            }
            (Method::StreamSize, Value::Stream(stream)) => {
                is(Value::Int(i128::from(self.stream_size(stream, force)?)))
            }
            (Method::StreamPos, Value::Stream(stream)) => {
                let segment = self.segment_in(stream, scope);
                if let Some(pos) = scope.pos.filter(|_| segment == scope.segment) {
                    return is(Value::Int(i128::from(pos)));
                }
                if let Some(segment) = segment.filter(|_| force) {
                    self.place(segment)?;
                }
                match segment.and_then(|segment| self.tree.here(segment)) {
                    Some(here) => is(Value::Int(i128::from(here))),
                    None => Err(segment.map_or(Stop::NotYet, Stop::Place)),
                }
            }
            (Method::StreamEof, Value::Stream(stream)) => {
                let Some(segment) = self.segment_in(stream, scope) else { return Err(Stop::NotYet) };
                match self.is_end(segment) {
                    Some(end) => is(Value::Bool(end)),
                    None => Err(Stop::End(segment)),
                }
            }
            (method, base) => {
                if let Value::Array(array) = base {
                    self.list_values(array, force)?;
                }
                let args = args.iter().map(|a| self.eval(*a, scope, force)).collect::<Got<Vec<_>>>()?;
                Ok(Cell::Is(eval::method(method, base, &args, self.tree)?))
            }
        }
    }

    /// The length of bytes that are open.
    fn open_length(&self, node: NodeId) -> Option<i128> {
        let node = &self.tree.nodes[node];
        (node.value == Value::Pending && self.layout.attrs[node.attr].element == Ty::Bytes)
            .then(|| i128::from(node.bits / 8))
    }

    fn element_of(&self, array: ArrayId, row: Option<usize>) -> Got<Cell> {
        let cells = &self.tree.arrays[array].cells;
        let cell = row.and_then(|row| cells.get(row)).copied();
        cell.ok_or(Trouble::Index { index: 0, len: cells.len() as u64 }.into())
    }

    /// All values of a list, where the operators find them.
    fn list_values(&mut self, array: ArrayId, force: bool) -> Got<()> {
        let cells = self.tree.arrays[array].cells.clone();
        let values = cells.into_iter().map(|cell| self.known(cell, force)).collect::<Got<Vec<_>>>()?;
        self.tree.arrays[array].values = values;
        Ok(())
    }

    fn segment_in(&self, stream: StreamId, scope: &Scope) -> Option<SegmentId> {
        let own = scope.segment.filter(|segment| self.stream_of(*segment) == stream);
        own.or_else(|| self.tree.streams[stream].segments.first().copied())
    }

    /// Whether a segment ends here, where that is decided.
    pub(super) fn is_end(&self, segment: SegmentId) -> Option<bool> {
        let stream = &self.tree.streams[self.stream_of(segment)];
        let here = self.tree.here(segment)?;
        if stream.ended {
            return Some(true);
        }
        let fixed = stream.fixed?;
        Some(here >= fixed && self.tree.segments[segment].bits.is_multiple_of(8))
    }

    /// The size of a stream, decided now if need be.
    pub(super) fn stream_size(&mut self, stream: StreamId, force: bool) -> Got<u64> {
        let known = &self.tree.streams[stream];
        match known.fixed {
            Some(fixed) => Ok(fixed),
            None if known.settled => Ok(known.len),
            None if force && !known.closed => {
                let size = known.len + self.entropy.below(16);
                self.fix(stream, size)?;
                Ok(size)
            }
            None => Err(Stop::Size(stream)),
        }
    }
}
