//! Symbols: characters that no part of an expression tells apart.

use std::collections::HashMap;

use super::NotBounded;
use super::automaton::{Automaton, SetId};
use crate::limits;
use crate::table::Table;

const WORDS: usize = limits::REGEX_SYMBOLS / 64;

/// A set of symbols.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Symbols([u64; WORDS]);

impl Symbols {
    pub(super) const NONE: Symbols = Symbols([0; WORDS]);

    pub(super) fn insert(&mut self, symbol: usize) {
        if let Some(word) = self.0.get_mut(symbol / 64) {
            *word |= 1 << (symbol % 64);
        }
    }

    pub(super) fn contains(&self, symbol: usize) -> bool {
        self.0.get(symbol / 64).is_some_and(|word| word & (1 << (symbol % 64)) != 0)
    }

    /// Those that are in both.
    pub(super) fn and(&self, other: &Symbols) -> Symbols {
        let mut both = *self;
        both.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
        both
    }

    /// Those that are in either.
    pub(super) fn or(&self, other: &Symbols) -> Symbols {
        let mut all = *self;
        all.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The first one, by which the set is shown.
    pub(super) fn first(&self) -> Option<usize> {
        let (row, word) = self.0.iter().enumerate().find(|(_, word)| **word != 0)?;
        Some(row * 64 + usize::try_from(word.trailing_zeros()).ok()?)
    }
}

/// All symbols of an expression, those first that people can read.
pub(super) struct Alphabet {
    /// A character of each symbol.
    pub(super) shown: Vec<char>,
    /// The symbols of each set of characters.
    pub(super) sets: Table<SetId, Symbols>,
    pub(super) all: Symbols,
}

impl Alphabet {
    /// The symbols that an automaton tells apart.
    pub(super) fn of(automaton: &Automaton) -> Result<Alphabet, NotBounded> {
        let mut bounds = vec![0];
        for (start, end) in automaton.sets.iter().flatten() {
            bounds.extend([*start, end.saturating_add(1)]);
        }
        bounds.sort_unstable();
        bounds.dedup();
        // Stretches of characters with the same sets are one symbol; the best of them shows it.
        let mut symbols: HashMap<Vec<SetId>, Vec<char>> = HashMap::new();
        for (row, start) in bounds.iter().enumerate() {
            let end = bounds.get(row + 1).copied().unwrap_or(u32::from(char::MAX) + 1);
            let within = |ranges: &[(u32, u32)]| {
                let next = ranges.partition_point(|(_, end)| end < start);
                ranges.get(next).is_some_and(|(first, _)| first <= start)
            };
            let sets = automaton.sets.entries().filter(|(_, set)| within(set)).map(|(id, _)| id).collect();
            if let Some(best) = best(*start, end) {
                symbols.entry(sets).or_default().push(best);
            }
            if symbols.len() > limits::REGEX_SYMBOLS {
                return Err(NotBounded::TooLarge {
                    what: "kinds of characters",
                    limit: limits::REGEX_SYMBOLS as u64,
                });
            }
        }
        let mut rows: Vec<(char, Vec<SetId>)> = symbols
            .into_iter()
            .filter_map(|(sets, shown)| Some((shown.into_iter().min_by_key(|c| rank(*c))?, sets)))
            .collect();
        rows.sort_by_key(|(shown, _)| rank(*shown));
        let mut alphabet = Alphabet { shown: Vec::new(), sets: Table::default(), all: Symbols::NONE };
        for _ in automaton.sets.ids() {
            alphabet.sets.push(Symbols::NONE);
        }
        for (symbol, (shown, sets)) in rows.into_iter().enumerate() {
            alphabet.shown.push(shown);
            alphabet.all.insert(symbol);
            for set in sets {
                alphabet.sets[set].insert(symbol);
            }
        }
        Ok(alphabet)
    }
}

/// The character between two bounds that people can read best.
fn best(start: u32, end: u32) -> Option<char> {
    let liked = ['a', 'A', '0', 'x', '!', ' '].into_iter().map(u32::from).chain(0x21..0x7f);
    let inside = |c: &u32| (start..end).contains(c);
    let known = liked.filter(inside).find_map(char::from_u32);
    known.or_else(|| char::from_u32(start)).or_else(|| (start..end).find_map(char::from_u32))
}

/// Letters, digits, other signs, space, the rest.
fn rank(c: char) -> (u8, char) {
    let class = match c {
        'a'..='z' => 0,
        'A'..='Z' => 1,
        '0'..='9' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        _ => 5,
    };
    (class, c)
}
