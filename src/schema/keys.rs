//! Reading the keys of a mapping: each must be known, and is taken once.

use super::ast::{ExprSpec, TypeUse};
use super::error::{Kind, nearest_of};
use super::expr;
use super::problems::Problems;
use super::scalar::{self, is_null};
use super::yaml::{Node, Value};
use crate::limits;
use crate::span::Span;
use crate::text::Text;

/// The entries of one mapping that were not taken yet.
pub struct Keys<'n> {
    entries: Vec<(&'n Text, &'n Node)>,
    /// The mapping.
    pub span: Span,
    /// Where the mapping is.
    pub key: String,
}

impl<'n> Keys<'n> {
    /// The entries of a mapping; an error where the node is something else.
    pub fn of(node: &'n Node, key: &str, problems: &mut Problems) -> Option<Keys<'n>> {
        let Value::Map(entries) = &node.value else {
            let found = node.kind().to_string();
            problems.add(Kind::WrongKind { expected: "a mapping", found }, node.span, key);
            return None;
        };
        let entries = entries.iter().map(|(k, v)| (k, v)).collect();
        Some(Keys { entries, span: node.span, key: key.to_string() })
    }

    /// The place of an entry of this mapping.
    pub fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.key)
    }

    /// An entry that was not taken yet.
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(k, _)| k.value == name).map(|(_, node)| *node)
    }

    /// Takes an entry, if it is there.
    pub fn take(&mut self, name: &str) -> Option<&'n Node> {
        let index = self.entries.iter().position(|(k, _)| k.value == name)?;
        Some(self.entries.remove(index).1)
    }

    /// Takes an entry and reads it.
    pub fn read<T>(
        &mut self,
        name: &str,
        problems: &mut Problems,
        read: impl FnOnce(&'n Node, &str, &mut Problems) -> Option<T>,
    ) -> Option<T> {
        let node = self.take(name)?;
        read(node, &self.at(name), problems)
    }

    /// Takes an entry that must be there.
    pub fn need(&mut self, name: &'static str, problems: &mut Problems) -> Option<&'n Node> {
        let node = self.take(name);
        if node.is_none() {
            problems.add(Kind::Missing(name), self.span, &self.key);
        }
        node
    }

    /// Takes all entries that are left.
    pub fn rest(&mut self) -> Vec<(&'n Text, &'n Node)> {
        std::mem::take(&mut self.entries)
    }

    /// Takes the entries that have no place here, and reports each with the reason.
    pub fn refuse(&mut self, problems: &mut Problems, why: impl Fn(&str) -> Option<String>) {
        let entries = std::mem::take(&mut self.entries);
        for (name, node) in entries {
            match why(&name.value) {
                Some(why) => problems.add(Kind::Invalid(why), name.span, &self.at(&name.value)),
                None => self.entries.push((name, node)),
            }
        }
    }

    /// Takes `doc` and `doc-ref`.
    pub fn docs(&mut self, problems: &mut Problems) {
        self.read("doc", problems, text);
        if let Some(node) = self.take("doc-ref") {
            texts(node, &self.at("doc-ref"), problems);
        }
    }

    /// Reports what was not taken: only keys that begin with `-` are anybody's.
    pub fn finish(self, known: &[&str], problems: &mut Problems) {
        for (name, _) in &self.entries {
            if problems.is_full() {
                return;
            }
            let text = name.value.as_str();
            if !text.starts_with('-') {
                let nearest = nearest_of(text, known.iter().copied());
                problems.add(Kind::KeyUnknown { key: text.to_string(), nearest }, name.span, &self.at(text));
            }
        }
    }
}

/// A scalar's text.
pub fn text<'n>(node: &'n Node, key: &str, problems: &mut Problems) -> Option<&'n Text> {
    match &node.value {
        Value::Scalar(text) if !is_null(text) => Some(text),
        _ => {
            let found = node.kind().to_string();
            problems.add(Kind::WrongKind { expected: "a scalar", found }, node.span, key);
            None
        }
    }
}

/// A text or a list of texts, each with its place.
pub fn texts<'n>(node: &'n Node, key: &str, problems: &mut Problems) -> Vec<(&'n Text, String)> {
    match &node.value {
        Value::Seq(items) => {
            let item = |(row, item)| {
                let key = format!("{key}/{row}");
                text(item, &key, problems).map(|text| (text, key))
            };
            items.iter().enumerate().filter_map(item).collect()
        }
        Value::Scalar(text) if !is_null(text) => vec![(text, format!("{key}/0"))],
        _ => {
            let found = node.kind().to_string();
            problems.add(Kind::WrongKind { expected: "a text or a list of texts", found }, node.span, key);
            Vec::new()
        }
    }
}

