//! The grammar of expressions, on nom, from loosest to tightest binding.

use super::lexical::{
    Read, Stop, escaped, keyword, number, space, stop, string, token, type_name, type_path, word,
};
use super::operators::{COMPARISONS, FOREIGN, LEVELS, operator};
use super::{Ast, Binary, Kind, Node, NodeId, SyntaxError, TypeCall, Unary};
use crate::limits;

/// Reads a whole text as one expression.
///
/// ```
/// use bootgate::schema::expr::parse;
/// assert!(parse("len * 2 + 1").is_ok());
/// assert_eq!(parse("len *").unwrap_err().at, 5);
/// ```
pub fn parse(text: &str) -> Result<Ast, SyntaxError> {
    let mut grammar = Grammar::of(text)?;
    match grammar.test(text) {
        Ok((rest, root)) if space(rest).is_empty() => Ok(Ast { nodes: grammar.nodes, root }),
        Ok((rest, _)) => Err(error_at(text, space(rest), "an operator or the end")),
        Err(error) => Err(failed(text, error)),
    }
}

/// Reads a whole text as the name of a type, with or without arguments.
///
/// ```
/// use bootgate::schema::expr::parse_type;
/// assert!(parse_type("record(len, 2)").is_ok_and(|call| call.args.is_some()));
/// ```
pub fn parse_type(text: &str) -> Result<TypeCall, SyntaxError> {
    let mut grammar = Grammar::of(text)?;
    let read = (|| {
        let (rest, name) = type_path(text)?;
        let Some(inner) = token(rest, "(") else { return Ok((rest, TypeCall { name, args: None })) };
        let (rest, args) = grammar.list(inner, ")", true, "`,` or `)`")?;
        if args.is_empty() {
            return stop(space(inner), "an argument, or no parentheses");
        }
        let (rest, root) = grammar.node(inner, rest, Kind::List(args))?;
        let nodes = std::mem::take(&mut grammar.nodes);
        Ok((rest, TypeCall { name, args: Some(Ast { nodes, root }) }))
    })();
    match read {
        Ok((rest, call)) if space(rest).is_empty() => Ok(call),
        Ok((rest, _)) => Err(error_at(text, space(rest), "the end")),
        Err(error) => Err(failed(text, error)),
    }
}

fn failed(text: &str, error: nom::Err<Stop<'_>>) -> SyntaxError {
    match error {
        nom::Err::Error(e) | nom::Err::Failure(e) => error_at(text, e.rest, e.expected),
        nom::Err::Incomplete(_) => error_at(text, "", "more text"),
    }
}

fn error_at(text: &str, rest: &str, expected: &'static str) -> SyntaxError {
    SyntaxError { at: text.len() - rest.len(), expected }
}

struct Grammar<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    depths: Vec<u32>,
    /// Levels of the host's stack in use.
    open: u32,
}

impl<'a> Grammar<'a> {
    fn of(text: &'a str) -> Result<Self, SyntaxError> {
        if text.len() > limits::EXPRESSION_BYTES {
            return Err(SyntaxError { at: 0, expected: "a shorter expression" });
        }
        Ok(Grammar { text, nodes: Vec::new(), depths: Vec::new(), open: 0 })
    }

