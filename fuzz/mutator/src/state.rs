//! What every engine asks for: a mutant, or a cross.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use bootgate::mutate::{Mutant, Mutator};

use crate::settings::mutator;

/// Seeds that are not of the schema of which each is said.
const SAID: usize = 8;

/// One in so many mutants that could have parts of another input does. libFuzzer asks for that every second time, AFL++ always;
/// most of what is to be found is next to one input alone.
const CROSSES: u64 = 8;

/// Inputs of the schema that are remembered, to take the place of those that are not.
const KNOWN: usize = 64;

/// Of those that are not of the schema, one in so many has new content in its place all the same: that takes longer.
const ANEW: u64 = 16;

/// A mutator with what it made last.
pub(crate) struct State {
    pub(crate) mutator: Mutator<'static>,
    /// Seeds that are not of the schema, by their hashes: the first ones are said, each once.
    foreign: HashSet<u64>,
    /// Some of the inputs of the schema that were mutated.
    known: Vec<Vec<u8>>,
    /// What was made last.
    pub(crate) out: Vec<u8>,
}

impl State {
    /// By the environment; ends the process where that is wrong.
    pub(crate) fn new() -> State {
        State { mutator: mutator(), foreign: HashSet::new(), known: Vec::new(), out: Vec::new() }
    }

    /// Makes a mutant of a seed, with parts of another one if that is of the schema. If the seed is not, one that was of the
    /// schema takes its place; where nothing comes of that, new content does: never bytes by chance.
    pub(crate) fn mutate(&mut self, data: &[u8], other: Option<&[u8]>, seed: u64, max: usize) {
        let chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        let known;
        let data = if self.is_of_schema(data) {
            self.remember(data, chance);
            Some(data)
        } else {
            known = self.instead(chance);
            known.as_deref()
        };
        if let Some(data) = data {
            let other =
                other.filter(|other| chance % CROSSES == 0 && !other.is_empty() && self.is_of_schema(other));
            let made = match other {
                Some(other) => self.mutator.cross(data, other, seed, max, &mut self.out),
                None => self.mutator.mutate(data, seed, max, &mut self.out),
            };
            if made != Mutant::Bytes {
                return;
            }
        }
        if !self.mutator.anew(seed, max, &mut self.out) {
            // There is no content so small. An empty mutant is one that the engine tries no further.
            self.out.clear();
        }
    }

    /// Remembers the first inputs of the schema, and then one in 16 in the place of another.
    fn remember(&mut self, data: &[u8], chance: u64) {
        let row = usize::try_from(chance).unwrap_or(0) % (16 * KNOWN);
        if self.known.len() < KNOWN {
            self.known.push(data.to_vec());
        } else if let Some(place) = self.known.get_mut(row) {
            data.clone_into(place);
        }
    }

    /// An input of the schema, if new content is not to be made.
    fn instead(&self, chance: u64) -> Option<Vec<u8>> {
        let row = usize::try_from(chance / ANEW).unwrap_or(0) % self.known.len().max(1);
        self.known.get(row).filter(|_| chance % ANEW != 0).cloned()
    }

    fn is_of_schema(&mut self, data: &[u8]) -> bool {
        let is = self.mutator.is_of_schema(data);
        if !is && self.foreign.len() < SAID {
            let mut hasher = DefaultHasher::new();
            data.hash(&mut hasher);
            if self.foreign.insert(hasher.finish()) {
                eprintln!(
                    "bootgate-mutator: {} bytes are not of the schema: content that is takes their place",
                    data.len()
                );
            }
        }
        is
    }
}
