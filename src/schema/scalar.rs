//! Plain scalars of YAML as numbers, truth values and nothing.
//!
//! Schemas are written for YAML 1.1, whose integers and truth values have more forms than those of YAML 1.2.
//! Names stay names: a field called `on` is one, though YAML 1.1 has a truth value of that spelling.

use crate::text::Text;

/// Whether a scalar is YAML's null.
pub fn is_null(text: &Text) -> bool {
    !text.quoted && matches!(text.value.as_str(), "" | "~" | "null" | "Null" | "NULL")
}

/// A truth value: `true` and `false`, and the other words of YAML 1.1.
///
/// ```
/// use bootgate::schema::scalar::boolean;
/// assert_eq!([boolean("true"), boolean("Off"), boolean("1")], [Some(true), Some(false), None]);
/// ```
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// An integer: decimal, `0x`, `0b`, octal as `0o17` or `017`, with a sign, and with `_` anywhere after the prefix.
///
/// ```
/// use bootgate::schema::scalar::integer;
/// assert_eq!([integer("-0b1_01"), integer("017"), integer("0o17")], [Some(-5), Some(15), Some(15)]);
/// assert_eq!([integer("08"), integer("1.5"), integer("_1")], [None, None, None]);
/// ```
pub fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let prefixes = [("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)];
    let (digits, radix) = prefixes
        .iter()
        .find_map(|(prefix, radix)| {
            Some((digits.strip_prefix(prefix).filter(|rest| !rest.is_empty())?, *radix))
        })
        .unwrap_or((digits, 10));
    if radix == 10 && !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut value = 0i128;
    let mut some = false;
    for c in digits.chars().filter(|c| *c != '_') {
        let digit = i128::from(c.to_digit(radix)?);
        value = value.checked_mul(i128::from(radix))?;
        value = if negative { value.checked_sub(digit)? } else { value.checked_add(digit)? };
        some = true;
    }
    some.then_some(value)
}

/// What an expression language without YAML's other forms of integers and truth values reads a scalar as.
///
/// ```
/// use bootgate::schema::scalar::plain;
/// assert_eq!([plain("017"), plain("+5"), plain("True")], ["15", "5", "true"].map(|t| Some(t.to_string())));
/// assert_eq!([plain("0x1f"), plain("len"), plain("on")], [None, None, None]);
/// ```
pub fn plain(text: &str) -> Option<String> {
    if matches!(text, "True" | "TRUE" | "False" | "FALSE") {
        return Some(text.to_ascii_lowercase());
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let octal = digits.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if text.starts_with('+') || octal { integer(text).map(|value| value.to_string()) } else { None }
}
