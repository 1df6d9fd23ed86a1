//! Bytes of which nothing is known, changed.

use crate::r#gen::entropy::Entropy;

/// Writes `data` to `out` with one to eight changes, and at most `max` bytes.
pub(super) fn change(data: &[u8], entropy: &mut Entropy, max: usize, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(data);
    for _ in 0..=entropy.below(8) {
        let row = entropy.row(out.len());
        let byte = u8::try_from(entropy.below(256)).unwrap_or(0);
        match entropy.below(4) {
            0 if out.len() < max => out.insert(row, byte),
            1 if !out.is_empty() => {
                out.remove(row);
            }
            2 => out.iter_mut().skip(row).take(1).for_each(|at| *at ^= 1 << (byte % 8)),
            _ => out.iter_mut().skip(row).take(1).for_each(|at| *at = byte),
        }
    }
    out.truncate(max);
}
