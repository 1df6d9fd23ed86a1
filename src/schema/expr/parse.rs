//! The grammar of expressions, on nom, from loosest to tightest binding.

use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{anychar, char, satisfy};
use nom::combinator::{opt, peek, recognize, value};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::pair;
use nom::{IResult, Parser};

use super::{Ast, Binary, Kind, Node, NodeId, SyntaxError, TypeCall, TypeName, Unary};
use crate::limits;

/// Reads a whole text as one expression.
///
/// ```
/// use bootgate::schema::expr::parse;
/// assert!(parse("len * 2 + 1").is_ok());
/// assert_eq!(parse("len *").unwrap_err().at, 5);
/// ```
pub fn parse(text: &str) -> Result<Ast, SyntaxError> {
    if text.len() > limits::EXPRESSION_BYTES {
        return Err(SyntaxError { at: 0, expected: "a shorter expression" });
    }
    let mut grammar = Grammar { text, nodes: Vec::new(), depths: Vec::new(), open: 0 };
    let at = |rest: &str| text.len() - rest.len();
    match grammar.test(text) {
        Ok((rest, root)) => {
            let rest = space(rest);
            if rest.is_empty() {
                return Ok(Ast { nodes: grammar.nodes, root });
            }
            Err(SyntaxError { at: at(rest), expected: "an operator or the end" })
        }
        Err(nom::Err::Error(e) | nom::Err::Failure(e)) => {
            Err(SyntaxError { at: at(e.rest), expected: e.expected })
        }
        Err(nom::Err::Incomplete(_)) => Err(SyntaxError { at: text.len(), expected: "more text" }),
    }
}

/// Reads a whole text as the name of a type, with or without arguments.
///
/// ```
/// use bootgate::schema::expr::parse_type;
/// assert!(parse_type("record(len, 2)").is_ok_and(|call| call.args.is_some()));
/// ```
pub fn parse_type(text: &str) -> Result<TypeCall, SyntaxError> {
    let mut grammar = Grammar { text, nodes: Vec::new(), depths: Vec::new(), open: 0 };
    let at = |rest: &str| text.len() - rest.len();
    let read = (|| {
        let (rest, name) = type_path(text)?;
        let Some(inner) = token(rest, "(") else { return Ok((rest, TypeCall { name, args: None })) };
        let (rest, args) = grammar.list(inner, ")", "`,` or `)`")?;
        let (rest, root) = grammar.node(inner, rest, Kind::List(args))?;
        let nodes = std::mem::take(&mut grammar.nodes);
        Ok((rest, TypeCall { name, args: Some(Ast { nodes, root }) }))
    })();
    match read {
        Ok((rest, call)) if space(rest).is_empty() => Ok(call),
        Ok((rest, _)) => Err(SyntaxError { at: at(space(rest)), expected: "the end" }),
        Err(nom::Err::Error(e) | nom::Err::Failure(e)) => {
            Err(SyntaxError { at: at(e.rest), expected: e.expected })
        }
        Err(nom::Err::Incomplete(_)) => Err(SyntaxError { at: text.len(), expected: "more text" }),
    }
}

/// Where reading stopped, and what was expected there.
#[derive(Debug)]
struct Stop<'a> {
    rest: &'a str,
    expected: &'static str,
}

