//! The record as bytes: version 1, little-endian, of one length whatever it holds.
//!
//! Nothing in it is counted: tables have their greatest length, and a slot that is free begins with 0. Whoever stores
//! it adds a checksum.

use super::log::{Event, LOG, Log, What, Why};
use super::state::{BootId, ENTRIES, Entry, Policy, Reason, Run, SetDigest, Standing, State};

/// The version of this form.
pub const VERSION: u32 = 1;
/// Its length in bytes, without checksum: sixteen sectors less 32 bytes.
pub const PAYLOAD_BYTES: usize = 8160;

/// A record as bytes.
pub type Payload = [u8; PAYLOAD_BYTES];

const MAGIC: &[u8; 8] = b"bootgate";

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invalid {
    /// They do not begin as one.
    Magic,
    /// It is of another version of the program.
    Version(u32),
    /// A value is none of those that are possible.
    Value,
}

struct Writer<'b> {
    bytes: &'b mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let end = self.at.saturating_add(bytes.len());
        // The lengths are constants, and a test writes a full record: it fits.
        if let Some(place) = self.bytes.get_mut(self.at..end) {
            place.copy_from_slice(bytes);
        }
        self.at = end;
    }

    fn number(&mut self, value: u64) {
        self.put(&value.to_le_bytes());
    }

    fn small(&mut self, value: u32) {
        self.put(&value.to_le_bytes());
    }

    fn byte(&mut self, value: u8) {
        self.put(&[value]);
    }

    fn set(&mut self, set: Option<SetDigest>) {
        self.byte(u8::from(set.is_some()));
        self.put(&set.map_or([0; 32], |set| set.0));
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Invalid> {
        let (first, rest) = self.bytes.split_first_chunk().ok_or(Invalid::Value)?;
        self.bytes = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, Invalid> {
        self.take().map(u64::from_le_bytes)
    }

    fn small(&mut self) -> Result<u32, Invalid> {
        self.take().map(u32::from_le_bytes)
    }

    fn byte(&mut self) -> Result<u8, Invalid> {
        self.take().map(u8::from_le_bytes)
    }

    fn flag(&mut self) -> Result<bool, Invalid> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Invalid::Value),
        }
    }

    fn set(&mut self) -> Result<Option<SetDigest>, Invalid> {
        let there = self.flag()?;
        let set = SetDigest(self.take()?);
        Ok(there.then_some(set))
    }
}

