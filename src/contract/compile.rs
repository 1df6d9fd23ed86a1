//! A contract typed against the layout of its files: paths and expressions become queries.

use super::manifest::Manifest;
use super::raw::RawContract;
use super::text::Text;
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::layout::query::{At, Query, resolve};
use crate::layout::ty::Ty;
use crate::layout::{
    Attr, AttrId, Body, CapacityId, Expr, ExprId, ExprKind, Layout, Role, Scope, Typer, Use, Want,
};
use crate::schema::SchemaError;
use crate::schema::error::nearest_of;
use crate::schema::expr::Binary;
use crate::schema::keys::expression_text;
use crate::schema::problems::Problems;
use crate::span::Span;

/// What a query of a layout is for; rows of the contract's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The index of a `[[read]]` and its capacity.
    Read(usize),
    /// The count of a `[[declared]]` and its capacity.
    Declared(usize),
    /// The assertion of a `[[rule]]`.
    Rule(usize),
}

/// Adds the queries of a contract to a layout; what each is for, by the query's row.
///
/// # Errors
///
/// Every path that matches nothing, every expression that does not fit, every capacity that the contract does
/// not have.
pub fn compile(raw: &RawContract, layout: &mut Layout) -> Result<Vec<Purpose>, Vec<Finding>> {
    let mut work = Work { raw, layout, purposes: Vec::new(), findings: Vec::new() };
    for (row, read) in raw.reads.iter().enumerate() {
        let key = &read.place.key;
        let parts = [
            (&read.capacity, "capacity", Want::Text, Role::Capacity),
            (&read.index, "index", Want::Int, Role::Read),
        ];
        work.query(Purpose::Read(row), key, &read.at, read.when.as_ref(), &parts);
    }
    for (row, declared) in raw.declared.iter().enumerate() {
        let key = &declared.place.key;
        let parts = [
            (&declared.capacity, "capacity", Want::Text, Role::Capacity),
            (&declared.count, "count", Want::Int, Role::Count),
        ];
        work.query(Purpose::Declared(row), key, &declared.at, None, &parts);
    }
    for (row, rule) in raw.rules.iter().enumerate() {
        let key = &rule.place.key;
        let parts = [(&rule.assert, "assert", Want::Bool, Role::Rule)];
        work.query(Purpose::Rule(row), key, &rule.at, rule.when.as_ref(), &parts);
    }
    if work.findings.is_empty() { Ok(work.purposes) } else { Err(work.findings) }
}

/// Rules that a build cannot answer, because its manifest lacks a capacity that they name.
pub fn missing(
    raw: &RawContract,
    layout: &Layout,
    purposes: &[Purpose],
    builds: &[&Manifest],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (purpose, query) in purposes.iter().zip(layout.queries.iter()) {
        let Purpose::Rule(row) = purpose else { continue };
        let Some(rule) = raw.rules.get(*row) else { continue };
        for id in &query.capacities {
            let name = &layout.capacities[*id];
            let without: Vec<&Manifest> =
                builds.iter().filter(|b| !b.capacities.contains_key(name)).copied().collect();
            if without.is_empty() {
                continue;
            }
            let message = format!("no value of the capacity `{name}`, which a rule needs");
            let mut finding =
                Finding::new(codes::CAPACITY_MISSING, Severity::Error, Blame::Contract, message);
            finding.builds = super::build_names(&without);
            let at = (rule.assert.span, format!("{}/assert", rule.place.key));
            finding.labels.push(label(at, rule.because.value.clone(), true));
            if let Some(first) = without.first() {
                let at = (first.version.span, "/build/version".to_string());
                finding.labels.push(label(at, "this build has none".to_string(), false));
            }
            finding.help = Some(format!("add `capacity.\"{name}\"` to the manifests of these builds"));
            findings.push(finding);
        }
    }
    findings
}

fn label(at: (Span, String), text: String, primary: bool) -> Label {
    Label { span: at.0, text, key: Some(at.1), primary }
}

/// An expression of a contract: its text, its key, what it must be, what it is for.
type Part<'r> = (&'r Text, &'static str, Want, Role);

struct Work<'r, 'l> {
    raw: &'r RawContract,
    layout: &'l mut Layout,
    purposes: Vec<Purpose>,
    findings: Vec<Finding>,
}

