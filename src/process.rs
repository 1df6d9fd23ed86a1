//! What a schema's `process` does to bytes.

/// Why bytes are not inflated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// More bytes than allowed.
    #[error("more than {most} bytes")]
    TooLong {
        /// The bound.
        most: u64,
    },
    /// Not zlib.
    #[error("not zlib data: {0}")]
    Corrupt(String),
}

/// What zlib data gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inflated {
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// An empty key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is empty")]
pub struct EmptyKey;

/// Exclusive or with a key over and over.
pub fn xor(bytes: &[u8], key: &[u8]) -> Result<Vec<u8>, EmptyKey> {
    if key.is_empty() {
        return Err(EmptyKey);
    }
    Ok(bytes.iter().zip(key.iter().cycle()).map(|(a, b)| a ^ b).collect())
}

/// Rotates each byte.
pub fn rotate_left(bytes: &[u8], amount: i128) -> Vec<u8> {
    let by = u32::try_from(amount.rem_euclid(8)).unwrap_or(0);
    bytes.iter().map(|byte| byte.rotate_left(by)).collect()
}

/// Rotates each byte.
pub fn rotate_right(bytes: &[u8], amount: i128) -> Vec<u8> {
    let by = u32::try_from(amount.rem_euclid(8)).unwrap_or(0);
    bytes.iter().map(|byte| byte.rotate_right(by)).collect()
}

/// Undoes zlib.
pub fn inflate(_: &[u8], _: u64) -> Result<Inflated, InflateError> {
    Err(InflateError::Corrupt("not here yet".into()))
}
