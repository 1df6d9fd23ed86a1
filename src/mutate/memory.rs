//! Seeds that were read: engines come back to those of their corpus again and again.

use std::collections::HashMap;

use super::Draft;

/// Bytes that seeds and their variants may take together, about.
const MOST: usize = 32 << 20;

/// A seed as what it consists of; nothing if it is not of the schema.
struct Seed {
    draft: Option<Draft>,
    /// Bytes that it takes, as they were counted last.
    size: usize,
    /// When it was put here, in what was put here before.
    at: u64,
}

impl Seed {
    fn measure(&mut self, data: &[u8]) -> usize {
        self.size = size_of::<Seed>() + data.len() + self.draft.as_ref().map_or(0, Draft::size);
        self.size
    }
}

/// Seeds by their bytes.
#[derive(Default)]
pub(super) struct Memory {
    seeds: HashMap<Vec<u8>, Seed>,
    size: usize,
    put: u64,
}

impl Memory {
    /// Whether what is here is of the schema.
    pub(super) fn is_of_schema(&self, data: &[u8]) -> Option<bool> {
        self.seeds.get(data).map(|seed| seed.draft.is_some())
    }

    /// Takes a seed out, if it is here.
    pub(super) fn take(&mut self, data: &[u8]) -> Option<Option<Draft>> {
        let seed = self.seeds.get_mut(data)?;
        self.size -= std::mem::take(&mut seed.size);
        // Its place is kept: it comes back.
        Some(seed.draft.take())
    }

    /// Puts a seed here; those that were not put here for the longest time are forgotten if there are too many.
    pub(super) fn put(&mut self, data: &[u8], draft: Option<Draft>) {
        self.put += 1;
        let mut seed = Seed { draft, size: 0, at: self.put };
        self.size += seed.measure(data);
        match self.seeds.get_mut(data) {
            Some(place) => self.size -= std::mem::replace(place, seed).size,
            None => drop(self.seeds.insert(data.to_vec(), seed)),
        }
        if self.size > MOST {
            self.forget();
        }
    }

    /// Forgets the variants of the older half: it is looked for once for many seeds. If that is not enough, the seeds as well.
    fn forget(&mut self) {
        let mut ages: Vec<u64> = self.seeds.values().map(|seed| seed.at).collect();
        ages.sort_unstable();
        let middle = ages.get(ages.len() / 2).copied().unwrap_or(0);
        for draft in self.seeds.values_mut().filter(|seed| seed.at < middle).filter_map(|s| s.draft.as_mut())
        {
            draft.bases = Vec::new();
        }
        self.size = self.seeds.iter_mut().map(|(data, seed)| seed.measure(data)).sum();
        if self.size > MOST / 2 {
            self.seeds.retain(|_, seed| seed.at >= middle);
            self.size = self.seeds.values().map(|seed| seed.size).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_here_last_is_remembered_and_the_size_is_bounded() {
        let mut memory = Memory::default();
        let seed = |number: u8| vec![number; 1 << 20];
        for number in 0..100 {
            memory.put(&seed(number), None);
            assert!(memory.size <= MOST);
            assert_eq!(memory.is_of_schema(&seed(number)), Some(false));
        }
        assert_eq!(memory.is_of_schema(&seed(0)), None);
        assert_eq!(memory.size, memory.seeds.values().map(|seed| seed.size).sum::<usize>());
    }
}
