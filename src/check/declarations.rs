//! What the content's own definitions declare, for the build that they are released with.
//!
//! In content a difference to what builds supply is a note. Where a build is made
//! it is the business of whoever makes it, so all that is declared is told, whatever the build supplies.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::explain::Explain;
use super::plan::Plan;
use crate::contract::{Kind, Question};
use crate::finding::{Finding, Place};
use crate::layout::QueryId;
use crate::limits::Limits;
use crate::span::Sources;
use crate::table::Id;
use crate::walk::{self, At, Cause, Observer, Store, Trouble, Value};

/// The most that is declared of one capacity by one row of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The row of the question in the contract.
    pub row: usize,
    /// The capacity.
    pub capacity: String,
    /// How many elements there are said to be.
    pub count: i128,
    /// Where.
    pub place: Place,
}

/// Everything that is declared, by row and capacity, and what is wrong with the content.
pub fn declarations(
    plan: &Plan,
    sources: &Sources,
    files: &[&[u8]],
    limits: &Limits,
) -> (Vec<Declaration>, Vec<Finding>) {
    let mut pass = Pass { plan, explain: Explain::new(plan, sources, files), greatest: BTreeMap::new() };
    walk::walk(&plan.code, files, plan.setting(limits), &mut pass);
    let declaration = |((row, capacity), (count, place))| Declaration { row, capacity, count, place };
    (pass.greatest.into_iter().map(declaration).collect(), pass.explain.finish())
}

struct Pass<'p> {
    plan: &'p Plan,
    explain: Explain<'p>,
    greatest: BTreeMap<(usize, String), (i128, Place)>,
}

impl Observer for Pass<'_> {
    fn places(&self) -> bool {
        true
    }

    fn trouble(&mut self, trouble: Trouble, cause: Cause, at: At, store: &Store<'_, '_>) -> ControlFlow<()> {
        self.explain.trouble(trouble, cause, at, store)
    }

    fn answer(
        &mut self,
        query: QueryId,
        class: usize,
        values: &[Value],
        at: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        let declares = |question: &Question| matches!(question.kind, Kind::Declared(_));
        if !self.plan.question(query).is_some_and(declares) {
            return self.explain.answer(query, class, values, at, store);
        }
        let asked = self.plan.contract.as_ref().and_then(|terms| terms.asked.get(query.row()));
        let Some(row) = asked.map(|asked| asked.question) else { return ControlFlow::Continue(()) };
        // What is answered for the sake of evidence alone has no count.
        if let [Value::Int(key), Value::Int(count)] = values {
            let key = (row, store.key(*key).unwrap_or_default().to_string());
            if self.greatest.get(&key).is_none_or(|(known, _)| count > known) {
                self.greatest.insert(key, (*count, self.explain.place(query, &at, store)));
            }
        }
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, cause: Cause) {
        self.explain.skipped(cause);
    }
}
