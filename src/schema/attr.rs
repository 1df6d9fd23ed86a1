//! YAML nodes → specs of fields and instances.

use super::ast::{
    AttrSpec, CaseSpec, Contents, EnumRef, RepeatSpec, TerminatorSpec, TypeRef, TypeUse, ValidKind, ValidSpec,
};
use super::error::Kind;
use super::keys::{
    Errors, Keys, boolean, expression, expression_text, integer, integer_value, list, text, type_use,
};
use super::read::{checksum, flag, identifier};
use super::yaml::{Node, Value};
use crate::text::Text;

const SEQ: &[&str] = &[
    "id",
    "type",
    "contents",
    "size",
    "size-eos",
    "if",
    "repeat",
    "repeat-expr",
    "repeat-until",
    "enum",
    "valid",
    "encoding",
    "terminator",
    "consume",
    "include",
    "eos-error",
];
const INSTANCE: &[&str] = &["value", "pos", "io"];
const UNSUPPORTED: &[&str] = &["process", "pad-right", "parent"];

/// A field (`name` is `None`: its `id` is in it) or an instance.
pub(super) fn read(node: &Node, name: Option<&Text>, key: &str, errors: &mut Errors) -> Option<AttrSpec> {
    if !matches!(node.value, Value::Map(_)) {
        Keys::of(node, key, errors);
        return None;
    }
    let before = errors.len();
    let mut keys = Keys::of(node, key, errors);
    let id = match name {
        Some(name) => Some(name.clone()),
        None => keys.take("id").and_then(|n| identifier(n, &keys.at("id"), errors)),
    };
    let expr = |keys: &mut Keys<'_>, name: &str, errors: &mut Errors| {
        let key = keys.at(name);
        keys.take(name).and_then(|n| expression(n, &key, errors))
    };
    let instance = name.is_some();
    let (mut value, mut pos, mut io) = (None, None, None);
    if instance {
        value = expr(&mut keys, "value", errors);
        pos = expr(&mut keys, "pos", errors);
        io = expr(&mut keys, "io", errors);
    }
    let condition = expr(&mut keys, "if", errors);
    let size = expr(&mut keys, "size", errors);
    let spec = AttrSpec {
        id,
        span: node.span,
        key: key.to_string(),
        ty: keys.take("type").and_then(|n| type_ref(n, &keys.at("type"), errors)),
        contents: keys.take("contents").and_then(|n| contents(n, &keys.at("contents"), errors)),
        size,
        size_eos: flag(&mut keys, "size-eos", false, errors),
        condition,
        repeat: repeat(&mut keys, errors),
        enumeration: keys.take("enum").and_then(|n| enum_ref(n, &keys.at("enum"), errors)),
        valid: keys.take("valid").and_then(|n| valid(n, &keys.at("valid"), errors)),
        encoding: keys.take("encoding").and_then(|n| text(n, &keys.at("encoding"), errors)).cloned(),
        terminator: terminator(&mut keys, errors),
        pad_right: None,
        process: None,
        parent: None,
        pos,
        io,
        value,
        checksum: keys.take("-checksum").and_then(|n| checksum(n, &keys.at("-checksum"), errors)),
    };
    // A key that could not be read is not a missing one.
    if errors.len() == before {
        combinations(&spec, errors);
    }
    let known: Vec<&str> = SEQ.iter().chain(if instance { INSTANCE } else { &[] }).copied().collect();
    keys.finish(&known, UNSUPPORTED, errors);
    Some(spec)
}

/// Keys that exclude or need each other.
fn combinations(spec: &AttrSpec, errors: &mut Errors) {
    let parsed = spec.ty.is_some()
        || spec.contents.is_some()
        || spec.size.is_some()
        || spec.size_eos
        || spec.terminator.bytes.is_some()
        || spec.pos.is_some()
        || spec.io.is_some();
    let repeated = !matches!(spec.repeat, RepeatSpec::Once);
    if let Some(value) = &spec.value {
        if parsed || repeated {
            let why = "`value` calculates: it does not go with keys that read from a stream";
            errors.add(Kind::Invalid(why.into()), value.text.span, &value.key);
        }
    } else if !parsed {
        let why = "one of `type`, `contents`, `size`, `size-eos`, `terminator` is needed";
        errors.add(Kind::Invalid(why.into()), spec.span, &spec.key);
    }
    if spec.contents.is_some() && spec.ty.is_some() {
        let why = "`contents` does not go with `type`";
        errors.add(Kind::Invalid(why.into()), spec.span, &spec.key);
    }
    if let (Some(size), true) = (&spec.size, spec.size_eos) {
        let why = "`size` does not go with `size-eos`";
        errors.add(Kind::Invalid(why.into()), size.text.span, &size.key);
    }
}

fn type_ref(node: &Node, key: &str, errors: &mut Errors) -> Option<TypeRef> {
    if !matches!(node.value, Value::Map(_)) {
        return Some(TypeRef::One(type_use(node, key, errors)?));
    }
    let mut keys = Keys::of(node, key, errors);
    let on = keys.need("switch-on", errors).and_then(|n| expression(n, &keys.at("switch-on"), errors));
    let mut cases = Vec::new();
    if let Some(node) = keys.need("cases", errors) {
        let key = keys.at("cases");
        for (case, target) in Keys::of(node, &key, errors).rest() {
            let key = format!("{key}/{}", case.value);
            let Some(ty) = type_use(target, &key, errors) else { continue };
            if case.value == "_" {
                cases.push(CaseSpec { case: None, ty });
            } else if let Some(expr) = expression_text(case, &key, errors) {
                cases.push(CaseSpec { case: Some(expr), ty });
            }
        }
    }
    keys.finish(&["switch-on", "cases"], &[], errors);
    // The default comes last, wherever it was written.
    cases.sort_by_key(|case| case.case.is_none());
    Some(TypeRef::Switch { on: Box::new(on?), cases })
}

