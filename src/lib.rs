//! A gate for binary content that privileged code interprets at boot.

pub mod finding;
pub mod span;
