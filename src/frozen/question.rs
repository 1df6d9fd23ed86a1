//! The questions of a contract, with one build's numbers, and what an answer comes to.

use serde::{Deserialize, Serialize};

use super::Body;
use crate::codes;
use crate::walk::{Store, Value};

/// What a query is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// Where the contract asks it.
    pub at: String,
    /// Whether it rests on a capacity that the build knows by too weak evidence only: any answer is refused.
    pub weak: bool,
}

/// What a build has of a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// How much.
    pub value: u64,
    /// Whether that rests on weaker evidence than the contract asks for.
    pub weak: bool,
    /// Whether the build faults beyond it; else what is beyond has no effect.
    pub faults: bool,
}

/// What is held against a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measured {
    /// An index, which must be below it.
    Read,
    /// A count, which must not be above it.
    Count,
    /// A pair of values, which a build with 0 of it does not take.
    Pair,
    /// A count that is declared: said, and never refused.
    Declared,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Its answers are never an error.
    Told,
    /// The name of a capacity, and a number that is held against it.
    Bound {
        /// What the number is.
        measured: Measured,
        /// Whether a build that does not know the capacity refuses.
        unknown_refused: bool,
    },
    /// An index, a length, and how much there is.
    Reference,
    /// A reference, and the one that means nothing.
    NotNull,
    /// A number, and the bytes of the consumer's integer.
    Width {
        /// Whether that integer is signed.
        signed: bool,
    },
    /// Whether a value is blank.
    Required,
    /// The number of a pair that no build takes.
    Pair,
    /// A key, which may occur once.
    Unique {
        /// Within the object to which so many steps of the path lead; 0 for the whole file.
        within: u32,
    },
    /// A number, which may be so large.
    Growth {
        /// The greatest that is allowed.
        most: u64,
    },
    /// Whether a rule holds.
    Rule,
}

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Fine,
    /// There is something to say, and it is no error.
    Told,
    /// A code, and in a few words what was found.
    Refused(&'static str, String),
}

impl Question {
    /// Whether it is answered with so many values. One that is never asked has 0.
    pub(super) fn takes(&self, values: u8) -> bool {
        let expected = match self {
            Question::Told => return true,
            Question::Reference => 3,
            Question::Bound { .. } | Question::NotNull | Question::Width { .. } => 2,
            Question::Required
            | Question::Pair
            | Question::Unique { .. }
            | Question::Growth { .. }
            | Question::Rule => 1,
        };
        values == 0 || values == expected
    }

    /// What an answer comes to that is settled by itself.
    pub(super) fn weigh(&self, values: &[Value]) -> Weight {
        let refused = |code, what: String| Weight::Refused(code, what);
        match (self, values) {
            (Question::Reference, [Value::Int(index), Value::Int(length), Value::Int(within)]) => {
                if refers(*index, *length, *within) {
                    return Weight::Fine;
                }
                refused(codes::REFERENCE_OUTSIDE, format!("{length} at {index}, and there are {within}"))
            }
            (Question::Reference, _) => refused(codes::REFERENCE_OUTSIDE, String::new()),
            (Question::NotNull, [Value::Int(reference), Value::Int(null)]) if reference != null => {
                Weight::Fine
            }
            (Question::NotNull, _) => refused(codes::REFERENCE_NULL, String::new()),
            (Question::Width { signed }, [Value::Int(value), Value::Int(bytes)]) => {
                match bounds(*bytes, *signed) {
                    Some((least, greatest)) if (least..=greatest).contains(value) => Weight::Fine,
                    _ => refused(codes::VALUE_TOO_WIDE, format!("{value} in {bytes} bytes")),
                }
            }
            (Question::Width { .. }, _) => refused(codes::VALUE_TOO_WIDE, String::new()),
            (Question::Required, [Value::Bool(false)]) => Weight::Fine,
            (Question::Required, _) => refused(codes::FIELD_BLANK, String::new()),
            (Question::Pair, _) => refused(codes::PAIR_NOT_TAKEN, String::new()),
            (Question::Growth { most }, [Value::Int(value)]) if *value <= i128::from(*most) => Weight::Fine,
            (Question::Growth { most }, [Value::Int(value)]) => {
                refused(codes::GROWTH_BEYOND_BASELINE, format!("{value} is more than {most}"))
            }
            (Question::Growth { .. }, _) => refused(codes::GROWTH_BEYOND_BASELINE, String::new()),
            (Question::Rule, [Value::Bool(true)]) => Weight::Fine,
            (Question::Rule, _) => refused(codes::RULE_FAILED, String::new()),
            (Question::Told | Question::Bound { .. } | Question::Unique { .. }, _) => Weight::Fine,
        }
    }
}

