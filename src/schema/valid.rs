//! What the bytes or the value of a field must be: `contents` and `valid`.

use super::ast::{Contents, ValidKind, ValidSpec};
use super::error::Kind;
use super::keys::{Keys, boolean, expression, list};
use super::problems::Problems;
use super::scalar::{self, is_null};
use super::yaml::{Node, Value};
use crate::text::Text;

/// `contents`: a text, or a list of texts and bytes.
pub(super) fn contents(node: &Node, key: &str, problems: &mut Problems) -> Option<Contents> {
    let mut bytes = Vec::new();
    match &node.value {
        Value::Scalar(text) if is_text(text) => bytes.extend_from_slice(text.value.as_bytes()),
        Value::Seq(items) => {
            for (row, item) in items.iter().enumerate() {
                if let Err(found) = piece(item, &mut bytes) {
                    let expected = "a text or a byte (0 to 255)";
                    problems.add(Kind::WrongKind { expected, found }, item.span, &format!("{key}/{row}"));
                }
            }
        }
        Value::Scalar(text) if !is_null(text) => {
            let why =
                format!("`{0}` is no text: write `[{0}]` for a byte, `'{0}'` for characters", text.value);
            problems.add(Kind::Invalid(why), node.span, key);
        }
        _ => {
            let found = node.kind().to_string();
            let expected = "a text, or a list of texts and bytes";
            problems.add(Kind::WrongKind { expected, found }, node.span, key);
        }
    }
    Some(Contents { bytes, span: node.span })
}

/// Whether YAML reads a scalar as a text.
fn is_text(text: &Text) -> bool {
    let other = is_null(text)
        || scalar::integer(&text.value).is_some()
        || matches!(text.value.as_str(), "true" | "false")
        || (text.value.contains('.') && text.value.parse::<f64>().is_ok());
    text.quoted || !other
}

/// A text as UTF-8, a plain integer as one byte; else what there is.
fn piece(node: &Node, bytes: &mut Vec<u8>) -> Result<(), String> {
    let Value::Scalar(text) = &node.value else { return Err(node.kind().to_string()) };
    if is_text(text) {
        bytes.extend_from_slice(text.value.as_bytes());
        return Ok(());
    }
    let number = scalar::integer(&text.value);
    let unsigned = number.and_then(|n| u8::try_from(n).ok());
    // -1 is the byte 0xff.
    let signed = number.and_then(|n| i8::try_from(n).ok()).map(i8::cast_unsigned);
    bytes.push(unsigned.or(signed).ok_or_else(|| format!("`{}`", text.value))?);
    Ok(())
}

/// The forms of `valid`, with their keys.
const FORMS: &[&[&str]] = &[&["eq"], &["min", "max"], &["any-of"], &["in-enum"], &["expr"]];

/// `valid`: a value, or one of the forms; `named` where the field has an `enum`.
pub(super) fn read(node: &Node, key: &str, named: bool, problems: &mut Problems) -> Option<ValidSpec> {
    let kind = match &node.value {
        Value::Map(_) => form(node, key, named, problems)?,
        Value::Scalar(_) => ValidKind::Eq(expression(node, key, problems)?),
        Value::Seq(_) => {
            let found = node.kind().to_string();
            let expected = "a value, or a mapping such as `any-of: [1, 2]`";
            problems.add(Kind::WrongKind { expected, found }, node.span, key);
            return None;
        }
    };
    Some(ValidSpec { span: node.span, key: key.to_string(), kind })
}

fn form(node: &Node, key: &str, named: bool, problems: &mut Problems) -> Option<ValidKind> {
    let mut keys = Keys::of(node, key, problems)?;
    let form = FORMS.iter().copied().find(|form| form.iter().any(|name| keys.get(name).is_some()));
    let all = FORMS.concat();
    if let [first, ..] = form.unwrap_or_default() {
        keys.refuse(problems, |name| {
            let other = all.contains(&name) && !form.is_some_and(|form| form.contains(&name));
            other.then(|| format!("`{name}` does not go with `{first}`; `expr` can say both"))
        });
    }
    let kind = match form {
        Some(["eq"]) => keys.read("eq", problems, expression).map(ValidKind::Eq),
        Some(["expr"]) => keys.read("expr", problems, expression).map(ValidKind::Expr),
        Some(["any-of"]) => keys.read("any-of", problems, |node, key, problems| {
            let items = list(node, key, problems)?.iter().enumerate();
            let item = |(row, item)| expression(item, &format!("{key}/{row}"), problems);
            Some(ValidKind::AnyOf(items.filter_map(item).collect()))
        }),
        Some(["in-enum"]) => {
            keys.read("in-enum", problems, |node, key, problems| in_enum(node, key, named, problems))
        }
        Some(_) => {
            let (min, max) = (keys.get("min").is_some(), keys.get("max").is_some());
            let lower = keys.read("min", problems, expression);
            let upper = keys.read("max", problems, expression);
            let read = lower.is_some() == min && upper.is_some() == max;
            (read || lower.is_some() || upper.is_some()).then_some(ValidKind::Range(lower, upper))
        }
        None => {
            let why = "one of `eq`, `min`, `max`, `any-of`, `expr`, `in-enum` is needed";
            problems.add(Kind::Invalid(why.into()), node.span, key);
            None
        }
    };
    keys.finish(&all, problems);
    kind
}

fn in_enum(node: &Node, key: &str, named: bool, problems: &mut Problems) -> Option<ValidKind> {
    let why = match boolean(node, key, problems)? {
        true if named => return Some(ValidKind::InEnum),
        true => "`in-enum` needs a field with an `enum`",
        false => "only `in-enum: true` has a meaning; leave it out to allow any value",
    };
    problems.add(Kind::Invalid(why.into()), node.span, key);
    None
}
