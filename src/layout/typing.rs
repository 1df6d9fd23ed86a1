//! Expressions → typed expressions.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::nodes::{Fault, Walk};
use super::ty::Ty;
use super::{AttrId, Body, Expr, ExprId, ExprKind, Layout, Method, Repeat, TypeId};
use crate::schema::ast::{AttrSpec, ExprSpec};
use crate::schema::error::{Kind, SchemaError};
use crate::schema::expr;

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
    /// Value instances whose types were not known at first.
    pending: Cow<'a, HashMap<AttrId, &'s AttrSpec>>,
    /// Those of them that were typed since.
    done: HashSet<AttrId>,
    /// Value instances that are being typed.
    open: HashSet<AttrId>,
    /// Value instances that are wrong, and why.
    wrong: HashMap<AttrId, SchemaError>,
    /// Casts to one byte.
    bytes: HashSet<ExprId>,
    /// Value instances of one byte.
    byte_values: HashSet<AttrId>,
    /// Levels of the host's stack in use.
    pub(super) depth: usize,
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
    /// A text or bytes.
    TextOrBytes,
    /// An object.
    Object,
}

/// Levels that a value instance takes on the host's stack beside those of its expression.
const INSTANCE_LEVELS: usize = 4;

impl<'a, 's> Typer<'a, 's> {
    /// A typer; `pending` are the value instances whose types are not known yet.
    pub fn new(layout: &'a mut Layout, pending: HashMap<AttrId, &'s AttrSpec>) -> Self {
        Typer::over(layout, Cow::Owned(pending))
    }

    /// A typer over value instances that others may need, too.
    pub(super) fn over(layout: &'a mut Layout, pending: Cow<'a, HashMap<AttrId, &'s AttrSpec>>) -> Self {
        Typer {
            layout,
            pending,
            done: HashSet::new(),
            open: HashSet::new(),
            wrong: HashMap::new(),
            bytes: HashSet::new(),
            byte_values: HashSet::new(),
            depth: 0,
        }
    }

    /// An expression, which must be of the kind that its place takes.
    ///
    /// # Errors
    ///
    /// What is wrong with it. What is wrong with a value instance that it names is told by
    /// [`take_error`](Typer::take_error); the expression then has the type [`Ty::Wrong`].
    pub fn expression(&mut self, spec: &ExprSpec, scope: &Scope, want: Want) -> Result<ExprId, SchemaError> {
        let error = |(kind, span): Fault| SchemaError { kind, span, key: spec.key.clone() };
        let id = Walk { typer: self, spec, scope }.node(spec.ast.root).map_err(error)?;
        let expr = &self.layout.exprs[id];
        let (good, expected) = match want {
            Want::Any => (true, "a value"),
            Want::Int => (matches!(expr.ty, Ty::Int(_)), "an integer"),
            Want::Bool => (expr.ty == Ty::Bool, "a truth value"),
            Want::Stream => (expr.ty == Ty::Io, "a stream (`_io`)"),
            Want::Text => (expr.ty == Ty::Str, "a text"),
            Want::TextOrBytes => (matches!(expr.ty, Ty::Str | Ty::Bytes), "a text or bytes"),
            Want::Object => (matches!(expr.ty, Ty::Object(_) | Ty::AnyObject), "an object"),
        };
        if good || expr.ty == Ty::Wrong {
            return Ok(id);
        }
        let found = self.layout.describe(&expr.ty);
        Err(error((Kind::Type { expected: expected.into(), found }, expr.span)))
    }

    /// The items of a list of arguments; what is wrong with each.
    pub fn list(&mut self, spec: &ExprSpec, scope: &Scope) -> Vec<Result<ExprId, SchemaError>> {
        let error = |(kind, span): Fault| SchemaError { kind, span, key: spec.key.clone() };
        let Some(expr::Kind::List(items)) = spec.ast.get(spec.ast.root).map(|node| &node.kind) else {
            return vec![Err(error((Kind::Expression("a list of arguments"), spec.text.span)))];
        };
        let mut walk = Walk { typer: self, spec, scope };
        items.iter().map(|item| walk.node(*item).map_err(error)).collect()
    }

