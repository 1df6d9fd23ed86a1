//! `[[reference]]`: a reference by index, or by offset and length, into something else of the content.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::ty::{Range, Ty};
use crate::layout::{ExprId, ExprKind, Role, Want};

/// Elements or bytes that must be there.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Expression: the first element or byte.
    pub index: Text,
    /// Expression: how many of them; one if absent.
    pub length: Option<Text>,
    /// Expression: how many there are.
    pub within: Text,
    /// Expression: the index that refers to nothing, which is always allowed.
    pub null: Option<Text>,
}

impl Asks for Reference {
    const KEYS: &'static [&'static str] = &["at", "index", "length", "within", "null", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let index = table.text(reader, "index");
        let length = table.text_optional(reader, "length");
        let within = table.text(reader, "within");
        let null = table.text_optional(reader, "null");
        Some(Reference { index: index?, length, within: within?, null })
    }

    /// Index, length, how many there are.
    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let index = asker.expression("index", &self.index, Want::Int, Role::Read);
        let length = self.length.as_ref().map(|l| asker.expression("length", l, Want::Int, Role::Rule));
        let within = asker.expression("within", &self.within, Want::Int, Role::Rule);
        let null = self.null.as_ref().map(|n| asker.expression("null", n, Want::Int, Role::Rule));
        let index = index?;
        if let Some(null) = null {
            asker.unless_equal(index, null?);
        }
        let length = match length {
            Some(length) => length?,
            None => asker.push(ExprKind::Int(1), Ty::Int(Range::only(1)), index),
        };
        Some(vec![index, length, within?])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("index", &self.index)
    }
}
