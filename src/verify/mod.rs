//! A build held against its manifest, and against the definitions that it is released with.
//!
//! This is for the consumer's own build: there a difference can still be put right. What content may do with a build
//! that is in the field is asked elsewhere, see [`check`](crate::check).

mod agree;
mod declared;

pub use agree::{Identity, agree, unasked};
pub use declared::{Given, declared, for_definitions};

use crate::extract::capacities::Shown;

/// What a build shows of a capacity.
fn shown<'s>(all: &'s [Shown], name: &str) -> Option<&'s Shown> {
    all.iter().find(|shown| shown.name == name)
}

#[cfg(test)]
mod tests;
