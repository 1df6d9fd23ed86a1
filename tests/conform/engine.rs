//! Every call into the library: schemas that are checked, and questions that a walk answers.
//!
//! The rest of the runner knows nothing of layouts and code, but for the names of fields' types (`names`).

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use bootgate::code::{self, Check, Forced, Options};
use bootgate::codes;
use bootgate::finding::{Blame, Finding, Severity};
use bootgate::layout::query::{At as Place, Query};
use bootgate::layout::ty::Ty;
use bootgate::layout::{self, Expr, ExprId, ExprKind, Input, Layout, QueryId, Role, Scope, Typer, Use, Want};
use bootgate::limits::{Limits, SchemaLimits};
use bootgate::schema::ast::Bundle;
use bootgate::schema::keys::expression_text;
use bootgate::schema::problems::Problems;
pub(crate) use bootgate::schema::scalar::is_null;
pub(crate) use bootgate::schema::yaml::{Node, Value as Yaml};
use bootgate::schema::{self, Files, SchemaError, Search};
use bootgate::span::{SourceId, Sources, Span};
use bootgate::table::Id;
use bootgate::text::Text;
use bootgate::walk::{self, At, Cause, Observer, Setting, Store, Trouble, Value};

use crate::custom;
use crate::names;
use crate::plain::Plain;

/// Something wrong with a schema.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The file that it is in.
    pub(crate) file: PathBuf,
    /// Where in the structure; `/` is the top level.
    pub(crate) key: String,
    /// Line and column, both from 1.
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) message: String,
    /// Whether the schema is accepted all the same.
    pub(crate) warning: bool,
}

impl Problem {
    /// The problems in few words.
    pub(crate) fn summary(problems: &[&Problem]) -> String {
        let words = problems.first().map(|p| p.words()).unwrap_or_default();
        match problems.len() {
            0 | 1 => words,
            many => format!("{words} (and {} more)", many - 1),
        }
    }

    /// Where it is, and what.
    pub(crate) fn words(&self) -> String {
        let file = self.file.file_name().unwrap_or_default().to_string_lossy();
        let (line, column) = self.place.unwrap_or_default();
        format!("{file}:{line}:{column}: {}: {}", self.key, self.message)
    }
}

/// Something that a walk stumbles over, in the words of the suite.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The suite's name of it: `EndOfStreamError`.
    pub(crate) kind: Option<&'static str>,
    /// The names that its type argument may have: `u1`.
    pub(crate) types: Vec<String>,
    /// The numbers that its message may have: bytes that were asked for, and bytes that there are.
    pub(crate) numbers: Vec<i128>,
    /// Whether it is that a value is not there, which an expectation may be.
    pub(crate) absent: bool,
    /// What it is in the library's own terms.
    pub(crate) text: String,
}

/// An assertion: what is evaluated, and what it must be unless that is nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'q> {
    pub(crate) actual: &'q str,
    pub(crate) expected: Option<&'q str>,
}

/// What came of a question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// Why the question was not asked: one of its expressions does not fit the schema.
    pub(crate) refused: Option<String>,
    /// What its evaluation stumbled over.
    pub(crate) faults: Vec<Fault>,
    /// The values of both expressions, as far as they were evaluated.
    pub(crate) values: Vec<Plain>,
    /// The enums that both expressions are of, by their full names.
    pub(crate) enums: Vec<Option<String>>,
}

/// What came of a walk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// What reading the fields stumbled over.
    pub(crate) faults: Vec<Fault>,
    /// One for each question.
    pub(crate) replies: Vec<Reply>,
}

/// A YAML text as a tree.
pub(crate) fn yaml(text: &str) -> Result<Node, String> {
    let mut problems = Problems::default();
    let node = schema::yaml::parse(SourceId(0), text, &SchemaLimits::default(), &mut problems);
    let first = problems.into_vec().into_iter().next().map(|problem| problem.kind.to_string());
    node.ok_or(first.unwrap_or_default())
}

/// Everything that is said about a schema and what it imports: reading, layout and lowering.
pub(crate) fn check(path: &Path, imports: &[PathBuf]) -> Vec<Problem> {
    match load(path, imports, &[]) {
        Ok((layout, warnings)) => {
            code::lower(&layout, Options::default());
            warnings
        }
        Err(problems) => problems,
    }
}

