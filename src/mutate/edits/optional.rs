//! A part that is there or not.

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

pub(super) fn fits(layout: &Layout, site: &Site) -> bool {
    layout.attrs[site.attr].condition.is_some()
}

pub(super) fn make(_: &mut Context<'_>, _: AttrId, draft: &mut Draft) -> bool {
    *draft = if *draft == Draft::Absent { Draft::There } else { Draft::Absent };
    true
}
