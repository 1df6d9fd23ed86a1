//! Content files as bytes: opening, mapping, digests, and walking folders.
//!
//! The only part of the crate that maps memory. Nothing here follows a count or an offset of the content.

pub mod command;
mod error;
mod file;
mod walk;

pub use error::{InputError, Kind};
pub use file::{Content, Hold, open, open_with};
pub use walk::{Walked, walk};

#[cfg(test)]
mod tests;
