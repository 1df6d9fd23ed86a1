//! One element twice, or many times.

use std::sync::Arc;

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

/// Times that an element is there more at most.
const TIMES: u64 = 16;

pub(super) fn fits(_: &Layout, site: &Site) -> bool {
    matches!(&site.draft, Draft::List(items) if !items.is_empty())
}

pub(super) fn make(context: &mut Context<'_>, _: AttrId, draft: &mut Draft) -> bool {
    let Draft::List(items) = draft else { return false };
    let (items, entropy) = (Arc::make_mut(items), &mut *context.entropy);
    let row = entropy.row(items.len());
    let times = if entropy.percent(75) { 1 } else { 1 + entropy.row(usize::try_from(TIMES).unwrap_or(1)) };
    let Some(item) = items.get(row).cloned() else { return false };
    items.splice(row..row, std::iter::repeat_n(item, times));
    true
}
