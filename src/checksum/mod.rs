//! Checksums and digests that formats keep of their own bytes.
//!
//! Names of cyclic redundancy checks follow the catalogue of parametrised CRC algorithms, in lower case;
//! three that everybody calls by a shorter name have that one.

mod digest;
mod sums;

pub use digest::{Digest, Sum};

use crate::schema::ast::OwnBytes;
use crate::span::ByteRange;

/// How large a sum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A number of this many bytes.
    Int(u8),
    /// This many bytes, in the order in which they are written.
    Bytes(u8),
}

/// Declares the algorithms: documentation, a variant, its name and width.
macro_rules! algorithms {
    ($($(#[$doc:meta])* $variant:ident $name:literal $width:expr;)*) => {
        /// A way to compute a sum of bytes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Algorithm {
            $($(#[$doc])* $variant,)*
        }

        const ALL: &[Algorithm] = &[$(Algorithm::$variant),*];

        impl Algorithm {
            /// The name that schemas use.
            pub fn name(self) -> &'static str {
                match self {
                    $(Algorithm::$variant => $name,)*
                }
            }

            /// How large its sums are.
            pub fn width(self) -> Width {
                match self {
                    $(Algorithm::$variant => $width,)*
                }
            }
        }
    };
}

algorithms! {
    /// CRC-16/ARC: ARC and LHA archives.
    Crc16 "crc16" Width::Int(2);
    /// CRC-16/IBM-3740: what most people call CCITT-FALSE; preset to FFFF.
    Crc16Ibm3740 "crc16-ibm-3740" Width::Int(2);
    /// CRC-16/XMODEM: the same polynomial, preset to zero.
    Crc16Xmodem "crc16-xmodem" Width::Int(2);
    /// CRC-16/KERMIT: the true CCITT one; reflected, preset to zero.
    Crc16Kermit "crc16-kermit" Width::Int(2);
    /// CRC-16/IBM-SDLC: X.25, HDLC, PPP.
    Crc16IbmSdlc "crc16-ibm-sdlc" Width::Int(2);
    /// CRC-16/MODBUS.
    Crc16Modbus "crc16-modbus" Width::Int(2);
    /// CRC-32/ISO-HDLC: Ethernet, zip, PNG, GPT, U-Boot.
    Crc32 "crc32" Width::Int(4);
    /// CRC-32/BZIP2: the same polynomial, not reflected.
    Crc32Bzip2 "crc32-bzip2" Width::Int(4);
    /// CRC-32/MPEG-2: as bzip2's, not inverted at the end; the CRC unit of many microcontrollers.
    Crc32Mpeg2 "crc32-mpeg-2" Width::Int(4);
    /// CRC-32/JAMCRC: as `crc32`, not inverted at the end.
    Crc32JamCrc "crc32-jamcrc" Width::Int(4);
    /// CRC-32/ISCSI: Castagnoli's; ext4, Btrfs, iSCSI.
    Crc32c "crc32c" Width::Int(4);
    /// CRC-64/ECMA-182.
    Crc64 "crc64" Width::Int(8);
    /// CRC-64/XZ.
    Crc64Xz "crc64-xz" Width::Int(8);
    /// Adler-32: zlib, DEX.
    Adler32 "adler32" Width::Int(4);
    /// Fletcher's sum of bytes modulo 255; the second sum is the upper byte.
    Fletcher16 "fletcher16" Width::Int(2);
    /// Fletcher's sum of little-endian 16-bit words modulo 65535; the second sum is the upper word. A last odd
    /// byte is a word whose upper byte is zero.
    Fletcher32 "fletcher32" Width::Int(4);
    /// The sum of all bytes modulo 2^8: ACPI, SMBIOS.
    Sum8 "sum8" Width::Int(1);
    /// The sum of all bytes modulo 2^16.
    Sum16 "sum16" Width::Int(2);
    /// The sum of all bytes modulo 2^32.
    Sum32 "sum32" Width::Int(4);
    /// The sum of little-endian 16-bit words modulo 2^16: UEFI firmware volumes. The bytes that the last word lacks
    /// count as zeroes at the end.
    Sum16Le "sum16-le" Width::Int(2);
    /// The sum of big-endian 16-bit words modulo 2^16; a short last word as in `sum16-le`.
    Sum16Be "sum16-be" Width::Int(2);
    /// The sum of little-endian 32-bit words modulo 2^32: processor microcode; a short last word as in `sum16-le`.
    Sum32Le "sum32-le" Width::Int(4);
    /// The sum of big-endian 32-bit words modulo 2^32; a short last word as in `sum16-le`.
    Sum32Be "sum32-be" Width::Int(4);
    /// The exclusive or of all bytes.
    Xor8 "xor8" Width::Int(1);
    /// SHA-1.
    Sha1 "sha1" Width::Bytes(20);
    /// SHA-256.
    Sha256 "sha256" Width::Bytes(32);
    /// SHA-384.
    Sha384 "sha384" Width::Bytes(48);
    /// SHA-512.
    Sha512 "sha512" Width::Bytes(64);
}

impl Algorithm {
    /// The algorithm of this name, which is written in lower case.
    ///
    /// ```
    /// use bootgate::checksum::{Algorithm, Sum};
    /// let mut digest = Algorithm::named("crc32").unwrap().digest();
    /// digest.update(b"123456789");
    /// assert_eq!(digest.finish(), Sum::Int(0xcbf4_3926));
    /// ```
    pub fn named(name: &str) -> Option<Algorithm> {
        Algorithm::all().find(|algorithm| algorithm.name() == name)
    }

    /// All algorithms.
    pub fn all() -> impl Iterator<Item = Algorithm> {
        ALL.iter().copied()
    }

    /// The sum of some ranges of what `bytes` gives the bytes of; those at `place`, where the sum is stored, count as
    /// `own` says.
    pub(crate) fn over<'b>(
        self,
        bytes: impl Fn(ByteRange) -> &'b [u8],
        ranges: &[ByteRange],
        place: ByteRange,
        own: OwnBytes,
    ) -> Sum {
        let mut digest = self.digest();
        for range in ranges {
            let clamp = |at: u64| at.clamp(range.start, range.end);
            let (start, end) = (clamp(place.start), clamp(place.end));
            if own == OwnBytes::Keep || start == end {
                digest.update(bytes(*range));
                continue;
            }
            digest.update(bytes(ByteRange { end: start, ..*range }));
            if own == OwnBytes::Zero {
                digest.zeroes(end - start);
            }
            digest.update(bytes(ByteRange { start: end, ..*range }));
        }
        digest.finish()
    }

    /// The sum of no bytes yet.
    pub fn digest(self) -> Digest {
        Digest::new(self)
    }
}

#[cfg(test)]
mod tests;
