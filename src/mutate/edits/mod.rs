//! What is done to a draft: one file for each edit, one line for each in the registry.

mod case;
mod delete;
mod duplicate;
mod insert;
mod member;
mod optional;
mod payload;
mod swap;
mod transplant;
mod value;

use crate::r#gen::draft::Draft;
use crate::r#gen::entropy::Entropy;
use crate::layout::{AttrId, Layout};

use super::sites::Site;

/// What edits go by.
pub(super) struct Context<'c> {
    pub(super) layout: &'c Layout,
    pub(super) entropy: &'c mut Entropy,
    /// Numbers that the contract names.
    pub(super) values: &'c [i128],
    /// Drafts that parts are taken from.
    pub(super) donors: &'c [&'c [Site]],
}

/// One way to change a draft.
pub(super) struct Edit {
    pub(super) name: &'static str,
    /// How often it is made, in relation to others.
    pub(super) weight: u64,
    /// Whether it can be made at a place.
    pub(super) fits: fn(&Layout, &Site) -> bool,
    /// Makes it; whether anything changed.
    pub(super) make: fn(&mut Context<'_>, AttrId, &mut Draft) -> bool,
}

/// Every edit.
pub(super) const EDITS: &[Edit] = &[
    Edit { name: "case", weight: 12, fits: case::fits, make: case::make },
    Edit { name: "member", weight: 10, fits: member::fits, make: member::make },
    Edit { name: "value", weight: 6, fits: value::fits, make: value::make },
    Edit { name: "payload", weight: 3, fits: payload::fits, make: payload::make },
    Edit { name: "delete", weight: 2, fits: delete::fits, make: delete::make },
    Edit { name: "duplicate", weight: 2, fits: duplicate::fits, make: duplicate::make },
    Edit { name: "insert", weight: 2, fits: insert::fits, make: insert::make },
    Edit { name: "swap", weight: 2, fits: swap::fits, make: swap::make },
    Edit { name: "optional", weight: 2, fits: optional::fits, make: optional::make },
    Edit { name: "transplant", weight: 4, fits: transplant::fits, make: transplant::make },
];
