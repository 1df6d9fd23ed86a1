//! The words of expressions, on nom: names, numbers, texts and their escapes.

use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{opt, recognize, value};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::pair;
use nom::{IResult, Parser};

use super::{Kind, TypeName};

/// Where reading stopped, and what was expected there.
#[derive(Debug)]
pub(super) struct Stop<'a> {
    pub(super) rest: &'a str,
    pub(super) expected: &'static str,
}

impl<'a> ParseError<&'a str> for Stop<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> Self {
        Stop { rest, expected: "a value" }
    }
    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

pub(super) type Read<'a, T> = IResult<&'a str, T, Stop<'a>>;

pub(super) fn stop<'a, T>(rest: &'a str, expected: &'static str) -> Read<'a, T> {
    Err(nom::Err::Failure(Stop { rest, expected }))
}

/// What follows white space; a backslash at the end of a line is white space too.
pub(super) fn space(mut i: &str) -> &str {
    loop {
        i = i.trim_start_matches([' ', '\t', '\n', '\r']);
        match i.strip_prefix("\\\n") {
            Some(rest) => i = rest,
            None => return i,
        }
    }
}

/// A name; capitals are read here, so that an unknown name is what is wrong with them.
pub(super) fn word(i: &str) -> Read<'_, &str> {
    let first = satisfy(|c| c.is_ascii_alphabetic() || c == '_');
    recognize(pair(first, take_while(is_name_part))).parse(i)
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A fixed token after white space.
pub(super) fn token<'a>(i: &'a str, text: &'static str) -> Option<&'a str> {
    space(i).strip_prefix(text)
}

/// A keyword after white space, not the start of a longer word.
pub(super) fn keyword<'a>(i: &'a str, text: &'static str) -> Option<&'a str> {
    token(i, text).filter(|rest| !rest.starts_with(is_name_part))
}

/// `a::b[]>` with its closing bracket.
pub(super) fn type_name(i: &str) -> Read<'_, TypeName> {
    let (rest, name) = type_path(i)?;
    match token(rest, ">") {
        Some(rest) => Ok((rest, name)),
        None => stop(space(rest), "`>`"),
    }
}

/// `a::b[]`
pub(super) fn type_path(i: &str) -> Read<'_, TypeName> {
    let start = space(i);
    let (mut rest, absolute) = match start.strip_prefix("::") {
        Some(rest) => (rest, true),
        None => (start, false),
    };
    let mut path = Vec::new();
    loop {
        let Ok((after, next)) = word(space(rest)) else { return stop(space(rest), "a type name") };
        path.push(next.to_string());
        rest = after;
        match token(after, "::") {
            Some(more) => rest = more,
            None => break,
        }
    }
    let (rest, array) = match token(rest, "[").and_then(|r| token(r, "]")) {
        Some(after) => (after, true),
        None => (rest, false),
    };
    Ok((rest, TypeName { path, absolute, array }))
}

/// A quoted text: raw in single quotes, with escapes in double quotes.
pub(super) fn string(i: &str) -> Read<'_, String> {
    if let Some(rest) = i.strip_prefix('\'') {
        let (rest, text) = take_while(|c| c != '\'').parse(rest)?;
        return match rest.strip_prefix('\'') {
            Some(rest) => Ok((rest, text.to_string())),
            None => stop(rest, "a closing `'`"),
        };
    }
    let (rest, text) = escaped(i.strip_prefix('"').unwrap_or(i), &['"'])?;
    match rest.strip_prefix('"') {
        Some(rest) => Ok((rest, text)),
        None => stop(rest, "a closing `\"`"),
    }
}

/// Text up to one of `ends` or the end of all, with its escapes resolved.
pub(super) fn escaped<'a>(i: &'a str, ends: &[char]) -> Read<'a, String> {
    let mut text = String::new();
    let mut rest = i;
    loop {
        let plain;
        (rest, plain) = take_while(|c| c != '\\' && !ends.contains(&c)).parse(rest)?;
        text.push_str(plain);
        let Some(after) = rest.strip_prefix('\\') else { return Ok((rest, text)) };
        let c;
        (rest, c) = escape(after)?;
        text.push(c);
    }
}

