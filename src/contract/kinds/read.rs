//! `[[read]]`: a place in the content that makes the consumer dereference something.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::contract::words::Unknown;
use crate::layout::{ExprId, Role, Want};

/// An index that must be within what a capacity supplies.
#[derive(Clone, Debug)]
pub struct Read {
    /// Expression: the index that is dereferenced.
    pub index: Text,
    /// Expression: the name of the capacity that bounds the index.
    pub capacity: Text,
    /// What a build does that has no such capacity.
    pub unknown: Unknown,
}

impl Asks for Read {
    const KEYS: &'static [&'static str] = &["at", "index", "when", "capacity", "unknown", "because"];
    const WHOLE: bool = true;

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let index = table.text(reader, "index");
        let capacity = table.text(reader, "capacity");
        let unknown = table.word_or(reader, "unknown", Unknown::Refused);
        Some(Read { index: index?, capacity: capacity?, unknown })
    }

    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        let capacity = asker.capacity(&self.capacity);
        let index = asker.expression("index", &self.index, Want::Int, Role::Read);
        Some(vec![capacity?, index?])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("capacity", &self.capacity)
    }
}
