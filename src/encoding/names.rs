//! The encodings that a schema can name, with their canonical names and aliases.

/// Declares the encodings: a variant, its canonical name, whether Kaitai's compiler lists it, other spellings.
macro_rules! encodings {
    ($($variant:ident $name:literal $listed:literal [$($alias:literal)*])*) => {
        /// A character encoding that a schema can name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Encoding {
            $(#[doc = $name] $variant,)*
        }

        /// All encodings, in the order of their declaration.
        pub(super) const ALL: &[Encoding] = &[$(Encoding::$variant),*];

        impl Encoding {
            /// The canonical name, as it is written in schemas.
            pub fn name(self) -> &'static str {
                match self {
                    $(Encoding::$variant => $name,)*
                }
            }

            /// Whether Kaitai's compiler knows the encoding; it warns about the others and passes them on.
            pub fn is_listed(self) -> bool {
                match self {
                    $(Encoding::$variant => $listed,)*
                }
            }

            pub(super) fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Encoding::$variant => &[$($alias),*],)*
                }
            }
        }
    };
}

encodings! {
    Ascii "ASCII" true ["US-ASCII" "US_ASCII" "IBM367" "cp367" "csASCII" "iso-ir-6"]
    Utf8 "UTF-8" true [
        "UTF8" "UTF_8" "ISO-10646/UTF-8" "ISO-10646/UTF8" "cp65001" "csUTF8" "unicode-1-1-utf-8"
        "unicode-2-0-utf-8"
    ]
    Utf16Be "UTF-16BE" true [
        "UTF16BE" "UTF16-BE" "UTF-16-BE" "UTF_16BE" "UTF16_BE" "UTF_16_BE" "csUTF16BE"
    ]
    Utf16Le "UTF-16LE" true [
        "UTF16LE" "UTF16-LE" "UTF-16-LE" "UTF_16LE" "UTF16_LE" "UTF_16_LE" "csUTF16LE"
    ]
    Utf32Be "UTF-32BE" true [
        "UTF32BE" "UTF32-BE" "UTF-32-BE" "UTF_32BE" "UTF32_BE" "UTF_32_BE" "csUTF32BE"
    ]
    Utf32Le "UTF-32LE" true [
        "UTF32LE" "UTF32-LE" "UTF-32-LE" "UTF_32LE" "UTF32_LE" "UTF_32_LE" "csUTF32LE"
    ]
    Iso8859_1 "ISO-8859-1" true [
        "ISO8859-1" "ISO_8859-1" "ISO88591" "ISO_8859_1" "ISO8859_1" "8859_1" "8859-1" "88591" "latin1" "L1"
        "csISOLatin1" "iso-ir-100" "IBM819" "cp819" "windows-28591"
    ]
    Iso8859_2 "ISO-8859-2" true [
        "ISO8859-2" "ISO_8859-2" "ISO88592" "ISO_8859_2" "ISO8859_2" "8859_2" "8859-2" "88592" "latin2" "L2"
        "csISOLatin2" "iso-ir-101" "IBM1111" "windows-28592"
    ]
    Iso8859_3 "ISO-8859-3" true [
        "ISO8859-3" "ISO_8859-3" "ISO88593" "ISO_8859_3" "ISO8859_3" "8859_3" "8859-3" "88593" "latin3" "L3"
        "csISOLatin3" "iso-ir-109" "windows-28593"
    ]
    Iso8859_4 "ISO-8859-4" true [
        "ISO8859-4" "ISO_8859-4" "ISO88594" "ISO_8859_4" "ISO8859_4" "8859_4" "8859-4" "88594" "latin4" "L4"
        "csISOLatin4" "iso-ir-110" "windows-28594"
    ]
    Iso8859_5 "ISO-8859-5" true [
        "ISO8859-5" "ISO_8859-5" "ISO88595" "ISO_8859_5" "ISO8859_5" "8859_5" "8859-5" "88595" "cyrillic"
        "csISOLatinCyrillic" "iso-ir-144" "windows-28595"
    ]
    Iso8859_6 "ISO-8859-6" true [
        "ISO8859-6" "ISO_8859-6" "ISO88596" "ISO_8859_6" "ISO8859_6" "8859_6" "8859-6" "88596" "arabic"
        "csISOLatinArabic" "iso-ir-127" "windows-28596" "ECMA-114" "ASMO-708"
    ]
    Iso8859_7 "ISO-8859-7" true [
        "ISO8859-7" "ISO_8859-7" "ISO88597" "ISO_8859_7" "ISO8859_7" "8859_7" "8859-7" "88597" "greek" "greek8"
        "csISOLatinGreek" "iso-ir-126" "windows-28597" "ECMA-118" "ELOT_928"
    ]
    Iso8859_8 "ISO-8859-8" true [
        "ISO8859-8" "ISO_8859-8" "ISO88598" "ISO_8859_8" "ISO8859_8" "8859_8" "8859-8" "88598" "hebrew"
        "csISOLatinHebrew" "iso-ir-138" "windows-28598"
    ]
    Iso8859_9 "ISO-8859-9" true [
        "ISO8859-9" "ISO_8859-9" "ISO88599" "ISO_8859_9" "ISO8859_9" "8859_9" "8859-9" "88599" "latin5" "L5"
        "csISOLatin5" "iso-ir-148" "windows-28599"
    ]
    Iso8859_10 "ISO-8859-10" true [
        "ISO8859-10" "ISO_8859-10" "ISO885910" "ISO_8859_10" "ISO8859_10" "8859_10" "8859-10" "885910" "latin6"
        "L6" "csISOLatin6" "iso-ir-157"
    ]
    Iso8859_11 "ISO-8859-11" true [
        "ISO8859-11" "ISO_8859-11" "ISO885911" "ISO_8859_11" "ISO8859_11" "8859_11" "8859-11" "885911" "thai"
        "csTIS620" "TIS-620"
    ]
    Iso8859_13 "ISO-8859-13" true [
        "ISO8859-13" "ISO_8859-13" "ISO885913" "ISO_8859_13" "ISO8859_13" "8859_13" "8859-13" "885913" "latin7"
        "L7" "csISO885913" "windows-28603"
    ]
    Iso8859_14 "ISO-8859-14" true [
        "ISO8859-14" "ISO_8859-14" "ISO885914" "ISO_8859_14" "ISO8859_14" "8859_14" "8859-14" "885914" "latin8"
        "L8" "csISO885914" "iso-ir-199" "iso-celtic"
    ]
    Iso8859_15 "ISO-8859-15" true [
        "ISO8859-15" "ISO_8859-15" "ISO885915" "ISO_8859_15" "ISO8859_15" "8859_15" "8859-15" "885915" "latin9"
        "L9" "csISO885915" "windows-28605"
    ]
    Iso8859_16 "ISO-8859-16" true [
        "ISO8859-16" "ISO_8859-16" "ISO885916" "ISO_8859_16" "ISO8859_16" "8859_16" "8859-16" "885916"
        "latin10" "L10" "csISO885916"
    ]
    Windows1250 "windows-1250" true ["cp1250" "cswindows1250"]
    Windows1251 "windows-1251" true ["cp1251" "cswindows1251"]
    Windows1252 "windows-1252" true ["cp1252" "cswindows1252"]
    Windows1253 "windows-1253" true ["cp1253" "cswindows1253"]
    Windows1254 "windows-1254" true ["cp1254" "cswindows1254"]
    Windows1255 "windows-1255" true ["cp1255" "cswindows1255"]
    Windows1256 "windows-1256" true ["cp1256" "cswindows1256"]
    Windows1257 "windows-1257" true ["cp1257" "cswindows1257"]
    Windows1258 "windows-1258" true ["cp1258" "cswindows1258"]
    Ibm437 "IBM437" true ["cp437" "437" "csPC8CodePage437"]
    Ibm866 "IBM866" true ["cp866" "866" "csIBM866"]
    ShiftJis "Shift_JIS" true ["Shift-JIS" "ShiftJIS" "S-JIS" "S_JIS" "SJIS" "PCK" "csShiftJIS"]
    Big5 "Big5" true ["csBig5"]
    EucKr "EUC-KR" true ["EUCKR" "EUC_KR" "csEUCKR" "korean" "iso-ir-149"]
    EucJp "EUC-JP" false ["EUCJP" "EUC_JP" "ujis" "csEUCPkdFmtJapanese"]
    Gbk "GBK" false ["cp936" "ms936" "windows-936" "csGBK"]
    Gb18030 "GB18030" false ["gb18030-2000" "csGB18030"]
    Koi8R "KOI8-R" false ["KOI8_R" "csKOI8R"]
    Windows31J "windows-31J" false ["cp932" "ms932" "ms_kanji" "csWindows31J"]
    Windows874 "windows-874" false ["cp874" "cswindows874"]
}
