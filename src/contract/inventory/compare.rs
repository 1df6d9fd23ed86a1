//! Manifests against an inventory: what nobody answers for, and what nobody runs.
//!
//! Gives `build-unlisted`, `state-contradicted` and `build-retired`.

use super::{Inventory, Machines};
use crate::codes;
use crate::contract::fleet::build_names;
use crate::contract::manifest::Manifest;
use crate::contract::raw::RawContract;
use crate::contract::words::{State, Unlisted, Word};
use crate::finding::{Blame, Finding, Label, Severity};

/// Builds that a finding lists one by one.
const LISTED: usize = 10;

/// Everything that manifests and inventory disagree on; `manifests` are all of the contract's, in order.
pub fn compare(raw: &RawContract, manifests: &[Manifest], inventory: &Inventory) -> Vec<Finding> {
    let mut findings: Vec<Finding> = unlisted(raw, manifests, inventory).into_iter().collect();
    let names = build_names(&manifests.iter().collect::<Vec<_>>());
    let named: Vec<(&String, &Manifest, u64)> =
        names.iter().zip(manifests).map(|(name, build)| (name, build, inventory.machines(build))).collect();
    let of = |state: State, runs: bool| {
        named.iter().filter(move |(_, build, machines)| build.state == state && (*machines > 0) == runs)
    };
    for state in [State::Candidate, State::Unreachable] {
        let builds: Vec<_> = of(state, true).collect();
        let message = match state {
            State::Candidate => "machines run builds that are still candidates",
            _ => "machines run builds that are said to be unreachable",
        };
        let mut finding = Finding::new(codes::STATE_CONTRADICTED, Severity::Error, Blame::Contract, message);
        finding.expected = Some("the state `fielded`: a check answers for no other".into());
        finding.help = Some(match state {
            State::Candidate => {
                "set `state = \"fielded\"` in the manifests of builds that were released".into()
            }
            _ => "set `state = \"fielded\"` in the manifests of builds that can still be reached".into(),
        });
        findings.extend(listed(finding, inventory, &builds));
    }
    for (state, severity) in [(State::Fielded, Severity::Warning), (State::Unreachable, Severity::Note)] {
        let builds: Vec<_> = of(state, false).collect();
        let message = format!("no machine runs these builds any more, which are {}", state.word());
        let mut finding = Finding::new(codes::BUILD_RETIRED, severity, Blame::Contract, message);
        finding.help = Some("remove their manifests, if none of these machines can come back".into());
        findings.extend(listed(finding, inventory, &builds));
    }
    findings
}

/// The finding for builds in the field that have no manifest; it refuses if the contract says so.
pub fn unlisted(raw: &RawContract, manifests: &[Manifest], inventory: &Inventory) -> Option<Finding> {
    let mut without = inventory.without(manifests);
    if without.is_empty() {
        return None;
    }
    let severity = match raw.unlisted {
        Unlisted::Refuse => Severity::Error,
        Unlisted::Ignore => Severity::Note,
    };
    let message = format!(
        "no manifest for {}",
        count(without.len() as u64, "build that machines run", "builds that machines run")
    );
    let mut finding = Finding::new(codes::BUILD_UNLISTED, severity, Blame::Content, message);
    finding.builds = without.iter().map(|(name, _)| name.clone()).collect();
    let machines = without.iter().fold(0u64, |sum, (_, machines)| sum.saturating_add(machines.count));
    finding.found = Some(format!(
        "{} of {} in `{}`",
        count(machines, "machine", "machines"),
        inventory.total(),
        inventory.name
    ));
    finding.expected = Some(format!("a manifest for each build, among `{}`", raw.builds.value));
    // Most machines first: where to begin.
    without.sort_by_key(|(_, machines)| std::cmp::Reverse(machines.count));
    for (name, machines) in without.iter().take(LISTED) {
        finding.notes.push(format!("{name}: {}{}", in_line(machines), other_platforms(manifests, machines)));
    }
    if let Some(more) = without.len().checked_sub(LISTED).filter(|more| *more > 0) {
        finding.notes.push(format!("and {more} more"));
    }
    finding.labels.push(Label {
        span: raw.builds.span,
        text: "none of these manifests is theirs".into(),
        key: Some("/contract/builds".into()),
        primary: true,
    });
    finding.help = Some(
        "add a manifest for each build; `unlisted = \"ignore\"` in the contract lets content pass that nobody answers for"
            .into(),
    );
    Some(finding)
}

fn in_line(machines: &Machines) -> String {
    format!("{}, first in line {}", count(machines.count, "machine", "machines"), machines.line)
}

/// The same version for other platforms, which is easily taken for the same build.
fn other_platforms(manifests: &[Manifest], machines: &Machines) -> String {
    let same = manifests.iter().filter(|build| build.number == machines.version);
    let platforms: Vec<&str> = same.filter_map(Manifest::platform).take(LISTED).collect();
    if platforms.is_empty() {
        return String::new();
    }
    format!("; there are manifests of this version for {}", platforms.join(", "))
}

/// A finding with its builds, if there are any.
fn listed(
    mut finding: Finding,
    inventory: &Inventory,
    builds: &[&(&String, &Manifest, u64)],
) -> Option<Finding> {
    let (_, first, _) = builds.first()?;
    finding.builds = builds.iter().map(|(name, ..)| (*name).clone()).collect();
    let machines = builds.iter().fold(0u64, |sum, (.., machines)| sum.saturating_add(*machines));
    if machines > 0 {
        finding.found = Some(format!("{} in `{}`", count(machines, "machine", "machines"), inventory.name));
    }
    let at = first.at();
    finding.labels.push(Label { span: at.span, text: String::new(), key: Some(at.key), primary: true });
    Some(finding)
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
