//! `-checksum`: what the field is a checksum of.

use super::ast::{ChecksumSpec, CoverSpec, OwnBytes};
use super::error::Kind;
use super::keys::{Keys, expression, list, text};
use super::problems::Problems;
use super::yaml::Node;

/// `-checksum` of a field.
pub(super) fn read(node: &Node, key: &str, problems: &mut Problems) -> Option<ChecksumSpec> {
    let mut keys = Keys::of(node, key, problems)?;
    let at = keys.at("algorithm");
    let algorithm = keys.need("algorithm", problems).and_then(|n| text(n, &at, problems));
    let by_name = keys.get("fields").is_some();
    if by_name {
        keys.refuse(problems, |name| {
            let range = matches!(name, "start" | "end");
            range.then(|| format!("`{name}` does not go with `fields`: the fields are what is covered"))
        });
    }
    let start = keys.read("start", problems, expression);
    let end = keys.read("end", problems, expression);
    let fields = keys.read("fields", problems, |node, key, problems| {
        let items = list(node, key, problems)?.iter().enumerate();
        if items.len() == 0 {
            problems.add(Kind::Invalid("a checksum covers one field at least".into()), node.span, key);
        }
        let item = |(row, item)| text(item, &format!("{key}/{row}"), problems).cloned();
        Some(items.filter_map(item).collect::<Vec<_>>())
    });
    let own_bytes = keys.read("own-bytes", problems, |node, key, problems| {
        match text(node, key, problems)?.value.as_str() {
            "zero" => Some(OwnBytes::Zero),
            "skip" => Some(OwnBytes::Skip),
            "keep" => Some(OwnBytes::Keep),
            other => {
                let found = format!("`{other}`");
                problems.add(Kind::WrongKind { expected: "`zero`, `skip` or `keep`", found }, node.span, key);
                None
            }
        }
    });
    keys.finish(&["algorithm", "start", "end", "fields", "own-bytes"], problems);
    let covers = if by_name {
        CoverSpec::Fields(fields?)
    } else {
        CoverSpec::Range { start: start.map(Box::new), end: end.map(Box::new) }
    };
    Some(ChecksumSpec {
        span: node.span,
        key: key.to_string(),
        algorithm: algorithm?.clone(),
        covers,
        own_bytes: own_bytes.unwrap_or(OwnBytes::Zero),
    })
}
