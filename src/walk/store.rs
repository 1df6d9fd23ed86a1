//! What a walk remembers: objects, slots, lists, streams and computed bytes.

use super::trouble::Cause;
use super::value::{ArrayId, BufferId, ObjectId, Slice, StreamId, Value};
use crate::code::{Code, Constant};
use crate::layout::{AttrId, RootId, TypeId};
use crate::span::ByteRange;
use crate::table::{Id, Table};

/// The pool of the schema's constants.
const POOL: usize = 0;
/// What expressions computed.
const SCRATCH: usize = 1;
/// The first file.
const FILES: usize = 2;

/// An object of a walk.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its type.
    pub ty: TypeId,
    /// The file that it is in.
    pub root: RootId,
    /// The object that has it as a field.
    pub parent: Option<ObjectId>,
    /// The field that it is; none for a top-level object.
    pub attr: Option<AttrId>,
    /// Its number, where the field is repeated.
    pub index: Option<u64>,
    /// The stream that it is read from.
    pub stream: StreamId,
    /// Its first byte in the stream's buffer.
    pub start: u64,
    /// One past the last byte of its fields, as far as they were read.
    pub end: u64,
    /// Its first slot.
    pub(super) slots: usize,
    /// The frame that reads it.
    pub(super) frame: usize,
    /// Whether that frame is still there.
    pub(super) active: bool,
    /// Whether its fields were all reached.
    pub(super) complete: bool,
    /// Why its later fields are not known.
    pub(super) failed: Option<Cause>,
}

/// A window of a buffer that is read from front to back.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The buffer.
    pub buffer: BufferId,
    /// First byte of the window.
    pub start: u64,
    /// One past its last byte.
    pub end: u64,
    /// The next byte to read.
    pub pos: u64,
    /// Bytes from the start up to here are described.
    covered: u64,
    /// Further described ranges, sorted and apart from each other.
    ranges: Vec<(u64, u64)>,
    /// Whether something in it could not be read: then nothing is said of what is not described.
    pub(super) broken: bool,
}

impl Stream {
    pub(super) fn new(buffer: BufferId, start: u64, end: u64) -> Stream {
        Stream { buffer, start, end, pos: start, covered: start, ranges: Vec::new(), broken: false }
    }

    /// Bytes that are left.
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.pos)
    }

    /// Marks a range as described; gives the part that was described before, if any.
    #[inline]
    pub(super) fn cover(&mut self, from: u64, to: u64) -> Option<(u64, u64)> {
        if from == to {
            return None;
        }
        if from == self.covered && self.ranges.is_empty() {
            self.covered = to;
            return None;
        }
        self.cover_range(from, to)
    }

    fn cover_range(&mut self, from: u64, to: u64) -> Option<(u64, u64)> {
        let mut overlap = (from < self.covered).then(|| (from, to.min(self.covered)));
        let first = self.ranges.partition_point(|(_, end)| *end < from);
        let last = self.ranges.partition_point(|(start, _)| *start <= to);
        let mut merged = (from, to);
        for (start, end) in self.ranges.drain(first..last) {
            let (low, high) = (start.max(from), end.min(to));
            if low < high {
                overlap = overlap.or(Some((low, high)));
            }
            merged = (merged.0.min(start), merged.1.max(end));
        }
        self.ranges.insert(first, merged);
        // What now touches the front belongs to it.
        while let Some((start, end)) =
            self.ranges.first().copied().filter(|(start, _)| *start <= self.covered)
        {
            debug_assert!(start <= end);
            self.covered = self.covered.max(end);
            self.ranges.remove(0);
        }
        overlap
    }

    /// How many separate ranges are remembered.
    pub(super) fn ranges(&self) -> usize {
        self.ranges.len()
    }

    /// The ranges that nothing describes; the last one may reach the end.
    pub(super) fn gaps(&self) -> Vec<(u64, u64)> {
        let mut gaps = Vec::new();
        let mut at = self.covered;
        for (start, end) in &self.ranges {
            gaps.push((at, *start));
            at = *end;
        }
        if at < self.end {
            gaps.push((at, self.end));
        }
        gaps
    }
}

/// How much there is of everything: what came later can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Mark {
    objects: usize,
    slots: usize,
    arrays: usize,
    pub(super) streams: usize,
    scratch: usize,
}

