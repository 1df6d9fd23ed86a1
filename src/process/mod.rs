//! What a schema's `process` does to bytes: exclusive or, rotation, inflation.

use flate2::{Decompress, FlushDecompress, Status};

/// A key of no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of `xor` is empty; it needs at least one byte")]
pub struct EmptyKey;

/// The bytes, each in exclusive or with a byte of the key, which is repeated as often as it takes.
///
/// # Errors
///
/// When the key is empty, even if there is nothing to apply it to.
pub fn xor(bytes: &[u8], key: &[u8]) -> Result<Vec<u8>, EmptyKey> {
    match key {
        [] => Err(EmptyKey),
        // The usual key, in a form that the compiler makes fast.
        [key] => Ok(bytes.iter().map(|byte| byte ^ key).collect()),
        _ => Ok(bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()),
    }
}

/// The bytes, each with its bits rotated to the left; the amount counts modulo 8 and may be negative.
pub fn rotate_left(bytes: &[u8], amount: i128) -> Vec<u8> {
    let amount = u32::try_from(amount.rem_euclid(8)).unwrap_or(0);
    bytes.iter().map(|byte| byte.rotate_left(amount)).collect()
}

/// The bytes, each with its bits rotated to the right; the amount counts modulo 8 and may be negative.
pub fn rotate_right(bytes: &[u8], amount: i128) -> Vec<u8> {
    rotate_left(bytes, 8 - amount.rem_euclid(8))
}

/// What came out of a zlib stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inflated {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How many bytes of the input the stream takes, its checksum included; what follows was not looked at.
    pub used: usize,
}

/// Why a zlib stream could not be inflated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// `process: zlib` over bytes that are not a zlib stream, or whose checksum is wrong.
    #[error("not a valid zlib stream: {message}")]
    Corrupt {
        /// What the decompressor says.
        message: String,
    },
    /// A thousand bytes that inflate to a million.
    #[error("the zlib stream inflates to more than {most} bytes")]
    TooLong {
        /// The greatest number of bytes that would do.
        most: u64,
    },
    /// A stream without its last bytes.
    #[error("the zlib stream is not complete: it goes on after its {used} bytes")]
    Truncated {
        /// Bytes that there are.
        used: usize,
    },
}

/// Inflates the zlib stream at the start of the input to at most `most` bytes.
///
/// Never holds more than `most` bytes of output, and 16 KiB to find out that there are more.
///
/// # Errors
///
/// When there is no whole, valid stream, or when it inflates to more.
///
/// ```
/// use bootgate::process::inflate;
/// let empty = b"\x78\x9c\x03\x00\x00\x00\x00\x01, and more";
/// assert_eq!(inflate(empty, 0).unwrap().used, 8);
/// ```
pub fn inflate(input: &[u8], most: u64) -> Result<Inflated, InflateError> {
    let most_bytes = usize::try_from(most).unwrap_or(usize::MAX);
    let mut stream = Decompress::new(true);
    let mut chunk = [0; 16 << 10];
    let mut bytes = Vec::new();
    let mut used = 0;
    loop {
        let rest = input.get(used..).unwrap_or_default();
        let before = (stream.total_in(), stream.total_out());
        let status =
            stream.decompress(rest, &mut chunk, FlushDecompress::None).map_err(|error| corrupt(&error))?;
        let taken = count(stream.total_in() - before.0);
        let given = count(stream.total_out() - before.1);
        used += taken;
        if given > most_bytes - bytes.len() {
            return Err(InflateError::TooLong { most });
        }
        make_room(&mut bytes, given, most_bytes);
        bytes.extend_from_slice(chunk.get(..given).unwrap_or_default());
        match status {
            Status::StreamEnd => return Ok(Inflated { bytes, used }),
            _ if taken == 0 && given == 0 => return Err(InflateError::Truncated { used: input.len() }),
            Status::Ok | Status::BufError => {}
        }
    }
}

fn corrupt(error: &flate2::DecompressError) -> InflateError {
    let message = match (error.needs_dictionary(), error.message()) {
        (Some(_), _) => "it needs a preset dictionary, which `process: zlib` does not have".to_owned(),
        (None, Some(message)) => message.to_owned(),
        (None, None) => error.to_string(),
    };
    InflateError::Corrupt { message }
}

/// Room for more bytes: as a vector grows, but never beyond `most`.
fn make_room(bytes: &mut Vec<u8>, more: usize, most: usize) {
    if bytes.capacity() - bytes.len() < more {
        let doubled = bytes.capacity().saturating_mul(2).min(most);
        bytes.reserve_exact(doubled.saturating_sub(bytes.len()).max(more));
    }
}

fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
