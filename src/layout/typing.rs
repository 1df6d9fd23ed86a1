//! Expressions → typed expressions.

use std::collections::HashMap;

use super::methods::comparable;
use super::ty::{Range, Ty};
use super::{AttrId, Body, Expr, ExprId, ExprKind, Layout, Role, TypeId, Use};
use crate::limits;
use crate::schema::ast::{AttrSpec, ExprSpec};
use crate::schema::error::{Kind, SchemaError, nearest_of};
use crate::schema::expr::{self, Binary, NodeId, TypeName, Unary};
use crate::span::Span;

/// What an expression can see.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The type of the object at hand.
    pub this: TypeId,
    /// The type of `_`, where there is one.
    pub it: Option<Ty>,
    /// Whether `_index` has a meaning.
    pub index: bool,
    /// Whether the files of the set and `capacity(…)` can be named, as in a contract.
    pub contract: bool,
}

impl Scope {
    /// The scope of an object: its fields, without `_` and `_index`.
    pub fn of(this: TypeId) -> Scope {
        Scope { this, it: None, index: false, contract: false }
    }
}

/// Types expressions into a layout.
pub struct Typer<'a, 's> {
    /// The layout that grows.
    pub layout: &'a mut Layout,
    /// Value instances that no expression has asked for yet.
    pending: HashMap<AttrId, &'s AttrSpec>,
    /// Value instances that are being typed, innermost last.
    open: Vec<AttrId>,
}

/// What the place of an expression takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// Anything.
    Any,
    /// An integer.
    Int,
    /// A truth value.
    Bool,
    /// A stream.
    Stream,
    /// A text.
    Text,
    /// An object.
    Object,
}

/// What is wrong, where, and where in the schema if that is not the expression at hand.
pub(super) type Fault = (Kind, Span, Option<String>);
type Typed = Result<ExprId, Fault>;
pub(super) type Found = Result<(ExprKind, Ty), Fault>;

impl<'a, 's> Typer<'a, 's> {
    /// A typer; `pending` are the value instances whose types are not known yet.
    pub fn new(layout: &'a mut Layout, pending: HashMap<AttrId, &'s AttrSpec>) -> Self {
        Typer { layout, pending, open: Vec::new() }
    }

    /// An expression, which must be of the kind that its place takes.
    pub fn expression(&mut self, spec: &ExprSpec, scope: &Scope, want: Want) -> Result<ExprId, SchemaError> {
        let error = |(kind, span, key): Fault| SchemaError {
            kind,
            span,
            key: key.unwrap_or_else(|| spec.key.clone()),
        };
        let id = Walk { typer: self, spec, scope }.node(spec.ast.root).map_err(error)?;
        let expr = &self.layout.exprs[id];
        let (good, expected) = match want {
            Want::Any => (true, "a value"),
            Want::Int => (matches!(expr.ty, Ty::Int(_)), "an integer"),
            Want::Bool => (expr.ty == Ty::Bool, "a truth value"),
            Want::Stream => (expr.ty == Ty::Io, "a stream (`_io`)"),
            Want::Text => (expr.ty == Ty::Str, "a text"),
            Want::Object => (matches!(expr.ty, Ty::Object(_) | Ty::AnyObject), "an object"),
        };
        if good || expr.ty == Ty::Wrong {
            return Ok(id);
        }
        let found = self.layout.describe(&expr.ty);
        Err(error((Kind::Type { expected: expected.into(), found }, expr.span, None)))
    }

    /// The items of a list of arguments.
    pub fn list(&mut self, spec: &ExprSpec, scope: &Scope) -> Result<Vec<ExprId>, SchemaError> {
        let error = |(kind, span, key): Fault| SchemaError {
            kind,
            span,
            key: key.unwrap_or_else(|| spec.key.clone()),
        };
        let Some(expr::Kind::List(items)) = spec.ast.get(spec.ast.root).map(|node| &node.kind) else {
            return Err(error((Kind::Expression("a list of arguments"), spec.text.span, None)));
        };
        let mut walk = Walk { typer: self, spec, scope };
        items.iter().map(|item| walk.node(*item).map_err(error)).collect()
    }