/// What a walk remembers. What nothing asks for any more is dropped while the walk goes on.
#[derive(Debug)]
pub struct Store<'c, 'd> {
    pub(super) code: &'c Code,
    files: &'d [&'d [u8]],
    pub(super) objects: Table<ObjectId, Object>,
    slots: Vec<Value>,
    /// Where each slot's value was read; empty unless places are asked for.
    places: Vec<ByteRange>,
    arrays: Table<ArrayId, Vec<Value>>,
    pub(super) streams: Table<StreamId, Stream>,
    scratch: Vec<u8>,
    pub(super) roots: Vec<Option<ObjectId>>,
    /// Texts that were asked for by number.
    keys: Vec<String>,
    key_numbers: std::collections::HashMap<String, usize>,
    with_places: bool,
}

impl<'c, 'd> Store<'c, 'd> {
    pub(super) fn new(code: &'c Code, files: &'d [&'d [u8]], with_places: bool) -> Self {
        Store {
            code,
            files,
            objects: Table::default(),
            slots: Vec::new(),
            places: Vec::new(),
            arrays: Table::default(),
            streams: Table::default(),
            scratch: Vec::new(),
            roots: vec![None; code.roots.len()],
            keys: Vec::new(),
            key_numbers: std::collections::HashMap::new(),
            with_places,
        }
    }

    /// The whole of a file, as a stream.
    pub(super) fn file(&mut self, file: usize) -> StreamId {
        let len = self.files.get(file).map_or(0, |bytes| bytes.len() as u64);
        self.streams.push(Stream::new(BufferId::new(FILES + file), 0, len))
    }

    /// The bytes of a buffer.
    pub fn buffer(&self, id: BufferId) -> &[u8] {
        match id.row() {
            POOL => &self.code.pool,
            SCRATCH => &self.scratch,
            row => self.files.get(row - FILES).copied().unwrap_or(&[]),
        }
    }

    /// The bytes of a slice.
    pub fn bytes(&self, slice: Slice) -> &[u8] {
        let start = usize::try_from(slice.start).ok();
        let end = slice.start.checked_add(slice.len).and_then(|end| usize::try_from(end).ok());
        start.zip(end).and_then(|(start, end)| self.buffer(slice.buffer).get(start..end)).unwrap_or(&[])
    }

    /// The text of a slice.
    pub fn text(&self, slice: Slice) -> &str {
        std::str::from_utf8(self.bytes(slice)).unwrap_or("")
    }

    /// A constant of the pool.
    pub fn constant(&self, constant: Constant) -> Slice {
        Slice { buffer: BufferId::new(POOL), start: u64::from(constant.start), len: u64::from(constant.len) }
    }

    /// Keeps computed bytes.
    pub(super) fn compute(&mut self, bytes: &[u8]) -> Slice {
        let start = self.scratch.len() as u64;
        self.scratch.extend_from_slice(bytes);
        Slice { buffer: BufferId::new(SCRATCH), start, len: bytes.len() as u64 }
    }

    /// The bytes of a stream from its position on.
    pub(super) fn rest(&self, id: StreamId) -> &[u8] {
        let stream = &self.streams[id];
        self.bytes(Slice { buffer: stream.buffer, start: stream.pos, len: stream.left() })
    }

    /// A new object, with all its fields still to come.
    pub(super) fn object(&mut self, mut object: Object) -> ObjectId {
        object.slots = self.slots.len();
        let count = self.code.types[object.ty].slots as usize;
        self.slots.resize(object.slots + count, Value::Pending);
        if self.with_places {
            self.places.resize(object.slots + count, ByteRange { start: 0, end: 0 });
        }
        self.objects.push(object)
    }

    /// The value of a slot of an object.
    pub(super) fn slot(&self, object: ObjectId, slot: u32) -> Value {
        let row = self.objects[object].slots + slot as usize;
        self.slots.get(row).copied().unwrap_or(Value::Absent)
    }

    pub(super) fn set_slot(&mut self, object: ObjectId, slot: u32, value: Value) {
        let row = self.objects[object].slots + slot as usize;
        if let Some(place) = self.slots.get_mut(row) {
            *place = value;
        }
    }

    pub(super) fn set_place(&mut self, object: ObjectId, slot: u32, range: ByteRange) {
        let row = self.objects[object].slots + slot as usize;
        if let Some(place) = self.places.get_mut(row) {
            *place = range;
        }
    }

    /// The value of a field of an object, if something asks for it.
    pub fn value(&self, object: ObjectId, attr: AttrId) -> Option<Value> {
        Some(self.slot(object, self.code.attrs[attr].slot?))
    }

    /// Where a field of an object was read, if its value is kept and places are asked for.
    pub fn place(&self, object: ObjectId, attr: AttrId) -> Option<ByteRange> {
        let slot = self.code.attrs[attr].slot? as usize;
        let known = !matches!(self.slot(object, self.code.attrs[attr].slot?), Value::Pending | Value::Absent);
        self.places.get(self.objects[object].slots + slot).copied().filter(|_| known)
    }

    pub(super) fn array(&mut self, elements: Vec<Value>) -> ArrayId {
        self.arrays.push(elements)
    }

    pub(super) fn append(&mut self, array: ArrayId, value: Value) {
        self.arrays[array].push(value);
    }

    /// The elements of a list.
    pub fn elements(&self, array: ArrayId) -> &[Value] {
        &self.arrays[array]
    }

    /// The number of a text among those that were asked for.
    pub(super) fn intern(&mut self, slice: Slice) -> usize {
        let text = self.text(slice);
        if let Some(number) = self.key_numbers.get(text) {
            return *number;
        }
        let text = text.to_string();
        self.keys.push(text.clone());
        self.key_numbers.insert(text, self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// The text with this number.
    pub fn key(&self, number: i128) -> Option<&str> {
        self.keys.get(usize::try_from(number).ok()?).map(String::as_str)
    }

    /// Whether a stream is the whole of a file.
    pub(super) fn is_file(&self, id: StreamId) -> bool {
        let stream = &self.streams[id];
        let file = stream.buffer.row().checked_sub(FILES).and_then(|row| self.files.get(row));
        stream.start == 0 && file.is_some_and(|bytes| bytes.len() as u64 == stream.end)
    }

    /// A stream.
    pub fn stream(&self, id: StreamId) -> &Stream {
        &self.streams[id]
    }

    /// An object.
    pub fn get(&self, id: ObjectId) -> &Object {
        &self.objects[id]
    }

    /// The bytes of an object's own fields, absolute in its file.
    pub fn range(&self, id: ObjectId) -> ByteRange {
        let object = &self.objects[id];
        ByteRange { start: object.start, end: object.end.max(object.start) }
    }

    /// The fields that lead from the top-level object to an object, with their numbers.
    pub fn path(&self, id: ObjectId) -> Vec<(AttrId, Option<u64>)> {
        let mut steps = Vec::new();
        let mut at = Some(id);
        while let Some(object) = at.map(|id| &self.objects[id]) {
            steps.extend(object.attr.map(|attr| (attr, object.index)));
            at = object.parent;
        }
        steps.reverse();
        steps
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            objects: self.objects.len(),
            slots: self.slots.len(),
            arrays: self.arrays.len(),
            streams: self.streams.len(),
            scratch: self.scratch.len(),
        }
    }

    pub(super) fn drop_to(&mut self, mark: Mark) {
        self.objects.truncate(mark.objects);
        self.slots.truncate(mark.slots);
        self.places.truncate(mark.slots);
        self.arrays.truncate(mark.arrays);
        self.streams.truncate(mark.streams);
        self.scratch.truncate(mark.scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn gaps_are_the_bytes_that_were_never_covered(ranges in prop::collection::vec((0u64..40, 0u64..10), 0..20)) {
            let mut stream = Stream::new(BufferId::new(FILES), 0, 50);
            let mut bytes = [false; 50];
            for (from, len) in ranges {
                let to = from + len;
                let before = (from..to).any(|n| bytes[n as usize]);
                prop_assert_eq!(stream.cover(from, to).is_some(), before);
                (from..to).for_each(|n| bytes[n as usize] = true);
            }
            let gaps = stream.gaps();
            for n in 0..50u64 {
                let in_gap = gaps.iter().any(|(start, end)| (*start..*end).contains(&n));
                prop_assert_eq!(in_gap, !bytes[n as usize], "byte {}", n);
            }
        }
    }
}
