//! Emitted evidence: what a build stated at its call sites, out of a section of the binary.
//!
//! `bootgate_supply.h` and `bootgate_supply.rs`, beside this file, put it there; `emitting.md` has the layout. ELF and
//! PE have the same records. They are the consumer's word, and read like any hostile bytes.

use std::collections::BTreeMap;

use nom::bytes::complete::take;
use nom::error::Error;
use nom::number::Endianness;
use nom::number::complete::u32 as word;
use nom::{IResult, Parser};

use crate::codes;
use crate::contract::{Beyond, Word};
use crate::finding::{Blame, Finding, Severity};
use crate::limits::SUPPLIES;

/// Sections that may hold records: ELF, PE, and ELF kernel images, whose linker joins all notes.
pub const SECTIONS: &[&str] = &[".note.bootgate", ".bgsup", ".notes"];
/// The C header.
pub const C_HEADER: &str = include_str!("bootgate_supply.h");
/// The Rust macros.
pub const RUST_MACROS: &str = include_str!("bootgate_supply.rs");

const OWNER: &[u8] = b"bootgate\0";
const SUPPLY: u32 = 1;
const VERSION: u32 = 1;

/// How much a build says that it supplies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supply {
    /// The capacity.
    pub name: String,
    /// How many elements are filled in.
    pub count: u64,
    /// What happens to a read beyond them, if it is said.
    pub beyond: Option<Beyond>,
    /// Where in the binary it is said, for people: section and offset.
    pub place: String,
}

/// Why records say nothing. Offsets are in bytes of the section; the example in each variant's doc triggers it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmittedError {
    /// A section that was cut, or that something else wrote into.
    #[error("the record at 0x{offset:x} of `{section}` is damaged: {reason}")]
    Damaged {
        /// The section.
        section: &'static str,
        /// Where the record begins.
        offset: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A record of version 2.
    #[error(
        "the record at 0x{offset:x} of `{section}` has kind {kind} and version {version}, which are not known"
    )]
    Unknown {
        /// The section.
        section: &'static str,
        /// Where the record begins.
        offset: usize,
        /// Its kind; 1 is known.
        kind: u32,
        /// Its version; 1 is known.
        version: u32,
    },
    /// More than [`SUPPLIES`] of them.
    #[error("`{section}` has more than {SUPPLIES} records")]
    TooMany {
        /// The section.
        section: &'static str,
    },
    /// One call site that fills 20, and another that fills 21.
    #[error("`{}` is stated twice, and differently", first.name)]
    Conflict {
        /// The record that comes first.
        first: Box<Supply>,
        /// The one that contradicts it.
        second: Box<Supply>,
    },
}

/// What the records of some sections say, in the order in which they are there; what is said twice is there once.
///
/// ```
/// use bootgate::extract::emitted::read;
/// // The owner is written, and nothing behind it.
/// let cut = [9, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, b'b', b'o', b'o', b't', b'g', b'a', b't', b'e', 0, 0, 0, 0];
/// let error = read([(".bgsup", &cut[..])], true).unwrap_err();
/// assert_eq!(error.to_string(), "the record at 0x0 of `.bgsup` is damaged: it ends after the section");
/// ```
///
/// # Errors
///
/// The first record that is damaged, of an unknown version, or contradicts an earlier one.
pub fn read<'s>(
    sections: impl IntoIterator<Item = (&'static str, &'s [u8])>,
    little_endian: bool,
) -> Result<Vec<Supply>, EmittedError> {
    let endian = if little_endian { Endianness::Little } else { Endianness::Big };
    let mut supplies = Supplies::default();
    for (section, bytes) in sections {
        let mut rest = bytes;
        while !rest.is_empty() {
            let offset = bytes.len() - rest.len();
            let (after, note) = match note(rest, endian) {
                Ok(read) => read,
                // What is shorter than a word is the padding of the section.
                Err(_) if rest.len() < 4 && rest.iter().all(|byte| *byte == 0) => break,
                Err(_) => {
                    let reason = "it ends after the section";
                    return Err(EmittedError::Damaged { section, offset, reason });
                }
            };
            rest = after;
            if let Some(note) = note.filter(|note| note.owner == OWNER) {
                supplies.add(supply(&note, section, offset, endian)?, section)?;
            }
        }
    }
    Ok(supplies.list)
}

/// What was read so far, and the row of each name.
#[derive(Default)]
struct Supplies {
    list: Vec<Supply>,
    rows: BTreeMap<String, usize>,
    records: usize,
}

