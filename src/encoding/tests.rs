use super::*;

fn decoded(encoding: Encoding, bytes: &[u8]) -> Result<String, usize> {
    encoding.decode(bytes).map(Cow::into_owned)
}

#[test]
fn every_name_leads_to_one_encoding_in_any_case() {
    let mut seen = std::collections::HashMap::new();
    for encoding in Encoding::all() {
        for name in std::iter::once(encoding.name()).chain(encoding.aliases().iter().copied()) {
            for spelling in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                let named = Encoding::named(&spelling).unwrap();
                assert_eq!(named.encoding, encoding, "{spelling}");
                assert_eq!(named.canonical, encoding.name(), "{spelling}");
            }
            assert_eq!(seen.insert(name.to_lowercase(), encoding), None, "{name} is there twice");
        }
    }
    assert_eq!(Encoding::all().count(), 41);
}

#[test]
fn names_are_not_guessed() {
    for name in [
        "",
        " UTF-8",
        "UTF-8 ",
        "UTF",
        "UTF-16",
        "ISO-8859-12",
        "SJIS\\x",
        "ASCII\\\\x",
        "latin",
        "\u{17f}JIS",
    ] {
        assert_eq!(Encoding::named(name), None, "{name}");
    }
}

#[test]
fn encodings_that_kaitai_does_not_list_say_so() {
    assert!(Encoding::named("shift_jis").unwrap().listed);
    assert!(!Encoding::named("KOI8-R").unwrap().listed);
    assert_eq!(Encoding::all().filter(|e| e.is_listed()).count(), 35);
}

#[test]
fn units_are_the_size_of_a_terminator() {
    let of = |unit| Encoding::all().filter(|e| e.unit() == unit).map(Encoding::name).collect::<Vec<_>>();
    assert_eq!(of(2), ["UTF-16BE", "UTF-16LE"]);
    assert_eq!(of(4), ["UTF-32BE", "UTF-32LE"]);
    for encoding in Encoding::all() {
        assert_eq!(encoding.encode("\0").unwrap().len(), usize::from(encoding.unit()), "{encoding:?}");
    }
}

#[test]
fn what_is_utf_8_already_is_borrowed() {
    for encoding in Encoding::all().filter(|e| e.unit() == 1) {
        assert!(matches!(encoding.decode(b"plain ~\\ \x7f\0").unwrap(), Cow::Borrowed("plain ~\\ \x7f\0")));
    }
    assert!(matches!(Encoding::Utf8.decode("ä😀".as_bytes()), Ok(Cow::Borrowed("ä😀"))));
    assert!(matches!(Encoding::Iso8859_1.decode(b"\xe4").unwrap(), Cow::Owned(_)));
}

#[test]
fn a_byte_order_mark_is_a_character() {
    assert_eq!(decoded(Encoding::Utf8, b"\xef\xbb\xbfa"), Ok("\u{feff}a".into()));
    assert_eq!(decoded(Encoding::Utf16Le, b"\xff\xfea\0"), Ok("\u{feff}a".into()));
    assert_eq!(decoded(Encoding::Utf16Be, b"\xff\xfe"), Ok("\u{fffe}".into()));
    assert_eq!(decoded(Encoding::Utf32Be, b"\0\0\xfe\xff"), Ok("\u{feff}".into()));
    assert_eq!(decoded(Encoding::Iso8859_1, b"\xef\xbb\xbf"), Ok("ï»¿".into()));
}

#[test]
fn malformed_bytes_are_found_where_they_begin() {
    let cases: &[(Encoding, &[u8], usize)] = &[
        (Encoding::Ascii, b"ab\x80", 2),
        (Encoding::Utf8, b"a\xc3\xa4\xff", 3),
        (Encoding::Utf8, b"a\xe2\x82", 1),
        // A surrogate, an overlong form, a number beyond Unicode.
        (Encoding::Utf8, b"\xed\xa0\x80", 0),
        (Encoding::Utf8, b"\xc0\x80", 0),
        (Encoding::Utf8, b"\xf4\x90\x80\x80", 0),
        // An odd byte; a high surrogate alone, before another character, and at the end; a low one alone.
        (Encoding::Utf16Le, b"a\0b", 2),
        (Encoding::Utf16Le, b"a\0\x3d\xd8", 2),
        (Encoding::Utf16Le, b"\x3d\xd8a\0", 0),
        (Encoding::Utf16Le, b"a\0\x3d\xd8\0", 2),
        (Encoding::Utf16Be, b"\xd8\x3d\xde\0\xde\0", 4),
        (Encoding::Utf32Le, b"a\0\0\0b\0\0", 4),
        (Encoding::Utf32Le, b"a\0\0\0\0\0\x11\0", 4),
        (Encoding::Utf32Be, b"\0\0\xd8\0", 0),
        (Encoding::Iso8859_3, b"\xa1\xa5", 1),
        (Encoding::Windows1252, b"\x80\x81", 1),
        (Encoding::Windows1255, b"\xca", 0),
        (Encoding::ShiftJis, b"\x82\xb1\x82", 2),
        (Encoding::ShiftJis, b"a\x82 ", 1),
        (Encoding::ShiftJis, b"\xb1\x80", 1),
        // NEC's circled one: Windows has it, the standard does not.
        (Encoding::ShiftJis, b"\x87\x40", 0),
        (Encoding::ShiftJis, b"\x85\x40", 0),
        (Encoding::EucKr, b"\xb0\xa1\x81\x41", 2),
        (Encoding::EucKr, b"\xb0\xa1\xb0", 2),
        (Encoding::Big5, b"\xa4\x40\x87\x40", 2),
        (Encoding::Big5, b"\xa4\x40\xc6\xa1", 2),
        (Encoding::EucJp, b"\xa4\xa2\x8f\xa2", 2),
        (Encoding::EucJp, b"\x8f\xb0\xa1\x8f\xa2\xb7", 3),
        (Encoding::Gb18030, b"a\x81\x30\x81", 1),
        (Encoding::Gb18030, b"a\xff", 1),
    ];
    for &(encoding, bytes, at) in cases {
        assert_eq!(decoded(encoding, bytes), Err(at), "{encoding:?} {bytes:x?}");
    }
}

