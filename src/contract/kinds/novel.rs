//! `[[novel]]`: a combination of values that no shipped content had.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::contract::words::Novelty;
use crate::layout::ty::Ty;
use crate::layout::{ExprId, ExprKind, Role, Want};

/// Values whose combination must be in the baseline.
#[derive(Clone, Debug)]
pub struct Novel {
    /// Expression: the first value, an integer, an enum, a text or bytes.
    pub first: Text,
    /// Expressions: the others.
    pub rest: Vec<Text>,
    /// What a combination comes to that is not in the baseline.
    pub novelty: Novelty,
}

impl Asks for Novel {
    const KEYS: &'static [&'static str] = &["at", "values", "novelty", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let values = table.texts(reader, "values");
        let novelty = table.word_or(reader, "novelty", Novelty::Refuse);
        let mut values = values?.into_iter();
        Some(Novel { first: values.next()?, rest: values.collect(), novelty })
    }

    /// Each value, or its number among all texts and bytes.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let mut values = Vec::new();
        for (row, text) in self.values().enumerate() {
            let key = format!("values/{row}");
            let value = asker.expression(&key, text, Want::Any, Role::Rule);
            values.push(value.and_then(|value| match asker.ty(value) {
                Ty::Int(_) | Ty::Enum(_) => Some(value),
                Ty::Str | Ty::Bytes => Some(asker.push(ExprKind::Intern(value), Ty::int(), value)),
                _ => {
                    asker.mismatch(&key, "an integer, an enum, a text or bytes", value);
                    None
                }
            }));
        }
        values.into_iter().collect()
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("values/0", &self.first)
    }
}

impl Novel {
    /// Expressions: all values.
    pub fn values(&self) -> impl Iterator<Item = &Text> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}