    /// Types a value instance, once. One that is wrong has the type [`Ty::Wrong`].
    pub fn value_instance(&mut self, id: AttrId) {
        let Some(spec) = self.pending.get(&id).copied() else { return };
        let Some(value) = &spec.value else { return };
        if self.done.contains(&id) {
            return;
        }
        self.open.insert(id);
        self.depth += INSTANCE_LEVELS;
        let typed = self.value(id, spec, value);
        self.depth -= INSTANCE_LEVELS;
        self.open.remove(&id);
        self.done.insert(id);
        let attr = &mut self.layout.attrs[id];
        match typed {
            Ok(expr) => {
                attr.element = self.layout.exprs[expr].ty.clone();
                attr.body = Body::Value(expr);
                if self.is_byte(expr) {
                    self.byte_values.insert(id);
                }
            }
            Err(error) => {
                attr.element = Ty::Wrong;
                self.wrong.insert(id, error);
            }
        }
    }

    fn value(&mut self, id: AttrId, spec: &AttrSpec, value: &ExprSpec) -> Result<ExprId, SchemaError> {
        let owner = self.layout.attrs[id].owner;
        let expr = self.expression(value, &Scope::of(owner), Want::Any)?;
        let Some(name) = &spec.enumeration else { return Ok(expr) };
        let error = |kind| SchemaError { kind, span: name.text.span, key: name.key.clone() };
        let found = self.layout.find_enum(owner, &name.name.path).map_err(error)?;
        match &self.layout.exprs[expr].ty {
            Ty::Int(_) => {
                let kind = ExprKind::Retype(expr);
                Ok(self.layout.exprs.push(Expr { kind, ty: Ty::Enum(found), span: value.text.span }))
            }
            Ty::Wrong => Ok(expr),
            other => {
                let found = self.layout.describe(other);
                Err(error(Kind::Type { expected: "an integer, for `enum`".into(), found }))
            }
        }
    }

    /// What is wrong with a value instance, once.
    pub fn take_error(&mut self, id: AttrId) -> Option<SchemaError> {
        self.wrong.remove(&id)
    }

    /// Whether a value instance is being typed: it would need itself.
    pub(super) fn needs_itself(&self, id: AttrId) -> bool {
        self.open.contains(&id)
    }

    pub(super) fn mark_byte(&mut self, id: ExprId) {
        self.bytes.insert(id);
    }

    /// Whether an integer is of one byte as it is written: a list of such integers is bytes.
    pub(super) fn is_byte(&self, id: ExprId) -> bool {
        let expr = &self.layout.exprs[id];
        match &expr.kind {
            ExprKind::Int(value) => matches!(expr.ty, Ty::Int(_)) && (0..=255).contains(value),
            ExprKind::Retype(base) => self.bytes.contains(base),
            ExprKind::Choice(_, a, b) => self.is_byte(*a) && self.is_byte(*b),
            ExprKind::Attr(_, attr) => {
                self.layout.attrs[*attr].repeat == Repeat::Once && self.has_bytes(*attr)
            }
            ExprKind::Subscript(list, _)
            | ExprKind::Method(Method::First | Method::Last | Method::Min | Method::Max, list, _) => {
                match self.layout.exprs[*list].kind {
                    ExprKind::Attr(_, attr) if self.layout.attrs[attr].repeat != Repeat::Once => {
                        self.has_bytes(attr)
                    }
                    _ => self.layout.exprs[*list].ty == Ty::Bytes,
                }
            }
            _ => false,
        }
    }

    /// Whether each element of a field is an integer of one byte.
    fn has_bytes(&self, id: AttrId) -> bool {
        let attr = &self.layout.attrs[id];
        let int = matches!(attr.element, Ty::Int(_));
        match &attr.body {
            Body::Int(format) => int && format.bytes == 1,
            Body::Param => int && self.layout.is_byte_param(id),
            Body::Value(_) => self.byte_values.contains(&id),
            _ => false,
        }
    }
}