/// Walks content and evaluates questions on its top-level object; `also` are files that expectations name.
pub(crate) fn ask(
    path: &Path,
    imports: &[PathBuf],
    also: &[PathBuf],
    content: &[u8],
    questions: &[Question<'_>],
) -> Result<Outcome, Vec<Problem>> {
    let (mut layout, _) = load(path, imports, also)?;
    let mut replies: Vec<Reply> = Vec::new();
    for question in questions {
        mark(&mut layout);
        replies.push(add(&mut layout, question));
    }
    mark(&mut layout);
    // Generated parsers read an instance when it is asked for.
    let code = code::lower(&layout, Options { instances: Forced::None, partial: true });
    let outcome = Outcome { faults: Vec::new(), replies };
    let mut record = Record { layout: &layout, outcome, reached: None, known: Vec::new() };
    let (limits, processors) = (Limits::default(), custom::processors());
    let setting = Setting { classes: &[], limits: &limits, processors: &processors };
    walk::walk(&code, &[content], setting, &mut record);
    Ok(record.outcome)
}

/// The files of the suite.
struct Disk;

impl Files for Disk {
    fn find(&self, path: &Path) -> Option<PathBuf> {
        std::fs::canonicalize(path).ok().filter(|found| found.is_file())
    }

    fn text(&self, path: &Path) -> Result<String, Box<Finding>> {
        std::fs::read_to_string(path).map_err(|error| {
            let message = format!("`{}`: {error}", path.display());
            Finding::new(codes::FILE_UNREADABLE, Severity::Error, Blame::Environment, message).into()
        })
    }
}

/// The layout and what is warned of, or everything that is said of a schema that is refused.
fn load(path: &Path, imports: &[PathBuf], also: &[PathBuf]) -> Result<(Layout, Vec<Problem>), Vec<Problem>> {
    let mut sources = Sources::default();
    let mut bundle = read(&mut sources, path, imports)?;
    for path in also {
        let other = read(&mut sources, path, imports)?;
        bundle.imported.push(other.main);
        bundle.imported.extend(other.imported);
    }
    let problems = |errors: Vec<SchemaError>| errors.iter().map(|e| problem(e, &sources)).collect::<Vec<_>>();
    let role = bundle.main.root.name.value.clone();
    let mut layout = layout::build(&[Input { role: &role, schema: &bundle }]).map_err(problems)?;
    let warnings = problems(std::mem::take(&mut layout.warnings));
    Ok((layout, warnings))
}

fn read(sources: &mut Sources, path: &Path, imports: &[PathBuf]) -> Result<Bundle, Vec<Problem>> {
    let limits = SchemaLimits::default();
    let search = Search { files: &Disk, import_paths: imports, limits: &limits };
    schema::load(sources, path, search).map_err(|finding| {
        let (file, key, message) = (path.to_path_buf(), "/".to_string(), finding.message);
        vec![Problem { file, key, place: None, message, warning: false }]
    })
}

fn problem(error: &SchemaError, sources: &Sources) -> Problem {
    let key = if error.key.is_empty() { "/".to_string() } else { error.key.clone() };
    Problem {
        file: sources.get(error.span.source).map(|s| PathBuf::from(&s.name)).unwrap_or_default(),
        key,
        place: sources.line_column(error.span),
        message: error.kind.to_string(),
        warning: error.severity() == Severity::Warning,
    }
}

/// The text of an expression that stands in no file of the library's.
fn text(value: &str) -> Text {
    let span = Span { source: SourceId(u32::MAX), start: 0, end: 0 };
    Text::new(value, span, true, Vec::new())
}

fn query(layout: &mut Layout, answer: Vec<ExprId>) {
    let Some((root, context)) = layout.roots.entries().next().map(|(id, root)| (id, root.ty)) else { return };
    let at = Place { root, steps: Vec::new(), context, value: None };
    layout.queries.push(Query { at, when: None, answer, capacities: Vec::new(), absent: false });
}

/// A query that tells where the evaluation has come to: what follows belongs to the next question.
fn mark(layout: &mut Layout) {
    let kind = ExprKind::Bool(true);
    let expr = layout.exprs.push(Expr { kind, ty: Ty::Bool, span: text("").span });
    query(layout, vec![expr]);
}

/// Adds a question; one that cannot be asked becomes another mark, so that numbers stay in step.
fn add(layout: &mut Layout, question: &Question<'_>) -> Reply {
    let mut reply = Reply::default();
    let mut answer = Vec::new();
    for (name, expression) in [("actual", Some(question.actual)), ("expected", question.expected)] {
        let Some(expression) = expression else { continue };
        match typed(layout, expression) {
            Ok(expr) => {
                reply.enums.push(enumeration(layout, &layout.exprs[expr].ty));
                answer.push(expr);
            }
            Err(why) => {
                reply.refused = Some(format!("{name} `{expression}`: {why}"));
                break;
            }
        }
    }
    if reply.refused.is_some() {
        mark(layout)
    } else {
        query(layout, answer)
    }
    reply
}

fn typed(layout: &mut Layout, expression: &str) -> Result<ExprId, String> {
    let mut errors = Problems::default();
    let spec = expression_text(&text(expression), "", &mut errors);
    if let Some(error) = errors.into_vec().first() {
        return Err(error.kind.to_string());
    }
    let Some((spec, this)) = spec.zip(layout.roots.iter().next().map(|root| root.ty)) else {
        return Err("no expression".to_string());
    };
    let mut typer = Typer::new(layout, HashMap::new());
    let expr = typer.expression(&spec, &Scope::of(this), Want::Any).map_err(|e| e.kind.to_string())?;
    layout.uses.push(Use { expr, role: Role::Rule, attr: None });
    Ok(expr)
}

/// The full name of the enum that a value, or each element of a list, is of.
fn enumeration(layout: &Layout, ty: &Ty) -> Option<String> {
    match ty {
        Ty::Array(element) => enumeration(layout, element),
        Ty::Enum(id) => {
            let found = &layout.enums[*id];
            let mut path = vec![found.name.clone()];
            let mut owner = Some(found.owner);
            while let Some(ty) = owner.and_then(|id| layout.types.find(id)) {
                path.push(ty.name.clone());
                owner = ty.outer;
            }
            path.reverse();
            Some(path.join("::"))
        }
        _ => None,
    }
}

/// What is told during a walk. Queries alternate: a mark before each question, and one behind the last.
struct Record<'l> {
    layout: &'l Layout,
    outcome: Outcome,
    /// The last mark.
    reached: Option<usize>,
    /// The fault of each cause; none for notes.
    known: Vec<Option<Fault>>,
}

