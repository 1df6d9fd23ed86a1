//! `[[rule]]`: a condition that the content must meet, for what no other kind asks.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::layout::{ExprId, Role, Want};

/// A condition.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Expression that must be true.
    pub assert: Text,
}

impl Asks for Rule {
    const KEYS: &'static [&'static str] = &["at", "assert", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        Some(Rule { assert: table.text(reader, "assert")? })
    }

    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        Some(vec![asker.expression("assert", &self.assert, Want::Bool, Role::Rule)?])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("assert", &self.assert)
    }
}
