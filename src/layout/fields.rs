//! The expressions of fields: typed, each in the scope of its role.

use super::methods::comparable;
use super::typing::{Scope, Typer, Want};
use super::*;
use crate::schema::ast::{
    AttrSpec, CaseSpec, EndianSpec, ExprSpec, ParentSpec, RepeatSpec, TypeRef, TypeSpec, TypeUse,
    ValidKind as Asked,
};
use crate::schema::error::Kind;
use crate::schema::problems::Problems;

/// The pass that types the expressions of fields.
pub(super) struct Expressions<'a, 's> {
    pub(super) typer: Typer<'a, 's>,
    pub(super) errors: &'a mut Problems,
}

impl<'a, 's> Expressions<'a, 's> {
    pub(super) fn new(typer: Typer<'a, 's>, errors: &'a mut Problems) -> Self {
        Expressions { typer, errors }
    }

    /// Whether more errors would not be taken.
    pub(super) fn is_full(&self) -> bool {
        self.errors.is_full()
    }

    /// Types a value instance before what may need it, so that a long chain of them is no deep one.
    pub(super) fn value(&mut self, id: AttrId) {
        self.typer.value_instance(id);
    }

    /// What belongs to a type as a whole: its byte order, its text.
    pub(super) fn ty(&mut self, id: TypeId, spec: &TypeSpec) {
        let scope = Scope::of(id);
        if let Some(EndianSpec::Switch { on, cases }) = &spec.meta.endian {
            let on = self.typed(Some(on), &scope, Role::Endian, None, Want::Any);
            let mut compared = Vec::new();
            for (case, endian) in cases {
                let case = match case {
                    None => None,
                    Some(case) => match self.case(on, case, &scope, Role::Endian, None) {
                        Some(case) => Some(case),
                        None => continue,
                    },
                };
                compared.push((case, *endian));
            }
            if let Some(on) = on {
                self.typer.layout.types[id].order = ObjectOrder::Calculated { on, cases: compared };
            }
        }
        let text = self.typed(spec.to_string.as_ref(), &scope, Role::Text, None, Want::Text);
        self.typer.layout.types[id].to_string = text;
    }

