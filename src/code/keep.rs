//! Which fields are kept: those that an expression asks for.

use crate::layout::{Cover, ExprKind, Layout};
use crate::table::{Id, Table};

use super::AttrCode;
use crate::layout::AttrId;

/// Gives slots to the fields that something asks for, and the number of slots of each type.
pub(super) fn slots(layout: &Layout) -> (Table<AttrId, AttrCode>, Vec<u32>) {
    let mut asked = vec![false; layout.attrs.len()];
    let mut ask = |attr: AttrId| {
        if let Some(flag) = asked.get_mut(attr.row()) {
            *flag = true;
        }
    };
    for expr in layout.exprs.iter() {
        if let ExprKind::Attr(_, attr) = expr.kind {
            ask(attr);
        }
    }
    for query in layout.queries.iter() {
        if let Some(target) = query.at.value {
            ask(target.attr);
        }
    }
    let mut placed = vec![false; layout.attrs.len()];
    let mut place = |attr: AttrId| placed.get_mut(attr.row()).into_iter().for_each(|flag| *flag = true);
    for (id, attr) in layout.attrs.entries() {
        let Some(checksum) = &attr.checksum else { continue };
        ask(id);
        place(id);
        if let Cover::Fields(fields) = &checksum.covers {
            fields.iter().for_each(|field| place(*field));
        }
    }
    let mut counts = vec![0u32; layout.types.len()];
    let mut codes = Table::default();
    for (id, attr) in layout.attrs.entries() {
        let mut code = AttrCode {
            owner: attr.owner,
            slot: None,
            place: None,
            algorithm: None,
            entry: 0,
            checksum: 0,
            instance: attr.instance,
            per_object: false,
        };
        if let Some(count) = counts.get_mut(attr.owner.row()) {
            let mut next = || {
                *count += 1;
                *count - 1
            };
            if asked.get(id.row()) == Some(&true) {
                code.slot = Some(next());
            }
            if placed.get(id.row()) == Some(&true) {
                code.place = Some(next());
                next();
            }
            code.algorithm = attr.checksum.as_ref().map(|checksum| checksum.algorithm);
        }
        codes.push(code);
    }
    (codes, counts)
}
