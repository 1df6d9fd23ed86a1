//! Expressions of the schema language: the tree as it is written, before names and types are known.

mod constant;
mod lexical;
mod operators;
mod parse;
#[cfg(test)]
mod tests;

pub use parse::{parse, parse_type};

use std::ops::Range;

/// A node of an [`Ast`], by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(u32);

/// An expression as a flat table; children come before their parents.
#[derive(Clone, Debug, PartialEq)]
pub struct Ast {
    nodes: Vec<Node>,
    /// The node of the whole expression.
    pub root: NodeId,
}

/// One node and the bytes of the expression that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its bytes in the expression's text.
    pub range: Range<usize>,
}

impl Ast {
    /// The node with this number, if it is one of this tree.
    pub fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(usize::try_from(id.0).ok()?)
    }

    /// All nodes, children before their parents.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `20`, `0x1f`, `0b1010`, `1_000`.
    Int(i128),
    /// `1.5`, `1e-3`.
    Float(f64),
    /// `'raw'`, `"escaped\n"`.
    Str(String),
    /// `f"… {x} …"`: texts, and expressions whose values are made texts.
    Format(Vec<NodeId>),
    /// `true`, `false`.
    Bool(bool),
    /// `name`, `_parent`, `_`.
    Name(String),
    /// `kind::exact`, `outer::kind::exact`: the enum's path with its member last. The path of `::outer::kind::exact`
    /// begins with an empty name: it starts at the top level.
    Member(Vec<String>),
    /// `-x`, `not x`, `~x`.
    Unary(Unary, NodeId),
    /// `a + b`, `a and b`, `a < b`.
    Binary(Binary, NodeId, NodeId),
    /// `c ? a : b`.
    Choice(NodeId, NodeId, NodeId),
    /// `base.name`.
    Field(NodeId, String),
    /// `base.name(a, b)`.
    Call(NodeId, String, Vec<NodeId>),
    /// `name(a, b)`.
    Function(String, Vec<NodeId>),
    /// `base[i]`.
    Subscript(NodeId, NodeId),
    /// `base.as<type>`.
    Cast(NodeId, TypeName),
    /// `[a, b]`.
    List(Vec<NodeId>),
    /// `sizeof<type>`, and with `bits` `bitsizeof<type>`.
    SizeOf {
        /// The type.
        name: TypeName,
        /// In bits, not bytes.
        bits: bool,
    },
}

/// A type's name in an expression: `a::b`, `::a`, `u4[]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// From the outermost name on.
    pub path: Vec<String>,
    /// Whether it starts at the top level.
    pub absolute: bool,
    /// Whether it is an array of that type.
    pub array: bool,
}

/// A type's name with what is passed to it: `outer::record(len, 2)`.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeCall {
    /// The name.
    pub name: TypeName,
    /// The arguments, as a list.
    pub args: Option<Ast>,
}

/// Operators on one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Unary {
    /// `-x`
    Minus,
    /// `~x`
    Invert,
    /// `not x`
    Not,
}

/// Operators on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Binary {
    /// `a + b`, of numbers or texts.
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// `a / b`, rounded down.
    Div,
    /// `a % b`, with the sign of `b`.
    Mod,
    /// `a & b`
    BitAnd,
    /// `a | b`
    BitOr,
    /// `a ^ b`
    BitXor,
    /// `a << b`
    Shl,
    /// `a >> b`
    Shr,
    /// `a == b`
    Eq,
    /// `a != b`
    Ne,
    /// `a < b`
    Lt,
    /// `a <= b`
    Le,
    /// `a > b`
    Gt,
    /// `a >= b`
    Ge,
    /// `a and b`
    And,
    /// `a or b`
    Or,
}

/// Why a text is not an expression: where, and what was expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Byte offset in the text.
    pub at: usize,
    /// What would have been right.
    pub expected: &'static str,
}
