//! A `.kst` file: a format, an input, and what must come of it.

use crate::engine::{self, Node, Yaml};

/// A spec.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spec {
    /// The format, by the name of its file.
    pub(crate) id: String,
    /// The input, relative to `src/`.
    pub(crate) data: String,
    /// Files that expectations name enums of.
    pub(crate) imports: Vec<String>,
    pub(crate) exception: Option<Exception>,
    pub(crate) asserts: Vec<Assert>,
}

/// An assertion.
#[derive(Clone, Debug)]
pub(crate) struct Assert {
    pub(crate) actual: String,
    pub(crate) outcome: Expected,
}

/// What must come of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Expected {
    /// Nothing: the field is not there.
    Null,
    /// The value of an expression.
    Value(String),
    Exception(Exception),
}

/// What a parser throws: `ValidationNotEqualError<u1>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exception {
    pub(crate) kind: String,
    pub(crate) argument: Option<String>,
    pub(crate) message: Option<String>,
}

/// Reads a spec.
pub(crate) fn read(text: &str) -> Result<Spec, String> {
    let node = engine::yaml(text)?;
    let mut spec = Spec::default();
    for (key, value) in entries(&node)? {
        match key {
            "id" => spec.id = scalar(value)?,
            "data" => spec.data = scalar(value)?,
            "imports" => spec.imports = items(value)?.iter().map(scalar).collect::<Result<_, _>>()?,
            "exception" => spec.exception = Some(exception(value)?),
            "asserts" => spec.asserts = items(value)?.iter().map(assert).collect::<Result<_, _>>()?,
            // Notes for generators of other languages' tests.
            "doc" | "doc-ref" => {}
            other if other.starts_with('-') => {}
            other => return Err(format!("unknown key `{other}` in a spec")),
        }
    }
    if spec.id.is_empty() || spec.data.is_empty() {
        return Err("a spec needs `id` and `data`".to_string());
    }
    Ok(spec)
}

fn assert(node: &Node) -> Result<Assert, String> {
    let (mut actual, mut outcome) = (None, None);
    for (key, value) in entries(node)? {
        match key {
            "actual" => actual = Some(scalar(value)?),
            "expected" => {
                let text = scalar(value)?;
                let null = text.trim() == "null";
                outcome = Some(if null { Expected::Null } else { Expected::Value(text) });
            }
            "exception" => outcome = Some(Expected::Exception(exception(value)?)),
            other => return Err(format!("unknown key `{other}` in an assertion")),
        }
    }
    match (actual, outcome) {
        (Some(actual), Some(outcome)) => Ok(Assert { actual, outcome }),
        _ => Err("an assertion needs `actual`, and `expected` or `exception`".to_string()),
    }
}

fn exception(node: &Node) -> Result<Exception, String> {
    let (mut name, mut message) = (None, None);
    match &node.value {
        Yaml::Map(_) => {
            for (key, value) in entries(node)? {
                match key {
                    "type" => name = Some(scalar(value)?),
                    "message" => message = Some(scalar(value)?),
                    other => return Err(format!("unknown key `{other}` in an exception")),
                }
            }
        }
        _ => name = Some(scalar(node)?),
    }
    let name = name.ok_or("an exception needs a `type`")?;
    let (kind, argument) = match name.strip_suffix('>').and_then(|n| n.split_once('<')) {
        Some((kind, argument)) => (kind.to_string(), Some(argument.to_string())),
        None => (name, None),
    };
    Ok(Exception { kind, argument, message })
}

fn entries(node: &Node) -> Result<Vec<(&str, &Node)>, String> {
    match &node.value {
        Yaml::Map(entries) => Ok(entries.iter().map(|(k, v)| (k.value.as_str(), v)).collect()),
        _ => Err(format!("expected a mapping, found {}", node.kind())),
    }
}

fn items(node: &Node) -> Result<&[Node], String> {
    match &node.value {
        Yaml::Seq(items) => Ok(items),
        Yaml::Scalar(text) if engine::is_null(text) => Ok(&[]),
        _ => Err(format!("expected a list, found {}", node.kind())),
    }
}

/// A scalar's text; an expectation may be YAML's own null.
fn scalar(node: &Node) -> Result<String, String> {
    match &node.value {
        Yaml::Scalar(text) if engine::is_null(text) => Ok("null".to_string()),
        Yaml::Scalar(text) => Ok(text.value.clone()),
        _ => Err(format!("expected a scalar, found {}", node.kind())),
    }
}
