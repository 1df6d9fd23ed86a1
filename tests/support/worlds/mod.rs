//! Worlds for the search over the guard's state machine: three sets, of which the third makes the machine crash.

mod model;
mod promises;

use bootgate::guard::core::{Check, SetDigest, Standing, When};

use model::Model;
pub(crate) use promises::invariants;

/// The sets: two that are sound, and one that always ends in a crash.
pub(crate) const SETS: usize = 3;
const BAD: usize = 2;
/// Unclean ends after which a set is left.
const ENDS: u8 = 2;
/// Counts beyond this are not gone into: nothing new happens there.
const MOST: u8 = 4;

fn digest(set: usize) -> SetDigest {
    SetDigest([u8::try_from(set).unwrap() + 1; 32])
}

fn set(digest: SetDigest) -> usize {
    usize::from(digest.0[0] - 1)
}

fn serial(set: usize) -> u64 {
    u64::try_from(set).unwrap() + 1
}

/// One entry of the record, without what decides nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Known {
    since: u8,
    standing: Standing,
    serial: u64,
}

/// The record, without what decides nothing: names, totals, the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Record {
    entries: [Option<Known>; SETS],
    active: Option<usize>,
    next: Option<usize>,
    good: [Option<usize>; 2],
    spoiled: bool,
    /// Set, whether it is of the present boot, whether it soaked.
    run: Option<(usize, bool, bool)>,
    floor: u64,
}

/// What survives a power cut.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Durable {
    record: Option<Record>,
    /// A medium may lose the record.
    lost: bool,
    backup: Option<(u64, [Option<usize>; 2])>,
    link: Option<usize>,
    /// The copies: not there, whole, or damaged.
    copies: [Option<bool>; SETS],
}

/// What the search remembers by itself, to hold the guard to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Ghost {
    /// Unclean ends of each set since it was vouched for.
    unclean: [u8; SETS],
    quarantined: [bool; SETS],
    /// The greatest floor that an operation acknowledged and none lowered.
    floor: u64,
    /// Whether the active set ended uncleanly since it was activated.
    spoiled: bool,
    /// The good sets that a commit acknowledged last.
    good: [Option<usize>; 2],
}

/// One world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct World {
    durable: Durable,
    up: bool,
    ghost: Ghost,
}

/// Something that is done, or happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Boot,
    Stage(usize),
    Activate(usize, When),
    Rollback(When),
    Commit {
        soaked: bool,
    },
    Shutdown,
    Floor(u64),
    Release(usize),
    /// The machine ends: it crashed, or the power failed.
    End,
    /// A medium loses the bytes of a copy.
    Damage(usize),
    /// A medium loses both generations of the record.
    Lose,
}

/// What the disk does with writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Works,
    /// The power fails before this write.
    Cut(u8),
    /// Nothing in the store can be written; the consumer's link is elsewhere.
    ReadOnly,
    /// Nothing can be written at all.
    AllReadOnly,
}

pub(crate) type Step = (Operation, Disk);

/// What became of a step.
pub(crate) struct Taken {
    pub(crate) world: World,
    /// What the consumer was let see, in order, each with the record that was durable then.
    presented: Vec<(Option<usize>, Option<Record>)>,
    /// What was checked, and what came out.
    checked: Vec<(usize, Check)>,
    done: bool,
}

impl World {
    pub(crate) fn new() -> World {
        let durable = Durable { record: None, lost: false, backup: None, link: None, copies: [None; SETS] };
        World { durable, up: true, ghost: Ghost::default() }
    }

    fn done(&self, steps: &[Operation]) -> World {
        steps.iter().fold(self.clone(), |world, step| {
            let taken = world.take((*step, Disk::Works)).unwrap();
            assert!(taken.done, "{step:?} of {world:?}");
            taken.world
        })
    }

    pub(crate) fn with_good(sets: &[usize]) -> World {
        sets.iter().fold(World::new(), |world, set| {
            let now = Operation::Activate(*set, When::Now);
            world.done(&[Operation::Stage(*set), now, Operation::Commit { soaked: true }])
        })
    }

    pub(crate) fn with_staged(&self, set: usize) -> World {
        self.done(&[Operation::Stage(set)])
    }

    pub(crate) fn with_active(&self, set: usize) -> World {
        self.done(&[Operation::Activate(set, When::Now)])
    }

    /// The machine ended this often, and came up again in between.
    pub(crate) fn with_ends(&self, ends: usize) -> World {
        let mut world = self.clone();
        for _ in 0..ends {
            world = world.done(&[Operation::End, Operation::Boot]);
        }
        world
    }

    /// What can happen here.
    pub(crate) fn steps(&self) -> Vec<Step> {
        use Operation as O;
        if !self.up {
            let mut steps = vec![O::Boot, O::Lose];
            steps.extend((0..SETS).map(O::Damage));
            return with_disks(steps);
        }
        let mut steps = vec![O::Boot, O::End, O::Shutdown];
        steps.extend((0..SETS).flat_map(|set| {
            [O::Stage(set), O::Activate(set, When::Now), O::Activate(set, When::NextBoot), O::Release(set)]
        }));
        steps.extend([O::Rollback(When::Now), O::Rollback(When::NextBoot)]);
        steps.extend([O::Commit { soaked: true }, O::Commit { soaked: false }, O::Floor(0), O::Floor(2)]);
        with_disks(steps)
    }

