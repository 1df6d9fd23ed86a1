//! What happened, newest last: part of the record, so as durable as what it tells of.

use super::state::SetDigest;

/// How many events are kept.
pub const LOG: usize = 32;

/// Why a set was not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The machine ended uncleanly with it too often.
    UncleanEnds,
    /// It is in quarantine.
    Quarantined,
    /// Its serial is below the floor.
    BelowFloor,
    /// The gate refuses it.
    Refused,
    /// The gate could not be asked, and it has not proved itself.
    Unjudged,
    /// Its bytes are not those that were staged.
    Damaged,
    /// Its copy is not there, or cannot be read.
    Missing,
    /// The attempt could not be written down, and it has not proved itself.
    Uncounted,
}

/// A kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A set was gated and stored.
    Staged,
    /// A set that waited was dropped to make room.
    Dropped,
    /// The operator activated a set.
    Activated,
    /// The operator wants a set activated at the next boot.
    Planned,
    /// The operator went back from `other`.
    RolledBack,
    /// A set was loaded at boot.
    Booted,
    /// There was nothing that could be loaded.
    Nothing,
    /// A set was not loaded.
    Skipped(Why),
    /// The guard went back from `other`, or from none.
    FellBack,
    /// Good sets have all ended uncleanly; this one the fewest times.
    LeastUnclean,
    /// The machine ended without a clean shutdown.
    Unclean,
    /// The machine was shut down cleanly.
    Clean,
    /// A set is not to be activated any more.
    Quarantined,
    /// The operator took a set out of quarantine.
    Released,
    /// A set proved itself.
    Committed,
    /// The floor was set.
    Floor,
    /// The policy was set.
    Policy,
    /// The record was lost, and made anew from its backup.
    Recovered,
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Counts all events of the record, from 1.
    pub number: u64,
    /// The number of the boot in which it was; boots are counted from 1.
    pub boot: u64,
    /// What it was.
    pub what: What,
    /// The set that it was about.
    pub set: Option<SetDigest>,
    /// The set that was in its place before.
    pub other: Option<SetDigest>,
}

/// The last [`LOG`] events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub(super) count: u64,
    /// The newest first.
    pub(super) events: [Option<Event>; LOG],
}

impl Default for Log {
    fn default() -> Self {
        Log { count: 0, events: [None; LOG] }
    }
}

impl Log {
    /// How many events there ever were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The events after the first `count`, oldest first.
    pub fn after(&self, count: u64) -> impl Iterator<Item = &Event> {
        self.events.iter().rev().flatten().filter(move |event| event.number > count)
    }

    pub(super) fn push(&mut self, event: Event) {
        self.count = self.count.saturating_add(1);
        self.events.rotate_right(1);
        if let Some(newest) = self.events.first_mut() {
            *newest = Some(Event { number: self.count, ..event });
        }
    }
}
