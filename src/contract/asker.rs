//! The expressions of one question, typed one by one against the layout.

use std::collections::{BTreeMap, HashMap};

use super::raw::RawCapacity;
use super::text::Text;
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::layout::query::At;
use crate::layout::ty::Ty;
use crate::layout::{Attr, Body, CapacityId, Expr, ExprId, ExprKind, Layout, Role, Scope, Typer, Use, Want};
use crate::schema::SchemaError;
use crate::schema::error::{Kind, nearest_of};
use crate::schema::expr::Binary;
use crate::schema::keys::expression_text;
use crate::schema::problems::Problems;
use crate::span::Span;

/// A capacity that an expression of a question names by `capacity("…")`.
#[derive(Clone, Debug)]
pub struct Named {
    /// The capacity.
    pub capacity: CapacityId,
    /// The expression.
    pub span: Span,
    /// Its place in the contract: `/rule/0/assert`.
    pub key: String,
}

/// Types the expressions of one question, and collects what is wrong with them.
pub(super) struct Asker<'w> {
    pub(super) layout: &'w mut Layout,
    /// The capacities of the contract.
    pub(super) known: &'w BTreeMap<String, RawCapacity>,
    /// The question's table: `/read/0`.
    pub(super) key: &'w str,
    /// Where it is asked.
    pub(super) at: &'w At,
    pub(super) findings: &'w mut Vec<Finding>,
    /// Capacities that were named so far.
    pub(super) named: Vec<Named>,
    /// Conditions beside the question's `when`.
    pub(super) conditions: Vec<ExprId>,
    /// Whether it is asked of a field (`_`) that is absent as well.
    pub(super) absent: bool,
    /// See [`Asked::within`](super::compile::Asked::within).
    pub(super) within: usize,
}

