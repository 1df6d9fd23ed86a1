//! YAML text as a tree of nodes with spans: the only place that knows the YAML library.
//!
//! Scalars stay raw (`0b101` and `yes` are ours to resolve). Aliases are expanded within a budget,
//! duplicate keys and merge keys are errors.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Options, Parser, ScalarStyle};

use super::error::{Kind, SchemaError};
use crate::limits;
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

/// Whether a scalar is YAML's null.
pub fn is_null(text: &Text) -> bool {
    !text.quoted && matches!(text.value.as_str(), "" | "~" | "null" | "Null" | "NULL")
}

/// Reads one YAML document.
pub fn parse(source: SourceId, text: &str) -> Result<Node, SchemaError> {
    Reader { source, text, anchors: HashMap::new(), nodes: 0, copied: 0 }.document()
}

struct Reader<'t> {
    source: SourceId,
    text: &'t str,
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
    seen: HashSet<String>,
    key: Option<Text>,
    map: bool,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Node, SchemaError> {
        if self.text.len() > limits::TEXT_BYTES {
            let whole = self.span(0..0);
            return Err(error(Kind::TooLarge { limit: limits::TEXT_BYTES, unit: "bytes" }, whole));
        }
        let mut options = Options::default();
        options.flow_nesting_limit = limits::YAML_DEPTH;
        options.block_nesting_limit = limits::YAML_DEPTH;
        let mut open: Vec<Open> = Vec::new();
        let mut done: Option<Node> = None;
        for next in Parser::new_from_str_with_options(self.text, options) {
            let (event, span) = next.map_err(|e| {
                let at = e.marker().byte_offset().unwrap_or(0).min(self.text.len());
                error(Kind::Yaml(e.info()), self.span(at..at))
            })?;
            let span = self.span(span.byte_range().unwrap_or(0..0));
            let node = match event {
                Event::DocumentStart(..) if done.is_some() => {
                    return Err(error(Kind::Invalid("more than one YAML document".into()), span));
                }
                Event::SequenceStart(_, anchor, _) => {
                    self.count(1, span)?;
                    open.push(self.open(span, anchor, false));
                    continue;
                }
                Event::MappingStart(_, anchor, _) => {
                    self.count(1, span)?;
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
                    if open.len() + size.depth > limits::YAML_DEPTH {
                        let unit = "levels after aliases are expanded";
                        return Err(error(Kind::TooLarge { limit: limits::YAML_DEPTH, unit }, span));
                    }
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
            match open.last_mut() {
                Some(top) => top.add(node)?,
                None => done = Some(node),
            }
        }
        done.ok_or_else(|| error(Kind::Missing("meta"), self.span(0..0)))
    }

    fn open(&self, start: Span, anchor: usize, map: bool) -> Open {
        Open { start, anchor, items: Vec::new(), entries: Vec::new(), seen: HashSet::new(), key: None, map }
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
        if self.copied > limits::TEXT_BYTES {
            let unit = "bytes after aliases are expanded";
            return Err(error(Kind::TooLarge { limit: limits::TEXT_BYTES, unit }, span));
        }
        self.count(size.nodes, span)
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), SchemaError> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > limits::YAML_NODES {
            return Err(error(Kind::TooLarge { limit: limits::YAML_NODES, unit: "YAML nodes" }, span));
        }
        Ok(())
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
    fn add(&mut self, node: Node) -> Result<(), SchemaError> {
        if !self.map {
            self.items.push(node);
            return Ok(());
        }
        let Some(key) = self.key.take() else {
            let Value::Scalar(text) = node.value else {
                let found = node.kind().to_string();
                return Err(error(Kind::WrongKind { expected: "a name as key", found }, node.span));
            };
            if text.value == "<<" && !text.quoted {
                return Err(error(Kind::Unsupported("a merge key (`<<`)".into()), node.span));
            }
            if !self.seen.insert(text.value.clone()) {
                let first = text.value.clone();
                return Err(error(Kind::Duplicate { name: text.value, first }, node.span));
            }
            self.key = Some(text);
            return Ok(());
        };
        self.entries.push((key, node));
        Ok(())
    }

    fn close(self, end: Span) -> Node {
        let span = Span { end: end.end.max(self.start.start), ..self.start };
        let value = if self.map { Value::Map(self.entries) } else { Value::Seq(self.items) };
        Node { span, value }
    }
}

fn error(kind: Kind, span: Span) -> SchemaError {
    SchemaError { kind, span, key: String::new() }
}
