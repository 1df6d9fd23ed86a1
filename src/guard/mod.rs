//! The guard: at boot, the content that passed, and the last known good when the machine died on it.
//!
#![doc = include_str!("guard.md")]

pub mod core;
pub mod store;