#[test]
fn texts_are_read_as_their_encoding_says_and_written_back() {
    let cases: &[(Encoding, &[u8], &str)] = &[
        (Encoding::Utf16Le, b"\x3d\xd8\x00\xdea\0", "😀a"),
        (Encoding::Utf16Be, b"\xd8\x3d\xde\x00\0a", "😀a"),
        (Encoding::Utf32Le, b"\x00\xf6\x01\x00", "😀"),
        (Encoding::Utf32Be, b"\x00\x01\xf6\x00", "😀"),
        // Control characters where browsers read Windows' quotes.
        (Encoding::Iso8859_1, b"\x80\x93\xe9\xff", "\u{80}\u{93}éÿ"),
        (Encoding::Iso8859_9, b"\x80\x9f\xd0\xdd\xde\xf0\xfd\xfe", "\u{80}\u{9f}ĞİŞğış"),
        (Encoding::Iso8859_11, b"\x80\x85\xa1\xdf", "\u{80}\u{85}ก฿"),
        (Encoding::Iso8859_15, b"\xa4", "€"),
        (Encoding::Windows1252, b"\x80\x93\xe9", "€“é"),
        (Encoding::Windows1251, b"\xcf\xf0\xe8", "При"),
        (Encoding::Ibm437, b"\x80\xb0\xdb\xe1\xff", "Ç░█ß\u{a0}"),
        (Encoding::Ibm866, b"\x8f\xe0", "Пр"),
        (Encoding::ShiftJis, b"\x82\xb1\x82\xf1\x82\xc9\x82\xbf\x82\xcd", "こんにちは"),
        (Encoding::ShiftJis, b"\xb1\x81\x60~\\", "ｱ\u{301c}~\\"),
        (Encoding::Windows31J, b"\x87\x40\x81\x60", "①\u{ff5e}"),
        (Encoding::Big5, b"\xa7\x41\xa6\x6ea", "你好a"),
        (Encoding::EucKr, b"\xbe\xc8\xb3\xe7", "안녕"),
        (Encoding::EucJp, b"\xa4\xa2\x8e\xb1", "あｱ"),
        (Encoding::Gbk, b"\xc4\xe3\x81\x40", "你丂"),
        (Encoding::Gb18030, b"\xc4\xe3\x94\x39\xfc\x36", "你😀"),
        (Encoding::Koi8R, b"\xf0\xd2", "Пр"),
        (Encoding::Windows874, b"\x80\xa1", "€ก"),
    ];
    for &(encoding, bytes, text) in cases {
        assert_eq!(decoded(encoding, bytes).as_deref(), Ok(text), "{encoding:?}");
        assert_eq!(encoding.encode(text).as_deref(), Some(bytes), "{encoding:?}");
    }
}

#[test]
fn what_an_encoding_lacks_is_not_written() {
    for encoding in Encoding::all().filter(|e| e.unit() == 1) {
        let all_of_unicode = matches!(encoding, Encoding::Utf8 | Encoding::Gb18030);
        assert_eq!(encoding.encode("a😀").is_some(), all_of_unicode, "{encoding:?}");
    }
    assert_eq!(Encoding::ShiftJis.encode("①"), None);
    assert_eq!(Encoding::ShiftJis.encode("\u{ff5e}"), None);
    assert_eq!(Encoding::Windows1252.encode("\u{81}"), None);
}

#[test]
fn every_pair_of_bytes_is_malformed_or_comes_back() {
    // Here the library writes the second of two codes for one character, or none at all.
    let loose = [Encoding::Windows31J, Encoding::Big5, Encoding::Gbk, Encoding::Gb18030, Encoding::EucJp];
    for encoding in Encoding::all().filter(|e| e.unit() <= 2) {
        for pair in 0..=u16::MAX {
            let bytes = pair.to_be_bytes();
            match (encoding.decode(&bytes), loose.contains(&encoding)) {
                (Err(at), _) => assert!(at < 2, "{encoding:?} {bytes:x?}"),
                (Ok(text), false) => {
                    assert_eq!(encoding.encode(&text).as_deref(), Some(&bytes[..]), "{encoding:?}")
                }
                (Ok(text), true) => {
                    if let Some(again) = encoding.encode(&text) {
                        assert_eq!(encoding.decode(&again).unwrap(), text, "{encoding:?} {bytes:x?}");
                    }
                }
            }
        }
    }
}
