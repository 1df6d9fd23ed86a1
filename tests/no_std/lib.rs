//! The guard's state machine as a crate without `std` and without an allocator: `tests/no_std.rs` compiles it.
#![no_std]
#![forbid(unsafe_code)]
#![deny(warnings)]

#[path = "../../src/guard/core/mod.rs"]
pub mod machine;
