//! Values and what they refer to.

use super::trouble::Cause;
use crate::table::ids;

ids! {
    /// An object of this walk.
    ObjectId;
    /// A list of this walk.
    ArrayId;
    /// A stream of this walk.
    StreamId;
    /// Something that bytes are in: the schema's pool, what was computed, then the files.
    BufferId;
}

/// A run of bytes in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Where they are.
    pub buffer: BufferId,
    /// The first one.
    pub start: u64,
    /// How many.
    pub len: u64,
}

/// What a slot or an operand holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A field that was not reached yet.
    Pending,
    /// An instance that is being read.
    Busy,
    /// A field whose condition does not hold.
    Absent,
    /// What cannot be known because of a trouble.
    Unknown(Cause),
    /// An integer, or the value of an enum.
    Int(i128),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Text: UTF-8.
    Str(Slice),
    /// Bytes.
    Bytes(Slice),
    /// An object.
    Object(ObjectId),
    /// A list.
    Array(ArrayId),
    /// A stream.
    Stream(StreamId),
}
