//! Weights: which branches of a schema led to content, and which did not.
//!
//! Some branches cannot be made (a custom process), some contradict each other. Attempts that fail make the branches
//! that they took less probable, so that a few attempts find a way where there is one.

use crate::layout::AttrId;
use crate::table::Id;

use super::entropy::Entropy;

/// How often a branch was part of content, and of attempts that failed.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    good: u32,
    bad: u32,
}

/// A branch: a case of a switch by its row, or whether an optional field is there.
pub(super) type Branch = (AttrId, usize);

/// The scores of branches.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    /// By field and branch.
    scores: Vec<Vec<Score>>,
    /// The branches of the attempt at hand.
    taken: Vec<Branch>,
}

impl Weights {
    /// A new attempt begins.
    pub(super) fn begin(&mut self) {
        self.taken.clear();
    }

    /// The attempt is over; what it took counts.
    pub(super) fn end(&mut self, good: bool) {
        self.taken.sort_unstable();
        self.taken.dedup();
        for (attr, row) in self.taken.drain(..) {
            let Some(score) = place(&mut self.scores, attr.row()).and_then(|scores| place(scores, row))
            else {
                continue;
            };
            let side = if good { &mut score.good } else { &mut score.bad };
            *side = side.saturating_add(1);
        }
    }

    /// A branch was taken.
    pub(super) fn take(&mut self, branch: Branch) {
        self.taken.push(branch);
    }

    /// How probable a branch is, in parts of any whole.
    pub(super) fn weight(&self, (attr, row): Branch) -> u64 {
        let Some(score) = self.scores.get(attr.row()).and_then(|scores| scores.get(row)) else { return 1000 };
        let (good, bad) = (u64::from(score.good), u64::from(score.bad));
        // Failures that others may be to blame for count little once there was a success.
        (1000 * (1 + 4 * good) / (1 + 4 * good + 2 * bad)).max(1)
    }

    /// One of some branches.
    pub(super) fn choose(&self, attr: AttrId, rows: &[(usize, u64)], entropy: &mut Entropy) -> usize {
        let weight = |(row, factor): &(usize, u64)| self.weight((attr, *row)).saturating_mul(*factor).max(1);
        let total: u64 = rows.iter().map(weight).sum();
        let mut left = entropy.below(total);
        for row in rows {
            match left.checked_sub(weight(row)) {
                Some(rest) => left = rest,
                None => return row.0,
            }
        }
        rows.first().map_or(0, |row| row.0)
    }
}

/// The entry of a row, which may be the first one of that row.
fn place<T: Clone + Default>(list: &mut Vec<T>, row: usize) -> Option<&mut T> {
    if list.len() <= row {
        list.resize(row + 1, T::default());
    }
    list.get_mut(row)
}
