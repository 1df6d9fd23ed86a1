//! A machine with a store on a disk that loses what was not flushed: it works, the power fails, it boots, it is judged.

use std::collections::BTreeMap;

use bootgate::guard::core::{
    BootId, Check, Failure, Loaded, Moment, Reason, Refusal, SetDigest, Standing, State, Storage, Unsaved,
    When, activate, boot, commit, floor, release, rollback, shutdown,
};
use bootgate::guard::store::{Gate, Judgement, SetFile, Site, Store, StoreError, Vfs, digest};

use super::blocks::{Blocks, Random};

const NAME: &str = "sensor";

/// The gate of these machines: content begins with `ok`.
pub(crate) struct Begins;

impl Gate for Begins {
    fn judge(&self, files: &[SetFile<'_>]) -> Judgement {
        if files.iter().all(|file| file.bytes.starts_with(b"ok")) {
            Judgement::Passed
        } else {
            Judgement::Refused
        }
    }

    fn identity(&self) -> Option<String> {
        Some("begins".to_owned())
    }
}

type Files = Vec<(String, Vec<u8>)>;

/// A machine.
pub(crate) struct Machine {
    disk: Blocks,
    random: Random,
    boots: u8,
    /// What was ever staged, by its digest.
    staged: BTreeMap<SetDigest, Files>,
    /// The last state that an operation acknowledged.
    acknowledged: Option<State>,
    /// Whether an operation that was cut off may have gone further.
    in_flight: bool,
    /// The good sets and the floor that the backup was acknowledged to hold.
    backed_up: Option<([Option<SetDigest>; 2], u64)>,
}

/// What was counted over a machine's life.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cuts: u64,
    pub(crate) during_boot: u64,
    pub(crate) torn_records: u64,
    pub(crate) lost_records: u64,
    pub(crate) without_content: u64,
    pub(crate) fell_back: u64,
}

impl Machine {
    pub(crate) fn new(seed: u64, ignored: Option<Site>) -> Machine {
        Machine {
            disk: Blocks::new(ignored),
            random: Random::new(seed),
            boots: 0,
            staged: BTreeMap::new(),
            acknowledged: None,
            in_flight: false,
            backed_up: None,
        }
    }

    pub(crate) fn synced(&self) -> std::collections::BTreeSet<Site> {
        self.disk.synced()
    }

    fn moment(&self, uptime: u64) -> Moment {
        Moment { boot: Some(BootId([self.boots; 16])), uptime }
    }

    /// One life: work until the power fails, boot, judge; as often as `cuts` says.
    pub(crate) fn live(&mut self, cuts: u64, tally: &mut Tally) -> Result<(), String> {
        if !self.random.chance(4) {
            self.settle();
        }
        for _ in 0..cuts {
            self.disk.cut_after(self.random.next() % 60);
            // A machine that only boots and ends reaches its cut as well.
            for _ in 0..30 {
                if self.disk.is_cut() {
                    break;
                }
                self.work();
            }
            tally.cuts += 1;
            self.fail_power(tally)?;
            // Boots are cut off too, now and then several in a row.
            while self.random.chance(4) {
                self.disk.cut_after(self.random.next() % 6);
                self.start(tally)?;
                if !self.disk.is_cut() {
                    break;
                }
                tally.cuts += 1;
                tally.during_boot += 1;
                self.fail_power(tally)?;
            }
            self.disk.cut_after(u64::MAX / 2);
            self.start(tally)?;
            self.judge(tally)?;
        }
        Ok(())
    }

    /// Most machines have one good set before the power fails first.
    fn settle(&mut self) {
        let files: Files = vec![("file-0".into(), b"ok, and what comes first".to_vec())];
        let shown: Vec<SetFile<'_>> = files.iter().map(|(name, bytes)| SetFile { name, bytes }).collect();
        let mut store = self.store();
        let (set, _) = store.stage(&shown, b"{}", None).unwrap();
        activate(&mut store, set, When::Now, self.moment(5)).unwrap();
        let state = commit(&mut store, 1, self.moment(1000)).unwrap();
        self.backed_up = backup(&mut store);
        self.staged.insert(set, files);
        self.acknowledged = Some(state);
    }

    fn store(&self) -> Store<&Blocks, Begins> {
        Store::new(&self.disk, NAME, Begins).remembering(true)
    }

