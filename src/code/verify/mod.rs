//! A proof that code from elsewhere can be run: every number in it leads somewhere, and every routine keeps its stack.
//!
//! What `lower` makes passes by construction. A frozen plan comes from a file, and the walker relies on more than that
//! its numbers are in range: that a value is taken only where one was put, that the value at hand is one of this
//! element, that what is dropped with an element is not looked at afterwards, and that each loop takes something off a
//! limit. Each operation is looked at once, in one pass.

mod routine;
#[cfg(test)]
mod tests;

use super::{AttrCode, Code, Constant, Pc, TypeCode, What};
use crate::layout::{AttrId, QueryId, TypeId};
use crate::table::Id;
use routine::{Kind, Routine};

/// Why code cannot be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// A row of a table refers to what is not there.
    #[error("{0} {1} refers to what is not there")]
    Row(&'static str, usize),
    /// An operation does not fit its place.
    #[error("operation {1} {0}")]
    Op(&'static str, Pc),
}

/// Slots that a field can have: its value, its start and its end.
const SLOTS: u64 = 3;

/// Proves that the walker can run code, for so many capacities; gives how many values each query answers with.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn verify(code: &Code, capacities: usize) -> Result<Vec<u8>, Unsound> {
    let mut owned = vec![0u64; code.types.len()];
    for (id, attr) in code.attrs.entries() {
        let count = owned.get_mut(attr.owner.row()).ok_or(Unsound::Row("field", id.row()))?;
        *count += SLOTS;
        sound_attr(code, attr).ok_or(Unsound::Row("field", id.row()))?;
    }
    for ((id, ty), most) in code.types.entries().zip(owned) {
        let fits = u64::from(ty.slots) <= most;
        sound_type(code, id, ty).filter(|()| fits).ok_or(Unsound::Row("type", id.row()))?;
    }
    let is_type = |ty: &TypeId| code.types.find(*ty).is_some();
    if let Some((id, _)) = code.roots.entries().find(|(_, ty)| !is_type(ty)) {
        return Err(Unsound::Row("file", id.row()));
    }
    if let Some((id, _)) = code.enums.entries().find(|(_, members)| !members.is_sorted()) {
        return Err(Unsound::Row("enum", id.row()));
    }
    let mut pass = Routine::new(code, capacities);
    for (id, ty) in code.types.entries() {
        pass.run(Kind::Object(id), ty.entry)?;
    }
    for (id, attr) in code.attrs.entries() {
        if attr.instance {
            pass.run(Kind::Instance(id), attr.entry)?;
        }
        if attr.algorithm.is_some() {
            pass.run(Kind::Checksum(id), attr.checksum)?;
        }
    }
    for (id, query) in code.queries.entries() {
        pass.run(Kind::Query(id), query.entry)?;
    }
    Ok(pass.answers)
}

fn sound_attr(code: &Code, attr: &AttrCode) -> Option<()> {
    let slots = code.types.find(attr.owner)?.slots;
    let value = attr.slot.is_none_or(|slot| slot < slots);
    let place = attr.place.is_none_or(|place| place.checked_add(1).is_some_and(|end| end < slots));
    let summed = attr.algorithm.is_none() || attr.place.is_some();
    (value && place && summed).then_some(())
}

fn sound_type(code: &Code, id: TypeId, ty: &TypeCode) -> Option<()> {
    code.types.find(ty.top)?;
    let own = |attr: AttrId| code.attrs.find(attr).filter(|attr| attr.owner == id);
    for task in &ty.tasks {
        match task.what {
            What::Instance(attr) => own(attr).filter(|attr| attr.instance).map(|_| ()),
            What::Checksum(attr) => own(attr).and_then(|attr| attr.algorithm).map(|_| ()),
            What::Query(query) => code.queries.find(query).map(|_| ()),
        }?;
    }
    ty.params.iter().flatten().all(|slot| *slot < ty.slots).then_some(())
}

/// Whether a constant lies in the pool.
fn in_pool(code: &Code, constant: Constant) -> Option<&[u8]> {
    let start = usize::try_from(constant.start).ok()?;
    let end = start.checked_add(usize::try_from(constant.len).ok()?)?;
    code.pool.get(start..end)
}

/// The row of a query that may not be there.
fn row(answers: &mut [u8], query: QueryId) -> Option<&mut u8> {
    answers.get_mut(query.row())
}
