//! What a walk can stumble over, as data.

use super::value::Value;
use crate::checksum::Sum;
use crate::code::{Check, Constant};
use crate::codes;

/// The number of a trouble in one walk: what is unknown names its cause by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(pub u32);

/// One thing wrong with the content, before it is put in words.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// A `u4` where the region has two more bytes.
    UnexpectedEnd {
        /// Bytes that the field takes.
        needed: u64,
        /// Bytes that the region still has.
        available: u64,
    },
    /// Other bytes than `contents` has.
    Contents {
        /// What they should be, in the code's pool.
        expected: Constant,
    },
    /// A value that `valid` does not allow.
    Valid {
        /// The comparison that failed.
        check: Check,
        /// The value.
        value: Value,
        /// What it was compared with.
        operands: Vec<Value>,
    },
    /// A `-checksum` that differs from what the bytes give.
    Checksum {
        /// What the file says.
        stored: Sum,
        /// What the bytes give.
        computed: Sum,
    },
    /// A `pos` of 100 in a stream of 50 bytes.
    Position {
        /// The position asked for, in bytes from the stream's start.
        position: i128,
        /// The stream's size in bytes.
        size: u64,
    },
    /// `types[7]` of a list of three.
    Index {
        /// The index asked for.
        index: i128,
        /// How many elements there are.
        len: u64,
    },
    /// A size or a count below zero.
    Size(i128),
    /// A result, or a number to be converted, that does not fit 128 bits, or a shift by more than 63.
    Overflow,
    /// A division by zero.
    DivisionByZero,
    /// Bytes that are no text in their encoding; how many of them are good.
    Encoding(u64),
    /// No terminator up to the end of the region.
    Terminator(Constant),
    /// A byte order that no case of the schema decides.
    Undecided,
    /// Bytes that cannot be decoded, and why.
    Process(String),
    /// A custom process that nobody supplies, by its name.
    Processor(String),
    /// A field that is not there, or not read yet.
    Missing,
    /// An object of another type than an expression needs.
    OtherType,
    /// An instance that needs its own value.
    Loop,
    /// A text, or a float, that is no number.
    NotANumber,
    /// A bound of [`crate::limits::Limits`], by its name and value.
    Limit(&'static str, u64),
    /// Bytes at the end of a file that nothing describes.
    Trailing,
    /// Bytes within a file that nothing describes.
    Unreferenced,
    /// Bytes that two fields at different places describe.
    Overlapping,
}

impl Trouble {
    /// The code of the finding about it.
    pub fn code(&self) -> &'static str {
        match self {
            Trouble::UnexpectedEnd { .. } => codes::UNEXPECTED_END,
            Trouble::Contents { .. } => codes::CONTENTS_MISMATCH,
            Trouble::Valid { .. } => codes::VALUE_NOT_VALID,
            Trouble::Checksum { .. } => codes::CHECKSUM_MISMATCH,
            Trouble::Position { .. } => codes::POSITION_OUTSIDE,
            Trouble::Index { .. } => codes::INDEX_OUT_OF_RANGE,
            Trouble::Size(_) => codes::SIZE_NOT_POSSIBLE,
            Trouble::Overflow => codes::INTEGER_OVERFLOW,
            Trouble::DivisionByZero => codes::DIVISION_BY_ZERO,
            Trouble::Encoding(_) => codes::ENCODING_ERROR,
            Trouble::Terminator(_) => codes::TERMINATOR_MISSING,
            Trouble::Undecided => codes::ENDIANNESS_UNDECIDED,
            Trouble::Process(_) => codes::PROCESS_FAILED,
            Trouble::Processor(_) => codes::PROCESSOR_MISSING,
            Trouble::Missing | Trouble::OtherType => codes::MISSING_VALUE,
            Trouble::Loop => codes::INSTANCE_LOOP,
            Trouble::NotANumber => codes::CONVERSION_ERROR,
            Trouble::Limit(..) => codes::LIMIT_EXCEEDED,
            Trouble::Trailing => codes::TRAILING_BYTES,
            Trouble::Unreferenced => codes::UNREFERENCED_BYTES,
            Trouble::Overlapping => codes::OVERLAPPING_BYTES,
        }
    }
}
