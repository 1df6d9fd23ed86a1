//! What is believed of signed verdicts, and what is not.

use ct_codecs::{Base64, Base64UrlSafeNoPadding, Encoder};
use ed25519_dalek::{Signer, SigningKey};

use super::envelope::{PAYLOAD_TYPE, is_envelope, open, unsigned};
use super::{Digest, EnvelopeError, KeyError, Keys, NotCovered, PREDICATE_TYPE, Passed};

const PAYLOAD: &[u8] = b"{\"a\": 1}";

fn signer(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn pem_of(info: &[u8]) -> String {
    let text = Base64::encode_to_string(info).unwrap();
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

fn pem(key: [u8; 32]) -> String {
    let info = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    pem_of(&[&info[..], &key[..]].concat())
}

fn keys(seeds: &[u8]) -> Keys {
    let text: String = seeds.iter().map(|seed| pem(signer(*seed).verifying_key().to_bytes())).collect();
    Keys::from_pem(&text).unwrap()
}

fn signature(seed: u8, kind: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    message.extend_from_slice(payload);
    signer(seed).sign(&message).to_bytes().to_vec()
}

fn envelope(kind: &str, payload: &[u8], signatures: &[Vec<u8>]) -> String {
    let text = |bytes: &[u8]| Base64::encode_to_string(bytes).unwrap();
    let signatures: Vec<_> =
        signatures.iter().map(|sig| serde_json::json!({"keyid": "x", "sig": text(sig)})).collect();
    serde_json::json!({"payloadType": kind, "payload": text(payload), "signatures": signatures}).to_string()
}

#[test]
fn an_envelope_is_believed_that_one_of_the_keys_signed() {
    let good = signature(1, PAYLOAD_TYPE, PAYLOAD);
    let text = envelope(PAYLOAD_TYPE, PAYLOAD, std::slice::from_ref(&good));
    assert_eq!(open(&text, &keys(&[1])).unwrap(), PAYLOAD);
    assert_eq!(open(&text, &keys(&[3, 1])).unwrap(), PAYLOAD);
    assert_eq!(open(&text, &keys(&[2])), Err(EnvelopeError::Signature));
    // Beside one of another key, and one of another algorithm.
    let several = [signature(2, PAYLOAD_TYPE, PAYLOAD), vec![0; 71], good.clone()];
    assert!(open(&envelope(PAYLOAD_TYPE, PAYLOAD, &several), &keys(&[1])).is_ok());
    assert_eq!(unsigned(&text).unwrap(), PAYLOAD);
    let url = text.replace(
        &Base64::encode_to_string(&good).unwrap(),
        &Base64UrlSafeNoPadding::encode_to_string(&good).unwrap(),
    );
    assert!(open(&url, &keys(&[1])).is_ok());
}

#[test]
fn what_was_changed_is_not_believed() {
    let good = signature(1, PAYLOAD_TYPE, PAYLOAD);
    let opened =
        |kind: &str, payload: &[u8], sig: &[u8]| open(&envelope(kind, payload, &[sig.to_vec()]), &keys(&[1]));
    assert!(opened(PAYLOAD_TYPE, PAYLOAD, &good).is_ok());
    assert_eq!(opened(PAYLOAD_TYPE, b"{\"a\": 2}", &good), Err(EnvelopeError::Signature));
    assert_eq!(opened(PAYLOAD_TYPE, b"", &good), Err(EnvelopeError::Signature));
    // Signed as it is, without the encoding that names the type; signed as another type.
    let plain = signer(1).sign(PAYLOAD).to_bytes();
    assert_eq!(opened(PAYLOAD_TYPE, PAYLOAD, &plain), Err(EnvelopeError::Signature));
    let other = signature(1, "text/plain", PAYLOAD);
    assert_eq!(opened(PAYLOAD_TYPE, PAYLOAD, &other), Err(EnvelopeError::Signature));
    assert_eq!(opened("text/plain", PAYLOAD, &other), Err(EnvelopeError::Type("text/plain".into())));
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        assert_eq!(opened(PAYLOAD_TYPE, PAYLOAD, &changed), Err(EnvelopeError::Signature), "byte {at}");
    }
    for len in [0, 32, 63] {
        assert_eq!(opened(PAYLOAD_TYPE, PAYLOAD, &good[..len]), Err(EnvelopeError::Signature));
    }
}

/// The same signature with the group's order added to its second half: a lax verifier takes it.
#[test]
fn a_signature_has_one_form() {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut changed = signature(1, PAYLOAD_TYPE, PAYLOAD);
    let mut carry = 0u16;
    for (byte, add) in changed[32..].iter_mut().zip(ORDER) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = u8::try_from(carry & 0xff).unwrap();
        carry >>= 8;
    }
    assert_eq!(carry, 0);
    let text = envelope(PAYLOAD_TYPE, PAYLOAD, &[changed]);
    assert_eq!(open(&text, &keys(&[1])), Err(EnvelopeError::Signature));
}

