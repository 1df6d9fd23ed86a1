//! Lists: how many elements, and which one is the last.

use crate::layout::{ExprId, Repeat, ValidKind};
use crate::limits;
use crate::walk::Value;
use crate::walk::value::ArrayId;

use super::failure::{Bound, Failure, Made, Stop, Why};
use super::goal::Goal;
use super::make::Site;
use super::run::Run;
use super::tree::{Cell, List, Scope};

/// Rounds in which the constraints of a list are looked at anew.
const ROUNDS: u32 = 8;

impl Run<'_> {
    /// The elements of a field: one, or a list.
    pub(super) fn elements(&mut self, site: Site, row: Option<usize>) -> Made<Cell> {
        let repeat = self.layout.attrs[site.attr].repeat;
        if repeat == Repeat::Once {
            let cell = self.element(site, row)?;
            return self.constrain(site, cell).map(|()| cell);
        }
        let array = self.tree.arrays.push(List::default());
        let list = Cell::Is(Value::Array(array));
        if let Some(row) = row {
            self.tree.set_cell(row, list);
        }
        let mut index = 0;
        let count = match repeat {
            Repeat::Times(count) => Some(self.count(count, site)?),
            Repeat::Eos if self.room(site.segment).is_none() => {
                let few = self.few();
                let wanted = self.wants_elements(site.attr, None).or_else(|| self.drafted_len(site));
                Some(wanted.unwrap_or(few))
            }
            _ => None,
        };
        let (trail, structure) = (self.tree.trail.len(), self.structure);
        loop {
            match (count, repeat) {
                (Some(count), _) if index >= count => break,
                (None, Repeat::Eos) if self.is_end(site.segment) != Some(false) => break,
                _ => {}
            }
            if index >= limits::GENERATED_ELEMENTS {
                return Err(Failure::of(Why::Limit(Bound::Elements), site.attr));
            }
            let at = Site { index, ..site };
            let before = self.tree.segments[site.segment].bits;
            let cell = self.element(at, None)?;
            self.tree.arrays[array].cells.push(cell);
            if let Err(failure) = self.constrain(at, cell) {
                // As long as nothing was made that depends on what was decided, it can be decided anew.
                if self.structure != structure || !self.constrain_again(site, array, trail) {
                    return Err(failure);
                }
            }
            index += 1;
            if let Repeat::Until(until) = repeat
                && self.is_last(until, cell, at)?
            {
                break;
            }
            if count.is_none() && repeat == Repeat::Eos && self.tree.segments[site.segment].bits == before {
                // Elements without bytes never reach the end.
                return Err(Failure::of(Why::Size, site.attr));
            }
        }
        if let Some(Goal::Elements { attr, count, .. }) = self.goal {
            self.shown |= *attr == site.attr && *count == index;
        }
        if repeat == Repeat::Eos && self.room(site.segment).is_none() {
            let stream = self.stream_of(site.segment);
            self.tree.streams[stream].ended = true;
        }
        Ok(list)
    }

    /// How many elements there are where nothing says it.
    pub(super) fn few(&mut self) -> u64 {
        match (self.is_late(), self.thrift) {
            (true, _) => self.entropy.below(2),
            (_, 0 | 1) => self.entropy.below(5),
            _ => self.entropy.below(3),
        }
    }

    pub(super) fn count(&mut self, id: ExprId, site: Site) -> Made<u64> {
        self.structure += 1;
        let scope = site.scope();
        let mut known = self.eval(id, &scope, false);
        if known.is_err_and(Stop::is_open) {
            let leaf = match known {
                Err(Stop::Node(node)) => Some(self.tree.nodes[node].attr),
                _ => None,
            };
            let few = match self.wants_elements(site.attr, leaf).or_else(|| self.drafted_len(site)) {
                Some(count) => count,
                None => self.few(),
            };
            let tries = [few, 1, 0, 2, 3, 4, 8, 16];
            let recalled = self.recall(id, &scope, |value| value == Value::Int(i128::from(few)));
            let solved = recalled || tries.iter().any(|n| self.solve(id, Value::Int(i128::from(*n)), &scope));
            known = self.eval(id, &scope, !solved);
        }
        match known.map_err(|stop| stop.fail(site.attr, id))? {
            Value::Int(n) => match u64::try_from(n) {
                Ok(count) if count <= limits::GENERATED_ELEMENTS => Ok(count),
                Ok(_) => Err(Failure::of(Why::Limit(Bound::Elements), site.attr).at(id)),
                Err(_) => Err(Failure::of(Why::Expression, site.attr).at(id)),
            },
            _ => Err(Failure::of(Why::Expression, site.attr).at(id)),
        }
    }

    /// Whether an element is the last one, decided now if need be.
    pub(super) fn is_last(&mut self, until: ExprId, cell: Cell, site: Site) -> Made<bool> {
        self.structure += 1;
        let scope = Scope { it: cell, ..site.scope() };
        match self.eval(until, &scope, false) {
            Ok(value) => return Ok(value == Value::Bool(true)),
            Err(stop) if stop.is_open() => {}
            Err(stop) => return Err(stop.fail(site.attr, until)),
        }
        let more = if self.is_late() { 5 } else { 55 };
        let drafted = self.drafted_len(site).filter(|len| site.index < *len).map(|len| site.index + 1 == len);
        let want = drafted.unwrap_or_else(|| site.index >= 8 || !self.entropy.percent(more));
        for want in [want, !want] {
            let recalled =
                drafted == Some(want) && self.recall(until, &scope, |value| value == Value::Bool(want));
            if recalled || self.satisfy(until, want, &scope) {
                return Ok(want);
            }
        }
        Err(Failure::of(Why::Until, site.attr).at(until))
    }

    /// Decides anew what the constraint of a list asks of its elements: what was decided for the first ones may leave
    /// nothing for the last.
    pub(super) fn constrain_again(&mut self, site: Site, array: ArrayId, trail: usize) -> bool {
        let layout = self.layout;
        let Some(ValidKind::Expr(expr)) = layout.attrs[site.attr].valid.as_ref().map(|v| &v.kind) else {
            return false;
        };
        for _ in 0..ROUNDS {
            self.tree.undo(trail);
            let mut row = 0;
            while let Some(cell) = self.tree.arrays[array].cells.get(row).copied() {
                let scope = Scope { it: cell, index: row as u64, ..site.scope() };
                if !self.satisfy(*expr, true, &scope) {
                    break;
                }
                row += 1;
            }
            if row == self.tree.arrays[array].cells.len() {
                return true;
            }
        }
        false
    }
}
