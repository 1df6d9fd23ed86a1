//! `[[not-null]]`: a reference that the consumer follows without asking whether there is one.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::ty::{Range, Ty};
use crate::layout::{ExprId, ExprKind, Role, Want};

/// A reference that must refer to something.
#[derive(Clone, Debug)]
pub struct NotNull {
    /// Expression: the reference.
    pub reference: Text,
    /// Expression: the value that refers to nothing; zero if absent.
    pub null: Option<Text>,
}

impl Asks for NotNull {
    const KEYS: &'static [&'static str] = &["at", "reference", "null", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let reference = table.text(reader, "reference");
        let null = table.text_optional(reader, "null");
        Some(NotNull { reference: reference?, null })
    }

    /// The reference, and what it must not be.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let reference = asker.expression("reference", &self.reference, Want::Int, Role::Read);
        let null = self.null.as_ref().map(|n| asker.expression("null", n, Want::Int, Role::Rule));
        let reference = reference?;
        let null = match null {
            Some(null) => null?,
            None => asker.push(ExprKind::Int(0), Ty::Int(Range::only(0)), reference),
        };
        Some(vec![reference, null])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("reference", &self.reference)
    }
}
