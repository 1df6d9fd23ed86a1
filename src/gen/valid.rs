//! Constraints: what the value of a field must be.

use crate::layout::{AttrId, Body, ExprId, ValidKind};
use crate::walk::{ObjectId, Value, eval};

use super::failure::{Failure, Got, Made, Why};
use super::goal::Goal;
use super::make::Site;
use super::run::Run;
use super::tree::{Cell, Scope};

impl Run<'_> {
    /// What the constraint of a field asks of an element that is no open leaf.
    pub(super) fn constrain(&mut self, site: Site, cell: Cell) -> Made {
        let layout = self.layout;
        let Some(valid) = &layout.attrs[site.attr].valid else { return Ok(()) };
        if matches!(cell, Cell::Node(_) | Cell::Is(Value::Absent)) {
            return Ok(());
        }
        let scope = Scope { it: cell, ..site.scope() };
        let failed = Failure::of(Why::Value, site.attr);
        match &valid.kind {
            ValidKind::Expr(expr) => self.satisfies(site.attr, *expr, &scope).ok_or(failed),
            kind => {
                let value = self.known(cell, true).map_err(|_| failed)?;
                match self.holds(kind, value, &scope, true) {
                    Ok(true) => Ok(()),
                    Ok(false) if self.is_shown_wrong(site.attr, value) => Ok(()),
                    _ => Err(failed),
                }
            }
        }
    }

    /// What the constraint of a calculated value asks.
    pub(super) fn value_valid(&mut self, object: ObjectId, attr: AttrId) -> Made {
        let layout = self.layout;
        let field = &layout.attrs[attr];
        let (Body::Value(_), Some(valid)) = (&field.body, &field.valid) else { return Ok(()) };
        let failed = Failure::of(Why::Value, attr);
        let cell = self.tree.cell(self.row(object, attr));
        if cell == Cell::Is(Value::Absent) {
            return Ok(());
        }
        let scope = Scope { it: cell, ..self.scope(object) };
        if let ValidKind::Expr(expr) = valid.kind {
            return self.satisfies(attr, expr, &scope).ok_or(failed);
        }
        let value = self.known(cell, true).map_err(|_| failed)?;
        match self.holds(&valid.kind, value, &scope, true) {
            Ok(true) => Ok(()),
            _ => Err(failed),
        }
    }

    /// Decides what is open such that a constraint holds, or once does not, if that is to be shown.
    fn satisfies(&mut self, attr: AttrId, expr: ExprId, scope: &Scope) -> Option<()> {
        let broken = match self.goal {
            Some(Goal::Allowed { attr: wanted, broken }) if *wanted == attr && !self.shown => {
                self.shown = !*broken || self.satisfy(expr, false, scope);
                *broken && self.shown
            }
            _ => false,
        };
        (broken || self.satisfy(expr, true, scope)).then_some(())
    }

    /// Whether a value is as a constraint wants it.
    pub(super) fn holds(&mut self, kind: &ValidKind, value: Value, scope: &Scope, force: bool) -> Got<bool> {
        let layout = self.layout;
        match kind {
            ValidKind::Eq(expr) => {
                let wanted = self.eval(*expr, scope, force)?;
                Ok(self.same(value, wanted))
            }
            ValidKind::AnyOf(items) => {
                for item in items {
                    let item = self.eval(*item, scope, force)?;
                    if self.same(value, item) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            ValidKind::Range(min, max) => {
                for (bound, wrong) in [(min, std::cmp::Ordering::Less), (max, std::cmp::Ordering::Greater)] {
                    if let Some(bound) = bound {
                        let bound = self.eval(*bound, scope, force)?;
                        let order = eval::compare(value, bound, self.tree)?;
                        if order.is_none_or(|order| order == wrong) {
                            return Ok(false);
                        }
                    }
                }
                Ok(true)
            }
            ValidKind::Expr(expr) => Ok(self.eval(*expr, scope, force)? == Value::Bool(true)),
            ValidKind::InEnum(of) => Ok(match value {
                Value::Int(n) => layout.enums[*of].name_of(n).is_some(),
                _ => false,
            }),
        }
    }
}
