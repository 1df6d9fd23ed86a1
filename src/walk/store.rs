//! What a walk remembers: objects, slots, lists, streams and computed bytes.

use super::stream::Stream;
use super::trouble::{Cause, Trouble};
use super::value::{ArrayId, BufferId, ObjectId, Slice, StreamId, Value};
use crate::code::{Code, Constant};
use crate::layout::{AttrId, RootId, TypeId};
use crate::limits::Limits;
use crate::schema::ast::Endian;
use crate::span::ByteRange;
use crate::table::{Id, Table};

/// The pool of the schema's constants.
const POOL: usize = 0;
/// What expressions computed.
const SCRATCH: usize = 1;
/// Memory of a range of coverage, of a waiting task, of a text that is asked for by number, in bytes.
const RANGE: u64 = 48;
const TASK: usize = 32;
const TEXT: u64 = 128;
/// The first file.
const FILES: usize = 2;

/// An object of a walk.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its type.
    pub ty: TypeId,
    /// The file that it is in.
    pub root: RootId,
    /// Its parent: the object that has it as a field, unless the schema says otherwise.
    pub parent: Option<ObjectId>,
    /// The object that has it as a field.
    pub user: Option<ObjectId>,
    /// The object of a top-level type that it is in: `_root`. None for what another schema file has by a nested type.
    pub top: Option<ObjectId>,
    /// Its byte order, where that is calculated.
    pub(super) order: Option<Endian>,
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

/// Bytes of a file, and where something is in what they are decoded to.
pub type Placed = (ByteRange, Option<ByteRange>);

/// How much there is of everything: what came later can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Mark {
    objects: usize,
    slots: usize,
    arrays: usize,
    pub(super) streams: usize,
    scratch: usize,
    held: u64,
}

/// What a walk remembers. What nothing asks for any more is dropped while the walk goes on.
#[derive(Debug)]
pub struct Store<'c, 'd> {
    pub(super) code: &'c Code,
    files: &'d [&'d [u8]],
    pub(super) objects: Table<ObjectId, Object>,
    slots: Vec<Value>,
    /// Where each slot's value was read; empty unless places are asked for.
    places: Vec<Placed>,
    arrays: Table<ArrayId, Vec<Value>>,
    pub(super) streams: Table<StreamId, Stream>,
    scratch: Vec<u8>,
    pub(super) roots: Vec<Option<ObjectId>>,
    /// Texts and bytes that were asked for by number.
    keys: Vec<Vec<u8>>,
    key_numbers: std::collections::HashMap<Vec<u8>, usize>,
    pub(super) with_places: bool,
    limits: &'c Limits,
    /// What is left of the limits on computed and on scanned bytes.
    decoded: u64,
    scanned: u64,
    /// Memory for what came and was not dropped since, in bytes.
    held: u64,
    /// Memory for what stays until the end of the walk, in bytes.
    lasting: u64,
    /// Ranges of coverage in all streams.
    ranges: u64,
    /// Memory for what the observer remembers, in bytes.
    pub(super) observed: u64,
}

impl<'c, 'd> Store<'c, 'd> {
    pub(super) fn new(code: &'c Code, files: &'d [&'d [u8]], limits: &'c Limits, with_places: bool) -> Self {
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
            limits,
            decoded: limits.decoded_bytes,
            scanned: limits.scanned_bytes,
            held: 0,
            lasting: 0,
            ranges: 0,
            observed: 0,
        }
    }

    /// Takes bytes that are about to be computed off the limit.
    pub(super) fn spend_decoded(&mut self, bytes: u64) -> Result<(), Trouble> {
        let spent = Trouble::Limit("decoded-bytes", self.limits.decoded_bytes);
        self.decoded = self.decoded.checked_sub(bytes).ok_or(spent)?;
        if self.held() + bytes > self.limits.held_bytes {
            return Err(Trouble::Limit("held-bytes", self.limits.held_bytes));
        }
        Ok(())
    }

