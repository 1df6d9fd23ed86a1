//! A gate for binary content that privileged code interprets at boot.

pub mod codes;
pub mod contract;
pub mod finding;
pub mod report;
pub mod span;
pub mod verdict;