    fn fail_power(&mut self, tally: &mut Tally) -> Result<(), String> {
        self.disk = self.disk.after_the_cut(&mut self.random);
        for slot in ["record.a", "record.b"] {
            let path = format!("{NAME}/{slot}");
            let bytes = self.disk.read(&path, 1 << 20).unwrap_or_default();
            tally.torn_records += u64::from(!bytes.is_empty() && !is_whole(&bytes));
        }
        self.held()?;
        // Now and then a medium loses both generations at once.
        if self.random.chance(16) && self.backed_up.is_some() {
            for slot in ["record.a", "record.b"] {
                self.disk.scribble(&format!("{NAME}/{slot}"), &[0xff; 700]);
            }
            tally.lost_records += 1;
            self.acknowledged = None;
        }
        Ok(())
    }

    /// What an operation acknowledged is there, and what was not acknowledged is there as a whole or not at all.
    fn held(&mut self) -> Result<(), String> {
        let mut store = self.store();
        if let Some(acknowledged) = &self.acknowledged {
            let Loaded::Found(state) = store.load() else {
                return Err("the record is gone".into());
            };
            if state.generation < acknowledged.generation {
                return Err(format!(
                    "the record is of generation {}, and {} was acknowledged",
                    state.generation, acknowledged.generation
                ));
            }
            if state.generation == acknowledged.generation && state != *acknowledged {
                return Err("the record is not the one that was acknowledged".into());
            }
            if state.generation > acknowledged.generation && !self.in_flight {
                return Err("the record is newer than anything that was done".into());
            }
            // Of copies that were there when the record was lost nothing is known.
            let lost = Standing::Quarantined(Reason::RecordLost);
            for entry in state.entries().filter(|entry| entry.standing != lost) {
                let check = store.check(entry);
                if check != Check::Passed {
                    return Err(format!("the copy of a set in the record is {check:?}"));
                }
            }
        }
        let backup = backup(&mut store);
        if self.backed_up.is_some() && backup.is_none() {
            return Err("the backup is gone".into());
        }
        if self.backed_up != backup && !self.in_flight {
            return Err("the backup is not the one that was acknowledged".into());
        }
        self.backed_up = backup;
        Ok(())
    }

    fn start(&mut self, tally: &mut Tally) -> Result<(), String> {
        self.boots = self.boots.wrapping_add(1);
        let mut store = self.store();
        let booted = boot(&mut store, self.moment(5));
        if !self.disk.is_cut() {
            if let Some(error) = booted.unpresented {
                return Err(format!("the link was not set: {error}"));
            }
            if let Some(Unsaved::Storage(error)) = booted.unsaved {
                return Err(format!("the record was not written: {error}"));
            }
            tally.fell_back += u64::from(booted.before.is_some() && booted.before != booted.set);
            self.in_flight = false;
            if booted.unsaved.is_none() {
                self.acknowledged = Some(booted.state);
            }
        } else {
            self.in_flight = true;
        }
        Ok(())
    }

    /// After a boot: content that passed the gate, byte for byte what was staged, and a record that says so.
    fn judge(&mut self, tally: &mut Tally) -> Result<(), String> {
        let mut store = self.store();
        let state = match store.load() {
            Loaded::Found(state) => state,
            other if self.acknowledged.is_some() => {
                return Err(format!("after a boot the record is {other:?}"));
            }
            _ => State::default(),
        };
        for set in [state.active, state.good[0], state.good[1]].into_iter().flatten() {
            state.entry(set).ok_or("the record names a set that it does not know")?;
        }
        let (some, shown) = store.presented(&state);
        if some != shown.is_some() {
            return Err("the link leads to no set of the record".into());
        }
        let Some(set) = shown else {
            tally.without_content += 1;
            let good = state.good.into_iter().flatten().next();
            return good.map_or(Ok(()), |_| Err("there is a good set, and nothing is active".into()));
        };
        let entry = state.entry(set).ok_or("the link leads to no set of the record")?;
        if entry.standing != Standing::Good && state.run.map(|run| run.set) != Some(set) {
            return Err("an attempt was not counted".into());
        }
        let link = self.disk.read_link(&format!("{NAME}/active")).unwrap().unwrap();
        let folder = format!("{NAME}/{link}");
        let files = self.staged.get(&set).ok_or("what is active was never staged")?;
        let names = self.disk.names(&folder, 100).map_err(|error| error.to_string())?;
        if names.len() != files.len() {
            return Err("what is active has other files than what was staged".into());
        }
        for (name, bytes) in files {
            let active = self.disk.read(&format!("{folder}/{name}"), 1 << 20);
            if active.as_ref().ok() != Some(bytes) || !bytes.starts_with(b"ok") {
                return Err(format!("`{name}` is not what was staged, or did not pass the gate"));
            }
        }
        Ok(())
    }

