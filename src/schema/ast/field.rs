//! Fields and instances as they are written, with all that their keys hold.

use super::{ExprSpec, TypeName};
use crate::span::Span;
use crate::text::Text;

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
    pub enumeration: Option<EnumRef>,
    /// `valid`.
    pub valid: Option<ValidSpec>,
    /// `encoding`.
    pub encoding: Option<Text>,
    /// `terminator`, `consume`, `include`, `eos-error`.
    pub terminator: TerminatorSpec,
    /// `pad-right`.
    pub pad_right: Option<u8>,
    /// `process`.
    pub process: Option<ProcessSpec>,
    /// `parent`.
    pub parent: Option<ParentSpec>,
    /// `pos`, of an instance.
    pub pos: Option<ExprSpec>,
    /// `io`, of an instance.
    pub io: Option<ExprSpec>,
    /// `value`, of an instance.
    pub value: Option<ExprSpec>,
    /// `-checksum`.
    pub checksum: Option<ChecksumSpec>,
    /// Whether its type is not known because it could not be read.
    pub wrong: bool,
}

impl AttrSpec {
    /// A field or an instance of which nothing is known but the name.
    pub fn empty(id: Option<Text>, span: Span, key: &str) -> AttrSpec {
        let terminator = TerminatorSpec { bytes: None, consume: true, include: false, eos_error: true };
        AttrSpec {
            id,
            span,
            key: key.to_string(),
            ty: None,
            contents: None,
            size: None,
            size_eos: false,
            condition: None,
            repeat: RepeatSpec::Once,
            enumeration: None,
            valid: None,
            encoding: None,
            terminator,
            pad_right: None,
            process: None,
            parent: None,
            pos: None,
            io: None,
            value: None,
            checksum: None,
            wrong: false,
        }
    }
}

/// Where a field of variable length ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminatorSpec {
    /// The bytes that end it, if the schema names them.
    pub bytes: Option<Vec<u8>>,
    /// Whether they are taken from the stream.
    pub consume: bool,
    /// Whether they are part of the value.
    pub include: bool,
    /// Whether the end of the stream without them is an error.
    pub eos_error: bool,
}

/// `process`.
#[derive(Clone, Debug)]
pub struct ProcessSpec {
    /// Where the schema says so.
    pub span: Span,
    /// Where that is: `/seq/0/process`.
    pub key: String,
    /// What is done to the bytes.
    pub kind: ProcessKind,
    /// The arguments: a list.
    pub args: Option<ExprSpec>,
}

/// What `process` does to bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessKind {
    /// Exclusive or with a byte, or with bytes over and over.
    Xor,
    /// Rotates each byte to the left.
    RotateLeft,
    /// Rotates each byte to the right.
    RotateRight,
    /// Undoes zlib.
    Zlib,
    /// What a name stands for that the schema language does not know.
    Custom(String),
}

/// `parent`.
#[derive(Clone, Debug)]
pub enum ParentSpec {
    /// `parent: false`.
    Nobody,
    /// Another object.
    Other(ExprSpec),
}

/// The name of an enum.
#[derive(Clone, Debug)]
pub struct EnumRef {
    /// As it is written: `outer::kind`.
    pub text: Text,
    /// Its path.
    pub name: TypeName,
    /// Where it is: `/seq/0/enum`.
    pub key: String,
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
    One(Box<TypeUse>),
    /// A type by the value of an expression.
    Switch {
        /// `switch-on`.
        on: Box<ExprSpec>,
        /// `cases`, the case `_` last.
        cases: Vec<CaseSpec>,
    },
}

/// A type's name with what is passed to it: `outer::record(len, 2)`.
#[derive(Clone, Debug)]
pub struct TypeUse {
    /// As it is written.
    pub text: Text,
    /// Where it is: `/seq/0/type`.
    pub key: String,
    /// The name.
    pub name: TypeName,
    /// The arguments: a list.
    pub args: Option<ExprSpec>,
}

/// An entry of `cases`.
#[derive(Clone, Debug)]
pub struct CaseSpec {
    /// What the value is compared with; none for `_`.
    pub case: Option<ExprSpec>,
    /// The type then.
    pub ty: TypeUse,
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
    /// `algorithm`, as it is written.
    pub algorithm: Text,
    /// What it covers.
    pub covers: CoverSpec,
    /// What the field's own bytes count as.
    pub own_bytes: OwnBytes,
}

/// What a checksum covers.
#[derive(Clone, Debug)]
pub enum CoverSpec {
    /// A range of the stream of the field.
    Range {
        /// First byte; 0 when missing.
        start: Option<Box<ExprSpec>>,
        /// One past the last byte; the stream's end when missing.
        end: Option<Box<ExprSpec>>,
    },
    /// The bytes of these fields of the same object, in this order.
    Fields(Vec<Text>),
}

/// What the bytes of a checksum count as, when the range covers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum OwnBytes {
    /// As zeroes.
    Zero,
    /// Not at all.
    Skip,
    /// As what they are.
    Keep,
}
