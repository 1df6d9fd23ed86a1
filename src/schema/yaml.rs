//! YAML text as a tree of nodes with spans: the only place that knows the YAML library.
//!
//! Scalars stay raw (`0b101` and `yes` are resolved by [`super::scalar`]). Aliases are expanded within a budget, and merge
//! keys (`<<`) with them. A duplicate key, or one that is no scalar, is left out of the tree, so that the rest is checked.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle};

use super::error::{Kind, SchemaError};
use super::problems::Problems;
use super::scalar::is_null;
use crate::limits::{self, SchemaLimits};
use crate::span::{SourceId, Span};
use crate::text::{Piece, Text, span};

/// A YAML node and where it is.
#[derive(Clone, Debug)]
pub struct Node {
    /// The text of the node.
    pub span: Span,
    /// What it holds.
    pub value: Value,
}

/// What a YAML node holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// A scalar.
    Scalar(Text),
    /// A sequence.
    Seq(Vec<Node>),
    /// A mapping, in the order of the text.
    Map(Vec<(Text, Node)>),
}

impl Node {
    /// The node's kind in words, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar(text) if is_null(text) => "nothing",
            Value::Scalar(_) => "a scalar",
            Value::Seq(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// Reads one YAML document; none if that fails before its end.
pub fn parse(source: SourceId, text: &str, limits: &SchemaLimits, problems: &mut Problems) -> Option<Node> {
    let reader = Reader { source, text, limits, problems, anchors: HashMap::new(), nodes: 0, copied: 0 };
    match reader.document() {
        Ok(node) => Some(node),
        Err(e) => {
            problems.add(e.kind, e.span, &e.key);
            None
        }
    }
}

struct Reader<'t> {
    source: SourceId,
    text: &'t str,
    limits: &'t SchemaLimits,
    problems: &'t mut Problems,
    anchors: HashMap<usize, (Node, Size)>,
    nodes: usize,
    /// Bytes of scalars that were copied for anchors and aliases.
    copied: usize,
}

/// What a copy of a node costs.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

impl Size {
    fn of(node: &Node) -> Size {
        let of = |text: &Text| Size { nodes: 1, bytes: text.value.len(), depth: 0 };
        let inside = match &node.value {
            Value::Scalar(text) => return of(text),
            Value::Seq(items) => items.iter().map(Size::of).fold(Size::default(), Size::and),
            Value::Map(entries) => {
                entries.iter().map(|(key, node)| of(key).and(Size::of(node))).fold(Size::default(), Size::and)
            }
        };
        Size { nodes: inside.nodes + 1, depth: inside.depth + 1, ..inside }
    }

