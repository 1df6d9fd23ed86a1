//! Expressions whose value does not depend on a file.

use super::{Ast, Binary, Kind, NodeId, Unary};

/// A value that is known from the expression alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Constant {
    Int(i128),
    Bool(bool),
}

impl Ast {
    /// The integer that the expression gives, if it names nothing.
    ///
    /// ```
    /// use bootgate::schema::expr::parse;
    /// assert_eq!(parse("4 * (3 + 1)").unwrap().constant(), Some(16));
    /// assert_eq!(parse("len").unwrap().constant(), None);
    /// ```
    pub fn constant(&self) -> Option<i128> {
        match self.value(self.root)? {
            Constant::Int(value) => Some(value),
            Constant::Bool(_) => None,
        }
    }

    /// The value of a node; the host's stack is bounded by the depth of the tree.
    fn value(&self, id: NodeId) -> Option<Constant> {
        match &self.get(id)?.kind {
            Kind::Int(value) => Some(Constant::Int(*value)),
            Kind::Bool(value) => Some(Constant::Bool(*value)),
            Kind::Unary(op, a) => match (op, self.value(*a)?) {
                (Unary::Minus, Constant::Int(a)) => a.checked_neg().map(Constant::Int),
                (Unary::Invert, Constant::Int(a)) => Some(Constant::Int(!a)),
                (Unary::Not, Constant::Bool(a)) => Some(Constant::Bool(!a)),
                _ => None,
            },
            Kind::Binary(op, a, b) => match (self.value(*a)?, self.value(*b)?) {
                (Constant::Int(a), Constant::Int(b)) => ints(*op, a, b),
                (Constant::Bool(a), Constant::Bool(b)) => bools(*op, a, b),
                _ => None,
            },
            Kind::Choice(condition, yes, no) => match self.value(*condition)? {
                Constant::Bool(true) => self.value(*yes),
                Constant::Bool(false) => self.value(*no),
                Constant::Int(_) => None,
            },
            _ => None,
        }
    }
}

fn bools(op: Binary, a: bool, b: bool) -> Option<Constant> {
    let value = match op {
        Binary::And => a && b,
        Binary::Or => a || b,
        Binary::Eq => a == b,
        Binary::Ne => a != b,
        _ => return None,
    };
    Some(Constant::Bool(value))
}

fn ints(op: Binary, a: i128, b: i128) -> Option<Constant> {
    let shift = u32::try_from(b).ok().filter(|bits| *bits < 64);
    let value = match op {
        Binary::Add => a.checked_add(b)?,
        Binary::Sub => a.checked_sub(b)?,
        Binary::Mul => a.checked_mul(b)?,
        // Rounded down for the only divisors that a size can have.
        Binary::Div if b > 0 => a.div_euclid(b),
        Binary::Mod if b > 0 => a.rem_euclid(b),
        Binary::BitAnd => a & b,
        Binary::BitOr => a | b,
        Binary::BitXor => a ^ b,
        Binary::Shl => a.checked_mul(1i128 << shift?)?,
        Binary::Shr => a >> shift?,
        Binary::Eq => return Some(Constant::Bool(a == b)),
        Binary::Ne => return Some(Constant::Bool(a != b)),
        Binary::Lt => return Some(Constant::Bool(a < b)),
        Binary::Le => return Some(Constant::Bool(a <= b)),
        Binary::Gt => return Some(Constant::Bool(a > b)),
        Binary::Ge => return Some(Constant::Bool(a >= b)),
        _ => return None,
    };
    Some(Constant::Int(value))
}
