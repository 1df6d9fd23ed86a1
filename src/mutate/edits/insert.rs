//! A new element, with anything in it.

use std::sync::Arc;

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

pub(super) fn fits(_: &Layout, site: &Site) -> bool {
    matches!(site.draft, Draft::List(_))
}

pub(super) fn make(context: &mut Context<'_>, _: AttrId, draft: &mut Draft) -> bool {
    let Draft::List(items) = draft else { return false };
    let items = Arc::make_mut(items);
    let row = context.entropy.row(items.len() + 1);
    items.insert(row, Draft::Open);
    true
}
