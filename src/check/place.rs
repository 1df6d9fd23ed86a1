//! Places: from an object of a walk to a path, a range, marked fields and the bytes around them.

use super::plan::Plan;
use super::words::Words;
use crate::contract::compile::own_fields;
use crate::finding::{Excerpt, Mark, Place};
use crate::layout::{AttrId, QueryId};
use crate::span::ByteRange;
use crate::table::Id;
use crate::walk::{At, Store, Value};

/// Bytes shown around what a finding is about.
const AROUND: u64 = 16;
/// The most bytes that an excerpt has.
const EXCERPT: u64 = 4096;

/// Finds places, in one set.
#[derive(Clone, Copy)]
pub(super) struct Places<'p> {
    pub(super) words: Words<'p>,
    pub(super) files: &'p [&'p [u8]],
}

impl Places<'_> {
    fn plan(&self) -> &Plan {
        self.words.plan
    }

    /// The place of a field, or of an object.
    pub(super) fn place(&self, at: &At, store: &Store<'_, '_>) -> Place {
        let plan = self.plan();
        let mut path = plan.roles.get(at.file.row()).cloned().unwrap_or_default();
        let mut step = |attr: AttrId, index: Option<u64>| {
            let attr = &plan.layout.attrs[attr];
            path.push('.');
            match &attr.name {
                Some(name) => path.push_str(name),
                None => path.push_str(attr.key.rsplit('/').next().unwrap_or("?")),
            }
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        };
        for (attr, index) in store.path(at.object) {
            step(attr, index);
        }
        if let Some(attr) = at.attr {
            step(attr, at.index);
        }
        Place {
            file: at.file.row(),
            path: Some(path),
            range: at.range,
            decoded: at.decoded,
            marks: Vec::new(),
            excerpt: self.excerpt(at.file.row(), at.range),
        }
    }

    /// The bytes of a file around a range.
    pub(super) fn excerpt(&self, file: usize, range: ByteRange) -> Option<Excerpt> {
        let bytes = self.files.get(file)?;
        let start = range.start.saturating_sub(AROUND) / AROUND * AROUND;
        let end = range.end.saturating_add(AROUND).div_ceil(AROUND).saturating_mul(AROUND);
        let end = end.min(start + EXCERPT).min(bytes.len() as u64);
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        Some(Excerpt { start, bytes: bytes.get(range)?.to_vec() })
    }

    /// The place of a query's object, with the fields that its expressions read.
    pub(super) fn query_place(&self, query: QueryId, at: &At, store: &Store<'_, '_>) -> Place {
        let layout = &self.plan().layout;
        let asked = &layout.queries[query];
        let mut at = At { attr: None, ..*at };
        if let Some(target) = asked.at.value {
            at.attr = Some(target.attr);
            (at.range, at.decoded) = store.place(at.object, target.attr).unwrap_or((at.range, at.decoded));
        } else {
            at.index = None;
        }
        let whole = self.plan().question(query).is_some_and(|question| question.kind.is_whole());
        let mut fields: Vec<AttrId> =
            asked.when.iter().chain(&asked.answer).flat_map(|expr| own_fields(layout, *expr)).collect();
        // What the compiler of the contract added has no name, and no bytes.
        fields.retain(|attr| layout.attrs[*attr].name.is_some());
        fields.dedup();
        if let (false, None, [only]) = (whole, asked.at.value, fields.as_slice()) {
            // A rule over one field of an object is about that field.
            at.attr = Some(*only);
            (at.range, at.decoded) = store.place(at.object, *only).unwrap_or((at.range, at.decoded));
        }
        let mut place = self.place(&at, store);
        for attr in fields {
            let Some((range, _)) = store.place(at.object, attr) else { continue };
            let value = store.value(at.object, attr).unwrap_or(Value::Absent);
            let Some(name) = layout.attrs[attr].name.clone() else { continue };
            let word = self.words.value(value, Some(&layout.attrs[attr].element), store);
            let mark = Mark { range, label: format!("{name} = {word}") };
            if range.start < range.end && !place.marks.contains(&mark) {
                place.marks.push(mark);
            }
        }
        place.marks.sort_by_key(|m| m.range);
        place
    }
}
