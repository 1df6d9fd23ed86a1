//! Manifest and binary: identity, and each capacity with its evidence.
//!
//! A manifest that claims more than the binary shows would let content pass that the build cannot take. One that lacks
//! a capacity would too: a build that does not know a capacity may ignore what depends on it.
//!
//! Gives `manifest-disagrees`, and `capacity-undeclared` for what the binary states and the contract lacks.

use super::shown;
use crate::codes;
use crate::contract::origin::Question;
use crate::contract::{Capacity, Evidence, Manifest, RawCapacity, RawContract, Text, Word, capacity_key};
use crate::extract::capacities::Shown;
use crate::extract::{Found, Supply};
use crate::finding::{Blame, Finding, Label, Severity};
use crate::schema::error::nearest_of;

/// What identifies a binary.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'i> {
    /// What it calls itself, if it does.
    pub id: Option<&'i str>,
    /// SHA-256, 64 lower-case hexadecimal digits.
    pub sha256: &'i str,
}

/// Everything in which a manifest and a binary differ, and what stood in the way of comparing.
pub fn agree(
    contract: &RawContract,
    manifest: &Manifest,
    identity: Identity<'_>,
    all: &[Shown],
) -> Vec<Finding> {
    let mut findings = identified(manifest, identity);
    for name in contract.capacities.keys() {
        let Some(shown) = shown(all, name) else { continue };
        match (manifest.capacities.get(name), &shown.found) {
            (Some(claimed), Some(found)) => {
                findings.extend(shown.findings.iter().cloned());
                findings.extend(compared(claimed, found));
            }
            (Some(claimed), None) => match claimed.evidence {
                // Nobody says that the binary shows these.
                Evidence::Declared | Evidence::Observed => {}
                // Whatever there is of debug information, what is stated is in the binary or nowhere.
                Evidence::Emitted => findings.push(claims_more(claimed, None)),
                Evidence::Storage if shown.findings.is_empty() => findings.push(claims_more(claimed, None)),
                Evidence::Storage => findings.extend(shown.findings.iter().cloned()),
            },
            (None, Some(found)) => findings.push(lacking(manifest, name, found)),
            (None, None) => {}
        }
    }
    merge(findings)
}

/// What a build states that the contract has no capacity for: the name may be misspelled.
pub fn unasked(contract: &RawContract, supplies: &[Supply]) -> Vec<Finding> {
    let noted = |capacity: &RawCapacity| match capacity.from.as_ref().map(|origin| &origin.question) {
        Some(Question::Note(name)) => name.clone(),
        _ => capacity.name.value.clone(),
    };
    let names: Vec<String> = contract.capacities.values().map(noted).collect();
    let finding = |supply: &Supply| {
        let message =
            format!("the build states `{}`, and the contract has no capacity of that name", supply.name);
        let mut finding =
            Finding::new(codes::CAPACITY_UNDECLARED, Severity::Warning, Blame::Consumer, message);
        finding.found = Some(format!("{} in {}", supply.count, supply.place));
        let nearest = nearest_of(&supply.name, names.iter().map(String::as_str));
        finding.help = Some(match nearest {
            Some(nearest) => format!("did the build mean `{nearest}`?"),
            None => format!("add `[capacity.\"{}\"]` to the contract", supply.name),
        });
        finding
    };
    supplies.iter().filter(|supply| !names.contains(&supply.name)).map(finding).collect()
}

/// Whether the manifest is about this very binary.
fn identified(manifest: &Manifest, identity: Identity<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let parts = [
        (&manifest.sha256, Some(identity.sha256), "sha256", "SHA-256 digest"),
        (&manifest.id, identity.id, "id", "build id"),
    ];
    for (claimed, actual, key, what) in parts {
        let Some(claimed) = claimed else { continue };
        if actual.is_some_and(|actual| actual.eq_ignore_ascii_case(&claimed.value)) {
            continue;
        }
        let mut finding = disagrees(format!("the manifest is about another binary: its {what} differs"));
        finding.found = Some(actual.map_or_else(|| format!("a binary without a {what}"), str::to_owned));
        finding.expected = Some(claimed.value.clone());
        finding.labels.push(text_label(claimed, key));
        finding.help = Some(
            "verify the binary as it is shipped, signed and stripped, or write its manifest again with `bootgate \
             contract extract`"
                .into(),
        );
        findings.push(finding);
    }
    if manifest.sha256.is_none() && manifest.id.is_none() {
        let mut finding = disagrees("the manifest does not say which binary it is about".into());
        finding.expected = Some(format!("`sha256 = \"{}\"` in `build`", identity.sha256));
        finding.labels.push(text_label(&manifest.version, "version"));
        finding.help = Some("write it with `bootgate contract extract`".into());
        findings.push(finding);
    }
    findings
}

