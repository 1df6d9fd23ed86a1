//! The state machine: which set the consumer may load, decided from a small record.
//!
//! Needs neither `std` nor an allocator, does no input or output of its own and knows no clock: what it needs of the
//! world comes through [`Storage`], and what time it is through [`Moment`]. The same files are compiled into a
//! `no_std` crate by `tests/no_std.rs`, so nothing here may name anything outside this folder.
//!
//! An operation reads the record, decides, writes the record, and only then lets the consumer see another set. It may
//! end between any two calls of [`Storage`]; the next [`boot`] goes on from what is durable.

mod activate;
mod boot;
mod choose;
mod commit;
mod log;
mod operator;
mod record;
mod settle;
mod state;
mod storage;

pub use activate::{When, activate, rollback};
pub use boot::{Booted, Unsaved, boot};
pub use commit::{commit, shutdown};
pub use log::{Event, LOG, Log, What, Why};
pub use operator::{NewSet, floor, policy, release, stage};
pub use record::{Invalid, PAYLOAD_BYTES, Payload, VERSION};
pub use state::{BootId, ENTRIES, Entry, Moment, Policy, Reason, Run, STAGED, SetDigest, Standing, State};
pub use storage::{Backup, Check, Failure, Loaded, Refusal, Rescue, Storage};

#[cfg(test)]
mod tests;
