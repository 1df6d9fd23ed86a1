//! Typed expressions: what they are, and what they consist of.

use super::ty::Ty;
use super::{AttrId, CapacityId, ExprId, RootId, TypeId};
use crate::encoding::Encoding;
use crate::schema::expr::{Binary, Unary};
use crate::span::Span;

/// A typed expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Where it is written.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// An integer, or the value of an enum member.
    Int(i128),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// `_`: the value at hand.
    It,
    /// `_index`: the number of the element at hand.
    Index,
    /// The object at hand.
    This,
    /// The object that has this one as a field.
    Parent(ExprId),
    /// The top-level object of a file.
    Root(RootId),
    /// The object of a top-level type that an object is in: `_root`.
    Top(ExprId),
    /// The stream of an object.
    Io(ExprId),
    /// A field or an instance of an object.
    Attr(ExprId, AttrId),
    /// An element of an array, or a byte.
    Subscript(ExprId, ExprId),
    /// The same object, known to be of a type.
    Cast(ExprId, TypeId),
    /// The same value under another static type.
    Retype(ExprId),
    /// An operator on one value.
    Unary(Unary, ExprId),
    /// An operator on two values.
    Binary(Binary, ExprId, ExprId),
    /// `c ? a : b`.
    Choice(ExprId, ExprId, ExprId),
    /// A list of values.
    List(Vec<ExprId>),
    /// A method without side effects.
    Method(Method, ExprId, Vec<ExprId>),
    /// The value of a capacity of the build at hand.
    Capacity(CapacityId),
    /// The number of a text, or of bytes, among all that were asked for.
    Intern(ExprId),
    /// Whether a value says nothing: absent, empty, or nothing but white space or zero bytes.
    Blank(ExprId),
}

/// Methods of the expression language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Method {
    /// Characters of a text, bytes of bytes, elements of an array.
    Length,
    /// First element.
    First,
    /// Last element.
    Last,
    /// Least element.
    Min,
    /// Greatest element.
    Max,
    /// Bytes of a stream.
    StreamSize,
    /// Position in a stream.
    StreamPos,
    /// Whether a stream is at its end.
    StreamEof,
    /// An integer from an enum member (no change), a truth value, or a float (towards zero).
    ToInt,
    /// An integer from its text; the argument is the radix.
    ParseInt,
    /// The decimal text of an integer.
    ToText,
    /// The text that bytes encode.
    Decode(Encoding),
    /// The text backwards.
    Reverse,
    /// Characters from, to.
    Substring,
    /// The lowest eight bits of each integer of a list, as bytes.
    Pack,
}

impl ExprKind {
    /// Adds the expressions that this one consists of.
    pub fn children(&self, to: &mut Vec<ExprId>) {
        match self {
            ExprKind::Parent(a)
            | ExprKind::Top(a)
            | ExprKind::Io(a)
            | ExprKind::Attr(a, _)
            | ExprKind::Cast(a, _)
            | ExprKind::Retype(a)
            | ExprKind::Unary(_, a)
            | ExprKind::Intern(a)
            | ExprKind::Blank(a) => to.push(*a),
            ExprKind::Subscript(a, b) | ExprKind::Binary(_, a, b) => to.extend([*a, *b]),
            ExprKind::Choice(a, b, c) => to.extend([*a, *b, *c]),
            ExprKind::List(items) => to.extend(items),
            ExprKind::Method(_, base, args) => to.extend([*base].iter().chain(args)),
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Str(_)
            | ExprKind::Bytes(_)
            | ExprKind::It
            | ExprKind::Index
            | ExprKind::This
            | ExprKind::Root(_)
            | ExprKind::Capacity(_) => {}
        }
    }
}
