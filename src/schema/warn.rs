//! What is not wrong with a schema, but could be better: names of encodings, and of sizes and counts.

use std::collections::{BTreeMap, HashMap};

use super::ast::{AttrSpec, ExprSpec, RepeatSpec, Schema, TypeRef, TypeSpec};
use super::error::{Kind, nearest_of};
use super::expr;
use super::kinds::Class;
use super::problems::Problems;
use crate::encoding::Encoding;
use crate::span::Span;
use crate::text::Text;

/// Warns of what a schema file could do better.
pub(super) fn schema(schema: &Schema, problems: &mut Problems) {
    let mut open = vec![&schema.root];
    while let Some(spec) = open.pop() {
        if let Some(name) = &spec.meta.encoding {
            encoding(name, &format!("{}/meta/encoding", spec.key), problems);
        }
        for field in spec.seq.iter().chain(&spec.instances) {
            if let Some(name) = &field.encoding {
                encoding(name, &format!("{}/encoding", field.key), problems);
            }
        }
        names(spec, problems);
        open.extend(spec.types.iter().rev());
    }
}

fn encoding(name: &Text, key: &str, problems: &mut Problems) {
    let kind = match Encoding::named(&name.value) {
        Some(named) if named.canonical == name.value => return,
        Some(named) => Kind::EncodingName { name: name.value.clone(), canonical: named.canonical },
        None => unknown(&name.value),
    };
    problems.add(kind, name.span, key);
}

/// Names in `to_s("…")` that no encoding has.
pub(super) fn encodings(ast: &expr::Ast, text: &Text, key: &str, problems: &mut Problems) {
    for node in ast.nodes() {
        let expr::Kind::Call(_, method, args) = &node.kind else { continue };
        let ("to_s", [name]) = (method.as_str(), args.as_slice()) else { continue };
        let Some(expr::Node { kind: expr::Kind::Str(name), range }) = ast.get(*name) else { continue };
        if Encoding::named(name).is_none() {
            problems.add(unknown(name), text.sub(range.clone()), key);
        }
    }
}

fn unknown(name: &str) -> Kind {
    let nearest = nearest_of(name, Encoding::all().map(Encoding::name));
    Kind::EncodingUnknown { name: name.to_string(), nearest }
}

/// What a field is the size or the count of.
struct Use<'s> {
    of: &'s str,
    /// None where it could have any name.
    prefix: Option<&'static str>,
}

/// A size is called `len_` and a count `num_`, with the name of the field that it is for.
fn names(spec: &TypeSpec, problems: &mut Problems) {
    let mut places: BTreeMap<&str, (Span, String)> = BTreeMap::new();
    let seq = spec.seq.iter().map(|field| (field, format!("{}/id", field.key)));
    let instances = spec.instances.iter().map(|field| (field, field.key.clone()));
    for (field, key) in seq.chain(instances).filter(|(field, _)| may_count(field)) {
        if let Some(name) = &field.id {
            places.entry(&name.value).or_insert((name.span, key));
        }
    }
    for param in &spec.params {
        places.entry(&param.id.value).or_insert((param.id.span, format!("{}/id", param.key)));
    }
    let mut uses: HashMap<&str, Vec<Use<'_>>> = HashMap::new();
    let fields = || spec.seq.iter().chain(&spec.instances);
    for (field, of) in fields().filter_map(|field| Some((field, field.id.as_ref()?.value.as_str()))) {
        if let Some(name) = field.size.as_ref().and_then(name_of) {
            uses.entry(name).or_default().push(Use { of, prefix: has_bytes(field).then_some("len_") });
        }
        if let RepeatSpec::Times(count) = &field.repeat
            && let Some(name) = name_of(count)
        {
            uses.entry(name).or_default().push(Use { of, prefix: Some("num_") });
        }
    }
    for (name, (span, key)) in places {
        // What several fields share cannot be called after each of them.
        if let Some([Use { of, prefix: Some(prefix) }]) = uses.get(name).map(Vec::as_slice)
            && name.strip_prefix(*prefix) != Some(of)
        {
            let (name, better) = (name.to_string(), format!("{prefix}{of}"));
            problems.add(Kind::Style { name, better }, span, &key);
        }
    }
}

/// Whether a field may have a number as its value.
fn may_count(field: &AttrSpec) -> bool {
    match &field.ty {
        Some(TypeRef::One(ty)) => Class::named(&ty.text.value) == Class::Number,
        Some(TypeRef::Switch { .. }) => true,
        None => field.value.is_some(),
    }
}

/// Whether a size is that of bytes or of an object; texts and switches may count in other ways.
fn has_bytes(field: &AttrSpec) -> bool {
    match &field.ty {
        None => true,
        Some(TypeRef::One(ty)) => Class::named(&ty.text.value) == Class::Object,
        Some(TypeRef::Switch { .. }) => false,
    }
}

/// The name that is the whole expression.
fn name_of(spec: &ExprSpec) -> Option<&str> {
    match spec.ast.get(spec.ast.root).map(|node| &node.kind) {
        Some(expr::Kind::Name(name)) => Some(name),
        _ => None,
    }
}
