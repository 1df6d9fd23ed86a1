//! The fast pass over the contract: of each read and capacity, the greatest index.

use std::ops::ControlFlow;

use super::plan::{Plan, Terms};
use super::{declared, reads};
use crate::contract::compile::Purpose;
use crate::layout::QueryId;
use crate::table::Id;
use crate::walk::{At, Cause, Observer, Store, Trouble, Value};

/// The greatest index of each read and capacity, and whether any rule failed.
///
/// Builds are compared with this table once, when the walk is over: sixty builds do not mean sixty walks.
pub(super) struct Greatest<'p> {
    plan: &'p Plan,
    /// By query, then by the number of the capacity's name.
    indexes: Vec<Vec<Option<i128>>>,
    names: Vec<String>,
    failed: bool,
}

impl<'p> Greatest<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Greatest {
            plan,
            indexes: vec![Vec::new(); plan.layout.queries.len()],
            names: Vec::new(),
            failed: false,
        }
    }

    /// Whether no build has anything to say about the answers.
    pub(super) fn is_silent(&self) -> bool {
        let Some(terms) = &self.plan.contract else { return true };
        !self.failed
            && self.indexes.iter().zip(&terms.purposes).all(|(found, purpose)| {
                let found = found.iter().zip(&self.names).filter_map(|(i, name)| Some(((*i)?, name)));
                found.into_iter().all(|(index, name)| self.quiet(terms, *purpose, index, name))
            })
    }

    fn quiet(&self, terms: &Terms, purpose: Purpose, index: i128, name: &str) -> bool {
        match purpose {
            Purpose::Read(row) => {
                terms.raw.reads.get(row).is_none_or(|read| !reads::speaks(terms, read, name, index))
            }
            Purpose::Declared(_) => !declared::speaks(terms, name, index),
            Purpose::Rule(_) => true,
        }
    }
}

impl Observer for Greatest<'_> {
    const PLACES: bool = false;

    fn trouble(&mut self, _: Trouble, _: Cause, _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Break(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        _: usize,
        values: &[Value],
        _: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        match values {
            [Value::Bool(held)] => {
                self.failed |= !held;
                if self.failed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
            [Value::Int(key), Value::Int(index)] => {
                let row = usize::try_from(*key).unwrap_or(usize::MAX);
                while self.names.len() <= row {
                    let next = i128::try_from(self.names.len()).unwrap_or(i128::MAX);
                    let Some(name) = store.key(next) else { return ControlFlow::Break(()) };
                    self.names.push(name.to_string());
                }
                let Some(found) = self.indexes.get_mut(query.row()) else { return ControlFlow::Break(()) };
                if found.len() <= row {
                    found.resize(row + 1, None);
                }
                if let Some(greatest) = found.get_mut(row) {
                    // An index below zero is beyond every supply as well.
                    let beyond = if *index < 0 { i128::MAX } else { *index };
                    *greatest = Some(greatest.map_or(beyond, |old| old.max(beyond)));
                }
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Break(()),
        }
    }

    fn skipped(&mut self, _: Cause) {}
}
