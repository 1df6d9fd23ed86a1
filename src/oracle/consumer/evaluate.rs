//! The interpreter: which instances does an event match?

use std::fmt;

use super::{Build, Content, Criterion, Event, Instance, Operand, Type, Value};

/// Steps of comparing texts that one event may cost.
const MAX_STEPS: u32 = 1 << 20;

/// `text`, the kind of field that is compared without regard to case.
const TEXT: u8 = 1;

/// What the interpreter does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A criterion makes it read an input.
    Reads {
        /// Index of the instance in the file.
        instance: usize,
        /// Index of the criterion in the instance.
        criterion: usize,
        /// Index into the inputs.
        index: u16,
    },
    /// All criteria of an instance match.
    Matches {
        /// Index of the instance in the file.
        instance: usize,
    },
}

/// How an event was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Instances for this kind of event.
    pub evaluated: u32,
    /// Those of them of which all criteria matched.
    pub matched: u32,
    /// Those with a criterion on an input that is not there.
    pub dead: u32,
    /// What the matches ask for together.
    pub flags: u16,
    /// Whether the steps were used up: no text matched from then on.
    pub exhausted: bool,
}

impl fmt::Display for Step {
    /// In the words of the driver in C.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Reads { instance, criterion, index } => {
                write!(f, "instances[{instance}].criteria[{criterion}] reads input {index}")
            }
            Step::Matches { instance } => write!(f, "instances[{instance}] matches"),
        }
    }
}

impl fmt::Display for Outcome {
    /// In the words of the driver in C.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { evaluated, matched, dead, flags, exhausted } = self;
        write!(f, "{evaluated} evaluated, {matched} matched, {dead} dead, flags {flags}")?;
        if *exhausted { f.write_str(", out of steps") } else { Ok(()) }
    }
}

/// The inputs as the call site filled them in, and what is left of the event's steps.
struct Inputs<'a> {
    values: Vec<Value<'a>>,
    checked: bool,
    steps: u32,
}

impl Content<'_> {
    /// How many instances there are.
    pub fn instances(&self) -> usize {
        self.instances.len()
    }

    /// Holds an event against all instances for its call site; says each step before it is taken.
    ///
    /// # Panics
    ///
    /// When the content makes an unchecked build read an input that is not there.
    pub fn evaluate(&self, build: &Build, event: &Event<'_>, mut trace: impl FnMut(Step)) -> Outcome {
        let mut outcome = Outcome::default();
        let Some(supplied) = build.supplied(event.site) else { return outcome };
        let mut values = event.values.clone();
        values.resize(supplied, Value::Absent);
        let mut inputs = Inputs { values, checked: build.checked, steps: MAX_STEPS };
        for (index, instance) in self.instances.iter().enumerate() {
            let Some(kind) = self.types.get(instance.type_index) else { continue };
            if super::Site::of(kind.name) != Some(event.site) {
                continue;
            }
            outcome.evaluated += 1;
            let mut reads =
                |criterion, field| trace(Step::Reads { instance: index, criterion, index: field });
            match inputs.match_instance(instance, kind, &mut reads) {
                Match::Yes => {
                    trace(Step::Matches { instance: index });
                    outcome.matched += 1;
                    outcome.flags |= instance.flags;
                }
                Match::No => {}
                Match::Dead => outcome.dead += 1,
            }
        }
        outcome.exhausted = inputs.steps == 0;
        outcome
    }
}

enum Match {
    Yes,
    No,
    /// A criterion is on an input that is not there.
    Dead,
}

impl Inputs<'_> {
    fn match_instance(
        &mut self,
        instance: &Instance<'_>,
        kind: &Type<'_>,
        reads: &mut impl FnMut(usize, u16),
    ) -> Match {
        for (index, criterion) in instance.criteria.iter().enumerate() {
            if criterion.operand == Operand::Nothing {
                continue;
            }
            let field = usize::from(criterion.field_index);
            reads(index, criterion.field_index);
            if self.checked && field >= self.values.len() {
                return Match::Dead;
            }
            // The hole: what the content names has to be there.
            #[allow(clippy::indexing_slicing)]
            let value = self.values[field];
            let fold = kind.kinds.get(field) == Some(&TEXT);
            if !self.match_criterion(criterion, value, fold) {
                return Match::No;
            }
        }
        Match::Yes
    }

    fn match_criterion(&mut self, criterion: &Criterion<'_>, value: Value<'_>, fold: bool) -> bool {
        match (&criterion.operand, value) {
            (Operand::Range(lo, hi), Value::Number(value)) => (lo..=hi).contains(&&value),
            (Operand::Text(text), Value::Text(value)) => {
                let text = text.as_bytes();
                match criterion.kind {
                    1 => text.len() == value.len() && self.begins_with(value, text, fold),
                    2 => self.begins_with(value, text, fold),
                    _ => self.is_like(value, text, fold),
                }
            }
            _ => false,
        }
    }

    /// Whether the event has a step left; takes it.
    fn step(&mut self) -> bool {
        let left = self.steps.checked_sub(1);
        self.steps = left.unwrap_or(0);
        left.is_some()
    }

    fn begins_with(&mut self, value: &[u8], text: &[u8], fold: bool) -> bool {
        text.len() <= value.len() && value.iter().zip(text).all(|(a, b)| self.step() && same(*a, *b, fold))
    }

    /// `*` stands for any text and `?` for any character. Only the last `*` is ever tried again: the cost is at most the
    /// product of the two lengths.
    fn is_like(&mut self, value: &[u8], pattern: &[u8], fold: bool) -> bool {
        let (mut at, mut next) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while at < value.len() || next < pattern.len() {
            if !self.step() {
                return false;
            }
            match (value.get(at), pattern.get(next)) {
                (_, Some(b'*')) => {
                    star = Some((next, at));
                    next += 1;
                }
                (Some(_), Some(b'?')) => {
                    next += 1;
                    at += 1;
                    // The rest of the character.
                    while value.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
                        at += 1;
                    }
                }
                (Some(a), Some(b)) if same(*a, *b, fold) => {
                    next += 1;
                    at += 1;
                }
                _ => match star {
                    Some((place, from)) if from < value.len() => {
                        star = Some((place, from + 1));
                        next = place + 1;
                        at = from + 1;
                    }
                    _ => return false,
                },
            }
        }
        true
    }
}

fn same(a: u8, b: u8, fold: bool) -> bool {
    if fold { a.eq_ignore_ascii_case(&b) } else { a == b }
}
