//! A model of the consumer: a loader as a careful kernel driver would write it, and what evaluating
//! the content would dereference. It shares no code with bootgate, and trusts no byte.

use sha2::{Digest, Sha256};

/// Why the driver does not take a content set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Rejected {
    /// Fewer bytes than a part needs.
    #[error("{needed} bytes needed at {at}, where the region ends")]
    Short { at: usize, needed: usize },
    /// A value that the driver has no use for.
    #[error("{what} is {value}")]
    Value { what: &'static str, value: u64 },
    /// Another first word than the format's.
    #[error("another magic number")]
    Magic,
    /// The bytes are not those that were released.
    #[error("checksum {stated:#010x} stated, {computed:#010x} computed")]
    Checksum { stated: u32, computed: u32 },
    /// Text that is not in its encoding.
    #[error("text at {at} is not in its encoding")]
    Text { at: usize },
}

/// A content set as the driver keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    channel_number: u32,
    types: Vec<Type>,
    instances: Vec<Instance>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Type {
    id: u16,
    name: String,
    kinds: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Instance {
    id: u32,
    type_index: usize,
    flags: u16,
    confidence: u8,
    criteria: Vec<Criterion>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Criterion {
    field_index: u16,
    kind: u8,
    operand: Operand,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    Nothing,
    Range(u64, u64),
    Text(String),
}

/// One access of the interpreter to the inputs of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dereference {
    /// Index of the instance in the file.
    pub(crate) instance: usize,
    /// Index of the criterion in the instance.
    pub(crate) criterion: usize,
    /// Index into the inputs.
    pub(crate) index: u64,
    /// How many inputs there are.
    pub(crate) supplied: u64,
}

impl Dereference {
    /// Whether it reads what nobody supplied.
    pub(crate) fn beyond(&self) -> bool {
        self.index >= self.supplied
    }
}

/// Loads a content set, or says why the driver goes on without it.
pub(crate) fn load(definitions: &[u8], channel: &[u8]) -> Result<Content, Rejected> {
    let types = load_definitions(definitions)?;
    load_channel(channel, types)
}

impl Content {
    /// What an event makes the interpreter dereference, whatever the event holds.
    ///
    /// `supply` gives the number of inputs for a type's name, `None` for a type that the build does
    /// not know, whose instances it leaves alone. A driver that stops at the first criterion that does not
    /// match may read less, so each criterion is taken as read by some event.
    pub(crate) fn evaluate(&self, supply: impl Fn(&str) -> Option<u64>) -> Vec<Dereference> {
        let mut read = Vec::new();
        for (i, instance) in self.instances.iter().enumerate() {
            let kind = self.types.get(instance.type_index);
            let Some(supplied) = kind.and_then(|kind| supply(&kind.name)) else { continue };
            let evaluated = instance.criteria.iter().enumerate().filter(|(_, c)| c.kind != 0);
            read.extend(evaluated.map(|(c, criterion)| {
                let index = u64::from(criterion.field_index);
                Dereference { instance: i, criterion: c, index, supplied }
            }));
        }
        read
    }

    /// A digest of all that has an effect: equal digests mean equal behaviour, whatever the bytes.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut number = |value: u64| hash.update(value.to_le_bytes());
        let text = |value: &str, number: &mut dyn FnMut(u64)| {
            number(value.len() as u64);
            value.bytes().for_each(|byte| number(byte.into()));
        };
        number(self.channel_number.into());
        number(self.instances.len() as u64);
        for instance in &self.instances {
            number(instance.id.into());
            number(instance.flags.into());
            number(instance.confidence.into());
            if let Some(Type { id, name, kinds }) = self.types.get(instance.type_index) {
                number((*id).into());
                text(name, &mut number);
                number(kinds.len() as u64);
                kinds.iter().for_each(|&kind| number(kind.into()));
            }
            number(instance.criteria.len() as u64);
            for criterion in &instance.criteria {
                number(criterion.field_index.into());
                number(criterion.kind.into());
                match &criterion.operand {
                    Operand::Nothing => {}
                    Operand::Range(lo, hi) => [*lo, *hi].into_iter().for_each(&mut number),
                    Operand::Text(value) => text(value, &mut number),
                }
            }
        }
        hash.finalize().into()
    }
}

