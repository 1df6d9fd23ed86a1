//! Values of keys that name something: types, alone or by a value, enums, and what is done to bytes.

use super::ast::{CaseSpec, EnumRef, ExprSpec, ProcessKind, ProcessSpec, TypeRef, TypeUse};
use super::error::Kind;
use super::expr;
use super::keys::{Keys, expression, expression_text, text, type_use};
use super::problems::Problems;
use super::yaml::{Node, Value};
use crate::text::Text;

/// `type`: a name, or `switch-on` with `cases`.
pub(super) fn type_ref(node: &Node, key: &str, problems: &mut Problems) -> Option<TypeRef> {
    match &node.value {
        Value::Map(_) => {
            let (on, cases) = switch(node, key, true, problems)?;
            let mut specs = Vec::new();
            for (case, target, key) in cases {
                let Some(ty) = type_use(target, &key, problems) else { continue };
                specs.extend(self::case(case, &key, problems).map(|case| CaseSpec { case, ty }));
            }
            // The default comes last, wherever it was written.
            specs.sort_by_key(|spec| spec.case.is_none());
            Some(TypeRef::Switch { on: Box::new(on?), cases: specs })
        }
        Value::Scalar(_) => Some(TypeRef::One(Box::new(type_use(node, key, problems)?))),
        Value::Seq(_) => {
            let found = node.kind().to_string();
            let expected = "the name of a type, or `switch-on` with `cases`";
            problems.add(Kind::WrongKind { expected, found }, node.span, key);
            None
        }
    }
}

/// The cases of a switch: the name, the node and its place.
pub(super) type Cases<'n> = Vec<(&'n Text, &'n Node, String)>;

/// What `switch-on` and `cases` hold.
pub(super) fn switch<'n>(
    node: &'n Node,
    key: &str,
    needs_cases: bool,
    problems: &mut Problems,
) -> Option<(Option<ExprSpec>, Cases<'n>)> {
    let mut keys = Keys::of(node, key, problems)?;
    let at = keys.at("switch-on");
    let on = keys.need("switch-on", problems).and_then(|n| expression(n, &at, problems));
    let node = if needs_cases { keys.need("cases", problems) } else { keys.take("cases") };
    let key = keys.at("cases");
    let cases = node.and_then(|node| Keys::of(node, &key, problems)).map(|mut keys| keys.rest());
    let cases = cases.unwrap_or_default().into_iter();
    let cases = cases.map(|(name, node)| (name, node, format!("{key}/{}", name.value))).collect();
    keys.finish(&["switch-on", "cases"], problems);
    Some((on, cases))
}

/// What a case stands for: an expression, or nothing for `_`; none if it cannot be read.
pub(super) fn case(name: &Text, key: &str, problems: &mut Problems) -> Option<Option<ExprSpec>> {
    if name.value == "_" {
        return Some(None);
    }
    expression_text(name, key, problems).map(Some)
}

/// `enum`.
pub(super) fn enum_ref(node: &Node, key: &str, problems: &mut Problems) -> Option<EnumRef> {
    let TypeUse { text, key, name, args } = type_use(node, key, problems)?;
    if args.is_some() || name.array {
        let why = format!("`{}` is no name of an enum", text.value);
        problems.add(Kind::Invalid(why), text.span, &key);
        return None;
    }
    Some(EnumRef { text, name, key })
}

/// `process`: a name with or without arguments; that of a custom process may have dots.
pub(super) fn process(node: &Node, key: &str, problems: &mut Problems) -> Option<ProcessSpec> {
    let text = text(node, key, problems)?;
    let name = text.value.split('(').next().unwrap_or_default().trim_end();
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'));
    if !good {
        let why = "a process is a name such as `zlib`, `xor(key)` or `my.own(1, 2)`";
        problems.add(Kind::Invalid(why.into()), text.span, key);
        return None;
    }
    // Read as a type with arguments, with a name of the same length, so that places stay where they are.
    let plain = format!("{}{}", "x".repeat(name.len()), text.value.get(name.len()..).unwrap_or_default());
    let args = match expr::parse_type(&plain) {
        Ok(call) => call.args.map(|ast| ExprSpec { text: text.clone(), ast, key: key.to_string() }),
        Err(e) => {
            let at = e.at.min(text.value.len());
            problems.add(Kind::Expression(e.expected), text.sub(at..at), key);
            return None;
        }
    };
    let kind = match name {
        "xor" => ProcessKind::Xor,
        "rol" => ProcessKind::RotateLeft,
        "ror" => ProcessKind::RotateRight,
        "zlib" => ProcessKind::Zlib,
        custom => ProcessKind::Custom(custom.to_string()),
    };
    Some(ProcessSpec { span: text.span, key: key.to_string(), kind, args })
}