    /// Does a step; `None` where it cannot happen, or nothing new comes of it.
    pub(crate) fn take(&self, (operation, disk): Step) -> Option<Taken> {
        let mut world = self.clone();
        let mut taken = Taken { world: self.clone(), presented: vec![], checked: vec![], done: true };
        match operation {
            Operation::End => {
                world.end();
                taken.world = world;
                return taken.bounded();
            }
            Operation::Damage(set) => {
                (world.durable.copies[set] == Some(true)).then_some(())?;
                world.durable.copies[set] = Some(false);
                taken.world = world;
                return Some(taken);
            }
            Operation::Lose => {
                (world.durable.record.is_some() && !world.durable.lost).then_some(())?;
                world.durable.lost = true;
                world.durable.record = None;
                // What was counted is gone with it.
                world.ghost.unclean = [0; SETS];
                world.ghost.spoiled = false;
                taken.world = world;
                return Some(taken);
            }
            // The machine does not go through an orderly shutdown while the bad set is in use.
            Operation::Shutdown if world.durable.link == Some(BAD) => return None,
            _ => {}
        }
        if operation == Operation::Boot && !world.up {
            world.up = true;
        }
        let before = world.clone();
        let mut model = Model { world, disk, writes: 0, cut: false, taken };
        let done = model.run(operation);
        let Model { mut world, cut, mut taken, .. } = model;
        if matches!(disk, Disk::Cut(_)) && !cut {
            return None;
        }
        taken.done = done;
        world.judge_by(operation, done && !cut, &before);
        if cut {
            world.end();
        } else if operation == Operation::Shutdown && done {
            world.up = false;
        }
        taken.world = world;
        taken.bounded()
    }

    /// The machine ends without having been shut down.
    fn end(&mut self) {
        self.up = false;
        let Some(record) = &mut self.durable.record else { return };
        // A run that ended before is counted by the next boot that gets to it, once.
        if let Some((set, current, _)) = record.run.as_mut().filter(|run| run.1) {
            *current = false;
            self.ghost.unclean[*set] = self.ghost.unclean[*set].saturating_add(1);
            self.ghost.spoiled |= record.active == Some(*set);
        }
    }

    /// What the search concludes from a step by itself.
    fn judge_by(&mut self, operation: Operation, done: bool, before: &World) {
        let known = |world: &World, set: usize| world.durable.record.as_ref().and_then(|r| r.entries[set]);
        for set in 0..SETS {
            let standing = known(self, set).map(|known| known.standing);
            self.ghost.quarantined[set] |= matches!(standing, Some(Standing::Quarantined(_)));
        }
        // What the record says is durable, acknowledged or not.
        let same = |record: Option<&Record>| record.map(|r| (r.active, r.run.map(|run| run.0)));
        let active = |world: &World| same(world.durable.record.as_ref());
        match operation {
            Operation::Release(set) if self.durable.record != before.durable.record => {
                self.ghost.quarantined[set] = false;
                self.ghost.unclean[set] = 0;
            }
            Operation::Activate(_, when) | Operation::Rollback(when) => {
                let chosen =
                    self.durable.record.as_ref().filter(|_| self.durable.record != before.durable.record);
                let chosen = chosen.and_then(|r| if when == When::Now { r.active } else { r.next });
                if let Some(set) = chosen.filter(|set| self.durable.record.as_ref().unwrap().good(*set)) {
                    self.ghost.unclean[set] = 0;
                }
                if done && self.durable.record.as_ref().is_some_and(|record| record.next.is_none()) {
                    self.ghost.spoiled = false;
                }
            }
            Operation::Shutdown if done => {
                let run = before.durable.record.as_ref().and_then(|record| record.run);
                if let Some((set, _, true)) = run {
                    self.ghost.unclean[set] = 0;
                }
            }
            Operation::Commit { .. } if done => self.ghost.good = self.durable.record.as_ref().unwrap().good,
            Operation::Floor(floor) if done => self.ghost.floor = floor,
            // Cut off, it may have been set or not.
            Operation::Floor(floor) => self.ghost.floor = self.ghost.floor.min(floor),
            _ => {}
        }
        let moved = active(self).map(|a| a.0) != active(before).map(|a| a.0);
        if moved {
            self.ghost.spoiled = false;
        }
        for set in 0..SETS {
            // A set that is forgotten begins anew.
            if known(self, set).is_none() && known(before, set).is_some() {
                self.ghost.unclean[set] = 0;
            }
        }
    }
}

fn with_disks(operations: Vec<Operation>) -> Vec<Step> {
    use Operation as O;
    let disks = |operation: Operation| match operation {
        O::End | O::Damage(_) | O::Lose => vec![Disk::Works],
        O::Boot => {
            vec![Disk::Works, Disk::Cut(0), Disk::Cut(1), Disk::ReadOnly, Disk::AllReadOnly]
        }
        _ => vec![Disk::Works, Disk::Cut(0), Disk::Cut(1), Disk::Cut(2), Disk::Cut(3), Disk::AllReadOnly],
    };
    operations.into_iter().flat_map(|o| disks(o).into_iter().map(move |disk| (o, disk))).collect()
}

impl Taken {
    fn bounded(self) -> Option<Taken> {
        let record = self.world.durable.record.iter().flat_map(|record| record.entries).flatten();
        record
            .map(|known| known.since)
            .chain(self.world.ghost.unclean)
            .all(|count| count <= MOST)
            .then_some(self)
    }
}

impl Record {
    fn good(&self, set: usize) -> bool {
        self.entries[set].is_some_and(|known| known.standing == Standing::Good)
    }
}
