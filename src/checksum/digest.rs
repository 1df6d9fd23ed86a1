//! A sum that grows with the bytes.

use std::sync::OnceLock;

use crc::{Crc, Table};
use sha1::Digest as _;

use super::Algorithm;
use super::sums::{Fletcher, Order, Words};

static ARC: Crc<u16> = Crc::<u16>::new(&crc::CRC_16_ARC);
static IBM_3740: Crc<u16> = Crc::<u16>::new(&crc::CRC_16_IBM_3740);
static XMODEM: Crc<u16> = Crc::<u16>::new(&crc::CRC_16_XMODEM);
static KERMIT: Crc<u16> = Crc::<u16>::new(&crc::CRC_16_KERMIT);
static IBM_SDLC: Crc<u16> = Crc::<u16>::new(&crc::CRC_16_IBM_SDLC);
static MODBUS: Crc<u16> = Crc::<u16>::new(&crc::CRC_16_MODBUS);
static BZIP2: Crc<u32> = Crc::<u32>::new(&crc::CRC_32_BZIP2);
static MPEG_2: Crc<u32> = Crc::<u32>::new(&crc::CRC_32_MPEG_2);
// What covers whole file systems and archives has the larger tables, which are several times as fast. They are made when they
// are asked for: in the program's file they would take up to 32 KiB each.
static ISCSI: OnceLock<Box<Crc<u32, Table<16>>>> = OnceLock::new();
static ECMA_182: OnceLock<Box<Crc<u64, Table<16>>>> = OnceLock::new();
static XZ: OnceLock<Box<Crc<u64, Table<16>>>> = OnceLock::new();

fn iscsi() -> crc::Digest<'static, u32, Table<16>> {
    ISCSI.get_or_init(|| Box::new(Crc::<u32, Table<16>>::new(&crc::CRC_32_ISCSI))).digest()
}

fn crc_64(
    table: &'static OnceLock<Box<Crc<u64, Table<16>>>>,
    algorithm: &'static crc::Algorithm<u64>,
) -> crc::Digest<'static, u64, Table<16>> {
    table.get_or_init(|| Box::new(Crc::<u64, Table<16>>::new(algorithm))).digest()
}

/// A finished sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sum {
    /// A number, of the algorithm's width.
    Int(u64),
    /// Bytes in the order in which they are written.
    Bytes(Vec<u8>),
}

/// A sum of the bytes so far.
#[derive(Clone)]
pub struct Digest(State);

