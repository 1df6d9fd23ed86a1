//! `[[declared]]`: a number in the content that claims what a capacity is.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::{ExprId, Role, Want};

/// How many elements the content's own definitions speak of.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Expression: how many elements are declared.
    pub count: Text,
    /// Expression: the name of the capacity that it is about.
    pub capacity: Text,
}

impl Asks for Declared {
    const KEYS: &'static [&'static str] = &["at", "count", "when", "capacity", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let count = table.text(reader, "count");
        let capacity = table.text(reader, "capacity");
        Some(Declared { count: count?, capacity: capacity? })
    }

    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let capacity = asker.capacity(&self.capacity);
        let count = asker.expression("count", &self.count, Want::Int, Role::Count);
        Some(vec![capacity?, count?])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("count", &self.count)
    }
}
