//! The manifest of a build, written or brought up to date: comments, order and what people wrote are kept.

use std::collections::BTreeSet;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::Found;
use super::capacities::Shown;
use crate::codes;
use crate::contract::{Beyond, Capacity, Evidence, Manifest, State, Word, capacity_key};
use crate::finding::{Blame, Finding, Label, Severity};

/// What identifies a build in its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its version; a manifest that is there already must have the same.
    pub version: String,
    /// What it is built for.
    pub platform: Option<String>,
    /// Where it is in its life; a new manifest is that of a candidate.
    pub state: Option<State>,
    /// The build's own name for itself.
    pub id: Option<String>,
    /// SHA-256 of the binary; without it the manifest stays about the one that it names.
    pub sha256: Option<String>,
}

/// One capacity as the manifest has it in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The capacity.
    pub name: String,
    /// Its number.
    pub value: u64,
    /// What the number rests on.
    pub evidence: Evidence,
    /// Where it was found.
    pub place: String,
    /// What became of an older entry; empty where there was none or nothing changed.
    pub change: String,
}

/// A manifest to be written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The whole text.
    pub text: String,
    /// Its capacities, in the order of the contract.
    pub lines: Vec<Line>,
    /// What is to be told.
    pub findings: Vec<Finding>,
}

/// Brings a manifest up to date with what a build shows; `old` is the text and what it says, if it is there.
///
/// What is stronger stays, as long as it is about this very binary. Evidence about another one is replaced by
/// what this one shows, and a finding says so. Capacities in `without` are taken out.
pub fn update(
    old: Option<(&str, &Manifest)>,
    identity: &Identity,
    shown: &[Shown],
    without: &BTreeSet<String>,
) -> Written {
    let manifest = old.map(|(_, manifest)| manifest);
    // The text was read as a manifest already; what that took and this does not is begun anew.
    let mut document: DocumentMut = old.and_then(|(text, _)| text.parse().ok()).unwrap_or_default();
    let mut written = Written::default();
    identify(&mut document, identity);
    let digest = manifest.and_then(|manifest| manifest.sha256.as_ref());
    let same = match (digest, &identity.sha256) {
        (Some(old), Some(new)) => old.value.eq_ignore_ascii_case(new),
        (None, Some(_)) => false,
        (_, None) => true,
    };
    for shown in shown {
        let known = manifest.and_then(|manifest| manifest.capacities.get(&shown.name));
        if without.contains(&shown.name) {
            if known.is_some() {
                remove(&mut document, &shown.name);
                written.findings.push(removed(shown, known));
            }
            continue;
        }
        let line = match (known, &shown.found) {
            (None, None) => continue,
            (None, Some(found)) => line(shown, found, String::new()),
            (Some(known), None) if same || known.evidence == Evidence::Declared => {
                kept(shown, known, "as it was")
            }
            (Some(known), None) => {
                written.findings.push(outdated(known, None));
                remove(&mut document, &shown.name);
                continue;
            }
            (Some(known), Some(found)) if same && known.evidence > found.evidence => {
                let (value, evidence) = (found.value, found.evidence.word());
                kept(shown, known, &format!("kept; the binary shows {value} by {evidence}"))
            }
            (Some(known), Some(found)) => {
                if known.evidence > found.evidence && known.evidence > Evidence::Declared {
                    written.findings.push(outdated(known, Some(found)));
                }
                line(shown, found, change(known, found))
            }
        };
        if let Some(table) = capacities(&mut document) {
            set(table, &line, shown.found.as_ref().and_then(|found| found.beyond));
        }
        written.lines.push(line);
    }
    written.text = document.to_string();
    written
}

fn line(shown: &Shown, found: &Found, change: String) -> Line {
    let (name, place) = (shown.name.clone(), found.place.clone());
    Line { name, value: found.value, evidence: found.evidence, place, change }
}

fn kept(shown: &Shown, known: &Capacity, change: &str) -> Line {
    Line {
        name: shown.name.clone(),
        value: known.value,
        evidence: known.evidence,
        place: "the manifest".into(),
        change: change.into(),
    }
}

fn change(known: &Capacity, found: &Found) -> String {
    match (known.value == found.value, known.evidence == found.evidence) {
        (true, true) => String::new(),
        (false, true) => format!("was {}", known.value),
        _ => format!("was {} by {}", known.value, known.evidence.word()),
    }
}

