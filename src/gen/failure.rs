//! Failures: what could not be satisfied, and what stands in the way of a value.

use crate::layout::{AttrId, ExprId, QueryId};
use crate::walk::Trouble;
use crate::walk::value::StreamId;

use super::tree::{NodeId, SegmentId};

/// Why no content was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// No value was found that a `valid`, a format and everything that depends on it allow: `valid: {min: 5, max: 3}`.
    Value,
    /// An expression that must come to a certain value cannot: a `size: len * 2` for three bytes.
    Expression,
    /// Content that does not fit its region: a `u4` in `size: 2`.
    Size,
    /// An instance for which there is no place.
    Position,
    /// No last element was found for `repeat-until`.
    Until,
    /// A value that an expression needs is not there.
    Missing,
    /// Text that the encoding or the size does not allow.
    Text,
    /// A custom process: nobody knows which bytes it decodes to the ones that are wanted.
    Process,
    /// A checksum over itself, or over a range that is not there.
    Checksum,
    /// A `[[rule]]` or a `[[read]]` of the contract.
    Contract(QueryId),
    /// What the set was to show does not occur in it.
    Goal,
    /// A limit of the generator is reached.
    Limit(Bound),
}

/// What there is a limit to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bound {
    /// Objects within objects.
    Depth,
    /// Elements of one list.
    Elements,
    /// Expressions within expressions.
    Nesting,
    /// Work for one attempt.
    Steps,
}

impl Bound {
    /// What there is too much of.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Bound::Depth => "depth",
            Bound::Elements => "elements",
            Bound::Nesting => "nesting",
            Bound::Steps => "steps",
        }
    }
}

/// What could not be satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Failure {
    /// Why.
    pub why: Why,
    /// The field that it is about.
    pub attr: Option<AttrId>,
    /// The expression that it is about.
    pub expr: Option<ExprId>,
}

impl Failure {
    /// A failure that is about a field.
    pub(super) fn of(why: Why, attr: AttrId) -> Failure {
        Failure { why, attr: Some(attr), expr: None }
    }

    /// The same, about an expression of the field.
    pub(super) fn at(self, expr: ExprId) -> Failure {
        Failure { expr: self.expr.or(Some(expr)), ..self }
    }
}

/// What stands in the way of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stop {
    /// A leaf that is open.
    Node(NodeId),
    /// The size of a stream is not decided.
    Size(StreamId),
    /// Whether a segment ends here is not decided.
    End(SegmentId),
    /// The position of a segment is not decided.
    Place(SegmentId),
    /// A field that was not reached yet.
    NotYet,
    /// The expression has no value.
    Trouble,
    /// Nothing can be made of it.
    Failed(Failure),
}

impl From<Trouble> for Stop {
    fn from(_: Trouble) -> Stop {
        Stop::Trouble
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl Stop {
    /// Whether what stands in the way can be decided.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Stop::Node(_) | Stop::Size(_) | Stop::End(_) | Stop::Place(_))
    }

    /// What it comes to where there is no way around it.
    pub(super) fn fail(self, attr: AttrId, expr: ExprId) -> Failure {
        match self {
            Stop::Failed(failure) => failure,
            _ => Failure::of(Why::Missing, attr).at(expr),
        }
    }
}

/// Something that is made, or what could not be satisfied.
pub(super) type Made<T = ()> = Result<T, Failure>;
/// A value, or what stands in its way.
pub(super) type Got<T> = Result<T, Stop>;
