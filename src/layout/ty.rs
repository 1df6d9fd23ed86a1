//! Types of expressions, and what is proven of the range of integers.

use super::{EnumId, TypeId};
use crate::schema::expr::Binary;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// An integer in a proven range.
    Int(Range),
    /// A 64-bit float.
    Float,
    /// A truth value.
    Bool,
    /// Text.
    Str,
    /// Bytes.
    Bytes,
    /// A member of an enum; unknown members keep their number.
    Enum(EnumId),
    /// An object of one type.
    Object(TypeId),
    /// An object of a type that is known at run time only.
    AnyObject,
    /// A stream.
    Io,
    /// Elements of one type.
    Array(Box<Ty>),
    /// A value of a switch whose cases have different types.
    Any,
    /// What has no type because it is wrong: that was said where it is defined, and nothing further is.
    Wrong,
}

/// Integers from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub min: i128,
    /// The greatest.
    pub max: i128,
}

impl Range {
    /// All integers that the walker can hold.
    pub const ANY: Range = Range { min: i128::MIN, max: i128::MAX };

    /// One integer.
    pub fn only(value: i128) -> Range {
        Range { min: value, max: value }
    }

    /// The values of an unsigned or signed integer of so many bytes (1 to 8).
    ///
    /// ```
    /// use bootgate::layout::ty::Range;
    /// assert_eq!(Range::of_bytes(1, false), Range { min: 0, max: 255 });
    /// assert_eq!(Range::of_bytes(2, true), Range { min: -32768, max: 32767 });
    /// ```
    pub fn of_bytes(bytes: u8, signed: bool) -> Range {
        let bits = u32::from(bytes.min(8)) * 8;
        if signed {
            let half = 1i128 << (bits.max(1) - 1);
            Range { min: -half, max: half - 1 }
        } else {
            Range { min: 0, max: (1i128 << bits) - 1 }
        }
    }

    /// The smallest range that holds both.
    pub fn union(self, other: Range) -> Range {
        Range { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    /// The range of an operator's result; what leaves 128 bits is cut, since it is found at run time.
    pub fn binary(op: Binary, a: Range, b: Range) -> Range {
        let corners = |f: fn(i128, i128) -> i128| {
            let all = [f(a.min, b.min), f(a.min, b.max), f(a.max, b.min), f(a.max, b.max)];
            Range {
                min: all.iter().copied().min().unwrap_or(i128::MIN),
                max: all.iter().copied().max().unwrap_or(i128::MAX),
            }
        };
        match op {
            Binary::Add => Range { min: a.min.saturating_add(b.min), max: a.max.saturating_add(b.max) },
            Binary::Sub => Range { min: a.min.saturating_sub(b.max), max: a.max.saturating_sub(b.min) },
            Binary::Mul => corners(i128::saturating_mul),
            Binary::Div if b.min > 0 => corners(|x, y| x.div_euclid(y)),
            Binary::Mod if b.min > 0 => Range { min: 0, max: b.max - 1 },
            Binary::BitAnd if b.min >= 0 && a.min >= 0 => Range { min: 0, max: a.max.min(b.max) },
            Binary::BitAnd if b.min >= 0 => Range { min: 0, max: b.max },
            Binary::BitAnd if a.min >= 0 => Range { min: 0, max: a.max },
            Binary::BitOr | Binary::BitXor if a.min >= 0 && b.min >= 0 => {
                Range { min: 0, max: all_ones(a.max.max(b.max)) }
            }
            Binary::Shl if a.min >= 0 && b.min >= 0 && b.max < 64 && a.max <= i128::from(u64::MAX >> 1) => {
                let shift = u32::try_from(b.max).unwrap_or(0);
                Range { min: 0, max: a.max.checked_shl(shift).unwrap_or(i128::MAX) }
            }
            Binary::Shr if a.min >= 0 => Range { min: 0, max: a.max },
            _ => Range::ANY,
        }
    }
}

/// The least number of the form 2ⁿ−1 that is not below a number that is not negative.
fn all_ones(value: i128) -> i128 {
    match value.leading_zeros() {
        0 => i128::MAX,
        zeros => ((1u128 << (128 - zeros)) - 1).try_into().unwrap_or(i128::MAX),
    }
}

impl Ty {
    /// Any integer.
    pub fn int() -> Ty {
        Ty::Int(Range::ANY)
    }

    /// Whether a value of this type can be passed to a parameter of another.
    pub fn passes_as(&self, param: &Ty) -> bool {
        match (self, param) {
            (Ty::Wrong, _) | (_, Ty::Wrong) | (_, Ty::Any) => true,
            (Ty::Int(_), Ty::Int(_)) => true,
            (Ty::Object(_) | Ty::AnyObject, Ty::AnyObject) => true,
            (Ty::Array(from), Ty::Array(to)) => from.passes_as(to),
            _ => self == param,
        }
    }

    /// The type of a choice between two values, if they go together.
    pub fn union(&self, other: &Ty) -> Option<Ty> {
        match (self, other) {
            (Ty::Wrong, _) | (_, Ty::Wrong) => Some(Ty::Wrong),
            (Ty::Any, _) | (_, Ty::Any) => Some(Ty::Any),
            (Ty::Int(a), Ty::Int(b)) => Some(Ty::Int(a.union(*b))),
            (Ty::Int(_), Ty::Float) | (Ty::Float, Ty::Int(_)) => Some(Ty::Float),
            (Ty::Object(a), Ty::Object(b)) if a != b => Some(Ty::AnyObject),
            (Ty::Object(_) | Ty::AnyObject, Ty::Object(_) | Ty::AnyObject) if self != other => {
                Some(Ty::AnyObject)
            }
            (Ty::Array(a), Ty::Array(b)) => Some(Ty::Array(Box::new(a.union(b)?))),
            _ if self == other => Some(self.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPS: [Binary; 10] = [
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::Div,
        Binary::Mod,
        Binary::BitAnd,
        Binary::BitOr,
        Binary::BitXor,
        Binary::Shl,
        Binary::Shr,
    ];

    fn range() -> impl Strategy<Value = Range> {
        (any::<i64>(), any::<i64>(), 0u32..64).prop_map(|(a, b, shift)| {
            let (a, b) = (i128::from(a >> shift), i128::from(b >> shift));
            Range { min: a.min(b), max: a.max(b) }
        })
    }

    proptest! {
        #[test]
        fn a_range_holds_what_the_operator_gives(op in 0usize..10, a in range(), b in range(), s in 0i128..1000, t in 0i128..1000) {
            let x = a.min + s.min(a.max - a.min);
            let y = b.min + t.min(b.max - b.min);
            let proven = Range::binary(OPS[op], a, b);
            if let Ok(value) = crate::walk::number::binary(OPS[op], x, y) {
                prop_assert!(proven.min <= value && value <= proven.max, "{:?} {x} {y} = {value}, {proven:?}", OPS[op]);
            }
        }
    }
}
