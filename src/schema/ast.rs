//! A schema as it is written: specs with spans, expressions read but not typed, names not resolved.

use super::expr::Ast;
use crate::span::{SourceId, Span};
use crate::text::Text;

/// One schema file.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The text it was read from.
    pub source: SourceId,
    /// The top-level type; its name is `meta/id`.
    pub root: TypeSpec,
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
    /// Fields in the order of the file.
    pub seq: Vec<AttrSpec>,
    /// Fields that are found by position, and calculated values.
    pub instances: Vec<AttrSpec>,
    /// Nested types.
    pub types: Vec<TypeSpec>,
    /// Enums.
    pub enums: Vec<EnumSpec>,
}

/// Defaults of a type, inherited by the types in it.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// Byte order of integers that do not name theirs.
    pub endian: Option<Endian>,
    /// Encoding of texts that do not name theirs.
    pub encoding: Option<Text>,
}

/// Byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// A field of `seq` or an entry of `instances`.
#[derive(Clone, Debug)]
pub struct AttrSpec {
    /// Its name; a field of `seq` may have none.
    pub id: Option<Text>,
    /// The whole entry.
    pub span: Span,
    /// Where it is: `/seq/0`, `/instances/name`.
    pub key: String,
    /// `type`.
    pub ty: Option<TypeRef>,
    /// `contents`.
    pub contents: Option<Contents>,
    /// `size`.
    pub size: Option<ExprSpec>,
    /// `size-eos: true`.
    pub size_eos: bool,
    /// `if`.
    pub condition: Option<ExprSpec>,
    /// `repeat` with its expression.
    pub repeat: RepeatSpec,
    /// `enum`.
    pub enumeration: Option<Text>,
    /// `valid`.
    pub valid: Option<ValidSpec>,
    /// `encoding`.
    pub encoding: Option<Text>,
    /// `terminator`, `consume`, `include`, `eos-error`.
    pub terminator: TerminatorSpec,
    /// `pos`, of an instance.
    pub pos: Option<ExprSpec>,
    /// `io`, of an instance.
    pub io: Option<ExprSpec>,
    /// `value`, of an instance.
    pub value: Option<ExprSpec>,
    /// `-checksum`.
    pub checksum: Option<ChecksumSpec>,
}

/// Where a field of variable length ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminatorSpec {
    /// The byte that ends it, if the schema names one.
    pub byte: Option<u8>,
    /// Whether that byte is taken from the stream.
    pub consume: bool,
    /// Whether that byte is part of the value.
    pub include: bool,
    /// Whether the end of the stream without that byte is an error.
    pub eos_error: bool,
}

/// `contents` as bytes.
#[derive(Clone, Debug)]
pub struct Contents {
    /// What the file must have there.
    pub bytes: Vec<u8>,
    /// Where the schema says so.
    pub span: Span,
}

/// `type`.
#[derive(Clone, Debug)]
pub enum TypeRef {
    /// One type.
    Named(Text),
    /// A type by the value of an expression.
    Switch {
        /// `switch-on`.
        on: Box<ExprSpec>,
        /// `cases`; the case `_` has no expression.
        cases: Vec<(Option<ExprSpec>, Text)>,
    },
}

/// `repeat`.
#[derive(Clone, Debug, Default)]
pub enum RepeatSpec {
    /// Not repeated.
    #[default]
    Once,
    /// Until the stream ends.
    Eos,
    /// A number of times.
    Times(ExprSpec),
    /// Until an expression over the last element holds.
    Until(ExprSpec),
}

/// `valid`.
#[derive(Clone, Debug)]
pub struct ValidSpec {
    /// The whole constraint.
    pub span: Span,
    /// Where it is: `/seq/0/valid`.
    pub key: String,
    /// What it asks for.
    pub kind: ValidKind,
}

/// The forms of `valid`.
#[derive(Clone, Debug)]
pub enum ValidKind {
    /// Equal to a value.
    Eq(ExprSpec),
    /// Between two values, each included; one may be missing.
    Range(Option<ExprSpec>, Option<ExprSpec>),
    /// One of some values.
    AnyOf(Vec<ExprSpec>),
    /// An expression over `_` holds.
    Expr(ExprSpec),
    /// A member of the field's enum.
    InEnum,
}

/// `-checksum`.
#[derive(Clone, Debug)]
pub struct ChecksumSpec {
    /// The whole key.
    pub span: Span,
    /// Where it is: `/seq/4/-checksum`.
    pub key: String,
    /// First byte covered, in the stream of the field; 0 when missing.
    pub start: Option<ExprSpec>,
    /// One past the last byte covered; the stream's end when missing.
    pub end: Option<ExprSpec>,
    /// What the field's own bytes count as.
    pub own_bytes: OwnBytes,
}

/// What the bytes of a checksum count as, when the range covers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OwnBytes {
    /// As zeroes.
    Zero,
    /// Not at all.
    Skip,
    /// As what they are.
    Keep,
}

/// An entry of `enums`.
#[derive(Clone, Debug)]
pub struct EnumSpec {
    /// Its name.
    pub name: Text,
    /// Its members: value and name.
    pub members: Vec<(i128, Text)>,
}
