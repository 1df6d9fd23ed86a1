//! `meta`: names, defaults, imports, and the version of the language that a schema needs.

use super::ast::{Endian, EndianSpec, Import, Meta};
use super::error::Kind;
use super::keys::{Keys, boolean, flag, identifier, text, texts};
use super::problems::Problems;
use super::switch::{case, switch};
use super::yaml::{Node, Value};
use crate::text::Text;

const KNOWN: &[&str] = &[
    "id",
    "title",
    "application",
    "file-extension",
    "xref",
    "license",
    "tags",
    "imports",
    "endian",
    "bit-endian",
    "encoding",
    "ks-version",
    "ks-debug",
    "ks-opaque-types",
    "ks-zero-copy-substream",
];

/// The version of the language that is read here, and the first one that schemas may ask for.
const VERSION: &[u64] = &[0, 11];
const FIRST_VERSION: &[u64] = &[0, 6];

/// What `meta` holds.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// `id`.
    pub(super) id: Option<Text>,
    /// Defaults.
    pub(super) meta: Meta,
    /// `imports`.
    pub(super) imports: Vec<Import>,
    /// `ks-opaque-types`.
    pub(super) opaque: bool,
    /// Whether an import could not be read.
    pub(super) partial: bool,
}

/// Reads `meta`.
pub(super) fn read(node: &Node, key: &str, problems: &mut Problems) -> Head {
    let mut head = Head::default();
    let Some(mut keys) = Keys::of(node, key, problems) else { return head };
    for any in ["title", "application", "file-extension", "xref", "license", "tags"] {
        keys.take(any);
    }
    keys.read("ks-version", problems, version);
    keys.read("ks-debug", problems, boolean);
    keys.read("ks-zero-copy-substream", problems, boolean);
    head.opaque = flag(&mut keys, "ks-opaque-types", false, problems);
    head.id = keys.read("id", problems, identifier);
    // What cannot be read is not missing: a stand-in keeps what rests on it from being reported.
    if let Some(node) = keys.take("endian") {
        let read = endian(node, &keys.at("endian"), problems);
        head.meta.endian = Some(read.unwrap_or(EndianSpec::Fixed(Endian::Little)));
    }
    if let Some(node) = keys.take("encoding") {
        let read = text(node, &keys.at("encoding"), problems).cloned();
        head.meta.encoding = Some(read.unwrap_or_else(|| Text::new("UTF-8", node.span, true, Vec::new())));
    }
    head.meta.bit_endian = keys.read("bit-endian", problems, |node, key, problems| {
        order(text(node, key, problems)?, "`le` or `be`", key, problems)
    });
    if let Some(node) = keys.take("imports") {
        let found = texts(node, &keys.at("imports"), problems);
        let all = if let Value::Seq(items) = &node.value { items.len() } else { 1 };
        head.partial = found.len() < all;
        head.imports = found.into_iter().map(|(path, key)| Import { path: path.clone(), key }).collect();
    }
    keys.finish(KNOWN, problems);
    head
}

/// `endian`: `le`, `be`, or one of them by a value.
fn endian(node: &Node, key: &str, problems: &mut Problems) -> Option<EndianSpec> {
    let expected = "`le`, `be`, or `switch-on` with `cases`";
    match &node.value {
        Value::Map(_) => {
            let (on, found) = switch(node, key, false, problems)?;
            let mut cases = Vec::new();
            for (name, node, key) in found {
                let order = text(node, &key, problems).and_then(|t| order(t, "`le` or `be`", &key, problems));
                cases.extend(case(name, &key, problems).zip(order));
            }
            // The default comes last, wherever it was written.
            cases.sort_by_key(|(case, _)| case.is_none());
            Some(EndianSpec::Switch { on: Box::new(on?), cases })
        }
        Value::Scalar(text) => order(text, expected, key, problems).map(EndianSpec::Fixed),
        Value::Seq(_) => {
            let found = node.kind().to_string();
            problems.add(Kind::WrongKind { expected, found }, node.span, key);
            None
        }
    }
}

