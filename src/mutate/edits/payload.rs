//! Bytes and texts: grown, shrunk, or with other bytes.

use crate::r#gen::draft::Draft;
use crate::layout::{AttrId, Layout};

use super::{Context, Site};

/// Bytes that a payload grows by at most.
const GROWTH: u64 = 64;

pub(super) fn fits(layout: &Layout, site: &Site) -> bool {
    matches!(site.draft, Draft::Str(_) | Draft::Bytes(_))
        && !matches!(layout.attrs[site.attr].body, crate::layout::Body::Contents(_))
}

pub(super) fn make(context: &mut Context<'_>, _: AttrId, draft: &mut Draft) -> bool {
    let text = matches!(draft, Draft::Str(_));
    let (Draft::Str(bytes) | Draft::Bytes(bytes)) = draft else { return false };
    let (before, mut now) = (bytes.clone(), bytes.to_vec());
    let entropy = &mut *context.entropy;
    let row = entropy.row(now.len());
    match entropy.below(5) {
        0 => now.truncate(row),
        1 => {
            let end = row.saturating_add(entropy.row(now.len().saturating_sub(row) + 1));
            now.drain(row..end.min(now.len()));
        }
        2 => {
            let more = (0..=entropy.below(GROWTH)).map(|_| byte(entropy, text)).collect::<Vec<u8>>();
            now.splice(row..row, more);
        }
        3 if !now.is_empty() && now.len() < 1 << 12 => {
            let again = now.clone();
            now.extend(again);
        }
        _ => {
            if let Some(place) = now.get_mut(row) {
                *place = byte(entropy, text);
            }
        }
    }
    if text {
        // What was cut within a letter is none.
        now = String::from_utf8_lossy(&now).replace('\u{fffd}', "").into_bytes();
    }
    *bytes = now.into();
    *bytes != before
}

fn byte(entropy: &mut crate::r#gen::entropy::Entropy, text: bool) -> u8 {
    let (min, max) = if text { (0x20, 0x7e) } else { (0, 0xff) };
    u8::try_from(entropy.within(min, max)).unwrap_or(0)
}
