//! The type stream of a PDB as a graph of types.
//!
//! Written for this program: the crate for PDBs panics on some records and reserves memory by what a file says. The
//! layouts are those of Microsoft's `cvinfo.h`.

use std::collections::HashMap;

use super::bytes::Cursor;
use crate::contract::origin::Kind;
use crate::extract::error::ExtractError;
use crate::extract::graph::{Field, Graph, Node, Record};
use crate::limits::{MEMBERS, TYPE_DEPTH};

const MODIFIER: u16 = 0x1001;
const POINTER: u16 = 0x1002;
const PROCEDURE: u16 = 0x1008;
const MEMBER_FUNCTION: u16 = 0x1009;
const FIELD_LIST: u16 = 0x1203;
const BITFIELD: u16 = 0x1205;
const BASE_CLASS: u16 = 0x1400;
const VIRTUAL_BASE: u16 = 0x1401;
const INDIRECT_VIRTUAL_BASE: u16 = 0x1402;
const CONTINUED: u16 = 0x1404;
const FUNCTION_TABLE: u16 = 0x1409;
const ENUMERATOR: u16 = 0x1502;
const ARRAY: u16 = 0x1503;
const CLASS: u16 = 0x1504;
const STRUCTURE: u16 = 0x1505;
const UNION: u16 = 0x1506;
const ENUM: u16 = 0x1507;
const MEMBER: u16 = 0x150d;
const STATIC_MEMBER: u16 = 0x150e;
const METHOD: u16 = 0x150f;
const NESTED_TYPE: u16 = 0x1510;
const ONE_METHOD: u16 = 0x1511;
const INTERFACE: u16 = 0x1519;

/// The property of a type that is only declared.
const FORWARD: u16 = 0x80;

/// All types of a PDB.
pub(super) struct Types<'d> {
    name: &'d str,
    first: u32,
    records: Vec<(u16, Cursor<'d>)>,
    /// Definitions by name.
    defined: HashMap<String, u32>,
}

/// What a record of a structure, union or enumeration begins with.
struct Head {
    word: &'static str,
    kind: Kind,
    forward: bool,
    fields: u32,
    /// Of an enumeration, its integer type.
    underlying: Option<u32>,
    size: Option<u64>,
    name: String,
}

/// One part of a type.
enum Part {
    Field(Field<u32>),
    Enumerator(String, i128),
}

