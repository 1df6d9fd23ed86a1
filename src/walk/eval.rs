//! Operators and methods on values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::num::IntErrorKind;

use super::memory::Memory;
use super::number;
use super::trouble::Trouble;
use super::value::{ArrayId, Slice, Value};
use crate::encoding::Encoding;
use crate::layout::Method;
use crate::schema::expr::{Binary, Unary};

/// What an operation gives, or why it gives nothing.
pub(crate) type Eval = Result<Value, Trouble>;

/// An operator on one known value.
pub(crate) fn unary(op: Unary, value: Value) -> Eval {
    match (op, value) {
        (Unary::Minus, Value::Int(n)) => n.checked_neg().map(Value::Int).ok_or(Trouble::Overflow),
        (Unary::Minus, Value::Float(n)) => Ok(Value::Float(-n)),
        (Unary::Invert, Value::Int(n)) => Ok(Value::Int(!n)),
        (Unary::Not, Value::Bool(b)) => Ok(Value::Bool(!b)),
        _ => Err(Trouble::OtherType),
    }
}

/// An operator on two known values.
pub(crate) fn binary(op: Binary, a: Value, b: Value, store: &mut impl Memory) -> Eval {
    if let (Value::Int(a), Value::Int(b)) = (a, b)
        && !is_comparison(op)
    {
        return number::binary(op, a, b).map(Value::Int);
    }
    if is_comparison(op) {
        if matches!(op, Binary::Eq | Binary::Ne) {
            return equal(a, b, store).map(|same| Value::Bool(same == (op == Binary::Eq)));
        }
        let order = compare(a, b, store)?;
        return Ok(Value::Bool(match op {
            Binary::Lt => order == Some(Ordering::Less),
            Binary::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Binary::Gt => order == Some(Ordering::Greater),
            _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }));
    }
    match (op, a, b) {
        (Binary::Add, Value::Str(a), Value::Str(b)) => {
            store.spend_decoded(a.len.saturating_add(b.len))?;
            let both = [store.bytes(a), store.bytes(b)].concat();
            Ok(Value::Str(store.compute(&both)))
        }
        (_, Value::Int(_) | Value::Float(_), Value::Int(_) | Value::Float(_)) => {
            let (a, b) = (float(a), float(b));
            Ok(Value::Float(match op {
                Binary::Add => a + b,
                Binary::Sub => a - b,
                Binary::Mul => a * b,
                Binary::Div | Binary::Mod if b == 0.0 => return Err(Trouble::DivisionByZero),
                Binary::Div => a / b,
                // With the sign of the divisor, as for integers.
                Binary::Mod => match a % b {
                    0.0 => 0f64.copysign(b),
                    rest if (rest < 0.0) != (b < 0.0) => rest + b,
                    rest => rest,
                },
                _ => return Err(Trouble::OtherType),
            }))
        }
        _ => Err(Trouble::OtherType),
    }
}

fn is_comparison(op: Binary) -> bool {
    matches!(op, Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge)
}

/// The nearest float: what the language says when integers and floats meet.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn float(value: Value) -> f64 {
    match value {
        Value::Int(n) => n as f64,
        Value::Float(n) => n,
        _ => f64::NAN,
    }
}

/// Whether two known values are equal.
pub(crate) fn equal(a: Value, b: Value, store: &mut impl Memory) -> Result<bool, Trouble> {
    compare(a, b, store).map(|order| order == Some(Ordering::Equal))
}

/// Whether a known value says nothing: it is empty, or nothing but white space or zero bytes.
pub(crate) fn is_blank(value: Value, store: &mut impl Memory) -> Result<bool, Trouble> {
    match value {
        Value::Str(slice) => {
            store.spend_scanned(slice.len)?;
            Ok(store.text(slice).chars().all(|c| c.is_whitespace() || c == '\0'))
        }
        Value::Bytes(slice) => {
            store.spend_scanned(slice.len)?;
            Ok(store.bytes(slice).iter().all(|b| b.is_ascii_whitespace() || *b == 0))
        }
        Value::Array(array) => Ok(store.elements(array).is_empty()),
        _ => Ok(false),
    }
}

/// The order of two known values; none where one is not a number.
pub(crate) fn compare(a: Value, b: Value, store: &mut impl Memory) -> Result<Option<Ordering>, Trouble> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Ok(Some(a.cmp(&b))),
        (Value::Bool(a), Value::Bool(b)) => Ok(Some(a.cmp(&b))),
        (Value::Str(a), Value::Str(b)) | (Value::Bytes(a), Value::Bytes(b)) => {
            store.spend_scanned(a.len.min(b.len))?;
            Ok(Some(store.bytes(a).cmp(store.bytes(b))))
        }
        (Value::Float(a), Value::Float(b)) => Ok(a.partial_cmp(&b)),
        (Value::Int(a), Value::Float(b)) => Ok(mixed(a, b)),
        (Value::Float(a), Value::Int(b)) => Ok(mixed(b, a).map(Ordering::reverse)),
        _ => Err(Trouble::OtherType),
    }
}

