//! Encodings of one byte a character, as tables of what the upper half means.

use std::sync::OnceLock;

use encoding_rs as rs;

use super::Encoding;

/// The characters of the bytes 80 to FF; `None` where a byte means nothing.
type Upper = [Option<char>; 128];

/// Code page 437 from 80 on, as in the Unicode consortium's `CP437.TXT`.
const IBM437: &str = "\
    ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// Where the upper half of an encoding comes from.
#[derive(Clone, Copy)]
enum Source {
    /// No byte of it is defined.
    Nothing,
    /// Each byte is the code point of the same number.
    Latin1,
    /// A table of our own.
    Table(&'static str),
    /// The library's table as it is.
    Library(&'static rs::Encoding),
    /// The library's table from A0 on; 80 to 9F are the control characters of the same numbers, as in all of
    /// ISO 8859, where the library has only the Windows encoding that puts characters in their place.
    Controls(&'static rs::Encoding),
    /// The library's table without what browsers added to it: control characters for the bytes that the
    /// vendor left undefined, and this byte.
    Vendor(&'static rs::Encoding, Option<u8>),
}

fn source(encoding: Encoding) -> Source {
    use Source::{Controls, Latin1, Library, Nothing, Table, Vendor};
    match encoding {
        Encoding::Iso8859_1 => Latin1,
        Encoding::Iso8859_2 => Library(rs::ISO_8859_2),
        Encoding::Iso8859_3 => Library(rs::ISO_8859_3),
        Encoding::Iso8859_4 => Library(rs::ISO_8859_4),
        Encoding::Iso8859_5 => Library(rs::ISO_8859_5),
        Encoding::Iso8859_6 => Library(rs::ISO_8859_6),
        Encoding::Iso8859_7 => Library(rs::ISO_8859_7),
        Encoding::Iso8859_8 => Library(rs::ISO_8859_8),
        Encoding::Iso8859_9 => Controls(rs::WINDOWS_1254),
        Encoding::Iso8859_10 => Library(rs::ISO_8859_10),
        Encoding::Iso8859_11 => Controls(rs::WINDOWS_874),
        Encoding::Iso8859_13 => Library(rs::ISO_8859_13),
        Encoding::Iso8859_14 => Library(rs::ISO_8859_14),
        Encoding::Iso8859_15 => Library(rs::ISO_8859_15),
        Encoding::Iso8859_16 => Library(rs::ISO_8859_16),
        Encoding::Windows1250 => Vendor(rs::WINDOWS_1250, None),
        Encoding::Windows1251 => Vendor(rs::WINDOWS_1251, None),
        Encoding::Windows1252 => Vendor(rs::WINDOWS_1252, None),
        Encoding::Windows1253 => Vendor(rs::WINDOWS_1253, None),
        Encoding::Windows1254 => Vendor(rs::WINDOWS_1254, None),
        Encoding::Windows1255 => Vendor(rs::WINDOWS_1255, Some(0xca)),
        Encoding::Windows1256 => Vendor(rs::WINDOWS_1256, None),
        Encoding::Windows1257 => Vendor(rs::WINDOWS_1257, None),
        Encoding::Windows1258 => Vendor(rs::WINDOWS_1258, None),
        Encoding::Windows874 => Vendor(rs::WINDOWS_874, None),
        Encoding::Ibm437 => Table(IBM437),
        Encoding::Ibm866 => Library(rs::IBM866),
        Encoding::Koi8R => Library(rs::KOI8_R),
        // The encodings that are decoded elsewhere, named so that a new one is not forgotten here.
        Encoding::Ascii | Encoding::Utf8 => Nothing,
        Encoding::Utf16Be | Encoding::Utf16Le | Encoding::Utf32Be | Encoding::Utf32Le => Nothing,
        Encoding::ShiftJis | Encoding::Windows31J | Encoding::EucJp | Encoding::EucKr => Nothing,
        Encoding::Big5 | Encoding::Gbk | Encoding::Gb18030 => Nothing,
    }
}

impl Source {
    fn upper(self) -> Upper {
        let mut upper = [None; 128];
        let own = match self {
            Source::Table(own) => own,
            _ => "",
        };
        let mut own = own.chars();
        for (slot, byte) in upper.iter_mut().zip(0x80..=u8::MAX) {
            *slot = match self {
                Source::Nothing => None,
                Source::Latin1 => Some(char::from(byte)),
                Source::Table(_) => own.next(),
                Source::Library(library) => meaning(library, byte),
                Source::Controls(_) if byte < 0xa0 => Some(char::from(byte)),
                Source::Controls(library) => meaning(library, byte),
                Source::Vendor(_, except) if except == Some(byte) => None,
                Source::Vendor(library, _) => meaning(library, byte).filter(|c| !c.is_control()),
            };
        }
        upper
    }
}

fn meaning(library: &'static rs::Encoding, byte: u8) -> Option<char> {
    library.decode_without_bom_handling_and_without_replacement(&[byte])?.chars().next()
}

fn upper(encoding: Encoding) -> Option<&'static Upper> {
    // Boxed, for what a lock holds takes its room in the program's file.
    static TABLES: [OnceLock<Box<Upper>>; super::names::ALL.len()] =
        [const { OnceLock::new() }; super::names::ALL.len()];
    Some(TABLES.get(encoding as usize)?.get_or_init(|| Box::new(source(encoding).upper())))
}

fn character(upper: &Upper, byte: u8) -> Option<char> {
    match byte.checked_sub(0x80) {
        None => Some(char::from(byte)),
        Some(index) => upper.get(usize::from(index)).copied().flatten(),
    }
}

/// The text, a character a byte.
pub(super) fn decode(encoding: Encoding, bytes: &[u8]) -> Result<String, usize> {
    let upper = upper(encoding).ok_or(0usize)?;
    let mut text = String::with_capacity(bytes.len());
    for (index, &byte) in bytes.iter().enumerate() {
        text.push(character(upper, byte).ok_or(index)?);
    }
    Ok(text)
}

/// The bytes, one a character.
pub(super) fn encode(encoding: Encoding, text: &str) -> Option<Vec<u8>> {
    let upper = upper(encoding)?;
    let byte = |c: char| match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => Some(byte),
        _ => (0x80..=u8::MAX).zip(upper).find(|(_, defined)| **defined == Some(c)).map(|(byte, _)| byte),
    };
    text.chars().map(byte).collect()
}