/// Writes version, id and digest where they are, or into a new `build` table.
fn identify(document: &mut DocumentMut, identity: &Identity) {
    let root = document.as_table_mut();
    if root.get("build").and_then(Item::as_table_like).is_none() {
        root.insert("build", Item::Value(Value::InlineTable(InlineTable::new())));
    }
    if let Some(build) = root.get_mut("build").and_then(Item::as_table_like_mut) {
        if build.get("version").is_none() {
            put(build, "version", identity.version.as_str());
        }
        if let Some(platform) = &identity.platform {
            put(build, "platform", platform.as_str());
        }
        if let Some(sha256) = &identity.sha256 {
            match &identity.id {
                Some(id) => put(build, "id", id.as_str()),
                // The id of another binary is worse than none.
                None => drop(build.remove("id")),
            }
            put(build, "sha256", sha256.as_str());
        }
    }
    match (identity.state, root.get("state").is_some()) {
        (Some(state), _) => put(root, "state", state.word()),
        (None, false) => put(root, "state", State::Candidate.word()),
        (None, true) => {}
    }
}

/// The table of capacities; a new one is written as `capacity."name" = …`.
fn capacities(document: &mut DocumentMut) -> Option<&mut dyn TableLike> {
    let new = || {
        let mut table = Table::new();
        table.set_implicit(true);
        table.set_dotted(true);
        Item::Table(table)
    };
    document.as_table_mut().entry("capacity").or_insert_with(new).as_table_like_mut()
}

fn remove(document: &mut DocumentMut, name: &str) {
    if let Some(table) = capacities(document) {
        table.remove(name);
    }
}

/// Sets the number of a capacity; `beyond` stays as somebody wrote it, unless the build says otherwise.
fn set(capacities: &mut dyn TableLike, line: &Line, beyond: Option<Beyond>) {
    if capacities.get(&line.name).and_then(Item::as_table_like).is_none() {
        capacities.insert(&line.name, Item::Value(Value::InlineTable(InlineTable::new())));
    }
    let Some(entry) = capacities.get_mut(&line.name).and_then(Item::as_table_like_mut) else { return };
    // Beyond `i64` TOML has no numbers.
    let value = i64::try_from(line.value).unwrap_or(i64::MAX);
    put(entry, "value", value);
    put(entry, "evidence", line.evidence.word());
    if let Some(beyond) = beyond {
        put(entry, "beyond", beyond.word());
    }
}

/// Sets a key, with the space and the comments around the value that was there.
fn put(table: &mut dyn TableLike, key: &str, value: impl Into<Value>) {
    let mut value = value.into();
    match table.get_mut(key) {
        Some(item) => {
            if let Some(old) = item.as_value() {
                // What is as it should be stays as it is written, such as `0x14`.
                let as_before = match (old, &value) {
                    (Value::String(old), Value::String(new)) => old.value() == new.value(),
                    (Value::Integer(old), Value::Integer(new)) => old.value() == new.value(),
                    _ => false,
                };
                if as_before {
                    return;
                }
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => drop(table.insert(key, Item::Value(value))),
    }
}

fn label(known: &Capacity, text: &str) -> Label {
    let key = Some(capacity_key(&known.name.value));
    Label { span: known.span, text: text.into(), key, primary: true }
}

fn outdated(known: &Capacity, found: Option<&Found>) -> Finding {
    let name = &known.name.value;
    let severity = if found.is_some() { Severity::Warning } else { Severity::Error };
    let message = format!("the evidence for `{name}` in the manifest is about another binary");
    let mut finding = Finding::new(codes::EVIDENCE_OUTDATED, severity, Blame::Consumer, message);
    finding.found =
        Some(format!("{} by evidence `{}`, of another binary", known.value, known.evidence.word()));
    finding.notes.push(match found {
        Some(found) => {
            format!("this binary shows {} by `{}`, in {}", found.value, found.evidence.word(), found.place)
        }
        None => "this binary shows nothing of it".into(),
    });
    finding.labels.push(label(known, ""));
    finding.help = Some("state or observe the number again for this binary".into());
    finding
}

fn removed(shown: &Shown, known: Option<&Capacity>) -> Finding {
    let message = format!("`{}` is taken out of the manifest, as `--without` says", shown.name);
    let mut finding = Finding::new(codes::EVIDENCE_OUTDATED, Severity::Note, Blame::Consumer, message);
    finding.labels.extend(known.map(|known| label(known, "")));
    finding
}