impl State {
    /// Writes the record.
    pub fn encode(&self, payload: &mut Payload) {
        payload.fill(0);
        let mut out = Writer { bytes: payload, at: 0 };
        out.put(MAGIC);
        out.small(VERSION);
        out.number(self.generation);
        out.number(self.boots);
        out.small(self.policy.unclean_ends);
        out.number(self.policy.soak_seconds);
        out.number(self.policy.soak_events);
        out.number(self.floor);
        let [latest, earlier] = self.good;
        for set in [self.active, self.next, latest, earlier] {
            out.set(set);
        }
        out.byte(u8::from(self.spoiled));
        out.set(self.run.map(|run| run.set));
        out.byte(u8::from(self.run.is_some_and(|run| run.soaked)));
        let boot = self.run.and_then(|run| run.boot);
        out.byte(u8::from(boot.is_some()));
        out.put(&boot.map_or([0; 16], |boot| boot.0));
        out.number(self.run.map_or(0, |run| run.since));
        for entry in &self.entries {
            write_entry(&mut out, entry.as_ref());
        }
        out.number(self.log.count);
        for event in &self.log.events {
            write_event(&mut out, event.as_ref());
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// The bytes are no record of this version.
    pub fn decode(payload: &Payload) -> Result<State, Invalid> {
        let mut input = Reader { bytes: payload };
        if input.take::<8>()? != *MAGIC {
            return Err(Invalid::Magic);
        }
        match input.small()? {
            VERSION => {}
            other => return Err(Invalid::Version(other)),
        }
        let mut state = State { generation: input.number()?, boots: input.number()?, ..State::default() };
        state.policy = Policy {
            unclean_ends: input.small()?,
            soak_seconds: input.number()?,
            soak_events: input.number()?,
        };
        state.floor = input.number()?;
        state.active = input.set()?;
        state.next = input.set()?;
        state.good = [input.set()?, input.set()?];
        state.spoiled = input.flag()?;
        let set = input.set()?;
        let soaked = input.flag()?;
        let known = input.flag()?;
        let boot = BootId(input.take()?);
        let since = input.number()?;
        state.run = set.map(|set| Run { set, boot: known.then_some(boot), since, soaked });
        for slot in &mut state.entries {
            *slot = read_entry(&mut input)?;
        }
        let mut log = Log { count: input.number()?, ..Log::default() };
        for slot in &mut log.events {
            *slot = read_event(&mut input)?;
        }
        state.log = log;
        if state.policy.unclean_ends == 0 { Err(Invalid::Value) } else { Ok(state) }
    }
}

fn write_entry(out: &mut Writer<'_>, entry: Option<&Entry>) {
    out.set(entry.map(|entry| entry.set));
    out.put(&entry.map_or([0; 32], |entry| entry.verdict));
    out.number(entry.map_or(0, |entry| entry.serial));
    out.small(entry.map_or(0, |entry| entry.attempts));
    out.small(entry.map_or(0, |entry| entry.unclean));
    out.small(entry.map_or(0, |entry| entry.since));
    out.byte(match entry.map(|entry| entry.standing) {
        None | Some(Standing::Staged) => 0,
        Some(Standing::Good) => 1,
        Some(Standing::Quarantined(Reason::UncleanEnds)) => 2,
        Some(Standing::Quarantined(Reason::RecordLost)) => 3,
    });
}

fn read_entry(input: &mut Reader<'_>) -> Result<Option<Entry>, Invalid> {
    let set = input.set()?;
    let verdict = input.take()?;
    let serial = input.number()?;
    let (attempts, unclean, since) = (input.small()?, input.small()?, input.small()?);
    let standing = match input.byte()? {
        0 => Standing::Staged,
        1 => Standing::Good,
        2 => Standing::Quarantined(Reason::UncleanEnds),
        3 => Standing::Quarantined(Reason::RecordLost),
        _ => return Err(Invalid::Value),
    };
    Ok(set.map(|set| Entry { set, verdict, serial, attempts, unclean, since, standing }))
}

/// Every kind of event; its place here is its number in the record.
const KINDS: [What; LAST] = [
    What::Staged,
    What::Dropped,
    What::Activated,
    What::Planned,
    What::RolledBack,
    What::Booted,
    What::Nothing,
    What::FellBack,
    What::LeastUnclean,
    What::Unclean,
    What::Clean,
    What::Quarantined,
    What::Released,
    What::Committed,
    What::Floor,
    What::Policy,
    What::Recovered,
    What::Skipped(Why::UncleanEnds),
    What::Skipped(Why::Quarantined),
    What::Skipped(Why::BelowFloor),
    What::Skipped(Why::Refused),
    What::Skipped(Why::Unjudged),
    What::Skipped(Why::Damaged),
    What::Skipped(Why::Missing),
    What::Skipped(Why::Uncounted),
];
const LAST: usize = 25;

fn write_event(out: &mut Writer<'_>, event: Option<&Event>) {
    let kind = event.and_then(|event| KINDS.iter().position(|kind| *kind == event.what));
    out.byte(kind.and_then(|kind| u8::try_from(kind).ok()).map_or(0, |kind| kind.saturating_add(1)));
    out.number(event.map_or(0, |event| event.number));
    out.number(event.map_or(0, |event| event.boot));
    out.set(event.and_then(|event| event.set));
    out.set(event.and_then(|event| event.other));
}

fn read_event(input: &mut Reader<'_>) -> Result<Option<Event>, Invalid> {
    let kind = usize::from(input.byte()?);
    let (number, boot) = (input.number()?, input.number()?);
    let (set, other) = (input.set()?, input.set()?);
    let Some(kind) = kind.checked_sub(1) else { return Ok(None) };
    let what = *KINDS.get(kind).ok_or(Invalid::Value)?;
    Ok(Some(Event { number, boot, what, set, other }))
}

/// The tables fit: what follows them are zeros.
const _: () = {
    let (head, set) = (8 + 4 + 8 + 8 + 4 + 8 + 8 + 8, 33);
    let run = set + 1 + 1 + 16 + 8;
    let entries = ENTRIES * (set + 32 + 8 + 12 + 1);
    let events = 8 + LOG * (1 + 16 + 2 * set);
    assert!(head + 4 * set + 1 + run + entries + events <= PAYLOAD_BYTES);
};