/// `true` or `false`.
pub fn boolean(node: &Node, key: &str, problems: &mut Problems) -> Option<bool> {
    let text = text(node, key, problems)?;
    let value = scalar::boolean(&text.value).filter(|_| !text.quoted);
    if value.is_none() {
        let found = format!("`{}`{}", text.value, quoted(text));
        problems.add(Kind::WrongKind { expected: "`true` or `false`", found }, node.span, key);
    }
    value
}

/// A truth value with its default.
pub fn flag(keys: &mut Keys<'_>, name: &str, default: bool, problems: &mut Problems) -> bool {
    keys.read(name, problems, boolean).unwrap_or(default)
}

/// A list's items.
pub fn list<'n>(node: &'n Node, key: &str, problems: &mut Problems) -> Option<&'n [Node]> {
    match &node.value {
        Value::Seq(items) => Some(items),
        _ => {
            let found = node.kind().to_string();
            problems.add(Kind::WrongKind { expected: "a list", found }, node.span, key);
            None
        }
    }
}

/// A byte as a number.
pub fn byte(node: &Node, key: &str, problems: &mut Problems) -> Option<u8> {
    let text = text(node, key, problems)?;
    let number = scalar::integer(&text.value).filter(|_| !text.quoted);
    let byte = number.and_then(|number| u8::try_from(number).ok());
    if byte.is_none() {
        let found = format!("`{}`{}", text.value, quoted(text));
        problems.add(Kind::WrongKind { expected: "a number from 0 to 255", found }, node.span, key);
    }
    byte
}

/// What messages add to a scalar that means something else without its quotes.
fn quoted(text: &Text) -> &'static str {
    if text.quoted { " in quotes" } else { "" }
}

/// A name, which is kept even if it is not well formed: other places may use it.
pub fn identifier(node: &Node, key: &str, problems: &mut Problems) -> Option<Text> {
    let text = text(node, key, problems)?;
    name(text, key, problems).then(|| text.clone())
}

/// Whether a name can be kept; reports one that is not of lower case, digits and `_`, with a letter first.
pub fn name(text: &Text, key: &str, problems: &mut Problems) -> bool {
    if text.value.len() > limits::NAME_BYTES {
        let kind = Kind::TooLarge { limit: limits::NAME_BYTES, unit: "bytes in a name" };
        let end = key.floor_char_boundary(limits::NAME_BYTES);
        problems.add(kind, text.span, key.get(..end).unwrap_or_default());
        return false;
    }
    let mut chars = text.value.chars();
    let good = chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        let why = format!("`{}` is no name: lower case letters, digits and `_`, a letter first", text.value);
        problems.add(Kind::Invalid(why), text.span, key);
    }
    true
}

/// An expression.
pub fn expression(node: &Node, key: &str, problems: &mut Problems) -> Option<ExprSpec> {
    expression_text(text(node, key, problems)?, key, problems)
}

/// An expression from its text.
pub fn expression_text(text: &Text, key: &str, problems: &mut Problems) -> Option<ExprSpec> {
    let plain = scalar::plain(&text.value).filter(|_| !text.quoted);
    let text = match plain {
        Some(plain) => Text::new(plain, text.span, false, Vec::new()),
        None => text.clone(),
    };
    match expr::parse(&text.value) {
        Ok(ast) => {
            super::warn::encodings(&ast, &text, key, problems);
            Some(ExprSpec { text, ast, key: key.to_string() })
        }
        Err(e) => {
            let at = e.at.min(text.value.len());
            problems.add(Kind::Expression(e.expected), text.sub(at..at), key);
            None
        }
    }
}

/// The name of a type, with or without arguments.
pub fn type_use(node: &Node, key: &str, problems: &mut Problems) -> Option<TypeUse> {
    let text = text(node, key, problems)?;
    match expr::parse_type(&text.value) {
        Ok(call) => {
            let args = call.args.map(|ast| ExprSpec { text: text.clone(), ast, key: key.to_string() });
            Some(TypeUse { text: text.clone(), key: key.to_string(), name: call.name, args })
        }
        Err(e) => {
            let at = e.at.min(text.value.len());
            problems.add(Kind::Expression(e.expected), text.sub(at..at), key);
            None
        }
    }
}
