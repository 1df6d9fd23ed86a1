//! One file in an object format: its sections, relocated and decompressed, and what identifies it.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::Read;

use object::read::{File, FileKind, RelocationTarget};
use object::{CompressionFormat, Object, ObjectKind, ObjectSection, ObjectSymbol, RelocationKind};

use super::error::ExtractError;
use crate::limits::{EXPANDED_BYTES, EXPANSION, SECTION_BYTES};

/// The families of object files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ELF, of any class and byte order: executables, shared objects, kernel modules, object files.
    Elf,
    /// PE, of 32 and 64 bits: executables, DLLs, drivers.
    Pe,
}

/// A parsed object file.
#[derive(Debug)]
pub(super) struct Image<'d> {
    /// Its name, for messages.
    pub(super) name: String,
    pub(super) format: Format,
    pub(super) file: File<'d>,
    /// Bytes that sections may still decompress to, in all.
    room: Cell<u64>,
}

impl<'d> Image<'d> {
    /// Reads the headers.
    pub(super) fn read(name: &str, bytes: &'d [u8]) -> Result<Image<'d>, ExtractError> {
        let format = match FileKind::parse(bytes) {
            Ok(FileKind::Elf32 | FileKind::Elf64) => Format::Elf,
            Ok(FileKind::Pe32 | FileKind::Pe64) => Format::Pe,
            _ => {
                let found = found(bytes).to_owned();
                return Err(ExtractError::NotABinary { name: name.into(), found });
            }
        };
        let file = File::parse(bytes).map_err(|error| ExtractError::damaged(name, "the headers", error))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let room = Cell::new(size.saturating_mul(EXPANSION).clamp(EXPANDED_BYTES, SECTION_BYTES));
        Ok(Image { name: name.into(), format, file, room })
    }

    /// The GNU build id.
    pub(super) fn build_id(&self) -> Result<Option<&'d [u8]>, ExtractError> {
        self.file.build_id().map_err(|error| self.damaged(".note.gnu.build-id", error))
    }

