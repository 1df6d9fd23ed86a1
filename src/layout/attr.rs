//! Fields and instances: what they consist of, where they end, what they must be.

use super::ty::Ty;
use super::{AttrId, EnumId, ExprId, TypeId};
use crate::checksum::Algorithm;
use crate::encoding::Encoding;
use crate::schema::ast::{Endian, OwnBytes, ProcessKind};
use crate::span::Span;

/// A field or an instance.
#[derive(Clone, Debug)]
pub struct Attr {
    /// Its name; a field may have none.
    pub name: Option<String>,
    /// The type that it belongs to.
    pub owner: TypeId,
    /// Where it is in the schema.
    pub key: String,
    /// The whole entry.
    pub span: Span,
    /// Whether it is an instance.
    pub instance: bool,
    /// Whether the stream goes on at the next whole byte before it is read: it follows bit-sized integers.
    pub aligned: bool,
    /// When it is there.
    pub condition: Option<ExprId>,
    /// How often it is there.
    pub repeat: Repeat,
    /// The stream that an instance is read from; its object's stream when missing.
    pub io: Option<ExprId>,
    /// Where in the stream an instance begins.
    pub pos: Option<ExprId>,
    /// How many bytes one element has, as far as its type does not say it.
    pub extent: Extent,
    /// The bytes that end it.
    pub terminator: Option<Terminator>,
    /// The byte that may follow its value up to its size.
    pub pad_right: Option<u8>,
    /// What is done to its bytes before they are looked at.
    pub process: Option<Process>,
    /// The object that its objects have as their parent.
    pub parent: Parent,
    /// What it consists of.
    pub body: Body,
    /// What its values must be.
    pub valid: Option<Valid>,
    /// What it is a checksum of.
    pub checksum: Option<Checksum>,
    /// Type of one element.
    pub element: Ty,
}

impl Attr {
    /// A field that is read once, without a name, a body or a condition: what the rest is filled into.
    pub(crate) fn empty(owner: TypeId, span: Span) -> Attr {
        Attr {
            name: None,
            owner,
            key: String::new(),
            span,
            instance: false,
            aligned: false,
            condition: None,
            repeat: Repeat::Once,
            io: None,
            pos: None,
            extent: Extent::Free,
            terminator: None,
            pad_right: None,
            process: None,
            parent: Parent::User,
            body: Body::Nothing,
            valid: None,
            checksum: None,
            element: Ty::Any,
        }
    }

    /// The type of the whole field: of its only element, or of the array.
    pub fn ty(&self) -> Ty {
        match self.repeat {
            Repeat::Once => self.element.clone(),
            _ => Ty::Array(Box::new(self.element.clone())),
        }
    }
}

/// How often a field is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Once.
    Once,
    /// Until its stream ends.
    Eos,
    /// So many times.
    Times(ExprId),
    /// Until an expression over the last element holds.
    Until(ExprId),
}

/// How many bytes an element has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What its type takes.
    Free,
    /// So many.
    Size(ExprId),
    /// All that are left in its stream.
    Eos,
}

/// The bytes that end a field. They are looked for at multiples of their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminator {
    /// The bytes; at least one.
    pub bytes: Vec<u8>,
    /// Whether they are taken from the stream.
    pub consume: bool,
    /// Whether they are part of the value.
    pub include: bool,
    /// Whether the stream's end without them is an error.
    pub eos_error: bool,
}

/// What is done to the bytes of a field before they are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// What it is.
    pub kind: ProcessKind,
    /// Its arguments.
    pub args: Vec<ExprId>,
    /// Where the schema says so.
    pub span: Span,
}

/// The parent of the objects of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// The object that has the field; nobody for objects of another schema file.
    User,
    /// Nobody.
    Nobody,
    /// Another object.
    Other(ExprId),
}

/// What an element consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An integer.
    Int(IntFormat),
    /// An integer of so many bits (1 to 64), in this bit order; one bit without an enum is a truth value.
    Bits(u8, Endian),
    /// A 32- or 64-bit float (size in bytes, byte order).
    Float(u8, ByteOrder),
    /// Fixed bytes.
    Contents(Vec<u8>),
    /// Bytes.
    Bytes,
    /// Text.
    Str(Encoding),
    /// An object, and what is passed to it.
    Object(TypeId, Vec<ExprId>),
    /// One of several, by a value.
    Switch {
        /// The value.
        on: ExprId,
        /// What it is compared with, in this order.
        cases: Vec<(ExprId, Body)>,
        /// What it is otherwise; nothing, or bytes where the extent is known.
        default: Box<Body>,
    },
    /// Nothing.
    Nothing,
    /// No bytes: the value of an expression.
    Value(ExprId),
    /// No bytes: what the object's user passes.
    Param,
}

impl Body {
    /// The bodies that an element can have: the cases of a switch and its default, else the body itself.
    pub fn alternatives(&self) -> impl Iterator<Item = &Body> {
        let (cases, other) = match self {
            Body::Switch { cases, default, .. } => (cases.as_slice(), &**default),
            body => (&[][..], body),
        };
        cases.iter().map(|(_, body)| body).chain([other])
    }
}

/// The byte order of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ByteOrder {
    /// Always the same.
    Fixed(Endian),
    /// That of the object (see [`super::ObjectOrder`]).
    Object,
}

/// The shape of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IntFormat {
    /// Its size in bytes: 1, 2, 4 or 8.
    pub bytes: u8,
    /// Whether it is in two's complement.
    pub signed: bool,
    /// Its byte order.
    pub order: ByteOrder,
}

/// What the value of a field must be.
#[derive(Clone, Debug)]
pub struct Valid {
    /// The constraint.
    pub kind: ValidKind,
    /// Where the schema says so.
    pub span: Span,
    /// Where that is in the schema.
    pub key: String,
}

/// The forms of a constraint; each expression is compared with the value, or is over `_`.
#[derive(Clone, Debug)]
pub enum ValidKind {
    /// Equal.
    Eq(ExprId),
    /// Not less and not greater.
    Range(Option<ExprId>, Option<ExprId>),
    /// Equal to one of these.
    AnyOf(Vec<ExprId>),
    /// The expression holds.
    Expr(ExprId),
    /// A member of the enum.
    InEnum(EnumId),
}

/// What a field is a checksum of.
#[derive(Clone, Debug)]
pub struct Checksum {
    /// How it is computed.
    pub algorithm: Algorithm,
    /// What it covers.
    pub covers: Cover,
    /// What the field's own bytes count as.
    pub own_bytes: OwnBytes,
    /// Where the schema says so.
    pub span: Span,
    /// Where that is in the schema.
    pub key: String,
}

/// What a checksum covers.
#[derive(Clone, Debug)]
pub enum Cover {
    /// A range of the field's stream.
    Range {
        /// First byte; 0 when missing.
        start: Option<ExprId>,
        /// One past the last byte; the end of the stream when missing.
        end: Option<ExprId>,
    },
    /// The bytes of these fields of the same object.
    Fields(Vec<AttrId>),
}
