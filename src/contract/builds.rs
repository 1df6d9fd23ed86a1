//! All manifests of a contract, held against it and against each other.

use std::io;
use std::path::PathBuf;

use super::error::{At, ContractError};
use super::manifest::Manifest;
use super::raw::RawContract;
use super::table::{nearest, pointer};
use crate::codes;
use crate::finding::{Blame, Finding, Severity};
use crate::span::Sources;

/// Reads the manifests of a contract, given as name and text, and sorts them by version and platform.
///
/// # Errors
///
/// Everything that is wrong with any of them. Beyond what is wrong with one alone: a second manifest for the
/// same build, a capacity that the contract does not have, and no manifest at all.
pub fn parse_all(
    sources: &mut Sources,
    contract: &RawContract,
    texts: &[(String, String)],
) -> Result<Vec<Manifest>, Vec<ContractError>> {
    let mut manifests = Vec::new();
    let mut errors = Vec::new();
    for (name, text) in texts {
        match Manifest::parse(sources, name, text) {
            Ok(manifest) => manifests.push(manifest),
            Err(found) => errors.extend(found),
        }
    }
    if texts.is_empty() {
        let at = At { span: contract.builds.span, key: "/contract/builds".to_owned() };
        errors.push(ContractError::NoManifests { glob: contract.builds.value.clone(), at });
    }
    for manifest in &manifests {
        undeclared(contract, manifest, &mut errors);
    }
    sort(&mut manifests);
    for pair in manifests.windows(2) {
        if let [first, second] = pair
            && first.number == second.number
            && first.platform() == second.platform()
        {
            errors.push(twice(first, second));
        }
    }
    errors.sort_by_key(ContractError::span);
    if errors.is_empty() { Ok(manifests) } else { Err(errors) }
}

/// The manifests in files that were found, as [`parse_all`] reads them.
///
/// # Errors
///
/// Every file that cannot be read, and everything that is wrong with the others. A manifest that cannot be read may be
/// the one that refuses: there is no answer without it.
pub fn parse_found(
    sources: &mut Sources,
    contract: &RawContract,
    found: Vec<(PathBuf, io::Result<String>)>,
) -> Result<Vec<Manifest>, Vec<Finding>> {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for (path, text) in found {
        match text {
            Ok(text) => texts.push((path.display().to_string(), text)),
            Err(error) => {
                let message = format!("cannot read the manifest `{}`: {error}", path.display());
                let (code, blame) = (codes::FILE_UNREADABLE, Blame::Environment);
                problems.push(Finding::new(code, Severity::Error, blame, message));
            }
        }
    }
    if !problems.is_empty() && texts.is_empty() {
        return Err(problems);
    }
    match parse_all(sources, contract, &texts) {
        Ok(manifests) if problems.is_empty() => return Ok(manifests),
        Ok(_) => {}
        Err(errors) => problems.extend(errors.into_iter().map(Finding::from)),
    }
    Err(problems)
}

/// By version as a number, then platform; of equal ones the first that was read first.
fn sort(manifests: &mut [Manifest]) {
    manifests.sort_by(|a, b| {
        let platform = || a.platform().cmp(&b.platform());
        a.number.cmp(&b.number).then_with(platform).then_with(|| a.source.cmp(&b.source))
    });
}

/// A name that only the manifest has is taken for a typing error: the read that it was meant to bound would
/// find a build that does not know it, and might be ignored.
fn undeclared(contract: &RawContract, manifest: &Manifest, errors: &mut Vec<ContractError>) {
    for (name, capacity) in &manifest.capacities {
        if !contract.capacities.contains_key(name) {
            let names = contract.capacities.keys().map(String::as_str);
            errors.push(ContractError::CapacityUndeclared {
                name: name.clone(),
                nearest: nearest(name, names).map(str::to_owned),
                at: At { span: capacity.name.span, key: pointer("/capacity", name) },
            });
        }
    }
}

fn twice(first: &Manifest, second: &Manifest) -> ContractError {
    let platform = second.platform().map(|platform| format!(" for {platform}")).unwrap_or_default();
    let build = format!("{}{platform}", second.number);
    ContractError::BuildTwice { build, at: second.at(), first: first.at() }
}
