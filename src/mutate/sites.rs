//! Sites: the places of a draft that edits are made at.

use std::sync::Arc;

use crate::r#gen::draft::{Draft, Fields};
use crate::layout::AttrId;

/// A place in a draft.
#[derive(Clone, Debug)]
pub(super) struct Site {
    /// Rows of fields and of elements, from the file on.
    pub(super) path: Vec<usize>,
    pub(super) attr: AttrId,
    /// Whether it is in the last element of the innermost list around it.
    pub(super) last: bool,
    /// What is there: it may be something else by the time when an edit comes to it.
    pub(super) draft: Draft,
}

/// Places that a draft may have at most; of a larger one the first are edited.
const MOST: usize = 1 << 16;

/// Every place of a draft.
pub(super) fn all(root: &Arc<Fields>) -> Vec<Site> {
    let mut sites = Vec::new();
    let mut open: Vec<(Vec<usize>, AttrId, bool, &Draft)> = Vec::new();
    push(&mut open, &[], false, root);
    while let Some((path, attr, last, draft)) = open.pop() {
        if sites.len() >= MOST {
            break;
        }
        match draft {
            Draft::Object(inner) => push(&mut open, &path, last, inner),
            Draft::List(items) => {
                for (row, item) in items.iter().enumerate().rev() {
                    open.push((step(&path, row), attr, row + 1 == items.len(), item));
                }
            }
            _ => {}
        }
        sites.push(Site { path, attr, last, draft: draft.clone() });
    }
    sites
}

fn push<'d>(
    open: &mut Vec<(Vec<usize>, AttrId, bool, &'d Draft)>,
    path: &[usize],
    last: bool,
    fields: &'d Fields,
) {
    for (row, (attr, draft)) in fields.fields.iter().enumerate().rev() {
        open.push((step(path, row), *attr, last, draft));
    }
}

fn step(path: &[usize], row: usize) -> Vec<usize> {
    let mut path = path.to_vec();
    path.push(row);
    path
}

/// What is at a place now, to be changed; nothing if the way there is no longer what it was.
pub(super) fn at<'d>(root: &'d mut Arc<Fields>, path: &[usize]) -> Option<&'d mut Draft> {
    let (first, rest) = path.split_first()?;
    let mut at = &mut Arc::make_mut(root).fields.get_mut(*first)?.1;
    for row in rest {
        at = match at {
            Draft::Object(fields) => &mut Arc::make_mut(fields).fields.get_mut(*row)?.1,
            Draft::List(items) => Arc::make_mut(items).get_mut(*row)?,
            _ => return None,
        };
    }
    Some(at)
}
