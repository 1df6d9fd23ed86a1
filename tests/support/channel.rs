//! A builder of type definitions and channel files: a typed model, its bytes, and named places in
//! them to make a file wrong at.

use std::collections::BTreeMap;
use std::ops::Range;

/// What a field of a template type holds, as numbered in `type_definitions.ksy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataKind {
    Text = 1,
    Path = 2,
    Number = 3,
    Flags = 4,
    Timestamp = 5,
    Digest = 6,
}

/// One declared input field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) kind: DataKind,
    pub(crate) name: String,
}

/// One template type.
#[derive(Clone, Debug)]
pub(crate) struct TemplateType {
    pub(crate) id: u16,
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

/// A file of type definitions.
#[derive(Clone, Debug)]
pub(crate) struct Definitions {
    pub(crate) build_stamp: u64,
    pub(crate) types: Vec<TemplateType>,
}

/// What a criterion compares its field with.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Wildcard,
    Exact(String),
    Prefix(String),
    Range(u64, u64),
    Pattern(String),
    /// Bytes as given, whatever the kind asks for: only wrong files have it.
    Raw(u8, Vec<u8>),
}

/// One criterion of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Criterion {
    pub(crate) field_index: u16,
    pub(crate) operand: Operand,
}

/// One template instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) id: u32,
    pub(crate) type_index: u16,
    pub(crate) flags: u16,
    /// Written from format version 2 on.
    pub(crate) confidence: u8,
    pub(crate) criteria: Vec<Criterion>,
}

/// What a section holds, as numbered in `channel_file.ksy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Instances = 1,
    Strings = 2,
    Notes = 3,
}

/// A remark on where content comes from: its kind and its text.
#[derive(Clone, Debug)]
pub(crate) struct Note(pub(crate) u8, pub(crate) String);

/// A channel file.
#[derive(Clone, Debug)]
pub(crate) struct ChannelFile {
    pub(crate) version: u16,
    pub(crate) channel_number: u32,
    pub(crate) build_stamp: u64,
    /// Number and ring; written from format version 2 on.
    pub(crate) release: (u32, u8),
    /// The section table. A kind that is listed twice is written twice.
    pub(crate) sections: Vec<SectionKind>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) notes: Vec<Note>,
    /// Bytes between the section table and the first body that belong to nothing.
    pub(crate) padding: Vec<u8>,
    /// Strings in the pool that no operand refers to.
    pub(crate) spare_strings: Vec<String>,
}

/// A file's bytes, and where in them each part lies, by its path in the content set.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) bytes: Vec<u8>,
    role: &'static str,
    places: BTreeMap<String, Range<usize>>,
}

impl Definitions {
    /// The file's bytes, with a right checksum.
    pub(crate) fn build(&self) -> Built {
        let mut out = Built::new("definitions");
        out.bytes("header.magic", b"BGTD");
        out.int("header.format_version", 2, 1);
        out.int("header.num_types", 2, self.types.len());
        out.int("header.build_stamp", 8, self.build_stamp);
        out.int("header.crc32", 4, 0_u32);
        for (index, kind) in self.types.iter().enumerate() {
            let at = format!("types[{index}]");
            let start = out.bytes.len();
            out.int(&format!("{at}.id"), 2, kind.id);
            out.int(&format!("{at}.len_name"), 1, kind.name.len());
            out.bytes(&format!("{at}.name"), kind.name.as_bytes());
            out.int(&format!("{at}.num_fields"), 2, kind.fields.len());
            for (index, field) in kind.fields.iter().enumerate() {
                let at = format!("{at}.fields[{index}]");
                out.int(&format!("{at}.kind"), 1, field.kind as u8);
                out.int(&format!("{at}.len_name"), 1, field.name.len());
                out.bytes(&format!("{at}.name"), field.name.as_bytes());
            }
            out.mark(&at, start);
        }
        out.sealed()
    }
}

impl Operand {
    /// Its number in `channel_file.ksy`.
    fn kind(&self) -> u8 {
        match self {
            Operand::Wildcard => 0,
            Operand::Exact(_) => 1,
            Operand::Prefix(_) => 2,
            Operand::Range(..) => 3,
            Operand::Pattern(_) => 4,
            Operand::Raw(kind, _) => *kind,
        }
    }

    /// The string that goes to the pool.
    fn text(&self) -> Option<&str> {
        match self {
            Operand::Exact(text) | Operand::Prefix(text) | Operand::Pattern(text) => Some(text),
            Operand::Wildcard | Operand::Range(..) | Operand::Raw(..) => None,
        }
    }
}

