//! Inventories: what is really out there, as the fleet's own management exports it.

mod compare;
mod error;
mod read;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use compare::{compare, unlisted};
pub use error::{InventoryError, RowError};
pub use read::read;

use super::fleet::build_name;
use super::manifest::Manifest;
use super::version::Version;

/// The names of an inventory's columns; those that are `None` are called `version`, `platform` and `count`.
///
/// ```
/// use bootgate::contract::Columns;
/// let mut columns = Columns::default();
/// columns.set("version=Agent Version").unwrap();
/// assert_eq!(columns.version.as_deref(), Some("Agent Version"));
/// assert!(columns.set("host=Name").is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The column of the builds' versions.
    pub version: Option<String>,
    /// The column of the builds' platforms.
    pub platform: Option<String>,
    /// The column of the number of machines; without one, each row is one machine.
    pub count: Option<String>,
}

impl Columns {
    /// What columns are for.
    pub const NAMES: [&'static str; 3] = ["version", "platform", "count"];

    /// Names a column: `version=Agent Version`.
    ///
    /// # Errors
    ///
    /// There is no `=` in it, nothing is behind it, or no column is for what is before it.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let Some((purpose, name)) = text.split_once('=').filter(|(_, name)| !name.trim().is_empty()) else {
            return Err("a column is named like `version=NAME`".to_owned());
        };
        let column = match purpose.trim() {
            "version" => &mut self.version,
            "platform" => &mut self.platform,
            "count" => &mut self.count,
            _ => return Err(format!("there are columns for {}", Columns::NAMES.join(", "))),
        };
        *column = Some(name.trim().to_owned());
        Ok(())
    }
}

/// How many machines run which build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// What people call it: its path.
    pub name: String,
    /// The builds that at least one machine runs, in the order of versions and platforms.
    pub builds: Vec<Machines>,
}

/// The machines that run one build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machines {
    /// The build's version.
    pub version: Version,
    /// The build's platform, where the inventory has one.
    pub platform: Option<String>,
    /// How many machines there are; at least one.
    pub count: u64,
    /// The line that names the build first, from 1.
    pub line: u64,
}

impl Machines {
    /// Whether this is the build of a manifest: a platform that one of the two does not name is any.
    pub fn run(&self, build: &Manifest) -> bool {
        let platforms = (self.platform.as_deref(), build.platform());
        self.version == build.number && !matches!(platforms, (Some(ours), Some(theirs)) if ours != theirs)
    }
}

impl Inventory {
    /// How many machines run the build of a manifest.
    pub fn machines(&self, build: &Manifest) -> u64 {
        let counts = self.builds.iter().filter(|machines| machines.run(build)).map(|machines| machines.count);
        counts.fold(0, u64::saturating_add)
    }

    /// How many machines there are.
    pub fn total(&self) -> u64 {
        self.builds.iter().fold(0, |sum, machines| sum.saturating_add(machines.count))
    }

    /// The builds without a manifest, each with its name.
    fn without<'i>(&'i self, manifests: &[Manifest]) -> Vec<(String, &'i Machines)> {
        let mut versions: BTreeMap<&Version, usize> = BTreeMap::new();
        for machines in &self.builds {
            *versions.entry(&machines.version).or_default() += 1;
        }
        let name = |machines: &Machines| {
            let others = manifests.iter().filter(|build| build.number == machines.version).count();
            let alone = versions.get(&machines.version) == Some(&1) && others == 0;
            build_name(&machines.version, machines.platform.as_deref(), alone)
        };
        let without = |machines: &&Machines| !manifests.iter().any(|build| machines.run(build));
        self.builds.iter().filter(without).map(|machines| (name(machines), machines)).collect()
    }
}
