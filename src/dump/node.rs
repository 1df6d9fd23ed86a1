//! Nodes of the tree, as the writers are told of them.

use std::borrow::Cow;
use std::io;

use crate::walk::events::Spot;

/// What comes first of a node.
#[derive(Clone, Debug)]
pub(super) struct Head<'a> {
    /// What it is called in paths; of an element its number in brackets.
    pub(super) label: Cow<'a, str>,
    /// Its name in the schema.
    pub(super) id: Option<&'a str>,
    /// The type in words: of an object its name in the schema.
    pub(super) ty: Cow<'a, str>,
    /// How far in it is.
    pub(super) level: u32,
}

/// A node that has others in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Fields.
    Object,
    /// Elements.
    List,
}

/// A node that has no others in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaf<'a> {
    /// An integer.
    Int(i128),
    /// A value of an enum; none is the member when it is none of them.
    Enum(i128, Option<&'a str>),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Str(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A stream.
    Stream,
    /// A field whose condition does not hold.
    Absent,
    /// What could not be read, and why.
    Unknown(&'a str),
    /// A node whose parts are not shown: the number of its elements, and why.
    Elided(Shape, Option<u64>, Why<'a>),
}

/// Why the parts of a node are not shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why<'a> {
    /// They are too deep.
    Depth,
    /// The same bytes were shown before, for another pointer.
    Before,
    /// It is a reference to what stands at this path.
    Refers(&'a str),
}

/// Who writes nodes, in the order of the tree.
pub(super) trait Sink {
    /// A node begins; its parts follow.
    fn open(&mut self, head: &Head<'_>, shape: Shape, start: Option<Spot>) -> io::Result<()>;
    /// The node that began last ends, early if there is a cause.
    fn close(&mut self, spot: Option<Spot>, cause: Option<&str>) -> io::Result<()>;
    /// A node without parts.
    fn leaf(&mut self, head: &Head<'_>, leaf: &Leaf<'_>, spot: Option<Spot>) -> io::Result<()>;
    /// There is no more.
    fn end(&mut self) -> io::Result<()>;
}
