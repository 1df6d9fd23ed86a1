//! `[[pair]]`: two values that are each allowed, and that not every build takes together.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::contract::words::Unknown;
use crate::layout::ty::{Range, Ty};
use crate::layout::{ExprId, ExprKind, Role, Want, comparable};
use crate::schema::expr::Binary;

/// Pairs that some builds, or all, do not take.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Expression: the first value.
    pub first: Text,
    /// Expression: the second value.
    pub second: Text,
    /// Expressions: the pairs of values that are not taken.
    pub refused: Vec<[Text; 2]>,
    /// Expression: the name of a capacity; builds with a value above 0 take the pairs. No build does if absent.
    pub capacity: Option<Text>,
    /// What a build does that has no such capacity.
    pub unknown: Unknown,
}

impl Asks for Pair {
    const KEYS: &'static [&'static str] =
        &["at", "first", "second", "refused", "when", "capacity", "unknown", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let first = table.text(reader, "first");
        let second = table.text(reader, "second");
        let refused = table.pairs(reader, "refused");
        let capacity = table.text_optional(reader, "capacity");
        let unknown = table.word_or(reader, "unknown", Unknown::Refused);
        table.only_beside(reader, "unknown", "capacity");
        Some(Pair { first: first?, second: second?, refused: refused?, capacity, unknown })
    }

    /// Asked where one of the pairs is: the capacity, if there is one, and the number of the pair.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let first = asker.expression("first", &self.first, Want::Any, Role::Rule);
        let second = asker.expression("second", &self.second, Want::Any, Role::Rule);
        let capacity = self.capacity.as_ref().map(|capacity| asker.capacity(capacity));
        let mut pairs = Vec::new();
        for (row, [a, b]) in self.refused.iter().enumerate() {
            let a = part(asker, &format!("refused/{row}/0"), first, a);
            let b = part(asker, &format!("refused/{row}/1"), second, b);
            pairs.push(a.zip(b));
        }
        let pairs = pairs.into_iter().collect::<Option<Vec<_>>>()?;
        let (first, capacity) = (first?, capacity.map_or(Some(None), |c| c.map(Some))?);
        let int = |n: i128| (ExprKind::Int(n), Ty::Int(Range::only(n)));
        let (kind, ty) = int(-1);
        let none = asker.push(kind, ty, first);
        let mut number = none;
        for (row, (a, b)) in pairs.into_iter().enumerate().rev() {
            let (kind, ty) = int(i128::try_from(row).unwrap_or(0));
            let row = asker.push(kind, ty, first);
            let both = asker.push(ExprKind::Binary(Binary::And, a, b), Ty::Bool, first);
            number = asker.push(ExprKind::Choice(both, row, number), Ty::int(), first);
        }
        asker.unless_equal(number, none);
        Some(capacity.into_iter().chain([number]).collect())
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("first", &self.first)
    }
}

/// Whether a value is that of a refused pair.
fn part(asker: &mut Asker<'_>, name: &str, value: Option<ExprId>, text: &Text) -> Option<ExprId> {
    let other = asker.expression(name, text, Want::Any, Role::Rule)?;
    let value = value?;
    let (expected, found) = (asker.ty(value), asker.ty(other));
    if !comparable(&expected, &found, false) {
        let expected = format!("a value to compare with {}", asker.layout.describe(&expected));
        asker.mismatch(name, expected, other);
        return None;
    }
    Some(asker.push(ExprKind::Binary(Binary::Eq, value, other), Ty::Bool, other))
}
