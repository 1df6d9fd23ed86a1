//! What a schema asks of the runner besides its content: custom processes, debug mode.

use crate::custom;
use crate::engine::{Node, Yaml};

/// Processes that the language has.
const KNOWN: [&str; 4] = ["xor", "rol", "ror", "zlib"];

/// A process that a schema names, that is neither the language's own nor supplied by the runner.
pub(crate) fn missing(schema: &Node) -> Option<String> {
    let mut open = vec![schema];
    while let Some(node) = open.pop() {
        match &node.value {
            Yaml::Map(entries) => {
                for (key, value) in entries {
                    if let (true, Yaml::Scalar(text)) = (key.value == "process", &value.value) {
                        let name = text.value.split('(').next().unwrap_or_default().trim();
                        if !KNOWN.contains(&name) && !custom::NAMES.contains(&name) {
                            return Some(name.to_string());
                        }
                    }
                    open.push(value);
                }
            }
            Yaml::Seq(items) => open.extend(items),
            Yaml::Scalar(_) => {}
        }
    }
    None
}

/// Whether `meta/ks-debug` is set.
pub(crate) fn is_debug(schema: &Node) -> bool {
    let entry = |node: &Node, name: &str| match &node.value {
        Yaml::Map(entries) => entries.iter().find(|(key, _)| key.value == name).map(|(_, v)| v.clone()),
        _ => None,
    };
    let value = entry(schema, "meta").and_then(|meta| entry(&meta, "ks-debug"));
    value.is_some_and(|node| matches!(&node.value, Yaml::Scalar(text) if text.value == "true"))
}
