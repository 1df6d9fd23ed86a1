//! YAML nodes → specs of types: their fields, parameters, nested types and enums.

use super::ast::{EnumSpec, Import, Lost, ParamSpec, TypeSpec};
use super::error::Kind;
use super::keys::{Keys, expression, identifier, list, name, type_use};
use super::meta::{self, Head};
use super::problems::Problems;
use super::yaml::{Node, Value};
use super::{attr, scalar, switch};
use crate::limits;
use crate::text::Text;

const KNOWN: &[&str] =
    &["meta", "doc", "doc-ref", "to-string", "params", "seq", "instances", "types", "enums"];

/// Reads the types of one schema file.
pub(super) struct Types<'p> {
    pub(super) problems: &'p mut Problems,
    /// What the file imports: any of its types may.
    pub(super) imports: Vec<Import>,
    /// `ks-opaque-types` of the file.
    pub(super) opaque: bool,
}

impl Types<'_> {
    /// The top-level type; without a name where that cannot be read.
    pub(super) fn top(&mut self, node: &Node) -> TypeSpec {
        let nameless = || Text::new("", node.span, false, Vec::new());
        let Some(mut keys) = Keys::of(node, "", self.problems) else {
            return TypeSpec { lost: Lost::ALL, ..TypeSpec::empty(nameless(), "") };
        };
        let head = keys.take("meta").map(|node| (node, meta::read(node, "/meta", self.problems)));
        let Some((node, head)) = head else {
            self.problems.add(Kind::Missing("meta"), node.span, "/meta");
            return self.body(nameless(), keys, Head::default(), 0);
        };
        let is_map =
            matches!(&node.value, Value::Map(entries) if entries.iter().all(|(k, _)| k.value != "id"));
        if is_map {
            self.problems.add(Kind::Missing("id"), node.span, "/meta");
        }
        self.opaque = head.opaque;
        self.body(head.id.clone().unwrap_or_else(nameless), keys, head, 0)
    }

    fn body(&mut self, name: Text, mut keys: Keys<'_>, head: Head, depth: usize) -> TypeSpec {
        let mut spec = TypeSpec::empty(name, &keys.key);
        spec.meta = head.meta;
        spec.lost.types = head.partial;
        self.imports.extend(head.imports);
        keys.docs(self.problems);
        spec.to_string = keys.read("to-string", self.problems, expression);
        if let Some(node) = keys.take("params") {
            let key = keys.at("params");
            let items = list(node, &key, self.problems);
            spec.lost.fields |= items.is_none();
            for (row, item) in items.into_iter().flatten().enumerate() {
                let param = self.param(item, row, &format!("{key}/{row}"));
                spec.lost.fields |= param.is_none();
                spec.params.extend(param);
            }
        }
        if let Some(node) = keys.take("seq") {
            let key = keys.at("seq");
            let items = list(node, &key, self.problems);
            spec.lost.fields |= items.is_none();
            for (row, item) in items.into_iter().flatten().enumerate() {
                let field = attr::read(item, None, &format!("{key}/{row}"), self.problems);
                spec.lost.fields |= field.wrong && field.id.is_none();
                spec.seq.push(field);
            }
        }
        for (name, node, key) in self.entries(&mut keys, "instances", &mut spec.lost.fields) {
            spec.instances.push(attr::read(node, Some(name), &key, self.problems));
        }
        for (name, node, key) in self.entries(&mut keys, "enums", &mut spec.lost.types) {
            spec.enums.push(self.enumeration(name, node, &key));
        }
        if depth >= limits::TYPE_DEPTH
            && let Some(node) = keys.take("types")
        {
            let kind = Kind::TooLarge { limit: limits::TYPE_DEPTH, unit: "levels of `types`" };
            self.problems.add(kind, node.span, &keys.at("types"));
            spec.lost.types = true;
        }
        for (name, node, key) in self.entries(&mut keys, "types", &mut spec.lost.types) {
            let Some(mut keys) = Keys::of(node, &key, self.problems) else {
                spec.types.push(TypeSpec { lost: Lost::ALL, ..TypeSpec::empty(name.clone(), &key) });
                continue;
            };
            let head = keys.take("meta").map(|node| meta::read(node, &keys.at("meta"), self.problems));
            spec.types.push(self.body(name.clone(), keys, head.unwrap_or_default(), depth + 1));
        }
        keys.finish(KNOWN, self.problems);
        spec
    }

    /// The entries of a mapping of names, each with its place.
    fn entries<'n>(
        &mut self,
        keys: &mut Keys<'n>,
        of: &str,
        lost: &mut bool,
    ) -> Vec<(&'n Text, &'n Node, String)> {
        let Some(node) = keys.take(of) else { return Vec::new() };
        let key = keys.at(of);
        let Some(mut entries) = Keys::of(node, &key, self.problems) else {
            *lost = true;
            return Vec::new();
        };
        let mut named = Vec::new();
        for (text, node) in entries.rest() {
            let key = format!("{key}/{}", text.value);
            if name(text, &key, self.problems) {
                named.push((text, node, key));
            } else {
                *lost = true;
            }
        }
        named
    }

    fn param(&mut self, node: &Node, row: usize, key: &str) -> Option<ParamSpec> {
        let mut keys = Keys::of(node, key, self.problems)?;
        keys.docs(self.problems);
        let id = match keys.get("id") {
            Some(_) => keys.read("id", self.problems, identifier)?,
            // It can be passed, though nothing can use it; no name of a schema looks like this.
            None => Text::new(format!("_param_{row}"), node.span, false, Vec::new()),
        };
        let (typed, named) = (keys.get("type").is_some(), keys.get("enum").is_some());
        let ty = keys.read("type", self.problems, type_use);
        let ty = ty.filter(|ty| {
            if ty.args.is_some() {
                let why = "the type of a parameter takes no arguments: its value has its own".to_string();
                self.problems.add(Kind::Invalid(why), ty.text.span, &ty.key);
            }
            ty.args.is_none()
        });
        let enumeration = keys.read("enum", self.problems, switch::enum_ref);
        keys.finish(&["id", "type", "enum", "doc", "doc-ref"], self.problems);
        let wrong = (typed && ty.is_none()) || (named && enumeration.is_none());
        Some(ParamSpec { id, span: node.span, key: key.to_string(), ty, enumeration, wrong })
    }

    fn enumeration(&mut self, name: &Text, node: &Node, key: &str) -> EnumSpec {
        let mut members: Vec<(i128, Text)> = Vec::new();
        let mut values = std::collections::HashMap::new();
        let mut names = std::collections::HashMap::new();
        let entries = Keys::of(node, key, self.problems).map(|mut keys| keys.rest());
        for (value, item) in entries.into_iter().flatten() {
            let quoted = value.value.parse().ok();
            let number = scalar::integer(&value.value).filter(|_| !value.quoted).or(quoted);
            let Some(number) = number else {
                let found = format!("`{}`", value.value);
                let kind = Kind::WrongKind { expected: "an integer as the value of a member", found };
                self.problems.add(kind, value.span, key);
                continue;
            };
            let key = format!("{key}/{number}");
            let Some(id) = self.member(item, &key) else { continue };
            let first = names.get(&id.value).or_else(|| values.get(&number)).cloned();
            if let Some(first) = first {
                self.problems.add(Kind::Duplicate { name: id.value, first }, item.span, &key);
                continue;
            }
            values.insert(number, key.clone());
            names.insert(id.value.clone(), key);
            members.push((number, id));
        }
        EnumSpec { name: name.clone(), members }
    }

    /// The name of a member: alone, or with its documentation.
    fn member(&mut self, node: &Node, key: &str) -> Option<Text> {
        match &node.value {
            Value::Map(_) => {
                let mut keys = Keys::of(node, key, self.problems)?;
                keys.docs(self.problems);
                let at = keys.at("id");
                let node = keys.need("id", self.problems);
                let id = node.and_then(|node| identifier(node, &at, self.problems));
                keys.finish(&["id", "doc", "doc-ref"], self.problems);
                id
            }
            _ => identifier(node, key, self.problems),
        }
    }
}
