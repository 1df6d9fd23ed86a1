//! Expressions backwards: open leaves are decided such that an expression comes to a value.

use crate::layout::ty::Ty;
use crate::layout::{Body, ExprId, ExprKind, Method};
use crate::schema::expr::{Binary, Unary};
use crate::walk::eval;
use crate::walk::{Value, number};

use super::facts::is_comparison;
use super::failure::Stop;
use super::run::Run;
use super::tree::{Cell, Scope};

impl Run<'_> {
    /// Decides open leaves such that an expression has a value; nothing is decided if that cannot be.
    pub(super) fn solve(&mut self, id: ExprId, target: Value, scope: &Scope) -> bool {
        match self.look(id, scope, false) {
            Ok(Cell::Node(node)) => return self.assign(node, target, false),
            Ok(cell) => return self.known(cell, false).is_ok_and(|value| self.same(value, target)),
            Err(stop) if stop.is_open() => {}
            Err(_) => return false,
        }
        let before = self.tree.trail.len();
        let done = self.deeper(|run| run.invert(id, target, scope)) == Ok(true)
            && match self.eval(id, scope, false) {
                Ok(value) => self.same(value, target),
                // That something follows is known when it does.
                Err(stop) => matches!(stop, Stop::End(_)),
            };
        if !done {
            self.tree.undo(before);
        }
        done
    }

    pub(super) fn same(&mut self, a: Value, b: Value) -> bool {
        eval::equal(a, b, self.tree).unwrap_or(false)
    }

    pub(super) fn invert(&mut self, id: ExprId, target: Value, scope: &Scope) -> bool {
        let layout = self.layout;
        match (&layout.exprs[id].kind, target) {
            (ExprKind::It | ExprKind::Attr(..) | ExprKind::Subscript(..) | ExprKind::Cast(..), _) => {
                self.invert_path(id, target, scope)
            }
            (ExprKind::Method(Method::First | Method::Last, ..), _) => self.invert_path(id, target, scope),
            (ExprKind::Retype(a), _) => self.solve(*a, target, scope),
            (ExprKind::Unary(Unary::Minus, a), Value::Int(n)) => {
                n.checked_neg().is_some_and(|n| self.solve(*a, Value::Int(n), scope))
            }
            (ExprKind::Unary(Unary::Invert, a), Value::Int(n)) => self.solve(*a, Value::Int(!n), scope),
            (ExprKind::Binary(op, ..), Value::Bool(want)) if is_comparison(*op) => {
                self.satisfy(id, want, scope)
            }
            (
                ExprKind::Unary(Unary::Not, _) | ExprKind::Binary(Binary::And | Binary::Or, ..),
                Value::Bool(want),
            ) => self.satisfy(id, want, scope),
            (ExprKind::Binary(op, a, b), Value::Int(n)) => self.arithmetic(*op, *a, *b, n, scope),
            (ExprKind::Choice(c, a, b), _) => {
                let (c, a, b) = (*c, *a, *b);
                let first = self.entropy.percent(50);
                [first, !first].into_iter().any(|want| {
                    let before = self.tree.trail.len();
                    let branch = if want { a } else { b };
                    let done = self.satisfy(c, want, scope) && self.solve(branch, target, scope);
                    if !done {
                        self.tree.undo(before);
                    }
                    done
                })
            }
            (ExprKind::Method(Method::ToInt, a, _), Value::Int(n)) => match layout.exprs[*a].ty {
                Ty::Bool => (0..=1).contains(&n) && self.solve(*a, Value::Bool(n == 1), scope),
                _ => self.solve(*a, target, scope),
            },
            (ExprKind::Method(Method::ParseInt, a, _), Value::Int(_)) => match self.look(*a, scope, false) {
                Ok(Cell::Node(node)) => self.assign(node, target, false),
                _ => false,
            },
            (ExprKind::Method(Method::StreamSize, a, _), Value::Int(n)) => {
                let Ok(Value::Stream(stream)) = self.eval(*a, scope, false) else { return false };
                u64::try_from(n).is_ok_and(|size| self.fix(stream, size).is_ok())
            }
            (ExprKind::Method(Method::StreamEof, ..), Value::Bool(want)) => self.satisfy(id, want, scope),
            _ => false,
        }
    }

    /// A path that leads to an open leaf, or to a value that is calculated from some.
    pub(super) fn invert_path(&mut self, id: ExprId, target: Value, scope: &Scope) -> bool {
        match self.look(id, scope, false) {
            Ok(Cell::Node(node)) => return self.assign(node, target, false),
            Ok(_) => return false,
            Err(_) => {}
        }
        if let ExprKind::Attr(base, attr) = self.layout.exprs[id].kind
            && let Body::Value(value) = self.layout.attrs[attr].body
        {
            let Ok(object) = self.object_of(base, scope, true) else { return false };
            let inner = self.scope(object);
            if let Some(condition) = self.layout.attrs[attr].condition
                && !self.satisfy(condition, true, &inner)
            {
                return false;
            }
            return self.solve(value, target, &inner);
        }
        // An index or an object on the way is open.
        match self.look(id, scope, true) {
            Ok(Cell::Node(node)) => self.assign(node, target, false),
            Ok(cell) => self.known(cell, false).is_ok_and(|value| self.same(value, target)),
            Err(_) => false,
        }
    }

    fn arithmetic(&mut self, op: Binary, a: ExprId, b: ExprId, target: i128, scope: &Scope) -> bool {
        let left = self.eval(a, scope, false);
        let right = self.eval(b, scope, false);
        match (left, right) {
            (Ok(Value::Int(a)), Err(_)) => {
                before(op, a, target).into_iter().flatten().any(|t| self.solve(b, Value::Int(t), scope))
            }
            (Err(_), Ok(Value::Int(b))) => {
                behind(op, b, target).into_iter().flatten().any(|t| self.solve(a, Value::Int(t), scope))
            }
            (Err(_), Err(_)) => {
                let neutral = match op {
                    Binary::Mul | Binary::Div => 1,
                    _ => 0,
                };
                let start = self.tree.trail.len();
                if self.solve(b, Value::Int(neutral), scope) && self.arithmetic_left(op, a, b, target, scope)
                {
                    return true;
                }
                self.tree.undo(start);
                if op != Binary::Div
                    && op != Binary::Sub
                    && self.solve(a, Value::Int(neutral), scope)
                    && self.solve(b, Value::Int(target), scope)
                {
                    return true;
                }
                self.tree.undo(start);
                self.eval(b, scope, true).is_ok() && self.arithmetic_left(op, a, b, target, scope)
            }
            _ => false,
        }
    }

    fn arithmetic_left(&mut self, op: Binary, a: ExprId, b: ExprId, target: i128, scope: &Scope) -> bool {
        let Ok(Value::Int(b)) = self.eval(b, scope, false) else { return false };
        behind(op, b, target).into_iter().flatten().any(|t| self.solve(a, Value::Int(t), scope))
    }
}

