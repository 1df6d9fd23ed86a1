//! What is to be found out before anything else: how the last run ended, and whether the record is lost.

use super::log::{What, Why};
use super::state::{Entry, Moment, Reason, SetDigest, Standing, State};
use super::storage::{Backup, Failure, Loaded, Refusal, Rescue, Storage};

impl State {
    /// Counts the unclean end of a run that is not of this boot. Gives whether the boot is a new one.
    pub(super) fn settle(&mut self, moment: Moment) -> bool {
        if self.run.is_some_and(|run| run.surely_in(moment)) {
            return false;
        }
        self.boots = self.boots.saturating_add(1);
        if let Some(run) = self.run.take() {
            self.count_unclean(run.set);
        }
        true
    }

    fn count_unclean(&mut self, set: SetDigest) {
        let limit = self.policy.unclean_ends;
        self.note(What::Unclean, Some(set), None);
        self.spoiled |= self.active == Some(set);
        let Some(entry) = self.entry_mut(set) else { return };
        entry.unclean = entry.unclean.saturating_add(1);
        entry.since = entry.since.saturating_add(1);
        // What has proved itself is not condemned: power may fail twice in a row.
        if entry.standing == Standing::Staged && entry.since >= limit {
            entry.standing = Standing::Quarantined(Reason::UncleanEnds);
            self.note(What::Quarantined, Some(set), None);
        }
    }

    /// A state made of what is left; everything that is not known to be good is in quarantine.
    pub(super) fn rescued(rescue: &Rescue) -> State {
        let Backup { floor, good } = rescue.backup.unwrap_or_default();
        let mut state = State { floor, ..State::default() };
        let entry = |set, serial, verdict, standing| Entry {
            set,
            verdict,
            serial,
            attempts: 0,
            unclean: 0,
            since: 0,
            standing,
        };
        for (set, serial, verdict) in good.into_iter().flatten() {
            state.add(entry(set, serial, verdict, Standing::Good));
        }
        state.good = good.map(|known| known.map(|(set, _, _)| set));
        state.active = state.good.into_iter().flatten().next();
        for set in rescue.copies.into_iter().flatten() {
            if state.entry(set).is_none() {
                state.add(entry(set, 0, [0; 32], Standing::Quarantined(Reason::RecordLost)));
            }
        }
        state.note(What::Recovered, state.active, None);
        state
    }

    /// What is to be kept beside the record.
    pub(super) fn backup(&self) -> Backup {
        let known = |set| self.entry(set).map(|entry| (set, entry.serial, entry.verdict));
        Backup { floor: self.floor, good: self.good.map(|set| set.and_then(known)) }
    }

    /// Why a set may not be loaded, its bytes included.
    pub(super) fn checked<S: Storage>(&self, storage: &mut S, entry: &Entry) -> Option<Why> {
        storage.check(entry).obstacle(entry.is_good())
    }

    /// Lets the consumer load a set from now on; what is written after this counts the attempt.
    pub(super) fn begin(&mut self, set: SetDigest, moment: Moment) {
        if let Some(entry) = self.entry_mut(set) {
            entry.attempts = entry.attempts.saturating_add(1);
        }
        let run = super::state::Run { set, boot: moment.boot, since: moment.uptime, soaked: false };
        self.run = Some(run);
    }
}

/// The record of a store that is in order; a new one where `or_new`.
pub(super) fn in_order<S: Storage>(storage: &mut S, or_new: bool) -> Result<State, Failure<S::Error>> {
    match storage.load() {
        Loaded::Found(state) => Ok(state),
        Loaded::Absent if or_new => Ok(State::default()),
        Loaded::Absent => Err(Refusal::Unknown.into()),
        Loaded::Damaged | Loaded::Unreadable => Err(Refusal::Record.into()),
    }
}

/// Writes the record as the next generation.
pub(super) fn save<S: Storage>(storage: &mut S, state: &mut State) -> Result<(), Failure<S::Error>> {
    state.generation = state.generation.saturating_add(1);
    storage.save(state).map_err(Failure::Storage)
}
