//! Entropy: a stream of numbers that a seed determines, on every machine the same.

/// SplitMix64: small, fast, and good enough to choose by. Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Entropy(u64);

impl Entropy {
    /// The stream of a seed, and of a number within it.
    pub(crate) fn new(seed: u64, stream: u64) -> Entropy {
        let mut entropy = Entropy(seed ^ 0x6a09_e667_f3bc_c908);
        let mixed = entropy.next().wrapping_add(stream.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Entropy(mixed)
    }

    /// Any 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when that is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(bound)) >> 64).unwrap_or(0)
    }

    /// A row of a list of `len`.
    pub(crate) fn row(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }

    /// Whether something happens that does so `percent` times in a hundred.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// An integer from `min` to `max`, both included.
    pub(crate) fn within(&mut self, min: i128, max: i128) -> i128 {
        let width = max.saturating_sub(min);
        let Ok(width) = u64::try_from(width) else {
            return min.saturating_add(i128::from(self.next())).min(max);
        };
        let step = if width == u64::MAX { self.next() } else { self.below(width + 1) };
        min + i128::from(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_are_the_same_on_every_machine() {
        let mut entropy = Entropy::new(1, 0);
        let first: Vec<u64> = (0..3).map(|_| entropy.below(1000)).collect();
        let mut again = Entropy::new(1, 0);
        assert_eq!(first, (0..3).map(|_| again.below(1000)).collect::<Vec<u64>>());
        assert_ne!(Entropy::new(1, 0).next(), Entropy::new(1, 1).next());
        assert_ne!(Entropy::new(1, 0).next(), Entropy::new(2, 0).next());
    }

    #[test]
    fn a_range_is_never_left() {
        let mut entropy = Entropy::new(7, 0);
        for (min, max) in [(0, 0), (-3, 3), (i128::MIN, i128::MAX), (0, i128::from(u64::MAX)), (5, 6)] {
            for _ in 0..100 {
                let value = entropy.within(min, max);
                assert!(min <= value && value <= max, "{min} {value} {max}");
            }
        }
    }
}