impl Supplies {
    fn add(&mut self, supply: Supply, section: &'static str) -> Result<(), EmittedError> {
        self.records += 1;
        if self.records > SUPPLIES {
            return Err(EmittedError::TooMany { section });
        }
        match self.rows.get(&supply.name).and_then(|row| self.list.get_mut(*row)) {
            None => {
                self.rows.insert(supply.name.clone(), self.list.len());
                self.list.push(supply);
            }
            Some(first) => {
                let other = first.beyond.zip(supply.beyond).is_some_and(|(a, b)| a != b);
                if first.count != supply.count || other {
                    return Err(EmittedError::Conflict {
                        first: Box::new(first.clone()),
                        second: Box::new(supply),
                    });
                }
                first.beyond = first.beyond.or(supply.beyond);
            }
        }
        Ok(())
    }
}

struct Note<'s> {
    owner: &'s [u8],
    kind: u32,
    body: &'s [u8],
}

type Read<'s, T> = IResult<&'s [u8], T, Error<&'s [u8]>>;

/// A note, or a word of padding: a linker may put zeros between what comes from two object files.
fn note(bytes: &[u8], endian: Endianness) -> Read<'_, Option<Note<'_>>> {
    let (rest, owner_size) = word(endian).parse(bytes)?;
    if owner_size == 0 {
        return Ok((rest, None));
    }
    let (rest, (body_size, kind)) = (word(endian), word(endian)).parse(rest)?;
    let (rest, owner) = padded(rest, owner_size)?;
    let (rest, body) = padded(rest, body_size)?;
    Ok((rest, Some(Note { owner, kind, body })))
}

/// So many bytes, and what fills them up to whole words, which the last of a section may lack.
fn padded(bytes: &[u8], size: u32) -> Read<'_, &[u8]> {
    let (rest, taken) = take(size).parse(bytes)?;
    let padding = size.wrapping_neg() % 4;
    let space = padding.min(u32::try_from(rest.len()).unwrap_or(u32::MAX));
    let (rest, _) = take(space).parse(rest)?;
    Ok((rest, taken))
}

fn supply(
    note: &Note<'_>,
    section: &'static str,
    offset: usize,
    endian: Endianness,
) -> Result<Supply, EmittedError> {
    let damaged = |reason| EmittedError::Damaged { section, offset, reason };
    let short = |_: nom::Err<Error<&[u8]>>| damaged("its parts are longer than the whole");
    let (rest, version) = word(endian).parse(note.body).map_err(short)?;
    if note.kind != SUPPLY || version != VERSION {
        return Err(EmittedError::Unknown { section, offset, kind: note.kind, version });
    }
    let words = (word(endian), word(endian), word(endian), word(endian));
    let (rest, (beyond, low, high, name_size)) = { words }.parse(rest).map_err(short)?;
    let (_, name) = take::<_, _, Error<&[u8]>>(name_size).parse(rest).map_err(short)?;
    let name = std::str::from_utf8(name).map_err(|_| damaged("its name is not UTF-8 text"))?;
    if name.is_empty() {
        return Err(damaged("its name is empty"));
    }
    let beyond = match beyond {
        0 => None,
        1 => Some(Beyond::Fault),
        2 => Some(Beyond::NoMatch),
        _ => return Err(damaged("what it says of reads beyond is not known")),
    };
    let count = u64::from(high) << 32 | u64::from(low);
    let place = format!("`{section}` at 0x{offset:x}");
    Ok(Supply { name: name.to_owned(), count, beyond, place })
}

impl EmittedError {
    /// The stable code.
    pub(super) fn code(&self) -> &'static str {
        match self {
            EmittedError::Conflict { .. } => codes::EMITTED_CONFLICT,
            _ => codes::EMITTED_DAMAGED,
        }
    }
}

impl From<&EmittedError> for Finding {
    fn from(error: &EmittedError) -> Finding {
        let mut finding = Finding::new(error.code(), Severity::Error, Blame::Consumer, error.to_string());
        finding.help = Some(match error {
            EmittedError::Damaged { .. } => {
                "take the binary from the build again: it may have been cut".into()
            }
            EmittedError::TooMany { .. } => "state a capacity once, where its elements are passed on".into(),
            EmittedError::Unknown { .. } => {
                "read it with the bootgate that the header was taken from, or a later one".into()
            }
            EmittedError::Conflict { first, second } => {
                finding.found = Some(format!("{} and {}", stated(first), stated(second)));
                "give the call sites different names, or fill in the same at both; what all of them supply is the \
                 least of them"
                    .into()
            }
        });
        finding
    }
}

/// A statement as people read it.
fn stated(supply: &Supply) -> String {
    let beyond = supply.beyond.map(|beyond| format!(", beyond it `{}`", beyond.word())).unwrap_or_default();
    format!("{} ({}){beyond}", supply.count, supply.place)
}

#[cfg(test)]
#[path = "emitted_tests.rs"]
mod tests;
