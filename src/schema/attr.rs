//! YAML nodes → specs of fields and instances.

use super::ast::{AttrSpec, ExprSpec, ParentSpec, RepeatSpec, TerminatorSpec, TypeRef, ValidKind};
use super::error::Kind;
use super::expr;
use super::keys::{Keys, byte, expression, flag, identifier, text};
use super::kinds::{Class, KNOWN, Place, refused_by_value};
use super::problems::Problems;
use super::yaml::{Node, Value};
use super::{checksum, switch, valid};
use crate::limits;
use crate::text::Text;

/// A field (`name` is `None`: its `id` is in it) or an instance.
pub(super) fn read(node: &Node, name: Option<&Text>, key: &str, problems: &mut Problems) -> AttrSpec {
    let mut spec = AttrSpec::empty(name.cloned(), node.span, key);
    let Some(mut keys) = Keys::of(node, key, problems) else {
        spec.wrong = true;
        return spec;
    };
    keys.docs(problems);
    if keys.get("id").is_some() {
        let id = keys.read("id", problems, identifier);
        spec.wrong |= id.is_none();
        spec.id = spec.id.or(id);
    }
    if name.is_some() && keys.get("value").is_some() {
        value_instance(&mut spec, &mut keys, problems);
    } else {
        parsed(&mut spec, &mut keys, name.is_some(), problems);
    }
    spec.condition = keys.read("if", problems, expression);
    // What has no type that is known has no enum, and no width.
    if spec.wrong {
        spec.checksum = None;
        spec.valid = spec.valid.filter(|valid| !matches!(valid.kind, ValidKind::InEnum));
    }
    keys.finish(KNOWN, problems);
    spec
}

fn value_instance(spec: &mut AttrSpec, keys: &mut Keys<'_>, problems: &mut Problems) {
    keys.refuse(problems, refused_by_value);
    let named = keys.get("enum").is_some();
    spec.valid = keys.read("-valid", problems, |node, key, problems| valid::read(node, key, named, problems));
    spec.value = keys.read("value", problems, expression);
    spec.enumeration = keys.read("enum", problems, switch::enum_ref);
    spec.wrong |= spec.value.is_none() || (named && spec.enumeration.is_none());
}

fn parsed(spec: &mut AttrSpec, keys: &mut Keys<'_>, instance: bool, problems: &mut Problems) {
    let class = Class::of(keys);
    let contents = keys.get("contents").is_some();
    let repeat_word = keys.get("repeat").map(|node| match &node.value {
        Value::Scalar(text) => text.value.as_str(),
        _ => "",
    });
    let place = Place { class, repeat: repeat_word, instance, contents };
    keys.refuse(problems, |key| place.refuses(key));
    let contents = keys.get("contents").is_some();
    // A key that could not be read is not a missing one.
    let has = |name: &str| keys.get(name).is_some();
    let (typed, named, size, terminated) = (has("type"), has("enum"), has("size"), has("terminator"));
    spec.pos = keys.read("pos", problems, expression);
    spec.io = keys.read("io", problems, expression);
    spec.size = keys.read("size", problems, expression);
    spec.size_eos = flag(keys, "size-eos", false, problems);
    spec.ty = keys.read("type", problems, switch::type_ref);
    spec.enumeration = keys.read("enum", problems, switch::enum_ref);
    spec.encoding = keys.read("encoding", problems, text).cloned();
    spec.contents = keys.read("contents", problems, valid::contents);
    spec.terminator = terminator(keys, problems);
    spec.pad_right = keys.read("pad-right", problems, byte);
    spec.process = keys.read("process", problems, switch::process);
    spec.parent = keys.read("parent", problems, expression).map(parent);
    spec.valid = keys.read("valid", problems, |node, key, problems| valid::read(node, key, named, problems));
    spec.checksum = keys.read("-checksum", problems, checksum::read);
    let repeated = repeat(spec, keys, problems);
    spec.wrong |= (typed && spec.ty.is_none()) || (named && spec.enumeration.is_none()) || !repeated;

    let mut wrong = |why: &str, span, key: &str| problems.add(Kind::Invalid(why.into()), span, key);
    if contents && typed {
        wrong("`contents` does not go with `type`", spec.span, &spec.key);
    }
    if contents && spec.valid.is_some() {
        wrong("`contents` does not go with `valid`: it is one itself", spec.span, &spec.key);
    }
    if size && spec.size_eos {
        let key = if class == Class::Switch { format!("{}/type", spec.key) } else { spec.key.clone() };
        let span = spec.size.as_ref().map_or(spec.span, |size| size.text.span);
        wrong("`size` does not go with `size-eos`", span, &key);
    }
    if !(size || spec.size_eos || terminated || contents) {
        spec.wrong |= !extent(spec, class, problems);
        // There is nothing to fill.
        spec.pad_right = None;
    }
    // Its length is that of the contents, whatever else is written.
    if contents && !typed {
        (spec.size, spec.size_eos, spec.pad_right, spec.valid) = (None, false, None, None);
    }
    if class == Class::Number || (contents && !typed) {
        spec.terminator.bytes = None;
    }
}

