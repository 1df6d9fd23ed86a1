//! Text in units of two and four bytes.

/// The text of UTF-16 units; an unpaired surrogate and an odd byte at the end are malformed.
pub(super) fn decode_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, usize> {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(units.len());
    let mut read = 0;
    for character in char::decode_utf16(units.iter().copied().map(unit)) {
        let character = character.map_err(|_| read)?;
        text.push(character);
        read += 2 * character.len_utf16();
    }
    if rest.is_empty() { Ok(text) } else { Err(read) }
}

/// The text of UTF-32 units; surrogates, numbers beyond Unicode and an incomplete unit at the end are malformed.
pub(super) fn decode_32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Result<String, usize> {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut text = String::with_capacity(units.len());
    for (index, &bytes) in units.iter().enumerate() {
        text.push(char::from_u32(unit(bytes)).ok_or(index * 4)?);
    }
    if rest.is_empty() { Ok(text) } else { Err(units.len() * 4) }
}
