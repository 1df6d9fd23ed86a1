//! `bootgate.toml`: which files belong to which schemas and contracts.
//!
#![doc = include_str!("configuration.md")]

mod assign;
mod coexist;
mod direct;
mod error;
mod parse;
mod paths;
mod pattern;
mod process;
mod set;
mod unit;

use std::path::{Path, PathBuf};

pub use assign::assign;
pub use direct::{with_contract, with_schema};
pub use error::ConfigError;
pub use parse::parse;
pub(crate) use parse::{Reader, Table};
pub use paths::{absolute, shown};
pub use pattern::{Captures, Pattern, PatternError, Slot};
pub use process::{PATIENCE, ProcessConfig, ProcessNameError, check_process_name};
pub use unit::{AssignedUnit, Assignment, Origin};

use crate::code::Forced;
use crate::codes;
use crate::contract::Columns;
pub use crate::finding::Severities;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::input::{Hold, open_with};
use crate::limits::{self, Setting};
use crate::span::{SourceId, Sources, Span};

#[cfg(test)]
mod assign_tests;
#[cfg(test)]
mod coexist_tests;
#[cfg(test)]
mod direct_tests;
#[cfg(test)]
mod process_tests;
#[cfg(test)]
mod tests;

/// The name under which the configuration is looked for.
pub const FILE_NAME: &str = "bootgate.toml";

/// A value of the configuration and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the configuration.
    pub span: Span,
    /// Its place in the structure, such as `/set/0/files/channel`.
    pub key: String,
}

impl<T> Located<T> {
    /// A label that points here.
    pub fn label(&self, text: impl Into<String>) -> Label {
        Label { span: self.span, text: text.into(), key: Some(self.key.clone()), primary: true }
    }
}

/// A configuration that was read and found sound in itself; no other file was looked at.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its text.
    pub source: SourceId,
    /// The folder that holds it; all paths and patterns in it are relative to this.
    pub root: PathBuf,
    /// What is checked when no path is given on the command line.
    pub paths: Vec<Located<String>>,
    /// Folders that are searched for what schemas import by an absolute name.
    pub import_paths: Vec<Located<String>>,
    /// Severities outside sets and formats that say otherwise.
    pub severities: Severities,
    /// The instances that are evaluated outside sets and formats that say otherwise.
    pub instances: Forced,
    /// The limits that `[limits]` sets, in the order of the text.
    pub limits: Vec<Setting>,
    /// The `[process.NAME]` tables in order.
    pub processes: Vec<ProcessConfig>,
    /// The `[[set]]` tables in order.
    pub sets: Vec<SetConfig>,
    /// The `[[format]]` tables in order.
    pub formats: Vec<FormatConfig>,
}

impl Config {
    /// The path of something that the configuration names.
    pub fn resolve(&self, path: &str) -> PathBuf {
        paths::absolute(&self.root, Path::new(path))
    }
}

/// Files that are loaded together, and the contract that they are held to.
#[derive(Clone, Debug)]
pub struct SetConfig {
    /// Its name.
    pub name: Located<String>,
    /// Path of the contract.
    pub contract: Located<String>,
    /// Which builds to ask about; all that are in the field when absent.
    pub builds: Option<Located<String>>,
    /// Severities of undescribed bytes, those of `[check]` taken in.
    pub severities: Severities,
    /// The instances that are evaluated, those of `[check]` taken in.
    pub instances: Forced,
    /// What is really out there: builds in it that have no manifest are refused if the contract says so.
    pub inventory: Option<InventoryConfig>,
    /// Role and pattern of each file, in the order of the text; empty where only combinations are checked.
    pub files: Vec<(String, Located<Pattern>)>,
    /// Files that can be on one host together, whatever set they were shipped in.
    pub coexist: Option<Coexist>,
}

/// An export of the fleet's management.
#[derive(Clone, Debug)]
pub struct InventoryConfig {
    /// Its path.
    pub file: Located<String>,
    /// The names of its columns.
    pub columns: Columns,
}

/// Files of which every combination is a set: one of each role.
#[derive(Clone, Debug)]
pub struct Coexist {
    /// Role and pattern of the files, in the order of the text. All patterns that have placeholders have the same ones.
    pub files: Vec<(String, Located<Pattern>)>,
    /// The table.
    pub span: Span,
}

/// Single files and the schema that they are held to.
#[derive(Clone, Debug)]
pub struct FormatConfig {
    /// Its name.
    pub name: Located<String>,
    /// Path of the schema.
    pub schema: Located<String>,
    /// Severities of undescribed bytes, those of `[check]` taken in.
    pub severities: Severities,
    /// The instances that are evaluated, those of `[check]` taken in.
    pub instances: Forced,
    /// The files.
    pub files: Vec<Located<Pattern>>,
}

/// What `instances` can be, from the fewest instances to the most.
const INSTANCES: [(&str, Forced); 3] =
    [("asked", Forced::None), ("read", Forced::Read), ("all", Forced::All)];

/// The values of `instances`, from the fewest instances to the most.
pub fn instance_names() -> [&'static str; 3] {
    INSTANCES.map(|(name, _)| name)
}

/// The instances that a value of `instances` means.
pub fn instances_named(name: &str) -> Option<Forced> {
    INSTANCES.into_iter().find(|(known, _)| *known == name).map(|(_, forced)| forced)
}

/// The value of `instances` that means these.
pub fn instances_name(forced: Forced) -> &'static str {
    match forced {
        Forced::None => "asked",
        Forced::Read => "read",
        Forced::All => "all",
    }
}

/// The nearest configuration in this folder or above it.
pub fn find(folder: &Path) -> Option<PathBuf> {
    // A link that leads nowhere is found too: reading it says what is wrong, searching on would hide it.
    folder.ancestors().map(|f| f.join(FILE_NAME)).find(|p| p.symlink_metadata().is_ok())
}

/// Reads the configuration at `path`, which reports call `name`.
///
/// # Errors
/// Everything that is wrong with it, blamed on the environment.
pub fn load(path: &Path, name: &str, sources: &mut Sources) -> Result<Config, Vec<Finding>> {
    let limit = u64::try_from(limits::TEXT_BYTES).unwrap_or(u64::MAX);
    let content = open_with(path, Hold::Private, limit).map_err(|e| vec![e.named(name).to_finding()])?;
    let text = std::str::from_utf8(&content).map_err(|error| {
        let message = format!("`{name}` is not UTF-8 after {} bytes", error.valid_up_to());
        vec![Finding::new(codes::CONFIG_INVALID, Severity::Error, Blame::Environment, message)]
    })?;
    let source = sources.add(name, text);
    let root = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    parse(text, source, root).map_err(|errors| errors.iter().map(ConfigError::to_finding).collect())
}
