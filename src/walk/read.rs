//! Scalars out of bytes, on nom.

use nom::bytes::complete::{take, take_till};
use nom::error::{Error, ErrorKind};
use nom::number::complete as number;
use nom::{IResult, Parser};

use crate::layout::IntFormat;
use crate::schema::ast::Endian;

type Read<'b, T> = IResult<&'b [u8], T, Error<&'b [u8]>>;

/// An integer.
pub(crate) fn integer(bytes: &[u8], format: IntFormat, endian: Endian) -> Option<i128> {
    let big = endian == Endian::Big;
    let read: Read<'_, i128> = match (format.bytes, format.signed, big) {
        (1, false, _) => number::u8.map(i128::from).parse(bytes),
        (1, true, _) => number::i8.map(i128::from).parse(bytes),
        (2, false, false) => number::le_u16.map(i128::from).parse(bytes),
        (2, false, true) => number::be_u16.map(i128::from).parse(bytes),
        (2, true, false) => number::le_i16.map(i128::from).parse(bytes),
        (2, true, true) => number::be_i16.map(i128::from).parse(bytes),
        (4, false, false) => number::le_u32.map(i128::from).parse(bytes),
        (4, false, true) => number::be_u32.map(i128::from).parse(bytes),
        (4, true, false) => number::le_i32.map(i128::from).parse(bytes),
        (4, true, true) => number::be_i32.map(i128::from).parse(bytes),
        (8, false, false) => number::le_u64.map(i128::from).parse(bytes),
        (8, false, true) => number::be_u64.map(i128::from).parse(bytes),
        (8, true, false) => number::le_i64.map(i128::from).parse(bytes),
        (8, true, true) => number::be_i64.map(i128::from).parse(bytes),
        _ => Err(nom::Err::Error(Error::new(bytes, ErrorKind::Digit))),
    };
    read.ok().map(|(_, value)| value)
}

/// A float of 4 or 8 bytes.
pub(crate) fn float(bytes: &[u8], size: u8, endian: Endian) -> Option<f64> {
    let read: Read<'_, f64> = match (size, endian) {
        (4, Endian::Little) => number::le_f32.map(f64::from).parse(bytes),
        (4, Endian::Big) => number::be_f32.map(f64::from).parse(bytes),
        (_, Endian::Little) => number::le_f64(bytes),
        (_, Endian::Big) => number::be_f64(bytes),
    };
    read.ok().map(|(_, value)| value)
}

/// The first bytes, if there are so many.
pub(crate) fn run(bytes: &[u8], len: u64) -> Option<&[u8]> {
    let read: Read<'_, &[u8]> = take(len).parse(bytes);
    read.ok().map(|(_, run)| run)
}

/// How many bytes there are before a terminator, if there is one; it begins at a multiple of its length.
pub(crate) fn before(bytes: &[u8], terminator: &[u8]) -> Option<usize> {
    if let [byte] = terminator {
        let read: Read<'_, &[u8]> = take_till(|b| b == *byte).parse(bytes);
        return read.ok().filter(|(rest, _)| !rest.is_empty()).map(|(_, run)| run.len());
    }
    let unit = terminator.len().max(1);
    bytes.chunks_exact(unit).position(|chunk| chunk == terminator).map(|row| row * unit)
}
