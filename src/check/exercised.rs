//! What content exercises of a contract: what a baseline records.

use std::ops::ControlFlow;

use super::kinds::numbers;
use super::plan::Plan;
use super::shown::baseline_word;
use crate::contract::Kind;
use crate::contract::baseline::Baseline;
use crate::layout::QueryId;
use crate::limits::{self, Limits};
use crate::table::Id;
use crate::walk::{self, At, Cause, Observer, Store, Trouble, Value};

/// What a content set exercises. Nothing where a walk over it does not reach its end, or where there is more than a
/// baseline holds.
pub fn exercised(plan: &Plan, files: &[&[u8]], limits: &Limits) -> Option<Baseline> {
    let mut exercised = Exercised { plan, baseline: Baseline::default(), full: false };
    let ended = walk::walk(&plan.code, files, plan.setting(limits), &mut exercised);
    (ended && !exercised.full).then_some(exercised.baseline)
}

struct Exercised<'p> {
    plan: &'p Plan,
    baseline: Baseline,
    full: bool,
}

impl Observer for Exercised<'_> {
    fn trouble(&mut self, _: Trouble, _: Cause, _: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        _: usize,
        values: &[Value],
        _: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        let question = self.plan.contract.as_ref().and_then(|terms| {
            let asked = terms.asked.get(query.row()).filter(|asked| !asked.only_evidence)?;
            terms.raw.questions.get(asked.question)
        });
        let Some(question) = question else { return ControlFlow::Continue(()) };
        match (&question.kind, values) {
            (Kind::Growth(growth), [Value::Int(value)]) => self.baseline.add_value(question, growth, *value),
            (Kind::Novel(novel), values) => {
                let Some(numbers) = numbers(values) else { return ControlFlow::Continue(()) };
                let layout = &self.plan.layout;
                let asked = layout.queries[query].answer.iter().zip(&numbers);
                let words = asked.map(|(expr, n)| baseline_word(layout, *expr, *n, store)).collect();
                self.baseline.add_combination(question, novel, words);
            }
            _ => {}
        }
        self.full = self.baseline.len() > limits::BASELINE_ENTRIES;
        if self.full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn skipped(&mut self, _: Cause) {}
}