impl Work<'_, '_> {
    fn query(&mut self, purpose: Purpose, key: &str, path: &Text, when: Option<&Text>, parts: &[Part<'_>]) {
        let at = match resolve(self.layout, &path.value) {
            Ok(at) => at,
            Err((kind, range)) => {
                let mut finding = Finding::new(
                    codes::PATH_UNKNOWN,
                    Severity::Error,
                    Blame::Contract,
                    format!("the path `{}` matches nothing: {kind}", path.value),
                );
                finding.labels.push(label((path.sub(range), format!("{key}/at")), String::new(), true));
                self.findings.push(finding);
                return;
            }
        };
        let known = self.layout.exprs.len();
        let when =
            when.map(|when| self.expression(when, &format!("{key}/when"), &at, Want::Bool, Role::When));
        let answer: Vec<Option<ExprId>> = parts
            .iter()
            .map(|(text, name, want, role)| {
                let expr = self.expression(text, &format!("{key}/{name}"), &at, *want, *role)?;
                Some(if *role == Role::Capacity { self.number(expr) } else { expr })
            })
            .collect();
        let Some(answer) = answer.into_iter().collect::<Option<Vec<_>>>() else { return };
        let Some(when) = when.map_or(Some(None), |w| w.map(Some)) else { return };
        let mut capacities: Vec<CapacityId> = Vec::new();
        for expr in self.layout.exprs.iter().skip(known) {
            if let ExprKind::Capacity(id) = expr.kind
                && !capacities.contains(&id)
            {
                capacities.push(id);
            }
        }
        self.layout.queries.push(Query { at, when, answer, capacities });
        self.purposes.push(purpose);
    }

    fn expression(&mut self, text: &Text, key: &str, at: &At, want: Want, role: Role) -> Option<ExprId> {
        let mut errors = Problems::default();
        let spec = expression_text(text, key, &mut errors);
        let typed = spec.map(|spec| {
            let it = Some(at.it(self.layout));
            let scope = Scope { this: at.context, it, index: false, contract: true };
            let mut typer = Typer::new(self.layout, std::collections::HashMap::new());
            typer.expression(&spec, &scope, want)
        });
        for error in errors.into_vec() {
            self.error(error);
        }
        match typed? {
            Ok(expr) => {
                self.layout.uses.push(Use { expr, role, attr: None });
                self.capacities(expr, key);
                Some(expr)
            }
            Err(error) => {
                self.error(error);
                None
            }
        }
    }

    fn error(&mut self, error: SchemaError) {
        self.findings.push(Finding { blame: Blame::Contract, ..Finding::from(error) });
    }

    /// Every capacity that an expression names as a literal must be one of the contract's.
    fn capacities(&mut self, whole: ExprId, key: &str) {
        let mut open = vec![whole];
        while let Some(id) = open.pop() {
            let expr = &self.layout.exprs[id];
            let name = match &expr.kind {
                ExprKind::Capacity(id) => Some(self.layout.capacities[*id].clone()),
                ExprKind::Str(name) if id == whole && key.ends_with("/capacity") => Some(name.clone()),
                _ => None,
            };
            let span = expr.span;
            expr.kind.children(&mut open);
            let Some(name) = name.filter(|name| !self.raw.capacities.contains_key(name)) else { continue };
            let nearest = nearest_of(&name, self.raw.capacities.keys().map(String::as_str));
            let message = format!("the contract has no capacity `{name}`");
            let mut finding =
                Finding::new(codes::CAPACITY_UNDECLARED, Severity::Error, Blame::Contract, message);
            finding.labels.push(label((span, key.to_string()), String::new(), true));
            finding.help = Some(match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("declare it: `[capacity.\"{name}\"]`"),
            });
            self.findings.push(finding);
        }
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

/// The fields of the object at hand that an expression reads directly.
pub fn own_fields(layout: &Layout, id: ExprId) -> Vec<AttrId> {
    let mut fields = Vec::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let kind = &layout.exprs[id].kind;
        if let ExprKind::Attr(base, attr) = kind
            && layout.exprs[*base].kind == ExprKind::This
        {
            fields.push(*attr);
        }
        kind.children(&mut open);
    }
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// Builds that no rule can tell apart: the capacities that rules name, and the builds' rows.
pub fn classes(layout: &Layout, builds: &[&Manifest]) -> Vec<(Vec<Option<u64>>, Vec<usize>)> {
    let mut classes: Vec<(Vec<Option<u64>>, Vec<usize>)> = Vec::new();
    for (row, build) in builds.iter().enumerate() {
        let values: Vec<Option<u64>> =
            layout.capacities.iter().map(|name| build.capacities.get(name).map(|c| c.value)).collect();
        match classes.iter_mut().find(|(known, _)| *known == values) {
            Some((_, rows)) => rows.push(row),
            None => classes.push((values, vec![row])),
        }
    }
    classes
}
