//! What is remembered of the answers of one walk, and counted as `check` counts it.

use std::collections::{HashMap, HashSet};

use super::Body;
use super::question::{Question, Weight};
use crate::codes;
use crate::layout::QueryId;
use crate::limits::{FOLD_HELD, KEY_HELD, QUIET_HELD, SCOPE_HELD};
use crate::table::Id;
use crate::walk::{At, Store, Value};

/// The memory of all questions.
pub(super) struct Answers<'b> {
    body: &'b Body,
    rows: Vec<Memory>,
    /// Whether what is no error is noted, as the explaining pass of `check` does.
    notes: bool,
    /// Memory, in bytes.
    pub(super) held: u64,
}

#[derive(Default)]
struct Memory {
    /// Numbers of capacities that something was held against; those that it was more than.
    named: HashSet<i128>,
    beyond: HashSet<i128>,
    /// Objects within which keys are compared, and the keys.
    scopes: HashMap<Vec<u64>, u32>,
    keys: HashSet<(u32, i128)>,
}

impl<'b> Answers<'b> {
    pub(super) fn new(body: &'b Body, notes: bool) -> Self {
        let rows = body.asked.iter().map(|_| Memory::default()).collect();
        Answers { body, rows, notes, held: 0 }
    }

    /// What an answer comes to.
    pub(super) fn weigh(
        &mut self,
        query: QueryId,
        values: &[Value],
        at: &At,
        store: &Store<'_, '_>,
    ) -> Weight {
        let row = query.row();
        let Some((asked, memory)) = self.body.asked.get(row).zip(self.rows.get_mut(row)) else {
            return Weight::Refused(codes::RULE_FAILED, String::new());
        };
        if asked.weak {
            return Weight::Refused(codes::EVIDENCE_TOO_WEAK, String::new());
        }
        match (&asked.question, values) {
            (Question::Bound { measured, unknown_refused }, [Value::Int(key), Value::Int(number)]) => {
                let weight = measured.weigh(*unknown_refused, *key, *number, self.body, store);
                self.held += QUIET_HELD * u64::from(memory.named.insert(*key));
                if self.notes && weight != Weight::Fine {
                    self.held += FOLD_HELD * u64::from(memory.beyond.insert(*key));
                }
                weight
            }
            (Question::Bound { .. }, _) => Weight::Refused(codes::CAPACITY_UNKNOWN, String::new()),
            (Question::Unique { within }, [Value::Int(key)]) => {
                let scope = match usize::try_from(*within) {
                    Ok(0) => 0,
                    within => {
                        let numbers = store.numbers(at.object);
                        let inner = numbers.len().saturating_sub(within.unwrap_or(usize::MAX));
                        let next = u32::try_from(memory.scopes.len()).unwrap_or(u32::MAX);
                        let before = memory.scopes.len();
                        let outer = numbers.get(inner..).unwrap_or_default().to_vec();
                        let scope = *memory.scopes.entry(outer).or_insert(next);
                        self.held += SCOPE_HELD * u64::from(memory.scopes.len() > before);
                        scope
                    }
                };
                if memory.keys.insert((scope, *key)) {
                    self.held += KEY_HELD;
                    return Weight::Fine;
                }
                Weight::Refused(codes::DUPLICATE_KEY, String::new())
            }
            (Question::Unique { .. }, _) => Weight::Refused(codes::DUPLICATE_KEY, String::new()),
            (question, values) => question.weigh(values),
        }
    }
}
