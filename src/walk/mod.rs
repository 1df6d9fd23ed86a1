//! The walker: code over bytes, with frames of its own instead of the host's stack.
//!
//! It tells an [`Observer`] what it stumbles over and what the queries answer. An observer that stops at
//! the first trouble proves silence; one that goes on explains.

mod bytes;
mod checks;
pub(crate) mod eval;
pub mod events;
mod fields;
mod frame;
#[cfg(test)]
mod hostile_tests;
mod instances;
#[cfg(test)]
mod language_tests;
mod machine;
pub(crate) mod memory;
pub mod number;
mod objects;
mod process;
pub(crate) mod read;
mod report;
mod store;
mod stream;
#[cfg(test)]
mod tests;
pub mod trouble;
mod turns;
pub mod value;

use std::ops::ControlFlow;

pub use process::{Argument, Processor, Processors};
pub use store::{Object, Placed, Store};
pub use stream::{Origin, Stream};
pub use trouble::{Cause, Trouble};
pub use value::{ObjectId, Slice, Value};

use crate::code::Code;
use crate::layout::{AttrId, QueryId, RootId};
use crate::limits::Limits;
use crate::span::ByteRange;

/// Where something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The file.
    pub file: RootId,
    /// The object.
    pub object: ObjectId,
    /// The field of the object, if it is one field's matter.
    pub attr: Option<AttrId>,
    /// The number of the element, if the field is repeated.
    pub index: Option<u64>,
    /// The query, if it is one's matter.
    pub query: Option<QueryId>,
    /// The bytes, absolute in the file.
    pub range: ByteRange,
    /// Where it is in the decoded bytes, if it is in bytes that are decoded from that range.
    pub decoded: Option<ByteRange>,
}

/// Who is told about a walk.
pub trait Observer {
    /// Whether the tree is told to [`Observer::events`]. Then nothing is said of bytes that are not described
    /// once: what is told is walked more often than what is not.
    const EVENTS: bool = false;

    /// Whether the places of kept values are remembered.
    fn places(&self) -> bool {
        false
    }

    /// Something is wrong. What is unknown because of it names `cause`.
    fn trouble(&mut self, trouble: Trouble, cause: Cause, at: At, store: &Store<'_, '_>) -> ControlFlow<()>;

    /// The answer of a query for a class of builds.
    fn answer(
        &mut self,
        query: QueryId,
        class: usize,
        values: &[Value],
        at: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()>;

    /// A check that could not be made, because of an earlier trouble.
    fn skipped(&mut self, cause: Cause);

    /// Memory for what it remembers of the answers, in bytes. It counts as if the walk itself remembered it.
    fn held(&self) -> u64 {
        0
    }

    /// Who is told of the tree, if [`Observer::EVENTS`] says so.
    fn events(&mut self) -> Option<&mut dyn events::Events> {
        None
    }
}

/// Builds that have the same capacities, as far as rules name them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class {
    /// The value of each capacity of the layout; none where the builds have no such capacity.
    pub capacities: Vec<Option<u64>>,
}

/// What a walk goes by, besides code and files.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'s> {
    /// Builds that are asked about.
    pub classes: &'s [Class],
    /// How much there may be of everything.
    pub limits: &'s Limits,
    /// What undoes the schema's custom processes.
    pub processors: &'s Processors,
}

/// Walks the files of a set, one for each root of the code.
///
/// Gives whether the walk reached its end: an observer or a limit can stop it.
pub fn walk<O: Observer>(code: &Code, files: &[&[u8]], setting: Setting<'_>, observer: &mut O) -> bool {
    machine::Machine::new(code, files, setting, observer).run().is_ok()
}

/// Whether a set is silent: nothing wrong, of any severity, and nothing asked but what `answers` takes.
pub fn silent<O: Observer>(code: &Code, files: &[&[u8]], setting: Setting<'_>, answers: &mut O) -> bool {
    walk(code, files, setting, &mut Silence(answers))
}

/// Passes answers on, and stops at anything else.
struct Silence<'o, O>(&'o mut O);

impl<O: Observer> Observer for Silence<'_, O> {
    fn trouble(&mut self, _: Trouble, _: Cause, _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        class: usize,
        values: &[Value],
        at: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        self.0.answer(query, class, values, at, store)
    }

    fn skipped(&mut self, _: Cause) {}

    fn held(&self) -> u64 {
        self.0.held()
    }
}
