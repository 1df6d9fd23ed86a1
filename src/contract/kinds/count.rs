//! `[[count]]`: how many elements the consumer has to make room for.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::contract::words::Unknown;
use crate::layout::{ExprId, Role, Want};

/// A number of elements, or of bytes, that must not be more than a capacity.
#[derive(Clone, Debug)]
pub struct Count {
    /// Expression: how many there are.
    pub count: Text,
    /// Expression: the name of the capacity that they must fit.
    pub capacity: Text,
    /// What a build does that has no such capacity.
    pub unknown: Unknown,
}

impl Asks for Count {
    const KEYS: &'static [&'static str] = &["at", "count", "when", "capacity", "unknown", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let count = table.text(reader, "count");
        let capacity = table.text(reader, "capacity");
        let unknown = table.word_or(reader, "unknown", Unknown::Refused);
        Some(Count { count: count?, capacity: capacity?, unknown })
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
