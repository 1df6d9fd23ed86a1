//! Patterns: a regular expression in content must not cost the consumer more time than it can afford.
//!
//! A consumer that matches by going back tries one way after the other, and one hostile or unlucky text can keep it busy
//! for as long as it runs. Which expressions have such a text is known from the expression alone.
//!
//! Gives `pattern-cost`.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::{Answer, Judge, Row, Spots};
use crate::check::cost::{Analysis, Cost, Known, NotBounded, Witness};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Pattern;
use crate::contract::{Affordable, Word};
use crate::finding::{Blame, Finding, Place, Severity};
use crate::limits;
use crate::walk::Value;

/// Memory for what is known of an expression, in bytes, besides its text.
const ENTRY: u64 = 96;
/// Expressions that have a finding of their own.
const TOLD: usize = 16;
/// Characters of a part or a text that are shown.
const SHOWN: usize = 60;

/// What is remembered of the expressions of one walk.
pub(super) struct Patterns<'p> {
    row: Row<'p>,
    kind: &'p Pattern,
    /// By expression: nothing for one that can be afforded.
    known: HashMap<String, Option<Known>>,
    /// Steps that may still be taken for expressions that are not known.
    steps: u64,
    held: u64,
    told: Vec<Told>,
}

/// What is said of one expression.
struct Told {
    text: String,
    finding: Finding,
    spots: Spots,
    /// The class whose places are kept, and those that it is said of.
    class: usize,
    classes: BTreeSet<usize>,
}

impl<'p> Patterns<'p> {
    pub(super) fn new(row: Row<'p>, kind: &'p Pattern) -> Self {
        let steps = limits::REGEX_STEPS_ALL;
        Patterns { row, kind, known: HashMap::new(), steps, held: 0, told: Vec::new() }
    }

    fn affords(&self, cost: Cost) -> bool {
        match self.kind.cost {
            Affordable::Linear => cost <= Cost::LINEAR,
            Affordable::Quadratic => cost <= Cost::Polynomial(2),
        }
    }

    /// What is wrong with an expression; nothing if it can be afforded.
    fn judge(&mut self, text: &str) -> Option<Known> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let known = if self.steps == 0 {
            let what = "steps for the expressions of one content set";
            Arc::new((Err(NotBounded::TooLarge { what, limit: limits::REGEX_STEPS_ALL }), 0))
        } else {
            self.row.terms.expressions.analyse(text, self.kind.matching)
        };
        self.steps = self.steps.saturating_sub(known.1);
        let affordable = matches!(&known.0, Ok(found) if self.affords(found.cost));
        let known = (!affordable).then_some(known);
        self.held += ENTRY + text.len() as u64;
        self.known.insert(text.to_string(), known.clone());
        known
    }

    fn finding(&self, text: &str, known: &Known, shown: String) -> Finding {
        let finding = |message: &str| {
            Finding::new(codes::PATTERN_COST, Severity::Error, Blame::Content, message.to_string())
        };
        let mut finding = match &known.0 {
            Ok(Analysis { cost, witness }) => {
                let mut f = finding("matching this pattern can take the consumer too long");
                f.found = Some(format!("{shown}: {cost} in the length of the text"));
                if let Some(witness) = witness {
                    f.notes.extend(told_parts(text, &witness.parts));
                    f.notes.push(told_text(witness));
                }
                f.help = Some(
                    "let no two repeats take the same text one after the other or one within the other, and \
                     anchor what is searched for"
                        .into(),
                );
                f
            }
            Err(why) => {
                let mut f = finding("nobody knows how long matching this pattern can take the consumer");
                f.found = Some(format!("{shown}: {why}"));
                if let NotBounded::Syntax { range, .. } | NotBounded::NotCovered { range, .. } = why {
                    f.notes.extend(told_parts(text, std::slice::from_ref(range)));
                }
                f.help = Some("write it without that".into());
                f
            }
        };
        finding.expected = Some(format!("at most {}", self.kind.cost.word()));
        finding.labels.push(self.row.because(("pattern", &self.kind.pattern)));
        finding
    }
}

impl Judge for Patterns<'_> {
    fn speaks(&mut self, answer: &Answer<'_>) -> bool {
        match expression(answer) {
            Some(text) => self.judge(&text).is_some(),
            None => true,
        }
    }

    fn note(&mut self, answer: &Answer<'_>, place: Place, places: &Places<'_>) {
        let Some(text) = expression(answer) else { return };
        let Some(known) = self.judge(&text) else { return };
        let row = match self.told.iter().position(|told| told.text == text) {
            Some(row) => row,
            None if self.told.len() < TOLD => {
                let value = answer.values.first().copied().unwrap_or(Value::Absent);
                let finding = self.finding(&text, &known, places.words.value(value, None, answer.store));
                let class = answer.class;
                let (spots, classes) = (Spots::default(), BTreeSet::new());
                self.told.push(Told { text: text.into_owned(), finding, spots, class, classes });
                self.told.len() - 1
            }
            None => {
                // All others are told of together.
                let last = self.told.len().saturating_sub(1);
                if let Some(told) = self.told.get_mut(last) {
                    told.finding.notes.retain(|note| note != OTHERS);
                    told.finding.notes.push(OTHERS.into());
                }
                last
            }
        };
        if let Some(told) = self.told.get_mut(row) {
            told.classes.insert(answer.class);
            if told.class == answer.class {
                told.spots.add(place);
            }
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let each = self.told.iter().flat_map(|told| {
            let mut finding = told.finding.clone();
            told.spots.put(&mut finding);
            told.classes.iter().map(move |class| (*class, finding.clone()))
        });
        self.row.merged(each)
    }

    fn held(&self) -> u64 {
        self.held
    }
}

/// What is said where there are more expressions than findings.
const OTHERS: &str = "the places that are not listed are those of further patterns";

/// The expression of an answer. Bytes that are no UTF-8 stand for themselves.
fn expression<'a>(answer: &'a Answer<'_>) -> Option<Cow<'a, str>> {
    match *answer.values {
        [Value::Str(slice)] => Some(Cow::Borrowed(answer.store.text(slice))),
        [Value::Bytes(slice)] => {
            let bytes = answer.store.bytes(slice);
            let each = |_| Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect());
            Some(std::str::from_utf8(bytes).map_or_else(each, Cow::Borrowed))
        }
        _ => None,
    }
}

/// The parts of an expression that are to blame.
fn told_parts(text: &str, parts: &[Range<usize>]) -> Option<String> {
    let part = |range: &Range<usize>| {
        let part = cut(text.get(range.clone()).unwrap_or_default());
        format!("`{part}` at {} to {}", range.start, range.end)
    };
    let parts: Vec<String> = parts.iter().map(part).collect();
    (!parts.is_empty()).then(|| format!("by {}", parts.join(" and ")))
}

/// A text that shows the cost.
fn told_text(witness: &Witness) -> String {
    let mut parts = Vec::new();
    for (before, pump) in &witness.pumps {
        if !before.is_empty() {
            parts.push(format!("{:?}", cut(before)));
        }
        parts.push(format!("{:?} many times", cut(pump)));
    }
    if !witness.end.is_empty() {
        parts.push(format!("{:?}", cut(&witness.end)));
    }
    format!("for a text such as {}", parts.join(", then "))
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN).and_then(|(end, _)| text.get(..end)) {
        Some(start) => Cow::Owned(format!("{start}…")),
        None => Cow::Borrowed(text),
    }
}