impl Measured {
    fn exceeds(self, number: i128, value: u64) -> bool {
        match self {
            Measured::Read => number < 0 || number >= i128::from(value),
            Measured::Count => number < 0 || number > i128::from(value),
            Measured::Pair => value == 0,
            Measured::Declared => number > i128::from(value),
        }
    }

    /// What a number comes to that is held against a capacity.
    pub(super) fn weigh(
        self,
        unknown_refused: bool,
        key: i128,
        number: i128,
        body: &Body,
        store: &Store<'_, '_>,
    ) -> Weight {
        let name = store.key(key).unwrap_or_default();
        let row = body.known.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok();
        let known = row.and_then(|row| body.known.get(row)).map(|(_, known)| *known);
        let name = name.escape_debug();
        match known {
            None | Some(None) if self == Measured::Declared => Weight::Fine,
            // Not even the contract knows it.
            None => Weight::Refused(codes::CAPACITY_UNKNOWN, format!("nobody knows `{name}`")),
            Some(None) if !unknown_refused => Weight::Fine,
            Some(None) => {
                Weight::Refused(codes::CAPACITY_UNKNOWN, format!("this build does not know `{name}`"))
            }
            Some(Some(Known { weak: true, .. })) if self != Measured::Declared => {
                Weight::Refused(codes::EVIDENCE_TOO_WEAK, format!("too little is known of `{name}`"))
            }
            Some(Some(known)) if !self.exceeds(number, known.value) => Weight::Fine,
            Some(Some(known)) => match self {
                Measured::Declared => Weight::Told,
                _ if !known.faults => Weight::Told,
                Measured::Read => {
                    let what =
                        format!("index {number} of `{name}`, of which this build supplies {}", known.value);
                    Weight::Refused(codes::READ_BEYOND_SUPPLY, what)
                }
                Measured::Count => {
                    let what =
                        format!("{number} for `{name}`, of which this build has room for {}", known.value);
                    Weight::Refused(codes::COUNT_BEYOND_CAPACITY, what)
                }
                Measured::Pair => {
                    Weight::Refused(codes::PAIR_NOT_TAKEN, format!("this build has no `{name}`"))
                }
            },
        }
    }
}

/// Whether a reference leads to what is there. A sum that leaves the range of integers is outside of everything.
pub(crate) fn refers(index: i128, length: i128, within: i128) -> bool {
    index >= 0 && length >= 0 && index.checked_add(length).is_some_and(|end| end <= within)
}

/// The least and the greatest number of an integer of so many bytes; nothing fits one without any.
pub(crate) fn bounds(bytes: i128, signed: bool) -> Option<(i128, i128)> {
    let bits = match bytes {
        1..=16 => u32::try_from(bytes).ok()? * 8,
        ..=0 => return None,
        _ => 128,
    };
    // Numbers are computed in 128 bits with a sign: there are none beyond.
    Some(match signed {
        true => (i128::MIN >> (128 - bits), i128::MAX >> (128 - bits)),
        false if bits == 128 => (0, i128::MAX),
        false => (0, (1i128 << bits) - 1),
    })
}
