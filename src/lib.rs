//! A gate for binary content that privileged code interprets at boot.

pub mod campaign;
pub mod check;
pub mod checksum;
pub mod code;
pub mod codes;
pub mod config;
pub mod contract;
pub mod digest;
pub mod disk;
pub mod dump;
pub mod encoding;
pub mod extract;
pub mod finding;
pub mod frozen;
pub mod r#gen;
pub mod guard;
pub mod input;
pub mod layout;
pub mod limits;
pub mod mutate;
pub mod observe;
#[doc(hidden)]
pub mod oracle;
pub mod process;
pub mod report;
pub mod schema;
pub mod span;
pub mod table;
pub mod text;
pub mod verdict;
pub mod verify;
pub mod walk;
