//! What the schema itself asks of fields, and what it uses them for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::layout::{AttrId, Body, ExprId, ExprKind, Layout, Role};

/// Fixed bytes.
pub(super) const CONTENTS: &str = "contents";
const VALID: &str = "valid";
const CHECKSUM: &str = "checksum";

/// By field, in words.
pub(super) fn of(layout: &Layout) -> BTreeMap<AttrId, BTreeSet<&'static str>> {
    let mut words: BTreeMap<AttrId, BTreeSet<&'static str>> = BTreeMap::new();
    for (id, attr) in layout.attrs.entries() {
        let own = [
            matches!(attr.body, Body::Contents(_)).then_some(CONTENTS),
            attr.valid.is_some().then_some(VALID),
            attr.checksum.is_some().then_some(CHECKSUM),
        ];
        for word in own.into_iter().flatten() {
            words.entry(id).or_default().insert(word);
        }
        // What a calculated value must be is asked of the fields that it is calculated from.
        if let (Body::Value(value), Some(_)) = (&attr.body, &attr.valid) {
            for field in read_by(layout, *value) {
                words.entry(field).or_default().insert(VALID);
            }
        }
    }
    for used in layout.uses.iter().filter(|used| used.attr.is_some()) {
        let Some(word) = word(used.role) else { continue };
        for field in read_by(layout, used.expr) {
            words.entry(field).or_default().insert(word);
        }
    }
    words
}

fn word(role: Role) -> Option<&'static str> {
    match role {
        Role::Size => Some("size"),
        Role::Count | Role::Until => Some("count"),
        Role::Position | Role::Stream => Some("offset"),
        Role::If => Some("condition"),
        Role::Switch | Role::Case => Some("switch"),
        Role::Valid => Some(VALID),
        Role::Checksum => Some("checksum-range"),
        Role::Endian => Some("byte-order"),
        Role::Process => Some("process"),
        Role::Argument
        | Role::Parent
        | Role::Text
        | Role::Value
        | Role::When
        | Role::Read
        | Role::Capacity
        | Role::Rule => None,
    }
}

/// The fields that an expression reads, also through calculated values.
fn read_by(layout: &Layout, expr: ExprId) -> HashSet<AttrId> {
    let mut seen = HashSet::new();
    let mut open = vec![expr];
    while let Some(id) = open.pop() {
        let kind = &layout.exprs[id].kind;
        if let ExprKind::Attr(_, attr) = kind
            && seen.insert(*attr)
            && let Body::Value(value) = layout.attrs[*attr].body
        {
            open.push(value);
        }
        kind.children(&mut open);
    }
    seen
}
