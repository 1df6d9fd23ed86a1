//! `[[pattern]]`: a regular expression in the content, which the consumer matches.

use super::Asks;
use crate::contract::asker::Asker;
use crate::contract::table::{Reader, Table};
use crate::contract::text::Text;
use crate::contract::words::{Affordable, Matching};
use crate::layout::{ExprId, Role, Want};

/// A regular expression and what matching may cost.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Expression: the regular expression.
    pub pattern: Text,
    /// Where the consumer tries to match.
    pub matching: Matching,
    /// How its time may grow with the length of the text.
    pub cost: Affordable,
}

impl Asks for Pattern {
    const KEYS: &'static [&'static str] = &["at", "pattern", "match", "cost", "when", "because"];

    fn read(reader: &mut Reader<'_>, table: &Table<'_, '_>) -> Option<Self> {
        let pattern = table.text(reader, "pattern");
        let matching = table.word_or(reader, "match", Matching::Search);
        let cost = table.word_or(reader, "cost", Affordable::Linear);
        Some(Pattern { pattern: pattern?, matching, cost })
    }

    fn ask(&self, asker: &mut Asker<'_>) -> Option<Vec<ExprId>> {
        Some(vec![asker.expression("pattern", &self.pattern, Want::TextOrBytes, Role::Rule)?])
    }

    fn subject(&self) -> (&'static str, &Text) {
        ("pattern", &self.pattern)
    }
}