/// What has no extent must not need one; whether it is known what it is.
fn extent(spec: &AttrSpec, class: Class, problems: &mut Problems) -> bool {
    let mut wrong = |why: &str, span, key: &str| problems.add(Kind::Invalid(why.into()), span, key);
    let mut named = |name: &Text, span, key: &str| match Class::named(&name.value) {
        Class::Text if name.value == "str" => {
            wrong("a text needs `size`, `size-eos: true` or `terminator`", span, key);
        }
        Class::Object if spec.process.is_some() => {
            let why = "`process` needs the bytes of the object: `size`, `size-eos: true` or `terminator`";
            wrong(why, span, key);
        }
        _ => {}
    };
    match &spec.ty {
        Some(TypeRef::One(ty)) => named(&ty.text, spec.span, &spec.key),
        Some(TypeRef::Switch { cases, .. }) => {
            for case in cases {
                named(&case.ty.text, case.ty.text.span, &case.ty.key);
            }
        }
        None if class == Class::Bytes => {
            let why = "one of `type`, `contents`, `size`, `size-eos`, `terminator` is needed";
            wrong(why, spec.span, &spec.key);
            return false;
        }
        None => {}
    }
    true
}

/// Reads `repeat` and what belongs to it; whether that could be read.
fn repeat(spec: &mut AttrSpec, keys: &mut Keys<'_>, problems: &mut Problems) -> bool {
    let key = keys.at("repeat");
    let (count, until) = (keys.at("repeat-expr"), keys.at("repeat-until"));
    let (count, until) =
        (keys.take("repeat-expr").zip(Some(count)), keys.take("repeat-until").zip(Some(until)));
    let Some(node) = keys.take("repeat") else { return true };
    let Some(word) = text(node, &key, problems) else { return false };
    let mut need = |name, entry: Option<(&Node, String)>| match entry {
        Some((node, key)) => expression(node, &key, problems),
        None => {
            problems.add(Kind::Missing(name), node.span, &key);
            None
        }
    };
    let read = match word.value.as_str() {
        "eos" => Some(RepeatSpec::Eos),
        "expr" => need("repeat-expr", count).map(RepeatSpec::Times),
        "until" => need("repeat-until", until).map(RepeatSpec::Until),
        other => {
            let found = format!("`{other}`");
            problems.add(Kind::WrongKind { expected: "`eos`, `expr` or `until`", found }, node.span, &key);
            None
        }
    };
    spec.repeat = read.unwrap_or_default();
    !matches!(spec.repeat, RepeatSpec::Once)
}

fn terminator(keys: &mut Keys<'_>, problems: &mut Problems) -> TerminatorSpec {
    let bytes = keys.read("terminator", problems, |node, key, problems| match &node.value {
        Value::Seq(items) if items.is_empty() || items.len() > limits::TERMINATOR_BYTES => {
            let expected = "one byte, or a list of a few";
            let found = format!("a list of {}", items.len());
            problems.add(Kind::WrongKind { expected, found }, node.span, key);
            None
        }
        Value::Seq(items) => {
            let item = |(row, item)| byte(item, &format!("{key}/{row}"), problems);
            items.iter().enumerate().map(item).collect()
        }
        _ => Some(vec![byte(node, key, problems)?]),
    });
    let (consume, include, eos_error) = (
        flag(keys, "consume", true, problems),
        flag(keys, "include", false, problems),
        flag(keys, "eos-error", true, problems),
    );
    TerminatorSpec { bytes, consume, include, eos_error }
}

fn parent(spec: ExprSpec) -> ParentSpec {
    match spec.ast.get(spec.ast.root).map(|node| &node.kind) {
        Some(expr::Kind::Bool(false)) => ParentSpec::Nobody,
        _ => ParentSpec::Other(spec),
    }
}
