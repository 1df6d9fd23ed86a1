//! The operator's changes of the active set: to a staged one, and back to a good one.

use super::log::{What, Why};
use super::settle::{in_order, save};
use super::state::{Moment, SetDigest, State};
use super::storage::{Failure, Refusal, Storage};

/// From when on a set is to be in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once: the consumer loads it while it runs.
    Now,
    /// When the machine boots next.
    NextBoot,
}

/// Activates a set. The attempt is durable before the consumer can see the set.
///
/// Activating the active set again begins a new soak. A good set that was left for unclean ends is vouched for by
/// this: they are forgiven, though not forgotten.
///
/// # Errors
/// The set is unknown, in quarantine, below the floor, not known to be good and already ended as often as the policy
/// allows, or its bytes do not pass; or the storage could not write. Then the consumer sees what it saw before.
pub fn activate<S: Storage>(
    storage: &mut S,
    set: SetDigest,
    when: When,
    moment: Moment,
) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, false)?;
    state.settle(moment);
    let entry = state.entry(set).copied().ok_or(Refusal::Unknown)?;
    match state.obstacle(&entry) {
        Some(Why::UncleanEnds) if entry.is_good() => {}
        Some(why) => return Err(Refusal::Set(why).into()),
        None => {}
    }
    switch(storage, state, set, when, moment, What::Activated)
}

/// Goes back to the latest good set that is not the active one.
///
/// # Errors
/// There is none that may be activated; or as [`activate`].
pub fn rollback<S: Storage>(storage: &mut S, when: When, moment: Moment) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, false)?;
    state.settle(moment);
    let active = state.active;
    let mut others = state.good.into_iter().flatten().filter(|set| Some(*set) != active);
    let allowed = |set: &SetDigest| {
        let why = state.entry(*set).map(|entry| state.obstacle(entry));
        matches!(why, Some(None | Some(Why::UncleanEnds)))
    };
    let set = others.find(allowed).ok_or(Refusal::NothingToGoBackTo)?;
    switch(storage, state, set, when, moment, What::RolledBack)
}

fn switch<S: Storage>(
    storage: &mut S,
    mut state: State,
    set: SetDigest,
    when: When,
    moment: Moment,
    what: What,
) -> Result<State, Failure<S::Error>> {
    let entry = state.entry(set).copied().ok_or(Refusal::Unknown)?;
    if let Some(why) = state.checked(storage, &entry) {
        return Err(Refusal::Set(why).into());
    }
    let before = state.clone();
    if entry.is_good()
        && let Some(entry) = state.entry_mut(set)
    {
        entry.since = 0;
    }
    if when == When::NextBoot {
        state.next = Some(set);
        state.note(What::Planned, Some(set), state.active);
        save(storage, &mut state)?;
        return Ok(state);
    }
    state.note(what, Some(set), state.active);
    state.active = Some(set);
    state.next = None;
    state.spoiled = false;
    state.begin(set, moment);
    save(storage, &mut state)?;
    if let Err(error) = storage.present(Some(set)) {
        // The consumer goes on with what it has. If this cannot be written either, the next boot counts an
        // attempt too many, which is the safe side.
        let mut before = State { generation: state.generation, ..before };
        let _ = save(storage, &mut before);
        return Err(Failure::Storage(error));
    }
    Ok(state)
}
