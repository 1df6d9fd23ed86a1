//! The expressions of fields: typed, each in the scope of its role.

use super::methods::comparable;
use super::typing::{Scope, Typer, Want};
use super::*;
use crate::schema::ast::{AttrSpec, ExprSpec, RepeatSpec, TypeRef, ValidKind as Asked};
use crate::schema::error::Kind;
use crate::schema::keys::Errors;
use crate::text::Text;

/// The pass that types the expressions of fields.
pub(super) struct Expressions<'a, 's> {
    typer: Typer<'a, 's>,
    errors: &'a mut Errors,
}

impl<'a, 's> Expressions<'a, 's> {
    pub(super) fn new(typer: Typer<'a, 's>, errors: &'a mut Errors) -> Self {
        Expressions { typer, errors }
    }

    /// Whether more errors would not be taken.
    pub(super) fn is_full(&self) -> bool {
        self.errors.is_full()
    }

    pub(super) fn attr(&mut self, id: AttrId, spec: &AttrSpec, case_bodies: Vec<Body>) {
        let owner = self.typer.layout.attrs[id].owner;
        let repeated = !matches!(spec.repeat, RepeatSpec::Once);
        let plain = Scope::of(owner);
        let each = Scope { index: repeated, ..Scope::of(owner) };
        // `size` and `switch-on` may use `_index`, what is asked once may not.
        let condition = self.typed(spec.condition.as_ref(), &plain, Role::If, id, Want::Bool);
        let io = self.typed(spec.io.as_ref(), &plain, Role::Stream, id, Want::Stream);
        let pos = self.typed(spec.pos.as_ref(), &plain, Role::Position, id, Want::Int);
        let size = self.typed(spec.size.as_ref(), &each, Role::Size, id, Want::Int);
        if let Some(TypeRef::Switch { on, cases }) = &spec.ty {
            self.switch(id, spec, on, cases.iter().zip(case_bodies), &each);
        }
        if spec.value.is_some()
            && let Err(e) = self.typer.value_instance(id)
        {
            self.errors.add(e.kind, e.span, &e.key);
        }
        let repeat = match &spec.repeat {
            RepeatSpec::Once => Repeat::Once,
            RepeatSpec::Eos => Repeat::Eos,
            RepeatSpec::Times(count) => {
                self.typed(Some(count), &plain, Role::Count, id, Want::Int).map_or(Repeat::Eos, Repeat::Times)
            }
            RepeatSpec::Until(until) => {
                let element = self.typer.layout.attrs[id].element.clone();
                let scope = Scope { it: Some(element), ..each.clone() };
                self.typed(Some(until), &scope, Role::Until, id, Want::Bool)
                    .map_or(Repeat::Eos, Repeat::Until)
            }
        };
        let attr = &mut self.typer.layout.attrs[id];
        attr.condition = condition;
        attr.io = io;
        attr.pos = pos;
        attr.repeat = repeat;
        if let Some(size) = size {
            attr.extent = Extent::Size(size);
        }
        self.valid(id, spec, &each);
        self.checksum(id, spec, &each);
    }

    fn typed(
        &mut self,
        spec: Option<&ExprSpec>,
        scope: &Scope,
        role: Role,
        attr: AttrId,
        want: Want,
    ) -> Option<ExprId> {
        match self.typer.expression(spec?, scope, want) {
            Ok(expr) => {
                self.typer.layout.uses.push(Use { expr, role, attr: Some(attr) });
                Some(expr)
            }
            Err(e) => {
                self.errors.add(e.kind, e.span, &e.key);
                None
            }
        }
    }

    fn switch<'c>(
        &mut self,
        id: AttrId,
        spec: &AttrSpec,
        on: &ExprSpec,
        cases: impl Iterator<Item = (&'c (Option<ExprSpec>, Text), Body)>,
        scope: &Scope,
    ) {
        let Some(on) = self.typed(Some(on), scope, Role::Switch, id, Want::Any) else { return };
        let on_ty = self.typer.layout.exprs[on].ty.clone();
        let sized = spec.size.is_some() || spec.size_eos;
        let mut bodies = Vec::new();
        let mut default = if sized { Body::Bytes } else { Body::Nothing };
        for ((case, _), body) in cases {
            let Some(case) = case else {
                default = body;
                continue;
            };
            let Some(expr) = self.typed(Some(case), scope, Role::Case, id, Want::Any) else { continue };
            let case_ty = self.typer.layout.exprs[expr].ty.clone();
            if !comparable(&on_ty, &case_ty, false) {
                let kind = Kind::Type {
                    expected: self.typer.layout.describe(&on_ty),
                    found: self.typer.layout.describe(&case_ty),
                };
                self.errors.add(kind, case.text.span, &case.key);
            }
            bodies.push((expr, body));
        }
        self.typer.layout.attrs[id].body = Body::Switch { on, cases: bodies, default: Box::new(default) };
    }

    fn valid(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(valid) = &spec.valid else { return };
        let element = self.typer.layout.attrs[id].element.clone();
        let operand = |this: &mut Self, expr: &ExprSpec, ordered: bool| {
            let found = this.typed(Some(expr), scope, Role::Valid, id, Want::Any)?;
            let ty = this.typer.layout.exprs[found].ty.clone();
            if !comparable(&element, &ty, ordered) {
                let expected = this.typer.layout.describe(&element);
                let found = this.typer.layout.describe(&ty);
                this.errors.add(Kind::Type { expected, found }, expr.text.span, &expr.key);
            }
            Some(found)
        };
        let kind = match &valid.kind {
            Asked::Eq(expr) => operand(self, expr, false).map(ValidKind::Eq),
            Asked::Range(min, max) => {
                let min = min.as_ref().and_then(|e| operand(self, e, true));
                let max = max.as_ref().and_then(|e| operand(self, e, true));
                Some(ValidKind::Range(min, max))
            }
            Asked::AnyOf(items) => {
                Some(ValidKind::AnyOf(items.iter().filter_map(|e| operand(self, e, false)).collect()))
            }
            Asked::Expr(expr) => {
                let scope = Scope { it: Some(element), ..scope.clone() };
                self.typed(Some(expr), &scope, Role::Valid, id, Want::Bool).map(ValidKind::Expr)
            }
            Asked::InEnum => match element {
                Ty::Enum(id) => Some(ValidKind::InEnum(id)),
                _ => {
                    let why = "`in-enum` needs a field with an `enum`".to_string();
                    self.errors.add(Kind::Invalid(why), valid.span, &valid.key);
                    None
                }
            },
        };
        self.typer.layout.attrs[id].valid =
            kind.map(|kind| Valid { kind, span: valid.span, key: valid.key.clone() });
    }

    fn checksum(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(checksum) = &spec.checksum else { return };
        let start = self.typed(checksum.start.as_ref(), scope, Role::Checksum, id, Want::Int);
        let end = self.typed(checksum.end.as_ref(), scope, Role::Checksum, id, Want::Int);
        let attr = &mut self.typer.layout.attrs[id];
        if !matches!(attr.body, Body::Int(_)) || attr.repeat != Repeat::Once || attr.instance {
            let why = "`-checksum` goes with an integer field of `seq` that is not repeated".to_string();
            self.errors.add(Kind::Invalid(why), checksum.span, &checksum.key);
            return;
        }
        attr.checksum = Some(Checksum {
            start,
            end,
            own_bytes: checksum.own_bytes,
            span: checksum.span,
            key: checksum.key.clone(),
        });
    }
}
