//! What a mutator goes by, read from disk: a schema, and the numbers of a contract.

use std::path::{Path, PathBuf};

use crate::check::{Plan, Setup};
use crate::contract;
use crate::disk::{Disk, text};
use crate::finding::{Finding, Severities};
use crate::limits::{SchemaLimits, TEXT_BYTES};
use crate::schema::{self, Search};
use crate::span::Sources;

use super::numbers_of;

/// The folders that `BOOTGATE_IMPORTS` names, as `PATH` does: for engines, which pass no arguments.
pub fn imports() -> Vec<PathBuf> {
    let named = std::env::var_os("BOOTGATE_IMPORTS");
    named.iter().flat_map(|paths| std::env::split_paths(paths).collect::<Vec<_>>()).collect()
}

/// The plan of a schema, and the capacities of the builds in the field of a contract.
///
/// # Errors
///
/// Everything that is wrong with the schema, or else with the contract and its manifests.
pub fn load(
    sources: &mut Sources,
    schema: &Path,
    contract: Option<&Path>,
    import_paths: &[PathBuf],
    limits: &SchemaLimits,
) -> Result<(Plan, Vec<i128>), Vec<Finding>> {
    let search = Search { files: &Disk(limits), import_paths, limits };
    let bundle = schema::load(sources, schema, search).map_err(|finding| vec![*finding])?;
    let plan = Plan::of_schema(bundle, Setup::from(Severities::default()))?;
    let numbers = match contract {
        Some(path) => numbers(sources, path)?,
        None => Vec::new(),
    };
    Ok((plan, numbers))
}

/// The capacities of the builds in the field.
fn numbers(sources: &mut Sources, path: &Path) -> Result<Vec<i128>, Vec<Finding>> {
    let words = text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding])?;
    let raw = contract::parse(sources, &path.display().to_string(), &words)
        .map_err(|errors| errors.into_iter().map(Finding::from).collect::<Vec<_>>())?;
    let found = contract::read_manifests(path, &raw.builds.value);
    let manifests = contract::parse_found(sources, &raw, found)?;
    let selected = contract::select(&[], &manifests).map_err(|error| vec![Finding::from(error)])?;
    Ok(numbers_of(selected.with_say().map(|(build, _)| build)))
}
