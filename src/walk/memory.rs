//! What expressions are evaluated over: the bytes, texts and lists that values refer to.

use super::store::Store;
use super::trouble::Trouble;
use super::value::{ArrayId, Slice, StreamId, Value};

/// Where values keep what does not fit into them. A walk has one, and so has the generator: the operators mean the
/// same to both.
pub(crate) trait Memory {
    /// The bytes of a slice.
    fn bytes(&self, slice: Slice) -> &[u8];
    /// The elements of a list.
    fn elements(&self, array: ArrayId) -> &[Value];
    /// The size of a stream and the position in it, in bytes, and whether nothing is left of it.
    fn window(&self, stream: StreamId) -> (u64, u64, bool);
    /// Keeps computed bytes.
    fn compute(&mut self, bytes: &[u8]) -> Slice;
    /// Takes bytes that are about to be computed off the limit.
    fn spend_decoded(&mut self, bytes: u64) -> Result<(), Trouble>;
    /// Takes bytes that are looked at one by one off the limit.
    fn spend_scanned(&mut self, bytes: u64) -> Result<(), Trouble>;
    /// Whether so many bytes may be one text.
    fn fits_text(&self, bytes: u64) -> Result<(), Trouble>;

    /// The text of a slice.
    fn text(&self, slice: Slice) -> &str {
        std::str::from_utf8(self.bytes(slice)).unwrap_or("")
    }
}

impl Memory for Store<'_, '_> {
    fn bytes(&self, slice: Slice) -> &[u8] {
        Store::bytes(self, slice)
    }

    fn elements(&self, array: ArrayId) -> &[Value] {
        Store::elements(self, array)
    }

    fn window(&self, stream: StreamId) -> (u64, u64, bool) {
        let stream = &self.streams[stream];
        (stream.end - stream.start, stream.pos - stream.start, stream.at_end())
    }

    fn compute(&mut self, bytes: &[u8]) -> Slice {
        Store::compute(self, bytes)
    }

    fn spend_decoded(&mut self, bytes: u64) -> Result<(), Trouble> {
        Store::spend_decoded(self, bytes)
    }

    fn spend_scanned(&mut self, bytes: u64) -> Result<(), Trouble> {
        Store::spend_scanned(self, bytes)
    }

    fn fits_text(&self, bytes: u64) -> Result<(), Trouble> {
        Store::fits_text(self, bytes)
    }
}
