//! Raw BTF, bounds-checked: the type table and its strings, alone or split over a base.
//!
//! Written for this program: the crates that read BTF are copyleft or cannot read split BTF from bytes, and the format
//! is 16 kinds of records behind a header of 24 bytes (`Documentation/bpf/btf.rst` of Linux).

use crate::extract::error::ExtractError;

/// Kinds of types.
pub(super) mod kind {
    pub(in crate::extract::btf) const INT: u32 = 1;
    pub(in crate::extract::btf) const PTR: u32 = 2;
    pub(in crate::extract::btf) const ARRAY: u32 = 3;
    pub(in crate::extract::btf) const STRUCT: u32 = 4;
    pub(in crate::extract::btf) const UNION: u32 = 5;
    pub(in crate::extract::btf) const ENUM: u32 = 6;
    pub(in crate::extract::btf) const FWD: u32 = 7;
    pub(in crate::extract::btf) const TYPEDEF: u32 = 8;
    pub(in crate::extract::btf) const VOLATILE: u32 = 9;
    pub(in crate::extract::btf) const CONST: u32 = 10;
    pub(in crate::extract::btf) const RESTRICT: u32 = 11;
    pub(in crate::extract::btf) const FUNC: u32 = 12;
    pub(in crate::extract::btf) const FUNC_PROTO: u32 = 13;
    pub(in crate::extract::btf) const VAR: u32 = 14;
    pub(in crate::extract::btf) const DATASEC: u32 = 15;
    pub(in crate::extract::btf) const FLOAT: u32 = 16;
    pub(in crate::extract::btf) const DECL_TAG: u32 = 17;
    pub(in crate::extract::btf) const TYPE_TAG: u32 = 18;
    pub(in crate::extract::btf) const ENUM64: u32 = 19;
}

/// Bytes of the header that every version has.
const HEADER: usize = 24;
/// Bytes that all records begin with.
const RECORD: usize = 12;

/// One file's types; those of a base come before its own.
#[derive(Debug)]
pub(super) struct Btf<'d> {
    /// The name of the file.
    pub(super) name: String,
    little: bool,
    records: Vec<Record<'d>>,
    strings: &'d [u8],
    base: Option<&'d Btf<'d>>,
    /// Bytes of an address.
    pub(super) address: Option<u64>,
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'d> {
    name: u32,
    pub(super) kind: u32,
    /// The bit whose meaning depends on the kind.
    pub(super) flag: bool,
    /// A size in bytes, or another type.
    pub(super) word: u32,
    data: &'d [u8],
}

impl<'d> Btf<'d> {
    /// Reads the tables; whether what they refer to exists is for [`Btf::check`].
    pub(super) fn read(
        name: &str,
        bytes: &'d [u8],
        base: Option<&'d Btf<'d>>,
    ) -> Result<Btf<'d>, ExtractError> {
        let broken = |reason: &str| ExtractError::damaged(name, "its BTF", reason);
        let short = || broken("it breaks off");
        let little = match bytes.get(..2) {
            Some([0x9f, 0xeb]) => true,
            Some([0xeb, 0x9f]) => false,
            _ => return Err(broken("it does not begin like BTF")),
        };
        if bytes.get(2) != Some(&1) {
            return Err(broken("it is of a version that is not known"));
        }
        let word =
            |at: usize| word(bytes, at, little).and_then(|word| usize::try_from(word).ok()).ok_or_else(short);
        let header = word(4)?;
        if header < HEADER {
            return Err(broken("its header is too short"));
        }
        let part = |offset: usize, len: usize| {
            let start = header.checked_add(offset)?;
            bytes.get(start..start.checked_add(len)?)
        };
        let types = part(word(8)?, word(12)?).ok_or_else(short)?;
        let strings = part(word(16)?, word(20)?).ok_or_else(short)?;
        let mut records = Vec::new();
        let mut rest = types;
        while !rest.is_empty() {
            let (record, after) = record(rest, little).ok_or_else(|| {
                let at = types.len() - rest.len();
                broken(&format!("the type at {at:#x} breaks off, or is of a kind that is not known"))
            })?;
            records.push(record);
            rest = after;
        }
        Ok(Btf { name: name.into(), little, records, strings, base, address: None })
    }

    /// Whether it refers to types or strings that it does not have.
    pub(super) fn check(&self) -> bool {
        let types = self.types();
        let fine = |record: &Record<'_>| {
            let known = record.references(self.little).into_iter().all(|id| id < types);
            known && record.names(self.little).into_iter().all(|offset| self.is_string(offset))
        };
        self.records.iter().all(fine)
    }

    /// Whether a string begins there. Within a base it must be a whole one: parts of strings are not shared.
    fn is_string(&self, offset: u32) -> bool {
        let Some(base) = self.base else { return self.string(offset).is_some() };
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let whole = start == 0 || start.checked_sub(1).and_then(|at| base.strings.get(at)) == Some(&0);
        self.string(offset).is_some() && (start >= base.strings.len() || whole)
    }

    /// How many types there are with those of the base; `void` is one.
    pub(super) fn types(&self) -> u32 {
        let own = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        self.first().saturating_add(own)
    }

    /// The number of the first type of its own.
    pub(super) fn first(&self) -> u32 {
        self.base.map_or(1, Btf::types)
    }

    /// A type; `None` for `void` and for one that is not there.
    pub(super) fn get(&self, id: u32) -> Option<(&Btf<'d>, Record<'d>)> {
        match id.checked_sub(self.first()) {
            Some(row) => Some((self, *self.records.get(usize::try_from(row).ok()?)?)),
            None => self.base?.get(id),
        }
    }

    fn string(&self, offset: u32) -> Option<&'d [u8]> {
        let shared = self.base.map_or(0, |base| base.strings.len());
        let offset = usize::try_from(offset).ok()?;
        match offset.checked_sub(shared) {
            Some(own) => self.strings.get(own..)?.split(|byte| *byte == 0).next(),
            None => self.base?.string(u32::try_from(offset).ok()?),
        }
    }

    /// A name; `None` for an empty one.
    pub(super) fn text(&self, offset: u32) -> Option<String> {
        let bytes = self.string(offset).filter(|bytes| !bytes.is_empty())?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The name of a record.
    pub(super) fn name_of(&self, record: &Record<'_>) -> Option<String> {
        self.text(record.name)
    }

    /// The words behind a record.
    pub(super) fn words(&self, record: &Record<'d>) -> Vec<u32> {
        words(record.data, self.little)
    }
}

