//! One element less, or a run of them.

use std::sync::Arc;

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

pub(super) fn fits(_: &Layout, site: &Site) -> bool {
    matches!(&site.draft, Draft::List(items) if !items.is_empty())
}

pub(super) fn make(context: &mut Context<'_>, _: AttrId, draft: &mut Draft) -> bool {
    let Draft::List(items) = draft else { return false };
    let (items, entropy) = (Arc::make_mut(items), &mut *context.entropy);
    let row = entropy.row(items.len());
    let most = if entropy.percent(75) { 1 } else { items.len().saturating_sub(row) };
    let end = row + 1 + entropy.row(most);
    items.drain(row.min(items.len())..end.min(items.len())).count() > 0
}
