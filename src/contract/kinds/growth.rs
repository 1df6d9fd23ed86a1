//! `[[growth]]`: a number that must not leap beyond what shipped content had.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::lists::Decimal;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::{ExprId, Role, Want};

/// A number, and how many times the greatest so far it may be.
#[derive(Clone, Debug)]
pub struct Growth {
    /// Expression: the number.
    pub value: Text,
    /// The greatest allowed relation to the greatest number in the baseline.
    pub ratio: Decimal,
}

impl Asks for Growth {
    const KEYS: &'static [&'static str] = &["at", "value", "ratio", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let value = table.text(reader, "value");
        let ratio = table.decimal(reader, "ratio");
        Some(Growth { value: value?, ratio: ratio? })
    }

    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        Some(vec![asker.expression("value", &self.value, Want::Int, Role::Rule)?])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("value", &self.value)
    }
}
