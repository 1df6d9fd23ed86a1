//! The automaton of an expression: its characters, and which can follow which in how many ways.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::{Budget, NotBounded};
use crate::limits;
use crate::table::{Id, Table, ids};

ids! {
    /// A place in the expression that takes one character.
    Pos;
    /// A set of characters.
    SetId;
}

/// One, or more than one: that is all that matters.
pub(super) const MANY: u8 = 2;

/// As many ways as two choices together have.
pub(super) fn times(a: u8, b: u8) -> u8 {
    a.saturating_mul(b).min(MANY)
}

/// As many ways as there are in either.
pub(super) fn either(a: u8, b: u8) -> u8 {
    a.saturating_add(b).min(MANY)
}

/// A place that takes one character.
pub(super) struct Position {
    pub(super) set: SetId,
    /// Where it is written.
    pub(super) range: Range<usize>,
}

/// How a part can begin.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) to: Pos,
    /// In how many ways, anywhere.
    pub(super) free: u8,
    /// In how many more, at the start of the text alone.
    pub(super) start: u8,
}

/// How a part can end.
#[derive(Clone, Copy)]
pub(super) struct Exit {
    pub(super) from: Pos,
    pub(super) ways: u8,
    /// One of them has no assertion after the character.
    pub(super) clean: bool,
}

/// What a part of an expression looks like from outside.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) first: Vec<Entry>,
    pub(super) last: Vec<Exit>,
    /// In how many ways it matches nothing, anywhere.
    pub(super) null: u8,
    /// In how many more, at the start of the text alone.
    pub(super) null_start: u8,
    /// It matches nothing without an assertion.
    pub(super) clean: bool,
}

/// A repeat without end.
pub(super) struct Loop {
    pub(super) range: Range<usize>,
    /// The positions within.
    pub(super) positions: Range<usize>,
}

/// An expression as places and what follows them.
#[derive(Default)]
pub(super) struct Automaton {
    pub(super) positions: Table<Pos, Position>,
    /// Sets of characters, as sorted ranges with both ends included.
    pub(super) sets: Table<SetId, Vec<(u32, u32)>>,
    pub(super) loops: Vec<Loop>,
    pub(super) whole: Piece,
    follow: HashMap<Pos, BTreeMap<Pos, u8>>,
    edges: usize,
    known: HashMap<Vec<(u32, u32)>, SetId>,
}

impl Automaton {
    /// Adds a place.
    pub(super) fn place(&mut self, set: SetId, range: Range<usize>) -> Result<Pos, NotBounded> {
        if self.positions.len() >= limits::REGEX_PLACES {
            return Err(NotBounded::TooLarge { what: "places", limit: limits::REGEX_PLACES as u64 });
        }
        Ok(self.positions.push(Position { set, range }))
    }

    /// The number of a set of characters.
    pub(super) fn set(&mut self, ranges: Vec<(u32, u32)>) -> SetId {
        let sets = &mut self.sets;
        *self.known.entry(ranges).or_insert_with_key(|ranges| sets.push(ranges.clone()))
    }

    /// Lets what begins follow what ends.
    pub(super) fn link(
        &mut self,
        last: &[Exit],
        first: &[Entry],
        ways: u8,
        budget: &mut Budget,
    ) -> Result<(), NotBounded> {
        for exit in last {
            budget.spend(first.len())?;
            let follow = self.follow.entry(exit.from).or_default();
            for entry in first {
                // No character stands before the start of the text.
                let ways = times(times(exit.ways, entry.free), ways);
                if ways == 0 {
                    continue;
                }
                let known = follow.entry(entry.to).or_default();
                self.edges += usize::from(*known == 0);
                *known = either(*known, ways);
            }
            if self.edges > limits::REGEX_EDGES {
                return Err(NotBounded::TooLarge { what: "edges", limit: limits::REGEX_EDGES as u64 });
            }
        }
        Ok(())
    }

    /// What follows a place, and in how many ways.
    pub(super) fn after(&self, pos: Pos) -> impl Iterator<Item = (Pos, u8)> {
        self.follow.get(&pos).into_iter().flatten().map(|(to, ways)| (*to, *ways))
    }

    /// The smallest repeat that all of these places are in.
    pub(super) fn smallest_loop(&self, places: &[Pos]) -> Option<&Loop> {
        let within = |l: &&Loop| places.iter().all(|pos| l.positions.contains(&pos.row()));
        self.loops.iter().filter(within).min_by_key(|l| l.positions.len())
    }
}
