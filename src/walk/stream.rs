//! Streams: windows of a buffer, and which of their bytes something describes.

use std::collections::BTreeMap;

use super::value::{BufferId, ObjectId};
use crate::span::ByteRange;

/// What decoded bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The encoded bytes, absolute in the file.
    pub encoded: ByteRange,
    /// The first decoded byte in the buffer.
    pub start: u64,
}

/// A window of a buffer that is read from front to back.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The buffer.
    pub buffer: BufferId,
    /// First byte of the window.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// The next byte to read.
    pub pos: u64,
    /// What its buffer was decoded from, if it is no file.
    pub origin: Option<Origin>,
    /// Bits of the byte before the next one that were not read yet, and how many there are.
    pub(super) bits: (u64, u8),
    /// The first object that was read from it.
    pub(super) owner: Option<ObjectId>,
    /// Bytes from the start up to here are described.
    covered: u64,
    /// Further described ranges, from first byte to end, apart from each other.
    ranges: BTreeMap<u64, u64>,
    /// Whether something in it could not be read: then nothing is said of what is not described.
    pub(super) broken: bool,
}

impl Stream {
    pub(super) fn new(buffer: BufferId, start: u64, end: u64, origin: Option<Origin>) -> Stream {
        Stream {
            buffer,
            start,
            end,
            pos: start,
            origin,
            bits: (0, 0),
            owner: None,
            covered: start,
            ranges: BTreeMap::new(),
            broken: false,
        }
    }

    /// A range of its buffer as bytes of the file, and where it is within what was decoded from these.
    pub fn absolute(&self, range: ByteRange) -> (ByteRange, Option<ByteRange>) {
        let Some(origin) = self.origin else { return (range, None) };
        let within = |at: u64| at.saturating_sub(origin.start);
        (origin.encoded, Some(ByteRange { start: within(range.start), end: within(range.end) }))
    }

    /// Whether nothing is left, not even bits.
    pub(super) fn at_end(&self) -> bool {
        self.left() == 0 && self.bits.1 == 0
    }

    /// The byte that is being read: the one before the next if some of its bits are left.
    pub(super) fn here(&self) -> u64 {
        self.pos - u64::from(self.bits.1 > 0 && self.pos > self.start)
    }

    /// Bytes that are left.
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.pos)
    }

    /// Marks a range as described; gives the part that was described before, if any.
    #[inline]
    pub(super) fn cover(&mut self, from: u64, to: u64) -> Option<(u64, u64)> {
        if from == to {
            return None;
        }
        if from == self.covered && self.ranges.is_empty() {
            self.covered = to;
            return None;
        }
        self.cover_range(from, to)
    }

    fn cover_range(&mut self, from: u64, to: u64) -> Option<(u64, u64)> {
        let mut overlap = (from < self.covered).then(|| (from, to.min(self.covered)));
        let (mut low, mut high) = (from, to);
        // From the last one that begins in or at the new range backwards: each is swallowed at most once.
        while let Some((start, end)) = self.ranges.range(..=high).next_back().map(|(s, e)| (*s, *e)) {
            if end < low {
                break;
            }
            let both = (start.max(from), end.min(to));
            if both.0 < both.1 && overlap.is_none_or(|o| both.0 < o.0) {
                overlap = Some(both);
            }
            low = low.min(start);
            high = high.max(end);
            self.ranges.remove(&start);
        }
        if low <= self.covered {
            self.covered = self.covered.max(high);
        } else {
            self.ranges.insert(low, high);
        }
        overlap
    }

    /// How many separate ranges are remembered.
    pub(super) fn ranges(&self) -> usize {
        self.ranges.len()
    }

    /// The ranges that nothing describes; the last one may reach the end.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let starts = self.ranges.keys().copied().chain([self.end]);
        let ends = [self.covered].into_iter().chain(self.ranges.values().copied());
        ends.zip(starts).filter(|(from, to)| from < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Id;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gaps_are_the_bytes_that_were_never_covered(ranges in prop::collection::vec((0usize..40, 0usize..10), 0..20)) {
            let mut stream = Stream::new(BufferId::new(0), 0, 50, None);
            let mut bytes = [false; 50];
            for (from, len) in ranges {
                let to = from + len;
                let before = (from..to).any(|n| bytes[n]);
                prop_assert_eq!(stream.cover(from as u64, to as u64).is_some(), before);
                (from..to).for_each(|n| bytes[n] = true);
            }
            let gaps: Vec<_> = stream.gaps().collect();
            for (n, covered) in bytes.iter().enumerate() {
                let in_gap = gaps.iter().any(|(start, end)| (*start..*end).contains(&(n as u64)));
                prop_assert_eq!(in_gap, !covered, "byte {}", n);
            }
        }
    }
}
