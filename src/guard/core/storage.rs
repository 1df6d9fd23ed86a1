//! What the state machine asks of the world, and what it says when it will not do something.

use super::log::Why;
use super::state::{ENTRIES, Entry, SetDigest, State};

/// What became of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and no allocator to box it with")]
pub enum Loaded {
    /// The newest one that is whole.
    Found(State),
    /// There is none, and no sign that there was one.
    Absent,
    /// There are signs of one, and none is whole: it may be written anew.
    Damaged,
    /// It cannot be read now, or is of another version of the program: it must not be written over.
    Unreadable,
}

/// What became of the bytes of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// They are those that were staged, and the gate takes them.
    Passed,
    /// They are those that were staged; the gate could not be asked now.
    Unjudged,
    /// They are those that were staged; the gate refuses them now.
    Refused,
    /// They are others.
    Damaged,
    /// They are not there, or cannot be read.
    Missing,
}

impl Check {
    /// Why a set with this result is not loaded; a good one has passed the gate before.
    pub(super) fn obstacle(self, good: bool) -> Option<Why> {
        match self {
            Check::Passed => None,
            Check::Unjudged if good => None,
            Check::Unjudged => Some(Why::Unjudged),
            Check::Refused => Some(Why::Refused),
            Check::Damaged => Some(Why::Damaged),
            Check::Missing => Some(Why::Missing),
        }
    }
}

/// What is kept beside the record, for the day when it is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backup {
    /// The floor.
    pub floor: u64,
    /// The good sets, the latest first, each with the serial and the verdict that it was staged with.
    pub good: [Option<(SetDigest, u64, [u8; 32])>; 2],
}

/// What can be told when the record is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rescue {
    /// The backup, if it is whole.
    pub backup: Option<Backup>,
    /// Copies that are there.
    pub copies: [Option<SetDigest>; ENTRIES],
}

/// Where record and copies are.
pub trait Storage {
    /// Why something could not be written.
    type Error;

    /// Reads the record.
    fn load(&mut self) -> Loaded;

    /// Writes the record; it is durable when this returns, and the one before is still whole until then.
    ///
    /// # Errors
    /// It could not be written, or not durably; one of the two is still whole.
    fn save(&mut self, state: &State) -> Result<(), Self::Error>;

    /// Reads the copy of a set once, compares it with what was staged, and asks the gate.
    fn check(&mut self, entry: &Entry) -> Check;

    /// Lets the consumer see a set that was just checked, or none; in one step.
    ///
    /// # Errors
    /// The consumer sees what it saw before.
    fn present(&mut self, set: Option<SetDigest>) -> Result<(), Self::Error>;

    /// Replaces the backup durably.
    ///
    /// # Errors
    /// The old one is still whole.
    fn back_up(&mut self, backup: &Backup) -> Result<(), Self::Error>;

    /// Tells what is left when the record is lost.
    fn rescue(&mut self) -> Rescue;

    /// Deletes copies that the record, which is durable, does not know. What cannot be deleted stays.
    fn sweep(&mut self, state: &State);
}

/// Why an operation was not done: the rules say so, and nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The record is lost or cannot be read: `boot` deals with that.
    Record,
    /// No such set was staged.
    Unknown,
    /// The bytes do not do, or the set may not be activated.
    Set(Why),
    /// It was staged with another serial.
    Serial {
        /// The serial that it has.
        known: u64,
    },
    /// The record has no room for another set.
    Full,
    /// There is no other good set that may be activated.
    NothingToGoBackTo,
    /// The active set is not in use in this boot.
    NotInUse,
    /// The active set ended uncleanly since it was activated.
    Spoiled,
    /// The soak is not over.
    Soak {
        /// Seconds so far.
        seconds: u64,
        /// Seconds that are asked for.
        needed: u64,
    },
    /// Too few events were handled.
    Events {
        /// Events so far.
        events: u64,
        /// Events that are asked for.
        needed: u64,
    },
    /// The active set or the latest good one would be below the floor.
    Floor {
        /// That set.
        set: SetDigest,
        /// Its serial.
        serial: u64,
    },
    /// It is not in quarantine.
    NotQuarantined,
}

/// Why an operation was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<E> {
    /// The rules say so.
    Refused(Refusal),
    /// The storage could not do its part.
    Storage(E),
}

impl<E> From<Refusal> for Failure<E> {
    fn from(refusal: Refusal) -> Self {
        Failure::Refused(refusal)
    }
}