#[derive(Clone)]
enum State {
    Crc16(crc::Digest<'static, u16>),
    Crc32(crc::Digest<'static, u32>),
    IsoHdlc(crc32fast::Hasher),
    JamCrc(crc32fast::Hasher),
    Iscsi(crc::Digest<'static, u32, Table<16>>),
    Crc64(crc::Digest<'static, u64, Table<16>>),
    Adler(adler2::Adler32),
    FletcherBytes(Fletcher),
    /// With the lower byte of a word whose upper one has not come yet.
    FletcherWords(Fletcher, Option<u8>),
    /// A sum of bytes, and how many bits of it count.
    Bytes(u64, u32),
    Words(Words),
    Xor(u8),
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
}

impl Digest {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        Digest(match algorithm {
            Algorithm::Crc16 => State::Crc16(ARC.digest()),
            Algorithm::Crc16Ibm3740 => State::Crc16(IBM_3740.digest()),
            Algorithm::Crc16Xmodem => State::Crc16(XMODEM.digest()),
            Algorithm::Crc16Kermit => State::Crc16(KERMIT.digest()),
            Algorithm::Crc16IbmSdlc => State::Crc16(IBM_SDLC.digest()),
            Algorithm::Crc16Modbus => State::Crc16(MODBUS.digest()),
            Algorithm::Crc32 => State::IsoHdlc(crc32fast::Hasher::new()),
            Algorithm::Crc32Bzip2 => State::Crc32(BZIP2.digest()),
            Algorithm::Crc32Mpeg2 => State::Crc32(MPEG_2.digest()),
            Algorithm::Crc32JamCrc => State::JamCrc(crc32fast::Hasher::new()),
            Algorithm::Crc32c => State::Iscsi(iscsi()),
            Algorithm::Crc64 => State::Crc64(crc_64(&ECMA_182, &crc::CRC_64_ECMA_182)),
            Algorithm::Crc64Xz => State::Crc64(crc_64(&XZ, &crc::CRC_64_XZ)),
            Algorithm::Adler32 => State::Adler(adler2::Adler32::new()),
            Algorithm::Fletcher16 => State::FletcherBytes(Fletcher::new(255)),
            Algorithm::Fletcher32 => State::FletcherWords(Fletcher::new(65535), None),
            Algorithm::Sum8 => State::Bytes(0, 8),
            Algorithm::Sum16 => State::Bytes(0, 16),
            Algorithm::Sum32 => State::Bytes(0, 32),
            Algorithm::Sum16Le => State::Words(Words::new(Order::Little, 2)),
            Algorithm::Sum16Be => State::Words(Words::new(Order::Big, 2)),
            Algorithm::Sum32Le => State::Words(Words::new(Order::Little, 4)),
            Algorithm::Sum32Be => State::Words(Words::new(Order::Big, 4)),
            Algorithm::Xor8 => State::Xor(0),
            Algorithm::Sha1 => State::Sha1(sha1::Sha1::new()),
            Algorithm::Sha256 => State::Sha256(sha2::Sha256::new()),
            Algorithm::Sha384 => State::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => State::Sha512(sha2::Sha512::new()),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Crc16(state) => state.update(bytes),
            State::Crc32(state) => state.update(bytes),
            State::IsoHdlc(state) | State::JamCrc(state) => state.update(bytes),
            State::Iscsi(state) => state.update(bytes),
            State::Crc64(state) => state.update(bytes),
            State::Adler(state) => state.write_slice(bytes),
            State::FletcherBytes(state) => bytes.iter().for_each(|&byte| state.add(byte.into())),
            State::FletcherWords(state, lower) => {
                for &byte in bytes {
                    match lower.take() {
                        Some(lower) => state.add(u16::from_le_bytes([lower, byte]).into()),
                        None => *lower = Some(byte),
                    }
                }
            }
            State::Bytes(sum, _) => {
                *sum = bytes.iter().fold(*sum, |sum, &byte| sum.wrapping_add(byte.into()));
            }
            State::Words(state) => bytes.iter().for_each(|&byte| state.add(byte)),
            State::Xor(sum) => *sum = bytes.iter().fold(*sum, |sum, byte| sum ^ byte),
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha384(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
        }
    }

    /// Adds zero bytes, as for a field that does not count.
    ///
    /// Most algorithms take time in proportion to `count`, as for that many bytes of input; no memory.
    pub fn zeroes(&mut self, count: u64) {
        const ZEROES: &[u8; 4096] = &[0; 4096];
        match &mut self.0 {
            State::Bytes(..) | State::Xor(_) => {}
            State::Words(state) => state.add_zeroes(count),
            State::FletcherBytes(state) => state.add_zeroes(count),
            _ => {
                let mut left = count;
                while left > 0 {
                    let some = usize::try_from(left).unwrap_or(usize::MAX).min(ZEROES.len());
                    self.update(ZEROES.get(..some).unwrap_or(ZEROES));
                    left = left.saturating_sub(ZEROES.len() as u64);
                }
            }
        }
    }

    /// The sum.
    pub fn finish(self) -> Sum {
        match self.0 {
            State::Crc16(state) => Sum::Int(state.finalize().into()),
            State::Crc32(state) => Sum::Int(state.finalize().into()),
            State::IsoHdlc(state) => Sum::Int(state.finalize().into()),
            State::JamCrc(state) => Sum::Int((!state.finalize()).into()),
            State::Iscsi(state) => Sum::Int(state.finalize().into()),
            State::Crc64(state) => Sum::Int(state.finalize()),
            State::Adler(state) => Sum::Int(state.checksum().into()),
            State::FletcherBytes(state) => Sum::Int(state.finish(8)),
            State::FletcherWords(mut state, lower) => {
                if let Some(lower) = lower {
                    state.add(lower.into());
                }
                Sum::Int(state.finish(16))
            }
            State::Bytes(sum, bits) => Sum::Int(sum & ((1 << bits) - 1)),
            State::Words(state) => Sum::Int(state.finish()),
            State::Xor(sum) => Sum::Int(sum.into()),
            State::Sha1(state) => Sum::Bytes(state.finalize().to_vec()),
            State::Sha256(state) => Sum::Bytes(state.finalize().to_vec()),
            State::Sha384(state) => Sum::Bytes(state.finalize().to_vec()),
            State::Sha512(state) => Sum::Bytes(state.finalize().to_vec()),
        }
    }
}
