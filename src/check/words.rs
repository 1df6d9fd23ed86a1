//! Troubles and values in words.

use super::plan::Plan;
use super::shown::{bytes, hex, number, sum_shown};
use crate::checksum::{Algorithm, Sum};
use crate::code::{Check, Constant};
use crate::codes;
use crate::finding::{Blame, Finding, Label, Severity};
use crate::layout::{Attr, Body, Extent, QueryId, Repeat, ValidKind};
use crate::limits::Limits;
use crate::span::{Sources, Span};
use crate::walk::value::Slice;
use crate::walk::{At, Store, Trouble, Value};

/// Puts troubles in words, for one plan.
#[derive(Clone, Copy)]
pub(super) struct Words<'p> {
    pub(super) plan: &'p Plan,
    pub(super) sources: &'p Sources,
}

impl Words<'_> {
    /// A trouble as a finding without its place.
    pub(super) fn finding(&self, trouble: &Trouble, at: &At, store: &Store<'_, '_>) -> Finding {
        let attr = at.attr.and_then(|id| self.plan.layout.attrs.find(id));
        let asked = at.query.and_then(|query| self.question(query));
        let name = match (&asked, attr) {
            (Some(_), _) => "the contract".to_string(),
            (None, Some(attr)) => format!("`{}`", self.attr_name(attr)),
            (None, None) => format!("`{}`", self.type_name(at, store)),
        };
        let error = |code, message: String| Finding::new(code, Severity::Error, Blame::Content, message);
        let mut finding = match trouble {
            Trouble::UnexpectedEnd { needed, available } => {
                let mut f = error(codes::UNEXPECTED_END, format!("the bytes end within {name}"));
                f.found = Some(format!("{} left", bytes(*available)));
                f.expected = Some(format!("{} for {name}", bytes(*needed)));
                f
            }
            Trouble::Contents { expected } => self.contents(&name, *expected, at, store),
            Trouble::Valid { check, value, operands } => {
                self.valid(&name, attr, *check, *value, operands, store)
            }
            Trouble::Checksum { stored, computed } => {
                let algorithm = attr.and_then(|attr| attr.checksum.as_ref()).map(|c| c.algorithm);
                let mut f = error(
                    codes::CHECKSUM_MISMATCH,
                    format!("{name} is not the checksum of the bytes it covers"),
                );
                let shown = |sum: &Sum| sum_shown(sum, algorithm);
                f.found = Some(shown(stored));
                let name = algorithm.map_or("", Algorithm::name);
                f.expected = Some(format!("{} ({name})", shown(computed)));
                f.help = Some("the file was changed or cut after it was built: build it again".into());
                f
            }
            Trouble::Position { position, size } => {
                let mut f = error(codes::POSITION_OUTSIDE, format!("{name} lies outside its stream"));
                f.found = Some(format!("position {}", number(*position)));
                f.expected = Some(format!("a position from 0 to {size}, the size of the stream in bytes"));
                f
            }
            Trouble::Index { index, len } => {
                let mut f = error(
                    codes::INDEX_OUT_OF_RANGE,
                    format!("an expression of {name} asks for an element that is not there"),
                );
                f.found = Some(format!("index {}", number(*index)));
                f.expected = Some(match len {
                    0 => "nothing: the list is empty".into(),
                    len => format!("an index from 0 to {}", len - 1),
                });
                f
            }
            Trouble::Size(size) => {
                let mut f = error(
                    codes::SIZE_NOT_POSSIBLE,
                    format!("{name} has a size or count that is not possible"),
                );
                f.found = Some(number(*size));
                f.expected = Some("a number from 0 to 18446744073709551615".into());
                f
            }
            Trouble::Overflow => error(codes::INTEGER_OVERFLOW, format!("an expression of {name} overflows")),
            Trouble::DivisionByZero => {
                error(codes::DIVISION_BY_ZERO, format!("an expression of {name} divides by zero"))
            }
            Trouble::Encoding(good) => {
                let mut f = error(codes::ENCODING_ERROR, format!("{name} is not text in its encoding"));
                f.found = Some(format!("a byte that does not fit, {} in", bytes(*good)));
                f
            }
            Trouble::Terminator(sought) => {
                let mut f = error(codes::TERMINATOR_MISSING, format!("{name} has no end"));
                f.expected = Some(match store.bytes(store.constant(*sought)) {
                    [byte] => format!("a byte {byte:#04x} before the region ends"),
                    bytes => format!("the bytes {} before the region ends", hex(bytes)),
                });
                f
            }
            Trouble::Undecided => error(
                codes::ENDIANNESS_UNDECIDED,
                format!("{name} has no byte order: no case of the schema's `endian` applies"),
            ),
            Trouble::Process(why) => {
                let mut f = error(codes::PROCESS_FAILED, format!("the bytes of {name} cannot be decoded"));
                f.found = Some(why.clone());
                f
            }
            Trouble::Processor(process) => {
                let mut f = Finding::new(
                    codes::PROCESSOR_MISSING,
                    Severity::Error,
                    Blame::Environment,
                    format!("{name} needs the custom process `{process}`, which nothing supplies"),
                );
                let key = if process.contains('.') { format!("\"{process}\"") } else { process.clone() };
                f.help = Some(format!(
                    "supply a command: `--process {process}=COMMAND`, or `command` below `[process.{key}]` in \
                     bootgate.toml"
                ));
                f
            }
            Trouble::Missing => error(
                codes::MISSING_VALUE,
                format!("an expression of {name} needs a value that is not there"),
            ),
            Trouble::OtherType => error(
                codes::MISSING_VALUE,
                format!("an expression of {name} needs a value of another type than is there"),
            ),
            Trouble::Loop => error(codes::INSTANCE_LOOP, format!("{name} needs its own value")),
            Trouble::NotANumber => error(
                codes::CONVERSION_ERROR,
                format!("an expression of {name} reads a number from what is none"),
            ),
            Trouble::Limit(limit, value) => {
                let mut f = error(codes::LIMIT_EXCEEDED, format!("the limit `{limit}` is reached"));
                f.expected = Some(format!("at most {value}"));
                f.notes.push("the walk ended here: what follows was not looked at".into());
                // The others cannot be set.
                f.help = Limits::describe(limit).map(|limit| limit.how_to_raise());
                f
            }
            Trouble::Trailing => self.undescribed(
                codes::TRAILING_BYTES,
                self.plan.setup.severities.trailing,
                format!("bytes after the end of {name} that nothing describes"),
                at,
            ),
            Trouble::Unreferenced => self.undescribed(
                codes::UNREFERENCED_BYTES,
                self.plan.setup.severities.unreferenced,
                format!("bytes within {name} that nothing describes"),
                at,
            ),
            Trouble::Overlapping => self.undescribed(
                codes::OVERLAPPING_BYTES,
                self.plan.setup.severities.overlapping,
                format!("{name} takes bytes that are part of something else"),
                at,
            ),
        };
        match (asked, attr) {
            (Some(label), _) => finding.labels.push(label),
            (None, Some(attr)) => finding.labels.push(self.label(attr, trouble)),
            (None, None) => {}
        }
        finding
    }

    /// The contract's line that asks a question.
    fn question(&self, query: QueryId) -> Option<Label> {
        let question = self.plan.question(query)?;
        let (part, text) = question.kind.subject();
        let key = Some(format!("{}/{part}", question.place.key));
        Some(Label { span: text.span, text: String::new(), key, primary: true })
    }

    /// The schema's line that asks for what a trouble is about.
    fn label(&self, attr: &Attr, trouble: &Trouble) -> Label {
        let exprs = &self.plan.layout.exprs;
        let expression = |id| exprs[id].span;
        let (span, part) = match trouble {
            Trouble::Valid { .. } => match &attr.valid {
                Some(valid) => (valid.span, "/valid"),
                None => (attr.span, ""),
            },
            Trouble::Checksum { .. } => match &attr.checksum {
                Some(checksum) => (checksum.span, "/-checksum"),
                None => (attr.span, ""),
            },
            Trouble::Position { .. } => attr.pos.map_or((attr.span, ""), |e| (expression(e), "/pos")),
            Trouble::UnexpectedEnd { .. } | Trouble::Size(_) => match (attr.extent, attr.repeat) {
                (Extent::Size(size), _) => (expression(size), "/size"),
                (_, Repeat::Times(count)) if matches!(trouble, Trouble::Size(_)) => {
                    (expression(count), "/repeat-expr")
                }
                _ => (attr.span, ""),
            },
            Trouble::Contents { .. }
            | Trouble::Encoding(_)
            | Trouble::Terminator(_)
            | Trouble::Undecided
            | Trouble::Loop
            | Trouble::Limit(..)
            | Trouble::Trailing
            | Trouble::Unreferenced
            | Trouble::Overlapping => (attr.span, ""),
            Trouble::Process(_) | Trouble::Processor(_) => match &attr.process {
                Some(process) => (process.span, "/process"),
                None => (attr.span, ""),
            },
            // What an expression stumbles over; of several expressions it is not known which.
            _ => match attr.body {
                Body::Value(value) => (expression(value), "/value"),
                _ => (attr.span, ""),
            },
        };
        Label {
            span: self.first_line(span),
            text: String::new(),
            key: Some(format!("{}{part}", attr.key)),
            primary: true,
        }
    }

    /// The part of a span that is on its first line.
    fn first_line(&self, span: Span) -> Span {
        let text = self.sources.get(span.source).map_or("", |s| &*s.text);
        let range = usize::try_from(span.start).ok().zip(usize::try_from(span.end).ok());
        let inner = range.and_then(|(start, end)| text.get(start..end)).unwrap_or("");
        let line = inner.lines().next().unwrap_or("").trim_end();
        let len = u32::try_from(line.len()).unwrap_or(0);
        Span { end: span.start.saturating_add(len), ..span }
    }

    fn contents(&self, name: &str, expected: Constant, at: &At, store: &Store<'_, '_>) -> Finding {
        let message = format!("{name} has other bytes than the format fixes");
        let mut finding = Finding::new(codes::CONTENTS_MISMATCH, Severity::Error, Blame::Content, message);
        let stream = store.get(at.object).stream;
        let len = at.range.end - at.range.start;
        let buffer = store.stream(stream).buffer;
        finding.found = Some(hex(store.bytes(Slice { buffer, start: at.range.start, len })));
        finding.expected = Some(hex(store.bytes(store.constant(expected))));
        finding
    }

    fn valid(
        &self,
        name: &str,
        attr: Option<&Attr>,
        check: Check,
        value: Value,
        operands: &[Value],
        store: &Store<'_, '_>,
    ) -> Finding {
        let message = format!("{name} has a value that the format does not allow");
        let mut finding = Finding::new(codes::VALUE_NOT_VALID, Severity::Error, Blame::Content, message);
        let ty = attr.map(|a| &a.element);
        let word = |value: &Value| self.value(*value, ty, store);
        let first = operands.first().map(word).unwrap_or_default();
        if !matches!(value, Value::Object(_)) {
            finding.found = Some(word(&value));
        }
        finding.expected = match check {
            Check::Eq => Some(first),
            Check::Min => Some(format!("at least {first}")),
            Check::Max => Some(format!("at most {first}")),
            Check::AnyOf(_) => {
                let all: Vec<String> = operands.iter().map(word).collect();
                Some(format!("one of {}", all.join(", ")))
            }
            Check::Holds => attr.and_then(|a| self.asked(a)),
            Check::InEnum(id) => {
                let members = self.plan.layout.enums[id].members.iter();
                let all: Vec<String> = members.map(|(v, n)| format!("{v} {n}")).collect();
                Some(format!("a member of `{}`: {}", self.plan.layout.enums[id].name, all.join(", ")))
            }
        };
        finding
    }

    /// The expression of a constraint, as it is written.
    fn asked(&self, attr: &Attr) -> Option<String> {
        let ValidKind::Expr(expr) = attr.valid.as_ref()?.kind else { return None };
        let text = self.text(self.plan.layout.exprs[expr].span)?;
        Some(format!("`{}`", text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// A part of a source text.
    pub(super) fn text(&self, span: Span) -> Option<&str> {
        let start = usize::try_from(span.start).ok()?;
        let end = usize::try_from(span.end).ok()?;
        self.sources.get(span.source)?.text.get(start..end)
    }

    fn undescribed(&self, code: &'static str, severity: Severity, message: String, at: &At) -> Finding {
        let mut finding = Finding::new(code, severity, Blame::Content, message);
        finding.found = Some(bytes(at.range.end - at.range.start));
        finding
    }

    /// The name of a field; of the type, where the field has none.
    pub(super) fn attr_name(&self, attr: &Attr) -> String {
        match &attr.name {
            Some(name) => name.clone(),
            None => self.plan.layout.types[attr.owner].name.clone(),
        }
    }

    fn type_name(&self, at: &At, store: &Store<'_, '_>) -> String {
        let object = store.get(at.object);
        match object.attr.and_then(|id| self.plan.layout.attrs.find(id)) {
            Some(attr) => self.attr_name(attr),
            None => self.plan.layout.types[object.ty].name.clone(),
        }
    }
}

/// The name of what a path's last field holds: `criterion` for `criteria[]`.
pub(super) fn noun(plan: &Plan, attr: Option<crate::layout::AttrId>) -> String {
    let attr = attr.and_then(|id| plan.layout.attrs.find(id));
    match attr.map(|a| (&a.body, a)) {
        Some((Body::Object(ty, _), _)) => plan.layout.types[*ty].name.replace('_', " "),
        Some((_, attr)) => attr.name.clone().unwrap_or_else(|| "field".into()),
        None => "file".into(),
    }
}

/// A line of the contract or a manifest.
pub(super) fn label(span: Span, key: &str, text: &str, primary: bool) -> Label {
    Label { span, text: text.to_string(), key: Some(key.to_string()), primary }
}
