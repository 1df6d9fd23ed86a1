//! Conditions backwards: open leaves are decided such that something holds, or does not.

use crate::layout::ty::{Range, Ty};
use crate::layout::{ExprId, ExprKind, Method};
use crate::schema::expr::{Binary, Unary};
use crate::walk::value::StreamId;
use crate::walk::{Value, eval};

use super::failure::{Failure, Got, Made, Stop, Why};
use super::memory::Undo;
use super::run::Run;
use super::tree::{Cell, Scope, SegmentId, Within};

/// Values that are tried for one open side of a comparison.
const TRIES: u32 = 8;

impl Run<'_> {
    /// Decides open leaves such that a condition holds, or does not; nothing is decided if that cannot be.
    pub(super) fn satisfy(&mut self, id: ExprId, want: bool, scope: &Scope) -> bool {
        let layout = self.layout;
        // What looks at its own parts one by one need not be looked at as a whole before.
        let parts = matches!(
            layout.exprs[id].kind,
            ExprKind::Unary(Unary::Not, _)
                | ExprKind::Binary(Binary::And | Binary::Or | Binary::Eq | Binary::Ne, ..)
        );
        if !parts {
            match self.eval(id, scope, false) {
                Ok(value) => return value == Value::Bool(want),
                Err(stop) if stop.is_open() => {}
                Err(_) => return false,
            }
        }
        self.inclined(id, want, scope)
    }

    /// Like [`Run::incline`], but nothing is decided if that cannot be.
    fn inclined(&mut self, id: ExprId, want: bool, scope: &Scope) -> bool {
        let before = self.tree.trail.len();
        let done = self.deeper(|run| run.incline(id, want, scope)) == Ok(true);
        if !done {
            self.tree.undo(before);
        }
        done
    }

    fn incline(&mut self, id: ExprId, want: bool, scope: &Scope) -> bool {
        let layout = self.layout;
        match &layout.exprs[id].kind {
            ExprKind::Unary(Unary::Not, a) => self.satisfy(*a, !want, scope),
            ExprKind::Binary(op @ (Binary::And | Binary::Or), a, b) => {
                if want == (*op == Binary::And) {
                    return self.satisfy(*a, want, scope) && self.satisfy(*b, want, scope);
                }
                self.either(*a, *b, want, scope)
            }
            ExprKind::Binary(op @ (Binary::Eq | Binary::Ne), a, b) => {
                if want == (*op == Binary::Eq) {
                    self.equalise(*a, *b, scope)
                } else {
                    self.differ(*a, *b, scope)
                }
            }
            ExprKind::Binary(op @ (Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge), a, b) => {
                let op = match (op, want) {
                    (op, true) => *op,
                    (Binary::Lt, _) => Binary::Ge,
                    (Binary::Le, _) => Binary::Gt,
                    (Binary::Gt, _) => Binary::Le,
                    _ => Binary::Lt,
                };
                self.order(op, *a, *b, scope)
            }
            ExprKind::Choice(..) | ExprKind::Retype(_) => self.invert(id, Value::Bool(want), scope),
            ExprKind::It | ExprKind::Attr(..) | ExprKind::Subscript(..) => {
                self.invert_path(id, Value::Bool(want), scope)
            }
            ExprKind::Method(Method::StreamEof, ..) => match self.eval(id, scope, false) {
                Err(Stop::End(segment)) => self.end(segment, want),
                _ => false,
            },
            _ => self.eval(id, scope, true).is_ok_and(|value| value == Value::Bool(want)),
        }
    }

    /// Decides one of two conditions, if none is as it is wanted.
    fn either(&mut self, a: ExprId, b: ExprId, want: bool, scope: &Scope) -> bool {
        let mut open = [None; 2];
        for (side, place) in [a, b].into_iter().zip(&mut open) {
            match self.eval(side, scope, false) {
                Ok(value) if value == Value::Bool(want) => return true,
                Err(stop) if stop.is_open() => *place = Some(side),
                Ok(_) => {}
                // The second one counts only where the first one does not decide.
                Err(_) if side == b => {}
                Err(_) => return false,
            }
        }
        let [first, second] = open;
        let turned = first.is_some() && second.is_some() && self.entropy.percent(50);
        let order = if turned { [second, first] } else { [first, second] };
        order.into_iter().flatten().any(|side| self.inclined(side, want, scope))
    }

    pub(super) fn equalise(&mut self, a: ExprId, b: ExprId, scope: &Scope) -> bool {
        match (self.eval(a, scope, false), self.eval(b, scope, false)) {
            (Ok(value), Err(_)) => self.solve(b, value, scope),
            (Err(_), Ok(value)) => self.solve(a, value, scope),
            (Err(_), Err(_)) => {
                let start = self.tree.trail.len();
                for (first, second) in [(b, a), (a, b)] {
                    if let Ok(value) = self.eval(first, scope, true)
                        && self.solve(second, value, scope)
                    {
                        return true;
                    }
                    self.tree.undo(start);
                }
                false
            }
            (Ok(a), Ok(b)) => self.same(a, b),
        }
    }

    pub(super) fn differ(&mut self, a: ExprId, b: ExprId, scope: &Scope) -> bool {
        // What is solved for later is kept open: it is enough to know what it must not be.
        if let (Ok(Cell::Node(node)), Ok(Value::Int(n))) =
            (self.look(a, scope, false), self.eval(b, scope, false))
            && self.tree.nodes[node].value == Value::Pending
        {
            let (attr, known) = (self.tree.nodes[node].attr, self.tree.nodes[node].avoid);
            let fact = self.facts.attr(attr);
            if known == Some(n) {
                return true;
            }
            if (fact.position || fact.size) && known.is_none() {
                self.tree.trail.push(Undo::Avoid(node, known));
                self.tree.nodes[node].avoid = Some(n);
                return true;
            }
        }
        let start = self.tree.trail.len();
        for _ in 0..TRIES {
            if let (Ok(a), Ok(b)) = (self.eval(a, scope, true), self.eval(b, scope, true))
                && !self.same(a, b)
            {
                return true;
            }
            if self.tree.trail.len() == start {
                // Nothing was open.
                return false;
            }
            self.tree.undo(start);
        }
        false
    }

    pub(super) fn order(&mut self, op: Binary, a: ExprId, b: ExprId, scope: &Scope) -> bool {
        if !matches!(self.layout.exprs[a].ty, Ty::Int(_)) || !matches!(self.layout.exprs[b].ty, Ty::Int(_)) {
            return self.compared(op, a, b, scope);
        }
        match (self.eval(a, scope, false), self.eval(b, scope, false)) {
            (Err(_), Ok(Value::Int(n))) => self.reach(a, scope, beside(op, n)),
            (Ok(Value::Int(n)), Err(_)) => self.reach(b, scope, beside(turned(op), n)),
            (Err(_), Err(_)) => {
                let start = self.tree.trail.len();
                for (first, _) in [(b, a), (a, b)] {
                    if self.eval(first, scope, true).is_ok() && self.order(op, a, b, scope) {
                        return true;
                    }
                    self.tree.undo(start);
                }
                false
            }
            (Ok(a), Ok(b)) => eval::binary(op, a, b, self.tree) == Ok(Value::Bool(true)),
            _ => false,
        }
    }

    /// Decides both sides of a comparison, and looks whether it holds.
    pub(super) fn compared(&mut self, op: Binary, a: ExprId, b: ExprId, scope: &Scope) -> bool {
        let start = self.tree.trail.len();
        for _ in 0..TRIES {
            if let (Ok(a), Ok(b)) = (self.eval(a, scope, true), self.eval(b, scope, true))
                && eval::binary(op, a, b, self.tree) == Ok(Value::Bool(true))
            {
                return true;
            }
            self.tree.undo(start);
        }
        false
    }

    /// Decides open leaves such that an integer is in a range.
    fn reach(&mut self, id: ExprId, scope: &Scope, Range { min, max }: Range) -> bool {
        let Ty::Int(Range { min: least, max: most }) = self.layout.exprs[id].ty else { return false };
        let (min, max) = (min.max(least), max.min(most));
        if min > max {
            return false;
        }
        let near = max.min(min.saturating_add(8));
        for turn in 0..TRIES {
            let value = match turn {
                0 | 1 => self.entropy.within(min, near),
                2 => min,
                3 => max,
                _ => self.entropy.within(min, max),
            };
            if self.solve(id, Value::Int(value), scope) {
                return true;
            }
        }
        false
    }

    /// The value of an integer, in a range if it is open and can be.
    pub(super) fn aim(&mut self, id: ExprId, scope: &Scope, min: i128, max: i128) -> Got<Value> {
        match self.eval(id, scope, false) {
            Err(Stop::Node(_) | Stop::Size(_)) if min <= max => {
                for _ in 0..4 {
                    let value = Value::Int(self.entropy.within(min, max));
                    if self.solve(id, value, scope) {
                        return Ok(value);
                    }
                }
                self.eval(id, scope, true)
            }
            Err(Stop::Node(_) | Stop::Size(_) | Stop::End(_)) => self.eval(id, scope, true),
            known => known,
        }
    }

    /// Whether a segment ends here is decided now.
    pub(super) fn end(&mut self, segment: SegmentId, want: bool) -> bool {
        let stream = self.stream_of(segment);
        match (want, self.tree.here(segment)) {
            // Something must follow: what follows says how much.
            (false, _) => true,
            (true, Some(here)) => self.fix(stream, here).is_ok(),
            (true, None) => false,
        }
    }

    /// A stream has so many bytes, whatever its content.
    pub(super) fn fix(&mut self, stream: StreamId, size: u64) -> Made {
        let known = &self.tree.streams[stream];
        let (len, fixed, closed) = (known.len, known.fixed, known.closed);
        let fits = len <= size && fixed.is_none_or(|fixed| fixed == size);
        if !fits || size > self.most.saturating_mul(4) {
            return Err(Failure { why: Why::Size, attr: None, expr: None });
        }
        self.tree.trail.push(Undo::Fixed(stream, fixed));
        self.tree.streams[stream].fixed = Some(size);
        if closed
            && let Within::Region(node) | Within::Wrapped(node) = self.tree.streams[stream].within
            && let Some((segment, more)) = self.tree.measure(node, stream)
        {
            self.tree.grow(segment, more);
        }
        Ok(())
    }
}

/// The integers that a comparison with a number holds for; all, if it is none that bounds them.
pub(super) fn beside(op: Binary, n: i128) -> Range {
    let (min, max) = match op {
        Binary::Lt => (i128::MIN, n.saturating_sub(1)),
        Binary::Le => (i128::MIN, n),
        Binary::Gt => (n.saturating_add(1), i128::MAX),
        Binary::Ge => (n, i128::MAX),
        Binary::Eq => (n, n),
        _ => (i128::MIN, i128::MAX),
    };
    Range { min, max }
}

/// The same comparison with its sides exchanged.
pub(super) fn turned(op: Binary) -> Binary {
    match op {
        Binary::Lt => Binary::Gt,
        Binary::Le => Binary::Ge,
        Binary::Gt => Binary::Lt,
        Binary::Ge => Binary::Le,
        op => op,
    }
}