impl Record<'_> {
    /// The types that it is made of.
    fn references(&self, little: bool) -> Vec<u32> {
        let words = words(self.data, little);
        let column = |width: usize, at: usize| words.iter().skip(at).step_by(width).copied().collect();
        match self.kind {
            kind::PTR
            | kind::TYPEDEF
            | kind::VOLATILE
            | kind::CONST
            | kind::RESTRICT
            | kind::FUNC
            | kind::VAR
            | kind::DECL_TAG
            | kind::TYPE_TAG => vec![self.word],
            kind::ARRAY => words.iter().take(2).copied().collect(),
            kind::STRUCT | kind::UNION => column(3, 1),
            kind::FUNC_PROTO => {
                let mut ids: Vec<u32> = column(2, 1);
                ids.push(self.word);
                ids
            }
            kind::DATASEC => column(3, 0),
            _ => Vec::new(),
        }
    }

    /// Offsets of its strings.
    fn names(&self, little: bool) -> Vec<u32> {
        let words = words(self.data, little);
        let width = match self.kind {
            kind::STRUCT | kind::UNION | kind::ENUM64 => 3,
            kind::ENUM | kind::FUNC_PROTO => 2,
            _ => return vec![self.name],
        };
        words.iter().step_by(width).copied().chain([self.name]).collect()
    }
}

fn record(bytes: &[u8], little: bool) -> Option<(Record<'_>, &[u8])> {
    let (name, info, wide) = (word(bytes, 0, little)?, word(bytes, 4, little)?, word(bytes, 8, little)?);
    let (kind, count) = (info >> 24 & 0x1f, usize::try_from(info & 0xffff).ok()?);
    let len = match kind {
        kind::INT | kind::VAR | kind::DECL_TAG => 4,
        kind::ARRAY => 12,
        kind::STRUCT | kind::UNION | kind::DATASEC | kind::ENUM64 => 12 * count,
        kind::ENUM | kind::FUNC_PROTO => 8 * count,
        kind::PTR
        | kind::FWD
        | kind::TYPEDEF
        | kind::VOLATILE
        | kind::CONST
        | kind::RESTRICT
        | kind::FUNC
        | kind::FLOAT
        | kind::TYPE_TAG => 0,
        _ => return None,
    };
    let (data, rest) = bytes.get(RECORD..)?.split_at_checked(len)?;
    Some((Record { name, kind, flag: info >> 31 == 1, word: wide, data }, rest))
}

fn word(bytes: &[u8], at: usize, little: bool) -> Option<u32> {
    let word = <[u8; 4]>::try_from(bytes.get(at..at.checked_add(4)?)?).ok()?;
    Some(if little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
}

fn words(bytes: &[u8], little: bool) -> Vec<u32> {
    (0..bytes.len() / 4).filter_map(|row| word(bytes, row * 4, little)).collect()
}
