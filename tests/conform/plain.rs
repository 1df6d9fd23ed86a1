//! Values that stand on their own, and when an assertion takes them as equal.

use std::fmt;

/// A value of a walk without what it refers to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Plain {
    /// A field that is not there.
    Null,
    /// An integer, or the value of an enum.
    Int(i128),
    Float(f64),
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    List(Vec<Plain>),
    /// What no assertion can expect, in words.
    Other(String),
}

/// Floats differ in their last digits between runtimes and decimal texts.
const TOLERANCE: f64 = 1e-6;

impl Plain {
    /// Whether this is what was expected.
    ///
    /// `[0x41, 0x43]` is bytes in an expectation, and is expected of lists of integers as well.
    pub(crate) fn is(&self, expected: &Plain) -> bool {
        match (self, expected) {
            (Plain::Float(a), Plain::Float(b)) => near(*a, *b),
            (Plain::Float(a), Plain::Int(b)) => b.to_string().parse().is_ok_and(|b| near(*a, b)),
            (Plain::List(a), Plain::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(b)),
            (Plain::List(a), Plain::Bytes(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is(&Plain::Int(i128::from(*b))))
            }
            (Plain::Other(_), _) => false,
            (a, b) => a == b,
        }
    }
}

fn near(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Plain::Null => write!(f, "null"),
            Plain::Int(n) => write!(f, "{n}"),
            Plain::Float(n) => write!(f, "{n:?}"),
            Plain::Bool(b) => write!(f, "{b}"),
            Plain::Str(s) => write!(f, "{s:?}"),
            Plain::Bytes(bytes) => {
                let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                write!(f, "bytes [{}]", hex.join(" "))
            }
            Plain::List(items) => {
                let items: Vec<String> = items.iter().map(Plain::to_string).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Plain::Other(words) => write!(f, "{words}"),
        }
    }
}