impl<'d> Types<'d> {
    /// Reads the stream; `None` where it breaks off in its header.
    pub(super) fn read(name: &'d str, stream: &'d [u8]) -> Option<Types<'d>> {
        let mut header = Cursor::new(stream);
        let (_version, len, first) = (header.u32()?, header.count()?, header.u32()?);
        let mut records = Cursor::new(stream.get(len..)?);
        let mut types = Types { name, first, records: Vec::new(), defined: HashMap::new() };
        while let Some((kind, data)) = records.record() {
            let id = types.next()?;
            types.records.push((kind, data));
            if let Some(head) = head(kind, data).filter(|head| !head.forward) {
                // The linker keeps one definition of each name; of several the first counts.
                types.defined.entry(head.name).or_insert(id);
            }
        }
        Some(types)
    }

    fn next(&self) -> Option<u32> {
        self.first.checked_add(u32::try_from(self.records.len()).ok()?)
    }

    fn get(&self, id: u32) -> Option<(u16, Cursor<'d>)> {
        let row = usize::try_from(id.checked_sub(self.first)?).ok()?;
        self.records.get(row).copied()
    }

    /// Every structure, union and enumeration, and whether it is defined.
    pub(super) fn named(&self) -> impl Iterator<Item = (u32, Kind, String, bool)> {
        let rows = self.records.iter().zip(self.first..);
        rows.filter_map(|((kind, data), id)| {
            let head = head(*kind, *data)?;
            Some((id, head.kind, head.name, !head.forward))
        })
    }

    /// The parts of a list of fields, and of those that go on from it.
    fn parts(&self, list: u32) -> Result<Vec<Part>, ExtractError> {
        let broken = || {
            ExtractError::damaged(self.name, "its types", format!("the list of fields {list:#x} breaks off"))
        };
        let mut parts = Vec::new();
        let mut next = Some(list).filter(|list| *list != 0);
        let mut lists = 0;
        while let Some(list) = next.take() {
            let Some((FIELD_LIST, mut cursor)) = self.get(list) else { return Err(broken()) };
            lists += 1;
            while !cursor.rest().is_empty() {
                if parts.len() > MEMBERS || lists > TYPE_DEPTH {
                    return Err(ExtractError::damaged(
                        self.name,
                        "its types",
                        "one type has too many members",
                    ));
                }
                next = self.part(&mut cursor, &mut parts).ok_or_else(broken)?.or(next);
            }
        }
        Ok(parts)
    }

    /// Reads one part; inside, the list that goes on from here.
    fn part(&self, cursor: &mut Cursor<'d>, parts: &mut Vec<Part>) -> Option<Option<u32>> {
        // Padding says how many bytes it has, itself included.
        if let Some(pad) = cursor.rest().first().filter(|byte| **byte >= 0xf0) {
            cursor.take(usize::from(pad & 0xf).max(1))?;
            return Some(None);
        }
        match cursor.u16()? {
            MEMBER => {
                let (_, ty, _, name) = (cursor.u16()?, cursor.u32()?, cursor.numeric()?, cursor.text()?);
                let bits = match self.get(ty) {
                    Some((BITFIELD, mut data)) => {
                        data.u32()?;
                        data.u8().map(u64::from)
                    }
                    _ => None,
                };
                parts.push(Part::Field(Field { name: Some(name).filter(|name| !name.is_empty()), ty, bits }));
            }
            ENUMERATOR => {
                let (_, value, name) = (cursor.u16()?, cursor.numeric()?, cursor.text()?);
                parts.push(Part::Enumerator(name, value));
            }
            BASE_CLASS => {
                let (_, ty, _) = (cursor.u16()?, cursor.u32()?, cursor.numeric()?);
                parts.push(Part::Field(Field { name: None, ty, bits: None }));
            }
            VIRTUAL_BASE | INDIRECT_VIRTUAL_BASE => {
                let (_, ty, _) = (cursor.u16()?, cursor.u32()?, cursor.u32()?);
                cursor.numeric()?;
                cursor.numeric()?;
                parts.push(Part::Field(Field { name: None, ty, bits: None }));
            }
            CONTINUED => {
                cursor.u16()?;
                return Some(Some(cursor.u32()?));
            }
            FUNCTION_TABLE => {
                cursor.take(6)?;
            }
            STATIC_MEMBER | METHOD | NESTED_TYPE => {
                cursor.take(6)?;
                cursor.text()?;
            }
            ONE_METHOD => {
                let attributes = cursor.u16()?;
                cursor.u32()?;
                // One that introduces a virtual function has its place in the table.
                if matches!(attributes >> 2 & 7, 4 | 6) {
                    cursor.u32()?;
                }
                cursor.text()?;
            }
            _ => return None,
        }
        Some(None)
    }

    /// Bytes of a type; the length of an array is not written down, only its size.
    fn size(&self, id: u32, depth: usize) -> Option<u64> {
        if depth > TYPE_DEPTH {
            return None;
        }
        if id < 0x1000 {
            return primitive(id);
        }
        let (kind, mut data) = self.get(id)?;
        match kind {
            MODIFIER | BITFIELD => self.size(data.u32()?, depth + 1),
            POINTER => {
                data.u32()?;
                Some(u64::from(data.u32()? >> 13 & 0x3f))
            }
            ARRAY => {
                data.take(8)?;
                u64::try_from(data.numeric()?).ok()
            }
            _ => {
                let head = head(kind, data)?;
                match (head.forward, head.underlying) {
                    (true, _) => self.size(*self.defined.get(&head.name)?, depth + 1),
                    (false, Some(underlying)) => self.size(underlying, depth + 1),
                    (false, None) => head.size,
                }
            }
        }
    }

    fn declared(&self, id: u32, kind: u16, data: Cursor<'d>) -> Result<Node<u32>, ExtractError> {
        let Some(head) = head(kind, data) else {
            return Ok(Node::Plain { what: "a type that is not known", size: None });
        };
        if let Some(defined) = self.defined.get(&head.name).filter(|defined| head.forward && **defined != id)
        {
            return Ok(Node::Alias(Some(*defined)));
        }
        let parts = if head.forward { Vec::new() } else { self.parts(head.fields)? };
        if head.kind == Kind::Enum {
            let enumerator = |part| match part {
                Part::Enumerator(name, value) => Some((name, value)),
                Part::Field(_) => None,
            };
            let size = head.underlying.and_then(|id| self.size(id, 0));
            let bits = size.filter(|_| head.underlying.is_some_and(is_signed)).map_or(0, |size| size * 8);
            let mut members: Vec<(String, i128)> = parts.into_iter().filter_map(enumerator).collect();
            // LLVM writes negative ones of fewer than 64 bits as if they were not.
            for (_, value) in members.iter_mut().filter(|_| matches!(bits, 8 | 16 | 32)) {
                let range = 1i128 << bits;
                if (range / 2..range).contains(value) {
                    *value -= range;
                }
            }
            return Ok(Node::Enum { size, members });
        }
        let field = |part| match part {
            Part::Field(field) => Some(field),
            Part::Enumerator(..) => None,
        };
        Ok(Node::Record(Record {
            word: head.word,
            name: Some(head.name),
            size: head.size,
            complete: !head.forward,
            fields: parts.into_iter().filter_map(field).collect(),
        }))
    }

    fn array(&self, mut data: Cursor<'d>) -> Option<Node<u32>> {
        let (element, _, size) = (data.u32()?, data.u32()?, data.numeric()?);
        let size = u64::try_from(size).ok()?;
        let count = self.size(element, 0).filter(|of_one| *of_one > 0).map(|of_one| size / of_one);
        Some(Node::Array { element, count })
    }
}