impl<'a> ParseError<&'a str> for Stop<'a> {
    fn from_error_kind(rest: &'a str, _: ErrorKind) -> Self {
        Stop { rest, expected: "a value" }
    }
    fn append(_: &'a str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Read<'a, T> = IResult<&'a str, T, Stop<'a>>;

fn stop<'a, T>(rest: &'a str, expected: &'static str) -> Read<'a, T> {
    Err(nom::Err::Failure(Stop { rest, expected }))
}

fn space(i: &str) -> &str {
    i.trim_start_matches([' ', '\t', '\n', '\r'])
}

fn word(i: &str) -> Read<'_, &str> {
    let first = satisfy(|c| c.is_ascii_alphabetic() || c == '_');
    recognize(pair(first, take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'))).parse(i)
}

/// A fixed token after white space.
fn token<'a>(i: &'a str, text: &'static str) -> Option<&'a str> {
    space(i).strip_prefix(text)
}

/// A keyword after white space, not the start of a longer word.
fn keyword<'a>(i: &'a str, text: &'static str) -> Option<&'a str> {
    let rest = token(i, text)?;
    (!rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')).then_some(rest)
}

struct Grammar<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    depths: Vec<u32>,
    /// Levels of the host's stack in use.
    open: u32,
}

/// An operator's token and what it means.
type Operator = (&'static str, Binary);

/// Binary operators, loosest first; a level's tokens in the order to try.
const LEVELS: &[&[Operator]] = &[
    &[("|", Binary::BitOr)],
    &[("^", Binary::BitXor)],
    &[("&", Binary::BitAnd)],
    &[("<<", Binary::Shl), (">>", Binary::Shr)],
    &[("+", Binary::Add), ("-", Binary::Sub)],
    &[("*", Binary::Mul), ("/", Binary::Div), ("%", Binary::Mod)],
];

const COMPARISONS: &[Operator] = &[
    ("==", Binary::Eq),
    ("!=", Binary::Ne),
    ("<=", Binary::Le),
    (">=", Binary::Ge),
    ("<", Binary::Lt),
    (">", Binary::Gt),
];

impl<'a> Grammar<'a> {
    fn node(&mut self, from: &'a str, rest: &'a str, kind: Kind) -> Read<'a, NodeId> {
        let child = |id: &NodeId| usize::try_from(id.0).ok().and_then(|n| self.depths.get(n)).copied();
        let below = match &kind {
            Kind::Unary(_, a) | Kind::Field(a, _) | Kind::Cast(a, _) => child(a),
            Kind::Binary(_, a, b) | Kind::Subscript(a, b) => child(a).max(child(b)),
            Kind::Choice(a, b, c) => child(a).max(child(b)).max(child(c)),
            Kind::Call(a, _, args) => args.iter().map(child).fold(child(a), Option::max),
            Kind::List(items) | Kind::Function(_, items) => items.iter().map(child).fold(None, Option::max),
            _ => None,
        };
        let depth = below.unwrap_or(0) + 1;
        let Some(id) = u32::try_from(self.nodes.len()).ok().filter(|_| depth <= limits::EXPRESSION_DEPTH)
        else {
            return stop(from, "fewer nested levels");
        };
        let start = self.text.len() - space(from).len();
        let end = self.text.len() - rest.len();
        self.nodes.push(Node { kind, range: start..end.max(start) });
        self.depths.push(depth);
        Ok((rest, NodeId(id)))
    }

    /// One more level of the host's stack, within the limit.
    fn nested<T>(&mut self, i: &'a str, read: impl FnOnce(&mut Self) -> Read<'a, T>) -> Read<'a, T> {
        if self.open >= limits::EXPRESSION_NESTING {
            return stop(i, "fewer nested levels");
        }
        self.open += 1;
        let result = read(self);
        self.open -= 1;
        result
    }

    fn test(&mut self, i: &'a str) -> Read<'a, NodeId> {
        self.nested(i, |g| {
            let (rest, condition) = g.or(i)?;
            let Some(after) = token(rest, "?") else { return Ok((rest, condition)) };
            let (rest, yes) = g.test(after)?;
            let Some(after) = token(rest, ":") else { return stop(space(rest), "`:`") };
            let (rest, no) = g.test(after)?;
            g.node(i, rest, Kind::Choice(condition, yes, no))
        })
    }

    fn or(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let (mut rest, mut left) = self.and(i)?;
        while let Some(after) = keyword(rest, "or") {
            let right;
            (rest, right) = self.and(after)?;
            (rest, left) = self.node(i, rest, Kind::Binary(Binary::Or, left, right))?;
        }
        Ok((rest, left))
    }

    fn and(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let (mut rest, mut left) = self.not(i)?;
        while let Some(after) = keyword(rest, "and") {
            let right;
            (rest, right) = self.not(after)?;
            (rest, left) = self.node(i, rest, Kind::Binary(Binary::And, left, right))?;
        }
        Ok((rest, left))
    }

    fn not(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let Some(after) = keyword(i, "not") else { return self.comparison(i) };
        self.nested(i, |g| {
            let (rest, inner) = g.not(after)?;
            g.node(i, rest, Kind::Unary(Unary::Not, inner))
        })
    }

    fn comparison(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let (rest, left) = self.level(i, 0)?;
        let Some((after, op)) = COMPARISONS.iter().find_map(|(t, op)| Some((token(rest, t)?, *op))) else {
            return Ok((rest, left));
        };
        let (rest, right) = self.level(after, 0)?;
        self.node(i, rest, Kind::Binary(op, left, right))
    }

    /// Operators that bind at least as tightly as those of a level: one host frame for all levels.
    fn level(&mut self, i: &'a str, loosest: usize) -> Read<'a, NodeId> {
        let (mut rest, mut left) = self.factor(i)?;
        let mut tightest = LEVELS.len();
        loop {
            let next =
                LEVELS.iter().enumerate().take(tightest).skip(loosest).find_map(|(level, operators)| {
                    let found = operators.iter().find_map(|(t, op)| Some((token(rest, t)?, *op)));
                    found.map(|(after, op)| (level, after, op))
                });
            let Some((level, after, op)) = next else { return Ok((rest, left)) };
            let right;
            (rest, right) = self.level(after, level + 1)?;
            (rest, left) = self.node(i, rest, Kind::Binary(op, left, right))?;
            tightest = level + 1;
        }
    }

    fn factor(&mut self, i: &'a str) -> Read<'a, NodeId> {
        for (text, op) in [("-", Some(Unary::Minus)), ("~", Some(Unary::Invert)), ("+", None)] {
            let Some(after) = token(i, text) else { continue };
            return self.nested(i, |g| {
                let (rest, inner) = g.factor(after)?;
                match op {
                    Some(op) => g.node(i, rest, Kind::Unary(op, inner)),
                    None => Ok((rest, inner)),
                }
            });
        }
        self.postfix(i)
    }

    fn postfix(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let (mut rest, mut base) = self.atom(i)?;
        loop {
            if let Some(after) = token(rest, "[") {
                let (after, index) = self.test(after)?;
                let Some(after) = token(after, "]") else { return stop(space(after), "`]`") };
                (rest, base) = self.node(i, after, Kind::Subscript(base, index))?;
            } else if let Some(after) = token(rest, ".") {
                let Ok((after, name)) = word(space(after)) else { return stop(space(after), "a name") };
                if let Some(inner) = (name == "as").then(|| token(after, "<")).flatten() {
                    let (after, name) = type_name(inner)?;
                    (rest, base) = self.node(i, after, Kind::Cast(base, name))?;
                } else if let Some(inner) = token(after, "(") {
                    let (after, args) = self.list(inner, ")", "`,` or `)`")?;
                    (rest, base) = self.node(i, after, Kind::Call(base, name.to_string(), args))?;
                } else {
                    (rest, base) = self.node(i, after, Kind::Field(base, name.to_string()))?;
                }
            } else {
                return Ok((rest, base));
            }
        }
    }

    /// Comma-separated expressions up to the closing token; a trailing comma is allowed.
    fn list(&mut self, i: &'a str, close: &'static str, expected: &'static str) -> Read<'a, Vec<NodeId>> {
        let mut items = Vec::new();
        let mut rest = i;
        loop {
            if let Some(after) = token(rest, close) {
                return Ok((after, items));
            }
            let item;
            (rest, item) = self.test(rest)?;
            items.push(item);
            match token(rest, ",") {
                Some(after) => rest = after,
                None if token(rest, close).is_some() => {}
                None => return stop(space(rest), expected),
            }
        }
    }

    fn atom(&mut self, i: &'a str) -> Read<'a, NodeId> {
        if let Some(after) = token(i, "(") {
            let (rest, inner) = self.test(after)?;
            let Some(rest) = token(rest, ")") else { return stop(space(rest), "`)`") };
            return Ok((rest, inner));
        }
        if let Some(after) = token(i, "[") {
            let (rest, items) = self.list(after, "]", "`,` or `]`")?;
            return self.node(i, rest, Kind::List(items));
        }
        let start = space(i);
        if let Some(after) = start.strip_prefix("f\"") {
            let (rest, text) = escaped(after)?;
            let part = self.node(i, rest, Kind::Str(text))?.1;
            return self.node(i, rest, Kind::Format(vec![part]));
        }
        if start.starts_with(['"', '\'']) {
            let (mut rest, mut text) = string(start)?;
            while space(rest).starts_with(['"', '\'']) {
                let more;
                (rest, more) = string(space(rest))?;
                text.push_str(&more);
            }
            return self.node(i, rest, Kind::Str(text));
        }
        if start.starts_with(|c: char| c.is_ascii_digit()) {
            let (rest, kind) = number(start)?;
            return self.node(i, rest, kind);
        }
        for (name, bits) in [("sizeof", false), ("bitsizeof", true)] {
            if let Some(after) = start.strip_prefix(name).and_then(|rest| token(rest, "<")) {
                let (rest, name) = type_name(after)?;
                return self.node(i, rest, Kind::SizeOf { name, bits });
            }
        }
        self.name(i)
    }

    fn name(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let start = space(i);
        let start = start.strip_prefix("::").unwrap_or(start);
        let Ok((mut rest, first)) = word(start) else { return stop(space(i), "a value") };
        match first {
            "true" => return self.node(i, rest, Kind::Bool(true)),
            "false" => return self.node(i, rest, Kind::Bool(false)),
            "and" | "or" | "not" => return stop(start, "a value"),
            _ => {}
        }
        let mut path = vec![first.to_string()];
        while let Some(after) = token(rest, "::") {
            let Ok((after, next)) = word(space(after)) else { return stop(space(after), "a name") };
            path.push(next.to_string());
            rest = after;
        }
        if let Some(inner) = token(rest, "(").filter(|_| path.len() == 1) {
            let (rest, args) = self.list(inner, ")", "`,` or `)`")?;
            return self.node(i, rest, Kind::Function(first.to_string(), args));
        }
        let kind = if path.len() == 1 { Kind::Name(first.to_string()) } else { Kind::Member(path) };
        self.node(i, rest, kind)
    }
}

/// `a::b[]>` with its closing bracket.
fn type_name(i: &str) -> Read<'_, TypeName> {
    let (rest, name) = type_path(i)?;
    match token(rest, ">") {
        Some(rest) => Ok((rest, name)),
        None => stop(space(rest), "`>`"),
    }
}

/// `a::b[]`
fn type_path(i: &str) -> Read<'_, TypeName> {
    let start = space(i);
    let (start, absolute) = match start.strip_prefix("::") {
        Some(rest) => (rest, true),
        None => (start, false),
    };
    let mut path = Vec::new();
    let mut rest = start;
    loop {
        let Ok((after, next)) = word(space(rest)) else { return stop(space(rest), "a type name") };
        path.push(next.to_string());
        match token(after, "::") {
            Some(more) => rest = more,
            None => {
                rest = after;
                break;
            }
        }
    }
    let (rest, array) = match token(rest, "[").and_then(|r| token(r, "]")) {
        Some(after) => (after, true),
        None => (rest, false),
    };
    Ok((rest, TypeName { path, absolute, array }))
}

fn string(i: &str) -> Read<'_, String> {
    if let Some(rest) = i.strip_prefix('\'') {
        let (rest, text) = take_while(|c| c != '\'').parse(rest)?;
        return match rest.strip_prefix('\'') {
            Some(rest) => Ok((rest, text.to_string())),
            None => stop(rest, "a closing `'`"),
        };
    }
    escaped(i.strip_prefix('"').unwrap_or(i))
}

/// The rest of a double-quoted text, with its escapes resolved.
fn escaped(i: &str) -> Read<'_, String> {
    let mut text = String::new();
    let mut rest = i;
    loop {
        let plain;
        (rest, plain) = take_while(|c| c != '"' && c != '\\').parse(rest)?;
        text.push_str(plain);
        if let Some(after) = rest.strip_prefix('"') {
            return Ok((after, text));
        }
        let Some(after) = rest.strip_prefix('\\') else { return stop(rest, "a closing `\"`") };
        let c;
        (rest, c) = escape(after)?;
        text.push(c);
    }
}

fn escape(i: &str) -> Read<'_, char> {
    let digits = |i, radix: u32, least: usize, most: usize| {
        let (rest, run) = take_while::<_, &str, Stop<'_>>(|c: char| c.is_digit(radix)).parse(i)?;
        let run = run.get(..most).unwrap_or(run);
        let rest = i.get(run.len()..).unwrap_or(rest);
        match u32::from_str_radix(run, radix).ok().and_then(char::from_u32) {
            Some(c) if run.len() >= least => Ok((rest, c)),
            _ => stop(i, "a character's number"),
        }
    };
    if let Some(rest) = i.strip_prefix('u') {
        return digits(rest, 16, 4, 4);
    }
    if i.starts_with(|c: char| c.is_digit(8)) {
        return digits(i, 8, 1, 3);
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

fn number(i: &str) -> Read<'_, Kind> {
    let digits = |radix: u32| move |c: char| c.is_digit(radix) || c == '_';
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0b", "0B"], 2), (["0o", "0O"], 8)] {
        if let Some(rest) = prefixes.iter().find_map(|p| i.strip_prefix(p)) {
            let Ok((rest, run)) = take_while1::<_, _, Stop<'_>>(digits(radix)).parse(rest) else {
                return stop(rest, "digits");
            };
            return integer(i, rest, run, radix);
        }
    }
    let (rest, run) = take_while1(digits(10)).parse(i)?;
    let fraction = pair(char('.'), take_while1(digits(10)));
    let sign = opt(alt((char('+'), char('-'))));
    let exponent = (alt((char('e'), char('E'))), sign, take_while1(digits(10)));
    let (after, float) = recognize((opt(fraction), opt(exponent))).parse(rest)?;
    // `1.` is a float too, unless a name follows: that would be a method.
    let bare = rest.strip_prefix('.').filter(|_| float.is_empty());
    let point =
        bare.filter(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || "_.".contains(c)));
    if float.is_empty() && point.is_none() {
        return integer(i, rest, run, 10);
    }
    let (after, float) = point.map_or((after, float), |after| (after, "."));
    let text: String = i.chars().take(run.len() + float.len()).filter(|c| *c != '_').collect();
    match text.parse() {
        Ok(number) => Ok((after, Kind::Float(number))),
        Err(_) => stop(i, "a number"),
    }
}

fn integer<'a>(i: &'a str, rest: &'a str, run: &str, radix: u32) -> Read<'a, Kind> {
    let next: Read<'_, char> = peek(anychar).parse(rest);
    if next.is_ok_and(|(_, c)| c.is_ascii_alphabetic()) {
        return stop(rest, "an operator or the end");
    }
    let digits: String = run.chars().filter(|c| *c != '_').collect();
    match i128::from_str_radix(&digits, radix) {
        Ok(number) if number <= i128::from(u64::MAX) => Ok((rest, Kind::Int(number))),
        _ => stop(i, "an integer of at most 64 bits"),
    }
}
