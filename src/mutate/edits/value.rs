//! Another value: a boundary of its form, a neighbour, a power of two, a number of the contract, or any.

use crate::r#gen::draft::Draft;
use crate::r#gen::replay::number;
use crate::layout::ty::Range;
use crate::layout::{AttrId, Body, Layout};

use super::{Context, Site};

pub(super) fn fits(_: &Layout, site: &Site) -> bool {
    matches!(site.draft, Draft::Int(_) | Draft::Bool(_) | Draft::Float(_))
}

pub(super) fn make(context: &mut Context<'_>, attr: AttrId, draft: &mut Draft) -> bool {
    let range = match context.layout.attrs[attr].body {
        Body::Int(format) => Range::of_bytes(format.bytes, format.signed),
        Body::Bits(bits, _) => Range { min: 0, max: (1i128 << bits.min(64)) - 1 },
        _ => Range { min: i128::from(i64::MIN), max: i128::from(i64::MAX) },
    };
    match draft {
        Draft::Int(now) => {
            let value = number(context.entropy, *now, (range.min, range.max), context.values);
            let changed = *now != value;
            *now = value;
            changed
        }
        Draft::Bool(set) => {
            *set = !*set;
            true
        }
        Draft::Float(now) => {
            let near = context.entropy.within(-4, 4);
            let near = f64::from(i32::try_from(near).unwrap_or(0));
            let values = [0.0, -1.0, 1.0, *now + near, -*now, f64::MAX, f64::MIN, f64::INFINITY];
            *now = values.get(context.entropy.row(values.len())).copied().unwrap_or(0.0);
            true
        }
        _ => false,
    }
}