impl Observer for Record<'_> {
    fn trouble(&mut self, trouble: Trouble, _: Cause, at: At, _: &Store<'_, '_>) -> ControlFlow<()> {
        let fault = fault(self.layout, &trouble, &at);
        self.known.push(fault.clone());
        let reply = self.reached.and_then(|row| self.outcome.replies.get_mut(row));
        match (reply, fault) {
            (Some(reply), Some(fault)) => reply.faults.push(fault),
            (None, Some(fault)) => self.outcome.faults.push(fault),
            (_, None) => {}
        }
        ControlFlow::Continue(())
    }

    fn answer(
        &mut self,
        query: QueryId,
        _: usize,
        values: &[Value],
        _: At,
        store: &Store<'_, '_>,
    ) -> ControlFlow<()> {
        let row = query.row() / 2;
        if query.row().is_multiple_of(2) {
            self.reached = Some(row);
        } else if let Some(reply) = self.outcome.replies.get_mut(row).filter(|r| r.refused.is_none()) {
            reply.values = values.iter().map(|value| plain(self.layout, *value, store)).collect();
        }
        ControlFlow::Continue(())
    }

    fn skipped(&mut self, cause: Cause) {
        let fault = usize::try_from(cause.0).ok().and_then(|row| self.known.get(row)).cloned().flatten();
        let reply = self.reached.and_then(|row| self.outcome.replies.get_mut(row));
        if let Some((reply, fault)) = reply.zip(fault).filter(|(reply, _)| reply.faults.is_empty()) {
            reply.faults.push(fault);
        }
    }
}

/// A value without what it refers to.
fn plain(layout: &Layout, value: Value, store: &Store<'_, '_>) -> Plain {
    match value {
        Value::Absent => Plain::Null,
        Value::Int(n) => Plain::Int(n),
        Value::Float(n) => Plain::Float(n),
        Value::Bool(b) => Plain::Bool(b),
        Value::Str(slice) => Plain::Str(store.text(slice).to_string()),
        Value::Bytes(slice) => Plain::Bytes(store.bytes(slice).to_vec()),
        Value::Array(id) => {
            Plain::List(store.elements(id).iter().map(|v| plain(layout, *v, store)).collect())
        }
        Value::Object(id) => Plain::Other(format!("an object of {}", layout.types[store.get(id).ty].name)),
        Value::Stream(_) => Plain::Other("a stream".to_string()),
        Value::Pending | Value::Busy | Value::Unknown(_) => Plain::Other("an unknown value".to_string()),
    }
}

/// A trouble in the suite's words; none for what generated parsers do not look at.
fn fault(layout: &Layout, trouble: &Trouble, at: &At) -> Option<Fault> {
    let attr = at.attr.and_then(|attr| layout.attrs.find(attr));
    let mut numbers = Vec::new();
    let kind = match trouble {
        Trouble::Trailing | Trouble::Unreferenced | Trouble::Overlapping => return None,
        Trouble::UnexpectedEnd { needed, available } => {
            numbers.extend([i128::from(*needed), i128::from(*available)]);
            Some("EndOfStreamError")
        }
        // A runtime takes any position, and fails at the first byte that is not there.
        Trouble::Terminator(_) | Trouble::Position { .. } => Some("EndOfStreamError"),
        Trouble::Contents { .. } => Some("ValidationNotEqualError"),
        Trouble::Valid { check, .. } => Some(match check {
            Check::Eq => "ValidationNotEqualError",
            Check::Min => "ValidationLessThanError",
            Check::Max => "ValidationGreaterThanError",
            Check::AnyOf(_) => "ValidationNotAnyOfError",
            Check::Holds => "ValidationExprError",
            Check::InEnum(_) => "ValidationNotInEnumError",
        }),
        Trouble::NotANumber => Some("ConversionError"),
        Trouble::Undecided => Some("UndecidedEndiannessError"),
        _ => None,
    };
    let name = attr.map(|attr| attr.key.clone()).unwrap_or_default();
    let mut types = attr.map(names::of_attr).unwrap_or_default();
    types.extend(attr.and_then(|attr| enumeration(layout, &attr.element)));
    let absent = matches!(trouble, Trouble::Missing);
    Some(Fault { kind, types, numbers, absent, text: format!("{trouble:?} at {name} {}", at.range.start) })
}
