//! Little-endian numbers and texts, one after the other; `None` where the bytes end.

/// A place in some bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'b> {
    rest: &'b [u8],
}

impl<'b> Cursor<'b> {
    pub(super) fn new(rest: &'b [u8]) -> Cursor<'b> {
        Cursor { rest }
    }

    pub(super) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        <[u8; N]>::try_from(self.take(N)?).ok()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A number of 32 bits, of bytes or of things.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }

    pub(super) fn guid(&mut self) -> Option<[u8; 16]> {
        self.array()
    }

    /// A text that ends with a zero byte.
    pub(super) fn text(&mut self) -> Option<String> {
        let len = self.rest.iter().position(|byte| *byte == 0)?;
        let text = String::from_utf8_lossy(self.take(len)?).into_owned();
        self.take(1)?;
        Some(text)
    }

    /// A number that says by itself how wide it is.
    pub(super) fn numeric(&mut self) -> Option<i128> {
        Some(match self.u16()? {
            small @ 0..0x8000 => small.into(),
            0x8000 => i8::from_le_bytes(self.array()?).into(),
            0x8001 => i16::from_le_bytes(self.array()?).into(),
            0x8002 => self.u16()?.into(),
            0x8003 => i32::from_le_bytes(self.array()?).into(),
            0x8004 => self.u32()?.into(),
            0x8009 => i64::from_le_bytes(self.array()?).into(),
            0x800a => u64::from_le_bytes(self.array()?).into(),
            _ => return None,
        })
    }

    /// The next record of a list, with its kind: a length that does not count itself, a kind, data.
    pub(super) fn record(&mut self) -> Option<(u16, Cursor<'b>)> {
        let len = usize::from(self.u16()?);
        let mut record = Cursor::new(self.take(len)?);
        Some((record.u16()?, record))
    }
}
