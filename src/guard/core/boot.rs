//! The operation at boot, before the consumer may load anything. It never fails: it loads less.

use super::choose::Choice;
use super::log::What;
use super::settle::save;
use super::state::{Moment, SetDigest, State};
use super::storage::{Failure, Loaded, Storage};

/// What became of a boot.
#[derive(Debug)]
pub struct Booted<E> {
    /// What the consumer may load.
    pub set: Option<SetDigest>,
    /// What the record said before this boot.
    pub before: Option<SetDigest>,
    /// The state that goes with that; the events after `told` are those of this boot.
    pub state: State,
    /// How many events there were before.
    pub told: u64,
    /// Why the record was not written: then nothing of this is remembered.
    pub unsaved: Option<Unsaved<E>>,
    /// Why the consumer still sees what it saw before.
    pub unpresented: Option<E>,
}

/// Why the record was not written.
#[derive(Debug)]
pub enum Unsaved<E> {
    /// It cannot be read, or is not ours: it is left alone.
    Unreadable,
    /// There is no set at all yet, and so nothing to remember.
    Absent,
    /// The storage could not write it.
    Storage(E),
}

/// Counts how the last run ended, chooses a set, writes the attempt down and lets the consumer see the set.
///
/// Called again in the same boot, it checks again and counts nothing.
pub fn boot<S: Storage>(storage: &mut S, moment: Moment) -> Booted<S::Error> {
    let (mut state, mut unsaved) = match storage.load() {
        Loaded::Found(state) => (state, None),
        Loaded::Damaged => (State::rescued(&storage.rescue()), None),
        Loaded::Unreadable => (State::rescued(&storage.rescue()), Some(Unsaved::Unreadable)),
        // Without a record there is nothing to say about copies, but a backup says that there was one.
        Loaded::Absent => match storage.rescue() {
            rescue if rescue.backup.is_some() => (State::rescued(&rescue), None),
            _ => (State::default(), Some(Unsaved::Absent)),
        },
    };
    // A state that was made of what is left has one event, which is of this boot.
    let told = if state.generation == 0 { 0 } else { state.log.count() };
    let before = state.active;
    let new_boot = state.settle(moment);
    let settled = state.clone();

    let mut choice = state.choose(storage, new_boot, unsaved.is_none());
    state.decide(choice, new_boot, moment);
    if unsaved.is_none() {
        let saved = save(storage, &mut state);
        if let Err(Failure::Storage(error)) = saved {
            unsaved = Some(Unsaved::Storage(error));
            let proved = choice.is_none_or(|c| state.entry(c.set).is_some_and(|entry| entry.is_good()));
            if !proved {
                state = settled;
                choice = state.choose(storage, new_boot, false);
                state.decide(choice, new_boot, moment);
            }
        }
    }
    let set = choice.map(|choice| choice.set);
    let unpresented = storage.present(set).err();
    Booted { set, before, state, told, unsaved, unpresented }
}

impl State {
    /// Takes the choice over into the record.
    fn decide(&mut self, choice: Option<Choice>, new_boot: bool, moment: Moment) {
        let Some(Choice { set, worn }) = choice else {
            self.run = None;
            self.note(What::Nothing, None, self.active);
            return;
        };
        let before = self.active;
        if before != Some(set) {
            let planned = new_boot && self.next == Some(set);
            self.note(if planned { What::Activated } else { What::FellBack }, Some(set), before);
            self.active = Some(set);
            self.spoiled = false;
        }
        if worn {
            self.note(What::LeastUnclean, Some(set), None);
        }
        if new_boot {
            // A plan is for one boot: what was passed over is not tried behind the operator's back.
            self.next = None;
        }
        if new_boot || self.run.is_none_or(|run| run.set != set) {
            self.begin(set, moment);
            self.note(What::Booted, Some(set), None);
        }
    }
}