    /// How many bytes may still be computed at once, and what says so. They are there twice for a moment.
    pub(super) fn decoded_left(&self) -> (u64, Trouble) {
        let held = self.limits.held_bytes.saturating_sub(self.held()) / 2;
        if held < self.decoded {
            (held, Trouble::Limit("held-bytes", self.limits.held_bytes))
        } else {
            (self.decoded, Trouble::Limit("decoded-bytes", self.limits.decoded_bytes))
        }
    }

    /// Memory for what is remembered, in bytes.
    fn held(&self) -> u64 {
        self.held + self.lasting + self.ranges * RANGE + self.observed
    }

    /// What is wrong if too much is remembered.
    pub(super) fn overfull(&self) -> Option<Trouble> {
        let limit = self.limits.held_bytes;
        (self.held() > limit).then_some(Trouble::Limit("held-bytes", limit))
    }

    /// Counts memory for what stays until the end of the walk.
    pub(super) fn last(&mut self, bytes: usize) {
        self.lasting += bytes as u64;
    }

    /// Marks a range of a stream as described; gives the part that was described before, if any.
    #[inline]
    pub(super) fn cover(&mut self, id: StreamId, from: u64, to: u64) -> Option<(u64, u64)> {
        let stream = &mut self.streams[id];
        let before = stream.ranges() as u64;
        let overlap = stream.cover(from, to);
        self.ranges = self.ranges + stream.ranges() as u64 - before;
        overlap
    }

    /// Takes bytes that are looked at one by one off the limit.
    pub(super) fn spend_scanned(&mut self, bytes: u64) -> Result<(), Trouble> {
        let spent = Trouble::Limit("scanned-bytes", self.limits.scanned_bytes);
        self.scanned = self.scanned.checked_sub(bytes).ok_or(spent)?;
        Ok(())
    }

    /// Whether so many bytes may be one text.
    pub(super) fn fits_text(&self, bytes: u64) -> Result<(), Trouble> {
        let limit = self.limits.string_bytes;
        if bytes > limit { Err(Trouble::Limit("string-bytes", limit)) } else { Ok(()) }
    }

