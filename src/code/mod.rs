//! The code: a layout lowered to routines over an operand stack and value slots.
//!
//! Each type has a routine that reads its fields, each instance, checksum and query has one of its own.
//! Jumps stay within a routine; the only ones that go back close a loop. Slots exist for what some
//! expression asks for: nothing else outlives the field it was read for.

mod elements;
mod keep;
mod lower;
mod reach;
mod routines;
#[cfg(test)]
mod tests;
mod values;
mod verify;

pub use lower::{Forced, Options, lower};
pub(crate) use reach::{exprs_of, objects_of};
pub use verify::{Unsound, verify};

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::checksum::Algorithm;
use crate::encoding::Encoding;
use crate::layout::{AttrId, ByteOrder, CapacityId, EnumId, IntFormat, Method, QueryId, RootId, TypeId};
use crate::schema::ast::{Endian, OwnBytes};
use crate::schema::expr::{Binary, Unary};
use crate::table::Table;

/// The number of an operation in [`Code::ops`].
pub type Pc = u32;

/// What the walker runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Code {
    /// The operations of all routines.
    pub ops: Vec<Op>,
    /// What each type needs; the ids are the layout's.
    pub types: Table<TypeId, TypeCode>,
    /// What each field and instance needs; the ids are the layout's.
    pub attrs: Table<AttrId, AttrCode>,
    /// The top-level type of each file.
    pub roots: Table<RootId, TypeId>,
    /// Routine of each query.
    pub queries: Table<QueryId, QueryCode>,
    /// The names of custom processes.
    pub processes: Vec<String>,
    /// Values of the members of each enum, ascending.
    pub enums: Table<EnumId, Vec<i128>>,
    /// Whether a list that breaks off is known as far as it was read.
    pub partial: bool,
    /// Texts and bytes of the schema, one after the other.
    pub pool: Vec<u8>,
    /// Integers that do not fit an operation.
    pub wide: Vec<i128>,
}

/// A type, as the walker needs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeCode {
    /// Where its fields are read.
    pub entry: Pc,
    /// Where its fields are complete ([`Op::Finish`]).
    pub finish: Pc,
    /// How many slots an object has.
    pub slots: u32,
    /// Where what is passed to an object is kept, if anything asks for it.
    pub params: Vec<Option<u32>>,
    /// The top-level type of its schema file.
    pub top: TypeId,
    /// What runs when its fields are complete, in this order.
    pub tasks: Vec<Task>,
}

/// A routine that runs when an object's fields, or those of an object around it, are complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What runs.
    pub what: What,
    /// The outermost object that it names.
    pub reach: Reach,
}

/// What a [`Task`] runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// An instance is read, unless it was asked for before.
    Instance(AttrId),
    /// A checksum is compared.
    Checksum(AttrId),
    /// A query is answered.
    Query(QueryId),
}

/// The outermost object that an expression names, seen from the object that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reach {
    /// So many objects outwards; 0 is the object itself.
    Up(u32),
    /// The object of a top-level type that it is in: `_root`.
    Top,
    /// The top-level object of the file.
    Root,
    /// A file that is walked later.
    Set,
}

/// A field or an instance, as the walker needs it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AttrCode {
    /// The type whose objects have it.
    pub owner: TypeId,
    /// Where its value is kept, if anything asks for it.
    pub slot: Option<u32>,
    /// Where its first byte is kept, and next to it the one behind its last (for checksums).
    pub place: Option<u32>,
    /// How its checksum is computed, if it is one.
    pub algorithm: Option<Algorithm>,
    /// Its routine, for instances.
    pub entry: Pc,
    /// The routine of its checksum.
    pub checksum: Pc,
    /// Whether it is an instance.
    pub instance: bool,
    /// Whether two objects may have different values of it at the same place of the file: then it is
    /// read for each of them.
    pub per_object: bool,
}

/// A query, as the walker needs it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct QueryCode {
    /// Its routine.
    pub entry: Pc,
    /// Fields from the top-level object to the object it is asked at, where that is not certain.
    pub path: Option<Vec<AttrId>>,
    /// Whether its answer depends on the build.
    pub per_class: bool,
}

/// How many bytes a region or a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// As many as the operand says.
    Operand,
    /// All that are left in the stream.
    Rest,
    /// Up to the terminator.
    Terminated,
}

/// The bytes that end a field. They are looked for at multiples of their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminator {
    /// The bytes; at least one.
    pub bytes: Constant,
    /// Whether they are taken from the stream.
    pub consume: bool,
    /// Whether they are part of the value.
    pub include: bool,
    /// Whether the stream's end without them is an error.
    pub eos_error: bool,
}

/// What is done to bytes; arguments are taken from the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Process {
    /// An integer or bytes: exclusive or.
    Xor,
    /// An integer: rotates each byte to the left.
    RotateLeft,
    /// An integer: rotates each byte to the right.
    RotateRight,
    /// Nothing: undoes zlib.
    Zlib,
    /// So many values: the custom process with this row of [`Code::processes`].
    Custom(u32, u8),
}

/// The parent of an object that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParentOf {
    /// The object at hand.
    User,
    /// Nobody.
    Nobody,
    /// The object on the stack.
    Operand,
}

/// A constant in the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constant {
    /// Offset of its first byte.
    pub start: u32,
    /// How many bytes it has.
    pub len: u32,
}

