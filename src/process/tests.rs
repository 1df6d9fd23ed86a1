use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::*;

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_key_is_repeated_over_the_bytes() {
    assert_eq!(xor(b"\x00\x01\x02", &[0xff]).unwrap(), b"\xff\xfe\xfd");
    assert_eq!(xor(b"\x00\x00\x00\x00\x00", b"\x01\x02").unwrap(), b"\x01\x02\x01\x02\x01");
    assert_eq!(xor(b"\x05", b"\x01\x02\x03").unwrap(), b"\x04");
    assert_eq!(xor(b"", b"\x01\x02").unwrap(), b"");
}

#[test]
fn an_empty_key_is_refused() {
    assert_eq!(xor(b"a", b""), Err(EmptyKey));
    assert_eq!(xor(b"", b""), Err(EmptyKey));
    assert_eq!(EmptyKey.to_string(), "the key of `xor` is empty; it needs at least one byte");
}

#[test]
fn bits_rotate_within_their_byte() {
    assert_eq!(rotate_left(&[0b1000_0001, 0b0001_0000], 3), [0b0000_1100, 0b1000_0000]);
    assert_eq!(rotate_right(&[0b1000_0001, 0b0001_0000], 3), [0b0011_0000, 0b0000_0010]);
    for (amount, same) in
        [(8, 0), (11, 3), (-3, 5), (-8, 0), (i128::MAX, 7), (i128::MIN, 0), (i128::MIN + 1, 1)]
    {
        assert_eq!(rotate_left(b"\x97\x01", amount), rotate_left(b"\x97\x01", same), "{amount}");
        assert_eq!(rotate_right(b"\x97\x01", amount), rotate_right(b"\x97\x01", same), "{amount}");
    }
}

#[test]
fn a_stream_inflates_to_what_was_deflated() {
    for bytes in [b"".as_slice(), b"abc", &[7; 100_000]] {
        let stream = deflate(bytes);
        for most in [bytes.len() as u64, bytes.len() as u64 + 1, u64::MAX] {
            let inflated = inflate(&stream, most).unwrap();
            assert_eq!(inflated.bytes, bytes);
            assert_eq!(inflated.used, stream.len());
        }
    }
}

#[test]
fn what_follows_a_stream_is_left_alone_and_counted() {
    let mut stream = deflate(b"abc");
    let used = stream.len();
    stream.extend_from_slice(b"\x78\x9cmore");
    assert_eq!(inflate(&stream, 3).unwrap(), Inflated { bytes: b"abc".to_vec(), used });
}

#[test]
fn one_byte_too_many_is_too_long() {
    for length in [1, 3, 16 << 10, (16 << 10) + 1, 100_000] {
        let most = length - 1;
        assert_eq!(
            inflate(&deflate(&vec![1; usize::try_from(length).unwrap()]), most),
            Err(InflateError::TooLong { most })
        );
    }
}

#[test]
fn a_bomb_costs_no_more_than_the_limit() {
    // 256 MiB in 256 KiB.
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..256 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 1 << 19);
    assert_eq!(inflate(&bomb, 1 << 20), Err(InflateError::TooLong { most: 1 << 20 }));
}

#[test]
fn room_never_exceeds_the_limit() {
    let (mut bytes, most) = (Vec::new(), 1_000_000);
    while bytes.len() < most {
        let more = (most - bytes.len()).min(16 << 10);
        make_room(&mut bytes, more, most);
        bytes.resize(bytes.len() + more, 0);
        assert!(bytes.capacity() <= most, "{}", bytes.capacity());
    }
}

#[test]
fn a_stream_is_incomplete_wherever_it_is_cut() {
    let stream = deflate(b"some bytes that do not repeat much: 0123456789");
    for used in 0..stream.len() {
        assert_eq!(inflate(&stream[..used], 1000), Err(InflateError::Truncated { used }), "{used}");
    }
}

#[test]
fn what_is_no_stream_is_corrupt() {
    let mut sum = deflate(b"abc");
    *sum.last_mut().unwrap() ^= 1;
    // Also raw deflate, gzip, a block of no known type, and a preset dictionary.
    let cases = [
        sum.as_slice(),
        b"\x4b\x4c\x4a\x06\x00",
        b"\x1f\x8b\x08\0\0\0",
        b"\x78\x9c\x07",
        b"\x78\xbb\0\0\0\x01\x03\0",
    ];
    for bytes in cases {
        match inflate(bytes, 1000) {
            Err(InflateError::Corrupt { message }) => assert!(!message.is_empty()),
            other => panic!("{bytes:x?}: {other:?}"),
        }
    }
    let dictionary = inflate(cases[4], 1000).unwrap_err().to_string();
    assert!(dictionary.contains("preset dictionary"), "{dictionary}");
}

proptest! {
    #[test]
    fn any_bytes_inflate_or_fail_within_the_limit(bytes: Vec<u8>, most in 0u64..100) {
        let stream = [b"\x78\x9c".as_slice(), &bytes].concat();
        for input in [&bytes, &stream] {
            if let Ok(inflated) = inflate(input, most) {
                prop_assert!(inflated.bytes.len() as u64 <= most);
                prop_assert!(inflated.used <= input.len());
            }
        }
    }

    #[test]
    fn rotations_and_keys_are_undone_by_themselves(bytes: Vec<u8>, amount: i128, key in prop::collection::vec(any::<u8>(), 1..5)) {
        prop_assert_eq!(&rotate_right(&rotate_left(&bytes, amount), amount), &bytes);
        prop_assert_eq!(&xor(&xor(&bytes, &key).unwrap(), &key).unwrap(), &bytes);
    }
}
