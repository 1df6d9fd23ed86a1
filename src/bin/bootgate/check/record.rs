//! The record of a check: what `--verdict` writes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bootgate::code::Forced;
use bootgate::codes;
use bootgate::config::{self, AssignedUnit};
use bootgate::contract::Say;
use bootgate::digest::Digest;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::limits::Bounds;
use bootgate::span::{SourceId, Sources};
use bootgate::verdict::{Build, Entry, Set, Tool, Verdict};

use super::contract::Planned;
use super::units::Checked;
use crate::processes::{Commands, Pinned};

/// The verdict on everything that was checked.
pub(crate) fn verdict(
    sources: &Sources,
    plans: &[Planned],
    checked: &[Checked],
    bounds: &Bounds,
    commands: &[Pinned],
) -> Verdict {
    let mut verdict = Verdict {
        tool: Tool { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() },
        schemas: BTreeMap::new(),
        contract: BTreeMap::new(),
        manifests: BTreeMap::new(),
        inventory: BTreeMap::new(),
        baseline: BTreeMap::new(),
        builds: Vec::new(),
        candidates: Vec::new(),
        severities: BTreeMap::new(),
        limits: bounds.changed().map(|(name, value)| (name.to_owned(), value)).collect(),
        instances: instances(plans, checked),
        processes: commands.iter().map(|pin| (pin.name.clone(), pin.process.clone())).collect(),
        sets: checked.iter().map(set).collect(),
    };
    let digest = |source: SourceId| {
        let text = sources.get(source).map_or("", |s| &*s.text);
        Digest::of(text.as_bytes())
    };
    for (row, planned) in plans.iter().enumerate() {
        if !checked.iter().any(|c| c.plan == row) {
            continue;
        }
        let plan = &planned.plan;
        for (role, schema) in plan.roles.iter().zip(&planned.schemas) {
            add(&mut verdict.schemas, role, digest(schema.main.source));
            for imported in &schema.imported {
                let name = format!("{role}/{}", imported.root.name.value);
                add(&mut verdict.schemas, &name, digest(imported.source));
            }
        }
        for (code, severity) in [
            (codes::TRAILING_BYTES, plan.setup.severities.trailing),
            (codes::UNREFERENCED_BYTES, plan.setup.severities.unreferenced),
            (codes::OVERLAPPING_BYTES, plan.setup.severities.overlapping),
        ] {
            // With several plans the strictest is named.
            let known = verdict.severities.entry(code.into()).or_insert(severity);
            *known = severity.max(*known);
        }
        let Some(terms) = &plan.contract else { continue };
        add(&mut verdict.contract, &terms.raw.consumer.value, digest(terms.raw.source));
        if let Some(source) = terms.baseline.source {
            add(&mut verdict.baseline, &terms.raw.consumer.value, digest(source));
        }
        if let Some(inventory) = planned.inventory {
            add(&mut verdict.inventory, &terms.raw.consumer.value, inventory);
        }
        for ((manifest, name), say) in terms.builds.iter().zip(&terms.names).zip(&terms.says) {
            add(&mut verdict.manifests, name, digest(manifest.source));
            let build = Build {
                name: name.clone(),
                version: manifest.version.value.clone(),
                platform: manifest.platform().map(str::to_string),
            };
            match say {
                Say::Refuses => verdict.builds.push(build),
                Say::Warns => verdict.candidates.push(build),
                Say::Told => {}
            }
        }
    }
    verdict
}

/// Which instances were evaluated, if not the default. With several plans the fewest are named, so that the record
/// claims no more than was done.
fn instances(plans: &[Planned], checked: &[Checked]) -> Option<String> {
    let used =
        || checked.iter().filter_map(|c| plans.get(c.plan)).map(|planned| planned.plan.setup.instances);
    let mut names = config::instance_names().into_iter();
    let fewest = names.find(|name| used().any(|instances| config::instances_name(instances) == *name))?;
    (config::instances_named(fewest) != Some(Forced::default())).then(|| fewest.to_owned())
}

/// Adds a digest under a name; another one under the same name gets its digest as part of the name.
fn add(known: &mut BTreeMap<String, Digest>, name: &str, digest: Digest) {
    match known.get(name) {
        Some(other) if *other != digest => {
            known.insert(format!("{name}@{digest}"), digest);
        }
        _ => {
            known.insert(name.to_string(), digest);
        }
    }
}

fn set(checked: &Checked) -> Set {
    let roles: Vec<String> = checked.unit.files.iter().map(|f| f.role.clone()).collect();
    let files = roles.iter().zip(&checked.digests);
    Set {
        files: files.filter_map(|(role, digest)| Some((role.clone(), (*digest)?))).collect(),
        findings: checked.unit.findings.iter().map(|f| Entry::new(f, &roles)).collect(),
    }
}

/// The finding for a verdict that would be written over something that the check reads or runs.
pub(super) fn collides(
    path: &Path,
    sources: &Sources,
    units: &[(AssignedUnit, usize)],
    commands: &Commands,
) -> Option<Finding> {
    let target = fs::canonicalize(path).ok()?;
    let content = units.iter().flat_map(|(unit, _)| &unit.files).map(|(_, path)| path.clone());
    let texts = sources.iter().map(|source| PathBuf::from(&source.name));
    let programs = commands.programs().map(Path::to_path_buf);
    let mut parts = content.chain(texts).chain(programs);
    let read = parts.find(|read| fs::canonicalize(read).is_ok_and(|read| read == target))?;
    let message =
        format!("the verdict would be written over `{}`, which is part of the check", read.display());
    let mut finding = Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message);
    finding.help = Some("name another file after `--verdict`".into());
    Some(finding)
}

/// Some of what was asked for could not be checked: then there is no verdict.
pub(super) fn withheld(path: &Path) -> Finding {
    let message = format!("no verdict was written to `{}`: not everything could be checked", path.display());
    Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message)
}

/// The verdict could not be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> Finding {
    let message = format!("cannot write the verdict to `{}`: {error}", path.display());
    Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message)
}
