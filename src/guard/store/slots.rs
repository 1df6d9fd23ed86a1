//! The record's two slots, and its backup.
//!
//! The record is overwritten in place, the older slot each time: the newer stays whole until the other is durable,
//! and a full disk does not keep an attempt from being counted. The backup is written seldom, as a new file.

use std::io;

use super::vfs::{Site, Vfs};
use crate::digest::Digest;
use crate::guard::core::{Backup, Invalid, PAYLOAD_BYTES, Payload, SetDigest, State};

/// Bytes in a slot: sixteen sectors.
const SLOT_BYTES: usize = PAYLOAD_BYTES + 32;
const BACKUP_MAGIC: &[u8; 16] = b"bootgate-backup1";
/// Magic, floor, two sets with a flag, digest, serial and verdict, checksum.
const BACKUP_BYTES: usize = 16 + 8 + 2 * (1 + 32 + 8 + 32) + 32;

/// One of the two slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    A,
    B,
}

impl Slot {
    pub(super) const BOTH: [Slot; 2] = [Slot::A, Slot::B];

    pub(super) fn name(self) -> &'static str {
        match self {
            Slot::A => "record.a",
            Slot::B => "record.b",
        }
    }

    pub(super) fn other(self) -> Slot {
        match self {
            Slot::A => Slot::B,
            Slot::B => Slot::A,
        }
    }
}

/// What is in a slot.
#[derive(Debug)]
pub(super) enum Held {
    Record(Box<State>),
    /// Whole, but of another version of the program.
    Foreign(u32),
    /// No record: torn, or never written.
    Broken,
    Missing,
    Unreadable,
}

/// Reads a slot.
pub(super) fn read(vfs: &impl Vfs, path: &str) -> Held {
    // One byte more than it should have tells a file that is too long.
    let limit = u64::try_from(SLOT_BYTES).unwrap_or(u64::MAX);
    let bytes = match vfs.read(path, limit) {
        Ok(bytes) => bytes,
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound => Held::Missing,
                io::ErrorKind::FileTooLarge | io::ErrorKind::InvalidInput => Held::Broken,
                _ => Held::Unreadable,
            };
        }
    };
    let Some((payload, sum)) = bytes.split_first_chunk::<PAYLOAD_BYTES>() else { return Held::Broken };
    if sum != Digest::of(payload).bytes() {
        return Held::Broken;
    }
    match State::decode(payload) {
        Ok(state) => Held::Record(Box::new(state)),
        Err(Invalid::Version(version)) => Held::Foreign(version),
        Err(Invalid::Magic | Invalid::Value) => Held::Broken,
    }
}

/// The bytes of a slot with this record.
pub(super) fn framed(state: &State) -> Vec<u8> {
    let mut payload: Payload = [0; PAYLOAD_BYTES];
    state.encode(&mut payload);
    let mut bytes = payload.to_vec();
    bytes.extend_from_slice(&Digest::of(&payload).bytes());
    bytes
}

/// Writes a slot of a set's folder, which need not be there.
pub(super) fn write(vfs: &impl Vfs, folder: &str, slot: Slot, bytes: &[u8]) -> io::Result<()> {
    let path = format!("{folder}/{}", slot.name());
    match vfs.overwrite(&path, bytes, Site::Record) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            vfs.create(&path, bytes, Site::Record)?;
            vfs.sync_folder(folder, Site::SetFolder)
        }
        result => result,
    }
}

/// The backup as bytes.
pub(super) fn backup_bytes(backup: &Backup) -> Vec<u8> {
    let mut bytes = BACKUP_MAGIC.to_vec();
    bytes.extend_from_slice(&backup.floor.to_le_bytes());
    for good in &backup.good {
        let (set, serial, verdict) = good.unwrap_or((SetDigest([0; 32]), 0, [0; 32]));
        bytes.push(u8::from(good.is_some()));
        bytes.extend_from_slice(&set.0);
        bytes.extend_from_slice(&serial.to_le_bytes());
        bytes.extend_from_slice(&verdict);
    }
    let sum = Digest::of(&bytes).bytes();
    bytes.extend_from_slice(&sum);
    bytes
}

/// Reads the backup; `None` where there is none that is whole.
pub(super) fn read_backup(vfs: &impl Vfs, path: &str) -> Option<Backup> {
    let bytes = vfs.read(path, u64::try_from(BACKUP_BYTES).ok()?).ok()?;
    let (body, sum) = bytes.split_last_chunk::<32>()?;
    (bytes.len() == BACKUP_BYTES && *sum == Digest::of(body).bytes()).then_some(())?;
    let mut rest = body.strip_prefix(BACKUP_MAGIC)?;
    let floor = u64::from_le_bytes(take(&mut rest)?);
    let mut good = [None; 2];
    for slot in &mut good {
        let there = take::<1>(&mut rest)? == [1];
        let known = (SetDigest(take(&mut rest)?), u64::from_le_bytes(take(&mut rest)?), take(&mut rest)?);
        *slot = there.then_some(known);
    }
    Some(Backup { floor, good })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}