/// The order of an integer and a float, exactly.
fn mixed(a: i128, b: f64) -> Option<Ordering> {
    match float(Value::Int(a)).partial_cmp(&b)? {
        // The nearest float is the same: it is a whole number, which the integer may be next to.
        Ordering::Equal => Some(format!("{b:.0}").parse::<i128>().map_or(Ordering::Less, |b| a.cmp(&b))),
        order => Some(order),
    }
}

/// An element of a list, or a byte.
pub(crate) fn subscript(base: Value, index: Value, store: &impl Memory) -> Eval {
    let Value::Int(index) = index else { return Err(Trouble::OtherType) };
    let row = usize::try_from(index).ok();
    let (found, len) = match base {
        Value::Array(array) => {
            let elements = store.elements(array);
            (row.and_then(|row| elements.get(row)).copied(), elements.len())
        }
        Value::Bytes(slice) => {
            let bytes = store.bytes(slice);
            (row.and_then(|row| bytes.get(row)).map(|b| Value::Int(i128::from(*b))), bytes.len())
        }
        _ => return Err(Trouble::OtherType),
    };
    found.ok_or(Trouble::Index { index, len: len as u64 })
}

/// A method of a known value.
pub(crate) fn method(method: Method, base: Value, args: &[Value], store: &mut impl Memory) -> Eval {
    let int = |n: u64| Ok(Value::Int(i128::from(n)));
    let arg = |row: usize| match args.get(row) {
        Some(Value::Int(n)) => Ok(*n),
        _ => Err(Trouble::OtherType),
    };
    let looked_at = match base {
        Value::Str(slice) => slice.len,
        Value::Bytes(slice) if matches!(method, Method::Decode(_) | Method::Min | Method::Max) => slice.len,
        Value::Array(array) if matches!(method, Method::Min | Method::Max | Method::Pack) => {
            store.elements(array).len() as u64
        }
        _ => 0,
    };
    store.spend_scanned(looked_at)?;
    match (method, base) {
        (Method::Length, Value::Array(array)) => int(store.elements(array).len() as u64),
        (Method::Length, Value::Bytes(slice)) => int(slice.len),
        (Method::Length, Value::Str(slice)) => int(store.text(slice).chars().count() as u64),
        (Method::First, base) => subscript(base, Value::Int(0), store),
        (Method::Last, Value::Bytes(slice)) => subscript(base, Value::Int(i128::from(slice.len) - 1), store),
        (Method::Last, Value::Array(array)) => {
            let last = i128::try_from(store.elements(array).len()).unwrap_or(0) - 1;
            subscript(base, Value::Int(last), store)
        }
        (Method::Min | Method::Max, Value::Array(array)) => extreme(method, array, store),
        (Method::Min | Method::Max, Value::Bytes(slice)) => {
            let bytes = store.bytes(slice).iter();
            let found = if method == Method::Min { bytes.min() } else { bytes.max() };
            found.map(|b| Value::Int(i128::from(*b))).ok_or(Trouble::Index { index: 0, len: 0 })
        }
        (Method::StreamSize, Value::Stream(id)) => int(store.window(id).0),
        (Method::StreamPos, Value::Stream(id)) => int(store.window(id).1),
        (Method::StreamEof, Value::Stream(id)) => Ok(Value::Bool(store.window(id).2)),
        (Method::ToInt, Value::Int(n)) => Ok(Value::Int(n)),
        (Method::ToInt, Value::Bool(b)) => Ok(Value::Int(i128::from(b))),
        (Method::ToInt, Value::Float(n)) if n.is_finite() => {
            // Towards zero; the decimal text is exact where a cast would clamp.
            integer(&format!("{:.0}", n.trunc()), 10)
        }
        (Method::ToInt, Value::Float(_)) => Err(Trouble::NotANumber),
        (Method::ParseInt, Value::Str(slice)) => {
            let radix = if args.is_empty() { 10 } else { arg(0)? };
            let radix = u32::try_from(radix).ok().filter(|r| (2..=36).contains(r));
            radix.ok_or(Trouble::NotANumber).and_then(|radix| integer(store.text(slice), radix))
        }
        (Method::ToText, Value::Int(n)) => {
            let text = n.to_string();
            store.spend_decoded(text.len() as u64)?;
            Ok(Value::Str(store.compute(text.as_bytes())))
        }
        (Method::Decode(encoding), Value::Bytes(slice)) => decode(encoding, slice, store),
        (Method::Reverse, Value::Str(slice)) => {
            store.spend_decoded(slice.len)?;
            let back: String = store.text(slice).chars().rev().collect();
            Ok(Value::Str(store.compute(back.as_bytes())))
        }
        (Method::Substring, Value::Str(slice)) => substring(slice, arg(0)?, arg(1)?, store),
        (Method::Pack, Value::Array(array)) => pack(array, store),
        (Method::Pack, Value::Bytes(_)) => Ok(base),
        _ => Err(Trouble::OtherType),
    }
}

