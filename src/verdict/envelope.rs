//! Signed verdicts: a DSSE envelope, and the public keys that it is held against.
//!
//! Nothing is signed here. What makes signatures keeps a private key, and this program is where content is.

use ct_codecs::{Base64, Base64NoPadding, Base64UrlSafe, Base64UrlSafeNoPadding, Decoder};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::Deserialize;

/// What an envelope says that it holds.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// Signatures in one envelope.
const SIGNATURES: usize = 64;
/// Keys in one file.
const KEYS: usize = 64;
/// What comes before the 32 bytes of an ed25519 key in its SubjectPublicKeyInfo (RFC 8410).
const INFO: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Why a file has no key that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// An empty file, a private key, a certificate.
    #[error("it has no `-----BEGIN PUBLIC KEY-----`")]
    None,
    /// A key that was cut off.
    #[error("a key in it has no end, or is no base64 text")]
    Text,
    /// The public key of another algorithm: `openssl genpkey -algorithm rsa`
    #[error("a key in it is not one of ed25519")]
    Algorithm,
    /// A point that would let anybody sign.
    #[error("a key in it is weak")]
    Weak,
    /// More keys than one file may have.
    #[error("it has more than {KEYS} keys")]
    Many,
}

/// Why an envelope is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Anything that is no JSON, or lacks a part.
    #[error("it is no DSSE envelope: {0}")]
    Format(String),
    /// An envelope around something else.
    #[error("its payload type is `{}`, where a verdict has `{PAYLOAD_TYPE}`", .0.escape_debug())]
    Type(String),
    /// A payload or a signature that was broken on its way.
    #[error("its {0} is no base64 text")]
    Base64(&'static str),
    /// An envelope that nobody signed.
    #[error("it has no signature")]
    Unsigned,
    /// More signatures than one envelope may have.
    #[error("it has more than {SIGNATURES} signatures")]
    Many,
    /// Another key, or another payload.
    #[error("none of its signatures is one of its payload by a key that is trusted")]
    Signature,
}

/// Public keys: an envelope is believed that one of them signed.
#[derive(Clone, Debug)]
pub struct Keys(Vec<VerifyingKey>);

impl Keys {
    /// The keys of a PEM file, as `openssl pkey -pubout` writes them; there may be several, one after the other.
    ///
    /// # Errors
    ///
    /// It has none, or one that cannot be used.
    pub fn from_pem(text: &str) -> Result<Keys, KeyError> {
        let mut keys = Vec::new();
        for part in text.split("-----BEGIN PUBLIC KEY-----").skip(1) {
            let (base64, _) = part.split_once("-----END PUBLIC KEY-----").ok_or(KeyError::Text)?;
            let base64: String = base64.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            let info = Base64::decode_to_vec(base64, None).map_err(|_| KeyError::Text)?;
            let bytes = info.strip_prefix(&INFO).and_then(|bytes| bytes.try_into().ok());
            let key =
                VerifyingKey::from_bytes(bytes.ok_or(KeyError::Algorithm)?).map_err(|_| KeyError::Weak)?;
            if key.is_weak() {
                return Err(KeyError::Weak);
            }
            if keys.len() == KEYS {
                return Err(KeyError::Many);
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyError::None) } else { Ok(Keys(keys)) }
    }
}

/// The parts of an envelope; what else is in one is ignored, as the specification wants it.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "payloadType")]
    payload_type: String,
    payload: String,
    signatures: Vec<Signed>,
}

#[derive(Deserialize)]
struct Signed {
    sig: String,
}

/// Whether a text is meant to be an envelope, rather than a statement as it is.
pub fn is_envelope(text: &str) -> bool {
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
        .is_ok_and(|object| object.contains_key("payloadType") || object.contains_key("signatures"))
}

/// The payload of an envelope that one of the keys signed.
///
/// # Errors
///
/// Why it is not believed.
pub fn open(text: &str, keys: &Keys) -> Result<Vec<u8>, EnvelopeError> {
    let (payload, signatures) = parts(text)?;
    let message = encoded(&payload);
    let good =
        |signature: &Signature| keys.0.iter().any(|key| key.verify_strict(&message, signature).is_ok());
    if signatures.iter().any(good) { Ok(payload) } else { Err(EnvelopeError::Signature) }
}

/// The payload of an envelope, whoever signed it.
///
/// # Errors
///
/// It is none.
pub fn unsigned(text: &str) -> Result<Vec<u8>, EnvelopeError> {
    parts(text).map(|(payload, _)| payload)
}

fn parts(text: &str) -> Result<(Vec<u8>, Vec<Signature>), EnvelopeError> {
    let envelope: Envelope =
        serde_json::from_str(text).map_err(|error| EnvelopeError::Format(error.to_string()))?;
    if envelope.payload_type != PAYLOAD_TYPE {
        return Err(EnvelopeError::Type(envelope.payload_type));
    }
    let payload = base64(&envelope.payload).ok_or(EnvelopeError::Base64("payload"))?;
    if envelope.signatures.is_empty() {
        return Err(EnvelopeError::Unsigned);
    }
    if envelope.signatures.len() > SIGNATURES {
        return Err(EnvelopeError::Many);
    }
    let mut signatures = Vec::new();
    for signed in &envelope.signatures {
        let bytes = base64(&signed.sig).ok_or(EnvelopeError::Base64("signature"))?;
        // Those of other algorithms have other sizes, and may stand beside ours.
        signatures.extend(Signature::from_slice(&bytes));
    }
    Ok((payload, signatures))
}

/// Base64 in either alphabet, with padding or without: the specification lets a signer choose.
fn base64(text: &str) -> Option<Vec<u8>> {
    let standard = Base64::decode_to_vec(text, None).or_else(|_| Base64NoPadding::decode_to_vec(text, None));
    let url = || {
        Base64UrlSafe::decode_to_vec(text, None)
            .or_else(|_| Base64UrlSafeNoPadding::decode_to_vec(text, None))
    };
    standard.or_else(|_| url()).ok()
}

/// What is signed: DSSE's pre-authentication encoding of type and payload.
fn encoded(payload: &[u8]) -> Vec<u8> {
    let mut message = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len()).into_bytes();
    message.extend_from_slice(payload);
    message
}
