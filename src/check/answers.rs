//! The fast pass over the contract: it stops at the first answer that a build has something to say about.

use std::ops::ControlFlow;

use super::kinds::{Answer, Judges};
use super::plan::Plan;
use crate::layout::QueryId;
use crate::walk::{At, Cause, Observer, Store, Trouble, Value};

/// The observer of the fast pass.
pub(super) struct Answers<'p> {
    judges: Judges<'p>,
}

impl<'p> Answers<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Answers { judges: Judges::new(plan) }
    }
}

impl Observer for Answers<'_> {
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
        let answer = Answer { class, values, query, at, store, places: None };
        if self.judges.speaks(&answer) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn skipped(&mut self, _: Cause) {}

    fn held(&self) -> u64 {
        self.judges.held()
    }
}
