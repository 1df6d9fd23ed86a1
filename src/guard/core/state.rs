//! What is known of one content set's copies: the part that is written down.

use core::fmt;

use super::log::{Event, Log, What, Why};

/// How many sets one record knows, whatever their standing.
pub const ENTRIES: usize = 32;
/// How many copies may wait for their activation. One more drops the one with the lowest serial.
pub const STAGED: usize = 4;

/// The SHA-256 digest that stands for a set: that of its list of files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetDigest(pub [u8; 32]);

impl fmt::Display for SetDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SetDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the kernel calls this boot; another one after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BootId(pub [u8; 16]);

/// When something happens. There is no date: a clock may stand at 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The boot, if the kernel says which.
    pub boot: Option<BootId>,
    /// Seconds since it began.
    pub uptime: u64,
}

/// What is asked of a set before it counts as good, and how much is forgiven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Unclean ends after which a set is left; at least 1.
    pub unclean_ends: u32,
    /// Seconds that a set must have been in use, in one run.
    pub soak_seconds: u64,
    /// Events that the consumer must have handled in that time.
    pub soak_events: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { unclean_ends: 2, soak_seconds: 600, soak_events: 1 }
    }
}

/// Why a set is in quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The machine ended uncleanly with it too often.
    UncleanEnds,
    /// The record was lost, and nothing says what this copy was.
    RecordLost,
}

/// What is thought of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It passed the gate when it was staged, and has not proved itself.
    Staged,
    /// It was in use for a soak, and handled events.
    Good,
    /// It is not activated until the operator releases it.
    Quarantined(Reason),
}

/// One set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Which.
    pub set: SetDigest,
    /// SHA-256 of the verdict that it was staged with.
    pub verdict: [u8; 32],
    /// Its place in the order of releases; the floor is one of these.
    pub serial: u64,
    /// How often the consumer was let load it.
    pub attempts: u32,
    /// How many of these ended uncleanly, ever.
    pub unclean: u32,
    /// How many did since a run with it soaked and then ended cleanly, or the operator vouched for it.
    pub since: u32,
    /// What is thought of it.
    pub standing: Standing,
}

impl Entry {
    /// Whether it counts as good.
    pub fn is_good(&self) -> bool {
        self.standing == Standing::Good
    }

    /// Whether it is in quarantine.
    pub fn is_quarantined(&self) -> bool {
        matches!(self.standing, Standing::Quarantined(_))
    }
}

/// What the consumer was let load, until that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// The set; an unclean end is counted against it.
    pub set: SetDigest,
    /// The boot in which that was.
    pub boot: Option<BootId>,
    /// The uptime in seconds at which that was.
    pub since: u64,
    /// Whether a soak was completed in it.
    pub soaked: bool,
}

impl Run {
    /// Whether it surely began in this boot.
    pub(super) fn surely_in(&self, moment: Moment) -> bool {
        self.boot.is_some() && self.boot == moment.boot
    }

    /// Whether it may have begun in this boot: where the kernel does not say, it did.
    pub(super) fn maybe_in(&self, moment: Moment) -> bool {
        self.boot.is_none() || moment.boot.is_none() || self.boot == moment.boot
    }
}

/// All that is remembered between boots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Grows with every write.
    pub generation: u64,
    /// How many boots there were.
    pub boots: u64,
    /// What is asked of sets.
    pub policy: Policy,
    /// The lowest serial that may be activated.
    pub floor: u64,
    /// The set to load.
    pub active: Option<SetDigest>,
    /// The set to load from the next boot on.
    pub next: Option<SetDigest>,
    /// The last two that proved themselves, the latest first.
    pub good: [Option<SetDigest>; 2],
    /// Whether the active set ended uncleanly since it was activated.
    pub spoiled: bool,
    /// What is in use.
    pub run: Option<Run>,
    /// The sets.
    pub entries: [Option<Entry>; ENTRIES],
    /// What happened last.
    pub log: Log,
}

impl Default for State {
    fn default() -> Self {
        State {
            generation: 0,
            boots: 0,
            policy: Policy::default(),
            floor: 0,
            active: None,
            next: None,
            good: [None; 2],
            spoiled: false,
            run: None,
            entries: [None; ENTRIES],
            log: Log::default(),
        }
    }
}

impl State {
    /// The sets that are known.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().flatten()
    }

    /// What is known of a set.
    pub fn entry(&self, set: SetDigest) -> Option<&Entry> {
        self.entries().find(|entry| entry.set == set)
    }

    pub(super) fn entry_mut(&mut self, set: SetDigest) -> Option<&mut Entry> {
        self.entries.iter_mut().flatten().find(|entry| entry.set == set)
    }

    /// Adds a set; `false` when there is no room.
    pub(super) fn add(&mut self, entry: Entry) -> bool {
        let free = self.entries.iter_mut().find(|slot| slot.is_none());
        free.map(|slot| *slot = Some(entry)).is_some()
    }

    pub(super) fn remove(&mut self, set: SetDigest) {
        for slot in self.entries.iter_mut().filter(|slot| slot.is_some_and(|entry| entry.set == set)) {
            *slot = None;
        }
    }

    /// The lowest serial that no set has yet.
    pub fn next_serial(&self) -> u64 {
        self.entries().map(|entry| entry.serial).max().unwrap_or(0).max(self.floor).saturating_add(1)
    }

    /// Whether a good set has had as many unclean ends as make the guard go elsewhere.
    pub fn is_worn(&self, entry: &Entry) -> bool {
        entry.since >= self.policy.unclean_ends
    }

    /// Why a set may not be activated whatever its bytes are.
    pub fn obstacle(&self, entry: &Entry) -> Option<Why> {
        match () {
            () if entry.is_quarantined() => Some(Why::Quarantined),
            () if entry.serial < self.floor => Some(Why::BelowFloor),
            () if self.is_worn(entry) => Some(Why::UncleanEnds),
            () => None,
        }
    }

    pub(super) fn note(&mut self, what: What, set: Option<SetDigest>, other: Option<SetDigest>) {
        self.log.push(Event { number: 0, boot: self.boots, what, set, other });
    }
}