    /// The whole of a file, as a stream.
    pub(super) fn file(&mut self, file: usize) -> StreamId {
        let len = self.files.get(file).map_or(0, |bytes| bytes.len() as u64);
        self.streams.push(Stream::new(BufferId::new(FILES + file), 0, len, None))
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
        self.held += bytes.len() as u64;
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
            self.places.resize(object.slots + count, (ByteRange { start: 0, end: 0 }, None));
        }
        let stream = object.stream;
        self.held += (size_of::<Object>() + self.code.types[object.ty].tasks.len() * TASK) as u64;
        self.held += (count * self.slot_size()) as u64;
        let id = self.objects.push(object);
        self.streams[stream].owner.get_or_insert(id);
        id
    }

    fn slot_size(&self) -> usize {
        size_of::<Value>() + if self.with_places { size_of::<Placed>() } else { 0 }
    }

    /// A new stream.
    pub(super) fn stream_of(&mut self, stream: Stream) -> StreamId {
        self.held += size_of::<Stream>() as u64;
        self.streams.push(stream)
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

    pub(super) fn set_place(&mut self, object: ObjectId, slot: u32, range: Placed) {
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
    pub fn place(&self, object: ObjectId, attr: AttrId) -> Option<Placed> {
        let slot = self.code.attrs[attr].slot? as usize;
        let known = !matches!(self.slot(object, self.code.attrs[attr].slot?), Value::Pending | Value::Absent);
        self.places.get(self.objects[object].slots + slot).copied().filter(|_| known)
    }

    pub(super) fn array(&mut self, elements: Vec<Value>) -> ArrayId {
        self.held += (size_of::<Vec<Value>>() + elements.len() * size_of::<Value>()) as u64;
        self.arrays.push(elements)
    }

    pub(super) fn append(&mut self, array: ArrayId, value: Value) {
        // A growing list has room for as many again.
        self.held += 2 * size_of::<Value>() as u64;
        self.arrays[array].push(value);
    }

    /// The elements of a list.
    pub fn elements(&self, array: ArrayId) -> &[Value] {
        &self.arrays[array]
    }

    /// The number of a text, or of bytes, among those that were asked for.
    pub(super) fn intern(&mut self, slice: Slice) -> Result<usize, Trouble> {
        self.spend_scanned(slice.len)?;
        if let Some(number) = self.key_numbers.get(self.bytes(slice)) {
            return Ok(*number);
        }
        self.spend_decoded(slice.len)?;
        let key = self.bytes(slice).to_vec();
        self.lasting += 2 * slice.len + TEXT;
        self.keys.push(key.clone());
        self.key_numbers.insert(key, self.keys.len() - 1);
        Ok(self.keys.len() - 1)
    }

    /// The text with this number.
    pub fn key(&self, number: i128) -> Option<&str> {
        std::str::from_utf8(self.key_bytes(number)?).ok()
    }

    /// The bytes with this number.
    pub fn key_bytes(&self, number: i128) -> Option<&[u8]> {
        self.keys.get(usize::try_from(number).ok()?).map(Vec::as_slice)
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

    /// Why the later fields of an object are not known.
    pub fn failed(&self, id: ObjectId) -> Option<Cause> {
        self.objects[id].failed
    }

    /// The bytes of an object's own fields, absolute in its file.
    pub fn range(&self, id: ObjectId) -> ByteRange {
        let object = &self.objects[id];
        let range = ByteRange { start: object.start, end: object.end.max(object.start) };
        self.streams[object.stream].absolute(range).0
    }

    /// The fields that lead from the top-level object to an object, with their numbers.
    pub fn path(&self, id: ObjectId) -> Vec<(AttrId, Option<u64>)> {
        let mut steps = Vec::new();
        let mut at = Some(id);
        while let Some(object) = at.map(|id| &self.objects[id]) {
            steps.extend(object.attr.map(|attr| (attr, object.index)));
            at = object.user;
        }
        steps.reverse();
        steps
    }

    /// The numbers of the elements that lead to an object, outwards; the greatest number for what is no element.
    pub(crate) fn numbers(&self, id: ObjectId) -> Vec<u64> {
        let mut numbers = Vec::new();
        let mut at = Some(id);
        while let Some(object) = at.map(|id| &self.objects[id]) {
            if object.attr.is_some() {
                numbers.push(object.index.unwrap_or(u64::MAX));
            }
            at = object.user;
        }
        numbers
    }

    /// Whether exactly these fields lead from the top-level object to an object.
    pub(super) fn is_at(&self, id: ObjectId, path: &[AttrId]) -> bool {
        let mut at = Some(id);
        for attr in path.iter().rev() {
            let Some(object) = at.map(|id| &self.objects[id]).filter(|o| o.attr == Some(*attr)) else {
                return false;
            };
            at = object.user;
        }
        at.is_some_and(|id| self.objects[id].attr.is_none())
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            objects: self.objects.len(),
            slots: self.slots.len(),
            arrays: self.arrays.len(),
            streams: self.streams.len(),
            scratch: self.scratch.len(),
            held: self.held,
        }
    }

    pub(super) fn drop_to(&mut self, mark: Mark) {
        let dropped = self.streams.iter().skip(mark.streams);
        self.ranges = self.ranges.saturating_sub(dropped.map(|stream| stream.ranges() as u64).sum());
        self.held = mark.held;
        self.objects.truncate(mark.objects);
        self.slots.truncate(mark.slots);
        self.places.truncate(mark.slots);
        self.arrays.truncate(mark.arrays);
        self.streams.truncate(mark.streams);
        self.scratch.truncate(mark.scratch);
    }
}