fn compared(claimed: &Capacity, found: &Found) -> Option<Finding> {
    let name = &claimed.name.value;
    let same = claimed.value == found.value;
    if found.evidence == Evidence::Storage {
        return match claimed.evidence {
            Evidence::Emitted => Some(claims_more(claimed, Some(found))),
            Evidence::Storage if !same => Some(differs(claimed, found)),
            // What was seen or said is compared with what there is room for.
            _ if claimed.value > found.value => {
                let mut finding = differs(claimed, found);
                finding.message = format!("the manifest claims more of `{name}` than there is room for");
                Some(finding)
            }
            _ => None,
        };
    }
    if !same {
        return Some(differs(claimed, found));
    }
    if let Some(beyond) = found.beyond.filter(|beyond| *beyond != claimed.beyond) {
        let message = format!("the binary says otherwise what it does with a read beyond `{name}`");
        let mut finding = disagrees(message);
        finding.found = Some(format!("`{}`, by {}", beyond.word(), found.place));
        finding.expected = Some(format!("`{}`, by the manifest", claimed.beyond.word()));
        finding.labels.push(label(claimed));
        return Some(finding);
    }
    if claimed.evidence < found.evidence {
        let mut finding =
            disagrees(format!("the binary shows better evidence for `{name}` than the manifest"));
        finding.severity = Severity::Warning;
        finding.found = Some(format!("`{}`, by {}", found.evidence.word(), found.place));
        finding.labels.push(label(claimed));
        finding.help = Some("write the manifest again with `bootgate contract extract`".into());
        return Some(finding);
    }
    None
}

fn differs(claimed: &Capacity, found: &Found) -> Finding {
    let mut finding = disagrees(format!("the manifest and the binary differ in `{}`", claimed.name.value));
    finding.found =
        Some(format!("{} by evidence `{}`, in {}", found.value, found.evidence.word(), found.place));
    finding.expected = Some(format!("{} by evidence `{}`", claimed.value, claimed.evidence.word()));
    finding.labels.push(label(claimed));
    finding.help = Some("write the manifest again with `bootgate contract extract`".into());
    finding
}

fn claims_more(claimed: &Capacity, found: Option<&Found>) -> Finding {
    let (name, evidence) = (&claimed.name.value, claimed.evidence.word());
    let mut finding = disagrees(format!("the manifest claims more than the binary shows of `{name}`"));
    finding.found = Some(match found {
        Some(found) => format!("{} by evidence `{}`, in {}", found.value, found.evidence.word(), found.place),
        None => "nothing of it in the binary".into(),
    });
    finding.expected = Some(format!("{} by evidence `{evidence}`", claimed.value));
    finding.labels.push(label(claimed));
    finding.help = Some(
        "state the number at the call site (`bootgate contract header`), or claim what the binary shows"
            .into(),
    );
    finding
}

fn lacking(manifest: &Manifest, name: &str, found: &Found) -> Finding {
    let mut finding = disagrees(format!("the manifest lacks `{name}`, which the binary has"));
    finding.found =
        Some(format!("{} by evidence `{}`, in {}", found.value, found.evidence.word(), found.place));
    finding.labels.push(text_label(&manifest.version, "version"));
    finding
        .notes
        .push("a build without a capacity may be taken for one that ignores what depends on it".into());
    finding.help = Some("write the manifest again with `bootgate contract extract`".into());
    finding
}

fn disagrees(message: String) -> Finding {
    Finding::new(codes::MANIFEST_DISAGREES, Severity::Error, Blame::Consumer, message)
}

fn label(claimed: &Capacity) -> Label {
    let key = Some(capacity_key(&claimed.name.value));
    Label { span: claimed.span, text: String::new(), key, primary: true }
}

fn text_label(text: &Text, key: &str) -> Label {
    Label { span: text.span, text: String::new(), key: Some(format!("/build/{key}")), primary: true }
}

/// Each cause once, though many capacities may share it.
fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = |known: &&mut Finding| known.code == finding.code && known.message == finding.message;
        match merged.iter_mut().find(same) {
            Some(known) => known.labels.extend(finding.labels),
            None => merged.push(finding),
        }
    }
    merged
}