    fn and(self, other: Size) -> Size {
        Size {
            nodes: self.nodes + other.nodes,
            bytes: self.bytes + other.bytes,
            depth: self.depth.max(other.depth),
        }
    }
}

/// A collection under construction.
struct Open {
    start: Span,
    anchor: usize,
    items: Vec<Node>,
    entries: Vec<(Text, Node)>,
    /// Mappings whose entries count where there is no entry of that name.
    merged: Vec<Node>,
    seen: HashSet<String>,
    key: Option<Key>,
    map: bool,
}

/// What the next node of a mapping belongs to.
enum Key {
    Name(Text),
    /// `<<`
    Merge,
    /// A key that is wrong itself.
    None,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Node, SchemaError> {
        if self.text.len() > self.limits.text_bytes {
            return Err(error(self.text_bytes(), self.span(0..0)));
        }
        let mut options = Options::default();
        options.flow_nesting_limit = self.limits.yaml_depth;
        options.block_nesting_limit = self.limits.yaml_depth;
        let mut open: Vec<Open> = Vec::new();
        let mut done: Option<Node> = None;
        for next in Parser::new_from_str_with_options(self.text, options) {
            let (event, span) = next.map_err(|e| {
                let at = e.marker().byte_offset().unwrap_or(0).min(self.text.len());
                let kind = match e.kind() {
                    ErrorKind::RecursionLimitExceeded => self.yaml_depth(),
                    _ => Kind::Yaml(e.info()),
                };
                error(kind, self.span(at..at))
            })?;
            let span = self.span(span.byte_range().unwrap_or(0..0));
            let node = match event {
                Event::DocumentStart(..) if done.is_some() => {
                    return Err(error(Kind::Invalid("more than one YAML document".into()), span));
                }
                Event::SequenceStart(_, anchor, _) => {
                    self.count(1, span)?;
                    self.deep(open.len() + 1, span)?;
                    open.push(self.open(span, anchor, false));
                    continue;
                }
                Event::MappingStart(_, anchor, _) => {
                    self.count(1, span)?;
                    self.deep(open.len() + 1, span)?;
                    open.push(self.open(span, anchor, true));
                    continue;
                }
                Event::Scalar(value, style, anchor, _) => {
                    self.count(1, span)?;
                    let text = self.scalar(value, style, span);
                    let node = Node { span, value: Value::Scalar(text) };
                    self.anchor(anchor, &node)?;
                    node
                }
                Event::Alias(anchor) => {
                    let Some(size) = self.anchors.get(&anchor).map(|(_, size)| *size) else {
                        let why = "an alias inside the node that it names".to_string();
                        return Err(error(Kind::Invalid(why), span));
                    };
                    self.deep(open.len().saturating_add(size.depth), span)?;
                    self.copy(size, span)?;
                    match self.anchors.get(&anchor) {
                        Some((node, _)) => node.clone(),
                        None => continue,
                    }
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(top) = open.pop() else { continue };
                    let anchor = top.anchor;
                    let node = top.close(span);
                    self.anchor(anchor, &node)?;
                    node
                }
                _ => continue,
            };
            match open.split_last_mut() {
                Some((top, around)) => {
                    if let Err((kind, span)) = top.add(node) {
                        self.problem(kind, span, around, top);
                    }
                }
                None => done = Some(node),
            }
        }
        done.ok_or_else(|| error(Kind::Missing("meta"), self.span(0..0)))
    }

    fn open(&self, start: Span, anchor: usize, map: bool) -> Open {
        Open {
            start,
            anchor,
            items: Vec::new(),
            entries: Vec::new(),
            merged: Vec::new(),
            seen: HashSet::new(),
            key: None,
            map,
        }
    }

    /// What is wrong with a key of the innermost mapping.
    fn problem(&mut self, kind: Kind, span: Span, around: &[Open], top: &Open) {
        if self.problems.is_full() {
            return;
        }
        let path: String = around.iter().map(Open::step).collect();
        let (kind, key) = match kind {
            Kind::Duplicate { name, .. } => {
                let at = format!("{path}/{}", short(&name));
                (Kind::Duplicate { name, first: at.clone() }, at)
            }
            kind if matches!(top.key, Some(Key::None)) => (kind, path),
            kind => (kind, format!("{path}/<<")),
        };
        self.problems.add(kind, span, &key);
    }

