//! The schema language: YAML text → tree with spans → specs, with all that a schema imports.

pub mod ast;
mod attr;
mod checksum;
pub mod error;
pub mod expr;
pub mod keys;
mod kinds;
mod load;
#[cfg(test)]
mod load_tests;
mod meta;
mod opaque;
pub mod problems;
mod read;
pub mod scalar;
mod switch;
#[cfg(test)]
mod tests;
mod types;
mod valid;
mod warn;
pub mod yaml;

pub use error::SchemaError;
pub use load::{Files, Search, load, read};
