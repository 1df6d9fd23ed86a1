//! The ends of a run that speak for a set: a soak, and a clean shutdown.

use super::log::What;
use super::settle::{in_order, save};
use super::state::{Moment, SetDigest, Standing, State};
use super::storage::{Failure, Refusal, Storage};

/// Calls the active set good, after a soak of the length that the policy asks for, in which the consumer has
/// handled `events` events.
///
/// # Errors
/// It is not in use in this boot, has not been for long enough or with too few events, or ended uncleanly since it
/// was activated; or the storage could not write.
pub fn commit<S: Storage>(storage: &mut S, events: u64, moment: Moment) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, false)?;
    let run = state.run.filter(|run| run.maybe_in(moment) && state.active == Some(run.set));
    let mut run = run.ok_or(Refusal::NotInUse)?;
    let seconds = moment.uptime.saturating_sub(run.since);
    let policy = state.policy;
    if seconds < policy.soak_seconds {
        return Err(Refusal::Soak { seconds, needed: policy.soak_seconds }.into());
    }
    if events < policy.soak_events {
        return Err(Refusal::Events { events, needed: policy.soak_events }.into());
    }
    let spoiled = state.spoiled;
    let entry = state.entry_mut(run.set).ok_or(Refusal::NotInUse)?;
    let new = !entry.is_good();
    if new && spoiled {
        return Err(Refusal::Spoiled.into());
    }
    entry.standing = Standing::Good;
    run.soaked = true;
    state.run = Some(run);
    let changed = state.promote(run.set);
    if new || changed {
        state.note(What::Committed, Some(run.set), None);
    }
    save(storage, &mut state)?;
    // Each time, for the last one may have ended between the two. Copies go last: the backup knew them till now.
    storage.back_up(&state.backup()).map_err(Failure::Storage)?;
    storage.sweep(&state);
    Ok(state)
}

impl State {
    /// Puts a set first among the good ones; the third is forgotten. Gives whether that changed anything.
    fn promote(&mut self, set: SetDigest) -> bool {
        let [latest, earlier] = self.good;
        if latest == Some(set) {
            return false;
        }
        self.good = [Some(set), latest];
        if let Some(out) = earlier.filter(|out| *out != set) {
            if self.next == Some(out) {
                self.next = None;
            }
            self.remove(out);
        }
        true
    }
}

/// Writes down that the machine is about to end cleanly. After a run that soaked, earlier unclean ends of its set
/// are forgiven.
///
/// # Errors
/// The storage could not write: then this end will count as an unclean one.
pub fn shutdown<S: Storage>(storage: &mut S, moment: Moment) -> Result<State, Failure<S::Error>> {
    let mut state = in_order(storage, false)?;
    let Some(run) = state.run.filter(|run| run.maybe_in(moment)) else {
        return Err(Refusal::NotInUse.into());
    };
    if let Some(entry) = state.entry_mut(run.set).filter(|entry| run.soaked && entry.is_good()) {
        entry.since = 0;
    }
    state.run = None;
    state.note(What::Clean, Some(run.set), None);
    save(storage, &mut state)?;
    Ok(state)
}
