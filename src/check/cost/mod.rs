//! What a backtracking matcher pays for a regular expression that does not match.
//!
//! Such a matcher tries one way after the other to match, and each way is a path through an automaton. So the
//! cost follows from how many paths one text can have: bounded, growing with a power of its length, or doubling
//! (Weber and Seidl, *On the degree of ambiguity of finite automata*, 1991). Two things make this about matchers:
//!
//! - A search begins at every offset. That is one more loop in front, unless the expression is anchored.
//! - What can stop successfully at any time never has to go back. Only paths that can still fail count, and those
//!   that leave the one path that ends well.
//!
//! Where the analysis does not know, it takes the worse: assertions such as `\b` and `$` may hold anywhere, a repeat
//! with a range of more than [`UNROLLED`](crate::limits::UNROLLED) counts as unbounded, and engines are not credited
//! with their optimizations.

mod alphabet;
mod ambiguity;
mod automaton;
mod build;
mod components;
mod dialect;
mod graph;
mod leaf;
mod memo;
mod product;
mod witness;

#[cfg(test)]
mod tests;

pub use crate::contract::Matching;
pub(super) use memo::Known;
pub use memo::Memo;

use std::ops::Range;

use crate::limits;

/// How the steps of a matcher grow with the length of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// As a power of the length: 1 is linear, 2 is quadratic.
    Polynomial(u32),
    /// A few more bytes double them.
    Exponential,
}

impl Cost {
    /// As many steps as bytes, times a number that depends on the expression alone.
    pub const LINEAR: Cost = Cost::Polynomial(1);
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cost::Polynomial(0 | 1) => f.write_str("linear"),
            Cost::Polynomial(2) => f.write_str("quadratic"),
            Cost::Polynomial(3) => f.write_str("cubic"),
            Cost::Polynomial(degree) => write!(f, "polynomial of degree {degree}"),
            Cost::Exponential => f.write_str("exponential"),
        }
    }
}

/// What matching costs, and why it is not less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// The cost.
    pub cost: Cost,
    /// What makes it more than linear.
    pub witness: Option<Witness>,
}

/// A text that makes a matcher pay, and the parts of the expression that are to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The loops, as byte ranges of the expression.
    pub parts: Vec<Range<usize>>,
    /// What stands before each pump, and the pump.
    pub pumps: Vec<(String, String)>,
    /// What follows, so that there is no match.
    pub end: String,
}

impl Witness {
    /// The text with each pump repeated so many times.
    ///
    /// ```
    /// use bootgate::check::cost::{Matching, analyse};
    /// let found = analyse("x*x*y", Matching::Start).unwrap();
    /// assert_eq!(found.cost.to_string(), "quadratic");
    /// // One that leads from the first loop to the second, and five for both to share.
    /// assert_eq!(found.witness.unwrap().text(5), "xxxxxx");
    /// ```
    pub fn text(&self, times: usize) -> String {
        let mut text = String::new();
        for (before, pump) in &self.pumps {
            text.push_str(before);
            text.push_str(&pump.repeat(times));
        }
        text + &self.end
    }
}

/// Why nothing can be said about the cost of an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBounded {
    /// `(a+`
    #[error("it cannot be read: {message}")]
    Syntax {
        /// What the parser said.
        message: String,
        /// Where, as a byte range of the expression.
        range: Range<usize>,
    },
    /// `(a+)\1`
    #[error("no bound is known for {what}")]
    NotCovered {
        /// What it uses.
        what: &'static str,
        /// Where, as a byte range of the expression.
        range: Range<usize>,
    },
    /// `((a{1000}){1000}){1000}`
    #[error("it is too large to be judged: more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
}

/// What a backtracking matcher pays for an expression, in the syntax that Perl, PCRE, Java, JavaScript and Python share.
///
/// # Errors
///
/// The expression cannot be read, uses what is not covered (look-around, back-references, possessive and atomic
/// groups, recursion), or is too large.
pub fn analyse(expression: &str, matching: Matching) -> Result<Analysis, NotBounded> {
    analyse_counted(expression, matching).0
}

/// The same, with the steps that the analysis took.
fn analyse_counted(expression: &str, matching: Matching) -> (Result<Analysis, NotBounded>, u64) {
    let mut budget = Budget { left: limits::REGEX_STEPS };
    let found = analyse_within(expression, matching, &mut budget);
    (found, limits::REGEX_STEPS.saturating_sub(budget.left))
}

fn analyse_within(expression: &str, matching: Matching, budget: &mut Budget) -> Result<Analysis, NotBounded> {
    if expression.len() > limits::REGEX_BYTES {
        return Err(NotBounded::TooLarge { what: "bytes", limit: limits::REGEX_BYTES as u64 });
    }
    budget.spend(expression.len())?;
    let plain = dialect::plain(expression)?;
    let automaton = build::build(&plain, budget)?;
    let alphabet = alphabet::Alphabet::of(&automaton)?;
    let graph = graph::Graph::of(&automaton, &alphabet, matching, budget)?;
    let ambiguity = ambiguity::judge(&graph, budget)?;
    let witness = witness::Writer { automaton: &automaton, alphabet: &alphabet, graph: &graph, matching };
    let (cost, witness) = witness.write(&ambiguity, budget)?;
    let original = |range: Range<usize>| plain.original(range);
    let witness = witness.map(|w| Witness { parts: w.parts.into_iter().map(original).collect(), ..w });
    Ok(Analysis { cost, witness })
}

/// Steps that an analysis may still take.
struct Budget {
    left: u64,
}

impl Budget {
    fn spend(&mut self, steps: usize) -> Result<(), NotBounded> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(NotBounded::TooLarge { what: "steps of the analysis", limit: limits::REGEX_STEPS })
            }
        }
    }
}
