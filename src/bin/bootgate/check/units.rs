//! Units, checked in parallel: the order of the results is that of their names.

use std::path::Path;

use bootgate::check::{Standing, candidate, check};
use bootgate::config::AssignedUnit;
use bootgate::digest::Digest;
use bootgate::disk::unreadable;
use bootgate::finding::{Finding, Unit, UnitFile};
use bootgate::input::{Content, Hold, open_with};
use bootgate::limits::Limits;
use bootgate::span::Sources;
use rayon::prelude::*;

use super::contract::Planned;
use crate::progress::Progress;

/// A unit that was checked.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) unit: Unit,
    /// The digest of each file, if asked for and read.
    pub(crate) digests: Vec<Option<Digest>>,
    /// The plan it was checked with.
    pub(crate) plan: usize,
    /// How it stands with a candidate; taken where nobody asks.
    pub(crate) standing: Standing,
}

/// Checks all units. With `digests`, every file is read once, and what is digested is what is walked.
pub(crate) fn check_all(
    sources: &Sources,
    plans: &[Planned],
    units: Vec<(AssignedUnit, usize)>,
    digests: bool,
    limits: &Limits,
) -> Vec<Checked> {
    let progress = Progress::new("checking", units.len());
    let checked = units
        .into_par_iter()
        .filter_map(|(unit, plan)| {
            let planned = plans.get(plan)?;
            let checked = one(sources, planned, &unit, plan, digests, limits);
            progress.step();
            Some(checked)
        })
        .collect();
    progress.finish();
    checked
}

fn one(
    sources: &Sources,
    planned: &Planned,
    assigned: &AssignedUnit,
    plan: usize,
    digests: bool,
    limits: &Limits,
) -> Checked {
    let hold = if digests { Hold::Private } else { Hold::Shared };
    let mut findings: Vec<Finding> = Vec::new();
    let mut contents: Vec<Content> = Vec::new();
    let mut files = Vec::new();
    let mut sums = Vec::new();
    let mut standing = Standing::Taken;
    for (role, path) in &assigned.files {
        let opened = open_with(path, hold, limits.file_bytes);
        let size = opened.as_ref().ok().map(Content::size);
        files.push(UnitFile { role: role.clone(), path: shown(path), size });
        match opened {
            Ok(content) => {
                sums.push(digests.then(|| content.sha256()));
                contents.push(content);
            }
            Err(error) => {
                sums.push(None);
                findings.push(unreadable(&error, Some("file-bytes")));
            }
        }
    }
    if contents.len() == assigned.files.len() {
        let bytes: Vec<&[u8]> = contents.iter().map(|content| &content[..]).collect();
        match &planned.field {
            Some(field) => {
                let taken = candidate(&planned.plan, field, sources, &bytes, limits);
                findings.extend(taken.findings);
                standing = taken.standing;
            }
            None => findings.extend(check(&planned.plan, sources, &bytes, limits)),
        }
        findings.extend(planned.unlisted.clone());
        findings.extend(contents.iter().filter_map(|c| c.verify_unchanged().err()).map(|e| e.to_finding()));
    }
    let unit = planned.unit(assigned.name.clone(), files, findings);
    Checked { unit, digests: sums, plan, standing }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
