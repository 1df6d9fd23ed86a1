//! The operators of expressions, by how tightly they bind.

use super::Binary;
use super::lexical::token;

/// An operator's token and what it means.
pub(super) type Operator = (&'static str, Binary);

/// Binary operators, loosest first; a level's tokens in the order to try.
pub(super) const LEVELS: &[&[Operator]] = &[
    &[("|", Binary::BitOr)],
    &[("^", Binary::BitXor)],
    &[("&", Binary::BitAnd)],
    &[("<<", Binary::Shl), (">>", Binary::Shr)],
    &[("+", Binary::Add), ("-", Binary::Sub)],
    &[("*", Binary::Mul), ("/", Binary::Div), ("%", Binary::Mod)],
];

/// Comparisons, in the order to try.
pub(super) const COMPARISONS: &[Operator] = &[
    ("==", Binary::Eq),
    ("!=", Binary::Ne),
    ("<=", Binary::Le),
    (">=", Binary::Ge),
    ("<", Binary::Lt),
    (">", Binary::Gt),
];

/// An operator's token; `&&` and `||` are none of the language.
pub(super) fn operator<'a>(i: &'a str, text: &'static str) -> Option<&'a str> {
    token(i, text).filter(|rest| !matches!(text, "&" | "|") || !rest.starts_with(text))
}

/// Operators of other languages, and what is said of them.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    ("&&", "an operator or the end; did you mean `and`?"),
    ("||", "an operator or the end; did you mean `or`?"),
    ("= ", "an operator or the end; did you mean `==`?"),
];
