//! Character encodings: names, and bytes to text and back.
//!
//! Decoding is strict: a byte sequence that the encoding does not define is an error with its place, never
//! a replacement character. Where implementations of one name differ, the tables are those on which
//! Python's codecs and the Unicode consortium's mapping files agree, not the wider ones that browsers use. A byte order mark
//! is a character like any other.

mod double;
mod names;
mod single;
mod wide;

use std::borrow::Cow;

pub use names::Encoding;

/// An encoding that was looked up by one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The encoding.
    pub encoding: Encoding,
    /// How its name is best written; a caller warns where the name that was given is another.
    pub canonical: &'static str,
    /// Whether Kaitai's compiler knows the encoding under any name.
    pub listed: bool,
}

impl Encoding {
    /// The encoding of this name, in upper or lower case, canonical or an alias.
    ///
    /// ```
    /// use bootgate::encoding::Encoding;
    /// let named = Encoding::named("latin1").unwrap();
    /// assert_eq!(named.encoding, Encoding::Iso8859_1);
    /// assert_eq!(named.canonical, "ISO-8859-1");
    /// ```
    pub fn named(name: &str) -> Option<Named> {
        let is = |spelling: &&str| spelling.eq_ignore_ascii_case(name);
        let encoding = Encoding::all().find(|e| is(&e.name()) || e.aliases().iter().any(is))?;
        Some(Named { encoding, canonical: encoding.name(), listed: encoding.is_listed() })
    }

    /// All encodings.
    pub fn all() -> impl Iterator<Item = Encoding> {
        names::ALL.iter().copied()
    }

    /// Bytes in the smallest unit of a text, which is the size of a zero terminator: 1, 2 or 4.
    pub fn unit(self) -> u8 {
        match self {
            Encoding::Utf16Be | Encoding::Utf16Le => 2,
            Encoding::Utf32Be | Encoding::Utf32Le => 4,
            _ => 1,
        }
    }

    /// The text that these bytes spell; borrowed when they are UTF-8 already.
    ///
    /// # Errors
    ///
    /// How many bytes precede the first sequence that means nothing in this encoding.
    ///
    /// ```
    /// use bootgate::encoding::Encoding;
    /// assert_eq!(Encoding::Ibm437.decode(b"\x90a").unwrap(), "Éa");
    /// assert_eq!(Encoding::Ascii.decode(b"ab\xff"), Err(2));
    /// ```
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        if self == Encoding::Utf8 || (self.unit() == 1 && bytes.is_ascii()) {
            return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| e.valid_up_to());
        }
        let text = match self {
            Encoding::Utf16Be => wide::decode_16(bytes, u16::from_be_bytes),
            Encoding::Utf16Le => wide::decode_16(bytes, u16::from_le_bytes),
            Encoding::Utf32Be => wide::decode_32(bytes, u32::from_be_bytes),
            Encoding::Utf32Le => wide::decode_32(bytes, u32::from_le_bytes),
            _ => match double::rules(self) {
                Some(rules) => rules.decode(bytes),
                None => single::decode(self, bytes),
            },
        };
        text.map(Cow::Owned)
    }

    /// The bytes that spell this text, such that [`Encoding::decode`] gives the text again.
    ///
    /// `None` when the encoding lacks one of its characters, and for some rare ones of EUC-JP, windows-31J, GBK and Big5
    /// that the library can read but not write.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        if self == Encoding::Utf8 || (self.unit() == 1 && text.is_ascii()) {
            return Some(text.as_bytes().to_vec());
        }
        match self {
            Encoding::Utf16Be => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            Encoding::Utf16Le => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Encoding::Utf32Be => Some(text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()),
            Encoding::Utf32Le => Some(text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()),
            _ => match double::rules(self) {
                Some(rules) => rules.encode(text),
                None => single::encode(self, text),
            },
        }
    }
}

#[cfg(test)]
mod tests;
