//! What is at the same field somewhere else: in the same seed, or in another one.

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

/// Places that are looked at for one of the same field.
const TRIES: usize = 64;

pub(super) fn fits(_: &Layout, site: &Site) -> bool {
    !matches!(site.draft, Draft::Open | Draft::Absent)
}

pub(super) fn make(context: &mut Context<'_>, attr: AttrId, draft: &mut Draft) -> bool {
    let donors = context.donors;
    let Some(sites) = donors.get(context.entropy.row(donors.len())) else { return false };
    let start = context.entropy.row(sites.len());
    // A list for a list, an element for an element.
    let list = matches!(draft, Draft::List(_));
    let same = |site: &&Site| site.attr == attr && matches!(site.draft, Draft::List(_)) == list;
    let from = sites.iter().cycle().skip(start).take(sites.len().min(TRIES)).find(same);
    match from {
        Some(site) if site.draft != *draft => {
            *draft = site.draft.clone();
            true
        }
        _ => false,
    }
}
