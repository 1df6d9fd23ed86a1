//! YAML nodes → specs: which keys there are and what each takes.

use super::ast::{
    Bundle, ChecksumSpec, CoverSpec, Endian, EndianSpec, EnumSpec, Meta, OwnBytes, Schema, TypeSpec,
};
use super::attr;
use super::error::{Kind, SchemaError};
use super::keys::{Errors, Keys, boolean, expression, integer_value, text};
use super::yaml::{self, Node, Value};
use crate::limits;
use crate::span::SourceId;
use crate::text::Text;

const META: &[&str] =
    &["id", "title", "application", "file-extension", "xref", "license", "ks-version", "endian", "encoding"];
const META_UNSUPPORTED: &[&str] =
    &["imports", "bit-endian", "ks-debug", "ks-opaque-types", "ks-zero-copy-substream", "tags"];
const TYPE: &[&str] = &["meta", "seq", "instances", "types", "enums"];
const TYPE_UNSUPPORTED: &[&str] = &["params", "to-string"];

/// The specs of a schema text that imports nothing, or everything that is wrong with it.
pub fn read(source: SourceId, yaml_text: &str) -> Result<Bundle, Vec<SchemaError>> {
    let node = yaml::parse(source, yaml_text).map_err(|e| vec![e])?;
    let mut errors = Errors::default();
    let root = top(&node, &mut errors);
    match root {
        Some(root) if errors.is_empty() => {
            let main = Schema { source, root, imports: Vec::new(), opaque: false };
            Ok(Bundle { main, imported: Vec::new() })
        }
        _ => Err(errors.into_vec()),
    }
}

fn top(node: &Node, errors: &mut Errors) -> Option<TypeSpec> {
    let mut keys = Keys::of(node, "", errors);
    let is_map = matches!(node.value, Value::Map(_));
    let meta_node = if is_map { keys.need("meta", errors) } else { None };
    let mut name = None;
    let mut meta = Meta::default();
    if let Some(meta_node) = meta_node {
        let mut keys = Keys::of(meta_node, "/meta", errors);
        name = keys.need("id", errors).and_then(|n| identifier(n, "/meta/id", errors));
        meta = read_meta(keys, errors);
    }
    let name = name.unwrap_or_else(|| Text::new("", node.span, false, Vec::new()));
    is_map.then(|| type_body(name, keys, meta, 0, errors))
}

fn read_meta(mut keys: Keys<'_>, errors: &mut Errors) -> Meta {
    let mut meta = Meta::default();
    for ignored in ["title", "application", "file-extension", "xref", "license", "ks-version", "tags"] {
        keys.take(ignored);
    }
    if let Some(node) = keys.take("endian") {
        let key = keys.at("endian");
        meta.endian = match &node.value {
            Value::Map(_) => {
                errors.add(Kind::Unsupported("calculated `endian`".into()), node.span, &key);
                None
            }
            _ => text(node, &key, errors).and_then(|t| match t.value.as_str() {
                "le" => Some(EndianSpec::Fixed(Endian::Little)),
                "be" => Some(EndianSpec::Fixed(Endian::Big)),
                other => {
                    let found = format!("`{other}`");
                    errors.add(Kind::WrongKind { expected: "`le` or `be`", found }, node.span, &key);
                    None
                }
            }),
        };
    }
    if let Some(node) = keys.take("encoding") {
        meta.encoding = text(node, &keys.at("encoding"), errors).cloned();
    }
    keys.finish(META, META_UNSUPPORTED, errors);
    meta
}

fn type_body(name: Text, mut keys: Keys<'_>, meta: Meta, depth: usize, errors: &mut Errors) -> TypeSpec {
    let mut spec = TypeSpec {
        name,
        key: keys.key.clone(),
        meta,
        params: Vec::new(),
        to_string: None,
        seq: Vec::new(),
        instances: Vec::new(),
        types: Vec::new(),
        enums: Vec::new(),
    };
    if let Some(node) = keys.take("seq") {
        let key = keys.at("seq");
        for (index, item) in super::keys::list(node, &key, errors).iter().enumerate() {
            spec.seq.extend(attr::read(item, None, &format!("{key}/{index}"), errors));
        }
    }
    if let Some(node) = keys.take("instances") {
        let key = keys.at("instances");
        for (name, item) in Keys::of(node, &key, errors).rest() {
            let key = format!("{key}/{}", name.value);
            if check_identifier(name, &key, errors) {
                spec.instances.extend(attr::read(item, Some(name), &key, errors));
            }
        }
    }
    if let Some(node) = keys.take("enums") {
        let key = keys.at("enums");
        for (name, item) in Keys::of(node, &key, errors).rest() {
            let key = format!("{key}/{}", name.value);
            if check_identifier(name, &key, errors) {
                spec.enums.push(read_enum(name, item, &key, errors));
            }
        }
    }
    if let Some(node) = keys.take("types") {
        let key = keys.at("types");
        if depth >= limits::TYPE_DEPTH {
            let kind = Kind::TooLarge { limit: limits::TYPE_DEPTH, unit: "levels of `types`" };
            errors.add(kind, node.span, &key);
            return spec;
        }
        for (name, item) in Keys::of(node, &key, errors).rest() {
            let key = format!("{key}/{}", name.value);
            if !check_identifier(name, &key, errors) {
                continue;
            }
            let mut keys = Keys::of(item, &key, errors);
            let meta = match keys.take("meta") {
                Some(node) => read_meta(Keys::of(node, &format!("{key}/meta"), errors), errors),
                None => Meta::default(),
            };
            spec.types.push(type_body(name.clone(), keys, meta, depth + 1, errors));
        }
    }
    keys.finish(TYPE, TYPE_UNSUPPORTED, errors);
    spec
}

