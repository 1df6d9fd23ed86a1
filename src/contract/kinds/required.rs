//! `[[required]]`: a field that the consumer cannot do without.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::ty::Ty;
use crate::layout::{ExprId, ExprKind, Role, Want};

/// A value that must say something.
#[derive(Clone, Debug)]
pub struct Required {
    /// Expression: the value.
    pub value: Text,
}

impl Asks for Required {
    const KEYS: &'static [&'static str] = &["at", "value", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        Some(Required { value: table.text(reader, "value")? })
    }

    /// Whether the value is blank.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        asker.absent = true;
        let value = asker.expression("value", &self.value, Want::Any, Role::Rule)?;
        Some(vec![asker.push(ExprKind::Blank(value), Ty::Bool, value)])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("value", &self.value)
    }
}
