//! A region of bytes and a place in it.

use super::Rejected;

/// Nothing is read that is not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor { bytes, at: 0 }
    }

    pub(super) fn take(&mut self, needed: usize) -> Result<&'a [u8], Rejected> {
        let short = Rejected::Short { at: self.at, needed };
        let end = self.at.checked_add(needed).ok_or(short)?;
        let bytes = self.bytes.get(self.at..end).ok_or(short)?;
        self.at = end;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Rejected> {
        let short = Rejected::Short { at: self.at, needed: N };
        self.take(N)?.try_into().map_err(|_| short)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Rejected> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Rejected> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Rejected> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, Rejected> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn u8_in(&mut self, what: &'static str, least: u8, most: u8) -> Result<u8, Rejected> {
        let value = self.u8()?;
        let bad = Rejected::Value { what, value: value.into() };
        (least..=most).contains(&value).then_some(value).ok_or(bad)
    }

    pub(super) fn u16_in(&mut self, what: &'static str, least: u16, most: u16) -> Result<u16, Rejected> {
        let value = self.u16()?;
        let bad = Rejected::Value { what, value: value.into() };
        (least..=most).contains(&value).then_some(value).ok_or(bad)
    }

    pub(super) fn magic(&mut self, magic: &[u8; 4]) -> Result<(), Rejected> {
        if self.take(4)? == magic { Ok(()) } else { Err(Rejected::Magic) }
    }

    /// A name of 1 to 32 ASCII characters with its length in front.
    pub(super) fn name(&mut self) -> Result<&'a str, Rejected> {
        let length = self.u8_in("length of a name", 1, 32)?;
        let bad = Rejected::Text { at: self.at };
        let bytes = self.take(length.into())?;
        if bytes.is_ascii() { Cursor::new(bytes).utf8() } else { Err(bad) }
    }

    /// The whole region as text.
    pub(super) fn utf8(&self) -> Result<&'a str, Rejected> {
        std::str::from_utf8(self.bytes).map_err(|e| Rejected::Text { at: e.valid_up_to() })
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), Rejected> {
        let left = self.rest().len();
        if left == 0 { Ok(()) } else { Err(Rejected::Left { at: self.at, left }) }
    }

    /// A part of a case, with its length in front.
    pub(super) fn part(&mut self) -> Result<&'a [u8], Rejected> {
        let length = usize::try_from(self.u32()?).unwrap_or(usize::MAX);
        self.take(length)
    }

    /// UTF-8 with a zero byte behind it.
    pub(super) fn terminated(&mut self) -> Result<&'a str, Rejected> {
        let rest = self.rest();
        let short = Rejected::Short { at: self.at, needed: rest.len() + 1 };
        let length = rest.iter().position(|&byte| byte == 0).ok_or(short)?;
        let text = Cursor::new(self.take(length)?).utf8()?;
        self.take(1)?;
        Ok(text)
    }

    /// Compares the checksum here with that of the region, in which its own bytes count as zero.
    pub(super) fn checksum(&mut self) -> Result<(), Rejected> {
        let before = self.bytes.get(..self.at).unwrap_or_default();
        let stated = self.u32()?;
        let after = self.rest();
        let mut hash = crc32fast::Hasher::new();
        [before, &[0; 4], after].into_iter().for_each(|part| hash.update(part));
        let computed = hash.finalize();
        if stated == computed { Ok(()) } else { Err(Rejected::Checksum { stated, computed }) }
    }
}
