//! The nodes of an expression's tree, typed from the leaves up.

use super::methods::comparable;
use super::ty::{Range, Ty};
use super::typing::{Scope, Typer};
use super::{AttrId, Body, Expr, ExprId, ExprKind, Layout, Method};
use crate::limits;
use crate::schema::ast::ExprSpec;
use crate::schema::error::{Kind, nearest_of};
use crate::schema::expr::{self, Binary, NodeId, Unary};
use crate::span::Span;

/// What is wrong, and where.
pub(super) type Fault = (Kind, Span);
pub(super) type Typed = Result<ExprId, Fault>;
pub(super) type Found = Result<(ExprKind, Ty), Fault>;

/// One expression on its way.
pub(super) struct Walk<'w, 'a, 's> {
    pub(super) typer: &'w mut Typer<'a, 's>,
    pub(super) spec: &'w ExprSpec,
    pub(super) scope: &'w Scope,
}

/// What stands for a value of which it was already said that it is wrong.
pub(super) const WRONG: (ExprKind, Ty) = (ExprKind::Bool(false), Ty::Wrong);

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

    pub(super) fn push(&mut self, found: (ExprKind, Ty), span: Span) -> ExprId {
        self.layout().exprs.push(Expr { kind: found.0, ty: found.1, span })
    }

    /// Whether one of some expressions is wrong, which was said where it is defined.
    pub(super) fn any_wrong(&self, ids: &[ExprId]) -> bool {
        ids.iter().any(|id| self.typer.layout.exprs[*id].ty == Ty::Wrong)
    }

    pub(super) fn mismatch<T>(&self, expected: &str, found: ExprId, span: Span) -> Result<T, Fault> {
        Err((Kind::Type { expected: expected.into(), found: self.describe(found) }, span))
    }

    /// Types a node; the host's stack is bounded over all expressions that lead to each other.
    pub(super) fn node(&mut self, id: NodeId) -> Typed {
        if self.typer.depth >= limits::TYPING_DEPTH {
            let unit = "levels of expressions that need each other";
            return Err((Kind::TooLarge { limit: limits::TYPING_DEPTH, unit }, self.spec.text.span));
        }
        self.typer.depth += 1;
        let typed = self.deeper(id);
        self.typer.depth -= 1;
        typed
    }

    fn deeper(&mut self, id: NodeId) -> Typed {
        let spec = self.spec;
        let Some(node) = spec.ast.get(id) else {
            return Err((Kind::Expression("a value"), spec.text.span));
        };
        let span = spec.text.sub(node.range.clone());
        let found = match &node.kind {
            expr::Kind::Int(value) => (ExprKind::Int(*value), Ty::Int(Range::only(*value))),
            expr::Kind::Float(value) => (ExprKind::Float(*value), Ty::Float),
            expr::Kind::Bool(value) => (ExprKind::Bool(*value), Ty::Bool),
            expr::Kind::Str(value) => (ExprKind::Str(value.clone()), Ty::Str),
            expr::Kind::Format(parts) => {
                let parts = self.nodes(parts)?;
                return self.format(parts, span);
            }
            expr::Kind::SizeOf { name, bits } => self.size_of_type(name, *bits, span)?,
            expr::Kind::Name(name) => self.name(name, span)?,
            expr::Kind::Member(path) => match self.typer.layout.find_member(self.scope.this, path) {
                Ok((id, value)) => (ExprKind::Int(value), Ty::Enum(id)),
                Err(kind) => return Err((kind, span)),
            },
            expr::Kind::Unary(op, a) => {
                let a = self.node(*a)?;
                self.unary(*op, a, span)?
            }
            expr::Kind::Binary(op, a, b) => {
                let (a, b) = (self.node(*a)?, self.node(*b)?);
                self.binary(*op, a, b, span)?
            }
            expr::Kind::Choice(c, a, b) => {
                let (c, a, b) = (self.node(*c)?, self.node(*a)?, self.node(*b)?);
                self.choice(c, a, b, span)?
            }
            expr::Kind::List(items) => {
                let items = self.nodes(items)?;
                self.list(items, span)?
            }
            expr::Kind::Subscript(base, index) => {
                let (base, index) = (self.node(*base)?, self.node(*index)?);
                self.subscript(base, index, span)?
            }
            expr::Kind::Cast(base, name) => {
                // Only what it is cast to says what an empty list is a list of.
                let empty =
                    matches!(spec.ast.get(*base).map(|n| &n.kind), Some(expr::Kind::List(l)) if l.is_empty());
                let base = if empty { None } else { Some(self.node(*base)?) };
                self.cast(base, name, span)?
            }
            expr::Kind::Field(base, name) => {
                let base = self.node(*base)?;
                self.field(base, name, span)?
            }
            expr::Kind::Call(base, name, args) => {
                let base = self.node(*base)?;
                let args = self.nodes(args)?;
                self.call(base, name, args, span)?
            }
            expr::Kind::Function(name, args) => self.function(name, args, span)?,
        };
        Ok(self.push(found, span))
    }

    fn nodes(&mut self, ids: &[NodeId]) -> Result<Vec<ExprId>, Fault> {
        ids.iter().map(|id| self.node(*id)).collect()
    }

    fn this(&mut self, span: Span) -> ExprId {
        let ty = Ty::Object(self.scope.this);
        self.push((ExprKind::This, ty), span)
    }

    fn name(&mut self, name: &str, span: Span) -> Found {
        let this_ty = self.scope.this;
        let invalid = |why: &str| Err((Kind::Invalid(why.into()), span));
        match name {
            "_" => match &self.scope.it {
                Some(ty) => Ok((ExprKind::It, ty.clone())),
                None => invalid("`_` has no meaning here"),
            },
            "_index" if self.scope.index => Ok((ExprKind::Index, Ty::Int(Range::of_bytes(8, false)))),
            "_index" => invalid("`_index` has a meaning in a repeated field only"),
            "_root" | "_parent" | "_io" | "_sizeof" => {
                let this = self.this(span);
                self.field(this, name, span)
            }
            _ => {
                let kind = match self.layout().find_attr(this_ty, name) {
                    Ok(attr) => {
                        let this = self.this(span);
                        return self.attr(this, attr, span);
                    }
                    Err(kind) => kind,
                };
                if !self.scope.contract {
                    return Err((well_named(name, kind), span));
                }
                let root =
                    self.layout().roots.entries().find(|(_, r)| r.name == name).map(|(id, r)| (id, r.ty));
                match root {
                    Some((id, ty)) => Ok((ExprKind::Root(id), Ty::Object(ty))),
                    None => Err((self.field_or_file(name), span)),
                }
            }
        }
    }

    fn field_or_file(&mut self, name: &str) -> Kind {
        let this = self.scope.this;
        let layout = self.layout();
        let fields = layout.types[this].seq.iter().chain(&layout.types[this].instances);
        let fields = fields.filter_map(|a| layout.attrs[*a].name.as_deref());
        let files = layout.roots.iter().map(|r| r.name.as_str());
        let nearest = nearest_of(name, fields.chain(files));
        Kind::NameUnknown { what: "field or file", name: name.into(), nearest }
    }

    pub(super) fn attr(&mut self, base: ExprId, attr: AttrId, span: Span) -> Found {
        if self.typer.needs_itself(attr) {
            return Err((Kind::Invalid("this value needs itself".into()), span));
        }
        self.typer.value_instance(attr);
        let ty = self.typer.layout.attrs[attr].ty();
        Ok((ExprKind::Attr(base, attr), ty))
    }

    fn unary(&mut self, op: Unary, a: ExprId, span: Span) -> Found {
        let ty = match (op, self.ty(a)) {
            (_, Ty::Wrong) => return Ok(WRONG),
            (Unary::Not, Ty::Bool) => Ty::Bool,
            (Unary::Minus, Ty::Float) => Ty::Float,
            (Unary::Minus, Ty::Int(r)) => Ty::Int(Range::binary(Binary::Sub, Range::only(0), r)),
            (Unary::Invert, Ty::Int(r)) => Ty::Int(Range::binary(Binary::Sub, Range::only(-1), r)),
            (Unary::Not, _) => return self.mismatch("a truth value", a, span),
            (Unary::Minus, _) => return self.mismatch("a number", a, span),
            (Unary::Invert, _) => return self.mismatch("an integer", a, span),
        };
        Ok((ExprKind::Unary(op, a), ty))
    }

    fn binary(&mut self, op: Binary, a: ExprId, b: ExprId, span: Span) -> Found {
        use Binary::*;
        if self.any_wrong(&[a, b]) {
            return Ok(WRONG);
        }
        let (ta, tb) = (self.ty(a), self.ty(b));
        let ty = match (op, &ta, &tb) {
            (Eq | Ne, _, _) if comparable(&ta, &tb, false) => Ty::Bool,
            (Lt | Le | Gt | Ge, _, _) if comparable(&ta, &tb, true) => Ty::Bool,
            (And | Or, Ty::Bool, Ty::Bool) => Ty::Bool,
            (Add, Ty::Str, Ty::Str) => Ty::Str,
            (Add | Sub | Mul | Div | Mod | BitAnd | BitOr | BitXor | Shl | Shr, Ty::Int(x), Ty::Int(y)) => {
                Ty::Int(Range::binary(op, *x, *y))
            }
            (Add | Sub | Mul | Div | Mod, Ty::Int(_) | Ty::Float, Ty::Int(_) | Ty::Float) => Ty::Float,
            _ => {
                let expected = match op {
                    And | Or => "truth values".to_string(),
                    Lt | Le | Gt | Ge if comparable(&ta, &tb, false) => {
                        "values that have an order".to_string()
                    }
                    Eq | Ne | Lt | Le | Gt | Ge => format!("values to compare with {}", self.describe(a)),
                    BitAnd | BitOr | BitXor | Shl | Shr => "integers".to_string(),
                    Add => "numbers, or texts".to_string(),
                    Sub | Mul | Div | Mod => "numbers".to_string(),
                };
                let found = format!("{} and {}", self.describe(a), self.describe(b));
                return Err((Kind::Type { expected, found }, span));
            }
        };
        Ok((ExprKind::Binary(op, a, b), ty))
    }

    fn choice(&mut self, c: ExprId, a: ExprId, b: ExprId, span: Span) -> Found {
        if self.any_wrong(&[c, a, b]) {
            return Ok(WRONG);
        }
        if self.ty(c) != Ty::Bool {
            return self.mismatch("a truth value", c, span);
        }
        let Some(ty) = self.ty(a).union(&self.ty(b)) else {
            return Err((Kind::Type { expected: self.describe(a), found: self.describe(b) }, span));
        };
        let (a, b) = (self.as_float(a, &ty, span), self.as_float(b, &ty, span));
        Ok((ExprKind::Choice(c, a, b), ty))
    }

    fn subscript(&mut self, base: ExprId, index: ExprId, span: Span) -> Found {
        if self.any_wrong(&[base, index]) {
            return Ok(WRONG);
        }
        if !matches!(self.ty(index), Ty::Int(_)) {
            return self.mismatch("an integer", index, span);
        }
        let ty = match self.ty(base) {
            Ty::Array(element) => *element,
            Ty::Bytes => Ty::Int(Range::of_bytes(1, false)),
            _ => return self.mismatch("a list or bytes", base, span),
        };
        Ok(self.element(base, ExprKind::Subscript(base, index), ty, span))
    }

    /// An element of a list. A list that was cast or passed may hold others than its type says.
    pub(super) fn element(&mut self, list: ExprId, kind: ExprKind, ty: Ty, span: Span) -> (ExprKind, Ty) {
        if let ExprKind::Attr(_, attr) = self.typer.layout.exprs[list].kind
            && !matches!(self.typer.layout.attrs[attr].body, Body::Value(_) | Body::Param)
        {
            return (kind, ty);
        }
        match ty {
            Ty::Object(of) => {
                let element = self.push((kind, Ty::AnyObject), span);
                (ExprKind::Cast(element, of), ty)
            }
            Ty::Float => {
                let element = self.push((kind, Ty::Any), span);
                (ExprKind::Retype(element), ty)
            }
            _ => (kind, ty),
        }
    }

    fn list(&mut self, items: Vec<ExprId>, span: Span) -> Found {
        let Some(first) = items.first().copied() else {
            let why = "a list without elements has no type: write `[].as<bytes>` or `[].as<u1[]>`";
            return Err((Kind::Invalid(why.into()), span));
        };
        if self.any_wrong(&items) {
            return Ok(WRONG);
        }
        if items.iter().all(|id| self.typer.is_byte(*id)) {
            return Ok(self.bytes(items, span));
        }
        let mut element = self.ty(first);
        for id in &items {
            let Some(both) = element.union(&self.ty(*id)) else {
                let expected = self.typer.layout.describe(&element);
                return self.mismatch(&expected, *id, span);
            };
            element = both;
        }
        let items = items.into_iter().map(|id| self.as_float(id, &element, span)).collect();
        Ok((ExprKind::List(items), Ty::Array(Box::new(element))))
    }

    /// A list of integers as bytes.
    pub(super) fn bytes(&mut self, items: Vec<ExprId>, span: Span) -> (ExprKind, Ty) {
        let exprs = &self.typer.layout.exprs;
        let literal = |id: &ExprId| match exprs[*id].kind {
            ExprKind::Int(n) => u8::try_from(n).ok(),
            _ => None,
        };
        if let Some(bytes) = items.iter().map(literal).collect::<Option<Vec<u8>>>() {
            return (ExprKind::Bytes(bytes), Ty::Bytes);
        }
        let list = Ty::Array(Box::new(Ty::int()));
        let list = self.push((ExprKind::List(items), list), span);
        (ExprKind::Method(Method::Pack, list, Vec::new()), Ty::Bytes)
    }

    /// An integer where a float is meant becomes one.
    pub(super) fn as_float(&mut self, id: ExprId, ty: &Ty, span: Span) -> ExprId {
        match self.ty(id) {
            Ty::Int(_) if *ty == Ty::Float => self.push((ExprKind::Retype(id), Ty::Float), span),
            _ => id,
        }
    }
}

/// Why a name is not known: what has capitals cannot be one.
fn well_named(name: &str, kind: Kind) -> Kind {
    let capital = name.contains(|c: char| c.is_ascii_uppercase());
    if !capital || !matches!(kind, Kind::NameUnknown { .. }) {
        return kind;
    }
    Kind::Invalid(format!(
        "`{name}` is no name: names are in lower case, such as `{}`",
        name.to_ascii_lowercase()
    ))
}
