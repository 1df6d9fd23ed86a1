//! Switches: which case an element is.

use crate::layout::{Body, ExprId};

use super::failure::Made;
use super::make::Site;
use super::run::Run;
use super::tree::Scope;

impl Run<'_> {
    /// The case of a switch, decided now if need be.
    pub(super) fn case<'l>(
        &mut self,
        site: Site,
        on: ExprId,
        cases: &'l [(ExprId, Body)],
        default: &'l Body,
    ) -> Made<&'l Body> {
        self.structure += 1;
        let scope = site.scope();
        let open = match self.eval(on, &scope, false) {
            Ok(_) => false,
            Err(stop) if stop.is_open() => true,
            Err(stop) => return Err(stop.fail(site.attr, on)),
        };
        let wanted = self.wants_case(site.attr).or_else(|| self.drafted_case(site));
        if open && wanted.is_some_and(|row| self.take_case(on, cases, row, &scope)) {
            self.shown = true;
        } else if open && !self.recall(on, &scope, |_| true) {
            let nested = |body: &Body| matches!(body, Body::Object(..));
            let late = self.is_late();
            let mut rows: Vec<(usize, u64)> = Vec::with_capacity(cases.len() + 1);
            for (row, (_, body)) in cases.iter().enumerate() {
                rows.push((row, if late && nested(body) { 4 } else { 20 }));
            }
            rows.push((cases.len(), 5));
            while !rows.is_empty() {
                let row = self.weights.choose(site.attr, &rows, &mut self.entropy);
                if self.take_case(on, cases, row, &scope) {
                    self.weights.take((site.attr, row));
                    break;
                }
                rows.retain(|(other, _)| *other != row);
            }
        }
        let value = self.eval(on, &scope, true).map_err(|stop| stop.fail(site.attr, on))?;
        for (row, (case, body)) in cases.iter().enumerate() {
            let case = self.eval(*case, &scope, true).map_err(|stop| stop.fail(site.attr, *case))?;
            if self.same(value, case) {
                self.shown |= wanted == Some(row);
                return Ok(body);
            }
        }
        self.shown |= wanted == Some(cases.len());
        Ok(default)
    }

    pub(super) fn take_case(
        &mut self,
        on: ExprId,
        cases: &[(ExprId, Body)],
        row: usize,
        scope: &Scope,
    ) -> bool {
        if let Some((case, _)) = cases.get(row) {
            return match self.eval(*case, scope, true) {
                Ok(value) => self.solve(on, value, scope),
                Err(_) => false,
            };
        }
        let start = self.tree.trail.len();
        for _ in 0..4 {
            let Ok(value) = self.eval(on, scope, true) else { break };
            let listed = cases.iter().any(|(case, _)| match self.eval(*case, scope, true) {
                Ok(case) => self.same(value, case),
                Err(_) => false,
            });
            if !listed {
                return true;
            }
            self.tree.undo(start);
        }
        self.tree.undo(start);
        false
    }
}