    fn node(&mut self, from: &'a str, rest: &'a str, kind: Kind) -> Read<'a, NodeId> {
        let child = |id: &NodeId| usize::try_from(id.0).ok().and_then(|n| self.depths.get(n)).copied();
        let below = match &kind {
            Kind::Unary(_, a) | Kind::Field(a, _) | Kind::Cast(a, _) => child(a),
            Kind::Binary(_, a, b) | Kind::Subscript(a, b) => child(a).max(child(b)),
            Kind::Choice(a, b, c) => child(a).max(child(b)).max(child(c)),
            Kind::Call(a, _, args) => args.iter().map(child).fold(child(a), Option::max),
            Kind::List(items) | Kind::Function(_, items) | Kind::Format(items) => {
                items.iter().map(child).fold(None, Option::max)
            }
            _ => None,
        };
        let depth = below.unwrap_or(0) + 1;
        let id = u32::try_from(self.nodes.len()).ok().filter(|_| depth <= limits::EXPRESSION_DEPTH);
        let Some(id) = id else { return stop(from, "fewer nested levels") };
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
        match FOREIGN.iter().find(|(operator, _)| space(rest).starts_with(operator)) {
            Some((_, expected)) => stop(space(rest), expected),
            None => Ok((rest, left)),
        }
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
                    let found = operators.iter().find_map(|(t, op)| Some((operator(rest, t)?, *op)));
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
                    let (after, args) = self.list(inner, ")", false, "`,` or `)`")?;
                    (rest, base) = self.node(i, after, Kind::Call(base, name.to_string(), args))?;
                } else {
                    (rest, base) = self.node(i, after, Kind::Field(base, name.to_string()))?;
                }
            } else {
                return Ok((rest, base));
            }
        }
    }

    /// Comma-separated expressions up to the closing token; with `trailing` after a last comma, too.
    fn list(
        &mut self,
        i: &'a str,
        close: &'static str,
        trailing: bool,
        expected: &'static str,
    ) -> Read<'a, Vec<NodeId>> {
        let mut items = Vec::new();
        let mut rest = i;
        loop {
            if let Some(after) = token(rest, close).filter(|_| trailing || items.is_empty()) {
                return Ok((after, items));
            }
            let item;
            (rest, item) = self.test(rest)?;
            items.push(item);
            match (token(rest, ","), token(rest, close)) {
                (Some(after), _) => rest = after,
                (None, Some(after)) => return Ok((after, items)),
                (None, None) => return stop(space(rest), expected),
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
            let (rest, items) = self.list(after, "]", true, "`,` or `]`")?;
            return self.node(i, rest, Kind::List(items));
        }
        let start = space(i);
        if let Some(after) = start.strip_prefix("f\"") {
            return self.format(i, after);
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
        let point = start.strip_prefix('.').unwrap_or(start);
        if point.starts_with(|c: char| c.is_ascii_digit()) {
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

    /// `f"text {value} text"`, from behind its first quote on.
    fn format(&mut self, i: &'a str, inside: &'a str) -> Read<'a, NodeId> {
        let mut parts = Vec::new();
        let mut rest = inside;
        loop {
            let start = rest;
            let text;
            (rest, text) = escaped(rest, &['"', '{'])?;
            if !text.is_empty() {
                parts.push(self.node(start, rest, Kind::Str(text))?.1);
            }
            if let Some(after) = rest.strip_prefix('"') {
                return self.node(i, after, Kind::Format(parts));
            }
            let Some(after) = rest.strip_prefix('{') else { return stop(rest, "a closing `\"`") };
            let part;
            (rest, part) = self.test(after)?;
            parts.push(part);
            let Some(after) = token(rest, "}") else { return stop(space(rest), "`}`") };
            rest = after;
        }
    }

    fn name(&mut self, i: &'a str) -> Read<'a, NodeId> {
        let start = space(i);
        if start.starts_with('!') {
            return stop(start, "a value; did you mean `not`?");
        }
        let absolute = start.strip_prefix("::");
        let start = absolute.unwrap_or(start);
        let Ok((mut rest, first)) = word(space(start)) else { return stop(space(i), "a value") };
        if matches!(first, "and" | "or" | "not") {
            return stop(space(start), "a value");
        }
        let mut path = vec![first.to_string()];
        while let Some(after) = token(rest, "::") {
            let Ok((after, next)) = word(space(after)) else { return stop(space(after), "a name") };
            path.push(next.to_string());
            rest = after;
        }
        if path.len() > 1 {
            if absolute.is_some() {
                path.insert(0, String::new());
            }
            return self.node(i, rest, Kind::Member(path));
        }
        if absolute.is_some() {
            return stop(space(rest), "`::` and a member of an enum");
        }
        if let Some(inner) = token(rest, "(") {
            let (rest, args) = self.list(inner, ")", false, "`,` or `)`")?;
            return self.node(i, rest, Kind::Function(first.to_string(), args));
        }
        let kind = match first {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            name => Kind::Name(name.to_string()),
        };
        self.node(i, rest, kind)
    }
}