fn load_definitions(file: &[u8]) -> Result<Vec<Type>, Rejected> {
    let mut at = Cursor::new(file);
    at.magic(b"BGTD")?;
    at.u16_in("definitions version", 1, 1)?;
    let count = at.u16_in("number of types", 1, 256)?;
    at.take(8)?;
    at.checksum()?;
    let mut types = Vec::new();
    for _ in 0..count {
        let id = at.u16()?;
        let name = at.name()?;
        let mut kinds = Vec::new();
        for _ in 0..at.u16_in("number of fields", 1, 64)? {
            kinds.push(at.u8_in("data kind", 1, 6)?);
            at.name()?;
        }
        types.push(Type { id, name, kinds });
    }
    Ok(types)
}

/// An entry of the section table.
#[derive(Clone, Copy)]
struct Section {
    kind: u16,
    entries: u32,
    offset: u32,
    length: u32,
}

fn load_channel(file: &[u8], types: Vec<Type>) -> Result<Content, Rejected> {
    let mut at = Cursor::new(file);
    at.magic(b"BGCF")?;
    let version = at.u16_in("channel file version", 1, 2)?;
    let count = at.u16_in("number of sections", 2, 16)?;
    let channel_number = at.u32()?;
    let (instances, strings) = (at.u16()?, at.u16()?);
    at.take(8)?;
    at.checksum()?;
    if version >= 2 {
        at.take(4)?;
        at.u8_in("ring", 0, 2)?;
        for _ in 0..3 {
            at.u8_in("reserved byte", 0, 0)?;
        }
    }
    let mut sections = Vec::new();
    for _ in 0..count {
        let kind = at.u16_in("section kind", 1, 3)?;
        at.u16_in("reserved word", 0, 0)?;
        let (entries, offset, length) = (at.u32()?, at.u32()?, at.u32()?);
        if kind == 2 && entries != 0 {
            return Err(Rejected::Value { what: "number of strings", value: entries.into() });
        }
        sections.push(Section { kind, entries, offset, length });
    }
    let (instances, strings) = (section(&sections, instances, 1)?, section(&sections, strings, 2)?);
    let pool = body(file, strings)?;
    let mut at = body(file, instances)?;
    let mut content = Content { channel_number, types, instances: Vec::new() };
    for _ in 0..instances.entries {
        let instance = load_instance(&mut at, version, &pool, &content.types)?;
        content.instances.push(instance);
    }
    Ok(content)
}

fn section(sections: &[Section], index: u16, kind: u16) -> Result<Section, Rejected> {
    let section = sections.get(usize::from(index)).filter(|section| section.kind == kind);
    section.copied().ok_or(Rejected::Value { what: "section index", value: index.into() })
}

fn body(file: &[u8], section: Section) -> Result<Cursor<'_>, Rejected> {
    let offset = usize::try_from(section.offset).unwrap_or(usize::MAX);
    let length = usize::try_from(section.length).unwrap_or(usize::MAX);
    let rest = file.get(offset..).ok_or(Rejected::Short { at: offset, needed: length })?;
    let bytes = rest.get(..length).ok_or(Rejected::Short { at: offset, needed: length })?;
    Ok(Cursor::new(bytes))
}

fn load_instance(
    at: &mut Cursor<'_>,
    version: u16,
    pool: &Cursor<'_>,
    types: &[Type],
) -> Result<Instance, Rejected> {
    let id = at.u32()?;
    let type_index = at.u16()?;
    let unknown = Rejected::Value { what: "template type", value: type_index.into() };
    let kind = types.get(usize::from(type_index)).ok_or(unknown)?;
    let flags = at.u16_in("flags", 0, 7)?;
    let count = at.u16()?;
    let confidence = if version >= 2 { at.u8_in("confidence", 0, 100)? } else { 100 };
    let mut criteria = Vec::new();
    for _ in 0..count {
        let criterion = load_criterion(at, pool)?;
        if usize::from(criterion.field_index) >= kind.kinds.len() {
            return Err(Rejected::Value { what: "field index", value: criterion.field_index.into() });
        }
        criteria.push(criterion);
    }
    Ok(Instance { id, type_index: type_index.into(), flags, confidence, criteria })
}

