//! The capacities of a contract, held against one build.

use std::collections::BTreeSet;

use super::ask::Failure;
use super::error::ExtractError;
use super::files::Extras;
use super::{Binary, Found, Supply};
use crate::codes;
use crate::contract::origin::{Origin, Question, Source};
use crate::contract::{Evidence, RawCapacity, RawContract, Word};
use crate::finding::{Blame, Finding, Label, Severity};

/// What a build shows of one capacity.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The capacity.
    pub name: String,
    /// The best that was found.
    pub found: Option<Found>,
    /// What is wrong with it, or could be better.
    pub findings: Vec<Finding>,
    /// Whether the contract says where to look.
    pub has_origin: bool,
}

/// Looks every capacity of a contract up; `without` are those that somebody says this build does not have.
pub fn show(
    contract: &RawContract,
    binary: &Binary<'_>,
    extras: &Extras<'_>,
    supplies: &[Supply],
    without: &BTreeSet<String>,
) -> Vec<Shown> {
    let asked: Vec<&Origin> = contract.capacities.values().filter_map(debug_origin).collect();
    let mut answers = binary.ask(extras, &asked).into_iter();
    let mut shown = Vec::new();
    for capacity in contract.capacities.values() {
        let storage = debug_origin(capacity).and_then(|_| answers.next());
        let stated = stated(capacity, supplies);
        shown.push(one(capacity, stated, storage, without.contains(&capacity.name.value)));
    }
    shown
}

fn debug_origin(capacity: &RawCapacity) -> Option<&Origin> {
    capacity.from.as_ref().filter(|origin| origin.source != Source::Note)
}

/// What the build stated of a capacity: under its own name, or the one that the contract has for it.
fn stated<'s>(capacity: &RawCapacity, supplies: &'s [Supply]) -> Option<&'s Supply> {
    let noted = match &capacity.from {
        Some(Origin { question: Question::Note(name), .. }) => name,
        _ => &capacity.name.value,
    };
    supplies.iter().find(|supply| supply.name == *noted)
}

fn one(
    capacity: &RawCapacity,
    stated: Option<&Supply>,
    storage: Option<Result<Found, Failure>>,
    without: bool,
) -> Shown {
    let name = capacity.name.value.clone();
    let mut shown = Shown { name, found: None, findings: Vec::new(), has_origin: capacity.from.is_some() };
    let failed = storage.as_ref().and_then(|answer| answer.as_ref().err());
    let held = storage.as_ref().and_then(|answer| answer.as_ref().ok());
    match (stated, held) {
        (Some(supply), _) if i64::try_from(supply.count).is_err() => {
            let message = format!(
                "the build states {} of `{}`, more than anything can hold",
                supply.count, supply.name
            );
            shown.findings.push(missing(capacity, message));
        }
        (Some(supply), held) => {
            shown.found = Some(Found {
                value: supply.count,
                evidence: Evidence::Emitted,
                beyond: supply.beyond,
                place: supply.place.clone(),
            });
            shown.findings.extend(held.and_then(|held| contradiction(capacity, supply, held)));
            // A released binary is stripped, and does not need its debug information here.
            let told = failed.filter(|f| !matches!(f, Failure::Source(e) if is_absent(e)));
            shown.findings.extend(told.map(|failure| failure_of(capacity, failure, Severity::Warning)));
        }
        (None, Some(held)) => {
            shown.found = Some(held.clone());
            shown.findings.extend(too_weak(capacity, held));
        }
        (None, None) => {
            shown.findings.extend(failed.map(|failure| failure_of(capacity, failure, Severity::Error)));
            if let (None, Some(_)) = (failed, &capacity.from) {
                let message =
                    format!("the build states nothing of `{}` in a note section", capacity.name.value);
                shown.findings.push(missing(capacity, message));
            }
        }
    }
    match (without, &shown.found) {
        (true, Some(found)) => {
            let message = format!("`--without {}`, but the build has it: {}", shown.name, found.value);
            shown.findings = vec![Finding::new(codes::USAGE, Severity::Error, Blame::Environment, message)];
        }
        (true, None) => {
            // That the name is not there is what was to be shown. Where nothing could be read, nothing was.
            shown.findings.retain(|finding| finding.blame == Blame::Environment);
            shown.findings.retain(|finding| finding.code != codes::DEBUG_INFO_MISSING);
        }
        (false, _) => {}
    }
    shown
}

fn is_absent(error: &ExtractError) -> bool {
    matches!(error, ExtractError::NoDebugInfo { .. })
}

/// The finding for a capacity of which nothing is known, and for which nobody says where to look.
pub fn nowhere(capacity: &RawCapacity) -> Finding {
    let name = &capacity.name.value;
    missing(capacity, format!("nothing says where `{name}` is found, and the build states nothing of it"))
}

fn missing(capacity: &RawCapacity, message: String) -> Finding {
    let mut finding = Finding::new(codes::CAPACITY_NOT_STATED, Severity::Error, Blame::Consumer, message);
    finding.labels.push(label(capacity, String::new()));
    let name = &capacity.name.value;
    finding.help = Some(format!(
        "state it at the call site, or give it a `from`; if this build does not have it: `--without {name}`"
    ));
    finding
}

fn failure_of(capacity: &RawCapacity, failure: &Failure, severity: Severity) -> Finding {
    let mut finding = Finding::from(failure);
    finding.severity = severity;
    finding.labels.push(label(capacity, String::new()));
    let unknown = finding.code == codes::DEBUG_NAME_UNKNOWN && severity == Severity::Error;
    if unknown && finding.help.is_none() {
        finding.help = Some(format!("if this build does not have it: `--without {}`", capacity.name.value));
    }
    finding
}

fn contradiction(capacity: &RawCapacity, supply: &Supply, held: &Found) -> Option<Finding> {
    let is_length = matches!(capacity.from, Some(Origin { question: Question::Len(_), .. }));
    if !is_length || supply.count <= held.value {
        return None;
    }
    let message =
        format!("the build states that it supplies more of `{}` than there is room for", supply.name);
    let mut finding = Finding::new(codes::CAPACITY_NOT_STATED, Severity::Error, Blame::Consumer, message);
    finding.found = Some(format!("{} stated in {}", supply.count, supply.place));
    finding.expected = Some(format!("at most {}, the length of the array in {}", held.value, held.place));
    finding.labels.push(label(capacity, "this array".into()));
    finding.help = Some("name the array that is really passed, or correct what is stated".into());
    Some(finding)
}

fn too_weak(capacity: &RawCapacity, held: &Found) -> Option<Finding> {
    if held.evidence >= capacity.needs {
        return None;
    }
    let (name, has, needs) = (&capacity.name.value, held.evidence.word(), capacity.needs.word());
    let message = format!("`check` will refuse each read that rests on `{name}`: only {has} is known of it");
    let mut finding = Finding::new(codes::CAPACITY_NOT_STATED, Severity::Warning, Blame::Consumer, message);
    finding.found = Some(format!("{} by evidence `{has}`", held.value));
    finding.expected = Some(format!("evidence `{needs}` or better"));
    finding.labels.push(label(capacity, format!("needs `{needs}`")));
    finding.help = Some("let the consumer's build state what it supplies, or observe it".into());
    Some(finding)
}

/// The line of the contract that asks.
fn label(capacity: &RawCapacity, text: String) -> Label {
    let key = crate::contract::capacity_key(&capacity.name.value);
    match &capacity.from {
        Some(origin) => {
            Label { span: origin.text.span, text, key: Some(format!("{key}/from")), primary: true }
        }
        None => Label { span: capacity.name.span, text, key: Some(key), primary: true },
    }
}
