//! Another case of a switch, with anything in it.

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Body, Layout};

use super::{Context, Site};

pub(super) fn fits(layout: &Layout, site: &Site) -> bool {
    !matches!(site.draft, Draft::List(_) | Draft::Absent)
        && matches!(&layout.attrs[site.attr].body, Body::Switch { cases, .. } if !cases.is_empty())
}

pub(super) fn make(context: &mut Context<'_>, attr: AttrId, draft: &mut Draft) -> bool {
    let Body::Switch { cases, .. } = &context.layout.attrs[attr].body else { return false };
    // What is for all others is one more.
    *draft = Draft::Case(context.entropy.row(cases.len() + 1));
    true
}