fn load_criterion(at: &mut Cursor<'_>, pool: &Cursor<'_>) -> Result<Criterion, Rejected> {
    let field_index = at.u16()?;
    let kind = at.u8_in("criterion kind", 0, 4)?;
    let length = match kind {
        0 => 0,
        3 => 16,
        _ => 8,
    };
    at.u8_in("operand length", length, length)?;
    let operand = match kind {
        0 => Operand::Nothing,
        3 => {
            let (lo, hi) = (at.u64()?, at.u64()?);
            if hi < lo {
                return Err(Rejected::Value { what: "end of a range", value: hi });
            }
            Operand::Range(lo, hi)
        }
        _ => {
            let (offset, length) = (at.u32()?, at.u32()?);
            if length == 0 {
                return Err(Rejected::Value { what: "length of a string", value: 0 });
            }
            let text = body(pool.bytes, Section { kind: 2, entries: 0, offset, length })?;
            Operand::Text(text.utf8()?)
        }
    };
    Ok(Criterion { field_index, kind, operand })
}

/// A region of bytes and a place in it.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    fn take(&mut self, needed: usize) -> Result<&'a [u8], Rejected> {
        let short = Rejected::Short { at: self.at, needed };
        let end = self.at.checked_add(needed).ok_or(short)?;
        let bytes = self.bytes.get(self.at..end).ok_or(short)?;
        self.at = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Rejected> {
        let short = Rejected::Short { at: self.at, needed: N };
        self.take(N)?.try_into().map_err(|_| short)
    }

    fn u8(&mut self) -> Result<u8, Rejected> {
        self.array().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Result<u16, Rejected> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, Rejected> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Rejected> {
        self.array().map(u64::from_le_bytes)
    }

    fn u8_in(&mut self, what: &'static str, least: u8, most: u8) -> Result<u8, Rejected> {
        let value = self.u8()?;
        let bad = Rejected::Value { what, value: value.into() };
        (least..=most).contains(&value).then_some(value).ok_or(bad)
    }

    fn u16_in(&mut self, what: &'static str, least: u16, most: u16) -> Result<u16, Rejected> {
        let value = self.u16()?;
        let bad = Rejected::Value { what, value: value.into() };
        (least..=most).contains(&value).then_some(value).ok_or(bad)
    }

    fn magic(&mut self, magic: &[u8; 4]) -> Result<(), Rejected> {
        if self.take(4)? == magic { Ok(()) } else { Err(Rejected::Magic) }
    }

    /// A name of 1 to 32 ASCII characters with its length in front.
    fn name(&mut self) -> Result<String, Rejected> {
        let length = self.u8_in("length of a name", 1, 32)?;
        let bad = Rejected::Text { at: self.at };
        let bytes = self.take(length.into())?;
        if bytes.is_ascii() { Cursor::new(bytes).utf8() } else { Err(bad) }
    }

    /// The whole region as text.
    fn utf8(&self) -> Result<String, Rejected> {
        let text = std::str::from_utf8(self.bytes);
        text.map(str::to_owned).map_err(|e| Rejected::Text { at: e.valid_up_to() })
    }

    /// Compares the checksum here with that of the region, in which its own bytes count as zero.
    fn checksum(&mut self) -> Result<(), Rejected> {
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let stated = self.u32()?;
        let after = self.bytes.get(self.at..).unwrap_or_default();
        let mut hash = crc32fast::Hasher::new();
        [before, &[0; 4], after].into_iter().for_each(|part| hash.update(part));
        let computed = hash.finalize();
        if stated == computed { Ok(()) } else { Err(Rejected::Checksum { stated, computed }) }
    }
}