fn read_enum(name: &Text, node: &Node, key: &str, errors: &mut Errors) -> EnumSpec {
    let mut members: Vec<(i128, Text)> = Vec::new();
    let mut values = std::collections::HashMap::new();
    let mut names = std::collections::HashMap::new();
    for (value, item) in Keys::of(node, key, errors).rest() {
        let key = format!("{key}/{}", value.value);
        let Some(number) = integer_value(&value.value) else {
            let found = format!("`{}`", value.value);
            errors.add(Kind::WrongKind { expected: "an integer", found }, value.span, &key);
            continue;
        };
        let id = match &item.value {
            Value::Map(_) => {
                let mut keys = Keys::of(item, &key, errors);
                let id = keys.need("id", errors).and_then(|n| identifier(n, &keys.at("id"), errors));
                keys.finish(&["id"], &[], errors);
                id
            }
            _ => identifier(item, &key, errors),
        };
        let Some(id) = id else { continue };
        let first = names.get(&id.value).or_else(|| values.get(&number)).cloned();
        if let Some(first) = first {
            errors.add(Kind::Duplicate { name: id.value, first }, item.span, &key);
            continue;
        }
        values.insert(number, key.clone());
        names.insert(id.value.clone(), key);
        members.push((number, id));
    }
    EnumSpec { name: name.clone(), members }
}

/// `-checksum` of an integer field.
pub(super) fn checksum(node: &Node, key: &str, errors: &mut Errors) -> Option<ChecksumSpec> {
    let mut keys = Keys::of(node, key, errors);
    let algorithm = keys.need("algorithm", errors).and_then(|n| text(n, &keys.at("algorithm"), errors));
    let start = keys.take("start").and_then(|n| expression(n, &keys.at("start"), errors));
    let end = keys.take("end").and_then(|n| expression(n, &keys.at("end"), errors));
    let mut own_bytes = OwnBytes::Zero;
    if let Some(node) = keys.take("own-bytes") {
        let key = keys.at("own-bytes");
        match text(node, &key, errors).map(|t| t.value.as_str()) {
            Some("zero") | None => {}
            Some("skip") => own_bytes = OwnBytes::Skip,
            Some("keep") => own_bytes = OwnBytes::Keep,
            Some(other) => {
                let found = format!("`{other}`");
                let expected = "`zero`, `skip` or `keep`";
                errors.add(Kind::WrongKind { expected, found }, node.span, &key);
            }
        }
    }
    keys.finish(&["algorithm", "start", "end", "own-bytes"], &[], errors);
    let covers = CoverSpec::Range { start, end };
    let algorithm = algorithm?.clone();
    Some(ChecksumSpec { span: node.span, key: key.to_string(), algorithm, covers, own_bytes })
}

/// A name: lower case, digits and `_`, starting with a letter.
pub(super) fn identifier(node: &Node, key: &str, errors: &mut Errors) -> Option<Text> {
    let text = text(node, key, errors)?;
    check_identifier(text, key, errors).then(|| text.clone())
}

fn check_identifier(text: &Text, key: &str, errors: &mut Errors) -> bool {
    if text.value.len() > limits::NAME_BYTES {
        let kind = Kind::TooLarge { limit: limits::NAME_BYTES, unit: "bytes in a name" };
        errors.add(kind, text.span, key.get(..limits::NAME_BYTES).unwrap_or_default());
        return false;
    }
    let mut chars = text.value.chars();
    let good = chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        let why = format!("`{}` is no name: lower case letters, digits and `_`, a letter first", text.value);
        errors.add(Kind::Invalid(why), text.span, key);
    }
    good
}

/// `true`/`false` keys with their default.
pub(super) fn flag(keys: &mut Keys<'_>, name: &str, default: bool, errors: &mut Errors) -> bool {
    let key = keys.at(name);
    keys.take(name).and_then(|n| boolean(n, &key, errors)).unwrap_or(default)
}
