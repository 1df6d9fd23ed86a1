//! The layout: types, fields and typed expressions of one or more schemas, in flat tables.
//!
//! Nothing of the schema is erased here: every use of an expression keeps its [`Role`], so that what a
//! field means to another one can be read forwards (to check) and backwards (to generate).

mod attr;
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
mod shown;
mod sizes;
#[cfg(test)]
mod tests;
pub mod ty;
mod typing;

pub use attr::{
    Attr, Body, ByteOrder, Checksum, Cover, Extent, IntFormat, Parent, Process, Repeat, Terminator, Valid,
    ValidKind,
};
pub use build::{Input, build};
pub use expr::{Expr, ExprKind, Method};
pub(crate) use methods::comparable;
pub use typing::{Scope, Typer, Want};

use crate::checksum::Algorithm;
use crate::schema::SchemaError;
use crate::schema::ast::{Endian, ProcessKind};
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