impl Graph for Types<'_> {
    type Id = u32;

    fn node(&self, id: u32) -> Result<Node<u32>, ExtractError> {
        if id < 0x1000 {
            // The upper bits say that it is a pointer to the type of the lower ones.
            let size = primitive(id);
            return Ok(match id >> 8 & 0xf {
                0 if id & 0xff == 3 => Node::Alias(None),
                0 => Node::Plain { what: "a number", size },
                _ => Node::Pointer { to: Some(id & 0xff), size },
            });
        }
        let Some((kind, mut data)) = self.get(id) else {
            return Ok(Node::Plain { what: "a type that is not there", size: None });
        };
        let whole = data;
        let node = match kind {
            MODIFIER | BITFIELD => data.u32().map(|to| Node::Alias(Some(to))),
            POINTER => data.u32().map(|to| Node::Pointer { to: Some(to), size: self.size(id, 0) }),
            ARRAY => self.array(data),
            PROCEDURE | MEMBER_FUNCTION => Some(Node::Plain { what: "a function", size: None }),
            _ => Some(self.declared(id, kind, whole)?),
        };
        node.ok_or_else(|| {
            ExtractError::damaged(self.name, "its types", format!("the type {id:#x} breaks off"))
        })
    }

    fn place(&self, id: u32) -> String {
        format!("{}, type {id:#x}", self.name)
    }
}

fn head(kind: u16, mut data: Cursor<'_>) -> Option<Head> {
    let (word, what) = match kind {
        CLASS | STRUCTURE | INTERFACE => ("struct", Kind::Struct),
        UNION => ("union", Kind::Union),
        ENUM => ("enum", Kind::Enum),
        _ => return None,
    };
    let (_, properties) = (data.u16()?, data.u16()?);
    let underlying = if what == Kind::Enum { Some(data.u32()?) } else { None };
    let fields = data.u32()?;
    if what == Kind::Struct {
        data.take(8)?;
    }
    let size = if what == Kind::Enum { None } else { Some(u64::try_from(data.numeric()?).ok()?) };
    let forward = properties & FORWARD != 0;
    Some(Head { word, kind: what, forward, fields, underlying, size, name: data.text()? })
}

/// Whether a type with a number of its own is a signed integer.
fn is_signed(id: u32) -> bool {
    matches!(id, 0x10..=0x14 | 0x68 | 0x70 | 0x72 | 0x74 | 0x76 | 0x78)
}

/// Bytes of a type that has a number of its own.
fn primitive(id: u32) -> Option<u64> {
    match id >> 8 & 0xf {
        0 => {}
        1 => return Some(2),
        2..=5 => return Some(4),
        6 => return Some(8),
        7 => return Some(16),
        _ => return None,
    }
    Some(match id & 0xff {
        0x10 | 0x20 | 0x30 | 0x68..=0x70 | 0x7c => 1,
        0x11 | 0x21 | 0x31 | 0x46 | 0x71..=0x73 | 0x7a => 2,
        0x08 | 0x12 | 0x22 | 0x32 | 0x40 | 0x74 | 0x75 | 0x7b => 4,
        0x13 | 0x23 | 0x33 | 0x41 | 0x76 | 0x77 => 8,
        0x42 => 10,
        0x14 | 0x24 | 0x43 | 0x78 | 0x79 => 16,
        _ => return None,
    })
}