    /// The bytes of a section, decompressed; in an object file or a kernel module also relocated.
    pub(super) fn section(&self, name: &str) -> Result<Option<Cow<'d, [u8]>>, ExtractError> {
        let Some(section) = self.file.section_by_name(name) else { return self.old_style(name) };
        let data = section.compressed_data().map_err(|error| self.damaged(name, error))?;
        let bytes = match data.format {
            CompressionFormat::None => Cow::Borrowed(data.data),
            format => Cow::Owned(self.expanded(name, format, data.data, data.uncompressed_size)?),
        };
        if self.file.kind() != ObjectKind::Relocatable {
            return Ok(Some(bytes));
        }
        Ok(Some(self.relocated(&section, bytes)))
    }

    /// A section of debug information as it was compressed before ELF had a flag for that: under another name.
    fn old_style(&self, name: &str) -> Result<Option<Cow<'d, [u8]>>, ExtractError> {
        let old = name.strip_prefix(".debug_").map(|rest| format!(".zdebug_{rest}"));
        let Some(name) = old else { return Ok(None) };
        let Some(section) = self.file.section_by_name(&name) else { return Ok(None) };
        let data = section.data().map_err(|error| self.damaged(&name, error))?;
        let parts = data.strip_prefix(b"ZLIB").and_then(<[u8]>::split_first_chunk::<8>);
        let Some((size, data)) = parts else { return Err(self.damaged(&name, "it does not say its size")) };
        let size = u64::from_be_bytes(*size);
        self.expanded(&name, CompressionFormat::Zlib, data, size).map(|bytes| Some(Cow::Owned(bytes)))
    }

    /// Whether there is a section of this name with something in it.
    pub(super) fn has(&self, name: &str) -> bool {
        let full = |name: &str| self.file.section_by_name(name).is_some_and(|section| section.size() > 0);
        full(name) || name.strip_prefix(".debug_").is_some_and(|rest| full(&format!(".zdebug_{rest}")))
    }

    fn expanded(
        &self,
        name: &str,
        format: CompressionFormat,
        data: &[u8],
        size: u64,
    ) -> Result<Vec<u8>, ExtractError> {
        let limit = self.room.get();
        let Some(room) = limit.checked_sub(size) else {
            let reason =
                format!("it says that it decompresses to {size} bytes, more than the {limit} that it may");
            return Err(self.damaged(name, reason));
        };
        self.room.set(room);
        let mut bytes = Vec::new();
        // One byte more shows that there is more than there should be.
        let result = match format {
            CompressionFormat::Zlib => {
                flate2::read::ZlibDecoder::new(data).take(size.saturating_add(1)).read_to_end(&mut bytes)
            }
            CompressionFormat::Zstandard => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(data);
                let decoder = decoder.map_err(|error| self.damaged(name, error))?;
                decoder.take(size.saturating_add(1)).read_to_end(&mut bytes)
            }
            _ => return Err(self.damaged(name, "it is compressed in a way that is not known")),
        };
        result.map_err(|error| self.damaged(name, error))?;
        if u64::try_from(bytes.len()).ok() != Some(size) {
            return Err(
                self.damaged(name, format!("it does not decompress to the {size} bytes that it says"))
            );
        }
        Ok(bytes)
    }

    /// Applies the relocations that debug information has: absolute ones of 4 and 8 bytes. Others are of code.
    fn relocated(&self, section: &object::read::Section<'d, '_>, bytes: Cow<'d, [u8]>) -> Cow<'d, [u8]> {
        let mut bytes = bytes;
        let little = self.file.is_little_endian();
        for (offset, relocation) in section.relocations() {
            if relocation.kind() != RelocationKind::Absolute {
                continue;
            }
            let address = match relocation.target() {
                RelocationTarget::Symbol(index) => {
                    self.file.symbol_by_index(index).map_or(0, |s| s.address())
                }
                _ => 0,
            };
            let Ok(start) = usize::try_from(offset) else { continue };
            let width = usize::from(relocation.size() / 8);
            let place = start.checked_add(width).and_then(|end| bytes.to_mut().get_mut(start..end));
            let Some(place) = place.filter(|place| matches!(place.len(), 4 | 8)) else { continue };
            let mut wide = [0u8; 8];
            let (low, value) = if little { (0, &mut wide) } else { (8 - width, &mut wide) };
            if let Some(held) = value.get_mut(low..low + width) {
                held.copy_from_slice(place);
            }
            let held = if little { u64::from_le_bytes(wide) } else { u64::from_be_bytes(wide) };
            let implicit = if relocation.has_implicit_addend() { held } else { 0 };
            let value = address.wrapping_add_signed(relocation.addend()).wrapping_add(implicit);
            let value = if little { value.to_le_bytes() } else { value.to_be_bytes() };
            if let Some(value) = value.get(low..low + width) {
                place.copy_from_slice(value);
            }
        }
        bytes
    }

    pub(super) fn damaged(&self, part: &str, reason: impl ToString) -> ExtractError {
        ExtractError::damaged(&self.name, part, reason)
    }
}

/// What a file seems to be that is no binary of ours.
fn found(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "empty",
        [b'#', b'!', ..] => "a script",
        [b'M', b'Z', ..] => "a program for DOS, or a PE binary that is cut off",
        [0x7f, b'E', b'L', b'F', ..] => "cut off within the ELF header",
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => "an archive of object files",
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => "a Mach-O binary",
        [0x1f, 0x8b, ..] => "a gzip file: decompress it first",
        [0xfd, b'7', b'z', b'X', b'Z', ..] => "an xz file: decompress it first",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "a zstd file: decompress it first",
        [b'M', b'i', b'c', b'r', b'o', b's', b'o', b'f', b't', b' ', b'C', ..] => {
            "a PDB: name the binary, and the PDB after `--pdb`"
        }
        [0x9f, 0xeb, ..] | [0xeb, 0x9f, ..] => "raw BTF without its binary",
        _ if bytes.iter().take(512).all(|byte| byte.is_ascii() && *byte != 0) => "a text",
        _ => "something else",
    }
}
