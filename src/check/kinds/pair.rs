//! Pairs: two values that are each allowed, and that not every build takes together.
//!
//! Rules with this action were common, and so were switched-off rules. Nobody had switched off one with that action
//! before, and one generation of the consumer went on with what the switch had left undone.
//!
//! Gives `pair-not-taken`, and for pairs with a capacity `evidence-too-weak` and `capacity-unknown`.

use super::bound::{Bound, Bounded, Excess, Measure};
use super::truth::{Holds, Truth};
use super::{Answer, Judge, Row};
use crate::check::place::Places;
use crate::codes;
use crate::contract::kinds::Pair;
use crate::contract::{Beyond, Text, Unknown};
use crate::finding::{Blame, Finding, Place, Severity};
use crate::walk::Value;

/// With a capacity the builds differ; without one no build takes the pairs.
pub(super) fn judge<'p>(row: Row<'p>, pair: &'p Pair) -> Box<dyn Judge + 'p> {
    match pair.capacity {
        Some(_) => Box::new(Bound::new(row, pair)),
        None => Box::new(Truth::new(row, pair)),
    }
}

/// A pair as the contract has it, and its place there.
fn refused(pair: &Pair, number: i128) -> (String, &Text) {
    let row = usize::try_from(number).unwrap_or(0);
    match pair.refused.get(row) {
        Some([first, _]) => (format!("refused/{row}/0"), first),
        None => ("first".into(), &pair.first),
    }
}

fn shown(pair: &Pair, number: i128) -> String {
    let row = usize::try_from(number).ok().and_then(|row| pair.refused.get(row));
    row.map_or_else(String::new, |[first, second]| format!("`{}` with `{}`", first.value, second.value))
}

/// It is asked where a refused pair is.
impl Holds for Pair {
    fn holds(&self, _: &[Value]) -> bool {
        false
    }

    fn finding(&self, row: &Row<'_>, answer: &Answer<'_>, _: &Place, _: &Places<'_>) -> Finding {
        let message = format!("{} has two values that no build takes together", row.noun());
        let mut finding = Finding::new(codes::PAIR_NOT_TAKEN, Severity::Error, Blame::Content, message);
        if let [Value::Int(number)] = *answer.values {
            finding.found = Some(shown(self, number));
            let (key, text) = refused(self, number);
            finding.labels.push(row.because((&key, text)));
        }
        finding
    }
}

impl Measure for Pair {
    fn exceeds(&self, _: i128, takes: u64) -> bool {
        takes == 0
    }

    fn unknown(&self) -> Option<Unknown> {
        Some(self.unknown)
    }
}

impl Bounded for Pair {
    fn unknown_to(&self, what: &str, name: &str) -> String {
        format!("{what} needs a build that takes `{name}`, which these builds do not know")
    }

    fn found(&self, number: i128, _: &str) -> String {
        shown(self, number)
    }

    fn finding(&self, excess: &Excess<'_>) -> Finding {
        let Excess { what, name, who, .. } = excess;
        let (severity, end) = match excess.beyond {
            Beyond::Fault => (Severity::Error, ""),
            Beyond::NoMatch => (Severity::Warning, ", and that has no effect there"),
        };
        let message = format!("{what} has two values that these builds do not take together{end}");
        let mut finding = Finding::new(codes::PAIR_NOT_TAKEN, severity, Blame::Content, message);
        let verb = if excess.several { "have" } else { "has" };
        finding.expected = Some(format!("`{name}` above 0: {who} {verb} 0"));
        if excess.beyond == Beyond::Fault {
            finding.help = Some(
                "hold this content back from these builds, or do without the pair; \
                 a build that takes it says so in its manifest"
                    .into(),
            );
        }
        finding
    }

    fn number(&self, number: i128) -> (String, &Text) {
        refused(self, number)
    }

    fn capacity(&self) -> (&'static str, &Text) {
        ("capacity", self.capacity.as_ref().unwrap_or(&self.first))
    }
}
