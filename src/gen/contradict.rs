//! Questions of a contract that are to be met, or broken, at one place: what witnesses of them show.

use crate::layout::{ExprId, QueryId};
use crate::table::Id;
use crate::walk::{ObjectId, Value};

use super::contract::Ask;
use super::run::Run;
use super::tree::Scope;

/// Numbers beyond what is allowed that one is taken of, where it is to be too large.
const NEAR: i128 = 4;

impl Run<'_> {
    /// Decides what is open such that a question is asked of an object, and what it wants holds, or does not.
    pub(super) fn is_asked_it(&mut self, id: QueryId, object: ObjectId, broken: bool) -> bool {
        let (layout, supplies) = (self.layout, self.supplies);
        let (query, Some(ask)) = (&layout.queries[id], supplies.ask(id)) else { return false };
        for scope in self.asked_in(query, object) {
            let before = self.tree.trail.len();
            if query.when.is_none_or(|when| self.satisfy(when, true, &scope))
                && match broken {
                    true => self.contradicted(id, ask, &query.answer, object, &scope),
                    false => self.answered(id, ask, &query.answer, &scope),
                }
            {
                return true;
            }
            self.tree.undo(before);
        }
        false
    }

    /// Decides what is open such that an answer is as it must not be.
    fn contradicted(
        &mut self,
        id: QueryId,
        ask: &Ask,
        answer: &[ExprId],
        object: ObjectId,
        scope: &Scope,
    ) -> bool {
        match (ask, answer) {
            (Ask::Truth(want), [asked]) => self.satisfy(*asked, !*want, scope),
            (Ask::Reference, [index, length, within]) => {
                let (Some(within), Some(length)) =
                    (self.number(*within, scope), self.number(*length, scope).filter(|n| *n >= 0))
                else {
                    return false;
                };
                let first = within.saturating_sub(length).saturating_add(1);
                self.lies(*index, scope, first, first.saturating_add(NEAR))
            }
            (Ask::NotNull, [value, null]) => {
                self.number(*null, scope).is_some_and(|null| self.solve(*value, Value::Int(null), scope))
            }
            (Ask::Width(signed), [value, bytes]) => {
                let bits = self.number(*bytes, scope).and_then(|n| u32::try_from(n).ok()).map(|n| n * 8);
                bits.filter(|bits| (1..120).contains(bits)).is_some_and(|bits| {
                    let first = 1i128 << (bits - u32::from(*signed));
                    self.lies(*value, scope, first, first.saturating_add(NEAR))
                })
            }
            (Ask::Unique, [key]) => match self.other_key(id, object, *key, scope) {
                Some(other) => self.solve(*key, other, scope),
                None => false,
            },
            (Ask::Never(_), _) => !self.answered(id, ask, answer, scope),
            _ => false,
        }
    }

    /// The key that another place has.
    fn other_key(&mut self, id: QueryId, object: ObjectId, key: ExprId, scope: &Scope) -> Option<Value> {
        let layout = self.layout;
        let query = &layout.queries[id];
        let mut row = 0;
        while let Some(other) = self.tree.objects.find(ObjectId::new(row)) {
            let (at, ty) = (ObjectId::new(row), other.ty);
            row += 1;
            if ty != query.at.context || !self.is_at(at, query) {
                continue;
            }
            let others = self.asked_in(query, at);
            for other in others.into_iter().filter(|other| at != object || other.index != scope.index) {
                let applies = query.when.is_none_or(|when| self.satisfy(when, true, &other));
                if let Some(value) = applies.then(|| self.eval(key, &other, true).ok()).flatten() {
                    return Some(value);
                }
            }
        }
        None
    }
}