    /// Types a value instance, once.
    pub fn value_instance(&mut self, id: AttrId) -> Result<(), SchemaError> {
        let Some(spec) = self.pending.get(&id).copied() else { return Ok(()) };
        let Some(value) = &spec.value else { return Ok(()) };
        let error = |kind| SchemaError { kind, span: value.text.span, key: value.key.clone() };
        if self.open.contains(&id) {
            return Err(error(Kind::Invalid("this value needs itself".into())));
        }
        if self.open.len() >= limits::TYPE_DEPTH {
            let unit = "value instances that need each other in a row";
            return Err(error(Kind::TooLarge { limit: limits::TYPE_DEPTH, unit }));
        }
        self.open.push(id);
        let owner = self.layout.attrs[id].owner;
        let typed = self.expression(value, &Scope::of(owner), Want::Any);
        self.open.pop();
        let mut expr = typed?;
        if let Some(name) = &spec.enumeration {
            let error = |kind| SchemaError { kind, span: name.text.span, key: name.key.clone() };
            let found = self.layout.find_enum(owner, &name.name.path).map_err(error)?;
            if !matches!(self.layout.exprs[expr].ty, Ty::Int(_)) {
                return Err(error(Kind::Invalid("`enum` goes with an integer".into())));
            }
            let kind = ExprKind::Retype(expr);
            expr = self.layout.exprs.push(Expr { kind, ty: Ty::Enum(found), span: value.text.span });
        }
        self.layout.uses.push(Use { expr, role: Role::Value, attr: Some(id) });
        let ty = self.layout.exprs[expr].ty.clone();
        let attr = &mut self.layout.attrs[id];
        attr.element = ty;
        attr.body = Body::Value(expr);
        self.pending.remove(&id);
        Ok(())
    }
}

/// One expression on its way.
pub(super) struct Walk<'w, 'a, 's> {
    pub(super) typer: &'w mut Typer<'a, 's>,
    pub(super) spec: &'w ExprSpec,
    pub(super) scope: &'w Scope,
}