/// The pool of strings: each text once, in the order of first use.
struct Pool {
    bytes: Vec<u8>,
    offsets: BTreeMap<String, usize>,
}

impl Pool {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Pool {
        let mut pool = Pool { bytes: Vec::new(), offsets: BTreeMap::new() };
        for text in texts {
            if !pool.offsets.contains_key(text) {
                pool.offsets.insert(text.to_owned(), pool.bytes.len());
                pool.bytes.extend_from_slice(text.as_bytes());
            }
        }
        pool
    }
}

impl ChannelFile {
    /// The file's bytes, with a right checksum.
    pub(crate) fn build(&self) -> Built {
        let operands = self.instances.iter().flat_map(|i| &i.criteria).map(|c| &c.operand);
        let texts = operands.filter_map(Operand::text);
        let pool = Pool::of(texts.chain(self.spare_strings.iter().map(String::as_str)));

        let mut out = Built::new("channel");
        self.write_header(&mut out);
        for (index, kind) in self.sections.iter().enumerate() {
            let entries = match kind {
                SectionKind::Instances => self.instances.len(),
                SectionKind::Strings => 0,
                SectionKind::Notes => self.notes.len(),
            };
            let at = format!("sections[{index}]");
            let start = out.bytes.len();
            out.int(&format!("{at}.kind"), 2, *kind as u16);
            out.int(&format!("{at}.reserved"), 2, 0);
            out.int(&format!("{at}.num_entries"), 4, entries);
            out.int(&format!("{at}.ofs_body"), 4, 0);
            out.int(&format!("{at}.len_body"), 4, 0);
            out.mark(&at, start);
        }
        out.bytes("padding", &self.padding);
        for (index, kind) in self.sections.iter().enumerate() {
            let start = out.bytes.len();
            match kind {
                SectionKind::Instances => self.write_instances(&mut out, &pool),
                SectionKind::Strings => out.bytes.extend_from_slice(&pool.bytes),
                SectionKind::Notes => self.write_notes(&mut out, index),
            }
            let length = out.bytes.len() - start;
            out.set(&format!("sections[{index}].ofs_body"), start);
            out.set(&format!("sections[{index}].len_body"), length);
            out.mark(&format!("sections[{index}].body"), start);
        }
        self.mark_texts(&mut out, &pool);
        out.sealed()
    }

    fn write_header(&self, out: &mut Built) {
        let entry = |kind| self.sections.iter().position(|&k| k == kind).unwrap_or(0);
        out.bytes("header.magic", b"BGCF");
        out.int("header.format_version", 2, self.version);
        out.int("header.num_sections", 2, self.sections.len());
        out.int("header.channel_number", 4, self.channel_number);
        out.int("header.idx_instances", 2, entry(SectionKind::Instances));
        out.int("header.idx_strings", 2, entry(SectionKind::Strings));
        out.int("header.build_stamp", 8, self.build_stamp);
        out.int("header.crc32", 4, 0);
        if self.version >= 2 {
            out.int("header.release.number", 4, self.release.0);
            out.int("header.release.ring", 1, self.release.1);
            out.bytes("header.release.reserved", &[0; 3]);
        }
    }

    fn write_instances(&self, out: &mut Built, pool: &Pool) {
        for (index, instance) in self.instances.iter().enumerate() {
            let at = format!("instances[{index}]");
            let start = out.bytes.len();
            out.int(&format!("{at}.id"), 4, instance.id);
            out.int(&format!("{at}.type_index"), 2, instance.type_index);
            out.int(&format!("{at}.flags"), 2, instance.flags);
            out.int(&format!("{at}.num_criteria"), 2, instance.criteria.len());
            if self.version >= 2 {
                out.int(&format!("{at}.confidence"), 1, instance.confidence);
            }
            for (index, criterion) in instance.criteria.iter().enumerate() {
                write_criterion(out, &format!("{at}.criteria[{index}]"), criterion, pool);
            }
            out.mark(&at, start);
        }
    }

    fn write_notes(&self, out: &mut Built, section: usize) {
        for (index, Note(kind, text)) in self.notes.iter().enumerate() {
            let at = format!("sections[{section}].body.notes[{index}]");
            out.int(&format!("{at}.kind"), 1, *kind);
            out.bytes(&format!("{at}.text"), &[text.as_bytes(), b"\0"].concat());
        }
    }

