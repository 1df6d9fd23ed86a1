//! Values of open leaves: chosen, or assigned because something else needs them so.

use crate::layout::ty::Range;
use crate::layout::{ExprId, ExprKind, IntFormat, ValidKind};
use crate::schema::expr::Binary;
use crate::walk::Value;
use crate::walk::eval;
use crate::walk::memory::Memory;

use super::facts::is_comparison;
use super::failure::{Failure, Made, Stop, Why};
use super::memory::Undo;
use super::run::Run;
use super::satisfy::{beside, turned};
use super::tree::{Cell, NodeId, Scope, Shape};

/// Values that are tried before a leaf is given up.
const CANDIDATES: u32 = 12;

impl Run<'_> {
    /// Decides an open leaf.
    pub(super) fn choose(&mut self, node: NodeId) -> Made {
        self.deeper(|run| run.choose_deeper(node))?
    }

    fn choose_deeper(&mut self, node: NodeId) -> Made {
        if let Some(equation) = self.tree.nodes[node].equation
            && !self.tree.equations[equation].done
        {
            self.define(equation);
            if self.tree.nodes[node].value != Value::Pending {
                return Ok(());
            }
        }
        if let Some(value) = self.drafted_value(node)
            && self.assign(node, value, true)
        {
            return Ok(());
        }
        if self.by_constraint(node) {
            return Ok(());
        }
        let range = self.range(node);
        for _ in 0..CANDIDATES {
            let value = self.candidate(node, range);
            if self.assign(node, value, true) {
                return Ok(());
            }
        }
        let attr = self.tree.nodes[node].attr;
        if let Some(ValidKind::Expr(expr)) = self.layout.attrs[attr].valid.as_ref().map(|v| &v.kind) {
            let scope = self.scope_of(node);
            if self.satisfy(*expr, true, &scope) && self.tree.nodes[node].value != Value::Pending {
                return Ok(());
            }
        }
        Err(Failure::of(Why::Value, attr))
    }

    /// What names mean in the constraint of a leaf.
    fn scope_of(&self, node: NodeId) -> Scope {
        let at = &self.tree.nodes[node];
        Scope { it: Cell::Node(node), index: at.index, segment: Some(at.segment), ..Scope::of(at.object) }
    }

    /// A value that the constraint names.
    fn by_constraint(&mut self, node: NodeId) -> bool {
        let layout = self.layout;
        let attr = self.tree.nodes[node].attr;
        let Some(valid) = &layout.attrs[attr].valid else { return false };
        let scope = self.scope_of(node);
        match &valid.kind {
            ValidKind::Eq(expr) => match self.eval(*expr, &scope, true) {
                Ok(value) => self.assign(node, value, true),
                Err(_) => false,
            },
            ValidKind::AnyOf(items) => {
                let start = self.entropy.row(items.len());
                let rotated = items.iter().cycle().skip(start).take(items.len());
                rotated.into_iter().any(|item| match self.eval(*item, &scope, true) {
                    Ok(value) => self.assign(node, value, true),
                    Err(_) => false,
                })
            }
            ValidKind::InEnum(of) => {
                let members = &layout.enums[*of].members;
                let start = self.entropy.row(members.len());
                let rotated = members.iter().cycle().skip(start).take(members.len());
                rotated.into_iter().any(|(value, _)| self.assign(node, Value::Int(*value), true))
            }
            ValidKind::Range(min, max) => {
                let Some(domain) = domain(self.tree.nodes[node].shape) else { return false };
                let mut bound = |expr: &Option<_>, free: i128| match expr {
                    None => Some(free),
                    Some(expr) => match self.eval(*expr, &scope, true) {
                        Ok(Value::Int(n)) => Some(n),
                        _ => None,
                    },
                };
                let (Some(least), Some(most)) = (bound(min, domain.min), bound(max, domain.max)) else {
                    return false;
                };
                let (least, most) = (least.max(domain.min), most.min(domain.max));
                if least > most {
                    return false;
                }
                (0..4).any(|turn| {
                    let near = most.min(least.saturating_add(4));
                    let value = match (turn, self.entropy.below(8)) {
                        (0, 0) => least,
                        (0, 1) => most,
                        (_, n) if n < 5 && self.facts.attr(attr).size => self.entropy.within(least, near),
                        _ => self.entropy.within(least, most),
                    };
                    self.assign(node, Value::Int(value), true)
                })
            }
            ValidKind::Expr(_) => false,
        }
    }

    /// The integers that a leaf can hold, less those that its constraint excludes by a comparison.
    fn range(&mut self, id: NodeId) -> Range {
        let node = &self.tree.nodes[id];
        let Some(range) = domain(node.shape) else { return Range::only(0) };
        match self.layout.attrs[node.attr].valid.as_ref().map(|valid| &valid.kind) {
            Some(ValidKind::Expr(expr)) => {
                let scope = self.scope_of(id);
                let left = self.narrowed(*expr, &scope, range);
                if left.min <= left.max { left } else { range }
            }
            _ => range,
        }
    }

    /// What is left of a range by each comparison of `_` that must hold for a condition to do so.
    fn narrowed(&mut self, id: ExprId, scope: &Scope, range: Range) -> Range {
        let layout = self.layout;
        let ExprKind::Binary(op, a, b) = &layout.exprs[id].kind else { return range };
        if *op == Binary::And {
            let range = self.narrowed(*a, scope, range);
            return self.narrowed(*b, scope, range);
        }
        let is_it = |side: ExprId| layout.exprs[side].kind == ExprKind::It;
        let (op, other) = match (is_it(*a), is_it(*b)) {
            (true, false) => (*op, *b),
            (false, true) => (turned(*op), *a),
            _ => return range,
        };
        if !is_comparison(op) || op == Binary::Ne {
            return range;
        }
        let Ok(Value::Int(n)) = self.eval(other, scope, true) else { return range };
        let Range { min, max } = beside(op, n);
        Range { min: range.min.max(min), max: range.max.min(max) }
    }

    /// A value that a leaf could have, if it is an integer one of the range.
    fn candidate(&mut self, id: NodeId, range: Range) -> Value {
        let node = &self.tree.nodes[id];
        let (shape, attr, bits) = (node.shape, node.attr, node.bits);
        let fact = self.facts.attr(attr);
        if !fact.constants.is_empty() && self.entropy.percent(75) {
            let row = self.entropy.row(fact.constants.len());
            if let Some(value) = fact.constants.get(row) {
                return *value;
            }
        }
        match shape {
            Shape::Bits(1, _, true) => {
                Value::Bool(self.entropy.percent(if self.is_late() { 10 } else { 50 }))
            }
            Shape::Float(..) => Value::Float(self.small_float()),
            Shape::Digits => Value::Int(i128::from(self.entropy.below(16))),
            Shape::Int(..) | Shape::Bits(..) => {
                let Range { min, max } = range;
                let value = if fact.size {
                    self.entropy.within(0, if self.is_late() { 1 } else { 6 })
                } else if fact.position {
                    self.entropy.within(16, 256) * 4
                } else {
                    match self.entropy.below(if fact.asked { 12 } else { 20 }) {
                        0 => min,
                        1 => max,
                        2..9 => self.entropy.within(0, 16),
                        _ => self.entropy.within(min, max),
                    }
                };
                Value::Int(value.clamp(min, max))
            }
            Shape::Bytes | Shape::Region(_) | Shape::Mark => {
                let len = usize::try_from(bits / 8).unwrap_or(0);
                let bytes: Vec<u8> = (0..len).map(|_| self.letter()).collect();
                let slice = self.tree.compute(&bytes);
                Value::Bytes(slice)
            }
        }
    }

    pub(super) fn letter(&mut self) -> u8 {
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz012345";
        LETTERS.get(self.entropy.row(32)).copied().unwrap_or(b'a')
    }

    fn small_float(&mut self) -> f64 {
        let halves = i32::try_from(self.entropy.within(-200, 200)).unwrap_or(0);
        f64::from(halves) / 2.0
    }

    /// Gives an open leaf a value, if it can have it; with `force`, its constraint may decide others.
    pub(super) fn assign(&mut self, id: NodeId, value: Value, force: bool) -> bool {
        let node = &self.tree.nodes[id];
        if node.value != Value::Pending {
            let known = node.value;
            return self.same(known, value);
        }
        if node.avoid.is_some_and(|avoid| value == Value::Int(avoid)) {
            return false;
        }
        let before = self.tree.trail.len();
        let Some(value) = self.fitted(id, value) else { return false };
        self.tree.nodes[id].value = value;
        self.tree.trail.push(Undo::Node(id));
        if self.is_valid(id, force) && self.defines(id) {
            return true;
        }
        self.tree.undo(before);
        false
    }

    /// The value as the leaf holds it, if its bytes can say it.
    pub(super) fn fitted(&mut self, id: NodeId, value: Value) -> Option<Value> {
        let node = &self.tree.nodes[id];
        match (node.shape, value) {
            (Shape::Bits(1, _, true), Value::Bool(_)) => Some(value),
            (Shape::Bits(1, _, true), _) => None,
            (Shape::Int(..) | Shape::Bits(..), Value::Int(n)) => {
                let Range { min, max } = domain(node.shape)?;
                (min <= n && n <= max).then_some(value)
            }
            (Shape::Float(size, _), Value::Int(_) | Value::Float(_)) => {
                let wide = eval::float(value);
                let exact = size == 8 || f64::from(narrow(wide)) == wide;
                exact.then_some(Value::Float(wide))
            }
            (Shape::Digits, Value::Int(n)) => {
                let radix = self.facts.attr(node.attr).radix?;
                let room = usize::try_from(node.bits / 8).ok()?;
                let digits = digits(u64::try_from(n).ok()?, radix, room)?;
                let raw = self.tree.compute(&digits);
                self.tree.nodes[id].raw = raw;
                Some(Value::Str(raw))
            }
            (Shape::Digits, Value::Str(slice) | Value::Bytes(slice)) if slice.len == node.bits / 8 => {
                self.tree.nodes[id].raw = slice;
                Some(Value::Str(slice))
            }
            (Shape::Bytes, Value::Bytes(slice) | Value::Str(slice)) if slice.len == node.bits / 8 => {
                self.tree.nodes[id].raw = slice;
                Some(Value::Bytes(slice))
            }
            _ => None,
        }
    }

    /// Whether a decided leaf is as its constraint wants it; what cannot be known yet is looked at later.
    pub(super) fn is_valid(&mut self, id: NodeId, force: bool) -> bool {
        let layout = self.layout;
        let node = &self.tree.nodes[id];
        let (attr, value) = (node.attr, node.value);
        let Some(valid) = &layout.attrs[attr].valid else { return true };
        let scope = self.scope_of(id);
        match self.holds(&valid.kind, value, &scope, force) {
            Ok(held) => held,
            Err(Stop::Failed(_)) => false,
            Err(_) if force => false,
            Err(_) => {
                self.tree.recheck.push(id);
                self.tree.trail.push(Undo::Recheck);
                true
            }
        }
    }

    /// What a decided leaf defines comes to what it is.
    fn defines(&mut self, id: NodeId) -> bool {
        let Some(equation) = self.tree.nodes[id].equation else { return true };
        let at = &self.tree.equations[equation];
        if at.done {
            return true;
        }
        let (expr, scope, target) = (at.expr, at.scope, at.target);
        self.tree.equations[equation].done = true;
        self.tree.trail.push(Undo::Done(equation));
        match self.eval(expr, &scope, false) {
            Ok(Value::Int(n)) => u64::try_from(n).is_ok_and(|n| self.agree(target, n)),
            // Other leaves of the expression are open: whoever decides the last one looks.
            Err(Stop::Node(other)) => {
                self.tree.equations[equation].done = false;
                self.tree.trail.pop();
                self.tree.nodes[other].equation.get_or_insert(equation);
                true
            }
            _ => false,
        }
    }
}

