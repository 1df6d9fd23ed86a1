//! Objects and their fields, in the order in which they are read.

use crate::layout::{AttrId, ExprId, ObjectOrder};
use crate::limits;
use crate::walk::{ObjectId, Value};

use super::failure::{Bound, Failure, Got, Made, Why};
use super::run::Run;
use super::tree::{Cell, Scope, SegmentId, Shape};

/// Where an element is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) object: ObjectId,
    pub(super) attr: AttrId,
    pub(super) index: u64,
    pub(super) segment: SegmentId,
}

impl Site {
    pub(super) fn scope(self) -> Scope {
        Scope { index: self.index, segment: Some(self.segment), ..Scope::of(self.object) }
    }
}

impl Run<'_> {
    /// Makes the fields of an object, then the instances that are read though nothing asks for them.
    pub(super) fn fields(&mut self, object: ObjectId) -> Made {
        if self.depth >= limits::GENERATED_DEPTH {
            return Err(Failure {
                why: Why::Limit(Bound::Depth),
                attr: self.tree.objects[object].attr,
                expr: None,
            });
        }
        self.depth += 1;
        let made = self.fields_deeper(object);
        self.depth -= 1;
        made
    }

    fn fields_deeper(&mut self, object: ObjectId) -> Made {
        self.byte_order(object)?;
        let (layout, facts) = (self.layout, self.facts);
        let ty = self.tree.objects[object].ty;
        for attr in &layout.types[ty].seq {
            self.field(object, *attr)?;
        }
        self.tree.objects[object].complete = true;
        for (attr, own) in facts.forced(ty) {
            if *own {
                self.forced(object, *attr)?;
            } else {
                // It may look at objects that are not complete yet.
                self.tree.later.push((object, *attr));
            }
        }
        Ok(())
    }

    /// Decides the byte order that an object calculates.
    fn byte_order(&mut self, object: ObjectId) -> Made {
        let layout = self.layout;
        let ObjectOrder::Calculated { on, cases } = &layout.types[self.tree.objects[object].ty].order else {
            return Ok(());
        };
        self.structure += 1;
        let scope = self.scope(object);
        let failed = Failure { why: Why::Expression, attr: self.tree.objects[object].attr, expr: Some(*on) };
        let start = self.entropy.row(cases.len());
        if self.eval(*on, &scope, false).is_err() && !self.recall(*on, &scope, |_| true) {
            for (case, _) in cases.iter().cycle().skip(start).take(cases.len()) {
                let Some(case) = case else { continue };
                if let Ok(value) = self.eval(*case, &scope, true)
                    && self.solve(*on, value, &scope)
                {
                    break;
                }
            }
        }
        let on = self.eval(*on, &scope, true).map_err(|_| failed)?;
        for (case, endian) in cases {
            let same = match case {
                None => true,
                Some(case) => match self.eval(*case, &scope, true) {
                    Ok(value) => self.same(on, value),
                    Err(_) => false,
                },
            };
            if same {
                self.tree.objects[object].order = Some(*endian);
                return Ok(());
            }
        }
        Err(failed)
    }

    fn field(&mut self, object: ObjectId, attr: AttrId) -> Made {
        let layout = self.layout;
        let field = &layout.attrs[attr];
        let segment = self.tree.objects[object].segment;
        let row = self.row(object, attr);
        if field.aligned {
            self.align(segment);
        }
        let site = Site { object, attr, index: 0, segment };
        if let Some(condition) = field.condition
            && !self.condition(attr, condition, &site.scope()).map_err(|stop| stop.fail(attr, condition))?
        {
            self.tree.set_cell(row, Cell::Is(Value::Absent));
            return Ok(());
        }
        let placed = self.facts.attr(attr).placed;
        if placed {
            self.align(segment);
            self.node(site, Shape::Mark, 0)?;
        }
        let cell = self.elements(site, Some(row))?;
        if placed {
            self.node(site, Shape::Mark, 0)?;
        }
        self.tree.set_cell(row, cell);
        Ok(())
    }

    /// Whether an optional field is there, decided now if need be.
    pub(super) fn condition(&mut self, attr: AttrId, id: ExprId, scope: &Scope) -> Got<bool> {
        self.structure += 1;
        let wanted = self.wants_there(attr).or_else(|| self.drafted_there(scope.this, attr));
        let there = self.decided(attr, id, scope, wanted)?;
        self.shown |= wanted == Some(there);
        Ok(there)
    }

    fn decided(&mut self, attr: AttrId, id: ExprId, scope: &Scope, wanted: Option<bool>) -> Got<bool> {
        match self.eval(id, scope, false) {
            Ok(value) => return Ok(value == Value::Bool(true)),
            Err(stop) if stop.is_open() => {}
            Err(stop) => return Err(stop),
        }
        let late = if self.is_late() { 20 } else { 1 };
        let likely = self.weights.choose(attr, &[(0, late), (1, 1)], &mut self.entropy) == 1;
        let want = wanted.unwrap_or(likely);
        for want in [want, !want] {
            let drafted = wanted == Some(want) && self.recall(id, scope, |value| value == Value::Bool(want));
            if drafted || self.satisfy(id, want, scope) {
                self.weights.take((attr, usize::from(want)));
                return Ok(want);
            }
        }
        Ok(self.eval(id, scope, true)? == Value::Bool(true))
    }
}
