//! Capacities out of binaries: what a build of the consumer says about itself.
//!
//! A [`Binary`] is recognised, identified and asked; `extract.md` beside this file is the page for users. What comes
//! from types is evidence *storage*, never more; what the build stated at its call sites is *emitted*.

mod ask;
mod btf;
pub mod capacities;
mod codeview;
mod dwarf;
pub mod emitted;
mod error;
mod files;
mod graph;
mod image;
mod inquiry;
pub mod manifest;
mod pdb;

use std::borrow::Cow;

pub use ask::{Failure, ask_pdb};
pub use emitted::Supply;
pub use error::{ExtractError, LookupError};
pub use files::{Bytes, Extras, Files, NoFiles};
pub use image::Format;
pub use inquiry::Answers;

use crate::contract::{Beyond, Evidence};
use crate::digest::Digest;
use image::Image;

/// One build of the consumer, as a file.
#[derive(Debug)]
pub struct Binary<'d> {
    image: Image<'d>,
    /// What the build calls itself: the GNU build id in hexadecimal digits, or GUID and age of the PDB.
    pub id: Option<String>,
    /// Digest of the whole file.
    pub sha256: Digest,
}

/// An answer: the value of a capacity and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The number, of elements or bytes or as the question has it.
    pub value: u64,
    /// What it rests on.
    pub evidence: Evidence,
    /// What the build says that it does with a read beyond it.
    pub beyond: Option<Beyond>,
    /// Where it was found, for people.
    pub place: String,
}

impl<'d> Binary<'d> {
    /// Recognises a binary; `name` is its path as people know it.
    ///
    /// ```
    /// use bootgate::extract::{Binary, ExtractError};
    /// let error = Binary::read("sensor.sh", b"#!/bin/sh\n").unwrap_err();
    /// assert_eq!(error.to_string(), "`sensor.sh` is a script, not an ELF or PE binary");
    /// ```
    ///
    /// # Errors
    ///
    /// The bytes are neither ELF nor PE, or break off in the headers.
    pub fn read(name: &str, bytes: &'d [u8]) -> Result<Binary<'d>, ExtractError> {
        let image = Image::read(name, bytes)?;
        let id = match image.format {
            Format::Elf => image.build_id()?.filter(|id| !id.is_empty()).map(hex),
            Format::Pe => image.code_view()?.map(|pdb| pdb.id()),
        };
        Ok(Binary { image, id, sha256: Digest::of(bytes) })
    }

    /// The family of formats.
    pub fn format(&self) -> Format {
        self.image.format
    }

    /// Whether numbers of more than one byte begin with the least significant one.
    pub fn is_little_endian(&self) -> bool {
        use object::Object;
        self.image.file.is_little_endian()
    }

    /// The bytes of a section, decompressed and relocated; `None` without one of this name.
    ///
    /// # Errors
    ///
    /// The section breaks off, or cannot be decompressed within the limits.
    pub fn section(&self, name: &str) -> Result<Option<Cow<'d, [u8]>>, ExtractError> {
        self.image.section(name)
    }

    /// What the build states at its call sites: evidence *emitted*.
    ///
    /// # Errors
    ///
    /// A section or a record of it is damaged, or two records contradict each other.
    pub fn supplies(&self) -> Result<Vec<Supply>, ExtractError> {
        let mut sections = Vec::new();
        for name in emitted::SECTIONS {
            sections.extend(self.section(name)?.map(|bytes| (*name, bytes)));
        }
        let sections = sections.iter().map(|(name, bytes)| (*name, bytes.as_ref()));
        Ok(emitted::read(sections, self.is_little_endian())?)
    }
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
