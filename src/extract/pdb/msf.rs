//! The container of a PDB: streams of blocks, as in a small file system.

use super::bytes::Cursor;

/// What every PDB begins with.
const MAGIC: &[u8] = b"Microsoft C/C++ MSF 7.00\r\n\x1a\x44\x53\x00\x00\x00";
/// The size of a stream that is not there.
const ABSENT: u32 = u32::MAX;

/// A PDB's streams.
pub(super) struct Msf<'d> {
    file: &'d [u8],
    block: usize,
    /// Size and first place in `blocks` of each stream.
    streams: Vec<(u32, usize)>,
    blocks: Vec<u32>,
    /// Bytes that may still be copied: streams that share blocks are nonsense that costs memory.
    budget: usize,
}

impl<'d> Msf<'d> {
    /// Reads the directory of streams; `Err` says what is wrong.
    pub(super) fn read(file: &'d [u8]) -> Result<Msf<'d>, &'static str> {
        let mut header = Cursor::new(file.strip_prefix(MAGIC).ok_or("it does not begin like a PDB")?);
        let short = "it breaks off";
        let block = header.count().ok_or(short)?;
        if !block.is_power_of_two() || !(512..=1 << 16).contains(&block) {
            return Err("its blocks have an impossible size");
        }
        let (_free, _blocks, len, _) =
            (header.u32(), header.u32(), header.count().ok_or(short)?, header.u32());
        if len > file.len() {
            return Err("its directory is longer than the file");
        }
        let directory_blocks = len.div_ceil(block);
        let maps = (directory_blocks * 4).div_ceil(block);
        let mut msf = Msf { file, block, streams: Vec::new(), blocks: Vec::new(), budget: file.len() * 2 };
        let maps: Vec<u32> = (0..maps).map_while(|_| header.u32()).collect();
        let map = msf.gather(&maps, directory_blocks * 4).ok_or(short)?;
        let mut map = Cursor::new(&map);
        let directory: Vec<u32> = (0..directory_blocks).map_while(|_| map.u32()).collect();
        let directory = msf.gather(&directory, len).ok_or(short)?;
        msf.index(&directory).ok_or("its directory contradicts itself")?;
        Ok(msf)
    }

    fn index(&mut self, directory: &[u8]) -> Option<()> {
        let mut cursor = Cursor::new(directory);
        let count = cursor.count()?;
        if count > directory.len() / 4 {
            return None;
        }
        let sizes: Vec<u32> = (0..count).map_while(|_| cursor.u32()).collect();
        let mut place = 0usize;
        for size in sizes {
            self.streams.push((size, place));
            let size = if size == ABSENT { 0 } else { usize::try_from(size).ok()? };
            place = place.checked_add(size.div_ceil(self.block))?;
        }
        while let Some(block) = cursor.u32() {
            self.blocks.push(block);
        }
        (place <= self.blocks.len()).then_some(())
    }

    /// The bytes of a stream; `None` where it is not there or breaks off.
    pub(super) fn stream(&mut self, number: usize) -> Option<Vec<u8>> {
        let (size, place) = *self.streams.get(number)?;
        if size == ABSENT {
            return None;
        }
        let size = usize::try_from(size).ok()?;
        let blocks = self.blocks.get(place..place + size.div_ceil(self.block))?.to_vec();
        self.gather(&blocks, size)
    }

    fn gather(&mut self, blocks: &[u32], len: usize) -> Option<Vec<u8>> {
        self.budget = self.budget.checked_sub(len)?;
        let mut bytes = Vec::new();
        for block in blocks {
            let start = usize::try_from(*block).ok()?.checked_mul(self.block)?;
            let end = start.checked_add(self.block.min(len - bytes.len()))?;
            bytes.extend_from_slice(self.file.get(start..end)?);
        }
        (bytes.len() == len).then_some(bytes)
    }
}
