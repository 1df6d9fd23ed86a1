//! The layout: types, fields and typed expressions of one or more schemas, in flat tables.
//!
//! Nothing of the schema is erased here: every use of an expression keeps its [`Role`], so that what a
//! field means to another one can be read forwards (to check) and backwards (to generate).

mod build;
mod expr;
mod fields;
mod methods;
pub mod query;
mod resolve;
#[cfg(test)]
mod tests;
pub mod ty;
mod typing;

pub use build::{Input, build};
pub use expr::{Expr, ExprKind, Method};
pub use typing::{Scope, Typer, Want};

use crate::schema::ast::{Endian, OwnBytes};
use crate::span::{SourceId, Span};
use crate::table::{Table, ids};
use ty::Ty;

ids! {
    /// A file of a content set.
    RootId;
    /// A type.
    TypeId;
    /// A field, or an instance.
    AttrId;
    /// An enum.
    EnumId;
    /// An expression.
    ExprId;
    /// A question that a contract asks of content.
    QueryId;
    /// A capacity that an expression names.
    CapacityId;
}

/// Everything that is known of some schemas, and of the questions that a contract asks.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// The files of the set, in the order of the contract.
    pub roots: Table<RootId, Root>,
    /// Types of all files.
    pub types: Table<TypeId, Type>,
    /// Fields and instances of all types.
    pub attrs: Table<AttrId, Attr>,
    /// Enums of all files.
    pub enums: Table<EnumId, Enum>,
    /// Expressions; children come before their parents.
    pub exprs: Table<ExprId, Expr>,
    /// What each whole expression is for.
    pub uses: Vec<Use>,
    /// What a contract asks.
    pub queries: Table<QueryId, query::Query>,
    /// Capacities that rules name.
    pub capacities: Table<CapacityId, String>,
    names: resolve::Names,
}

/// A file of a content set.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its role in the set.
    pub name: String,
    /// Its top-level type.
    pub ty: TypeId,
    /// The schema's text.
    pub source: SourceId,
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its name, without the types around it.
    pub name: String,
    /// Where it is in the schema.
    pub key: String,
    /// Where its name is written.
    pub span: Span,
    /// The type that it is defined in.
    pub outer: Option<TypeId>,
    /// The file that it belongs to.
    pub root: RootId,
    /// Fields in the order of the file.
    pub seq: Vec<AttrId>,
    /// Instances in the order of the schema.
    pub instances: Vec<AttrId>,
    /// Types that are defined in it.
    pub types: Vec<TypeId>,
    /// Enums that are defined in it.
    pub enums: Vec<EnumId>,
    /// Types of the objects that have objects of this type as fields.
    pub parents: Vec<TypeId>,
}

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
    /// The byte that ends it.
    pub terminator: Option<Terminator>,
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
            condition: None,
            repeat: Repeat::Once,
            io: None,
            pos: None,
            extent: Extent::Free,
            terminator: None,
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

/// The byte that ends a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminator {
    /// The byte.
    pub byte: u8,
    /// Whether it is taken from the stream.
    pub consume: bool,
    /// Whether it is part of the value.
    pub include: bool,
    /// Whether the stream's end without it is an error.
    pub eos_error: bool,
}

/// What an element consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// An integer.
    Int(IntFormat),
    /// A 32- or 64-bit float (size in bytes, byte order).
    Float(u8, Endian),
    /// Fixed bytes.
    Contents(Vec<u8>),
    /// Bytes.
    Bytes,
    /// Text.
    Str(Encoding),
    /// An object.
    Object(TypeId),
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
}

/// The shape of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntFormat {
    /// Its size in bytes: 1, 2, 4 or 8.
    pub bytes: u8,
    /// Whether it is in two's complement.
    pub signed: bool,
    /// Its byte order.
    pub endian: Endian,
}

/// The encoding of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes below 0x80.
    Ascii,
    /// UTF-8.
    Utf8,
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

/// What a field is a checksum of: CRC-32 over a range of its stream.
#[derive(Clone, Debug)]
pub struct Checksum {
    /// First byte; 0 when missing.
    pub start: Option<ExprId>,
    /// One past the last byte; the end of the stream when missing.
    pub end: Option<ExprId>,
    /// What the field's own bytes count as.
    pub own_bytes: OwnBytes,
    /// Where the schema says so.
    pub span: Span,
    /// Where that is in the schema.
    pub key: String,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// The type that it is defined in.
    pub owner: TypeId,
    /// Its members by value, ascending.
    pub members: Vec<(i128, String)>,
}

impl Enum {
    /// The name of a value.
    pub fn name_of(&self, value: i128) -> Option<&str> {
        let row = self.members.binary_search_by_key(&value, |(v, _)| *v).ok()?;
        self.members.get(row).map(|(_, name)| name.as_str())
    }
}

/// What a whole expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The expression.
    pub expr: ExprId,
    /// What for.
    pub role: Role,
    /// The field that it belongs to; none for a contract's expressions.
    pub attr: Option<AttrId>,
}

/// What an expression can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// How many bytes.
    Size,
    /// How many elements.
    Count,
    /// Whether this element is the last.
    Until,
    /// Where an instance begins.
    Position,
    /// Which stream an instance is in.
    Stream,
    /// Whether a field is there.
    If,
    /// Which case applies.
    Switch,
    /// What a case is compared with.
    Case,
    /// What a value must be.
    Valid,
    /// What a checksum covers.
    Checksum,
    /// A calculated value.
    Value,
    /// When a query applies.
    When,
    /// Which element a consumer dereferences.
    Read,
    /// Which capacity that is held against.
    Capacity,
    /// What a rule asserts.
    Rule,
}
