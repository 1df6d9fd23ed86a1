//! A contract typed against the layout of its files: paths and expressions become queries.

use super::asker::{Asker, Named};
use super::manifest::Manifest;
use super::raw::RawContract;
use super::text::Text;
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::layout::query::{At, Query, resolve};
use crate::layout::ty::Ty;
use crate::layout::{AttrId, CapacityId, Expr, ExprId, ExprKind, Input, Layout, Role, Want, build};
use crate::schema::SchemaError;
use crate::schema::ast::Bundle;
use crate::span::Span;

/// What a query of a layout is for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The row of the question in [`RawContract::questions`].
    pub question: usize,
    /// The capacities that it names by `capacity("…")` and rests on.
    pub named: Vec<Named>,
    /// Whether it is about the capacities in the question's `when` alone: where that is false, too, it rests on them.
    pub only_evidence: bool,
    /// How many steps of its path lead to the object within which answers are compared; 0 for the whole file.
    pub within: usize,
}

/// The layout of a contract's files with its queries, and what each is for; `schemas` are those of its files, in
/// their order.
///
/// # Errors
///
/// Everything that is wrong with the schemas, or else with the contract.
pub fn typed(raw: &RawContract, schemas: &[Bundle]) -> Result<(Layout, Vec<Asked>), Vec<Finding>> {
    let files = raw.files.iter().zip(schemas);
    let inputs: Vec<Input<'_>> =
        files.map(|(file, schema)| Input { role: &file.role.value, schema }).collect();
    let findings = |errors: Vec<SchemaError>| errors.into_iter().map(Finding::from).collect::<Vec<_>>();
    let mut layout = build(&inputs).map_err(findings)?;
    let asked = compile(raw, &mut layout)?;
    Ok((layout, asked))
}

/// Adds the queries of a contract to a layout; what each is for, by the query's row.
///
/// # Errors
///
/// Every path that matches nothing, every expression that does not fit, every capacity that the contract does
/// not have.
pub fn compile(raw: &RawContract, layout: &mut Layout) -> Result<Vec<Asked>, Vec<Finding>> {
    let mut work = Work { raw, layout, asked: Vec::new(), findings: Vec::new() };
    for row in 0..raw.questions.len() {
        work.question(row);
    }
    if work.findings.is_empty() {
        return Ok(work.asked);
    }
    // Questions are in the order of their kinds; what is wrong with them is read from top to bottom.
    work.findings.sort_by_key(|finding| finding.labels.first().map(|label| label.span));
    Err(work.findings)
}

/// Questions that a build cannot answer, because its manifest lacks a capacity that they name.
pub fn missing(raw: &RawContract, layout: &Layout, asked: &[Asked], builds: &[&Manifest]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for asked in asked {
        let Some(question) = raw.questions.get(asked.question) else { continue };
        let mut told: Vec<CapacityId> = Vec::new();
        for named in &asked.named {
            let name = &layout.capacities[named.capacity];
            let without: Vec<&Manifest> =
                builds.iter().filter(|b| !b.capacities.contains_key(name)).copied().collect();
            if without.is_empty() || told.contains(&named.capacity) {
                continue;
            }
            told.push(named.capacity);
            let message = format!("no value of the capacity `{name}`, which a rule needs");
            let mut finding =
                Finding::new(codes::CAPACITY_MISSING, Severity::Error, Blame::Contract, message);
            finding.builds = super::build_names(&without);
            let at = (named.span, named.key.clone());
            finding.labels.push(label(at, question.because.value.clone(), true));
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

/// A path of the contract.
pub(super) fn path(layout: &Layout, path: &Text, key: &str) -> Result<At, Box<Finding>> {
    resolve(layout, &path.value).map_err(|(kind, range)| {
        let message = format!("the path `{}` matches nothing: {kind}", path.value);
        let mut finding = Finding::new(codes::PATH_UNKNOWN, Severity::Error, Blame::Contract, message);
        finding.labels.push(label((path.sub(range), key.to_string()), String::new(), true));
        Box::new(finding)
    })
}

struct Work<'r, 'l> {
    raw: &'r RawContract,
    layout: &'l mut Layout,
    asked: Vec<Asked>,
    findings: Vec<Finding>,
}

impl Work<'_, '_> {
    fn question(&mut self, row: usize) {
        let Some(question) = self.raw.questions.get(row) else { return };
        let key = &question.place.key;
        let at = match path(self.layout, &question.at, &format!("{key}/at")) {
            Ok(at) => at,
            Err(finding) => {
                self.findings.push(*finding);
                return;
            }
        };
        let mut asker = Asker {
            layout: self.layout,
            known: &self.raw.capacities,
            key,
            at: &at,
            findings: &mut self.findings,
            named: Vec::new(),
            conditions: Vec::new(),
            absent: false,
            within: 0,
        };
        let when = question.when.as_ref().map(|when| asker.expression("when", when, Want::Bool, Role::When));
        let condition = std::mem::take(&mut asker.named);
        let answer = question.kind.ask(&mut asker);
        let (Some(when), Some(answer)) = (when.map_or(Some(None), |w| w.map(Some)), answer) else { return };
        let when = asker.all(when);
        let Asker { named, absent, within, .. } = asker;
        let all = capacities(named.iter().chain(&condition));
        self.layout.queries.push(Query { at: at.clone(), when, answer, capacities: all, absent });
        self.asked.push(Asked { question: row, named, only_evidence: false, within });
        if !condition.is_empty() {
            let span = question.place.span;
            let asked = self.layout.exprs.push(Expr { kind: ExprKind::Bool(true), ty: Ty::Bool, span });
            let capacities = capacities(condition.iter());
            self.layout.queries.push(Query { at, when: None, answer: vec![asked], capacities, absent });
            self.asked.push(Asked { question: row, named: condition, only_evidence: true, within });
        }
    }
}

/// The capacities of some expressions, each once.
fn capacities<'n>(named: impl Iterator<Item = &'n Named>) -> Vec<CapacityId> {
    let mut capacities: Vec<CapacityId> = named.map(|named| named.capacity).collect();
    capacities.sort_unstable();
    capacities.dedup();
    capacities
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
