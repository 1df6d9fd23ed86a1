//! Encodings of text.

use std::borrow::Cow;

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Bytes below 0x80.
    Ascii,
    /// UTF-8.
    Utf8,
}

/// An encoding by one of its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The encoding.
    pub encoding: Encoding,
    /// Its canonical name.
    pub canonical: &'static str,
}

impl Encoding {
    /// The encoding with this name.
    pub fn named(name: &str) -> Option<Named> {
        Encoding::all()
            .find(|e| e.name().eq_ignore_ascii_case(name))
            .map(|encoding| Named { encoding, canonical: encoding.name() })
    }

    /// All encodings.
    pub fn all() -> impl Iterator<Item = Encoding> {
        [Encoding::Ascii, Encoding::Utf8].into_iter()
    }

    /// Its canonical name.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Ascii => "ASCII",
            Encoding::Utf8 => "UTF-8",
        }
    }

    /// The size of its zero terminator in bytes.
    pub fn unit(self) -> u8 {
        1
    }

    /// The text; else how many bytes are good.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        match self {
            Encoding::Utf8 => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| e.valid_up_to()),
            Encoding::Ascii => match bytes.iter().position(|b| !b.is_ascii()) {
                None => Encoding::Utf8.decode(bytes),
                Some(at) => Err(at),
            },
        }
    }
}
