//! Content files as bytes: opening, mapping, digests, and walking folders.
//!
//! The only part of the crate that maps memory. Nothing here follows a count or an offset of the content.

mod digest;
mod error;
mod file;
mod walk;

pub use digest::{Digest, sha256};
pub use error::{InputError, Kind};
pub use file::{Content, Hold, MAX_FILE, MAX_READ, open, open_with};
pub use walk::{Walked, walk};

#[cfg(test)]
mod tests;
