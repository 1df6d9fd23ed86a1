//! Reading the keys of a mapping: each must be known, and is taken once.

use super::ast::{ExprSpec, TypeUse};
use super::error::{Kind, SchemaError, nearest_of};
use super::expr;
use super::yaml::{Node, Value};
use crate::limits;
use crate::span::Span;
use crate::text::Text;

/// Every error of a schema, up to a limit.
#[derive(Debug, Default)]
pub struct Errors(Vec<SchemaError>);

impl Errors {
    /// Adds an error; beyond the limit it is dropped.
    pub fn add(&mut self, kind: Kind, span: Span, key: &str) {
        if self.is_full() {
            return;
        }
        let error = SchemaError { kind, span, key: key.to_string() };
        // What several places need is wrong once.
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    /// Whether no further error is taken: then looking for more is of no use.
    pub fn is_full(&self) -> bool {
        self.0.len() >= limits::SCHEMA_ERRORS
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors, in the order in which they were found.
    pub fn into_vec(self) -> Vec<SchemaError> {
        self.0
    }
}

/// The entries of one mapping that were not taken yet.
pub struct Keys<'n> {
    entries: Vec<(&'n Text, &'n Node)>,
    /// The mapping.
    pub span: Span,
    /// Where the mapping is.
    pub key: String,
}

impl<'n> Keys<'n> {
    /// The entries of a mapping; an error and none where the node is something else.
    pub fn of(node: &'n Node, key: &str, errors: &mut Errors) -> Keys<'n> {
        let entries = match &node.value {
            Value::Map(entries) => entries.iter().map(|(k, v)| (k, v)).collect(),
            _ => {
                let found = node.kind().to_string();
                errors.add(Kind::WrongKind { expected: "a mapping", found }, node.span, key);
                Vec::new()
            }
        };
        Keys { entries, span: node.span, key: key.to_string() }
    }

    /// The place of an entry of this mapping.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.key)
    }

    /// Takes an entry, if it is there.
    pub fn take(&mut self, name: &str) -> Option<&'n Node> {
        let index = self.entries.iter().position(|(k, _)| k.value == name)?;
        Some(self.entries.remove(index).1)
    }

    /// Takes an entry that must be there.
    pub fn need(&mut self, name: &'static str, errors: &mut Errors) -> Option<&'n Node> {
        let node = self.take(name);
        if node.is_none() {
            errors.add(Kind::Missing(name), self.span, &self.key);
        }
        node
    }

    /// Takes all entries that are left.
    pub fn rest(&mut self) -> Vec<(&'n Text, &'n Node)> {
        std::mem::take(&mut self.entries)
    }

    /// Reports what was not taken: documentation is skipped, `unsupported` keys are named as such.
    pub fn finish(self, known: &[&str], unsupported: &[&str], errors: &mut Errors) {
        for (name, _) in &self.entries {
            if errors.is_full() {
                return;
            }
            let text = name.value.as_str();
            let key = self.at(text);
            if text == "doc" || text == "doc-ref" || text.starts_with('-') {
                continue;
            }
            if unsupported.contains(&text) {
                errors.add(Kind::Unsupported(format!("`{text}`")), name.span, &key);
            } else if known.contains(&text) {
                let why = format!("`{text}` does not go with the other keys here");
                errors.add(Kind::Invalid(why), name.span, &key);
            } else {
                let all = known.iter().chain(unsupported).copied();
                let nearest = nearest_of(text, all);
                errors.add(Kind::KeyUnknown { key: text.to_string(), nearest }, name.span, &key);
            }
        }
    }
}

/// A scalar's text.
pub fn text<'n>(node: &'n Node, key: &str, errors: &mut Errors) -> Option<&'n Text> {
    match &node.value {
        Value::Scalar(text) if !super::yaml::is_null(text) => Some(text),
        _ => {
            let found = node.kind().to_string();
            errors.add(Kind::WrongKind { expected: "a scalar", found }, node.span, key);
            None
        }
    }
}

/// `true` or `false`.
pub fn boolean(node: &Node, key: &str, errors: &mut Errors) -> Option<bool> {
    match text(node, key, errors)?.value.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            let found = format!("`{other}`");
            errors.add(Kind::WrongKind { expected: "`true` or `false`", found }, node.span, key);
            None
        }
    }
}

/// A list's items.
pub fn list<'n>(node: &'n Node, key: &str, errors: &mut Errors) -> &'n [Node] {
    match &node.value {
        Value::Seq(items) => items,
        _ => {
            let found = node.kind().to_string();
            errors.add(Kind::WrongKind { expected: "a list", found }, node.span, key);
            &[]
        }
    }
}

/// An integer written as YAML or as the expression language writes them.
pub fn integer(node: &Node, key: &str, errors: &mut Errors) -> Option<i128> {
    let text = text(node, key, errors)?;
    let number = integer_value(&text.value);
    if number.is_none() {
        let found = format!("`{}`", text.value);
        errors.add(Kind::WrongKind { expected: "an integer", found }, node.span, key);
    }
    number
}

/// The value of an integer's text: decimal, `0x`, `0o`, `0b`, with `_` between digits and a sign.
pub fn integer_value(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let ast = expr::parse(digits).ok()?;
    match ast.get(ast.root)?.kind {
        expr::Kind::Int(number) => Some(sign * number),
        _ => None,
    }
}

/// An expression.
pub fn expression(node: &Node, key: &str, errors: &mut Errors) -> Option<ExprSpec> {
    expression_text(text(node, key, errors)?, key, errors)
}

/// The name of a type, with or without arguments.
pub fn type_use(node: &Node, key: &str, errors: &mut Errors) -> Option<TypeUse> {
    let text = text(node, key, errors)?;
    match expr::parse_type(&text.value) {
        Ok(call) => {
            let args = call.args.map(|ast| ExprSpec { text: text.clone(), ast, key: key.to_string() });
            Some(TypeUse { text: text.clone(), key: key.to_string(), name: call.name, args })
        }
        Err(e) => {
            let at = e.at.min(text.value.len());
            errors.add(Kind::Expression(e.expected), text.sub(at..at), key);
            None
        }
    }
}

/// An expression from its text.
pub fn expression_text(text: &Text, key: &str, errors: &mut Errors) -> Option<ExprSpec> {
    match expr::parse(&text.value) {
        Ok(ast) => Some(ExprSpec { text: text.clone(), ast, key: key.to_string() }),
        Err(e) => {
            let at = e.at.min(text.value.len());
            errors.add(Kind::Expression(e.expected), text.sub(at..at), key);
            None
        }
    }
}
