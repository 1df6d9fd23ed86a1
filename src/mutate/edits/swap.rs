//! Two elements in each other's place.

use std::sync::Arc;

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

pub(super) fn fits(_: &Layout, site: &Site) -> bool {
    matches!(&site.draft, Draft::List(items) if items.len() > 1)
}

pub(super) fn make(context: &mut Context<'_>, _: AttrId, draft: &mut Draft) -> bool {
    let Draft::List(items) = draft else { return false };
    let items = Arc::make_mut(items);
    let (one, other) = (context.entropy.row(items.len()), context.entropy.row(items.len()));
    if one == other || items.len() < 2 {
        return false;
    }
    items.swap(one, other);
    true
}
