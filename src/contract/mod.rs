//! What is true of a consumer, and of each of its builds: contracts and manifests.
//!
//! A contract says what the consumer dereferences ([`RawContract`]); a manifest says what one build of it
//! supplies ([`Manifest`]), with the evidence for each number. Both are TOML, read here into values that know
//! their place in the file. What a path or an expression means is settled elsewhere, against the schemas.

mod asker;
pub mod baseline;
pub mod builds;
pub mod compile;
pub mod coverage;
pub mod error;
pub mod files;
pub mod fleet;
pub mod inventory;
pub mod kinds;
pub mod lists;
pub mod manifest;
pub mod origin;
pub mod raw;
pub mod requirement;
pub mod selected;
mod table;
pub mod text;
mod values;
pub mod version;
pub mod words;

#[cfg(test)]
mod tests;

pub use builds::{parse_all, parse_found};
pub use error::{At, ContractError};
pub use files::{read_manifest, read_manifests};
pub use fleet::{build_names, builds_text};
pub use inventory::{Columns, Inventory, InventoryError};
pub use kinds::{Kind, Question};
pub use manifest::{Capacity, Manifest};
pub use origin::Origin;
pub use raw::{RawCapacity, RawContract, RawFile, parse};
pub use requirement::{NoMatch, Requirement, RequirementError, select};
pub use selected::{Say, Selected};
pub use text::Text;
pub use version::Version;
pub use words::{Affordable, Beyond, Evidence, Matching, Novelty, State, Unknown, Unlisted, Word};

/// The place of a capacity in the structure of a contract or manifest.
pub fn capacity_key(name: &str) -> String {
    table::pointer("/capacity", name)
}