    fn mark_texts(&self, out: &mut Built, pool: &Pool) {
        let Some(section) = self.sections.iter().position(|&k| k == SectionKind::Strings) else {
            return;
        };
        let base = out.range(&format!("sections[{section}].body")).start;
        for (i, instance) in self.instances.iter().enumerate() {
            for (c, criterion) in instance.criteria.iter().enumerate() {
                let Some(text) = criterion.operand.text() else { continue };
                let start = base + pool.offsets[text];
                let path = format!("instances[{i}].criteria[{c}].operand.text");
                out.places.insert(path, start..start + text.len());
            }
        }
    }
}

fn write_criterion(out: &mut Built, at: &str, criterion: &Criterion, pool: &Pool) {
    let start = out.bytes.len();
    out.int(&format!("{at}.field_index"), 2, criterion.field_index);
    out.int(&format!("{at}.kind"), 1, criterion.operand.kind());
    out.int(&format!("{at}.len_operand"), 1, 0);
    let operand = out.bytes.len();
    match &criterion.operand {
        Operand::Wildcard => {}
        Operand::Exact(text) | Operand::Prefix(text) | Operand::Pattern(text) => {
            out.int(&format!("{at}.operand.ofs_text"), 4, pool.offsets[text]);
            out.int(&format!("{at}.operand.len_text"), 4, text.len());
        }
        Operand::Range(lo, hi) => {
            out.int(&format!("{at}.operand.lo"), 8, *lo);
            out.int(&format!("{at}.operand.hi"), 8, *hi);
        }
        Operand::Raw(_, bytes) => out.bytes.extend_from_slice(bytes),
    }
    let length = out.bytes.len() - operand;
    out.set(&format!("{at}.len_operand"), length);
    out.mark(&format!("{at}.operand"), operand);
    out.mark(at, start);
}

impl Built {
    fn new(role: &'static str) -> Built {
        Built { bytes: Vec::new(), role, places: BTreeMap::new() }
    }

    fn mark(&mut self, path: &str, start: usize) {
        self.places.insert(path.to_owned(), start..self.bytes.len());
    }

    fn bytes(&mut self, path: &str, bytes: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.mark(path, start);
    }

    fn int<V: TryInto<u64>>(&mut self, path: &str, width: usize, value: V) {
        let start = self.bytes.len();
        self.bytes.resize(start + width, 0);
        self.mark(path, start);
        self.set(path, value);
    }

    fn sealed(mut self) -> Built {
        self.seal();
        self
    }

    /// The bytes of the part at this path, which is relative to the file.
    pub(crate) fn range(&self, path: &str) -> Range<usize> {
        self.places.get(path).unwrap_or_else(|| panic!("no part {path} in {}", self.role)).clone()
    }

    /// The same, if the file has that part and all of its bytes.
    pub(crate) fn range_within(&self, path: &str) -> Option<Range<usize>> {
        self.places.get(path).filter(|range| range.end <= self.bytes.len()).cloned()
    }

    /// The path with the file's role in front, as findings write it.
    pub(crate) fn full_path(&self, path: &str) -> String {
        if path.is_empty() { self.role.to_owned() } else { format!("{}.{path}", self.role) }
    }

    /// The integer at this path.
    pub(crate) fn get(&self, path: &str) -> u64 {
        let bytes = &self.bytes[self.range(path)];
        bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
    }

    /// Overwrites the integer at this path; the checksum is left as it is.
    pub(crate) fn set<V: TryInto<u64>>(&mut self, path: &str, value: V) {
        let value: u64 = value.try_into().unwrap_or_else(|_| panic!("{path}: below zero"));
        let range = self.range(path);
        let bytes = value.to_le_bytes();
        let (low, high) = bytes.split_at(range.len());
        assert!(high.iter().all(|&byte| byte == 0), "{path}: {value} needs more bytes");
        self.bytes[range].copy_from_slice(low);
    }

    /// Cuts the file to this length; the checksum is left as it is.
    pub(crate) fn cut(&mut self, length: usize) {
        assert!(length < self.bytes.len(), "nothing to cut");
        self.bytes.truncate(length);
    }

    /// The same kind of file with other bytes; only the header's parts keep their places.
    pub(crate) fn with(mut self, bytes: Vec<u8>) -> Built {
        self.bytes = bytes;
        self
    }

    /// Makes the checksum right again, if the file is long enough to have one.
    pub(crate) fn seal(&mut self) {
        let range = self.range("header.crc32");
        if let Some(slot) = self.bytes.get_mut(range.clone()) {
            slot.fill(0);
            let sum = crc32fast::hash(&self.bytes);
            self.bytes[range].copy_from_slice(&sum.to_le_bytes());
        }
    }
}
