//! Another member of an enum.

use crate::r#gen::draft::Draft;
use crate::layout::ty::Ty;
use crate::layout::{AttrId, EnumId, Layout};

use super::{Context, Site};

pub(super) fn fits(layout: &Layout, site: &Site) -> bool {
    matches!(site.draft, Draft::Int(_)) && enumerated(layout, site.attr).is_some()
}

fn enumerated(layout: &Layout, attr: AttrId) -> Option<EnumId> {
    match layout.attrs[attr].element {
        Ty::Enum(id) => Some(id),
        _ => None,
    }
}

pub(super) fn make(context: &mut Context<'_>, attr: AttrId, draft: &mut Draft) -> bool {
    let Some(of) = enumerated(context.layout, attr) else { return false };
    let members = &context.layout.enums[of].members;
    let Some((value, _)) = members.get(context.entropy.row(members.len())) else { return false };
    let changed = *draft != Draft::Int(*value);
    *draft = Draft::Int(*value);
    changed
}