fn escape(i: &str) -> Read<'_, char> {
    const EXPECTED: &str = "a character's number";
    if let Some(rest) = i.strip_prefix('u') {
        let (after, first) = unit(rest)?;
        if let Some(c) = char::from_u32(first) {
            return Ok((after, c));
        }
        // Two halves of a character beyond the first 65,536.
        let second = after.strip_prefix("\\u").map(unit);
        let Some(Ok((after, second @ 0xdc00..0xe000))) = second else { return stop(rest, EXPECTED) };
        let both = (first & 0x3ff) << 10 | (second & 0x3ff);
        return match char::from_u32(0x1_0000 + both) {
            Some(c) if first < 0xdc00 => Ok((after, c)),
            _ => stop(rest, EXPECTED),
        };
    }
    if i.starts_with(|c: char| c.is_digit(8)) {
        let (rest, run) = take_while(|c: char| c.is_digit(8)).parse(i)?;
        let number = u32::from_str_radix(run, 8).ok().filter(|n| *n <= 0xffff);
        return match number.and_then(char::from_u32) {
            Some(c) => Ok((rest, c)),
            None => stop(i, EXPECTED),
        };
    }
    alt((
        value('\u{7}', char('a')),
        value('\u{8}', char('b')),
        value('\t', char('t')),
        value('\n', char('n')),
        value('\u{b}', char('v')),
        value('\u{c}', char('f')),
        value('\r', char('r')),
        value('\u{1b}', char('e')),
        value('"', char('"')),
        value('\'', char('\'')),
        value('\\', char('\\')),
    ))
    .parse(i)
    .or_else(|_: nom::Err<Stop<'_>>| stop(i, "a known escape"))
}

/// The four hexadecimal digits of `\u0041`.
fn unit(i: &str) -> Read<'_, u32> {
    let digits = i.get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match (number, i.get(4..)) {
        (Some(number), Some(rest)) => Ok((rest, number)),
        _ => stop(i, "a character's number"),
    }
}

/// An integer or a float, without a sign.
pub(super) fn number(i: &str) -> Read<'_, Kind> {
    let digits = |radix: u32| move |c: char| c.is_digit(radix) || c == '_';
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0b", "0B"], 2), (["0o", "0O"], 8)] {
        if let Some(rest) = prefixes.iter().find_map(|p| i.strip_prefix(p)) {
            let Ok((rest, run)) = take_while1::<_, _, Stop<'_>>(digits(radix)).parse(rest) else {
                return stop(rest, "digits");
            };
            return integer(i, rest, run, radix);
        }
    }
    let (rest, run) = take_while(digits(10)).parse(i)?;
    let fraction = pair(char('.'), take_while1(digits(10)));
    let sign = opt(alt((char('+'), char('-'))));
    let exponent = (alt((char('e'), char('E'))), sign, take_while1(digits(10)));
    let (mut after, mut tail) = recognize((opt(fraction), opt(exponent))).parse(rest)?;
    if tail.is_empty() {
        // `1.` is a float too, unless a name follows: that would be a method.
        let point = rest.strip_prefix('.');
        let method = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '.';
        match point.filter(|after| !space(after).starts_with(method)) {
            Some(point) => (after, tail) = (point, "."),
            None => return integer(i, rest, run, 10),
        }
    }
    let text: String = run.chars().chain(tail.chars()).filter(|c| *c != '_').collect();
    match text.parse() {
        Ok(number) => Ok((after, Kind::Float(number))),
        Err(_) => stop(i, "a number"),
    }
}

fn integer<'a>(i: &'a str, rest: &'a str, run: &str, radix: u32) -> Read<'a, Kind> {
    if radix == 10 && run.len() > 1 && run.starts_with('0') {
        return stop(i, "a number without zeroes before it");
    }
    let digits: String = run.chars().filter(|c| *c != '_').collect();
    if digits.is_empty() {
        return stop(i, "digits");
    }
    match i128::from_str_radix(&digits, radix) {
        Ok(number) if number <= i128::from(u64::MAX) => Ok((rest, Kind::Int(number))),
        _ => stop(i, "an integer of at most 64 bits"),
    }
}