fn enum_ref(node: &Node, key: &str, errors: &mut Errors) -> Option<EnumRef> {
    let TypeUse { text, key, name, .. } = type_use(node, key, errors)?;
    Some(EnumRef { text, name, key })
}

fn contents(node: &Node, key: &str, errors: &mut Errors) -> Option<Contents> {
    let mut bytes = Vec::new();
    match &node.value {
        Value::Scalar(text) if !super::yaml::is_null(text) => piece(text, key, &mut bytes, errors),
        Value::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                let key = format!("{key}/{index}");
                if let Some(text) = text(item, &key, errors) {
                    piece(text, &key, &mut bytes, errors);
                }
            }
        }
        _ => {
            let found = node.kind().to_string();
            let expected = "a text, or a list of texts and byte values";
            errors.add(Kind::WrongKind { expected, found }, node.span, key);
        }
    }
    Some(Contents { bytes, span: node.span })
}

/// A text as UTF-8, a plain integer as one byte.
fn piece(text: &Text, key: &str, bytes: &mut Vec<u8>, errors: &mut Errors) {
    match integer_value(&text.value).filter(|_| !text.quoted) {
        None => bytes.extend_from_slice(text.value.as_bytes()),
        Some(number) => match u8::try_from(number) {
            Ok(byte) => bytes.push(byte),
            Err(_) => {
                let found = format!("`{}`", text.value);
                errors.add(Kind::WrongKind { expected: "a byte (0 to 255)", found }, text.span, key);
            }
        },
    }
}

fn repeat(keys: &mut Keys<'_>, errors: &mut Errors) -> RepeatSpec {
    let key = keys.at("repeat");
    let Some(node) = keys.take("repeat") else { return RepeatSpec::Once };
    let mut need = |name: &'static str, errors: &mut Errors| {
        let key = keys.at(name);
        keys.need(name, errors).and_then(|n| expression(n, &key, errors))
    };
    match text(node, &key, errors).map(|t| t.value.as_str()) {
        Some("eos") => RepeatSpec::Eos,
        Some("expr") => need("repeat-expr", errors).map_or(RepeatSpec::Once, RepeatSpec::Times),
        Some("until") => need("repeat-until", errors).map_or(RepeatSpec::Once, RepeatSpec::Until),
        Some(other) => {
            let found = format!("`{other}`");
            let expected = "`eos`, `expr` or `until`";
            errors.add(Kind::WrongKind { expected, found }, node.span, &key);
            RepeatSpec::Once
        }
        None => RepeatSpec::Once,
    }
}

fn terminator(keys: &mut Keys<'_>, errors: &mut Errors) -> TerminatorSpec {
    let key = keys.at("terminator");
    let byte = match keys.take("terminator") {
        Some(node) if matches!(node.value, Value::Seq(_)) => {
            let what = "a terminator of several bytes".to_string();
            errors.add(Kind::Unsupported(what), node.span, &key);
            None
        }
        Some(node) => integer(node, &key, errors).and_then(|number| {
            let byte = u8::try_from(number).ok();
            if byte.is_none() {
                let found = format!("`{number}`");
                errors.add(Kind::WrongKind { expected: "a byte (0 to 255)", found }, node.span, &key);
            }
            byte
        }),
        None => None,
    };
    let (consume, include, eos_error) = (
        flag(keys, "consume", true, errors),
        flag(keys, "include", false, errors),
        flag(keys, "eos-error", true, errors),
    );
    TerminatorSpec { bytes: byte.map(|b| vec![b]), consume, include, eos_error }
}

fn valid(node: &Node, key: &str, errors: &mut Errors) -> Option<ValidSpec> {
    let spec = |kind| Some(ValidSpec { span: node.span, key: key.to_string(), kind });
    if !matches!(node.value, Value::Map(_)) {
        return spec(ValidKind::Eq(expression(node, key, errors)?));
    }
    let mut keys = Keys::of(node, key, errors);
    let expr = |keys: &mut Keys<'_>, name: &str, errors: &mut Errors| {
        let key = keys.at(name);
        keys.take(name).map(|n| expression(n, &key, errors))
    };
    let kind = if let Some(eq) = expr(&mut keys, "eq", errors) {
        eq.map(ValidKind::Eq)
    } else if let Some(condition) = expr(&mut keys, "expr", errors) {
        condition.map(ValidKind::Expr)
    } else if let Some(node) = keys.take("any-of") {
        let key = keys.at("any-of");
        let items = list(node, &key, errors).iter().enumerate();
        Some(ValidKind::AnyOf(
            items.filter_map(|(i, n)| expression(n, &format!("{key}/{i}"), errors)).collect(),
        ))
    } else if let Some(node) = keys.take("in-enum") {
        let key = keys.at("in-enum");
        if boolean(node, &key, errors) == Some(false) {
            let why = "only `in-enum: true` has a meaning".to_string();
            errors.add(Kind::Invalid(why), node.span, &key);
        }
        Some(ValidKind::InEnum)
    } else {
        let (min, max) = (expr(&mut keys, "min", errors), expr(&mut keys, "max", errors));
        if min.is_none() && max.is_none() {
            let why = "one of `eq`, `min`, `max`, `any-of`, `expr`, `in-enum` is needed".to_string();
            errors.add(Kind::Invalid(why), node.span, key);
        }
        Some(ValidKind::Range(min.flatten(), max.flatten()))
    };
    keys.finish(&["eq", "min", "max", "any-of", "expr", "in-enum"], &[], errors);
    spec(kind?)
}