    /// One operation, whichever.
    fn work(&mut self) {
        let choice = self.random.below(16);
        let mut store = Store::new(&self.disk, NAME, Begins).remembering(true);
        let sets: Vec<SetDigest> = self.staged.keys().copied().collect();
        let any = |random: &mut Random| sets.get(random.below(sets.len().max(1))).copied();
        let moment = Moment { boot: Some(BootId([self.boots; 16])), uptime: 5 };
        let later = Moment { uptime: 1000, ..moment };
        let mut backed_up = false;
        let result = match choice {
            0..=2 => {
                let files = content(&mut self.random);
                let files: Vec<SetFile<'_>> =
                    files.iter().map(|(name, bytes)| SetFile { name, bytes }).collect();
                if let Ok(set) = digest(&files) {
                    let owned = files.iter().map(|f| (f.name.to_owned(), f.bytes.to_vec()));
                    self.staged.insert(set, owned.collect());
                }
                store.stage(&files, b"{}", None).map(|(_, state)| state)
            }
            3 | 4 => match any(&mut self.random) {
                Some(set) => activate(&mut store, set, When::Now, moment),
                None => return,
            },
            5 => match any(&mut self.random) {
                Some(set) => activate(&mut store, set, When::NextBoot, moment),
                None => return,
            },
            6..=9 => {
                backed_up = true;
                commit(&mut store, 1, later)
            }
            10 => rollback(&mut store, When::Now, moment),
            11 => {
                let Some(known) = &self.acknowledged else { return };
                backed_up = true;
                let serials = known.entries().map(|entry| entry.serial);
                let serial = serials.min().unwrap_or(0);
                floor(&mut store, serial)
            }
            12 => match any(&mut self.random) {
                Some(set) => release(&mut store, set),
                None => return,
            },
            _ => {
                // A clean end, and the next boot.
                match shutdown(&mut store, later) {
                    Ok(state) => {
                        self.acknowledged = Some(state);
                        self.boots = self.boots.wrapping_add(1);
                        let moment = Moment { boot: Some(BootId([self.boots; 16])), uptime: 5 };
                        let booted = boot(&mut store, moment);
                        if self.disk.is_cut() {
                            self.in_flight = true;
                            return;
                        }
                        Ok(booted.state)
                    }
                    Err(error) => Err(error),
                }
            }
        };
        match result {
            Ok(state) => {
                self.in_flight = false;
                self.backed_up = backup(&mut self.store());
                let known = Some((state.good, state.floor));
                assert!(!backed_up || self.backed_up == known, "the backup is not that of the record");
                self.acknowledged = Some(state);
            }
            Err(Failure::Refused(refusal)) => assert_ne!(refusal, Refusal::Record, "the record is in order"),
            Err(Failure::Storage(StoreError::NotASet(error))) => panic!("{error}"),
            Err(Failure::Storage(error)) => {
                assert!(self.disk.is_cut(), "the disk works: {error}");
                self.in_flight = true;
            }
        }
    }
}

/// The good sets and the floor, as the backup has them.
fn backup(store: &mut impl Storage) -> Option<([Option<SetDigest>; 2], u64)> {
    let backup = store.rescue().backup?;
    Some((backup.good.map(|good| good.map(|(set, _, _)| set)), backup.floor))
}

/// A few files of a few sectors; the gate refuses one set in eight.
fn content(random: &mut Random) -> Files {
    let good = !random.chance(8);
    let files = 1 + random.below(3);
    let mut content = Vec::new();
    for file in 0..files {
        let mut bytes = if good { b"ok".to_vec() } else { b"no".to_vec() };
        let size = random.below(1500);
        bytes.extend((0..size).map(|_| u8::try_from(random.below(256)).unwrap()));
        content.push((format!("file-{file}"), bytes));
    }
    content
}

fn is_whole(slot: &[u8]) -> bool {
    let (payload, sum) = slot.split_at(slot.len().saturating_sub(32));
    sum == bootgate::digest::Digest::of(payload).bytes()
}
