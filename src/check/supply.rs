//! What a build makes of a read: the rule that the whole tool is named for.

use super::plan::Terms;
use crate::contract::{Beyond, Evidence, Manifest, RawRead, Unknown};

/// What a build makes of the greatest index of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Every index is supplied, or the build ignores what it does not know.
    Fine,
    /// The build does not know the capacity, and would not ignore that.
    Unknown,
    /// The number rests on weaker evidence than the contract asks for.
    Weak(Evidence),
    /// The build checks the index: what asks for more never matches.
    Dead(u64),
    /// The build reads what it never filled.
    Beyond(u64),
}

/// Holds an index against what a build supplies.
pub(super) fn supply(terms: &Terms, read: &RawRead, build: &Manifest, name: &str, index: i128) -> Verdict {
    let Some(capacity) = build.capacities.get(name) else {
        return match read.unknown {
            Unknown::Ignored => Verdict::Fine,
            Unknown::Refused => Verdict::Unknown,
        };
    };
    let beyond = index < 0 || index >= i128::from(capacity.value);
    let needs = terms.raw.capacities.get(name).map_or(Evidence::Declared, |c| c.needs);
    match capacity.beyond {
        _ if capacity.evidence < needs => Verdict::Weak(capacity.evidence),
        _ if !beyond => Verdict::Fine,
        Beyond::NoMatch => Verdict::Dead(capacity.value),
        Beyond::Fault => Verdict::Beyond(capacity.value),
    }
}

/// What a build makes of a declared count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// It supplies as many, or does not know the capacity.
    Fine,
    /// It supplies another number.
    Differs(u64),
}

/// Holds a declared count against what a build supplies.
pub(super) fn declared(build: &Manifest, name: &str, count: i128) -> Declared {
    match build.capacities.get(name) {
        Some(capacity) if count > i128::from(capacity.value) => Declared::Differs(capacity.value),
        _ => Declared::Fine,
    }
}
