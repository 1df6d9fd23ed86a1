//! All fields without parts that a file can have, each at every path that leads to it.

use super::{Spot, TooManyFields};
use crate::layout::ty::Ty;
use crate::layout::{Attr, AttrId, Body, Layout, Repeat, TypeId};
use crate::limits;

/// A field at a path.
pub(super) struct Found {
    pub(super) spot: Spot,
    pub(super) attr: AttrId,
    pub(super) path: String,
}

/// The fields of all files.
pub(super) fn all(layout: &Layout) -> Result<Vec<Found>, TooManyFields> {
    let mut found = Vec::new();
    let mut visited = 0;
    for (root, file) in layout.roots.entries() {
        // The last one is looked at next.
        let spot = Spot { root, steps: Vec::new() };
        let mut open = vec![Open { spot, ty: file.ty, path: file.name.clone(), leaf: None }];
        while let Some(next) = open.pop() {
            visited += 1;
            if visited > limits::COVERAGE_FIELDS {
                return Err(TooManyFields);
            }
            if let Some(attr) = next.leaf {
                found.push(Found { spot: next.spot, attr, path: next.path });
                continue;
            }
            let ty = &layout.types[next.ty];
            for attr in ty.seq.iter().chain(&ty.instances).rev() {
                fields(layout, &next, *attr, &mut open);
            }
        }
    }
    Ok(found)
}

/// What is still to be looked at: an object, or a field without parts.
struct Open {
    spot: Spot,
    ty: TypeId,
    path: String,
    leaf: Option<AttrId>,
}

fn fields(layout: &Layout, object: &Open, id: AttrId, open: &mut Vec<Open>) {
    let attr = &layout.attrs[id];
    let path = format!("{}.{}", object.path, name(attr));
    let spot = || {
        let mut steps = object.spot.steps.clone();
        steps.push(id);
        Spot { root: object.spot.root, steps }
    };
    let mut leaf = false;
    let mut types = Vec::new();
    for body in attr.body.alternatives() {
        match body {
            Body::Object(ty, _) => types.push(*ty),
            Body::Value(_) | Body::Param => {}
            // The case of a switch that takes nothing, or bytes that are left over.
            Body::Nothing if attr.extent == crate::layout::Extent::Free => {}
            _ => leaf = true,
        }
    }
    types.dedup();
    for ty in types.into_iter().rev() {
        // Its fields are those of the object of the same type that it is in.
        let within = |step: &AttrId| layout.attrs[*step].owner == ty;
        if attr.owner != ty && !object.spot.steps.iter().any(within) {
            open.push(Open { spot: spot(), ty, path: path.clone(), leaf: None });
        }
    }
    if leaf {
        open.push(Open { spot: spot(), ty: object.ty, path, leaf: Some(id) });
    }
}

/// The name of a field, as in findings.
fn name(attr: &Attr) -> String {
    let name = attr.name.as_deref().or(attr.key.rsplit('/').next()).unwrap_or("?");
    let list = attr.repeat != Repeat::Once || matches!(attr.element, Ty::Array(_));
    if list { format!("{name}[]") } else { name.to_string() }
}
