//! Processes backwards: bytes that a schema's `process` turns into the ones that are wanted.

use crate::layout::Process;
use crate::process;
use crate::schema::ast::ProcessKind;
use crate::walk::Value;
use crate::walk::memory::Memory;

/// The most bytes in one stored block of zlib.
const BLOCK: usize = 65535;

/// How many bytes so many take in a zlib stream that stores them as they are.
pub(super) fn deflated(bytes: u64) -> u64 {
    let blocks = bytes.div_ceil(BLOCK as u64).max(1);
    bytes.saturating_add(blocks * 5 + 6)
}

/// Whether a process changes how many bytes there are.
pub(super) fn resizes(kind: &ProcessKind) -> bool {
    matches!(kind, ProcessKind::Zlib | ProcessKind::Custom(_))
}

/// A zlib stream that stores bytes as they are: its length is known before they are.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    loop {
        let block = blocks.next().unwrap_or_default();
        let last = blocks.peek().is_none();
        let len = u16::try_from(block.len()).unwrap_or(0);
        out.push(u8::from(last));
        out.extend(len.to_le_bytes());
        out.extend((!len).to_le_bytes());
        out.extend_from_slice(block);
        if last {
            break;
        }
    }
    out.extend(adler2::adler32_slice(bytes).to_be_bytes());
    out
}

/// The bytes that the process gives these from; none if there are no such, or nobody knows them.
pub(super) fn undo(process: &Process, args: &[Value], bytes: &[u8], memory: &impl Memory) -> Option<Vec<u8>> {
    match (&process.kind, args) {
        (ProcessKind::Xor, [Value::Int(key)]) => process::xor(bytes, &[u8::try_from(*key).ok()?]).ok(),
        (ProcessKind::Xor, [Value::Bytes(key)]) => process::xor(bytes, memory.bytes(*key)).ok(),
        (ProcessKind::RotateLeft, [Value::Int(amount)]) => Some(process::rotate_right(bytes, *amount)),
        (ProcessKind::RotateRight, [Value::Int(amount)]) => Some(process::rotate_left(bytes, *amount)),
        (ProcessKind::Zlib, []) => Some(deflate(bytes)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_inflated_to_the_same_and_has_the_length_that_was_said() {
        for len in [0, 1, 65535, 65536, 140_000] {
            let bytes: Vec<u8> = (0..len).map(|n: usize| u8::try_from(n % 251).unwrap_or(0)).collect();
            let stored = deflate(&bytes);
            assert_eq!(stored.len() as u64, deflated(len as u64));
            let inflated = process::inflate(&stored, 1 << 20).map(|i| i.bytes);
            assert_eq!(inflated, Ok(bytes));
        }
    }
}
