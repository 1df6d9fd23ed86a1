//! Nodes of a dumped tree, with what the tests ask of them.

use std::fs;
use std::path::{Path, PathBuf};

use bootgate::check::Plan;
use bootgate::dump::{Dumped, Format, Options, dump, path, plan};
use bootgate::layout::Attr;
use bootgate::limits::Limits;
use bootgate::schema;
use bootgate::span::Sources;
use serde_json::Value;

pub(crate) const FILES: [&str; 2] = ["channel", "definitions"];

/// A schema of the corpus, ready to dump by.
pub(crate) struct Schema {
    pub(crate) plan: Plan,
    sources: Sources,
}

impl Schema {
    pub(crate) fn of(file: &str) -> Schema {
        let name = if file == "channel" { "channel_file.ksy" } else { "type_definitions.ksy" };
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/channel").join(name);
        let text = fs::read_to_string(&place).unwrap_or_else(|e| panic!("{}: {e}", place.display()));
        let mut sources = Sources::default();
        let source = sources.add(name, text.as_str());
        let schema = schema::read(source, &text);
        Schema { plan: plan(schema, Default::default()).unwrap_or_else(|e| panic!("{name}: {e:?}")), sources }
    }

    pub(crate) fn text(&self, bytes: &[u8], options: &Options) -> (String, Dumped) {
        let mut out = Vec::new();
        let dumped = dump(&self.plan, &self.sources, ("file", bytes), options, &Limits::default(), &mut out);
        let text = String::from_utf8(out).unwrap_or_else(|e| panic!("{e}"));
        (text, dumped.unwrap_or_else(|e| panic!("{e}")))
    }

    /// The root node of a dump, which must be a whole JSON document.
    pub(crate) fn json(&self, bytes: &[u8], options: &Options) -> (Value, Dumped) {
        let (text, dumped) = self.text(bytes, &Options { format: Format::Json, ..options.clone() });
        let mut document: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        assert_eq!((&document["schema"], &document["version"]), (&"bootgate-dump".into(), &1.into()));
        assert_eq!(document["size"], bytes.len());
        (document["root"].take(), dumped)
    }

    pub(crate) fn path(&self, text: &str) -> path::Path {
        path::Path::parse(text, &self.plan).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    /// Whether a field of an object is an instance.
    pub(crate) fn is_instance(&self, object: &Value, id: &Value) -> bool {
        let layout = &self.plan.layout;
        let named = |attr: &Attr| attr.name.as_deref() == id.as_str();
        let owner = |attr: &Attr| Some(layout.types[attr.owner].name.as_str()) == object["type"].as_str();
        layout.attrs.iter().any(|attr| attr.instance && named(attr) && owner(attr))
    }
}

/// The content files of the corpus that are refused or not.
pub(crate) fn corpus(verdict: &str, file: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/channel").join(verdict);
    let cases = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> =
        cases.map(|case| case.unwrap_or_else(|e| panic!("{e}")).path().join(format!("{file}.bin"))).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (path, bytes)
    };
    paths.into_iter().map(read).collect()
}

pub(crate) fn parts(node: &Value) -> &[Value] {
    let parts = node.get("fields").or_else(|| node.get("items"));
    parts.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Every node below one, with its path; fields without a name have none.
pub(crate) fn below<'v>(node: &'v Value, path: &str, into: &mut Vec<(String, &'v Value)>) {
    for (row, part) in parts(node).iter().enumerate() {
        let path = match (node["kind"].as_str(), part["id"].as_str()) {
            (Some("list"), _) => format!("{path}[{row}]"),
            (_, Some(id)) if path.is_empty() => id.to_string(),
            (_, Some(id)) => format!("{path}.{id}"),
            _ => continue,
        };
        into.push((path.clone(), part));
        below(part, &path, into);
    }
}

/// A range, if a node has one.
pub(crate) fn range(node: &Value) -> Option<(u64, u64)> {
    Some((node["range"][0].as_u64()?, node["range"][1].as_u64()?))
}

/// A tree cut below a level, as `depth` does.
pub(crate) fn cut(node: &Value, levels: u32) -> Value {
    let mut node = node.clone();
    for parts in ["fields", "items"] {
        let Some(Value::Array(nodes)) = node.get(parts).cloned() else { continue };
        if levels > 0 {
            node[parts] = nodes.iter().map(|part| cut(part, levels - 1)).collect();
        } else if let Value::Object(map) = &mut node {
            map.remove(parts);
            if parts == "items" {
                map.insert("count".into(), nodes.len().into());
            }
            map.insert("elided".into(), "depth".into());
        }
    }
    node
}