/// The values that a shape can hold.
pub(super) fn domain(shape: Shape) -> Option<Range> {
    match shape {
        Shape::Int(IntFormat { bytes, signed, .. }, _) => Some(Range::of_bytes(bytes, signed)),
        Shape::Bits(bits, _, _) => Some(Range { min: 0, max: (1i128 << bits.min(64)) - 1 }),
        _ => None,
    }
}

/// The nearest 32-bit float.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn narrow(value: f64) -> f32 {
    value as f32
}

/// A number in so many digits.
fn digits(mut n: u64, radix: u32, room: usize) -> Option<Vec<u8>> {
    let mut digits = vec![b'0'; room];
    let radix = u64::from(radix).clamp(2, 36);
    for place in digits.iter_mut().rev() {
        let digit = u32::try_from(n % radix).ok()?;
        *place = u8::try_from(char::from_digit(digit, 36)?).ok()?;
        n /= radix;
    }
    (n == 0 && room > 0).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_fill_their_room_or_are_refused() {
        assert_eq!(digits(8, 8, 4).as_deref(), Some(b"0010".as_slice()));
        assert_eq!(digits(255, 16, 2).as_deref(), Some(b"ff".as_slice()));
        assert_eq!(digits(100, 10, 2), None);
        assert_eq!(digits(0, 10, 0), None);
    }
}
