use proptest::prelude::*;

use super::*;

fn sum(algorithm: Algorithm, bytes: &[u8]) -> Sum {
    let mut digest = algorithm.digest();
    digest.update(bytes);
    digest.finish()
}

fn int(name: &str, bytes: &[u8]) -> u64 {
    match sum(Algorithm::named(name).unwrap(), bytes) {
        Sum::Int(sum) => sum,
        Sum::Bytes(sum) => panic!("{sum:?}"),
    }
}

fn hex(name: &str, bytes: &[u8]) -> String {
    match sum(Algorithm::named(name).unwrap(), bytes) {
        Sum::Int(sum) => panic!("{sum}"),
        Sum::Bytes(sum) => sum.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

#[test]
fn numbers_are_those_of_the_catalogue() {
    let cases = [
        ("crc16", 0xbb3d),
        ("crc16-ibm-3740", 0x29b1),
        ("crc16-xmodem", 0x31c3),
        ("crc16-kermit", 0x2189),
        ("crc16-ibm-sdlc", 0x906e),
        ("crc16-modbus", 0x4b37),
        ("crc32", 0xcbf4_3926),
        ("crc32-bzip2", 0xfc89_1918),
        ("crc32-mpeg-2", 0x0376_e6e7),
        ("crc32-jamcrc", 0x340b_c6d9),
        ("crc32c", 0xe306_9283),
        ("crc64", 0x6c40_df5f_0b49_7347),
        ("crc64-xz", 0x995d_c9bb_df19_39fa),
        ("adler32", 0x091e_01de),
        ("fletcher16", 0x1ede),
        ("fletcher32", 0xdf09_d509),
        ("sum8", 0xdd),
        ("sum16", 0x01dd),
        ("sum32", 0x01dd),
        ("sum16-le", 0xd509),
        ("sum16-be", 0x09d4),
        ("sum32-le", 0x6c6a_689f),
        ("sum32-be", 0x9f68_6a6c),
        ("xor8", 0x31),
    ];
    for (name, expected) in cases {
        assert_eq!(int(name, b"123456789"), expected, "{name}");
    }
    let ints = Algorithm::all().filter(|a| matches!(a.width(), Width::Int(_)));
    assert!(ints.map(Algorithm::name).eq(cases.map(|(name, _)| name)), "one without a known answer");
}

#[test]
fn digests_are_those_of_the_standards() {
    assert_eq!(hex("sha1", b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(hex("sha256", b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(
        hex("sha384", b"abc"),
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    );
    assert_eq!(
        hex("sha512", b"abc"),
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
}

#[test]
fn fletchers_sums_are_the_published_ones() {
    for (bytes, short, long) in
        [("abcde", 0xc8f0, 0xf04f_c729), ("abcdef", 0x2057, 0x5650_2d2a), ("abcdefgh", 0x0627, 0xebe1_9591)]
    {
        assert_eq!(int("fletcher16", bytes.as_bytes()), short, "{bytes}");
        assert_eq!(int("fletcher32", bytes.as_bytes()), long, "{bytes}");
    }
}

#[test]
fn a_short_last_word_is_filled_up_with_zeroes() {
    for (name, size) in
        [("sum16-le", 2), ("sum16-be", 2), ("sum32-le", 4), ("sum32-be", 4), ("fletcher32", 2)]
    {
        for length in 1..=size {
            let mut bytes = vec![0x81; length];
            let short = int(name, &bytes);
            bytes.resize(size, 0);
            assert_eq!(short, int(name, &bytes), "{name} {length}");
        }
    }
    assert_eq!(int("sum16-le", b"\x01"), 0x01);
    assert_eq!(int("sum16-be", b"\x01"), 0x0100);
    assert_eq!(int("sum32-be", b"\x01\x02\x03"), 0x0102_0300);
}

#[test]
fn sums_wrap_at_their_width() {
    let ones = [0xff; 1 << 10];
    assert_eq!(int("sum8", &ones), 0);
    assert_eq!(int("sum16", &ones), (0xff << 10) % (1 << 16));
    assert_eq!(int("sum16-le", &ones), (0xffff << 9) % (1 << 16));
    assert_eq!(int("sum32-be", &ones), (0xffff_ffff << 8) % (1 << 32));
}

#[test]
fn names_are_exact_and_lead_back() {
    for algorithm in Algorithm::all() {
        assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
    }
    for name in ["", "CRC32", "crc-32", "md5", "crc32 "] {
        assert_eq!(Algorithm::named(name), None, "{name}");
    }
}

#[test]
fn sums_fit_their_width() {
    for algorithm in Algorithm::all() {
        match (algorithm.width(), sum(algorithm, &[0xa5; 999])) {
            (Width::Int(bytes), Sum::Int(sum)) => assert!(bytes == 8 || sum >> (8 * bytes) == 0),
            (Width::Bytes(bytes), Sum::Bytes(sum)) => assert_eq!(sum.len(), usize::from(bytes)),
            (width, sum) => panic!("{algorithm:?}: {width:?}, {sum:?}"),
        }
    }
}

#[test]
fn sums_that_do_not_need_to_see_zeroes_take_no_time_for_them() {
    for name in
        ["sum8", "sum16", "sum32", "sum16-le", "sum16-be", "sum32-le", "sum32-be", "xor8", "fletcher16"]
    {
        let mut many = Algorithm::named(name).unwrap().digest();
        let mut few = many.clone();
        // A multiple of every word and of 255, so that nothing moves.
        for (digest, zeroes) in [(&mut many, 255 << 50), (&mut few, 0)] {
            digest.update(b"abc");
            digest.zeroes(zeroes);
            digest.update(b"def");
        }
        assert_eq!(many.finish(), few.finish(), "{name}");
    }
}

proptest! {
    #[test]
    fn a_sum_does_not_depend_on_how_the_bytes_come(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..6),
    ) {
        let whole = parts.concat();
        for algorithm in Algorithm::all() {
            let mut digest = algorithm.digest();
            parts.iter().for_each(|part| digest.update(part));
            prop_assert_eq!(digest.finish(), sum(algorithm, &whole), "{:?}", algorithm);
        }
    }

    #[test]
    fn zeroes_are_zero_bytes(before in "[a-z]{0,9}", count in 0usize..9000, after in "[a-z]{0,9}") {
        let whole = [before.as_bytes(), &vec![0; count], after.as_bytes()].concat();
        for algorithm in Algorithm::all() {
            let mut digest = algorithm.digest();
            digest.update(before.as_bytes());
            digest.zeroes(count as u64);
            digest.update(after.as_bytes());
            prop_assert_eq!(digest.finish(), sum(algorithm, &whole), "{:?}", algorithm);
        }
    }
}