#[test]
fn what_is_no_envelope_is_refused_and_says_why() {
    let opened = |text: &str| open(text, &keys(&[1])).unwrap_err();
    for text in ["", "{", "[]", "{}", "null", "{\"payloadType\": 1}"] {
        assert!(matches!(opened(text), EnvelopeError::Format(_)), "{text}");
    }
    assert_eq!(opened(&envelope(PAYLOAD_TYPE, PAYLOAD, &[])), EnvelopeError::Unsigned);
    assert_eq!(opened(&envelope(PAYLOAD_TYPE, PAYLOAD, &vec![vec![0; 64]; 65])), EnvelopeError::Many);
    let text = envelope(PAYLOAD_TYPE, PAYLOAD, &[vec![0; 64]]);
    let payload = Base64::encode_to_string(PAYLOAD).unwrap();
    assert_eq!(opened(&text.replace(&payload, "=?")), EnvelopeError::Base64("payload"));
    assert_eq!(opened(&text.replace("AAAA", "A*AA")), EnvelopeError::Base64("signature"));
    assert!(is_envelope(&text) && !is_envelope("{\"_type\": 1}") && !is_envelope("nothing"));
    let huge =
        envelope(PAYLOAD_TYPE, &vec![b' '; 8 << 20], &[signature(1, PAYLOAD_TYPE, &vec![b' '; 8 << 20])]);
    assert!(open(&huge, &keys(&[1])).is_ok());
}

#[test]
fn what_is_no_key_is_refused_and_says_why() {
    let from = |text: &str| Keys::from_pem(text).map(|_| ()).unwrap_err();
    for text in ["", "\0", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"] {
        assert_eq!(from(text), KeyError::None);
    }
    let good = pem(signer(1).verifying_key().to_bytes());
    assert_eq!(from(&good.replace("-----END", "---END")), KeyError::Text);
    assert_eq!(from(&good.replace("MCow", "MC?w")), KeyError::Text);
    assert_eq!(from(&pem_of(&[0x30; 44])), KeyError::Algorithm);
    assert_eq!(from(&pem_of(b"")), KeyError::Algorithm);
    // The neutral point, for which anybody can make signatures.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(from(&pem(neutral)), KeyError::Weak);
    assert_eq!(from(&good.repeat(65)), KeyError::Many);
}

fn statement(kind: &str, sets: &[(&[(&str, Digest)], &str)]) -> Vec<u8> {
    let files = sets.iter().flat_map(|(files, _)| files.iter());
    let subject: Vec<_> = files
        .map(|(name, sha256)| serde_json::json!({"name": name, "digest": {"sha256": sha256.to_string()}}))
        .collect();
    let set = |(files, result): &(&[(&str, Digest)], &str)| {
        let files: serde_json::Map<_, _> =
            files.iter().map(|(name, sha256)| ((*name).to_owned(), sha256.to_string().into())).collect();
        serde_json::json!({"files": files, "result": result})
    };
    let sets: Vec<_> = sets.iter().map(set).collect();
    serde_json::json!({"subject": subject, "predicateType": kind, "predicate": {"sets": sets}})
        .to_string()
        .into_bytes()
}

#[test]
fn a_verdict_speaks_for_the_sets_that_passed_and_for_no_mixture_of_them() {
    let (a, b, c) = (Digest::of(b"a"), Digest::of(b"b"), Digest::of(b"c"));
    let old: &[_] = &[("x", a), ("y", b)];
    let new: &[_] = &[("x", c), ("y", b)];
    let bad: &[_] = &[("x", a), ("y", c)];
    let bytes = statement(PREDICATE_TYPE, &[(old, "passed"), (new, "passed"), (bad, "refused")]);
    let passed = Passed::read(&bytes).unwrap();
    assert_eq!(passed.count(), (2, 3));
    assert_eq!((passed.covers(old), passed.covers(new)), (Ok(()), Ok(())));
    assert_eq!(passed.covers(bad), Err(NotCovered::Set));
    assert_eq!(passed.covers(&[("x", b), ("y", a)]), Err(NotCovered::Set));
    assert_eq!(passed.covers(&[("x", a)]), Err(NotCovered::Set));
    assert_eq!(passed.covers(&[]), Err(NotCovered::Set));
    assert_eq!(passed.covers(&[("x", Digest::of(b"d")), ("y", b)]), Err(NotCovered::File("x".into())));
    // Files of one schema are sets of their own, whatever they are called.
    let bytes = statement(PREDICATE_TYPE, &[(&[("x", a)], "passed"), (&[("x", b)], "refused")]);
    let passed = Passed::read(&bytes).unwrap();
    assert_eq!(passed.covers(&[("first", a)]), Ok(()));
    assert_eq!(passed.covers(&[("first", a), ("second", b)]), Err(NotCovered::Set));
}

#[test]
fn what_is_no_verdict_speaks_for_nothing() {
    let read = |bytes: &[u8]| Passed::read(bytes).map(|_| ()).unwrap_err();
    for bytes in [&b""[..], b"{}", b"[]", b"\xff", b"{\"predicateType\": \"urn:bootgate:verdict:v1\"}"] {
        assert!(matches!(read(bytes), NotCovered::Format(_)));
    }
    assert_eq!(read(&statement("urn:other", &[])), NotCovered::Type("urn:other".into()));
    assert!(matches!(read(&vec![b'['; 1 << 20]), NotCovered::Format(_)));
}
