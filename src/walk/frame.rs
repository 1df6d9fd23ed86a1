//! Frames: what is being read, inside what.

use std::collections::VecDeque;

use super::events::Voice;
use super::store::Mark;
use super::turns::Standing;
use super::value::{ArrayId, ObjectId, StreamId, Value};
use crate::code::{Pc, What};
use crate::layout::{AttrId, QueryId};
use crate::span::ByteRange;

/// What a frame does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads the fields of an object, then runs its tasks.
    Object,
    /// Reads an instance, or calculates it; the stream's position comes back afterwards.
    Instance { attr: AttrId, stream: StreamId, pos: u64, bits: (u64, u8) },
    /// Answers a query for a class of builds, or compares a checksum.
    Routine { query: Option<QueryId>, class: usize },
}

/// A task whose time has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) what: What,
    pub(super) object: ObjectId,
    pub(super) class: usize,
}

/// A region that the field at hand has opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    /// The stream around it.
    pub(super) outer: StreamId,
    /// Where the walk goes on after it.
    pub(super) close: Pc,
}

/// How elements follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loop {
    /// There is one element.
    None,
    /// So many.
    Times(u64),
    /// Until the stream ends, or until told.
    Open,
}

/// One level of what is being read.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) object: ObjectId,
    pub(super) pc: Pc,
    pub(super) stream: StreamId,
    /// The operand stack's height when the frame began.
    pub(super) stack: usize,
    /// The field at hand.
    pub(super) attr: Option<AttrId>,
    /// Its first byte.
    pub(super) field_start: u64,
    /// The value at hand and its bytes.
    pub(super) it: Value,
    pub(super) it_range: ByteRange,
    pub(super) element_start: u64,
    pub(super) repeat: Loop,
    pub(super) index: u64,
    pub(super) array: Option<ArrayId>,
    pub(super) region: Option<Region>,
    /// The place of the instance at hand, while others may ask for it.
    pub(super) memo: Option<super::instances::Key>,
    /// How much there was when the frame began.
    pub(super) entry: Mark,
    /// How much there was before the element at hand.
    pub(super) mark: Mark,
    /// Whether something that came after the mark is still needed.
    pub(super) hold: bool,
    /// The outermost frame that still needs something of this one.
    pub(super) pin: usize,
    /// Tasks whose time has come.
    pub(super) due: VecDeque<Due>,
    /// Whether the same was read at the same place before, so that it overlaps with itself.
    pub(super) again: bool,
    /// Where a stream goes back to at its end, if an instance is read again.
    pub(super) resume: Option<(StreamId, Standing)>,
    /// How it tells of what it reads.
    pub(super) voice: Voice,
}

impl Frame {
    pub(super) fn new(
        kind: Kind,
        object: ObjectId,
        pc: Pc,
        stream: StreamId,
        stack: usize,
        mark: Mark,
    ) -> Frame {
        Frame {
            kind,
            object,
            pc,
            stream,
            stack,
            attr: None,
            field_start: 0,
            it: Value::Absent,
            it_range: ByteRange { start: 0, end: 0 },
            element_start: 0,
            repeat: Loop::None,
            index: 0,
            array: None,
            region: None,
            memo: None,
            entry: mark,
            mark,
            hold: false,
            pin: usize::MAX,
            due: VecDeque::new(),
            again: false,
            resume: None,
            voice: Voice::Silent,
        }
    }
}