/// The least or the greatest element; unknown if one is.
fn extreme(method: Method, array: ArrayId, store: &mut impl Memory) -> Eval {
    let wanted = if method == Method::Min { Ordering::Less } else { Ordering::Greater };
    let mut best: Option<Value> = None;
    for row in 0..store.elements(array).len() {
        let Some(element) = store.elements(array).get(row).copied() else { break };
        match (best, element) {
            (_, Value::Unknown(_)) => return Ok(element),
            (_, Value::Absent) => return Err(Trouble::Missing),
            (None, _) => best = Some(element),
            (Some(now), _) if compare(element, now, store)? == Some(wanted) => best = Some(element),
            _ => {}
        }
    }
    best.ok_or(Trouble::Index { index: 0, len: 0 })
}

/// The lowest eight bits of each integer of a list; unknown if one is.
fn pack(array: ArrayId, store: &mut impl Memory) -> Eval {
    store.spend_decoded(store.elements(array).len() as u64)?;
    let mut bytes = Vec::new();
    for element in store.elements(array) {
        match element {
            Value::Unknown(_) => return Ok(*element),
            Value::Int(n) => bytes.extend(u8::try_from(n & 0xff)),
            _ => return Err(Trouble::OtherType),
        }
    }
    Ok(Value::Bytes(store.compute(&bytes)))
}

/// The text that bytes encode; the bytes stay where they are if they are that text in UTF-8.
pub(crate) fn decode(encoding: Encoding, slice: Slice, store: &mut impl Memory) -> Eval {
    store.fits_text(slice.len)?;
    let text = match encoding.decode(store.bytes(slice)) {
        Ok(Cow::Borrowed(_)) => return Ok(Value::Str(slice)),
        Ok(Cow::Owned(text)) => text,
        Err(good) => return Err(Trouble::Encoding(good as u64)),
    };
    store.spend_decoded(text.len() as u64)?;
    Ok(Value::Str(store.compute(text.as_bytes())))
}

fn substring(slice: Slice, from: i128, to: i128, store: &impl Memory) -> Eval {
    let text = store.text(slice);
    let len = text.chars().count() as u64;
    // What lies behind the end is not there, and nothing lies between places in the wrong order.
    let offset = |n: i128| {
        let n = u64::try_from(n).map_err(|_| Trouble::Index { index: n, len })?;
        let places = text.char_indices().map(|(at, _)| at);
        Ok(usize::try_from(n).ok().and_then(|n| places.clone().nth(n)).unwrap_or(text.len()))
    };
    let start = offset(from)?;
    let end = offset(to)?.max(start);
    Ok(Value::Str(Slice { start: slice.start + start as u64, len: (end - start) as u64, ..slice }))
}

/// The integer of a text, with a radix from 2 to 36.
fn integer(text: &str, radix: u32) -> Result<Value, Trouble> {
    i128::from_str_radix(text, radix).map(Value::Int).map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => Trouble::Overflow,
        _ => Trouble::NotANumber,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_too_large_is_told_from_what_is_no_number() {
        assert_eq!(integer("-170141183460469231731687303715884105728", 10), Ok(Value::Int(i128::MIN)));
        assert_eq!(integer("170141183460469231731687303715884105728", 10), Err(Trouble::Overflow));
        assert_eq!(integer(&format!("{:.0}", -1e39), 10), Err(Trouble::Overflow));
        assert_eq!(integer("12x4", 10), Err(Trouble::NotANumber));
    }

    #[test]
    fn integers_and_floats_are_compared_exactly() {
        let big = 1i128 << 60;
        for (a, b, order) in [
            (1, 1.0, Some(Ordering::Equal)),
            (1, 1.5, Some(Ordering::Less)),
            (-1, -1.5, Some(Ordering::Greater)),
            (big, 1_152_921_504_606_846_976.0, Some(Ordering::Equal)),
            (big + 1, 1_152_921_504_606_846_976.0, Some(Ordering::Greater)),
            (big - 1, 1_152_921_504_606_846_976.0, Some(Ordering::Less)),
            (i128::MAX, f64::INFINITY, Some(Ordering::Less)),
            (0, f64::NAN, None),
        ] {
            assert_eq!(mixed(a, b), order, "{a} {b}");
        }
    }
}
