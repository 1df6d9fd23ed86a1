//! The choice of a set at boot.
//!
//! 1. What was planned for this boot, the active set, the good sets, latest first: the first that is not in
//!    quarantine, not below the floor, has had fewer unclean ends than the policy allows, and whose bytes pass.
//! 2. When unclean ends are what stands in the way of every good set, their content is hardly the cause: the one
//!    with the fewest, the later one of two. So a good set is never given up for power cuts, and one that really
//!    crashes does not keep another from being used.
//! 3. Nothing: the machine comes up without content.

use super::log::{What, Why};
use super::state::{SetDigest, State};
use super::storage::Storage;

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) set: SetDigest,
    /// It was chosen though it is worn.
    pub(super) worn: bool,
}

impl State {
    /// Chooses, and notes what was passed over. Without `counted`, attempts cannot be written down, and only what
    /// has proved itself is loaded.
    pub(super) fn choose<S: Storage>(
        &mut self,
        storage: &mut S,
        new_boot: bool,
        counted: bool,
    ) -> Option<Choice> {
        let [latest, earlier] = self.good;
        let order = [self.next.filter(|_| new_boot), self.active, latest, earlier];
        for (at, set) in order.iter().enumerate().filter_map(|(at, set)| Some((at, (*set)?))) {
            if order.iter().take(at).any(|before| *before == Some(set)) {
                continue;
            }
            match self.why_not(storage, set, counted) {
                None => return Some(Choice { set, worn: false }),
                Some(why) => self.note(What::Skipped(why), Some(set), None),
            }
        }
        self.least_unclean(storage).map(|set| Choice { set, worn: true })
    }

    fn why_not<S: Storage>(&self, storage: &mut S, set: SetDigest, counted: bool) -> Option<Why> {
        let Some(entry) = self.entry(set) else { return Some(Why::Missing) };
        // What is in use in this boot was counted before.
        let counted = counted || self.run.is_some_and(|run| run.set == set);
        let uncounted = (!counted && !entry.is_good()).then_some(Why::Uncounted);
        self.obstacle(entry).or(uncounted).or_else(|| self.checked(storage, entry))
    }

    fn least_unclean<S: Storage>(&self, storage: &mut S) -> Option<SetDigest> {
        let entry = |set: Option<SetDigest>| set.and_then(|set| self.entry(set));
        let mut pair = self.good.map(entry);
        if let [Some(latest), Some(earlier)] = pair
            && earlier.since < latest.since
        {
            pair.reverse();
        }
        let mut worn =
            pair.into_iter().flatten().filter(|entry| self.obstacle(entry) == Some(Why::UncleanEnds));
        worn.find(|entry| self.checked(storage, entry).is_none()).map(|entry| entry.set)
    }
}