/// What must stand before the operator: x such that `x op b` is the target.
fn behind(op: Binary, b: i128, target: i128) -> [Option<i128>; 2] {
    let one = |value| [value, None];
    match op {
        Binary::Add => one(target.checked_sub(b)),
        Binary::Sub => one(target.checked_add(b)),
        Binary::Mul if b != 0 => one((target % b == 0).then(|| target / b)),
        Binary::Mul if target == 0 => [Some(1), Some(0)],
        Binary::Div => one(target.checked_mul(b)),
        Binary::Mod => [Some(target), target.checked_add(b)],
        Binary::BitAnd => one((target & !b == 0).then_some(target)),
        Binary::BitOr => [Some(target & !b), Some(target)],
        Binary::BitXor => one(Some(target ^ b)),
        Binary::Shl => one(number::binary(Binary::Shr, target, b).ok()),
        Binary::Shr => one(number::binary(Binary::Shl, target, b).ok()),
        _ => one(None),
    }
}

/// What must stand behind the operator: x such that `a op x` is the target.
fn before(op: Binary, a: i128, target: i128) -> [Option<i128>; 2] {
    let one = |value| [value, None];
    match op {
        Binary::Sub => one(a.checked_sub(target)),
        Binary::Div if target != 0 => one(a.checked_div(target)),
        Binary::Div => one(a.checked_abs().and_then(|a| a.checked_add(1))),
        Binary::Mod => one(a.checked_sub(target).filter(|x| *x > target)),
        Binary::Shl | Binary::Shr => one((0..64).find(|by| number::binary(op, a, *by) == Ok(target))),
        commutes => behind(commutes, a, target),
    }
}
