//! The store: records, copies and the consumer's link, in a folder of a file system.
//!
//! ```text
//! STORE/SET/record.a, record.b    the record, its last two generations
//! STORE/SET/backup                floor and good sets, should both be lost
//! STORE/SET/copies/DIGEST/        one copy: list, verdict.json, files/, passed
//! STORE/SET/active                a link to the files of the active copy: what the consumer opens
//! STORE/key.pub                   public keys, if verdicts must be signed; put there by the operator
//! ```

mod copy;
mod disk;
mod dry;
mod gate;
mod link;
mod list;
mod slots;
mod vfs;

use std::io;

pub use disk::{Disk, Lock};
pub use dry::Dry;
pub use gate::{Gate, Judgement, NoGate, SetFile};
pub use list::{NotASet, is_plain};
pub use vfs::{Site, Vfs};

use self::link::Link;
use self::slots::{Held, Slot};
use super::core::{
    self, Backup, Check, ENTRIES, Entry, Failure, Loaded, NewSet, Refusal, Rescue, SetDigest, State, Storage,
};
use crate::digest::Digest;
use crate::limits::KEY_BYTES;

#[cfg(test)]
mod tests;

/// What the storage could not do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Files that are none.
    #[error(transparent)]
    NotASet(#[from] NotASet),
    /// The system does not let it be written: the disk is full, or read-only.
    #[error("cannot write {what}: {source}")]
    Write {
        /// What was to be written.
        what: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

/// The digest that stands for a set of these files, whatever their order.
///
/// # Errors
/// They are no set.
pub fn digest(files: &[SetFile<'_>]) -> Result<SetDigest, NotASet> {
    list::of(&sorted(files)).map(|list| list::digest(list.as_bytes()))
}

/// The name of the file of public keys.
const KEY: &str = "key.pub";

fn failed(what: &'static str) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::Write { what, source }
}

/// The store of one set.
#[derive(Debug)]
pub struct Store<V, G> {
    vfs: V,
    gate: G,
    /// The folder of the set.
    folder: String,
    link: Link<V>,
    /// The slot with the newest record.
    newest: Option<Slot>,
    /// Whether what the gate passed is remembered.
    remembers: bool,
}

impl<V: Vfs, G: Gate> Store<V, G> {
    /// The store of the set `name` ([`is_plain`]) in the root of a file system, with the consumer's link in it.
    pub fn new(vfs: V, name: &str, gate: G) -> Self {
        Store { vfs, gate, folder: name.to_owned(), link: Link::inside(name), newest: None, remembers: false }
    }

    /// Has a gate that passed a copy not asked again about the same bytes, as long as its identity is the same
    /// ([`Gate::identity`]). Whoever may write to the store could say that it was: only for one that is nobody else's.
    #[must_use]
    pub fn remembering(mut self, remembers: bool) -> Self {
        self.remembers = remembers;
        self
    }

    /// Puts the consumer's link elsewhere: as `name` in the root of `vfs`, from where the folder of the set is at
    /// `path`. On a file system in memory it can be changed when the store cannot.
    #[must_use]
    pub fn with_link(mut self, vfs: V, name: &str, path: &str) -> Self {
        self.link = Link::outside(vfs, name, path);
        self
    }

    /// The gate.
    pub fn gate(&self) -> &G {
        &self.gate
    }

    /// The file of public keys in the root of the store, if it has one: then sets need a signed verdict.
    ///
    /// # Errors
    /// There is something of that name, and it cannot be read.
    pub fn key(&self) -> io::Result<Option<Vec<u8>>> {
        match self.vfs.read(KEY, KEY_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    fn copies(&self) -> String {
        self.path("copies")
    }

    /// The set that the consumer sees now, as the record knows it; the first is whether it sees one at all.
    pub fn presented(&self, state: &State) -> (bool, Option<SetDigest>) {
        let target = self.link.target(&self.vfs).ok().flatten();
        let of = |set: SetDigest| self.link.leads(&copy::name(set));
        let known = state.entries().map(|entry| entry.set).find(|set| target == Some(of(*set)));
        (target.is_some(), known)
    }

    /// Which file of the record is of another version, or cannot be read, in words; `None` when none is.
    pub fn unreadable(&self) -> Option<String> {
        Slot::BOTH.into_iter().find_map(|slot| match slots::read(&self.vfs, &self.path(slot.name())) {
            Held::Foreign(version) => {
                Some(format!("`{}` is of version {version} of the record", self.path(slot.name())))
            }
            Held::Unreadable => Some(format!("`{}` cannot be read", self.path(slot.name()))),
            Held::Record(_) | Held::Broken | Held::Missing => None,
        })
    }

    /// Names in the folder of copies that are none of ours; they are left alone.
    pub fn foreign(&self) -> Vec<String> {
        let names = self.vfs.names(&self.copies(), NAMES).unwrap_or_default();
        let mut foreign: Vec<String> = names.into_iter().filter(|name| !copy::is_ours(name)).collect();
        foreign.sort();
        foreign
    }

    /// How many events the record tells of; 0 when it is not to be had.
    pub fn events(&mut self) -> u64 {
        match self.load() {
            Loaded::Found(state) => state.log.count(),
            Loaded::Absent | Loaded::Damaged | Loaded::Unreadable => 0,
        }
    }

    /// Whether [`Store::stage`] would get as far as to write something; gives the set.
    ///
    /// # Errors
    /// Those of [`Store::stage`] that need no write.
    pub fn may_stage(
        &mut self,
        files: &[SetFile<'_>],
        serial: Option<u64>,
    ) -> Result<(SetDigest, State), Failure<StoreError>> {
        let set = digest(files).map_err(|error| Failure::Storage(error.into()))?;
        let state = match self.load() {
            Loaded::Found(state) => state,
            Loaded::Absent => State::default(),
            Loaded::Damaged | Loaded::Unreadable => return Err(Refusal::Record.into()),
        };
        state.may_stage(set, serial)?;
        Ok((set, state))
    }

    /// Stores a set that the gate took, with its verdict: first the copy, then the record that knows it.
    ///
    /// # Errors
    /// The rules do not allow it ([`core::stage`]), or it could not be written. A copy that was not finished is
    /// removed by the next operation that may.
    pub fn stage(
        &mut self,
        files: &[SetFile<'_>],
        verdict: &[u8],
        serial: Option<u64>,
    ) -> Result<(SetDigest, State), Failure<StoreError>> {
        let (set, state) = self.may_stage(files, serial)?;
        let files = sorted(files);
        let list = list::of(&files).map_err(|error| Failure::Storage(error.into()))?;
        let kept = state.entry(set).filter(|entry| copy::is_whole(&self.vfs, &self.copies(), entry));
        let verdict_digest = kept.map_or(Digest::of(verdict).bytes(), |entry| entry.verdict);
        if kept.is_none() {
            // A record comes before the first copy: copies without one mean that it was lost.
            match self.newest {
                None => self.save(&state).map_err(Failure::Storage)?,
                Some(_) => self.folders().map_err(Failure::Storage)?,
            }
            copy::write(&self.vfs, &self.copies(), set, &list, &files, verdict)
                .map_err(|error| Failure::Storage(failed("the copy")(error)))?;
        }
        core::stage(self, NewSet { set, verdict: verdict_digest, serial }).map(|state| (set, state))
    }

    /// Makes the folders, which may be there, durable.
    fn folders(&self) -> Result<(), StoreError> {
        let make = |path: &str| match self.vfs.create_folder(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        };
        make(&self.folder)
            .and_then(|()| self.vfs.sync_folder("", Site::StoreFolder))
            .and_then(|()| make(&self.copies()))
            .and_then(|()| self.vfs.sync_folder(&self.folder, Site::SetFolder))
            .map_err(failed("the folders of the set"))
    }
}

fn sorted<'b>(files: &[SetFile<'b>]) -> Vec<SetFile<'b>> {
    let mut sorted = files.to_vec();
    sorted.sort_by_key(|file| file.name);
    sorted
}

/// Names that are looked at in the folder of copies: those that there can be, twice over, and some of others.
const NAMES: usize = 4 * ENTRIES;

impl<V: Vfs, G: Gate> Storage for Store<V, G> {
    type Error = StoreError;

    fn load(&mut self) -> Loaded {
        let mut best: Option<(Slot, State)> = None;
        let mut unreadable = false;
        let mut foreign = false;
        for slot in Slot::BOTH {
            match slots::read(&self.vfs, &self.path(slot.name())) {
                Held::Record(state) => {
                    if best.as_ref().is_none_or(|(_, known)| known.generation < state.generation) {
                        best = Some((slot, *state));
                    }
                }
                Held::Foreign(_) => foreign = true,
                Held::Unreadable => unreadable = true,
                Held::Broken | Held::Missing => {}
            }
        }
        self.newest = best.as_ref().map(|(slot, _)| *slot);
        match best {
            // A newer program's record is left for it, even beside one of ours.
            _ if foreign => Loaded::Unreadable,
            Some((_, state)) => Loaded::Found(state),
            None if unreadable => Loaded::Unreadable,
            None => {
                let copies = self.vfs.names(&self.copies(), NAMES).unwrap_or_default();
                let traces = slots::read_backup(&self.vfs, &self.path("backup")).is_some()
                    || copies.iter().any(|name| copy::is_ours(name));
                if traces { Loaded::Damaged } else { Loaded::Absent }
            }
        }
    }

    fn save(&mut self, state: &State) -> Result<(), StoreError> {
        let bytes = slots::framed(state);
        let write =
            |slot: Slot| slots::write(&self.vfs, &self.folder, slot, &bytes).map_err(failed("the record"));
        match self.newest {
            Some(newest) => {
                write(newest.other())?;
                self.newest = Some(newest.other());
            }
            None => {
                self.folders()?;
                // Both at once: from now on a write needs no room on the disk.
                Slot::BOTH.into_iter().try_for_each(write)?;
                self.newest = Some(Slot::B);
            }
        }
        Ok(())
    }

    fn check(&mut self, entry: &Entry) -> Check {
        copy::check(&self.vfs, &self.copies(), entry, &self.gate, self.remembers)
    }

    fn present(&mut self, set: Option<SetDigest>) -> Result<(), StoreError> {
        let copy = set.map(copy::name);
        self.link.set(&self.vfs, copy.as_deref()).map_err(failed("the consumer's link"))
    }

    fn back_up(&mut self, backup: &Backup) -> Result<(), StoreError> {
        let (path, new) = (self.path("backup"), self.path("backup.new"));
        let bytes = slots::backup_bytes(backup);
        let replace = || {
            self.vfs.remove(&new)?;
            self.vfs.create(&new, &bytes, Site::Backup)?;
            self.vfs.rename(&new, &path)?;
            self.vfs.sync_folder(&self.folder, Site::BackupFolder)
        };
        replace().map_err(failed("the backup of the record"))
    }

    fn rescue(&mut self) -> Rescue {
        let backup = slots::read_backup(&self.vfs, &self.path("backup"));
        let mut rescue = Rescue { backup, ..Rescue::default() };
        let names = self.vfs.names(&self.copies(), NAMES).unwrap_or_default();
        let known = names.iter().filter_map(|name| copy::digest(&self.vfs, &self.copies(), name));
        for (slot, set) in rescue.copies.iter_mut().zip(known) {
            *slot = Some(set);
        }
        rescue
    }

    fn sweep(&mut self, state: &State) {
        let shown = self.link.target(&self.vfs).ok().flatten();
        // A commit that was cut off leaves a backup that is older than the record: it may be needed yet.
        let backup = slots::read_backup(&self.vfs, &self.path("backup")).unwrap_or_default();
        let backed_up = backup.good.into_iter().flatten().map(|(set, _, _)| set);
        let known: Vec<SetDigest> = state.entries().map(|entry| entry.set).chain(backed_up).collect();
        for name in self.vfs.names(&self.copies(), NAMES).unwrap_or_default() {
            let known = known.iter().any(|set| copy::name(*set) == name);
            let seen = shown.as_ref().is_some_and(|shown| *shown == self.link.leads(&name));
            if copy::is_ours(&name) && !known && !seen {
                // What cannot be removed now is found again the next time.
                let _ = copy::remove(&self.vfs, &format!("{}/{name}", self.copies()));
            }
        }
    }
}
