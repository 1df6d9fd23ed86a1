//! What the operator decides: which sets there are, how low the guard may go, what it forgives.

use super::log::{What, Why};
use super::settle::{in_order, save};
use super::state::{Entry, Policy, Reason, STAGED, SetDigest, Standing, State};
use super::storage::{Failure, Refusal, Storage};

/// A set whose copy is stored already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSet {
    /// Which.
    pub set: SetDigest,
    /// SHA-256 of the verdict that was stored with it.
    pub verdict: [u8; 32],
    /// Its place in the order of releases: one more than any so far when missing.
    pub serial: Option<u64>,
}

impl State {
    /// Whether a set may be staged; asked before its copy is written.
    ///
    /// # Errors
    /// It is in quarantine, below the floor, or known with another serial; or there is no room.
    pub fn may_stage(&self, set: SetDigest, serial: Option<u64>) -> Result<(), Refusal> {
        let wanted = match self.entry(set) {
            Some(entry) if entry.is_quarantined() => {
                return Err(Refusal::Set(Why::Quarantined));
            }
            Some(entry) if serial.is_some_and(|serial| serial != entry.serial) => {
                return Err(Refusal::Serial { known: entry.serial });
            }
            Some(entry) => entry.serial,
            None if self.entries.iter().all(Option::is_some) && self.droppable().is_none() => {
                return Err(Refusal::Full);
            }
            None => serial.unwrap_or(self.next_serial()),
        };
        if wanted < self.floor { Err(Refusal::Set(Why::BelowFloor)) } else { Ok(()) }
    }

    /// The set with the lowest serial of those that wait and of which nothing is known that must be remembered.
    fn droppable(&self) -> Option<SetDigest> {
        let used = [self.active, self.next, self.run.map(|run| run.set)];
        let idle = |entry: &&Entry| {
            entry.standing == Standing::Staged && entry.unclean == 0 && !used.contains(&Some(entry.set))
        };
        self.entries().filter(idle).min_by_key(|entry| entry.serial).map(|entry| entry.set)
    }
}

/// Takes a set into the record, whose copy is durable, and which the gate took.
///
/// One that is known keeps its history and gets the new verdict.
///
/// # Errors
/// As [`State::may_stage`]; the copy does not pass; or the storage could not write.
pub fn stage<S: Storage>(storage: &mut S, new: NewSet) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, true)?;
    state.may_stage(new.set, new.serial)?;
    let known = state.entry(new.set).copied();
    let fresh = Entry {
        set: new.set,
        verdict: new.verdict,
        serial: new.serial.unwrap_or(state.next_serial()),
        attempts: 0,
        unclean: 0,
        since: 0,
        standing: Standing::Staged,
    };
    let entry = known.map_or(fresh, |known| Entry { verdict: new.verdict, ..known });
    // A good set passes here on its bytes alone only if the gate takes it too: this is what staging is.
    if let Some(why) = storage.check(&entry).obstacle(false) {
        return Err(Refusal::Set(why).into());
    }
    if known.is_some() {
        if let Some(slot) = state.entry_mut(new.set) {
            *slot = entry;
        }
    } else {
        let waiting = state.entries().filter(|entry| entry.standing == Standing::Staged).count();
        let full = state.entries.iter().all(Option::is_some);
        if (waiting >= STAGED || full)
            && let Some(out) = state.droppable()
        {
            state.remove(out);
            state.note(What::Dropped, Some(out), None);
        }
        if !state.add(entry) {
            return Err(Refusal::Full.into());
        }
    }
    state.note(What::Staged, Some(new.set), None);
    save(storage, &mut state)?;
    if known.is_some_and(|known| known.is_good()) {
        storage.back_up(&state.backup()).map_err(Failure::Storage)?;
    }
    storage.sweep(&state);
    Ok(state)
}

/// Sets the lowest serial that may be activated.
///
/// # Errors
/// The active set or the latest good one is below it: a machine must keep something to come up with; or the storage
/// could not write.
pub fn floor<S: Storage>(storage: &mut S, serial: u64) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, true)?;
    let held = [state.active, state.good.into_iter().flatten().next()];
    let held = held.into_iter().flatten().filter_map(|set| state.entry(set));
    if let Some(entry) = held.filter(|entry| !entry.is_quarantined()).find(|entry| entry.serial < serial) {
        return Err(Refusal::Floor { set: entry.set, serial: entry.serial }.into());
    }
    let raised = serial > state.floor;
    state.floor = serial;
    if state.next.and_then(|next| state.entry(next)).is_some_and(|entry| entry.serial < serial) {
        state.next = None;
    }
    state.note(What::Floor, None, None);
    // Whichever of the two is lost in between, the higher floor counts.
    let backup = state.backup();
    if raised {
        storage.back_up(&backup).map_err(Failure::Storage)?;
    }
    save(storage, &mut state)?;
    if !raised {
        storage.back_up(&backup).map_err(Failure::Storage)?;
    }
    Ok(state)
}

/// Sets what is asked of sets.
///
/// # Errors
/// The storage could not write.
pub fn policy<S: Storage>(storage: &mut S, policy: Policy) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, true)?;
    state.policy = Policy { unclean_ends: policy.unclean_ends.max(1), ..policy };
    state.note(What::Policy, None, None);
    save(storage, &mut state)?;
    Ok(state)
}

/// Takes a set out of quarantine, with its unclean ends forgiven. One whose record was lost is forgotten, and can be
/// staged anew.
///
/// # Errors
/// It is unknown or not in quarantine; or the storage could not write.
pub fn release<S: Storage>(storage: &mut S, set: SetDigest) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, false)?;
    let entry = state.entry_mut(set).ok_or(Refusal::Unknown)?;
    match entry.standing {
        Standing::Quarantined(Reason::UncleanEnds) => {
            entry.standing = Standing::Staged;
            entry.since = 0;
        }
        Standing::Quarantined(Reason::RecordLost) => state.remove(set),
        Standing::Staged | Standing::Good => return Err(Refusal::NotQuarantined.into()),
    }
    state.note(What::Released, Some(set), None);
    save(storage, &mut state)?;
    Ok(state)
}