impl Walk<'_, '_, '_> {
    pub(super) fn layout(&mut self) -> &mut Layout {
        self.typer.layout
    }

    pub(super) fn ty(&self, id: ExprId) -> Ty {
        self.typer.layout.exprs[id].ty.clone()
    }

    pub(super) fn describe(&self, id: ExprId) -> String {
        self.typer.layout.describe(&self.typer.layout.exprs[id].ty)
    }

    /// Types a node; the host's stack is bounded by the depth of the tree.
    fn node(&mut self, id: NodeId) -> Typed {
        let spec = self.spec;
        let Some(node) = spec.ast.get(id) else {
            return Err((Kind::Expression("a value"), spec.text.span, None));
        };
        let span = spec.text.sub(node.range.clone());
        let fail = |kind: Kind| Err((kind, span, None));
        let (kind, ty) = match &node.kind {
            expr::Kind::Int(value) => (ExprKind::Int(*value), Ty::Int(Range::only(*value))),
            expr::Kind::Float(value) => (ExprKind::Float(*value), Ty::Float),
            expr::Kind::Bool(value) => (ExprKind::Bool(*value), Ty::Bool),
            expr::Kind::Str(value) => (ExprKind::Str(value.clone()), Ty::Str),
            expr::Kind::Format(_) => return fail(Kind::Unsupported("a format string (`f\"…\"`)".into())),
            expr::Kind::SizeOf { .. } => {
                return fail(Kind::Unsupported("`sizeof<…>` and `bitsizeof<…>`".into()));
            }
            expr::Kind::Name(name) => self.name(name, span)?,
            expr::Kind::Member(path) => match self.typer.layout.find_member(self.scope.this, path) {
                Ok((id, value)) => (ExprKind::Int(value), Ty::Enum(id)),
                Err(kind) => return fail(kind),
            },
            expr::Kind::Unary(op, a) => self.unary(*op, *a, span)?,
            expr::Kind::Binary(op, a, b) => {
                let (a, b) = (self.node(*a)?, self.node(*b)?);
                self.binary(*op, a, b, span)?
            }
            expr::Kind::Choice(c, a, b) => {
                let c = self.node(*c)?;
                if self.ty(c) != Ty::Bool {
                    return fail(Kind::Type { expected: "a truth value".into(), found: self.describe(c) });
                }
                let (a, b) = (self.node(*a)?, self.node(*b)?);
                let Some(ty) = self.ty(a).union(&self.ty(b)) else {
                    return fail(Kind::Type { expected: self.describe(a), found: self.describe(b) });
                };
                let (a, b) = (self.as_float(a, &ty, span), self.as_float(b, &ty, span));
                (ExprKind::Choice(c, a, b), ty)
            }
            expr::Kind::List(items) => self.list(items, span)?,
            expr::Kind::Subscript(base, index) => {
                let (base, index) = (self.node(*base)?, self.node(*index)?);
                if !matches!(self.ty(index), Ty::Int(_)) {
                    return fail(Kind::Type { expected: "an integer".into(), found: self.describe(index) });
                }
                let ty = match self.ty(base) {
                    Ty::Array(element) => *element,
                    Ty::Bytes => Ty::Int(Range::of_bytes(1, false)),
                    _ => {
                        let expected = "a list or bytes".to_string();
                        return fail(Kind::Type { expected, found: self.describe(base) });
                    }
                };
                (ExprKind::Subscript(base, index), ty)
            }
            expr::Kind::Cast(base, name) => {
                let base = self.node(*base)?;
                self.cast(base, name, span)?
            }
            expr::Kind::Field(base, name) => {
                let base = self.node(*base)?;
                self.field(base, name, span)?
            }
            expr::Kind::Call(base, name, args) => {
                let base = self.node(*base)?;
                let args = args.iter().map(|a| self.node(*a)).collect::<Result<Vec<_>, _>>()?;
                self.call(base, name, args, span)?
            }
            expr::Kind::Function(name, args) => self.function(name, args, span)?,
        };
        Ok(self.layout().exprs.push(Expr { kind, ty, span }))
    }

    fn this(&mut self, span: Span) -> ExprId {
        let ty = Ty::Object(self.scope.this);
        self.layout().exprs.push(Expr { kind: ExprKind::This, ty, span })
    }

    fn name(&mut self, name: &str, span: Span) -> Found {
        let this_ty = self.scope.this;
        match name {
            "_" => match &self.scope.it {
                Some(ty) => Ok((ExprKind::It, ty.clone())),
                None => Err((Kind::Invalid("`_` has no meaning here".into()), span, None)),
            },
            "_index" if self.scope.index => {
                Ok((ExprKind::Index, Ty::Int(Range { min: 0, max: i128::from(u32::MAX) })))
            }
            "_index" => {
                Err((Kind::Invalid("`_index` has a meaning in a repeated field only".into()), span, None))
            }
            "_root" | "_parent" | "_io" | "_sizeof" | "_bitsizeof" => {
                let this = self.this(span);
                self.field(this, name, span)
            }
            _ => {
                let found = self.layout().find_attr(this_ty, name);
                let kind = match found {
                    Ok(attr) => {
                        let this = self.this(span);
                        return self.attr(this, attr, span);
                    }
                    Err(kind) => kind,
                };
                if !self.scope.contract {
                    return Err((kind, span, None));
                }
                let root =
                    self.layout().roots.entries().find(|(_, r)| r.name == name).map(|(id, r)| (id, r.ty));
                match root {
                    Some((id, ty)) => Ok((ExprKind::Root(id), Ty::Object(ty))),
                    None => {
                        let layout = self.layout();
                        let fields = layout.types[this_ty].seq.iter().chain(&layout.types[this_ty].instances);
                        let fields = fields.filter_map(|a| layout.attrs[*a].name.as_deref());
                        let files = layout.roots.iter().map(|r| r.name.as_str());
                        let nearest = nearest_of(name, fields.chain(files));
                        Err((
                            Kind::NameUnknown { what: "field or file", name: name.into(), nearest },
                            span,
                            None,
                        ))
                    }
                }
            }
        }
    }

    pub(super) fn attr(&mut self, base: ExprId, attr: AttrId, span: Span) -> Found {
        self.typer.value_instance(attr).map_err(|e| {
            // A circle is reported here; where the value itself is wrong, there.
            match self.typer.open.contains(&attr) {
                true => (e.kind, span, None),
                false => (e.kind, e.span, Some(e.key)),
            }
        })?;
        let ty = self.typer.layout.attrs[attr].ty();
        Ok((ExprKind::Attr(base, attr), ty))
    }

    fn unary(&mut self, op: Unary, a: NodeId, span: Span) -> Found {
        let a = self.node(a)?;
        let ty = match (op, self.ty(a)) {
            (Unary::Not, Ty::Bool) => Ty::Bool,
            (Unary::Minus, Ty::Float) => Ty::Float,
            (Unary::Minus, Ty::Int(r)) => Ty::Int(Range::binary(Binary::Sub, Range::only(0), r)),
            (Unary::Invert, Ty::Int(r)) => Ty::Int(Range::binary(Binary::Sub, Range::only(-1), r)),
            (op, _) => {
                let expected = if op == Unary::Not { "a truth value" } else { "a number" };
                return Err((Kind::Type { expected: expected.into(), found: self.describe(a) }, span, None));
            }
        };
        Ok((ExprKind::Unary(op, a), ty))
    }

    fn binary(&mut self, op: Binary, a: ExprId, b: ExprId, span: Span) -> Found {
        use Binary::*;
        let (ta, tb) = (self.ty(a), self.ty(b));
        let ty = match (op, &ta, &tb) {
            (Eq | Ne, _, _) if comparable(&ta, &tb, false) => Ty::Bool,
            (Lt | Le | Gt | Ge, _, _) if comparable(&ta, &tb, true) => Ty::Bool,
            (And | Or, Ty::Bool, Ty::Bool) => Ty::Bool,
            (Add, Ty::Str, Ty::Str) => Ty::Str,
            (Add | Sub | Mul | Div | Mod | BitAnd | BitOr | BitXor | Shl | Shr, Ty::Int(x), Ty::Int(y)) => {
                Ty::Int(Range::binary(op, *x, *y))
            }
            (Add | Sub | Mul | Div, Ty::Int(_) | Ty::Float, Ty::Int(_) | Ty::Float) => Ty::Float,
            _ => {
                let expected = match op {
                    And | Or => "truth values".to_string(),
                    Eq | Ne | Lt | Le | Gt | Ge => format!("values to compare with {}", self.describe(a)),
                    _ => "numbers".to_string(),
                };
                let found = format!("{} and {}", self.describe(a), self.describe(b));
                return Err((Kind::Type { expected, found }, span, None));
            }
        };
        Ok((ExprKind::Binary(op, a, b), ty))
    }

    fn list(&mut self, items: &[NodeId], span: Span) -> Found {
        let ids = items.iter().map(|i| self.node(*i)).collect::<Result<Vec<_>, _>>()?;
        let bytes: Option<Vec<u8>> = ids
            .iter()
            .map(|id| match self.typer.layout.exprs[*id].kind {
                ExprKind::Int(n) if matches!(self.typer.layout.exprs[*id].ty, Ty::Int(_)) => {
                    u8::try_from(n).ok()
                }
                _ => None,
            })
            .collect();
        if let Some(bytes) = bytes {
            return Ok((ExprKind::Bytes(bytes), Ty::Bytes));
        }
        let mut element: Option<Ty> = None;
        for id in &ids {
            let ty = self.ty(*id);
            element = match element {
                None => Some(ty),
                Some(before) => match before.union(&ty) {
                    Some(both) => Some(both),
                    None => {
                        let expected = self.typer.layout.describe(&before);
                        return Err((Kind::Type { expected, found: self.describe(*id) }, span, None));
                    }
                },
            };
        }
        let element = element.unwrap_or(Ty::Any);
        let ids = ids.into_iter().map(|id| self.as_float(id, &element, span)).collect();
        Ok((ExprKind::List(ids), Ty::Array(Box::new(element))))
    }

    /// An integer where a float is meant becomes one.
    fn as_float(&mut self, id: ExprId, ty: &Ty, span: Span) -> ExprId {
        if *ty != Ty::Float || self.ty(id) == Ty::Float {
            return id;
        }
        self.layout().exprs.push(Expr { kind: ExprKind::Retype(id), ty: Ty::Float, span })
    }

    fn cast(&mut self, base: ExprId, name: &TypeName, span: Span) -> Found {
        if name.array {
            return Err((Kind::Unsupported("a cast to an array".into()), span, None));
        }
        let same = match name.path.as_slice() {
            [only] if only == "bytes" => Some(Ty::Bytes),
            [only] if only == "str" => Some(Ty::Str),
            _ => None,
        };
        if let Some(ty) = same {
            if matches!(self.ty(base), Ty::Array(_)) && ty == Ty::Bytes {
                return Err((Kind::Unsupported("a cast of a list to bytes".into()), span, None));
            }
            if !matches!(self.ty(base), Ty::Any) && self.ty(base) != ty {
                let expected = self.typer.layout.describe(&ty);
                return Err((Kind::Type { expected, found: self.describe(base) }, span, None));
            }
            return Ok((ExprKind::Retype(base), ty));
        }
        if !matches!(self.ty(base), Ty::Object(_) | Ty::AnyObject | Ty::Any) {
            return Err((
                Kind::Type { expected: "an object".into(), found: self.describe(base) },
                span,
                None,
            ));
        }
        let found = self.typer.layout.find_type(self.scope.this, name).map_err(|k| (k, span, None))?;
        Ok((ExprKind::Cast(base, found), Ty::Object(found)))
    }
}
