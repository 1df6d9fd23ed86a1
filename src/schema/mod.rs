//! The schema language: YAML text → tree with spans → specs.

pub mod ast;
mod attr;
pub mod error;
pub mod expr;
pub mod keys;
mod read;
#[cfg(test)]
mod tests;
pub mod yaml;

pub use error::SchemaError;
pub use read::read;
