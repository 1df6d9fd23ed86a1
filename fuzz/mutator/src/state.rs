//! What every engine asks for: a mutant, or a cross.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use bootgate::mutate::{Mutant, Mutator};

use crate::settings::mutator;

/// Seeds that are not of the schema of which each is said.
const SAID: usize = 8;

/// One in so many mutants that could have parts of another input does. libFuzzer asks for that every second time, AFL++ always;
/// most of what is to be found is next to one input alone.
const CROSSES: u64 = 5;

/// A mutator with what it made last.
pub(crate) struct State {
    pub(crate) mutator: Mutator<'static>,
    /// Seeds that are not of the schema, by their hashes: the first ones are said, each once.
    foreign: HashSet<u64>,
    /// What was made last.
    pub(crate) out: Vec<u8>,
}

impl State {
    /// By the environment; ends the process where that is wrong.
    pub(crate) fn new() -> State {
        State { mutator: mutator(), foreign: HashSet::new(), out: Vec::new() }
    }

    /// Makes a mutant of a seed, with parts of another one if that is of the schema. Where nothing comes of the seed, or it
    /// is not of the schema, other content of the schema takes its place: never bytes by chance.
    pub(crate) fn mutate(&mut self, data: &[u8], other: Option<&[u8]>, seed: u64, max: usize) {
        if self.is_of_schema(data) {
            let cross = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let other = other.filter(|other| cross % CROSSES == 0 && !other.is_empty() && self.is_of_schema(other));
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
