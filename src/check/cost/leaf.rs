//! Single characters and classes of an expression, as sets of characters.

use std::collections::HashMap;

use regex_syntax::ast::{Ast, Flag, Flags, FlagsItemKind};
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, HirKind};

use super::NotBounded;
use super::automaton::{Automaton, SetId};
use super::dialect::Plain;

/// The flags that change what a character stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Switches {
    insensitive: bool,
    pub(super) multi_line: bool,
    dot_all: bool,
}

impl Switches {
    pub(super) fn set(&mut self, flags: &Flags) {
        let mut on = true;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => on = false,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.insensitive = on,
                FlagsItemKind::Flag(Flag::MultiLine) => self.multi_line = on,
                FlagsItemKind::Flag(Flag::DotMatchesNewLine) => self.dot_all = on,
                FlagsItemKind::Flag(_) => {}
            }
        }
    }
}

/// The sets of the leaves that were met: a repeat meets them again.
#[derive(Default)]
pub(super) struct Leaves(HashMap<(usize, usize, Switches), SetId>);

impl Leaves {
    /// The set of a leaf of the tree.
    pub(super) fn set(
        &mut self,
        automaton: &mut Automaton,
        plain: &Plain,
        ast: &Ast,
        switches: Switches,
    ) -> Result<SetId, NotBounded> {
        let span = ast.span();
        let key = (span.start.offset, span.end.offset, switches);
        if let Some(set) = self.0.get(&key) {
            return Ok(*set);
        }
        let mut translator = TranslatorBuilder::new()
            .case_insensitive(switches.insensitive)
            .dot_matches_new_line(switches.dot_all)
            .build();
        let hir = translator.translate(&plain.text, ast).map_err(|error| {
            let span = error.span();
            NotBounded::Syntax {
                message: error.kind().to_string(),
                range: plain.original(span.start.offset..span.end.offset),
            }
        })?;
        let set = automaton.set(ranges(hir.kind()));
        self.0.insert(key, set);
        Ok(set)
    }
}

fn ranges(kind: &HirKind) -> Vec<(u32, u32)> {
    match kind {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).unwrap_or_default();
            text.chars().map(|c| (u32::from(c), u32::from(c))).collect()
        }
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect()
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().map(|r| (u32::from(r.start()), u32::from(r.end()))).collect()
        }
        _ => Vec::new(),
    }
}