    pub(super) fn attr(&mut self, id: AttrId, spec: &AttrSpec, case_bodies: Vec<Body>) {
        let owner = self.typer.layout.attrs[id].owner;
        let repeated = !matches!(spec.repeat, RepeatSpec::Once);
        let plain = Scope::of(owner);
        let each = Scope { index: repeated, ..Scope::of(owner) };
        // `size` and `switch-on` may use `_index`, what is asked once may not.
        let condition = self.typed(spec.condition.as_ref(), &plain, Role::If, Some(id), Want::Bool);
        let io = self.typed(spec.io.as_ref(), &plain, Role::Stream, Some(id), Want::Stream);
        let pos = self.typed(spec.pos.as_ref(), &plain, Role::Position, Some(id), Want::Int);
        let size = self.typed(spec.size.as_ref(), &each, Role::Size, Some(id), Want::Int);
        match &spec.ty {
            Some(TypeRef::Switch { on, cases }) => {
                self.switch(id, spec, on, cases.iter().zip(case_bodies), &each);
            }
            Some(TypeRef::One(ty)) => {
                let body = self.typer.layout.attrs[id].body.clone();
                self.typer.layout.attrs[id].body = self.arguments(id, body, ty, &each);
            }
            None => {}
        }
        self.process(id, spec, &each);
        if let Some(ParentSpec::Other(parent)) = &spec.parent {
            let parent = self.typed(Some(parent), &plain, Role::Parent, Some(id), Want::Object);
            self.typer.layout.attrs[id].parent = parent.map_or(Parent::User, Parent::Other);
        } else if spec.parent.is_some() {
            self.typer.layout.attrs[id].parent = Parent::Nobody;
        }
        if let Some(e) = self.typer.take_error(id) {
            self.errors.add(e.kind, e.span, &e.key);
        } else if let Body::Value(expr) = self.typer.layout.attrs[id].body {
            self.typer.layout.uses.push(Use { expr, role: Role::Value, attr: Some(id) });
        }
        let repeat = match &spec.repeat {
            RepeatSpec::Once => Repeat::Once,
            RepeatSpec::Eos => Repeat::Eos,
            RepeatSpec::Times(count) => self
                .typed(Some(count), &plain, Role::Count, Some(id), Want::Int)
                .map_or(Repeat::Eos, Repeat::Times),
            RepeatSpec::Until(until) => {
                let element = self.typer.layout.attrs[id].element.clone();
                let scope = Scope { it: Some(element), ..each.clone() };
                self.typed(Some(until), &scope, Role::Until, Some(id), Want::Bool)
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

    pub(super) fn typed(
        &mut self,
        spec: Option<&ExprSpec>,
        scope: &Scope,
        role: Role,
        attr: Option<AttrId>,
        want: Want,
    ) -> Option<ExprId> {
        match self.typer.expression(spec?, scope, want) {
            Ok(expr) => {
                self.typer.layout.uses.push(Use { expr, role, attr });
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
        cases: impl Iterator<Item = (&'c CaseSpec, Body)>,
        scope: &Scope,
    ) {
        let on = self.typed(Some(on), scope, Role::Switch, Some(id), Want::Any);
        let sized = spec.size.is_some() || spec.size_eos || spec.terminator.bytes.is_some();
        let mut bodies = Vec::new();
        let mut default = if sized { Body::Bytes } else { Body::Nothing };
        for (CaseSpec { case, ty }, body) in cases {
            let body = self.arguments(id, body, ty, scope);
            match case {
                None => default = body,
                Some(case) => {
                    let case = self.case(on, case, scope, Role::Case, Some(id));
                    bodies.extend(case.map(|case| (case, body)));
                }
            }
        }
        if let Some(on) = on {
            self.typer.layout.attrs[id].body = Body::Switch { on, cases: bodies, default: Box::new(default) };
        }
    }

    /// What a switch's value is compared with.
    fn case(
        &mut self,
        on: Option<ExprId>,
        case: &ExprSpec,
        scope: &Scope,
        role: Role,
        attr: Option<AttrId>,
    ) -> Option<ExprId> {
        let expr = self.typed(Some(case), scope, role, attr, Want::Any)?;
        let layout = &self.typer.layout;
        let (on, found) = (on.map_or(&Ty::Wrong, |on| &layout.exprs[on].ty), &layout.exprs[expr].ty);
        if !comparable(on, found, false) {
            let kind = Kind::Type { expected: layout.describe(on), found: layout.describe(found) };
            self.errors.add(kind, case.text.span, &case.key);
        }
        Some(expr)
    }

    /// What is passed to something; none where a part of it is wrong.
    fn list(&mut self, args: &ExprSpec, scope: &Scope) -> Option<Vec<ExprId>> {
        let mut given = Vec::new();
        let mut good = true;
        for arg in self.typer.list(args, scope) {
            match arg {
                Ok(arg) => given.push(arg),
                Err(e) => {
                    good = false;
                    self.errors.add(e.kind, e.span, &e.key);
                }
            }
        }
        good.then_some(given)
    }

    /// A body with what is passed to its object.
    fn arguments(&mut self, id: AttrId, body: Body, ty: &TypeUse, scope: &Scope) -> Body {
        let Body::Object(of, _) = body else { return body };
        let given = match &ty.args {
            Some(args) => self.list(args, scope),
            None => Some(Vec::new()),
        };
        let Some(given) = given else { return body };
        let layout = &mut self.typer.layout;
        let params = layout.types[of].params.clone();
        if params.len() != given.len() {
            let name = &layout.types[of].name;
            let why = format!("`{name}` takes {}, but {} given", arguments(params.len()), are(given.len()));
            self.errors.add(Kind::Invalid(why), ty.text.span, &ty.key);
            return body;
        }
        for (param, expr) in params.iter().zip(&given) {
            layout.uses.push(Use { expr: *expr, role: Role::Argument, attr: Some(id) });
            let (want, found) = (&layout.attrs[*param].element, &layout.exprs[*expr].ty);
            if !found.passes_as(want) {
                let expected = layout.describe(want);
                let kind = Kind::Type { expected, found: layout.describe(found) };
                self.errors.add(kind, layout.exprs[*expr].span, &ty.key);
            }
        }
        Body::Object(of, given)
    }

    fn process(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(process) = &spec.process else { return };
        let args = match &process.args {
            Some(args) => self.list(args, scope),
            None => Some(Vec::new()),
        };
        let Some(args) = args else { return };
        let layout = &mut self.typer.layout;
        for expr in &args {
            layout.uses.push(Use { expr: *expr, role: Role::Process, attr: Some(id) });
        }
        let types: Vec<&Ty> = args.iter().map(|arg| &layout.exprs[*arg].ty).collect();
        let expected = match (&process.kind, types.as_slice()) {
            (ProcessKind::Xor, [Ty::Int(_) | Ty::Bytes | Ty::Wrong]) => None,
            (ProcessKind::Xor, _) => Some("one argument for `xor`, an integer or bytes"),
            (ProcessKind::RotateLeft | ProcessKind::RotateRight, [Ty::Int(_) | Ty::Wrong]) => None,
            (ProcessKind::RotateLeft | ProcessKind::RotateRight, _) => {
                Some("one argument for `rol` or `ror`, an integer")
            }
            (ProcessKind::Zlib, []) | (ProcessKind::Custom(_), _) => None,
            (ProcessKind::Zlib, _) => Some("no argument for `zlib`"),
        };
        if let Some(expected) = expected {
            let found = types.iter().map(|ty| layout.describe(ty)).collect::<Vec<_>>().join(", ");
            let found = if found.is_empty() { "none".to_string() } else { found };
            self.errors.add(Kind::Type { expected: expected.into(), found }, process.span, &process.key);
            return;
        }
        layout.attrs[id].process = Some(Process { kind: process.kind.clone(), args, span: process.span });
    }

    fn valid(&mut self, id: AttrId, spec: &AttrSpec, scope: &Scope) {
        let Some(valid) = &spec.valid else { return };
        let element = self.typer.layout.attrs[id].element.clone();
        let operand = |this: &mut Self, expr: &ExprSpec, ordered: bool| {
            let found = this.typed(Some(expr), scope, Role::Valid, Some(id), Want::Any)?;
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
                self.typed(Some(expr), &scope, Role::Valid, Some(id), Want::Bool).map(ValidKind::Expr)
            }
            Asked::InEnum => match element {
                Ty::Enum(id) => Some(ValidKind::InEnum(id)),
                Ty::Wrong => None,
                _ => {
                    let why = "`in-enum` needs a field with an `enum`".to_string();
                    self.errors.add(Kind::Invalid(why), valid.span, &format!("{}/in-enum", valid.key));
                    None
                }
            },
        };
        self.typer.layout.attrs[id].valid =
            kind.map(|kind| Valid { kind, span: valid.span, key: valid.key.clone() });
    }
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".to_string(),
        1 => "1 argument".to_string(),
        _ => format!("{count} arguments"),
    }
}

fn are(count: usize) -> String {
    match count {
        0 => "none is".to_string(),
        1 => "1 is".to_string(),
        _ => format!("{count} are"),
    }
}
