//! A schema as it is written: specs with spans, expressions read but not typed, names not resolved.
//!
//! What could not be read is left out, and marked where that would make other things look wrong.

mod field;

pub use field::*;

use super::error::SchemaError;
use super::expr::{Ast, TypeName};
use crate::span::{SourceId, Span};
use crate::text::Text;

/// One schema file.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The text it was read from.
    pub source: SourceId,
    /// The top-level type; its name is `meta/id`.
    pub root: TypeSpec,
    /// Other schema files that it names types of.
    pub imports: Vec<Import>,
    /// Whether an unknown type is one of a file beside this one (`ks-opaque-types`).
    pub opaque: bool,
}

/// An entry of `imports`.
#[derive(Clone, Debug)]
pub struct Import {
    /// A file without its extension: relative to the importing one, or with `/` first below an import path.
    pub path: Text,
    /// Where it is: `/meta/imports/0`.
    pub key: String,
}

/// A schema file and all that it imports, as far as they could be read.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The file that was asked for.
    pub main: Schema,
    /// The files that it imports, and those that they import, each once.
    pub imported: Vec<Schema>,
    /// What is wrong with them, and what could be better.
    pub problems: Vec<SchemaError>,
}

/// A type: the top level or an entry of `types`.
#[derive(Clone, Debug)]
pub struct TypeSpec {
    /// Its name.
    pub name: Text,
    /// Where it is: empty for the top level, else `/types/name`.
    pub key: String,
    /// Defaults for what is in it.
    pub meta: Meta,
    /// What its users pass to it.
    pub params: Vec<ParamSpec>,
    /// Fields in the order of the file.
    pub seq: Vec<AttrSpec>,
    /// Fields that are found by position, and calculated values.
    pub instances: Vec<AttrSpec>,
    /// Nested types.
    pub types: Vec<TypeSpec>,
    /// Enums.
    pub enums: Vec<EnumSpec>,
    /// `to-string`: the text that stands for an object.
    pub to_string: Option<ExprSpec>,
    /// What is missing here because it could not be read.
    pub lost: Lost,
}

/// Names that are missing in a type because they could not be read: an unknown name may be one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Names of parameters, fields or instances.
    pub fields: bool,
    /// Names of types or enums.
    pub types: bool,
}

impl Lost {
    /// Any name may be missing.
    pub const ALL: Lost = Lost { fields: true, types: true };
}

impl TypeSpec {
    /// A type without anything in it.
    pub fn empty(name: Text, key: &str) -> TypeSpec {
        TypeSpec {
            name,
            key: key.to_string(),
            meta: Meta::default(),
            params: Vec::new(),
            seq: Vec::new(),
            instances: Vec::new(),
            types: Vec::new(),
            enums: Vec::new(),
            to_string: None,
            lost: Lost::default(),
        }
    }
}

/// An entry of `params`.
#[derive(Clone, Debug)]
pub struct ParamSpec {
    /// Its name.
    pub id: Text,
    /// The whole entry.
    pub span: Span,
    /// Where it is: `/params/0`.
    pub key: String,
    /// `type`: a type's name, or `bytes`, `struct`, `io`, `any`, `bool`; bytes when missing.
    pub ty: Option<TypeUse>,
    /// `enum`.
    pub enumeration: Option<EnumRef>,
    /// Whether its type is not known because it could not be read.
    pub wrong: bool,
}

/// Defaults of a type, inherited by the types in it.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// Byte order of integers that do not name theirs.
    pub endian: Option<EndianSpec>,
    /// Bit order of bit-sized integers that do not name theirs.
    pub bit_endian: Option<Endian>,
    /// Encoding of texts that do not name theirs.
    pub encoding: Option<Text>,
}

/// `endian`.
#[derive(Clone, Debug)]
pub enum EndianSpec {
    /// Always the same.
    Fixed(Endian),
    /// By the value of an expression.
    Switch {
        /// `switch-on`.
        on: Box<ExprSpec>,
        /// `cases`; the case `_` has no expression.
        cases: Vec<(Option<ExprSpec>, Endian)>,
    },
}

/// Byte or bit order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// An expression and its text.
#[derive(Clone, Debug)]
pub struct ExprSpec {
    /// The text.
    pub text: Text,
    /// What it reads as.
    pub ast: Ast,
    /// Where it is: `/seq/0/size`.
    pub key: String,
}

/// An entry of `enums`.
#[derive(Clone, Debug)]
pub struct EnumSpec {
    /// Its name.
    pub name: Text,
    /// Its members: value and name.
    pub members: Vec<(i128, Text)>,
}
