//! One schema file: YAML text → its spec.

use super::ast::{Lost, Schema, TypeSpec};
use super::problems::Problems;
use super::types::Types;
use super::yaml;
use crate::limits::SchemaLimits;
use crate::span::{SourceId, Span};
use crate::text::Text;

/// The spec of a schema text, as far as it can be read.
pub(super) fn schema(source: SourceId, text: &str, limits: &SchemaLimits, problems: &mut Problems) -> Schema {
    let Some(node) = yaml::parse(source, text, limits, problems) else { return unread(source, "") };
    let mut types = Types { problems, imports: Vec::new(), opaque: false };
    let root = types.top(&node);
    let Types { imports, opaque, .. } = types;
    Schema { source, root, imports, opaque }
}

/// The spec of a schema of which nothing is known but its name.
pub(super) fn unread(source: SourceId, name: &str) -> Schema {
    let name = Text::new(name, Span { source, start: 0, end: 0 }, false, Vec::new());
    let root = TypeSpec { lost: Lost::ALL, ..TypeSpec::empty(name, "") };
    Schema { source, root, imports: Vec::new(), opaque: false }
}
