//! What a mutator goes by, read from disk: a schema, and the numbers of a contract.

use std::path::{Path, PathBuf};

use crate::check::{Plan, Setup};
use crate::codes;
use crate::contract::{self, Manifest};
use crate::disk::{Disk, text};
use crate::finding::{Blame, Finding, Severities, Severity};
use crate::limits::{SchemaLimits, TEXT_BYTES};
use crate::schema::{self, Search};
use crate::span::Sources;

use super::numbers_of;

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
    let wrong =
        |errors: Vec<contract::ContractError>| errors.into_iter().map(Finding::from).collect::<Vec<_>>();
    let words = text(path, TEXT_BYTES, None).map_err(|finding| vec![*finding])?;
    let raw = contract::parse(sources, &path.display().to_string(), &words).map_err(wrong)?;
    let (mut texts, mut unread) = (Vec::new(), Vec::new());
    for (path, text) in contract::read_manifests(path, &raw.builds.value) {
        match text {
            Ok(text) => texts.push((path.display().to_string(), text)),
            Err(error) => {
                let message = format!("cannot read the manifest `{}`: {error}", path.display());
                let code = codes::FILE_UNREADABLE;
                unread.push(Finding::new(code, Severity::Error, Blame::Environment, message));
            }
        }
    }
    if !unread.is_empty() {
        return Err(unread);
    }
    let manifests: Vec<Manifest> = contract::parse_all(sources, &raw, &texts).map_err(wrong)?;
    let selected = contract::select(&[], &manifests).map_err(|error| vec![Finding::from(error)])?;
    Ok(numbers_of(selected.with_say().map(|(build, _)| build)))
}