impl Asker<'_> {
    /// An expression of the contract.
    pub(super) fn expression(&mut self, name: &str, text: &Text, want: Want, role: Role) -> Option<ExprId> {
        let key = format!("{}/{name}", self.key);
        let mut errors = Problems::default();
        let spec = expression_text(text, &key, &mut errors);
        let known = self.layout.exprs.len();
        let typed = spec.map(|spec| {
            let it = Some(self.at.it(self.layout));
            let scope = Scope { this: self.at.context, it, index: false, contract: true };
            Typer::new(self.layout, HashMap::new()).expression(&spec, &scope, want)
        });
        for error in errors.into_vec() {
            self.error(error);
        }
        let expr = match typed? {
            Ok(expr) => expr,
            Err(error) => {
                self.error(error);
                return None;
            }
        };
        self.layout.uses.push(Use { expr, role, attr: None });
        let mut names = Vec::new();
        for expr in self.layout.exprs.iter().skip(known) {
            if let ExprKind::Capacity(capacity) = expr.kind {
                names.push((self.layout.capacities[capacity].clone(), expr.span));
                self.named.push(Named { capacity, span: text.span, key: key.clone() });
            }
        }
        for (name, span) in names {
            self.declared(&name, span, &key);
        }
        Some(expr)
    }

    /// The expression below `capacity`, as the number of the name that it gives.
    pub(super) fn capacity(&mut self, text: &Text) -> Option<ExprId> {
        let expr = self.expression("capacity", text, Want::Text, Role::Capacity)?;
        if let ExprKind::Str(name) = &self.layout.exprs[expr].kind {
            let (name, span) = (name.clone(), self.layout.exprs[expr].span);
            self.declared(&name, span, &format!("{}/capacity", self.key));
        }
        Some(self.number(expr))
    }

    /// Lets the question be asked only where two expressions are not equal.
    pub(super) fn unless_equal(&mut self, a: ExprId, b: ExprId) {
        let condition = self.push(ExprKind::Binary(Binary::Ne, a, b), Ty::Bool, a);
        self.conditions.push(condition);
    }

    /// Both the question's `when` and the conditions of its kind.
    pub(super) fn all(&mut self, when: Option<ExprId>) -> Option<ExprId> {
        let conditions = std::mem::take(&mut self.conditions);
        conditions.into_iter().fold(when, |when, other| match when {
            Some(when) => Some(self.push(ExprKind::Binary(Binary::And, when, other), Ty::Bool, when)),
            None => Some(other),
        })
    }

    /// An expression that is not written as such; it is shown where another one is written.
    pub(super) fn push(&mut self, kind: ExprKind, ty: Ty, shown: ExprId) -> ExprId {
        let span = self.layout.exprs[shown].span;
        self.layout.exprs.push(Expr { kind, ty, span })
    }

    /// The type of an expression.
    pub(super) fn ty(&self, expr: ExprId) -> Ty {
        self.layout.exprs[expr].ty.clone()
    }

    /// An expression is not of the type that its place takes.
    pub(super) fn mismatch(&mut self, name: &str, expected: impl Into<String>, expr: ExprId) {
        let found = self.layout.describe(&self.ty(expr));
        let kind = Kind::Type { expected: expected.into(), found };
        let span = self.layout.exprs[expr].span;
        self.error(SchemaError { kind, span, key: format!("{}/{name}", self.key) });
    }

    /// An expression gives a value that its place does not take.
    pub(super) fn invalid(&mut self, name: &str, why: String, expr: ExprId) {
        let span = self.layout.exprs[expr].span;
        let mut finding = Finding::new(codes::CONTRACT_INVALID, Severity::Error, Blame::Contract, why);
        let key = Some(format!("{}/{name}", self.key));
        finding.labels.push(Label { span, text: String::new(), key, primary: true });
        self.findings.push(finding);
    }

    /// Compares answers within the objects of a path, which the question's path begins with.
    pub(super) fn within(&mut self, path: &Text) {
        let key = format!("{}/within", self.key);
        let within = match super::compile::path(self.layout, path, &key) {
            Ok(within) => within,
            Err(finding) => return self.findings.push(*finding),
        };
        let is_start =
            within.root == self.at.root && within.value.is_none() && self.at.steps.starts_with(&within.steps);
        if is_start {
            self.within = within.steps.len();
            return;
        }
        let message = format!("the path `{}` is not one that `at` leads through", path.value);
        let mut finding = Finding::new(codes::PATH_UNKNOWN, Severity::Error, Blame::Contract, message);
        finding.labels.push(Label { span: path.span, text: String::new(), key: Some(key), primary: true });
        finding.help =
            Some("name the beginning of `at`, up to the object within which keys are to differ".into());
        self.findings.push(finding);
    }

    fn error(&mut self, error: SchemaError) {
        self.findings.push(Finding { blame: Blame::Contract, ..Finding::from(error) });
    }

    /// A capacity that is named by a literal must be one of the contract's.
    fn declared(&mut self, name: &str, span: Span, key: &str) {
        if self.known.contains_key(name) {
            return;
        }
        let nearest = nearest_of(name, self.known.keys().map(String::as_str));
        let message = format!("the contract has no capacity `{name}`");
        let mut finding = Finding::new(codes::CAPACITY_UNDECLARED, Severity::Error, Blame::Contract, message);
        finding.labels.push(Label { span, text: String::new(), key: Some(key.to_string()), primary: true });
        finding.help = Some(match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("declare it: `[capacity.\"{name}\"]`"),
        });
        self.findings.push(finding);
    }

    /// The number of the text that an expression gives.
    ///
    /// Where the text depends on one object alone, as `"inputs." + definitions.types[i].name` does, it becomes
    /// a value of that object: it is made once for each type in the definitions, not for each criterion.
    fn number(&mut self, expr: ExprId) -> ExprId {
        let span = self.layout.exprs[expr].span;
        let mut bases = Vec::new();
        let joined = self.object_fields(expr, &mut bases);
        let owner = match bases.as_slice() {
            [base] if joined => match self.layout.exprs[*base].ty {
                Ty::Object(owner) => Some((*base, owner)),
                _ => None,
            },
            _ => None,
        };
        let Some((base, owner)) = owner else { return self.int(ExprKind::Intern(expr), span) };
        let this = self.layout.exprs.push(Expr { kind: ExprKind::This, ty: Ty::Object(owner), span });
        let own = self.over(expr, this);
        let value = self.int(ExprKind::Intern(own), span);
        let attr = self.layout.attrs.push(Attr {
            instance: true,
            body: Body::Value(value),
            element: Ty::int(),
            ..Attr::empty(owner, span)
        });
        self.int(ExprKind::Attr(base, attr), span)
    }

    fn int(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.layout.exprs.push(Expr { kind, ty: Ty::int(), span })
    }

    /// Whether an expression joins literals and fields of objects; those objects.
    fn object_fields(&self, id: ExprId, bases: &mut Vec<ExprId>) -> bool {
        match self.layout.exprs[id].kind {
            ExprKind::Str(_) => true,
            ExprKind::Binary(Binary::Add, a, b) => {
                self.object_fields(a, bases) && self.object_fields(b, bases)
            }
            ExprKind::Attr(base, _) => {
                bases.push(base);
                true
            }
            _ => false,
        }
    }

    /// The same expression over another object.
    fn over(&mut self, id: ExprId, this: ExprId) -> ExprId {
        let mut expr = self.layout.exprs[id].clone();
        expr.kind = match expr.kind {
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.over(a, this), self.over(b, this));
                ExprKind::Binary(op, a, b)
            }
            ExprKind::Attr(_, attr) => ExprKind::Attr(this, attr),
            other => other,
        };
        self.layout.exprs.push(expr)
    }
}
