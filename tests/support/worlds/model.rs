//! The storage of a world, and what its record is to the guard.

use bootgate::guard::core::{
    Backup, BootId, Check, Entry, Failure, Loaded, Moment, NewSet, Policy, Refusal, Rescue, Run, SetDigest,
    State, Storage, activate, boot, commit, floor, release, rollback, shutdown, stage,
};

use super::{Disk, ENDS, Known, Operation, Record, SETS, Taken, World, digest, serial, set};

/// A storage that keeps what is durable, and can be cut off before any write.
pub(super) struct Model {
    pub(super) world: World,
    pub(super) disk: Disk,
    pub(super) writes: u8,
    pub(super) cut: bool,
    pub(super) taken: Taken,
}

/// The disk took no write.
#[derive(Debug)]
pub(super) struct NoWrite;

impl Model {
    pub(super) fn run(&mut self, operation: Operation) -> bool {
        // Time is what the search says it is: a soak takes 600 seconds.
        let at = |uptime| Moment { boot: Some(BootId([1; 16])), uptime };
        match operation {
            Operation::Boot => {
                boot(self, at(0));
                true
            }
            Operation::Stage(set) => {
                // The copy is durable before the record is asked.
                if self.write().is_err() {
                    return false;
                }
                self.world.durable.copies[set] = Some(true);
                let new = NewSet { set: digest(set), verdict: [0; 32], serial: Some(serial(set)) };
                done(stage(self, new))
            }
            Operation::Activate(set, when) => done(activate(self, digest(set), when, at(0))),
            Operation::Rollback(when) => done(rollback(self, when, at(0))),
            Operation::Commit { soaked } => done(commit(self, 1, at(if soaked { 600 } else { 10 }))),
            Operation::Shutdown => done(shutdown(self, at(700))),
            Operation::Floor(serial) => done(floor(self, serial)),
            Operation::Release(set) => done(release(self, digest(set))),
            Operation::End | Operation::Damage(_) | Operation::Lose => panic!("no operation of the guard"),
        }
    }

    fn write(&mut self) -> Result<(), NoWrite> {
        self.cut |= self.disk == Disk::Cut(self.writes);
        self.writes += 1;
        let writable = !matches!(self.disk, Disk::ReadOnly | Disk::AllReadOnly);
        if self.cut || !writable { Err(NoWrite) } else { Ok(()) }
    }
}

fn done(result: Result<State, Failure<NoWrite>>) -> bool {
    match result {
        Ok(_) => true,
        Err(Failure::Refused(Refusal::Full)) => panic!("three sets fill no record"),
        Err(_) => false,
    }
}

impl Storage for Model {
    type Error = NoWrite;

    fn load(&mut self) -> Loaded {
        match &self.world.durable.record {
            Some(record) => Loaded::Found(record.state()),
            None if self.world.durable.lost => Loaded::Damaged,
            None => Loaded::Absent,
        }
    }

    fn save(&mut self, state: &State) -> Result<(), NoWrite> {
        // What is written is what is read again.
        let mut payload = [0; bootgate::guard::core::PAYLOAD_BYTES];
        state.encode(&mut payload);
        assert_eq!(State::decode(&payload).as_ref(), Ok(state));
        self.write()?;
        self.world.durable.record = Some(Record::of(state));
        Ok(())
    }

    fn check(&mut self, entry: &Entry) -> Check {
        let check = match self.world.durable.copies[set(entry.set)] {
            Some(true) => Check::Passed,
            Some(false) => Check::Damaged,
            None => Check::Missing,
        };
        self.taken.checked.push((set(entry.set), check));
        check
    }

    fn present(&mut self, shown: Option<SetDigest>) -> Result<(), NoWrite> {
        if self.disk == Disk::AllReadOnly {
            return Err(NoWrite);
        }
        if self.disk != Disk::ReadOnly {
            self.write()?;
        }
        let shown = shown.map(set);
        self.taken.presented.push((shown, self.world.durable.record.clone()));
        self.world.durable.link = shown;
        Ok(())
    }

    fn back_up(&mut self, backup: &Backup) -> Result<(), NoWrite> {
        self.write()?;
        self.world.durable.backup =
            Some((backup.floor, backup.good.map(|good| good.map(|(s, _, _)| set(s)))));
        Ok(())
    }

    fn rescue(&mut self) -> Rescue {
        let good = |s: usize| (digest(s), serial(s), [0; 32]);
        let backup = self.world.durable.backup;
        let backup = backup.map(|(floor, sets)| Backup { floor, good: sets.map(|known| known.map(good)) });
        let mut rescue = Rescue { backup, ..Rescue::default() };
        for (slot, copy) in rescue.copies.iter_mut().zip(0..SETS) {
            *slot = self.world.durable.copies[copy].map(|_| digest(copy));
        }
        rescue
    }

    fn sweep(&mut self, state: &State) {
        for copy in 0..SETS {
            if state.entry(digest(copy)).is_none()
                && self.world.durable.copies[copy].is_some()
                && self.write().is_ok()
            {
                self.world.durable.copies[copy] = None;
            }
        }
    }
}

impl Record {
    fn of(state: &State) -> Record {
        let known = |entry: &Entry| Known {
            since: u8::try_from(entry.since).unwrap_or(u8::MAX),
            standing: entry.standing,
            serial: entry.serial,
        };
        let entry = |s: usize| state.entry(digest(s)).map(known);
        Record {
            entries: [entry(0), entry(1), entry(2)],
            active: state.active.map(set),
            next: state.next.map(set),
            good: state.good.map(|good| good.map(set)),
            spoiled: state.spoiled,
            run: state.run.map(|run| (set(run.set), run.boot == Some(BootId([1; 16])), run.soaked)),
            floor: state.floor,
        }
    }

    fn state(&self) -> State {
        let mut state = State {
            generation: 1,
            policy: Policy { unclean_ends: u32::from(ENDS), ..Policy::default() },
            active: self.active.map(digest),
            next: self.next.map(digest),
            good: self.good.map(|good| good.map(digest)),
            spoiled: self.spoiled,
            floor: self.floor,
            ..State::default()
        };
        state.run = self.run.map(|(set, current, soaked)| {
            let boot = Some(BootId([u8::from(current); 16]));
            Run { set: digest(set), boot, since: 0, soaked }
        });
        for (slot, (set, known)) in state.entries.iter_mut().zip(self.entries.iter().enumerate()) {
            *slot = known.map(|known| Entry {
                set: digest(set),
                verdict: [0; 32],
                serial: known.serial,
                attempts: 0,
                unclean: 0,
                since: u32::from(known.since),
                standing: known.standing,
            });
        }
        state
    }
}
