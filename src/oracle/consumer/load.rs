//! The loader: every byte is checked against what the two formats ask for.

use super::cursor::Cursor;
use super::{Content, Criterion, Instance, MAX_CHECKED_TEXT, Operand, Rejected, Type};

/// Loads a content set, or says why the consumer goes on without it.
///
/// # Errors
///
/// The first thing that is wrong.
pub fn load<'a>(definitions: &'a [u8], channel: &'a [u8]) -> Result<Content<'a>, Rejected> {
    let types = load_definitions(definitions)?;
    load_channel(channel, types)
}

fn load_definitions(file: &[u8]) -> Result<Vec<Type<'_>>, Rejected> {
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
    at.end()?;
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

fn load_channel<'a>(file: &'a [u8], types: Vec<Type<'a>>) -> Result<Content<'a>, Rejected> {
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
    for &section in &sections {
        let body = body(file, section)?;
        if section.kind == 3 {
            check_notes(body, section.entries)?;
        }
    }
    let (instances, strings) = (section(&sections, instances, 1)?, section(&sections, strings, 2)?);
    let mut pool = Pool { bytes: body(file, strings)?.rest(), budget: MAX_CHECKED_TEXT };
    let mut at = body(file, instances)?;
    let mut content = Content { channel_number, types, instances: Vec::new() };
    for _ in 0..instances.entries {
        let instance = load_instance(&mut at, version, &mut pool, &content.types)?;
        content.instances.push(instance);
    }
    at.end()?;
    Ok(content)
}

/// Nobody needs the notes here; a file with bad ones is no sound file, though.
fn check_notes(mut at: Cursor<'_>, count: u32) -> Result<(), Rejected> {
    for _ in 0..count {
        at.u8_in("kind of a note", 1, 3)?;
        at.terminated()?;
    }
    at.end()
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

/// The pool of strings, and how much of it may still be checked.
struct Pool<'a> {
    bytes: &'a [u8],
    budget: u64,
}

impl<'a> Pool<'a> {
    fn text(&mut self, offset: u32, length: u32) -> Result<&'a str, Rejected> {
        if length == 0 {
            return Err(Rejected::Value { what: "length of a string", value: 0 });
        }
        let text = body(self.bytes, Section { kind: 2, entries: 0, offset, length })?;
        let spent = Rejected::Value { what: "bytes of all strings", value: MAX_CHECKED_TEXT };
        self.budget = self.budget.checked_sub(length.into()).ok_or(spent)?;
        text.utf8()
    }
}

fn load_instance<'a>(
    at: &mut Cursor<'a>,
    version: u16,
    pool: &mut Pool<'a>,
    types: &[Type<'_>],
) -> Result<Instance<'a>, Rejected> {
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

fn load_criterion<'a>(at: &mut Cursor<'a>, pool: &mut Pool<'a>) -> Result<Criterion<'a>, Rejected> {
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
            Operand::Text(pool.text(offset, length)?)
        }
    };
    Ok(Criterion { field_index, kind, operand })
}
