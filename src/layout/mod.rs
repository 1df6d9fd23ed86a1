//! The layout: types, fields and typed expressions of one or more schemas, in flat tables.
//!
//! Nothing of the schema is erased here: every use of an expression keeps its [`Role`], so that what a
//! field means to another one can be read forwards (to check) and backwards (to generate).

mod bodies;
mod build;
mod casts;
mod checksums;
mod expr;
mod fields;
mod methods;
mod nodes;
mod parents;
#[cfg(test)]
mod places_tests;
pub mod query;
mod resolve;
mod sizes;
#[cfg(test)]
mod tests;
pub mod ty;
mod typing;

pub use build::{Input, build};
pub use expr::{Expr, ExprKind, Method};
pub use typing::{Scope, Typer, Want};

use crate::checksum::Algorithm;
use crate::encoding::Encoding;
use crate::schema::SchemaError;
use crate::schema::ast::{Endian, OwnBytes, ProcessKind};
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
    /// What is not wrong with the schemas, but could be better.
    pub warnings: Vec<SchemaError>,
    names: resolve::Names,
    sizes: sizes::Sizes,
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
    /// The top-level type of its schema file: itself if it is that.
    pub top: TypeId,
    /// The file that it belongs to.
    pub root: RootId,
    /// What its users pass to it, in that order.
    pub params: Vec<AttrId>,
    /// The byte order that it calculates.
    pub order: ObjectOrder,
    /// Fields in the order of the file.
    pub seq: Vec<AttrId>,
    /// Instances in the order of the schema.
    pub instances: Vec<AttrId>,
    /// Types that are defined in it.
    pub types: Vec<TypeId>,
    /// Enums that are defined in it.
    pub enums: Vec<EnumId>,
    /// The type of `_parent`, where all its objects have a parent of that one type.
    pub parent: Option<TypeId>,
    /// The text that stands for an object.
    pub to_string: Option<ExprId>,
}

/// Where an object has the byte order of those of its integers that are in [`ByteOrder::Object`].
#[derive(Clone, Debug, Default)]
pub enum ObjectOrder {
    /// It has none of its own: it takes that of the object that has it as a field.
    #[default]
    Inherited,
    /// From the value of an expression, before its first field is read.
    Calculated {
        /// The value.
        on: ExprId,
        /// What it is compared with, in this order; the last one without an expression is for all others.
        cases: Vec<(Option<ExprId>, Endian)>,
    },
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Always the same.
    Fixed(Endian),
    /// That of the object (see [`ObjectOrder`]).
    Object,
}

/// The shape of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Which byte order an object has.
    Endian,
    /// What is passed to an object.
    Argument,
    /// What bytes are processed with.
    Process,
    /// Which object is the parent.
    Parent,
    /// The text that stands for an object.
    Text,
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