fn order(text: &Text, expected: &'static str, key: &str, problems: &mut Problems) -> Option<Endian> {
    match text.value.as_str() {
        "le" => Some(Endian::Little),
        "be" => Some(Endian::Big),
        other => {
            let found = format!("`{other}`");
            problems.add(Kind::WrongKind { expected, found }, text.span, key);
            None
        }
    }
}

/// `ks-version`: the version that a schema needs must be one that is read here.
fn version(node: &Node, key: &str, problems: &mut Problems) -> Option<()> {
    let text = text(node, key, problems)?;
    // Without quotes it is a number, and a zero at the end of its fraction means nothing.
    let number = !text.quoted && text.value.matches('.').count() == 1;
    let plain = if number { text.value.trim_end_matches('0') } else { &text.value };
    let plain = if plain.ends_with('.') { format!("{plain}0") } else { plain.to_string() };
    let part = |part: &str| {
        let digits = !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        let canonical = digits && (part == "0" || !part.starts_with('0'));
        canonical.then(|| part.parse().unwrap_or(u64::MAX))
    };
    let parts: Option<Vec<u64>> = plain.split('.').map(part).collect();
    let (words, first) = ("0.11", "0.6");
    let why = match parts.as_deref() {
        Some(parts) if !(2..=3).contains(&parts.len()) => None,
        Some(parts) if parts < FIRST_VERSION && plain != text.value => {
            Some(format!("`{}` without quotes is the number {plain}: write `'{}'`", text.value, text.value))
        }
        Some(parts) if parts < FIRST_VERSION => {
            Some(format!("version {plain} is too old: the first one to ask for is {first}"))
        }
        Some(parts) if parts > VERSION => {
            Some(format!("the schema needs version {plain} of the language; {words} is what is read here"))
        }
        Some(_) => return Some(()),
        None => None,
    };
    let why = why.unwrap_or_else(|| {
        format!("`{}` is no version: two or three numbers such as 0.9 or 0.10.1 are", text.value)
    });
    problems.add(Kind::Invalid(why), text.span, key);
    None
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;
    use crate::limits::SchemaLimits;
    use crate::span::SourceId;

    fn problem(text: &str) -> Option<String> {
        let mut problems = Problems::default();
        let node = yaml::parse(SourceId(0), text, &SchemaLimits::default(), &mut problems).unwrap();
        version(&node, "", &mut problems);
        problems.into_vec().first().map(|p| p.kind.to_string())
    }

    #[test]
    fn a_version_is_one_that_is_read_here() {
        for good in ["0.6", "0.9", "'0.10'", "0.11", "0.8.1", "'0.10.0'"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for (bad, why) in [
            ("0.10", "`0.10` without quotes is the number 0.1: write `'0.10'`"),
            ("0.5", "version 0.5 is too old: the first one to ask for is 0.6"),
            ("0.12", "the schema needs version 0.12 of the language; 0.11 is what is read here"),
            ("1.0", "the schema needs version 1.0 of the language; 0.11 is what is read here"),
            (
                "99999999999999999999.1",
                "the schema needs version 99999999999999999999.1 of the language; 0.11 is what is read here",
            ),
            ("0.7f", "`0.7f` is no version: two or three numbers such as 0.9 or 0.10.1 are"),
            ("1", "`1` is no version: two or three numbers such as 0.9 or 0.10.1 are"),
            ("0.08.1", "`0.08.1` is no version: two or three numbers such as 0.9 or 0.10.1 are"),
            ("0.8.1.2", "`0.8.1.2` is no version: two or three numbers such as 0.9 or 0.10.1 are"),
        ] {
            assert_eq!(problem(bad).as_deref(), Some(why), "{bad}");
        }
    }
}