    /// Remembers a node that has an anchor.
    fn anchor(&mut self, anchor: usize, node: &Node) -> Result<(), SchemaError> {
        if anchor != 0 {
            let size = Size::of(node);
            self.copy(size, node.span)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(())
    }

    /// Counts what a copy costs before it is made.
    fn copy(&mut self, size: Size, span: Span) -> Result<(), SchemaError> {
        self.copied = self.copied.saturating_add(size.bytes);
        if self.copied > self.limits.text_bytes {
            return Err(error(self.text_bytes(), span));
        }
        self.count(size.nodes, span)
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), SchemaError> {
        self.nodes = self.nodes.saturating_add(nodes);
        let limit = self.limits.yaml_nodes;
        if self.nodes > limit {
            return Err(error(Kind::Limit { name: "yaml-nodes", limit }, span));
        }
        Ok(())
    }

    fn deep(&self, depth: usize, span: Span) -> Result<(), SchemaError> {
        if depth > self.limits.yaml_depth { Err(error(self.yaml_depth(), span)) } else { Ok(()) }
    }

    fn yaml_depth(&self) -> Kind {
        Kind::Limit { name: "yaml-depth", limit: self.limits.yaml_depth }
    }

    fn text_bytes(&self) -> Kind {
        Kind::Limit { name: "text-bytes", limit: self.limits.text_bytes }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        let end = range.end.min(self.text.len());
        span(self.source, range.start.min(end)..end)
    }

    fn scalar(&self, value: Cow<'_, str>, style: ScalarStyle, at: Span) -> Text {
        let raw = usize::try_from(at.start)
            .ok()
            .zip(usize::try_from(at.end).ok())
            .and_then(|(start, end)| self.text.get(start..end))
            .unwrap_or("");
        // Where the source has the value byte for byte, every place in it is known.
        let quotes = usize::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
        let exact = raw.get(quotes..).is_some_and(|r| r.starts_with(&*value));
        let start = usize::try_from(at.start).unwrap_or(0) + quotes;
        let pieces = if exact {
            vec![Piece { value: 0..value.len(), source: start..start + value.len() }]
        } else {
            Vec::new()
        };
        Text::new(value, at, style != ScalarStyle::Plain, pieces)
    }
}

impl Open {
    /// Adds a node; else what is wrong with it, which is left out.
    fn add(&mut self, node: Node) -> Result<(), (Kind, Span)> {
        if !self.map {
            self.items.push(node);
            return Ok(());
        }
        match self.key.take() {
            Some(Key::Name(name)) => self.entries.push((name, node)),
            Some(Key::None) => {}
            Some(Key::Merge) => return self.merge(node),
            None => {
                let Value::Scalar(text) = node.value else {
                    self.key = Some(Key::None);
                    let found = node.kind().to_string();
                    return Err((Kind::WrongKind { expected: "a name as key", found }, node.span));
                };
                if text.value == "<<" && !text.quoted {
                    self.key = Some(Key::Merge);
                } else if self.seen.insert(text.value.clone()) {
                    self.key = Some(Key::Name(text));
                } else {
                    self.key = Some(Key::None);
                    return Err((Kind::Duplicate { name: text.value, first: String::new() }, node.span));
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, node: Node) -> Result<(), (Kind, Span)> {
        let is_map = |node: &Node| matches!(node.value, Value::Map(_));
        match node.value {
            Value::Map(_) => self.merged.push(node),
            Value::Seq(items) if items.iter().all(is_map) => self.merged.extend(items),
            _ => {
                let found = node.kind().to_string();
                let expected = "a mapping, or a list of mappings";
                return Err((Kind::WrongKind { expected, found }, node.span));
            }
        }
        Ok(())
    }

    /// The part of a path that leads to what is under construction inside.
    fn step(&self) -> String {
        match &self.key {
            Some(Key::Name(name)) => format!("/{}", short(&name.value)),
            _ if self.map => "/".to_string(),
            _ => format!("/{}", self.items.len()),
        }
    }

    fn close(mut self, end: Span) -> Node {
        for (name, node) in self.merged.into_iter().flat_map(|node| match node.value {
            Value::Map(entries) => entries,
            _ => Vec::new(),
        }) {
            if self.seen.insert(name.value.clone()) {
                self.entries.push((name, node));
            }
        }
        let span = Span { end: end.end.max(self.start.start), ..self.start };
        let value = if self.map { Value::Map(self.entries) } else { Value::Seq(self.items) };
        Node { span, value }
    }
}

/// A name as a part of a path.
fn short(name: &str) -> &str {
    name.get(..name.floor_char_boundary(limits::NAME_BYTES)).unwrap_or_default()
}

fn error(kind: Kind, span: Span) -> SchemaError {
    SchemaError { kind, span, key: String::new() }
}
