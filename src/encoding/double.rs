//! East Asian encodings, as what the library decodes within the ranges that the encoding's own standard defines.

use std::ops::RangeInclusive;

use encoding_rs as rs;

use super::Encoding;

/// How an encoding differs from the library's, which is the browsers': a superset with vendors' extensions.
pub(super) struct Rules {
    library: &'static rs::Encoding,
    /// Bytes from 80 on that are characters by themselves.
    alone: &'static [RangeInclusive<u8>],
    /// First and second bytes of longer sequences, as numbers; third and fourth bytes are the library's business.
    pairs: &'static [RangeInclusive<u16>],
    /// The least second byte.
    second: u8,
    /// Characters of the library, and what the standard has in their place.
    instead: &'static [(char, char)],
}

/// The symbols of JIS X 0208 that Microsoft mapped to full-width forms.
const JIS: &[(char, char)] = &[
    ('\u{ff5e}', '\u{301c}'),
    ('\u{2225}', '\u{2016}'),
    ('\u{ff0d}', '\u{2212}'),
    ('\u{ffe0}', '\u{a2}'),
    ('\u{ffe1}', '\u{a3}'),
    ('\u{ffe2}', '\u{ac}'),
];

/// The symbols of Big5 that Microsoft and browsers map to other characters than the consortium's `BIG5.TXT`.
const BIG5: &[(char, char)] = &[
    ('\u{2027}', '\u{2022}'),
    ('\u{fe51}', '\u{ff64}'),
    ('\u{af}', '\u{203e}'),
    ('\u{ff5e}', '\u{223c}'),
    ('\u{2295}', '\u{2641}'),
    ('\u{2299}', '\u{2609}'),
    ('\u{2215}', '\u{ff0f}'),
    ('\u{fe68}', '\u{ff3c}'),
    ('\u{ffe5}', '\u{a5}'),
    ('\u{ffe0}', '\u{a2}'),
    ('\u{ffe1}', '\u{a3}'),
];

static SHIFT_JIS: Rules = Rules {
    library: rs::SHIFT_JIS,
    alone: &[0xa1..=0xdf],
    pairs: &[0x8140..=0x84ff, 0x8840..=0x9fff, 0xe040..=0xeaff],
    second: 0x40,
    instead: JIS,
};
static WINDOWS_31J: Rules = Rules {
    library: rs::SHIFT_JIS,
    alone: &[0xa1..=0xdf],
    pairs: &[0x8140..=0x9fff, 0xe040..=0xfcff],
    second: 0x40,
    instead: &[],
};
static EUC_JP: Rules = Rules {
    library: rs::EUC_JP,
    alone: &[],
    pairs: &[0x8ea1..=0x8fff, 0xa1a1..=0xa8ff, 0xb0a1..=0xf4ff],
    second: 0xa1,
    instead: JIS,
};
static EUC_KR: Rules =
    Rules { library: rs::EUC_KR, alone: &[], pairs: &[0xa1a1..=0xfeff], second: 0xa1, instead: &[] };
// From C6A1 to C8FE vendors put different characters: text with those bytes has no one meaning.
static BIG5_RULES: Rules = Rules {
    library: rs::BIG5,
    alone: &[],
    pairs: &[0xa140..=0xa3bf, 0xa440..=0xc67e, 0xc940..=0xf9d5],
    second: 0x40,
    instead: BIG5,
};
static GBK: Rules =
    Rules { library: rs::GBK, alone: &[], pairs: &[0x8140..=0xfeff], second: 0x40, instead: &[] };
static GB18030: Rules =
    Rules { library: rs::GB18030, alone: &[], pairs: &[0x8130..=0xfeff], second: 0x30, instead: &[] };

/// The rules of an East Asian encoding; `None` for any other.
pub(super) fn rules(encoding: Encoding) -> Option<&'static Rules> {
    match encoding {
        Encoding::ShiftJis => Some(&SHIFT_JIS),
        Encoding::Windows31J => Some(&WINDOWS_31J),
        Encoding::EucJp => Some(&EUC_JP),
        Encoding::EucKr => Some(&EUC_KR),
        Encoding::Big5 => Some(&BIG5_RULES),
        Encoding::Gbk => Some(&GBK),
        Encoding::Gb18030 => Some(&GB18030),
        _ => None,
    }
}

impl Rules {
    pub(super) fn decode(&self, bytes: &[u8]) -> Result<String, usize> {
        let defined = self.defined(bytes);
        let inside = bytes.get(..defined).unwrap_or(bytes);
        let mut decoder = self.library.new_decoder_without_bom_handling();
        let room = decoder.max_utf8_buffer_length_without_replacement(inside.len());
        let mut text = String::with_capacity(room.unwrap_or(inside.len()));
        let (result, read) = decoder.decode_to_string_without_replacement(inside, &mut text, true);
        match result {
            rs::DecoderResult::InputEmpty if defined == bytes.len() => {
                Ok(replaced(text, self.instead.iter().copied()))
            }
            rs::DecoderResult::InputEmpty => Err(defined),
            rs::DecoderResult::OutputFull => Err(read),
            rs::DecoderResult::Malformed(length, after) => {
                Err(read.saturating_sub(usize::from(length) + usize::from(after)))
            }
        }
    }

    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        let library = replaced(text.to_owned(), self.instead.iter().map(|&(theirs, ours)| (ours, theirs)));
        let (bytes, _, lacking) = self.library.encode(&library);
        // What the library can write and the standard cannot is found by reading it again.
        let same = !lacking && self.decode(&bytes).is_ok_and(|again| again == text);
        same.then(|| bytes.into_owned())
    }

    /// How many bytes precede the first sequence that is outside the ranges, or cut off.
    fn defined(&self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(length) = bytes.get(at..).and_then(|rest| self.sequence(rest)) {
            at += length;
        }
        at
    }

    /// Bytes in the first sequence; `None` when there is none that is within the ranges and complete.
    fn sequence(&self, bytes: &[u8]) -> Option<usize> {
        let (&first, rest) = bytes.split_first()?;
        if first.is_ascii() || self.alone.iter().any(|range| range.contains(&first)) {
            return Some(1);
        }
        let &second = rest.first()?;
        let pair = u16::from_be_bytes([first, second]);
        if second < self.second || !self.pairs.iter().any(|range| range.contains(&pair)) {
            return None;
        }
        let length = match first {
            // A tilde to some and a full-width one to others.
            0x8f if self.library == rs::EUC_JP && rest.starts_with(&[0xa2, 0xb7]) => return None,
            0x8f if self.library == rs::EUC_JP => 3,
            _ if self.library == rs::GB18030 && second.is_ascii_digit() => 4,
            _ => 2,
        };
        (bytes.len() >= length).then_some(length)
    }
}

fn replaced(text: String, with: impl Iterator<Item = (char, char)> + Clone) -> String {
    let mut pairs = with.clone();
    if pairs.next().is_none() {
        return text;
    }
    text.chars().map(|c| with.clone().find(|(from, _)| *from == c).map_or(c, |(_, to)| to)).collect()
}