/// One operation. Operands are taken from the stack, results are put there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// An integer.
    Int(i64),
    /// An integer of [`Code::wide`].
    Wide(u32),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A text of the pool.
    Str(Constant),
    /// Bytes of the pool.
    Bytes(Constant),
    /// The value at hand.
    It,
    /// The number of the element at hand.
    Index,
    /// The object at hand.
    This,
    /// object → the object around it.
    Parent,
    /// The top-level object of a file.
    Root(RootId),
    /// object → the object of a top-level type that it is in.
    Top,
    /// object → its stream.
    Io,
    /// object → the value of a field or an instance; an instance is read first if need be.
    Get(AttrId),
    /// array or bytes, integer → element.
    Subscript,
    /// object → the same, if it has this type.
    Cast(TypeId),
    /// value → the same, if it is bytes or a text as it was declared.
    Expect(Expect),
    /// value → value.
    Unary(Unary),
    /// value, value → value.
    Binary(Binary),
    /// values → array of so many.
    List(u32),
    /// value, arguments → value.
    Method(Method, u8),
    /// The value of a capacity of the builds at hand.
    Capacity(CapacityId),
    /// text or bytes → their number among those of this walk.
    Intern,
    /// value → whether it says nothing; one that is not there does not.
    Blank,

    /// Goes on elsewhere.
    Jump(Pc),
    /// truth → goes on at the first place when false; an unknown condition is the result: second place.
    Choose(Pc, Pc),
    /// truth → stays and goes on elsewhere when false or unknown.
    And(Pc),
    /// truth → stays and goes on elsewhere when true or unknown.
    Or(Pc),

    /// A field begins.
    Begin(AttrId),
    /// truth → when false the field is absent, and the walk goes on elsewhere.
    If(Pc),
    /// integer → so many elements follow; with none the walk goes on elsewhere.
    Times(Pc),
    /// Elements follow until the stream ends.
    Eos(Pc),
    /// Elements follow until one of them is the last.
    Repeat,
    /// The element ends; back to the next one, if there is one.
    Next(Pc),
    /// truth → the element ends; back to the next one when false.
    Until(Pc),
    /// stream → what follows is read from it.
    Stream,
    /// integer → what follows is read from that position.
    Seek,
    /// The instance at hand may have been read before at the same place with the same operands (size,
    /// number of elements, what its type depends on); so many of them stay on the stack.
    Memo(u8),
    /// value, value → the first stays and the walk goes on elsewhere unless they are equal, else none.
    Case(Pc),
    /// Drops a value.
    Drop,
    /// (size →) a region of the stream begins; it ends at that operation.
    Region(Span, Pc),
    /// The region ends.
    Close,
    /// bytes → a region of these bytes begins; it ends at that operation.
    Within(Pc),
    /// arguments, (parent →) an object begins; it takes so many arguments.
    Enter(TypeId, u8, ParentOf),
    /// The object has this byte order, or none can be decided.
    Order(Option<Endian>),
    /// The stream goes on at the next whole byte.
    Align,
    /// → integer
    ReadInt(IntFormat),
    /// → integer of so many bits, or a truth value
    ReadBits(u8, Endian, bool),
    /// → float
    ReadFloat(u8, ByteOrder),
    /// (size →) bytes; a terminator ends them where the span says so.
    ReadBytes(Span, Option<Terminator>),
    /// bytes → the same without this byte at the end.
    Strip(u8),
    /// bytes → the same up to a terminator.
    Terminate(Terminator),
    /// bytes, arguments → bytes
    Process(Process),
    /// (size →) bytes, which must be these.
    Contents(Span, Constant),
    /// bytes → bytes, which must be these.
    Same(Constant),
    /// bytes → text
    Decode(Encoding),
    /// → a value that is not there
    Absent,
    /// value → the value at hand.
    Set,
    /// value → the value at hand; the routine ends when it is absent or unknown.
    SetOrReturn,
    /// values → compares the value at hand with a constraint of the field.
    Check(Check),
    /// The element at hand is complete.
    Element(AttrId),
    /// The field is complete.
    Store(AttrId),
    /// The fields of the object are complete.
    Finish,

    /// truth → goes on elsewhere when false or unknown.
    When(Pc),
    /// array → for each element; goes on elsewhere when there is none.
    Each(Pc),
    /// Back to the next element, if there is one.
    EachNext(Pc),
    /// values → the answer of a query.
    Answer(QueryId, u8),
    /// → start and end of a field of the object at hand, from the start of its stream; nothing if it is absent.
    Place(AttrId),
    /// So many (start, end) → compares the value at hand with the checksum of these ranges of the object's stream.
    Checksum(AttrId, OwnBytes, u8),
    /// The routine ends.
    Return,
}

/// What [`Op::Check`] compares with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Check {
    /// One operand: equal.
    Eq,
    /// One operand: not less.
    Min,
    /// One operand: not greater.
    Max,
    /// So many operands: equal to one.
    AnyOf(u32),
    /// One truth value: true.
    Holds,
    /// No operand: a member.
    InEnum(EnumId),
}

/// What [`Op::Expect`] lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expect {
    /// Anything: the static type alone changes.
    Any,
    /// Bytes.
    Bytes,
    /// A text.
    Str,
    /// A float; an integer becomes one.
    Float,
}

/// Constants while they are collected: equal ones are stored once.
#[derive(Debug, Default)]
struct Pool {
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, Constant>,
}

impl Pool {
    fn add(&mut self, bytes: &[u8]) -> Constant {
        if let Some(constant) = self.known.get(bytes) {
            return *constant;
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let constant = Constant { start: number(self.bytes.len()), len: number(bytes.len()) };
        self.bytes.extend_from_slice(bytes);
        self.known.insert(bytes.to_vec(), constant);
        constant
    }
}
