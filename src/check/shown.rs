//! Values as people read them.

use super::words::Words;
use crate::checksum::{Algorithm, Sum, Width};
use crate::layout::ty::Ty;
use crate::layout::{ExprId, ExprKind, Layout};
use crate::walk::{Store, Value};

/// Bytes of a value that are shown.
const SHOWN: usize = 16;
/// Characters of a text that are shown.
const SHOWN_TEXT: usize = 80;

impl Words<'_> {
    /// A value, as people read it.
    pub(super) fn value(&self, value: Value, ty: Option<&Ty>, store: &Store<'_, '_>) -> String {
        match (value, ty) {
            (Value::Int(n), Some(Ty::Enum(id))) => match self.plan.layout.enums[*id].name_of(n) {
                Some(name) => format!("{name} ({n})"),
                None => number(n),
            },
            (Value::Int(n), _) => number(n),
            (Value::Float(n), _) => n.to_string(),
            (Value::Bool(b), _) => b.to_string(),
            (Value::Bytes(slice), _) => hex(store.bytes(slice)),
            (Value::Str(slice), _) => quoted(store.text(slice)),
            (Value::Object(_), _) => "an object".into(),
            (Value::Array(array), _) => format!("a list of {}", store.elements(array).len()),
            (Value::Stream(_), _) => "a stream".into(),
            (Value::Absent | Value::Pending | Value::Busy | Value::Unknown(_), _) => "nothing".into(),
        }
    }

    /// The value of a key, or of one that is told by its number, as people read it.
    pub(super) fn key(&self, asked: ExprId, key: i128, store: &Store<'_, '_>) -> String {
        let exprs = &self.plan.layout.exprs;
        match exprs[asked].kind {
            ExprKind::Intern(value) => match (store.key(key), &exprs[value].ty) {
                (Some(text), Ty::Str) => quoted(text),
                _ => hex(store.key_bytes(key).unwrap_or_default()),
            },
            _ => self.value(Value::Int(key), Some(&exprs[asked].ty), store),
        }
    }
}

/// The value of an answer as baselines have it: the name of an enum's member, a text as it is, else a number; bytes
/// as digits.
pub(super) fn baseline_word(layout: &Layout, asked: ExprId, value: i128, store: &Store<'_, '_>) -> String {
    match (&layout.exprs[asked].kind, &layout.exprs[asked].ty) {
        (ExprKind::Intern(inner), _) => match (store.key(value), &layout.exprs[*inner].ty) {
            (Some(text), Ty::Str) => text.to_string(),
            _ => store.key_bytes(value).unwrap_or_default().iter().map(|b| format!("{b:02x}")).collect(),
        },
        (_, Ty::Enum(id)) => {
            layout.enums[*id].name_of(value).map_or_else(|| value.to_string(), str::to_string)
        }
        _ => value.to_string(),
    }
}

/// A text in quotes, or the beginning of a long one.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(SHOWN_TEXT).and_then(|(end, _)| text.get(..end)) {
        Some(start) => format!("\"{start}…\" ({} bytes)", text.len()),
        None => format!("\"{text}\""),
    }
}

/// An integer in decimal, and in hexadecimal where that differs.
pub(super) fn number(n: i128) -> String {
    if (0..10).contains(&n) {
        n.to_string()
    } else if n < 0 {
        format!("{n} (-{:#x})", n.unsigned_abs())
    } else {
        format!("{n} ({n:#x})")
    }
}

pub(super) fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".into() } else { format!("{count} bytes") }
}

/// A checksum as people compare it: as many digits as its algorithm gives.
pub(super) fn sum_shown(sum: &Sum, algorithm: Option<Algorithm>) -> String {
    match (sum, algorithm.map(Algorithm::width)) {
        (Sum::Int(n), Some(Width::Int(bytes))) => {
            format!("0x{n:0digits$x}", digits = usize::from(bytes) * 2)
        }
        (Sum::Int(n), _) => format!("{n:#x}"),
        (Sum::Bytes(bytes), _) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Bytes in hexadecimal, and as text where they are that.
pub(super) fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(SHOWN).map(|b| format!("{b:02x}")).collect();
    let printable =
        !bytes.is_empty() && bytes.len() <= SHOWN && bytes.iter().all(|b| (0x20..0x7f).contains(b));
    match (bytes.len(), printable) {
        (0, _) => "nothing".into(),
        (len, _) if len > SHOWN => format!("{} … ({len} bytes)", shown.join(" ")),
        (_, true) => format!("{} \"{}\"", shown.join(" "), String::from_utf8_lossy(bytes)),
        _ => shown.join(" "),
    }
}
